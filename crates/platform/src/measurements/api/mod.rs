//! The measurements for programs.

mod given;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use engine::facts::{Check, Verdict};
use engine::judge::Profile;
use engine::numbers::Figure;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use given::{Batch, ObservationOf, Unmet, assessment, history, results, unmet, unmet_of};

use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::cx::Cx;
use crate::base::db::Tx;
use crate::base::error::Result;
use crate::base::lang::Lang;
use crate::base::view::list::query;
use crate::measurements::evidence::{Kept, Raw};
use crate::measurements::observation::{Observation, ObservationId, verdict_at};
use crate::measurements::run::{Asked, Counts, Run, RunId};
use crate::measurements::setting::{Settings, Wanted};
use crate::measurements::standing::Standing;
use crate::measurements::{actions, store};

/// How one organisation stands in one check, or in all.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Stands {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// Its code.
    pub organisation: String,
    /// The check; none: all together.
    pub check: Option<String>,
    /// What is met, not met and unknown now.
    pub counts: Counts,
    /// The figure `measured-met-rate`.
    #[schemars(with = "serde_json::Value")]
    pub figure: Figure,
}

/// A registered domain as probes see it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct TargetOut {
    /// The domain.
    pub domain: String,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// Its code.
    pub organisation: String,
    /// Whether a web server is registered for it.
    pub web_server: bool,
    /// The suffixes it must lie under; none: no such rule.
    pub suffixes: Vec<String>,
}

/// An observation with what was heard.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ObservationFull {
    /// The observation.
    #[serde(flatten)]
    pub observation: Observation,
    /// Its verdict as it stands today: `stale` when it is too old.
    #[schemars(with = "String")]
    pub verdict_now: Verdict,
    /// What was heard; null once its time is over.
    pub evidence: serde_json::Value,
    /// When what was heard was dropped, UTC; the hash of it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_dropped_at: Option<String>,
}

/// Something with its id.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Made {
    /// The run.
    pub id: RunId,
}

/// What is set; what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
pub struct SettingsIn {
    /// Kind of organisation → allowed suffixes.
    pub suffixes: Option<std::collections::BTreeMap<String, Vec<String>>>,
    /// The hour of the daily run, 0 to 23, Japan time; -1: none.
    pub hour: Option<i8>,
    /// Days after which an observation is stale.
    pub max_age_days: Option<i64>,
    /// How strict the rules are: `high-security`, `recommended` or `exception`.
    pub profile: Option<String>,
    /// Days raw evidence is kept, 30 or more; 0: for ever.
    pub evidence_days: Option<i64>,
}

/// A problem of a file, in the language asked for.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Told {
    /// `H` and four digits.
    pub code: String,
    /// Whether it stops the import.
    pub error: bool,
    /// Row, line, or number in the array, from 1.
    pub row: Option<u32>,
    /// Where and what.
    pub message: String,
    /// What to do next.
    pub remedy: String,
}

impl Told {
    /// `problem` in `lang`.
    pub fn of(problem: &formats::problem::Problem, lang: Lang) -> Self {
        Self {
            code: problem.code.to_string(),
            error: problem.is_error(),
            row: problem.place.row,
            message: problem.message(lang),
            remedy: problem.remedy(lang),
        }
    }
}

/// What an import did, or would do.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ImportedOut {
    /// The run that holds what is new; none when nothing was stored.
    pub run: Option<RunId>,
    /// Observations that were not there before.
    pub new: usize,
    /// Observations that were there already.
    pub known: usize,
    /// What is wrong or worth knowing.
    pub problems: Vec<Told>,
}

impl ImportedOut {
    /// What was done, in `lang`.
    pub fn of(done: &actions::Imported, lang: Lang) -> Self {
        Self {
            run: done.run.clone(),
            new: done.new,
            known: done.known,
            problems: done.problems.iter().map(|problem| Told::of(problem, lang)).collect(),
        }
    }
}

fn asked(cx: &Cx, name: &str) -> String {
    query(&cx.uri).into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default()
}

/// How every organisation within reach stands, in all checks together and in each.
pub async fn overview(cx: Cx) -> Result<Json<Vec<Stands>>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let standing = actions::standing(&mut cx.read().await?, &scope, cx.app.clock.now()).await?;
    Ok(Json(stands(&standing)))
}

/// The same for other callers.
pub fn stands(standing: &Standing) -> Vec<Stands> {
    let mut out = Vec::new();
    for one in &standing.organisations {
        let targets: Vec<_> = standing.targets_of(&one.id).collect();
        if targets.is_empty() {
            continue;
        }
        let mut add = |check: Option<Check>, checks: &[Check]| {
            let counts = standing.count(targets.iter().copied(), checks);
            let check = check.map(|check| check.as_str().to_owned());
            out.push(Stands { organisation_id: one.id.clone(), organisation: one.code.clone(), check, counts, figure: counts.rate() });
        };
        add(None, Check::ALL);
        for check in Check::ALL {
            add(Some(*check), &[*check]);
        }
    }
    out
}

/// The domains that may be measured.
pub async fn targets(cx: Cx) -> Result<Json<Vec<TargetOut>>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let standing = actions::standing(&mut cx.read().await?, &scope, cx.app.clock.now()).await?;
    let code = |id: &OrganisationId| standing.organisations.iter().find(|one| one.id == *id).map(|one| one.code.clone()).unwrap_or_default();
    let out = standing.targets.iter().map(|target| TargetOut {
        domain: target.domain.clone(),
        organisation_id: target.organisation_id.clone(),
        organisation: code(&target.organisation_id),
        web_server: target.web_server,
        suffixes: target.suffixes.clone(),
    });
    Ok(Json(out.collect()))
}

/// The newest observation of each target × check.
pub async fn observations(cx: Cx) -> Result<Json<Vec<Observation>>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    Ok(Json(newest(&cx, &mut cx.read().await?, &scope).await?))
}

/// The same as OCSF Compliance Findings.
pub async fn ocsf(cx: Cx) -> Result<Json<Vec<serde_json::Value>>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let found = newest(&cx, &mut tx, &scope).await?;
    findings(&mut tx, &scope, &found, cx.lang, cx.app.clock.now()).await.map(Json)
}

/// What an address asks for, of the newest observations within reach.
async fn newest(cx: &Cx, tx: &mut Tx, scope: &Scope) -> Result<Vec<Observation>> {
    let mut found = store::latest(tx, scope).await?;
    let organisation = asked(cx, "organisation");
    if !organisation.is_empty() {
        let one = crate::register::store::organisation_by_code(tx, scope, &organisation).await?;
        found.retain(|observation| observation.organisation_id == one.id);
    }
    let (check, verdict, target) = (asked(cx, "check"), asked(cx, "verdict"), asked(cx, "target"));
    let fits = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
    found.retain(|one| fits(&check, one.check.as_str()) && fits(&verdict, one.verdict.as_str()) && fits(&target, &one.target));
    Ok(found)
}

/// Observations as OCSF Compliance Findings, with their verdicts as they stand at `now`.
pub async fn findings(tx: &mut Tx, scope: &Scope, found: &[Observation], lang: Lang, now: Timestamp) -> Result<Vec<serde_json::Value>> {
    let max_age = store::settings(tx).await?.max_age_days;
    let organisations = crate::register::store::organisations(tx, scope).await?;
    let finding = |one: &Observation| {
        let whose = organisations.iter().find(|organisation| organisation.id == one.organisation_id);
        let title = crate::base::lang::texts().get(lang, &format!("measurements-check-{}", one.check.as_str()));
        formats::ocsf::finding(&formats::ocsf::Measured {
            id: one.id.as_str(),
            organisation: whose.map_or(("", ""), |whose| (whose.code.as_str(), whose.name(lang))),
            target: &one.target,
            check: one.check.as_str(),
            title: &title,
            verdict: verdict_at(one.verdict, &one.at, now, max_age),
            reason: (&one.reason.code, one.reason.text.get(lang)),
            rule: (&format!("{}@{}", one.rule_id, one.rule_version), &one.clause),
            remedy: &one.remedy,
            at: crate::base::dates::parse_stamp(&one.at).map_or(0, Timestamp::as_millisecond),
            product: env!("CARGO_PKG_VERSION"),
        })
    };
    Ok(found.iter().map(finding).collect())
}

/// One observation with its evidence.
pub async fn observation(cx: Cx, Path(id): Path<ObservationId>) -> Result<Json<ObservationFull>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    Ok(Json(full(&mut cx.read().await?, &scope, &id, cx.app.clock.now()).await?))
}

/// The same for other callers.
pub async fn full(tx: &mut crate::base::db::Tx, scope: &crate::base::actor::Scope, id: &ObservationId, now: Timestamp) -> Result<ObservationFull> {
    let observation = store::observation(tx, scope, id).await?;
    let max_age = store::settings(tx).await?.max_age_days;
    let verdict_now = verdict_at(observation.verdict, &observation.at, now, max_age);
    let (evidence, evidence_dropped_at) = match store::evidence(tx, id).await? {
        Raw::Kept(Kept { text, .. }) => (serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text)), None),
        Raw::Dropped { at } => (serde_json::Value::Null, Some(at)),
    };
    Ok(ObservationFull { observation, verdict_now, evidence, evidence_dropped_at })
}

/// The newest runs.
pub async fn runs(cx: Cx) -> Result<Json<Vec<Run>>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    Ok(Json(store::runs(&mut cx.read().await?, &scope, 500).await?))
}

/// One run.
pub async fn run(cx: Cx, Path(id): Path<RunId>) -> Result<Json<Run>> {
    let scope = cx.scope("measurements", Verb::Read)?;
    let mut tx = cx.read().await?;
    let mut run = store::run(&mut tx, &scope, &id).await?;
    if actions::is_given_up(&mut tx, &run).await? {
        run.state = crate::measurements::run::State::Failed;
    }
    Ok(Json(run))
}

/// Asks for a run.
pub async fn run_ask(cx: Cx, Json(asked): Json<Asked>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    let id = actions::run(&mut work, &asked).await?;
    work.commit().await?;
    Ok(Json(Made { id }))
}

/// Asks for kept evidence to be judged again.
pub async fn rejudge_ask(cx: Cx, Json(asked): Json<Asked>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    let id = actions::run_from(&mut work, &asked, actions::REJUDGE).await?;
    work.commit().await?;
    Ok(Json(Made { id }))
}

/// Stops a run.
pub async fn run_cancel(cx: Cx, Path(id): Path<RunId>) -> Result<Json<Made>> {
    let mut work = cx.work().await?;
    actions::cancel(&mut work, &id).await?;
    work.commit().await?;
    Ok(Json(Made { id }))
}

/// Takes in observations made elsewhere: the body is the file itself.
pub async fn import(cx: Cx, body: Bytes) -> Result<Json<ImportedOut>> {
    let name = asked(&cx, "name");
    let mut work = cx.work().await?;
    let done = actions::import(&mut work, if name.is_empty() { "body" } else { &name }, &body, asked(&cx, "dry_run") == "1").await?;
    if done.is_refused() {
        return Err(actions::refusal(&done.problems));
    }
    if done.run.is_some() {
        work.commit().await?;
    }
    Ok(Json(ImportedOut::of(&done, cx.lang)))
}

/// What is set.
pub async fn settings(cx: Cx) -> Result<Json<Settings>> {
    cx.scope("measurements", Verb::Manage)?;
    Ok(Json(store::settings(&mut cx.read().await?).await?))
}

/// Sets it.
pub async fn settings_set(cx: Cx, Json(body): Json<SettingsIn>) -> Result<Json<Settings>> {
    let mut work = cx.work().await?;
    change(&mut work, body).await?;
    let now = store::settings(&mut work.tx).await?;
    work.commit().await?;
    Ok(Json(now))
}

/// Sets what is named and leaves the rest.
pub async fn change(work: &mut crate::base::work::Work, body: SettingsIn) -> Result<()> {
    let old = store::settings(&mut work.tx).await?;
    let hour = match body.hour {
        None => old.schedule.hour,
        Some(-1) => None,
        Some(hour) => Some(hour),
    };
    let wanted = Wanted {
        by_kind: body.suffixes.unwrap_or(old.suffixes.by_kind),
        hour,
        max_age_days: body.max_age_days.unwrap_or(old.max_age_days),
        profile: body.profile.map_or(Some(old.profile), |text| Profile::parse(&text)),
        evidence_days: body.evidence_days.unwrap_or(old.evidence_days),
    };
    actions::set(work, wanted).await
}
