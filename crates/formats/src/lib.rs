//! Outside formats to and from our values: no clock, no network, no database, no async.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod spelled;

pub mod chart;
pub mod dkim;
pub mod dmarc;
pub mod dmarc_report;
pub mod dns;
pub mod evidence;
pub mod json;
pub mod lang;
pub mod mta_sts;
pub mod ocsf;
pub mod oscal;
pub mod problem;
pub mod sheets;
pub mod spf;
pub mod tls_rpt;
