//! The transition to stronger cryptography: what systems use, what a dated plan bids them to leave, and where they stand.
//!
//! [`found`] reads kept evidence, a ledger says what cannot be seen from outside, and [`standing`] joins both against a [`Plan`].
//! Days are given; nothing here knows which day it is. Begin at [`Algorithm`], then [`standing`].

mod algorithm;
mod certificate;
mod day;
mod found;
mod names;
mod plan;
mod standing;

pub use algorithm::{ALGORITHMS, Algorithm, Kind};
pub use day::Day;
pub use found::{Place, Use, found};
pub use plan::{Compromise, Exception, Plan, Purpose, Rule, Severity};
pub use standing::{Affected, Agility, Declared, Line, Measured, Standing, State, agility_rate, left_rate, standing, transition_rate};
