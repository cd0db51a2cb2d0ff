//! Which DKIM keys a domain signs with, as receivers saw it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Outcome, Report};
use crate::evidence::Selector;

/// A selector as reports tell of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenSelector {
    /// Who signed: not always the domain the report is about.
    pub domain: String,
    pub selector: String,
    /// Messages whose signature was good, and all others.
    pub passed: u64,
    pub failed: u64,
    /// Unix seconds: the end of the last report that tells of it.
    pub last_seen: i64,
    /// The same for signatures that were good.
    pub last_passed: Option<i64>,
}

impl SeenSelector {
    /// The selector as evidence knows it; none where no signature was ever good, because whoever forges mail may write any name there.
    pub fn known(&self) -> Option<Selector> {
        self.last_passed.map(|at| Selector::reported(self.selector.as_str(), at))
    }
}

/// The selectors in `reports`, by domain and the newest first. Reports without a period say nothing about time and are left out.
pub fn selectors<'a>(reports: impl IntoIterator<Item = &'a Report>) -> Vec<SeenSelector> {
    let mut seen: BTreeMap<(String, String), SeenSelector> = BTreeMap::new();
    for report in reports {
        let Some(end) = report.end else { continue };
        for (row, result) in report.rows.iter().flat_map(|row| row.dkim.iter().map(move |result| (row, result))) {
            if result.domain.is_empty() || result.selector.is_empty() {
                continue;
            }
            let key = (result.domain.clone(), result.selector.clone());
            let one = seen.entry(key).or_insert_with_key(|(domain, selector)| SeenSelector {
                domain: domain.clone(),
                selector: selector.clone(),
                passed: 0,
                failed: 0,
                last_seen: end,
                last_passed: None,
            });
            one.last_seen = one.last_seen.max(end);
            if result.outcome == Some(Outcome::Pass) {
                one.passed = one.passed.saturating_add(row.count);
                one.last_passed = one.last_passed.max(Some(end));
            } else {
                one.failed = one.failed.saturating_add(row.count);
            }
        }
    }
    let mut seen: Vec<SeenSelector> = seen.into_values().collect();
    seen.sort_by(|a, b| a.domain.cmp(&b.domain).then_with(|| b.last_seen.cmp(&a.last_seen)));
    seen
}
