//! Domains that each have one thing to be said about their names and mail, and are called after it.

use probe::testbed::{Dmarc, Dnssec, Failure, Https, Mx, Spf, Sts, TlsRpt, Zone};

/// The suffixes under which each state of DNSSEC is made: directly below a top level, below an empty label, and both of these under a
/// parent that denies with NSEC3.
const SUFFIXES: [&str; 4] = ["example", "go.example", "test", "go.test"];

const STATES: [(&str, Dnssec); 8] = [
    ("signed", Dnssec::Signed),
    ("unsigned", Dnssec::Unsigned),
    ("island", Dnssec::Island),
    ("expired", Dnssec::Expired),
    ("wrongds", Dnssec::WrongDs),
    ("nosig", Dnssec::MissingSignature),
    ("badsig", Dnssec::BadSignature),
    ("nokey", Dnssec::MissingKey),
];

/// SPF records that no state of the testbed has.
const SPF: [(&str, &str); 27] = [
    ("ten-lookups", "v=spf1 a mx a:w1.{} a:w2.{} a:w3.{} a:w4.{} a:w5.{} a:w6.{} a:w7.{} include:w8.{} -all"),
    ("eleven-a", "v=spf1 a a a a a a a a a a a -all"),
    (
        "eleven-exists",
        "v=spf1 exists:w1.{} exists:w2.{} exists:w3.{} exists:w4.{} exists:w5.{} exists:w6.{} exists:w7.{} exists:w1.{} exists:w2.{} \
         exists:w3.{} exists:w4.{} -all",
    ),
    ("three-voids", "v=spf1 a:gone1.{} a:gone2.{} a:gone3.{} -all"),
    ("two-voids", "v=spf1 a:gone1.{} exists:gone2.{} -all"),
    ("void-exists", "v=spf1 exists:gone1.{} exists:gone2.{} exists:gone3.{} -all"),
    ("neutral", "v=spf1 mx ?all"),
    ("upper-case", "V=SPF1 MX -ALL"),
    ("version-10", "v=spf10 mx -all"),
    ("leading-blank", " v=spf1 mx -all"),
    ("trailing-blank", "v=spf1 mx -all "),
    ("after-all", "v=spf1 mx -all a:w1.{}"),
    ("redirect-beside-all", "v=spf1 mx redirect=w8.{} -all"),
    ("two-redirects", "v=spf1 redirect=w8.{} redirect=w8.{}"),
    ("redirect-to-nothing", "v=spf1 redirect=w1.{}"),
    ("ptr", "v=spf1 ptr -all"),
    ("macro", "v=spf1 exists:%{ir}.list.{} -all"),
    ("macro-unknown", "v=spf1 exists:%{z}.list.{} -all"),
    ("macro-bare", "v=spf1 exists:%list.{} -all"),
    ("exp-to-nothing", "v=spf1 mx exp=gone.{} -all"),
    ("unknown-modifier", "v=spf1 mx moo=cow -all"),
    ("unknown-mechanism", "v=spf1 mx moo:cow -all"),
    ("cidr-33", "v=spf1 ip4:192.0.2.0/33 -all"),
    ("cidr-leading-zero", "v=spf1 ip4:192.0.2.0/024 -all"),
    ("cidr-both", "v=spf1 a/24//64 -all"),
    ("ip4-with-ip6", "v=spf1 ip4:2001:db8::1 -all"),
    ("all-with-target", "v=spf1 mx all:w1.{}"),
];

/// DMARC records that no state of the testbed has.
const DMARC: [(&str, &str); 23] = [
    ("testing", "v=DMARC1; p=reject; t=y; rua=mailto:d@{}"),
    ("quarantine-testing", "v=DMARC1; p=quarantine; t=y; rua=mailto:d@{}"),
    ("no-policy-with-reports", "v=DMARC1; rua=mailto:d@{}"),
    ("no-policy", "v=DMARC1; adkim=s"),
    ("only-version", "v=DMARC1"),
    ("lower-case-version", "v=dmarc1; p=reject"),
    ("upper-case-policy", "v=DMARC1; p=REJECT"),
    ("version-second", "p=reject; v=DMARC1"),
    ("policy-last", "v=DMARC1; rua=mailto:d@{}; p=reject"),
    ("blanks", "v = DMARC1 ; p = reject ; rua = mailto:d@{} ;"),
    ("leading-blank", " v=DMARC1; p=reject"),
    ("unknown-tag", "v=DMARC1; p=reject; moo=cow; rua=mailto:d@{}"),
    ("unknown-value", "v=DMARC1; p=reject; adkim=x; rua=mailto:d@{}"),
    ("twice", "v=DMARC1; p=none; p=reject"),
    ("sp-unknown", "v=DMARC1; p=reject; sp=block; rua=mailto:d@{}"),
    ("np-none", "v=DMARC1; p=reject; np=none; rua=mailto:d@{}"),
    ("pct-101", "v=DMARC1; p=reject; pct=101; rua=mailto:d@{}"),
    ("size", "v=DMARC1; p=reject; rua=mailto:d@{}!10m"),
    ("without-mailto", "v=DMARC1; p=reject; rua=d@{}"),
    ("https-report", "v=DMARC1; p=reject; rua=https://{}/d"),
    ("external-accepted", "v=DMARC1; p=reject; rua=mailto:d@reports.example"),
    ("external-refused", "v=DMARC1; p=reject; rua=mailto:d@refusing.example"),
    ("external-wildcard", "v=DMARC1; p=reject; rua=mailto:d@everybody.example"),
];

/// Where a policy is inherited from: below, above a gap, at a public suffix.
const POLICIES: [(&str, &str); 8] = [
    ("org.example", "v=DMARC1; p=reject; rua=mailto:d@org.example"),
    ("spnone.example", "v=DMARC1; p=reject; sp=none; rua=mailto:d@spnone.example"),
    ("notorg.example", "v=DMARC1; p=reject; psd=n; rua=mailto:d@notorg.example"),
    ("go.jp", "v=DMARC1; p=reject; psd=y; rua=mailto:d@go.jp"),
    ("own.go.jp", "v=DMARC1; p=quarantine; rua=mailto:d@own.go.jp"),
    ("lg.jp", "v=DMARC1; p=none; rua=mailto:d@lg.jp"),
    ("broken.example", "v=DMARC1; p=block"),
    ("far.example", "v=DMARC1; p=reject; rua=mailto:d@far.example"),
];
const INHERITING: [&str; 9] = [
    "sub.org.example",
    "sub.spnone.example",
    "sub.notorg.example",
    "none.go.jp",
    "sub.own.go.jp",
    "town.lg.jp",
    "sub.broken.example",
    "a.b.c.d.e.f.g.far.example",
    "city.kawasaki.jp",
];

fn named(kind: &str, name: &str) -> Zone {
    Zone::good(format!("{kind}-{name}.example"))
}

fn spf() -> Vec<Zone> {
    let states = [
        ("softfail", Spf::SoftFail),
        ("missing", Spf::Missing),
        ("two-records", Spf::TwoRecords),
        ("syntax", Spf::SyntaxError),
        ("plus-all", Spf::PlusAll),
        ("no-ending", Spf::NoEnding),
        ("too-many-lookups", Spf::TooManyLookups),
        ("loop", Spf::Loop),
        ("broken-include", Spf::BrokenInclude),
        ("redirect", Spf::Redirect),
    ];
    let states = states.into_iter().map(|(name, spf)| Zone { spf, ..named("spf", name) });
    let texts = SPF.into_iter().map(|(name, text)| {
        let zone = named("spf", name);
        let text = text.replace("{}", &zone.domain);
        let addressed = (1..=7).fold(Zone { spf: Spf::Missing, ..zone }, |zone, at| zone.with(&format!("w{at}"), "A", "192.0.2.1"));
        addressed.with("w8", "TXT", "v=spf1 ip4:192.0.2.8 -all").with("", "TXT", &text)
    });
    let long = (1..=30).map(|at| format!("ip4:192.0.2.{at}")).collect::<Vec<_>>().join(" ");
    let long = Zone { spf: Spf::Missing, ..named("spf", "two-strings") }.with("", "TXT", &format!("v=spf1 {long} -all"));
    let crowded = (1..=11).fold(Zone { mx: Mx::Missing, ..named("spf", "eleven-mx-hosts") }, |zone, at| {
        zone.with("", "MX", &format!("10 h{at}.spf-eleven-mx-hosts.example.")).with(&format!("h{at}"), "A", "127.0.0.1")
    });
    // A mechanism whose own name has neither mail host nor address.
    let bare = Zone { spf: Spf::Missing, mx: Mx::Missing, https: Https::NoAddress, ..named("spf", "a-and-mx-of-nothing") };
    let parked = |name: &str, spf| Zone { spf, mx: Mx::Null, ..named("spf", name) };
    let others =
        [long, crowded, bare.with("", "TXT", "v=spf1 a mx -all"), parked("parked", Spf::Parked), parked("parked-with-senders", Spf::HardFail)];
    states.chain(texts).chain(others).collect()
}

fn dmarc() -> Vec<Zone> {
    let states = [
        ("quarantine", Dmarc::Quarantine),
        ("none", Dmarc::None),
        ("missing", Dmarc::Missing),
        ("invalid", Dmarc::Invalid),
        ("two-records", Dmarc::TwoRecords),
        ("partial", Dmarc::Partial),
    ];
    let with = |zone: Zone, text: &str| {
        let text = text.replace("{}", &zone.domain);
        Zone { dmarc: Dmarc::Missing, ..zone }.with("_dmarc", "TXT", &text)
    };
    let at_apex = Zone { dmarc: Dmarc::Missing, ..named("dmarc", "at-apex") }.with("", "TXT", "v=DMARC1; p=reject");
    let beside = named("dmarc", "beside-other-text").with("_dmarc", "TXT", "hello=world");
    let hosts = [
        Zone::good("reports.example").with("dmarc-external-accepted.example._report._dmarc", "TXT", "v=DMARC1"),
        Zone::good("refusing.example"),
        Zone::good("everybody.example").with("*._report._dmarc", "TXT", "v=DMARC1"),
    ];
    let states = states.into_iter().map(|(name, dmarc)| Zone { dmarc, ..named("dmarc", name) });
    let texts = DMARC.into_iter().map(|(name, text)| with(named("dmarc", name), text));
    let policies = POLICIES.into_iter().map(|(domain, text)| with(Zone::good(domain), text));
    let inheriting = INHERITING.into_iter().map(|domain| Zone { dmarc: Dmarc::Missing, ..Zone::good(domain) });
    states.chain(texts).chain([at_apex, beside]).chain(hosts).chain(policies).chain(inheriting).collect()
}

fn mail() -> Vec<Zone> {
    let mx =
        [("null", Mx::Null), ("missing", Mx::Missing), ("null-and-other", Mx::NullAndOther), ("alias", Mx::Alias), ("no-address", Mx::NoAddress)];
    let sts = [
        ("testing", Sts::Testing),
        ("missing", Sts::Missing),
        ("two-records", Sts::TwoRecords),
        ("no-id", Sts::NoId),
        ("no-policy", Sts::NoPolicy),
        ("no-host", Sts::NoHost),
        ("bad-policy", Sts::BadPolicy),
        ("other-host", Sts::OtherHost),
    ];
    let reports = [("missing", TlsRpt::Missing), ("two-records", TlsRpt::TwoRecords), ("invalid", TlsRpt::Invalid)];
    let mx = mx.into_iter().map(|(name, mx)| Zone { mx, ..named("mx", name) });
    let none = Zone { mx: Mx::Missing, https: Https::NoAddress, ..named("mx", "missing-without-web") };
    let literal = Zone { mx: Mx::Missing, ..named("mx", "address-literal") }.with("", "MX", "10 127.0.0.1.");
    let sts = sts.into_iter().map(|(name, sts)| Zone { sts, ..named("sts", name) });
    let reports = reports.into_iter().map(|(name, tls_rpt)| Zone { tls_rpt, ..named("tlsrpt", name) });
    mx.chain([none, literal]).chain(sts).chain(reports).collect()
}

fn dnssec() -> Vec<Zone> {
    let all = SUFFIXES.iter().flat_map(|suffix| STATES.iter().map(move |state| (suffix, state)));
    all.map(|(suffix, (name, dnssec))| Zone { dnssec: *dnssec, ..Zone::good(format!("{name}.{suffix}")) }).collect()
}

fn resolving() -> Vec<Zone> {
    let all = [("servfail", Failure::ServFail), ("truncates", Failure::Truncates)];
    all.into_iter().map(|(name, failure)| Zone { failure: Some(failure), ..named("dns", name) }).collect()
}

/// Every one of them.
pub fn all() -> Vec<Zone> {
    [vec![Zone::good("good.example")], spf(), dmarc(), mail(), dnssec(), resolving()].concat()
}
