//! Reports from outside.

mod flow;
pub mod output;
pub mod sample;
mod shared;
