//! The pages: a respondent answers by link, the CISO approves, an auditor disagrees; others see nothing of it.

use axum::body::Body;
use axum::http::{Request, header};
use engine::facts::{Claim, Role};

use super::Fixture;
use crate::inspections::{actions, store};
use crate::testing::Answer;

/// Sends a form with files as whoever carries `cookie`.
async fn send_form(fixture: &Fixture, path: &str, cookie: &str, fields: &[(String, String)], file: Option<(&str, &str, &[u8])>) -> Answer {
    const EDGE: &str = "hinomi-edge";
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
    }
    if let Some((field, name, bytes)) = file {
        body.extend_from_slice(format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={EDGE}");
    fixture.bench.send(Request::post(path).header(header::COOKIE, cookie).header(header::CONTENT_TYPE, kind).body(Body::from(body)).unwrap()).await
}

async fn get(fixture: &Fixture, path: &str, cookie: &str) -> Answer {
    fixture.bench.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
}

/// The cookie that a person's link gives.
async fn link(fixture: &Fixture, code: &str) -> String {
    let mut work = fixture.bench.work().await;
    let letters = actions::make_links(&mut work, &fixture.cycle, None).await.unwrap();
    work.commit().await.unwrap();
    let link = letters.into_iter().find(|one| one.code == code).unwrap().link;
    let path = link.strip_prefix(&fixture.bench.app.config.public_url).unwrap();
    let answer = fixture.bench.get(path).await;
    assert_eq!(answer.status, 303);
    let cookie = answer.headers.iter().find(|(name, _)| name == "set-cookie").unwrap().1.clone();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

/// For looking at pages by eye: `HINOMI_LOOK` names a directory.
fn look(name: &str, body: &str) {
    if let Ok(dir) = std::env::var("HINOMI_LOOK") {
        let style = include_str!("../../base/view/style.css");
        std::fs::write(format!("{dir}/{name}.html"), body.replace("</head>", &format!("<style>{style}</style></head>"))).unwrap();
    }
}

#[tokio::test]
async fn a_respondent_answers_by_link_with_evidence_and_may_change_it() {
    let fixture = Fixture::open().await;
    let cookie = link(&fixture, "a1").await;
    let page = get(&fixture, "/answer?lang=ja", &cookie).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("<nav class=\"menu\"") && page.body.contains("職員 a1"), "{}", page.body);
    look("answer", &page.body);
    let items = fixture.items(Role::Staff).await;
    let mut fields: Vec<(String, String)> = Vec::new();
    for (index, item) in items.iter().take(10).enumerate() {
        fields.push((format!("r{index}"), item.requirement_id.to_string()));
        fields.push((format!("s{index}"), String::new()));
        fields.push((format!("c{index}"), if index == 1 { "not-applicable" } else { "implemented" }.into()));
    }
    let refused = send_form(&fixture, "/answer?page=1&lang=ja", &cookie, &fields, None).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("理由を書いてください"), "{}", refused.body);
    look("answer-wrong", &refused.body);
    fields.push(("w1".into(), "端末を持っていないため".into()));
    let done = send_form(&fixture, "/answer?page=1", &cookie, &fields, Some(("f0", "記録.pdf", b"%PDF-1.7 proof"))).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let page = get(&fixture, "/answer?lang=en", &cookie).await;
    assert!(page.body.contains("You have answered every question") && page.body.contains("記録.pdf"), "{}", page.body);
    // A change keeps the file and the version before.
    fields[2].1 = "partly".into();
    assert_eq!(send_form(&fixture, "/answer?page=1", &cookie, &fields, None).await.status, 303);
    let moa = fixture.bench.organisation("moa").await;
    let path = format!("/inspections/cycles/{}/organisations/{}/items/{}", fixture.cycle, moa.id, items[0].requirement_id);
    let page = fixture.bench.get_as("auditor-a@example.test", &format!("{path}?lang=ja")).await;
    assert!(page.body.contains("記録.pdf") && page.body.contains("一部実施している") && page.body.contains("変更前の回答"), "{}", page.body);
    assert!(!page.body.contains("職員 a1"), "an auditor reads the section and the code, not the name");
    look("item", &page.body);
    let start = page.body.find("/evidence/").unwrap();
    let hash = &page.body[start + 10..start + 74];
    let file = fixture.bench.get_as("auditor-a@example.test", &format!("/inspections/cycles/{}/evidence/{hash}", fixture.cycle)).await;
    assert_eq!((file.status, file.bytes.as_slice()), (200, b"%PDF-1.7 proof".as_slice()));
    assert_eq!(fixture.bench.get_as("ciso-b@example.test", &format!("/inspections/cycles/{}/evidence/{hash}", fixture.cycle)).await.status, 404);
}

#[tokio::test]
async fn a_link_shows_its_owner_and_nobody_else() {
    let fixture = Fixture::open().await;
    let (first, second) = (link(&fixture, "a1").await, link(&fixture, "b1").await);
    assert!(get(&fixture, "/answer", &first).await.body.contains("職員 a1"));
    let other = get(&fixture, "/answer", &second).await.body;
    assert!(other.contains("職員 b1") && !other.contains("職員 a1"));
    for path in ["/inspections/cycles", "/inspections/respondents"] {
        assert_ne!(get(&fixture, path, &first).await.status, 200, "{path}");
    }
    assert_eq!(fixture.bench.get("/answer/link/nonsense").await.status, 404);
    assert_eq!(get(&fixture, "/answer", "hinomi_link=nonsense").await.status, 404);
    // After closing, the page says so and takes nothing.
    fixture.close().await;
    let page = get(&fixture, "/answer?lang=en", &first).await;
    assert!(page.status == 200 && page.body.contains("does not take answers now"), "{}", page.body);
    assert_eq!(send_form(&fixture, "/answer", &first, &[], None).await.status, 409);
}

#[tokio::test]
async fn an_account_made_elsewhere_with_a_respondents_address_answers_for_nobody() {
    let fixture = Fixture::open().await;
    // b1 is asked in the other ministry.
    fixture.bench.account("b1@example.test", crate::base::actor::Role::Respondent, "moa").await;
    assert_eq!(fixture.bench.get_as("b1@example.test", "/answer").await.status, 404);
    assert_eq!(fixture.bench.get_as("b1@example.test", "/api/v1/inspections/answer").await.status, 404);
}

#[tokio::test]
async fn somebody_signed_in_with_a_respondents_address_answers_too() {
    let fixture = Fixture::open().await;
    fixture.bench.account("b1@example.test", crate::base::actor::Role::Respondent, "mob").await;
    let page = fixture.bench.get_as("b1@example.test", "/answer").await;
    assert!(page.status == 200 && page.body.contains("職員 b1"), "{}", page.body);
    assert_eq!(fixture.bench.get_as("ciso-a@example.test", "/answer").await.status, 404);
}

#[tokio::test]
async fn a_ciso_approves_their_own_and_knows_of_no_other() {
    let fixture = Fixture::open().await;
    fixture.store(fixture.give("a1", Role::Staff, Claim::Implemented).await).await.unwrap();
    let (moa, mob) = (fixture.bench.organisation("moa").await, fixture.bench.organisation("mob").await);
    let of = |organisation: &crate::register::organisation::Organisation, rest: &str| {
        format!("/inspections/cycles/{}/organisations/{}{rest}", fixture.cycle, organisation.id)
    };
    let page = fixture.bench.get_as("ciso-a@example.test", &of(&moa, "?lang=ja")).await;
    assert!(page.status == 200 && page.body.contains("承認する") && page.body.contains("未承認"), "{}", page.body);
    look("organisation", &page.body);
    for rest in ["", "/sheet", "/people"] {
        assert_eq!(fixture.bench.get_as("ciso-a@example.test", &of(&mob, rest)).await.status, 404, "{rest}");
        assert_eq!(fixture.bench.get_as("ciso-a@example.test", &of(&moa, rest)).await.status, 200, "{rest}");
    }
    assert_eq!(fixture.bench.post_as("ciso-b@example.test", &of(&moa, "/approve"), &[]).await.status, 404);
    assert_eq!(fixture.bench.post_as("centre@example.test", &of(&moa, "/approve"), &[]).await.status, 404);
    assert_eq!(fixture.bench.post_as("ciso-a@example.test", &of(&moa, "/approve"), &[("comment", "確認した")]).await.status, 303);
    let page = fixture.bench.get_as("advisor-a@example.test", &of(&moa, "?lang=ja")).await;
    assert!(page.body.contains("承認済み") && page.body.contains("確認した") && !page.body.contains("<button>承認する"), "{}", page.body);
    let cycle = fixture.bench.get_as("ciso-a@example.test", &format!("/inspections/cycles/{}?lang=ja", fixture.cycle)).await;
    assert!(cycle.body.contains("甲省") && !cycle.body.contains("乙省"), "{}", cycle.body);
}

#[tokio::test]
async fn an_auditor_gives_a_verdict_beside_the_claim_only_where_they_are_auditor() {
    let fixture = Fixture::open().await;
    fixture.store(fixture.give("a1", Role::Staff, Claim::Implemented).await).await.unwrap();
    fixture.store(fixture.give("b1", Role::Staff, Claim::Implemented).await).await.unwrap();
    fixture.close().await;
    let item = fixture.items(Role::Staff).await.remove(0);
    let (moa, mob) = (fixture.bench.organisation("moa").await, fixture.bench.organisation("mob").await);
    let path = |id| format!("/inspections/cycles/{}/organisations/{id}/items/{}", fixture.cycle, item.requirement_id);
    let session = fixture.bench.session("auditor-a@example.test").await;
    let minor = [("verdict".to_owned(), "minor".to_owned()), ("note".to_owned(), "台帳に記載がなかった".to_owned())];
    assert_eq!(send_form(&fixture, &path(moa.id.clone()), &session, &minor[..1], None).await.status, 422);
    assert_eq!(send_form(&fixture, &path(moa.id.clone()), &session, &minor, Some(("file", "photo.png", b"png"))).await.status, 303);
    assert_eq!(send_form(&fixture, &path(mob.id), &session, &minor, None).await.status, 404);
    let ciso = fixture.bench.session("ciso-a@example.test").await;
    assert_eq!(send_form(&fixture, &path(moa.id.clone()), &ciso, &minor, None).await.status, 404);
    let mut work = fixture.bench.work().await;
    let drawn = actions::draw_sample(&mut work, &fixture.cycle, Some(7)).await.unwrap();
    assert!(drawn > 0);
    assert_eq!(actions::draw_sample(&mut work, &fixture.cycle, Some(8)).await.unwrap(), 0, "drawn once, whatever the seed");
    work.commit().await.unwrap();
    let page = fixture.bench.get_as("auditor-a@example.test", &format!("/inspections/cycles/{}/audit?lang=ja", fixture.cycle)).await;
    assert!(page.body.contains("軽微な不適合") && page.body.contains("甲省") && !page.body.contains("乙省"), "{}", page.body);
    look("audit", &page.body);
    let mut tx = fixture.bench.app.db.read().await.unwrap();
    let counts = store::answer_counts(&mut tx, &fixture.cycle).await.unwrap();
    assert!(counts.iter().all(|one| one.implemented == 1 && one.not == 0), "the claim stands as it was");
}

#[tokio::test]
async fn the_centre_runs_a_cycle_in_the_browser_in_both_languages() {
    let fixture = Fixture::draft().await;
    let centre = "centre@example.test";
    let path = format!("/inspections/cycles/{}", fixture.cycle);
    assert_eq!(fixture.bench.get_as("ciso-a@example.test", &path).await.status, 404, "a draft is nobody else's");
    for step in ["announce", "open"] {
        assert_eq!(fixture.bench.post_as("ciso-a@example.test", &format!("{path}/{step}"), &[]).await.status, 404);
        assert_eq!(fixture.bench.post_as(centre, &format!("{path}/{step}"), &[]).await.status, 303, "{step}");
        assert_eq!(fixture.bench.post_as(centre, &format!("{path}/{step}"), &[]).await.status, 409, "{step} twice");
    }
    fixture.store(fixture.give("a1", Role::Staff, Claim::Implemented).await).await.unwrap();
    for rest in ["", "/audit", "/priority", "/reminders"] {
        for lang in ["ja", "en"] {
            let page = fixture.bench.get_as(centre, &format!("{path}{rest}?lang={lang}")).await;
            assert_eq!(page.status, 200, "{rest}");
            assert!(!page.body.contains("[inspections"), "{rest} {lang}: {}", page.body);
            look(&format!("cycle{}-{lang}", rest.replace('/', "-")), &page.body);
        }
    }
    for (path, name) in [("/inspections/cycles", "cycles"), ("/inspections/cycles/new", "new"), ("/inspections/respondents", "respondents")] {
        for lang in ["ja", "en"] {
            let page = fixture.bench.get_as(centre, &format!("{path}?lang={lang}")).await;
            assert!(page.status == 200 && !page.body.contains("[inspections"), "{}", page.body);
            look(&format!("{name}-{lang}"), &page.body);
        }
    }
    let wrong = fixture.bench.post_as(centre, "/inspections/cycles/new?lang=en", &[("code", "大"), ("kind", "urgent"), ("opens_on", "x")]).await;
    assert_eq!(wrong.status, 422);
    for words in ["Use only small letters", "Say why it cannot wait", "Write the date", "no such edition"] {
        assert!(wrong.body.contains(words), "{words}");
    }
    let csv = fixture.bench.get_as(centre, &format!("{path}?lang=en&csv=organisations")).await;
    assert_eq!(csv.status, 200);
}
