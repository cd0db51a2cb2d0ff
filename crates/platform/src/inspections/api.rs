//! The inspections for programs.

use axum::Json;
use axum::extract::Path;

use super::actions::{self, Recorded, RespondentsTaken};
use super::answer::{Submission, Taken};
use super::cycle::{CycleExclusion, CycleId, NewCycle};
use super::pages::{cycle::count, seen};
use super::respondent::NewRespondent;
use super::store;
use super::wire::{
    ApproveIn, CountOut, CycleOut, DrawIn, FindingIn, FindingOut, GivenIn, ItemOut, QuestionOut, RateOut, SampledOut, UnitInOut, rates,
};
use crate::base::actor::{OrganisationId, Verb};
use crate::base::area::{Need, Route};
use crate::base::cx::Cx;
use crate::base::error::Result;
use crate::base::jobs::State as Progress;

/// The addresses for programs.
pub fn routes() -> Vec<Route> {
    use Need::{Link, May};
    use Verb::{Audit, Decide, Manage, Read};
    vec![
        Route::api("/api/v1/inspections/cycles", May(Read), "List the cycles you may know of, newest first", cycles).gives::<Vec<CycleOut>>(),
        Route::api_post("/api/v1/inspections/cycles", May(Manage), "Make a cycle as a draft", create).takes::<NewCycle>().gives::<CycleOut>(),
        Route::api("/api/v1/inspections/cycles/{cycle}", May(Read), "Read a cycle", cycle).gives::<CycleOut>(),
        Route::api_post("/api/v1/inspections/cycles/{cycle}/announce", May(Manage), "Announce dates and items", announce).gives::<CycleOut>(),
        Route::api_post("/api/v1/inspections/cycles/{cycle}/open", May(Manage), "Open: freezes what is asked of whom", open).gives::<CycleOut>(),
        Route::api_post("/api/v1/inspections/cycles/{cycle}/close", May(Manage), "Close: answers are final", close).gives::<CycleOut>(),
        Route::api_post("/api/v1/inspections/cycles/{cycle}/publish", May(Manage), "Publish an evaluated cycle", publish).gives::<CycleOut>(),
        Route::api("/api/v1/inspections/cycles/{cycle}/remind", May(Manage), "Read how far the newest reminder is", reminding)
            .gives::<Option<Progress>>(),
        Route::api_post("/api/v1/inspections/cycles/{cycle}/remind", May(Manage), "Ask to remind those who have not finished, once a day", remind)
            .gives::<Progress>(),
        Route::api_post("/api/v1/inspections/cycles/{cycle}/remind/stop", May(Manage), "Stop the reminder under way", stop_reminding)
            .gives::<Option<Progress>>(),
        Route::api("/api/v1/inspections/cycles/{cycle}/items", May(Read), "List what a cycle asks", items).gives::<Vec<ItemOut>>(),
        Route::api(
            "/api/v1/inspections/cycles/{cycle}/exclusions",
            May(Read),
            "List what derived standards left out when the cycle opened, with the reason",
            exclusions,
        )
        .gives::<Vec<CycleExclusion>>(),
        Route::api("/api/v1/inspections/cycles/{cycle}/rates", May(Read), "Rates by organisation, role and item within your reach", rates_of)
            .gives::<Vec<RateOut>>(),
        Route::api_post("/api/v1/inspections/cycles/{cycle}/answers", May(Read), "Store answers in bulk, all or nothing", answers)
            .takes::<Vec<GivenIn>>()
            .gives::<Taken>(),
        Route::api_post(
            "/api/v1/inspections/cycles/{cycle}/organisations/{organisation}/approve",
            May(Decide),
            "Approve an organisation's self-inspection",
            approve,
        )
        .takes::<ApproveIn>()
        .gives::<Submission>(),
        Route::api("/api/v1/inspections/cycles/{cycle}/sample", May(Read), "List what was drawn for audit", sample).gives::<Vec<SampledOut>>(),
        Route::api_post("/api/v1/inspections/cycles/{cycle}/sample", May(Read), "Draw the audit sample of a closed cycle", draw)
            .takes::<DrawIn>()
            .gives::<CountOut>(),
        Route::api("/api/v1/inspections/cycles/{cycle}/findings", May(Read), "List the auditors' verdicts", findings).gives::<Vec<FindingOut>>(),
        Route::api_post("/api/v1/inspections/cycles/{cycle}/findings", May(Audit), "Record auditors' verdicts, all or nothing", record)
            .takes::<Vec<FindingIn>>()
            .gives::<Recorded>(),
        Route::api("/api/v1/inspections/cycles/{cycle}/units", May(Read), "List units held and done", units).gives::<Vec<UnitInOut>>(),
        Route::api_post("/api/v1/inspections/cycles/{cycle}/units", May(Read), "Record units held and done, all or nothing", record_units)
            .takes::<Vec<UnitInOut>>()
            .gives::<Recorded>(),
        Route::api_post("/api/v1/inspections/respondents", May(Read), "Add respondents or bring them up to date, all or nothing", respondents)
            .takes::<Vec<NewRespondent>>()
            .gives::<RespondentsTaken>(),
        Route::api("/api/v1/inspections/answer", Link, "Read the questions asked of you", own).gives::<Vec<QuestionOut>>(),
        Route::api_post("/api/v1/inspections/answer", Link, "Answer for yourself", own_sent).takes::<Vec<GivenIn>>().gives::<Taken>(),
    ]
}

async fn cycles(cx: Cx) -> Result<Json<Vec<CycleOut>>> {
    let mut tx = cx.read().await?;
    let runs = cx.actor.may("inspections", Verb::Manage);
    let all = if runs { store::cycles(&mut tx).await? } else { store::cycles_within(&mut tx, &cx.scope("inspections", Verb::Read)?).await? };
    Ok(Json(all.into_iter().map(CycleOut::from).collect()))
}

async fn create(cx: Cx, Json(new): Json<NewCycle>) -> Result<Json<CycleOut>> {
    let mut work = cx.work().await?;
    let id = actions::create_cycle(&mut work, &new).await?;
    let made = store::cycle(&mut work.tx, &id).await?;
    work.commit().await?;
    Ok(Json(made.into()))
}

async fn cycle(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<CycleOut>> {
    Ok(Json(seen(&cx, &mut cx.read().await?, &id).await?.0.into()))
}

/// A handler that takes one step.
macro_rules! step {
    ($name:ident) => {
        async fn $name(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<CycleOut>> {
            let mut work = cx.work().await?;
            actions::$name(&mut work, &id).await?;
            let now = store::cycle(&mut work.tx, &id).await?;
            work.commit().await?;
            Ok(Json(now.into()))
        }
    };
}
step!(announce);
step!(open);
step!(close);
step!(publish);

async fn reminding(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<Option<Progress>>> {
    let mut tx = cx.read().await?;
    seen(&cx, &mut tx, &id).await?;
    Ok(Json(actions::reminding(&mut tx, &actions::reach(&cx.actor)?, &id).await?))
}

async fn stop_reminding(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<Option<Progress>>> {
    let mut work = cx.work().await?;
    actions::stop_reminding(&mut work, &id).await?;
    let now = actions::reminding(&mut work.tx, &actions::reach(&cx.actor)?, &id).await?;
    work.commit().await?;
    Ok(Json(now))
}

async fn remind(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<Progress>> {
    let mut work = cx.work().await?;
    let done = actions::remind(&mut work, &id).await?;
    work.commit().await?;
    Ok(Json(done))
}

async fn items(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<Vec<ItemOut>>> {
    let mut tx = cx.read().await?;
    seen(&cx, &mut tx, &id).await?;
    Ok(Json(store::items(&mut tx, &id).await?.into_iter().map(ItemOut::from).collect()))
}

async fn exclusions(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<Vec<CycleExclusion>>> {
    let mut tx = cx.read().await?;
    let (_, scope) = seen(&cx, &mut tx, &id).await?;
    Ok(Json(store::exclusions(&mut tx, &scope, &id).await?))
}

async fn rates_of(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<Vec<RateOut>>> {
    let mut tx = cx.read().await?;
    let (_, scope) = seen(&cx, &mut tx, &id).await?;
    Ok(Json(rates(&count(&mut tx, &scope, &id).await?)))
}

async fn answers(cx: Cx, Path(id): Path<CycleId>, Json(sent): Json<Vec<GivenIn>>) -> Result<Json<Taken>> {
    let mut work = cx.work().await?;
    let taken = actions::answer_many(&mut work, &id, sent.into_iter().map(|one| one.given(None)).collect()).await?;
    work.commit().await?;
    Ok(Json(taken))
}

async fn approve(cx: Cx, Path((id, organisation)): Path<(CycleId, OrganisationId)>, Json(sent): Json<ApproveIn>) -> Result<Json<Submission>> {
    let mut work = cx.work().await?;
    let done = actions::approve(&mut work, &id, &organisation, &sent.comment).await?;
    work.commit().await?;
    Ok(Json(done))
}

async fn sample(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<Vec<SampledOut>>> {
    let mut tx = cx.read().await?;
    let (_, scope) = seen(&cx, &mut tx, &id).await?;
    Ok(Json(store::sampled(&mut tx, &scope, &id).await?.into_iter().map(SampledOut::from).collect()))
}

async fn draw(cx: Cx, Path(id): Path<CycleId>, Json(sent): Json<DrawIn>) -> Result<Json<CountOut>> {
    let mut work = cx.work().await?;
    let count = actions::draw_sample(&mut work, &id, sent.seed).await?;
    work.commit().await?;
    Ok(Json(CountOut { count }))
}

async fn findings(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<Vec<FindingOut>>> {
    let mut tx = cx.read().await?;
    let (_, scope) = seen(&cx, &mut tx, &id).await?;
    Ok(Json(store::findings_within(&mut tx, &scope, &id).await?.into_iter().map(FindingOut::from).collect()))
}

async fn record(cx: Cx, Path(id): Path<CycleId>, Json(sent): Json<Vec<FindingIn>>) -> Result<Json<Recorded>> {
    let mut work = cx.work().await?;
    let new: Vec<_> = sent.into_iter().map(Into::into).collect();
    let done = actions::record_findings(&mut work, &id, &new).await?;
    work.commit().await?;
    Ok(Json(done))
}

async fn units(cx: Cx, Path(id): Path<CycleId>) -> Result<Json<Vec<UnitInOut>>> {
    let mut tx = cx.read().await?;
    let (_, scope) = seen(&cx, &mut tx, &id).await?;
    Ok(Json(store::priority_units_within(&mut tx, &scope, &id).await?.into_iter().map(UnitInOut::from).collect()))
}

async fn record_units(cx: Cx, Path(id): Path<CycleId>, Json(sent): Json<Vec<UnitInOut>>) -> Result<Json<Recorded>> {
    let mut work = cx.work().await?;
    let new: Vec<_> = sent.into_iter().map(Into::into).collect();
    let done = actions::record_units(&mut work, &id, &new).await?;
    work.commit().await?;
    Ok(Json(done))
}

async fn respondents(cx: Cx, Json(sent): Json<Vec<NewRespondent>>) -> Result<Json<RespondentsTaken>> {
    let mut work = cx.work().await?;
    let taken = actions::add_respondents(&mut work, &sent).await?;
    work.commit().await?;
    Ok(Json(taken))
}

async fn own(cx: Cx) -> Result<Json<Vec<QuestionOut>>> {
    let own = super::pages::answer::own(&cx, &mut cx.read().await?).await?;
    let out = own.questions.into_iter().map(|(requirement, system_id, system)| {
        let answer = own.answers.get(&(requirement.id.clone(), system_id.clone()));
        QuestionOut {
            requirement_id: requirement.id,
            code: requirement.code,
            system_id,
            system,
            question_ja: requirement.question_ja,
            question_en: requirement.question_en,
            claim: answer.map(|one| one.claim),
            reason: answer.map(|one| one.reason.clone()).unwrap_or_default(),
            note: answer.map(|one| one.note.clone()).unwrap_or_default(),
            version: answer.map_or(0, |one| one.version),
        }
    });
    Ok(Json(out.collect()))
}

async fn own_sent(cx: Cx, Json(sent): Json<Vec<GivenIn>>) -> Result<Json<Taken>> {
    let mut work = cx.work().await?;
    let who = super::pages::answer::who(&cx, &mut work.tx).await?;
    let given = sent.into_iter().map(|one| one.given(Some(&who.respondent_id))).collect();
    let taken = actions::answer_own(&mut work, &who, given, &[]).await?;
    work.commit().await?;
    Ok(Json(taken))
}
