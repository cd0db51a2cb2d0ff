//! DMARC aggregate reports (DMARC集計レポート): what receivers saw of mail in the name of registered domains, and which DKIM keys it is signed with.
//!
//! `formats::dmarc_report` reads what receivers send; here is which registered domain it is about, what is kept of it, and for how long. The
//! selectors learnt from it are measured like registered ones. Begin at [`actions::import`].

pub mod actions;
pub mod api;
pub mod cli;
pub mod pages;
pub mod store;
pub mod summary;

#[cfg(test)]
mod tests;

use engine::numbers::{Coverage, DMARC_ALIGNED_RATE, Figure};
use serde::Serialize;

use crate::base::actor::{OrganisationId, Verb};
use crate::base::area::{Need, Route};
use crate::base::id::Id;

/// Days of reports that pages count.
pub const DAYS: i64 = 30;
/// Days that reports are kept, and that a selector is still asked for after its last good signature.
pub const KEPT_DAYS: i64 = 400;

/// The addresses of the reports.
pub fn routes() -> Vec<Route> {
    let (read, write) = (Need::May(Verb::Read), Need::May(Verb::Write));
    vec![
        Route::page("/measurements/aggregate-reports", read, pages::list),
        Route::form("/measurements/aggregate-reports", write, pages::import_sent),
        Route::page("/measurements/aggregate-reports/{asset}", read, pages::one),
        Route::api(
            "/api/v1/measurements/aggregate-reports",
            read,
            "What DMARC aggregate reports of the last 30 days say of each registered domain",
            api::list,
        )
        .query(&["organisation"])
        .gives::<Vec<summary::DomainOut>>(),
        Route::api_post(
            "/api/v1/measurements/aggregate-reports",
            write,
            "Take in one DMARC aggregate report: XML, gzip, zip, or the mail that carries it, as the body",
            api::import,
        )
        .query(&["name"])
        .takes::<serde_json::Value>()
        .gives::<api::TakenOut>(),
        Route::api(
            "/api/v1/measurements/aggregate-reports/{asset}",
            read,
            "One domain: who sends mail in its name, under which DKIM selectors, which reports tell of it",
            api::one,
        )
        .gives::<summary::DomainFull>(),
    ]
}

/// Marker of a report's id.
pub enum ReportMarker {}
/// A report's id.
pub type ReportId = Id<ReportMarker>;

/// Messages, by whether DKIM or SPF was aligned with the domain of the From line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Messages {
    /// One of them was.
    pub aligned: u64,
    /// Neither was.
    pub failed: u64,
    /// The report does not say.
    pub unknown: u64,
}

impl Messages {
    /// All of them.
    pub fn all(&self) -> u64 {
        self.aligned + self.failed + self.unknown
    }

    /// The figure `dmarc-aligned-rate` of them.
    pub fn figure(&self) -> Figure {
        let decided = self.aligned + self.failed;
        Figure::share(&DMARC_ALIGNED_RATE, self.aligned, decided, Coverage { known: decided, all: self.all() })
    }
}

impl std::ops::AddAssign for Messages {
    fn add_assign(&mut self, other: Self) {
        self.aligned = self.aligned.saturating_add(other.aligned);
        self.failed = self.failed.saturating_add(other.failed);
        self.unknown = self.unknown.saturating_add(other.unknown);
    }
}

/// One report about one registered domain.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AggregateReport {
    /// Its id.
    pub id: ReportId,
    /// Whose domain it is about.
    pub organisation_id: OrganisationId,
    /// The domain.
    pub domain: String,
    /// Who reports.
    pub reporter: String,
    /// The reporter's own number of the report.
    pub report: String,
    /// The first moment reported on, UTC.
    pub begin_at: String,
    /// The last one.
    pub end_at: String,
    /// The policy that the reporter found: `none`, `quarantine`, `reject`, or empty.
    pub policy: String,
    /// Messages.
    #[serde(flatten)]
    pub messages: Messages,
    /// When it was taken in.
    pub imported_at: String,
    /// By whom.
    pub by: String,
}

/// Who sent mail in the name of a domain.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Source {
    /// The address; empty: all that are not listed one by one.
    pub address: String,
    /// Messages.
    #[serde(flatten)]
    pub messages: Messages,
    /// Messages that were quarantined or rejected.
    pub refused: u64,
}

/// A DKIM selector as reports tell of it.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ReportedSelector {
    /// Whose domain it is.
    pub organisation_id: OrganisationId,
    /// Who signs.
    pub domain: String,
    /// The selector.
    pub selector: String,
    /// The beginning of the first report that tells of it, UTC.
    pub first_at: String,
    /// The end of the last one.
    pub last_at: String,
    /// The end of the last one that tells of a good signature.
    pub passed_at: Option<String>,
    /// Messages whose signature was good.
    pub passed: u64,
    /// All others.
    pub failed: u64,
}
