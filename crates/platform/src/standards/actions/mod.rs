//! The verbs of the standards: authorise, rule, store, audit, in one transaction.

mod intake;

pub use intake::{Refused, import_catalog, ship_baseline};
