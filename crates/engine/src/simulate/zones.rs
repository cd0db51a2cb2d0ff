//! Domain names and how each answers: a plain description from which a testbed builds real DNS zones and HTTPS servers.

use std::collections::BTreeSet;

use super::{
    dice::{self, chance, pick},
    model::{Domain, Kind, Organisation, Text},
    plan::Plan,
    truth::Profile,
};
use crate::facts::{Check, Verdict};
use rand::RngExt;
use serde::{Deserialize, Serialize};

/// How mail exchangers are announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MxModel {
    /// MX records whose hosts have addresses.
    #[default]
    Hosts,
    /// The null MX of RFC 7505: no mail here.
    Null,
    /// An MX record whose host has no address.
    NoAddress,
    /// No MX record, so that mail goes to the web server's address (RFC 5321 §5.1).
    Missing,
}

/// The SPF record at the apex.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpfModel {
    /// Ends in `-all`.
    #[default]
    HardFail,
    /// Ends in `~all`.
    SoftFail,
    /// `v=spf1 -all` and nothing else: a domain without mail.
    Parked,
    Missing,
    /// Two records, which RFC 7208 §4.5 makes a permanent error.
    TwoRecords,
    SyntaxError,
    /// Ends in `+all`: everyone may send.
    PlusAll,
    /// More than ten terms that ask the DNS (RFC 7208 §4.6.4).
    TooManyLookups,
}

/// The DMARC record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DmarcModel {
    #[default]
    Reject,
    Quarantine,
    /// `p=none`: watched, not enforced.
    None,
    Missing,
    /// A record at `_dmarc` that does not parse.
    Invalid,
}

/// The state of the zone's signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DnssecModel {
    Unsigned,
    /// Signed, with a DS record above.
    #[default]
    Signed,
    /// Signed, without a DS record above.
    Island,
    /// Signatures past their end.
    Expired,
    /// The DS record above matches no key.
    WrongDs,
}

/// The web server on port 443.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WebModel {
    /// A trusted certificate for the right name that ends in so many days.
    Valid {
        days_left: u32,
    },
    /// Past its end.
    Expired,
    /// For another name.
    WrongName,
    SelfSigned,
    /// Nothing listens on port 443.
    NoHttps,
    /// The server takes the connection and never speaks.
    Down,
}

impl Default for WebModel {
    fn default() -> Self {
        Self::Valid { days_left: 180 }
    }
}

/// What senders are told about TLS (RFC 8461).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StsModel {
    #[default]
    Enforce,
    Testing,
    Missing,
    /// The record stands and the policy is gone.
    NoPolicy,
    /// The policy names a mail host of the past.
    OtherHost,
}

/// One zone during one cycle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneModel {
    pub domain: String,
    pub organisation: String,
    pub mx: MxModel,
    pub spf: SpfModel,
    pub dmarc: DmarcModel,
    pub dnssec: DnssecModel,
    pub web: WebModel,
    #[serde(default)]
    pub sts: StsModel,
    /// Checks it fails, of those whose faults have no variety here.
    #[serde(default)]
    pub faults: BTreeSet<Check>,
    /// Whether the name lies under an allowed suffix.
    pub allowed_suffix: bool,
}

impl ZoneModel {
    /// The verdict a correct probe reaches: the rule by which the truth of a measured requirement is drawn.
    pub fn expected(&self, check: Check) -> Verdict {
        let no_mail = matches!(self.mx, MxModel::Null | MxModel::Missing);
        let met = match check {
            Check::MtaSts | Check::TlsRpt | Check::StartTls | Check::Dane | Check::Dkim if no_mail => return Verdict::NotApplicable,
            Check::MailTlsVersions | Check::MailTlsSuites | Check::MailTlsGroups | Check::MailCertificate if no_mail => {
                return Verdict::NotApplicable;
            }
            // No mail host has an address to connect to.
            Check::StartTls | Check::MailTlsVersions | Check::MailTlsSuites | Check::MailTlsGroups | Check::MailCertificate
                if self.mx == MxModel::NoAddress =>
            {
                return Verdict::CouldNotMeasure;
            }
            // Mail hosts that offer TLS do so with a modern library; where the first one does not, the second one is judged.
            Check::MailTlsVersions | Check::MailTlsSuites | Check::MailTlsGroups | Check::MailCertificate => true,
            Check::MtaSts => self.sts == StsModel::Enforce,
            Check::TlsRpt | Check::Caa | Check::StartTls | Check::Dkim | Check::NameServers => !self.faults.contains(&check),
            Check::Dane => {
                let needs = [Check::Dane, Check::StartTls];
                self.mx == MxModel::Hosts && self.dnssec == DnssecModel::Signed && !needs.iter().any(|check| self.faults.contains(check))
            }
            Check::Spf => matches!(self.spf, SpfModel::HardFail | SpfModel::SoftFail | SpfModel::Parked),
            Check::Dmarc => matches!(self.dmarc, DmarcModel::Reject | DmarcModel::Quarantine),
            Check::Mx => matches!(self.mx, MxModel::Hosts | MxModel::Null),
            Check::Dnssec => self.dnssec == DnssecModel::Signed,
            Check::DomainSuffix => self.allowed_suffix,
            // Name servers without IPv6 are the fault, wherever the rest has it.
            Check::Ipv6 if self.faults.contains(&check) => false,
            Check::Ipv6 => match self.web {
                WebModel::Down | WebModel::NoHttps => return Verdict::CouldNotMeasure,
                _ => true,
            },
            // Whoever serves HTTPS in this model serves it with a modern library, and the same over IPv6.
            Check::Ipv6SameContent | Check::TlsVersions | Check::TlsSuites | Check::TlsGroups => match self.web {
                WebModel::Down => return Verdict::CouldNotMeasure,
                WebModel::NoHttps => return Verdict::NotApplicable,
                _ => true,
            },
            Check::CertificateChain => match self.web {
                WebModel::Down => return Verdict::CouldNotMeasure,
                WebModel::NoHttps => return Verdict::NotApplicable,
                WebModel::Valid { .. } => true,
                _ => false,
            },
            Check::HttpsCertificate | Check::HttpsExpiry => match (self.web, check) {
                (WebModel::Down, _) => return Verdict::CouldNotMeasure,
                (WebModel::NoHttps, Check::HttpsExpiry) => return Verdict::NotApplicable,
                (WebModel::Valid { days_left }, Check::HttpsExpiry) => days_left >= 30,
                (WebModel::Valid { .. }, _) => true,
                // These certificates have months to go; what is wrong is something else.
                (WebModel::WrongName | WebModel::SelfSigned, Check::HttpsExpiry) => true,
                _ => false,
            },
            // The sites of the example set no cookies.
            Check::HttpsRedirect
            | Check::Hsts
            | Check::SecurityHeaders
            | Check::Cookies
            | Check::SecurityTxt
            | Check::SoftwareSupport
            | Check::Exposures => match (self.web, check) {
                (WebModel::Down, _) => return Verdict::CouldNotMeasure,
                (WebModel::NoHttps, _) | (_, Check::Cookies) => return Verdict::NotApplicable,
                // Browsers ignore HSTS where they warn (RFC 6797 8.1).
                (WebModel::Valid { .. }, check) => !self.faults.contains(&check),
                (_, check) => check != Check::Hsts && !self.faults.contains(&check),
            },
        };
        if met { Verdict::Met } else { Verdict::NotMet }
    }
}

/// Checks whose faults have no variety, and how easy they are.
const PLAIN: [(Check, f64); 12] = [
    (Check::TlsRpt, -1.0),
    (Check::Caa, -0.3),
    (Check::StartTls, 1.6),
    (Check::Dane, -1.8),
    (Check::Dkim, 0.4),
    (Check::NameServers, 1.8),
    (Check::Ipv6, -0.6),
    (Check::HttpsRedirect, 1.2),
    (Check::Hsts, -0.4),
    (Check::SecurityHeaders, -0.8),
    (Check::SecurityTxt, -1.4),
    (Check::Exposures, 1.4),
];

/// Domain suffixes the policy of the example allows; the register keeps them as data.
pub const ALLOWED_SUFFIXES: [&str; 2] = ["go.example", "lg.example"];

/// Draws each organisation's domains: the main one with mail and web, mostly a second for online services, and for about a
/// quarter a campaign site outside the allowed suffixes, some of which are given up after the first cycle.
pub(super) fn domains(seed: u64, plan: &Plan, organisations: &[Organisation]) -> Vec<Domain> {
    let mut domains = Vec::new();
    for (position, organisation) in organisations.iter().filter(|o| o.takes_part).enumerate() {
        let mut rng = dice::stream(seed, "domains", &[position as u64]);
        let suffix = match organisation.kind {
            Kind::LocalGovernment | Kind::Operator | Kind::SectorBody => "lg.example",
            _ => "go.example",
        };
        let code = &organisation.code;
        let mut add = |name: String, ja: &str, en: &str, mail: bool, allowed_suffix: bool, last_cycle: Option<u32>| {
            domains.push(Domain { name, organisation: code.clone(), purpose: Text::new(ja, en), mail, allowed_suffix, last_cycle });
        };
        add(format!("{code}.{suffix}"), "公式サイトと電子メール", "official site and mail", true, true, None);
        if chance(&mut rng, 0.7) {
            add(format!("{code}-online.{suffix}"), "オンライン手続", "online services", false, true, None);
        }
        if chance(&mut rng, 0.25) {
            let given_up = plan.cycles > 1 && chance(&mut rng, 0.4);
            add(format!("{code}-campaign.example"), "広報キャンペーン", "publicity campaign", false, false, given_up.then_some(1));
        }
    }
    domains
}

/// Draws how the domains answer in `cycle`. For each organisation and check it is drawn whether all its zones are in order;
/// if not, at least one is not.
pub(super) fn draw(seed: u64, cycle: u32, profiles: &[Profile], domains: &[Domain]) -> Vec<ZoneModel> {
    let mut zones = Vec::new();
    for profile in profiles {
        let own: Vec<&Domain> =
            domains.iter().filter(|d| d.organisation == profile.organisation && d.last_cycle.is_none_or(|last| cycle <= last)).collect();
        // Which of the organisation's zones fail each check.
        let faulty = |check: Check, name: &str, ease: f64| -> Vec<bool> {
            let in_order = profile.state(seed, cycle, name, ease, 0.5) == super::model::State::Implemented;
            let mut rng = dice::stream(seed, name, &[profile.number, u64::from(cycle), check as u64]);
            let mut bad: Vec<bool> = own.iter().map(|_| !in_order && chance(&mut rng, 0.4)).collect();
            if !in_order
                && !bad.contains(&true)
                && let Some(first) = bad.first_mut()
            {
                *first = true;
            }
            bad
        };
        let spf = faulty(Check::Spf, "zone spf", 0.6);
        let dmarc = faulty(Check::Dmarc, "zone dmarc", -0.5);
        let mx = faulty(Check::Mx, "zone mx", 2.0);
        let dnssec = faulty(Check::Dnssec, "zone dnssec", -0.8);
        let certificate = faulty(Check::HttpsCertificate, "zone certificate", 1.2);
        let expiry = faulty(Check::HttpsExpiry, "zone expiry", 1.0);
        let sts = faulty(Check::MtaSts, "zone mta-sts", -1.4);
        let plain: Vec<(Check, Vec<bool>)> =
            PLAIN.iter().map(|(check, ease)| (*check, faulty(*check, &format!("zone {}", check.as_str()), *ease))).collect();
        let faults = spf.into_iter().zip(dmarc).zip(mx).zip(dnssec).zip(certificate).zip(expiry).zip(sts);
        for (at, (domain, ((((((spf, dmarc), mx), dnssec), certificate), expiry), sts))) in own.iter().zip(faults).enumerate() {
            // Drawn apart, so that what was drawn before there were these checks stays as it was.
            let mut apart = dice::stream(seed, "zone later", &[dice::number(&domain.name), u64::from(cycle)]);
            let mut rng = dice::stream(seed, "zone", &[dice::number(&domain.name), u64::from(cycle)]);
            zones.push(ZoneModel {
                domain: domain.name.clone(),
                organisation: domain.organisation.clone(),
                mx: match (mx, domain.mail) {
                    (true, true) => MxModel::NoAddress,
                    (true, false) => pick(&mut rng, &[MxModel::NoAddress, MxModel::Missing]),
                    (false, true) => MxModel::Hosts,
                    (false, false) => MxModel::Null,
                },
                spf: if spf {
                    use SpfModel::{Missing, PlusAll, SyntaxError, TooManyLookups, TwoRecords};
                    pick(&mut rng, &[Missing, Missing, TwoRecords, SyntaxError, PlusAll, TooManyLookups])
                } else if !domain.mail {
                    SpfModel::Parked
                } else if chance(&mut rng, 0.3) {
                    SpfModel::SoftFail
                } else {
                    SpfModel::HardFail
                },
                dmarc: if dmarc {
                    pick(&mut rng, &[DmarcModel::None, DmarcModel::None, DmarcModel::Missing, DmarcModel::Missing, DmarcModel::Invalid])
                } else {
                    pick(&mut rng, &[DmarcModel::Reject, DmarcModel::Quarantine])
                },
                dnssec: if dnssec {
                    use DnssecModel::{Expired, Island, Unsigned, WrongDs};
                    pick(&mut rng, &[Unsigned, Unsigned, Unsigned, Island, Expired, WrongDs])
                } else {
                    DnssecModel::Signed
                },
                web: match (certificate, expiry) {
                    // A few servers are off on the day; that says nothing about the certificate.
                    (false, false) if chance(&mut rng, 0.02) => WebModel::Down,
                    (false, false) => WebModel::Valid { days_left: rng.random_range(60..360) },
                    (false, true) => WebModel::Valid { days_left: rng.random_range(1..7) },
                    (true, false) => pick(&mut rng, &[WebModel::WrongName, WebModel::SelfSigned, WebModel::NoHttps]),
                    (true, true) if chance(&mut rng, 0.6) => WebModel::Expired,
                    (true, true) => WebModel::NoHttps,
                },
                sts: if sts {
                    use StsModel::{Missing, NoPolicy, OtherHost, Testing};
                    pick(&mut apart, &[Missing, Missing, Missing, Testing, Testing, NoPolicy, OtherHost])
                } else {
                    StsModel::Enforce
                },
                faults: plain.iter().filter(|(_, bad)| bad.get(at) == Some(&true)).map(|(check, _)| *check).collect(),
                allowed_suffix: domain.allowed_suffix,
            });
        }
    }
    zones
}
