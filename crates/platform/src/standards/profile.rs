//! A profile read and resolved with the files beside it.

use std::cell::RefCell;

use formats::oscal::resolve::{Resolved, Warning};
use formats::oscal::{Limits, Profile, ResolveError, resolve};
use formats::problem::{Place, Problem};

use super::draft::{self, Draft, judged};
use crate::base::audit::sha256;
use crate::base::lang::Lang;

/// Answers for a file's name with the file that lies beside the profile.
pub type Beside = dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync;

/// How resolving went.
pub enum Outcome {
    /// It resolved; with the SHA-256 of what came out.
    Done(Box<Draft>, String),
    /// Files with these names are needed and were not there.
    Wants(Vec<String>, Vec<Problem>),
}

/// The names under which the file behind an address may lie beside the profile: as named, then its JSON form. NIST's
/// baselines name the XML form of their catalog, and paths of the place they were published at.
pub fn names(address: &str) -> Vec<String> {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).replace("%20", " ");
    let stem = [".xml", ".yaml", ".yml"].iter().find_map(|end| name.strip_suffix(end));
    match stem {
        Some(stem) => vec![format!("{stem}.json")],
        None => vec![name],
    }
    .into_iter()
    .filter(|name| !name.is_empty() && name != "." && name != "..")
    .collect()
}

/// Reads and resolves a profile. `resolved_at` is the time that goes into the result (RFC 3339).
///
/// # Errors
/// The problems that stop it: unreadable, circular, unsupported directives by name.
pub fn read(bytes: &[u8], beside: &Beside, resolved_at: &str) -> Result<Outcome, Vec<Problem>> {
    let (profile, mut problems) = Profile::read(bytes).map_err(|error| vec![error.problem()])?;
    let wanted = RefCell::new(Vec::new());
    let loader = |address: &str| {
        let names = names(address);
        let found = names.iter().find_map(|name| beside(name));
        if found.is_none() {
            wanted.borrow_mut().extend(names);
        }
        found
    };
    let Resolved { catalog, warnings } = match resolve(&profile, &loader, &Limits::default()) {
        Ok(resolved) => resolved,
        Err(error @ ResolveError::Missing { .. }) => return Ok(Outcome::Wants(wanted.into_inner(), vec![error.problem()])),
        Err(error) => return Err(vec![error.problem()]),
    };
    problems = problems.into_iter().map(judged).collect();
    problems.extend(warnings.into_iter().map(told));
    let identity = sha256(catalog.to_json(false).as_bytes());
    let mut draft = draft::of(catalog, problems, true);
    let mut resolved = Resolved { catalog: draft.catalog, warnings: Vec::new() };
    // The same profile over the same catalogs gives the same uuid: version 5 over what came out (RFC 9562 §5.5).
    let uuid = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, identity.as_bytes());
    resolved.stamp(&uuid.to_string(), resolved_at, "Hinomi");
    draft.catalog = resolved.catalog;
    Ok(Outcome::Done(Box::new(draft), identity))
}

/// A warning of the resolution as a problem. A profile that names what its source does not have is not what its author
/// meant, so it stops the import; a pattern that matches nothing may be meant.
fn told(warning: Warning) -> Problem {
    let (code, place, stops) = match &warning {
        Warning::Problem { problem, .. } => return judged(problem.clone()),
        Warning::UnknownControl { pointer, .. } => ("H1111", pointer.clone(), true),
        Warning::NothingMatches { pointer, .. } => ("H1112", pointer.clone(), false),
        Warning::Duplicate { id } => ("H1113", id.clone(), true),
        Warning::UnknownParam { pointer, .. } => ("H1114", pointer.clone(), true),
        Warning::NothingToAlter { pointer, .. } => ("H1115", pointer.clone(), true),
    };
    let remedy = (
        "プロファイルの識別子を、取り込み元のカタログにあるものに直してください。",
        "Correct the identifier in the profile to one that its source has.",
    );
    let bare = |text: String| text.strip_prefix(&place).map(|rest| rest.trim_start_matches(['：', ':', ' ']).to_owned()).unwrap_or(text);
    let problem = Problem::custom(code, Place::sheet(&*place), bare(warning.message(Lang::Ja)), bare(warning.message(Lang::En)), remedy.0, remedy.1);
    if stops { problem } else { problem.as_note() }
}
