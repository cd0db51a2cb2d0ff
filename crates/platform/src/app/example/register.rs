//! Organisations, posts, systems and assets of the example, entered through the register's verbs.

use std::collections::BTreeMap;

use engine::facts::{AppliesTo, Role};
use engine::simulate::{Government, Post, SecurityOrganisation, Stage as Life};

use probe::testbed::dkim::SELECTOR;

use super::calendar::Calendar;
use super::stage::Stage;
use crate::base::actor::Scope;
use crate::base::error::Result;
use crate::register::actions::{
    EndOrganisation, NewAsset, NewOrganisation, NewSystem, add_assets, add_organisations, add_posts, add_systems, change_asset, end_organisation,
};
use crate::register::post::{NewPost, PostKind};
use crate::register::store;
use crate::register::system;

/// Enters the register.
pub async fn load(stage: &mut Stage) -> Result<()> {
    let mut work = stage.work().await?;
    let made = stage.government()?;
    let organisations: Vec<NewOrganisation> = made
        .organisations
        .iter()
        .map(|one| NewOrganisation {
            code: one.code.clone(),
            parent: one.parent.clone().unwrap_or_default(),
            kind: one.kind.as_str().to_owned(),
            name_ja: one.name.ja.clone(),
            name_en: one.name.en.clone(),
            valid_from: one.valid_from.clone(),
        })
        .collect();
    add_organisations(&mut work, &organisations).await?;
    for former in made.organisations.iter().filter(|one| one.valid_to.is_some()) {
        let id = store::organisation_by_code(&mut work.tx, &Scope::Everything, &former.code).await?.id;
        let end = EndOrganisation { valid_to: former.valid_to.clone().unwrap_or_default(), successor: former.successor.clone().unwrap_or_default() };
        end_organisation(&mut work, &id, &end).await?;
    }
    add_posts(&mut work, &made.security.iter().flat_map(|one| posts(made, one)).collect::<Vec<_>>()).await?;
    add_systems(&mut work, &systems(made)).await?;
    add_assets(&mut work, &assets(made)).await?;
    let stored = store::organisations(&mut work.tx, &Scope::Everything).await?;
    let systems = store::systems(&mut work.tx, &Scope::Everything).await?;
    work.commit().await?;
    stage.systems = systems.into_iter().map(|one| (one.code, one.id)).collect();
    stage.organisations = stored.into_iter().map(|one| (one.code.clone(), one)).collect();
    Ok(())
}

/// Notes the domains that are given up after the cycle `number`: the register then counts none of them.
pub async fn give_up(stage: &Stage, number: u32) -> Result<()> {
    let made = stage.government()?;
    let gone: Vec<&str> = made.domains.iter().filter(|one| one.last_cycle == Some(number)).map(|one| one.name.as_str()).collect();
    if gone.is_empty() {
        return Ok(());
    }
    stage.on(&Calendar(stage.wish.plan.first_fiscal_year + number as i32).standard())?;
    let mut work = stage.work().await?;
    let codes: BTreeMap<_, _> = stage.organisations.values().map(|one| (&one.id, one.code.as_str())).collect();
    for asset in store::assets(&mut work.tx, &Scope::Everything).await?.into_iter().filter(|one| gone.contains(&one.name.as_str())) {
        let new = NewAsset {
            organisation: codes.get(&asset.organisation_id).copied().unwrap_or_default().to_owned(),
            system: String::new(),
            kind: asset.kind.clone(),
            name: asset.name.clone(),
            count: 0,
            location: asset.location.clone(),
        };
        change_asset(&mut work, &asset.id, &new).await?;
    }
    work.commit().await
}

/// The posts of one security organisation; what is vacant is entered as vacant, so that the gap shows.
fn posts(made: &Government, one: &SecurityOrganisation) -> Vec<NewPost> {
    let email = |post: &Post| {
        made.people.iter().find(|person| Some(&person.code) == post.person.as_ref()).map_or(String::new(), |person| person.email.clone())
    };
    let mut out = Vec::new();
    let mut add = |kind: PostKind, post: Option<&Post>, expert: bool, concurrent: bool| {
        out.push(NewPost {
            organisation: one.organisation.clone(),
            post: kind,
            position: 0,
            name: post.map_or(String::new(), |post| post.name.ja.clone()),
            title: post.map_or(String::new(), |post| post.title.ja.clone()),
            email: post.map_or(String::new(), email),
            expert,
            concurrent,
            valid_from: String::new(),
        });
    };
    add(PostKind::Ciso, one.ciso.as_ref(), false, false);
    // The last of the line is the CISO, who has a post already.
    for post in one.decision_line.iter().rev().skip(1) {
        add(PostKind::DecisionLine, Some(post), false, false);
    }
    let advised = one.advisor.is_some();
    add(PostKind::Advisor, one.advisor.as_ref(), advised && one.advisor_expert, advised && one.advisor_concurrent);
    add(PostKind::AuditLead, one.audit_lead.as_ref(), false, false);
    add(PostKind::Csirt, one.csirt.as_ref(), false, false);
    for person in made.people.iter().filter(|person| person.organisation == one.organisation && person.role == Role::SystemManager).take(3) {
        let title = engine::simulate::Text {
            ja: "情報システムセキュリティ責任者".to_owned(), en: "Information System Security Officer".to_owned()
        };
        add(PostKind::SystemManager, Some(&Post { title, person: Some(person.code.clone()), name: person.name.clone() }), false, false);
    }
    out
}

fn systems(made: &Government) -> Vec<NewSystem> {
    let name = |code: &String| made.organisations.iter().find(|one| one.code == *code).map_or(String::new(), |one| one.name.ja.clone());
    made.systems
        .iter()
        .map(|one| NewSystem {
            organisation: one.organisation.clone(),
            code: one.code.clone(),
            name_ja: one.name.ja.clone(),
            name_en: one.name.en.clone(),
            purpose: one.purpose.ja.clone(),
            information: one.information.ja.clone(),
            confidentiality: i64::from(one.confidentiality),
            integrity: i64::from(one.integrity),
            availability: i64::from(one.availability),
            handling_limit: one.handling_limit.ja.clone(),
            users: i64::from(one.users),
            outsourced_to: one.outsourced_to.as_ref().map(name).unwrap_or_default(),
            stage: match one.stage {
                Life::Planning => system::Stage::Planning,
                Life::Procurement | Life::Construction => system::Stage::Development,
                Life::Operation => system::Stage::Operation,
                // Its successor is being built; it still runs, and so it is still asked about.
                Life::Disposal => system::Stage::Renewal,
            },
            renewal_date: one.renewal.clone(),
            public_facing: one.public_facing,
            same_day_recovery: one.same_day_recovery,
            retired_on: String::new(),
        })
        .collect()
}

/// Each domain with the web server that bears its name; other machines by class and place.
fn assets(made: &Government) -> Vec<NewAsset> {
    let asset = |organisation: &str, kind: &str, name: String, count: u32, location: &str| NewAsset {
        organisation: organisation.to_owned(),
        system: String::new(),
        kind: kind.to_owned(),
        name,
        count: i64::from(count),
        location: location.to_owned(),
    };
    let mut out = Vec::new();
    // Web servers that bear a domain's name are not counted again at their place.
    let mut named: BTreeMap<&str, u32> = BTreeMap::new();
    for one in &made.domains {
        out.push(asset(&one.organisation, "domain", one.name.clone(), 1, &one.purpose.ja));
        out.push(asset(&one.organisation, "web-server", one.name.clone(), 1, ""));
        if one.mail {
            out.push(asset(&one.organisation, "dkim-selector", format!("{SELECTOR}._domainkey.{}", one.name), 1, ""));
        }
        *named.entry(one.organisation.as_str()).or_default() += 1;
    }
    for one in &made.assets {
        let (kind, words) = match one.class {
            AppliesTo::WebServer => ("web-server", "公開ウェブサーバ"),
            AppliesTo::MailServer => ("mail-server", "メールサーバ"),
            _ => ("terminal", "職員端末"),
        };
        let mut count = one.count;
        if one.class == AppliesTo::WebServer
            && let Some(left) = named.get_mut(one.organisation.as_str())
        {
            let already = count.min(*left);
            count -= already;
            *left -= already;
        }
        out.push(asset(&one.organisation, kind, format!("{words}（{}）", one.location.ja), count, &one.location.ja));
    }
    out
}
