//! All SQL of the transition.

mod compromises;
mod found;
mod plan;
mod uses;

pub use compromises::{add_hits, compromise, compromises, hits, hits_of, insert_compromise, set_how};
pub use found::{Found, Unread, found, keep, unread};
pub use plan::{grant, rule, rules, save_rule, withdraw_rule};
pub use uses::{save_uses, uses, uses_of, withdraw_use};

use engine::crypto::{Algorithm, Day};

use crate::base::db::Row;
use crate::base::error::{Error, Result};

fn algorithm(row: &Row, name: &str) -> Result<Algorithm> {
    let text: String = row.get(name)?;
    Algorithm::of(&text).ok_or_else(|| Error::internal(format!("no algorithm is called {text}")))
}

fn day(row: &Row, name: &str) -> Result<Option<Day>> {
    let Some(text) = row.get::<Option<String>>(name)? else { return Ok(None) };
    Day::parse(&text).map(Some).ok_or_else(|| Error::internal(format!("{text} is no day")))
}

fn needed_day(row: &Row, name: &str) -> Result<Day> {
    day(row, name)?.ok_or_else(|| Error::internal(format!("{name} is empty")))
}
