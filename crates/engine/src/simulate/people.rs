//! Respondents and the posts some of them hold in their security organisation.

use super::{
    dice::{self, chance, pick},
    model::{Domain, Organisation, Person, Post, SecurityOrganisation, Text},
    names::{AUDIT_SECTION, GIVEN, HEADS, SECTIONS, SECURITY_SECTION, SYSTEMS_SECTION, TAILS},
    organisations::{capital, weight},
    plan::Plan,
};
use crate::facts::Role;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Draws the respondents, organisation by organisation, in all at least [`Plan::people`].
///
/// Each organisation has one CISO and one audit lead, two or three people in its CSIRT, a system manager for about forty and
/// a section head for about twenty-five people; all others are staff.
pub(super) fn draw(seed: u64, plan: &Plan, organisations: &[Organisation], domains: &[Domain]) -> Vec<Person> {
    let taking_part: Vec<&Organisation> = organisations.iter().filter(|o| o.takes_part).collect();
    let total: u32 = taking_part.iter().map(|o| weight(&o.code)).sum::<u32>().max(1);
    let mut people = Vec::new();
    for (position, organisation) in taking_part.iter().enumerate() {
        let mut rng = dice::stream(seed, "people", &[position as u64]);
        let parts = weight(&organisation.code) as usize;
        let count = (plan.people * parts).div_ceil(total as usize).max(16);
        let domain = domains.iter().find(|d| d.organisation == organisation.code).map_or("example", |d| d.name.as_str());
        let csirt = 2 + count / 500;
        let managers = (count / 40).max(2);
        let heads = (count / 25).max(2);
        for number in 0..count {
            let (role, section) = if number == 0 {
                (Role::Ciso, SECURITY_SECTION)
            } else if number == 1 {
                (Role::AuditLead, AUDIT_SECTION)
            } else if number < 2 + csirt {
                (Role::Csirt, SECURITY_SECTION)
            } else if number < 2 + csirt + managers {
                (Role::SystemManager, SYSTEMS_SECTION)
            } else if number < 2 + csirt + managers + heads {
                (Role::SectionHead, pick(&mut rng, &SECTIONS))
            } else {
                (Role::Staff, pick(&mut rng, &SECTIONS))
            };
            let (name, kana, family, given) = named(&mut rng);
            people.push(Person {
                code: format!("{}-{:05}", organisation.code, number + 1),
                organisation: organisation.code.clone(),
                role,
                section: Text::new(section.0, section.1),
                name,
                kana,
                email: format!("{given}.{family}.{}@{domain}", number + 1),
            });
        }
    }
    people
}

/// Draws who answers for security in each organisation that takes part; [`Plan::vacant_posts`] of them lack an advisor or a
/// CSIRT head, because a register must show gaps.
pub(super) fn security_organisations(seed: u64, organisations: &[Organisation], people: &[Person], plan: &Plan) -> Vec<SecurityOrganisation> {
    let taking_part: Vec<&Organisation> = organisations.iter().filter(|o| o.takes_part).collect();
    let vacant = dice::chosen(seed, "vacant", taking_part.len(), plan.vacant_posts);
    let mut rest = people;
    let mut security = Vec::with_capacity(taking_part.len());
    for (position, organisation) in taking_part.iter().enumerate() {
        let mut rng = dice::stream(seed, "security organisation", &[position as u64]);
        let count = rest.iter().take_while(|p| p.organisation == organisation.code).count();
        let (own, later) = rest.split_at(count);
        rest = later;
        let holder = |role: Role, ja: &str, en: &str| {
            own.iter().find(|p| p.role == role).map(|p| Post { title: Text::new(ja, en), person: Some(p.code.clone()), name: p.name.clone() })
        };
        let ciso = holder(Role::Ciso, "最高情報セキュリティ責任者", "Chief Information Security Officer");
        let expert = chance(&mut rng, 0.6);
        let (name, ..) = named(&mut rng);
        let advisor = Post { title: Text::new("CISOアドバイザー", "Adviser to the CISO"), person: None, name };
        let gap = vacant.contains(&position).then(|| rng.random_range(0..3));
        let domain = own.first().and_then(|p| p.email.split_once('@')).map_or("example", |(_, domain)| domain);
        security.push(SecurityOrganisation {
            organisation: organisation.code.clone(),
            decision_line: [
                holder(Role::SectionHead, "課室情報セキュリティ責任者", "Section Information Security Officer"),
                holder(Role::Csirt, "統括情報セキュリティ責任者", "General Information Security Officer"),
                ciso.clone(),
            ]
            .into_iter()
            .flatten()
            .collect(),
            ciso,
            advisor: (gap != Some(0) && gap != Some(2)).then_some(advisor),
            advisor_expert: expert,
            advisor_concurrent: chance(&mut rng, if expert { 0.3 } else { 0.8 }),
            audit_lead: holder(Role::AuditLead, "情報セキュリティ監査責任者", "Information Security Audit Lead"),
            csirt: holder(Role::Csirt, "CSIRT責任者", "Head of the CSIRT").filter(|_| gap != Some(1) && gap != Some(2)),
            contact_email: format!("csirt@{domain}"),
            // 0000 is no area code: the number can never ring.
            contact_telephone: format!("0000-{:02}-{:04}", position % 100, rng.random_range(0..10_000)),
        });
    }
    security
}

/// An invented name: the text, its kana, and the romanised family and given name.
fn named(rng: &mut ChaCha8Rng) -> (Text, String, String, &'static str) {
    let (head, tail, given) = (pick(rng, &HEADS), pick(rng, &TAILS), pick(rng, &GIVEN));
    let family = format!("{}{}", head.2, tail.2);
    (
        Text::new(format!("{}{} {}", head.0, tail.0, given.0), format!("{} {}", capital(given.2), capital(&family))),
        format!("{}{} {}", head.1, tail.1, given.1),
        family,
        given.2,
    )
}
