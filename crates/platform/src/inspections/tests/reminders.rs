//! Reminders from outside: asked for at once, written by a job, nobody twice for the same one.

use engine::facts::{Claim, Role};

use super::Fixture;
use crate::base::jobs::JobCx;
use crate::base::mail::{self, Mail};
use crate::inspections::jobs;

const CENTRE: &str = "centre@example.test";

/// A cycle in which one of five people has answered everything.
async fn fixture() -> (Fixture, String) {
    let fixture = Fixture::open().await;
    fixture.store(fixture.give("a1", Role::Staff, Claim::Implemented).await).await.unwrap();
    let path = format!("/inspections/cycles/{}/reminders", fixture.cycle);
    (fixture, path)
}

async fn mails(fixture: &Fixture) -> Vec<Mail> {
    mail::waiting(&mut fixture.bench.app.db.read().await.unwrap(), 100).await.unwrap()
}

#[tokio::test]
async fn reminders_go_once_a_day_to_those_who_are_late() {
    let (fixture, path) = fixture().await;
    let remind = async || {
        let before = mails(&fixture).await.len();
        let asked = fixture.bench.post_as(CENTRE, &path, &[]).await;
        assert_eq!(asked.status, 303, "{}", asked.body);
        assert_eq!(mails(&fixture).await.len(), before, "nobody waits for mails");
        let page = fixture.bench.get_as(CENTRE, &format!("{path}?lang=en")).await.body;
        assert!(page.contains("<progress") && page.contains("http-equiv=\"refresh\"") && !page.contains("Send reminders</button>"), "{page}");
        fixture.bench.run_jobs().await;
        let page = fixture.bench.get_as(CENTRE, &format!("{path}?lang=en")).await.body;
        assert!(page.contains("The reminders are written (4 people)") && !page.contains("<progress"), "{page}");
        mails(&fixture).await.len() - before
    };
    assert_eq!(remind().await, 4);
    assert_eq!(remind().await, 0);
    fixture.bench.set_time("2026-04-02T00:00:00Z");
    assert_eq!(remind().await, 4);
    assert!(mails(&fixture).await.iter().all(|mail| mail.recipient != "a1@example.test" && mail.body.contains("/answer/link/")));
}

#[tokio::test]
async fn a_reminder_that_runs_again_after_midnight_mails_nobody_twice() {
    let (fixture, path) = fixture().await;
    for _ in 0..2 {
        // Asked for twice before it began, it is one.
        assert_eq!(fixture.bench.post_as(CENTRE, &path, &[]).await.status, 303);
    }
    let rows = fixture.bench.app.db.read().await.unwrap().all("SELECT id, payload FROM job WHERE kind = 'inspections.remind'", &[]).await.unwrap();
    assert_eq!(rows.len(), 1);
    let payload: serde_json::Value = serde_json::from_str(&rows[0].get::<String>("payload").unwrap()).unwrap();
    let cx = JobCx { app: fixture.bench.app.clone(), id: rows[0].get("id").unwrap() };
    jobs::remind(cx.clone(), payload.clone()).await.unwrap();
    assert_eq!(mails(&fixture).await.len(), 4);
    fixture.bench.set_time("2026-04-02T00:00:00Z");
    jobs::remind(cx, payload).await.unwrap();
    assert_eq!(mails(&fixture).await.len(), 4);
}

#[tokio::test]
async fn a_reminder_is_stopped_and_a_closed_cycle_reminds_nobody() {
    let (fixture, path) = fixture().await;
    assert_eq!(fixture.bench.post_as(CENTRE, &format!("{path}/stop"), &[]).await.status, 409, "there is none");
    fixture.bench.post_as(CENTRE, &path, &[]).await;
    assert_eq!(fixture.bench.post_as(CENTRE, &format!("{path}/stop"), &[]).await.status, 303);
    fixture.bench.run_jobs().await;
    assert!(fixture.bench.get_as(CENTRE, &format!("{path}?lang=en")).await.body.contains("was stopped after 0 of 0"));
    fixture.bench.set_time("2026-04-01T00:01:00Z");
    let api = format!("/api/v1/inspections/cycles/{}/remind", fixture.cycle);
    let asked: serde_json::Value = serde_json::from_str(&fixture.bench.json_as(CENTRE, &api, &serde_json::json!({})).await.body).unwrap();
    assert_eq!(asked["state"], "waiting", "{asked}");
    fixture.close().await;
    fixture.bench.run_jobs().await;
    assert!(mails(&fixture).await.is_empty());
    let now: serde_json::Value = serde_json::from_str(&fixture.bench.get_as(CENTRE, &api).await.body).unwrap();
    assert_eq!(now["state"], "done", "{now}");
}
