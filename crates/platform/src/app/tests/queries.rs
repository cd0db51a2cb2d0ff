//! No page and no answer of the API runs a query per row.

use super::access::Cast;
use super::{looking, pages};
use crate::app::router::routes;
use crate::base::area::Kind;
use crate::base::db::counted;

/// More than any page needs, and fewer than the rows it shows where it shows many.
const MOST: usize = 40;

#[test]
fn every_page_runs_few_statements() {
    looking(|example| async move {
        let mut cast = Cast::of(example).await;
        let mut wrong = Vec::new();
        for (area, route) in routes() {
            if route.method != "GET" || !matches!(route.kind, Kind::Page | Kind::Api) {
                continue;
            }
            // A route without a sample fails the access test.
            let Ok((path, _)) = cast.addresses(example, &route).await else { continue };
            let reader = pages::readers(&cast, area, route.need)[0];
            let (_, count) = counted(example.read(reader, &path, "en")).await;
            if count > MOST {
                wrong.push(format!("{path}: {count} statements"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}
