//! Pages of the standards: one action and one rendering each.

mod align;
mod derived;
mod diff;
mod editions;
mod import;
mod organisations;
mod requirement;

pub use align::{align, align_sent};
pub use derived::{adopt, document, document_end, document_sent, exclude, include, organisation, own_end, own_sent, profile, set_parameter};
pub use diff::{diff, diff_json};
pub use editions::{baseline, catalog, edition, editions};
pub use import::{confirm, import, import_sent};
pub use organisations::{ORGANISATIONS, adopt_all, organisations};
pub use requirement::requirement;

use engine::facts::{AppliesTo, Check, Role};

use super::requirement::Requirement;
use crate::base::cx::Cx;
use crate::base::view::cell::Cell;

/// The address of the list of editions.
pub const EDITIONS: &str = "/standards/editions";

/// The words of a role.
pub fn role(cx: &Cx, role: Role) -> String {
    cx.t(&format!("standards-role-{}", role.as_str()))
}

/// The words of what a requirement applies to.
pub fn applies_to(cx: &Cx, applies: AppliesTo) -> String {
    cx.t(&format!("standards-applies-{}", applies.as_str()))
}

/// The words of a check.
pub fn check(cx: &Cx, check: Check) -> String {
    cx.t(&format!("standards-check-{}", check.as_str()))
}

/// The words of the roles that must act.
fn roles(cx: &Cx, one: &Requirement) -> String {
    one.roles.iter().map(|one| role(cx, *one)).collect::<Vec<_>>().join(&cx.t("standards-comma"))
}

/// The words of the evidence accepted, measurements by name.
fn evidence(cx: &Cx, one: &Requirement) -> String {
    let mut kinds = Vec::new();
    if one.evidence_self {
        kinds.push(cx.t("standards-evidence-self"));
    }
    if one.evidence_audit {
        kinds.push(cx.t("standards-evidence-audit"));
    }
    kinds.extend(one.checks.iter().map(|one| cx.tv("standards-evidence-measured", &[("check", check(cx, *one))])));
    kinds.join(&cx.t("standards-comma"))
}

/// Words that lead to a requirement.
fn link(one: &Requirement) -> Cell {
    Cell::link(format!("/standards/requirements/{}", one.id), &*one.code)
}
