//! From the register to sheets.

use formats::sheets::{OutCell, OutColumn, OutSheet};

use super::{Word, Words, asset_line, columns, organisation_line, post_line, sheet_name, system_codes, system_line};
use crate::base::lang::Lang;
use crate::register::organisation::Organisation;
use crate::register::plan::{Known, Noun};

/// The sheets of `nouns`, in the language `lang`, in the order of the tree.
pub fn sheets(known: &Known, nouns: &[Noun], lang: Lang) -> Vec<OutSheet> {
    let words = Words::new(known);
    let mut tree: Vec<&Organisation> = known.organisations.values().collect();
    tree.sort_by(|a, b| a.path.cmp(&b.path));
    nouns
        .iter()
        .map(|noun| OutSheet {
            name: sheet_name(*noun, lang).to_owned(),
            lead: Vec::new(),
            columns: columns(*noun).iter().map(|column| choices(OutColumn::of(column, lang), column.id, &words, lang)).collect(),
            rows: rows(known, *noun, &words, &tree, lang),
        })
        .collect()
}

fn choices(column: OutColumn, id: &str, words: &Words, lang: Lang) -> OutColumn {
    fn all<T>(words: &[Word<T>], lang: Lang) -> Vec<String> {
        words.iter().map(|word| word.text(lang).to_owned()).collect()
    }
    match id {
        "kind" => column.choices(all(&words.kinds, lang)),
        "post" => column.choices(all(&words.posts, lang)),
        "stage" => column.choices(all(&words.stages, lang)),
        "asset_kind" => column.choices(all(&words.assets, lang)),
        "expert" | "concurrent" | "public_facing" | "same_day_recovery" => column.choices(all(&words.answers, lang)),
        _ => column,
    }
}

fn word<T: PartialEq>(words: &[Word<T>], value: &T, lang: Lang) -> OutCell {
    words.iter().find(|word| word.value == *value).map(|word| OutCell::from(word.text(lang))).unwrap_or_default()
}

/// A text; an empty one leaves the cell empty.
fn text(text: String) -> OutCell {
    if text.is_empty() { OutCell::Empty } else { OutCell::Text(text) }
}

fn rows(known: &Known, noun: Noun, words: &Words, tree: &[&Organisation], lang: Lang) -> Vec<Vec<OutCell>> {
    let order: std::collections::BTreeMap<&str, usize> = tree.iter().enumerate().map(|(at, one)| (one.id.as_str(), at)).collect();
    let at = |id: &crate::base::actor::OrganisationId| order.get(id.as_str()).copied();
    match noun {
        Noun::Organisation => tree
            .iter()
            .map(|one| {
                let line = organisation_line(known, one);
                vec![
                    text(line.new.code),
                    text(line.new.parent),
                    word(&words.kinds, &line.new.kind, lang),
                    text(line.new.name_ja),
                    text(line.new.name_en),
                    text(line.new.valid_from),
                    text(line.valid_to),
                    text(line.successor),
                ]
            })
            .collect(),
        Noun::Post => {
            let mut posts: Vec<_> = known.posts.values().collect();
            posts.sort_by_key(|post| (at(&post.organisation_id), post.post, post.position));
            let line = |post: &&_| {
                let line = post_line(known, post);
                vec![
                    text(line.organisation),
                    word(&words.posts, &line.post, lang),
                    OutCell::from(line.position),
                    text(line.name),
                    text(line.title),
                    text(line.email),
                    word(&words.answers, &line.expert, lang),
                    word(&words.answers, &line.concurrent, lang),
                    text(line.valid_from),
                ]
            };
            posts.iter().map(line).collect()
        }
        Noun::System => {
            let mut systems: Vec<_> = known.systems.values().collect();
            systems.sort_by_key(|system| (at(&system.organisation_id), system.code.clone()));
            let line = |system: &&_| {
                let line = system_line(known, system);
                vec![
                    text(line.organisation),
                    text(line.code),
                    text(line.name_ja),
                    text(line.name_en),
                    text(line.purpose),
                    text(line.information),
                    OutCell::from(line.confidentiality),
                    OutCell::from(line.integrity),
                    OutCell::from(line.availability),
                    text(line.handling_limit),
                    OutCell::from(line.users),
                    text(line.outsourced_to),
                    word(&words.stages, &line.stage, lang),
                    text(line.renewal_date),
                    word(&words.answers, &line.public_facing, lang),
                    word(&words.answers, &line.same_day_recovery, lang),
                    text(line.retired_on),
                ]
            };
            systems.iter().map(line).collect()
        }
        Noun::Asset => {
            let codes = system_codes(known);
            let mut assets: Vec<_> = known.assets.values().collect();
            assets.sort_by_key(|asset| (at(&asset.organisation_id), asset.kind.clone(), asset.name.clone()));
            let line = |asset: &&_| {
                let line = asset_line(known, &codes, asset);
                vec![
                    text(line.organisation),
                    word(&words.assets, &line.kind, lang),
                    text(line.name),
                    OutCell::from(line.count),
                    text(line.system),
                    text(line.location),
                ]
            };
            assets.iter().map(line).collect()
        }
    }
}
