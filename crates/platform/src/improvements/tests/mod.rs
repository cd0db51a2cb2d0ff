//! The improvements from outside.

mod exposures;

use engine::facts::{Check, Verdict};

use super::actions::{self, Ask, NewRecommendation, Words};
use super::exemption::Standing;
use super::plan::{NewPlan, steps_of};
use super::recommendation::{Measured, Recommendation, RecommendationId, State, Step};
use super::store;
use crate::args;
use crate::base::actor::{Role, Scope};
use crate::base::lang::{Lang, texts};
use crate::testing::Bench;

async fn people(bench: &Bench) {
    bench.account("centre@example.test", Role::Evaluator, "centre").await;
    bench.account("ciso@example.test", Role::Ciso, "moa").await;
    bench.account("other@example.test", Role::Ciso, "mob").await;
    bench.account("auditor@example.test", Role::Auditor, "moa").await;
}

fn by_hand() -> NewRecommendation {
    NewRecommendation {
        organisation: "moa".into(),
        origin: "incident".into(),
        origin_note: "なりすましメール".into(),
        requirement: String::new(),
        words: Words {
            title: "送信元を確かめる".into(), body: "SPFを公開する".into(), issuer: String::new(), due_on: "2026-09-30".into()
        },
    }
}

fn plan() -> NewPlan {
    NewPlan {
        summary: "SPFを直す".into(),
        owner: "甲野".into(),
        owner_email: "owner@example.test".into(),
        due_on: "2026-08-31".into(),
        steps: steps_of("2026-06-30 レコードを公開する\n確かめる"),
    }
}

/// An issued recommendation that measurements by SPF can close.
async fn issued(bench: &Bench) -> RecommendationId {
    let mut work = bench.work().await;
    let id = actions::draft(&mut work, &by_hand()).await.unwrap();
    work.tx.run("UPDATE recommendation SET checks = 'spf', requirement_code = 'hw-01' WHERE id = $1", args![&id]).await.unwrap();
    actions::issue(&mut work, &id).await.unwrap();
    work.commit().await.unwrap();
    id
}

async fn read(bench: &Bench, id: &RecommendationId) -> Recommendation {
    store::recommendation(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, id).await.unwrap()
}

async fn look(bench: &Bench, verdicts: &[(&str, Verdict)]) -> actions::Looked {
    let organisation_id = bench.organisation("moa").await.id;
    let rows: Vec<Measured> = verdicts
        .iter()
        .map(|(at, verdict)| Measured {
            organisation_id: organisation_id.clone(),
            system_id: None,
            target: "moa.go.jp".into(),
            check: Check::Spf,
            verdict: *verdict,
            at: (*at).into(),
            observation: format!("observed-{at}"),
        })
        .collect();
    let mut work = bench.work().await;
    let looked = actions::look(&mut work, &rows).await.unwrap();
    work.commit().await.unwrap();
    looked
}

#[tokio::test]
async fn from_draft_to_closed_by_pages_and_a_measurement() {
    let bench = Bench::new().await;
    people(&bench).await;
    let fields =
        [("organisation", "moa"), ("origin", "incident"), ("title", "送信元を確かめる"), ("body", "SPFを公開する"), ("due_on", "2026-09-30")];
    let answer = bench.post_as("centre@example.test", "/improvements/recommendations/new", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let id: RecommendationId = store::recommendations(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, "").await.unwrap()[0].id.clone();
    let at = super::pages::at(&id);

    // A draft is nobody's but the centre's.
    assert_eq!(bench.get_as("ciso@example.test", &at).await.status, 404);
    assert!(!bench.get_as("ciso@example.test", "/improvements").await.body.contains("送信元"));
    assert_eq!(bench.post_as("centre@example.test", &format!("{at}/issue"), &[]).await.status, 303);
    assert!(bench.get_as("ciso@example.test", "/improvements").await.body.contains("送信元"));
    assert_eq!(bench.get_as("other@example.test", &at).await.status, 404);

    // Its own organisation answers; nobody else.
    let sent = [("summary", "直す"), ("owner", "甲野"), ("due_on", "2026-08-31"), ("steps", "2026-06-30 公開する")];
    assert_eq!(bench.post_as("other@example.test", &format!("{at}/plan"), &sent).await.status, 404);
    let late = [("summary", "直す"), ("owner", "甲野"), ("due_on", "2020-08-31"), ("steps", "")];
    let again = bench.post_as("ciso@example.test", &format!("{at}/plan"), &late).await;
    assert_eq!(again.status, 422);
    assert!(again.body.contains("今日より前") && again.body.contains("段階を一つ以上"), "{}", again.body);
    assert_eq!(bench.post_as("ciso@example.test", &format!("{at}/plan"), &sent).await.status, 303);

    // Sent back without a reason is not possible; with one it is, and the next version is accepted.
    assert_eq!(bench.post_as("centre@example.test", &format!("{at}/return"), &[("reason", " ")]).await.status, 422);
    assert_eq!(bench.post_as("centre@example.test", &format!("{at}/return"), &[("reason", "担当が不明")]).await.status, 303);
    assert_eq!(bench.post_as("centre@example.test", &format!("{at}/accept"), &[]).await.status, 409);
    assert_eq!(bench.post_as("ciso@example.test", &format!("{at}/plan"), &sent).await.status, 303);
    assert_eq!(bench.post_as("centre@example.test", &format!("{at}/accept"), &[("note", "よい")]).await.status, 303);
    assert_eq!(bench.post_as("ciso@example.test", &format!("{at}/steps/1/done"), &[]).await.status, 303);
    assert_eq!(read(&bench, &id).await.state, State::Accepted);

    // The organisation cannot close, nor can the centre; an auditor can.
    assert_eq!(bench.post_as("ciso@example.test", &format!("{at}/audit"), &[("seen", "x")]).await.status, 404);
    assert_eq!(bench.post_as("centre@example.test", &format!("{at}/audit"), &[("seen", "x")]).await.status, 404);
    assert_eq!(bench.post_as("auditor@example.test", &format!("{at}/audit"), &[("seen", "")]).await.status, 422);
    assert_eq!(bench.post_as("auditor@example.test", &format!("{at}/audit"), &[("seen", "設定画面を見た")]).await.status, 303);
    let one = read(&bench, &id).await;
    assert_eq!((one.state, one.closed_by.as_deref(), one.proof.as_deref()), (State::Closed, Some("audit"), Some("設定画面を見た")));
    let page = bench.get_as("ciso@example.test", &format!("{at}?lang=en")).await.body;
    for words in ["closed by an auditor", "plan sent back", "担当が不明", "Improvement plan, version 2", "step noted as done"] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn only_a_newer_measurement_closes_and_decay_reopens() {
    let bench = Bench::new().await;
    people(&bench).await;
    let id = issued(&bench).await;
    // Declared by the organisation: a plan with every step done. It stays open.
    let mut work = bench.work().await;
    actions::submit(&mut work, &id, &plan()).await.unwrap();
    actions::accept(&mut work, &id, "").await.unwrap();
    for step in [1, 2] {
        actions::mark_step(&mut work, &id, step, true).await.unwrap();
    }
    work.commit().await.unwrap();
    assert_eq!(read(&bench, &id).await.state, State::Accepted);

    // Measured before it was issued, or met in one place only: stays open.
    assert_eq!(look(&bench, &[("2026-03-31T00:00:00Z", Verdict::Met)]).await.waiting, 1);
    assert_eq!(look(&bench, &[("2026-04-02T00:00:00Z", Verdict::Met), ("2026-04-01T00:00:00Z", Verdict::NotMet)]).await.waiting, 1);
    assert_eq!(look(&bench, &[("2026-04-02T00:00:00Z", Verdict::CouldNotMeasure)]).await.waiting, 1);

    let met = [("2026-04-02T00:00:00Z", Verdict::Met)];
    assert_eq!(look(&bench, &met).await.closed.len(), 1);
    assert_eq!(look(&bench, &met).await, actions::Looked::default(), "looking twice changes nothing");
    let one = read(&bench, &id).await;
    assert_eq!((one.state, one.proof.as_deref()), (State::Closed, Some("observed-2026-04-02T00:00:00Z")));

    bench.set_time("2026-05-01T00:00:00Z");
    assert_eq!(look(&bench, &[("2026-05-01T00:00:00Z", Verdict::NotMet)]).await.reopened.len(), 1);
    let one = read(&bench, &id).await;
    assert_eq!((one.state, one.reopened, one.closed_at), (State::Reopened, 1, None));
    // The measurement that once closed it does not close it again; a newer one does.
    assert_eq!(look(&bench, &met).await.waiting, 1);
    assert_eq!(look(&bench, &[("2026-05-02T00:00:00Z", Verdict::Met)]).await.closed.len(), 1);

    let history = store::history(&mut bench.app.db.read().await.unwrap(), &id).await.unwrap();
    let verbs: Vec<&str> = history.iter().map(|line| line.verb.as_str()).collect();
    assert_eq!(verbs, ["draft", "issue", "submit", "accept", "progress", "progress", "close-by-measurement", "decay", "close-by-measurement"]);
    let mails = crate::base::mail::waiting(&mut bench.app.db.read().await.unwrap(), 100).await.unwrap();
    let to: Vec<&str> = mails.iter().map(|mail| mail.recipient.as_str()).collect();
    assert_eq!(to.iter().filter(|to| **to == "ciso@example.test").count(), 1, "told of the issue: {to:?}");
    assert_eq!(to.iter().filter(|to| **to == "owner@example.test").count(), 4, "accepted, closed, reopened, closed: {to:?}");
}

#[tokio::test]
async fn what_is_unfinished_is_carried_once_and_keeps_its_first_cycle() {
    let bench = Bench::new().await;
    let id = issued(&bench).await;
    for moved in [1, 0] {
        let mut work = bench.work().await;
        assert_eq!(actions::carry_all(&mut work, "cycle-2", "2027").await.unwrap(), moved);
        if moved == 1 {
            work.commit().await.unwrap();
        }
    }
    let one = read(&bench, &id).await;
    assert!(one.is_carried() && one.state == State::Issued);
    assert!(one.is_overdue("2026-10-01") && !one.is_overdue("2026-09-30"));
}

#[tokio::test]
async fn an_exception_is_decided_by_the_centre_and_ends_by_its_date() {
    let bench = Bench::new().await;
    people(&bench).await;
    let ask = Ask {
        organisation: "moa".into(),
        requirement: "hw-01".into(),
        system: String::new(),
        reason: "更新まで".into(),
        instead: "監視を強める".into(),
        expires_on: "2026-06-30".into(),
    };
    let mut work = bench.work().await;
    let id = actions::ask(&mut work, &ask).await.unwrap();
    let error = actions::ask(&mut work, &Ask { expires_on: "2036-06-30".into(), instead: " ".into(), ..ask }).await.unwrap_err();
    assert!(error.message(Lang::En).contains("Three years") && error.message(Lang::En).contains("fill this in"), "{error}");
    work.commit().await.unwrap();
    let at = format!("/improvements/exceptions/{id}");
    assert_eq!(bench.post_as("ciso@example.test", &format!("{at}/approve"), &[]).await.status, 404);
    assert_eq!(bench.get_as("other@example.test", &at).await.status, 404);
    assert_eq!(bench.post_as("centre@example.test", &format!("{at}/approve"), &[("until", "2026-12-31")]).await.status, 422);
    assert_eq!(bench.post_as("centre@example.test", &format!("{at}/approve"), &[("until", "2026-05-31")]).await.status, 303);
    let one = store::exemption(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, &id).await.unwrap();
    assert_eq!((one.on("2026-05-31"), one.on("2026-06-01")), (Standing::InForce, Standing::Expired));
    bench.set_time("2026-06-01T03:00:00Z");
    assert!(bench.get_as("ciso@example.test", "/improvements/exceptions?lang=en").await.body.contains("expired"));
    let json = bench.get_as("ciso@example.test", "/api/v1/improvements/exceptions").await.body;
    assert!(json.contains("\"standing\":\"expired\"") && !json.contains("null\"}"), "{json}");
    assert_eq!(bench.get_as("other@example.test", "/api/v1/improvements/exceptions").await.body, "[]");
}

#[tokio::test]
async fn every_word_of_states_and_steps_exists_in_both_languages() {
    let _bench = Bench::empty().await;
    let mut keys: Vec<String> = State::ALL
        .iter()
        .flat_map(|state| [format!("improvements-state-{}", state.as_str()), format!("improvements-next-{}", state.as_str())])
        .collect();
    keys.extend(Step::ALL.iter().map(|step| format!("improvements-step-{}", step.as_str())));
    for lang in Lang::ALL {
        for key in &keys {
            assert!(texts().has(lang, key), "{key}");
        }
    }
}

#[tokio::test]
async fn the_job_looks_once_a_day_and_harms_nothing_run_twice() {
    let bench = Bench::new().await;
    let id = issued(&bench).await;
    for _ in 0..2 {
        super::jobs::plan(bench.app.clone()).await.unwrap();
        bench.run_jobs().await;
        assert_eq!(read(&bench, &id).await.state, State::Issued);
    }
    super::jobs::plan(bench.app.clone()).await.unwrap();
    assert_eq!(bench.run_jobs().await, 0, "looked today");
}

#[tokio::test]
async fn findings_become_drafts_once_and_an_exception_in_force_is_not_drafted_against() {
    let (bench, cycle) = crate::evaluations::tests::evaluated().await;
    let ask = Ask {
        organisation: "moa".into(),
        requirement: "hw-06".into(),
        reason: "更新まで".into(),
        instead: "監視を強める".into(),
        expires_on: "2026-06-30".into(),
        ..Ask::default()
    };
    let mut work = bench.work().await;
    let exempt = actions::ask(&mut work, &ask).await.unwrap();
    actions::approve(&mut work, &exempt, "", "").await.unwrap();
    let new = actions::NewDraft { cycle: cycle.to_string(), organisations: vec!["moa".into()], most: 3, ..actions::NewDraft::default() };
    let first = actions::draft_from_findings(&mut work, &new, Lang::Ja).await.unwrap();
    assert_eq!((first.codes.len(), first.unfinished, first.exceptions), (3, 0, 1), "{first:?}");
    assert!(first.codes.iter().all(|code| code.starts_with("2026-moa-")), "{first:?}");
    let most = actions::NewDraft { most: 100, ..new };
    let second = actions::draft_from_findings(&mut work, &most, Lang::Ja).await.unwrap();
    assert_eq!((second.codes.len(), second.unfinished, second.exceptions), (3, 3, 1), "{second:?}");
    let third = actions::draft_from_findings(&mut work, &most, Lang::Ja).await.unwrap();
    assert_eq!((third.codes.len(), third.unfinished), (0, 6), "{third:?}");
    let one = store::recommendation_by_code(&mut work.tx, &Scope::Everything, &first.codes[0]).await.unwrap();
    assert!(one.body.contains("監査で1件") && !one.body.contains("実測で0件") && one.because.len() == 1, "{one:?}");
    work.commit().await.unwrap();
    // The exception stands beside the finding and hides neither the claim nor the verdict.
    let (moa, requirement) = (bench.organisation("moa").await, {
        let mut tx = bench.app.db.read().await.unwrap();
        let items = crate::inspections::store::items(&mut tx, &cycle).await.unwrap();
        items.into_iter().find(|item| item.code == "hw-06").unwrap().requirement_id
    });
    let path = format!("/evaluations/cycles/{cycle}/organisations/{}/requirements/{requirement}", moa.id);
    let page = bench.get_as("centre@example.test", &path).await.body;
    assert!(page.contains("軽微な不適合") && page.contains("更新まで") && page.contains("有効"), "{page}");
}

#[tokio::test]
async fn outcomes_are_counted_the_same_on_the_page_in_csv_and_for_programs() {
    let bench = Bench::new().await;
    people(&bench).await;
    // Issued on 1 April, due on 30 September: one closed in time, one late, one open past its day, one withdrawn, one a draft.
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(issued(&bench).await);
    }
    let mut work = bench.work().await;
    actions::draft(&mut work, &by_hand()).await.unwrap();
    actions::withdraw(&mut work, &ids[3], "重複のため").await.unwrap();
    work.commit().await.unwrap();
    for (id, day) in [(&ids[0], "2026-09-30T14:59:00Z"), (&ids[1], "2026-09-30T15:00:00Z")] {
        bench.set_time(day);
        let mut work = bench.work().await;
        actions::close_by_audit(&mut work, id, "設定画面を見た").await.unwrap();
        work.commit().await.unwrap();
    }
    // In Japan the one falls on the last day and the other on the day after.
    bench.set_time("2026-10-05T00:00:00Z");
    let json: serde_json::Value = serde_json::from_str(&bench.get_as("centre@example.test", "/api/v1/improvements/outcomes").await.body).unwrap();
    let counted: Vec<(&str, u64, u64)> = json["total"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["definition"].as_str().unwrap(), one["numerator"].as_u64().unwrap(), one["denominator"].as_u64().unwrap()))
        .collect();
    assert_eq!(counted, [("findings-open", 1, 3), ("closed-in-time-rate", 1, 3), ("days-to-close", 2, 2)]);
    assert_eq!(json["organisations"][0]["code"], "moa");
    assert_eq!((&json["on"], json["organisations"].as_array().unwrap().len()), (&serde_json::json!("2026-10-05"), 1));
    let page = bench.get_as("ciso@example.test", "/improvements/outcomes?lang=en").await.body;
    assert!(page.contains("closed-in-time rate") && page.contains("1 / 3") && page.contains("Ministry A"), "{page}");
    let csv = bench.get_as("ciso@example.test", "/improvements/outcomes?lang=en&outcomes.csv=1").await.body;
    assert!(csv.contains("Ministry A,1,1 / 3 (3 / 3),1 / 3,1 / 3 (3 / 3),2 / 2,2 / 2 (2 / 3)"), "{csv}");
    // Another organisation has been sent nothing, and learns nothing.
    let other = bench.get_as("other@example.test", "/api/v1/improvements/outcomes").await.body;
    assert!(other.contains("\"organisations\":[]") && !other.contains("moa"), "{other}");
    // Before the day has come nobody is late, and nothing closed early flatters the rate.
    let early = super::gather::outcomes(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, "", "2026-09-30").await.unwrap();
    assert_eq!(early.total.iter().map(|one| one.denominator).collect::<Vec<_>>(), [3, 0, 2]);
}
