//! Measured facts for other programs: page after page, what is not met with since when, and as OSCAL.

use axum::Json;
use engine::facts::{Check, Verdict};
use serde::Serialize;

use super::{asked, newest};
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::cx::Cx;
use crate::base::dates::{parse_date, parse_stamp, stamp};
use crate::base::db::Tx;
use crate::base::error::{Error, Field, Result};
use crate::base::lang::Lang;
use crate::measurements::observation::Observation;
use crate::measurements::standing::Standing;
use crate::measurements::store::{self, Wanted};
use crate::measurements::{actions, gather, oscal};
use crate::register;

/// Observations of one page, unless asked otherwise.
const USUAL: i64 = 200;
/// The most one page holds.
const MOST: i64 = 1_000;

/// An observation with the code of the organisation whose target it is.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ObservationOf {
    /// The code of the organisation.
    pub organisation: String,
    /// The observation, with its reason's code and every sentence in both languages.
    #[serde(flatten)]
    pub observation: Observation,
}

/// A page of observations, in the order in which they were kept.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Batch {
    /// The observations; evidence judged again is an observation of its own, with the time at which it was heard.
    pub observations: Vec<ObservationOf>,
    /// The cursor of the next page. After the last page it stays good: asked with it later, only what is new is given.
    pub next: String,
    /// Whether more is there already.
    pub more: bool,
}

/// What is not met now, and since when.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Unmet {
    /// The code of the organisation.
    pub organisation: String,
    /// When the first of the unbroken series of observations that are not met was made, UTC.
    pub since: Option<String>,
    /// The newest observation, with what to do about it.
    #[serde(flatten)]
    pub observation: Observation,
}

fn wrong(name: &str, text: &'static str) -> Field {
    Field { name: name.to_owned(), text, values: Vec::new() }
}

/// What an address asks of the history.
async fn wanted(cx: &Cx, tx: &mut Tx, scope: &Scope) -> Result<Wanted> {
    let mut fields = Vec::new();
    let number = |text: &str, otherwise: i64| if text.is_empty() { Some(otherwise) } else { text.parse::<i64>().ok() };
    let after = number(&asked(cx, "cursor"), 0).filter(|after| *after >= 0);
    let count = number(&asked(cx, "limit"), USUAL).filter(|count| (1..=MOST).contains(count));
    let (since, check) = (asked(cx, "since"), asked(cx, "check"));
    if after.is_none() {
        fields.push(wrong("cursor", "measurements-error-cursor"));
    }
    if count.is_none() {
        fields.push(Field { values: vec![("most", MOST.to_string())], ..wrong("limit", "measurements-error-limit") });
    }
    // A date stays a date, for it means a whole day; a time in another zone is brought into ours, so that the texts compare.
    let since = match (since.len(), parse_date(&since), parse_stamp(&since)) {
        (0, ..) | (10, Some(_), _) => since,
        (_, _, Some(at)) => stamp(at),
        _ => {
            fields.push(wrong("since", "measurements-error-since"));
            since
        }
    };
    if !check.is_empty() && Check::parse(&check).is_none() {
        fields.push(Field { values: vec![("check", check.clone())], ..wrong("check", "measurements-error-check") });
    }
    if !fields.is_empty() {
        return Err(Error::Invalid(fields));
    }
    let code = asked(cx, "organisation");
    let organisation = if code.is_empty() { None } else { Some(register::store::organisation_by_code(tx, scope, &code).await?.id) };
    Ok(Wanted { after: after.unwrap_or(0), since, organisation, target: asked(cx, "target"), check, count: count.unwrap_or(USUAL) })
}

/// Every observation, page after page.
pub async fn history(cx: Cx) -> Result<Json<Batch>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let wanted = wanted(&cx, &mut tx, &scope).await?;
    // One more than asked for tells whether there is more.
    let mut kept = store::batch(&mut tx, &scope, &Wanted { count: wanted.count + 1, ..wanted.clone() }).await?;
    let more = kept.len() as i64 > wanted.count;
    kept.truncate(usize::try_from(wanted.count).unwrap_or(usize::MAX));
    let next = kept.last().map_or(wanted.after, |one| one.seq).to_string();
    let observations = kept.into_iter().map(|one| ObservationOf { organisation: one.organisation, observation: one.observation }).collect();
    Ok(Json(Batch { observations, next, more }))
}

/// What is not met now, within reach.
pub async fn unmet(cx: Cx) -> Result<Json<Vec<Unmet>>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let standing = actions::standing(&mut tx, &scope, cx.app.clock.now()).await?;
    let (organisation, check, target) = (asked(&cx, "organisation"), asked(&cx, "check"), asked(&cx, "target"));
    let mut found = unmet_of(&mut tx, &scope, &standing).await?;
    let fits = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
    found.retain(|one| {
        fits(&organisation, &one.organisation) && fits(&check, one.observation.check.as_str()) && fits(&target, &one.observation.target)
    });
    Ok(Json(found))
}

/// The same for other callers.
pub async fn unmet_of(tx: &mut Tx, scope: &Scope, standing: &Standing) -> Result<Vec<Unmet>> {
    let since = store::since(tx, scope, Verdict::NotMet).await?;
    let code = |id: &OrganisationId| standing.organisations.iter().find(|one| one.id == *id).map(|one| one.code.clone()).unwrap_or_default();
    let ids: Vec<_> = standing.not_met().map(|(_, one)| &one.id).collect();
    let full = store::observations(tx, scope, &ids).await?;
    let unmet = ids.iter().filter_map(|id| full.get(*id)).map(|one| Unmet {
        organisation: code(&one.organisation_id),
        since: since.get(&(one.organisation_id.clone(), one.target.clone(), one.check)).cloned(),
        observation: one.clone(),
    });
    Ok(unmet.collect())
}

/// The newest observations as OSCAL assessment results.
pub async fn results(cx: Cx) -> Result<Json<serde_json::Value>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let found = newest(&cx, &mut tx, &scope).await?;
    let (whose, site) = (asked(&cx, "organisation"), cx.app.config.public_url.clone());
    let text = assessment(&mut tx, &scope, &whose, found, &site, (cx.lang, cx.app.clock.now())).await?;
    Ok(Json(serde_json::from_str(&text)?))
}

/// The same for other callers, as text.
pub async fn assessment(
    tx: &mut Tx,
    scope: &Scope,
    whose: &str,
    found: Vec<Observation>,
    site: &str,
    (lang, now): (Lang, jiff::Timestamp),
) -> Result<String> {
    let given = gather::given(tx, scope, whose, found, site, now).await?;
    oscal::document(&given, lang).map_err(Error::internal)
}
