//! The homepage watch (ホームページ監視): front pages of the register, looked at every few minutes; what is told of them is told once.
//!
//! What a look sees and what a change weighs is decided in `engine::homepage`; here is who looks when, what is kept and who hears of it.
//! Begin at [`jobs::look`].

pub mod actions;
pub mod api;
pub mod cli;
pub mod jobs;
pub mod pages;
pub mod store;

#[cfg(test)]
mod tests;

use engine::homepage::{Change, Standing, Thresholds};
use engine::numbers::{Coverage, Figure, HOMEPAGE_AVAILABILITY};
use serde::{Deserialize, Serialize};

use super::observation::Reason;
use crate::base::actor::{OrganisationId, Verb};
use crate::base::area::{Need, Route};
use crate::base::id::Id;

/// The key of [`Watching`].
pub const WATCHING: &str = "measurements.homepages";
/// The key of the last day old rows were taken away and the digest was written.
pub const TIDIED: &str = "measurements.homepages-tidied";
/// Days of availability that pages show.
pub const DAYS: i64 = 30;
/// Days that events and availability are kept.
pub const KEPT_DAYS: i64 = 400;

/// The addresses of the watch.
pub fn routes() -> Vec<Route> {
    let (read, write, manage) = (Need::May(Verb::Read), Need::May(Verb::Write), Need::May(Verb::Manage));
    vec![
        Route::page("/measurements/homepages", read, pages::list),
        Route::form("/measurements/homepages", manage, pages::set_sent),
        Route::page("/measurements/homepages/{homepage}", read, pages::one),
        Route::form("/measurements/homepages/{homepage}/accept", write, pages::accept_sent),
        Route::api("/api/v1/measurements/homepages", read, "How the watched homepages stand, with their availability", api::list)
            .query(&["organisation", "standing"])
            .gives::<Vec<api::HomepageOut>>(),
        Route::api_post("/api/v1/measurements/homepages", manage, "Set how often homepages are looked at and what counts as a change", api::set)
            .takes::<api::WatchingIn>()
            .gives::<Watching>(),
        Route::api(
            "/api/v1/measurements/homepages/{homepage}",
            read,
            "One homepage: what it is known to be, what has changed, its history",
            api::one,
        )
        .gives::<api::HomepageFull>(),
        Route::api(
            "/api/v1/measurements/homepages/{homepage}/evidence",
            read,
            "The page as it was found at its last change, word for word; null where none is kept",
            api::evidence,
        )
        .gives::<Option<serde_json::Value>>(),
        Route::api_post("/api/v1/measurements/homepages/{homepage}/accept", write, "Say that a changed page is as it should be", api::accept)
            .takes::<api::AcceptIn>()
            .gives::<api::HomepageOut>(),
    ]
}

/// How the watch is set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Watching {
    /// Minutes between two looks at a page; none: nobody looks.
    pub minutes: Option<u32>,
    /// What counts as a change.
    #[serde(default)]
    #[schemars(with = "serde_json::Value")]
    pub thresholds: Thresholds,
}

/// Marker of a homepage's id.
pub enum HomepageMarker {}
/// A homepage's id.
pub type HomepageId = Id<HomepageMarker>;
/// Marker of an event's id.
pub enum EventMarker {}
/// An event's id.
pub type EventId = Id<EventMarker>;

/// A homepage as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Homepage {
    /// Its id.
    pub id: HomepageId,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// The registered domain.
    pub domain: String,
    /// `learning`, `up`, `changed` or `down`.
    #[schemars(with = "String")]
    pub standing: Standing,
    /// Since when.
    pub since: String,
    /// Of a change: `confirm` or `urgent`.
    pub level: Option<String>,
    /// Why it is changed or down.
    pub reasons: Vec<Reason>,
    /// Its title.
    pub title: String,
    /// Where it was read.
    pub address: String,
    /// When somebody last looked.
    pub seen_at: Option<String>,
    /// Why the last look found no page, or could not tell.
    pub remark: Option<Reason>,
}

formats::spelled! {
    /// What happens to a homepage.
    EventKind {
        Began => "began",
        Changed => "changed",
        Drifted => "drifted",
        Returned => "returned",
        Down => "down",
        Back => "back",
        Accepted => "accepted",
    }
}

/// Something that happened to a homepage.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// To which homepage.
    pub homepage_id: HomepageId,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// When.
    pub at: String,
    /// `began`, `changed`, `drifted`, `returned`, `down`, `back` or `accepted`.
    #[schemars(with = "String")]
    pub kind: EventKind,
    /// Of a change: `confirm` or `urgent`.
    pub level: Option<String>,
    /// Why.
    pub reasons: Vec<Reason>,
    /// How the page differed.
    #[schemars(with = "serde_json::Value")]
    pub change: Option<Change>,
    /// Who did it, where somebody did.
    pub by: String,
    /// What they said.
    pub note: String,
}

/// Looks counted: the page was there, it was not, the watch point could not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Looks {
    /// The page was there.
    pub up: u64,
    /// It was not.
    pub down: u64,
    /// The watch point could not tell.
    pub unknown: u64,
}

impl Looks {
    /// Counts one look.
    pub fn of(available: Option<bool>) -> Self {
        let one = |is: bool| u64::from(is);
        Self { up: one(available == Some(true)), down: one(available == Some(false)), unknown: one(available.is_none()) }
    }

    /// The figure `homepage-availability` of them.
    pub fn figure(&self) -> Figure {
        let decided = self.up + self.down;
        Figure::share(&HOMEPAGE_AVAILABILITY, self.up, decided, Coverage { known: decided, all: decided + self.unknown })
    }
}

impl std::ops::AddAssign for Looks {
    fn add_assign(&mut self, other: Self) {
        self.up += other.up;
        self.down += other.down;
        self.unknown += other.unknown;
    }
}
