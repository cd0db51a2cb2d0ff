//! The standards for programs.

pub mod derived;

use axum::Json;
use axum::extract::Path;
use formats::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::actor::Verb;
use crate::base::cx::Cx;
use crate::base::error::{Error, Result};
use crate::base::lang::Lang;
use crate::base::view::list::query;
use crate::standards::actions::{self, Examined, Parcel};
use crate::standards::change::{Change, Kind};
use crate::standards::requirement::{Edition, EditionId, Parameter, Requirement, RequirementId};
use crate::standards::store;

/// What changed from one edition to another.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Diff {
    /// The edition before.
    pub from: Edition,
    /// The edition after.
    pub to: Edition,
    /// The changes.
    pub changes: Vec<Change>,
}

/// An edition with all it asks.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct EditionFull {
    /// The edition.
    pub edition: Edition,
    /// What it asks, in order.
    pub requirements: Vec<Requirement>,
    /// The values it leaves open.
    pub parameters: Vec<Parameter>,
}

/// A file to take in.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
pub struct ImportBody {
    /// The file's name.
    pub name: String,
    /// The OSCAL document, `{"catalog": …}` or `{"profile": …}`.
    pub document: Value,
    /// Documents beside it, by file name.
    #[serde(default)]
    pub beside: std::collections::BTreeMap<String, Value>,
    /// Whether only to examine it.
    #[serde(default)]
    pub dry_run: bool,
}

/// Which edition of the baseline.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
pub struct BaselineBody {
    /// 1 or 2.
    pub edition: usize,
}

/// A problem in the language asked for.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Told {
    /// `H` and four digits.
    pub code: String,
    /// Whether it stops the import.
    pub error: bool,
    /// Where: a JSON pointer or an id; empty for the whole.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub remedy: String,
}

impl Told {
    /// A problem in `lang`.
    pub fn of(problem: &Problem, lang: Lang) -> Self {
        Self {
            code: problem.code.to_string(),
            error: problem.is_error(),
            place: problem.place.sheet.clone().unwrap_or_default(),
            message: problem.message(lang),
            remedy: problem.remedy(lang),
        }
    }
}

/// What taking a file in did, or would do.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct Imported {
    /// The edition; none when nothing was stored.
    pub edition: Option<EditionId>,
    /// Whether that edition was there before.
    pub already_stored: bool,
    /// The code of the standard; none when it would be a new one.
    pub standard: Option<String>,
    /// Its title in Japanese.
    pub title_ja: String,
    /// Its title in English.
    pub title_en: String,
    /// Its version.
    pub version: String,
    /// How many requirements.
    pub requirements: usize,
    /// How many controls it withdraws.
    pub withdrawn: usize,
    /// Requirements added, changed, withdrawn against the newest edition stored.
    pub changes: [usize; 3],
    /// What is wrong or worth knowing.
    pub problems: Vec<Told>,
}

impl Imported {
    /// What was examined, with the edition it became, if it did.
    pub fn of(examined: &Examined, edition: Option<EditionId>, lang: Lang) -> Self {
        let count = |kind: Kind| examined.changes.iter().filter(|one| one.kind == kind).count();
        let draft = &examined.draft;
        Self {
            edition,
            already_stored: examined.stored.is_some(),
            standard: examined.standard.as_ref().map(|standard| standard.code.clone()),
            title_ja: draft.title_ja.clone(),
            title_en: draft.title_en.clone(),
            version: draft.version.clone(),
            requirements: draft.requirements.len(),
            withdrawn: draft.withdrawn,
            changes: [count(Kind::Added), count(Kind::Changed), count(Kind::Withdrawn)],
            problems: draft.problems.iter().map(|problem| Told::of(problem, lang)).collect(),
        }
    }
}

/// Every edition.
pub async fn editions(cx: Cx) -> Result<Json<Vec<Edition>>> {
    Ok(Json(store::editions(&mut cx.read().await?).await?))
}

/// One edition with all it asks.
pub async fn edition(cx: Cx, Path(id): Path<EditionId>) -> Result<Json<EditionFull>> {
    let mut tx = cx.read().await?;
    Ok(Json(EditionFull {
        edition: store::edition(&mut tx, &id).await?,
        requirements: store::requirements(&mut tx, &id).await?,
        parameters: store::parameters(&mut tx, &id).await?,
    }))
}

/// One requirement.
pub async fn requirement(cx: Cx, Path(id): Path<RequirementId>) -> Result<Json<Requirement>> {
    Ok(Json(store::requirement(&mut cx.read().await?, &id).await?))
}

/// The difference of two editions.
pub async fn diff(cx: Cx) -> Result<Json<Diff>> {
    let query = query(&cx.uri);
    let of = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| EditionId::from_text(value.as_str())).ok_or(Error::NotFound);
    Ok(Json(actions::diff(&mut cx.read().await?, &of("from")?, &of("to")?).await?))
}

/// Takes a document in, or only examines it.
pub async fn import(cx: Cx, Json(body): Json<ImportBody>) -> Result<Json<Imported>> {
    let beside = body.beside.iter().map(|(name, document)| (name.clone(), document.to_string().into_bytes())).collect();
    let parcel = Parcel::new(&body.name, body.document.to_string().as_bytes(), beside);
    let mut work = cx.work().await?;
    work.scope("standards", Verb::Manage)?;
    let (now, lang) = (work.now, cx.lang);
    let examined = actions::examine(&mut work.tx, &parcel, now).await?;
    if body.dry_run {
        return Ok(Json(Imported::of(&examined, None, lang)));
    }
    let id = actions::store_examined(&mut work, &examined, &parcel).await?;
    work.commit().await?;
    Ok(Json(Imported::of(&examined, Some(id), lang)))
}

/// Stores an edition of the baseline.
pub async fn baseline(cx: Cx, Json(body): Json<BaselineBody>) -> Result<Json<Imported>> {
    let mut work = cx.work().await?;
    let id = actions::ship_baseline(&mut work, body.edition).await?;
    let edition = store::edition(&mut work.tx, &id).await?;
    work.commit().await?;
    Ok(Json(Imported {
        edition: Some(id),
        standard: Some(edition.standard_code),
        title_ja: edition.title_ja,
        title_en: edition.title_en,
        version: edition.version,
        requirements: usize::try_from(edition.requirements).unwrap_or_default(),
        ..Imported::default()
    }))
}
