//! What a page is known to be, learnt from two fetches a moment apart and carried along with accepted drift.

use std::collections::{BTreeMap, BTreeSet};

use formats::html::Reach;
use serde::{Deserialize, Serialize};

use super::sketch::Known;
use super::snapshot::{Snapshot, Writing};

/// Titles, certificates and addresses that are remembered, and hosts of each kind.
const FEW: usize = 16;
const MANY: usize = 800;

/// What a page is known to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The page as it was last found in order.
    pub page: Snapshot,
    pub(super) skeleton: Known,
    pub(super) text: Known,
    /// Hosts of others that the page has reached.
    pub hosts: BTreeMap<Reach, BTreeSet<String>>,
    /// Hosts it has redirected to; none for a page of its own.
    pub(super) aways: BTreeSet<Option<String>>,
    /// With figures masked; the latest last, as with the following.
    pub(super) titles: Vec<String>,
    pub(super) writings: BTreeSet<Writing>,
    pub(super) langs: BTreeSet<String>,
    pub(super) certificates: Vec<String>,
    pub(super) addresses: Vec<String>,
    pub(super) name_servers: BTreeSet<String>,
}

/// A title with its figures masked: unread messages and dates are counted in titles.
pub(super) fn masked(title: &str) -> String {
    let mut out = String::new();
    for c in title.chars() {
        match c {
            c if c.is_numeric() => {
                if !out.ends_with('0') {
                    out.push('0');
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// Adds what is new at the end and forgets the oldest.
fn remember<'a>(list: &mut Vec<String>, more: impl IntoIterator<Item = &'a String>) {
    for one in more {
        if !list.contains(one) {
            list.push(one.clone());
        }
    }
    let over = list.len().saturating_sub(FEW);
    list.drain(..over);
}

/// What is known after two fetches a moment apart: what differs between them changes by itself.
pub fn learn(a: &Snapshot, b: &Snapshot) -> Baseline {
    let mut known = Baseline::of(a);
    known.take_in(b);
    known.skeleton = Known::between(&a.skeleton, &b.skeleton);
    known.text = Known::between(&a.text, &b.text);
    known
}

impl Baseline {
    /// What is known after one fetch.
    pub fn of(page: &Snapshot) -> Self {
        let mut known = Self {
            page: page.clone(),
            skeleton: Known::new(page.skeleton.clone()),
            text: Known::new(page.text.clone()),
            hosts: BTreeMap::new(),
            aways: BTreeSet::new(),
            titles: Vec::new(),
            writings: BTreeSet::new(),
            langs: BTreeSet::new(),
            certificates: Vec::new(),
            addresses: Vec::new(),
            name_servers: BTreeSet::new(),
        };
        known.take_in(page);
        known
    }

    /// `now` was found to be in order, or in order but for its text: the baseline goes along.
    pub fn follow(&mut self, now: &Snapshot) {
        self.skeleton.follow(&now.skeleton);
        self.text.follow(&now.text);
        self.take_in(now);
    }

    fn take_in(&mut self, now: &Snapshot) {
        for (reach, hosts) in &now.hosts {
            let known = self.hosts.entry(*reach).or_default();
            for host in hosts.keys() {
                if known.len() < MANY {
                    known.insert(host.clone());
                }
            }
        }
        self.aways.insert(now.away.clone());
        remember(&mut self.titles, [&masked(&now.title)]);
        self.writings.insert(now.writing);
        self.langs.insert(now.lang.clone());
        remember(&mut self.certificates, &now.certificate);
        remember(&mut self.addresses, &now.addresses);
        // The name servers of a day are all of them: unlike addresses they do not take turns.
        if !now.name_servers.is_empty() {
            self.name_servers.clone_from(&now.name_servers);
        }
        self.page.clone_from(now);
    }
}
