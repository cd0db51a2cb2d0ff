//! What mail is asked for.

use formats::evidence::Check;

use super::Quantifier::All;
use super::{Rule, rule};
use crate::words::Words;

/// Its rules.
pub(super) fn rules() -> Vec<Rule> {
    vec![
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
                "メールサーバが実際にTLSで受け取るかは、別の実測項目（STARTTLS）で調べます。",
                "Whether the mail hosts really offer TLS: another check (STARTTLS) asks that.",
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
            Check::StartTls,
            "1",
            "RFC 3207 4, RFC 7435, RFC 9325 3.2",
            All,
            Words::new(
                "すべてのメールサーバ（MX）がSTARTTLSを提供し、TLS 1.2以上で接続できる。",
                "Every mail host (MX) offers STARTTLS and can be reached with TLS 1.2 or later.",
            ),
            Words::new(
                "認証を伴う送信用のポート（465・587）、応答した1アドレス以外は調べません。古い版や弱い暗号を受け付けるかどうかは、別の実測項目で調べます。",
                "The submission ports (465, 587), and addresses other than the one that answered. Old versions and weak suites have checks of their own.",
            ),
        ),
        rule(
            Check::Dane,
            "1",
            "RFC 7672 2.2, 3.1; RFC 7671 5",
            All,
            Words::new(
                "メールの配送先（MX）とTLSAレコードがDNSSECで検証でき、すべてのメールサーバの証明書がTLSAレコードと一致する。",
                "MX and TLSA records verify by DNSSEC, and the certificate of every mail host matches its TLSA records.",
            ),
            Words::new("応答した1アドレス以外のサーバの証明書は調べません。", "Certificates at addresses other than the one that answered."),
        ),
        rule(
            Check::Dkim,
            "1",
            "RFC 6376 3.6.1, RFC 8301 3, RFC 8463",
            All,
            Words::new(
                "登録したセレクタと集計レポートに現れたセレクタの公開鍵がすべて正しく、使える鍵が1つ以上ある。登録したセレクタにはレコードがある。入れ替えた古いセレクタはなくてよい。",
                "Every key under a registered or reported selector is sound, at least one can be used, and each registered selector has a record. Old selectors that were replaced may be gone.",
            ),
            Words::new(
                "登録もレポートもないセレクタ、実際のメールに署名が付いているかどうかは調べません。",
                "Selectors that are neither registered nor reported, and whether mail really carries signatures.",
            ),
        ),
    ]
}
