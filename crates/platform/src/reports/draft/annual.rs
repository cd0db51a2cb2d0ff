//! Drafts the annual report.

use std::collections::BTreeMap;

use engine::evaluate::Evaluation;
use engine::grade::Grade;
use engine::numbers::{self, Coverage, Definition, Figure};
use engine::words::Words;

use super::parts::{basis, checks, coverage, estimates, facts, figures, incidents, interval, recommendation_count, remedies, roles, table, trend};
use super::say::{Say, day, figure, plain};
use super::{Draft, evidence};
use crate::reports::fact::{EDUCATION, MAIL_DRILL, share};
use crate::reports::material::Material;
use crate::reports::report::{Content, Kind};
use crate::reports::tree::{Body, Cell, Chart};

/// Checks of mail, and of the web (source 003 L223–225).
const SPOOFING: [&str; 3] = ["spf", "dmarc", "mx"];
const WEB: [&str; 4] = ["https-certificate", "https-expiry", "dnssec", "domain-suffix"];
const SPREAD: [&Definition; 6] = [
    &numbers::REACH_RATE,
    &numbers::IMPLEMENTATION_RATE,
    &numbers::ATTAINMENT_RATE,
    &numbers::MEASURED_MET_RATE,
    &numbers::AUDITED_MET_RATE,
    &numbers::CLAIMED_RATE,
];

fn count(value: usize) -> Cell {
    Cell::Count(i64::try_from(value).unwrap_or(i64::MAX))
}

/// The draft.
pub fn draft(material: &Material) -> Draft {
    let mut data: BTreeMap<String, Body> = BTreeMap::new();
    let mut put = |key: &str, body: Option<Body>| {
        if let Some(body) = body {
            data.insert(key.to_owned(), body);
        }
    };
    if let Some(evaluation) = &material.evaluation {
        put("cycle-scale", scale(material, evaluation));
        put("organisation-implementation", implementation(material));
        put("organisation-measured", measured(material));
        put("organisation-over-claims", over_claims(material, evaluation));
        put(
            "total-figures",
            figures(material, &evaluation.figures, None, &[&numbers::IMPLEMENTATION_RATE, &numbers::REACH_RATE, &numbers::ATTAINMENT_RATE]),
        );
        put("spread", spread(evaluation));
        put("trend", trend(material, evaluation, &["implementation-rate", "attainment-rate", "measured-met-rate"]));
        put("total-roles", roles(&evaluation.roles));
        put("lowest-requirements", lowest(material, evaluation));
        put("outliers", outliers(material, evaluation));
        put("priority-totals", priority(evaluation));
        put(
            "agreement-figures",
            estimates(
                &evaluation.figures,
                &[&numbers::OVER_CLAIM_RATE, &numbers::UNADMITTED_RATE, &numbers::MEASURED_MET_RATE, &numbers::AUDITED_MET_RATE],
            ),
        );
        put("requirements", evidence::requirements(material, evaluation));
        put("evidence", evidence::evidence(material, evaluation, None));
    }
    let every: Vec<_> = material.members.iter().map(|member| material.facts_of(&member.named.code)).collect();
    put("mail-drill-figures", facts(&["drills", "mail-drill-sent"], MAIL_DRILL, every.iter()));
    put("spoofing-checks", checks(material, &SPOOFING, None));
    put("web-checks", checks(material, &WEB, None));
    put("recommendation-count", recommendation_count(material, None));
    put("remedy-figures", remedies(material, None));
    put("incident-figures", incidents(material, None));
    put("actions", evidence::actions(material, None));
    Draft { texts: texts(material), data }
}

fn scale(material: &Material, evaluation: &Evaluation) -> Option<Body> {
    let mut rows = vec![
        vec![Cell::Key("organisations".into()), count(evaluation.organisations.len())],
        vec![Cell::Key("requirements".into()), count(evaluation.requirements.len())],
        vec![Cell::Key("period".into()), Cell::Plain(format!("{} – {}", material.cycle.opens_on, material.cycle.closes_on))],
    ];
    if let Some(reach) = evaluation.figures.get(numbers::REACH_RATE.id) {
        rows.push(vec![Cell::Key("respondents".into()), Cell::Of(reach.numerator, reach.denominator)]);
    }
    table(&["measure", "value"], rows, None)
}

/// One row per organisation, in the order of the register: a table to look things up in, not a league.
fn by_organisation(material: &Material, wanted: &[&Definition], value: usize) -> Option<Body> {
    let rows = material.members.iter().filter_map(|member| {
        let result = material.result(member)?;
        let mut row = vec![Cell::Words(member.named.name.clone())];
        row.extend(wanted.iter().map(|one| Cell::maybe(result.figures.get(one.id).map(Cell::figure))));
        Some(row)
    });
    let columns: Vec<&str> = ["organisation"].into_iter().chain(wanted.iter().map(|one| one.id)).collect();
    let baseline = wanted.get(value - 1).and_then(|one| material.median(one.id));
    table(&columns, rows.collect(), Some(Chart::Bars { value, baseline }))
}

fn implementation(material: &Material) -> Option<Body> {
    by_organisation(material, &[&numbers::IMPLEMENTATION_RATE, &numbers::REACH_RATE, &numbers::ATTAINMENT_RATE], 1)
}

fn measured(material: &Material) -> Option<Body> {
    by_organisation(material, &[&numbers::MEASURED_MET_RATE, &numbers::AUDITED_MET_RATE], 1)
}

fn over_claims(material: &Material, evaluation: &Evaluation) -> Option<Body> {
    let rows = material.members.iter().filter_map(|member| {
        let figure = material.result(member)?.figures.get(numbers::OVER_CLAIM_RATE.id)?;
        let flagged = evaluation.over_claims.flags.iter().any(|flag| flag.organisation.as_str() == member.key);
        let flag = if flagged { Cell::Key("flagged".into()) } else { Cell::Nothing };
        Some(vec![Cell::Words(member.named.name.clone()), Cell::figure(figure), interval(figure), basis(figure), coverage(figure), flag])
    });
    table(&["organisation", numbers::OVER_CLAIM_RATE.id, "interval", "basis", "coverage", "flag"], rows.collect(), None)
}

fn spread(evaluation: &Evaluation) -> Option<Body> {
    let rows = SPREAD.iter().filter_map(|definition| {
        let comparison = evaluation.comparisons.get(definition.id)?;
        let spread = comparison.spread.as_ref()?;
        let value = |value: f64| Cell::Value(definition.id.to_owned(), value);
        Some(vec![
            Cell::Definition(definition.id.to_owned()),
            value(spread.min),
            value(spread.q1),
            value(spread.median),
            value(spread.q3),
            value(spread.max),
            Cell::Of(comparison.count, comparison.count + comparison.unknown.len() as u64),
        ])
    });
    table(&["measure", "minimum", "lower-quartile", "median", "upper-quartile", "maximum", "organisations"], rows.collect(), None)
}

/// The ten requirements least implemented over all organisations.
fn lowest(material: &Material, evaluation: &Evaluation) -> Option<Body> {
    let mut all: Vec<(f64, String, Vec<Cell>)> = Vec::new();
    for (id, requirement) in &evaluation.requirements {
        let Some(rate) = requirement.figures.get(numbers::IMPLEMENTATION_RATE.id) else { continue };
        let Some(value) = rate.value else { continue };
        let named = material.requirement(id.as_str());
        let measured = Cell::maybe(requirement.figures.get(numbers::MEASURED_MET_RATE.id).filter(|figure| figure.denominator > 0).map(Cell::figure));
        all.push((value, named.code.clone(), vec![Cell::Plain(named.code), Cell::Words(requirement.title.clone()), Cell::figure(rate), measured]));
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let rows = all.into_iter().take(10).map(|(_, _, cells)| cells).collect();
    table(&["code", "requirement", numbers::IMPLEMENTATION_RATE.id, numbers::MEASURED_MET_RATE.id], rows, None)
}

fn outliers(material: &Material, evaluation: &Evaluation) -> Option<Body> {
    let mut rows = Vec::new();
    for definition in SPREAD {
        let Some(comparison) = evaluation.comparisons.get(definition.id) else { continue };
        for outlier in &comparison.outliers {
            let Some(member) = material.members.iter().find(|member| member.key == outlier.organisation.as_str()) else { continue };
            let because: Vec<Words> = outlier.because.iter().take(3).map(|one| material.requirement(one.requirement.as_str()).name).collect();
            let join = |pick: fn(&Words) -> &str, with: &str| because.iter().map(pick).collect::<Vec<_>>().join(with);
            rows.push(vec![
                Cell::Words(member.named.name.clone()),
                Cell::Definition(definition.id.to_owned()),
                Cell::Value(definition.id.to_owned(), outlier.value),
                Cell::maybe(material.median(definition.id).map(|median| Cell::Value(definition.id.to_owned(), median))),
                Cell::Words(Words::new(join(|words| &words.ja, "、"), join(|words| &words.en, "; "))),
            ]);
        }
    }
    table(&["organisation", "measure", "value", "median", "because"], rows, None)
}

/// Priority inspection by asset class: units done of units held, and how often the best grade was given.
fn priority(evaluation: &Evaluation) -> Option<Body> {
    #[derive(Default)]
    struct Sum {
        done: u64,
        held: u64,
        coverage: Coverage,
        best: u64,
        graded: u64,
    }
    let best = evaluation.rules.grade.steps.iter().max_by(|a, b| a.at_least.total_cmp(&b.at_least)).map(|step| step.letter.clone());
    let mut classes: BTreeMap<&str, Sum> = BTreeMap::new();
    for row in evaluation.organisations.values().flat_map(|one| &one.grades) {
        let sum = classes.entry(&row.class).or_default();
        sum.done += row.rate.numerator;
        sum.held += row.rate.denominator;
        sum.coverage.known += row.rate.coverage.known;
        sum.coverage.all += row.rate.coverage.all;
        if let Some(Grade::Letter(letter)) = &row.grade {
            sum.graded += 1;
            sum.best += u64::from(best.as_deref() == Some(letter));
        }
    }
    let rows = classes.into_iter().map(|(class, sum)| {
        let rate = Figure::share(&numbers::PRIORITY_INSPECTION_RATE, sum.done, sum.held, sum.coverage);
        vec![Cell::Key(format!("asset-{class}")), Cell::figure(&rate), basis(&rate), Cell::Of(sum.best, sum.graded)]
    });
    let rows: Vec<_> = rows.collect();
    table(&["asset", numbers::PRIORITY_INSPECTION_RATE.id, "basis", "best-grade"], rows, Some(Chart::Bars { value: 1, baseline: None }))
}

fn texts(material: &Material) -> BTreeMap<String, Words> {
    let mut say = Say::new(material);
    let members = material.members.len();
    say.say(
        "centre-activities",
        None,
        "centre-activities",
        &[("organisations", plain(members)), ("opens", day(&material.cycle.opens_on)), ("closes", day(&material.cycle.closes_on))],
    );
    say.say("overview", None, "overview", &[("organisations", plain(members))]);
    let totals = material.evaluation.as_ref().map(|evaluation| &evaluation.figures);
    let total = |id: &str| totals.and_then(|figures| figures.get(id)).filter(|figure| figure.denominator > 0);
    if let Some(rate) = total(numbers::IMPLEMENTATION_RATE.id) {
        say.say(
            "status",
            Some("total-figures"),
            "status",
            &[("rate", figure(rate)), ("part", plain(rate.numerator)), ("whole", plain(rate.denominator))],
        );
        if let Some(median) = material.median(&rate.definition) {
            say.say("status", Some("spread"), "status-median", &[("median", plain(crate::reports::paper::percent(median)))]);
        }
        if let Some(before) = material.earlier.last().and_then(|(_, figures)| figures.get(&rate.definition))
            && let Some(change) = rate.difference(before)
        {
            say.say("status", Some("trend"), "status-change", &[("change", plain(crate::reports::paper::points(change)))]);
        }
        say.say("issues-evaluation", Some("total-figures"), "issue-implementation", &[("rate", figure(rate))]);
    } else {
        say.say("status", None, "status-none", &[]);
    }
    say.say("priority-evaluation", None, "priority-evaluation", &[]);
    let every: Vec<_> = material.members.iter().map(|member| material.facts_of(&member.named.code)).collect();
    let drill: Vec<Figure> = MAIL_DRILL.iter().map(|one| share(*one, every.iter())).collect();
    if let [opened, reported] = drill.as_slice()
        && opened.denominator > 0
    {
        say.say(
            "mail-drill",
            Some("mail-drill-figures"),
            "mail-drill",
            &[("sent", plain(opened.denominator)), ("opened", figure(opened)), ("reported", figure(reported))],
        );
        say.say("issues-evaluation", Some("mail-drill-figures"), "issue-mail-drill", &[("opened", figure(opened))]);
    }
    let named = |check: &str| super::say::words(&format!("reports-value-check-{check}"), &[]);
    for (field, source, wanted) in [("spoofing", "spoofing-checks", &SPOOFING[..2]), ("web", "web-checks", &WEB[..3])] {
        let before = format!("{field}-none");
        let mut any = false;
        for check in wanted {
            let rate = material.check_figure(check, None);
            if rate.denominator == 0 {
                continue;
            }
            any = true;
            say.say(
                field,
                Some(source),
                "check",
                &[("check", named(check)), ("rate", figure(&rate)), ("part", plain(rate.numerator)), ("whole", plain(rate.denominator))],
            );
            if rate.numerator < rate.denominator {
                say.say("issues-evaluation", Some(source), "issue-check", &[("check", named(check)), ("rate", figure(&rate))]);
            }
        }
        if !any {
            say.say(field, None, &before, &[]);
        }
    }
    if let Some(rate) = total(numbers::OVER_CLAIM_RATE.id) {
        let range = plain(rate.interval_text().unwrap_or_default());
        say.say(
            "agreement",
            Some("agreement-figures"),
            "agreement",
            &[("rate", figure(rate)), ("part", plain(rate.numerator)), ("whole", plain(rate.denominator)), ("interval", range)],
        );
        say.say("issues-evaluation", Some("agreement-figures"), "issue-agreement", &[("rate", figure(rate))]);
    } else {
        say.say("agreement", None, "agreement-none", &[]);
    }
    let training = share(EDUCATION[0], every.iter());
    if training.denominator > 0 {
        // Training over all organisations stands in no table of this report; each organisation publishes its own.
        say.say("issues-evaluation", Some("education-figures"), "issue-training", &[("rate", figure(&training))]);
    }
    for key in ["issue-trend-mail", "issue-trend-cloud", "issue-trend-supply"] {
        say.say("issues-trends", None, key, &[]);
    }
    say.done(|field| Kind::Annual.texts().any(|known| known.key == field && known.content == Content::Items))
}
