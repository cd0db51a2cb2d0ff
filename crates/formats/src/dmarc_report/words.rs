//! What can be wrong with a report, in both languages.

use crate::problem::{Place, Problem, ProblemKind};

/// Codes `H0501` to `H0513`.
pub(super) enum Fault<'a> {
    TooLarge {
        limit: u64,
    },
    /// Of another kind.
    NoReport,
    ExpandsTooFar,
    Damaged {
        detail: String,
    },
    SeveralFiles,
    NoAttachment,
    /// A DTD may name other files and grow without end; no report needs one.
    Doctype,
    TooDeep {
        limit: usize,
    },
    TooManyRecords {
        limit: usize,
    },
    Missing {
        field: &'a str,
    },
    Bad {
        field: &'a str,
        found: &'a str,
    },
    /// A record without the number of messages.
    LeftAside,
    Cut {
        limit: usize,
    },
}

/// Bytes in MiB, rounded up.
fn mib(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// A foreign text in a message: one line, not endless.
fn quoted(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect()
}

const AGAIN: (&str, &str) = ("受け取ったままの添付ファイルを、もう一度選んでください。", "Choose the attachment again, as it was received.");
const ASK: (&str, &str) = ("レポートの送信元に問い合わせてください。", "Ask whoever sent the report.");
const NOTHING: (&str, &str) = (
    "そのほかの内容は取り込めます。続くようであれば、レポートの送信元に問い合わせてください。",
    "The rest can be taken over. If it happens again, ask whoever sent the report.",
);

impl Fault<'_> {
    /// The problem at `place`.
    pub(super) fn at(self, place: Place) -> Problem {
        let (code, ja, en, (remedy_ja, remedy_en), note) = self.words();
        let problem = Problem::custom(code, place, ja, en, remedy_ja, remedy_en);
        if note { problem.as_note() } else { problem }
    }

    /// Code, what in both languages, what to do next, and whether it only deserves to be known.
    fn words(self) -> (&'static str, String, String, (&'static str, &'static str), bool) {
        match self {
            Self::TooLarge { limit } => {
                let limit = mib(limit);
                let (ja, en) = (format!("ファイルが大きすぎます（上限 {limit} MiB）。"), format!("the file is too large (at most {limit} MiB)."));
                ("H0501", ja, en, ASK, false)
            }
            Self::NoReport => ("H0502", "DMARCの集計レポートではありません。".into(), "not a DMARC aggregate report.".into(), AGAIN, false),
            Self::ExpandsTooFar => (
                "H0503",
                "展開すると大きくなりすぎるため、読み込みを止めました。".into(),
                "the file expands too far; reading was stopped.".into(),
                ASK,
                false,
            ),
            Self::Damaged { detail } => {
                let detail = quoted(&detail);
                let ja = format!("ファイルが壊れているか、途中で切れています（{detail}）。");
                ("H0504", ja, format!("the file is damaged or cut short ({detail})."), AGAIN, false)
            }
            Self::SeveralFiles => {
                let remedy = ("中のファイルを取り出し、一つずつ取り込んでください。", "Take the files out and import them one by one.");
                (
                    "H0505",
                    "レポートが1件だけ入ったファイルではありません。".into(),
                    "the file does not hold exactly one report.".into(),
                    remedy,
                    false,
                )
            }
            Self::NoAttachment => {
                let remedy = ("レポートが添付されたメールを選んでください。", "Choose the mail that carries the report.");
                ("H0506", "メールにレポートが添付されていません。".into(), "no report is attached to the mail.".into(), remedy, false)
            }
            Self::Doctype => {
                let ja = "XMLに文書型宣言（DOCTYPE）があります。安全のため読み込みません。".into();
                ("H0507", ja, "the XML has a document type declaration (DOCTYPE), which is not read for safety.".into(), ASK, false)
            }
            Self::TooDeep { limit } => {
                let (ja, en) =
                    (format!("XMLの入れ子が深すぎます（上限 {limit}段）。"), format!("the XML is nested too deeply (at most {limit} levels)."));
                ("H0508", ja, en, ASK, false)
            }
            Self::TooManyRecords { limit } => {
                let ja = format!("記録が多すぎます。{limit}件より後は読み込んでいません。");
                ("H0509", ja, format!("there are too many records; those after {limit} were not read."), ASK, false)
            }
            Self::Missing { field } => ("H0510", format!("項目「{field}」がありません。"), format!("the field “{field}” is missing."), NOTHING, true),
            Self::Bad { field, found } => {
                let found = quoted(found);
                let ja = format!("項目「{field}」の値「{found}」を読み取れません。この項目は空として扱います。");
                ("H0511", ja, format!("the value “{found}” of the field “{field}” cannot be read; the field is taken as empty."), NOTHING, true)
            }
            Self::LeftAside => {
                let ja = "通数（count）が分からないため、この記録は取り込みません。".into();
                ("H0512", ja, "the number of messages (count) is not known, so this record was left aside.".into(), NOTHING, true)
            }
            Self::Cut { limit } => {
                let ja = format!("長い文字を{limit}文字で切りました。");
                ("H0513", ja, format!("a long text was cut after {limit} characters."), NOTHING, true)
            }
        }
    }
}

/// An empty file, in the words all readers use.
pub(super) fn empty(place: Place) -> Problem {
    Problem::new(place, ProblemKind::EmptyFile)
}
