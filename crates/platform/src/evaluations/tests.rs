//! The evaluations from outside.
