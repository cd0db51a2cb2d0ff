//! What a reader found wrong in a file from outside: where, what, and what to do next, in both languages.
//!
//! Codes: `H01xx` sheets, `H02xx` JSON, `H03xx` OSCAL, `H04xx` observations made elsewhere, `H05xx` DMARC aggregate
//! reports, `H06xx` plans; an area takes a block of its own from `H10xx` on and makes its problems with [`Problem::custom`].

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::lang::Lang;

mod words;

/// Whether a problem stops the import or only deserves to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing of the file may be taken over until this is mended.
    Error,
    /// The file can be taken over; a person should know.
    Note,
}

/// Where in a file, as a person who looks at the file would say it. Each part may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Name of the sheet, or of the file, or a path inside a JSON document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Row or line, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Header text of the column if it has one, else its letter; for JSON the column of the line, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl Place {
    /// The whole file or document.
    pub fn nowhere() -> Self {
        Self::default()
    }

    /// A sheet, a file, or a path inside a document.
    pub fn sheet(name: impl Into<String>) -> Self {
        Self { sheet: Some(name.into()), ..Self::default() }
    }

    /// The same place, narrowed to a row (from 1).
    #[must_use]
    pub fn row(mut self, row: u32) -> Self {
        self.row = Some(row);
        self
    }

    /// The same place, narrowed to a column.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// The place in words, empty if nothing is known of it: `シート「組織」12行目「名称」`.
    pub fn words(&self, lang: Lang) -> String {
        words::place(self, lang)
    }
}

/// What is wrong, with the values a message needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// The file is larger than may be read (bytes).
    FileTooLarge {
        bytes: u64,
        limit: u64,
    },
    /// The file has no content.
    EmptyFile,
    /// The content is of a kind we do not read (`found` names it).
    NotATable {
        found: String,
    },
    /// Old Excel format, or protected by a password: both are the same container.
    OldOrProtected,
    /// The archive has more entries than may be opened.
    TooManyEntries {
        entries: u64,
        limit: u64,
    },
    /// The archive expands to more than may be read (bytes).
    ExpandsTooFar {
        limit: u64,
    },
    /// The file is cut short or damaged (`detail` is the reader's own word).
    Damaged {
        detail: String,
    },
    TooManySheets {
        sheets: u64,
        limit: u64,
    },
    TooManyRows {
        limit: u64,
    },
    TooManyColumns {
        limit: u64,
    },
    TooManyCells {
        limit: u64,
    },
    /// All text of the file together (bytes).
    TooMuchText {
        limit: u64,
    },
    /// One cell's text (characters).
    CellTooLong {
        limit: u64,
    },
    /// Neither UTF-8 nor Shift_JIS nor UTF-16 from this byte on (offset from 0).
    UnknownEncoding {
        offset: u64,
    },
    /// A quoted cell that never ends; the place is where it begins.
    UnterminatedQuote,
    /// Characters after the closing quote of a cell.
    TextAfterQuote,
    /// A row with another number of cells than the header.
    Ragged {
        cells: u64,
        expected: u64,
    },
    /// A cell holds an error value such as `#REF!`.
    CellError {
        text: String,
    },
    /// The file or sheet has no row that could be a header.
    NoHeader {
        wanted: Vec<Named>,
    },
    MissingColumn {
        column: Named,
    },
    DuplicateHeader {
        text: String,
        also: String,
    },
    /// A column the reader does not know; its content is left aside.
    UnknownColumn {
        text: String,
    },
    /// A required cell is empty.
    EmptyCell {
        column: Named,
    },
    /// A text is not one of the words the column takes.
    NotAChoice {
        text: String,
        choices: Vec<String>,
    },
    /// A text is not what the column takes (`wanted` says what, in both languages).
    NotReadable {
        text: String,
        wanted: Named,
    },
    /// Not well-formed JSON.
    BadJson {
        detail: String,
    },
    /// The same key twice in one object.
    DuplicateKey {
        key: String,
    },
    TooDeep {
        limit: u64,
    },
    /// More items than may be read at once.
    TooManyItems {
        items: u64,
        limit: u64,
    },
    /// Not an OCSF Compliance Finding.
    NotAFinding {
        class_uid: Option<i64>,
    },
    /// A field that is needed is missing.
    MissingField {
        field: String,
    },
    /// A field has a value of another type or range than its format says.
    BadField {
        field: String,
        found: String,
    },
    /// A finding that failed for at least one of several resources, without saying which.
    WhichResource,
    /// A problem of an area: its own words.
    Custom {
        ja: String,
        en: String,
        remedy_ja: String,
        remedy_en: String,
    },
}

/// A name in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Named {
    pub ja: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

impl Named {
    pub fn new(ja: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }

    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.ja, &self.en)
    }
}

/// One thing wrong in a file: a stable code, how grave, where, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `H` and four digits; stable over releases, so that scripts and manuals may name it.
    pub code: Cow<'static, str>,
    pub severity: Severity,
    pub place: Place,
    /// Boxed, so that a `Result` stays small on the way where nothing is wrong.
    #[serde(flatten)]
    pub kind: Box<ProblemKind>,
}

/// A problem as a person or a script reads it, in one language: the shape of `--json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub code: String,
    pub severity: Severity,
    #[serde(flatten)]
    pub place: Place,
    /// Where and what.
    pub message: String,
    /// What to do next.
    pub remedy: String,
}

impl Problem {
    /// A problem that stops the import.
    pub fn new(place: Place, kind: ProblemKind) -> Self {
        Self { code: Cow::Borrowed(kind.code()), severity: Severity::Error, place, kind: Box::new(kind) }
    }

    /// A problem that only deserves to be known.
    pub fn note(place: Place, kind: ProblemKind) -> Self {
        Self { severity: Severity::Note, ..Self::new(place, kind) }
    }

    /// An area's own problem: its code, where, what in both languages, what to do next in both languages.
    pub fn custom(
        code: impl Into<Cow<'static, str>>,
        place: Place,
        ja: impl Into<String>,
        en: impl Into<String>,
        remedy_ja: impl Into<String>,
        remedy_en: impl Into<String>,
    ) -> Self {
        let kind = ProblemKind::Custom { ja: ja.into(), en: en.into(), remedy_ja: remedy_ja.into(), remedy_en: remedy_en.into() };
        Self { code: code.into(), severity: Severity::Error, place, kind: Box::new(kind) }
    }

    /// The same problem as a note.
    #[must_use]
    pub fn as_note(self) -> Self {
        Self { severity: Severity::Note, ..self }
    }

    /// Whether it stops the import.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Where and what, one sentence.
    pub fn message(&self, lang: Lang) -> String {
        let (place, what) = (self.place.words(lang), words::what(&self.kind, lang));
        if place.is_empty() { what } else { format!("{place}: {what}") }
    }

    /// What to do next, one sentence.
    pub fn remedy(&self, lang: Lang) -> String {
        words::remedy(&self.kind, lang)
    }

    /// All of it in one language.
    pub fn report(&self, lang: Lang) -> Report {
        Report {
            code: self.code.to_string(),
            severity: self.severity,
            place: self.place.clone(),
            message: self.message(lang),
            remedy: self.remedy(lang),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.code, self.message(Lang::En))
    }
}

impl std::error::Error for Problem {}

impl ProblemKind {
    fn code(&self) -> &'static str {
        match self {
            Self::FileTooLarge { .. } => "H0101",
            Self::EmptyFile => "H0102",
            Self::NotATable { .. } => "H0103",
            Self::OldOrProtected => "H0104",
            Self::TooManyEntries { .. } => "H0105",
            Self::ExpandsTooFar { .. } => "H0106",
            Self::Damaged { .. } => "H0107",
            Self::TooManySheets { .. } => "H0108",
            Self::TooManyRows { .. } => "H0109",
            Self::TooManyColumns { .. } => "H0110",
            Self::TooManyCells { .. } => "H0111",
            Self::TooMuchText { .. } => "H0112",
            Self::CellTooLong { .. } => "H0113",
            Self::UnknownEncoding { .. } => "H0114",
            Self::UnterminatedQuote => "H0115",
            Self::TextAfterQuote => "H0116",
            Self::Ragged { .. } => "H0117",
            Self::CellError { .. } => "H0118",
            Self::NoHeader { .. } => "H0121",
            Self::MissingColumn { .. } => "H0122",
            Self::DuplicateHeader { .. } => "H0123",
            Self::UnknownColumn { .. } => "H0124",
            Self::EmptyCell { .. } => "H0125",
            Self::NotAChoice { .. } => "H0126",
            Self::NotReadable { .. } => "H0127",
            Self::BadJson { .. } => "H0201",
            Self::DuplicateKey { .. } => "H0202",
            Self::TooDeep { .. } => "H0203",
            Self::TooManyItems { .. } => "H0204",
            Self::NotAFinding { .. } => "H0401",
            Self::MissingField { .. } => "H0402",
            Self::BadField { .. } => "H0403",
            Self::WhichResource => "H0404",
            Self::Custom { .. } => "H0000",
        }
    }
}

#[cfg(test)]
mod tests;
