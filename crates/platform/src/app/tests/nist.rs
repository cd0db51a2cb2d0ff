//! A foreign standard carries the whole loop: NIST's MODERATE baseline is inspected against, from NIST's files to OSCAL results.
//!
//! Needs `HINOMI_SHARED`; NIST's files and schemas are not part of the project.

use std::collections::BTreeSet;
use std::path::PathBuf;

use engine::facts::{Claim, Finding, Role};
use engine::triple::Disagreement;
use serde_json::Value;

use super::RUNTIME;
use crate::base::actor::{Role as Right, Scope};
use crate::evaluations;
use crate::inspections::actions;
use crate::inspections::answer::Given;
use crate::inspections::audit::NewFinding;
use crate::inspections::cycle::{CycleId, NewCycle};
use crate::inspections::respondent::{NewRespondent, questions};
use crate::inspections::store;
use crate::testing::Bench;

/// NIST's folder, or `None` (said aloud) when there is none.
fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("HINOMI_SHARED").map(|folder| PathBuf::from(folder).join("data/oscal"));
    if folder.is_none() {
        eprintln!("needs HINOMI_SHARED: not run");
    }
    folder
}

const CATALOG: &str = "NIST_SP-800-53_rev5_catalog.json";
const PROFILE: &str = "NIST_SP-800-53_rev5_MODERATE-baseline_profile.json";

/// Opens a cycle of both ministries against the MODERATE baseline; each has one person for every role.
async fn open(bench: &Bench, folder: &std::path::Path) -> CycleId {
    let read = |name: &str| std::fs::read(folder.join("sp800-53/rev5-5.0.1").join(name)).unwrap();
    let mut work = bench.work().await;
    let beside = vec![(CATALOG.to_owned(), read(CATALOG))];
    let (edition, problems) = crate::standards::actions::import_profile(&mut work, &read(PROFILE), PROFILE, beside).await.unwrap();
    assert_eq!(problems, []);
    let person = |organisation: &str, role: &Role| NewRespondent {
        organisation: organisation.into(),
        code: format!("{organisation}-{}", role.as_str()),
        name: "職員".into(),
        email: format!("{organisation}-{}@example.test", role.as_str()),
        section: "総務課".into(),
        roles: vec![*role],
        systems: Vec::new(),
    };
    let people: Vec<NewRespondent> = ["moa", "mob"].iter().flat_map(|code| Role::ALL.iter().map(|role| person(code, role))).collect();
    actions::add_respondents(&mut work, &people).await.unwrap();
    let new = NewCycle {
        code: "nist".into(),
        name_ja: "NIST による点検".into(),
        name_en: "Inspection against NIST".into(),
        fiscal_year: 2026,
        edition: edition.to_string(),
        opens_on: "2026-04-01".into(),
        closes_on: "2026-05-31".into(),
        organisations: vec!["moa".into(), "mob".into()],
        ..NewCycle::default()
    };
    let cycle = actions::create_cycle(&mut work, &new).await.unwrap();
    actions::announce(&mut work, &cycle).await.unwrap();
    actions::open(&mut work, &cycle).await.unwrap();
    work.commit().await.unwrap();
    cycle
}

/// Everybody answers every question: ministry A "implemented" throughout, ministry B "not" to what belongs to access control.
async fn answer(bench: &Bench, cycle: &CycleId) {
    let mut work = bench.work().await;
    let items = store::items(&mut work.tx, cycle).await.unwrap();
    let mut given = Vec::new();
    for participant in store::participants(&mut work.tx, cycle).await.unwrap() {
        for (person, asked) in store::asked_people(&mut work.tx, cycle, &participant.organisation_id).await.unwrap() {
            for question in questions(&items, &asked.duties, &[]) {
                let honest = person.code.starts_with("mob") && question.item.code.starts_with("ac-");
                given.push(Given {
                    respondent_id: person.id.clone(),
                    requirement_id: question.item.requirement_id.clone(),
                    system_id: None,
                    claim: if honest { Claim::Not } else { Claim::Implemented },
                    reason: String::new(),
                    note: String::new(),
                    evidence: None,
                });
            }
        }
    }
    let (asked, controls) = (given.len(), given.iter().map(|one| one.requirement_id.clone()).collect::<BTreeSet<_>>().len());
    // Every one of the 287 controls of the baseline finds somebody who answers it in each ministry.
    assert_eq!((items.len(), controls, asked % 2), (287, 287, 0));
    actions::answer_many(&mut work, cycle, given).await.unwrap();
    work.commit().await.unwrap();
}

#[test]
fn nist_moderate_is_inspected_against_from_its_file_to_oscal_results() {
    let Some(folder) = shared() else { return };
    RUNTIME.block_on(async {
        let bench = Bench::new().await;
        bench.account("centre@example.test", Right::Evaluator, "centre").await;
        let cycle = open(&bench, &folder).await;
        answer(&bench, &cycle).await;
        let moa = bench.organisation("moa").await.id;
        let mut work = bench.work().await;
        // The auditor finds that accounts are not managed as ministry A says (AC-2).
        let ac2 = store::items(&mut work.tx, &cycle).await.unwrap().into_iter().find(|item| item.code == "ac-2").unwrap();
        let finding = NewFinding {
            organisation_id: moa.clone(),
            requirement_id: ac2.requirement_id,
            system_id: None,
            verdict: Finding::Major,
            note: "退職者の権限が残っていた。".into(),
            evidence: None,
        };
        actions::record_findings(&mut work, &cycle, &[finding]).await.unwrap();
        actions::close(&mut work, &cycle).await.unwrap();
        let record = evaluations::actions::evaluate(&mut work, &cycle).await.unwrap();
        let evaluation = evaluations::view::load(&mut work.tx, &record).await.unwrap();
        let row = &evaluations::view::triples_at(&evaluation, "moa", "ac-2")[0];
        assert_eq!((row.triple.claim, row.triple.finding), (Some(Claim::Implemented), Some(Finding::Major)));
        assert!(row.disagreements.contains(&Disagreement::OverClaimAudit), "{row:?}");
        let claims = |code: &str| evaluations::view::triples_of(&evaluation, code).iter().map(|row| row.triple.claim).collect::<Vec<_>>();
        assert_eq!(claims("moa"), vec![Some(Claim::Implemented); 287]);
        let access_control = 39;
        assert_eq!(claims("mob").iter().filter(|claim| **claim == Some(Claim::Not)).count(), access_control);
        let drafts = crate::improvements::actions::NewDraft { cycle: cycle.to_string(), most: 5, due_on: "2026-12-31".into(), ..Default::default() };
        crate::improvements::actions::draft_from_findings(&mut work, &drafts, crate::base::lang::Lang::En).await.unwrap();
        let asked = crate::improvements::store::recommendations(&mut work.tx, &Scope::Everything, cycle.as_str()).await.unwrap();
        for one in &asked {
            crate::improvements::actions::issue(&mut work, &one.id).await.unwrap();
        }
        let report = crate::reports::actions::draft(&mut work, &cycle, "moa").await.unwrap();
        work.commit().await.unwrap();
        // What comes out is what other OSCAL programs read.
        for (format, schema) in [("oscal-ar", "assessment-results"), ("oscal-poam", "poam")] {
            let answer = bench.get_as("centre@example.test", &format!("/reports/{report}/file?format={format}&lang=en")).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            let schema = std::fs::read(folder.join(format!("schemas-1.2.1/oscal_{schema}_schema.json"))).unwrap();
            let schema: Value = serde_json::from_slice(&schema).unwrap();
            let validator = jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap();
            let document: Value = serde_json::from_str(&answer.body).unwrap();
            let complaints: Vec<String> = validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
            assert_eq!(complaints, Vec::<String>::new(), "{format}");
            assert!(answer.body.contains("ac-2"), "{format} speaks of the control");
        }
    });
}
