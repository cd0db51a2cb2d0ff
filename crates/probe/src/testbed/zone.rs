//! What a domain of the testbed publishes: good and bad states of each check.

use super::dkim::Dkim;
use super::front::Web6;
use super::servers::Servers;
use super::site::{Page, Plain, Site};
use super::smtp::Smtp;
use super::tls::Tls;

/// SPF states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spf {
    HardFail,
    SoftFail,
    /// `v=spf1 -all`, for a domain without mail.
    Parked,
    /// The same, said by a redirect.
    ParkedRedirect,
    Missing,
    TwoRecords,
    SyntaxError,
    PlusAll,
    NoEnding,
    /// Six includes of two lookups each.
    TooManyLookups,
    /// Two includes that include each other.
    Loop,
    /// An include of a name without SPF.
    BrokenInclude,
    /// Ends by redirect to a record with `-all`.
    Redirect,
}

/// DMARC states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dmarc {
    Reject,
    Quarantine,
    None,
    Missing,
    Invalid,
    TwoRecords,
    /// `p=reject; pct=20; sp=none`
    Partial,
}

/// MX states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mx {
    Hosts,
    Null,
    /// None, so that mail goes to the web server.
    Missing,
    NullAndOther,
    Alias,
    NoAddress,
}

/// MTA-STS states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sts {
    Enforce,
    Testing,
    Missing,
    TwoRecords,
    /// A record without an id.
    NoId,
    /// The record stands, and nothing lies at the policy's place.
    NoPolicy,
    /// The policy's host has no address.
    NoHost,
    BadPolicy,
    /// The policy names another mail host.
    OtherHost,
}

/// DANE states: the TLSA records of both mail hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dane {
    /// This key and the next one.
    Good,
    /// This key only.
    Single,
    /// The authority.
    Authority,
    /// The whole certificate's authority, SHA-512.
    AuthorityWhole,
    /// A key of the past.
    Mismatch,
    /// Of a kind that mail does not use.
    Unusable,
    /// Published by a wildcard.
    Wildcard,
    Missing,
}

/// TLS reporting states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TlsRpt {
    Good,
    Missing,
    TwoRecords,
    Invalid,
}

/// CAA states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caa {
    Issue,
    Missing,
    /// Only where to complain.
    IodefOnly,
}

/// DNSSEC states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dnssec {
    Unsigned,
    Signed,
    /// Signed, but the parent has no DS.
    Island,
    Expired,
    WrongDs,
    /// DS and key, but no signatures on anything else.
    MissingSignature,
    BadSignature,
    /// DS at the parent, no key in the zone.
    MissingKey,
}

/// HTTPS states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Https {
    Valid {
        days_left: i64,
    },
    Expired,
    WrongName,
    SelfSigned,
    /// From an authority nobody trusts.
    Untrusted,
    /// Nothing listens.
    NoHttps,
    /// Connects, then never speaks.
    Down,
    /// No address at all.
    NoAddress,
}

/// DNS misbehaviour that covers everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    ServFail,
    /// Never answers.
    Silent,
    /// Loses every first datagram of a question.
    LosesOne,
    /// Truncates over UDP.
    Truncates,
}

/// What TLSA records speak of: digests in hex, and the port mail servers listen at.
pub(super) struct Keys {
    /// SHA-256 of the key every certificate has.
    pub leaf: String,
    /// SHA-256 of the authority's key, and SHA-512 of its certificate.
    pub authority: String,
    pub authority_whole: String,
    pub port: u16,
}

/// One domain of the testbed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// For example `shoubou.example`; must have a parent other than the root.
    pub domain: String,
    pub spf: Spf,
    pub dmarc: Dmarc,
    pub mx: Mx,
    pub sts: Sts,
    pub tls_rpt: TlsRpt,
    pub smtp: Smtp,
    /// How the first mail host speaks TLS, where `smtp` lets it.
    pub mail_tls: Tls,
    pub dane: Dane,
    pub dnssec: Dnssec,
    pub caa: Caa,
    pub dkim: Dkim,
    pub https: Https,
    /// How its server speaks TLS, where `https` lets it.
    pub tls: Tls,
    pub site: Site,
    pub failure: Option<Failure>,
    pub servers: Servers,
    /// What the web server shows over IPv6; nothing where `https` has no address.
    pub web6: Web6,
    /// Whether the mail hosts have IPv6 addresses.
    pub mail6: bool,
    /// What else it publishes: owner (relative, empty for the apex), type (A, AAAA, CNAME, MX, NS, TXT) and data, TXT without quotes.
    pub extra: Vec<(String, &'static str, String)>,
}

impl Zone {
    /// A domain with nothing to complain about.
    pub fn good(domain: impl Into<String>) -> Self {
        Self {
            domain: domain.into(),
            spf: Spf::HardFail,
            dmarc: Dmarc::Reject,
            mx: Mx::Hosts,
            sts: Sts::Enforce,
            tls_rpt: TlsRpt::Good,
            smtp: Smtp::Tls,
            mail_tls: Tls::Modern,
            dane: Dane::Good,
            dnssec: Dnssec::Signed,
            caa: Caa::Issue,
            dkim: Dkim::Rsa2048,
            https: Https::Valid { days_left: 90 },
            tls: Tls::Modern,
            site: Site::good(),
            failure: None,
            servers: Servers::Good,
            web6: Web6::Same,
            mail6: true,
            extra: Vec::new(),
        }
    }

    /// The same with one more record.
    pub fn with(mut self, owner: &str, kind: &'static str, data: &str) -> Self {
        self.extra.push((owner.to_owned(), kind, data.to_owned()));
        self
    }

    /// The same with this front page.
    pub fn showing(mut self, front: Page) -> Self {
        self.site = self.site.page("/", front);
        self
    }

    /// What the MTA-STS host of `domain` (the zone's name in ASCII) serves, as (content type, body); none: nothing lies there.
    pub(super) fn policy(&self, domain: &str) -> Option<(&'static str, String)> {
        let of = |mode: &str, host: &str| format!("version: STSv1\r\nmode: {mode}\r\nmx: {host}.{domain}\r\nmax_age: 1209600\r\n");
        let text = match self.sts {
            Sts::Enforce | Sts::TwoRecords | Sts::NoId => of("enforce", "*"),
            Sts::Testing => of("testing", "*"),
            Sts::OtherHost => of("enforce", "other"),
            Sts::BadPolicy => "<!doctype html>".to_owned(),
            Sts::Missing | Sts::NoPolicy | Sts::NoHost => return None,
        };
        Some(("text/plain", text))
    }

    /// The records of the zone apart from SOA and DNSSEC: owner (relative, empty for the apex), type and data
    /// in presentation form; TXT data without quotes.
    pub(super) fn records(&self, keys: &Keys) -> Vec<(String, &'static str, String)> {
        let domain = &self.domain;
        let mut records: Vec<(String, &'static str, String)> = Vec::new();
        let mut add = |owner: &str, kind: &'static str, data: String| records.push((owner.to_owned(), kind, data));
        // On Linux all of 127/8 is this machine: on its second address only plain HTTP listens, on the third only HTTPS (whoever names
        // no server there means the one with SSL 3.0), on the fourth nothing. Elsewhere these may be unreachable, which a probe reports
        // as a connection that timed out.
        match (self.https, &self.site.plain) {
            (Https::NoAddress, _) => {}
            (Https::NoHttps, Plain::Closed) => add("", "A", "127.0.0.4".into()),
            (Https::NoHttps, _) => add("", "A", "127.0.0.2".into()),
            (_, Plain::Closed) => add("", "A", "127.0.0.3".into()),
            _ if self.tls == Tls::Ssl3 => add("", "A", "127.0.0.3".into()),
            _ => add("", "A", "127.0.0.1".into()),
        }
        let spf = |text: &str| format!("v=spf1 {text}");
        match self.spf {
            Spf::HardFail => add("", "TXT", spf("mx ip4:192.0.2.0/24 -all")),
            Spf::SoftFail => add("", "TXT", spf("mx ~all")),
            Spf::Parked => add("", "TXT", spf("-all")),
            Spf::ParkedRedirect => {
                add("", "TXT", spf(&format!("redirect=_spf.{domain}")));
                add("_spf", "TXT", spf("-all"));
            }
            Spf::Missing => {}
            Spf::TwoRecords => {
                add("", "TXT", spf("mx -all"));
                add("", "TXT", spf("ip4:192.0.2.1 ~all"));
            }
            Spf::SyntaxError => add("", "TXT", spf("mx ipv4:192.0.2.1 -all")),
            Spf::PlusAll => add("", "TXT", spf("mx +all")),
            Spf::NoEnding => add("", "TXT", spf("mx")),
            Spf::TooManyLookups => {
                let includes: Vec<String> = (1..=6).map(|n| format!("include:_spf{n}.{domain}")).collect();
                add("", "TXT", spf(&format!("{} -all", includes.join(" "))));
                for n in 1..=6 {
                    add(&format!("_spf{n}"), "TXT", spf(&format!("a:host{n}.{domain} -all")));
                }
            }
            Spf::Loop => {
                add("", "TXT", spf(&format!("include:_spf1.{domain} -all")));
                add("_spf1", "TXT", spf(&format!("include:_spf2.{domain} -all")));
                add("_spf2", "TXT", spf(&format!("include:_spf1.{domain} -all")));
            }
            Spf::BrokenInclude => add("", "TXT", spf(&format!("mx include:_gone.{domain} -all"))),
            Spf::Redirect => {
                add("", "TXT", spf(&format!("redirect=_spf.{domain}")));
                add("_spf", "TXT", spf("ip4:192.0.2.0/24 -all"));
            }
        }
        add("", "TXT", format!("owner-proof={domain}"));
        let dmarc = |text: &str| format!("v=DMARC1; {text}");
        match self.dmarc {
            Dmarc::Reject => add("_dmarc", "TXT", dmarc(&format!("p=reject; rua=mailto:dmarc@{domain}"))),
            Dmarc::Quarantine => add("_dmarc", "TXT", dmarc(&format!("p=quarantine; rua=mailto:dmarc@{domain}"))),
            Dmarc::None => add("_dmarc", "TXT", dmarc(&format!("p=none; rua=mailto:dmarc@{domain}"))),
            Dmarc::Missing => {}
            Dmarc::Invalid => add("_dmarc", "TXT", dmarc("p=block")),
            Dmarc::TwoRecords => {
                add("_dmarc", "TXT", dmarc("p=reject"));
                add("_dmarc", "TXT", dmarc("p=none"));
            }
            Dmarc::Partial => add("_dmarc", "TXT", dmarc("p=reject; pct=20; sp=none")),
        }
        match self.mx {
            Mx::Hosts => {
                add("", "MX", format!("10 mail.{domain}."));
                add("", "MX", format!("20 mail2.{domain}."));
                add("mail", "A", self.smtp.address(self.mail_tls).to_string());
                add("mail2", "A", "127.0.0.1".into());
            }
            Mx::Null => add("", "MX", "0 .".into()),
            Mx::Missing => {}
            Mx::NullAndOther => {
                add("", "MX", "0 .".into());
                add("", "MX", format!("10 mail.{domain}."));
                add("mail", "A", "127.0.0.1".into());
            }
            Mx::Alias => {
                add("", "MX", format!("10 mail.{domain}."));
                add("mail", "CNAME", format!("real.{domain}."));
                add("real", "A", "127.0.0.1".into());
            }
            Mx::NoAddress => add("", "MX", format!("10 mail.{domain}.")),
        }
        if self.mx == Mx::Hosts {
            let next = "00".repeat(32);
            let (key, authority, whole) = (&keys.leaf, &keys.authority, &keys.authority_whole);
            let records = match self.dane {
                Dane::Good | Dane::Wildcard => vec![format!("3 1 1 {key}"), format!("3 1 1 {next}")],
                Dane::Single => vec![format!("3 1 1 {key}")],
                Dane::Authority => vec![format!("2 1 1 {authority}"), format!("3 1 1 {next}")],
                Dane::AuthorityWhole => vec![format!("2 0 2 {whole}")],
                Dane::Mismatch => vec![format!("3 1 1 {next}")],
                Dane::Unusable => vec![format!("1 1 1 {key}")],
                Dane::Missing => Vec::new(),
            };
            for record in records {
                for host in ["mail", "mail2"] {
                    let owner = if self.dane == Dane::Wildcard { format!("*._tcp.{host}") } else { format!("_{}._tcp.{host}", keys.port) };
                    add(&owner, "TLSA", record.clone());
                }
            }
        }
        let sts = |text: &str| format!("v=STSv1; {text}");
        match self.sts {
            Sts::Missing => {}
            Sts::TwoRecords => {
                add("_mta-sts", "TXT", sts("id=1"));
                add("_mta-sts", "TXT", sts("id=2"));
            }
            Sts::NoId => add("_mta-sts", "TXT", sts("")),
            _ => add("_mta-sts", "TXT", sts("id=20260401")),
        }
        if !matches!(self.sts, Sts::Missing | Sts::NoHost) {
            add("mta-sts", "A", "127.0.0.1".into());
        }
        let report = |text: &str| format!("v=TLSRPTv1; {text}");
        match self.tls_rpt {
            TlsRpt::Missing => {}
            TlsRpt::Good => add("_smtp._tls", "TXT", report(&format!("rua=mailto:tls@{domain}"))),
            TlsRpt::Invalid => add("_smtp._tls", "TXT", report("rua=ftp://reports.invalid")),
            TlsRpt::TwoRecords => {
                add("_smtp._tls", "TXT", report(&format!("rua=mailto:tls@{domain}")));
                add("_smtp._tls", "TXT", report(&format!("rua=mailto:other@{domain}")));
            }
        }
        match self.caa {
            Caa::Missing => {}
            Caa::Issue => add("", "CAA", "issue authority.example".into()),
            Caa::IodefOnly => add("", "CAA", format!("iodef mailto:security@{domain}")),
        }
        records.extend(self.servers.records(domain));
        records.extend(self.ipv6());
        records.extend(self.dkim.records());
        records.extend(self.extra.iter().cloned());
        records
    }

    /// IPv6 addresses of the web server and of the mail hosts.
    fn ipv6(&self) -> Vec<(String, &'static str, String)> {
        let web = match self.web6 {
            _ if self.https == Https::NoAddress => None,
            Web6::Missing => None,
            Web6::Mapped => Some((String::new(), "AAAA", "::ffff:127.0.0.1".to_owned())),
            _ => Some((String::new(), "AAAA", "::1".to_owned())),
        };
        let hosts: &[&str] = match self.mx {
            _ if !self.mail6 => &[],
            Mx::Hosts => &["mail", "mail2"],
            Mx::NullAndOther => &["mail"],
            _ => &[],
        };
        web.into_iter().chain(hosts.iter().map(|host| ((*host).to_owned(), "AAAA", "::1".to_owned()))).collect()
    }
}
