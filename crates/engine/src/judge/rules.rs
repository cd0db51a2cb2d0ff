//! The rules observations are judged by, as data: what is asked, by which clause, since when, and what is not tested.

use formats::dmarc::Policy;
use formats::evidence::Check;
use serde::{Deserialize, Serialize};

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
}

impl Rules {
    /// The rules under `profile`. Where a threshold differs from the baseline's, the rule's version names the profile.
    pub fn of(profile: Profile) -> Self {
        let mut rules = Self::baseline();
        match profile {
            Profile::Recommended => return rules,
            Profile::HighSecurity => {
                rules.dmarc_least = Policy::Reject;
                // 128 bits of security (NIST SP 800-57 part 1, table 2).
                rules.certificate_min_rsa = 3072;
            }
            Profile::Exception => {
                rules.dmarc_least = Policy::Quarantine;
                rules.certificate_min_days = 7;
            }
        }
        let changed: &[Check] = match profile {
            Profile::HighSecurity => &[Check::Dmarc, Check::HttpsCertificate],
            _ => &[Check::HttpsExpiry],
        };
        for rule in rules.rules.iter_mut().filter(|rule| changed.contains(&rule.check)) {
            rule.version = format!("{}-{}", rule.version, profile.as_str());
        }
        rules
    }

    /// The rules Hinomi ships with.
    pub fn baseline() -> Self {
        let rule = |check: Check, version: &str, clause: &str, quantifier, text: Words, not_tested: Words| Rule {
            id: format!("hinomi.{}", check.as_str()),
            version: version.to_owned(),
            clause: clause.to_owned(),
            check,
            text,
            quantifier,
            not_tested,
            effective_from: 0,
        };
        use Quantifier::{All, Any};
        Self {
            rules: vec![
                rule(
                    Check::Spf,
                    "1",
                    "RFC 7208 3.2, 4.5, 4.6.4, 5.1",
                    All,
                    Words::new(
                        "正しいSPFレコードが1件だけあり、-all か ~all で終わる。メールを使わないドメイン名は「v=spf1 -all」とする。",
                        "Exactly one correct SPF record that ends in -all or ~all; “v=spf1 -all” for a domain without mail.",
                    ),
                    Words::new(
                        "実際の送信元がすべて含まれているかどうか、応答のない参照（void lookup）の数は調べません。",
                        "Whether all real senders are listed, and the number of void lookups.",
                    ),
                ),
                rule(
                    Check::Dmarc,
                    "1",
                    "RFC 9989 4.7, 4.10, 5",
                    All,
                    Words::new(
                        "有効なDMARCレコードが1件だけあり、方針が quarantine か reject である。",
                        "Exactly one valid DMARC record with the policy quarantine or reject.",
                    ),
                    Words::new(
                        "DKIMの署名が付いているか、実際にレポートが届くかは調べません。",
                        "Whether mail carries DKIM signatures, and whether reports really arrive.",
                    ),
                ),
                rule(
                    Check::Mx,
                    "1",
                    "RFC 5321 5.1, RFC 7505, RFC 2181 10.3",
                    All,
                    Words::new(
                        "メールの配送先（MX）がアドレスを持つホスト名であるか、受け取らないことが明示されている。",
                        "Every MX names a host with an address, or a null MX says that no mail is received.",
                    ),
                    Words::new("メールサーバへの接続は行いません。", "No connection is made to the mail servers."),
                ),
                rule(
                    Check::MtaSts,
                    "1",
                    "RFC 8461 3",
                    All,
                    Words::new(
                        "MTA-STSのレコードが1件だけあり、mode: enforce のポリシーがすべてのメールサーバを挙げている。",
                        "Exactly one MTA-STS record, and a policy with mode: enforce that covers every mail host.",
                    ),
                    Words::new(
                        "メールサーバが実際にTLSで受け取るか、その証明書が正しいかは調べません。",
                        "Whether the mail hosts really offer TLS, and their certificates.",
                    ),
                ),
                rule(
                    Check::TlsRpt,
                    "1",
                    "RFC 8460 3",
                    All,
                    Words::new("TLSの失敗を知らせる宛先（TLSRPT）が公開されている。", "It is published where failed TLS is reported to (TLSRPT)."),
                    Words::new("レポートが実際に届くかどうかは調べません。", "Whether reports really arrive."),
                ),
                rule(
                    Check::Caa,
                    "1",
                    "RFC 8659 3, 4.2",
                    All,
                    Words::new(
                        "証明書を発行してよい認証局がCAAレコードで示されている。",
                        "CAA records say which authorities may issue certificates.",
                    ),
                    Words::new("使っている証明書がその認証局のものかどうかは調べません。", "Whether the certificate in use is of such an authority."),
                ),
                rule(
                    Check::Dnssec,
                    "1",
                    "RFC 4035 5, RFC 6840, RFC 9276",
                    All,
                    Words::new(
                        "DNSSECの署名を、ルートからドメイン名までたどって検証できる。",
                        "DNSSEC signatures verify from the root down to the domain.",
                    ),
                    Words::new(
                        "権威サーバごとの違い、SOA以外のレコードの署名は調べません。",
                        "Differences between name servers, and signatures of records other than SOA.",
                    ),
                ),
                rule(
                    Check::HttpsCertificate,
                    "1",
                    "RFC 5280 6, RFC 9525, CRYPTREC",
                    Any,
                    Words::new(
                        "信頼できる認証局が発行した、名前の一致する有効期間内の証明書を使い、鍵と署名が十分に強い。",
                        "A certificate of a trusted authority, for this name, within its dates, with a strong key and signature.",
                    ),
                    Words::new(
                        "失効の有無、TLSの版と暗号方式、応答した1アドレス以外は調べません。",
                        "Revocation, TLS versions and ciphers, and addresses other than the one that answered.",
                    ),
                ),
                rule(
                    Check::HttpsExpiry,
                    "1",
                    "CA/B BR 6.3.2",
                    Any,
                    Words::new("証明書の残り日数が30日以上ある。", "The certificate is valid for at least 30 more days."),
                    Words::new("自動更新が働いているかどうかは調べません。", "Whether automatic renewal works."),
                ),
                rule(
                    Check::DomainSuffix,
                    "1",
                    "RFC 1034 3.1, RFC 5890",
                    Any,
                    Words::new("許可されたドメイン名（go.jpなど）の下にある。", "The domain lies under an allowed suffix such as go.jp."),
                    Words::new("転送先やリンク先のドメイン名は調べません。", "Domains it redirects or links to."),
                ),
            ],
            spf_max_lookups: 10,
            dmarc_least: Policy::Quarantine,
            certificate_min_days: 30,
            certificate_min_rsa: 2048,
            certificate_min_ec: 256,
            nsec3_max_iterations: 100,
            mx_max_hosts: 3,
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
                (
                    Check::HttpsCertificate,
                    (rules.certificate_min_rsa, rules.certificate_min_ec) == (base.certificate_min_rsa, base.certificate_min_ec),
                ),
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
