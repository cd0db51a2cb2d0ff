//! What a batch of lines would change, found out in memory against the whole register within reach. Pure.
//!
//! Forms, programs and imports all come through here, so that one rule holds for one thing and for ten thousand. A line
//! that is wrong is named by its index and field; nothing of a batch is taken over while any line is wrong.

mod assets;
mod organisations;
mod posts;
mod systems;
mod text;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use super::asset::Asset;
use super::organisation::{FormerName, Organisation, OrganisationKind};
use super::post::{Post, PostKind};
use super::system::{Level, System};
use crate::base::actor::{OrganisationId, Scope};
use crate::base::error::Field;
use crate::base::id::Id;

pub use text::{clean, clean_line};

/// What a line speaks about; also the sheets of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noun {
    /// An organisation.
    Organisation,
    /// A post.
    Post,
    /// A system.
    System,
    /// An asset.
    Asset,
}

impl Noun {
    /// Every noun, in the order in which they need each other.
    pub const ALL: [Self; 4] = [Self::Organisation, Self::Post, Self::System, Self::Asset];

    /// The stable spelling, also the id of its sheet.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Organisation => "organisations",
            Self::Post => "posts",
            Self::System => "systems",
            Self::Asset => "assets",
        }
    }

    /// The noun spelled `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|noun| noun.as_str() == text)
    }
}

/// Whether lines must be new, or may also change what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// What is there already is an error.
    Add,
    /// What is there already is changed where it differs.
    Save,
}

/// What is there, within the writer's reach. Planning adds to it, so that later lines may name what earlier ones make.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Kinds of organisation.
    pub kinds: Vec<OrganisationKind>,
    /// Levels of classification.
    pub levels: Vec<Level>,
    /// By code.
    pub organisations: BTreeMap<String, Organisation>,
    /// The code of each organisation within reach.
    pub codes: BTreeMap<OrganisationId, String>,
    /// Codes of organisations and systems outside the reach: they can be neither named nor used again.
    pub taken: (BTreeSet<String>, BTreeSet<String>),
    /// The last day of the newest former name.
    pub renamed: BTreeMap<OrganisationId, String>,
    /// Current posts.
    pub posts: BTreeMap<(OrganisationId, PostKind, i64), Post>,
    /// By code.
    pub systems: BTreeMap<String, System>,
    /// By organisation, kind and name.
    pub assets: BTreeMap<(OrganisationId, String, String), Asset>,
}

/// A line that is wrong: whose list, which one from 0, and the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Which list.
    pub noun: Noun,
    /// Which line.
    pub line: usize,
    /// What is wrong with it.
    pub field: Field,
}

/// How many lines of a list did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Tally {
    /// New ones.
    pub added: usize,
    /// Changed ones.
    pub changed: usize,
    /// Ones that said what is there already.
    pub unchanged: usize,
}

/// What would be written.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Organisations as they will be, parents before children, those moved along included.
    pub organisations: Vec<Organisation>,
    /// Names to keep.
    pub former: Vec<FormerName>,
    /// Old and new path of each organisation that gets another parent.
    pub moved: Vec<(String, String)>,
    /// Posts as they will be.
    pub posts: Vec<Post>,
    /// Systems as they will be.
    pub systems: Vec<System>,
    /// Assets as they will be.
    pub assets: Vec<Asset>,
    /// Lines by list.
    pub tally: BTreeMap<Noun, Tally>,
    /// What was wrong; while there is anything, nothing may be written.
    pub wrong: Vec<Wrong>,
}

/// Plans one batch.
pub struct Planner<'a> {
    /// What is there.
    pub known: Known,
    /// What comes of it.
    pub plan: Plan,
    mode: Mode,
    /// Today, `2026-04-01`.
    today: String,
    /// Where organisations may be added and changed.
    manage: Scope,
    /// Where all else may be.
    write: Scope,
    new_id: &'a dyn Fn() -> String,
}

impl<'a> Planner<'a> {
    /// A planner; `manage` is where organisations may change, `write` where all else may; `new_id` gives fresh ids.
    pub fn new(known: Known, mode: Mode, today: &str, manage: Scope, write: Scope, new_id: &'a dyn Fn() -> String) -> Self {
        Self { known, plan: Plan::default(), mode, today: today.to_owned(), manage, write, new_id }
    }

    fn id<K>(&self) -> Id<K> {
        Id::from_text((self.new_id)())
    }

    fn wrong(&mut self, noun: Noun, line: usize, name: &str, text: &'static str) {
        self.wrong_with(noun, line, name, text, Vec::new());
    }

    fn wrong_with(&mut self, noun: Noun, line: usize, name: &str, text: &'static str, values: Vec<(&'static str, String)>) {
        self.plan.wrong.push(Wrong { noun, line, field: Field { name: name.to_owned(), text, values } });
    }

    fn count(&mut self, noun: Noun) -> &mut Tally {
        self.plan.tally.entry(noun).or_default()
    }

    /// A text checked for what no spreadsheet and no database carries home unchanged.
    fn text(&mut self, noun: Noun, line: usize, name: &str, text: &str, most: usize) {
        if formats::sheets::guard::is_formula_like(text) {
            self.wrong(noun, line, name, "register-error-formula");
        } else if text.chars().count() > most {
            self.wrong_with(noun, line, name, "register-error-too-long", vec![("most", most.to_string())]);
        }
    }

    /// A date in one form, or nothing for an empty one; a wrong one is noted.
    fn date(&mut self, noun: Noun, line: usize, name: &str, text: &str) -> Option<String> {
        if text.trim().is_empty() {
            return None;
        }
        let date = formats::sheets::date(text);
        if date.is_none() {
            self.wrong(noun, line, name, "error-not-a-date");
        }
        date
    }

    /// The organisation with `code`, if lines may write below it.
    fn owner(&mut self, noun: Noun, line: usize, code: &str) -> Option<Organisation> {
        if code.is_empty() {
            self.wrong(noun, line, "organisation", "error-required");
            return None;
        }
        let found = self.known.organisations.get(code).filter(|one| self.write.holds(&one.path)).cloned();
        if found.is_none() {
            self.wrong(noun, line, "organisation", "register-error-organisation");
        }
        found
    }
}
