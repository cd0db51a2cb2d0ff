//! From lines to measures: under which chapter, section and heading each stands, where its text begins and ends.

use super::blocks::Line;
use super::label::{AREA, Begin, KATAKANA, LATIN, LONGEST_HEADING, PLAIN, begin, narrow};
use super::owners::{self, Head};
use super::words::Doubt;
use super::{Document, Group, Limits, Measure, Part, deadline};

/// Lines a title may run over.
const TITLE_LINES: usize = 4;

/// A label with its order, for finding those that are missing.
#[derive(Clone, Debug, Default)]
struct Labels {
    item: Option<char>,
    sub: Option<char>,
}

/// A group whose sub-measures are being read.
#[derive(Clone, Debug, Default)]
struct Open {
    label: char,
    title: String,
    text: Vec<Paragraph>,
    line: usize,
    relisted: bool,
}

/// A line of a text, and whether a page or an empty line came before it.
#[derive(Clone, Debug)]
struct Paragraph {
    text: String,
    apart: bool,
}

/// What is being read.
struct Reader<'a> {
    lines: &'a [Line],
    at: usize,
    document: Document,
    doubts: Vec<(usize, Doubt)>,
    chapter: u32,
    section: u32,
    /// Depth and text, the outermost first.
    headings: Vec<(usize, String)>,
    /// Whether a list of measures has begun under the last heading.
    listing: bool,
    labels: Labels,
    group: Option<Open>,
}

/// Reads the measures of `lines`.
pub(super) fn read(title: String, lines: &[Line], limits: &Limits) -> (Document, Vec<(usize, Doubt)>) {
    let mut reader = Reader {
        lines,
        at: 0,
        document: Document { title, ..Document::default() },
        doubts: Vec::new(),
        chapter: 0,
        section: 0,
        headings: Vec::new(),
        listing: false,
        labels: Labels::default(),
        group: None,
    };
    while let Some(line) = reader.lines.get(reader.at) {
        if reader.document.measures.len() >= limits.measures {
            reader.doubts.push((line.number, Doubt::TooMany(limits.measures)));
            break;
        }
        reader.step(line);
    }
    reader.close_group();
    (reader.document, reader.doubts)
}

impl<'a> Reader<'a> {
    fn step(&mut self, line: &'a Line) {
        match begin(&line.text) {
            Begin::Chapter(number, title) => self.part(number, None, title, line.number),
            Begin::Section(number, title) => self.part(self.chapter, Some(number), title, line.number),
            Begin::Measures => {
                self.close_group();
                (self.listing, self.labels) = (true, Labels::default());
                self.at += 1;
            }
            Begin::Item(label, rest) if self.listing => self.item(line, label, rest),
            Begin::SubItem(label, rest) if self.listing && self.group.is_some() => self.sub_item(line, label, rest),
            Begin::Heading(depth) if self.is_heading(depth) => self.heading(depth, &line.text),
            _ if self.is_heading(PLAIN) => self.heading(PLAIN, &line.text),
            // Introductions of chapters, sections and headings belong to no measure.
            _ => self.at += 1,
        }
    }

    fn part(&mut self, chapter: u32, section: Option<u32>, title: &str, line: usize) {
        self.close_group();
        let known = self.document.parts.iter().any(|part| (part.chapter, part.section) == (chapter, section));
        // A heading at the turn of a page may be printed twice.
        if !known {
            self.document.parts.push(Part { chapter, section, title: title.to_owned(), line });
        }
        (self.chapter, self.section) = (chapter, section.unwrap_or(0));
        self.headings.clear();
        self.listing = false;
        self.at += 1;
    }

    fn heading(&mut self, depth: usize, text: &str) {
        self.close_group();
        self.headings.retain(|(other, _)| *other < depth);
        self.headings.push((depth, text.to_owned()));
        self.listing = false;
        self.at += 1;
    }

    /// Whether the line here is a heading: it stands apart, is no sentence, and what follows leads to a list of measures or to the end of the
    /// section, not to the next label of the list that is being read.
    fn is_heading(&self, depth: usize) -> bool {
        let Some(line) = self.lines.get(self.at) else { return false };
        let shaped = line.apart && !line.text.contains('。') && line.text.chars().count() <= LONGEST_HEADING && !owners::is_open(&line.text);
        let before = self.at.checked_sub(1).and_then(|at| self.lines.get(at));
        let whole = before.is_none_or(|before| match begin(&before.text) {
            Begin::Text | Begin::Item(..) | Begin::SubItem(..) => ends(&before.text),
            // Below a heading comes its introduction, or a heading that is deeper.
            Begin::Heading(above) => above < depth,
            _ => true,
        });
        let after = self.lines.get(self.at + 1);
        let introduces = after.is_some_and(|after| match begin(&after.text) {
            Begin::Measures | Begin::Heading(_) => true,
            Begin::Text => depth != PLAIN || after.text.ends_with('。') || after.text.chars().count() > LONGEST_HEADING / 2,
            _ => false,
        });
        shaped && whole && introduces && !breaks_off(&line.text) && (depth == AREA || !self.labels_follow())
    }

    /// Whether a label of the list comes before a new list begins.
    fn labels_follow(&self) -> bool {
        self.listing
            && self.lines.iter().skip(self.at + 1).find_map(|line| match begin(&line.text) {
                Begin::Item(..) | Begin::SubItem(..) => Some(true),
                Begin::Measures | Begin::Chapter(..) | Begin::Section(..) => Some(false),
                _ => None,
            }) == Some(true)
    }

    /// The title at this line: it may run on where brackets are open, or be followed by its owners on the next line.
    fn title(&mut self, rest: &str) -> Head {
        let mut text = rest.to_owned();
        for ahead in 1..=TITLE_LINES {
            let next = self.lines.get(self.at + ahead);
            let marked = next.is_some_and(|next| owners::is_mark(&next.text));
            if let Some(mut head) = owners::split(&text) {
                self.at += ahead + usize::from(marked);
                head.relisted |= marked;
                return head;
            }
            let Some(next) = next.filter(|next| matches!(begin(&next.text), Begin::Text)) else { break };
            let joined = join(&text, &next.text);
            let ends_here = owners::split(&joined).is_some() && (!next.apart || next.text.starts_with(['(', '（']));
            if !(owners::is_open(&text) || ends_here) {
                break;
            }
            text = joined;
        }
        self.at += 1;
        Head { title: rest.trim().to_owned(), ..Head::default() }
    }

    fn item(&mut self, line: &'a Line, label: char, rest: &str) {
        self.close_group();
        self.in_order(line.number, KATAKANA, self.labels.item, label);
        self.labels = Labels { item: Some(label), sub: None };
        let head = self.title(rest);
        let text = self.text();
        let has_sub = self.lines.get(self.at).is_some_and(|next| matches!(begin(&next.text), Begin::SubItem(..)));
        if head.owners.is_empty() && has_sub {
            self.group = Some(Open { label, title: head.title, text, line: line.number, relisted: head.relisted });
            return;
        }
        // A measure with owners of its own may have sub-measures too: they belong to a group of its title.
        if has_sub {
            self.group = Some(Open { label, title: head.title.clone(), text: Vec::new(), line: line.number, relisted: head.relisted });
        }
        self.measure(line.number, label.to_string(), head, text, Group::default());
    }

    fn sub_item(&mut self, line: &'a Line, label: char, rest: &str) {
        self.in_order(line.number, LATIN, self.labels.sub, label);
        self.labels.sub = Some(label);
        let mut head = self.title(rest);
        let text = self.text();
        let Some(group) = &self.group else { return };
        head.relisted |= group.relisted;
        let path = format!("{}-{label}", group.label);
        let group = Group { title: group.title.clone(), text: written(&group.text) };
        self.measure(line.number, path, head, text, group);
    }

    fn measure(&mut self, line: usize, label: String, head: Head, text: Vec<Paragraph>, group: Group) {
        if head.owners.is_empty() {
            self.doubts.push((line, Doubt::NoOwners(head.title.clone())));
        }
        if text.is_empty() {
            self.doubts.push((line, Doubt::NoText(head.title.clone())));
        }
        let last_line = self.at.checked_sub(1).and_then(|at| self.lines.get(at)).map_or(line, |last| last.number);
        let text = written(&text);
        let found = deadline::find(&text, self.planned());
        let headings: Vec<String> = self.headings.iter().map(|(_, text)| text.clone()).collect();
        self.document.measures.push(Measure {
            chapter: self.chapter,
            section: self.section,
            heading: headings.last().cloned().unwrap_or_default(),
            label,
            title: head.title,
            owners: head.owners,
            relisted: head.relisted,
            relists: None,
            deadline: found.as_ref().map(|(phrase, _)| phrase.clone()),
            text,
            line,
            last_line,
            headings,
            group,
            due: found.map(|(_, due)| due),
        });
    }

    /// The text from here to the next label, heading or list.
    fn text(&mut self) -> Vec<Paragraph> {
        let mut found = Vec::new();
        while let Some(line) = self.lines.get(self.at) {
            let ends = match begin(&line.text) {
                Begin::Chapter(..) | Begin::Section(..) | Begin::Measures | Begin::Item(..) => true,
                Begin::SubItem(label, _) => self.is_next_sub(label),
                Begin::Heading(depth) => self.is_heading(depth),
                // What follows a title is its text, however short a page left it; only a list of measures makes a heading of it.
                Begin::Text => self.is_heading(PLAIN) && (!found.is_empty() || self.next_begins_list()),
            };
            if ends {
                break;
            }
            found.push(Paragraph { text: line.text.clone(), apart: line.apart });
            self.at += 1;
        }
        found
    }

    fn next_begins_list(&self) -> bool {
        self.lines.get(self.at + 1).is_some_and(|next| begin(&next.text) == Begin::Measures)
    }

    /// The year this chapter plans for: the one its title names, else the document's.
    fn planned(&self) -> Option<i32> {
        let chapter = self.document.parts.iter().find(|part| part.chapter == self.chapter && part.section.is_none());
        let year = |text: &str| {
            let narrow: Vec<char> = text.chars().map(narrow).collect();
            narrow.windows(4).find(|four| four.iter().all(char::is_ascii_digit)).and_then(|four| four.iter().collect::<String>().parse().ok())
        };
        chapter.and_then(|part| year(&part.title)).or_else(|| year(&self.document.title))
    }

    /// Whether `label` begins sub-measures or continues them; a list inside a text has labels of its own.
    fn is_next_sub(&self, label: char) -> bool {
        self.labels.sub.is_some() || label == 'a'
    }

    fn in_order(&mut self, line: usize, order: &str, before: Option<char>, label: char) {
        let place = |label: char| order.chars().position(|one| one == label);
        let wanted = before.and_then(place).map_or(0, |before| before + 1);
        if place(label) != Some(wanted) {
            let before = before.map_or_else(|| "–".to_owned(), |before| before.to_string());
            self.doubts.push((line, Doubt::Order(before, label.to_string())));
        }
    }

    /// A group ends; one that held no measure is a measure whose owners are missing.
    fn close_group(&mut self) {
        let Some(group) = self.group.take() else { return };
        if self.labels.sub.is_none() && self.document.measures.last().is_none_or(|last| last.line != group.line) {
            let head = Head { title: group.title, owners: Vec::new(), relisted: group.relisted };
            self.measure(group.line, group.label.to_string(), head, group.text, Group::default());
        }
    }
}

/// Whether a sentence, or a point of a list, ends with `text`.
fn ends(text: &str) -> bool {
    text.ends_with(['。', '：', ':']) || text.ends_with("こと") || text.ends_with(['）', ')', '」'])
}

/// Whether `text` breaks off inside a sentence: headings end with a noun, not with a particle.
fn breaks_off(text: &str) -> bool {
    text.ends_with(['に', 'を', 'は', 'が', 'の', 'と', 'で', 'て', 'も', 'や', '、']) || text.ends_with("ため")
}

/// Whether `text` begins a point of a list: `1)`, `-`, `・`.
fn is_point(text: &str) -> bool {
    let bare = text.trim_start_matches(['-', '・', ' ']);
    bare.len() < text.len()
        || bare.split_once([')', '）']).is_some_and(|(number, _)| !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
}

/// Two pieces of one text: a space only between Latin words.
fn join(before: &str, after: &str) -> String {
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let space = if latin(before.chars().last()) && latin(after.chars().next()) { " " } else { "" };
    format!("{before}{space}{after}")
}

/// Paragraphs with what a page tore apart put together again.
fn written(lines: &[Paragraph]) -> String {
    let mut out: Vec<String> = Vec::new();
    for line in lines {
        match out.last_mut() {
            Some(last) if !ends(last) && !is_point(&line.text) => *last = join(last, &line.text),
            Some(last) if !line.apart && !is_point(&line.text) => *last = join(last, &line.text),
            _ => out.push(line.text.clone()),
        }
    }
    out.join("\n")
}
