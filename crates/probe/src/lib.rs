//! Asks the outside and keeps what it heard as observations.
