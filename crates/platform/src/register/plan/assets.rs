//! Lines about assets.

use std::collections::BTreeSet;

use super::{Mode, Noun, Planner, clean_line};
use crate::register::asset::{Asset, KINDS, NewAsset, is_name, one_form};

impl Planner<'_> {
    /// Plans assets.
    pub fn assets(&mut self, lines: &[NewAsset]) {
        let noun = Noun::Asset;
        let mut used = BTreeSet::new();
        let seen: BTreeSet<_> = self.known.systems.values().map(|system| system.id.clone()).collect();
        for (line, new) in lines.iter().enumerate() {
            let before = self.plan.wrong.len();
            let owner = self.owner(noun, line, &new.organisation);
            if !KINDS.contains(&new.kind.as_str()) {
                self.wrong(noun, line, "asset_kind", "error-not-a-choice");
            }
            let (mut name, location) = (clean_line(&new.name), clean_line(&new.location));
            if name.is_empty() {
                self.wrong(noun, line, "name", "error-required");
            } else {
                match one_form(&new.kind, &name) {
                    Some(form) => name = form,
                    None if new.kind == "dkim-selector" => self.wrong(noun, line, "name", "register-error-selector"),
                    None => self.wrong(noun, line, "name", "register-error-domain"),
                }
            }
            self.text(noun, line, "name", &name, 300);
            self.text(noun, line, "location", &location, 300);
            let most = if is_name(&new.kind) { 1 } else { 1_000_000_000 };
            if !(0..=most).contains(&new.count) {
                self.wrong(noun, line, "count", if most == 1 { "register-error-domain-count" } else { "register-error-number" });
            }
            let system_id = match new.system.as_str() {
                "" => None,
                code => match self.known.systems.get(code) {
                    Some(system) => Some(system.id.clone()),
                    None => {
                        self.wrong(noun, line, "system", "register-error-system");
                        None
                    }
                },
            };
            let Some(owner) = owner.filter(|_| self.plan.wrong.len() == before) else { continue };
            let key = (owner.id.clone(), new.kind.clone(), name.clone());
            if !used.insert(key.clone()) {
                self.wrong(noun, line, "name", "register-error-twice");
                continue;
            }
            let existing = self.known.assets.get(&key).cloned();
            if existing.is_some() && self.mode == Mode::Add {
                self.wrong(noun, line, "name", "register-error-exists");
                continue;
            }
            // A system outside the writer's reach is not theirs to take away: an empty cell leaves it.
            let hidden = existing.as_ref().and_then(|old| old.system_id.clone()).filter(|id| !seen.contains(id));
            let asset = Asset {
                id: existing.as_ref().map_or_else(|| self.id(), |asset| asset.id.clone()),
                organisation_id: owner.id,
                system_id: system_id.or(hidden),
                kind: new.kind.clone(),
                name,
                count: new.count,
                location,
            };
            match &existing {
                Some(old) if *old == asset => self.count(noun).unchanged += 1,
                Some(_) => self.count(noun).changed += 1,
                None => self.count(noun).added += 1,
            }
            if existing.as_ref() != Some(&asset) {
                self.plan.assets.push(asset.clone());
            }
            self.known.assets.insert(key, asset);
        }
    }
}
