//! The first run: a one-time link with which the first administrator makes the centre and their own account, and afterwards a
//! page that says what is still to do before the first cycle, computed from the database.
//!
//! The link's page is gone (404) as soon as anybody who may sign in is an administrator.

use axum::Form as Sent;
use axum::extract::Path;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde_json::json;
use subtle::ConstantTimeEq;

use crate::access::actions as access;
use crate::access::layer::{SESSION_COOKIE, session_cookie};
use crate::access::{password, store as accounts};
use crate::base::actor::{Actor, Role, Scope, Verb};
use crate::base::area::{Need, Route, areas};
use crate::base::audit::sha256;
use crate::base::config::App;
use crate::base::cx::Cx;
use crate::base::dates::{date, fiscal_period, fiscal_year};
use crate::base::db::Tx;
use crate::base::error::{Error, Field, Result};
use crate::base::settings;
use crate::base::view::cell::{Cell, Tone};
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::Go;
use crate::base::work::Work;
use crate::inspections::cycle::State;
use crate::register::actions::{NewOrganisation, add_organisation};
use crate::{inspections, register, standards};

/// The setting that holds the SHA-256 of the link's secret.
const SECRET: &str = "setup-secret";

/// Its addresses.
pub fn routes() -> Vec<Route> {
    vec![
        Route::page("/setup/{token}", Need::Public, first),
        Route::form("/setup/{token}", Need::Public, first_sent),
        Route::page("/setup", Need::MayIn("access", Verb::Manage), steps),
    ]
}

/// A new one-time link while there is no administrator; the one before ends. `None` once there is one.
pub async fn begin(app: &App) -> Result<Option<String>> {
    let mut tx = app.db.begin().await?;
    if accounts::anybody_has(&mut tx, Role::Administrator).await? {
        return Ok(None);
    }
    let secret = app.entropy.secret();
    settings::set(&mut tx, SECRET, &sha256(secret.as_bytes())).await?;
    tx.commit().await?;
    Ok(Some(format!("{}/setup/{secret}", app.config.public_url)))
}

/// Whether `secret` opens the set-up; if not, there is nothing here.
async fn opened(tx: &mut Tx, secret: &str) -> Result<()> {
    let expected: Option<String> = settings::get(tx, SECRET, None).await?;
    let fits = expected.is_some_and(|expected| bool::from(expected.as_bytes().ct_eq(sha256(secret.as_bytes()).as_bytes())));
    if !fits || accounts::anybody_has(tx, Role::Administrator).await? { Err(Error::NotFound) } else { Ok(()) }
}

/// The top of the tree, if it was made at the command line before.
async fn top(tx: &mut Tx) -> Result<Option<register::organisation::Organisation>> {
    Ok(register::store::organisations(tx, &Scope::Everything).await?.into_iter().find(|one| one.parent_id.is_none()))
}

/// The form of the first step.
async fn first(cx: Cx, Path(token): Path<String>) -> Result<Page> {
    match opened(&mut cx.read().await?, &token).await {
        Err(Error::NotFound) => Ok(cx.gone("setup-link-gone").links(vec![("/sign-in".to_owned(), cx.t("sign-in"))])),
        Err(error) => Err(error),
        Ok(()) => form(&cx, &token, &[], &[]).await,
    }
}

async fn form(cx: &Cx, token: &str, sent: &[(String, String)], wrong: &[Field]) -> Result<Page> {
    let today = date(cx.app.clock.now());
    let year = fiscal_period(fiscal_year(today)).map_or(today, |(first, _)| first);
    let mut form = Form::post(format!("/setup/{token}"), cx.t("setup-begin"));
    if top(&mut cx.read().await?).await?.is_none() {
        form = form
            .text("name_ja", cx.t("setup-centre-ja"))
            .hint(cx.t("setup-centre-hint"))
            .required()
            .text("name_en", cx.t("setup-centre-en"))
            .required()
            .text("code", cx.t("register-code"))
            .value("centre")
            .hint(cx.t("register-code-hint"))
            .required()
            .field("valid_from", cx.t("register-valid-from"), Input::Line("date"))
            .value(year.to_string())
            .required();
    }
    form = form
        .text("name", cx.t("setup-person"))
        .required()
        .field("email", cx.t("access-email"), Input::Line("email"))
        .required()
        .field("password", cx.t("access-password"), Input::Line("password"))
        .hint(cx.tv("access-password-hint", &[("count", password::SHORTEST.to_string())]))
        .required()
        .wrong(cx.lang, sent, wrong);
    let mut page = cx.page(cx.t("setup-title")).lead(cx.t("setup-lead")).form(form);
    page.plain = true;
    if !wrong.is_empty() {
        page.status = 422;
    }
    Ok(page)
}

/// Makes the centre and the first administrator, and signs them in.
async fn first_sent(cx: Cx, Path(token): Path<String>, Sent(sent): Sent<Vec<(String, String)>>) -> Result<Response> {
    let actor = Actor::operator("setup");
    let mut work = Work::begin(&cx.app, &actor).await?;
    opened(&mut work.tx, &token).await?;
    match make(&mut work, &sent).await {
        Ok(secret) => {
            work.commit().await?;
            Ok((AppendHeaders([(SET_COOKIE, session_cookie(&cx.app, SESSION_COOKIE, &secret))]), Go::done("/setup", "setup")).into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            Ok(form(&cx, &token, &sent, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

async fn make(work: &mut Work, sent: &[(String, String)]) -> Result<String> {
    let value = |name: &str| sent.iter().find(|(key, _)| key == name).map_or(String::new(), |(_, value)| value.trim().to_owned());
    let typed = sent.iter().find(|(key, _)| key == "password").map_or("", |(_, value)| value.as_str());
    let mut wrong = Vec::new();
    let mut keep = |outcome: Result<()>| match outcome {
        Err(Error::Invalid(fields)) => {
            wrong.extend(fields);
            Ok(())
        }
        other => other,
    };
    if top(&mut work.tx).await?.is_none() {
        let new = NewOrganisation {
            code: value("code"),
            kind: "centre".to_owned(),
            name_ja: value("name_ja"),
            name_en: value("name_en"),
            valid_from: value("valid_from"),
            ..NewOrganisation::default()
        };
        keep(add_organisation(work, &new).await.map(drop))?;
    }
    let mut account = None;
    keep(access::add_account(work, &value("name"), &value("email"), Some(typed)).await.map(|id| account = Some(id)))?;
    let (Some(account), Some(centre), true) = (account, top(&mut work.tx).await?, wrong.is_empty()) else {
        return Err(Error::Invalid(wrong));
    };
    for role in [Role::Administrator, Role::Evaluator] {
        access::give_role(work, &account, role, &centre.id, &centre.path).await?;
    }
    settings::set(&mut work.tx, SECRET, &None::<String>).await?;
    work.audit(centre.id.as_str(), "access", "setup.finish", account.as_str(), json!({})).await?;
    access::begin_session(work, &account, "setup").await
}

/// One thing to do before the first cycle.
struct Step {
    key: &'static str,
    href: &'static str,
    done: bool,
}

/// Where an area's work begins.
fn door(area: &str) -> &'static str {
    areas().iter().find(|one| one.name == area).and_then(|one| one.menu.first()).map_or("/", |entry| entry.path)
}

async fn plan(tx: &mut Tx) -> Result<Vec<Step>> {
    let organisations = register::store::organisations(tx, &Scope::Everything).await?;
    let editions = standards::store::editions(tx).await?;
    let people = accounts::accounts(tx, &Scope::Everything).await?;
    let cycles = inspections::store::cycles(tx).await?;
    Ok(vec![
        Step { key: "organisations", href: "/register/import", done: organisations.len() > 1 },
        Step { key: "people", href: "/access/accounts", done: people.len() > 1 },
        Step { key: "standard", href: door("standards"), done: !editions.is_empty() },
        Step { key: "cycle", href: door("inspections"), done: cycles.iter().any(|cycle| cycle.state != State::Draft) },
    ])
}

/// What is still to do before the first cycle: the key of its words and where it is done.
pub async fn left(tx: &mut Tx) -> Result<Vec<(String, &'static str)>> {
    Ok(plan(tx).await?.into_iter().filter(|step| !step.done).map(|step| (format!("setup-step-{}", step.key), step.href)).collect())
}

/// What is done and what is still to do.
async fn steps(cx: Cx) -> Result<Page> {
    let steps = plan(&mut cx.read().await?).await?;
    let left = steps.iter().filter(|step| !step.done).count();
    let list = List::new("steps", cx.t("setup-steps")).bare().column(cx.t("setup-step")).column(cx.t("setup-state")).column(cx.t("setup-how")).rows(
        steps.iter().map(|step| {
            vec![
                Cell::link(step.href, cx.t(&format!("setup-step-{}", step.key))),
                if step.done { Cell::Badge(Tone::Good, cx.t("setup-done")) } else { Cell::Badge(Tone::Warn, cx.t("setup-open")) },
                Cell::text(cx.t(&format!("setup-how-{}", step.key))),
            ]
        }),
    );
    let lead = if left == 0 { cx.t("setup-finished") } else { cx.tv("setup-left", &[("count", left.to_string())]) };
    Ok(cx.page(cx.t("setup-steps-title")).lead(lead).list(list))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Bench;

    const FORM: [(&str, &str); 7] = [
        ("name_ja", "試験センター"),
        ("name_en", "Centre of Tests"),
        ("code", "centre"),
        ("valid_from", "2026-04-01"),
        ("name", "最初 太郎"),
        ("email", "first@example.test"),
        ("password", "a long enough password"),
    ];

    async fn link(bench: &Bench) -> String {
        let url = begin(&bench.app).await.unwrap().unwrap();
        url.strip_prefix(&bench.app.config.public_url).unwrap().to_owned()
    }

    #[tokio::test]
    async fn the_first_administrator_is_walked_through_once() {
        let bench = Bench::empty().await;
        let old = link(&bench).await;
        let link = link(&bench).await;
        assert_eq!(bench.get(&old).await.status, 404, "a newer link ends the older");
        assert_eq!(bench.get("/setup/guess").await.status, 404);
        assert_eq!(bench.get(&link).await.status, 200);
        let done = bench.post(&link, &FORM).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let cookie = done.headers.iter().find(|(name, _)| name == "set-cookie").unwrap().1.split(';').next().unwrap().to_owned();
        let steps = bench.get_with(&cookie, "/setup?lang=en").await;
        assert_eq!(steps.status, 200, "{}", steps.body);
        assert_eq!(steps.body.matches("still to do").count(), 4, "{}", steps.body);
        assert_eq!((bench.get(&link).await.status, bench.post(&link, &FORM).await.status), (404, 404), "gone for ever");
        assert!(begin(&bench.app).await.unwrap().is_none());
        assert_eq!(bench.get("/setup").await.status, 303, "nobody sees the steps without signing in");
        let signed = bench.post("/sign-in", &[("email", "first@example.test"), ("password", "a long enough password")]).await;
        assert_eq!(signed.status, 303);
        assert!(crate::base::audit::verify(&mut bench.app.db.read().await.unwrap()).await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn steps_are_computed_from_what_is_there() {
        let bench = Bench::new().await;
        bench.account("admin@example.test", Role::Administrator, "centre").await;
        let page = bench.get_as("admin@example.test", "/setup?lang=en").await;
        assert_eq!(page.body.matches("still to do").count(), 3, "two ministries are there: {}", page.body);
        bench.account("other@example.test", Role::Ciso, "moa").await;
        let page = bench.get_as("admin@example.test", "/setup?lang=en").await;
        assert_eq!(page.body.matches("still to do").count(), 2);
        assert_eq!(bench.get_as("other@example.test", "/setup").await.status, 404);
        let home = bench.get_as("admin@example.test", "/").await;
        assert!(home.body.contains("href=\"/setup\""), "{}", home.body);
    }

    #[tokio::test]
    async fn wrong_input_makes_nothing_and_says_everything_at_once() {
        let bench = Bench::empty().await;
        let link = link(&bench).await;
        let sent = [("name_ja", ""), ("name_en", "x"), ("code", "大"), ("valid_from", "x"), ("name", ""), ("email", "x"), ("password", "short")];
        let page = bench.post(&format!("{link}?lang=en"), &sent).await;
        assert_eq!(page.status, 422);
        for words in ["small letters", "2026-04-01", "e-mail address", "15 characters", "fill this in"] {
            assert!(page.body.contains(words), "{words}: {}", page.body);
        }
        assert!(!page.body.contains("short\""), "a password is never sent back");
        assert_eq!(bench.post(&link, &FORM).await.status, 303, "nothing was left behind");
    }
}
