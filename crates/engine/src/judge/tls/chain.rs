//! Every certificate a server shows: keys, signatures, dates, order, and whether they lead to a trusted authority.

use formats::evidence::{Evidence, Failure, Handshake, Missing, Opening, Verdict};
use formats::tls::Version;
use hickory_proto::rr::Name;
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::super::case::Case;
use super::super::certificate::{day, faults_of_leaf, key_named, signature_named, weaknesses};
use super::super::judgement::{Finding, Judged};
use super::super::reasons::Why;
use super::super::rules::Rules;
use super::survey::Versions;
use super::talk::Talk;
use super::{Server, postfix, remedy, server, survey, with_open};
use crate::words::Words;

/// Judges the certificates `name` shows.
pub(in super::super) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let judged = match server(case, name)? {
        Server::Judged(judged) => *judged,
        Server::Speaks(mut talk, versions) => {
            let (address, host) = (talk.address, talk.name.clone());
            judge(&mut talk, &versions, case, || case.tls(address, &host))?
        }
    };
    let (rsa, ec) = (case.rules.certificate_min_rsa, case.rules.certificate_min_ec);
    Ok(judged.expected(
        &format!("すべての証明書がRSA {rsa}ビット以上または楕円曲線{ec}ビット以上、SHA-2で、サーバ証明書から順に信頼できる認証局までつながる"),
        &format!("every certificate RSA ≥ {rsa} or EC ≥ {ec} bits and SHA-2, in order from the server's own to a trusted authority"),
    ))
}

/// Asks for the chains and judges them. `finished`: what a handshake that came to its end showed.
pub(super) fn judge<'a>(
    talk: &mut Talk<'_>,
    versions: &Versions,
    case: &Case<'a>,
    finished: impl FnOnce() -> Result<Result<&'a Handshake, Failure>, Missing>,
) -> Result<Judged, Missing> {
    let mut chains = survey::chains(talk, versions)?;
    // TLS 1.3 shows certificates only to whoever has agreed on a key.
    if versions.keys().all(|version| *version == Version::Tls13) {
        match finished()? {
            Ok(shown) => chains.push(presented(shown)),
            Err(failure) => talk.open = talk.open.take().or(Some((Version::Tls13, failure))),
        }
    }
    Ok(with_open(judge_all(&chains, talk, case).command(talk.command("-showcerts")), talk))
}

fn presented(shown: &Handshake) -> Vec<Vec<u8>> {
    shown.chain.iter().map(|der| der.0.clone()).collect()
}

fn judge_all(chains: &[Vec<Vec<u8>>], talk: &Talk<'_>, case: &Case<'_>) -> Judged {
    let mail = talk.opening == Opening::Smtp;
    if chains.is_empty() {
        let bad = Judged::new(Verdict::NotMet, Why::CertificateBad, &[("detail", "nothing was presented")]);
        return match talk.open {
            Some(_) => Judged { verdict: Verdict::CouldNotMeasure, ..bad },
            // A mail server that nobody has to trust may do without.
            None if mail => Judged { verdict: Verdict::NotApplicable, ..bad },
            None => bad.observed(Words::same("—")).remedy(lines(talk.opening)),
        };
    }
    let all: Vec<Chain<'_>> = chains.iter().map(|chain| Chain::of(chain)).collect();
    let mut found: Vec<Finding> = all.iter().flat_map(|chain| chain.faults(&talk.name, case.evidence, case.rules)).collect();
    // The sort keeps the order in which they were found among those that weigh the same.
    found.sort_by_key(|(why, _)| rank(*why));
    found.dedup();
    // Senders encrypt whoever vouches for the key (RFC 7435 3); whether it is weak counts, because those who do check rely on it.
    let weak = |why: Why| matches!(why, Why::ChainWeakKey | Why::ChainWeakSignature) || all.iter().any(|chain| chain.leaf().is_none());
    let (faults, remarks): (Vec<Finding>, Vec<Finding>) = found.into_iter().partition(|(why, _)| !mail || weak(*why));
    let count = all.iter().map(|chain| chain.certificates.len()).sum::<usize>();
    let lists: Vec<String> = all.iter().map(Chain::lines).collect();
    let keys: Vec<String> = all.iter().map(Chain::key).collect();
    let met = if mail { Why::MailCertificateMet } else { Why::ChainMet };
    let mut judged = Judged::worst_of(&faults, &(met, vec![("count", count.to_string())]))
        .findings(&remarks)
        .value(format!("{} ({count})", keys.join(", ")))
        .observed(Words::same(lists.join("\n\n")));
    if all.len() > 1 {
        judged = judged.note(Why::ChainTwo, &[("kinds", &keys.join(", "))]);
    }
    for chain in &all {
        judged = judged.findings(&chain.notes(&talk.name, case.evidence));
    }
    judged.remedied(|| lines(talk.opening))
}

/// What weighs most comes first: what breaks connections or trust outright, then what is weak, then what only some clients forgive.
fn rank(why: Why) -> usize {
    let order = [
        Why::ChainWeakSignature,
        Why::ChainWeakKey,
        Why::CertificateSelfSigned,
        Why::CertificateName,
        Why::CertificateExpired,
        Why::CertificateEarly,
        Why::ChainExpired,
        Why::ChainIncomplete,
        Why::CertificateUntrusted,
        Why::CertificateBad,
        Why::ChainOrder,
    ];
    order.iter().position(|one| *one == why).unwrap_or(order.len())
}

/// One chain, read.
struct Chain<'a> {
    /// As presented, without what cannot be read.
    certificates: Vec<(&'a [u8], X509Certificate<'a>)>,
    unreadable: bool,
}

impl<'a> Chain<'a> {
    fn of(chain: &'a [Vec<u8>]) -> Self {
        let certificates: Vec<_> = chain.iter().filter_map(|der| Some((der.as_slice(), X509Certificate::from_der(der).ok()?.1))).collect();
        Self { unreadable: certificates.len() < chain.len() || chain.is_empty(), certificates }
    }

    /// The server's own: the first, or, where that is an authority's, the first that is none.
    fn leaf(&self) -> Option<&(&'a [u8], X509Certificate<'a>)> {
        let first = self.certificates.first()?;
        if first.1.is_ca() { self.certificates.iter().find(|(_, one)| !one.is_ca()).or(Some(first)) } else { Some(first) }
    }

    fn others(&self, leaf: &[u8]) -> impl Iterator<Item = &(&'a [u8], X509Certificate<'a>)> {
        self.certificates.iter().filter(move |(der, _)| *der != leaf)
    }

    fn faults(&self, domain: &str, evidence: &Evidence, rules: &Rules) -> Vec<Finding> {
        let mut faults: Vec<Finding> = Vec::new();
        let bad = |detail: &str| (Why::CertificateBad, vec![("detail", detail.to_owned())]);
        let Some((der, leaf)) = self.leaf() else { return vec![bad("not a readable certificate")] };
        if self.unreadable {
            faults.push(bad("not a readable certificate"));
        }
        let mut explained = false;
        for (one, certificate) in &self.certificates {
            let (key, signature) = weaknesses(certificate, is_own_issue(certificate) && one != der, rules);
            let subject = subject(certificate);
            if let Some(algorithm) = signature {
                explained |= one != der;
                faults.push((Why::ChainWeakSignature, vec![("subject", subject.clone()), ("algorithm", algorithm.to_owned())]));
            }
            if let Some((kind, bits)) = key {
                explained |= one != der;
                faults.push((Why::ChainWeakKey, vec![("subject", subject), ("kind", kind.to_owned()), ("bits", bits.to_string())]));
            }
        }
        let weak_leaf = faults.iter().any(|(why, _)| *why == Why::ChainWeakSignature);
        let trust = self.trust(domain, evidence);
        let untrusted = trust.iter().any(|(why, _)| is_trust(*why));
        if untrusted {
            let expired = self.expired(der, evidence.at);
            explained |= !expired.is_empty();
            faults.extend(expired);
        }
        // An authority too weak or too old for the library that builds the path is the cause, not one fault more.
        faults.extend(trust.into_iter().filter(|(why, _)| !(is_trust(*why) && (explained || weak_leaf))).map(|fault| self.incomplete(fault, leaf)));
        faults.extend(self.order(der));
        faults
    }

    /// Dates, name and trust of the server's own.
    fn trust(&self, domain: &str, evidence: &Evidence) -> Vec<Finding> {
        let Some((der, leaf)) = self.leaf() else { return Vec::new() };
        let others: Vec<CertificateDer<'_>> = self.others(der).map(|(der, _)| CertificateDer::from(*der)).collect();
        faults_of_leaf((&CertificateDer::from(*der), leaf), &others, domain, &evidence.place.roots, evidence.at)
    }

    /// Authorities whose time is over or has not begun.
    fn expired(&self, leaf: &[u8], now: i64) -> Vec<Finding> {
        let outside =
            self.others(leaf).filter(|(_, one)| !(one.validity().not_before.timestamp()..=one.validity().not_after.timestamp()).contains(&now));
        outside.map(|(_, one)| (Why::ChainExpired, vec![("subject", subject(one)), ("until", day(one.validity().not_after.timestamp()))])).collect()
    }

    /// "Untrusted" with the authority whose certificate is missing, where the chain ends before one that signs itself.
    fn incomplete(&self, fault: Finding, leaf: &X509Certificate<'_>) -> Finding {
        if fault.0 != Why::CertificateUntrusted {
            return fault;
        }
        // Follows the issuers; no step is taken twice, because each certificate is left at most once.
        let mut top = leaf;
        for _ in 0..self.certificates.len() {
            if is_own_issue(top) {
                return fault;
            }
            match self.certificates.iter().find(|(_, one)| one.subject().as_raw() == top.issuer().as_raw()) {
                Some((_, above)) => top = above,
                None => return (Why::ChainIncomplete, vec![("issuer", cut(top.issuer().to_string()))]),
            }
        }
        fault
    }

    /// Each certificate must be followed by the one that certifies it (RFC 5246 7.4.2); one that certifies nothing is only a note.
    fn order(&self, leaf: &[u8]) -> Option<Finding> {
        let first_is_leaf = self.certificates.first().is_some_and(|(der, _)| *der == leaf);
        let out_of_order = self.certificates.windows(2).any(|pair| {
            let [(_, one), (_, next)] = pair else { return false };
            let follows = next.subject().as_raw() == one.issuer().as_raw();
            !follows && !is_own_issue(one) && self.certificates.iter().any(|(_, other)| other.subject().as_raw() == one.issuer().as_raw())
        });
        (!first_is_leaf || out_of_order).then_some((Why::ChainOrder, Vec::new()))
    }

    /// What is presented besides and harms nothing: certificates that certify none of the others, and old ones that are not needed.
    fn notes(&self, domain: &str, evidence: &Evidence) -> Vec<Finding> {
        let Some((leaf, _)) = self.leaf() else { return Vec::new() };
        let idle = self
            .others(leaf)
            .filter(|(der, one)| !self.certificates.iter().any(|(other, below)| other != der && below.issuer().as_raw() == one.subject().as_raw()));
        let mut notes: Vec<Finding> = idle.map(|(_, one)| (Why::ChainExtra, vec![("subject", subject(one))])).collect();
        if !self.trust(domain, evidence).iter().any(|(why, _)| is_trust(*why)) {
            notes.extend(self.expired(leaf, evidence.at));
        }
        notes
    }

    fn key(&self) -> String {
        self.leaf().map_or_else(|| "—".to_owned(), |(_, leaf)| key_named(leaf))
    }

    fn lines(&self) -> String {
        let line = |(at, (_, one)): (usize, &(&[u8], X509Certificate<'_>))| {
            format!("{}. {}; {}; {}; {}", at + 1, subject(one), key_named(one), signature_named(one), day(one.validity().not_after.timestamp()))
        };
        self.certificates.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
    }
}

fn is_trust(why: Why) -> bool {
    matches!(why, Why::CertificateUntrusted | Why::CertificateBad)
}

fn is_own_issue(certificate: &X509Certificate<'_>) -> bool {
    certificate.subject().as_raw() == certificate.issuer().as_raw()
}

fn subject(certificate: &X509Certificate<'_>) -> String {
    let subject = cut(certificate.subject().to_string());
    if subject.is_empty() { certificate.raw_serial_as_string().chars().take(80).collect() } else { subject }
}

fn cut(text: String) -> String {
    text.chars().take(200).collect()
}

fn lines(opening: Opening) -> String {
    if opening == Opening::Smtp {
        return postfix("smtpd_tls_chain_files = server.key, server.pem, intermediate.pem");
    }
    format!("cat server.pem intermediate.pem > fullchain.pem\n{}", remedy("ssl_certificate fullchain.pem;", "SSLCertificateFile fullchain.pem"))
}
