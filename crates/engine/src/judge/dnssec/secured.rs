//! Whether one record set is protected by DNSSEC, for those who trust it only then (DANE, RFC 7672 2.1).

use formats::dns::Answer;
use formats::evidence::Missing;
use hickory_proto::dnssec::rdata::DNSSECRData;
use hickory_proto::rr::{Name, RData, RecordType};

use super::signature::verify;
use super::{End, descend};
use crate::judge::case::{Case, Open, Unanswered};
use crate::judge::reasons::Why;

/// Aliases that are followed.
const ALIASES: usize = 4;

/// What is known of a record set.
pub(in crate::judge) enum Secured {
    /// The signatures hold. The name is where the records stand, behind any alias.
    Secure(Name, Answer),
    /// There is no such record; whether that is proved does not matter to whoever looks for one.
    Absent,
    /// Not signed down to here.
    Insecure,
    /// The signatures do not hold.
    Bogus(Why),
    Unanswered(Unanswered),
}

/// Records of `kind` at `name` with what DNSSEC says of them.
///
/// # Errors
/// What would have to be asked first.
pub(in crate::judge) fn secured(case: &Case<'_>, name: &Name, kind: RecordType) -> Result<Secured, Missing> {
    match look(case, name, kind) {
        Ok(found) => Ok(found),
        Err(End::Open(Open::Missing(missing))) => Err(missing),
        Err(End::Open(Open::Unanswered(unanswered))) => Ok(Secured::Unanswered(unanswered)),
        Err(End::NoSuchDomain) => Ok(Secured::Absent),
        Err(End::Insecure | End::Unsupported(_)) => Ok(Secured::Insecure),
        Err(End::Bogus(why, _) | End::NoAnchor(why)) => Ok(Secured::Bogus(why)),
    }
}

fn look(case: &Case<'_>, name: &Name, kind: RecordType) -> Result<Secured, End> {
    let mut owner = name.clone();
    for _ in 0..=ALIASES {
        let answer = case.ask_signed(&owner, kind)?;
        let alias = answer.alias(&owner);
        let held = if alias.is_some() { RecordType::CNAME } else { kind };
        let rrset: Vec<_> = answer.answers.iter().filter(|record| record.name == owner && record.record_type() == held).collect();
        if rrset.is_empty() {
            return Ok(Secured::Absent);
        }
        // The signer says which zone speaks, so that no label in between must be asked for a delegation. It is believed only
        // because the chain is followed down to it.
        let signer = signer(&answer, &owner, held);
        let (zone, keys) = descend(case, signer.as_ref().unwrap_or(&owner))?;
        if signer.is_some_and(|signer| signer != zone) {
            return Ok(Secured::Bogus(Why::DnssecBadSignature));
        }
        verify(&owner, held, &rrset, &answer.answers, &zone, &keys, case.evidence.at)?;
        match alias {
            Some(next) => owner = next,
            None => return Ok(Secured::Secure(owner, answer)),
        }
    }
    Ok(Secured::Absent)
}

/// The zone that signed `kind` at `name`, if it lies at or above it.
fn signer(answer: &Answer, name: &Name, kind: RecordType) -> Option<Name> {
    answer.answers.iter().filter(|record| record.name == *name).find_map(|record| match &record.data {
        RData::DNSSEC(DNSSECRData::RRSIG(rrsig)) if rrsig.input().type_covered == kind => {
            Some(rrsig.input().signer_name.to_lowercase()).filter(|signer| signer.zone_of(name))
        }
        _ => None,
    })
}
