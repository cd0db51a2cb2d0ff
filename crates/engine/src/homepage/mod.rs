//! The homepage watch (改ざん検知): what a page looks like, what changes in it by itself, and which change is worth waking somebody.
//!
//! Checksums fail on pages that greet by the hour. So a page is fetched twice and what differs is its own doing; afterwards its shape, the
//! servers it reaches and where it leads are compared with that. An alert comes of those three only; text drifts every day and is a digest.
//! Begin at [`look`], which reads evidence into a [`Sight`], and [`Watch::see`], which takes one sight after another.

mod baseline;
mod compare;
mod look;
mod sketch;
mod snapshot;
#[cfg(test)]
mod tests;
mod verdict;
mod watch;

pub use baseline::{Baseline, learn};
pub use compare::{Change, Moved, NewHost, compare};
pub use look::{Sight, look};
pub use sketch::Sketch;
pub use snapshot::{Circumstances, Snapshot, Writing};
pub use verdict::{Level, Thresholds, Verdict, Weight, judge};
pub use watch::{Finding, Happening, Standing, Watch};
