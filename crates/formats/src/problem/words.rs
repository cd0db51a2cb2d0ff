//! The sentences of [`Problem`](super::Problem): where, what, and what to do next, in Japanese and English.

use super::{Named, Place, ProblemKind};
use crate::lang::Lang;

pub(super) fn place(place: &Place, lang: Lang) -> String {
    let mut parts = Vec::new();
    match lang {
        Lang::Ja => {
            parts.extend(place.sheet.as_ref().map(|name| format!("「{name}」")));
            parts.extend(place.row.map(|row| format!("{row}行目")));
            parts.extend(place.column.as_ref().map(|column| format!("「{column}」")));
            parts.join(" ")
        }
        Lang::En => {
            parts.extend(place.sheet.as_ref().map(|name| format!("“{name}”")));
            parts.extend(place.row.map(|row| format!("row {row}")));
            parts.extend(place.column.as_ref().map(|column| format!("“{column}”")));
            parts.join(", ")
        }
    }
}

/// Bytes as people say them: binary units, no decimals above 10.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes;
    let mut name = "B";
    for unit in UNITS {
        if value < 1024 {
            break;
        }
        // Rounded up, so that a file of one byte too many never reads as exactly the limit.
        value = value.div_ceil(1024);
        name = unit;
    }
    format!("{value} {name}")
}

fn names(names: &[Named], lang: Lang) -> String {
    let all: Vec<&str> = names.iter().map(|name| name.text(lang)).collect();
    list(&all, lang)
}

fn list<T: AsRef<str>>(items: &[T], lang: Lang) -> String {
    let (open, close, between) = lang.pick(("「", "」", "、"), ("“", "”", ", "));
    let all: Vec<String> = items.iter().map(|item| format!("{open}{}{close}", item.as_ref())).collect();
    all.join(between)
}

/// A foreign text as it may stand in a message: one line, not endless.
fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}

pub(super) fn what(kind: &ProblemKind, lang: Lang) -> String {
    match lang {
        Lang::Ja => what_ja(kind),
        Lang::En => what_en(kind),
    }
}

fn what_ja(kind: &ProblemKind) -> String {
    use ProblemKind as K;
    match kind {
        K::FileTooLarge { bytes, limit } => {
            format!("ファイルが大きすぎます（{}、上限 {}）。", size(*bytes), size(*limit))
        }
        K::EmptyFile => "ファイルが空です。".into(),
        K::NotATable { found } => format!("表として読めるファイルではありません（中身は {found}）。"),
        K::OldOrProtected => "古い形式のExcelファイル（.xls）か、パスワードで保護されたファイルです。".into(),
        K::TooManyEntries { entries, limit } => {
            format!("ファイルの中の部品が多すぎます（{entries}個、上限 {limit}個）。")
        }
        K::ExpandsTooFar { limit } => format!("展開すると {} を超えるため、読み込みを止めました。", size(*limit)),
        K::Damaged { detail } => format!("ファイルが壊れているか、途中で切れています（{}）。", quoted(detail)),
        K::TooManySheets { sheets, limit } => format!("シートが多すぎます（{sheets}枚、上限 {limit}枚）。"),
        K::TooManyRows { limit } => format!("行が多すぎます（上限 {limit}行）。"),
        K::TooManyColumns { limit } => format!("列が多すぎます（上限 {limit}列）。"),
        K::TooManyCells { limit } => format!("セルが多すぎます（上限 {limit}個）。"),
        K::TooMuchText { limit } => format!("文字の量が多すぎます（上限 {}）。", size(*limit)),
        K::CellTooLong { limit } => format!("セルの文字が長すぎます（上限 {limit}文字）。"),
        K::UnknownEncoding { offset } => {
            format!("UTF-8、Shift_JIS、UTF-16のどれとしても読めない文字があります（先頭から{}バイト目）。", offset + 1)
        }
        K::UnterminatedQuote => "引用符（\"）で始まったセルが閉じられていません。".into(),
        K::TextAfterQuote => "閉じる引用符（\"）のあとに余分な文字があります。".into(),
        K::Ragged { cells, expected } => {
            format!("セルの数が見出しと合いません（見出し {expected}列、この行 {cells}列）。")
        }
        K::CellError { text } => format!("セルの値がエラー（{text}）です。"),
        K::NoHeader { wanted } => format!("見出しの行が見つかりません（{} など）。", names(wanted, Lang::Ja)),
        K::MissingColumn { column } => format!("必要な列「{}」がありません。", column.ja),
        K::DuplicateHeader { text, also } => format!("見出し「{}」が{also}列と重複しています。", quoted(text)),
        K::UnknownColumn { text } => format!("見出し「{}」は使われない列です。この列は読み飛ばします。", quoted(text)),
        K::EmptyCell { column } => format!("「{}」が空です。", column.ja),
        K::NotAChoice { text, .. } => format!("「{}」は選べる値ではありません。", quoted(text)),
        K::NotReadable { text, wanted } => format!("「{}」は{}として読めません。", quoted(text), wanted.ja),
        K::BadJson { detail } => format!("JSONとして読めません（{}）。", quoted(detail)),
        K::DuplicateKey { key } => format!("同じキー「{}」が二度書かれています。", quoted(key)),
        K::TooDeep { limit } => format!("入れ子が深すぎます（上限 {limit}段）。"),
        K::TooManyItems { items, limit } => format!("項目が多すぎます（{items}件、上限 {limit}件）。"),
        K::NotAFinding { class_uid: Some(id) } => {
            format!("OCSFのCompliance Finding（class_uid 2003）ではありません（class_uid {id}）。")
        }
        K::NotAFinding { class_uid: None } => "OCSFのCompliance Finding（class_uid 2003）ではありません（class_uidがありません）。".into(),
        K::MissingField { field } => format!("必要な項目「{field}」がありません。"),
        K::BadField { field, found } => format!("項目「{field}」の値「{}」が正しくありません。", quoted(found)),
        K::WhichResource => "複数の対象のどれが不適合なのか、このファイルからは分かりません。判定は「不明」として扱います。".into(),
        K::Custom { ja, .. } => ja.clone(),
    }
}

fn what_en(kind: &ProblemKind) -> String {
    use ProblemKind as K;
    match kind {
        K::FileTooLarge { bytes, limit } => {
            format!("the file is too large ({}, at most {}).", size(*bytes), size(*limit))
        }
        K::EmptyFile => "the file is empty.".into(),
        K::NotATable { found } => format!("the file is not a table we can read (its content is {found})."),
        K::OldOrProtected => "an Excel file of the old format (.xls), or one protected by a password.".into(),
        K::TooManyEntries { entries, limit } => {
            format!("the file has too many parts inside ({entries}, at most {limit}).")
        }
        K::ExpandsTooFar { limit } => format!("the file expands beyond {}; reading was stopped.", size(*limit)),
        K::Damaged { detail } => format!("the file is damaged or cut short ({}).", quoted(detail)),
        K::TooManySheets { sheets, limit } => format!("too many sheets ({sheets}, at most {limit})."),
        K::TooManyRows { limit } => format!("too many rows (at most {limit})."),
        K::TooManyColumns { limit } => format!("too many columns (at most {limit})."),
        K::TooManyCells { limit } => format!("too many cells (at most {limit})."),
        K::TooMuchText { limit } => format!("too much text (at most {}).", size(*limit)),
        K::CellTooLong { limit } => format!("the text of the cell is too long (at most {limit} characters)."),
        K::UnknownEncoding { offset } => {
            format!("neither UTF-8, Shift_JIS nor UTF-16 (from byte {} on).", offset + 1)
        }
        K::UnterminatedQuote => "a cell that begins with a quotation mark (\") is never closed.".into(),
        K::TextAfterQuote => "there is text after the closing quotation mark (\").".into(),
        K::Ragged { cells, expected } => {
            format!("the row does not fit the header (header {expected} columns, this row {cells}).")
        }
        K::CellError { text } => format!("the value of the cell is an error ({text})."),
        K::NoHeader { wanted } => format!("no header row was found ({} and so on).", names(wanted, Lang::En)),
        K::MissingColumn { column } => format!("the required column “{}” is missing.", column.en),
        K::DuplicateHeader { text, also } => format!("the header “{}” repeats that of column {also}.", quoted(text)),
        K::UnknownColumn { text } => format!("the column “{}” is not used and was left aside.", quoted(text)),
        K::EmptyCell { column } => format!("“{}” is empty.", column.en),
        K::NotAChoice { text, .. } => format!("“{}” is not one of the values to choose from.", quoted(text)),
        K::NotReadable { text, wanted } => format!("“{}” cannot be read as {}.", quoted(text), wanted.en),
        K::BadJson { detail } => format!("not well-formed JSON ({}).", quoted(detail)),
        K::DuplicateKey { key } => format!("the key “{}” is written twice.", quoted(key)),
        K::TooDeep { limit } => format!("nested too deeply (at most {limit} levels)."),
        K::TooManyItems { items, limit } => format!("too many items ({items}, at most {limit})."),
        K::NotAFinding { class_uid: Some(id) } => {
            format!("not an OCSF Compliance Finding (class_uid 2003), but class_uid {id}.")
        }
        K::NotAFinding { class_uid: None } => "not an OCSF Compliance Finding (class_uid 2003): there is no class_uid.".into(),
        K::MissingField { field } => format!("the required field “{field}” is missing."),
        K::BadField { field, found } => format!("the field “{field}” has the invalid value “{}”.", quoted(found)),
        K::WhichResource => "which of the several resources failed cannot be told from this file; each is taken as “unknown”.".into(),
        K::Custom { en, .. } => en.clone(),
    }
}

pub(super) fn remedy(kind: &ProblemKind, lang: Lang) -> String {
    use ProblemKind as K;
    let (ja, en) = match kind {
        K::FileTooLarge { .. } | K::TooManyRows { .. } | K::TooManyCells { .. } | K::TooMuchText { .. } | K::TooManyItems { .. } => {
            ("ファイルを分けて、一つずつ取り込んでください。", "Split the file and import the parts one by one.")
        }
        K::EmptyFile => ("内容のあるファイルを選び直してください。", "Choose a file with content."),
        K::NotATable { .. } => ("Excel（.xlsx）またはCSVで保存したファイルを選んでください。", "Choose a file saved as Excel (.xlsx) or CSV."),
        K::OldOrProtected => (
            "パスワードを外し、「Excelブック（.xlsx）」として保存し直してください。",
            "Remove the password and save it again as “Excel Workbook (.xlsx)”.",
        ),
        K::TooManyEntries { .. } | K::ExpandsTooFar { .. } => {
            ("表だけを新しいブックに値として貼り付け、保存し直してください。", "Paste only the table, as values, into a new workbook and save that.")
        }
        K::Damaged { .. } => (
            "Excelで開けることを確かめ、保存し直してから、もう一度送ってください。",
            "Check that Excel opens it, save it again, and send it once more.",
        ),
        K::TooManySheets { .. } => ("使わないシートを削除してください。", "Delete the sheets that are not needed."),
        K::TooManyColumns { .. } => ("表の右側にある余分な列を削除してください。", "Delete the surplus columns to the right of the table."),
        K::CellTooLong { .. } => ("文字を短くするか、別のファイルに分けてください。", "Shorten the text or put it in a separate file."),
        K::UnknownEncoding { .. } => ("Excelで「CSV UTF-8」として保存し直してください。", "Save it again from Excel as “CSV UTF-8”."),
        K::UnterminatedQuote | K::TextAfterQuote => (
            "この行の引用符（\"）を直してください。文字としての引用符は二つ重ねて書きます（\"\"）。",
            "Mend the quotation marks in this row; one that is part of the text is written twice (\"\").",
        ),
        K::Ragged { .. } => (
            "この行のカンマの数を見出しと合わせてください。カンマを含む文字は引用符（\"）で囲みます。",
            "Give the row as many cells as the header; put text with commas in quotation marks (\").",
        ),
        K::CellError { .. } => ("数式を直すか、正しい値を直接入力してください。", "Mend the formula or type the right value."),
        K::NoHeader { .. } | K::MissingColumn { .. } => {
            ("ひな形のファイルを書き出し、その見出しを使ってください。", "Export the template and use its headers.")
        }
        K::DuplicateHeader { .. } => ("一方の列を削除するか、見出しを変えてください。", "Delete one of the columns or rename it."),
        K::UnknownColumn { .. } => {
            ("必要な列であれば、見出しのつづりを確かめてください。", "If the column is needed, check the spelling of its header.")
        }
        K::EmptyCell { .. } => ("値を入力してください。", "Enter a value."),
        K::NotAChoice { choices, .. } => {
            return lang
                .pick(format!("{} のいずれかを入力してください。", list(choices, Lang::Ja)), format!("Enter one of {}.", list(choices, Lang::En)));
        }
        K::NotReadable { wanted, .. } => {
            return lang.pick(format!("{}を入力してください。", wanted.ja), format!("Enter {}.", wanted.en));
        }
        K::BadJson { .. } => {
            ("示された位置を直すか、元のシステムから書き出し直してください。", "Mend the place shown or export the file again from its source.")
        }
        K::DuplicateKey { .. } => ("どちらの値が正しいかを確かめ、一方を削除してください。", "Find out which value is right and delete the other."),
        K::TooDeep { .. } => ("入れ子を浅くしたファイルを用意してください。", "Provide a file with fewer levels."),
        K::NotAFinding { .. } => (
            "書き出し側で、Compliance Finding（class_uid 2003）を選んでください。",
            "Choose Compliance Finding (class_uid 2003) in the exporting system.",
        ),
        K::WhichResource => {
            ("対象ごとに一件ずつ書き出すよう、元のシステムを設定してください。", "Set the exporting system to write one finding for each resource.")
        }
        K::MissingField { .. } | K::BadField { .. } => {
            ("書き出し側の設定を確かめるか、この項目を直してください。", "Check the exporting system or mend this field.")
        }
        K::Custom { remedy_ja, remedy_en, .. } => return lang.pick(remedy_ja.clone(), remedy_en.clone()),
    };
    lang.pick(ja, en).to_owned()
}
