//! What the name and its DNS are asked for.

use formats::evidence::Check;

use super::Quantifier::{All, Any};
use super::{Rule, rule};
use crate::words::Words;

/// Its rules.
pub(super) fn rules() -> Vec<Rule> {
    vec![
        rule(
            Check::Caa,
            "1",
            "RFC 8659 3, 4.2",
            All,
            Words::new("証明書を発行してよい認証局がCAAレコードで示されている。", "CAA records say which authorities may issue certificates."),
            Words::new("使っている証明書がその認証局のものかどうかは調べません。", "Whether the certificate in use is of such an authority."),
        ),
        rule(
            Check::Dnssec,
            "1",
            "RFC 4035 5, RFC 6840, RFC 9276",
            All,
            Words::new("DNSSECの署名を、ルートからドメイン名までたどって検証できる。", "DNSSEC signatures verify from the root down to the domain."),
            Words::new(
                "権威サーバごとの違い、SOA以外のレコードの署名は調べません。",
                "Differences between name servers, and signatures of records other than SOA.",
            ),
        ),
        rule(
            Check::DomainSuffix,
            "1",
            "RFC 1034 3.1, RFC 5890",
            Any,
            Words::new("許可されたドメイン名（go.jpなど）の下にある。", "The domain lies under an allowed suffix such as go.jp."),
            Words::new("転送先やリンク先のドメイン名は調べません。", "Domains it redirects or links to."),
        ),
        rule(
            Check::NameServers,
            "1",
            "RFC 1034 4.2.2, RFC 2182 5, RFC 9210 3",
            All,
            Words::new(
                "2台以上の権威サーバがあり、どれもUDPとTCPで、同じ内容のゾーンを期限内の署名とともに答える。",
                "There are two or more authoritative servers, and each answers over UDP and TCP with the same zone and current signatures.",
            ),
            Words::new(
                "5台目以降のサーバ、各サーバの2つ目以降のアドレス、署名が鍵と合うかどうか、SOAとNS以外のレコードの違いは調べません。",
                "Servers beyond the fourth, further addresses of a server, whether signatures match the keys, and records other than SOA and NS.",
            ),
        ),
        rule(
            Check::Ipv6,
            "2",
            "RFC 3901 4, RFC 6540 2",
            All,
            Words::new(
                "権威サーバ、メールサーバ、ウェブサーバにIPv6アドレスがあり、IPv6で接続できる。",
                "Name servers, mail hosts and the web server have IPv6 addresses and are reached by IPv6.",
            ),
            Words::new(
                "メールサーバは優先順位の高い3台のうち1台にIPv6で接続できればよいものとし、応答の最初の1行だけを見ます。IPv6でメールが届くかどうかは調べません。",
                "Of the first three mail hosts one that greets over IPv6 suffices. Whether mail is delivered over IPv6.",
            ),
        ),
    ]
}
