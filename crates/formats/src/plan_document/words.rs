//! What a person must settle, in words.

use crate::problem::{Place, Problem};

/// What the rules could not decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// No measure was found at all.
    NoMeasures,
    /// There are more than may be read.
    TooMany(usize),
    /// A measure without owners: its title.
    NoOwners(String),
    /// A measure without text: its title.
    NoText(String),
    /// Labels do not follow each other: the one before, and this one.
    Order(String, String),
    /// 【再掲】 and no measure of that title before: its title.
    NoOriginal(String),
    /// 【再掲】 and several measures of that title before: its title.
    Originals(String, usize),
}

impl Doubt {
    /// The problem for whoever settles it.
    pub(super) fn problem(self, file: &str, line: usize) -> Problem {
        let place = Place::sheet(file).row(u32::try_from(line).unwrap_or(u32::MAX));
        let note = |code, ja: String, en: String, remedy_ja: &str, remedy_en: &str| {
            Problem::custom(code, place.clone(), ja, en, remedy_ja, remedy_en).as_note()
        };
        match self {
            Self::NoMeasures => Problem::custom(
                "H0601",
                place.clone(),
                "施策が見つかりません。",
                "no measures were found.",
                "「【具体的施策】」の行と「ア)」「a)」のような見出し記号のある文書かどうかを確かめてください。",
                "Check that the document has lines 【具体的施策】 and labels such as ア) and a).",
            ),
            Self::TooMany(limit) => Problem::custom(
                "H0602",
                place.clone(),
                format!("施策が{limit}件を超えました。ここから先は読んでいません。"),
                format!("there are more than {limit} measures; nothing was read from here on."),
                "文書を分けて取り込んでください。",
                "Split the document.",
            ),
            Self::NoOwners(title) => note(
                "H0603",
                format!("「{title}」の担当が読み取れません。"),
                format!("who owns “{title}” cannot be read."),
                "担当する組織を選んでください。",
                "Choose the organisations that own it.",
            ),
            Self::NoText(title) => note(
                "H0604",
                format!("「{title}」の本文がありません。"),
                format!("“{title}” has no text."),
                "原本を見て本文を補うか、本文のないまま取り込んでください。",
                "Add the text from the original, or take it over without any.",
            ),
            Self::Order(before, label) => note(
                "H0605",
                format!("見出し記号が「{before}」から「{label}」に飛んでいます。"),
                format!("the label “{label}” does not follow “{before}”."),
                "読み取れなかった施策がないか、原本と比べてください。",
                "Compare with the original: a measure may be missing.",
            ),
            Self::NoOriginal(title) => note(
                "H0606",
                format!("再掲の「{title}」と同じ題の施策が、ほかにありません。"),
                format!("no other measure has the title of the relisted “{title}”."),
                "元の施策を選ぶか、再掲でない施策として取り込んでください。",
                "Choose the measure it repeats, or take it over as one of its own.",
            ),
            Self::Originals(title, count) => note(
                "H0607",
                format!("再掲の「{title}」と同じ題の施策が{count}件あります。"),
                format!("{count} measures have the title of the relisted “{title}”."),
                "元の施策を選んでください。",
                "Choose the measure it repeats.",
            ),
        }
    }
}
