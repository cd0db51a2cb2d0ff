//! Why a profile cannot be resolved, and what is worth knowing when it can.

use serde_json::{Map, Value};

use crate::lang::Lang;
use crate::oscal::problem::{Place, Problem, ReadError, told};
use crate::oscal::profile::Profile;

/// Why a profile cannot be resolved. `chain` is the way from the outermost import to the place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    #[error("{}: not available", chain.join(" → "))]
    Missing { chain: Vec<String> },
    #[error("{}: imports itself", chain.join(" → "))]
    Circular { chain: Vec<String> },
    #[error("{}: {reason}", chain.join(" → "))]
    Unreadable { chain: Vec<String>, reason: ReadError },
    #[error("more than {limit} imports")]
    TooMany { limit: usize },
    #[error("{pointer}: the directive {directive:?} is not supported")]
    Unsupported { chain: Vec<String>, directive: String, pointer: String },
    #[error("{pointer}: {directives} exclude each other")]
    Conflict { chain: Vec<String>, directives: String, pointer: String },
    #[error("{}", problem.message(Lang::En))]
    Broken { chain: Vec<String>, problem: Problem },
}

impl ResolveError {
    pub fn code(&self) -> &'static str {
        match self {
            ResolveError::Missing { .. } => "H0421",
            ResolveError::Circular { .. } => "H0422",
            ResolveError::Unreadable { .. } => "H0423",
            ResolveError::TooMany { .. } => "H0424",
            ResolveError::Unsupported { .. } => "H0425",
            ResolveError::Conflict { .. } => "H0426",
            ResolveError::Broken { .. } => "H0427",
        }
    }

    /// What is wrong, where, and what to do next.
    pub fn message(&self, lang: Lang) -> String {
        let (what, remedy) = self.sentences(lang);
        lang.pick(format!("{what}{remedy}"), format!("{what} {remedy}"))
    }

    /// As a problem, for lists that hold problems of every kind.
    pub fn problem(&self) -> Problem {
        told(self.code(), Place::nowhere(), |lang| self.sentences(lang))
    }

    fn sentences(&self, lang: Lang) -> (String, String) {
        if let ResolveError::Unreadable { chain, reason } = self {
            let (what, remedy) = reason.sentences(lang);
            let chain = chain.join(" → ");
            let from = lang.pick(format!("取り込み元「{chain}」を読めません。"), format!("The import \"{chain}\" cannot be read. "));
            return (format!("{from}{what}"), remedy);
        }
        if let ResolveError::Broken { chain, problem } = self {
            let from = if chain.is_empty() { String::new() } else { format!("{} ", chain.join(" → ")) };
            return (format!("{from}{}", problem.message(lang)), problem.remedy(lang));
        }
        let (what, remedy) = match (lang, self) {
            (Lang::Ja, ResolveError::Missing { chain }) => {
                (format!("取り込み元「{}」が見つかりません。", chain.join(" → ")), "そのファイルも一緒に取り込んでください。")
            }
            (Lang::En, ResolveError::Missing { chain }) => {
                (format!("The import \"{}\" is not available.", chain.join(" → ")), "Import that file as well.")
            }
            (Lang::Ja, ResolveError::Circular { chain }) => {
                (format!("取り込みが自分自身に戻っています（{}）。", chain.join(" → ")), "どれか一つの import を外してください。")
            }
            (Lang::En, ResolveError::Circular { chain }) => {
                (format!("The imports lead back to themselves ({}).", chain.join(" → ")), "Remove one of them.")
            }
            (Lang::Ja, ResolveError::TooMany { limit }) => (format!("取り込みの数が上限（{limit}）を超えました。"), "プロファイルを分けてください。"),
            (Lang::En, ResolveError::TooMany { limit }) => (format!("The profile imports more than {limit} documents."), "Split it."),
            (Lang::Ja, ResolveError::Unsupported { chain, directive, pointer }) => {
                let place = place(chain, pointer);
                (format!("{place}：指示「{directive}」には対応していません。"), "この指示を使わない形に直してください。")
            }
            (Lang::En, ResolveError::Unsupported { chain, directive, pointer }) => {
                let place = place(chain, pointer);
                (format!("{place}: the directive \"{directive}\" is not supported."), "Rewrite the profile without it.")
            }
            (Lang::Ja, ResolveError::Conflict { chain, directives, pointer }) => {
                (format!("{}：「{directives}」は同時に使えません。", place(chain, pointer)), "一つだけ残してください。")
            }
            (Lang::En, ResolveError::Conflict { chain, directives, pointer }) => {
                (format!("{}: \"{directives}\" cannot be used together.", place(chain, pointer)), "Keep one of them.")
            }
            // Answered above, with the remedy of what they carry.
            (_, ResolveError::Unreadable { .. } | ResolveError::Broken { .. }) => (String::new(), ""),
        };
        (what, remedy.to_owned())
    }
}

fn place(chain: &[String], pointer: &str) -> String {
    if chain.is_empty() { pointer.to_owned() } else { format!("{} {pointer}", chain.join(" → ")) }
}

/// Something the specification lets pass but a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A problem of an imported document.
    Problem { address: String, problem: Problem },
    /// `with-ids` names a control the source does not have.
    UnknownControl { id: String, pointer: String },
    /// A pattern that selects nothing.
    NothingMatches { pattern: String, pointer: String },
    /// The same control (or loose parameter) came in twice and was kept twice.
    Duplicate { id: String },
    /// `set-parameter` for a parameter that is not there.
    UnknownParam { id: String, pointer: String },
    /// `alter` for a control or object that is not there.
    NothingToAlter { id: String, pointer: String },
}

impl Warning {
    pub fn message(&self, lang: Lang) -> String {
        match (lang, self) {
            (_, Warning::Problem { address, problem }) => format!("{address} {}", problem.message(lang)),
            (Lang::Ja, Warning::UnknownControl { id, pointer }) => {
                format!("{pointer}：管理策「{id}」は取り込み元にありません。")
            }
            (Lang::En, Warning::UnknownControl { id, pointer }) => {
                format!("{pointer}: the source has no control \"{id}\".")
            }
            (Lang::Ja, Warning::NothingMatches { pattern, pointer }) => {
                format!("{pointer}：「{pattern}」に当てはまる管理策がありません。")
            }
            (Lang::En, Warning::NothingMatches { pattern, pointer }) => {
                format!("{pointer}: no control matches \"{pattern}\".")
            }
            (Lang::Ja, Warning::Duplicate { id }) => format!("「{id}」が二度取り込まれ、両方が残っています。"),
            (Lang::En, Warning::Duplicate { id }) => format!("\"{id}\" was imported twice and both copies are kept."),
            (Lang::Ja, Warning::UnknownParam { id, pointer }) => {
                format!("{pointer}：パラメータ「{id}」がないため、値を設定できません。")
            }
            (Lang::En, Warning::UnknownParam { id, pointer }) => {
                format!("{pointer}: there is no parameter \"{id}\" to set.")
            }
            (Lang::Ja, Warning::NothingToAlter { id, pointer }) => {
                format!("{pointer}：変更の対象「{id}」がありません。")
            }
            (Lang::En, Warning::NothingToAlter { id, pointer }) => {
                format!("{pointer}: there is no \"{id}\" to alter.")
            }
        }
    }
}

/// Refuses a profile whose directives hold a field this resolver does not know: it might change the selection.
pub(super) fn refuse_unknown(profile: &Profile, chain: &[String]) -> Result<(), ResolveError> {
    let check = |rest: &Map<String, Value>, pointer: String| match rest.keys().find(|key| *key != "remarks") {
        Some(key) => Err(ResolveError::Unsupported {
            chain: chain.to_vec(),
            directive: key.clone(),
            pointer: format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")),
        }),
        None => Ok(()),
    };
    check(&profile.rest, "/profile".to_owned())?;
    for (i, import) in profile.imports.iter().enumerate() {
        let at = format!("/profile/imports/{i}");
        check(&import.rest, at.clone())?;
        let included = import.include_controls.iter().flatten().enumerate().map(|s| ("include-controls", s));
        let excluded = import.exclude_controls.iter().enumerate().map(|s| ("exclude-controls", s));
        for (name, (j, select)) in included.chain(excluded) {
            check(&select.rest, format!("{at}/{name}/{j}"))?;
            for (k, matching) in select.matching.iter().enumerate() {
                check(&matching.rest, format!("{at}/{name}/{j}/matching/{k}"))?;
            }
            if let Some(other) = select.with_child_controls.as_deref().filter(|w| !matches!(*w, "yes" | "no")) {
                return Err(ResolveError::Unsupported {
                    chain: chain.to_vec(),
                    directive: format!("with-child-controls: {other}"),
                    pointer: format!("{at}/{name}/{j}/with-child-controls"),
                });
            }
        }
        if import.include_all.is_some() && import.include_controls.is_some() {
            let directives = "include-all, include-controls".to_owned();
            return Err(ResolveError::Conflict { chain: chain.to_vec(), directives, pointer: at });
        }
    }
    if let Some(merge) = &profile.merge {
        check(&merge.rest, "/profile/merge".to_owned())?;
        if let Some(combine) = &merge.combine {
            check(&combine.rest, "/profile/merge/combine".to_owned())?;
        }
    }
    if let Some(modify) = &profile.modify {
        check(&modify.rest, "/profile/modify".to_owned())?;
        for (i, set) in modify.set_parameters.iter().enumerate() {
            check(&set.rest, format!("/profile/modify/set-parameters/{i}"))?;
        }
        for (i, alter) in modify.alters.iter().enumerate() {
            let at = format!("/profile/modify/alters/{i}");
            check(&alter.rest, at.clone())?;
            for (j, remove) in alter.removes.iter().enumerate() {
                check(&remove.rest, format!("{at}/removes/{j}"))?;
            }
            for (j, add) in alter.adds.iter().enumerate() {
                check(&add.rest, format!("{at}/adds/{j}"))?;
            }
        }
    }
    Ok(())
}
