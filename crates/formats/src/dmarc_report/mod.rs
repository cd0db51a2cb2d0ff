//! DMARC aggregate reports: what receivers saw of mail in a domain's name (RFC 9990, and the schema of RFC 7489 appendix C).
//!
//! Begin at [`read`]: it takes the report as receivers send it, plain, packed, or still in its mail. Reports come from strangers, so
//! that everything is bounded before it is read, and what is wrong in one record leaves the others as they are. [`selectors`] tells
//! which DKIM keys a domain signs with.

mod mail;
mod selectors;
#[cfg(test)]
mod tests;
mod unpack;
mod words;
mod xml;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::dmarc::Policy;
use crate::problem::Problem;

pub use selectors::{SeenSelector, selectors};

/// What a report may cost before it is refused. Sizes in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The file as it arrives.
    pub bytes: u64,
    /// The XML, unpacked.
    pub expanded: u64,
    /// How many times larger than its packed form it may be, once it is past 1 MiB.
    pub ratio: u64,
    /// Records (each a source address with its results).
    pub records: usize,
    /// Signatures, SPF results and reasons of one record each (RFC 9990 3.1.1.11 speaks of 100 signatures).
    pub results: usize,
    /// Elements inside each other; the schemas need six.
    pub depth: usize,
    /// Characters of one value; what is longer is cut.
    pub text: usize,
    /// Problems that are told.
    pub problems: usize,
}

impl Default for Limits {
    /// Room for the reports of the largest receivers, and at most some hundreds of MiB of memory.
    fn default() -> Self {
        Self { bytes: 16 << 20, expanded: 64 << 20, ratio: 200, records: 100_000, results: 100, depth: 24, text: 1_000, problems: 100 }
    }
}

/// A report. What it does not say is empty or none; names of domains are in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The receiver's name (`org_name`).
    pub reporter: String,
    /// How to reach it, as written.
    pub email: String,
    /// Unique for this reporter.
    pub id: String,
    /// Unix seconds; the first and the last moment reported on.
    pub begin: Option<i64>,
    pub end: Option<i64>,
    /// What the receiver could not do, in its own words.
    pub errors: Vec<String>,
    pub published: Published,
    pub rows: Vec<Row>,
}

/// The policy as the receiver found it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    pub domain: String,
    pub policy: Option<Policy>,
    pub subdomains: Option<Policy>,
    pub nonexistent: Option<Policy>,
    /// `adkim=s`, `aspf=s`.
    pub strict_dkim: bool,
    pub strict_spf: bool,
    /// The obsolete `pct`.
    pub percent: Option<u8>,
    /// `t=y`
    pub testing: bool,
    /// How the record was found: RFC 9990 only.
    pub discovery: Option<Discovery>,
}

crate::spelled! {
    /// How a receiver finds the organisational domain.
    Discovery {
        /// By the list of public suffixes (RFC 7489).
        List => "psl",
        /// By walking up the tree (RFC 9989).
        Walk => "treewalk",
    }
}

crate::spelled! {
    /// What happened to the mail.
    Disposition {
        None => "none",
        /// It passed: RFC 9990 only.
        Pass => "pass",
        Quarantine => "quarantine",
        Reject => "reject",
    }
}

crate::spelled! {
    /// What came of checking a signature or a sender (RFC 8601 2.7.1, 2.7.2).
    Outcome {
        None => "none",
        Pass => "pass",
        Fail => "fail",
        SoftFail => "softfail",
        Policy => "policy",
        Neutral => "neutral",
        TempError => "temperror",
        PermError => "permerror",
    }
}

/// Mail of one source with the same results.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub source: Option<IpAddr>,
    /// Messages.
    pub count: u64,
    pub disposition: Option<Disposition>,
    /// Whether a signature that is good belongs to the domain of the From line.
    pub dkim_aligned: Option<bool>,
    /// Whether a sender that is allowed belongs to it.
    pub spf_aligned: Option<bool>,
    /// Why the receiver did something else than the policy asks for.
    pub reasons: Vec<Override>,
    pub header_from: String,
    pub envelope_from: String,
    pub envelope_to: String,
    pub dkim: Vec<DkimResult>,
    pub spf: Vec<SpfResult>,
}

/// Why a policy was not followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// As written, for example `mailing_list`.
    pub kind: String,
    pub comment: String,
}

/// One signature.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DkimResult {
    pub domain: String,
    /// Empty where an older report leaves it out.
    pub selector: String,
    pub outcome: Option<Outcome>,
    /// The receiver's own words.
    pub remark: String,
}

/// One sender.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpfResult {
    pub domain: String,
    /// `mfrom` or `helo`, as written.
    pub scope: String,
    pub outcome: Option<Outcome>,
    pub remark: String,
}

/// Reads the report in `bytes`: XML, packed by gzip or zip, or a mail that carries one of them; told apart by content. `file` is
/// its name, for the places of problems.
///
/// # Errors
/// Why there is nothing to take over. Problems beside a report tell what is missing or was left aside in it; one that
/// [is an error](Problem::is_error) means that the report is not whole.
pub fn read(bytes: &[u8], file: &str, limits: &Limits) -> Result<(Report, Vec<Problem>), Problem> {
    let unpacked = unpack::unpack(bytes, file, limits)?;
    xml::read(&unpacked, file, limits)
}
