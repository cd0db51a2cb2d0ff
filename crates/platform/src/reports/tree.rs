//! A report as data: sections of blocks, each block belonging to one field. Everything printed is printed from this.

use engine::numbers::Figure;
use engine::words::Words;
use serde::{Deserialize, Serialize};

/// A whole report of one version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Tree {
    /// `organisation` or `annual`.
    pub kind: super::report::Kind,
    /// What it reports on.
    pub cycle: Cycle,
    /// Whose it is.
    pub organisation: Named,
    /// The version, 1, 2, 3 …
    pub version: i64,
    /// The day this version was saved, `2027-05-30`.
    pub date: String,
    /// When, in UTC.
    pub saved_at: String,
    /// The sections of the fixed structure, in order; one without blocks had nothing to say, or nothing to this reader.
    pub sections: Vec<Section>,
    /// Rows for programs, not printed.
    pub records: Vec<Block>,
}

/// A cycle as a report names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Cycle {
    /// Its code.
    pub code: String,
    /// Its name.
    #[schemars(with = "Bilingual")]
    pub name: Words,
    /// The fiscal year it inspects, beginning in April.
    pub fiscal_year: i16,
    /// First day of answering.
    pub opens_on: String,
    /// Last day of answering.
    pub closes_on: String,
    /// The edition of the standard.
    pub edition: String,
}

/// Somebody with a code and a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Named {
    /// The code in the register.
    pub code: String,
    /// The name.
    #[schemars(with = "Bilingual")]
    pub name: Words,
}

/// A text in both languages, as a schema.
#[derive(schemars::JsonSchema)]
#[allow(dead_code)]
pub struct Bilingual {
    ja: String,
    en: String,
}

/// A section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Section {
    /// Its key; a chapter has no `.` in it.
    pub key: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A part of a section. The policy decides on it by its field; nothing of another field may stand in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Block {
    /// The field it belongs to.
    pub field: String,
    /// What it is.
    #[serde(flatten)]
    pub body: Body,
}

/// What a block is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Body {
    /// Paragraphs, divided by empty lines.
    Text {
        #[schemars(with = "Bilingual")]
        words: Words,
    },
    /// Numbered items.
    Items {
        #[schemars(with = "Vec<Bilingual>")]
        items: Vec<Words>,
    },
    /// A table, perhaps with the chart of one of its columns.
    Table(Table),
    /// Facts about requirements, for assessment results.
    Evidence {
        /// Requirements looked at: code, title.
        requirements: Vec<Named>,
        /// One row per organisation, scope and requirement.
        facts: Vec<Fact>,
    },
    /// What is to be done, for the plan of action.
    Actions { actions: Vec<Action> },
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Table {
    /// Keys of the columns; `reports-column-{key}` or a registered number's name.
    pub columns: Vec<String>,
    /// Rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// How to draw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<Chart>,
}

/// How a table is drawn, always from its own cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "chart", rename_all = "kebab-case")]
pub enum Chart {
    /// One bar per row: the value in column `value`, named by column 0, compared with `baseline` (a share).
    Bars { value: usize, baseline: Option<f64> },
    /// One step per row, one line per column from 1 on.
    Line,
}

/// One place of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// A name in both languages.
    Words(#[schemars(with = "Bilingual")] Words),
    /// The same in both languages: a code, a date.
    Plain(String),
    /// A value of ours: `reports-value-{key}` names it.
    Key(String),
    /// The name of a registered number.
    Definition(String),
    /// A registered number.
    Figure(#[schemars(with = "serde_json::Value")] Box<Figure>),
    /// A count.
    Count(i64),
    /// So many of so many.
    Of(u64, u64),
    /// A value in the unit of the registered number named first, such as a median.
    Value(String, f64),
    /// A change of such a value.
    Change(String, f64),
    /// Nothing to say.
    Nothing,
}

impl Cell {
    /// A figure.
    pub fn figure(figure: &Figure) -> Self {
        Self::Figure(Box::new(figure.clone()))
    }

    /// `value`, or nothing.
    pub fn maybe(value: Option<Self>) -> Self {
        value.unwrap_or(Self::Nothing)
    }
}

/// What is known of one requirement in one scope of one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Fact {
    /// The organisation's code.
    pub organisation: String,
    /// The system, where not the whole organisation is meant.
    pub system: Option<Named>,
    /// The requirement's code.
    pub requirement: String,
    /// Spelled as `engine::facts::Claim`.
    pub claim: Option<String>,
    /// Spelled as `engine::facts::Finding`.
    pub finding: Option<String>,
    /// Spelled as `engine::facts::Verdict`.
    pub verdict: Option<String>,
    /// Spelled as `engine::triple::Disagreement`.
    pub disagreements: Vec<String>,
}

/// Something to be done, from a recommendation and the plan that answers it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Action {
    /// The recommendation's code or id: stable.
    pub code: String,
    /// The organisation's code.
    pub organisation: String,
    /// The requirement's code.
    pub requirement: String,
    /// What is recommended.
    pub title: String,
    /// Why.
    pub reason: String,
    /// State, in our words.
    pub state: String,
    /// Who answers for it; empty while nobody does.
    pub owner: String,
    /// Until when, `2027-03-31`; empty while open.
    pub due_on: String,
    /// Steps: title, date.
    pub steps: Vec<(String, String)>,
    /// Whether it is done.
    pub closed: bool,
}
