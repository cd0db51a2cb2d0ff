//! Asks the outside and keeps what it heard as evidence.
//!
//! Begin at [`Prober`]: its [`Visit`] asks what a judge finds missing, so that nothing is asked for nothing, every question is
//! counted and remembered, and what is kept can be judged again. What an answer means is not decided here. A new kind of
//! question is a variant of [`formats::evidence::Question`] and one arm in `prober.rs`. [`testbed`] answers on loopback for
//! every state of every check.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod dns;
mod failure;
mod hello;
mod http;
mod prober;
mod smtp;
mod target;
pub mod testbed;
mod tls;

pub use prober::{Prober, Visit};
pub use target::{Budget, Vantage};
