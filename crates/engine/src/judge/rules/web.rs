//! What web servers are asked for.

use formats::evidence::Check;

use super::Quantifier::{All, Any};
use super::{Rule, rule};
use crate::words::Words;

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
