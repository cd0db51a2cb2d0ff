//! Annual plans as governments write them: chapters, sections, headings, and under each heading its labelled measures with owners and deadlines.
//!
//! Begin at [`read`]. The family of documents it reads prints a plan as running text: chapters (第1章) and sections (第1節), headings whose circled
//! numbers a scanner loses, a line 【具体的施策】, and then measures `ア)`, `イ)` … with sub-measures `a)`, `b)` …, each with its owners in parentheses
//! at the end of the title and 【再掲】 where it stands a second time. Pages break inside sentences, footnotes come between. What the rules cannot
//! decide is told with its line; nothing is guessed silently.

mod blocks;
mod deadline;
mod label;
mod outline;
mod owners;
mod relisting;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};

use crate::problem::{Place, Problem, ProblemKind};

pub use deadline::{Deadline, Kind};

/// What a document may cost before it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file; a plan of some hundred pages has 0.2 MiB.
    pub bytes: usize,
    /// Lines.
    pub lines: usize,
    /// Measures.
    pub measures: usize,
    /// Problems that are told.
    pub problems: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 16 << 20, lines: 300_000, measures: 20_000, problems: 1_000 }
    }
}

/// A measure as the document prints it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// 第3章 is 3.
    pub chapter: u32,
    /// 第1節 is 1; 0 where a chapter has no sections.
    pub section: u32,
    /// The heading it stands under, the innermost one.
    pub heading: String,
    /// `イ-a`: its label after those of the groups it belongs to.
    pub label: String,
    pub title: String,
    /// Who carries it out, as written, in their order.
    pub owners: Vec<String>,
    /// It stands elsewhere too, and this is not its first place (再掲).
    pub relisted: bool,
    /// The index of that first place.
    pub relists: Option<usize>,
    /// Until when or during what, in the document's words.
    pub deadline: Option<String>,
    /// Paragraphs, separated by line breaks.
    pub text: String,
    /// Where the title begins, from 1.
    pub line: usize,
    /// The last line that belongs to it.
    pub last_line: usize,
    /// All headings it stands under, the outermost first.
    pub headings: Vec<String>,
    /// The title and the text of the group it belongs to; empty where it belongs to none.
    pub group: Group,
    /// What the deadline means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Deadline>,
}

/// Measures under one label that share a title and sometimes an introduction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub title: String,
    pub text: String,
}

/// A chapter or a section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub chapter: u32,
    /// None: the chapter itself.
    pub section: Option<u32>,
    pub title: String,
    pub line: usize,
}

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The line before the table of contents that names it.
    pub title: String,
    pub parts: Vec<Part>,
    /// In document order.
    pub measures: Vec<Measure>,
}

/// Reads the document in `bytes`: text in UTF-8. `file` is its name, for the places of problems.
///
/// # Errors
/// Why there is nothing to read. Problems beside a document tell what a person must settle.
pub fn read(bytes: &[u8], file: &str, limits: &Limits) -> Result<(Document, Vec<Problem>), Problem> {
    let place = || Place::sheet(file);
    if bytes.len() > limits.bytes {
        return Err(Problem::new(place(), ProblemKind::FileTooLarge { bytes: bytes.len() as u64, limit: limits.bytes as u64 }));
    }
    let text = match std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) {
        Ok(text) => text,
        Err(error) => return Err(Problem::new(place(), ProblemKind::UnknownEncoding { offset: error.valid_up_to() as u64 })),
    };
    if text.trim().is_empty() {
        return Err(Problem::new(place(), ProblemKind::EmptyFile));
    }
    let count = text.lines().count();
    if count > limits.lines {
        return Err(Problem::new(place(), ProblemKind::TooManyRows { limit: limits.lines as u64 }));
    }
    let (title, lines) = blocks::lines(text);
    let (mut document, mut doubts) = outline::read(title, &lines, limits);
    doubts.extend(relisting::link(&mut document.measures));
    if document.measures.is_empty() {
        doubts.push((1, words::Doubt::NoMeasures));
    }
    doubts.sort_by_key(|(line, _)| *line);
    let problems = doubts.into_iter().take(limits.problems).map(|(line, doubt)| doubt.problem(file, line)).collect();
    Ok((document, problems))
}
