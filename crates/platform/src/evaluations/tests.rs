//! The evaluations from outside: what the centre sees, what a CISO does not, and that the same bytes come out.

use engine::evaluate::{AnswersRow, CycleData, FindingRow, Organisation, Requirement, evaluate as compute};
use engine::facts::{Claim, Finding, Role as Asked};
use engine::numbers::OVER_CLAIM_RATE;
use engine::rates::Answers;
use engine::triple::Scope as Part;
use engine::words::Words;

use super::actions::{self, PeersPolicy};
use super::{gather, store};
use crate::base::actor::{Role, Scope};
use crate::base::error::Error;
use crate::inspections;
use crate::inspections::answer::Given;
use crate::inspections::audit::NewFinding;
use crate::inspections::cycle::{CycleId, Item, NewCycle};
use crate::inspections::respondent::NewRespondent;
use crate::register::actions::{NewOrganisation, add_organisation};
use crate::testing::Bench;

const CODES: [&str; 6] = ["moa", "mob", "moc", "mod", "moe", "mof"];

/// Six ministries; each has one respondent. `moa` claims everything, the others admit what is open; an auditor looked.
async fn closed() -> (Bench, CycleId) {
    closed_without(&[]).await
}

/// As [`closed`], where `moa` left requirements (code, reason) out of its derived standard.
async fn closed_without(exclusions: &[(&str, &str)]) -> (Bench, CycleId) {
    let bench = Bench::new().await;
    bench.account("centre@example.test", Role::Evaluator, "centre").await;
    bench.account("ciso@example.test", Role::Ciso, "moa").await;
    bench.account("other@example.test", Role::Ciso, "mob").await;
    let mut work = bench.work().await;
    for code in &CODES[2..] {
        let new = NewOrganisation {
            code: (*code).into(),
            parent: "centre".into(),
            kind: "ministry".into(),
            name_ja: format!("{code}省"),
            name_en: format!("Ministry {code}"),
            valid_from: "2020-04-01".into(),
        };
        add_organisation(&mut work, &new).await.unwrap();
    }
    let edition = crate::standards::actions::ship_baseline(&mut work, 1).await.unwrap();
    crate::standards::actions::adopt_all(&mut work, &edition).await.unwrap();
    let moa = crate::register::store::organisation_by_code(&mut work.tx, &Scope::Everything, "moa").await.unwrap().id;
    for (code, reason) in exclusions {
        crate::standards::actions::exclude(&mut work, &moa, code, reason).await.unwrap();
    }
    let people: Vec<NewRespondent> = CODES
        .iter()
        .map(|code| NewRespondent {
            organisation: (*code).into(),
            code: format!("p-{code}"),
            name: "職員".into(),
            email: String::new(),
            section: "総務課".into(),
            roles: vec![Asked::SectionHead, Asked::Staff],
            systems: Vec::new(),
        })
        .collect();
    inspections::actions::add_respondents(&mut work, &people).await.unwrap();
    let new = NewCycle {
        code: "2026".into(),
        name_ja: "令和8年度".into(),
        name_en: "FY2026".into(),
        fiscal_year: 2026,
        edition: edition.to_string(),
        opens_on: "2026-04-01".into(),
        closes_on: "2026-05-31".into(),
        organisations: CODES.map(str::to_owned).to_vec(),
        ..NewCycle::default()
    };
    let cycle = inspections::actions::create_cycle(&mut work, &new).await.unwrap();
    inspections::actions::announce(&mut work, &cycle).await.unwrap();
    inspections::actions::open(&mut work, &cycle).await.unwrap();
    let items: Vec<Item> = asked(inspections::store::items(&mut work.tx, &cycle).await.unwrap());
    let respondents = inspections::store::respondents(&mut work.tx, &Scope::Everything).await.unwrap();
    let given = respondents.iter().flat_map(|person| {
        let boaster = person.code == "p-moa";
        let left_out = move |item: &&Item| boaster && exclusions.iter().any(|(code, _)| *code == item.code);
        items.iter().filter(move |item| !left_out(item)).enumerate().map(move |(index, item)| Given {
            respondent_id: person.id.clone(),
            requirement_id: item.requirement_id.clone(),
            system_id: None,
            claim: if boaster || index % 3 > 0 { Claim::Implemented } else { Claim::Not },
            reason: String::new(),
            note: if index == 0 { format!("メモ {}", person.code) } else { String::new() },
            evidence: None,
        })
    });
    inspections::actions::answer_many(&mut work, &cycle, given.collect()).await.unwrap();
    inspections::actions::close(&mut work, &cycle).await.unwrap();
    let organisations = crate::register::store::organisations(&mut work.tx, &Scope::Everything).await.unwrap();
    let findings = organisations.iter().filter(|one| CODES.contains(&one.code.as_str())).flat_map(|one| {
        items.iter().enumerate().filter(|(_, item)| item.audited).map(move |(index, item)| NewFinding {
            organisation_id: one.id.clone(),
            requirement_id: item.requirement_id.clone(),
            system_id: None,
            verdict: if index % 3 > 0 { Finding::Met } else { Finding::Minor },
            note: "台帳を見た".into(),
            evidence: None,
        })
    });
    inspections::actions::record_findings(&mut work, &cycle, &findings.collect::<Vec<_>>()).await.unwrap();
    work.commit().await.unwrap();
    (bench, cycle)
}

/// The items the fixture's people are asked about the whole organisation.
fn asked(items: Vec<Item>) -> Vec<Item> {
    let ours = |item: &Item| item.roles.iter().any(|role| matches!(role, Asked::SectionHead | Asked::Staff));
    items.into_iter().filter(|item| item.self_inspected && !item.by_system() && ours(item)).collect()
}

/// As [`closed`], evaluated by the centre.
pub(crate) async fn evaluated() -> (Bench, CycleId) {
    let (bench, cycle) = closed().await;
    let sent = bench.post_as("centre@example.test", &format!("/evaluations/cycles/{cycle}/evaluate"), &[]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    (bench, cycle)
}

#[tokio::test]
async fn a_closed_cycle_evaluated_twice_gives_the_same_bytes() {
    let (bench, cycle) = closed().await;
    let mut tx = bench.app.db.read().await.unwrap();
    let one = inspections::store::cycle(&mut tx, &cycle).await.unwrap();
    let first = gather::gather(&mut tx, &one, "2026-06-01T00:00:00Z").await.unwrap();
    let second = gather::gather(&mut tx, &one, "2026-06-01T00:00:00Z").await.unwrap();
    assert_eq!(compute(&first).to_json().unwrap(), compute(&second).to_json().unwrap());
    drop(tx);
    let mut hashes = Vec::new();
    for time in ["2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"] {
        bench.set_time(time);
        let mut work = bench.work().await;
        hashes.push(actions::evaluate(&mut work, &cycle).await.unwrap());
        work.commit().await.unwrap();
    }
    assert_eq!(hashes[0], hashes[1]);
    let verified = actions::verify(&mut bench.app.db.read().await.unwrap(), &cycle).await.unwrap();
    assert!(verified.same && verified.frozen && verified.drifted.is_empty(), "{verified:?}");
    // The register lives on: that shows as drift, and changes nothing.
    let mut work = bench.work().await;
    work.tx.run("UPDATE organisation SET name_ja = '新甲省' WHERE code = 'moa'", &[]).await.unwrap();
    work.tx.commit().await.unwrap();
    let verified = actions::verify(&mut bench.app.db.read().await.unwrap(), &cycle).await.unwrap();
    assert!(verified.same && verified.frozen && verified.drifted == ["organisations"], "{verified:?}");
}

#[tokio::test]
async fn an_open_cycle_is_not_evaluated_and_a_changed_answer_is_noticed() {
    let (bench, cycle) = closed().await;
    let mut work = bench.work().await;
    work.tx.run("UPDATE cycle SET state = 'open'", &[]).await.unwrap();
    assert!(matches!(actions::evaluate(&mut work, &cycle).await, Err(Error::Conflict("inspections-error-not-closed"))));
    drop(work);
    let mut work = bench.work().await;
    actions::evaluate(&mut work, &cycle).await.unwrap();
    work.tx.run("UPDATE answer SET claim = 'not' WHERE claim = 'implemented'", &[]).await.unwrap();
    let verified = actions::verify(&mut work.tx, &cycle).await.unwrap();
    assert!(verified.same && !verified.frozen && verified.drifted == ["answers"], "{verified:?}");
}

#[tokio::test]
async fn the_centre_goes_from_the_number_down_to_the_claim_and_the_verdict() {
    let (bench, cycle) = evaluated().await;
    let at = format!("/evaluations/cycles/{cycle}");
    let get = async |path: String| {
        let answer = bench.get_as("centre@example.test", &path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    };
    let overview = get(format!("{at}?lang=en")).await;
    assert!(overview.contains("suspected of over-claiming") && overview.contains("<svg"), "{overview}");
    for page in ["over-claims", "requirements", "components", "changes", "importance", "agreement"] {
        for lang in ["ja", "en"] {
            let body = get(format!("{at}/{page}?lang={lang}")).await;
            assert!(!body.contains("[evaluations-"), "{page} {lang}: a text is missing");
        }
    }
    let moa = bench.organisation("moa").await;
    let organisation = get(format!("{at}/organisations/{}", moa.id)).await;
    let mut tx = bench.app.db.read().await.unwrap();
    let first = asked(inspections::store::items(&mut tx, &cycle).await.unwrap()).remove(0);
    let triple = format!("{at}/organisations/{}/requirements/{}", moa.id, first.requirement_id);
    assert!(organisation.contains(&triple), "the number leads to the triple");
    let body = get(triple).await;
    for words in ["メモ p-moa", "台帳を見た", "過大（監査）", "例外措置", "勧告"] {
        assert!(body.contains(words), "{words}: {body}");
    }
    assert!(get(format!("{at}/requirements/{}", first.requirement_id)).await.contains("乙省"));
}

#[tokio::test]
async fn a_ciso_sees_the_spread_and_nobody_elses_name_or_value() {
    let (bench, cycle) = evaluated().await;
    let at = format!("/evaluations/cycles/{cycle}");
    let (moa, mob) = (bench.organisation("moa").await, bench.organisation("mob").await);
    let pages = [
        "/evaluations".to_owned(),
        at.clone(),
        format!("{at}/changes"),
        format!("{at}/importance"),
        format!("{at}/organisations/{}", moa.id),
        format!("/api/v1/evaluations/cycles/{cycle}/organisations/{}", moa.id),
    ];
    for path in &pages {
        let answer = bench.get_as("ciso@example.test", path).await;
        assert_eq!(answer.status, 200, "{path}");
        for code in &CODES[1..] {
            assert!(!answer.body.contains(&format!("{code}省")) && !answer.body.contains(&format!("\"{code}\"")), "{path} names {code}");
        }
        assert!(!answer.body.contains("乙省"), "{path}");
    }
    let own = bench.get_as("ciso@example.test", &pages[4]).await.body;
    assert!(own.contains("中央値") && !own.contains("順位（高い順）"), "{own}");
    let mut work = bench.work().await;
    actions::set_peers(&mut work, PeersPolicy { own_place: true }).await.unwrap();
    work.commit().await.unwrap();
    assert!(bench.get_as("ciso@example.test", &pages[4]).await.body.contains("順位（高い順）"));
    for hidden in [
        format!("{at}/organisations/{}", mob.id),
        format!("{at}/over-claims"),
        format!("{at}/components"),
        format!("{at}/data"),
        format!("/api/v1/evaluations/cycles/{cycle}"),
        format!("/api/v1/evaluations/cycles/{cycle}/organisations/{}", mob.id),
    ] {
        assert_eq!(bench.get_as("ciso@example.test", &hidden).await.status, 404, "{hidden}");
    }
}

/// Fifty organisations and three hundred requirements, made by arithmetic.
fn large(codes: &[String]) -> CycleData {
    let requirements: Vec<String> = (0..300).map(|n| format!("r-{n:03}")).collect();
    let mut data = CycleData { cycle: "large".into(), edition: "e".into(), ..CycleData::default() };
    data.requirements = requirements
        .iter()
        .map(|code| Requirement { id: code.as_str().into(), title: Words::new(format!("要件 {code}"), format!("Requirement {code}")), priority: 1 })
        .collect();
    for (o, code) in codes.iter().enumerate() {
        data.organisations.push(Organisation { id: code.as_str().into(), name: Words::new(code, code) });
        for (r, requirement) in requirements.iter().enumerate() {
            let yes = ((o * 31 + r * 17) % 20) as u64;
            data.answers.push(AnswersRow {
                organisation: code.as_str().into(),
                scope: Part::whole(),
                requirement: requirement.as_str().into(),
                role: Asked::Staff,
                asked: 20,
                counts: Answers { implemented: yes, not: 20 - yes, ..Answers::default() },
            });
            if (o + r) % 4 == 0 {
                let finding = if r % 5 == 0 { Finding::Minor } else { Finding::Met };
                data.findings.push(FindingRow {
                    organisation: code.as_str().into(),
                    scope: Part::whole(),
                    requirement: requirement.as_str().into(),
                    finding,
                });
            }
        }
    }
    data
}

#[tokio::test]
async fn fifty_organisations_and_three_hundred_requirements_are_compared_on_one_page() {
    let (bench, cycle) = closed().await;
    let mut work = bench.work().await;
    let mut codes: Vec<String> = CODES.iter().map(|code| (*code).to_owned()).collect();
    for number in 0..44 {
        let code = format!("org-{number:02}");
        let new = NewOrganisation {
            code: code.clone(),
            parent: "centre".into(),
            kind: "ministry".into(),
            name_ja: format!("第{number}省"),
            name_en: format!("Ministry {number}"),
            valid_from: "2020-04-01".into(),
        };
        add_organisation(&mut work, &new).await.unwrap();
        codes.push(code);
    }
    codes.sort();
    let evaluation = compute(&large(&codes));
    let hash = crate::base::blobs::put(&mut work.tx, &evaluation.to_json().unwrap(), work.now).await.unwrap();
    let edition = inspections::store::cycle(&mut work.tx, &cycle).await.unwrap().edition_id;
    let record = store::Record {
        id: work.id(),
        cycle_id: cycle.to_string(),
        edition_id: edition.to_string(),
        inputs_hash: hash.clone(),
        hash,
        engine: actions::ENGINE.into(),
        at: work.stamp(),
        organisations: 50,
        flagged: 0,
        problems: 0,
    };
    store::insert(&mut work.tx, &record).await.unwrap();
    work.audit("", "evaluations", "test.insert", cycle.as_str(), serde_json::json!({})).await.unwrap();
    work.commit().await.unwrap();
    let page = bench.get_as("centre@example.test", &format!("/evaluations/cycles/{cycle}")).await;
    assert_eq!(page.status, 200);
    let table = page.body.split("<tbody").find(|part| part.contains("第0省")).unwrap();
    assert!(table.contains("第43省") && evaluation.figures.contains_key(OVER_CLAIM_RATE.id));
}

#[tokio::test]
async fn what_is_left_out_counts_as_not_applicable_and_whoever_judges_it_disagrees() {
    let (bench, cycle) =
        closed_without(&[("hw-07", "私物の端末を使わせない"), ("hw-18", "メールを使わない"), ("inf-12", "暗号を使わない"), ("inf-17", "預けない")])
            .await;
    let mut work = bench.work().await;
    let asset = crate::register::asset::NewAsset {
        organisation: "moa".into(),
        kind: "domain".into(),
        name: "a.go.jp".into(),
        count: 1,
        ..Default::default()
    };
    crate::register::actions::add_assets(&mut work, &[asset]).await.unwrap();
    // What is judged system by system is left out in every system, also in one that only the auditor looked at.
    let system = crate::register::system::NewSystem {
        organisation: "moa".into(),
        code: "moa-s1".into(),
        name_ja: "文書管理".into(),
        confidentiality: 2,
        integrity: 2,
        availability: 2,
        ..Default::default()
    };
    let systems = crate::register::actions::add_systems(&mut work, &[system]).await.unwrap();
    let moa = crate::register::store::organisation_by_code(&mut work.tx, &Scope::Everything, "moa").await.unwrap().id;
    let items = inspections::store::items(&mut work.tx, &cycle).await.unwrap();
    let finding = NewFinding {
        organisation_id: moa,
        requirement_id: items.iter().find(|item| item.code == "inf-12").unwrap().requirement_id.clone(),
        system_id: Some(systems[0].clone()),
        verdict: Finding::Met,
        note: String::new(),
        evidence: None,
    };
    inspections::actions::record_findings(&mut work, &cycle, &[finding]).await.unwrap();
    work.commit().await.unwrap();
    bench.set_time("2026-05-01T00:00:00Z");
    let seen = serde_json::json!({
        "class_uid": 2003, "category_uid": 2, "activity_id": 1, "type_uid": 200_301, "severity_id": 1,
        "time": 1_776_211_200_000_i64, "metadata": { "version": "1.5.0", "product": { "name": "Scanner" } },
        "finding_info": { "uid": "1", "title": "t" },
        "compliance": { "control": "spf", "status": "Fail", "status_detail": "no record" }, "resources": [{ "name": "a.go.jp" }],
    });
    let sent = bench.upload_as("centre@example.test", "/measurements/import", "scan.ndjson", seen.to_string().as_bytes(), &[]).await;
    assert_eq!(sent.status, 303, "{}", sent.body);
    let mut work = bench.work().await;
    let record = actions::evaluate(&mut work, &cycle).await.unwrap();
    work.commit().await.unwrap();
    let mut tx = bench.app.db.read().await.unwrap();
    let evaluation = super::view::load(&mut tx, &record).await.unwrap();
    use engine::triple::Disagreement::{NotApplicableAudited, NotApplicableMeasured};
    for (code, disagreements) in
        [("hw-07", vec![NotApplicableAudited]), ("hw-18", vec![NotApplicableMeasured]), ("inf-12", vec![NotApplicableAudited]), ("inf-17", vec![])]
    {
        let rows = super::view::triples_at(&evaluation, "moa", code);
        let said: Vec<_> = rows.iter().map(|row| (row.triple.claim, row.disagreements.clone())).collect();
        assert_eq!(said, [(Some(Claim::NotApplicable), disagreements)], "{code}");
    }
    // Elsewhere the same requirement is claimed as before.
    let claims: Vec<_> = super::view::triples_at(&evaluation, "mob", "hw-07").iter().map(|row| row.triple.claim).collect();
    assert!(claims.len() == 1 && claims[0] != Some(Claim::NotApplicable), "{claims:?}");
    let verified = actions::verify(&mut tx, &cycle).await.unwrap();
    assert!(verified.same && verified.frozen && verified.drifted.is_empty(), "{verified:?}");
    let items = inspections::store::items(&mut tx, &cycle).await.unwrap();
    drop(tx);
    let requirement = &items.iter().find(|item| item.code == "hw-18").unwrap().requirement_id;
    let moa = bench.organisation("moa").await.id;
    let path = format!("/evaluations/cycles/{cycle}/organisations/{moa}/requirements/{requirement}?lang=en");
    let page = bench.get_as("ciso@example.test", &path).await.body;
    assert!(page.contains("メールを使わない") && page.contains("there was something to measure"), "{page}");
}
