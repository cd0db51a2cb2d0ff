//! From sheets to lines, each with the place it came from.

use formats::problem::{Named, Place, Problem, ProblemKind};
use formats::sheets::{Row, Sheet, Table, key};

use super::{Word, Words, asset_line, columns, organisation_line, post_line, sheet_name, system_codes, system_line};
use crate::base::lang::{Lang, texts};
use crate::register::asset::NewAsset;
use crate::register::organisation::OrganisationLine;
use crate::register::plan::{Known, Noun, Wrong};
use crate::register::post::NewPost;
use crate::register::system::NewSystem;

/// A field of a line: its column, where it stands, what was written there.
type Written = (&'static str, Place, String);

/// The lines of all sheets, with their rows in the same order.
#[derive(Default)]
pub struct Lines {
    /// Organisations.
    pub organisations: Vec<OrganisationLine>,
    /// Posts.
    pub posts: Vec<NewPost>,
    /// Systems.
    pub systems: Vec<NewSystem>,
    /// Assets.
    pub assets: Vec<NewAsset>,
    /// Where each line stands: places by column, by noun and line.
    places: Vec<(Noun, usize, Vec<Written>)>,
}

impl Lines {
    fn keep(&mut self, noun: Noun, line: usize, row: &Row<'_>) {
        let cells = columns(noun).iter().map(|column| (column.id, row.place(column.id), row.text(column.id).to_owned())).collect();
        self.places.push((noun, line, cells));
    }

    /// Where a line's field stands, and what was written there.
    fn place(&self, wrong: &Wrong) -> Option<&Written> {
        let at = self.places.binary_search_by_key(&(wrong.noun, wrong.line), |(noun, line, _)| (*noun, *line)).ok()?;
        let (_, _, cells) = self.places.get(at)?;
        cells.iter().find(|(id, ..)| *id == wrong.field.name).or(cells.first())
    }
}

/// The lines of `sheets`. Which list a sheet holds is told by its name, else by its headers.
pub fn read(sheets: &[Sheet], known: &Known) -> (Lines, Vec<Problem>) {
    let words = Words::new(known);
    let codes = system_codes(known);
    let mut lines = Lines::default();
    let mut problems = Vec::new();
    let mut aside = Vec::new();
    let mut taken = 0;
    for sheet in formats::sheets::visible(sheets) {
        let (noun, table) = match table(sheet) {
            Ok(found) => found,
            Err(errors) => {
                aside.push((sheet, errors));
                continue;
            }
        };
        taken += 1;
        problems.extend(table.notes.iter().cloned());
        for row in table.rows() {
            let mut cells = Cells { table: &table, row, problems: Vec::new() };
            let line = match noun {
                Noun::Organisation => {
                    lines.organisations.push(cells.organisation(known, &words));
                    lines.organisations.len()
                }
                Noun::Post => {
                    let post = cells.post(known, &words);
                    // A word that could not be read has no post to be planned as.
                    lines.posts.extend(cells.problems.is_empty().then_some(post));
                    lines.posts.len()
                }
                Noun::System => {
                    lines.systems.push(cells.system(known, &words));
                    lines.systems.len()
                }
                Noun::Asset => {
                    let asset = cells.asset(known, &words, &codes);
                    lines.assets.extend(cells.problems.is_empty().then_some(asset));
                    lines.assets.len()
                }
            };
            let kept = cells.problems.is_empty() || matches!(noun, Noun::Organisation | Noun::System);
            problems.append(&mut cells.problems);
            if kept {
                lines.keep(noun, line - 1, &row);
            }
        }
    }
    for (sheet, errors) in aside {
        let blank = sheet.rows.iter().flatten().all(formats::sheets::Cell::is_blank);
        let headless = errors.iter().all(|error| matches!(*error.kind, ProblemKind::NoHeader { .. }));
        if taken > 0 && (blank || headless) {
            // An explanation sheet is no mistake, but nobody should believe it was read.
            problems.push(
                Problem::custom(
                    "H1002",
                    Place::sheet(sheet.name.as_str()),
                    "このシートは読み込みません。",
                    "This sheet is left aside.",
                    "読み込むシートであれば、見出しを書き出した表に合わせてください。",
                    "If it should be read, use the headers of an exported file.",
                )
                .as_note(),
            );
        } else {
            problems.extend(errors);
        }
    }
    lines.places.sort_by_key(|(noun, line, _)| (*noun, *line));
    (lines, problems)
}

fn table(sheet: &Sheet) -> Result<(Noun, Table<'_>), Vec<Problem>> {
    let name = key(&sheet.name);
    let named = |noun: &Noun| [noun.as_str(), sheet_name(*noun, Lang::Ja), sheet_name(*noun, Lang::En)].iter().any(|word| key(word) == name);
    if let Some(noun) = Noun::ALL.into_iter().find(named) {
        return sheet.table(columns(noun)).map(|table| (noun, table));
    }
    let mut best: Option<Vec<Problem>> = None;
    for noun in Noun::ALL {
        match sheet.table(columns(noun)) {
            Ok(table) => return Ok((noun, table)),
            Err(errors) => {
                // The list with the fewest columns missing is the one that was meant; a sheet without any header meant none.
                let headless = |errors: &[Problem]| errors.iter().any(|error| matches!(*error.kind, ProblemKind::NoHeader { .. }));
                let weight = |errors: &[Problem]| if headless(errors) { usize::MAX } else { errors.len() };
                if best.as_ref().is_none_or(|best| weight(&errors) < weight(best)) {
                    best = Some(errors);
                }
            }
        }
    }
    Err(best.unwrap_or_default())
}

/// One row being read.
struct Cells<'a> {
    table: &'a Table<'a>,
    row: Row<'a>,
    problems: Vec<Problem>,
}

impl Cells<'_> {
    /// Replaces `value` by what stands in the cell, if the sheet has the column.
    fn text(&self, id: &str, value: &mut String) {
        if self.table.has(id) {
            *value = self.row.text(id).to_owned();
        }
    }

    fn code(&self, id: &str, value: &mut String) {
        if self.table.has(id) {
            *value = self.row.tidy(id).to_lowercase();
        }
    }

    fn date(&mut self, id: &str, value: &mut String) {
        if self.table.has(id) {
            match self.row.date(id) {
                Ok(date) => *value = date.unwrap_or_default(),
                Err(problem) => self.problems.push(problem),
            }
        }
    }

    fn number(&mut self, id: &str, value: &mut i64, empty: i64) {
        if self.table.has(id) {
            match self.row.count(id) {
                Ok(number) => *value = number.map_or(empty, |number| i64::try_from(number).unwrap_or(i64::MAX)),
                Err(problem) => self.problems.push(problem),
            }
        }
    }

    fn choice<T: Clone>(&mut self, id: &str, words: &[Word<T>], value: &mut T, empty: Option<T>) {
        if !self.table.has(id) {
            return;
        }
        let written = key(self.row.raw(id));
        if let Some(word) = words.iter().find(|word| [&word.code, &word.ja, &word.en].iter().any(|text| key(text) == written)) {
            *value = word.value.clone();
        } else if let Some(empty) = empty.filter(|_| written.is_empty()) {
            *value = empty;
        } else if written.is_empty() {
            self.problems.extend(self.row.required(id).err());
        } else {
            let choices = words.iter().map(|word| format!("{} ({})", word.ja, word.en)).collect();
            self.problems.push(Problem::new(self.row.place(id), ProblemKind::NotAChoice { text: self.row.text(id).to_owned(), choices }));
        }
    }

    fn answer(&mut self, id: &str, words: &Words, value: &mut bool) {
        match key(self.row.raw(id)).as_str() {
            "○" | "◯" | "〇" | "有" | "true" | "y" if self.table.has(id) => *value = true,
            "×" | "無" | "false" | "n" | "-" if self.table.has(id) => *value = false,
            _ => self.choice(id, &words.answers, value, Some(false)),
        }
    }

    fn organisation(&mut self, known: &Known, words: &Words) -> OrganisationLine {
        let code = self.row.tidy("code").to_lowercase();
        let mut line = known.organisations.get(&code).map(|one| organisation_line(known, one)).unwrap_or_default();
        line.new.code = code;
        self.code("parent", &mut line.new.parent);
        self.choice("kind", &words.kinds, &mut line.new.kind, None);
        self.text("name_ja", &mut line.new.name_ja);
        self.text("name_en", &mut line.new.name_en);
        self.date("valid_from", &mut line.new.valid_from);
        self.date("valid_to", &mut line.valid_to);
        self.code("successor", &mut line.successor);
        line
    }

    fn post(&mut self, known: &Known, words: &Words) -> NewPost {
        let mut key = NewPost::default();
        self.code("organisation", &mut key.organisation);
        self.choice("post", &words.posts, &mut key.post, None);
        self.number("position", &mut key.position, 0);
        // Without a number the line may still mean the only post of its kind.
        let position = key.position.max(1);
        let old = known.organisations.get(&key.organisation).and_then(|one| known.posts.get(&(one.id.clone(), key.post, position)));
        let mut line = old.map(|one| post_line(known, one)).unwrap_or_default();
        line = NewPost { organisation: key.organisation, post: key.post, position: key.position, ..line };
        self.text("name", &mut line.name);
        self.text("title", &mut line.title);
        self.text("email", &mut line.email);
        self.answer("expert", words, &mut line.expert);
        self.answer("concurrent", words, &mut line.concurrent);
        self.date("valid_from", &mut line.valid_from);
        line
    }

    fn system(&mut self, known: &Known, words: &Words) -> NewSystem {
        let code = self.row.tidy("code").to_lowercase();
        let mut line = known.systems.get(&code).map(|one| system_line(known, one)).unwrap_or_default();
        line.code = code;
        self.code("organisation", &mut line.organisation);
        self.text("name_ja", &mut line.name_ja);
        self.text("name_en", &mut line.name_en);
        self.text("purpose", &mut line.purpose);
        self.text("information", &mut line.information);
        self.number("confidentiality", &mut line.confidentiality, 0);
        self.number("integrity", &mut line.integrity, 0);
        self.number("availability", &mut line.availability, 0);
        self.text("handling_limit", &mut line.handling_limit);
        self.number("users", &mut line.users, 0);
        self.text("outsourced_to", &mut line.outsourced_to);
        self.choice("stage", &words.stages, &mut line.stage, Some(crate::register::system::Stage::default()));
        self.date("renewal_date", &mut line.renewal_date);
        self.answer("public_facing", words, &mut line.public_facing);
        self.answer("same_day_recovery", words, &mut line.same_day_recovery);
        self.date("retired_on", &mut line.retired_on);
        line
    }

    fn asset(&mut self, known: &Known, words: &Words, codes: &std::collections::BTreeMap<crate::register::system::SystemId, String>) -> NewAsset {
        let mut key = NewAsset { count: 1, ..NewAsset::default() };
        self.code("organisation", &mut key.organisation);
        self.choice("asset_kind", &words.assets, &mut key.kind, None);
        self.text("name", &mut key.name);
        let name = crate::register::asset::one_form(&key.kind, &key.name).unwrap_or_default();
        let old = known.organisations.get(&key.organisation).and_then(|one| known.assets.get(&(one.id.clone(), key.kind.clone(), name)));
        let mut line = old.map_or(key.clone(), |one| NewAsset { name: key.name.clone(), ..asset_line(known, codes, one) });
        self.number("count", &mut line.count, 1);
        self.code("system", &mut line.system);
        self.text("location", &mut line.location);
        line
    }
}

/// The words a plan can complain with, each with its stable code.
const CODES: [(&str, &str); 26] = [
    ("error-required", "H0125"),
    ("error-not-a-choice", "H0126"),
    ("error-not-a-date", "H0127"),
    ("register-error-code", "H1011"),
    ("register-error-code-taken", "H1012"),
    ("register-error-exists", "H1013"),
    ("register-error-twice", "H1014"),
    ("register-error-formula", "H1015"),
    ("register-error-too-long", "H1016"),
    ("register-error-organisation", "H1017"),
    ("register-error-parent", "H1018"),
    ("register-error-system", "H1019"),
    ("register-error-successor", "H1020"),
    ("register-error-period", "H1021"),
    ("register-error-circle", "H1022"),
    ("register-error-too-deep", "H1023"),
    ("register-error-not-yours", "H1024"),
    ("register-error-level", "H1025"),
    ("register-error-number", "H1026"),
    ("register-error-email", "H1027"),
    ("register-error-domain", "H1028"),
    ("register-error-domain-count", "H1029"),
    ("register-error-not-retired", "H1030"),
    ("register-error-post-ended", "H1031"),
    ("register-error-successor-below", "H1032"),
    ("register-error-goes-on", "H1033"),
];

/// What a plan complained about, with the place in the file.
pub fn problem(lines: &Lines, wrong: &Wrong) -> Problem {
    let (column, place, text) = match lines.place(wrong) {
        Some((id, place, text)) => (columns(wrong.noun).iter().find(|column| column.id == *id), place.clone(), text.as_str()),
        None => (None, Place::nowhere(), ""),
    };
    if wrong.field.text == "error-required" {
        let column = column.map_or_else(|| Named::new("", ""), |column| Named::new(column.ja, column.en));
        return Problem::new(place, ProblemKind::EmptyCell { column });
    }
    let code = CODES.iter().find(|(text, _)| *text == wrong.field.text).map_or("H1010", |(_, code)| *code);
    let say = |lang, key: &str| texts().with(lang, key, &[("value", text.chars().take(80).collect())]);
    let what = if text.is_empty() { "register-problem-empty" } else { "register-problem-value" };
    let remedy = |lang| wrong.field.message(lang);
    Problem::custom(code, place, say(Lang::Ja, what), say(Lang::En, what), remedy(Lang::Ja), remedy(Lang::En))
}
