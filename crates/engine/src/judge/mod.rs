//! Judges evidence under rules: what was heard of a domain becomes a verdict with its reason, and never a packet is sent.
//!
//! A check reads [`Evidence`] and says what is missing, until nothing is; whoever holds a network asks for it (`probe`). Evidence
//! that was kept is judged again by the very same functions: see [`rejudge`]. Begin at [`judge`]. A new check is a variant of
//! [`Check`], a rule under `rules`, its sentences in [`Why`], a module with a `check` function, one arm here, and its
//! place in [`ORDER`] and [`FAMILIES`].

mod caa;
pub(crate) mod case;
mod certificate;
mod dane;
mod dkim;
mod dmarc;
mod dnssec;
mod families;
mod https;
mod ipv6;
mod judgement;
mod likeness;
mod macros;
mod mta_sts;
mod mx;
mod name_servers;
mod reasons;
mod rules;
mod same_content;
mod sender;
mod servers;
mod spf;
mod starttls;
mod suffix;
mod tls;
mod tls_rpt;
mod web;

use formats::dns::name_of;
use formats::evidence::{Check, Evidence, Missing, Verdict};

pub use case::Case;
pub use families::{FAMILIES, ORDER};
pub use judgement::{Judgement, Reason, RuleRef};
pub use reasons::Why;
pub use rules::{HeaderRules, Need, Profile, Quantifier, Rule, Rules, TlsLimits, Weakness};
pub use sender::{Evaluated, Evaluation, Outcome, Sender, evaluate};
pub use spf::{Cost, TermCost, cost};

use judgement::Judged;

use crate::words::Words;

/// Judges one check of the evidence's target, under `rules`.
///
/// # Errors
/// What would have to be asked first.
pub fn judge(check: Check, evidence: &Evidence, rules: &Rules) -> Result<Judgement, Missing> {
    let case = Case { evidence, rules };
    let target = &evidence.target;
    let judged = match name_of(&target.domain) {
        None => Judged::new(Verdict::CouldNotMeasure, Why::InvalidDomain, &[("domain", &target.domain)]),
        Some(name) => match check {
            Check::DomainSuffix => suffix::check(&name, &target.allow),
            Check::Mx => mx::check(&case, &name)?,
            Check::Dmarc => dmarc::check(&case, &name)?,
            Check::Spf => spf::check(&case, &name)?,
            Check::MtaSts => mta_sts::check(&case, &name)?,
            Check::TlsRpt => tls_rpt::check(&case, &name)?,
            Check::Dnssec => dnssec::check(&case, &name)?,
            Check::Caa => caa::check(&case, &name)?,
            Check::StartTls => starttls::check(&case, &name)?,
            Check::MailTlsVersions => tls::check_mail(&case, &name, tls::Part::Versions)?,
            Check::MailTlsSuites => tls::check_mail(&case, &name, tls::Part::Suites)?,
            Check::MailTlsGroups => tls::check_mail(&case, &name, tls::Part::Groups)?,
            Check::MailCertificate => tls::check_mail(&case, &name, tls::Part::Certificate)?,
            Check::Dane => dane::check(&case, &name)?,
            Check::Dkim => dkim::check(&case, &name)?,
            Check::HttpsCertificate => https::check_certificate(&case, &name)?,
            Check::HttpsExpiry => https::check_expiry(&case, &name)?,
            Check::TlsVersions => tls::check_versions(&case, &name)?,
            Check::TlsSuites => tls::check_suites(&case, &name)?,
            Check::TlsGroups => tls::check_groups(&case, &name)?,
            Check::CertificateChain => tls::check_chain(&case, &name)?,
            Check::HttpsRedirect => web::redirect::check(&case, &name)?,
            Check::Hsts => web::hsts::check(&case, &name)?,
            Check::SecurityHeaders => web::headers::check(&case, &name)?,
            Check::Cookies => web::cookies::check(&case, &name)?,
            Check::SecurityTxt => web::security_txt::check(&case, &name)?,
            Check::SoftwareSupport => web::software::check(&case, &name)?,
            Check::Exposures => web::exposures::check(&case, &name)?,
            Check::NameServers => name_servers::check(&case, &name)?,
            Check::Ipv6 => ipv6::check(&case, &name)?,
            Check::Ipv6SameContent => same_content::check(&case, &name)?,
        },
    };
    let rule = rules.rule(check).map_or_else(|| RuleRef::none(check), |rule| rule.reference(evidence.at));
    Ok(Judgement::new(judged, check, rule, evidence))
}

/// Judges kept evidence again. What it does not hold could not be measured; nobody is asked.
pub fn rejudge(check: Check, evidence: &Evidence, rules: &Rules) -> Judgement {
    judge(check, evidence, rules).unwrap_or_else(|missing| {
        let question = case::said(missing.question());
        let judged = Judged::new(Verdict::CouldNotMeasure, Why::NotInEvidence, &[("question", &question)]);
        let rule = rules.rule(check).map_or_else(|| RuleRef::none(check), |rule| rule.reference(evidence.at));
        Judgement::new(judged, check, rule, evidence)
    })
}

/// Who acts on what a check found.
fn who(check: Check) -> Words {
    match check {
        Check::Spf | Check::Dmarc | Check::Mx | Check::MtaSts | Check::TlsRpt | Check::StartTls | Check::Dane | Check::Dkim => {
            Words::new("メールとDNSの担当者（委託先を含む）", "whoever runs mail and DNS, contractors included")
        }
        Check::MailTlsVersions | Check::MailTlsSuites | Check::MailTlsGroups | Check::MailCertificate => {
            Words::new("メールサーバの担当者（委託先を含む）", "whoever runs the mail servers, contractors included")
        }
        Check::Dnssec | Check::Caa | Check::NameServers => {
            Words::new("DNSの担当者（DNS事業者・ドメイン登録事業者を含む）", "whoever runs the DNS, with the DNS provider and registrar")
        }
        Check::HttpsCertificate
        | Check::HttpsExpiry
        | Check::TlsVersions
        | Check::TlsSuites
        | Check::TlsGroups
        | Check::CertificateChain
        | Check::HttpsRedirect
        | Check::Hsts
        | Check::SoftwareSupport
        | Check::Ipv6SameContent => Words::new("ウェブサーバの担当者（委託先を含む）", "whoever runs the web server, contractors included"),
        Check::SecurityHeaders | Check::Cookies | Check::Exposures => {
            Words::new("ウェブサイトの担当者（制作・運用の委託先を含む）", "whoever makes and runs the web site, contractors included")
        }
        Check::SecurityTxt => Words::new("情報セキュリティの窓口の担当者", "whoever answers reports on security"),
        Check::Ipv6 => Words::new(
            "DNS・メール・ウェブサーバの担当者（回線・委託先を含む）",
            "whoever runs DNS, mail and web server, network and contractors included",
        ),
        Check::DomainSuffix => Words::new("情報システムの責任者", "the owner of the information system"),
    }
}
