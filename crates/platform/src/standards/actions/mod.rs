//! The verbs of the standards: authorise, rule, store, audit, in one transaction.

mod intake;
mod compare;

pub use compare::diff;
pub use intake::{BASELINE, Examined, Kept, Parcel, Refused, examine, examine_and_keep, import, import_catalog, import_profile, ship_baseline};
