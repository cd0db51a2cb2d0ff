//! How a page differs from what it is known to be, part by part.

use formats::html::Reach;
use serde::{Deserialize, Serialize};

use super::baseline::{Baseline, masked};
use super::snapshot::Snapshot;

/// A host of somebody else that the page has not reached before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NewHost {
    pub reach: Reach,
    /// Host and port, or a scheme that leads to no server, as `data:`.
    pub host: String,
    /// How often.
    pub count: u32,
}

/// From what to what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub was: String,
    pub now: String,
}

/// How a page differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// 0 to 1; 1 where either is no page.
    pub skeleton: f64,
    /// 0 to 1, as above.
    pub text: f64,
    pub hosts: Vec<NewHost>,
    /// Where it leads instead of showing a page, if it did not before.
    pub away: Option<String>,
    pub title: Option<Moved>,
    /// Script of the text, or declared language.
    pub language: Option<Moved>,
    /// A certificate not seen before.
    pub certificate: bool,
    pub name_servers: bool,
    /// None of the addresses was seen before.
    pub addresses: bool,
}

impl Change {
    /// Whether nothing at all differs.
    pub fn is_nothing(&self) -> bool {
        let same = |share: f64| share >= 1.0;
        same(self.skeleton)
            && same(self.text)
            && self.hosts.is_empty()
            && self.away.is_none()
            && self.title.is_none()
            && self.language.is_none()
            && !(self.certificate || self.name_servers || self.addresses)
    }
}

/// Compares `now` with what is known.
pub fn compare(known: &Baseline, now: &Snapshot) -> Change {
    let shown = now.away.is_none();
    let hosts = now.hosts.iter().flat_map(|(reach, hosts)| {
        let before = known.hosts.get(reach);
        let new = hosts.iter().filter(move |(host, _)| before.is_none_or(|before| !before.contains(*host)));
        new.map(|(host, count)| NewHost { reach: *reach, host: host.clone(), count: *count })
    });
    let title = (shown && !known.titles.contains(&masked(&now.title))).then(|| Moved { was: known.page.title.clone(), now: now.title.clone() });
    Change {
        skeleton: if shown { known.skeleton.similarity(&now.skeleton) } else { 1.0 },
        text: if shown { known.text.similarity(&now.text) } else { 1.0 },
        hosts: hosts.collect(),
        away: now.away.clone().filter(|_| !known.aways.contains(&now.away)),
        title,
        language: if shown { language(known, now) } else { None },
        certificate: now.certificate.as_ref().is_some_and(|one| !known.certificates.is_empty() && !known.certificates.contains(one)),
        name_servers: !now.name_servers.is_empty() && !known.name_servers.is_empty() && now.name_servers != known.name_servers,
        addresses: !now.addresses.is_empty() && !known.addresses.is_empty() && !now.addresses.iter().any(|one| known.addresses.contains(one)),
    }
}

fn language(known: &Baseline, now: &Snapshot) -> Option<Moved> {
    if !known.writings.contains(&now.writing) {
        return Some(Moved { was: known.page.writing.as_str().to_owned(), now: now.writing.as_str().to_owned() });
    }
    (!known.langs.contains(&now.lang)).then(|| Moved { was: known.page.lang.clone(), now: now.lang.clone() })
}
