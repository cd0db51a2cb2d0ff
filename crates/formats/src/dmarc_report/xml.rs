//! The XML of a report, read element by element; nothing of it is followed, expanded, or kept beyond its limits.

use std::net::IpAddr;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

use super::words::Fault;
use super::{Discovery, Disposition, Limits, Outcome, Report, Row};
use crate::dmarc::Policy;
use crate::problem::{Place, Problem};

/// Every element that counts; all others have no name here, so that no path leads to what lies below them.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "adkim", "aspf", "auth_results", "begin", "comment", "count", "date_range", "discovery_method", "disposition", "dkim", "domain",
    "email", "end", "envelope_from", "envelope_to", "error", "feedback", "header_from", "human_result", "identifiers", "np", "org_name",
    "p", "pct", "policy_evaluated", "policy_published", "reason", "record", "report_id", "report_metadata", "result", "row", "scope",
    "selector", "source_ip", "sp", "spf", "testing", "type",
];

fn known(name: &str) -> &'static str {
    NAMES.iter().copied().find(|known| *known == name).unwrap_or("")
}

/// Reads the XML in `bytes`.
///
/// # Errors
/// When it is no report, or one that must not be read.
pub(super) fn read(bytes: &[u8], file: &str, limits: &Limits) -> Result<(Report, Vec<Problem>), Problem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // Names in reports are ASCII; what is not UTF-8 can only be in remarks.
    let text = String::from_utf8_lossy(bytes);
    let mut reading = Reading {
        file,
        source: &text,
        limits,
        path: Vec::new(),
        prefix: None,
        value: String::new(),
        long: false,
        report: Report::default(),
        record: None,
        records: 0,
        at: (0, 1),
        problems: Vec::new(),
    };
    reading.all()?;
    reading.finish()
}

/// A report on its way.
struct Reading<'a> {
    file: &'a str,
    source: &'a str,
    limits: &'a Limits,
    /// Names of the open elements, outermost first.
    path: Vec<&'static str>,
    /// What stands before the colon in the root's name. Schemas differ in whether the elements below carry it too.
    prefix: Option<String>,
    /// Text of the innermost element so far.
    value: String,
    long: bool,
    report: Report,
    record: Option<(Row, Option<u64>)>,
    records: usize,
    /// Where problems were last looked for: octets, and the line there.
    at: (usize, u32),
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn all(&mut self) -> Result<(), Problem> {
        let source = self.source;
        let mut reader = Reader::from_str(source);
        loop {
            let event = reader.read_event();
            let position = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            match event {
                Ok(Event::Start(element)) => self.open(element.name().as_ref(), position)?,
                Ok(Event::Empty(element)) => {
                    self.open(element.name().as_ref(), position)?;
                    self.close(position);
                }
                Ok(Event::End(_)) => {
                    self.close(position);
                    if self.path.is_empty() {
                        // Whatever follows the root is no part of the report.
                        return Ok(());
                    }
                }
                Ok(Event::Text(text)) => self.add(&text),
                Ok(Event::CData(text)) => self.add(&text),
                Ok(Event::GeneralRef(reference)) => self.refer(&reference),
                Ok(Event::DocType(_)) => return Err(Fault::Doctype.at(self.place(position))),
                Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_)) => {}
                Ok(Event::Eof) => return self.broken("the end is missing", position),
                Err(error) => return self.broken(&error.to_string(), position),
            }
            if self.records > self.limits.records {
                let fault = Fault::TooManyRecords { limit: self.limits.records };
                self.tell(fault, position);
                return Ok(());
            }
        }
    }

    /// Reading cannot go on. What was read before stays.
    fn broken(&mut self, detail: &str, position: usize) -> Result<(), Problem> {
        let fault = Fault::Damaged { detail: detail.to_owned() };
        if self.prefix.is_none() {
            return Err(fault.at(self.place(position)));
        }
        self.tell(fault, position);
        Ok(())
    }

    fn open(&mut self, name: &str, position: usize) -> Result<(), Problem> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        if self.path.is_empty() {
            if local != "feedback" {
                return Err(Fault::NoReport.at(self.place(position)));
            }
            self.prefix = Some(prefix.chars().take(self.limits.text).collect());
        }
        if self.path.len() == self.limits.depth {
            return Err(Fault::TooDeep { limit: self.limits.depth }.at(self.place(position)));
        }
        let ours = prefix.is_empty() || self.prefix.as_deref() == Some(prefix);
        self.path.push(if ours { known(local) } else { "" });
        self.value.clear();
        self.long = false;
        if !self.begin() {
            // One too many: no path leads to what lies below it.
            self.path.pop();
            self.path.push("");
        }
        Ok(())
    }

    /// Makes room for what the innermost element holds; false when there is none left.
    fn begin(&mut self) -> bool {
        let most = self.limits.results;
        match (self.path.as_slice(), &mut self.record) {
            (["feedback", "record"], record) => {
                *record = Some((Row::default(), None));
                self.records += 1;
                true
            }
            (["feedback", "record", "auth_results", "dkim"], Some((row, _))) => more(&mut row.dkim, most),
            (["feedback", "record", "auth_results", "spf"], Some((row, _))) => more(&mut row.spf, most),
            (["feedback", "record", "row", "policy_evaluated", "reason"], Some((row, _))) => more(&mut row.reasons, most),
            _ => true,
        }
    }

    fn close(&mut self, position: usize) {
        let value = std::mem::take(&mut self.value);
        let path = std::mem::take(&mut self.path);
        self.take(&path, value.trim(), position);
        self.path = path;
        self.path.pop();
    }

    /// More text of the innermost element, as far as there is room.
    fn add(&mut self, text: &str) {
        // A character takes up to four octets, so that this bounds the work without counting each time.
        let room = self.limits.text.saturating_mul(4).saturating_sub(self.value.len());
        let mut end = text.len().min(room);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.value.push_str(text.get(..end).unwrap_or_default());
        self.long |= end < text.len() && !text.get(end..).unwrap_or_default().trim().is_empty();
    }

    /// A character reference, or one of the five entities every document has; others say nothing without a DTD.
    fn refer(&mut self, reference: &BytesRef<'_>) {
        match reference.resolve_char_ref() {
            Ok(Some(c)) => self.add(c.encode_utf8(&mut [0; 4])),
            _ => self.add(resolve_predefined_entity(reference).unwrap_or("\u{FFFD}")),
        }
    }

    fn take(&mut self, path: &[&str], value: &str, position: usize) {
        let value = self.cut(value, position);
        match path {
            ["feedback", "report_metadata", rest @ ..] => self.metadata(rest, &value, position),
            ["feedback", "policy_published", name] => self.published(name, &value, position),
            ["feedback", "record"] => self.row(position),
            ["feedback", "record", rest @ ..] => self.record(rest, &value, position),
            _ => {}
        }
    }

    fn cut(&mut self, value: &str, position: usize) -> String {
        let mut characters = value.chars();
        let kept: String = characters.by_ref().take(self.limits.text).collect();
        if characters.next().is_some() || self.long {
            self.tell(Fault::Cut { limit: self.limits.text }, position);
        }
        self.long = false;
        kept
    }

    fn metadata(&mut self, path: &[&str], value: &str, position: usize) {
        let first = |slot: &mut String| {
            if slot.is_empty() {
                *slot = value.to_owned();
            }
        };
        match path {
            ["org_name"] => first(&mut self.report.reporter),
            ["email"] => first(&mut self.report.email),
            ["report_id"] => first(&mut self.report.id),
            ["error"] if self.report.errors.len() < self.limits.results && !value.is_empty() => self.report.errors.push(value.to_owned()),
            ["date_range", "begin"] => self.report.begin = self.report.begin.or(self.number("date_range/begin", value, position)),
            ["date_range", "end"] => self.report.end = self.report.end.or(self.number("date_range/end", value, position)),
            _ => {}
        }
    }

    fn published(&mut self, name: &str, value: &str, position: usize) {
        match name {
            "domain" => self.report.published.domain = domain(value),
            "p" => self.report.published.policy = self.word("p", value, position, Policy::parse),
            "sp" => self.report.published.subdomains = self.word("sp", value, position, Policy::parse),
            "np" => self.report.published.nonexistent = self.word("np", value, position, Policy::parse),
            "adkim" => self.report.published.strict_dkim = value == "s",
            "aspf" => self.report.published.strict_spf = value == "s",
            "testing" => self.report.published.testing = value == "y",
            "pct" => self.report.published.percent = self.word("pct", value, position, |text| text.parse().ok().filter(|percent| *percent <= 100)),
            "discovery_method" => self.report.published.discovery = self.word(name, value, position, Discovery::parse),
            _ => {}
        }
    }

    fn record(&mut self, path: &[&str], value: &str, position: usize) {
        let Some((mut row, mut count)) = self.record.take() else { return };
        match path {
            ["row", "source_ip"] => row.source = self.word("source_ip", value, position, |text| text.parse::<IpAddr>().ok()),
            ["row", "count"] => count = self.number("count", value, position).and_then(|count| u64::try_from(count).ok()),
            ["row", "policy_evaluated", "disposition"] => row.disposition = self.word("disposition", value, position, Disposition::parse),
            ["row", "policy_evaluated", "dkim"] => row.dkim_aligned = self.word("policy_evaluated/dkim", value, position, passed),
            ["row", "policy_evaluated", "spf"] => row.spf_aligned = self.word("policy_evaluated/spf", value, position, passed),
            ["row", "policy_evaluated", "reason", part] => {
                if let Some(reason) = row.reasons.last_mut() {
                    match *part {
                        "type" => reason.kind = value.to_owned(),
                        "comment" => reason.comment = value.to_owned(),
                        _ => {}
                    }
                }
            }
            ["identifiers", "header_from"] => row.header_from = domain(value),
            ["identifiers", "envelope_from"] => row.envelope_from = domain(value),
            ["identifiers", "envelope_to"] => row.envelope_to = domain(value),
            ["auth_results", "dkim", "result"] => {
                let outcome = self.word("dkim/result", value, position, outcome);
                row.dkim.last_mut().into_iter().for_each(|one| one.outcome = outcome);
            }
            ["auth_results", "spf", "result"] => {
                let outcome = self.word("spf/result", value, position, outcome);
                row.spf.last_mut().into_iter().for_each(|one| one.outcome = outcome);
            }
            ["auth_results", "dkim", part] => {
                if let Some(one) = row.dkim.last_mut() {
                    match *part {
                        "domain" => one.domain = domain(value),
                        "selector" => one.selector = domain(value),
                        "human_result" => one.remark = value.to_owned(),
                        _ => {}
                    }
                }
            }
            ["auth_results", "spf", part] => {
                if let Some(one) = row.spf.last_mut() {
                    match *part {
                        "domain" => one.domain = domain(value),
                        "scope" => one.scope = value.to_ascii_lowercase(),
                        "human_result" => one.remark = value.to_owned(),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        self.record = Some((row, count));
    }

    /// The end of a record.
    fn row(&mut self, position: usize) {
        let Some((mut row, count)) = self.record.take() else { return };
        if row.header_from.is_empty() {
            self.tell(Fault::Missing { field: "header_from" }, position);
        }
        match count {
            Some(count) if self.report.rows.len() < self.limits.records => {
                row.count = count;
                self.report.rows.push(row);
            }
            Some(_) => {}
            None => self.tell(Fault::LeftAside, position),
        }
    }

    /// A number of at most twelve digits.
    fn number(&mut self, field: &str, value: &str, position: usize) -> Option<i64> {
        self.word(field, value, position, |text| {
            let digits = (1..=12).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        })
    }

    /// A value of few kinds; an empty one is none.
    fn word<T>(&mut self, field: &str, value: &str, position: usize, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        if value.is_empty() {
            return None;
        }
        let parsed = parse(&value.to_ascii_lowercase());
        if parsed.is_none() {
            self.tell(Fault::Bad { field, found: value }, position);
        }
        parsed
    }

    fn finish(mut self) -> Result<(Report, Vec<Problem>), Problem> {
        let report = &self.report;
        let missing: Vec<&str> = [
            ("org_name", report.reporter.is_empty()),
            ("report_id", report.id.is_empty()),
            ("date_range/begin", report.begin.is_none()),
            ("date_range/end", report.end.is_none()),
            ("policy_published/domain", report.published.domain.is_empty()),
        ]
        .into_iter()
        .filter_map(|(field, missing)| missing.then_some(field))
        .collect();
        for field in missing {
            self.problems.push(Fault::Missing { field }.at(Place::sheet(self.file)));
        }
        Ok((self.report, self.problems))
    }

    fn tell(&mut self, fault: Fault<'_>, position: usize) {
        let problem = fault.at(self.place(position));
        // An error tells that the report is not whole, which many notes must not hide.
        if self.problems.len() < self.limits.problems || problem.is_error() {
            self.problems.push(problem);
        }
    }

    /// The line of an octet, and the last record that began before it.
    fn place(&mut self, position: usize) -> Place {
        let (from, line) = self.at;
        let more = self.source.as_bytes().get(from..position).unwrap_or_default().iter().filter(|c| **c == b'\n').count();
        let line = line.saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
        self.at = (position.max(from), line);
        let place = Place::sheet(self.file).row(line);
        if self.records > 0 { place.column(format!("record {}", self.records)) } else { place }
    }
}

/// Begins one more item of `list`; false when it is full.
fn more<T: Default>(list: &mut Vec<T>, most: usize) -> bool {
    let room = list.len() < most;
    if room {
        list.push(T::default());
    }
    room
}

/// A domain or selector as it compares.
fn domain(text: &str) -> String {
    text.trim_end_matches('.').to_lowercase()
}

/// Whether an aligned check passed.
fn passed(text: &str) -> Option<bool> {
    match text {
        "pass" => Some(true),
        "fail" => Some(false),
        _ => None,
    }
}

/// An outcome, also as receivers spelled it before RFC 7208 and RFC 7489.
fn outcome(text: &str) -> Option<Outcome> {
    match text {
        "hardfail" => Some(Outcome::Fail),
        "error" => Some(Outcome::TempError),
        "unknown" => Some(Outcome::PermError),
        other => Outcome::parse(other),
    }
}
