//! How long `evaluate` takes on the generator's 50 organisations × 300 requirements, and serde_json to read the same rows.
//!
//! `cargo bench -p engine --bench evaluate`; `cargo xtask bench` sets one against the other. Prints names and seconds, medians of nine.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use engine::evaluate::{AnswersRow, CycleData, FindingRow, Organisation, Requirement, RespondentsRow, VerdictRow, evaluate};
use engine::facts::{Claim, Role, Verdict};
use engine::importance::{SystemFacts, usual_criteria};
use engine::rates::{Answers, Respondents};
use engine::simulate::{Government, Plan, Scope, State, government, synthetic_requirements};
use engine::triple::Scope as Part;
use engine::words::Words;

/// The first cycle of the generated government as an evaluation reads it. Probes see the truth.
fn rows(made: &Government) -> CycleData {
    let cycle = made.cycles.first().expect("a cycle");
    let part = |scope: &Scope| match scope {
        Scope::Organisation => Part::whole(),
        Scope::System(code) => Part::system(code.as_str()),
    };
    let mut people: BTreeMap<(&str, Role), Respondents> = BTreeMap::new();
    let mut counts: BTreeMap<(&str, &Scope, &str, Role), Answers> = BTreeMap::new();
    for (place, person) in made.people.iter().enumerate() {
        let group = people.entry((&person.organisation, person.role)).or_default();
        group.asked += 1;
        let Some(answers) = made.answers(1, place) else { continue };
        group.answered += 1;
        group.complete += u64::from(answers.iter().all(|one| matches!(one.claim, Claim::Implemented | Claim::NotApplicable)));
        for one in answers {
            counts.entry((&person.organisation, one.scope, one.requirement, person.role)).or_default().add(one.claim, 1);
        }
    }
    let measured = cycle.cells.iter().filter(|cell| made.requirements.iter().any(|one| one.id == cell.requirement && !one.checks.is_empty()));
    let mut data = CycleData { cycle: "bench".to_owned(), edition: "1".to_owned(), ..CycleData::default() };
    data.rules.criteria = usual_criteria();
    let title = |id: &str| Words::new(format!("遵守事項{id}"), format!("requirement {id}"));
    data.requirements =
        made.requirements.iter().map(|one| Requirement { id: one.id.as_str().into(), title: title(&one.id), priority: one.priority }).collect();
    let taking_part = made.organisations.iter().filter(|one| one.takes_part);
    data.organisations =
        taking_part.map(|one| Organisation { id: one.code.as_str().into(), name: Words::new(&*one.name.ja, &*one.name.en) }).collect();
    data.respondents = people
        .into_iter()
        .map(|((organisation, role), respondents)| RespondentsRow { organisation: organisation.into(), role, respondents })
        .collect();
    data.answers = counts
        .into_iter()
        .map(|((organisation, scope, requirement, role), counts)| AnswersRow {
            organisation: organisation.into(),
            scope: part(scope),
            requirement: requirement.into(),
            role,
            asked: counts.total(),
            counts,
        })
        .collect();
    data.findings = cycle
        .audits
        .iter()
        .map(|one| FindingRow {
            organisation: one.organisation.as_str().into(),
            scope: part(&one.scope),
            requirement: one.requirement.as_str().into(),
            finding: one.finding,
        })
        .collect();
    data.verdicts = measured
        .map(|cell| VerdictRow {
            organisation: cell.organisation.as_str().into(),
            scope: part(&cell.scope),
            requirement: cell.requirement.as_str().into(),
            verdict: if cell.truth == State::Implemented { Verdict::Met } else { Verdict::NotMet },
        })
        .collect();
    data.systems = made
        .systems
        .iter()
        .map(|one| SystemFacts {
            system: one.code.as_str().into(),
            levels: BTreeMap::from([("confidentiality".to_owned(), one.confidentiality.to_string())]),
        })
        .collect();
    data
}

/// The median of nine runs in seconds.
fn median<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut times: Vec<f64> = (0..9)
        .map(|_| {
            let begin = Instant::now();
            black_box(work());
            begin.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[4]
}

fn main() {
    let data = rows(&government(7, &Plan { cycles: 1, ..Plan::bench() }, &synthetic_requirements(300)));
    let result = evaluate(&data);
    assert!(
        result.organisations.len() >= 50 && result.requirements.len() == 300 && result.triples.len() >= 15_000,
        "{} triples",
        result.triples.len()
    );
    let bytes = serde_json::to_vec(&data).expect("JSON");
    eprintln!("{} organisations, {} triples, {} rows of answers", result.organisations.len(), result.triples.len(), data.answers.len());
    println!("evaluate\t{}", median(|| evaluate(&data)));
    println!("reread\t{}", median(|| serde_json::from_slice::<CycleData>(&bytes).expect("the same rows")));
}
