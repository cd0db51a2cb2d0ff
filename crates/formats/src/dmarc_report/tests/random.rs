//! Reports drawn at random read as they were written, and nothing makes the reader panic.

use proptest::prelude::*;

use super::{OLD, gzip, mail, read, zip};
use crate::dmarc_report::*;

/// A report as a receiver would write it; `p` stands before each name.
fn written(report: &Report, p: &str) -> String {
    let escaped = |text: &str| quick_xml::escape::escape(text).into_owned();
    let leaf = |name: &str, text: &str| if text.is_empty() { String::new() } else { format!("<{p}{name}>{}</{p}{name}>", escaped(text)) };
    let word = |name: &str, text: Option<&str>| leaf(name, text.unwrap_or_default());
    let aligned = |passed: Option<bool>| passed.map(|passed| if passed { "pass" } else { "fail" });
    let node = |name: &str, inner: String| format!("<{p}{name}>\n{inner}</{p}{name}>");
    let policy = |name: &str, policy: Option<Policy>| word(name, policy.map(Policy::as_str));
    let row = |row: &Row| {
        let reasons: String = row.reasons.iter().map(|one| node("reason", leaf("type", &one.kind) + &leaf("comment", &one.comment))).collect();
        let evaluated = word("disposition", row.disposition.map(Disposition::as_str))
            + &word("dkim", aligned(row.dkim_aligned))
            + &word("spf", aligned(row.spf_aligned))
            + &reasons;
        let source = row.source.map(|source| source.to_string()).unwrap_or_default();
        let seen = node("row", leaf("source_ip", &source) + &leaf("count", &row.count.to_string()) + &node("policy_evaluated", evaluated));
        let names = leaf("envelope_to", &row.envelope_to) + &leaf("envelope_from", &row.envelope_from) + &leaf("header_from", &row.header_from);
        let dkim = row.dkim.iter().map(|one| {
            let outcome = word("result", one.outcome.map(Outcome::as_str));
            node("dkim", leaf("domain", &one.domain) + &leaf("selector", &one.selector) + &outcome + &leaf("human_result", &one.remark))
        });
        let spf = row.spf.iter().map(|one| {
            let outcome = word("result", one.outcome.map(Outcome::as_str));
            node("spf", leaf("domain", &one.domain) + &leaf("scope", &one.scope) + &outcome + &leaf("human_result", &one.remark))
        });
        node("record", seen + &node("identifiers", names) + &node("auth_results", dkim.chain(spf).collect()))
    };
    let of = &report.published;
    let period = node("date_range", leaf("begin", &report.begin.unwrap().to_string()) + &leaf("end", &report.end.unwrap().to_string()));
    let errors: String = report.errors.iter().map(|error| leaf("error", error)).collect();
    let metadata = leaf("org_name", &report.reporter) + &leaf("email", &report.email) + &leaf("report_id", &report.id) + &period + &errors;
    let published = leaf("domain", &of.domain)
        + &policy("p", of.policy)
        + &policy("sp", of.subdomains)
        + &policy("np", of.nonexistent)
        + &leaf("adkim", if of.strict_dkim { "s" } else { "r" })
        + &leaf("aspf", if of.strict_spf { "s" } else { "r" })
        + &leaf("pct", &of.percent.map(|percent| percent.to_string()).unwrap_or_default())
        + &leaf("testing", if of.testing { "y" } else { "n" })
        + &word("discovery_method", of.discovery.map(Discovery::as_str));
    let rows: String = report.rows.iter().map(row).collect();
    format!("<{p}feedback>{}{}{rows}</{p}feedback>", node("report_metadata", metadata), node("policy_published", published))
}

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z<>&\"'あ鍵][a-z<>&\"' 鍵]{0,12}[a-z&>]"
}

fn one<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Option<T>> {
    prop::option::of(prop::sample::select(all))
}

fn row() -> impl Strategy<Value = Row> {
    let name = || "[a-z0-9_-]{1,12}(\\.[a-z]{2,5})?";
    let dkim =
        (name(), name(), one(Outcome::ALL), text()).prop_map(|(domain, selector, outcome, remark)| DkimResult { domain, selector, outcome, remark });
    let spf = (name(), "(mfrom|helo)?", one(Outcome::ALL), text()).prop_map(|(domain, scope, outcome, remark)| SpfResult {
        domain,
        scope,
        outcome,
        remark,
    });
    let reason = (text(), text()).prop_map(|(kind, comment)| Override { kind, comment });
    let evaluated = (any::<Option<IpAddr>>(), 0..999_999_999_999u64, one(Disposition::ALL), any::<Option<bool>>(), any::<Option<bool>>());
    let lists = (prop::collection::vec(reason, 0..3), prop::collection::vec(dkim, 0..3), prop::collection::vec(spf, 0..3));
    (evaluated, lists, [name(), name(), name()]).prop_map(
        |((source, count, disposition, dkim_aligned, spf_aligned), (reasons, dkim, spf), [header_from, envelope_from, envelope_to])| Row {
            source,
            count,
            disposition,
            dkim_aligned,
            spf_aligned,
            reasons,
            header_from,
            envelope_from,
            envelope_to,
            dkim,
            spf,
        },
    )
}

fn report() -> impl Strategy<Value = Report> {
    const POLICIES: &[Policy] = &[Policy::None, Policy::Quarantine, Policy::Reject];
    let policies = (one(POLICIES), one(POLICIES), one(POLICIES), any::<[bool; 3]>(), prop::option::of(0..=100u8), one(Discovery::ALL));
    let published = ("[a-z]{1,8}\\.example", policies).prop_map(
        |(domain, (policy, subdomains, nonexistent, [strict_dkim, strict_spf, testing], percent, discovery))| Published {
            domain,
            policy,
            subdomains,
            nonexistent,
            strict_dkim,
            strict_spf,
            percent,
            testing,
            discovery,
        },
    );
    let errors = prop::collection::vec(text(), 0..3);
    (text(), text(), text(), 0..9_999_999_999i64, 0..9_999_999_999i64, errors, published, prop::collection::vec(row(), 0..4)).prop_map(
        |(reporter, email, id, begin, end, errors, published, rows)| Report {
            reporter,
            email,
            id,
            begin: Some(begin),
            end: Some(end),
            errors,
            published,
            rows,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_the_same(report in report(), prefix in "([a-z]{1,3}:)?") {
        let text = written(&report, &prefix);
        let (read, problems) = read(text.as_bytes()).unwrap();
        prop_assert_eq!(read, report);
        prop_assert_eq!(problems, vec![]);
    }

    #[test]
    fn no_octets_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), begin in prop::sample::select(vec!["", "<feedback>", "\u{1F}", "PK\u{3}\u{4}", "From: a\r\n"])) {
        let _ = read(&[begin.as_bytes(), &bytes].concat());
        let _ = read(&gzip(&bytes));
    }

    #[test]
    fn no_change_of_a_good_report_makes_it_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>(), wrapping in 0..4u8) {
        let xml = OLD.as_bytes();
        let mut bytes = match wrapping {
            0 => xml.to_vec(),
            1 => gzip(xml),
            2 => zip(&[("r.xml", xml)]),
            _ => mail(&[("application/gzip", "r.xml.gz", &gzip(xml))]),
        };
        for (at, with) in changes {
            let at = at.index(bytes.len());
            bytes[at] = with;
        }
        let _ = read(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        let _ = read(&bytes);
    }
}
