//! One item: across organisations, and in one organisation with answers, evidence and the auditor's verdict side by side.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::extract::multipart::Multipart;
use axum::response::{IntoResponse, Response};
use engine::facts::Finding as Verdict;

use super::organisation::{at, part};
use super::{bars, below, claim, figure, path, seen, verdict};
use crate::base::actor::{OrganisationId, Scope, Verb};
use crate::base::blobs;
use crate::base::cx::Cx;
use crate::base::dates::show_stamp;
use crate::base::error::{Error, Field, Result};
use crate::base::upload::{self, Sent};
use crate::base::view::cell::Cell;
use crate::base::view::form::{Form, Input};
use crate::base::view::list::List;
use crate::base::view::page::Page;
use crate::base::view::respond::{File, Go};
use crate::inspections::actions;
use crate::inspections::answer::Evidence;
use crate::inspections::audit::NewFinding;
use crate::inspections::cycle::{CycleId, State};
use crate::inspections::rates::Counted;
use crate::inspections::store;
use crate::register::system::SystemId;
use crate::standards::requirement::RequirementId;

/// One item across the organisations within reach.
pub async fn item(cx: Cx, Path((id, requirement)): Path<(CycleId, RequirementId)>) -> Result<Page> {
    let mut tx = cx.read().await?;
    let (cycle, scope) = seen(&cx, &mut tx, &id).await?;
    let item = store::items(&mut tx, &id).await?.into_iter().find(|item| item.requirement_id == requirement).ok_or(Error::NotFound)?;
    let text = crate::standards::store::requirement(&mut tx, &requirement).await?;
    let organisations = super::organisations(&mut tx, &scope, &id).await?;
    let mut total = Counted::default();
    let mut counted: BTreeMap<OrganisationId, Counted> = BTreeMap::new();
    for sum in store::sums_on(&mut tx, &scope, &id, &requirement).await? {
        total.answers += sum.answers;
        total.asked += sum.asked;
        counted.insert(sum.key, Counted { answers: sum.answers, asked: sum.asked, ..Counted::default() });
    }
    let mut list = List::new("organisations", cx.t("inspections-organisations"))
        .column(cx.t("inspections-organisation"))
        .column(cx.t("inspections-claim-implemented"))
        .column(cx.t("inspections-claim-partly"))
        .column(cx.t("inspections-claim-not"))
        .column(cx.t("inspections-claim-not-applicable"))
        .column(cx.t("inspections-implementation"));
    let left_out: BTreeMap<_, _> = store::exclusions(&mut tx, &scope, &id)
        .await?
        .into_iter()
        .filter(|one| one.requirement_id == requirement)
        .map(|one| (one.organisation_id, one.reason))
        .collect();
    if !left_out.is_empty() {
        list = list.column(cx.t("inspections-left-out-reason"));
    }
    let mut shares = Vec::new();
    for one in &organisations {
        let counts = counted.get(&one.id).copied().unwrap_or_default();
        let mut row = vec![
            Cell::link(format!("{}/items/{requirement}", at(&id, &one.id)), one.name(cx.lang)),
            Cell::int(counts.answers.implemented as i64),
            Cell::int(counts.answers.partly as i64),
            Cell::int(counts.answers.not as i64),
            Cell::int(counts.answers.not_applicable as i64),
            figure(&cx, &counts.implementation()),
        ];
        if !left_out.is_empty() {
            row.push(Cell::text(left_out.get(&one.id).cloned().unwrap_or_default()));
        }
        list.row(row);
        shares.push((one.name(cx.lang).to_owned(), counts.implementation()));
    }
    let page = below(&cx, &cycle, format!("{} {}", item.code, text.title(cx.lang)))
        .lead(text.statement(cx.lang))
        .facts(vec![
            (cx.t("inspections-implementation"), figure(&cx, &total.implementation())),
            (cx.t("inspections-answers"), Cell::int(total.answers.total() as i64)),
            (cx.t("inspections-coverage"), Cell::text(total.implementation().coverage.text())),
            (cx.t("inspections-question"), Cell::text(text.question(cx.lang))),
        ])
        .list(list);
    let shares = if shares.len() <= 60 { shares } else { Vec::new() };
    Ok(bars(&cx, page, "implementation", "inspections-implementation-by-organisation", &shares))
}

/// One item in one organisation: the claim and its evidence, the verdict, what was before.
pub async fn organisation_item(cx: Cx, Path((id, organisation, requirement)): Path<(CycleId, OrganisationId, RequirementId)>) -> Result<Page> {
    page(&cx, &id, &organisation, &requirement, &[], &[]).await
}

async fn page(
    cx: &Cx,
    id: &CycleId,
    organisation: &OrganisationId,
    requirement: &RequirementId,
    sent: &[(String, String)],
    wrong: &[Field],
) -> Result<Page> {
    let mut tx = cx.read().await?;
    let (cycle, one, scope, _) = part(cx, &mut tx, id, organisation).await?;
    let item = store::items(&mut tx, id).await?.into_iter().find(|item| item.requirement_id == *requirement).ok_or(Error::NotFound)?;
    let text = crate::standards::store::requirement(&mut tx, requirement).await?;
    let only = Scope::Paths(vec![one.path.clone()]);
    let answers = store::answers_on(&mut tx, id, organisation, requirement, 1_000).await?;
    let people: BTreeMap<_, _> = store::respondents_of(&mut tx, organisation).await?.into_iter().map(|one| (one.id.clone(), one)).collect();
    let systems = super::system_names(cx, &mut tx, &scope).await?;
    let findings: Vec<_> = store::findings_within(&mut tx, &only, id)
        .await?
        .into_iter()
        .filter(|one| one.organisation_id == *organisation && one.requirement_id == *requirement)
        .collect();
    let versions = store::versions_on(&mut tx, id, organisation, requirement).await?;
    let here = format!("{}/items/{requirement}", at(id, organisation));
    let name = |system: Option<&SystemId>| system.and_then(|id| systems.get(id)).cloned().unwrap_or_else(|| cx.t("inspections-whole"));
    // Names are for those who run the list of people; auditors and advisors read section and code.
    let named = super::organisation::enters(cx, &one);
    let file = |evidence: Option<&Evidence>| {
        evidence.map_or_else(|| Cell::text(""), |one| Cell::link(format!("{}/evidence/{}", path(id), one.hash), &*one.name))
    };
    let list = List::new("answers", cx.t("inspections-claims"))
        .column(cx.t("inspections-person"))
        .choice(cx.t("inspections-system"))
        .choice(cx.t("inspections-answer"))
        .column(cx.t("inspections-reason"))
        .column(cx.t("inspections-note"))
        .column(cx.t("inspections-evidence"))
        .column(cx.t("inspections-when"))
        .empty(cx.t("inspections-claims-empty"))
        .rows(answers.iter().map(|answer| {
            let person = people.get(&answer.respondent_id);
            let who = person.map(|one| if named { format!("{} {}", one.section, one.name) } else { format!("{} {}", one.section, one.code) });
            vec![
                Cell::text(who.unwrap_or_default()),
                Cell::text(name(answer.system_id.as_ref())),
                claim(cx, answer.claim),
                Cell::text(&*answer.reason),
                Cell::text(&*answer.note),
                file(answer.evidence.as_ref()),
                Cell::text(show_stamp(&answer.answered_at)),
            ]
        }));
    let mut out = below(cx, &cycle, format!("{} {}", item.code, text.title(cx.lang)))
        .crumb(at(id, organisation), one.name(cx.lang))
        .lead(text.statement(cx.lang));
    let left_out = store::exclusions_of(&mut tx, id, organisation).await?.remove(requirement);
    if let Some(reason) = &left_out {
        out = out.note("warn", cx.tv("inspections-left-out-note", &[("reason", reason.clone())]));
    }
    out = out.list(list);
    let list = List::new("findings", cx.t("inspections-verdicts"))
        .bare()
        .column(cx.t("inspections-system"))
        .column(cx.t("inspections-verdict"))
        .column(cx.t("inspections-seen"))
        .column(cx.t("inspections-evidence"))
        .column(cx.t("inspections-auditor"))
        .column(cx.t("inspections-when"))
        .empty(cx.t("inspections-verdicts-empty"))
        .rows(findings.iter().map(|one| {
            vec![
                Cell::text(name(one.system_id.as_ref())),
                verdict(cx, one.verdict),
                Cell::text(&*one.note),
                file(one.evidence.as_ref()),
                Cell::text(&*one.auditor),
                Cell::text(show_stamp(&one.found_at)),
            ]
        }));
    out = out.list(list);
    let audits = cx.actor.scope("inspections", Verb::Audit).holds(&one.path) && matches!(cycle.state, State::Open | State::Closed);
    if audits {
        let mut form = Form::post(here, cx.t("inspections-finding-record")).heading(cx.t("inspections-finding-heading"));
        if item.by_system() {
            let mut about: Vec<SystemId> = answers.iter().filter_map(|answer| answer.system_id.clone()).collect();
            if left_out.is_some() {
                // Nobody answered, and yet the auditor may look at any of the systems.
                about = store::systems_in(&mut tx, id).await?.into_iter().filter(|(of, _)| of == organisation).map(|(_, system)| system).collect();
            }
            about.sort();
            about.dedup();
            let options = about.iter().map(|system| (system.to_string(), name(Some(system)))).collect();
            form = form.field("system", cx.t("inspections-system"), Input::Select(options)).required();
        }
        let verdicts = Verdict::ALL.iter().map(|one| (one.as_str().to_owned(), cx.t(&format!("inspections-verdict-{}", one.as_str())))).collect();
        form = form
            .field("verdict", cx.t("inspections-verdict"), Input::Radio(verdicts))
            .required()
            .field("note", cx.t("inspections-seen"), Input::Area)
            .hint(cx.t("inspections-seen-hint"))
            .field("file", cx.t("inspections-evidence"), Input::File(""))
            .wrong(cx.lang, sent, wrong);
        if !wrong.is_empty() {
            out.status = 422;
        }
        out = out.form(form);
    }
    if !versions.is_empty() {
        let list = List::new("versions", cx.t("inspections-versions"))
            .column(cx.t("inspections-person-code"))
            .column(cx.t("inspections-version"))
            .column(cx.t("inspections-answer"))
            .column(cx.t("inspections-reason"))
            .column(cx.t("inspections-note"))
            .column(cx.t("inspections-when"))
            .rows(versions.iter().map(|[person, _, version, said, reason, note, when]| {
                let code = people.get(&crate::base::id::Id::from_text(person.as_str())).map(|one| one.code.clone()).unwrap_or_default();
                let said = engine::facts::Claim::parse(said).map_or_else(|| Cell::text(&**said), |one| claim(cx, one));
                vec![Cell::text(code), Cell::text(&**version), said, Cell::text(&**reason), Cell::text(&**note), Cell::text(show_stamp(when))]
            }));
        out = out.list(list);
    }
    Ok(out)
}

/// Records the auditor's verdict.
pub async fn finding(
    cx: Cx,
    Path((id, organisation, requirement)): Path<(CycleId, OrganisationId, RequirementId)>,
    form: Multipart,
) -> Result<Response> {
    let sent: Sent = upload::read(form, upload::LIMIT).await?;
    let mut work = cx.work().await?;
    let outcome = record(&mut work, &id, &organisation, &requirement, &sent).await;
    match outcome {
        Ok(()) => {
            work.commit().await?;
            Ok(Go::done(format!("{}/items/{requirement}", at(&id, &organisation)), "inspections-found").into_response())
        }
        Err(Error::Invalid(wrong)) => {
            drop(work);
            let wrong: Vec<Field> = wrong.into_iter().map(|field| Field { name: field.name.trim_start_matches("0.").to_owned(), ..field }).collect();
            Ok(page(&cx, &id, &organisation, &requirement, &sent.fields, &wrong).await?.into_response())
        }
        Err(error) => Err(error),
    }
}

async fn record(
    work: &mut crate::base::work::Work,
    id: &CycleId,
    organisation: &OrganisationId,
    requirement: &RequirementId,
    sent: &Sent,
) -> Result<()> {
    let scope = work.scope("inspections", Verb::Audit)?;
    store::participant(&mut work.tx, &scope, id, organisation).await?;
    let verdict = Verdict::parse(sent.text("verdict")).ok_or_else(|| Error::invalid("verdict", "error-not-a-choice"))?;
    let evidence = match sent.file("file").filter(|(_, bytes)| !bytes.is_empty()) {
        Some((name, bytes)) => Some(Evidence { hash: blobs::put(&mut work.tx, bytes, work.now).await?, name: name.to_owned() }),
        None => None,
    };
    let system = sent.text("system");
    let new = NewFinding {
        organisation_id: organisation.clone(),
        requirement_id: requirement.clone(),
        system_id: (!system.is_empty()).then(|| SystemId::from_text(system)),
        verdict,
        note: sent.text("note").to_owned(),
        evidence,
    };
    actions::record_findings(work, id, &[new]).await.map(drop)
}

/// A file of evidence; always as a download, because others made it.
pub async fn evidence(cx: Cx, Path((id, hash)): Path<(CycleId, String)>) -> Result<File> {
    let mut tx = cx.read().await?;
    let scope = cx.scope("inspections", Verb::Read)?;
    let name = store::evidence_name(&mut tx, &scope, &id, &hash).await?;
    Ok(File { name, kind: "application/octet-stream", bytes: blobs::get(&mut tx, &hash).await?, inline: false })
}
