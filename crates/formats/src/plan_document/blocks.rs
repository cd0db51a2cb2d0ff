//! Lines as they are read: without the table of contents, footnotes, marks of footnotes and a scanner's markup, each with its number.

/// A line with something on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub number: usize,
    pub text: String,
    /// Whether an empty line, a footnote or the beginning comes before it.
    pub apart: bool,
}

/// Longest title of a document.
const TITLE: usize = 120;

/// The title, and the lines after the table of contents.
pub(super) fn lines(text: &str) -> (String, Vec<Line>) {
    let all: Vec<&str> = text.lines().collect();
    let begin = after_contents(&all);
    let title = all.iter().map(|line| line.trim()).find(|line| !line.is_empty()).unwrap_or_default().chars().take(TITLE).collect();
    let notes = footnotes(&all);
    let (mut lines, mut apart) = (Vec::new(), true);
    for (index, line) in all.iter().enumerate().skip(begin) {
        let bare = line.trim();
        if bare.is_empty() || notes.iter().any(|note| note.at == index) {
            apart = true;
            continue;
        }
        for part in unmarked(bare) {
            let text = without_marks(&part, &notes);
            if !text.is_empty() {
                lines.push(Line { number: index + 1, text, apart });
                apart = false;
            }
        }
    }
    (title, lines)
}

/// The index of the first line after the table of contents: where its first entry stands for the second time.
fn after_contents(all: &[&str]) -> usize {
    let Some(contents) = all.iter().position(|line| line.trim().replace([' ', '\u{3000}'], "") == "目次") else { return 0 };
    let entry = |line: &&str| line.trim_start().starts_with('第');
    let Some(first) = all.iter().enumerate().skip(contents + 1).find(|(_, line)| entry(line)) else { return contents + 1 };
    let name = named(first.1);
    all.iter().enumerate().skip(first.0 + 1).find(|(_, line)| named(line) == name).map_or(contents + 1, |(index, _)| index)
}

/// An entry without its page number and spaces.
fn named(line: &str) -> String {
    let line = line.trim().trim_end_matches(|c: char| c.is_ascii_digit() || c == '\t' || c == ' ' || c == '…' || c == '.');
    line.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A footnote: the line it stands on, and its number as its mark is written.
struct Note {
    at: usize,
    mark: String,
}

const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// Footnotes begin their line with their number. A second line of one cannot be told from the text, so one footnote is one line.
fn footnotes(all: &[&str]) -> Vec<Note> {
    let mark = |line: &str| line.trim_start().chars().take_while(|c| DIGITS.contains(c)).collect::<String>();
    let lines = all.iter().enumerate().map(|(at, line)| Note { at, mark: mark(line) });
    lines.filter(|note| !note.mark.is_empty()).collect()
}

/// `text` without the marks of the document's own footnotes; other raised figures are part of the text.
fn without_marks(text: &str, notes: &[Note]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut mark = String::new();
    for c in text.chars().chain(['\n']) {
        if DIGITS.contains(&c) {
            mark.push(c);
            continue;
        }
        if !mark.is_empty() && !notes.iter().any(|note| note.mark == mark) {
            out.push_str(&mark);
        }
        mark.clear();
        out.push(c);
    }
    out.trim().to_owned()
}

/// A scanner marks boxes as paragraphs, with heading and text on one line, and bold letters with asterisks.
fn unmarked(line: &str) -> Vec<String> {
    let plain = line.replace("**", "");
    let boxed = plain.strip_prefix("<p>");
    let plain = boxed.unwrap_or(&plain).trim_end_matches("</p>").trim();
    match (boxed, plain.split_once(' ')) {
        (Some(_), Some((heading, text))) if !heading.contains('。') && text.chars().count() > 20 => vec![heading.to_owned(), text.to_owned()],
        _ => vec![plain.to_owned()],
    }
}
