//! Outside formats to and from our values: no clock, no network, no database, no async.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod spelled;

pub mod chart;
pub mod cookie;
pub mod csp;
pub mod date;
pub mod dkim;
pub mod dmarc;
pub mod dmarc_report;
pub mod dns;
pub mod evidence;
pub mod exposure;
pub mod hsts;
pub mod html;
pub mod json;
pub mod lang;
pub mod mta_sts;
pub mod ocsf;
pub mod oscal;
pub mod plan_document;
pub mod problem;
pub mod security_txt;
pub mod sheets;
pub mod software;
pub mod spf;
pub mod tls;
pub mod tls_rpt;
