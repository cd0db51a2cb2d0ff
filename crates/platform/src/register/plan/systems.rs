//! Lines of the system ledger.

use std::collections::BTreeSet;

use super::{Mode, Noun, Planner, clean, clean_line};
use crate::register::organisation::is_code;
use crate::register::system::{NewSystem, System};

impl Planner<'_> {
    /// Plans lines of the system ledger.
    pub fn systems(&mut self, lines: &[NewSystem]) {
        let noun = Noun::System;
        let mut used = BTreeSet::new();
        for (line, new) in lines.iter().enumerate() {
            let before = self.plan.wrong.len();
            let owner = self.owner(noun, line, &new.organisation);
            let existing = self.known.systems.get(&new.code).cloned();
            if new.code.is_empty() {
                self.wrong(noun, line, "code", "error-required");
            } else if !is_code(&new.code) {
                self.wrong(noun, line, "code", "register-error-code");
            } else if !used.insert(new.code.as_str()) {
                self.wrong(noun, line, "code", "register-error-twice");
            } else if existing.is_some() && self.mode == Mode::Add {
                self.wrong(noun, line, "code", "register-error-exists");
            } else if self.known.taken.1.contains(&new.code) {
                self.wrong(noun, line, "code", "register-error-code-taken");
            }
            let (name_ja, name_en) = (clean_line(&new.name_ja), clean_line(&new.name_en));
            let (purpose, information) = (clean(&new.purpose), clean(&new.information));
            let (handling_limit, outsourced_to) = (clean_line(&new.handling_limit), clean_line(&new.outsourced_to));
            if name_ja.is_empty() {
                self.wrong(noun, line, "name_ja", "error-required");
            }
            for (name, text, most) in [
                ("name_ja", &name_ja, 200),
                ("name_en", &name_en, 200),
                ("purpose", &purpose, 4_000),
                ("information", &information, 4_000),
                ("handling_limit", &handling_limit, 200),
                ("outsourced_to", &outsourced_to, 400),
            ] {
                self.text(noun, line, name, text, most);
            }
            for (axis, level) in [("confidentiality", new.confidentiality), ("integrity", new.integrity), ("availability", new.availability)] {
                let levels: Vec<i64> = self.known.levels.iter().filter(|known| known.axis == axis).map(|known| known.level).collect();
                if !levels.contains(&level) {
                    let levels = levels.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
                    self.wrong_with(noun, line, axis, "register-error-level", vec![("levels", levels)]);
                }
            }
            if !(0..=1_000_000_000).contains(&new.users) {
                self.wrong(noun, line, "users", "register-error-number");
            }
            let renewal_date = self.date(noun, line, "renewal_date", &new.renewal_date);
            let retired_on = self.date(noun, line, "retired_on", &new.retired_on);
            if retired_on.is_some() && new.stage != crate::register::system::Stage::Retired {
                self.wrong(noun, line, "retired_on", "register-error-not-retired");
            }
            let Some(owner) = owner.filter(|_| self.plan.wrong.len() == before) else { continue };
            let system = System {
                id: existing.as_ref().map_or_else(|| self.id(), |system| system.id.clone()),
                organisation_id: owner.id,
                code: new.code.clone(),
                name_ja,
                name_en,
                purpose,
                information,
                confidentiality: new.confidentiality,
                integrity: new.integrity,
                availability: new.availability,
                handling_limit,
                users: new.users,
                outsourced_to,
                stage: new.stage,
                renewal_date,
                public_facing: new.public_facing,
                same_day_recovery: new.same_day_recovery,
                retired_on,
            };
            match &existing {
                Some(old) if *old == system => self.count(noun).unchanged += 1,
                Some(_) => self.count(noun).changed += 1,
                None => self.count(noun).added += 1,
            }
            if existing.as_ref() != Some(&system) {
                self.plan.systems.push(system.clone());
            }
            self.known.systems.insert(system.code.clone(), system);
        }
    }
}
