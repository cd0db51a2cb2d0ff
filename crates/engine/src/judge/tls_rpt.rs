//! The TLS reporting check: whether senders can tell that TLS failed (RFC 8460).

use formats::dns::plain;
use formats::evidence::{Missing, Verdict};
use formats::tls_rpt::{addresses, is_record};
use hickory_proto::rr::{Name, RecordType};

use super::case::{Case, Open};
use super::judgement::Judged;
use super::mx::takes_mail;
use super::reasons::Why;
use crate::words::Words;

/// Judges the record at `_smtp._tls`.
pub(super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let domain = plain(name);
    let judged = judge(case, name, &domain).or_else(Open::judged)?;
    Ok(judged.command(case.dig(&format!("_smtp._tls.{domain}"), "TXT")).expected(
        "_smtp._tls に、レポートの宛先を書いたTLSRPTレコードが1件だけあること",
        "exactly one TLSRPT record at _smtp._tls that names where reports go",
    ))
}

fn judge(case: &Case<'_>, name: &Name, domain: &str) -> Result<Judged, Open> {
    if !takes_mail(case, name)? {
        return Ok(Judged::new(Verdict::NotApplicable, Why::NoMail, &[]));
    }
    let line = format!("_smtp._tls.{domain}. IN TXT \"v=TLSRPTv1; rua=mailto:tls-reports@{domain}\"");
    let Ok(place) = name.prepend_label("_tls").and_then(|below| below.prepend_label("_smtp")) else {
        return Ok(Judged::new(Verdict::NotApplicable, Why::NoMail, &[]));
    };
    let texts: Vec<Vec<u8>> = case.ask(&place, RecordType::TXT)?.texts(&place).into_iter().filter(|text| is_record(text)).collect();
    let shown: Vec<String> = texts.iter().map(|text| String::from_utf8_lossy(text).into_owned()).collect();
    let judged = match texts.as_slice() {
        [] => {
            let none = Words::new("TLSRPTレコードはありません", "no TLSRPT record");
            return Ok(Judged::new(Verdict::NotMet, Why::TlsRptMissing, &[]).observed(none).remedy(line));
        }
        [one] => match addresses(one) {
            Ok(addresses) => Judged::new(Verdict::Met, Why::TlsRptMet, &[("addresses", &addresses.join(", "))]),
            Err(problem) => Judged::new(Verdict::NotMet, Why::TlsRptInvalid, &[("problem", problem)]).remedy(line),
        },
        several => Judged::new(Verdict::NotMet, Why::TlsRptTwo, &[("count", &several.len().to_string())]).remedy(line),
    };
    Ok(judged.value(shown.join(" | ")).observed(Words::same(shown.join("\n"))))
}
