//! Which cipher suites a server accepts.

use formats::evidence::{Missing, Opening};
use formats::tls::{Suite, Version};
use hickory_proto::rr::Name;

use super::super::case::Case;
use super::super::judgement::{Finding, Judged};
use super::super::reasons::Why;
use super::super::rules::{TlsLimits, Weakness};
use super::survey::{self, Listed, Versions};
use super::talk::Talk;
use super::{Measure, Server, class, postfix, remedy, server, with_open};
use crate::words::Words;

/// Judges the suites `name` accepts.
pub(in super::super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let measure = Measure::web(case.rules);
    let judged = match server(case, name)? {
        Server::Judged(judged) => *judged,
        Server::Speaks(mut talk, versions) => judge(&mut talk, &versions, measure)?,
    };
    let (ja, en) = expected(measure.must);
    Ok(judged.expected(&ja, &en))
}

/// Asks for the suites and judges them.
pub(super) fn judge(talk: &mut Talk<'_>, versions: &Versions, measure: Measure<'_>) -> Result<Judged, Missing> {
    let (listed, limits) = (survey::suites(talk, versions)?, measure.must);
    let weak: Vec<_> = listed.found.iter().filter(|(suite, _)| refused(*suite, limits).is_some()).collect();
    let worst = worst(&listed, limits).map_or(String::new(), |(suite, version)| options(suite, version));
    let judged = measure
        .weigh(&(Why::TlsSuitesMet, vec![("count", listed.found.len().to_string())]), |limits| faults(&listed, limits))
        .value(if weak.is_empty() { strongest(&listed) } else { named(weak.into_iter()) })
        .observed(observed(&listed))
        .command(talk.command(&worst));
    let judged = if listed.cut { judged.note(Why::TlsListCut, &[]) } else { judged };
    Ok(with_open(judged.remedied(|| lines(limits, talk.opening)), talk))
}

/// What is asked for, in both languages.
pub(super) fn expected(limits: &TlsLimits) -> (String, String) {
    let said: Vec<(&str, &str)> = limits.suites_refused.iter().map(|weakness| said(*weakness)).collect();
    (
        format!("次のいずれの暗号スイートも受け付けない: {}", said.iter().map(|(ja, _)| *ja).collect::<Vec<_>>().join("、")),
        format!("none of these suites is accepted: {}", said.iter().map(|(_, en)| *en).collect::<Vec<_>>().join(", ")),
    )
}

/// A weakness as people read it.
fn said(weakness: Weakness) -> (&'static str, &'static str) {
    match weakness {
        Weakness::Null => ("暗号化なし", "without encryption"),
        Weakness::Anonymous => ("相手の確認なし", "anonymous"),
        Weakness::Export => ("輸出規制用の短い鍵", "export"),
        Weakness::Des => ("DES", "DES"),
        Weakness::Rc4 => ("RC4", "RC4"),
        Weakness::Md5 => ("MD5", "MD5"),
        Weakness::SmallBlock => ("3DESなど64ビットブロック", "3DES and other blocks of 64 bits"),
        Weakness::Static => ("前方秘匿性なし", "without forward secrecy"),
        Weakness::Cbc => ("CBCモード", "CBC mode"),
    }
}

fn refused(suite: Suite, limits: &TlsLimits) -> Option<Weakness> {
    class(suite).filter(|weakness| limits.suites_refused.contains(weakness))
}

/// The worst suite found, with the version it was seen in.
fn worst(listed: &Listed<(Suite, Version)>, limits: &TlsLimits) -> Option<(Suite, Version)> {
    listed
        .found
        .iter()
        .filter_map(|(suite, version)| Some((refused(*suite, limits)?, *suite, *version)))
        .min()
        .map(|(_, suite, version)| (suite, version))
}

/// One fault for each weakness, worst first.
fn faults(listed: &Listed<(Suite, Version)>, limits: &TlsLimits) -> Vec<Finding> {
    let of = |weakness: &Weakness| {
        let suites = named(listed.found.iter().filter(|(suite, _)| refused(*suite, limits) == Some(*weakness)));
        (!suites.is_empty()).then(|| (why(*weakness), vec![("suites", suites)]))
    };
    Weakness::ALL.iter().filter_map(of).collect()
}

fn why(weakness: Weakness) -> Why {
    match weakness {
        Weakness::Null => Why::TlsNull,
        Weakness::Anonymous => Why::TlsAnonymous,
        Weakness::Export => Why::TlsExport,
        Weakness::Des => Why::TlsDes,
        Weakness::Rc4 => Why::TlsRc4,
        Weakness::Md5 => Why::TlsMd5,
        Weakness::SmallBlock => Why::TlsSmallBlock,
        Weakness::Static => Why::TlsStatic,
        Weakness::Cbc => Why::TlsCbc,
    }
}

fn named<'a>(suites: impl Iterator<Item = &'a (Suite, Version)>) -> String {
    suites.map(|(suite, _)| suite.name).collect::<Vec<_>>().join(", ")
}

/// What the newest version agreed to first.
fn strongest(listed: &Listed<(Suite, Version)>) -> String {
    listed.found.first().map_or(String::new(), |(suite, _)| suite.name.to_owned())
}

fn observed(listed: &Listed<(Suite, Version)>) -> Words {
    Words::same(listed.found.iter().map(|(suite, version)| format!("{} {}", version.name(), suite.name)).collect::<Vec<_>>().join("\n"))
}

/// openssl has names of its own; its version and security level are what has to be said.
fn options(suite: Suite, version: Version) -> String {
    let version = match version {
        Version::Ssl3 => "-ssl3",
        Version::Tls10 => "-tls1",
        Version::Tls11 => "-tls1_1",
        Version::Tls12 => "-tls1_2",
        Version::Tls13 => return format!("-tls1_3 -ciphersuites {}", suite.name),
    };
    let kind = match class(suite) {
        Some(Weakness::Cbc) | None => "ALL:!AESGCM:!AESCCM:!CHACHA20:!kRSA".to_owned(),
        Some(weakness) => keyword(weakness).replace(", ", ":"),
    };
    format!("{version} -cipher '{kind}:@SECLEVEL=0'")
}

/// What openssl calls the suites of a weakness.
fn keyword(weakness: Weakness) -> &'static str {
    match weakness {
        Weakness::Null => "eNULL",
        Weakness::Anonymous => "aNULL",
        Weakness::Export => "EXPORT",
        Weakness::Des => "DES",
        Weakness::Rc4 => "RC4",
        Weakness::Md5 => "MD5",
        Weakness::SmallBlock => "3DES, IDEA, RC2",
        Weakness::Static => "kRSA",
        Weakness::Cbc => "CBC",
    }
}

fn lines(limits: &TlsLimits, opening: Opening) -> String {
    if opening == Opening::Smtp {
        // Exclusions, because a list of what is allowed would leave old senders nothing but the clear.
        let excluded: Vec<&str> = limits.suites_refused.iter().map(|weakness| keyword(*weakness)).collect();
        return postfix(&format!("smtpd_tls_exclude_ciphers = {}", excluded.join(", ")));
    }
    let ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
                   ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
    remedy(&format!("ssl_ciphers {ciphers};"), &format!("SSLCipherSuite {ciphers}"))
}
