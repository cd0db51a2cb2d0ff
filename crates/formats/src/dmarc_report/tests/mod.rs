//! Reports as receivers send them, good and bad.

use std::io::Write;

use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;

use super::*;
use crate::lang::Lang;

mod random;

/// One record by the schema of RFC 7489 appendix C, as the large receivers write it.
const OLD: &str = r#"<?xml version="1.0" encoding="UTF-8" ?>
<feedback>
  <report_metadata>
    <org_name>Receiver &amp; Sons</org_name>
    <email>noreply@receiver.example</email>
    <extra_contact_info>https://receiver.example/help</extra_contact_info>
    <report_id>4711</report_id>
    <date_range><begin>1789948800</begin><end>1790035199</end></date_range>
  </report_metadata>
  <policy_published>
    <domain>Town.Example.</domain><adkim>r</adkim><aspf>s</aspf><p>reject</p><sp></sp><pct>50</pct>
  </policy_published>
  <record>
    <row>
      <source_ip>192.0.2.7</source_ip>
      <count>3</count>
      <policy_evaluated>
        <disposition>none</disposition><dkim>pass</dkim><spf>fail</spf>
        <reason><type>forwarded</type><comment>a &#x3042; <![CDATA[<b>]]></comment></reason>
      </policy_evaluated>
    </row>
    <identifiers><header_from>town.example</header_from></identifiers>
    <auth_results>
      <dkim><domain>town.example</domain><result>pass</result><selector>S2026</selector></dkim>
      <dkim><domain>list.example</domain><result>hardfail</result></dkim>
      <spf><domain>list.example</domain><result>softfail</result></spf>
    </auth_results>
  </record>
</feedback>
"#;

fn read(bytes: &[u8]) -> Result<(Report, Vec<Problem>), Problem> {
    super::read(bytes, "report", &Limits::default())
}

fn good(bytes: &[u8]) -> Report {
    let (report, problems) = read(bytes).unwrap();
    assert_eq!(problems, []);
    report
}

fn codes(bytes: &[u8]) -> Vec<String> {
    match read(bytes) {
        Ok((_, problems)) => problems.into_iter().map(|one| one.code.into_owned()).collect(),
        Err(problem) => vec![format!("refused {}", problem.code)],
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        out.start_file(*name, SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// A mail with these attachments: media type, name, content.
fn mail(attachments: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut text = "From: noreply@receiver.example\r\nTo: dmarc@town.example\r\nSubject: Report Domain: town.example\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=\"=b=\"\r\n\r\n--=b=\r\nContent-Type: text/plain\r\n\r\n<A report is attached.>\r\n"
        .to_owned();
    for (kind, name, bytes) in attachments {
        let lines: Vec<String> = BASE64.encode(bytes).as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        text += &format!(
            "--=b=\r\nContent-Type: {kind}; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\
            Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{}\r\n",
            lines.join("\r\n")
        );
    }
    (text + "--=b=--\r\n").into_bytes()
}

#[test]
fn a_report_by_the_older_schema() {
    let report = good(OLD.as_bytes());
    assert_eq!(
        (report.reporter.as_str(), report.id.as_str(), report.begin, report.end),
        ("Receiver & Sons", "4711", Some(1_789_948_800), Some(1_790_035_199))
    );
    let published =
        Published { domain: "town.example".into(), policy: Some(Policy::Reject), strict_spf: true, percent: Some(50), ..Published::default() };
    assert_eq!(report.published, published);
    let row = Row {
        source: Some("192.0.2.7".parse().unwrap()),
        count: 3,
        disposition: Some(Disposition::None),
        dkim_aligned: Some(true),
        spf_aligned: Some(false),
        reasons: vec![Override { kind: "forwarded".into(), comment: "a あ <b>".into() }],
        header_from: "town.example".into(),
        dkim: vec![
            DkimResult { domain: "town.example".into(), selector: "s2026".into(), outcome: Some(Outcome::Pass), remark: String::new() },
            DkimResult { domain: "list.example".into(), outcome: Some(Outcome::Fail), ..DkimResult::default() },
        ],
        spf: vec![SpfResult { domain: "list.example".into(), outcome: Some(Outcome::SoftFail), ..SpfResult::default() }],
        ..Row::default()
    };
    assert_eq!(report.rows, [row]);
}

#[test]
fn a_report_by_rfc_9990_with_extensions_of_others() {
    let text = OLD
        .replace("<feedback>", "<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\" xmlns:x=\"https://x.example\">\n<version>1.0</version>")
        .replace("<pct>50</pct>", "<np>quarantine</np><testing>y</testing><discovery_method>treewalk</discovery_method>")
        .replace("</policy_published>", "</policy_published><extension><x:record><row><count>9</count></row></x:record></extension>")
        .replace("<disposition>none", "<disposition>pass")
        .replace("<count>3</count>", "<count>3</count><x:count>8</x:count>")
        .replace("</date_range>", "</date_range><error>a lookup failed</error><generator>x 1.2</generator>")
        .replace("<result>softfail</result>", "<scope>mfrom</scope><result>softfail</result><human_result>not listed</human_result>");
    let report = good(text.as_bytes());
    assert_eq!(
        (report.published.nonexistent, report.published.testing, report.published.discovery),
        (Some(Policy::Quarantine), true, Some(Discovery::Walk))
    );
    assert_eq!((report.rows.len(), report.rows[0].count, report.rows[0].disposition), (1, 3, Some(Disposition::Pass)));
    assert_eq!((report.errors.as_slice(), report.rows[0].spf[0].remark.as_str()), (["a lookup failed".to_owned()].as_slice(), "not listed"));
}

#[test]
fn prefixes_stand_at_the_root_or_everywhere() {
    let root = OLD.replace("<feedback>", "<d:feedback xmlns:d=\"http://dmarc.org/dmarc-xml/0.1\">").replace("</feedback>", "</d:feedback>");
    assert_eq!(good(root.as_bytes()), good(OLD.as_bytes()));
    let all = OLD
        .replace("</", "\u{1}")
        .replace('<', "<d:")
        .replace('\u{1}', "</d:")
        .replace("<d:?xml", "<?xml")
        .replace("<d:!", "<!")
        .replace("<d:b>", "<b>");
    assert_eq!(good(all.as_bytes()), good(OLD.as_bytes()));
}

#[test]
fn every_wrapping_gives_the_same_report() {
    let (plain, xml) = (good(OLD.as_bytes()), OLD.as_bytes());
    let (gz, zipped) = (gzip(xml), zip(&[("receiver.example!town.example!1!2.xml", xml)]));
    let single = format!("From: a@b.example\nContent-Type: application/gzip\nContent-Transfer-Encoding: base64\n\n{}\n", BASE64.encode(&gz));
    let sent = mail(&[("application/gzip", "r.xml.gz", &gz)]);
    let forwarded = format!(
        "From: c@town.example\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\nContent-Type: message/rfc822\r\n\r\n{}\r\n--out--\r\n",
        String::from_utf8(sent.clone()).unwrap()
    );
    for (name, bytes) in [
        ("byte order mark", ["\u{FEFF}".as_bytes(), xml].concat()),
        ("gzip", gz.clone()),
        ("zip", zipped.clone()),
        ("zip with the notes of macOS", zip(&[("r.xml", xml), ("__MACOSX/._r.xml", b"notes")])),
        ("zip with gzip", zip(&[("r.xml.gz", &gz)])),
        ("mail with gzip", sent),
        ("mail with zip", mail(&[("application/zip", "r.zip", &zipped)])),
        ("mail with zip of no kind", mail(&[("application/octet-stream", "r", &zipped)])),
        ("mail with XML, told by its name", mail(&[("application/octet-stream", "r.XML", xml)])),
        ("mail with XML", mail(&[("text/xml", "r.xml", xml)])),
        ("mail that is nothing but gzip", single.into_bytes()),
        ("mail in a mail", forwarded.into_bytes()),
        ("mail of a mailbox", [b"From noreply Mon Sep 21 00:00:00 2026\n".as_slice(), &mail(&[("application/gzip", "r.xml.gz", &gz)])].concat()),
    ] {
        assert_eq!(read(&bytes).map_err(|problem| problem.to_string()), Ok((plain.clone(), Vec::new())), "{name}");
    }
}

#[test]
fn what_is_wrong_in_one_place_leaves_the_rest() {
    for (from, to, expected) in [
        ("192.0.2.7", "somewhere", "H0511"),
        ("<disposition>none", "<disposition>deliver", "H0511"),
        ("<p>reject", "<p>block", "H0511"),
        ("<begin>1789948800", "<begin>yesterday", "H0511 H0510"),
        ("<count>3</count>", "", "H0512"),
        ("<count>3", "<count>-3", "H0511 H0512"),
        ("<count>3", "<count>9999999999999", "H0511 H0512"),
        ("<header_from>town.example", "<header_from>", "H0510"),
        ("<report_id>4711</report_id>", "", "H0510"),
        ("noreply@", &"n".repeat(5_000), "H0513"),
        ("noreply@", &"鍵".repeat(1_001), "H0513"),
        ("noreply@", "&unknown;", ""),
        ("</auth_results>\n  </record>", "</auth_results>", "H0504"),
        ("</record>\n</feedback>", "</record>", "H0504"),
    ] {
        let text = OLD.replace(from, to);
        assert_ne!(text, OLD);
        assert_eq!(codes(text.as_bytes()).join(" "), expected, "{to}");
    }
    let (_, problems) = read(OLD.replace("192.0.2.7", "some\nwhere").as_bytes()).unwrap();
    assert_eq!(
        problems[0].message(Lang::Ja),
        "「report」 16行目 「record 1」: 項目「source_ip」の値「some where」を読み取れません。この項目は空として扱います。"
    );
    assert!(!problems[0].is_error() && read(OLD.replace("</feedback>", "").as_bytes()).unwrap().1[0].is_error());
    // What came before the damage is there.
    assert_eq!(read(OLD.replace("</feedback>", "").as_bytes()).unwrap().0, good(OLD.as_bytes()));
}

#[test]
fn what_is_refused() {
    let laughs = OLD.replacen("<feedback>", "<!DOCTYPE f [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><feedback>", 1);
    let external = OLD.replacen("<feedback>", "<!DOCTYPE f SYSTEM \"file:///etc/passwd\"><feedback>", 1);
    let deep = format!("<feedback>{}", "<a>".repeat(100_000));
    let bomb = gzip(&[b"<feedback>".as_slice(), &vec![b' '; 40 << 20]].concat());
    let twice = zip(&[("r.xml.gz", &bomb)]);
    let xml = OLD.as_bytes();
    for (bytes, expected) in [
        (Vec::new(), "H0102"),
        (b"hello".to_vec(), "H0502"),
        (b"<html><body>".to_vec(), "H0502"),
        (b"\x7FELF".to_vec(), "H0502"),
        (gzip(b"hello"), "H0502"),
        (gzip(&gzip(&gzip(&gzip(xml)))), "H0502"),
        (laughs.into_bytes(), "H0507"),
        (external.into_bytes(), "H0507"),
        (deep.into_bytes(), "H0508"),
        (bomb, "H0503"),
        (twice, "H0503"),
        (b"\x1F\x8B\x08\x00".to_vec(), "H0504"),
        (gzip(xml)[..200].to_vec(), "H0504"),
        (zip(&[("a.xml", xml)])[..200].to_vec(), "H0504"),
        (b"<feed".to_vec(), "H0504"),
        (zip(&[]), "H0505"),
        (zip(&[("a.xml", xml), ("b.xml", xml)]), "H0505"),
        (mail(&[("application/gzip", "a.gz", &gzip(xml)), ("application/gzip", "b.gz", &gzip(xml))]), "H0505"),
        (mail(&[]), "H0506"),
        (mail(&[("image/png", "a.png", b"\x89PNG")]), "H0506"),
        (mail(&[("text/html", "a.html", xml)]), "H0506"),
        (b"From: a\nContent-Transfer-Encoding: base64\n\n***".to_vec(), "H0504"),
    ] {
        assert_eq!(codes(&bytes), [format!("refused {expected}")], "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
    }
    let small = Limits { bytes: 100, ..Limits::default() };
    assert_eq!(super::read(OLD.as_bytes(), "report", &small).unwrap_err().code, "H0501");
    let small = Limits { expanded: 100, ..Limits::default() };
    assert_eq!(super::read(OLD.as_bytes(), "report", &small).unwrap_err().code, "H0501");
}

#[test]
fn more_than_there_is_room_for_is_left_out() {
    let limits = Limits { records: 3, results: 2, problems: 4, ..Limits::default() };
    let record = OLD.get(OLD.find("<record>").unwrap()..OLD.find("</feedback>").unwrap()).unwrap();
    let extra = "<dkim><domain>third.example</domain><selector>x</selector></dkim></auth_results>";
    let many = OLD.replace(record, &record.replace("</auth_results>", extra).repeat(9));
    let (report, problems) = super::read(many.as_bytes(), "report", &limits).unwrap();
    assert_eq!((report.rows.len(), problems.len(), problems[0].code.as_ref(), problems[0].is_error()), (3, 1, "H0509", true));
    assert_eq!(report.rows[0], good(OLD.as_bytes()).rows[0]);
    let wrong = OLD.replace(record, &record.replace("192.0.2.7", "x").repeat(9));
    let (_, problems) = super::read(wrong.as_bytes(), "report", &limits).unwrap();
    assert_eq!(problems.iter().map(|one| one.code.as_ref()).collect::<Vec<_>>(), ["H0511", "H0511", "H0511", "H0509"]);
}

#[test]
fn selectors_of_each_domain() {
    let of = |end, selector: &str, outcome, count| {
        let result = DkimResult { domain: "town.example".into(), selector: selector.into(), outcome, remark: String::new() };
        let nameless = DkimResult { domain: "town.example".into(), outcome: Some(Outcome::Pass), ..DkimResult::default() };
        let row = Row { count, dkim: vec![result, nameless], ..Row::default() };
        Report { end, rows: vec![row], ..Report::default() }
    };
    let reports = [
        of(Some(30), "old", Some(Outcome::Pass), 5),
        of(Some(10), "old", Some(Outcome::TempError), 2),
        of(Some(40), "old", None, 1),
        of(Some(50), "forged", Some(Outcome::Fail), 9),
        of(None, "timeless", Some(Outcome::Pass), 1),
        of(Some(45), "new", Some(Outcome::Pass), u64::MAX),
        of(Some(44), "new", Some(Outcome::Pass), 1),
    ];
    let seen = selectors(&reports);
    let shown: Vec<_> = seen.iter().map(|one| (one.selector.as_str(), one.passed, one.failed, one.last_seen, one.last_passed)).collect();
    assert_eq!(shown, [("forged", 0, 9, 50, None), ("new", u64::MAX, 0, 45, Some(45)), ("old", 5, 3, 40, Some(30))]);
    // Whoever forges mail may name any selector: only what was good once is known.
    let known: Vec<_> = seen.iter().filter_map(SeenSelector::known).collect();
    assert_eq!(known, [crate::evidence::Selector::reported("new", 45), crate::evidence::Selector::reported("old", 30)]);
    let report = good(OLD.as_bytes());
    assert_eq!(
        selectors([&report]).iter().map(|one| (one.domain.as_str(), one.selector.as_str(), one.passed)).collect::<Vec<_>>(),
        [("town.example", "s2026", 3)]
    );
}

#[test]
fn problems_speak_both_languages() {
    use words::Fault;
    let place = crate::problem::Place::nowhere;
    let all = [
        Fault::TooLarge { limit: 1 }.at(place()),
        Fault::NoReport.at(place()),
        Fault::ExpandsTooFar.at(place()),
        Fault::Damaged { detail: "x".into() }.at(place()),
        Fault::SeveralFiles.at(place()),
        Fault::NoAttachment.at(place()),
        Fault::Doctype.at(place()),
        Fault::TooDeep { limit: 1 }.at(place()),
        Fault::TooManyRecords { limit: 1 }.at(place()),
        Fault::Missing { field: "x" }.at(place()),
        Fault::Bad { field: "x", found: "y" }.at(place()),
        Fault::LeftAside.at(place()),
        Fault::Cut { limit: 1 }.at(place()),
    ];
    for (at, problem) in all.iter().enumerate() {
        assert_eq!(problem.code, format!("H05{:02}", at + 1));
        assert!(problem.message(Lang::Ja).ends_with('。') && problem.message(Lang::En).ends_with('.'), "{problem}");
        assert!(problem.remedy(Lang::Ja).ends_with('。') && problem.remedy(Lang::En).ends_with('.'), "{problem}");
    }
}
