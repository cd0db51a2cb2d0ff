//! A file read, judged and ready to be stored as an edition: nothing of it is stored while an error is left.

use formats::oscal::Catalog;
use formats::problem::{Place, Problem};

use super::extract;
use super::requirement::{EditionId, Parameter, Requirement, RequirementId};
use crate::base::lang::Lang;

/// What was read from a file.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The catalog; for a profile, what it resolves to.
    pub catalog: Catalog,
    /// Whether it came from a profile.
    pub profile: bool,
    /// Its title in Japanese.
    pub title_ja: String,
    /// Its title in English.
    pub title_en: String,
    /// Its version.
    pub version: String,
    /// The day it was published, `2026-06-01`; empty when it does not say.
    pub published_on: String,
    /// What it asks. Ids and edition are given when it is stored.
    pub requirements: Vec<Requirement>,
    /// Values it leaves open.
    pub parameters: Vec<Parameter>,
    /// Controls it withdraws.
    pub withdrawn: usize,
    /// What is worth knowing; with an error among them nothing is stored.
    pub problems: Vec<Problem>,
}

impl Draft {
    /// Whether it may be stored.
    pub fn is_fit(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }
}

/// How grave a problem of the reader is here. What takes something out of a requirement, or makes two of them look like
/// one, stops the import. A document's own UUID or date that is missing or odd, and ids that are only unusual, do not:
/// nothing depends on them, and files of that kind are in use.
pub fn judged(problem: Problem) -> Problem {
    let pointer = problem.place.sheet.as_deref().unwrap_or_default();
    let harmless = match &*problem.code {
        "H0414" | "H0415" => true,
        "H0411" | "H0412" => {
            let uuid = pointer == "/catalog" || pointer == "/profile" || pointer.ends_with("/uuid");
            let heading = pointer.starts_with("/catalog/metadata") || pointer.starts_with("/profile/metadata");
            let needed =
                matches!(&*problem.kind, formats::problem::ProblemKind::Custom { en, .. } if en.contains("\"title\"") || en.contains("\"version\""));
            (uuid || heading || pointer.contains("/back-matter")) && !needed
        }
        _ => false,
    };
    if harmless { problem.as_note() } else { problem }
}

/// Reads a catalog. Whatever is wrong is among the problems; a file that cannot be read at all has only those.
///
/// # Errors
/// The problems of a file that is no OSCAL catalog of a known version, or is too large or broken.
pub fn of_catalog(bytes: &[u8]) -> Result<Draft, Vec<Problem>> {
    let (catalog, problems) = Catalog::read(bytes).map_err(|error| vec![error.problem()])?;
    Ok(of(catalog, problems.into_iter().map(judged).collect(), false))
}

/// A draft of a catalog already read.
pub fn of(catalog: Catalog, mut problems: Vec<Problem>, profile: bool) -> Draft {
    let nowhere = EditionId::from_text("");
    let (requirements, more) = extract::requirements(&catalog, &nowhere, || RequirementId::from_text(""));
    // The reader names both places of a doubled id; once is enough.
    let doubled = problems.iter().any(|problem| problem.code == "H0413");
    problems.extend(more.into_iter().filter(|problem| !(doubled && problem.code == "H1102")));
    let meta = &catalog.metadata;
    let stated = meta.published.as_deref().unwrap_or(&meta.last_modified);
    let published_on = stated.get(..10).filter(|day| crate::base::dates::parse_date(day).is_some()).unwrap_or_default().to_owned();
    for (field, value) in [("title", &meta.title), ("version", &meta.version)] {
        if value.trim().is_empty() && !problems.iter().any(Problem::is_error) {
            problems.push(Problem::custom(
                "H1104",
                Place::sheet("/metadata"),
                format!("「{field}」がありません。"),
                format!("\"{field}\" is missing."),
                "名称と版を書き足してから、もう一度取り込んでください。",
                "Add title and version and import again.",
            ));
        }
    }
    let withdrawn = catalog.controls().iter().filter(|placed| placed.control.is_withdrawn()).count();
    Draft {
        title_ja: extract::catalog_title(&catalog, Lang::Ja),
        title_en: extract::catalog_title(&catalog, Lang::En),
        version: meta.version.trim().to_owned(),
        published_on,
        parameters: extract::parameters(&catalog),
        requirements,
        withdrawn,
        problems,
        profile,
        catalog,
    }
}
