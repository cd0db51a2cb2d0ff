//! What changed between two editions, requirement by requirement and field by field.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::requirement::{Requirement, RequirementId};
use crate::base::lang::Lang;

/// What happened to a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It is asked now and was not before.
    Added,
    /// It is asked in both, otherwise.
    Changed,
    /// It was asked and is not now.
    Withdrawn,
}

impl Kind {
    /// The stable spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// One field that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FieldChange {
    /// Which: `title`, `statement`, `question`, `guidance`, `place`, `applies-to`, `roles`, `evidence`, `checks`,
    /// `priority-inspection`, `priority`, `source`, or `other` (something the requirement does not show, such as a link).
    pub field: &'static str,
    /// The language of a text: `ja`, `en`; empty for what has none.
    pub lang: &'static str,
    /// What stood there.
    pub before: String,
    /// What stands there now.
    pub after: String,
}

/// One requirement that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Change {
    /// Its code.
    pub code: String,
    /// What happened.
    pub kind: Kind,
    /// Its title in Japanese, as it is now; of what is withdrawn, as it was.
    pub title_ja: String,
    /// Its title in English.
    pub title_en: String,
    /// What differs; of what is added or withdrawn, the statement.
    pub fields: Vec<FieldChange>,
    /// It before.
    pub before: Option<RequirementId>,
    /// It now.
    pub after: Option<RequirementId>,
    /// What a confirmation confirms: its digest now, empty when it is withdrawn.
    pub digest: String,
}

impl Change {
    /// Its title in `lang`.
    pub fn title(&self, lang: Lang) -> &str {
        lang.pick(&self.title_ja, &self.title_en)
    }
}

/// The changes from `old` to `new`: in the order of `new`, then what is withdrawn in the order of `old`.
pub fn changes(old: &[Requirement], new: &[Requirement]) -> Vec<Change> {
    let before: BTreeMap<&str, &Requirement> = old.iter().map(|one| (one.code.as_str(), one)).collect();
    let after: BTreeSet<&str> = new.iter().map(|one| one.code.as_str()).collect();
    let change = |was: Option<&Requirement>, is: Option<&Requirement>| {
        let shown = is.or(was)?;
        let fields = match (was, is) {
            (Some(was), Some(is)) if was.digest == is.digest => return None,
            (Some(was), Some(is)) => fields(was, is),
            _ => Lang::ALL.map(|lang| whole(was, is, lang)).into(),
        };
        Some(Change {
            code: shown.code.clone(),
            kind: match (was, is) {
                (None, _) => Kind::Added,
                (_, None) => Kind::Withdrawn,
                _ => Kind::Changed,
            },
            title_ja: shown.title_ja.clone(),
            title_en: shown.title_en.clone(),
            fields,
            before: was.map(|one| one.id.clone()),
            after: is.map(|one| one.id.clone()),
            digest: is.map(|one| one.digest.clone()).unwrap_or_default(),
        })
    };
    let here = new.iter().filter_map(|is| change(before.get(is.code.as_str()).copied(), Some(is)));
    let gone = old.iter().filter(|was| !after.contains(was.code.as_str())).filter_map(|was| change(Some(was), None));
    here.chain(gone).collect()
}

/// The statement of what came or went.
fn whole(was: Option<&Requirement>, is: Option<&Requirement>, lang: Lang) -> FieldChange {
    let statement = |one: Option<&Requirement>| one.map_or(String::new(), |one| one.statement(lang).to_owned());
    FieldChange { field: "statement", lang: lang.as_str(), before: statement(was), after: statement(is) }
}

/// A text of a requirement in one language.
type Text = fn(&Requirement, Lang) -> &str;

/// The fields in which `was` and `is` differ, in the order a person reads them.
fn fields(was: &Requirement, is: &Requirement) -> Vec<FieldChange> {
    let mut found = Vec::new();
    let mut compare = |field: &'static str, lang: &'static str, before: String, after: String| {
        if before != after {
            found.push(FieldChange { field, lang, before, after });
        }
    };
    let texts: [(&'static str, Text); 4] = [
        ("title", |one, lang| one.title(lang)),
        ("statement", |one, lang| one.statement(lang)),
        ("question", |one, lang| one.question(lang)),
        ("guidance", |one, lang| one.guidance(lang)),
    ];
    for (field, of) in texts {
        for lang in Lang::ALL {
            compare(field, lang.as_str(), of(was, lang).to_owned(), of(is, lang).to_owned());
        }
    }
    let place = |one: &Requirement| one.theme.clone();
    let roles = |one: &Requirement| one.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" ");
    let checks = |one: &Requirement| one.checks.iter().map(|check| check.as_str()).collect::<Vec<_>>().join(" ");
    let evidence = |one: &Requirement| {
        let kinds = [(one.evidence_self, "self"), (one.evidence_audit, "audit"), (!one.checks.is_empty(), "measurement")];
        kinds.iter().filter(|(accepted, _)| *accepted).map(|(_, kind)| *kind).collect::<Vec<_>>().join(" ")
    };
    let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
    compare("place", "", place(was), place(is));
    compare("applies-to", "", was.applies_to.as_str().to_owned(), is.applies_to.as_str().to_owned());
    compare("roles", "", roles(was), roles(is));
    compare("evidence", "", evidence(was), evidence(is));
    compare("checks", "", checks(was), checks(is));
    compare("priority-inspection", "", yes(was.priority_inspection), yes(is.priority_inspection));
    compare("priority", "", was.priority.to_string(), is.priority.to_string());
    compare("source", "", was.source.clone(), is.source.clone());
    if found.is_empty() {
        found.push(FieldChange { field: "other", lang: "", before: String::new(), after: String::new() });
    }
    found
}
