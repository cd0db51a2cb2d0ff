//! A report as OSCAL 1.2: assessment results (what was claimed, found, measured) and the plan of action.
//!
//! Every UUID is version 5 of what it names, every time is the cycle's or the version's, so that the same report gives the
//! same bytes. Where claim and fact disagree an observation of type `ssp-statement-issue` says so.

use std::collections::BTreeMap;

use formats::oscal::assessment::{
    Assessment, Cycle, Evidence, Finding, Lifecycle, Method, Milestone, Observation, ObservationType, Remediation, Risk, RiskStatus, Subject,
    SubjectKind,
};
use formats::oscal::poam::{Poam, PoamItem};
use formats::oscal::{Heading, Party};

use crate::base::dates::parse_date;
use crate::base::error::{Error, Result};
use crate::base::lang::{Lang, texts};
use crate::base::oscal::{organisation, statement, token, uuid};
use crate::reports::paper;
use crate::reports::policy::Seen;
use crate::reports::tree::{Action, Body, Cell, Fact, Named, Tree};

/// The UUID of an organisation, the same in every report.
fn party(named: &Named, lang: Lang) -> Party {
    Party { uuid: organisation(&named.code), name: named.name.get(lang).to_owned() }
}

/// A day as a moment: its beginning in Japan, where the cycles' days are counted.
fn day(text: &str, otherwise: &str) -> String {
    parse_date(text).map_or_else(|| otherwise.to_owned(), |date| format!("{date}T00:00:00+09:00"))
}

fn words(lang: Lang, key: &str) -> String {
    texts().get(lang, key)
}

struct Seeds<'a> {
    tree: &'a Tree,
    base: Vec<&'a str>,
}

impl<'a> Seeds<'a> {
    fn new(seen: &'a Seen, lang: Lang, model: &'a str) -> Self {
        let tree = seen.tree();
        Self { tree, base: vec![model, seen.audience().as_str(), lang.as_str(), &tree.cycle.code, &tree.organisation.code, tree.kind.as_str()] }
    }

    /// The UUID of `parts` in this version of this document.
    fn of(&self, parts: &[&str]) -> String {
        let version = self.tree.version.to_string();
        let all: Vec<&str> = self.base.iter().copied().chain([version.as_str()]).chain(parts.iter().copied()).collect();
        uuid(&all)
    }

    fn heading(&self, title: String, lang: Lang) -> Heading {
        Heading {
            uuid: self.of(&["document"]),
            title,
            last_modified: self.tree.saved_at.clone(),
            version: self.tree.version.to_string(),
            lang,
            organisation: party(&self.tree.organisation, lang),
        }
    }
}

fn records(tree: &Tree) -> (Vec<&Named>, Vec<&Fact>, Vec<&Action>) {
    let (mut asked, mut all, mut todo) = (Vec::new(), Vec::new(), Vec::new());
    for block in &tree.records {
        match &block.body {
            Body::Evidence { requirements, facts } => {
                asked.extend(requirements);
                all.extend(facts);
            }
            Body::Actions { actions } => todo.extend(actions),
            _ => {}
        }
    }
    (asked, all, todo)
}

/// The registered numbers this reader sees, in one line: assessment results have no field for them.
fn summary(tree: &Tree, lang: Lang) -> String {
    let mut seen = Vec::new();
    for block in
        tree.sections.iter().flat_map(|section| &section.blocks).filter(|block| matches!(block.field.as_str(), "key-figures" | "total-figures"))
    {
        if let Body::Table(table) = &block.body {
            for row in &table.rows {
                if let (Some(name @ Cell::Definition(_)), Some(value)) = (row.first(), row.get(1)) {
                    seen.push(format!("{} {}", paper::cell(name, lang), paper::cell(value, lang)));
                }
            }
        }
    }
    seen.join(lang.pick("、", "; "))
}

/// Assessment results. [`Error::NotFound`]: the cycle is not evaluated, or this reader may not even know what was asked.
pub fn results(seen: &Seen, lang: Lang) -> Result<String> {
    let tree = seen.tree();
    let seeds = Seeds::new(seen, lang, "assessment-results");
    let (asked, facts, _) = records(tree);
    let mut controls: Vec<String> = asked.iter().map(|one| token(&one.code)).chain(facts.iter().map(|fact| token(&fact.requirement))).collect();
    controls.sort();
    controls.dedup();
    if controls.is_empty() {
        return Err(Error::NotFound);
    }
    let titles: BTreeMap<&str, &str> = asked.iter().map(|one| (one.code.as_str(), one.name.get(lang))).collect();
    let title = paper::title(tree.kind, tree.cycle.fiscal_year, lang);
    let collected = day(&tree.cycle.closes_on, &tree.saved_at);
    let mut parts = Looked {
        lang,
        seeds: &seeds,
        titles,
        collected: &collected,
        parties: BTreeMap::new(),
        subjects: BTreeMap::new(),
        observations: Vec::new(),
        findings: Vec::new(),
    };
    for fact in &facts {
        parts.add(fact);
    }
    let summary = summary(tree, lang);
    let name = tree.cycle.name.get(lang);
    let description = if summary.is_empty() { title.clone() } else { format!("{title}: {summary}") };
    let cycle = texts().with(
        lang,
        "reports-oscal-cycle",
        &[("edition", tree.cycle.edition.clone()), ("opens", tree.cycle.opens_on.clone()), ("closes", tree.cycle.closes_on.clone())],
    );
    Assessment {
        heading: seeds.heading(format!("{title} {}", tree.organisation.name.get(lang)), lang),
        parties: parts.parties.into_values().collect(),
        cycle: Cycle {
            uuid: seeds.of(&["cycle"]),
            title: name.to_owned(),
            description: cycle,
            start: day(&tree.cycle.opens_on, &tree.saved_at),
            end: Some(collected.clone()),
            href: None,
        },
        result_uuid: seeds.of(&["result"]),
        title: name.to_owned(),
        description,
        controls,
        subjects: parts.subjects.into_values().collect(),
        observations: parts.observations,
        risks: Vec::new(),
        findings: parts.findings,
    }
    .to_json(true)
    .map_err(Error::internal)
}

/// Observations and findings under construction.
struct Looked<'a> {
    lang: Lang,
    seeds: &'a Seeds<'a>,
    titles: BTreeMap<&'a str, &'a str>,
    collected: &'a str,
    parties: BTreeMap<String, Party>,
    subjects: BTreeMap<String, Subject>,
    observations: Vec<Observation>,
    findings: Vec<Finding>,
}

impl Looked<'_> {
    fn subject(&mut self, fact: &Fact) -> String {
        let code = &fact.organisation;
        let own = *code == self.seeds.tree.organisation.code;
        let whole = organisation(code);
        let name = if own { self.seeds.tree.organisation.name.get(self.lang).to_owned() } else { code.clone() };
        if !own {
            self.parties.entry(whole.clone()).or_insert_with(|| Party { uuid: whole.clone(), name: name.clone() });
        }
        let subject = match &fact.system {
            None => Subject { uuid: whole, kind: SubjectKind::Organisation, title: name.clone(), description: name },
            Some(system) => {
                let title = if system.name.get(self.lang).is_empty() { system.code.clone() } else { system.name.get(self.lang).to_owned() };
                Subject { uuid: self.seeds.of(&["system", code, &system.code]), kind: SubjectKind::System, description: title.clone(), title }
            }
        };
        let uuid = subject.uuid.clone();
        self.subjects.entry(uuid.clone()).or_insert(subject);
        uuid
    }

    fn add(&mut self, fact: &Fact) {
        let subject = self.subject(fact);
        let system = fact.system.as_ref().map_or("", |system| system.code.as_str());
        let (seeds, lang) = (self.seeds, self.lang);
        let place = |kind: &str| seeds.of(&[kind, &fact.organisation, system, &fact.requirement]);
        let title = self.titles.get(fact.requirement.as_str()).copied().filter(|title| !title.is_empty()).unwrap_or(&fact.requirement).to_owned();
        let mut related = Vec::new();
        let three =
            [("claim", &fact.claim, Method::Interview), ("finding", &fact.finding, Method::Examine), ("verdict", &fact.verdict, Method::Test)];
        for (kind, value, method) in three {
            let Some(value) = value else { continue };
            let uuid = place(kind);
            let said = words(lang, &format!("reports-value-{kind}-{value}"));
            self.observations.push(Observation {
                uuid: uuid.clone(),
                title: format!("{}: {title}", words(lang, &format!("reports-column-{kind}"))),
                description: said,
                methods: vec![method],
                types: vec![if kind == "claim" { ObservationType::ControlObjective } else { ObservationType::Finding }],
                collected: self.collected.to_owned(),
                subjects: vec![subject.clone()],
                props: vec![(kind.to_owned(), value.clone())],
                ..Observation::default()
            });
            related.push(uuid);
        }
        for disagreement in &fact.disagreements {
            let uuid = place(disagreement);
            let mut methods = Vec::new();
            // The name of a disagreement names its two sides.
            if !disagreement.starts_with("audit-") {
                methods.push(Method::Interview);
            }
            if disagreement.contains("audit") {
                methods.push(Method::Examine);
            }
            if disagreement.contains("measure") {
                methods.push(Method::Test);
            }
            self.observations.push(Observation {
                uuid: uuid.clone(),
                title: format!("{}: {title}", words(lang, "reports-column-disagreement")),
                description: words(lang, &format!("reports-value-disagreement-{disagreement}")),
                methods,
                types: vec![ObservationType::SspStatementIssue],
                collected: self.collected.to_owned(),
                subjects: vec![subject.clone()],
                evidence: vec![Evidence {
                    description: three
                        .iter()
                        .filter_map(|(kind, value, _)| {
                            Some(format!(
                                "{}: {}",
                                words(lang, &format!("reports-column-{kind}")),
                                words(lang, &format!("reports-value-{kind}-{}", value.as_ref()?))
                            ))
                        })
                        .collect::<Vec<_>>()
                        .join(" / "),
                    ..Evidence::default()
                }],
                props: vec![("disagreement".to_owned(), disagreement.clone())],
                ..Observation::default()
            });
            related.push(uuid);
        }
        let failed = fact.finding.as_deref().is_some_and(|value| matches!(value, "minor" | "major")) || fact.verdict.as_deref() == Some("not-met");
        let admitted = matches!(fact.claim.as_deref(), Some("partly" | "not"));
        let looked = fact.finding.is_some() || matches!(fact.verdict.as_deref(), Some("met" | "not-met"));
        if related.is_empty() || (fact.claim.is_none() && !looked) {
            return;
        }
        self.findings.push(Finding {
            uuid: place("oscal-finding"),
            title: title.clone(),
            description: title,
            statement_id: statement(&fact.requirement),
            satisfied: !failed && (looked || !admitted),
            observations: related,
            ..Finding::default()
        });
    }
}

/// The plan of action; `None` where there is nothing to do, or nothing this reader may see.
pub fn poam(seen: &Seen, lang: Lang) -> Result<Option<String>> {
    let tree = seen.tree();
    let seeds = Seeds::new(seen, lang, "poam");
    let (_, _, actions) = records(tree);
    if actions.is_empty() {
        return Ok(None);
    }
    let mut document = Poam {
        heading: seeds.heading(format!("{} {}", texts().get(lang, "reports-oscal-poam"), tree.organisation.name.get(lang)), lang),
        ..Poam::default()
    };
    for action in actions {
        let place = |kind: &str| seeds.of(&[kind, &action.organisation, &action.code]);
        let title = if action.title.trim().is_empty() { action.requirement.clone() } else { action.title.clone() };
        let reason = if action.reason.trim().is_empty() { title.clone() } else { action.reason.clone() };
        let milestones = action.steps.iter().enumerate().filter(|(_, (_, due))| parse_date(due).is_some()).map(|(at, (step, due))| Milestone {
            uuid: seeds.of(&["step", &action.organisation, &action.code, &at.to_string()]),
            title: if step.trim().is_empty() { title.clone() } else { step.clone() },
            date: day(due, &tree.saved_at),
        });
        let milestones: Vec<Milestone> = milestones.collect();
        let lifecycle = if action.closed {
            Lifecycle::Completed
        } else if milestones.is_empty() {
            Lifecycle::Recommendation
        } else {
            Lifecycle::Planned
        };
        document.risks.push(Risk {
            uuid: place("risk"),
            title: title.clone(),
            description: reason.clone(),
            statement: reason.clone(),
            status: if action.closed {
                RiskStatus::Closed
            } else if milestones.is_empty() {
                RiskStatus::Open
            } else {
                RiskStatus::Remediating
            },
            deadline: parse_date(&action.due_on).map(|_| day(&action.due_on, &tree.saved_at)),
            remediation: Some(Remediation { uuid: place("remediation"), lifecycle, title: title.clone(), description: reason.clone(), milestones }),
            ..Risk::default()
        });
        document.items.push(PoamItem {
            uuid: place("item"),
            title,
            description: reason,
            status: action.state.clone(),
            owner: action.owner.clone(),
            risks: vec![place("risk")],
            props: vec![("requirement".to_owned(), action.requirement.clone()), ("organisation".to_owned(), action.organisation.clone())],
            ..PoamItem::default()
        });
    }
    document.to_json(true).map(Some).map_err(Error::internal)
}
