//! The tree of organisations: a centre, ministries, agencies, local governments, sector bodies, operators, contractors.

use super::{
    dice::{self, pick},
    model::{Kind, Organisation, Text},
    names::{AGENCIES, CENTRE, CONTRACTORS, FORMER, HEADS, MINISTRIES, OTHERS, TAILS},
    plan::Plan,
};
use rand::RngExt;
use std::collections::BTreeSet;

/// Draws the tree. Parents come before children; the first [`Plan::organisations`] entries take part.
pub(super) fn draw(seed: u64, plan: &Plan) -> Vec<Organisation> {
    let mut all = vec![node(CENTRE.0, CENTRE.1, CENTRE.2, Kind::Centre, None, "2000-02-29")];
    for (code, ja, en, _) in MINISTRIES {
        all.push(node(code, ja, en, Kind::Ministry, Some(CENTRE.0), "2001-01-06"));
    }
    let listed: Vec<Organisation> =
        AGENCIES.iter().map(|(code, parent, ja, en, _)| node(code, ja, en, Kind::Agency, Some(parent), "2001-04-01")).collect();
    let others: Vec<Organisation> = OTHERS
        .iter()
        .map(|(code, parent, kind, ja, en, _)| {
            let kind = match kind {
                'l' => Kind::LocalGovernment,
                's' => Kind::SectorBody,
                _ => Kind::Operator,
            };
            node(code, ja, en, kind, Some(parent), "2005-04-01")
        })
        .collect();
    // A small plan keeps both kinds: nine agencies first, then the others, then the remaining agencies.
    let (first, rest) = listed.split_at(listed.len().min(9));
    all.extend(first.iter().cloned().chain(others).chain(rest.iter().cloned()));
    all.truncate(plan.organisations.max(1));
    grow(seed, plan, &mut all);
    all.extend(former(plan, &all));
    for (code, ja, en) in CONTRACTORS {
        let mut contractor = node(code, ja, en, Kind::Contractor, Some(CENTRE.0), "2003-07-01");
        contractor.takes_part = false;
        all.push(contractor);
    }
    rename_successors(plan, &mut all);
    all
}

/// How many parts of the people an organisation has; the rest of the world is invented municipalities of weight 3.
pub(super) fn weight(code: &str) -> u32 {
    let listed = MINISTRIES.iter().map(|(code, .., weight)| (*code, *weight));
    let agencies = AGENCIES.iter().map(|(code, .., weight)| (*code, *weight));
    let others = OTHERS.iter().map(|(code, .., weight)| (*code, *weight));
    listed.chain(agencies).chain(others).find(|(known, _)| *known == code).map_or(3, |(_, weight)| weight)
}

fn node(code: &str, ja: &str, en: &str, kind: Kind, parent: Option<&str>, valid_from: &str) -> Organisation {
    Organisation {
        code: code.to_owned(),
        name: Text::new(ja, en),
        kind,
        parent: parent.map(str::to_owned),
        valid_from: valid_from.to_owned(),
        valid_to: None,
        successor: None,
        takes_part: true,
    }
}

/// Adds invented municipalities until the plan is full.
fn grow(seed: u64, plan: &Plan, all: &mut Vec<Organisation>) {
    let mut rng = dice::stream(seed, "municipalities", &[]);
    let mut codes: BTreeSet<String> = all.iter().map(|o| o.code.clone()).collect();
    let parent = ["pref-kirishiro", "sato", CENTRE.0].into_iter().find(|code| codes.contains(*code)).map(str::to_owned);
    let mut attempt = 0_u32;
    while all.len() < plan.organisations {
        let (head, tail) = (pick(&mut rng, &HEADS), pick(&mut rng, &TAILS));
        let (rank, ja, en) = match rng.random_range(0..10) {
            0..4 => ("city", "市", "City"),
            4..8 => ("town", "町", "Town"),
            _ => ("village", "村", "Village"),
        };
        // The pairs of syllables are finite; past them a district number keeps codes apart.
        attempt += 1;
        let district = if attempt > 2_000 { format!("{attempt}") } else { String::new() };
        let code = format!("{rank}-{}{}{district}", head.2, tail.2);
        if codes.insert(code.clone()) {
            let ja = format!("{}{}{district}{ja}", head.0, tail.0);
            let en = format!("{}{}{district} {en}", capital(head.2), tail.2);
            let mut town = node(&code, &ja, &en, Kind::LocalGovernment, None, "2006-03-01");
            town.parent.clone_from(&parent);
            all.push(town);
        }
    }
}

/// Organisations that were merged or renamed on 1 April of the first cycle's year.
fn former(plan: &Plan, all: &[Organisation]) -> Vec<Organisation> {
    FORMER
        .iter()
        .filter(|(_, _, _, _, successor, _)| all.iter().any(|o| o.code == *successor))
        .map(|(code, parent, ja, en, successor, _)| {
            let mut gone = node(code, ja, en, Kind::Agency, Some(parent), "2001-04-01");
            gone.valid_to = Some(format!("{:04}-03-31", plan.first_fiscal_year));
            gone.successor = Some((*successor).to_owned());
            gone.takes_part = false;
            gone
        })
        .collect()
}

/// A successor begins the day after its predecessors end.
fn rename_successors(plan: &Plan, all: &mut [Organisation]) {
    let successors: BTreeSet<String> = all.iter().filter_map(|o| o.successor.clone()).collect();
    for organisation in all.iter_mut().filter(|o| successors.contains(&o.code)) {
        organisation.valid_from = format!("{:04}-04-01", plan.first_fiscal_year);
    }
}

/// The first letter in upper case.
pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
