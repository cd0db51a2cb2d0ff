//! Which change is worth waking somebody, and why.

use formats::html::Reach;
use serde::{Deserialize, Serialize};

use super::compare::{Change, NewHost};
use crate::judge::{Reason, Why};

/// The limits, as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Changes whenever the same sights could be judged differently.
    pub version: String,
    /// A skeleton less alike than this is an alert.
    pub skeleton: f64,
    /// A text less alike than this is told in the digest.
    pub text: f64,
    /// One new host reached in any of these ways is an alert.
    pub alerting: Vec<Reach>,
    /// Links to so many new hosts, or so many links to new hosts, are an alert; fewer are news.
    pub link_hosts: usize,
    pub links: u32,
    /// A page is down after so many misses in a row, and changed after so many sights in a row.
    pub misses: u32,
    pub sights: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            version: "1".to_owned(),
            skeleton: 0.6,
            text: 0.95,
            alerting: vec![Reach::Script, Reach::Frame, Reach::Form, Reach::Refresh, Reach::Style, Reach::Code],
            link_hosts: 4,
            links: 12,
            misses: 2,
            sights: 2,
        }
    }
}

formats::spelled! {
    /// How soon somebody must look.
    Level {
        /// The page has changed in a way that its owner should know of (要確認).
        Confirm => "confirm",
        /// Its certificate or its place in the DNS changed too: somebody may have taken more than the page (至急).
        Urgent => "urgent",
    }
}

/// What a change weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    Nothing,
    /// To be read with others of the day.
    Digest,
    Alert(Level),
}

/// A weighed change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub weight: Weight,
    /// The deciding ones first.
    pub reasons: Vec<Reason>,
}

/// Hosts named in one sentence.
const NAMED: usize = 8;

fn sentence(reach: Reach) -> Why {
    match reach {
        Reach::Script => Why::HomepageScript,
        Reach::Frame => Why::HomepageFrame,
        Reach::Form => Why::HomepageForm,
        Reach::Refresh => Why::HomepageRefresh,
        Reach::Style => Why::HomepageStyle,
        Reach::Code => Why::HomepageCode,
        Reach::Link => Why::HomepageLinks,
        Reach::Image => Why::HomepageImages,
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}

/// Weighs a change: an alert only for the skeleton, for hosts or for a redirect; certificate and DNS raise its level; all else is a digest.
pub fn judge(change: &Change, thresholds: &Thresholds) -> Verdict {
    let (mut alerts, mut digest, mut raising) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(host) = &change.away {
        alerts.push(Reason::new(Why::HomepageRedirect, &[("host", host)]));
    }
    if change.skeleton < thresholds.skeleton {
        alerts.push(Reason::new(Why::HomepageSkeleton, &[("percent", &percent(change.skeleton))]));
    }
    for reach in Reach::ALL {
        let new: Vec<&NewHost> = change.hosts.iter().filter(|host| host.reach == *reach).collect();
        if new.is_empty() {
            continue;
        }
        let mut names = new.iter().take(NAMED).map(|host| host.host.as_str()).collect::<Vec<_>>().join(", ");
        if new.len() > NAMED {
            names.push_str(", …");
        }
        let many = *reach == Reach::Link
            && (new.len() >= thresholds.link_hosts || new.iter().map(|host| host.count).fold(0, u32::saturating_add) >= thresholds.links);
        let reason = Reason::new(sentence(*reach), &[("hosts", &names)]);
        if many || thresholds.alerting.contains(reach) { alerts.push(reason) } else { digest.push(reason) }
    }
    if let Some(moved) = &change.title {
        digest.push(Reason::new(Why::HomepageTitle, &[("was", &moved.was), ("now", &moved.now)]));
    }
    if let Some(moved) = &change.language {
        digest.push(Reason::new(Why::HomepageLanguage, &[("was", &moved.was), ("now", &moved.now)]));
    }
    if change.text < thresholds.text {
        digest.push(Reason::new(Why::HomepageText, &[("percent", &percent(change.text))]));
    }
    for (changed, why) in
        [(change.certificate, Why::HomepageCertificate), (change.name_servers, Why::HomepageNameServers), (change.addresses, Why::HomepageAddresses)]
    {
        if changed {
            raising.push(Reason::new(why, &[]));
        }
    }
    let weight = match (alerts.is_empty(), raising.is_empty(), digest.is_empty()) {
        (false, true, _) => Weight::Alert(Level::Confirm),
        (false, false, _) => Weight::Alert(Level::Urgent),
        (true, true, true) => Weight::Nothing,
        // Certificates are renewed and servers move: alone that is news, not an alarm.
        (true, ..) => Weight::Digest,
    };
    Verdict { weight, reasons: [alerts, raising, digest].concat() }
}
