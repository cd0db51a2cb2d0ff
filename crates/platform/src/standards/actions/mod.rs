//! The verbs of the standards: authorise, rule, store, audit, in one transaction.

mod align;
mod compare;
mod derived;
mod intake;

pub use align::{adopt, adopt_all, confirm, derived, overview};
pub use compare::diff;
pub use derived::{
    NewOwnRequirement, add_document, add_own_requirement, end_document, end_own_requirement, exclude, include, profile, set_parameter,
};
pub use intake::{
    BASELINE, Examined, Kept, Parcel, Refused, examine, examine_and_keep, import, import_catalog, import_profile, ship_baseline, store_examined,
};
