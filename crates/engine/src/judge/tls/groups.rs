//! How a server agrees on keys: groups, primes, and the hash it signs with.

use std::collections::BTreeSet;

use formats::evidence::{Missing, Opening, Verdict};
use formats::tls::{Exchanged, Group, KeyExchange, Kind, scheme_named, weak_hash};
use hickory_proto::rr::Name;

use super::super::case::Case;
use super::super::judgement::{Finding, Judged};
use super::super::reasons::Why;
use super::super::rules::TlsLimits;
use super::survey::{self, Listed, Versions};
use super::talk::Talk;
use super::{Measure, Server, postfix, remedy, server, with_open};
use crate::words::Words;

/// Judges how `name` exchanges keys.
pub(in super::super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let measure = Measure::web(case.rules);
    let judged = match server(case, name)? {
        Server::Judged(judged) => *judged,
        Server::Speaks(mut talk, versions) => judge(&mut talk, &versions, measure)?,
    };
    let (ja, en) = expected(measure.must);
    Ok(judged.expected(&ja, &en))
}

/// Asks for groups, primes and hashes and judges them.
pub(super) fn judge(talk: &mut Talk<'_>, versions: &Versions, measure: Measure<'_>) -> Result<Judged, Missing> {
    let limits = measure.must;
    // What the suites show of primes and curves counts too, and tells which suites need not be offered again.
    survey::suites(talk, versions)?;
    let listed = survey::groups(talk, versions)?;
    let seen = Seen::of(&listed, talk.exchanges.iter().map(|(_, exchange)| *exchange));
    let judged = if seen.is_nothing() && seen.faults(limits).is_empty() {
        Judged::new(Verdict::NotApplicable, Why::TlsNoGroups, &[])
    } else {
        measure.weigh(&(Why::TlsGroupsMet, vec![("groups", seen.named())]), |limits| seen.faults(limits))
    };
    let judged = judged.value(seen.named()).observed(Words::same(seen.lines())).command(talk.command(&seen.options(limits)));
    let judged = match seen.post_quantum() {
        Some(group) => judged.note(Why::TlsPostQuantum, &[("group", group.name)]),
        None if limits.requires_post_quantum || seen.is_nothing() => judged,
        None => judged.note(Why::TlsNoPostQuantum, &[]),
    };
    let judged = if listed.cut { judged.note(Why::TlsListCut, &[]) } else { judged };
    Ok(with_open(judged.remedied(|| lines(limits, talk.opening)), talk))
}

/// What is asked for, in both languages.
pub(super) fn expected(limits: &TlsLimits) -> (String, String) {
    let quantum = if limits.requires_post_quantum { ("、耐量子の鍵交換を含む", ", a post-quantum group among them") } else { ("", "") };
    (
        format!("素数{}ビット以上、曲線{}ビット以上{}", limits.min_prime, limits.min_curve, quantum.0),
        format!("primes of {} bits, curves of {} bits or more{}", limits.min_prime, limits.min_curve, quantum.1),
    )
}

/// Everything seen of key exchanges, each once.
struct Seen {
    groups: Vec<u16>,
    exchanged: BTreeSet<Exchanged>,
    weak: BTreeSet<u16>,
}

impl Seen {
    fn of(listed: &Listed<u16>, exchanges: impl Iterator<Item = KeyExchange>) -> Self {
        let mut seen = Self { groups: listed.found.clone(), exchanged: BTreeSet::new(), weak: BTreeSet::new() };
        for exchange in exchanges {
            seen.weak.extend(exchange.scheme.filter(|scheme| weak_hash(*scheme).is_some()));
            match exchange.exchanged {
                Exchanged::Group(group) if !seen.groups.contains(&group) => seen.groups.push(group),
                Exchanged::Group(_) => {}
                other => {
                    seen.exchanged.insert(other);
                }
            }
        }
        seen
    }

    fn is_nothing(&self) -> bool {
        self.groups.is_empty() && self.exchanged.is_empty()
    }

    fn post_quantum(&self) -> Option<Group> {
        self.groups.iter().filter_map(|code| Group::of(*code)).find(|group| group.kind == Kind::PostQuantum)
    }

    /// Worst first.
    fn faults(&self, limits: &TlsLimits) -> Vec<Finding> {
        let mut faults: Vec<Finding> = Vec::new();
        // Short keys first: that is how they are ordered, from the end.
        for exchanged in self.exchanged.iter().rev() {
            match exchanged {
                Exchanged::ShortRsa(bits) => faults.push((Why::TlsShortRsa, vec![("bits", bits.to_string())])),
                Exchanged::Prime(bits) if *bits < limits.min_prime => {
                    faults.push((Why::TlsWeakPrime, vec![("bits", bits.to_string()), ("least", limits.min_prime.to_string())]));
                }
                Exchanged::OwnCurve => faults.push((Why::TlsOwnCurve, Vec::new())),
                Exchanged::Prime(_) | Exchanged::Group(_) => {}
            }
        }
        for group in self.groups.iter().filter_map(|code| Group::of(*code)) {
            let (bits, name) = (usize::from(group.bits), group.name.to_owned());
            match group.kind {
                Kind::Curve if group.bits < limits.min_curve => {
                    faults.push((Why::TlsWeakCurve, vec![("group", name), ("least", limits.min_curve.to_string())]));
                }
                Kind::FiniteField if bits < limits.min_prime => {
                    faults.push((Why::TlsWeakPrime, vec![("bits", bits.to_string()), ("least", limits.min_prime.to_string())]));
                }
                Kind::Curve | Kind::FiniteField | Kind::PostQuantum => {}
            }
        }
        if limits.refuses_weak_hash {
            let hashes: BTreeSet<&str> = self.weak.iter().filter_map(|scheme| weak_hash(*scheme)).collect();
            faults.extend(hashes.into_iter().map(|hash| (Why::TlsWeakHash, vec![("algorithm", hash.to_owned())])));
        }
        if limits.requires_post_quantum && self.post_quantum().is_none() {
            faults.push((Why::TlsNoPostQuantum, Vec::new()));
        }
        // A prime of the server's own and a group of RFC 7919 may have the same length.
        let mut once: Vec<Finding> = Vec::new();
        for fault in faults {
            if !once.contains(&fault) {
                once.push(fault);
            }
        }
        once
    }

    fn each(&self) -> Vec<String> {
        let exchanged = self.exchanged.iter().map(|one| match one {
            Exchanged::Prime(bits) => format!("DH {bits}"),
            Exchanged::ShortRsa(bits) => format!("RSA {bits}"),
            Exchanged::OwnCurve => "explicit curve".to_owned(),
            Exchanged::Group(group) => Group::named(*group),
        });
        self.groups.iter().map(|code| Group::named(*code)).chain(exchanged).collect()
    }

    fn named(&self) -> String {
        self.each().join(", ")
    }

    fn lines(&self) -> String {
        self.each().into_iter().chain(self.weak.iter().map(|scheme| scheme_named(*scheme))).collect::<Vec<_>>().join("\n")
    }

    /// How openssl sees the worst of it.
    fn options(&self, limits: &TlsLimits) -> String {
        match self.faults(limits).first() {
            Some((Why::TlsWeakPrime | Why::TlsShortRsa, _)) => "-tls1_2 -cipher 'kDHE:@SECLEVEL=0'".to_owned(),
            Some((Why::TlsWeakCurve, data)) => {
                format!("-tls1_2 -curves {} -cipher 'kECDHE:@SECLEVEL=0'", data.first().map_or("", |(_, group)| group.as_str()))
            }
            Some((Why::TlsWeakHash, _)) => "-tls1_2 -sigalgs RSA+SHA1:ECDSA+SHA1 -cipher 'ALL:@SECLEVEL=0'".to_owned(),
            Some((Why::TlsNoPostQuantum, _)) => "-tls1_3 -groups X25519MLKEM768".to_owned(),
            _ => String::new(),
        }
    }
}

fn lines(limits: &TlsLimits, opening: Opening) -> String {
    let quantum = if limits.requires_post_quantum { "X25519MLKEM768:" } else { "" };
    let groups = format!("{quantum}X25519:prime256v1:secp384r1");
    let prime = format!("openssl dhparam -out dhparam.pem {}", limits.min_prime);
    if opening == Opening::Smtp {
        let lists = groups.replace(':', " ");
        return format!("{prime}\n{}", postfix(&format!("tls_eecdh_auto_curves = {lists}\nsmtpd_tls_dh1024_param_file = dhparam.pem")));
    }
    format!(
        "{prime}\n{}",
        remedy(
            &format!("ssl_ecdh_curve {groups}; ssl_dhparam dhparam.pem;"),
            &format!("SSLOpenSSLConfCmd Groups {groups}\nSSLOpenSSLConfCmd DHParameters dhparam.pem")
        )
    )
}
