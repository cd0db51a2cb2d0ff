//! A regression: what was met and no longer is, who hears of it, and in which words.
//!
//! Told once: a regression is one observation, and the next one can only follow after the target met the rule again (a measurement that
//! failed in between changes nothing). Nobody is told of what the rules did: see [`is_doubtful`].

use engine::facts::Verdict;

use super::observation::{Observation, ObservationId};
use super::run::RunId;
use crate::access::store::AccountRow;
use crate::base::actor::{OrganisationId, Role};
use crate::base::dates::show_stamp;
use crate::base::lang::{Lang, texts};

/// A met that became not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regression {
    /// The observation that is not met.
    pub id: ObservationId,
    /// Whose target it is.
    pub organisation_id: OrganisationId,
    /// The run that found it.
    pub run_id: RunId,
    /// When it was met last, UTC.
    pub met_at: String,
}

/// What came of telling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// A mail went out.
    Mail,
    /// It was met again before anybody could be told.
    MetAgain,
    /// The rules became stricter; the target did not change, as far as its old evidence tells.
    Rules,
    /// Nobody holds a role that would hear of it.
    Nobody,
}

impl Outcome {
    /// The stable spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::MetAgain => "met-again",
            Self::Rules => "rules",
            Self::Nobody => "nobody",
        }
    }
}

/// Whether it may be the rules that changed, not the target: rule, version or one of the lists it uses differs. What another product
/// judged was never judged by rules of ours.
pub fn is_doubtful(before: &Observation, after: &Observation) -> bool {
    let ours = before.source != "import" && after.source != "import";
    ours && (&before.rule_id, &before.rule_version, &before.lists) != (&after.rule_id, &after.rule_version, &after.lists)
}

/// Whether it was the rules: `again` is what the old evidence says under the rules of today. Evidence that does not hold what they ask
/// for was gathered under less strict ones.
pub fn is_by_rules(again: Verdict) -> bool {
    again != Verdict::Met
}

/// Who hears of what regressed at the organisation at `path`: those who hold the role of system manager or CISO there; where nobody
/// does, at the nearest organisation above that has somebody.
pub fn hearers<'a>(path: &str, accounts: &'a [AccountRow]) -> Vec<&'a AccountRow> {
    let answers = |account: &&AccountRow, place: &str| {
        let held = |role: Role| account.roles.iter().any(|held| held.role == role.as_str() && held.path == place);
        account.active && (held(Role::SystemManager) || held(Role::Ciso))
    };
    let mut place = path;
    while !place.trim_matches('/').is_empty() {
        let found: Vec<&AccountRow> = accounts.iter().filter(|account| answers(account, place)).collect();
        if !found.is_empty() {
            return found;
        }
        // `/c/m/a/` lies below `/c/m/`.
        place = place.trim_end_matches('/').rsplit_once('/').and_then(|(above, _)| place.get(..=above.len())).unwrap_or("");
    }
    Vec::new()
}

/// The most regressions one mail lists; the page has all.
pub const MOST: usize = 30;

/// Subject and text in `lang`. `organisation` is the name in that language, `list` the address of the page with all that is not met,
/// `site` the beginning of all addresses.
pub fn letter(lang: Lang, organisation: &str, list: &str, site: &str, regressed: &[&Observation]) -> (String, String) {
    let text = |key: &str, values: &[(&str, String)]| texts().with(lang, key, values);
    let whole = [("organisation", organisation.to_owned()), ("count", regressed.len().to_string()), ("list", list.to_owned())];
    let mut parts = vec![text("measurements-mail-begin", &whole)];
    for (number, one) in regressed.iter().take(MOST).enumerate() {
        let line = |key: &str, value: &str| if value.is_empty() { String::new() } else { text(key, &[("value", value.to_owned())]) };
        let check = texts().get(lang, &format!("measurements-check-{}", one.check.as_str()));
        let lines = [
            format!("{}. {} {check}", number + 1, one.target),
            line("measurements-mail-at", &show_stamp(&one.at)),
            line("measurements-mail-why", one.reason.text.get(lang)),
            line("measurements-mail-who", one.who.get(lang)),
            line("measurements-mail-remedy", &one.remedy),
            format!("{site}/measurements/observations/{}", one.id),
        ];
        parts.push(lines.iter().filter(|line| !line.is_empty()).cloned().collect::<Vec<_>>().join("\n"));
    }
    if regressed.len() > MOST {
        parts.push(text("measurements-mail-more", &[("count", (regressed.len() - MOST).to_string())]));
    }
    parts.push(text("measurements-mail-end", &whole));
    (text("measurements-mail-subject", &whole), format!("{}\n", parts.join("\n\n")))
}

/// Subject and text for a reader: in their language, or in both where nobody knows it. `of` gives them in one language.
pub fn in_language(reader: Option<Lang>, of: impl Fn(Lang) -> (String, String)) -> (String, String) {
    match reader {
        Some(lang) => of(lang),
        None => {
            let ((subject_ja, ja), (subject_en, en)) = (of(Lang::Ja), of(Lang::En));
            (format!("{subject_ja} / {subject_en}"), format!("{ja}\n----\n\n{en}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::store::HeldRole;
    use crate::base::id::Id;

    fn account(email: &str, active: bool, roles: &[(Role, &str)]) -> AccountRow {
        let held = |(role, path): &(Role, &str)| HeldRole {
            id: Id::from_text("h"),
            role: role.as_str().to_owned(),
            organisation_id: Id::from_text("o"),
            path: (*path).to_owned(),
        };
        AccountRow {
            id: Id::from_text(email),
            name: email.to_owned(),
            email: email.to_owned(),
            active,
            has_password: false,
            has_single_sign_on: false,
            lang: None,
            roles: roles.iter().map(held).collect(),
        }
    }

    #[test]
    fn those_who_answer_for_an_organisation_hear_else_the_nearest_above() {
        let accounts = [
            account("manager", true, &[(Role::SystemManager, "/c/m/")]),
            account("ciso", true, &[(Role::Ciso, "/c/m/")]),
            account("auditor", true, &[(Role::Auditor, "/c/m/a/")]),
            account("gone", false, &[(Role::Ciso, "/c/m/a/")]),
            account("other", true, &[(Role::Ciso, "/c/x/")]),
            account("evaluator", true, &[(Role::Evaluator, "/c/")]),
        ];
        let names = |path: &str| hearers(path, &accounts).iter().map(|one| one.email.clone()).collect::<Vec<_>>();
        for path in ["/c/m/", "/c/m/a/", "/c/m/a/b/"] {
            assert_eq!(names(path), ["manager", "ciso"], "{path}");
        }
        assert_eq!(names("/c/x/y/"), ["other"]);
        for path in ["/c/", "/c/mm/", "/", ""] {
            assert_eq!(names(path), [""; 0], "{path}");
        }
    }

    #[test]
    fn a_reader_whose_language_nobody_knows_gets_both() {
        let of = |lang: Lang| (lang.pick("題", "subject").to_owned(), lang.pick("本文\n", "text\n").to_owned());
        assert_eq!(in_language(Some(Lang::En), of), ("subject".to_owned(), "text\n".to_owned()));
        assert_eq!(in_language(None, of), ("題 / subject".to_owned(), "本文\n\n----\n\ntext\n".to_owned()));
    }

    #[test]
    fn the_rules_did_it_unless_the_old_evidence_still_is_met() {
        for verdict in Verdict::ALL {
            assert_eq!(is_by_rules(*verdict), *verdict != Verdict::Met);
        }
    }
}
