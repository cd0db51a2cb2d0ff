//! The homepage watch for programs.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::Path;
use engine::homepage::Snapshot;
use engine::numbers::Figure;
use formats::html::Reach;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::store;
use super::{DAYS, Event, Homepage, HomepageId, Looks, Watching, actions};
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::cx::Cx;
use crate::base::dates::date;
use crate::base::db::Tx;
use crate::base::error::Result;
use crate::base::view::list::query;
use crate::base::work::Work;
use crate::register;

/// Events given of one homepage.
pub const EVENTS: i64 = 200;

/// A homepage with its availability.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct HomepageOut {
    /// The homepage.
    #[serde(flatten)]
    pub homepage: Homepage,
    /// The code of its organisation.
    pub organisation: String,
    /// Looks of the last thirty days.
    pub looks: Looks,
    /// The figure `homepage-availability` of them.
    #[schemars(with = "serde_json::Value")]
    pub availability: Figure,
}

/// A page as it is known, or as it was seen.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct Seen {
    /// When, UTC.
    pub at: String,
    /// HTTP status.
    pub status: u16,
    /// Where it was read.
    pub address: String,
    /// The site it redirects to, if it does.
    pub away: Option<String>,
    /// Its title.
    pub title: String,
    /// Declared language, and the script of the text.
    pub language: String,
    /// SHA-256 of the server's certificate.
    pub certificate: Option<String>,
    /// Addresses of the server.
    pub addresses: BTreeSet<String>,
    /// Name servers of the domain.
    pub name_servers: BTreeSet<String>,
    /// The beginning of the text.
    pub excerpt: String,
    /// Sites of others that the page reaches, by how: `script`, `frame`, `form`, `link` …
    pub hosts: BTreeMap<String, BTreeSet<String>>,
}

impl Seen {
    /// What is shown of a snapshot, with the hosts given.
    pub fn of<'a, H: Iterator<Item = (&'a Reach, BTreeSet<String>)>>(page: &Snapshot, hosts: H) -> Self {
        let language = [page.lang.as_str(), page.writing.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" / ");
        Self {
            at: crate::base::dates::stamp(Timestamp::from_second(page.at).unwrap_or_default()),
            status: page.status,
            address: page.address.clone(),
            away: page.away.clone(),
            title: page.title.clone(),
            language,
            certificate: page.certificate.clone(),
            addresses: page.addresses.clone(),
            name_servers: page.name_servers.clone(),
            excerpt: page.excerpt.clone(),
            hosts: hosts.map(|(reach, hosts)| (reach.as_str().to_owned(), hosts)).collect(),
        }
    }
}

/// One homepage with everything known of it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct HomepageFull {
    /// The homepage.
    #[serde(flatten)]
    pub homepage: HomepageOut,
    /// What it is known to be; none while it is learnt.
    pub known: Option<Seen>,
    /// What it has changed to, until somebody accepts it or it returns.
    pub pending: Option<Seen>,
    /// Looks by day, of the last thirty days.
    pub days: BTreeMap<String, Looks>,
    /// What happened to it, newest first.
    pub events: Vec<Event>,
}

/// What is set; what is left out stays as it is.
#[derive(Clone, Debug, Default, Deserialize, schemars::JsonSchema)]
pub struct WatchingIn {
    /// Minutes between two looks at a page, 1 to 1440; 0: nobody looks.
    pub minutes: Option<u32>,
    /// A structure less alike than this (0 to 1) is an alert.
    pub skeleton: Option<f64>,
    /// A text less alike than this (0 to 1) is told in the digest.
    pub text: Option<f64>,
    /// Links to so many new sites are an alert.
    pub link_hosts: Option<usize>,
    /// So many links to new sites are an alert.
    pub links: Option<u32>,
    /// A page is down after so many misses in a row.
    pub misses: Option<u32>,
    /// A page has changed after so many sights in a row.
    pub sights: Option<u32>,
}

/// Why a change is accepted.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
pub struct AcceptIn {
    /// For the history of the page.
    pub reason: String,
}

/// The first day of those that pages show.
pub fn first_day(now: Timestamp) -> String {
    date(now).saturating_sub(Span::new().days(DAYS - 1)).to_string()
}

/// The watched homepages within reach, with their availability: a fixed number of queries.
pub async fn all(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<Vec<HomepageOut>> {
    let organisations = register::store::organisations(tx, scope).await?;
    let codes: BTreeMap<&OrganisationId, &str> = organisations.iter().map(|one| (&one.id, one.code.as_str())).collect();
    let days = store::days(tx, scope, &first_day(now)).await?;
    let out = |homepage: Homepage| {
        let organisation = codes.get(&homepage.organisation_id).copied().unwrap_or_default().to_owned();
        let looks = days.get(&homepage.id).map(|days| sum(days.values())).unwrap_or_default();
        HomepageOut { homepage, organisation, looks, availability: looks.figure() }
    };
    Ok(store::list(tx, scope).await?.into_iter().map(out).collect())
}

fn sum<'a>(days: impl Iterator<Item = &'a Looks>) -> Looks {
    days.fold(Looks::default(), |mut all, one| {
        all += *one;
        all
    })
}

/// One homepage within reach with everything known of it.
pub async fn full(tx: &mut Tx, scope: &Scope, id: &HomepageId, now: Timestamp) -> Result<HomepageFull> {
    let homepage = store::one(tx, scope, id).await?;
    let organisation = register::store::organisation(tx, scope, &homepage.organisation_id).await?.code;
    let days = store::days_of(tx, id, &first_day(now)).await?;
    let (looks, watch) = (sum(days.values()), store::watch(tx, id).await?);
    let known = watch.baseline.as_ref().map(|known| Seen::of(&known.page, known.hosts.iter().map(|(reach, hosts)| (reach, hosts.clone()))));
    let pending = watch.pending.as_ref().filter(|_| known.is_some());
    let pending = pending.map(|page| Seen::of(page, page.hosts.iter().map(|(reach, hosts)| (reach, hosts.keys().cloned().collect()))));
    let events = store::events(tx, id, EVENTS).await?;
    let homepage = HomepageOut { homepage, organisation, looks, availability: looks.figure() };
    Ok(HomepageFull { homepage, known, pending, days, events })
}

/// The watched homepages.
pub async fn list(cx: Cx) -> Result<Json<Vec<HomepageOut>>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut found = all(&mut cx.read().await?, &scope, cx.app.clock.now()).await?;
    let asked = query(&cx.uri);
    let wanted = |name: &str| asked.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let fits = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
    found.retain(|one| fits(wanted("organisation"), &one.organisation) && fits(wanted("standing"), one.homepage.standing.as_str()));
    Ok(Json(found))
}

/// One of them.
pub async fn one(cx: Cx, Path(id): Path<HomepageId>) -> Result<Json<HomepageFull>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    Ok(Json(full(&mut cx.read().await?, &scope, &id, cx.app.clock.now()).await?))
}

/// The page of its newest change, word for word; null where nothing has changed or nothing is kept any more.
pub async fn evidence(cx: Cx, Path(id): Path<HomepageId>) -> Result<Json<Option<serde_json::Value>>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    store::one(&mut tx, &scope, &id).await?;
    let raw = store::page(&mut tx, &id).await?;
    Ok(Json(raw.map(|raw| serde_json::from_str(&raw)).transpose()?))
}

/// Sets the watch.
pub async fn set(cx: Cx, Json(body): Json<WatchingIn>) -> Result<Json<Watching>> {
    let mut work = cx.work().await?;
    let now = change(&mut work, body).await?;
    work.commit().await?;
    Ok(Json(now))
}

/// Sets what is named and leaves the rest.
pub async fn change(work: &mut Work, body: WatchingIn) -> Result<Watching> {
    let mut wanted = actions::watching(&mut work.tx).await?;
    let limits = &mut wanted.thresholds;
    limits.skeleton = body.skeleton.unwrap_or(limits.skeleton);
    limits.text = body.text.unwrap_or(limits.text);
    limits.link_hosts = body.link_hosts.unwrap_or(limits.link_hosts);
    limits.links = body.links.unwrap_or(limits.links);
    limits.misses = body.misses.unwrap_or(limits.misses);
    limits.sights = body.sights.unwrap_or(limits.sights);
    wanted.minutes = match body.minutes {
        None => wanted.minutes,
        Some(0) => None,
        Some(minutes) => Some(minutes),
    };
    actions::set(work, wanted).await?;
    actions::watching(&mut work.tx).await
}

/// Accepts a change.
pub async fn accept(cx: Cx, Path(id): Path<HomepageId>, Json(body): Json<AcceptIn>) -> Result<Json<HomepageOut>> {
    let mut work = cx.work().await?;
    actions::accept(&mut work, &id, &body.reason).await?;
    let scope = work.scope("measurements", Verb::Write)?;
    let now = work.now;
    let one = full(&mut work.tx, &scope, &id, now).await?.homepage;
    work.commit().await?;
    Ok(Json(one))
}
