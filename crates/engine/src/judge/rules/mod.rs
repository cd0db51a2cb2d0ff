//! The rules observations are judged by, as data: what is asked, by which clause, since when, and what is not tested.

mod mail;
mod names;
mod tls;
mod web;

use formats::dmarc::Policy;
use formats::evidence::Check;
use formats::exposure::Severity;
use serde::{Deserialize, Serialize};

pub use tls::{TlsLimits, Weakness};
pub use web::{HeaderRules, Need};

use super::judgement::RuleRef;
use crate::words::Words;

/// Whether one of the things looked at suffices or all must comply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quantifier {
    Any,
    All,
}

/// One rule. Its version changes whenever the same evidence could be judged differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub id: String,
    pub version: String,
    /// RFC and section.
    pub clause: String,
    pub check: Check,
    pub text: Words,
    pub quantifier: Quantifier,
    /// What a "met" does not say.
    pub not_tested: Words,
    /// Unix seconds; before it the rule only warns.
    pub effective_from: i64,
}

/// A rule of Hinomi's own, in force from the beginning.
fn rule(check: Check, version: &str, clause: &str, quantifier: Quantifier, text: Words, not_tested: Words) -> Rule {
    Rule {
        id: format!("hinomi.{}", check.as_str()),
        version: version.to_owned(),
        clause: clause.to_owned(),
        check,
        text,
        quantifier,
        not_tested,
        effective_from: 0,
    }
}

impl Rule {
    /// How an observation made `at` (Unix seconds) names this rule.
    pub fn reference(&self, at: i64) -> RuleRef {
        RuleRef { id: self.id.clone(), version: self.version.clone(), clause: self.clause.clone(), in_force: at >= self.effective_from }
    }
}

formats::spelled! {
    /// How strict the thresholds are, after CRYPTREC's guideline on TLS (高セキュリティ型・推奨セキュリティ型・セキュリティ例外型).
    #[derive(Default)]
    Profile {
        HighSecurity => "high-security",
        #[default]
        Recommended => "recommended",
        /// For a time, where old counterparts must be served.
        Exception => "exception",
    }
}

/// All rules with their thresholds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rules {
    pub rules: Vec<Rule>,
    /// RFC 7208 4.6.4: terms that cause DNS queries.
    pub spf_max_lookups: u32,
    /// The weakest DMARC policy that is met.
    pub dmarc_least: Policy,
    /// Days a certificate must still be valid.
    pub certificate_min_days: i64,
    /// Bits of an RSA key.
    pub certificate_min_rsa: usize,
    /// Bits of an elliptic-curve key.
    pub certificate_min_ec: usize,
    /// RFC 9276 3.2: above this many NSEC3 iterations a zone counts as unsigned.
    pub nsec3_max_iterations: u16,
    /// MX hosts whose addresses are looked up; more would spend the query budget.
    pub mx_max_hosts: usize,
    /// Versions, suites and groups of TLS.
    pub tls: TlsLimits,
    /// The same of mail servers.
    #[serde(default = "TlsLimits::recommended_for_mail")]
    pub mail_tls: TlsLimits,
    /// Seconds browsers must at least insist on HTTPS.
    #[serde(default = "web::year")]
    pub hsts_min_age: u64,
    /// Whether names below must be covered too.
    #[serde(default)]
    pub hsts_subdomains: bool,
    /// Which headers a page must carry.
    #[serde(default)]
    pub headers: HeaderRules,
    /// Whether cookies of a session must say SameSite.
    #[serde(default = "web::advised")]
    pub cookie_same_site: Need,
    /// Exposures below this severity only are notes.
    #[serde(default = "web::medium")]
    pub exposure_least: Severity,
    /// Authoritative servers that are asked; more would spend the budget of questions to servers.
    pub name_servers_max: usize,
    /// Percent of the words of the front page that may differ between IPv4 and IPv6.
    pub same_content_max_percent: u32,
    /// Bits of an RSA key that signs mail; receivers ignore what is below 1024 whatever stands here (RFC 8301 3.2).
    pub dkim_min_rsa: usize,
    /// DKIM selectors that are asked for; more would spend the query budget.
    pub dkim_max_selectors: usize,
}

impl Rules {
    /// The rules under `profile`. Where a threshold differs from the baseline's, the rule's version names the profile.
    pub fn of(profile: Profile) -> Self {
        let mut rules = Self { tls: TlsLimits::of(profile), mail_tls: TlsLimits::of_mail(profile), ..Self::baseline() };
        match profile {
            Profile::Recommended => return rules,
            Profile::HighSecurity => {
                rules.dmarc_least = Policy::Reject;
                // 128 bits of security (NIST SP 800-57 part 1, table 2).
                rules.certificate_min_rsa = 3072;
                web::strict(&mut rules);
            }
            Profile::Exception => {
                rules.dmarc_least = Policy::Quarantine;
                rules.certificate_min_days = 7;
                web::lenient(&mut rules);
                // What signers must have at least (RFC 8301 3.2).
                rules.dkim_min_rsa = 1024;
            }
        }
        let changed: &[Check] = match profile {
            Profile::HighSecurity => &[
                Check::Dmarc,
                Check::HttpsCertificate,
                Check::CertificateChain,
                Check::TlsVersions,
                Check::TlsSuites,
                Check::TlsGroups,
                Check::MailTlsVersions,
                Check::MailTlsSuites,
                Check::MailTlsGroups,
                Check::MailCertificate,
                Check::Hsts,
                Check::SecurityHeaders,
                Check::Cookies,
                Check::Exposures,
            ],
            _ => &[
                Check::HttpsExpiry,
                Check::Dkim,
                Check::TlsVersions,
                Check::TlsSuites,
                Check::TlsGroups,
                Check::MailTlsVersions,
                Check::MailTlsSuites,
                Check::Hsts,
                Check::SecurityHeaders,
                Check::Exposures,
            ],
        };
        for rule in rules.rules.iter_mut().filter(|rule| changed.contains(&rule.check)) {
            rule.version = format!("{}-{}", rule.version, profile.as_str());
        }
        rules
    }

    /// The rules Hinomi ships with.
    pub fn baseline() -> Self {
        Self {
            rules: [mail::rules(), names::rules(), web::rules(), tls::rules(), tls::rules_of_mail()].concat(),
            spf_max_lookups: 10,
            dmarc_least: Policy::Quarantine,
            certificate_min_days: 30,
            certificate_min_rsa: 2048,
            certificate_min_ec: 256,
            nsec3_max_iterations: 100,
            mx_max_hosts: 3,
            tls: TlsLimits::of(Profile::Recommended),
            mail_tls: TlsLimits::of_mail(Profile::Recommended),
            hsts_min_age: web::year(),
            hsts_subdomains: false,
            headers: HeaderRules::default(),
            cookie_same_site: web::advised(),
            exposure_least: web::medium(),
            name_servers_max: 4,
            same_content_max_percent: 10,
            dkim_min_rsa: 2048,
            dkim_max_selectors: 4,
        }
    }

    /// The rule for `check`, if these rules have one.
    pub fn rule(&self, check: Check) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.check == check)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_that_judges_otherwise_says_so_in_its_versions() {
        let (base, version) = (Rules::baseline(), |rules: &Rules, check| rules.rule(check).unwrap().version.clone());
        for profile in Profile::ALL.iter().copied() {
            let rules = Rules::of(profile);
            for (check, same) in [
                (Check::Spf, rules.spf_max_lookups == base.spf_max_lookups),
                (Check::Dmarc, rules.dmarc_least == base.dmarc_least),
                (Check::Mx, rules.mx_max_hosts == base.mx_max_hosts),
                (Check::Dnssec, rules.nsec3_max_iterations == base.nsec3_max_iterations),
                (Check::HttpsExpiry, rules.certificate_min_days == base.certificate_min_days),
                (Check::Dkim, (rules.dkim_min_rsa, rules.dkim_max_selectors) == (base.dkim_min_rsa, base.dkim_max_selectors)),
                (
                    Check::HttpsCertificate,
                    (rules.certificate_min_rsa, rules.certificate_min_ec) == (base.certificate_min_rsa, base.certificate_min_ec),
                ),
                (
                    Check::CertificateChain,
                    (rules.certificate_min_rsa, rules.certificate_min_ec) == (base.certificate_min_rsa, base.certificate_min_ec),
                ),
                (Check::TlsVersions, rules.tls.of_versions() == base.tls.of_versions()),
                (Check::TlsSuites, rules.tls.suites_refused == base.tls.suites_refused),
                (Check::TlsGroups, rules.tls.of_groups() == base.tls.of_groups()),
                (Check::MailTlsVersions, rules.mail_tls.of_versions() == base.mail_tls.of_versions()),
                (Check::MailTlsSuites, rules.mail_tls.suites_refused == base.mail_tls.suites_refused),
                (Check::MailTlsGroups, rules.mail_tls.of_groups() == base.mail_tls.of_groups()),
                (
                    Check::MailCertificate,
                    (rules.certificate_min_rsa, rules.certificate_min_ec) == (base.certificate_min_rsa, base.certificate_min_ec),
                ),
                (Check::Hsts, (rules.hsts_min_age, rules.hsts_subdomains) == (base.hsts_min_age, base.hsts_subdomains)),
                (Check::SecurityHeaders, rules.headers == base.headers),
                (Check::Cookies, rules.cookie_same_site == base.cookie_same_site),
                (Check::Exposures, rules.exposure_least == base.exposure_least),
            ] {
                assert_eq!(version(&rules, check) == version(&base, check), same, "{} {}", profile.as_str(), check.as_str());
            }
        }
    }

    #[test]
    fn every_check_has_one_rule() {
        let rules = Rules::baseline();
        for check in Check::ALL {
            assert_eq!(rules.rules.iter().filter(|rule| rule.check == *check).count(), 1, "{}", check.as_str());
        }
    }
}
