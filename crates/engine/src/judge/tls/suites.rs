//! Which cipher suites a server accepts.

use formats::evidence::Missing;
use formats::tls::{Suite, Version};
use hickory_proto::rr::Name;

use super::super::case::Case;
use super::super::judgement::{Finding, Judged};
use super::super::reasons::Why;
use super::super::rules::{TlsLimits, Weakness};
use super::survey::{self, Listed};
use super::{Server, class, command, remedy, server, with_open};
use crate::words::Words;

/// Judges the suites `name` accepts.
pub(in super::super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let limits = &case.rules.tls;
    let judged = match server(case, name)? {
        Server::Judged(judged) => *judged,
        Server::Speaks(mut talk, versions) => {
            let listed = survey::suites(&mut talk, &versions)?;
            let faults = faults(&listed, limits);
            let weak = listed.found.iter().filter(|(suite, _)| refused(*suite, limits).is_some()).count();
            let count = listed.found.len();
            let met = (Why::TlsSuitesMet, vec![("count", count.to_string())]);
            let worst = worst(&listed, limits).map_or(String::new(), |(suite, version)| options(suite, version));
            let judged = Judged::worst_of(&faults, &met)
                .value(if weak > 0 { named(listed.found.iter().filter(|(suite, _)| refused(*suite, limits).is_some())) } else { strongest(&listed) })
                .observed(observed(&listed))
                .command(command(&talk.name, &talk.address.to_string(), &worst));
            let judged = if listed.cut { judged.note(Why::TlsListCut, &[]) } else { judged };
            with_open(if faults.is_empty() { judged } else { judged.remedy(lines()) }, &talk)
        }
    };
    let said: Vec<(&str, &str)> = limits.suites_refused.iter().map(|weakness| said(*weakness)).collect();
    Ok(judged.expected(
        &format!("次のいずれの暗号スイートも受け付けない: {}", said.iter().map(|(ja, _)| *ja).collect::<Vec<_>>().join("、")),
        &format!("none of these suites is accepted: {}", said.iter().map(|(_, en)| *en).collect::<Vec<_>>().join(", ")),
    ))
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
        Some(Weakness::Null) => "eNULL",
        Some(Weakness::Anonymous) => "aNULL",
        Some(Weakness::Export) => "EXPORT",
        Some(Weakness::Des) => "DES",
        Some(Weakness::Rc4) => "RC4",
        Some(Weakness::Md5) => "MD5",
        Some(Weakness::SmallBlock) => "3DES:IDEA:RC2",
        Some(Weakness::Static) => "kRSA",
        Some(Weakness::Cbc) | None => "ALL:!AESGCM:!AESCCM:!CHACHA20:!kRSA",
    };
    format!("{version} -cipher '{kind}:@SECLEVEL=0'")
}

fn lines() -> String {
    let ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
                   ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
    remedy(&format!("ssl_ciphers {ciphers};"), &format!("SSLCipherSuite {ciphers}"))
}
