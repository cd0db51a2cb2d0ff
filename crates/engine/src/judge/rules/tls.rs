//! What TLS is asked for, by profile, after CRYPTREC's guideline (GL-3001, TLS暗号設定ガイドライン).

use formats::evidence::Check;
use formats::tls::Version;
use serde::{Deserialize, Serialize};

use super::Quantifier::All;
use super::{Profile, Rule, rule};
use crate::words::Words;

formats::spelled! {
    /// What may be wrong with a cipher suite, worst first. A suite counts under the first that fits.
    Weakness {
        /// It does not encrypt.
        Null => "null",
        /// Nobody proves who the server is.
        Anonymous => "anonymous",
        Export => "export",
        /// DES with one key of 56 bits.
        Des => "des",
        Rc4 => "rc4",
        /// MD5 protects against changes.
        Md5 => "md5",
        /// Blocks of 64 bits: 3DES, IDEA, RC2 (Sweet32).
        SmallBlock => "small-block",
        /// No forward secrecy.
        Static => "static",
        Cbc => "cbc",
    }
}

/// Thresholds and lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsLimits {
    /// Versions that may be offered.
    pub versions_allowed: Vec<Version>,
    /// One of them must be offered.
    pub versions_required: Vec<Version>,
    pub suites_refused: Vec<Weakness>,
    /// Bits of a prime.
    pub min_prime: usize,
    /// Bits of a curve.
    pub min_curve: u16,
    /// Whether a key exchange signed with SHA-1 or MD5 in TLS 1.2 is a fault (RFC 9155).
    pub refuses_weak_hash: bool,
    /// Whether a group that withstands quantum computers must be offered.
    pub requires_post_quantum: bool,
}

impl TlsLimits {
    /// The limits of `profile`.
    pub fn of(profile: Profile) -> Self {
        use Version::{Tls10, Tls11, Tls12, Tls13};
        let broken = Weakness::ALL.iter().copied().filter(|weakness| !matches!(weakness, Weakness::Static | Weakness::Cbc));
        let recommended = Self {
            versions_allowed: vec![Tls12, Tls13],
            versions_required: vec![Tls12, Tls13],
            suites_refused: broken.clone().chain([Weakness::Static]).collect(),
            min_prime: 2048,
            min_curve: 256,
            refuses_weak_hash: true,
            requires_post_quantum: false,
        };
        match profile {
            Profile::Recommended => recommended,
            Profile::HighSecurity => Self {
                versions_required: vec![Tls13],
                suites_refused: Weakness::ALL.to_vec(),
                // 128 bits of security (NIST SP 800-57 part 1, table 2).
                min_prime: 3072,
                ..recommended
            },
            Profile::Exception => {
                Self { versions_allowed: vec![Tls10, Tls11, Tls12, Tls13], suites_refused: broken.collect(), refuses_weak_hash: false, ..recommended }
            }
        }
    }

    /// The limits of `profile` for mail servers. Senders that find no common method deliver in the clear, and most trust any
    /// certificate: old versions and suites without a proof of who the server is are better than that (RFC 7435 1.2, RFC 9325 5.2).
    /// What gives no protection worth the name goes all the same: SSL 3.0, RC4, export suites, DES, NULL.
    pub fn of_mail(profile: Profile) -> Self {
        use Version::{Tls10, Tls11, Tls12, Tls13};
        let web = Self::of(profile);
        let without = |tolerated: &[Weakness]| web.suites_refused.iter().copied().filter(|weakness| !tolerated.contains(weakness)).collect();
        let versions_allowed = vec![Tls10, Tls11, Tls12, Tls13];
        match profile {
            Profile::HighSecurity => web,
            Profile::Recommended => {
                Self { versions_allowed, suites_refused: without(&[Weakness::Anonymous, Weakness::Static]), refuses_weak_hash: false, ..web }
            }
            Profile::Exception => Self {
                versions_required: versions_allowed.clone(),
                versions_allowed,
                suites_refused: without(&[Weakness::Anonymous, Weakness::SmallBlock]),
                ..web
            },
        }
    }

    /// Those of the recommended profile, for rules that were written before mail servers were asked.
    pub(super) fn recommended_for_mail() -> Self {
        Self::of_mail(Profile::Recommended)
    }

    /// What the check of versions is judged by.
    #[cfg(test)]
    pub(super) fn of_versions(&self) -> (&[Version], &[Version]) {
        (&self.versions_allowed, &self.versions_required)
    }

    /// What the check of groups is judged by.
    #[cfg(test)]
    pub(super) fn of_groups(&self) -> (usize, u16, bool, bool) {
        (self.min_prime, self.min_curve, self.refuses_weak_hash, self.requires_post_quantum)
    }
}

/// Its rules.
pub(super) fn rules() -> Vec<Rule> {
    let one_address = ("応答した1アドレスだけを調べます。", "Only the one address that answered is looked at.");
    let untested = |ja: &str, en: &str| Words::new(format!("{ja}{}", one_address.0), format!("{en} {}", one_address.1));
    vec![
        rule(
            Check::TlsVersions,
            "1",
            "CRYPTREC GL-3001, RFC 8996, RFC 7568",
            All,
            Words::new("安全な版のTLSだけを受け付ける。", "Only safe versions of TLS are accepted."),
            untested("SSL 2.0は調べません。", "SSL 2.0."),
        ),
        rule(
            Check::TlsSuites,
            "1",
            "CRYPTREC GL-3001, RFC 9325 4",
            All,
            Words::new("弱い暗号スイートを受け付けない。", "No weak cipher suite is accepted."),
            untested("事前共有鍵を使う暗号スイートは調べません。", "Suites with pre-shared keys."),
        ),
        rule(
            Check::TlsGroups,
            "1",
            "CRYPTREC GL-3001, RFC 8422 5.1.1, RFC 9155 4",
            All,
            Words::new("鍵交換に、十分に強い素数・曲線とハッシュ関数だけを使う。", "Keys are exchanged with strong primes, curves and hashes only."),
            untested("同じ鍵を使い回していないかどうかは調べません。", "Whether ephemeral keys are used again."),
        ),
        rule(
            Check::CertificateChain,
            "1",
            "RFC 5280 6, RFC 5246 7.4.2, CRYPTREC GL-3001",
            All,
            Words::new(
                "提示されるすべての証明書が期間内で、鍵と署名が十分に強く、信頼できる認証局まで正しい順につながる。",
                "Every certificate presented is within its dates, has a strong key and signature, and leads in order to a trusted authority.",
            ),
            untested("失効の有無は調べません。", "Revocation."),
        ),
    ]
}

/// The rules of mail servers.
pub(super) fn rules_of_mail() -> Vec<Rule> {
    let weighed = (
        "送信側は相手が対応していなければ平文で送るため、古い方式は無いよりもよいものとし、推奨設定では注意にとどめます（RFC 7435、RFC 9325 5.2）。",
        "Senders that find no TLS deliver in the clear, so old methods are better than none and only remarked on (RFC 7435, RFC 9325 5.2).",
    );
    let same = ("優先順位の高い3台の、応答した1アドレスずつだけを調べます。", "Only the first three hosts, at the one address that answered.");
    let untested = |ja: &str, en: &str| Words::new(format!("{ja}{}{}", same.0, weighed.0), format!("{en} {} {}", same.1, weighed.1));
    vec![
        rule(
            Check::MailTlsVersions,
            "1",
            "RFC 3207, RFC 7435, RFC 7568, RFC 8996, RFC 9325 5.2, NIST SP 800-177",
            All,
            Words::new(
                "メールサーバが、STARTTLSの後にTLS 1.2以上を受け付け、SSL 3.0を受け付けない。",
                "After STARTTLS mail hosts accept TLS 1.2 or later, and not SSL 3.0.",
            ),
            untested("SSL 2.0、認証を伴う送信用のポート（465・587）は調べません。", "SSL 2.0 and the submission ports (465, 587)."),
        ),
        rule(
            Check::MailTlsSuites,
            "1",
            "CRYPTREC GL-3001, RFC 7435, RFC 7465, RFC 9325 4, 5.2, NIST SP 800-177",
            All,
            Words::new(
                "メールサーバが、STARTTLSの後に、RC4・輸出規制用など解読できる暗号スイートを受け付けない。",
                "After STARTTLS mail hosts accept no broken suite such as RC4 or export.",
            ),
            untested("強い暗号スイートの一覧は作りません。", "Strong suites are not listed."),
        ),
        rule(
            Check::MailTlsGroups,
            "1",
            "CRYPTREC GL-3001, RFC 7435, RFC 8422 5.1.1, RFC 9155 4, RFC 9325 5.2",
            All,
            Words::new(
                "メールサーバが、STARTTLSの後の鍵交換に、十分に強い素数と曲線だけを使う。",
                "After STARTTLS mail hosts exchange keys with strong primes and curves only.",
            ),
            untested("強い曲線の一覧は作りません。", "Strong curves are not listed."),
        ),
        rule(
            Check::MailCertificate,
            "1",
            "CRYPTREC GL-3001, RFC 5280 6, RFC 7435 3, RFC 7672 3.1",
            All,
            Words::new(
                "メールサーバが提示する証明書の鍵と署名が十分に強い。",
                "The certificates that mail hosts present have strong keys and signatures.",
            ),
            Words::new(
                format!(
                    "名前・期限・発行元の問題は注意にとどめます。多くの送信側は確かめずに暗号化し、確かめる送信側の条件はMTA-STSとDANEの項目で調べるためです。{}",
                    same.0
                ),
                format!(
                    "Name, dates and issuer are only remarked on: most senders encrypt without looking at them, and MTA-STS and DANE, which do, are checks of their own. {}",
                    same.1
                ),
            ),
        ),
    ]
}
