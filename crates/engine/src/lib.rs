//! Computations worth a name; every function here is pure: no clock, no network, no database, no ambient randomness.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod agreement;
pub mod change;
pub mod compare;
pub mod components;
pub mod crypto;
pub mod evaluate;
pub mod facts;
pub mod grade;
pub mod homepage;
pub mod ids;
pub mod importance;
pub mod judge;
pub mod numbers;
pub mod outcomes;
pub mod overclaim;
pub mod rates;
pub mod sampling;
pub mod simulate;
pub mod triple;
pub mod words;
