//! What can be wrong with an OSCAL document, said in Japanese and English with place and remedy.

use std::borrow::Cow;

use crate::lang::Lang;
pub use crate::problem::{Place, Problem};

/// Why a document cannot be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Too large, too deep, too many values, not JSON, or the same key twice in one object.
    #[error("{0}")]
    Json(Problem),
    #[error("expected an OSCAL {expected}, found {found:?}")]
    OtherModel { expected: &'static str, found: String },
    #[error("OSCAL version {found:?} is not one of 1.0, 1.1, 1.2")]
    Version { found: String },
}

impl ReadError {
    /// A stable code for lists and tests.
    pub fn code(&self) -> &str {
        match self {
            ReadError::Json(problem) => &problem.code,
            ReadError::OtherModel { .. } => "H0406",
            ReadError::Version { .. } => "H0407",
        }
    }

    /// What is wrong and what to do next.
    pub fn message(&self, lang: Lang) -> String {
        let (what, remedy) = self.sentences(lang);
        lang.pick(format!("{what}{remedy}"), format!("{what} {remedy}"))
    }

    /// As a problem of the whole document, for lists that hold problems of every kind.
    pub fn problem(&self) -> Problem {
        match self {
            ReadError::Json(problem) => problem.clone(),
            other => told(other.code().to_owned(), Place::nowhere(), |lang| other.sentences(lang)),
        }
    }

    pub(super) fn sentences(&self, lang: Lang) -> (String, String) {
        let (what, remedy) = match (lang, self) {
            (_, ReadError::Json(problem)) => return (problem.message(lang), problem.remedy(lang)),
            (Lang::Ja, ReadError::OtherModel { expected, found }) => {
                (format!("OSCAL の「{expected}」ではありません（見つかったもの：「{found}」）。"), "正しい種類のファイルを選んでください。")
            }
            (Lang::En, ReadError::OtherModel { expected, found }) => {
                (format!("This is not an OSCAL \"{expected}\" (found \"{found}\")."), "Choose a file of that kind.")
            }
            (Lang::Ja, ReadError::Version { found }) => {
                (format!("OSCAL の版「{found}」には対応していません。"), "1.0、1.1、1.2 のいずれかの版のファイルを使ってください。")
            }
            (Lang::En, ReadError::Version { found }) => {
                (format!("OSCAL version \"{found}\" is not supported."), "Use a file of version 1.0, 1.1 or 1.2.")
            }
        };
        (what, remedy.to_owned())
    }
}

/// A problem from sentences in both languages.
pub(super) fn told<R: Into<String>>(code: impl Into<Cow<'static, str>>, place: Place, sentences: impl Fn(Lang) -> (String, R)) -> Problem {
    let ((ja, remedy_ja), (en, remedy_en)) = (sentences(Lang::Ja), sentences(Lang::En));
    Problem::custom(code, place, ja, en, remedy_ja, remedy_en)
}

/// The kinds of problem of a document that could be read. The place is a JSON pointer (RFC 6901) from the document's
/// root, such as `/catalog/groups/0/controls/3/id`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// A required field is absent or empty.
    Missing { field: &'static str },
    /// A field has another JSON type; its value was left out.
    WrongType { expected: &'static str, found: &'static str },
    /// A second control, group, part or parameter with the same id.
    DuplicateId { id: String, first: String },
    /// Not a version 4 or 5 UUID of RFC 4122.
    BadUuid { value: String },
    /// Not a token of the OSCAL schema: letters, digits, `.`, `-`, `_`, beginning with a letter or `_`.
    BadToken { value: String },
}

/// The codes of troubles that take something out of what was read.
pub(super) const LOSSES: [&str; 2] = ["H0411", "H0412"];

impl Trouble {
    pub fn at(&self, pointer: &str) -> Problem {
        told(self.code(), Place::sheet(pointer), |lang| (self.what(lang), self.remedy(lang)))
    }

    fn code(&self) -> &'static str {
        match self {
            Trouble::Missing { .. } => "H0411",
            Trouble::WrongType { .. } => "H0412",
            Trouble::DuplicateId { .. } => "H0413",
            Trouble::BadUuid { .. } => "H0414",
            Trouble::BadToken { .. } => "H0415",
        }
    }

    fn what(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::Ja, Trouble::Missing { field }) => format!("必須の項目「{field}」がありません。"),
            (Lang::En, Trouble::Missing { field }) => format!("the required field \"{field}\" is missing."),
            (Lang::Ja, Trouble::WrongType { expected, found }) => {
                format!("{expected} であるべきところに {found} があります。")
            }
            (Lang::En, Trouble::WrongType { expected, found }) => format!("expected {expected}, found {found}."),
            (Lang::Ja, Trouble::DuplicateId { id, first }) => {
                format!("識別子「{id}」は {first} ですでに使われています。")
            }
            (Lang::En, Trouble::DuplicateId { id, first }) => format!("the id \"{id}\" is already used at {first}."),
            (Lang::Ja, Trouble::BadUuid { value }) => format!("「{value}」は UUID の形になっていません。"),
            (Lang::En, Trouble::BadUuid { value }) => format!("\"{value}\" is not a version 4 or 5 UUID."),
            (Lang::Ja, Trouble::BadToken { value }) => format!("「{value}」は識別子として使えません。"),
            (Lang::En, Trouble::BadToken { value }) => format!("\"{value}\" cannot be used as an identifier."),
        }
    }

    fn remedy(&self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Ja, Trouble::Missing { .. }) => "その項目を書き足して、もう一度取り込んでください。",
            (Lang::En, Trouble::Missing { .. }) => "Add the field and import again.",
            (Lang::Ja, Trouble::WrongType { .. }) => "OSCAL の書式に合わせて値を直してください。",
            (Lang::En, Trouble::WrongType { .. }) => "Correct the value to what the OSCAL schema asks for.",
            (Lang::Ja, Trouble::DuplicateId { .. }) => "どちらかの識別子を変えて、文書の中で一つだけにしてください。",
            (Lang::En, Trouble::DuplicateId { .. }) => "Change one of the two so that the id is unique in the document.",
            (Lang::Ja, Trouble::BadUuid { .. }) => "版 4 または 5 の UUID（例：8742196d-86ba-4e72-a411-28867dab43bb）に直してください。",
            (Lang::En, Trouble::BadUuid { .. }) => "Use a version 4 or 5 UUID such as 8742196d-86ba-4e72-a411-28867dab43bb.",
            (Lang::Ja, Trouble::BadToken { .. }) => "文字か下線で始め、文字・数字・「.」「-」「_」だけで書いてください。",
            (Lang::En, Trouble::BadToken { .. }) => "Begin with a letter or underscore and use letters, digits, \".\", \"-\" and \"_\" only.",
        }
    }
}
