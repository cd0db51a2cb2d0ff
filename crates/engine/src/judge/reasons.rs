//! Every reason a judge can give, with its stable code and its sentence in Japanese and English.

/// Declares the reasons; `{name}` in a sentence is filled from the reason's data.
macro_rules! reasons {
    ($($variant:ident => $code:literal, $ja:literal, $en:literal;)+) => {
        /// Why a verdict was given. The code is stable; the sentences may be improved.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Why { $($variant),+ }

        impl Why {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Stable code.
            pub fn code(self) -> &'static str { match self { $(Self::$variant => $code),+ } }
            /// Japanese sentence.
            pub fn ja(self) -> &'static str { match self { $(Self::$variant => $ja),+ } }
            /// English sentence.
            pub fn en(self) -> &'static str { match self { $(Self::$variant => $en),+ } }
        }
    };
}

reasons! {
    // Nothing could be concluded.
    Timeout => "timeout", "DNSサーバから時間内に応答がありませんでした（{question}）。", "The DNS server did not answer in time ({question}).";
    ServerFailure => "server-failure", "DNSサーバがエラーを返しました（{question}、{rcode}）。", "The DNS server returned an error ({question}, {rcode}).";
    Unreachable => "unreachable", "DNSサーバに接続できませんでした（{question}）。", "The DNS server could not be reached ({question}).";
    Malformed => "malformed-answer", "DNSの応答を読み取れませんでした（{question}）。", "The DNS answer could not be read ({question}).";
    BudgetSpent => "budget-spent", "1ドメイン当たりの問い合わせ上限に達したため、測定を打ち切りました（{question}）。", "The limit of queries per domain was reached, so the measurement stopped ({question}).";
    NoSuchDomain => "no-such-domain", "ドメイン名{domain}はDNSに存在しません。台帳の記載を確認してください。", "The domain {domain} does not exist in the DNS. Check its spelling in the register.";
    InvalidDomain => "invalid-domain", "「{domain}」はドメイン名として正しくありません。台帳の記載を確認してください。", "“{domain}” is not a valid domain name. Check its spelling in the register.";
    NotInEvidence => "not-in-evidence", "残してある証拠では判定できません（{question}を調べていません）。次の測定で判定します。", "The evidence that was kept does not tell ({question} was not asked). The next measurement will.";
    Cancelled => "cancelled", "測定は途中で取り消されました。", "The measurement was cancelled.";

    // SPF
    SpfMet => "spf-ok", "SPFレコードは正しく公開されています。", "The SPF record is published correctly.";
    SpfMissing => "spf-missing", "SPFレコードが公開されていません。第三者がこのドメイン名を名乗ってメールを送れます。", "No SPF record is published. Anyone can send mail in the name of this domain.";
    SpfTwo => "spf-two-records", "SPFレコードが{count}件あります。1件でなければ受信側はすべて無効とみなします。", "There are {count} SPF records. Receivers treat more than one as an error and ignore them all.";
    SpfSyntax => "spf-syntax", "SPFレコードに誤りがあります（{place}: {problem}）。受信側はレコード全体を無効とみなします。", "The SPF record has an error ({place}: {problem}). Receivers ignore the whole record.";
    SpfLookups => "spf-too-many-lookups", "SPFレコードの評価に{count}回のDNS参照が必要です。上限は{limit}回です。", "Evaluating the SPF record needs {count} DNS lookups. The limit is {limit}.";
    SpfLoop => "spf-loop", "SPFレコードのincludeまたはredirectが循環しています（{domain}）。", "The include or redirect terms of the SPF record form a loop ({domain}).";
    SpfTargetMissing => "spf-target-missing", "SPFレコードが参照する{domain}に、有効なSPFレコードが1件だけある状態ではありません。", "The SPF record refers to {domain}, which does not have exactly one valid SPF record.";
    SpfPlusAll => "spf-plus-all", "SPFレコードが +all で終わり、すべての送信元を許可しています。", "The SPF record ends in +all, which allows every sender.";
    SpfNeutral => "spf-neutral", "SPFレコードが ?all で終わり、許可していない送信元を区別していません。", "The SPF record ends in ?all, which says nothing about senders you did not list.";
    SpfNoEnd => "spf-no-ending", "SPFレコードの末尾に -all も ~all もredirectもありません。", "The SPF record ends without -all, ~all or redirect.";
    SpfParked => "spf-parked", "メールを受け取らないドメイン名（MXなし）ですが、SPFレコードが「v=spf1 -all」ではありません。", "The domain receives no mail (no MX), but its SPF record is not “v=spf1 -all”.";
    SpfSoftFail => "spf-softfail", "末尾が ~all です。送信元をすべて把握できたら -all にすることを勧めます。", "The record ends in ~all. Move to -all once every sender is known.";
    SpfIgnored => "spf-ignored-terms", "all より後ろの記述は無視されます（{terms}）。", "Terms after all are ignored ({terms}).";
    SpfPtr => "spf-ptr", "ptr は使わないよう定められています（RFC 7208 5.5）。", "The ptr mechanism should not be used (RFC 7208 5.5).";
    SpfMacro => "spf-macro-target", "{term} は送信者ごとに参照先が変わるため、その先は数えていません。", "{term} depends on the sender, so what lies behind it was not counted.";
    SpfEvaluatedSyntax => "spf-evaluated-syntax", "{domain}のSPFレコードに誤りがあります（{place}: {problem}）。", "The SPF record of {domain} has an error ({place}: {problem}).";
    SpfEvaluatedTwo => "spf-evaluated-two-records", "{domain}にSPFレコードが{count}件あります。", "{domain} has {count} SPF records.";
    SpfEvaluatedLookups => "spf-evaluated-lookups", "DNSを参照する記述が上限の{limit}回を超えました（{domain}の {term}）。", "More than {limit} terms ask the DNS (at {term} of {domain}).";
    SpfVoid => "spf-void-lookups", "結果のないDNS参照が上限の{limit}回を超えました（{questions}）。", "More than {limit} lookups found nothing ({questions}).";
    SpfMxLimit => "spf-mx-limit", "{domain}のMXが{count}台あります。SPFで調べるのは10台までです。", "{domain} has {count} MX hosts; SPF allows ten.";
    SpfTime => "spf-time", "{seconds}秒以内に評価が終わりませんでした。", "The evaluation took longer than {seconds} seconds.";

    // DMARC
    DmarcMet => "dmarc-ok", "DMARCの方針は {policy} です。", "The DMARC policy is {policy}.";
    DmarcMissing => "dmarc-missing", "DMARCレコードが公開されていません。なりすましメールの扱いを受信側に伝えられません。", "No DMARC record is published, so receivers are not told what to do with forged mail.";
    DmarcTwo => "dmarc-two-records", "DMARCレコードが{count}件あります。1件でなければ無効です。", "There are {count} DMARC records. With more than one, none counts.";
    DmarcInvalid => "dmarc-invalid", "DMARCレコードに誤りがあり、無効です（{problem}）。", "The DMARC record has an error and does not count ({problem}).";
    DmarcNone => "dmarc-monitoring-only", "DMARCの方針が none（監視のみ）です。なりすましメールは止まりません。", "The DMARC policy is none (monitoring only). Forged mail is not stopped.";
    DmarcWeak => "dmarc-weak", "DMARCの方針が {policy} です。{least} にする必要があります。", "The DMARC policy is {policy}; it must be {least}.";
    DmarcInherited => "dmarc-inherited", "上位の{from}に公開されたDMARCレコードが適用されています。", "The DMARC record published at {from} applies.";
    DmarcPct => "dmarc-pct", "pct={pct} は廃止された指定ですが、古い受信側は一部のメールにしか方針を適用しません。", "pct={pct} is obsolete, but older receivers apply the policy to that share of mail only.";
    DmarcSubNone => "dmarc-sp-none", "sp=none のため、サブドメインを名乗るなりすましは止まりません。", "Because of sp=none, forged mail in the name of subdomains is not stopped.";
    DmarcTest => "dmarc-testing", "t=y（試験中）のため、方針が1段弱く扱われます。", "Because of t=y (testing), the policy is applied one level weaker.";
    DmarcObsolete => "dmarc-obsolete-tags", "廃止された指定（{tags}）があります。古い受信側だけが従います。", "There are obsolete tags ({tags}); only older receivers obey them.";
    DmarcNonexistent => "dmarc-nonexistent-none", "np=none のため、存在しないサブドメインを名乗るなりすましは止まりません。", "Because of np=none, forged mail in the name of subdomains that do not exist is not stopped.";
    DmarcReportsRefused => "dmarc-reports-refused", "{host}が{domain}のレポートを受け取ると公開していないため、レポートは届きません。", "{host} does not publish that it takes reports about {domain}, so no reports arrive.";
    DmarcMethods => "dmarc-methods-differ", "受信側の方式によって扱いが変わります。新しい方式（RFC 9989）では {walk}、古い方式（RFC 7489）では {list} になります。", "Receivers differ: by the new method (RFC 9989) it is {walk}, by the old one (RFC 7489) {list}.";
    DmarcNoReports => "dmarc-no-reports", "rua がないため、集計レポートを受け取れません。", "Without rua you receive no aggregate reports.";

    // MX
    MxMet => "mx-ok", "メールの配送先（MX）は正しく公開されています。", "The mail hosts (MX) are published correctly.";
    MxNull => "mx-null", "メールを受け取らないことを明示しています（Null MX）。", "The domain states that it receives no mail (null MX).";
    MxNullAndOther => "mx-null-and-other", "「受け取らない」（Null MX）とほかのMXが同時に公開されています。", "A null MX is published together with other MX records.";
    MxImplicit => "mx-implicit", "MXがないため、メールはウェブサーバ等のアドレスへ直接配送されます。", "Without MX, mail goes straight to the address of the domain, for example its web server.";
    MxNone => "mx-no-mail", "MXもアドレスもなく、メールは使われていません。", "There is neither MX nor address: no mail is used.";
    MxAlias => "mx-host-is-alias", "MXの{host}が別名（CNAME）です。MXに別名は使えません（RFC 2181 10.3）。", "The MX host {host} is an alias (CNAME), which is not allowed (RFC 2181 10.3).";
    MxNoAddress => "mx-host-without-address", "MXの{host}にアドレスがありません。", "The MX host {host} has no address.";
    MxAddressLiteral => "mx-host-is-address", "MXにホスト名ではなくIPアドレス（{host}）が書かれています。", "The MX names an IP address ({host}) instead of a host.";
    MxRefused => "mx-private-address", "MXの{host}のアドレス{address}はインターネットから届きません。", "The address {address} of MX host {host} is not reachable from the Internet.";
    MxUnchecked => "mx-hosts-unchecked", "MXが多いため、{count}台は調べていません。", "There are many MX hosts; {count} were not checked.";

    NoMail => "no-mail", "メールを受け取らないドメイン名です。", "The domain receives no mail.";

    // MTA-STS
    StsMet => "mta-sts-ok", "送信側に、正しいメールサーバへのTLS接続を義務づけています（MTA-STS）。", "Senders are told to insist on TLS to the right mail hosts (MTA-STS).";
    StsMissing => "mta-sts-missing", "MTA-STSが公開されていません。途中の第三者がTLSを外させることができます。", "No MTA-STS policy is published. Somebody in between can take TLS away.";
    StsTwo => "mta-sts-two-records", "MTA-STSのレコードが{count}件あります。1件でなければ無効です。", "There are {count} MTA-STS records. With more than one, none counts.";
    StsInvalid => "mta-sts-invalid", "MTA-STSのレコードに誤りがあり、無効です（{problem}）。", "The MTA-STS record has an error and does not count ({problem}).";
    StsUnfetched => "mta-sts-policy-missing", "MTA-STSのポリシーを{host}から取得できません（{detail}）。", "The MTA-STS policy cannot be fetched from {host} ({detail}).";
    StsCertificate => "mta-sts-certificate", "MTA-STSのポリシーを置く{host}の証明書が正しくありません（{detail}）。", "The certificate of {host}, which holds the MTA-STS policy, is not valid ({detail}).";
    StsPolicy => "mta-sts-policy-invalid", "MTA-STSのポリシーに誤りがあり、無効です（{problem}）。", "The MTA-STS policy has an error and does not count ({problem}).";
    StsMode => "mta-sts-not-enforced", "MTA-STSのモードが {mode} です。送信側はTLSなしでも配送します。", "The MTA-STS mode is {mode}: senders deliver without TLS too.";
    StsHost => "mta-sts-host-not-covered", "メールサーバ{host}がMTA-STSのポリシーにありません。このサーバへの配送が拒まれます。", "The mail host {host} is not in the MTA-STS policy. Mail to it is refused.";
    StsContentType => "mta-sts-content-type", "ポリシーのContent-Typeが text/plain ではありません（{kind}）。", "The Content-Type of the policy is not text/plain ({kind}).";
    StsMaxAge => "mta-sts-short", "ポリシーの有効期間（max_age）が{seconds}秒と短く、攻撃の間に切れるおそれがあります。", "The policy is kept for {seconds} seconds only (max_age), so it may run out during an attack.";

    // TLS reporting
    TlsRptMet => "tls-rpt-ok", "TLSの失敗を知らせる宛先が公開されています（{addresses}）。", "It is published where failed TLS is reported to ({addresses}).";
    TlsRptMissing => "tls-rpt-missing", "TLSRPTレコードがありません。配送時のTLSの失敗を知らせてもらえません。", "There is no TLSRPT record, so nobody tells you when TLS fails.";
    TlsRptTwo => "tls-rpt-two-records", "TLSRPTレコードが{count}件あります。1件でなければ無効です。", "There are {count} TLSRPT records. With more than one, none counts.";
    TlsRptInvalid => "tls-rpt-invalid", "TLSRPTレコードに誤りがあり、無効です（{problem}）。", "The TLSRPT record has an error and does not count ({problem}).";

    // CAA
    CaaMet => "caa-ok", "証明書を発行してよい認証局が限られています。", "It is restricted which authorities may issue certificates.";
    CaaMissing => "caa-missing", "CAAレコードがありません。どの認証局でもこの名前の証明書を発行できます。", "There is no CAA record. Any authority may issue a certificate for this name.";
    CaaOpen => "caa-no-issue", "CAAレコードに issue がなく、発行できる認証局を限っていません。", "The CAA records have no issue property and restrict no authority.";
    CaaInherited => "caa-inherited", "上位の{from}のCAAレコードが適用されています。", "The CAA records of {from} apply.";
    CaaCritical => "caa-unknown-critical", "必須とされた知られていない指定（{tag}）があり、認証局は発行を拒みます。", "An unknown property ({tag}) is marked critical; authorities will refuse to issue.";

    // DNSSEC
    DnssecSecure => "dnssec-secure", "DNSSECの署名を、ルートからたどって確かめられました。", "The DNSSEC signatures were verified from the root down.";
    DnssecNoAnchor => "dnssec-no-anchor", "リゾルバから得たルートの鍵を検証できません（{detail}）。リゾルバと時刻、トラストアンカーの設定を確認してください。", "The root keys this resolver gives cannot be verified ({detail}). Check the resolver, the clock and the trust anchors.";
    DnssecUnsigned => "dnssec-unsigned", "DNSSECで署名されていません。", "The domain is not signed with DNSSEC.";
    DnssecIsland => "dnssec-island", "署名はされていますが、上位にDSレコードが登録されていないため、検証に使えません。", "The zone is signed, but no DS record is registered with the parent, so nobody can verify it.";
    DnssecUnsupported => "dnssec-unsupported", "署名方式に対応していないため、署名がないものとして扱われます（{zone}）。", "The signature algorithm is not supported, so the zone counts as unsigned ({zone}).";
    DnssecExpired => "dnssec-signature-expired", "署名の期限が切れています（{zone} {type}、期限 {until}）。検証する利用者からは見えなくなります。", "A signature has expired ({zone} {type}, on {until}). Validating users cannot see the domain.";
    DnssecEarly => "dnssec-signature-not-yet-valid", "署名の有効期間がまだ始まっていません（{zone} {type}）。", "A signature is not valid yet ({zone} {type}).";
    DnssecDsMismatch => "dnssec-ds-mismatch", "上位に登録されたDSレコードが、{zone}の鍵と一致しません。", "The DS record registered with the parent does not match any key of {zone}.";
    DnssecMissingSignature => "dnssec-signature-missing", "あるはずの署名がありません（{zone} {type}）。", "A signature is missing ({zone} {type}).";
    DnssecBadSignature => "dnssec-signature-bad", "署名がデータと合いません（{zone} {type}）。", "A signature does not match the data ({zone} {type}).";
    DnssecNoKey => "dnssec-key-missing", "DSレコードはありますが、{zone}に鍵（DNSKEY）がありません。", "There is a DS record, but {zone} has no key (DNSKEY).";
    DnssecNoDenial => "dnssec-denial-missing", "「DSが存在しない」ことの証明が正しくありません（{zone}）。", "The proof that no DS exists is not valid ({zone}).";

    // HTTPS
    CertificateMet => "certificate-ok", "証明書は有効です。", "The certificate is valid.";
    NoHttps => "no-https", "ウェブサーバとして登録されていますが、HTTPSで接続できません（{detail}）。", "A web server is registered, but there is no HTTPS service ({detail}).";
    NoWeb => "no-web", "HTTPSのサービスはありません（ウェブサーバの登録なし）。", "There is no HTTPS service, and no web server is registered.";
    ConnectTimeout => "connect-timeout", "時間内にHTTPSで接続できませんでした（{address}）。", "The HTTPS connection did not complete in time ({address}).";
    ConnectFailed => "connect-failed", "HTTPSの接続に失敗しました（{detail}）。", "The HTTPS connection failed ({detail}).";
    HandshakeFailed => "handshake-failed", "TLSの接続を確立できませんでした（{detail}）。", "The TLS handshake failed ({detail}).";
    AddressRefused => "address-refused", "アドレス{address}は測定の対象にできません（{kind}）。", "The address {address} must not be probed ({kind}).";
    CertificateExpired => "certificate-expired", "証明書の有効期限が切れています（{until}）。", "The certificate expired on {until}.";
    CertificateEarly => "certificate-not-yet-valid", "証明書の有効期間がまだ始まっていません（{from}から）。", "The certificate is not valid before {from}.";
    CertificateName => "certificate-wrong-name", "証明書の名前が{domain}と一致しません（{names}）。", "The certificate is not for {domain} but for {names}.";
    CertificateSelfSigned => "certificate-self-signed", "自己署名の証明書です。利用者のブラウザに警告が出ます。", "The certificate is self-signed; browsers show a warning.";
    CertificateUntrusted => "certificate-untrusted", "証明書の発行元を信頼できる認証局までたどれません。中間証明書の設定漏れも確認してください。", "The certificate does not lead to a trusted authority. Check for a missing intermediate certificate too.";
    CertificateWeakKey => "certificate-weak-key", "証明書の鍵が短すぎます（{kind} {bits}ビット）。", "The key of the certificate is too short ({kind}, {bits} bits).";
    CertificateWeakSignature => "certificate-weak-signature", "証明書の署名に{algorithm}が使われています。", "The certificate is signed with {algorithm}.";
    CertificateBad => "certificate-unusable", "証明書を検証できません（{detail}）。", "The certificate cannot be verified ({detail}).";
    CertificateNoProof => "certificate-no-proof", "サーバが証明書の鍵を持っていることを確認できませんでした。", "The server did not prove that it holds the key of the certificate.";
    ExpiryMet => "expiry-ok", "証明書の残り日数は{days}日です（{until}まで）。", "The certificate is valid for {days} more days (until {until}).";
    ExpirySoon => "expiry-soon", "証明書の残り日数が{days}日です（{until}まで）。{limit}日前までに更新してください。", "The certificate is valid for {days} more days only (until {until}). Renew it at least {limit} days ahead.";
    ExpiryPast => "expiry-past", "証明書は{until}に期限が切れました。", "The certificate expired on {until}.";

    // Domain policy
    SuffixMet => "suffix-ok", "許可されたドメイン名（{suffix}）です。", "The domain is under an allowed suffix ({suffix}).";
    SuffixOther => "suffix-not-allowed", "許可されたドメイン名（{allowed}）ではありません。", "The domain is not under an allowed suffix ({allowed}).";
    SuffixNoList => "suffix-no-list", "許可するドメイン名の一覧が設定されていません。", "No list of allowed suffixes is configured.";
    SuffixItself => "suffix-itself", "これはサフィックスそのもので、その下のドメイン名ではありません。", "This is the suffix itself, not a domain under it.";

    // Homepage watch
    HomepageSkeleton => "homepage-skeleton", "ページの構造が大きく変わりました（これまでとの一致度は{percent}%）。", "The structure of the page has changed much ({percent} % alike).";
    HomepageRedirect => "homepage-redirect", "別のサイト（{host}）に転送されるようになりました。", "The page now redirects to another site ({host}).";
    HomepageScript => "homepage-script", "これまでなかったサイトからスクリプトを読み込んでいます（{hosts}）。", "The page loads scripts from sites it did not use before ({hosts}).";
    HomepageFrame => "homepage-frame", "これまでなかったサイトの内容を枠の中に表示しています（{hosts}）。", "The page shows content of sites it did not use before in frames ({hosts}).";
    HomepageForm => "homepage-form", "入力フォームの送信先に、これまでなかったサイトがあります（{hosts}）。", "A form now sends what visitors type to another site ({hosts}).";
    HomepageRefresh => "homepage-refresh", "しばらくすると別のサイトに移るようになりました（{hosts}）。", "After a moment the page now moves on to another site ({hosts}).";
    HomepageStyle => "homepage-style", "これまでなかったサイトからスタイルシートを読み込んでいます（{hosts}）。", "The page loads style sheets from sites it did not use before ({hosts}).";
    HomepageCode => "homepage-code", "ページ内のスクリプトに、これまでなかったサイトのアドレスがあります（{hosts}）。", "A script within the page names sites it did not name before ({hosts}).";
    HomepageLinks => "homepage-links", "これまでなかったサイトへのリンクがあります（{hosts}）。", "The page links to sites it did not link to before ({hosts}).";
    HomepageImages => "homepage-images", "これまでなかったサイトの画像を表示しています（{hosts}）。", "The page shows pictures of sites it did not use before ({hosts}).";
    HomepageTitle => "homepage-title", "ページの題名が「{was}」から「{now}」に変わりました。", "The title has changed from “{was}” to “{now}”.";
    HomepageLanguage => "homepage-language", "文章の言語が変わりました（{was} → {now}）。", "The language of the text has changed ({was} → {now}).";
    HomepageText => "homepage-text", "文章が変わりました（これまでとの一致度は{percent}%）。", "The text has changed ({percent} % alike).";
    HomepageCertificate => "homepage-certificate", "サーバ証明書が新しいものに変わりました。", "The server shows another certificate.";
    HomepageNameServers => "homepage-name-servers", "ネームサーバが変わりました。", "The name servers have changed.";
    HomepageAddresses => "homepage-addresses", "サーバのIPアドレスがすべて変わりました。", "All addresses of the server have changed.";
    HomepageServerError => "homepage-server-error", "サーバがエラーを返しました（HTTP {status}）。", "The server answered with an error (HTTP {status}).";
    HomepageGone => "homepage-gone", "ページがありません（HTTP {status}）。", "The page is gone (HTTP {status}).";
    HomepageNoAddress => "homepage-no-address", "{host}のアドレスがDNSにありません。", "{host} has no address in the DNS.";
    HomepageRefused => "homepage-refused", "{host}に接続を拒否されました。", "{host} refused the connection.";
    HomepageNoTls => "homepage-no-tls", "{host}とTLSで接続できませんでした（{detail}）。", "No TLS connection to {host} ({detail}).";
    HomepageTimeout => "homepage-timeout", "{host}から時間内に応答がありませんでした。", "{host} did not answer in time.";
    HomepageBroken => "homepage-broken", "{host}の応答を読み取れませんでした（{detail}）。", "The answer of {host} could not be read ({detail}).";
    HomepageTurnedAway => "homepage-turned-away", "サーバが監視のためのアクセスを断りました（HTTP {status}）。", "The server turned the watch away (HTTP {status}).";
}

#[cfg(test)]
mod tests {
    use super::Why;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_both_sentences_name_the_same_data() {
        let codes: BTreeSet<_> = Why::ALL.iter().map(|why| why.code()).collect();
        assert_eq!(codes.len(), Why::ALL.len());
        for why in Why::ALL {
            let names =
                |text: &str| -> BTreeSet<String> { text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(str::to_owned).collect() };
            assert_eq!(names(why.ja()), names(why.en()), "{}", why.code());
        }
    }
}
