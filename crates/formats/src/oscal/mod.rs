//! OSCAL (NIST's Open Security Controls Assessment Language), versions 1.0 to 1.2, as JSON: read, resolve, compare, write.
//!
//! Owns: the shapes of a catalog and a profile, the resolution of a profile into a catalog, the difference of two
//! catalogs, and the writers of assessment results and of a plan of action and milestones.
//!
//! Holds always: what is read is bounded first; a field this program does not know is kept and written again; a
//! directive it does not carry out stops the resolution and is named; the same input gives the same bytes.
//!
//! Not here on purpose: fetching (the caller's loader answers for every address), clock and random identifiers
//! (times and UUIDs are parameters), XML and YAML.
//!
//! | file | what it holds |
//! |---|---|
//! | `common` | what all models share: metadata, prop, link, part, param, back matter |
//! | `catalog` | catalog, group, control; reading and writing |
//! | `walk`, `prose` | controls in document order; a control's text in one language |
//! | `profile` | the directives of a profile; reading |
//! | `resolve` | profile to catalog: import, select, merge, modify, prune |
//! | `diff` | what changed between two catalogs |
//! | `assessment`, `poam` | assessment results, plan of action and milestones (written) |
//! | `limits`, `shape`, `problem`, `write` | bounds, tolerant checking, what can be wrong; checked writing |
//!
//! A further model (system security plan, component definition, mapping) becomes one more file beside `catalog`.
//! Begin at `catalog::Catalog::read`.

pub mod assessment;
pub mod catalog;
pub mod common;
pub mod diff;
mod limits;
pub mod poam;
mod problem;
pub mod profile;
pub mod prose;
pub mod resolve;
mod shape;
pub mod walk;
mod write;

#[cfg(test)]
mod tests;

pub use catalog::{Catalog, Control, Group};
pub use diff::{Change, ChangeKind, diff};
pub use limits::Limits;
pub use problem::ReadError;
pub use profile::Profile;
pub use resolve::{ResolveError, Resolved, resolve};
pub use write::{Heading, Party, WriteError};

/// The namespace of every `prop` and `part` that is Hinomi's own and not OSCAL's.
pub const NAMESPACE: &str = "urn:hinomi:oscal";

/// The version written into documents of our own.
pub const OSCAL_VERSION: &str = "1.2.1";
