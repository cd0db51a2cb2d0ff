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
    DmarcFaulty => "dmarc-faulty-policy", "方針の値に誤りがあるため（{tags}）、受信側はレコード全体を p=none とみなします。", "Because a policy has an unknown value ({tags}), receivers take the whole record for p=none.";
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

    // STARTTLS
    StartTlsMet => "starttls-ok", "すべてのメールサーバがTLSで受け取ります。", "Every mail host takes mail over TLS.";
    StartTlsMissing => "starttls-missing", "メールサーバ{host}がSTARTTLSを提供していません。メールは暗号化されずに届きます。", "The mail host {host} does not offer STARTTLS. Mail reaches it unencrypted.";
    StartTlsRefused => "starttls-refused", "メールサーバ{host}がSTARTTLSを断りました（{reply}）。", "The mail host {host} offers STARTTLS and then refuses it ({reply}).";
    StartTlsHandshake => "starttls-handshake", "メールサーバ{host}と、TLS 1.2以上で接続できませんでした（{detail}）。", "The mail host {host} could not be reached with TLS 1.2 or later ({detail}).";
    StartTlsCertificate => "starttls-certificate", "メールサーバ{host}の証明書に問題があります（{detail}）。MTA-STSに従う送信側は配送しません。", "The certificate of the mail host {host} has a fault ({detail}). Senders that follow MTA-STS do not deliver.";
    SmtpUnreachable => "smtp-unreachable", "メールサーバ{host}に接続できませんでした（{detail}）。測定する側の回線が25番ポートを止めていることもあります。", "The mail host {host} could not be reached ({detail}). The network measured from may block port 25.";
    SmtpRejects => "smtp-rejects", "メールサーバ{host}が測定の接続を断りました（{reply}）。", "The mail host {host} turned the measurement away ({reply}).";

    // TLS of mail servers
    MailTlsMet => "mail-tls-ok", "調べたメールサーバ{count}台に問題はありません。", "Nothing is wrong with the {count} mail hosts that were looked at.";
    MailTlsTolerated => "mail-tls-tolerated", "弱い方式も受け付けていますが、メールが暗号化されずに届くよりはよいため、違反とはしていません（RFC 9325 5.2）。", "Weak methods are accepted too. For mail that is better than no encryption, so it is no fault (RFC 9325 5.2).";
    MailCertificateMet => "mail-certificate-ok", "証明書{count}枚の鍵と署名は十分に強いものです。", "The keys and signatures of the certificates ({count}) are strong.";

    // DANE
    DaneMet => "dane-ok", "メールサーバの証明書は、DNSSECで守られたTLSAレコードと一致します。", "The certificates of the mail hosts match TLSA records that DNSSEC protects.";
    DaneMissing => "dane-missing", "メールサーバ{host}のTLSAレコードがありません。", "There is no TLSA record for the mail host {host}.";
    DaneInsecure => "dane-insecure", "{place}がDNSSECで守られていないため、TLSAレコードは使われません。", "{place} is not protected by DNSSEC, so the TLSA records are not used.";
    DaneBogus => "dane-bogus", "{place}の署名を検証できません（{detail}）。DANEに対応した送信側は配送しません。", "The signature of {place} does not verify ({detail}). Senders that follow DANE do not deliver.";
    DaneUnusable => "dane-unusable", "メールサーバ{host}のTLSAレコード（{records}）は、メールでは使えない種類です。", "The TLSA records of the mail host {host} ({records}) are of kinds that mail does not use.";
    DaneMismatch => "dane-mismatch", "メールサーバ{host}の証明書がTLSAレコードと一致しません。DANEに対応した送信側は配送しません。", "The certificate of the mail host {host} does not match its TLSA records. Senders that follow DANE do not deliver.";
    DaneNoTls => "dane-no-tls", "メールサーバ{host}はTLSAレコードを公開していますが、TLSで受け取りません。DANEに対応した送信側は配送しません。", "The mail host {host} has TLSA records and takes no mail over TLS. Senders that follow DANE do not deliver.";
    DaneSingle => "dane-no-rollover", "メールサーバ{host}のTLSAレコードは1件です。証明書を替える前に、次の鍵のレコードを加えてください。", "The mail host {host} has a single TLSA record. Add that of the next key before the certificate changes.";

    // DKIM
    DkimMet => "dkim-ok", "DKIMの公開鍵は正しく公開されています（セレクタ: {selectors}）。", "The DKIM keys are published correctly (selectors: {selectors}).";
    DkimUnknown => "dkim-no-selector", "DKIMの公開鍵の場所（セレクタ）が分からないため、調べられません。{domain}のメールに署名しているセレクタを台帳に登録するか、DMARCの集計レポートを取り込んでください。", "Where the DKIM keys lie (the selectors) is not known, so they cannot be checked. Register the selectors that mail of {domain} is signed with, or import DMARC aggregate reports.";
    DkimMissing => "dkim-missing", "セレクタ{selector}の公開鍵がありません。この鍵で署名したメールは、受信側で検証に失敗します。", "There is no key for the selector {selector}. Receivers cannot verify mail that is signed with it.";
    DkimNoKey => "dkim-no-key", "セレクタ{selector}の名前はありますが、DKIMの公開鍵が書かれていません。", "The name of the selector {selector} exists, but holds no DKIM key.";
    DkimAlias => "dkim-alias-broken", "セレクタ{selector}の別名（CNAME）の参照先{target}に公開鍵がありません。", "The selector {selector} is an alias (CNAME) of {target}, where there is no key.";
    DkimRevoked => "dkim-revoked", "セレクタ{selector}の鍵は失効しています（p= が空）。ほかに使える鍵も見つかりません。", "The key of the selector {selector} is revoked (empty p=), and no other usable key is known.";
    DkimTwo => "dkim-two-records", "セレクタ{selector}に公開鍵が{count}件あります。どれが使われるかは受信側によって変わります。", "There are {count} keys for the selector {selector}. Which one counts depends on the receiver.";
    DkimInvalid => "dkim-invalid", "セレクタ{selector}のレコードに誤りがあり、受信側は使えません（{problem}）。", "The record of the selector {selector} has an error, so that receivers cannot use it ({problem}).";
    DkimUnusable => "dkim-key-unreadable", "セレクタ{selector}の公開鍵を読み取れません（{problem}）。", "The key of the selector {selector} cannot be read ({problem}).";
    DkimKind => "dkim-key-unknown", "セレクタ{selector}の鍵の種類（{kind}）は、受信側に知られていません。", "Receivers do not know the kind of key of the selector {selector} ({kind}).";
    DkimShort => "dkim-key-ignored", "セレクタ{selector}の鍵はRSA {bits}ビットです。1024ビット未満の鍵は受信側が無視し、第三者に署名を偽造されるおそれもあります。", "The key of the selector {selector} has {bits} RSA bits. Receivers ignore keys below 1024 bits, and others may forge signatures.";
    DkimWeak => "dkim-key-weak", "セレクタ{selector}の鍵はRSA {bits}ビットです。{least}ビット以上にする必要があります。", "The key of the selector {selector} has {bits} RSA bits; it must have at least {least}.";
    DkimHash => "dkim-sha1-only", "セレクタ{selector}のレコードがSHA-1の署名しか許していません（h=sha1）。受信側はSHA-1の署名を受け付けません。", "The record of the selector {selector} allows SHA-1 signatures only (h=sha1), which receivers no longer accept.";
    DkimService => "dkim-not-for-mail", "セレクタ{selector}の鍵は、メール用として公開されていません（s={services}）。", "The key of the selector {selector} is not published for mail (s={services}).";
    DkimNone => "dkim-all-revoked", "メールを使わないドメイン名として、DKIMの鍵がすべて失効と示されています。", "The domain uses no mail, and says that all DKIM keys are revoked.";
    DkimTest => "dkim-testing", "セレクタ{selector}の鍵は試験中です（t=y）。受信側は署名のないメールと同じに扱います。", "The key of the selector {selector} is only tried out (t=y): receivers treat mail as if it were not signed.";
    DkimLong => "dkim-key-long", "セレクタ{selector}の鍵はRSA {bits}ビットです。4096ビットを超える鍵は、受信側が対応していないことがあります。", "The key of the selector {selector} has {bits} RSA bits. Receivers need not know keys above 4096 bits.";
    DkimNewKind => "dkim-ed25519", "セレクタ{selector}の鍵（Ed25519）に対応していない受信側があります。RSAの署名も付けてください。", "Not every receiver knows the kind of key of the selector {selector} (Ed25519). Sign with RSA as well.";
    DkimOld => "dkim-selector-gone", "以前のレポートに現れたセレクタ{selector}の鍵は、もう公開されていません。", "The key of the selector {selector}, which earlier reports tell of, is no longer published.";
    DkimRetired => "dkim-selector-revoked", "セレクタ{selector}の鍵は失効しています（p= が空）。もう署名に使っていないことを確かめてください。", "The key of the selector {selector} is revoked (empty p=). Make sure that nothing is signed with it any more.";
    DkimUnanswered => "dkim-selector-unanswered", "セレクタ{selector}については応答がありませんでした（{question}）。", "There was no answer about the selector {selector} ({question}).";
    DkimUnasked => "dkim-selectors-unasked", "知られているセレクタが多いため、{count}個は調べていません。", "Many selectors are known; {count} were not asked for.";
    DkimNoSelectorName => "dkim-selector-invalid", "「{selector}」はセレクタとして正しくありません。登録内容を確認してください。", "“{selector}” is not a valid selector. Check what was registered.";

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

    // TLS
    TlsOpen => "tls-unanswered", "一部の問いかけに正しい応答がなく、調べ終えられませんでした（{version}、{detail}）。", "Part of it could not be learnt, because the server did not answer properly ({version}, {detail}).";
    TlsListCut => "tls-list-cut", "接続の回数を抑えるため、一覧は途中までです。", "To make few connections, the list was not followed to its end.";
    TlsVersionsMet => "tls-versions-ok", "安全な版のTLSだけを受け付けています（{versions}）。", "Only safe versions of TLS are accepted ({versions}).";
    TlsVersionOld => "tls-version-old", "古い版の{version}を受け付けています。", "The old version {version} is accepted.";
    TlsVersionMissing => "tls-version-missing", "必要な版（{versions}）を受け付けていません。", "A version that is needed is not accepted ({versions}).";
    TlsSuitesMet => "tls-suites-ok", "弱い暗号スイートは受け付けていません（{count}種類を確認）。", "No weak cipher suite is accepted ({count} suites were seen).";
    TlsNull => "tls-suite-null", "暗号化をしない暗号スイートを受け付けています（{suites}）。", "Suites without encryption are accepted ({suites}).";
    TlsAnonymous => "tls-suite-anonymous", "相手を確かめない暗号スイートを受け付けています（{suites}）。", "Suites that do not prove who the server is are accepted ({suites}).";
    TlsExport => "tls-suite-export", "輸出規制時代の、鍵が極端に短い暗号スイートを受け付けています（{suites}）。", "Export suites with very short keys are accepted ({suites}).";
    TlsDes => "tls-suite-des", "鍵の短いDESの暗号スイートを受け付けています（{suites}）。", "Suites with DES, whose key is too short, are accepted ({suites}).";
    TlsRc4 => "tls-suite-rc4", "解読されたRC4の暗号スイートを受け付けています（{suites}）。", "Suites with RC4, which is broken, are accepted ({suites}).";
    TlsMd5 => "tls-suite-md5", "MD5を使う暗号スイートを受け付けています（{suites}）。", "Suites with MD5 are accepted ({suites}).";
    TlsSmallBlock => "tls-suite-64-bit-block", "3DESなど64ビット単位の古い暗号スイートを受け付けています（{suites}）。", "Suites with blocks of 64 bits, such as 3DES, are accepted ({suites}).";
    TlsStatic => "tls-suite-no-forward-secrecy", "鍵が漏れると過去の通信まで解読される（前方秘匿性のない）暗号スイートを受け付けています（{suites}）。", "Suites without forward secrecy are accepted: with the key, recorded traffic can be read later ({suites}).";
    TlsCbc => "tls-suite-cbc", "CBCモードの暗号スイートを受け付けています（{suites}）。", "Suites in CBC mode are accepted ({suites}).";
    TlsGroupsMet => "tls-groups-ok", "鍵交換は十分に強い方式です（{groups}）。", "Keys are exchanged in strong groups ({groups}).";
    TlsNoGroups => "tls-no-groups", "一時的な鍵交換を行わないサーバです。暗号スイートの判定を見てください。", "The server makes no ephemeral key exchange. See what is said about its suites.";
    TlsWeakPrime => "tls-weak-prime", "DH鍵交換の素数が{bits}ビットで、短すぎます（{least}ビット以上が必要です）。", "The prime of the DH key exchange has {bits} bits, which is too short ({least} are needed).";
    TlsWeakCurve => "tls-weak-curve", "弱い楕円曲線{group}での鍵交換を受け付けています（{least}ビット以上が必要です）。", "Key exchange on the weak curve {group} is accepted ({least} bits are needed).";
    TlsOwnCurve => "tls-own-curve", "サーバ独自の楕円曲線を使っています。標準の曲線だけを使ってください。", "The server uses a curve of its own. Use standard curves only.";
    TlsShortRsa => "tls-short-rsa", "鍵交換に{bits}ビットの一時的なRSA鍵を使っています。", "Keys are exchanged under a temporary RSA key of {bits} bits.";
    TlsWeakHash => "tls-weak-hash", "鍵交換の署名に{algorithm}を使います。", "The key exchange is signed with {algorithm}.";
    TlsPostQuantum => "tls-post-quantum", "量子計算機に耐える鍵交換（{group}）に対応しています。", "Key exchange that withstands quantum computers is offered ({group}).";
    TlsNoPostQuantum => "tls-no-post-quantum", "量子計算機に耐える鍵交換（X25519MLKEM768など）には対応していません。", "No key exchange that withstands quantum computers (such as X25519MLKEM768) is offered.";
    ChainMet => "chain-ok", "提示された証明書{count}枚に問題はありません。", "The certificates presented ({count}) are sound.";
    ChainWeakKey => "chain-weak-key", "証明書の鍵が短すぎます（{subject}、{kind} {bits}ビット）。", "The key of a certificate is too short ({subject}, {kind}, {bits} bits).";
    ChainWeakSignature => "chain-weak-signature", "証明書の署名に{algorithm}が使われています（{subject}）。", "A certificate is signed with {algorithm} ({subject}).";
    ChainExpired => "chain-expired", "中間証明書が有効期間の外にあります（{subject}、{until}まで）。", "An intermediate certificate is outside its dates ({subject}, until {until}).";
    ChainIncomplete => "chain-incomplete", "証明書が「{issuer}」の手前で途切れ、信頼できる認証局までたどれません。中間証明書が設定されていないと考えられます。", "The chain ends before “{issuer}” and leads to no trusted authority. An intermediate certificate is probably missing.";
    ChainOrder => "chain-order", "証明書の並び順が正しくありません。サーバ証明書、中間証明書の順に並べてください。", "The certificates are in the wrong order. Put the server's own first, then the intermediates.";
    ChainExtra => "chain-extra", "使われない証明書も提示しています（{subject}）。", "A certificate that certifies none of the others is presented too ({subject}).";
    ChainTwo => "chain-two", "鍵の種類の異なる証明書が複数あります（{kinds}）。すべて確かめました。", "There are certificates with keys of different kinds ({kinds}). All were looked at.";
    // Pages
    PageTimeout => "page-timeout", "時間内にページを受け取れませんでした（{url}）。", "The page did not arrive in time ({url}).";
    PageClosed => "page-unreachable", "ウェブサーバに接続できませんでした（{url}、{detail}）。", "The web server could not be reached ({url}, {detail}).";
    PageUnreadable => "page-unreadable", "ウェブサーバの応答を読み取れませんでした（{url}、{detail}）。", "The answer of the web server could not be read ({url}, {detail}).";
    PageStatus => "page-status", "ウェブサーバがエラーを返したため、判定できません（{url}、HTTP {status}）。", "The web server returned an error, so nothing can be said ({url}, HTTP {status}).";
    PageElsewhere => "page-elsewhere", "ほかの組織のサーバへ転送しています（{url}）。転送先は測定しません。", "The name leads to the server of somebody else ({url}), which is not measured.";
    PageRound => "page-redirect-loop", "転送が循環していて、ページにたどり着けません（{url}）。", "The redirects go round in a circle and never reach a page ({url}).";
    PageFar => "page-too-many-redirects", "{count}回の転送でもページにたどり着けません（{url}）。", "After {count} redirects there is still no page ({url}).";

    // Redirect to HTTPS
    RedirectMet => "redirect-ok", "HTTPでのアクセスを同じ名前のHTTPSへ転送しています。", "Plain HTTP leads to HTTPS of the same name.";
    PlainClosed => "plain-http-closed", "HTTPのポートは閉じていて、暗号化されない通信はできません。", "The port of plain HTTP is closed, so nothing goes unencrypted.";
    PlainRefused => "plain-http-refused", "HTTPではページを提供していません（{url}、HTTP {status}）。", "No page is served over plain HTTP ({url}, HTTP {status}).";
    PlainContent => "plain-http-content", "ページを暗号化せずに（HTTPで）提供しています。途中の第三者が読み、書き換えることができます。", "The page is served without encryption (plain HTTP). Somebody in between can read and change it.";
    RedirectUnreadable => "redirect-unreadable", "転送先が書かれていないか、読み取れません（{url}、HTTP {status}）。", "The redirect says nowhere or nothing readable ({url}, HTTP {status}).";
    RedirectStatus => "redirect-status", "転送がHTTP {status} です。301か308を使ってください。", "The redirect uses HTTP {status}. Use 301 or 308.";
    RedirectPlain => "redirect-stays-plain", "HTTPSの前に、暗号化されないページを経由しています（{url}）。", "On the way to HTTPS there is an unencrypted page ({url}).";
    RedirectOther => "redirect-other-host-first", "同じ名前のHTTPSより先に、別の名前へ転送しています（{url}）。HSTSが効かず、最初の接続を守れません。", "It leads to another name before HTTPS of the same name ({url}), so HSTS cannot protect the first connection.";
    RedirectDowngrade => "redirect-downgrade", "HTTPSからHTTPへ戻しています（{url}）。", "HTTPS leads back to plain HTTP ({url}).";
    RedirectDetour => "redirect-detour", "HTTPSの前に、同じ名前のHTTPのページを経由しています（{url}）。直接転送することを勧めます。", "There is a page over plain HTTP of the same name before HTTPS ({url}). Redirect straight to HTTPS.";
    RedirectTemporary => "redirect-temporary", "転送が一時的なもの（HTTP {status}）です。301か308にすることを勧めます。", "The redirect is temporary (HTTP {status}). Prefer 301 or 308.";
    RedirectLeaves => "redirect-leaves", "最後はほかの組織のサーバへ転送しています（{url}）。転送先は調べていません。", "In the end it leads to the server of somebody else ({url}), which was not looked at.";
    RedirectFar => "redirect-far", "転送が多いか循環しているため、その先は調べていません。", "There are many redirects or a circle, so the rest was not looked at.";
    RedirectUnfinished => "redirect-unfinished", "転送の先から応答がなかったため、その先は調べていません。", "One of the redirects brought no answer, so the rest was not looked at.";

    // HSTS
    HstsMet => "hsts-ok", "HTTPSだけで接続するよう、ブラウザに{seconds}秒間指示しています。", "Browsers are told to insist on HTTPS for {seconds} seconds.";
    HstsMissing => "hsts-missing", "HSTSがありません。利用者が最初に暗号化されない接続をするおそれがあります。", "There is no HSTS, so visitors may begin without encryption.";
    HstsInvalid => "hsts-invalid", "HSTSのヘッダに誤りがあり、ブラウザに無視されます（{problem}）。", "The HSTS header has an error and browsers ignore it ({problem}).";
    HstsZero => "hsts-zero", "max-age=0 は保護をやめる指示です。HSTSは働きません。", "max-age=0 tells browsers to stop protecting; HSTS is off.";
    HstsShort => "hsts-short", "HSTSの期間が{seconds}秒です。{limit}秒以上にする必要があります。", "HSTS lasts {seconds} seconds; it must last at least {limit}.";
    HstsSubdomains => "hsts-no-subdomains", "includeSubDomains がないため、サブドメインは守られません。", "Without includeSubDomains, names below are not protected.";
    HstsElsewhere => "hsts-only-elsewhere", "転送先の{host}にはHSTSがありますが、この名前にはありません。HSTSは送った名前にだけ働きます。", "The server {host} it leads to sends HSTS, this name does not. HSTS holds only for the name that sent it.";
    HstsCertificate => "hsts-certificate", "証明書が正しくないため、ブラウザはHSTSを無視します（{detail}）。", "Browsers ignore HSTS because the certificate is not valid ({detail}).";
    HstsLater => "hsts-later", "最初のページにはなく、転送先のページ（{url}）にあります。", "The first page has none; the page it leads to ({url}) has.";
    HstsSeveral => "hsts-several", "HSTSのヘッダが{count}個あります。ブラウザは最初の1個だけを使います。", "There are {count} HSTS headers; browsers use only the first.";

    // Headers
    HeadersMet => "headers-ok", "必要なヘッダがあります。", "The headers that are required are there.";
    CspMissing => "csp-missing", "CSP（Content-Security-Policy）がなく、書き込まれた不正なスクリプトを止められません。", "There is no Content-Security-Policy, so injected scripts are not stopped.";
    CspReportOnly => "csp-report-only", "CSPが試行（Report-Only）だけで、不正なスクリプトを止めません。", "The Content-Security-Policy is on trial only (Report-Only) and stops nothing.";
    CspOpen => "csp-open", "CSPがありますが、スクリプトを制限していません。", "There is a Content-Security-Policy, but it does not restrict scripts.";
    CspInline => "csp-unsafe-inline", "CSPが 'unsafe-inline' で、ページに書き込まれたスクリプトをすべて許しています。", "The Content-Security-Policy allows every script written into the page ('unsafe-inline').";
    CspAnywhere => "csp-any-source", "CSPが、どのサーバのスクリプトも許しています。", "The Content-Security-Policy allows scripts from any server.";
    CspEval => "csp-eval", "CSPが、文字列をプログラムとして実行すること（'unsafe-eval'）を許しています。", "The Content-Security-Policy allows text to be run as code ('unsafe-eval').";
    CspObjects => "csp-objects", "CSPに object-src 'none' がありません。", "The Content-Security-Policy lacks object-src 'none'.";
    CspBase => "csp-base", "CSPに base-uri がなく、相対アドレスの基準を書き換えられます。", "The Content-Security-Policy lacks base-uri, so the base of relative addresses can be changed.";
    CspMetaFrames => "csp-meta-frames", "frame-ancestors は <meta> では無視されます。ヘッダに書いてください。", "Browsers ignore frame-ancestors in <meta>. Put it into the header.";
    FramingMissing => "framing-missing", "ほかのサイトへの埋め込みを制限していません。だまして操作させられるおそれがあります（クリックジャッキング）。", "Other sites may show the page in a frame and trick visitors into clicking (clickjacking).";
    FramingAnybody => "framing-anybody", "frame-ancestors が、どのサイトへの埋め込みも許しています（X-Frame-Options は無視されます）。", "frame-ancestors allows every site to frame the page (X-Frame-Options is then ignored).";
    FramingUnknown => "framing-unknown", "X-Frame-Options の値（{value}）は無視されます。DENY か SAMEORIGIN にしてください。", "The value of X-Frame-Options ({value}) is ignored. Use DENY or SAMEORIGIN.";
    SniffMissing => "nosniff-missing", "X-Content-Type-Options がなく、ファイルの種類をブラウザが推測します。", "There is no X-Content-Type-Options, so browsers guess types of files.";
    SniffUnknown => "nosniff-unknown", "X-Content-Type-Options の値（{value}）は無視されます。nosniff にしてください。", "The value of X-Content-Type-Options ({value}) is ignored. Use nosniff.";
    ReferrerMissing => "referrer-missing", "Referrer-Policy がありません。リンク元のアドレスの扱いはブラウザ任せです。", "There is no Referrer-Policy; what other sites learn of addresses is left to the browser.";
    ReferrerWide => "referrer-wide", "Referrer-Policy が {value} で、ページのアドレス全体をほかのサイトへ伝えます。", "Referrer-Policy {value} tells other sites the whole address of the page.";

    // Cookies
    CookiesMet => "cookies-ok", "セッション用のCookieは守られています。", "Cookies of a session are protected.";
    CookiesNone => "cookies-none", "Cookieは設定されていません。", "No cookies are set.";
    CookieNotSecure => "cookie-not-secure", "Cookie「{name}」に Secure がなく、暗号化されない通信でも送られます。", "The cookie {name} is not Secure and is sent without encryption too.";
    CookiePlain => "cookie-over-plain-http", "Cookie「{name}」を、暗号化されない通信で設定しています。", "The cookie {name} is set over plain HTTP.";
    CookieScripts => "cookie-readable", "Cookie「{name}」に HttpOnly がなく、不正なスクリプトに読み取られるおそれがあります。", "The cookie {name} is not HttpOnly, so injected scripts can read it.";
    CookieSameSite => "cookie-no-samesite", "Cookie「{name}」に SameSite の指定がありません。", "The cookie {name} does not say SameSite.";
    CookieAnySite => "cookie-any-site", "Cookie「{name}」は SameSite=None で、ほかのサイトからの要求にも付けられます。", "The cookie {name} is SameSite=None and goes along with requests from other sites.";
    CookieHostPrefix => "cookie-host-prefix", "Cookie「{name}」は __Host- の条件（Secure、Path=/、Domainなし）を満たさず、ブラウザに拒否されます。", "The cookie {name} breaks the promise of __Host- (Secure, Path=/, no Domain), so browsers refuse it.";
    CookieSecurePrefix => "cookie-secure-prefix", "Cookie「{name}」は __Secure- の条件（Secure）を満たさず、ブラウザに拒否されます。", "The cookie {name} breaks the promise of __Secure- (Secure), so browsers refuse it.";
    CookieUnread => "cookie-unreadable", "読み取れないCookieが{count}個あります。", "{count} cookies cannot be read.";

    // security.txt
    SecurityTxtMet => "security-txt-ok", "脆弱性の連絡先が公開されています（{until}まで有効）。", "The contact for weaknesses is published (until {until}).";
    SecurityTxtMissing => "security-txt-missing", "security.txt がありません。脆弱性を見つけた人が連絡先を知ることができません。", "There is no security.txt. Whoever finds a weakness does not know whom to tell.";
    SecurityTxtOldPlace => "security-txt-old-place", "security.txt が古い場所にだけあります。/.well-known/ の下に置いてください。", "security.txt lies only at the old place. Put it under /.well-known/.";
    SecurityTxtInvalid => "security-txt-invalid", "security.txt に誤りがあります（{problem}）。", "security.txt has an error ({problem}).";
    SecurityTxtExpired => "security-txt-expired", "security.txt の期限（{until}）が過ぎています。連絡先を確認して更新してください。", "security.txt expired on {until}. Check the contact and renew it.";
    SecurityTxtType => "security-txt-type", "security.txt の Content-Type が、UTF-8の text/plain ではありません（{kind}）。", "The Content-Type of security.txt is not text/plain in UTF-8 ({kind}).";
    SecurityTxtPlain => "security-txt-plain", "security.txt が暗号化されずに提供されています（{url}）。", "security.txt is served without encryption ({url}).";
    SecurityTxtElsewhere => "security-txt-elsewhere", "security.txt はほかの組織のサーバへ転送されています（{url}）。その内容は調べていません。", "security.txt leads to the server of somebody else ({url}), which was not looked at.";
    SecurityTxtFar => "security-txt-far", "期限（{until}）が1年より先です。忘れられないよう、1年未満にすることを勧めます。", "It expires on {until}, more than a year ahead. Less than a year is advised, so that it is not forgotten.";
    SecurityTxtContact => "security-txt-contact", "使えない連絡先があります（{value}）。mailto:、tel:、https: のいずれかで書いてください。", "Some contacts are unusable ({value}). Write mailto:, tel: or https:.";
    SecurityTxtCanonical => "security-txt-canonical", "Canonical のアドレス（{value}）が、取得した場所と一致しません。", "The address in Canonical ({value}) is not where it was found.";
    SecurityTxtSigned => "security-txt-signed", "電子署名が付いています（署名は検証していません）。", "It is signed (the signature was not verified).";

    // Named software
    SoftwareMet => "software-ok", "サポートが終わった版を名乗るソフトウェアはありません。", "Nothing names a version without support.";
    SoftwareToConfirm => "software-to-confirm", "{product} {version} を名乗っています（{place}）。提供元のサポートは{date}に終了しています。修正が個別に適用されている場合もあるため、担当者が確認してください（{source}）。", "It names itself {product} {version} ({place}). Its maker ended support on {date}. Repairs may have been carried back, so somebody has to confirm ({source}).";
    SoftwareNamed => "software-named", "ヘッダがソフトウェアの版を名乗っています。名乗らない設定にすることを勧めます。", "Headers name the versions of programs. Turn that off.";
    SoftwareNoList => "software-no-list", "判定に使う一覧を読み取れません。", "The list to judge by cannot be read.";

    // Exposures
    ExposuresMet => "exposures-ok", "公開されていると困るものは見つかりませんでした（{count}ページを確認）。", "Nothing was found that should not be open ({count} pages were looked at).";
    ExposureFound => "exposure-found", "{title}が公開されています（重大度: {word}、{url}）。{advice}", "Open to everybody: {title} (severity: {word}, {url}). {advice}";
    ExposureMixed => "exposure-mixed-content", "HTTPSのページが、スクリプトやフォームの送り先などを暗号化されない通信（HTTP）で使っています（{count}件、{url} など）。", "The HTTPS page uses scripts, frames or forms over plain HTTP ({count}, such as {url}).";
    ExposureMixedPictures => "exposure-mixed-pictures", "HTTPSのページが、画像などを暗号化されない通信（HTTP）で使っています（{count}件、{url} など）。", "The HTTPS page uses pictures over plain HTTP ({count}, such as {url}).";
    ExposureForm => "exposure-form-token", "ほかのサイトからの送信を防ぐトークンが見当たらないフォームが{count}個あります（送り先: {action}）。必要かどうか確認してください。", "{count} forms carry no token that stops other sites from sending them (to {action}). Confirm whether they need one.";
    ExposureSoft => "exposure-soft-404", "存在しないページにもHTTP 200を返すサーバです。そのことを除いて判定しました。", "The server answers 200 for pages that do not exist; that was taken into account.";
    ExposureUnheard => "exposure-unheard", "{count}ページは応答がなく、調べていません。", "{count} pages gave no answer and were not looked at.";
    // Name servers
    NsMet => "ns-ok", "権威サーバ{count}台は、どれも同じ内容を答えています。", "All {count} name servers answer with the same zone.";
    NsLame => "ns-lame", "権威サーバ{server}（{address}）が、このドメイン名の情報を持っていません（{detail}）。名前を引けない利用者がいます。", "The name server {server} ({address}) does not hold this zone ({detail}). Some users cannot find the domain.";
    NsClosed => "ns-closed", "権威サーバ{server}（{address}）でDNSのサービスが動いていません。", "No DNS service runs at the name server {server} ({address}).";
    NsNoAddress => "ns-without-address", "権威サーバ{server}にアドレスがありません。", "The name server {server} has no address.";
    NsNoIpv4 => "ns-no-ipv4", "IPv4アドレスを持つ権威サーバがありません。IPv4だけの利用者は名前を引けません。", "No name server has an IPv4 address. Who has IPv4 only cannot find the domain.";
    NsSignatureDates => "ns-signature-dates", "権威サーバ{server}（{address}）の署名が有効期間（{from}から{until}）の外です。このサーバに当たった利用者からは見えなくなります。", "The signature that the name server {server} ({address}) serves is outside its dates ({from} to {until}). Validating users who meet this server cannot see the domain.";
    NsUnsigned => "ns-unsigned", "権威サーバ{server}（{address}）だけ、DNSSECの署名がありません。", "Only the name server {server} ({address}) serves the zone without DNSSEC signatures.";
    NsSerial => "ns-serial-differs", "権威サーバ{server}（{address}）の内容が古いままです（シリアル番号{serial}、最新は{newest}）。", "The name server {server} ({address}) holds an old zone (serial {serial}; the newest is {newest}).";
    NsNoTcp => "ns-no-tcp", "権威サーバ{server}（{address}）がTCPの問い合わせを受け付けません。大きな応答を受け取れない利用者がいます。", "The name server {server} ({address}) refuses questions over TCP. Some users cannot get large answers.";
    NsTooFew => "ns-too-few", "権威サーバが{count}台しかありません。1台が止まると名前を引けなくなります。", "There is only {count} name server. When it fails, nobody can find the domain.";
    NsOtherSet => "ns-set-differs", "権威サーバ{server}の挙げるサーバ（{names}）が、ほかの応答（{others}）と異なります。", "The name server {server} names other servers ({names}) than the rest ({others}).";
    NsParentDiffers => "ns-parent-differs", "上位の{parent}に登録されたサーバ（{names}）が、ゾーンのNSレコード（{others}）と異なります。", "The servers registered with {parent} ({names}) differ from the NS records of the zone ({others}).";
    NsUnheard => "ns-unanswered", "権威サーバ{server}（{address}）から{transport}の応答を得られませんでした（{detail}）。", "The name server {server} ({address}) gave no answer over {transport} ({detail}).";
    NsOneNetwork => "ns-one-network", "すべての権威サーバが同じネットワーク（{network}）にあります。回線や機器の障害でまとめて止まるおそれがあります。", "All name servers are in one network ({network}), so one failure may stop them all.";
    NsUnchecked => "ns-unchecked", "権威サーバが多いため、{count}台は調べていません。", "There are many name servers; {count} were not checked.";

    // IPv6
    NoIpv6Here => "no-ipv6-here", "測定元にIPv6の接続がないため、IPv6では測定していません。", "There is no IPv6 where we measure from, so nothing was measured over IPv6.";
    Ipv6Met => "ipv6-ok", "IPv6だけの利用者も、このドメイン名を利用できます。", "People who have IPv6 only can use this domain.";
    Ipv6NoNameServer => "ipv6-no-name-server", "IPv6アドレスを持つ権威サーバがありません。IPv6だけの利用者は名前を引けません。", "No name server has an IPv6 address. Who has IPv6 only cannot find the domain.";
    Ipv6NoMail => "ipv6-no-mail-host", "IPv6アドレスを持つメールサーバがありません。", "No mail host has an IPv6 address.";
    Ipv6NoWeb => "ipv6-no-web", "ウェブサーバにIPv6アドレスがありません。", "The web server has no IPv6 address.";
    Ipv6Unusable => "ipv6-unusable-address", "{host}のIPv6アドレス{address}はIPv4を言い換えただけのもの（{kind}）で、IPv6では届きません。", "The IPv6 address {address} of {host} only stands for IPv4 ({kind}); nobody reaches it by IPv6.";
    Ipv6NameServer => "ipv6-name-server-fails", "権威サーバ{server}（{address}）が、IPv6では正しく答えません（{detail}）。", "The name server {server} ({address}) does not answer properly over IPv6 ({detail}).";
    Ipv6Mail => "ipv6-mail-fails", "メールサーバ{host}にIPv6アドレス（{address}）がありますが、IPv6では接続できません（{detail}）。", "The mail host {host} has an IPv6 address ({address}), but cannot be reached there ({detail}).";
    Ipv6Web => "ipv6-web-fails", "ウェブサーバにIPv6アドレス（{address}）がありますが、IPv6では接続できません（{detail}）。", "The web server has an IPv6 address ({address}), but cannot be reached there ({detail}).";
    Ipv6NothingToReach => "ipv6-nothing-to-reach", "IPv6で届けるべきウェブサーバはありません。", "There is no web server that should be reached by IPv6.";

    // Same content over IPv4 and IPv6
    SameMet => "same-content-ok", "トップページはIPv4でもIPv6でも同じです。", "The front page is the same over IPv4 and IPv6.";
    SameStatus => "same-content-status", "トップページの応答が、IPv4（HTTP {v4}）とIPv6（HTTP {v6}）で異なります。", "The front page is answered with HTTP {v4} over IPv4 and HTTP {v6} over IPv6.";
    SameRedirect => "same-content-redirect", "トップページの転送先が、IPv4（{v4}）とIPv6（{v6}）で異なります。", "The front page redirects to {v4} over IPv4 and to {v6} over IPv6.";
    SameTitle => "same-content-title", "トップページの題名が、IPv4（{v4}）とIPv6（{v6}）で異なります。", "The front page is called “{v4}” over IPv4 and “{v6}” over IPv6.";
    SameText => "same-content-text", "トップページの本文が、IPv4とIPv6で{percent}％異なります（{limit}％まで）。", "The text of the front page differs by {percent} % between IPv4 and IPv6 (at most {limit} %).";
    SameBroken => "same-content-server-error", "IPv4でもIPv6でもサーバの障害（HTTP {status}）のため、内容を比べられません。", "The server fails over IPv4 and IPv6 (HTTP {status}), so there is nothing to compare.";
    SameNoIpv6 => "same-content-no-ipv6", "IPv6アドレスがないため、比べるものがありません。", "There is no IPv6 address, so there is nothing to compare.";
    SameNoIpv4 => "same-content-no-ipv4", "IPv4アドレスがないため、比べるものがありません。", "There is no IPv4 address, so there is nothing to compare.";
    SameNoWeb => "same-content-no-web", "{address}にHTTPSのサービスがないため、比べるものがありません。", "There is no HTTPS service at {address}, so there is nothing to compare.";

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
