//! Taking an edition in: the baseline that ships with the product, and catalogs from outside.

use std::sync::Arc;

use formats::problem::{Place, Problem};
use jiff::Timestamp;
use serde_json::json;

use crate::base::actor::Verb;
use crate::base::blobs;
use crate::base::dates::date;
use crate::base::db::Tx;
use crate::base::error::{Error, Field, Result};
use crate::base::lang::Lang;
use crate::base::work::Work;
use crate::standards::change::{Change, changes};
use crate::standards::draft::{self, Draft};
use crate::standards::profile::{self, Beside, Outcome};
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
    let name = format!("hinomi-baseline-{number}.json");
    let parcel = Parcel::new(&name, text.as_bytes(), Vec::new());
    let now = work.now;
    let examined = examine_for(&mut work.tx, &parcel, now, Some(BASELINE)).await?;
    take(work, &examined, text.as_bytes(), &name, Some(BASELINE)).await
}

/// A file to take in, with those beside it.
#[derive(Clone)]
pub struct Parcel {
    /// The file's name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Answers for the files beside it, by name.
    pub beside: Arc<Beside>,
}

impl Parcel {
    /// A file with others, by name, beside it.
    pub fn new(name: &str, bytes: &[u8], beside: Vec<(String, Vec<u8>)>) -> Self {
        let find = move |name: &str| beside.iter().find(|(there, _)| there == name).map(|(_, bytes)| bytes.clone());
        Self { name: name.to_owned(), bytes: bytes.to_vec(), beside: Arc::new(find) }
    }
}

/// A file examined: what storing it would do.
#[derive(Clone, Debug)]
pub struct Examined {
    /// What was read.
    pub draft: Draft,
    /// SHA-256 by which the same file is known again.
    pub source_hash: String,
    /// The standard it would be an edition of, if that is there already.
    pub standard: Option<Standard>,
    /// Its newest edition.
    pub newest: Option<Edition>,
    /// The edition it already is, if it was stored before.
    pub stored: Option<Edition>,
    /// What changes against the newest edition.
    pub changes: Vec<Change>,
}

/// Reads a catalog or profile without storing anything. The problems of a readable file are in the draft.
///
/// # Errors
/// [`Error::Invalid`] with a line for every problem of a file that cannot be read.
pub async fn examine(tx: &mut Tx, parcel: &Parcel, now: Timestamp) -> Result<Examined> {
    examine_for(tx, parcel, now, None).await
}

async fn examine_for(tx: &mut Tx, parcel: &Parcel, now: Timestamp, code: Option<&str>) -> Result<Examined> {
    let (draft, source_hash) = read(tx, parcel, now).await?;
    let same = |standard: &Standard| match code {
        Some(code) => standard.code == code,
        None => standard.name_ja == draft.title_ja && standard.name_en == draft.title_en,
    };
    let standard = store::standards(tx).await?.into_iter().find(same);
    let editions = match &standard {
        Some(standard) => store::editions_of(tx, &standard.id).await?,
        None => Vec::new(),
    };
    let stored = editions.iter().find(|edition| edition.version == draft.version).cloned();
    let newest = editions.last().cloned();
    let changes = match &newest {
        Some(newest) if stored.is_none() => changes(&store::requirements(tx, &newest.id).await?, &draft.requirements),
        _ => Vec::new(),
    };
    let mut examined = Examined { draft, source_hash, standard, newest, stored, changes };
    if let Some(stored) = examined.stored.as_ref().filter(|stored| stored.source_hash != examined.source_hash) {
        examined.draft.problems.push(Problem::custom(
            "H1105",
            Place::sheet("/metadata/version"),
            format!("第{}版は、別の内容でもう登録されています。", stored.version),
            format!("Version {} is already stored with other content.", stored.version),
            "版の番号を変えてから取り込んでください。",
            "Give the file another version number and import it again.",
        ));
    }
    Ok(examined)
}

/// Whether a document is a profile. Only the first name is looked at; the reader itself judges the rest.
fn is_profile(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes.get(..4_096).unwrap_or(bytes));
    let first = |name: &str| text.find(&format!("\"{name}\"")).unwrap_or(usize::MAX);
    first("profile") < first("catalog")
}

/// Reads a parcel; a profile's imports come from beside it, else from the editions stored.
async fn read(tx: &mut Tx, parcel: &Parcel, now: Timestamp) -> Result<(Draft, String)> {
    let bytes = parcel.bytes.clone();
    if !is_profile(&bytes) {
        let hash = crate::base::audit::sha256(&bytes);
        return Ok((off_thread(move || draft::of_catalog(&bytes)).await?.map_err(Refused)?, hash));
    }
    let mut stored: Vec<(String, Vec<u8>)> = Vec::new();
    loop {
        let (bytes, given, known, at) = (bytes.clone(), parcel.beside.clone(), stored.clone(), crate::base::dates::stamp(now));
        let beside = move |name: &str| given(name).or_else(|| known.iter().find(|(there, _)| there == name).map(|(_, bytes)| bytes.clone()));
        let (wanted, problems) = match off_thread(move || profile::read(&bytes, &beside, &at)).await?.map_err(Refused)? {
            Outcome::Done(draft, identity) => return Ok((*draft, identity)),
            Outcome::Wants(names, problems) => (names, problems),
        };
        let before = stored.len();
        for edition in store::editions(tx).await? {
            let name = wanted.iter().find(|name| **name == edition.source_name || **name == edition.file_name());
            if let Some(name) = name.filter(|name| !stored.iter().any(|(there, _)| there == *name)) {
                stored.push((name.clone(), blobs::get(tx, &edition.catalog_hash).await?));
            }
        }
        // Nothing new was found, so it would ask for the same again.
        if stored.len() == before {
            return Err(Refused(problems).into());
        }
    }
}

/// The SHA-256 under which an examined file and those beside it are kept until somebody says to store it.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The file; empty when it is not fit to be stored.
    pub file: String,
    /// Those beside it: name, SHA-256.
    pub beside: Vec<(String, String)>,
}

/// As [`examine`], and keeps the bytes of a fit file so that it need not be sent again to be stored.
///
/// # Errors
/// As [`examine`].
pub async fn examine_and_keep(work: &mut Work, parcel: &Parcel, beside: &[(String, Vec<u8>)]) -> Result<(Examined, Kept)> {
    work.scope("standards", Verb::Manage)?;
    let now = work.now;
    let examined = examine(&mut work.tx, parcel, now).await?;
    let mut kept = Kept::default();
    if examined.draft.is_fit() && examined.stored.is_none() {
        kept.file = blobs::put(&mut work.tx, &parcel.bytes, now).await?;
        for (name, bytes) in beside {
            kept.beside.push((name.clone(), blobs::put(&mut work.tx, bytes, now).await?));
        }
    }
    let detail = json!({ "file": parcel.name, "sha256": examined.source_hash, "fit": examined.draft.is_fit() });
    work.audit("", "standards", "edition.examine", &parcel.name, detail).await?;
    Ok((examined, kept))
}

/// Stores a catalog or profile from outside as an edition of the standard of the same title, or of a new one. With the
/// edition come the problems that did not stop it. The same file again gives the edition it made.
///
/// # Errors
/// [`Error::Invalid`] with a line for every problem; nothing is stored then.
pub async fn import(work: &mut Work, parcel: &Parcel) -> Result<(EditionId, Vec<Problem>)> {
    work.scope("standards", Verb::Manage)?;
    let now = work.now;
    let examined = examine(&mut work.tx, parcel, now).await?;
    let id = store_examined(work, &examined, parcel).await?;
    Ok((id, examined.draft.problems))
}

/// Stores what [`examine`] found fit in the same transaction.
///
/// # Errors
/// As [`import`].
pub async fn store_examined(work: &mut Work, examined: &Examined, parcel: &Parcel) -> Result<EditionId> {
    work.scope("standards", Verb::Manage)?;
    take(work, examined, &parcel.bytes, &parcel.name, None).await
}

/// As [`import`], for a catalog that needs no other file. `name` is the file's.
///
/// # Errors
/// As [`import`].
pub async fn import_catalog(work: &mut Work, bytes: &[u8], name: &str) -> Result<(EditionId, Vec<Problem>)> {
    import(work, &Parcel::new(name, bytes, Vec::new())).await
}

/// As [`import`], for a profile with the files beside it, by name; what is not beside it is looked for among the editions.
///
/// # Errors
/// As [`import`].
pub async fn import_profile(work: &mut Work, bytes: &[u8], name: &str, beside: Vec<(String, Vec<u8>)>) -> Result<(EditionId, Vec<Problem>)> {
    import(work, &Parcel::new(name, bytes, beside)).await
}

/// Runs a long computation beside the threads that answer requests.
pub(super) async fn off_thread<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(run).await.map_err(Error::internal)
}

/// A code from a file's name: its letters and digits, small, joined by hyphens.
fn code_from(name: &str) -> String {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.strip_suffix(".json").unwrap_or(stem).to_lowercase();
    let mut words: Vec<&str> = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words.last().is_some_and(|last| matches!(*last, "catalog" | "profile")) {
        words.pop();
    }
    let code: String = words.join("-").chars().take(40).collect();
    let code = code.trim_matches('-').to_owned();
    if code.len() < 2 { "standard".to_owned() } else { code }
}

/// A new standard for a draft, its code from `code` or from the file's name.
async fn new_standard(work: &mut Work, draft: &Draft, name: &str, code: Option<&str>) -> Result<StandardId> {
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

/// Stores what was examined, if it is fit.
async fn take(work: &mut Work, examined: &Examined, source: &[u8], name: &str, code: Option<&str>) -> Result<EditionId> {
    let draft = &examined.draft;
    if !draft.is_fit() {
        return Err(Refused(draft.problems.clone()).into());
    }
    if let Some(there) = &examined.stored {
        let detail = json!({ "version": there.version, "again": true });
        work.audit("", "standards", "edition.import", there.id.as_str(), detail).await?;
        return Ok(there.id.clone());
    }
    let standard = match &examined.standard {
        Some(standard) => standard.id.clone(),
        None => new_standard(work, draft, name, code).await?,
    };
    let catalog = if draft.profile { draft.catalog.to_json(false).into_bytes() } else { source.to_vec() };
    let id: EditionId = work.id();
    let edition = Edition {
        id: id.clone(),
        standard_id: standard,
        standard_code: String::new(),
        position: examined.newest.as_ref().map_or(0, |newest| newest.position) + 1,
        version: draft.version.clone(),
        title_ja: draft.title_ja.clone(),
        title_en: draft.title_en.clone(),
        published_on: if draft.published_on.is_empty() { date(work.now).to_string() } else { draft.published_on.clone() },
        catalog_hash: blobs::put(&mut work.tx, &catalog, work.now).await?,
        catalog_uuid: draft.catalog.uuid.clone(),
        oscal_version: draft.catalog.metadata.oscal_version.clone(),
        source_name: name.to_owned(),
        source_hash: examined.source_hash.clone(),
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
