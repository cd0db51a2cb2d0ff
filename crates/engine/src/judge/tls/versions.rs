//! Which versions of TLS a server accepts.

use formats::evidence::{Missing, Opening};
use formats::tls::Version;
use hickory_proto::rr::Name;

use super::super::case::Case;
use super::super::judgement::{Finding, Judged};
use super::super::reasons::Why;
use super::super::rules::TlsLimits;
use super::survey::Versions;
use super::talk::Talk;
use super::{Measure, Server, postfix, remedy, server, with_open};
use crate::words::Words;

/// Judges the versions `name` accepts.
pub(in super::super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let measure = Measure::web(case.rules);
    let judged = match server(case, name)? {
        Server::Judged(judged) => *judged,
        Server::Speaks(talk, versions) => judge(&talk, &versions, measure),
    };
    let (ja, en) = expected(measure.must);
    Ok(judged.expected(&ja, &en))
}

/// Judges the versions found.
pub(super) fn judge(talk: &Talk<'_>, versions: &Versions, measure: Measure<'_>) -> Judged {
    let offered: Vec<Version> = versions.keys().copied().collect();
    let listed = named(&offered);
    let worst = offered.iter().find(|version| !measure.must.versions_allowed.contains(version));
    let judged = measure
        .weigh(&(Why::TlsVersionsMet, vec![("versions", listed.clone())]), |limits| faults(&offered, limits))
        .value(listed.clone())
        .observed(Words::same(listed))
        .command(talk.command(worst.map_or("", |version| option(*version))));
    with_open(judged.remedied(|| lines(measure.must, talk.opening)), talk)
}

/// What is asked for, in both languages.
pub(super) fn expected(limits: &TlsLimits) -> (String, String) {
    let (allowed, required) = (named(&limits.versions_allowed), limits.versions_required.iter().map(|one| one.name()).collect::<Vec<_>>());
    (
        format!("{allowed}のいずれかだけを受け付け、{}のいずれかを含む", required.join("・")),
        format!("only {allowed}, with {} among them", required.join(" or ")),
    )
}

fn faults(offered: &[Version], limits: &TlsLimits) -> Vec<Finding> {
    let old = offered.iter().filter(|version| !limits.versions_allowed.contains(version));
    let mut faults: Vec<Finding> = old.map(|version| (Why::TlsVersionOld, vec![("version", version.name().to_owned())])).collect();
    if !offered.iter().any(|version| limits.versions_required.contains(version)) {
        faults.push((Why::TlsVersionMissing, vec![("versions", named(&limits.versions_required))]));
    }
    faults
}

fn named(versions: &[Version]) -> String {
    versions.iter().map(|version| version.name()).collect::<Vec<_>>().join(", ")
}

/// How openssl is told to use one version; the old ones only work at its lowest security level.
fn option(version: Version) -> &'static str {
    match version {
        Version::Ssl3 => "-ssl3 -cipher 'ALL:@SECLEVEL=0'",
        Version::Tls10 => "-tls1 -cipher 'ALL:@SECLEVEL=0'",
        Version::Tls11 => "-tls1_1 -cipher 'ALL:@SECLEVEL=0'",
        Version::Tls12 => "-tls1_2",
        Version::Tls13 => "-tls1_3",
    }
}

fn lines(limits: &TlsLimits, opening: Opening) -> String {
    let all: Vec<String> = limits.versions_allowed.iter().map(|version| version.name().replace("TLS ", "TLSv").replace("TLSv1.0", "TLSv1")).collect();
    if opening == Opening::Smtp {
        return postfix(&format!("smtpd_tls_protocols = >={}", all.first().map_or("TLSv1.2", String::as_str)));
    }
    let apache: Vec<String> = all.iter().map(|version| format!("+{version}")).collect();
    remedy(&format!("ssl_protocols {};", all.join(" ")), &format!("SSLProtocol -all {}", apache.join(" ")))
}
