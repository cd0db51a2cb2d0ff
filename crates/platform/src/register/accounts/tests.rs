//! Accounts from outside: who may make, change and invite whom, and what of it is written down.

use crate::access::store as accounts;
use crate::base::actor::{Role, Scope};
use crate::base::audit;
use crate::testing::Bench;

const ADMIN: &str = "admin@example.test";

async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.account(ADMIN, Role::Administrator, "centre").await;
    bench
}

async fn id(bench: &Bench, email: &str) -> String {
    accounts::account_by_email(&mut bench.app.db.read().await.unwrap(), email).await.unwrap().id.to_string()
}

/// The link shown on a page.
fn link(body: &str) -> String {
    let rest = body.split_once("/sign-in/link/").unwrap_or_else(|| panic!("{body}")).1;
    let end = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')).unwrap_or(rest.len());
    format!("/sign-in/link/{}", &rest[..end])
}

fn location(answer: &crate::testing::Answer) -> &str {
    answer.headers.iter().find(|(name, _)| name == "location").map_or("", |(_, value)| value.as_str())
}

#[tokio::test]
async fn an_administrator_invites_and_the_person_chooses_a_password() {
    let bench = bench().await;
    let sent = [("name", "山田 花子"), ("email", "Hanako@Example.test"), ("role", "ciso"), ("organisation", "moa")];
    let page = bench.post_as(ADMIN, "/access/accounts/new", &sent).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let link = link(&page.body);
    let short = bench.post(&link, &[("password", "short")]).await;
    assert_eq!(short.status, 422, "{}", short.body);
    assert!(bench.get(&link).await.body.contains("山田 花子"), "looking does not use the link up");
    let done = bench.post(&link, &[("password", "a long enough password")]).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(bench.post(&link, &[("password", "a long enough password")]).await.status, 422, "the link works once");
    let inside = bench.post("/sign-in", &[("email", "hanako@example.test"), ("password", "a long enough password")]).await;
    assert_eq!((inside.status, location(&inside)), (303, "/"));
    let list = bench.get_as(ADMIN, "/access/accounts").await;
    assert!(list.body.contains("hanako@example.test") && list.body.contains("甲省"), "{}", list.body);
}

#[tokio::test]
async fn a_deactivated_account_is_out_at_once() {
    let bench = bench().await;
    bench.account("ciso@example.test", Role::Ciso, "moa").await;
    let cookie = bench.session("ciso@example.test").await;
    assert_eq!(bench.get_with(&cookie, "/access/own").await.status, 200);
    let id = id(&bench, "ciso@example.test").await;
    assert_eq!(bench.post_as(ADMIN, &format!("/access/accounts/{id}/deactivate"), &[]).await.status, 303);
    assert_eq!(bench.get_with(&cookie, "/access/own").await.status, 303, "asked to sign in");
    assert_eq!(bench.post_as(ADMIN, &format!("/access/accounts/{id}/link"), &[]).await.status, 409);
    assert_eq!(bench.post_as(ADMIN, &format!("/access/accounts/{id}/activate"), &[]).await.status, 303);
}

#[tokio::test]
async fn nobody_locks_everybody_out() {
    let bench = bench().await;
    let own = id(&bench, ADMIN).await;
    assert_eq!(bench.post_as(ADMIN, &format!("/access/accounts/{own}/deactivate"), &[]).await.status, 409);
    let held = accounts::account_by_email(&mut bench.app.db.read().await.unwrap(), ADMIN).await.unwrap().roles[0].id.to_string();
    assert_eq!(bench.post_as(ADMIN, &format!("/access/accounts/{own}/roles/{held}/take"), &[]).await.status, 409);
    assert_eq!(bench.get_as(ADMIN, "/access/accounts").await.status, 200);
}

#[tokio::test]
async fn an_administrator_of_a_part_cannot_reach_beyond_it() {
    let bench = bench().await;
    bench.account("part@example.test", Role::Administrator, "moa").await;
    bench.account("both@example.test", Role::Ciso, "moa").await;
    bench.account("both@example.test", Role::Evaluator, "centre").await;
    bench.account("other@example.test", Role::Ciso, "mob").await;
    let list = bench.get_as("part@example.test", "/access/accounts").await.body;
    assert!(list.contains("both@example.test") && !list.contains("other@example.test") && !list.contains("乙省"), "{list}");
    let (both, other) = (id(&bench, "both@example.test").await, id(&bench, "other@example.test").await);
    // An invitation is a way to act as somebody; here it would be a way to the centre.
    assert_eq!(bench.post_as("part@example.test", &format!("/access/accounts/{both}/link"), &[]).await.status, 403);
    assert_eq!(bench.post_as("part@example.test", &format!("/access/accounts/{both}/deactivate"), &[]).await.status, 403);
    assert_eq!(bench.get_as("part@example.test", &format!("/access/accounts/{other}")).await.status, 404);
    let upwards = [("role", "administrator"), ("organisation", "centre")];
    let own = id(&bench, "part@example.test").await;
    assert_eq!(bench.post_as("part@example.test", &format!("/access/accounts/{own}/roles"), &upwards).await.status, 422);
    let all = accounts::accounts(&mut bench.app.db.read().await.unwrap(), &Scope::Everything).await.unwrap();
    assert!(all.iter().find(|one| one.email == "part@example.test").unwrap().roles.len() == 1);
}

#[tokio::test]
async fn who_made_an_account_does_not_come_along_when_it_is_given_more() {
    let bench = bench().await;
    bench.account("part@example.test", Role::Administrator, "moa").await;
    // The administrator of a part makes an account for somebody of the centre, and takes the invitation themselves.
    let sent = [("name", "評価 次郎"), ("email", "jiro@example.test"), ("role", "advisor"), ("organisation", "moa")];
    let page = bench.post_as("part@example.test", "/access/accounts/new", &sent).await;
    let taken = bench.post(&link(&page.body), &[("password", "known to the wrong one")]).await;
    let session = taken.headers.iter().find(|(name, _)| name == "set-cookie").unwrap().1.split(';').next().unwrap().to_owned();
    assert_eq!(bench.get_with(&session, "/access/own").await.status, 200);
    let id = id(&bench, "jiro@example.test").await;
    let roles = format!("/access/accounts/{id}/roles");
    // A role within what it holds changes nothing.
    assert_eq!(bench.post_as(ADMIN, &roles, &[("role", "auditor"), ("organisation", "moa")]).await.status, 303);
    assert_eq!(bench.get_with(&session, "/access/own").await.status, 200);
    let given = bench.post_as(ADMIN, &roles, &[("role", "evaluator"), ("organisation", "centre")]).await;
    assert!(location(&given).ends_with("done=role-given-renewed"), "{}", location(&given));
    assert_eq!(bench.get_with(&session, "/access/own").await.status, 303, "the session ended");
    let again = bench.post("/sign-in", &[("email", "jiro@example.test"), ("password", "known to the wrong one")]).await;
    assert_eq!(again.status, 422, "and so did the password");
    assert_eq!(bench.post_as("part@example.test", &format!("/access/accounts/{id}/link"), &[]).await.status, 403);
    assert_eq!(bench.post_as(ADMIN, &format!("/access/accounts/{id}/link"), &[]).await.status, 200);
}

#[tokio::test]
async fn only_administrators_see_accounts_and_evaluators_the_log() {
    let bench = bench().await;
    bench.account("evaluator@example.test", Role::Evaluator, "centre").await;
    bench.account("ciso@example.test", Role::Ciso, "moa").await;
    for (who, accounts, log) in [(ADMIN, 200, 200), ("evaluator@example.test", 404, 200), ("ciso@example.test", 404, 404)] {
        assert_eq!(bench.get_as(who, "/access/accounts").await.status, accounts, "{who}");
        assert_eq!(bench.get_as(who, "/access/audit").await.status, log, "{who}");
    }
}

#[tokio::test]
async fn reading_is_written_down_and_the_chain_holds() {
    let bench = bench().await;
    bench.get_as(ADMIN, "/access/accounts").await;
    let page = bench.get_as(ADMIN, "/access/audit?verify=1&lang=en").await;
    assert!(page.body.contains("The audit log holds"), "{}", page.body);
    let mut tx = bench.app.db.read().await.unwrap();
    let read = |text: &str| audit::Filter { text: text.to_owned(), ..audit::Filter::default() };
    assert_eq!(audit::search(&mut tx, &read("account.list"), 10).await.unwrap().len(), 1);
    assert_eq!(audit::search(&mut tx, &read("audit.read"), 10).await.unwrap().len(), 1);
    assert!(audit::search(&mut tx, &read("%"), 10).await.unwrap().is_empty(), "the pattern's own signs are letters");
    assert!(audit::verify(&mut tx).await.unwrap().is_ok());
}

#[tokio::test]
async fn the_log_of_a_part_shows_that_part() {
    let bench = bench().await;
    bench.account("part@example.test", Role::Evaluator, "moa").await;
    let page = bench.get_as("part@example.test", "/access/audit").await.body;
    assert!(page.contains("甲省") && !page.contains("乙省") && !page.contains("session.begin"), "{page}");
}

#[tokio::test]
async fn a_changed_line_shows_on_the_page() {
    let bench = bench().await;
    let mut tx = bench.app.db.begin().await.unwrap();
    tx.run("UPDATE audit SET detail = '{}' WHERE seq = 2", &[]).await.unwrap();
    tx.commit().await.unwrap();
    let page = bench.get_as(ADMIN, "/access/audit?verify=1&lang=en").await;
    assert!(page.body.contains("broken at line 2"), "{}", page.body);
}

#[tokio::test]
async fn the_api_does_what_the_pages_do() {
    let bench = bench().await;
    let new = serde_json::json!({ "name": "A", "email": "a@example.test", "role": "auditor", "organisation": "mob" });
    let made = bench.json_as(ADMIN, "/api/v1/access/accounts", &new).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let id = id(&bench, "a@example.test").await;
    let more = serde_json::json!({ "role": "advisor", "organisation": "moa" });
    let given: serde_json::Value =
        serde_json::from_str(&bench.json_as(ADMIN, &format!("/api/v1/access/accounts/{id}/roles"), &more).await.body).unwrap();
    let roles = given["roles"].as_array().unwrap();
    assert_eq!(roles.len(), 2, "{given}");
    let held = roles[0]["id"].as_str().unwrap();
    let path = format!("/api/v1/access/accounts/{id}/roles/{held}/take");
    assert_eq!(bench.json_as(ADMIN, &path, &serde_json::json!({})).await.status, 200);
    let log = bench.get_as(ADMIN, "/api/v1/access/audit?text=role.take").await;
    let lines: Vec<audit::Line> = serde_json::from_str(&log.body).unwrap();
    assert_eq!(lines.len(), 1, "{}", log.body);
}
