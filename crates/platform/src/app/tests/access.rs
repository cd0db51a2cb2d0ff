//! Every route × nobody, each role, the same role elsewhere: what one may not see does not exist, and nothing wrong changes.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, header};

use super::{Example, alone};
use crate::app::router::routes;
use crate::base::actor::{Role, Verb, allows};
use crate::base::area::{Kind, Need, Route};
use crate::base::db::Row;

/// Somebody of the example.
pub struct Person {
    pub role: Role,
    pub cookie: String,
    /// Where they hold it: the organisation's id, and whether it is the centre.
    pub at: String,
    pub centre: bool,
}

/// The sample id of a route's parameter: of the organisation that is ours, and of another one if the table belongs to organisations.
#[derive(Clone, Debug)]
pub struct Sample {
    pub ours: String,
    pub theirs: Option<String>,
}

/// Two organisations side by side, and who holds what in them.
pub struct Cast {
    pub ours: String,
    pub theirs: String,
    pub people: Vec<Person>,
    /// The cookie of a respondent who came by a personal link.
    pub link_cookie: String,
    samples: BTreeMap<String, Option<Sample>>,
    cycle: String,
    edition: String,
    link: String,
}

fn text(row: &Row, name: &str) -> Option<String> {
    row.get::<Option<String>>(name).ok().flatten()
}

impl Cast {
    pub async fn of(example: &Example) -> Self {
        let of = |code: &str| {
            let code = code.to_owned();
            async move { example.bench.organisation(&code).await }
        };
        let ours = of(&example.link("ciso").organisation).await;
        let rows = example
            .rows("SELECT a.email, h.role, h.organisation_id, h.path FROM held_role h JOIN account a ON a.id = h.account_id ORDER BY a.created_at, a.id")
            .await;
        // A neighbour that lies neither above nor below.
        let theirs = rows
            .iter()
            .filter(|row| text(row, "role").as_deref() == Some("ciso"))
            .map(|row| (text(row, "organisation_id").unwrap(), text(row, "path").unwrap()))
            .find(|(_, path)| !path.starts_with(&ours.path) && !ours.path.starts_with(path.as_str()))
            .unwrap()
            .0;
        let mut people = Vec::new();
        for row in &rows {
            let (role, at) = (Role::parse(&text(row, "role").unwrap()).unwrap(), text(row, "organisation_id").unwrap());
            let centre = matches!(role, Role::Administrator | Role::Evaluator);
            if centre || at == ours.id.as_str() || at == theirs {
                people.push(Person { role, cookie: example.session(&text(row, "email").unwrap()).await, at, centre });
            }
        }
        let cycles = example.rows("SELECT id, edition_id FROM cycle WHERE state <> 'open' AND state <> 'draft' ORDER BY opens_on DESC").await;
        let (cycle, edition) = cycles.first().map(|row| (text(row, "id").unwrap(), text(row, "edition_id").unwrap())).unwrap();
        let link = example.link("respondent").url.rsplit('/').next().unwrap().to_owned();
        let link_cookie = format!("{}={link}", crate::base::cx::LINK_COOKIE);
        Self { ours: ours.id.to_string(), theirs, people, link_cookie, samples: BTreeMap::new(), cycle, edition, link }
    }

    /// The sample for a parameter, found by the table of its name. `None`: no such table, or nothing in it.
    pub async fn sample(&mut self, example: &Example, path: &str, param: &str) -> Option<Sample> {
        let one = |ours: &str| Some(Sample { ours: ours.to_owned(), theirs: None });
        match (param, path) {
            ("lang", _) => return one("en"),
            ("link", path) if path.starts_with("/answer") => return one(&self.link),
            ("link", _) => return one("unknown-link"),
            ("token", _) => return one("unknown-token"),
            ("number", _) => return one("1"),
            ("algorithm", _) => return one("sha-256"),
            ("what", _) => return one("done"),
            ("evidence", _) => {
                let sql = "SELECT cycle_id, organisation_id, evidence_hash FROM answer WHERE evidence_hash IS NOT NULL ORDER BY evidence_hash";
                let rows = example.rows(sql).await;
                let of = |organisation: &str| {
                    let fits = |row: &&Row| {
                        text(row, "cycle_id").as_deref() == Some(self.cycle.as_str()) && text(row, "organisation_id").as_deref() == Some(organisation)
                    };
                    rows.iter().find(fits).and_then(|row| text(row, "evidence_hash"))
                };
                return of(&self.ours).map(|ours| Sample { ours, theirs: of(&self.theirs) });
            }
            ("cycle", _) => return one(&self.cycle),
            ("edition", _) => return one(&self.edition),
            ("organisation", _) => return Some(Sample { ours: self.ours.clone(), theirs: Some(self.theirs.clone()) }),
            _ => {}
        }
        if let Some(known) = self.samples.get(param) {
            return known.clone();
        }
        let found = self.search(example, param).await;
        self.samples.insert(param.to_owned(), found.clone());
        found
    }

    async fn search(&self, example: &Example, table: &str) -> Option<Sample> {
        if !table.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            return None;
        }
        // Each in a transaction of its own: PostgreSQL ends one that asked for a table that is not there.
        let rows = example.bench.app.db.read().await.unwrap().all(&format!("SELECT * FROM {table} ORDER BY 1"), &[]).await.ok()?;
        let fits = |row: &&Row| {
            // Of the assets only domains are measured, and have a page for that.
            let shown = table != "asset" || text(row, "kind").as_deref() == Some("domain");
            shown
                && text(row, "cycle_id").is_none_or(|cycle| cycle == self.cycle)
                && text(row, "edition_id").is_none_or(|edition| edition == self.edition)
        };
        let of = |organisation: &str| {
            let own = || rows.iter().filter(move |row| text(row, "organisation_id").as_deref() == Some(organisation));
            own().find(fits).or_else(|| own().next()).and_then(|row| text(row, "id"))
        };
        match (of(&self.ours), of(&self.theirs)) {
            (Some(ours), theirs) => Some(Sample { ours, theirs }),
            // Common to all, or only of organisations that are neither.
            (None, theirs) => {
                let ours = rows.iter().find(fits).or_else(|| rows.first()).and_then(|row| text(row, "id"))?;
                Some(Sample { ours, theirs })
            }
        }
    }

    /// The address with samples: ours, and where something of theirs can be named, theirs.
    pub async fn addresses(&mut self, example: &Example, route: &Route) -> Result<(String, Option<String>), String> {
        let (mut ours, mut theirs, mut foreign) = (route.path.to_owned(), route.path.to_owned(), false);
        for param in route.path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
            let Some(sample) = self.sample(example, route.path, param).await else {
                return Err(format!("{}: no sample for {{{param}}}", route.path));
            };
            ours = ours.replace(&format!("{{{param}}}"), &sample.ours);
            foreign |= sample.theirs.is_some();
            theirs = theirs.replace(&format!("{{{param}}}"), sample.theirs.as_ref().unwrap_or(&sample.ours));
        }
        for (path, query) in ASKED.iter().filter(|(path, _)| *path == route.path) {
            let mut query = (*query).to_owned();
            for name in query.clone().split('{').skip(1).filter_map(|part| part.split('}').next()) {
                let rows = example.rows(&format!("SELECT id FROM {name} ORDER BY id DESC")).await;
                let Some(id) = rows.first().and_then(|row| text(row, "id")) else { return Err(format!("{path}: no sample for {{{name}}}")) };
                query = query.replace(&format!("{{{name}}}"), &id);
            }
            ours = format!("{ours}?{query}");
            theirs = format!("{theirs}?{query}");
        }
        Ok((ours, foreign.then_some(theirs)))
    }
}

/// Queries without which a page has nothing to show.
const ASKED: &[(&str, &str)] = &[
    ("/standards/diff", "from={edition}&to={edition}"),
    ("/standards/diff.json", "from={edition}&to={edition}"),
    ("/api/v1/standards/diff", "from={edition}&to={edition}"),
];

/// What everybody may see of others, on purpose.
const SHOWN_TO_PEERS: &[&str] = &["/reports/peers/{report}", "/reports/peers/{report}/file"];

/// The area and verb a route asks for.
pub fn right(area: &'static str, need: Need) -> Option<(&'static str, Verb)> {
    match need {
        Need::May(verb) => Some((area, verb)),
        Need::MayIn(area, verb) => Some((area, verb)),
        Need::Public | Need::Known | Need::Link => None,
    }
}

async fn ask(example: &Example, route: &Route, cookie: &str, path: &str) -> u16 {
    let request = Request::builder().method(route.method).uri(path).header(header::COOKIE, cookie);
    let request = match (route.method, route.kind) {
        ("GET", _) => request.body(Body::empty()),
        (_, Kind::Api) => request.header(header::CONTENT_TYPE, "application/json").body(Body::from("{}")),
        _ => request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::empty()),
    };
    example.bench.send(request.unwrap()).await.status
}

async fn head(example: &Example) -> i64 {
    example.rows("SELECT seq FROM audit_head").await[0].get("seq").unwrap()
}

#[test]
fn every_route_opens_for_those_it_should_and_nobody_else() {
    alone(|example| async move {
        let mut cast = Cast::of(example).await;
        let mut wrong: Vec<String> = Vec::new();
        for (area, route) in routes() {
            // Signing out would end the sessions of this test.
            if matches!(route.path, "/sign-out" | "/sign-in/link/{link}") {
                continue;
            }
            let (ours, theirs) = match cast.addresses(example, &route).await {
                Ok(addresses) => addresses,
                Err(missing) => {
                    wrong.push(missing);
                    continue;
                }
            };
            let reading = route.method == "GET";
            let what = |who: &str, path: &str, status: u16| format!("{} {path} as {who}: {status}", route.method);
            let before = head(example).await;
            let status = ask(example, &route, "", &ours).await;
            let closed = match (route.need, route.kind) {
                (Need::Public | Need::Link, _) => status < 500,
                (_, Kind::Api) => status == 401,
                _ if reading => status == 303,
                _ => status == 401,
            };
            if !closed {
                wrong.push(what("nobody", &ours, status));
            }
            for person in &cast.people {
                let who = format!(
                    "{} of {}",
                    person.role.as_str(),
                    if person.centre {
                        "the centre"
                    } else if person.at == cast.ours {
                        "ours"
                    } else {
                        "theirs"
                    }
                );
                let may = right(area, route.need).is_none_or(|(area, verb)| allows(person.role, area, verb));
                let at_ours = person.centre || person.at == cast.ours;
                if !may {
                    let status = ask(example, &route, &person.cookie, &ours).await;
                    if status != 404 {
                        wrong.push(what(&who, &ours, status));
                    }
                } else if reading {
                    // Theirs is asked by ours, ours by theirs.
                    let (own, foreign) = if at_ours { (Some(&ours), theirs.as_ref()) } else { (theirs.as_ref(), theirs.as_ref().map(|_| &ours)) };
                    if let Some(path) = own {
                        let status = ask(example, &route, &person.cookie, path).await;
                        if status >= 500 || matches!(status, 401 | 403) {
                            wrong.push(what(&who, path, status));
                        }
                    }
                    if let (Some(path), false, Some(_)) = (foreign, person.centre, right(area, route.need)) {
                        let status = ask(example, &route, &person.cookie, path).await;
                        if status != 404 && !SHOWN_TO_PEERS.contains(&route.path) {
                            wrong.push(what(&who, path, status));
                        }
                    }
                } else if let (Some(path), false, Some(_)) =
                    (if at_ours { theirs.as_ref() } else { Some(&ours).filter(|_| theirs.is_some()) }, person.centre, right(area, route.need))
                {
                    let status = ask(example, &route, &person.cookie, path).await;
                    if !(400..500).contains(&status) {
                        wrong.push(what(&who, path, status));
                    }
                }
            }
            // Reading may leave a line (privileged reads are noted); refused changes leave none.
            let after = head(example).await;
            if !reading && after != before && route.need != Need::Public {
                wrong.push(format!("{} {} left {} lines in the audit log", route.method, route.path, after - before));
            }
        }
        assert!(wrong.is_empty(), "{} things are wrong:\n{}", wrong.len(), wrong.join("\n"));
    });
}
