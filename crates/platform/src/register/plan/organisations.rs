//! Lines about organisations: codes, parents, paths, names and periods.

use std::collections::{BTreeMap, BTreeSet};

use super::{Mode, Noun, Planner, clean_line};
use crate::base::actor::{OrganisationId, Scope};
use crate::register::organisation::{DEEPEST, FormerName, Organisation, OrganisationLine, is_code};

impl Planner<'_> {
    /// Plans organisations; a parent or successor may come after the line that names it.
    pub fn organisations(&mut self, lines: &[OrganisationLine]) {
        let noun = Noun::Organisation;
        // First each line for itself, with the path it has now; then the tree as a whole.
        let mut kept: Vec<(usize, Organisation, &OrganisationLine)> = Vec::new();
        let mut used = BTreeSet::new();
        for (line, given) in lines.iter().enumerate() {
            if let Some(organisation) = self.organisation(line, given, &mut used) {
                kept.push((line, organisation, given));
            }
        }
        let before = self.known.organisations.clone();
        let mut after = before.clone();
        after.extend(kept.iter().map(|(_, one, _)| (one.code.clone(), one.clone())));
        for (line, one, given) in &mut kept {
            one.parent_id = self.parent(*line, &given.new.parent, before.get(&one.code), &after);
            one.successor_id = self.successor(*line, given, before.get(&one.code), &after);
            after.insert(one.code.clone(), one.clone());
        }
        let by_id: BTreeMap<OrganisationId, String> = after.values().map(|one| (one.id.clone(), one.code.clone())).collect();
        let paths = self.paths(&kept, &after, &by_id, &before);
        for one in after.values_mut() {
            if let Some(path) = paths.get(&one.code) {
                one.path.clone_from(path);
            }
        }
        for (line, one, _) in &kept {
            let Some(one) = after.get(&one.code) else { continue };
            let old = before.get(&one.code);
            // The reach over a parent that is itself new follows from the reach over what is above it.
            // One that only moves along with what is above it is not changed by its own line.
            let same = old.is_some_and(|old| *old == Organisation { path: old.path.clone(), ..one.clone() });
            let may = same || old.is_none_or(|old| self.manage.holds(&old.path)) && self.manage.holds(&one.path);
            if !may && !one.path.is_empty() {
                self.wrong(noun, *line, "code", "register-error-not-yours");
            }
            let tally = self.count(noun);
            match old {
                None => tally.added += 1,
                Some(old) if *old == (Organisation { path: old.path.clone(), ..one.clone() }) => tally.unchanged += 1,
                Some(_) => tally.changed += 1,
            }
            self.remember(one, old);
        }
        self.settle(&before, after, by_id);
    }

    fn organisation<'l>(&mut self, line: usize, given: &'l OrganisationLine, used: &mut BTreeSet<&'l str>) -> Option<Organisation> {
        let noun = Noun::Organisation;
        let new = &given.new;
        let wrong_before = self.plan.wrong.len();
        let existing = self.known.organisations.get(&new.code).cloned();
        if new.code.is_empty() {
            self.wrong(noun, line, "code", "error-required");
        } else if !is_code(&new.code) {
            self.wrong(noun, line, "code", "register-error-code");
        } else if !used.insert(&new.code) {
            self.wrong(noun, line, "code", "register-error-twice");
        } else if existing.is_some() && self.mode == Mode::Add {
            self.wrong(noun, line, "code", "register-error-exists");
        } else if self.known.taken.0.contains(&new.code) {
            self.wrong(noun, line, "code", "register-error-code-taken");
        }
        if !self.known.kinds.iter().any(|kind| kind.code == new.kind) {
            self.wrong(noun, line, "kind", if new.kind.is_empty() { "error-required" } else { "error-not-a-choice" });
        }
        let (name_ja, name_en) = (clean_line(&new.name_ja), clean_line(&new.name_en));
        if name_ja.is_empty() {
            self.wrong(noun, line, "name_ja", "error-required");
        }
        self.text(noun, line, "name_ja", &name_ja, 200);
        self.text(noun, line, "name_en", &name_en, 200);
        let valid_from = self.date(noun, line, "valid_from", &new.valid_from);
        if new.valid_from.trim().is_empty() {
            self.wrong(noun, line, "valid_from", "error-required");
        }
        let valid_to = self.date(noun, line, "valid_to", &given.valid_to);
        if valid_to.is_some() && valid_to < valid_from {
            self.wrong(noun, line, "valid_to", "register-error-period");
        }
        // A line that is wrong is still somebody's parent: keep it, so that one mistake is not reported ten times.
        let keep = is_code(&new.code) && self.plan.wrong.len() - wrong_before <= 6;
        keep.then(|| Organisation {
            id: existing.as_ref().map_or_else(|| self.id(), |old| old.id.clone()),
            code: new.code.clone(),
            parent_id: existing.as_ref().and_then(|old| old.parent_id.clone()),
            path: existing.as_ref().map_or_else(String::new, |old| old.path.clone()),
            kind: new.kind.clone(),
            name_ja,
            name_en,
            valid_from: valid_from.unwrap_or_default(),
            valid_to,
            successor_id: None,
        })
    }

    fn parent(&mut self, line: usize, code: &str, old: Option<&Organisation>, after: &BTreeMap<String, Organisation>) -> Option<OrganisationId> {
        if let Some(parent) = after.get(code) {
            return Some(parent.id.clone());
        }
        if !code.is_empty() {
            self.wrong(Noun::Organisation, line, "parent", "register-error-parent");
            return None;
        }
        match old {
            // The top of what the writer sees hangs on something they do not see.
            Some(old) if old.parent_id.as_ref().is_none_or(|id| !self.known.codes.contains_key(id)) => old.parent_id.clone(),
            // Only the operator begins a tree; everybody else adds below what they reach.
            _ => {
                if self.manage != Scope::Everything {
                    self.wrong(Noun::Organisation, line, "parent", "error-required");
                }
                None
            }
        }
    }

    fn successor(
        &mut self,
        line: usize,
        given: &OrganisationLine,
        old: Option<&Organisation>,
        after: &BTreeMap<String, Organisation>,
    ) -> Option<OrganisationId> {
        if given.successor.is_empty() {
            let hidden = |id: &OrganisationId| !self.known.codes.contains_key(id);
            return old.and_then(|old| old.successor_id.clone()).filter(hidden);
        }
        match after.get(&given.successor) {
            Some(one) if one.code != given.new.code && !given.valid_to.trim().is_empty() => Some(one.id.clone()),
            _ => {
                self.wrong(Noun::Organisation, line, "successor", "register-error-successor");
                None
            }
        }
    }

    /// The path of every organisation by code; a circle or a tree too deep is noted at the line that makes it so.
    fn paths(
        &mut self,
        kept: &[(usize, Organisation, &OrganisationLine)],
        after: &BTreeMap<String, Organisation>,
        by_id: &BTreeMap<OrganisationId, String>,
        before: &BTreeMap<String, Organisation>,
    ) -> BTreeMap<String, String> {
        let lines: BTreeMap<&str, usize> = kept.iter().map(|(line, one, _)| (one.code.as_str(), *line)).collect();
        let mut paths = BTreeMap::new();
        let mut wrong = Vec::new();
        for one in after.values() {
            let mut ids = vec![one.id.as_str()];
            let mut at = one;
            let mut base = "/".to_owned();
            let fault = loop {
                let Some(parent_id) = &at.parent_id else { break None };
                let Some(parent) = by_id.get(parent_id).and_then(|code| after.get(code)) else {
                    // Above the reach: what stands before its own id in its path stays as it is.
                    let own = format!("{}/", at.id);
                    let path = before.get(&at.code).map_or("/", |old| old.path.as_str());
                    base = path.strip_suffix(&own).unwrap_or(path).to_owned();
                    break None;
                };
                if parent.id == one.id {
                    break Some("register-error-circle");
                }
                if ids.len() >= DEEPEST {
                    break Some("register-error-too-deep");
                }
                ids.push(parent.id.as_str());
                at = parent;
            };
            match fault {
                None => {
                    let path = ids.iter().rev().fold(base, |path, id| format!("{path}{id}/"));
                    paths.insert(one.code.clone(), path);
                }
                Some(text) => wrong.push((lines.get(one.code.as_str()).copied(), text)),
            }
        }
        // Below a circle everything is too deep; the lines of the circle itself say more.
        let circle = wrong.iter().any(|(_, text)| *text == "register-error-circle");
        wrong.retain(|(line, text)| line.is_some() && (!circle || *text == "register-error-circle"));
        wrong.sort();
        for (line, text) in wrong {
            self.wrong(Noun::Organisation, line.unwrap_or(0), "parent", text);
        }
        paths
    }

    /// Keeps the name that `one` had, if it gets another one.
    fn remember(&mut self, one: &Organisation, old: Option<&Organisation>) {
        let Some(old) = old.filter(|old| old.name_ja != one.name_ja || old.name_en != one.name_en) else { return };
        let day = |text: &str| crate::base::dates::parse_date(text);
        let since = self.known.renamed.get(&one.id).and_then(|last| day(last)).and_then(|last| last.tomorrow().ok());
        let since = since.map_or_else(|| old.valid_from.clone(), |date| date.to_string());
        let until = day(&self.today).and_then(|today| today.yesterday().ok()).map(|date| date.to_string()).unwrap_or_default();
        // A name that lasted no day was a slip of the pen; only the audit log remembers it.
        if since <= until {
            self.known.renamed.insert(one.id.clone(), until.clone());
            self.plan.former.push(FormerName {
                organisation_id: one.id.clone(),
                name_ja: old.name_ja.clone(),
                name_en: old.name_en.clone(),
                valid_from: since,
                valid_to: until,
            });
        }
    }

    /// Puts what differs into the plan, parents first.
    fn settle(&mut self, before: &BTreeMap<String, Organisation>, after: BTreeMap<String, Organisation>, codes: BTreeMap<OrganisationId, String>) {
        let mut changed: Vec<&Organisation> = after.values().filter(|one| before.get(&one.code) != Some(*one)).collect();
        changed.sort_by(|a, b| a.path.cmp(&b.path));
        for one in changed {
            if let Some(old) = before.get(&one.code).filter(|old| old.parent_id != one.parent_id) {
                self.plan.moved.push((old.path.clone(), one.path.clone()));
            }
            self.plan.organisations.push(one.clone());
        }
        // The deepest first: what lies below a moved one and moves elsewhere must go before its old path changes.
        self.plan.moved.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
        self.known.organisations = after;
        self.known.codes = codes;
    }
}
