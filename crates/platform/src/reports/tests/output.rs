//! Every form of both reports: complete in both languages, the same bytes twice, and nothing for the wrong eyes.

use std::collections::BTreeMap;

use engine::words::Words;
use proptest::prelude::*;

use super::sample::material;
use crate::base::lang::Lang;
use crate::reports::draft::{self, assemble};
use crate::reports::policy::{Audience, Policy, see};
use crate::reports::render::{Format, html, oscal, pdf, render};
use crate::reports::report::{Kind, fields};
use crate::reports::tree::{Block, Body, Cell, Tree};
use crate::reports::{paper, render as forms};

const SAVED: (&str, &str) = ("2027-05-30", "2027-05-30T01:00:00Z");

/// The report of one kind, drafted from the sample.
pub fn tree(kind: Kind) -> Tree {
    let material = material();
    let (of, draft) = match kind {
        Kind::Organisation => (material.members[0].named.clone(), draft::organisation(&material, "moa").unwrap()),
        Kind::Annual => (material.centre.clone(), draft::annual(&material)),
    };
    let texts = draft.texts.clone();
    assemble(kind, &material, &of, &draft, &texts, 3, SAVED)
}

#[tokio::test]
async fn the_same_version_gives_the_same_bytes_in_every_form() {
    for kind in [Kind::Organisation, Kind::Annual] {
        for lang in Lang::ALL {
            for audience in [Audience::Public, Audience::Centre] {
                for format in Format::ALL {
                    let make = || async { render(&see(&Policy::default(), &tree(kind), audience).unwrap(), *format, lang).await };
                    match (make().await, make().await) {
                        (Ok(first), Ok(second)) => {
                            assert_eq!(first.bytes, second.bytes, "{kind:?} {lang:?} {format:?}");
                            if let Ok(folder) = std::env::var("HINOMI_KEEP_REPORTS") {
                                std::fs::write(format!("{folder}/{}-{}-{}", kind.as_str(), audience.as_str(), first.name), &first.bytes).unwrap();
                            }
                        }
                        (first, _) => {
                            assert!(*format == Format::Poam && audience == Audience::Public, "{kind:?} {format:?}: {:?}", first.err());
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_word_exists_in_both_languages() {
    for kind in [Kind::Organisation, Kind::Annual] {
        for lang in Lang::ALL {
            let seen = see(&Policy::default(), &tree(kind), Audience::Centre).unwrap();
            let (paper, _) = paper::set(&seen, lang);
            let text = serde_json::to_string(&paper).unwrap();
            assert!(!text.contains("[reports-"), "{kind:?} {lang:?}: {}", &text[text.find("[reports-").unwrap()..][..60]);
            assert!(!oscal::results(&seen, lang).unwrap().contains("[reports-"));
        }
    }
}

#[test]
fn the_structure_is_complete_and_in_order_for_every_audience() {
    for kind in [Kind::Organisation, Kind::Annual] {
        for audience in Audience::ALL {
            let seen = see(&Policy::default(), &tree(kind), *audience).unwrap();
            let keys: Vec<&str> = seen.tree().sections.iter().map(|section| section.key.as_str()).collect();
            let fixed: Vec<&str> = kind.sections().iter().map(|(key, _)| *key).collect();
            assert_eq!(keys, fixed);
        }
    }
}

#[test]
fn the_centre_sees_every_field_of_the_sample() {
    let mut seen: Vec<String> = [Kind::Organisation, Kind::Annual]
        .into_iter()
        .flat_map(|kind| {
            let tree = tree(kind);
            tree.sections.into_iter().flat_map(|section| section.blocks).chain(tree.records).map(|block| block.field).collect::<Vec<_>>()
        })
        .collect();
    seen.sort();
    seen.dedup();
    // These are people's to write (drills are not public, so no public text quotes them); nobody in the sample lies far out.
    let missing: Vec<&str> = fields().iter().map(|field| field.key).filter(|key| !seen.iter().any(|one| one == key)).collect();
    assert_eq!(missing, ["priority-activities", "procedures", "trends", "outliers", "good-practices"]);
}

#[test]
fn a_drafted_text_quotes_nothing_its_readers_may_not_see() {
    let mut material = material();
    let rate = material.evaluation.as_ref().unwrap().figures["implementation-rate"].numerator.to_string();
    assert!(draft::annual(&material).texts["status"].ja.contains(&rate));
    material.policy.fields.insert("total-figures".to_owned(), Audience::Centre);
    let texts = draft::annual(&material).texts;
    assert!(texts.values().all(|words| !words.ja.contains(&rate)), "{texts:?}");
}

#[test]
fn without_an_evaluation_a_report_still_stands() {
    let mut material = material();
    material.evaluation = None;
    material.facts = BTreeMap::new();
    material.incidents = BTreeMap::new();
    for kind in [Kind::Organisation, Kind::Annual] {
        let draft = if kind == Kind::Annual { draft::annual(&material) } else { draft::organisation(&material, "moa").unwrap() };
        let tree = assemble(kind, &material, &material.centre, &draft, &draft.texts, 1, SAVED);
        let seen = see(&Policy::default(), &tree, Audience::Centre).unwrap();
        assert!(html::page(&seen, Lang::En).unwrap().contains("not final") || kind == Kind::Annual);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// A word planted in every field: whatever the policy says, no form of a report carries a word above its readers.
    #[test]
    fn nothing_above_the_audience_appears_in_any_form(levels in prop::collection::vec(0..3_usize, fields().len()), annual in any::<bool>()) {
        let policy = Policy {
            fields: fields().iter().zip(levels).map(|(field, level)| (field.key.to_owned(), Audience::ALL[level])).collect(),
            ..Policy::default()
        };
        let mut tree = tree(if annual { Kind::Annual } else { Kind::Organisation });
        for block in tree.sections.iter_mut().flat_map(|section| &mut section.blocks).chain(&mut tree.records) {
            plant(block);
        }
        for audience in Audience::ALL {
            let seen = see(&policy, &tree, *audience).unwrap();
            for lang in Lang::ALL {
                let (data, charts) = pdf::input(&seen, lang).unwrap();
                let outputs = [
                    html::page(&seen, lang).unwrap(),
                    html::body(&seen, lang).unwrap(),
                    data.to_string() + &charts.iter().map(|chart| chart.1.as_str()).collect::<String>(),
                    String::from_utf8(forms::csv::rows(&seen, lang).unwrap()).unwrap(),
                    String::from_utf8(forms::json(&seen).unwrap()).unwrap(),
                    oscal::results(&seen, lang).unwrap_or_default(),
                    oscal::poam(&seen, lang).unwrap().unwrap_or_default(),
                ];
                for field in fields() {
                    let there = outputs.iter().any(|output| output.contains(&token(field.key)));
                    prop_assert!(!there || policy.audience(field.key) <= *audience, "{} for {audience:?}", field.key);
                }
            }
        }
    }
}

fn token(field: &str) -> String {
    format!("zz{}zz", field.replace('-', "q"))
}

/// Puts the field's own word into every place of a block that holds words.
fn plant(block: &mut Block) {
    let token = token(&block.field);
    let words = Words::new(token.clone(), token.clone());
    match &mut block.body {
        Body::Text { words: text } => *text = words,
        Body::Items { items } => *items = vec![words],
        Body::Table(table) => {
            for row in &mut table.rows {
                row[0] = Cell::Words(words.clone());
            }
        }
        Body::Evidence { requirements, facts } => {
            for one in requirements {
                one.name = words.clone();
            }
            for fact in facts {
                fact.requirement = token.clone();
            }
        }
        Body::Actions { actions } => {
            for action in actions {
                action.title = token.clone();
                action.owner = token.clone();
            }
        }
    }
}
