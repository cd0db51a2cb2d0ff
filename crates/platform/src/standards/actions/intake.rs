//! Taking an edition in: the baseline that ships with the product, and catalogs from outside.

use formats::problem::Problem;
use serde_json::json;

use crate::base::actor::Verb;
use crate::base::blobs;
use crate::base::dates::date;
use crate::base::error::{Error, Field, Result};
use crate::base::lang::Lang;
use crate::base::work::Work;
use crate::standards::draft::{self, Draft};
use crate::standards::requirement::{Edition, EditionId, Standard, StandardId};
use crate::standards::store;

/// The standard that ships with the product, by code.
pub const BASELINE: &str = "baseline";

/// The catalogs of its editions, first to last.
const BASELINES: [&str; 2] = [include_str!("../baseline/edition-1.json"), include_str!("../baseline/edition-2.json")];

/// Makes an edition's problems the error of a form: one line each, in both languages.
pub struct Refused(pub Vec<Problem>);

impl From<Refused> for Error {
    fn from(Refused(problems): Refused) -> Self {
        Self::Invalid(
            problems
                .iter()
                .filter(|problem| problem.is_error())
                .map(|problem| Field {
                    name: "file".to_owned(),
                    text: "standards-problem",
                    values: vec![
                        ("code", problem.code.to_string()),
                        ("ja", format!("{} {}", problem.message(Lang::Ja), problem.remedy(Lang::Ja))),
                        ("en", format!("{} {}", problem.message(Lang::En), problem.remedy(Lang::En))),
                    ],
                })
                .collect(),
        )
    }
}

/// Stores edition 1 or 2 of the baseline standard; an edition that is there already is given back.
///
/// # Errors
/// [`Error::NotFound`] for another number, or for an actor who may not.
pub async fn ship_baseline(work: &mut Work, number: usize) -> Result<EditionId> {
    work.scope("standards", Verb::Manage)?;
    let text = number.checked_sub(1).and_then(|index| BASELINES.get(index)).ok_or(Error::NotFound)?;
    let draft = off_thread(move || draft::of_catalog(text.as_bytes())).await?.map_err(Refused)?;
    take(work, &draft, text.as_bytes(), &format!("hinomi-baseline-{number}.json"), Some(BASELINE)).await
}

/// Stores a catalog from outside as an edition of the standard of the same title, or of a new one. `name` is the file's.
/// With the edition come the problems that do not stop the import.
///
/// # Errors
/// [`Error::Invalid`] with a line for every problem; nothing is stored then.
pub async fn import_catalog(work: &mut Work, bytes: &[u8], name: &str) -> Result<(EditionId, Vec<Problem>)> {
    work.scope("standards", Verb::Manage)?;
    let owned = bytes.to_vec();
    let draft = off_thread(move || draft::of_catalog(&owned)).await?.map_err(Refused)?;
    let id = take(work, &draft, bytes, name, None).await?;
    Ok((id, draft.problems))
}

/// Runs a long computation beside the threads that answer requests.
pub(super) async fn off_thread<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(run).await.map_err(Error::internal)
}

/// A code from a file's name: its letters and digits, small, joined by hyphens.
fn code_from(name: &str) -> String {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.strip_suffix(".json").unwrap_or(stem).to_lowercase();
    let words: Vec<&str> = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let code: String = words.join("-").chars().take(32).collect();
    let code = code.trim_matches('-').to_owned();
    if code.len() < 2 { "standard".to_owned() } else { code }
}

/// The standard a draft belongs to: the one called `code`, else the common one of the same title, else a new one.
async fn standard_of(work: &mut Work, draft: &Draft, name: &str, code: Option<&str>) -> Result<StandardId> {
    let standards = store::standards(&mut work.tx).await?;
    let same = |standard: &&Standard| match code {
        Some(code) => standard.code == code,
        None => standard.name_ja == draft.title_ja && standard.name_en == draft.title_en,
    };
    if let Some(standard) = standards.iter().find(same) {
        return Ok(standard.id.clone());
    }
    let wanted = code.map_or_else(|| code_from(name), str::to_owned);
    let taken = store::standard_codes(&mut work.tx).await?;
    let free = std::iter::once(wanted.clone()).chain((2_u32..).map(|number| format!("{wanted}-{number}"))).find(|code| !taken.contains(code));
    let id: StandardId = work.id();
    let new = Standard {
        id: id.clone(),
        code: free.unwrap_or(wanted),
        name_ja: draft.title_ja.clone(),
        name_en: draft.title_en.clone(),
        organisation_id: None,
    };
    store::insert_standard(&mut work.tx, &new).await?;
    Ok(id)
}

/// Stores a fit draft. The same file again gives the edition it made; another file that calls itself the same is refused.
pub(super) async fn take(work: &mut Work, draft: &Draft, source: &[u8], name: &str, code: Option<&str>) -> Result<EditionId> {
    if !draft.is_fit() {
        return Err(Refused(draft.problems.clone()).into());
    }
    let standard = standard_of(work, draft, name, code).await?;
    let source_hash = crate::base::audit::sha256(source);
    let editions = store::editions_of(&mut work.tx, &standard).await?;
    if let Some(there) = editions.iter().find(|edition| edition.version == draft.version) {
        if there.source_hash != source_hash {
            return Err(Error::invalid_with("file", "standards-error-version-taken", vec![("version", draft.version.clone())]));
        }
        let detail = json!({ "version": there.version, "again": true });
        work.audit("", "standards", "edition.import", there.id.as_str(), detail).await?;
        return Ok(there.id.clone());
    }
    let catalog = if draft.profile { draft.catalog.to_json(false).into_bytes() } else { source.to_vec() };
    let id: EditionId = work.id();
    let edition = Edition {
        id: id.clone(),
        standard_id: standard,
        standard_code: String::new(),
        position: editions.iter().map(|edition| edition.position).max().unwrap_or(0) + 1,
        version: draft.version.clone(),
        title_ja: draft.title_ja.clone(),
        title_en: draft.title_en.clone(),
        published_on: if draft.published_on.is_empty() { date(work.now).to_string() } else { draft.published_on.clone() },
        catalog_hash: blobs::put(&mut work.tx, &catalog, work.now).await?,
        catalog_uuid: draft.catalog.uuid.clone(),
        oscal_version: draft.catalog.metadata.oscal_version.clone(),
        source_name: name.to_owned(),
        source_hash,
        imported_at: work.stamp(),
        requirements: i64::try_from(draft.requirements.len()).unwrap_or(i64::MAX),
    };
    store::insert_edition(&mut work.tx, &edition).await?;
    let mut requirements = draft.requirements.clone();
    for one in &mut requirements {
        one.id = work.id();
        one.edition_id = id.clone();
    }
    store::insert_requirements(&mut work.tx, &requirements).await?;
    store::insert_parameters(&mut work.tx, &id, &draft.parameters).await?;
    let detail = json!({ "title": edition.title_ja, "version": edition.version, "requirements": edition.requirements,
        "file": edition.source_name, "sha256": edition.source_hash });
    work.audit("", "standards", "edition.import", id.as_str(), detail).await?;
    Ok(id)
}
