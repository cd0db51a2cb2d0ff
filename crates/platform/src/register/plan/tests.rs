//! Rules of a batch.
