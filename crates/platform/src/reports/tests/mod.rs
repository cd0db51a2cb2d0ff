//! Reports from outside.

mod flow;
mod output;
pub mod sample;
mod shared;
