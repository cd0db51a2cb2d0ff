//! A report in one language, ready to be set: numbered parts, paragraphs, tables of words, charts. Page and PDF set the same.

use engine::numbers::{Unit as NumberUnit, decimal, definition};
use formats::chart::{Bar, Bars, Chart as _, Head, Line, Palette, Series, Unit};
use serde::Serialize;

use super::policy::{Audience, Seen};
use super::report::Kind;
use super::tree::{Body, Cell, Chart, Table};
use crate::base::dates::{fiscal_year_name, parse_date, show_date};
use crate::base::lang::{Lang, capital, texts};

/// A report ready to be set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Paper {
    /// The language tag.
    pub lang: &'static str,
    /// The title, with the fiscal year.
    pub title: String,
    /// Whose it is.
    pub issuer: String,
    /// The cycle it reports on, in a line.
    pub cycle: String,
    /// The day of this version.
    pub date: String,
    /// The version, in words.
    pub version: String,
    /// Who it is for; empty for the public, which needs no mark.
    pub mark: String,
    /// Words of the document itself.
    pub words: PaperWords,
    /// Chapters and sections in order.
    pub parts: Vec<Part>,
}

/// Words of the document itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PaperWords {
    /// Heading of the table of contents.
    pub contents: String,
    /// Word before a table's number.
    pub table: String,
    /// Word before a chart's number.
    pub figure: String,
    /// What stands where nothing is to be read.
    pub nothing: String,
    /// How shares are read, at the end.
    pub note: String,
    /// How the data may be used; only for the public.
    pub licence: String,
}

/// A chapter (level 1) or a section (level 2).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// 1 or 2.
    pub level: u8,
    /// Its key.
    pub key: String,
    /// Number and title.
    pub title: String,
    /// What stands in it.
    pub items: Vec<Item>,
}

/// Something in a part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "item", rename_all = "kebab-case")]
pub enum Item {
    /// Paragraphs, each of lines.
    Text { paragraphs: Vec<String> },
    /// Numbered.
    Items { items: Vec<String> },
    /// A table, and the chart drawn from it.
    Table {
        caption: String,
        columns: Vec<String>,
        /// Whether each column stands to the right.
        numbers: Vec<bool>,
        /// Whether each column takes the room that is left.
        wide: Vec<bool>,
        rows: Vec<Vec<String>>,
        /// The chart's number in [`charts`], from 0.
        chart: Option<usize>,
        /// The chart in words.
        description: String,
    },
}

/// A chart of a paper.
pub enum Drawing {
    /// Bars.
    Bars(Bars),
    /// Lines.
    Line(Line),
}

impl Drawing {
    /// The picture; `id` is unique on its page.
    pub fn svg(&self, id: &str, palette: Palette) -> String {
        match self {
            Self::Bars(chart) => chart.svg(id, palette),
            Self::Line(chart) => chart.svg(id, palette),
        }
    }
}

/// A share as a percentage with one decimal; never rounded to 100 % or 0 %, for "all" must mean all.
pub fn percent(value: f64) -> String {
    let shown = decimal(value * 100.0, 1);
    let shown = match shown.as_str() {
        "100.0" if value < 1.0 => "99.9".to_owned(),
        "0.0" if value > 0.0 => "0.1".to_owned(),
        _ => shown,
    };
    format!("{shown} %")
}

/// A change of a share, in points with its sign.
pub fn points(change: f64) -> String {
    let shown = decimal(change * 100.0, 1);
    if shown.starts_with('-') || shown == "0.0" { shown.replace('-', "−") } else { format!("+{shown}") }
}

fn get(lang: Lang, key: &str) -> String {
    texts().get(lang, key)
}

/// The words of a cell.
pub fn cell(cell: &Cell, lang: Lang) -> String {
    let unit = |id: &str| definition(id).map_or(NumberUnit::Ratio, |one| one.unit);
    match cell {
        Cell::Words(words) => words.get(lang).to_owned(),
        Cell::Plain(text) => text.clone(),
        Cell::Key(key) => get(lang, &format!("reports-value-{key}")),
        Cell::Definition(id) => definition(id).map_or_else(|| id.clone(), |one| capital(one.name(lang))),
        Cell::Figure(figure) => figure.text(lang),
        Cell::Count(count) => count.to_string(),
        Cell::Of(part, whole) => format!("{part} / {whole}"),
        Cell::Value(id, value) if unit(id) == NumberUnit::Percent => percent(*value),
        Cell::Value(_, value) => decimal(*value, 2),
        Cell::Change(id, value) if unit(id) == NumberUnit::Percent => {
            let shown = points(*value);
            lang.pick(format!("{shown} ポイント"), format!("{shown} points"))
        }
        Cell::Change(_, value) => decimal(*value, 2),
        Cell::Nothing => "—".to_owned(),
    }
}

/// The words of a cell on paper, where days are written as the language writes them; data files keep them as they are.
fn printed(one: &Cell, lang: Lang) -> String {
    let days = match one {
        Cell::Plain(text) => text.split(" – ").map(|day| parse_date(day).map(|date| show_date(date, lang))).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    days.map_or_else(|| cell(one, lang), |days| days.join(lang.pick("～", " – ")))
}

/// The number in a cell as it is drawn: a share as 0 to 100.
fn drawn(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Figure(figure) => figure.value.map(|value| value * 100.0),
        Cell::Value(_, value) => Some(value * 100.0),
        _ => None,
    }
}

/// Which columns take the room that is left: the wordy ones, else the one with the longest words.
fn wide(rows: &[Vec<String>], columns: usize, numbers: &[bool]) -> Vec<bool> {
    let width = |text: &String| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let longest = |at: usize| {
        let is_number = numbers.get(at).copied().unwrap_or_default();
        if is_number { 0 } else { rows.iter().filter_map(|row| row.get(at)).map(width).max().unwrap_or_default() }
    };
    let widths: Vec<usize> = (0..columns).map(longest).collect();
    // 26: half a line beside three columns of numbers.
    let least = widths.iter().max().copied().unwrap_or_default().min(27);
    widths.iter().map(|width| *width >= least && least > 0).collect()
}

fn is_number(cell: &Cell) -> bool {
    matches!(cell, Cell::Figure(_) | Cell::Count(_) | Cell::Of(..) | Cell::Value(..) | Cell::Change(..))
}

/// A column's heading.
pub fn column(key: &str, lang: Lang) -> String {
    match definition(key) {
        Some(one) => capital(one.name(lang)),
        None => get(lang, &format!("reports-column-{key}")),
    }
}

fn drawing(table: &Table, chart: &Chart, title: &str, lang: Lang) -> Drawing {
    let name = |row: &Vec<Cell>| row.first().map(|first| cell(first, lang)).unwrap_or_default();
    match chart {
        Chart::Bars { value, baseline } => {
            let heading = table.columns.get(*value).map(|key| column(key, lang)).unwrap_or_default();
            let head = Head {
                title: title.to_owned(),
                description: texts().with(lang, "reports-chart-bars", &[("measure", heading), ("rows", table.rows.len().to_string())]),
                lang,
            };
            let bar = |row: &Vec<Cell>| {
                let at = row.get(*value);
                let interval = match at {
                    Some(Cell::Figure(figure)) => figure.interval.map(|ends| (ends.low * 100.0, ends.high * 100.0)),
                    _ => None,
                };
                // A group too small for a rate keeps its counts as a note.
                let note = match at {
                    Some(Cell::Figure(figure)) if figure.shown_as_counts => figure.text(lang),
                    _ => String::new(),
                };
                Bar { label: name(row), value: at.and_then(drawn), interval, note, marked: false }
            };
            Drawing::Bars(Bars {
                head,
                unit: Unit::new(" %", 1),
                bars: table.rows.iter().map(bar).collect(),
                baseline: baseline.map(|value| (get(lang, "reports-column-median"), value * 100.0)),
                bounds: Some((0.0, 100.0)),
            })
        }
        Chart::Line => {
            let head = Head {
                title: title.to_owned(),
                description: texts().with(lang, "reports-chart-line", &[("rows", table.rows.len().to_string())]),
                lang,
            };
            let series = |(at, key): (usize, &String)| Series {
                label: column(key, lang),
                values: table.rows.iter().map(|row| row.get(at).and_then(drawn)).collect(),
            };
            Drawing::Line(Line {
                head,
                unit: Unit::new(" %", 1),
                step_name: table.columns.first().map(|key| column(key, lang)).unwrap_or_default(),
                steps: table.rows.iter().map(name).collect(),
                series: table.columns.iter().enumerate().skip(1).map(series).collect(),
                bounds: None,
            })
        }
    }
}

/// Words that name the years: `{year}` and `{next}`.
fn with_years(lang: Lang, key: &str, year: i16) -> String {
    let values = [("year", fiscal_year_name(year, lang)), ("next", fiscal_year_name(year + 1, lang))];
    texts().with(lang, key, &values)
}

/// The title of a report.
pub fn title(kind: Kind, fiscal_year: i16, lang: Lang) -> String {
    with_years(lang, &format!("reports-title-{}", kind.as_str()), fiscal_year)
}

/// Sets a report in `lang`: the paper and its charts.
pub fn set(seen: &Seen, lang: Lang) -> (Paper, Vec<Drawing>) {
    let tree = seen.tree();
    let year = tree.cycle.fiscal_year;
    let mut charts = Vec::new();
    let (mut chapter, mut section) = (0, 0);
    let mut parts = Vec::new();
    for one in &tree.sections {
        let words = with_years(lang, &format!("reports-section-{}", one.key.replace('.', "-")), year);
        let (level, title) = if one.key.contains('.') {
            section += 1;
            (2, format!("{chapter}.{section}　{words}"))
        } else {
            chapter += 1;
            section = 0;
            (1, texts().with(lang, &format!("reports-chapter-{}", tree.kind.as_str()), &[("number", chapter.to_string()), ("title", words)]))
        };
        let title = if lang == Lang::En { title.replace('　', "  ") } else { title };
        let items = one.blocks.iter().filter_map(|block| {
            let caption = with_years(lang, &format!("reports-field-{}", block.field), year);
            match &block.body {
                Body::Text { words } => {
                    let paragraphs = words.get(lang).replace("\r\n", "\n");
                    let paragraphs = paragraphs.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect();
                    Some(Item::Text { paragraphs })
                }
                Body::Items { items } => Some(Item::Items { items: items.iter().map(|item| item.get(lang).to_owned()).collect() }),
                Body::Table(table) => {
                    // An interval is written in words, yet reads as a number.
                    let numbers: Vec<bool> = table
                        .columns
                        .iter()
                        .enumerate()
                        .map(|(at, key)| key == "interval" || table.rows.iter().any(|row| row.get(at).is_some_and(is_number)))
                        .collect();
                    let rows: Vec<Vec<String>> = table.rows.iter().map(|row| row.iter().map(|one| printed(one, lang)).collect()).collect();
                    let chart = table.chart.as_ref().filter(|_| table.rows.iter().flatten().any(|cell| drawn(cell).is_some()));
                    let chart = chart.map(|chart| drawing(table, chart, &caption, lang));
                    let description = chart.as_ref().map_or(String::new(), |chart| match chart {
                        Drawing::Bars(bars) => bars.head.description.clone(),
                        Drawing::Line(line) => line.head.description.clone(),
                    });
                    let chart = chart.map(|chart| {
                        charts.push(chart);
                        charts.len() - 1
                    });
                    Some(Item::Table {
                        caption,
                        columns: table.columns.iter().map(|key| column(key, lang)).collect(),
                        wide: wide(&rows, table.columns.len(), &numbers),
                        numbers,
                        rows,
                        chart,
                        description,
                    })
                }
                Body::Evidence { .. } | Body::Actions { .. } => None,
            }
        });
        parts.push(Part { level, key: one.key.clone(), title, items: items.collect() });
    }
    let date = parse_date(&tree.date).map_or_else(|| tree.date.clone(), |date| show_date(date, lang));
    let mark = match seen.audience() {
        Audience::Public => String::new(),
        other => get(lang, &format!("reports-mark-{}", other.as_str())),
    };
    let paper = Paper {
        lang: lang.as_str(),
        title: title(tree.kind, year, lang),
        issuer: tree.organisation.name.get(lang).to_owned(),
        cycle: tree.cycle.name.get(lang).to_owned(),
        date,
        version: texts().with(lang, "reports-version-number", &[("version", tree.version.to_string())]),
        mark,
        words: PaperWords {
            contents: get(lang, "reports-contents"),
            table: get(lang, "reports-table"),
            figure: get(lang, "reports-figure"),
            nothing: get(lang, "reports-not-published"),
            note: get(lang, "reports-note-rates"),
            licence: if seen.licence().is_empty() {
                String::new()
            } else {
                texts().with(lang, "reports-licence", &[("licence", seen.licence().to_owned())])
            },
        },
        parts,
    };
    (paper, charts)
}
