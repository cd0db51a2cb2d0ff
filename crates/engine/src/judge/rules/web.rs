//! What web servers are asked for.

use formats::evidence::Check;
use formats::exposure::Severity;
use serde::{Deserialize, Serialize};

use super::Quantifier::{All, Any};
use super::{Rule, Rules, rule};
use crate::words::Words;

formats::spelled! {
    /// How much something counts.
    Need {
        /// Without it the rule is not met.
        Required => "required",
        /// Without it there is a note.
        Advised => "advised",
        Ignored => "ignored",
    }
}

/// Which headers a page must carry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderRules {
    /// A policy that keeps foreign and injected scripts out.
    pub content_security_policy: Need,
    /// `frame-ancestors` or X-Frame-Options.
    pub framing: Need,
    /// X-Content-Type-Options.
    pub content_types: Need,
    /// Referrer-Policy; without one today's browsers already tell other sites the origin only.
    pub referrers: Need,
}

impl Default for HeaderRules {
    fn default() -> Self {
        Self { content_security_policy: Need::Advised, framing: Need::Required, content_types: Need::Required, referrers: Need::Advised }
    }
}

/// Seconds of a year, what browsers' built-in lists ask for.
pub(super) fn year() -> u64 {
    31_536_000
}

pub(super) fn advised() -> Need {
    Need::Advised
}

pub(super) fn medium() -> Severity {
    Severity::Medium
}

/// What the high-security profile asks of web servers.
pub(super) fn strict(rules: &mut Rules) {
    rules.hsts_subdomains = true;
    rules.headers =
        HeaderRules { content_security_policy: Need::Required, framing: Need::Required, content_types: Need::Required, referrers: Need::Required };
    rules.cookie_same_site = Need::Required;
    rules.exposure_least = Severity::Low;
}

/// What the exception profile asks of web servers.
pub(super) fn lenient(rules: &mut Rules) {
    // Half a year.
    rules.hsts_min_age = 15_552_000;
    rules.headers.content_types = Need::Advised;
    rules.exposure_least = Severity::High;
}

/// Its rules.
pub(super) fn rules() -> Vec<Rule> {
    vec![
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
            Check::HttpsRedirect,
            "1",
            "RFC 9110 15.4, RFC 6797 7.2",
            All,
            Words::new(
                "http:// でのアクセスを、まず同じ名前の https:// へ転送し、その後HTTPへ戻さない。またはHTTPで何も提供しない。",
                "Plain HTTP leads to HTTPS of the same name first and nothing leads back, or nothing is served over it.",
            ),
            Words::new(
                "トップページ以外、ほかの組織のサーバへ転送された先、応答した1アドレス以外は調べません。",
                "Pages besides the front page, servers of others it leads to, and addresses other than the one that answered.",
            ),
        ),
        rule(
            Check::Hsts,
            "1",
            "RFC 6797 6.1, 8.1",
            Any,
            Words::new(
                "次回からHTTPSだけで接続するよう、ブラウザに1年以上指示している（HSTS）。",
                "Browsers are told to insist on HTTPS for at least a year (HSTS).",
            ),
            Words::new("ブラウザの組み込みリストへの登録と、サブドメインは調べません。", "The browsers' built-in list, and names below."),
        ),
        rule(
            Check::SecurityHeaders,
            "1",
            "CSP Level 3, HTML (X-Frame-Options), Fetch (nosniff), Referrer Policy",
            All,
            Words::new(
                "利用者のブラウザを守るヘッダ（埋め込みの制限、種類の推測の禁止など）がある。",
                "Headers that shield the visitor's browser, such as limits on framing and on guessing types.",
            ),
            Words::new(
                "トップページ以外のページと、許可した接続先が安全かどうかは調べません。",
                "Pages besides the front page, and whether the servers a policy allows are safe.",
            ),
        ),
        rule(
            Check::Cookies,
            "1",
            "RFC 6265 4.1.2, 8.3",
            All,
            Words::new(
                "セッション用のCookieが、暗号化されない通信やスクリプトから守られている（Secure、HttpOnly）。",
                "Cookies of a session are kept from plain HTTP and from scripts (Secure, HttpOnly).",
            ),
            Words::new(
                "サインインした後や、トップページ以外で設定されるCookieは調べません。名前からセッション用かどうかを推定します。",
                "Cookies set after sign-in or on other pages. Whether a cookie is a session's is told by its name.",
            ),
        ),
        rule(
            Check::SecurityTxt,
            "1",
            "RFC 9116 2.5, 3",
            Any,
            Words::new(
                "脆弱性を見つけた人のための連絡先が、期限内の security.txt で公開されている。",
                "Whoever finds a weakness is told whom to tell, by a security.txt that has not expired.",
            ),
            Words::new("連絡先に届くかどうかと、電子署名は調べません。", "Whether the contact answers, and signatures."),
        ),
        rule(
            Check::SoftwareSupport,
            "1",
            "政府機関等の統一基準（令和5年度版）7.2.1",
            All,
            Words::new(
                "提供元のサポートが終わった版を名乗るソフトウェアがない。",
                "No program names a version whose maker has stopped supporting it.",
            ),
            Words::new(
                "名乗る版が本当かどうか、修正が個別に適用されているかどうか（バックポート）は外から分かりません。",
                "Whether the named version is true, and whether repairs were carried back into it.",
            ),
        ),
        rule(
            Check::Exposures,
            "1",
            "OWASP WSTG-CONF, WSTG-ERRH",
            All,
            Words::new(
                "管理用ファイル、バックアップ、ファイルの一覧、エラーの詳細などが公開されていない。",
                "No files of administration, backups, listings or details of errors are open to everybody.",
            ),
            Words::new(
                "決められたページだけを読み取りで調べます。攻撃や、サインインの試行はしません。",
                "Only declared pages are read. Nothing is attacked and no sign-in is tried.",
            ),
        ),
        rule(
            Check::Ipv6SameContent,
            "1",
            "RFC 6540 2, RFC 9110 7.4",
            All,
            Words::new(
                "トップページの応答の種類・転送先・題名がIPv4とIPv6で同じで、本文の違いが10％以内である。",
                "The front page has the same kind of answer, redirect and title over IPv4 and IPv6, and its text differs by at most 10 %.",
            ),
            Words::new(
                "トップページ以外のページ、転送先のページ、画像などの中身は調べません。取得のたびに変わる部分（時刻やトークンなど）は比べません。",
                "Other pages, the page a redirect leads to, and images. What changes at every fetch (times, tokens) is not compared.",
            ),
        ),
    ]
}
