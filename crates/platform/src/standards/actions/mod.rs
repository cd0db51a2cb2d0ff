//! The verbs of the standards: authorise, rule, store, audit, in one transaction.

mod intake;

pub use intake::{BASELINE, Examined, Parcel, Refused, examine, import, import_catalog, import_profile, ship_baseline};
