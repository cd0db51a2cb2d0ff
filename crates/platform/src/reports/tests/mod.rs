//! Reports from outside.

pub mod sample;
mod output;
mod flow;
mod shared;
