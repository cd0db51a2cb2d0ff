//! DKIM selectors: they cannot be listed by asking, so somebody must know them.

use serde::{Deserialize, Serialize};

crate::spelled! {
    /// How a selector came to be known. Earlier ones outweigh later ones.
    SelectorSource {
        /// The owner says that mail is signed with it.
        Registered => "registered",
        /// An aggregate report tells of a signature that was good.
        Report => "report",
        /// The mail provider in use names its keys like that; nobody saw it used.
        Inferred => "inferred",
    }
}

/// A selector under which a key may lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selector {
    /// One label or several (RFC 6376 3.1), for example `s2026`.
    pub name: String,
    pub source: SelectorSource,
    /// Unix seconds of the last mail known to be signed with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<i64>,
}

impl Selector {
    /// Selectors of one target that are kept.
    pub const MOST: usize = 32;

    /// One that the owner registered.
    pub fn registered(name: impl Into<String>) -> Self {
        Self { name: name.into(), source: SelectorSource::Registered, last_seen: None }
    }

    /// One that an aggregate report tells of; `last_seen` in Unix seconds.
    pub fn reported(name: impl Into<String>, last_seen: i64) -> Self {
        Self { name: name.into(), source: SelectorSource::Report, last_seen: Some(last_seen) }
    }

    /// One that follows from the mail provider in use.
    pub fn inferred(name: impl Into<String>) -> Self {
        Self { name: name.into(), source: SelectorSource::Inferred, last_seen: None }
    }

    /// `selectors` in the order they are worth asking for: registered ones first, then the newest; each name once, in lower
    /// case, and at most [`Selector::MOST`].
    pub fn ranked(selectors: &[Self]) -> Vec<Self> {
        let mut ranked: Vec<Self> = Vec::new();
        for one in selectors {
            let name = one.name.trim().trim_end_matches('.').to_ascii_lowercase();
            match ranked.iter_mut().find(|known| known.name == name) {
                Some(known) => {
                    known.source = known.source.min(one.source);
                    known.last_seen = known.last_seen.max(one.last_seen);
                }
                None => ranked.push(Self { name, ..one.clone() }),
            }
        }
        let registered = |one: &Self| one.source == SelectorSource::Registered;
        ranked.sort_by(|a, b| {
            (registered(b), b.last_seen).cmp(&(registered(a), a.last_seen)).then_with(|| (a.source, &a.name).cmp(&(b.source, &b.name)))
        });
        ranked.truncate(Self::MOST);
        ranked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registered_ones_first_then_the_newest_and_each_once() {
        let ranked = Selector::ranked(&[
            Selector::inferred("google"),
            Selector::reported("old", 5),
            Selector::reported("new", 9),
            Selector::reported("MAIN.", 7),
            Selector::registered(" main"),
            Selector::registered("zweit"),
        ]);
        let names: Vec<&str> = ranked.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["main", "zweit", "new", "old", "google"]);
        assert_eq!(ranked[0], Selector { last_seen: Some(7), ..Selector::registered("main") });
        let many: Vec<Selector> = (0..99).map(|at| Selector::reported(format!("s{at}"), at)).collect();
        assert_eq!((Selector::ranked(&many).len(), Selector::ranked(&many)[0].name.as_str()), (Selector::MOST, "s98"));
    }
}
