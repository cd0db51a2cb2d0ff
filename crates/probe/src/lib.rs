//! Asks the outside and keeps what it heard as observations.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod dmarc;
#[allow(dead_code)] // used by observe, which follows
mod dns;
mod mx;
mod observation;
mod reasons;
mod rules;
pub mod spf;
mod suffix;
mod target;

pub use observation::{Check, Observation, Reason, RuleRef, State, Text, Why};
pub use rules::{Quantifier, Rule, Rules};
pub use target::{Allowed, Budget, Roots, Target, TrustAnchors, Vantage, name_of, plain, refused};
