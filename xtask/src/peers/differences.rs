//! What two programs say of the same cases, and the table of their differences with the reason for each (`docs/decisions/differences.md`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::{Context, Result, bail};

/// What one program says: of a case and a fact, so many words; no words where it says nothing.
pub type Said = BTreeMap<(String, String), BTreeSet<String>>;

/// Adds what is said of a fact. `SPF: lookups` is a detail of the fact `SPF`, compared only where both say the same of that.
pub fn say(said: &mut Said, case: &str, fact: &str, words: impl IntoIterator<Item = impl Into<String>>) {
    said.insert((case.to_owned(), fact.to_owned()), words.into_iter().map(Into::into).collect());
}

/// A difference: case, fact, and what only we and only they say.
type Difference = (String, String, String, String);

/// Nothing is said.
const NOTHING: &str = "—";

/// The differences between us and a peer.
pub struct Compared {
    differences: BTreeSet<Difference>,
    /// Facts of which at least one of both says something.
    pub facts: usize,
}

fn joined<'w>(words: impl Iterator<Item = &'w String>) -> String {
    let joined = words.map(String::as_str).collect::<Vec<_>>().join(", ");
    if joined.is_empty() { NOTHING.to_owned() } else { joined }
}

/// Compares what we and they say.
pub fn compare(we: &Said, they: &Said) -> Compared {
    let none = BTreeSet::new();
    let of = |said: &Said, key: &(String, String)| said.get(key).cloned().unwrap_or_else(|| none.clone());
    let alike = |case: &str, fact: &str| {
        let key = (case.to_owned(), fact.to_owned());
        of(we, &key) == of(they, &key)
    };
    let comparable = |(case, fact): &&(String, String)| fact.split_once(": ").is_none_or(|(whole, _)| alike(case, whole));
    let said = we.iter().chain(they).filter(|(_, words)| !words.is_empty()).map(|(key, _)| key);
    let all: BTreeSet<&(String, String)> = said.filter(comparable).collect();
    let differences = all.iter().filter_map(|key| {
        let (ours, theirs) = (of(we, key), of(they, key));
        let only = |one: &BTreeSet<String>, other: &BTreeSet<String>| joined(one.difference(other));
        (ours != theirs).then(|| (key.0.clone(), key.1.clone(), only(&ours, &theirs), only(&theirs, &ours)))
    });
    Compared { differences: differences.collect(), facts: all.len() }
}

impl Compared {
    /// Facts on which both say the same.
    pub fn agreed(&self) -> usize {
        self.facts - self.differences.len()
    }

    /// The sentence of the document with both figures.
    pub fn sentence(&self) -> String {
        format!("{} facts compared, {} agreed.", self.facts, self.agreed())
    }

    /// Holds against the part of `document` about `peer`.
    ///
    /// # Errors
    /// Every difference that is not explained there, every explanation without its difference, and other figures.
    pub fn held_against(&self, document: &str, peer: &str) -> Result<()> {
        let part = document.split("\n## ").find(|part| part.starts_with(peer)).with_context(|| format!("no part is about {peer}"))?;
        let explained = rows(part)?;
        let mut wrong = String::new();
        for (case, fact, we, they) in self.differences.difference(&explained) {
            writeln!(wrong, "not explained: | {case} | {fact} | {we} | {they} | |")?;
        }
        for (case, fact, we, they) in explained.difference(&self.differences) {
            writeln!(wrong, "no longer so:  | {case} | {fact} | {we} | {they} |")?;
        }
        let sentence = self.sentence();
        if !part.contains(&sentence) {
            writeln!(wrong, "the part about {peer} should say: {sentence}")?;
        }
        if wrong.is_empty() { Ok(()) } else { bail!("{peer} and docs/decisions/differences.md:\n{wrong}") }
    }
}

/// The differences a part of the document explains. A row may name several cases that differ alike.
fn rows(part: &str) -> Result<BTreeSet<Difference>> {
    let mut explained = BTreeSet::new();
    for line in part.lines().filter(|line| line.starts_with('|')).skip(2) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [cases, fact, we, they, why] = cells.as_slice() else { bail!("not five cells: {line}") };
        if why.is_empty() {
            bail!("no reason is given: {line}");
        }
        for case in cases.split(", ") {
            if !explained.insert((case.to_owned(), (*fact).to_owned(), (*we).to_owned(), (*they).to_owned())) {
                bail!("explained twice: {case} | {fact}");
            }
        }
    }
    Ok(explained)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "# x\n\n## peer 1\n\n3 facts compared, 1 agreed.\n\n| case | fact | we | they | why |\n|-|-|-|-|-|\n\
                            | b, c | SPF | valid | — | Because. |\n\n## peer 2\n";

    fn said(words: &[(&str, &str)]) -> Said {
        let mut said = Said::new();
        for (case, word) in words {
            say(&mut said, case, "SPF", word.split(", ").filter(|word| !word.is_empty()));
        }
        said
    }

    #[test]
    fn every_difference_needs_a_row_and_every_row_a_difference() {
        let we = said(&[("a", "valid"), ("b", "valid"), ("c", "valid"), ("nothing", "")]);
        assert!(compare(&we, &said(&[("a", "valid")])).held_against(DOCUMENT, "peer 1").is_ok());
        let held = |they: &[(&str, &str)]| compare(&we, &said(they)).held_against(DOCUMENT, "peer 1").unwrap_err().to_string();
        let new = held(&[("a", "none")]);
        assert!(new.contains("not explained: | a | SPF | valid | none |") && new.contains("should say: 3 facts compared, 0 agreed."), "{new}");
        let gone = held(&[("a", "valid"), ("b", "valid")]);
        assert!(gone.contains("no longer so:  | b | SPF | valid | — |") && !gone.contains("| c |"), "{gone}");
        assert!(compare(&we, &we).held_against(DOCUMENT, "peer 3").is_err());
    }

    #[test]
    fn only_what_differs_is_told() {
        let compared = compare(&said(&[("a", "x, y")]), &said(&[("a", "y, z")]));
        assert_eq!(compared.differences.into_iter().collect::<Vec<_>>(), [("a".into(), "SPF".into(), "x".into(), "z".into())]);
    }

    #[test]
    fn details_of_what_differs_are_not_compared() {
        let with = |word: &str| {
            let mut said = said(&[("a", word)]);
            say(&mut said, "a", "SPF: lookups", [word]);
            said
        };
        assert_eq!(compare(&with("x"), &with("y")).facts, 1);
        assert_eq!(compare(&with("x"), &with("x")).facts, 2);
    }

    #[test]
    fn a_row_says_why() {
        let error = |row: &str| rows(&format!("| case | fact | we | they | why |\n|-|-|-|-|-|\n{row}\n")).unwrap_err().to_string();
        assert!(error("| a | SPF | valid | none |  |").contains("no reason"));
        assert!(error("| a | SPF | valid |").contains("not five cells"));
        assert!(error("| a | SPF | valid | none | x |\n| b, a | SPF | valid | none | x |").contains("explained twice: a"));
    }
}
