//! A report as HTML: the body that pages show, and a whole page that stands alone and prints.

use askama::Template;
use formats::chart::Palette;

use crate::base::error::Result;
use crate::base::lang::Lang;
use crate::reports::paper::{self, Item, Paper};
use crate::reports::policy::Seen;

#[derive(Template)]
#[template(path = "reports/render/body.html")]
struct BodyView<'a> {
    paper: &'a Paper,
    charts: &'a [String],
    /// Whether the sheet's own title is shown: on a page of ours the page has one.
    alone: bool,
}

#[derive(Template)]
#[template(path = "reports/render/page.html")]
struct PageView<'a> {
    paper: &'a Paper,
    body: String,
    style: &'static str,
}

fn drawn(seen: &Seen, lang: Lang, palette: Palette) -> (Paper, Vec<String>) {
    let (paper, charts) = paper::set(seen, lang);
    let charts = charts.iter().enumerate().map(|(at, chart)| chart.svg(&format!("report-chart-{at}"), palette)).collect();
    (paper, charts)
}

impl BodyView<'_> {
    fn chart(&self, at: &usize) -> &str {
        self.charts.get(*at).map_or("", String::as_str)
    }
}

/// The report without frame, for our pages. Its headings begin at the second level.
pub fn body(seen: &Seen, lang: Lang) -> Result<String> {
    let (paper, charts) = drawn(seen, lang, Palette::Css);
    Ok(BodyView { paper: &paper, charts: &charts, alone: false }.render()?)
}

/// The report as one file, style within.
pub fn page(seen: &Seen, lang: Lang) -> Result<String> {
    let (paper, charts) = drawn(seen, lang, Palette::Print);
    let body = BodyView { paper: &paper, charts: &charts, alone: true }.render()?;
    Ok(PageView { paper: &paper, body, style: include_str!("page.css") }.render()?)
}
