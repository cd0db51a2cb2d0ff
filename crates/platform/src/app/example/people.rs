//! Accounts of the example: those who decide in each organisation, and one of each role to look around as.

use std::sync::Arc;

use engine::facts;
use engine::simulate::{Person, Text};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::operator;
use super::stage::Stage;
use crate::access::actions::{add_account, give_role, make_link, make_token};
use crate::base::actor::{Actor, Role, Scope};
use crate::base::config::App;
use crate::base::error::{Error, Result};
use crate::base::work::Work;
use crate::inspections;
use crate::inspections::cycle::State;
use crate::inspections::respondent::QUESTIONS;

/// An account that a link signs in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// As what, spelled as [`Role::as_str`].
    pub role: String,
    /// The account's address.
    pub email: String,
    /// The person.
    pub name: String,
    /// The person, in Latin letters.
    pub name_en: String,
    /// The code of the organisation they belong to.
    pub organisation: String,
}

/// A link to look around by.
#[derive(Clone, Debug, Serialize)]
pub struct Link {
    /// As what; the key of its name is `role-{…}`.
    pub role: String,
    /// The person.
    pub name: String,
    /// The code of the organisation.
    pub organisation: String,
    /// The person and the organisation, in Japanese.
    pub who_ja: String,
    /// The same in English.
    pub who_en: String,
    /// The address.
    pub url: String,
}

/// How long a link of the example works.
const LINK: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Makes the accounts: administrator and evaluator at the centre; a CISO, an auditor, a system manager in every organisation;
/// an advisor in each of the first two below the centre.
pub async fn accounts(stage: &mut Stage) -> Result<Vec<Shown>> {
    let made = stage.government()?.clone();
    let centre = made.organisations.first().map(|one| one.code.clone()).unwrap_or_default();
    let of = |code: &str, role: facts::Role| made.people.iter().find(|one| one.organisation == code && one.role == role);
    let nth = |code: &str, number: usize| made.people.iter().filter(|one| one.organisation == code && one.role == facts::Role::Staff).nth(number);
    let mut wanted: Vec<(Role, String, &Person)> = Vec::new();
    for (role, person) in [(Role::Administrator, nth(&centre, 0)), (Role::Evaluator, nth(&centre, 1))] {
        wanted.extend(person.map(|person| (role, centre.clone(), person)));
    }
    let below: Vec<&str> = made.organisations.iter().filter(|one| one.takes_part && one.code != centre).map(|one| one.code.as_str()).collect();
    for code in std::iter::once(centre.as_str()).chain(below.iter().copied()) {
        let people = [(Role::Ciso, facts::Role::Ciso), (Role::Auditor, facts::Role::AuditLead), (Role::SystemManager, facts::Role::SystemManager)];
        wanted.extend(people.into_iter().filter_map(|(role, as_asked)| Some((role, code.to_owned(), of(code, as_asked)?))));
    }
    let mut work = stage.work().await?;
    let mut out = Vec::new();
    for (role, code, person) in &wanted {
        let shown = add(&mut work, stage, *role, code, &person.name, &person.email).await?;
        out.push(shown);
    }
    for code in below.iter().take(2) {
        // An advisor from outside has no address in the organisation.
        let name = made.security.iter().find(|one| one.organisation == *code).and_then(|one| one.advisor.as_ref()).map(|post| post.name.clone());
        let name = name.unwrap_or_else(|| Text { ja: "言問 たすく".to_owned(), en: "Tasuku Kototoi".to_owned() });
        out.push(add(&mut work, stage, Role::Advisor, code, &name, &format!("advisor.{code}@advice.example")).await?);
    }
    // A program's token, long expired: it shows on the page of tokens and opens nothing.
    for (role, code) in [(Role::Evaluator, centre.as_str()), (Role::Ciso, below.first().copied().unwrap_or_default())] {
        if let Some(account) = stage.actors.get(&(role, code.to_owned())).and_then(|actor| actor.account.clone()) {
            make_token(&mut work, &account, "毎夜の台帳の取込み", role, 30).await?;
        }
    }
    work.commit().await?;
    // To look around as: the people of the centre, and those of the first ministry.
    let first = below.first().copied().unwrap_or(centre.as_str());
    out.retain(|one| one.organisation == first || matches!(one.role.as_str(), "administrator" | "evaluator"));
    Ok(out)
}

async fn add(work: &mut Work, stage: &mut Stage, role: Role, code: &str, name: &Text, email: &str) -> Result<Shown> {
    let grant = stage.grant(role, code)?;
    let account = add_account(work, &name.ja, email, None).await?;
    give_role(work, &account, role, &grant.organisation, &grant.path).await?;
    let actor = Actor { account: Some(account), name: name.ja.clone(), grants: vec![grant], operator: false };
    stage.actors.insert((role, code.to_owned()), actor);
    Ok(Shown {
        role: role.as_str().to_owned(),
        email: email.to_owned(),
        name: name.ja.clone(),
        name_en: name.en.clone(),
        organisation: code.to_owned(),
    })
}

/// Makes one sign-in link for each account shown, valid for thirty days, a personal link of a respondent, and where everybody may look.
pub async fn links(app: &Arc<App>, loaded: &super::Loaded) -> Result<Vec<Link>> {
    let mut work = Work::begin(app, &operator()).await?;
    let until = work.now + LINK;
    let organisations = crate::register::store::organisations(&mut work.tx, &Scope::Everything).await?;
    let mut out = Vec::new();
    for one in &loaded.accounts {
        let at = organisations.iter().find(|organisation| organisation.code == one.organisation).ok_or(Error::NotFound)?;
        let (account, _) = crate::access::store::by_email(&mut work.tx, &one.email.to_lowercase()).await?.ok_or(Error::NotFound)?;
        let secret = make_link(&mut work, &account, until, false).await?;
        let url = format!("{}/sign-in/link/{secret}", app.config.public_url);
        out.push(Link {
            role: one.role.clone(),
            name: one.name.clone(),
            organisation: one.organisation.clone(),
            who_ja: format!("{} {}", at.name_ja, one.name),
            who_en: format!("{}, {}", one.name_en, at.name_en),
            url,
        });
    }
    // This year's cycle is open for a few organisations: somebody who has not answered yet may begin.
    if let Some(cycle) = inspections::store::cycles(&mut work.tx).await?.into_iter().find(|cycle| cycle.state == State::Open) {
        // The CISO shown above shall see this answer arrive.
        let theirs = loaded.accounts.iter().find(|one| one.role == Role::Ciso.as_str()).map(|one| one.organisation.as_str());
        let taking_part = inspections::store::participants(&mut work.tx, &cycle.id).await?;
        let mut taking = organisations.iter().filter(|one| taking_part.iter().any(|part| part.organisation_id == one.id)).collect::<Vec<_>>();
        taking.sort_by_key(|one| Some(one.code.as_str()) != theirs);
        let at = taking.first().copied().ok_or(Error::NotFound)?;
        let letters = inspections::actions::make_links(&mut work, &cycle.id, Some(&at.id)).await?;
        let fits = |letter: &&inspections::actions::Letter| letter.answered == 0 && letter.asked == QUESTIONS as i64;
        if let Some(letter) = letters.iter().find(fits).or(letters.first()) {
            out.push(Link {
                role: Role::Respondent.as_str().to_owned(),
                name: letter.name.clone(),
                organisation: at.code.clone(),
                who_ja: format!("{} {}", at.name_ja, letter.name),
                who_en: format!("{}, {}", letter.code, at.name_en),
                url: letter.link.clone(),
            });
        }
    }
    work.commit().await?;
    out.push(Link {
        role: "public".to_owned(),
        name: String::new(),
        organisation: String::new(),
        who_ja: "サインインなし".to_owned(),
        who_en: "without signing in".to_owned(),
        url: format!("{}/", app.config.public_url),
    });
    Ok(out)
}
