//! SPF records (RFC 7208 12).

mod domain_spec;
mod record;

pub use domain_spec::{DomainSpec, Piece};
pub use record::{Mechanism, Problem, Qualifier, Record, Term};

/// Whether `text` is an SPF record at all: `v=spf1` and then a blank or the end (RFC 7208 4.5).
pub fn is_spf(text: &[u8]) -> bool {
    text.get(..6).is_some_and(|head| head.eq_ignore_ascii_case(b"v=spf1")) && matches!(text.get(6), None | Some(b' '))
}
