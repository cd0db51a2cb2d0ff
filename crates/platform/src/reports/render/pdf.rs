//! A report as PDF: one Typst template for both reports and both languages.

use std::sync::Arc;

use formats::chart::Palette;
use jiff::civil::Date;

use crate::base::dates::parse_date;
use crate::base::document;
use crate::base::error::{Error, Result};
use crate::base::lang::Lang;
use crate::reports::paper;
use crate::reports::policy::Seen;

const TEMPLATE: &str = include_str!("report.typ");

/// Everything the template is given: its data and its charts by name.
pub fn input(seen: &Seen, lang: Lang) -> Result<(serde_json::Value, Vec<(String, String)>)> {
    let (paper, charts) = paper::set(seen, lang);
    let charts = charts.iter().enumerate().map(|(at, chart)| (format!("chart-{at}"), chart.svg(&format!("c{at}"), Palette::Print))).collect();
    Ok((serde_json::to_value(paper)?, charts))
}

/// The document. The same report gives the same bytes: its date is the version's.
pub async fn render(seen: &Seen, lang: Lang) -> Result<Vec<u8>> {
    let (data, charts) = input(seen, lang)?;
    let tree = seen.tree();
    let date: Date = parse_date(&tree.date).ok_or_else(|| Error::internal("a report without date"))?;
    let title = format!("{} {}", paper::title(tree.kind, tree.cycle.fiscal_year, lang), tree.organisation.name.get(lang));
    document::pdf(TEMPLATE, &title, date, Arc::new(data), charts).await
}
