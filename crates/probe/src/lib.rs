//! Asks the outside and keeps what it heard as observations.
//!
//! Begin at [`observe`](fn@observe) and [`Prober`]; [`Observation`] is what comes out. A new check is a variant of [`Check`], a rule in
//! [`Rules::baseline`], its sentences in [`Why`], a module with a `check` function, and one arm in `observe.rs`. What it
//! asks goes through `dns::Trail`, so that it is counted, remembered and kept as evidence. [`testbed`] answers on
//! loopback for every state of every check.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod certificate;
pub mod dmarc;
mod dns;
mod dnssec;
mod https;
mod mx;
mod observation;
mod observe;
mod packet;
mod reasons;
mod rules;
pub mod spf;
mod suffix;
mod target;
pub mod testbed;

pub use observation::{Check, Observation, Reason, RuleRef, State, Text, Why};
pub use observe::{Prober, Progress, observe, observe_many};
pub use rules::{Quantifier, Rule, Rules};
pub use target::{Allowed, Budget, Roots, Target, TrustAnchors, Vantage, name_of, plain, refused};
