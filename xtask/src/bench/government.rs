//! The government that is measured: 50 organisations, 300 requirements, 60,000 answers, as the files that an office would import.
//!
//! Drawn without a seed: what somebody answers follows from who they are and which of their questions it is, so every run
//! measures the same work.

use serde_json::{Value, json};

/// Organisations that take part, the centre not counted.
pub const ORGANISATIONS: usize = 50;
/// Requirements of the standard.
pub const REQUIREMENTS: usize = 300;
/// Answers when everybody has answered: of each organisation 1,200, and ten on each page that is sent.
pub const ANSWERS: usize = 60_000;
/// Organisations that claim everything, whatever auditors and probes say.
const OVER_CLAIMERS: usize = 5;
/// Systems of each organisation.
const SYSTEMS: usize = 2;

/// Who is asked how many requirements: a role, what these are about, how many, and how many people of the role an organisation has.
/// Where many share a role each is asked ten (platform's `respondent::questions`): 90 × 10 + 12 × 10 + 30 + 20 + 10 + 80 + 2 × 20 = 1,200.
const SHAPES: [(&str, &str, usize, usize); 7] = [
    ("staff", "person", 100, 90),
    ("section-head", "organisation", 40, 12),
    ("ciso", "organisation", 30, 1),
    ("csirt", "organisation", 20, 1),
    ("audit-lead", "organisation", 10, 1),
    ("system-manager", "organisation", 80, 1),
    ("system-manager", "system", 20, 0),
];
/// What the first of the system managers' requirements can be measured by.
const CHECKS: [&str; 4] = ["spf", "dmarc", "dnssec", "https-certificate"];

/// The code of an organisation, from 0.
fn code(at: usize) -> String {
    format!("o{at:02}")
}

/// The domain of an organisation; the name is reserved for examples (RFC 2606).
fn domain(at: usize) -> String {
    format!("{}.example", code(at))
}

/// The standard as an OSCAL catalog.
pub fn catalog() -> String {
    let property = |name: &str, value: &str| json!({ "name": name, "ns": "urn:hinomi:oscal", "value": value });
    let mut groups = Vec::new();
    let mut number = 0;
    for (at, (role, applies_to, count, _)) in SHAPES.iter().enumerate() {
        let controls: Vec<Value> = (0..*count)
            .map(|place| {
                number += 1;
                let id = format!("q-{number:03}");
                let mut props = vec![property("role", role), property("applies-to", applies_to), property("priority", if place % 3 == 0 { "1" } else { "2" })];
                if *role == "system-manager" && *applies_to == "organisation" {
                    props.extend(CHECKS.get(place).map(|check| property("check", check)));
                }
                let mut title = property("title", &format!("Measure {number}: decide, write down, do and confirm"));
                title["class"] = json!("en");
                props.push(title);
                let part = |class: &str, prose: String| json!({ "id": format!("{id}_{class}"), "name": "statement", "class": class, "prose": prose });
                json!({
                    "id": id, "title": format!("対策{number}：定め、書き、行い、確かめる"), "props": props,
                    "parts": [
                        part("ja", format!("対策{number}の手順を文書で定め、担当者に知らせ、実施した記録を残し、年に一度見直すこと。")),
                        part("en", format!("Write down how measure {number} is done, tell those who do it, keep a record, and review it once a year.")),
                    ],
                })
            })
            .collect();
        groups.push(json!({ "id": format!("block-{at}"), "title": format!("区分{at}"), "controls": controls }));
    }
    json!({ "catalog": {
        "uuid": "3f6b6c1e-5b0e-4a62-9d5c-0a4b1f6f7a10",
        "metadata": {
            "title": "計測用の基準", "last-modified": "2026-06-01T09:00:00+09:00", "version": "1", "oscal-version": "1.2.1",
        },
        "groups": groups,
    } })
    .to_string()
}

/// The centre and its organisations, as CSV.
pub fn organisations() -> String {
    let mut text = "Code,Parent code,Kind,Name (Japanese),Name (English),First day\ncentre,,centre,中央,Centre,2020-04-01\n".to_owned();
    for at in 0..ORGANISATIONS {
        text.push_str(&format!("{},centre,ministry,第{at}省,Ministry {at},2020-04-01\n", code(at)));
    }
    text
}

/// The systems, as CSV.
pub fn systems() -> String {
    let mut text =
        "Organisation code,System code,Name (Japanese),Name (English),Confidentiality,Integrity,Availability,Users,Public-facing\n".to_owned();
    for at in 0..ORGANISATIONS {
        for number in 0..SYSTEMS {
            let levels = [at % 3 + 1, at % 2 + 1, number % 2 + 1].map(|level| level.to_string()).join(",");
            let code = code(at);
            text.push_str(&format!("{code},{code}-s{number},システム{number},System {number},{levels},{},yes\n", 100 * (at + 1)));
        }
    }
    text
}

/// The domains, as CSV.
pub fn assets() -> String {
    let lines = (0..ORGANISATIONS).map(|at| format!("{},domain,{},1\n", code(at), domain(at)));
    std::iter::once("Organisation code,Asset kind,Asset name,Count\n".to_owned()).chain(lines).collect()
}

/// The people who are asked, as CSV.
pub fn respondents() -> String {
    let mut text = "Organisation code,Person code,Name,E-mail,Section,Roles,System codes\n".to_owned();
    for at in 0..ORGANISATIONS {
        let code = code(at);
        for (role, _, _, people) in SHAPES {
            for number in 0..people {
                let systems =
                    if role == "system-manager" { (0..SYSTEMS).map(|n| format!("{code}-s{n}")).collect::<Vec<_>>().join(";") } else { String::new() };
                text.push_str(&format!(
                    "{code},{code}-{role}-{number:02},職員 {number},{code}-{role}-{number}@{},第{}課,{role},{systems}\n",
                    domain(at),
                    number % 9
                ));
            }
        }
    }
    text
}

/// What probes elsewhere saw of the domains at `time`, as CSV.
pub fn observations(time: &str) -> String {
    let mut text = "Target,Check,Verdict,Time,Source\n".to_owned();
    for at in 0..ORGANISATIONS {
        for check in CHECKS {
            let verdict = if draw(&[&domain(at), check]) < 0.7 && at >= OVER_CLAIMERS { "pass" } else { "fail" };
            text.push_str(&format!("{},{check},{verdict},{time},bench\n", domain(at)));
        }
    }
    text
}

/// What the person `respondent` answers to their question `number`: the claim, and a reason where it needs one.
pub fn answer(respondent: &str, number: usize) -> (&'static str, &'static str) {
    if over_claims(respondent) {
        return ("implemented", "");
    }
    // Organisations differ as a whole: from two thirds implemented to nearly all.
    let organisation = respondent.split('-').next().unwrap_or_default();
    let habit = 0.66 + 0.3 * draw(&[organisation]);
    match draw(&[respondent, &number.to_string()]) {
        luck if luck < habit => ("implemented", ""),
        luck if luck < habit + (1.0 - habit) * 0.5 => ("partly", ""),
        luck if luck < habit + (1.0 - habit) * 0.85 => ("not", ""),
        _ => ("not-applicable", "対象となる機器を保有していないため。"),
    }
}

/// What an auditor finds at the sampled place `number` in `organisation` (its place).
pub fn finding(organisation: usize, number: usize) -> &'static str {
    let good = if organisation < OVER_CLAIMERS { 0.2 } else { 0.9 };
    match draw(&[&code(organisation), &number.to_string(), "audit"]) {
        luck if luck < good => "met",
        luck if luck < good + (1.0 - good) * 0.6 => "minor",
        _ => "major",
    }
}

fn over_claims(respondent: &str) -> bool {
    (0..OVER_CLAIMERS).any(|at| respondent.starts_with(&format!("{}-", code(at))))
}

/// A number from 0 to 1 that always follows from `words` (FNV-1a, then its upper bits).
fn draw(words: &[&str]) -> f64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    (hash ^ (hash >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_gives_the_numbers_that_are_promised() {
        assert_eq!(SHAPES.iter().map(|(_, _, count, _)| count).sum::<usize>(), REQUIREMENTS);
        let of_each: usize = SHAPES
            .iter()
            .map(|(_, applies_to, count, people)| match *applies_to {
                "system" => count * SYSTEMS,
                _ if people * 10 >= count * 3 => people * 10,
                _ => count * people,
            })
            .sum();
        assert_eq!(of_each * ORGANISATIONS, ANSWERS);
        assert_eq!(organisations().lines().count(), ORGANISATIONS + 2);
        assert_eq!(respondents().lines().count(), 106 * ORGANISATIONS + 1);
        assert_eq!(catalog().matches("\"statement\"").count(), REQUIREMENTS * 2);
    }

    #[test]
    fn draws_are_spread_and_repeatable() {
        let all: Vec<f64> = (0..1_000).map(|n| draw(&["x", &n.to_string()])).collect();
        assert_eq!(all[7], draw(&["x", "7"]));
        let low = all.iter().filter(|one| **one < 0.5).count();
        assert!((440..560).contains(&low), "{low}");
        assert!(all.iter().all(|one| (0.0..=1.0).contains(one)));
    }
}
