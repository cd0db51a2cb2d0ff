//! What is fuzzed: every reader of octets from outside, with something good to begin from.

use std::hint::black_box;

use engine::judge::{Rules, judge};
use formats::dkim::Key;
use formats::dmarc_report::{self, Limits};
use formats::evidence::{Check, Evidence, Exchange, Handshake, Heard, Octets, Place, Question, Response, Target};
use formats::tls::{Flight, Hello, KeyExchange, ServerHello, Suite, Version};
use formats::{cookie, csp, date, dmarc, dns, exposure, hsts, html, mta_sts, plan_document, security_txt, software, spf, tls, tls_rpt};
use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::rdata::{MX, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};

/// A plan with everything its reader knows.
const PLAN: &str = "計画2007\n\n目次\n第1章\t対策\t1\n\n第1章 対策\n第1節 政府\n\nア 政府機関\n\n見直し\n見直す¹。\n\n【具体的施策】\n\nア)定着\n\na)点検(仮称)(甲省及び\n\n\
    ¹ 注\n\n乙庁)\n【再掲】\n\n2007年度第一四半期中に始める。\n\n(イ) 次\n<p>見出し 本文である。本文である。本文である。</p>\n\n【具体的施策】\n\nア)評価(乙庁)\n平成19年3月末までに行う。\n";

/// One reader: its name, good inputs, and a call that must come back.
pub struct Fuzzed {
    pub name: &'static str,
    pub seeds: Vec<Vec<u8>>,
    pub read: fn(&[u8]),
}

fn texts(seeds: &[&str]) -> Vec<Vec<u8>> {
    seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect()
}

/// Octets as text, where a reader takes text.
fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

/// All of them.
pub fn all() -> Vec<Fuzzed> {
    let target = |name, seeds, read| Fuzzed { name, seeds, read };
    vec![
        target("dns", answers(), |octets| {
            if let Some(answer) = dns::read(octets).and_then(dns::Answer::of) {
                let name = Name::from_ascii("a.example.").unwrap_or_default();
                black_box((answer.texts(&name), answer.records(&name, RecordType::MX).len(), answer.alias(&name)));
            }
        }),
        target("dns-name", texts(&["a.example", "総務省.jp", "a\\.b.example", "\\000.example"]), |octets| {
            let name = text(octets);
            black_box((dns::name_of(&name), dns::unwritten(&name).map(|name| dns::written(&name))));
        }),
        target("spf", texts(&["v=spf1 mx a:%{d2r}.example/24//64 include:_spf.example exp=e.%{l} redirect=_x.example -all"]), |octets| {
            black_box((spf::is_spf(octets), spf::Record::parse(octets).is_ok(), spf::DomainSpec::parse(&text(octets)).is_some()));
        }),
        target(
            "dmarc",
            texts(&["v=DMARC1; p=reject; sp=none; np=quarantine; t=y; rua=mailto:a@b.example!10m,mailto:c@d.example; pct=20"]),
            |octets| {
                black_box((dmarc::is_dmarc(octets), dmarc::Record::parse(octets).map(|record| record.report_hosts()).is_ok()));
            },
        ),
        target("dkim", texts(&["v=DKIM1; k=rsa; h=sha256:sha1; s=email; t=y:s; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALcafmVU"]), |octets| {
            black_box((dkim_shown(octets), formats::dkim::is_key(octets)));
        }),
        target("plan-document", texts(&[PLAN]), |octets| {
            black_box(plan_document::read(octets, "plan.txt", &plan_document::Limits::default()).is_ok());
        }),
        target("mta-sts", texts(&["version: STSv1\r\nmode: enforce\r\nmx: *.a.example\r\nmax_age: 604800\r\n", "v=STSv1; id=20260401"]), |octets| {
            black_box((mta_sts::id(octets).is_ok(), mta_sts::Policy::parse(octets).is_ok_and(|policy| policy.covers("mail.a.example"))));
        }),
        target("tls-rpt", texts(&["v=TLSRPTv1; rua=mailto:a@b.example,https://c.example/r"]), |octets| {
            black_box(tls_rpt::addresses(octets).is_ok());
        }),
        target("reports", reports(), |octets| {
            black_box(dmarc_report::read(octets, "report", &Limits::default()).is_ok());
        }),
        target("tls", hellos(), |octets| {
            if let Ok(flight) = Flight::read(octets) {
                black_box(flight.messages.len());
            }
            let version = Version::of(0x0303).unwrap_or(Version::Tls12);
            let suite = Suite::all().next();
            black_box((ServerHello::read(octets).is_some(), Hello::read(octets).is_some(), tls::certificates(octets).is_some()));
            black_box(suite.and_then(|suite| KeyExchange::read(octets, version, suite)).is_some());
        }),
        target("x509", certificates(), certificate),
        target("html", pages(), |octets| {
            let page = html::read(octets, Some("text/html; charset=utf-8"));
            black_box(page.generator().is_some());
        }),
        target("hsts", texts(&["max-age=\"31536000\"; includeSubDomains; preload"]), |octets| {
            black_box(hsts::Policy::parse(&text(octets)).is_ok());
        }),
        target(
            "csp",
            texts(&["default-src 'self'; script-src 'nonce-abc' 'strict-dynamic' https:; frame-ancestors 'none', object-src *"]),
            |octets| {
                let policies = csp::parse(&text(octets), csp::Origin::Header);
                black_box((csp::scripts(&policies), csp::framing(&policies)));
            },
        ),
        target("cookies", texts(&["__Host-sid=1; Path=/; Secure; HttpOnly; SameSite=Lax; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]), |octets| {
            black_box(cookie::Cookie::parse(&text(octets)).is_ok_and(|cookie| cookie.is_removal(0) || cookie.broken_prefix().is_some()));
        }),
        target("security-txt", texts(&["Contact: mailto:a@b.example\nExpires: 2027-01-01T00:00:00Z\nCanonical: https://b.example/x\n"]), |octets| {
            black_box((security_txt::is_file(octets), security_txt::SecurityTxt::parse(octets).is_ok()));
        }),
        target("dates", texts(&["2026-11-27T10:00:00.5+09:00", "Wed, 21 Oct 2026 07:28:00 GMT", "2026-02-29"]), |octets| {
            let written = text(octets);
            black_box((date::rfc3339(&written), date::of_cookie(&written), date::day(&written)));
        }),
        target("software", texts(&["Apache/2.2.15 (CentOS) PHP/5.3.3 mod_ssl/2.2.15", "WordPress 4.9.8", "/js/jquery-1.12.4.min.js"]), |octets| {
            let named = text(octets);
            black_box((software::products(&named).len(), software::generator(&named), software::script(&named, "jquery")));
        }),
        target("templates", vec![include_bytes!("../../src/judge/web/exposures.json").to_vec()], |octets| {
            black_box(exposure::Templates::parse(octets).is_ok());
        }),
        target("end-of-support", vec![include_bytes!("../../src/judge/web/end-of-support.json").to_vec()], |octets| {
            black_box(software::Support::parse(octets).is_ok());
        }),
    ]
}

fn dkim_shown(octets: &[u8]) -> usize {
    Key::parse(octets).map_or(0, |key| key.to_string().len())
}

/// A whole answer with a text, a mail host and an alias.
fn answers() -> Vec<Vec<u8>> {
    let name = |text: &str| Name::from_ascii(text).unwrap_or_default();
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    message.add_query(Query::query(name("a.example."), RecordType::TXT));
    let records = [
        RData::TXT(TXT::new(vec!["v=spf1 -all".to_owned(), String::new()])),
        RData::MX(MX::new(10, name("mail.a.example."))),
        RData::CNAME(hickory_proto::rr::rdata::CNAME(name("b.example."))),
    ];
    message.answers.extend(records.into_iter().map(|data| Record::from_rdata(name("a.example."), 60, data)));
    vec![message.to_vec().unwrap_or_default()]
}

/// A small report, plain, and in the wrappings of mail.
fn reports() -> Vec<Vec<u8>> {
    let report = "<?xml version=\"1.0\"?><feedback><report_metadata><org_name>a</org_name><report_id>1</report_id><date_range><begin>1</begin>\
        <end>2</end></date_range></report_metadata><policy_published><domain>b.example</domain><p>none</p></policy_published><record><row>\
        <source_ip>192.0.2.1</source_ip><count>3</count><policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf>\
        </policy_evaluated></row><identifiers><header_from>b.example</header_from></identifiers><auth_results><dkim><domain>b.example</domain>\
        <selector>s1</selector><result>pass</result></dkim></auth_results></record></feedback>";
    let mail = format!(
        "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/xml\r\n\r\n{report}\r\n--x--\r\n"
    );
    vec![report.as_bytes().to_vec(), mail.into_bytes()]
}

/// A hello, as a record and without its header.
fn hellos() -> Vec<Vec<u8>> {
    let hello = [
        &[3, 3][..],
        &[7; 32],
        &[0, 0, 4, 0xc0, 0x2f, 0x13, 0x01, 1, 0, 0, 23, 0, 10, 0, 4, 0, 2, 0, 29, 0, 43, 0, 3, 2, 3, 4, 0, 51, 0, 2, 0, 0, 0, 0],
    ]
    .concat();
    let message = tls::handshake(2, &hello);
    let record = [&[22, 3, 3][..], &u16::try_from(message.len()).unwrap_or(0).to_be_bytes(), &message].concat();
    vec![hello, record]
}

fn certificates() -> Vec<Vec<u8>> {
    let pems: [&[u8]; 3] =
        [include_bytes!("../data/weak-key.pem"), include_bytes!("../data/sha1-signature.pem"), include_bytes!("../data/sha1-authority.pem")];
    pems.into_iter().filter_map(|pem| Some(x509_parser::pem::parse_x509_pem(pem).ok()?.1.contents)).collect()
}

/// A server shows it as its own, with another behind it: the checks of certificates read both.
fn certificate(octets: &[u8]) {
    let place = Place { allow_private: true, ..Place::internet("fuzz") };
    let shown = Handshake { chain: vec![Octets(octets.to_vec()), Octets(octets.to_vec())], proved: true, ..Handshake::default() };
    let mut evidence = Evidence::new(place, Target::new("a.example"), 1_800_000_000);
    for _ in 0..40 {
        let Err(missing) = judge(Check::HttpsCertificate, &evidence, &Rules::baseline()) else { return };
        let question = missing.question().clone();
        let heard = match &question {
            Question::Dns { name, kind, .. } => address(name, kind),
            Question::Http { .. } => Heard::Response(Response::default()),
            _ => Heard::Handshake(shown.clone()),
        };
        evidence.keep(Exchange { question, heard, ms: 0, tried: Vec::new() });
    }
}

fn address(name: &str, kind: &str) -> Heard {
    let owner = dns::unwritten(name).unwrap_or_default();
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    message.add_query(Query::query(owner.clone(), kind.parse().unwrap_or(RecordType::A)));
    if kind == "A" {
        message.answers.push(Record::from_rdata(owner, 60, RData::A(std::net::Ipv4Addr::new(192, 0, 2, 1).into())));
    }
    Heard::Message { rcode: "NOERROR".into(), answer: Vec::new(), authority: Vec::new(), wire: Octets(message.to_vec().unwrap_or_default()) }
}

fn pages() -> Vec<Vec<u8>> {
    texts(&[
        "<!doctype html><html lang=ja><head><meta charset=utf-8><title>町</title><base href=/x/><script src=a.js>1<2</script></head><body>\
         <form action=//b.example method=post><input type=hidden name=t value=1></form><iframe src=c></iframe><table><td>x</body></html>",
        "<svg><style><a><table><template><tr></svg><!--x--><![CDATA[y]]>&amp;&#x1F525;&bogus;",
    ])
}
