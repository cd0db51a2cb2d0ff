//! What stands in one place of a table or a list of facts.

/// A colour that means something; the text says the same, so that colour is never the only carrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Fine.
    Good,
    /// Look at it.
    Warn,
    /// Wrong.
    Bad,
    /// Neither.
    Plain,
}

impl Tone {
    /// The style's name.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Plain => "plain",
        }
    }
}

/// One place of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// Words that lead somewhere.
    Link(String, String),
    /// A number as it is shown, and as it sorts.
    Number(String, i64),
    /// A state.
    Badge(Tone, String),
    /// Several, one below the other.
    Many(Vec<Cell>),
    /// Several, one below the other, and what they sort by together.
    Ranked(i64, Vec<Cell>),
    /// A small form of one button: address, label.
    Button(String, String),
}

impl Cell {
    /// Words; an empty text shows as a dash.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Words that lead to `href`.
    pub fn link(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Link(href.into(), text.into())
    }

    /// A whole number.
    pub fn int(value: i64) -> Self {
        Self::Number(value.to_string(), value.saturating_mul(1_000_000))
    }

    /// A number already put in words by its definition (`93.4 %`), with the value it sorts by.
    pub fn figure(shown: impl Into<String>, value: Option<f64>) -> Self {
        Self::Number(shown.into(), rank(value))
    }

    /// Several, one below the other, which sort together by `value`; none sorts first.
    pub fn ranked(value: Option<f64>, cells: Vec<Self>) -> Self {
        Self::Ranked(rank(value), cells)
    }

    /// The words alone, for CSV and search.
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) | Self::Link(_, text) | Self::Number(text, _) | Self::Badge(_, text) => text.clone(),
            Self::Many(cells) | Self::Ranked(_, cells) => cells.iter().map(Self::plain).collect::<Vec<_>>().join("; "),
            Self::Button(..) => String::new(),
        }
    }

    /// The ideographic blanks a tree's names begin with: they indent, but are no part of the link.
    pub fn indent(&self) -> &str {
        match self {
            Self::Link(_, text) => text.get(..text.len() - text.trim_start_matches('　').len()).unwrap_or(""),
            _ => "",
        }
    }

    /// Whether it stands to the right.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Number(..))
    }

    /// What it sorts by: numbers before words.
    pub fn order(&self) -> (i64, String) {
        match self {
            Self::Number(_, value) | Self::Ranked(value, _) => (*value, String::new()),
            other => (i64::MAX, other.plain()),
        }
    }
}

/// A value as it sorts; none comes before all.
fn rank(value: Option<f64>) -> i64 {
    value.map_or(i64::MIN, |value| (value * 1_000_000.0) as i64)
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
