//! The SPF parser as mathematics: it never panics, and reading what it writes gives the same record.

use proptest::prelude::*;

use formats::spf::{Mechanism, Qualifier, Record, Term};

fn parse(terms: &str) -> Result<Record, &'static str> {
    Record::parse(format!("v=spf1 {terms}").as_bytes()).map_err(|problem| problem.what)
}

#[test]
fn accepts_what_rfc_7208_allows() {
    for terms in [
        "",
        "-all",
        "mx -all",
        "A MX/24//64 a:mail.example.com/30 ~ALL",
        "ip4:192.0.2.0/24 ip6:2001:db8::/32 ip6:::ffff:192.0.2.1 ?all",
        "include:_spf.example.com exists:%{ir}.%{v}._spf.%{d2} -all",
        "redirect=_spf.example.com",
        "exp=explain.%{d} -all",
        "a:foo:bar/baz.example.com",
        "moo.cow-far_out=man:dog/cat",
        "ptr ptr:example.com",
        "exists:%%%_%-.example.com",
        "a:example.com.",
        "exists:%{l1r-+,/_=}.example.com",
        "a/0 a//0 a:%{d}",
        "ip4:192.0.2.1/32",
        "-all trailing:",
    ] {
        let expected = terms != "-all trailing:";
        assert_eq!(parse(terms).is_ok(), expected, "{terms}: {:?}", parse(terms));
    }
}

#[test]
fn refuses_what_rfc_7208_refuses() {
    for terms in [
        "all:",
        "all.",
        "-all/8",
        "include",
        "include:",
        "include:%{d}a",
        "include:example.com/24",
        "exists",
        "a:",
        "a:museum",
        "a:111.222.33.44",
        "a:example.com:8080",
        "a/33",
        "a/032",
        "a//129",
        "a/24//",
        "a/-1",
        "mx/",
        "ip4",
        "ip4:192.0.2",
        "ip4:192.0.2.1/33",
        "ip4:192.0.2.1/032",
        "ip4:192.0.2.1//32",
        "ip4:192.0.2.1:8080",
        "ip4:::1",
        "ip6:192.0.2.1",
        "ip6:::1/129",
        "ip6:::1//33",
        "ptr/0",
        "ptr:",
        "default=%abc",
        "redirect=",
        "redirect=a.example redirect=b.example",
        "exp=",
        "exp=a.example exp=b.example",
        "exists:%{x}.example.com",
        "exists:%{d0}.example.com",
        "exists:%{d.r}.example.com",
        "exists:%(d).example.com",
        "exists:%{c}.example.com",
        "=x",
        "-redirect=a.example.com",
        "1x=y",
        "foo",
        "*all",
        "--all",
        "a:example-.com-",
        "ip4:1.2.3.04",
    ] {
        assert!(parse(terms).is_err(), "{terms}: {:?}", parse(terms));
    }
    assert!(Record::parse("v=spf1 a:ex\u{e4}mple.com -all".as_bytes()).is_err());
    assert!(Record::parse(b"v=spf1 a\tmx -all").is_err());
    assert!(Record::parse(b"v=spf10 -all").is_err());
    assert!(Record::parse(b" v=spf1 -all").is_err());
    assert!(Record::parse(b"V=SPF1 -all").is_ok());
}

#[test]
fn reads_terms_as_written() {
    let record = parse("~mx/24//64 -all").unwrap();
    assert_eq!(
        record.terms,
        [
            Term::Directive(Qualifier::SoftFail, Mechanism::Mx { domain: None, v4: Some(24), v6: Some(64) }),
            Term::Directive(Qualifier::Fail, Mechanism::All),
        ]
    );
    assert_eq!(record.all(), Some((1, Qualifier::Fail)));
    assert_eq!(record.to_string(), "v=spf1 ~mx/24//64 -all");
}

/// Text of a domain-spec.
fn spec() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z0-9_/:.!-]{1,8}",
        Just("%%".to_owned()),
        Just("%_".to_owned()),
        Just("%-".to_owned()),
        "%\\{[slodiphvSLODIPHV](1[0-9]?|[2-9])?r?[-.+,/_=]{0,3}\\}",
    ];
    (prop::collection::vec(piece, 0..4), prop_oneof![Just(".example.com".to_owned()), Just(".org.".to_owned()), Just(".%{d}".to_owned())])
        .prop_map(|(pieces, end)| pieces.concat() + &end)
}

fn term() -> impl Strategy<Value = String> {
    let cidr = ("(/(0|[1-9]|[12][0-9]|3[0-2]))?", "(//(0|[1-9][0-9]?|1[01][0-9]|12[0-8]))?").prop_map(|(v4, v6)| v4 + &v6);
    let dual = ("[aA]|mx|MX", prop::option::of(spec()), cidr)
        .prop_map(|(name, domain, cidr)| format!("{name}{}{cidr}", domain.map(|d| format!(":{d}")).unwrap_or_default()));
    let mechanism = prop_oneof![
        Just("all".to_owned()),
        spec().prop_map(|d| format!("include:{d}")),
        spec().prop_map(|d| format!("exists:{d}")),
        prop::option::of(spec()).prop_map(|d| format!("ptr{}", d.map(|d| format!(":{d}")).unwrap_or_default())),
        dual,
        (any::<[u8; 4]>(), prop::option::of(0u8..=32)).prop_map(|(a, p)| format!(
            "ip4:{}{}",
            std::net::Ipv4Addr::from(a),
            p.map(|p| format!("/{p}")).unwrap_or_default()
        )),
        (any::<[u8; 16]>(), prop::option::of(0u8..=128)).prop_map(|(a, p)| format!(
            "ip6:{}{}",
            std::net::Ipv6Addr::from(a),
            p.map(|p| format!("/{p}")).unwrap_or_default()
        )),
    ];
    prop_oneof![
        8 => ("[-+~?]?", mechanism).prop_map(|(qualifier, mechanism)| qualifier + &mechanism),
        1 => ("x[a-z0-9_.-]{0,6}", spec()).prop_map(|(name, value)| format!("{name}={value}")),
    ]
}

proptest! {
    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Record::parse(&bytes);
        let _ = Record::parse(&[b"v=spf1 ".as_slice(), &bytes].concat());
    }

    #[test]
    fn never_panics_on_what_looks_like_spf(text in "v=spf1( [-+~?]?(all|a|mx|ip4|ip6|ptr|exists|include|redirect|exp)[:=/%{}a-z0-9.]{0,16}){0,6}") {
        if let Ok(record) = Record::parse(text.as_bytes()) {
            prop_assert_eq!(Record::parse(record.to_string().as_bytes()), Ok(record));
        }
    }

    #[test]
    fn reading_what_is_written_gives_the_same(terms in prop::collection::vec(term(), 0..8), redirect in prop::option::of(spec())) {
        let mut text = format!("v=spf1 {}", terms.join(" "));
        if let Some(domain) = redirect {
            text += &format!(" redirect={domain}");
        }
        let record = Record::parse(text.as_bytes());
        prop_assert!(record.is_ok(), "{} {:?}", text, record);
        let record = record.unwrap();
        prop_assert_eq!(record.terms.len(), text.split(' ').filter(|word| !word.is_empty()).count() - 1);
        prop_assert_eq!(Record::parse(record.to_string().as_bytes()), Ok(record));
    }
}
