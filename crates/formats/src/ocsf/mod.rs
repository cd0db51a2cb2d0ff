//! Observations made elsewhere: OCSF Compliance Finding (class 2003) as JSON or JSON lines, and the same facts as a sheet.
//!
//! Fields are those of the OCSF schema 1.1 to 1.6 (events/findings/compliance_finding, objects/compliance, objects/check).

use std::sync::Arc;

use serde_json::Value;

use crate::json::parse_bounded;
use crate::problem::{Place, Problem, ProblemKind};

mod sheet;
mod time;
mod write;

pub use sheet::{COLUMNS, from_sheet};
pub use write::{Measured, finding};

/// What one file of observations may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: u64,
    /// Nesting of arrays and objects.
    pub depth: u32,
    /// Observations drawn from the file.
    pub observations: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 32 << 20, depth: 32, observations: 100_000 }
    }
}

/// One fact somebody else measured, not yet matched with the register.
#[derive(Clone, Debug, PartialEq)]
pub struct OutsideObservation {
    /// What was looked at, as the source names it: a domain, a host, an identifier.
    pub target: String,
    /// Which check or control, as the source names it.
    pub check: String,
    /// `Pass`, `Fail`, `Warning` (no result for want of information), `Unknown`, `NotApplicable`, or the source's own word.
    pub verdict: String,
    pub title: String,
    /// RFC 3339.
    pub time: String,
    /// Who measured: the product or source.
    pub product: String,
    /// The source's remark on the verdict; empty if none.
    pub note: String,
    /// The finding or row as it came. Shared, since one finding may speak of many resources.
    pub raw: Arc<Value>,
    /// Where it stood: line of JSON lines, number in an array (both from 1), or row of a sheet.
    pub place: Place,
}

/// A file with more problems than this is not read to its end: nobody mends them one by one.
const MOST_PROBLEMS: usize = 1_000;

/// Reads one object, an array of objects, or one object per line.
///
/// Tolerant: a finding that cannot be read is left out and becomes a problem with its place; the others are returned. A finding with
/// several resources or several judged checks gives one observation for each.
pub fn read(bytes: &[u8], limits: &Limits) -> (Vec<OutsideObservation>, Vec<Problem>) {
    let mut out = Reader { limits, observations: Vec::new(), problems: Vec::new(), stopped: false };
    if bytes.len() as u64 > limits.bytes {
        let kind = ProblemKind::FileTooLarge { bytes: bytes.len() as u64, limit: limits.bytes };
        return (Vec::new(), vec![Problem::new(Place::nowhere(), kind)]);
    }
    let mut lines = bytes.split(|&byte| byte == b'\n').zip(1_u32..).filter(|(line, _)| !is_blank(line)).peekable();
    // One value per line if the first line with content is a whole value by itself.
    let by_line = lines.peek().is_some_and(|(line, _)| parse_bounded(line, limits.bytes, limits.depth).is_ok());
    if by_line {
        for (line, number) in lines {
            match parse_bounded(line, limits.bytes, limits.depth) {
                Ok(value) => out.value(value, Place::nowhere().row(number)),
                Err(mut problem) => {
                    problem.place.row = Some(number);
                    out.problems.push(problem);
                }
            }
            if out.full() {
                break;
            }
        }
    } else {
        match parse_bounded(bytes, limits.bytes, limits.depth) {
            Ok(value) => out.value(value, Place::nowhere()),
            Err(problem) => out.problems.push(problem),
        }
    }
    (out.observations, out.problems)
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

struct Reader<'a> {
    limits: &'a Limits,
    observations: Vec<OutsideObservation>,
    problems: Vec<Problem>,
    /// Whether the file has more observations than may be read.
    stopped: bool,
}

impl Reader<'_> {
    /// Whether reading on would only repeat what is known.
    fn full(&self) -> bool {
        self.stopped || self.problems.len() >= MOST_PROBLEMS
    }

    fn value(&mut self, value: Value, place: Place) {
        match value {
            Value::Array(items) => {
                for (item, number) in items.into_iter().zip(1_u32..) {
                    // The number in the array is the better place, unless many arrays stand one per line.
                    let place = if place.row.is_some_and(|row| row > 1) { place.clone() } else { Place::nowhere().row(number) };
                    self.finding(item, place);
                    if self.full() {
                        return;
                    }
                }
            }
            item => self.finding(item, place),
        }
    }

    fn finding(&mut self, item: Value, place: Place) {
        let raw = Arc::new(item);
        if let Err(kind) = self.observe(&raw, &place) {
            self.problems.push(Problem::new(place, kind));
        }
    }

    fn observe(&mut self, raw: &Arc<Value>, place: &Place) -> Result<(), ProblemKind> {
        let class_uid = raw.get("class_uid").and_then(Value::as_i64);
        if class_uid != Some(2003) {
            return Err(ProblemKind::NotAFinding { class_uid });
        }
        let compliance = raw.get("compliance").ok_or_else(|| missing("compliance"))?;
        let targets = targets(raw);
        if targets.is_empty() {
            return Err(missing("resources"));
        }
        let results = results(raw, compliance)?;
        let time = time_of(raw)?;
        let several = targets.len() > 1;
        let count = self.observations.len() as u64 + targets.len() as u64 * results.len() as u64;
        if count > self.limits.observations {
            self.stopped = true;
            return Err(ProblemKind::TooManyItems { items: count, limit: self.limits.observations });
        }
        for (check, verdict) in results {
            let unclear = several && verdict == "Fail";
            if unclear {
                self.problems.push(Problem::note(place.clone(), ProblemKind::WhichResource));
            }
            for target in &targets {
                self.observations.push(OutsideObservation {
                    target: target.clone(),
                    check: check.clone(),
                    verdict: if unclear { "Unknown".to_owned() } else { verdict.clone() },
                    title: first_text(raw, &["/finding_info/title", "/finding/title", "/message"]).unwrap_or_default(),
                    time: time.clone(),
                    product: first_text(raw, &["/metadata/product/name", "/metadata/product/vendor_name"]).unwrap_or_default(),
                    note: first_text(compliance, &["/status_detail", "/status_details/0"]).unwrap_or_default(),
                    raw: Arc::clone(raw),
                    place: place.clone(),
                });
            }
        }
        Ok(())
    }
}

fn missing(field: &str) -> ProblemKind {
    ProblemKind::MissingField { field: field.to_owned() }
}

/// The first of the JSON pointers (RFC 6901) that leads to a text that is not blank.
fn first_text(value: &Value, pointers: &[&str]) -> Option<String> {
    let texts = pointers.iter().filter_map(|pointer| value.pointer(pointer)?.as_str());
    texts.map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
}

/// Names of the resources; `resource` is the form before schema 1.3, `device` the fallback of host products.
fn targets(raw: &Value) -> Vec<String> {
    let name = |resource: &Value| first_text(resource, &["/name", "/hostname", "/uid"]);
    let many = raw.get("resources").and_then(Value::as_array).into_iter().flatten();
    let one = [raw.get("resource"), raw.get("device")];
    let mut names: Vec<String> = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for found in many.filter_map(name) {
        if seen.insert(found.clone()) {
            names.push(found);
        }
    }
    if names.is_empty() {
        names.extend(one.into_iter().flatten().find_map(name));
    }
    names
}

/// Checks with their verdicts: those of `checks` that are judged one by one (schema 1.5), else the finding as a whole.
fn results(raw: &Value, compliance: &Value) -> Result<Vec<(String, String)>, ProblemKind> {
    let checks = compliance.get("checks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let judged = |check: &&Value| check.get("status_id").is_some() || check.get("status").is_some();
    let mut results = Vec::new();
    for check in checks.iter().filter(judged) {
        let name = first_text(check, &["/uid", "/name"]).ok_or_else(|| missing("compliance.checks.uid"))?;
        results.push((name, verdict(check, "compliance.checks.status")?));
    }
    if results.is_empty() {
        let name = first_text(compliance, &["/control", "/checks/0/uid", "/checks/0/name"])
            .or_else(|| first_text(raw, &["/metadata/event_code"]))
            .or_else(|| first_text(compliance, &["/requirements/0"]))
            .ok_or_else(|| missing("compliance.control"))?;
        results.push((name, verdict(compliance, "compliance.status")?));
    }
    Ok(results)
}

/// The caption of `status_id`, or the text of `status` where that is 99 (other) or absent.
///
/// Errors: an id the schema does not know; an id and a text that contradict each other, since either could be the truth.
fn verdict(holder: &Value, field: &str) -> Result<String, ProblemKind> {
    let bad = |found: String| ProblemKind::BadField { field: field.to_owned(), found };
    let word = first_text(holder, &["/status"]);
    let caption = match holder.get("status_id") {
        None | Some(Value::Null) => None,
        Some(id) => match id.as_i64() {
            Some(0) => Some("Unknown"),
            Some(1) => Some("Pass"),
            Some(2) => Some("Warning"),
            Some(3) => Some("Fail"),
            Some(99) => None,
            _ => return Err(bad(id.to_string())),
        },
    };
    match (caption, word) {
        (Some(caption), Some(word)) if known_word(&word).is_some_and(|known| known != caption) => Err(bad(format!("{caption} / {word}"))),
        (Some(caption), _) => Ok(caption.to_owned()),
        (None, Some(word)) => Ok(known_word(&word).map_or(word, str::to_owned)),
        (None, None) => Ok("Unknown".to_owned()),
    }
}

/// The caption a source's word stands for, if it is one of the usual words.
fn known_word(word: &str) -> Option<&'static str> {
    const WORDS: [(&str, &[&str]); 5] = [
        ("Pass", &["pass", "passed", "met", "適合", "合格", "達成"]),
        ("Fail", &["fail", "failed", "not-met", "notmet", "不適合", "不合格", "未達成"]),
        ("Warning", &["warning", "warn", "警告"]),
        ("Unknown", &["unknown", "could-not-measure", "不明", "測定不能"]),
        ("NotApplicable", &["notapplicable", "not-applicable", "not_applicable", "n/a", "対象外", "該当なし"]),
    ];
    let word = crate::sheets::key(word);
    WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(caption, _)| *caption)
}

/// `time` in milliseconds since 1970 (the schema's `timestamp_t`), else `time_dt`.
fn time_of(raw: &Value) -> Result<String, ProblemKind> {
    if let Some(time) = raw.get("time") {
        let bad = || ProblemKind::BadField { field: "time".to_owned(), found: time.to_string() };
        return time.as_i64().and_then(time::from_millis).ok_or_else(bad);
    }
    let text = first_text(raw, &["/time_dt"]).ok_or_else(|| missing("time"))?;
    time::rfc_3339(&text, None).ok_or(ProblemKind::BadField { field: "time_dt".to_owned(), found: text })
}

#[cfg(test)]
mod tests;
