//! The standards from outside.

mod editions;
mod pages;
mod shared;
