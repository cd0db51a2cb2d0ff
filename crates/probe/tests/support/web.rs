//! Sites of the testbed for the tests of the web checks.

use formats::evidence::Verdict;
use probe::testbed::{Page, Plain, Site, Zone};

use super::Seen;
use super::table::zone;

/// A good domain with this site.
pub fn site(at: usize, site: Site) -> Zone {
    zone(at, |zone| zone.site = site)
}

/// One zone for each site, under the numbers from `from`.
pub fn sites(from: usize, cases: Vec<(Site, Verdict, &'static str)>) -> Vec<(Zone, Verdict, &'static str)> {
    cases.into_iter().enumerate().map(|(at, (one, state, code))| (site(from + at, one), state, code)).collect()
}

/// Codes of the notes.
pub fn notes(seen: &Seen) -> Vec<&str> {
    seen.notes.iter().map(|note| note.code.as_str()).collect()
}

/// A good site that says this over plain HTTP.
pub fn says(page: Page) -> Site {
    Site::good().plain(Plain::Says(page))
}
