//! A table with search, choice, sort, pages and CSV, all by address, so that it works without JavaScript.

use axum::http::Uri;

use super::cell::Cell;
use crate::base::cx::Cx;
use crate::base::lang::capital;

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Whether a choice of its values is offered above the table.
    pub choice: bool,
}

/// A table.
#[derive(Clone, Debug)]
pub struct List {
    /// Its name within the page, for the address.
    pub id: &'static str,
    /// What it shows, said above it.
    pub caption: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows; the first cell of a row names it.
    pub rows: Vec<Vec<Cell>>,
    /// What to do when there is nothing yet.
    pub empty: String,
    /// Whether search, sort and CSV are offered; a short fixed table does without.
    pub tools: bool,
}

/// Rows on one page of a table.
const PAGE: usize = 100;
/// Up to so many rows are seen at a glance: nothing to search or to sort.
const GLANCE: usize = 3;
/// Beyond so many rows even a table that was thought short gets its tools.
const SHORT: usize = 12;
/// Beyond so many columns a table does not fit a phone: there each row becomes a card.
const NARROW: usize = 2;
/// Beyond so many columns a table is printed across.
const ACROSS: usize = 6;

/// What the address asks of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    q: String,
    sort: Option<(usize, bool)>,
    page: usize,
    choices: Vec<(usize, String)>,
}

/// A choice offered above the table.
pub struct Choice {
    /// The name of its field.
    pub name: String,
    /// Its label.
    pub label: String,
    /// Its values; the first is "all".
    pub values: Vec<(String, bool)>,
}

/// A heading that sorts.
pub struct Heading {
    /// Its words.
    pub title: String,
    /// Where a click leads.
    pub href: String,
    /// `ascending`, `descending`, `none`.
    pub sorted: &'static str,
    /// Whether its column holds numbers.
    pub number: bool,
}

/// A list as the template shows it.
pub struct Shown {
    /// Name within the page.
    pub id: &'static str,
    /// Caption.
    pub caption: String,
    /// Headings.
    pub headings: Vec<Heading>,
    /// Choices.
    pub choices: Vec<Choice>,
    /// Rows of this page.
    pub rows: Vec<Vec<Cell>>,
    /// Words for nothing.
    pub empty: String,
    /// Whether search and sort are offered.
    pub tools: bool,
    /// Orders to choose from where headings are not seen: value, words, whether chosen.
    pub orders: Vec<(String, String, bool)>,
    /// The style of its table: `cards` on a phone, `across` on paper.
    pub style: &'static str,
    /// What is searched for.
    pub q: String,
    /// Rows that fit the search, rows in all.
    pub fits: usize,
    /// All rows.
    pub all: usize,
    /// Address of the CSV; empty where it is not offered.
    pub csv: String,
    /// Address of the page before.
    pub before: Option<String>,
    /// Address of the page after.
    pub after: Option<String>,
    /// Page number and count of pages.
    pub page: (usize, usize),
    /// Fields of other lists on this page, kept while searching.
    pub kept: Vec<(String, String)>,
}

impl Shown {
    /// The heading of a column, said again in each cell where a row is a card.
    pub fn title(&self, index: &usize) -> &str {
        self.headings.get(*index).map_or("", |heading| heading.title.as_str())
    }
}

impl List {
    /// An empty table called `id`.
    pub fn new(id: &'static str, caption: impl Into<String>) -> Self {
        Self { id, caption: caption.into(), columns: Vec::new(), rows: Vec::new(), empty: String::new(), tools: true }
    }

    /// Adds a column.
    pub fn column(mut self, title: impl Into<String>) -> Self {
        self.columns.push(Column { title: capital(&title.into()), choice: false });
        self
    }

    /// Adds a column whose values can be chosen from.
    pub fn choice(mut self, title: impl Into<String>) -> Self {
        self.columns.push(Column { title: capital(&title.into()), choice: true });
        self
    }

    /// Says what to do when there is nothing yet.
    pub fn empty(mut self, text: impl Into<String>) -> Self {
        self.empty = text.into();
        self
    }

    /// A short table without search and sort.
    pub fn bare(mut self) -> Self {
        self.tools = false;
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Adds rows.
    pub fn rows(mut self, rows: impl IntoIterator<Item = Vec<Cell>>) -> Self {
        self.rows.extend(rows);
        self
    }

    fn asked(&self, query: &[(String, String)]) -> Asked {
        let mut asked = Asked::default();
        let prefix = format!("{}.", self.id);
        for (name, value) in query {
            let Some(name) = name.strip_prefix(&prefix) else { continue };
            match name {
                "q" => asked.q = value.trim().to_owned(),
                "page" => asked.page = value.parse().unwrap_or(0),
                "sort" => {
                    let (descending, column) = match value.strip_prefix('-') {
                        Some(rest) => (true, rest),
                        None => (false, value.as_str()),
                    };
                    asked.sort = column.parse().ok().filter(|column| *column < self.columns.len()).map(|column| (column, descending));
                }
                other => {
                    if let Some(column) = other.strip_prefix('c').and_then(|column| column.parse::<usize>().ok())
                        && self.columns.get(column).is_some_and(|column| column.choice)
                        && !value.is_empty()
                    {
                        asked.choices.push((column, value.clone()));
                    }
                }
            }
        }
        asked
    }

    fn fitting(&self, asked: &Asked) -> Vec<&Vec<Cell>> {
        let words: Vec<String> = asked.q.to_lowercase().split_whitespace().map(str::to_owned).collect();
        let mut rows: Vec<&Vec<Cell>> = self
            .rows
            .iter()
            .filter(|row| {
                asked.choices.iter().all(|(column, value)| row.get(*column).is_some_and(|cell| cell.plain() == *value))
                    && (words.is_empty() || {
                        let text = row.iter().map(Cell::plain).collect::<Vec<_>>().join(" ").to_lowercase();
                        words.iter().all(|word| text.contains(word.as_str()))
                    })
            })
            .collect();
        if let Some((column, descending)) = asked.sort {
            rows.sort_by_cached_key(|row| row.get(column).map(Cell::order));
            if descending {
                rows.reverse();
            }
        }
        rows
    }

    /// The table as the address asks for it.
    pub fn shown(&self, cx: &Cx) -> Shown {
        let query = query(&cx.uri);
        let asked = self.asked(&query);
        let rows = self.fitting(&asked);
        let pages = rows.len().div_ceil(PAGE).max(1);
        let page = asked.page.min(pages - 1);
        let id = self.id;
        let tools = self.rows.len() > if self.tools { GLANCE } else { SHORT };
        let address = |set: &[(&str, String)]| address(&cx.uri, &query, id, set);
        Shown {
            id,
            caption: self.caption.clone(),
            headings: self
                .columns
                .iter()
                .enumerate()
                .map(|(index, column)| {
                    let (sorted, next) = match asked.sort {
                        Some((at, false)) if at == index => ("ascending", format!("-{index}")),
                        Some((at, true)) if at == index => ("descending", index.to_string()),
                        _ => ("none", index.to_string()),
                    };
                    Heading {
                        title: column.title.clone(),
                        href: address(&[("sort", next), ("page", String::new())]),
                        sorted,
                        number: self.rows.first().and_then(|row| row.get(index)).is_some_and(Cell::is_number),
                    }
                })
                .collect(),
            choices: self
                .columns
                .iter()
                .enumerate()
                .filter(|(_, column)| column.choice)
                .map(|(index, column)| {
                    let mut values: Vec<String> = self.rows.iter().filter_map(|row| row.get(index)).map(Cell::plain).collect();
                    values.sort();
                    values.dedup();
                    values.retain(|value| !value.is_empty());
                    let chosen = asked.choices.iter().find(|(at, _)| *at == index).map(|(_, value)| value.as_str());
                    Choice {
                        name: format!("{id}.c{index}"),
                        label: column.title.clone(),
                        values: values.into_iter().map(|value| (value.clone(), chosen == Some(value.as_str()))).collect(),
                    }
                })
                .filter(|choice| choice.values.len() > 1)
                .collect(),
            rows: rows.iter().skip(page * PAGE).take(PAGE).map(|row| (*row).clone()).collect(),
            empty: if self.empty.is_empty() { cx.t("list-empty") } else { self.empty.clone() },
            tools,
            orders: self.orders(cx, asked.sort),
            style: match self.columns.len() {
                count if count > ACROSS => "cards across",
                count if count > NARROW => "cards",
                _ => "",
            },
            q: asked.q.clone(),
            fits: rows.len(),
            all: self.rows.len(),
            csv: if tools || (self.tools && !self.rows.is_empty()) { address(&[("csv", "1".to_owned())]) } else { String::new() },
            before: (page > 0).then(|| address(&[("page", (page - 1).to_string())])),
            after: (page + 1 < pages).then(|| address(&[("page", (page + 1).to_string())])),
            page: (page + 1, pages),
            kept: query.iter().filter(|(name, _)| stays(name) && name.strip_prefix(id).is_none_or(|rest| !rest.starts_with('.'))).cloned().collect(),
        }
    }

    /// Every column, up and down: on a phone a row is a card and no heading can be pressed.
    fn orders(&self, cx: &Cx, sort: Option<(usize, bool)>) -> Vec<(String, String, bool)> {
        let mut orders = vec![(String::new(), cx.t("list-as-it-is"), sort.is_none())];
        for (index, column) in self.columns.iter().enumerate() {
            for (value, key, order) in
                [(index.to_string(), "list-ascending", (index, false)), (format!("-{index}"), "list-descending", (index, true))]
            {
                orders.push((value, cx.tv(key, &[("column", column.title.clone())]), sort == Some(order)));
            }
        }
        orders
    }

    /// Whether the address asks for this table as CSV, and the CSV if so: all fitting rows, UTF-8 with mark, RFC 4180.
    pub fn csv(&self, cx: &Cx) -> Option<Vec<u8>> {
        let query = query(&cx.uri);
        let wanted = format!("{}.csv", self.id);
        query.iter().find(|(name, _)| *name == wanted)?;
        let header = self.columns.iter().map(|column| column.title.clone()).collect();
        let rows = self.fitting(&self.asked(&query)).into_iter().map(|row| row.iter().map(Cell::plain).collect());
        Some(super::respond::csv(std::iter::once(header).chain(rows)))
    }
}

/// The query of an address as names and values, decoded.
pub fn query(uri: &Uri) -> Vec<(String, String)> {
    axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri).map(|query| query.0).unwrap_or_default()
}

/// What a list's addresses carry on: the other lists' search and order, but neither a download nor the words of what was done.
fn stays(name: &str) -> bool {
    name != "done" && !name.ends_with(".csv")
}

fn address(uri: &Uri, query: &[(String, String)], id: &str, set: &[(&str, String)]) -> String {
    let mut pairs: Vec<(String, String)> =
        query.iter().filter(|(name, _)| stays(name) && !set.iter().any(|(key, _)| *name == format!("{id}.{key}"))).cloned().collect();
    pairs.extend(set.iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (format!("{id}.{key}"), value.clone())));
    let text: Vec<String> = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    if text.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), text.join("&")) }
}

/// A text made fit for a query (RFC 3986 §2.3).
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}
