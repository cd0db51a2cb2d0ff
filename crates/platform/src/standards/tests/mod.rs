//! The standards from outside.

mod derived;
mod editions;
mod pages;
mod shared;
