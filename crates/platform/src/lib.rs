//! The application: `base` is what every area needs, the areas are what it is about, `app` puts them together.

pub mod base;

// The areas, in the order in which one may import those before it.
pub mod access;
pub mod cryptography;
pub mod evaluations;
pub mod improvements;
pub mod inspections;
pub mod measurements;
pub mod plans;
pub mod register;
pub mod reports;
pub mod standards;

pub mod app;

#[cfg(any(test, feature = "testing"))]
pub mod testing;
