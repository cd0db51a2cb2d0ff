//! The verbs of the aggregate reports: take one in, tell which selectors it taught.

use std::collections::{BTreeMap, BTreeSet};

use formats::dmarc_report::{Disposition, Limits, Report, Row, selectors};
use formats::evidence::Selector;
use formats::problem::{Place, Problem};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{AggregateReport, KEPT_DAYS, Messages, ReportedSelector, Source, store};
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::dates::{parse_stamp, stamp};
use crate::base::db::Tx;
use crate::base::error::{Error, Result};
use crate::base::work::Work;
use crate::measurements::actions::targets_in;
use crate::measurements::target::{Target, domain_key};

/// Addresses of one report that are kept one by one; the others are added up.
const MOST_SOURCES: usize = 1_000;
/// Selectors that one report may teach: nobody signs with more, and a forged report must not fill the list.
const MOST_SELECTORS: usize = 100;
/// Clocks of others may be ahead by this much, and a report may be sent before the day it is about ends elsewhere.
const AHEAD: SignedDuration = SignedDuration::from_hours(26);

/// What taking a report in did.
#[derive(Debug, Default)]
pub struct Taken {
    /// Who reports, and its number of the report.
    pub reporter: String,
    pub report: String,
    /// The domain it is about.
    pub domain: String,
    /// Messages it tells of.
    pub messages: u64,
    /// For how many registered domains it was new; 0: it was there already.
    pub new: usize,
    /// Selectors that nobody had told of before.
    pub selectors: Vec<String>,
    /// What is wrong with it. One error, and nothing of it is taken in.
    pub problems: Vec<Problem>,
}

impl Taken {
    /// Whether it was refused.
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }
}

/// Takes in one report as a receiver sent it: XML, packed, or in its mail. All or nothing; the same report again adds nothing.
/// When it is refused or known, nothing is changed.
pub async fn import(work: &mut Work, name: &str, bytes: &[u8]) -> Result<Taken> {
    let scope = work.scope("measurements", Verb::Write)?;
    let (file, sent) = (name.to_owned(), bytes.to_vec());
    // A large one takes seconds to unpack and read: not on the threads that answer others.
    let read = tokio::task::spawn_blocking(move || formats::dmarc_report::read(&sent, &file, &Limits::default())).await.map_err(Error::internal)?;
    let (report, mut problems) = match read {
        Ok(read) => read,
        Err(problem) => return Ok(Taken { problems: vec![problem], ..Taken::default() }),
    };
    let domain = domain_key(&report.published.domain);
    let targets = targets_in(&mut work.tx, &scope, work.now).await?;
    let about: Vec<&Target> = targets.iter().filter(|target| target.domain == domain).collect();
    let place = || Place::sheet(name);
    if about.is_empty() {
        problems.push(unknown_domain(place(), &domain));
    }
    let period = period(&report, work.now);
    if period.is_none() {
        problems.push(no_period(place()));
    }
    let mut taken = Taken {
        reporter: report.reporter.clone(),
        report: report.id.clone(),
        domain,
        messages: report.rows.iter().map(|row| row.count).sum(),
        problems,
        ..Taken::default()
    };
    let Some((begin, end)) = period.filter(|_| !taken.is_refused()) else { return Ok(taken) };
    for target in about {
        let one = AggregateReport {
            id: work.id(),
            organisation_id: target.organisation_id.clone(),
            domain: target.domain.clone(),
            reporter: report.reporter.clone(),
            report: report.id.clone(),
            begin_at: stamp(begin),
            end_at: stamp(end),
            policy: report.published.policy.map(|policy| policy.as_str().to_owned()).unwrap_or_default(),
            messages: total(&report.rows),
            imported_at: work.stamp(),
            by: work.actor.name.clone(),
        };
        if !store::insert(&mut work.tx, &one, &sources(&report.rows)).await? {
            continue;
        }
        taken.new += 1;
        let own: BTreeSet<&str> = targets.iter().filter(|one| one.organisation_id == target.organisation_id).map(|one| one.domain.as_str()).collect();
        let known = store::known_selectors(&mut work.tx, &target.organisation_id).await?;
        let seen = learnt(&report, (begin, end), &target.organisation_id, &own, &known);
        let new = seen.iter().filter(|one| !known.contains(&(one.domain.clone(), one.selector.clone())));
        taken.selectors.extend(new.map(|one| format!("{}._domainkey.{}", one.selector, one.domain)));
        store::learn(&mut work.tx, &seen).await?;
        let detail = json!({ "domain": one.domain, "reporter": one.reporter, "report": one.report, "messages": one.messages.all() });
        work.audit(one.organisation_id.as_str(), "measurements", "aggregate-report.import", one.id.as_str(), detail).await?;
    }
    Ok(taken)
}

/// Takes away reports and selectors that are older than they are kept; gives how many reports.
pub async fn drop_old(work: &mut Work) -> Result<u64> {
    let before = stamp(work.now - SignedDuration::from_hours(KEPT_DAYS * 24));
    store::tidy(&mut work.tx, &before).await
}

/// The selectors within `scope` that reports taught and that are young enough to be asked for, by organisation and domain.
pub async fn taught(tx: &mut Tx, scope: &Scope, now: Timestamp) -> Result<BTreeMap<(OrganisationId, String), Vec<Selector>>> {
    let mut found: BTreeMap<(OrganisationId, String), Vec<Selector>> = BTreeMap::new();
    for one in store::good_selectors(tx, scope, &stamp(now - SignedDuration::from_hours(KEPT_DAYS * 24))).await? {
        let Some(passed) = one.passed_at.as_deref().and_then(parse_stamp) else { continue };
        found.entry((one.organisation_id, one.domain)).or_default().push(Selector::reported(one.selector, passed.as_second()));
    }
    Ok(found)
}

/// When the report begins and ends; none where it does not say, ends before it begins, or speaks of days to come.
fn period(report: &Report, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let at = |seconds: Option<i64>| Timestamp::from_second(seconds?).ok();
    let (begin, end) = (at(report.begin)?, at(report.end)?);
    (begin <= end && end <= now + AHEAD).then_some((begin, end))
}

fn of(row: &Row) -> Messages {
    let none = Messages::default();
    match (row.dkim_aligned, row.spf_aligned) {
        (Some(true), _) | (_, Some(true)) => Messages { aligned: row.count, ..none },
        (Some(false), Some(false)) => Messages { failed: row.count, ..none },
        _ => Messages { unknown: row.count, ..none },
    }
}

fn total(rows: &[Row]) -> Messages {
    rows.iter().fold(Messages::default(), |mut all, row| {
        all += of(row);
        all
    })
}

/// Who sent how much, those first who sent most; beyond [`MOST_SOURCES`] all others together, under no address.
fn sources(rows: &[Row]) -> Vec<Source> {
    let mut by_address: BTreeMap<String, Source> = BTreeMap::new();
    for row in rows {
        let address = row.source.map(|source| source.to_string()).unwrap_or_default();
        let one =
            by_address.entry(address).or_insert_with_key(|address| Source { address: address.clone(), messages: Messages::default(), refused: 0 });
        one.messages += of(row);
        if matches!(row.disposition, Some(Disposition::Quarantine | Disposition::Reject)) {
            one.refused = one.refused.saturating_add(row.count);
        }
    }
    let mut rest = by_address.remove("");
    let mut all: Vec<Source> = by_address.into_values().collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.messages.all()));
    for one in all.split_off(all.len().min(MOST_SOURCES)) {
        let rest = rest.get_or_insert_with(|| Source { address: String::new(), messages: Messages::default(), refused: 0 });
        rest.messages += one.messages;
        rest.refused = rest.refused.saturating_add(one.refused);
    }
    all.extend(rest);
    all
}

/// What `report` tells of selectors of the organisation's own domains. Only a good signature makes a selector known, because whoever forges mail
/// may write any name there; of known ones the bad signatures count too.
fn learnt(
    report: &Report,
    (begin, end): (Timestamp, Timestamp),
    organisation: &OrganisationId,
    own: &BTreeSet<&str>,
    known: &BTreeSet<(String, String)>,
) -> Vec<ReportedSelector> {
    let mut by_name: BTreeMap<(String, String), ReportedSelector> = BTreeMap::new();
    for seen in selectors([report]) {
        let key = (domain_key(&seen.domain), seen.selector.trim_end_matches('.').to_ascii_lowercase());
        if !own.contains(key.0.as_str()) || (seen.known().is_none() && !known.contains(&key)) {
            continue;
        }
        // Two spellings of one selector are one row.
        let one = by_name.entry(key).or_insert_with_key(|(domain, selector)| ReportedSelector {
            organisation_id: organisation.clone(),
            domain: domain.clone(),
            selector: selector.clone(),
            first_at: stamp(begin),
            last_at: stamp(end),
            passed_at: None,
            passed: 0,
            failed: 0,
        });
        one.passed_at = one.passed_at.take().or_else(|| seen.last_passed.map(|_| stamp(end)));
        one.passed = one.passed.saturating_add(seen.passed);
        one.failed = one.failed.saturating_add(seen.failed);
    }
    let mut found: Vec<ReportedSelector> = by_name.into_values().collect();
    found.sort_by_key(|one| std::cmp::Reverse(one.passed));
    found.truncate(MOST_SELECTORS);
    found
}

fn unknown_domain(place: Place, domain: &str) -> Problem {
    Problem::custom(
        "H1404",
        place,
        format!("「{domain}」についての集計レポートですが、このドメイン名は台帳に登録されていません。"),
        format!("the report is about “{domain}”, which is not a domain of the register."),
        "先に台帳の資産に「ドメイン名」として登録してから、もう一度取り込んでください。",
        "Register it as a domain first, then take the report in again.",
    )
}

fn no_period(place: Place) -> Problem {
    Problem::custom(
        "H1405",
        place,
        "集計の期間（date_range）がないか、正しくありません。",
        "its period (date_range) is missing or cannot be right.",
        "送り主から届いたままのファイルかどうかを確かめてください。",
        "Check that the file is as the receiver sent it.",
    )
}
