//! Observations made elsewhere: read, matched with the register, refused with their place where they fit nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use engine::facts::{Check, Verdict};
use engine::judge::Rules;
use formats::ocsf::{self, OutsideObservation};
use formats::problem::{Place, Problem};
use formats::sheets;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::evidence::Proof;
use super::observation::{New, Observation, Reason, Text};
use super::run::RunId;
use super::target::{Target, domain_key};
use crate::base::audit::sha256;
use crate::base::clock::Entropy;
use crate::base::dates::stamp;
use crate::base::error::Result;
use crate::base::id::Id;
use crate::base::lang::{Lang, texts};

/// The most of a source's record that is kept as evidence, in bytes; of a larger one its hash is kept.
const MOST_EVIDENCE: usize = 64 * 1024;
/// Clocks of others may be ahead by this much.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);
/// After so many problems nobody reads on.
const MOST_PROBLEMS: usize = 1_000;

/// Reads a file: OCSF Compliance Findings when it begins like JSON, else a sheet (CSV in UTF-8 or Shift_JIS, XLSX).
pub fn read(name: &str, bytes: &[u8]) -> (Vec<OutsideObservation>, Vec<Problem>) {
    let bare = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bare.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| matches!(byte, b'{' | b'[')) {
        return ocsf::read(bare, &ocsf::Limits::default());
    }
    let sheets = match sheets::read_table(bytes, name, &sheets::Limits::default()) {
        Ok(sheets) => sheets,
        Err(problem) => return (Vec::new(), vec![problem]),
    };
    let (mut observations, mut problems) = (Vec::new(), Vec::new());
    for sheet in sheets::visible(&sheets) {
        // Times without a zone are the reader's own: Japan.
        let (mut found, mut wrong) = ocsf::from_sheet(sheet, "+09:00");
        observations.append(&mut found);
        problems.append(&mut wrong);
    }
    (observations, problems)
}

/// An outside observation that fits the register: of which target, which check, which verdict, when.
pub struct Fitting<'a> {
    target: &'a Target,
    check: Check,
    verdict: Verdict,
    at: Timestamp,
    outside: &'a OutsideObservation,
}

/// Matches observations with `targets`. One that fits none is a problem at its place.
pub fn fit<'a>(outside: &'a [OutsideObservation], targets: &'a [Target], now: Timestamp) -> (Vec<Fitting<'a>>, Vec<Problem>) {
    let mut by_domain: BTreeMap<&str, Vec<&Target>> = BTreeMap::new();
    for target in targets {
        by_domain.entry(target.domain.as_str()).or_default().push(target);
    }
    let (mut fitting, mut problems) = (Vec::new(), Vec::new());
    let mut told = BTreeSet::new();
    for one in outside {
        if problems.len() >= MOST_PROBLEMS {
            break;
        }
        let found = by_domain.get(domain_key(host(&one.target)).as_str());
        let check = check_named(&one.check);
        let at = one.time.parse::<Timestamp>().ok().filter(|at| *at <= now + AHEAD);
        if found.is_none() && told.insert((one.place.row, "target")) {
            problems.push(unknown_target(one));
        }
        if check.is_none() && told.insert((one.place.row, "check")) {
            problems.push(unknown_check(one));
        }
        if at.is_none() && told.insert((one.place.row, "time")) {
            problems.push(future(one));
        }
        if let (Some(found), Some(check), Some(at)) = (found, check, at) {
            let verdict = verdict_named(&one.verdict);
            fitting.extend(found.iter().map(|target| Fitting { target, check, verdict, at, outside: one }));
        }
    }
    (fitting, problems)
}

/// The host of an address, or the text itself.
fn host(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or(rest).trim()
}

/// The check that `name` means: our spelling, or our words in either language.
fn check_named(name: &str) -> Option<Check> {
    let wanted = sheets_key(name);
    Check::ALL.iter().copied().find(|check| {
        let key = format!("measurements-check-{}", check.as_str());
        wanted == check.as_str() || [Lang::Ja, Lang::En].into_iter().any(|lang| wanted == sheets_key(&texts().get(lang, &key)))
    })
}

fn sheets_key(text: &str) -> String {
    formats::sheets::key(text)
}

/// OCSF's words; `Warning` and anything unknown say that no verdict was reached.
fn verdict_named(word: &str) -> Verdict {
    match word {
        "Pass" => Verdict::Met,
        "Fail" => Verdict::NotMet,
        "NotApplicable" => Verdict::NotApplicable,
        _ => Verdict::CouldNotMeasure,
    }
}

/// The place of another column of the row at `place`, which names the column of the target.
fn at_column(place: &Place, id: &str) -> Place {
    let Some(column) = &place.column else { return place.clone() };
    let header = |id: &str, lang: Lang| ocsf::COLUMNS.iter().find(|column| column.id == id).map_or("", |column| column.header(lang));
    let lang = if *column == header("target", Lang::En) { Lang::En } else { Lang::Ja };
    place.clone().column(header(id, lang))
}

fn unknown_target(one: &OutsideObservation) -> Problem {
    Problem::custom(
        "H1401",
        one.place.clone(),
        format!("「{}」は、台帳に登録されたドメイン名ではありません。", one.target),
        format!("“{}” is not a domain of the register.", one.target),
        "先に台帳へ登録するか、この行を除いてください。",
        "Register it first, or leave this record out.",
    )
}

fn unknown_check(one: &OutsideObservation) -> Problem {
    let known: Vec<&str> = Check::ALL.iter().map(|check| check.as_str()).collect();
    Problem::custom(
        "H1402",
        at_column(&one.place, "check"),
        format!("「{}」という実測項目はありません。", one.check),
        format!("there is no check called “{}”.", one.check),
        format!("次のどれかで書いてください: {}", known.join("、")),
        format!("Write one of: {}.", known.join(", ")),
    )
}

fn future(one: &OutsideObservation) -> Problem {
    Problem::custom(
        "H1403",
        at_column(&one.place, "time"),
        format!("日時「{}」が未来です。", one.time),
        format!("the time “{}” lies in the future.", one.time),
        "日時と時差（Z や +09:00）を確かめてください。",
        "Check the time and its zone (Z or +09:00).",
    )
}

/// What is stored of `fitting`: the same record again has the same `origin`.
pub fn keep(fitting: &[Fitting<'_>], run: &RunId, now: Timestamp, entropy: &Entropy) -> Result<Vec<New>> {
    let rules = Rules::baseline();
    let mut last: Option<(*const serde_json::Value, String, Proof)> = None;
    fitting
        .iter()
        .map(|one| {
            let outside = one.outside;
            // A finding may speak of many resources: its text is made and kept once.
            let pointer = Arc::as_ptr(&outside.raw);
            let (_, hash, proof) = match last.take() {
                Some(same) if same.0 == pointer => last.insert(same),
                _ => {
                    let text = outside.raw.to_string();
                    let hash = sha256(text.as_bytes());
                    let evidence =
                        if text.len() > MOST_EVIDENCE { json!({ "sha256": hash, "bytes": text.len(), "left-out": true }).to_string() } else { text };
                    let proof = Proof::whole(Id::new(now, entropy), &stamp(one.at), &evidence)?;
                    last.insert((pointer, hash, proof))
                }
            };
            let (target, check) = (one.target, one.check);
            let expected = rules.rule(check).map(|rule| rule.text.clone());
            let product = if outside.product.is_empty() { "–" } else { outside.product.as_str() };
            let data = [("product", product), ("status", &outside.verdict), ("note", &outside.note), ("title", &outside.title)];
            Ok(New {
                origin: sha256(format!("{hash}/{}/{}/{}", target.organisation_id, target.domain, check.as_str()).as_bytes()),
                proof: proof.clone(),
                observation: Observation {
                    id: Id::new(now, entropy),
                    organisation_id: target.organisation_id.clone(),
                    system_id: target.system_id.clone(),
                    target: target.domain.clone(),
                    check,
                    verdict: one.verdict,
                    in_force: true,
                    reason: Reason {
                        code: "reported".to_owned(),
                        data: data
                            .iter()
                            .filter(|(_, value)| !value.is_empty())
                            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                            .collect(),
                        text: Text {
                            ja: format!("ほかの製品（{product}）が「{}」と報告しました。{}", outside.verdict, outside.note),
                            en: format!("Another product ({product}) reported “{}”. {}", outside.verdict, outside.note).trim_end().to_owned(),
                        },
                    },
                    notes: Vec::new(),
                    value: String::new(),
                    observed: Text { ja: outside.note.clone(), en: outside.note.clone() },
                    expected: expected.map(Text::from).unwrap_or_default(),
                    remedy: String::new(),
                    who: Text::default(),
                    command: String::new(),
                    evidence_hash: proof.hash.clone(),
                    rule_id: "import".to_owned(),
                    rule_version: String::new(),
                    clause: String::new(),
                    vantage: product.to_owned(),
                    at: stamp(one.at),
                    lists: BTreeMap::new(),
                    source: "import".to_owned(),
                    run_id: run.clone(),
                },
            })
        })
        .collect()
}

/// The organisations that `fitting` speaks of.
pub fn organisations<'a>(fitting: &'a [Fitting<'_>]) -> BTreeSet<&'a str> {
    fitting.iter().map(|one| one.target.organisation_id.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_others_are_understood_and_never_guessed() {
        for (text, wanted) in [("https://www.a.go.jp/x?y", "www.a.go.jp"), ("a.go.jp:443", "a.go.jp"), ("a.go.jp", "a.go.jp")] {
            assert_eq!(host(text), wanted);
        }
        assert_eq!(check_named("DMARC"), Some(Check::Dmarc));
        assert_eq!(check_named("https-certificate"), Some(Check::HttpsCertificate));
        assert_eq!(check_named("ISO 27001 A.5.1"), None);
        for (word, verdict) in
            [("Pass", Verdict::Met), ("Fail", Verdict::NotMet), ("Warning", Verdict::CouldNotMeasure), ("Suppressed", Verdict::CouldNotMeasure)]
        {
            assert_eq!(verdict_named(word), verdict);
        }
    }
}
