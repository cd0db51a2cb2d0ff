//! From an OSCAL catalog to requirements: our own properties where the catalog has them, sensible values where not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use engine::facts::{AppliesTo, Check, Role};
use formats::oscal::common::{Param, Part};
use formats::oscal::walk::Placed;
use formats::oscal::{Catalog, Control, Group, NAMESPACE};
use formats::problem::{Place, Problem};
use serde_json::json;

use super::requirement::{EditionId, Parameter, Requirement, RequirementId};
use crate::base::audit::sha256;
use crate::base::lang::Lang;

/// Title of a group or control in one language: our `title` property of that class, else the title.
fn group_title(group: &Group, lang: Lang) -> &str {
    let ours = group.props.iter().find(|prop| prop.is("title", Some(NAMESPACE)) && prop.class.as_deref() == Some(lang.as_str()));
    ours.map_or(group.title.as_str(), |prop| prop.value.as_str())
}

/// The catalog's title in one language.
pub fn catalog_title(catalog: &Catalog, lang: Lang) -> String {
    let props = &catalog.metadata.props;
    let ours = props.iter().find(|prop| prop.is("title", Some(NAMESPACE)) && prop.class.as_deref() == Some(lang.as_str()));
    ours.map_or(catalog.metadata.title.as_str(), |prop| prop.value.as_str()).to_owned()
}

/// The values of a property of ours, each read by `parse`; what it does not know is a problem that names the choices.
fn values<T>(control: &Control, name: &'static str, choices: &[&str], parse: impl Fn(&str) -> Option<T>, problems: &mut Vec<Problem>) -> Vec<T> {
    let mut found = Vec::new();
    for value in control.props_named(name, Some(NAMESPACE)) {
        match parse(value) {
            Some(value) => found.push(value),
            None => problems.push(Problem::custom(
                "H1101",
                Place::sheet(&*control.id),
                format!("「{name}」の値「{value}」は使えません。"),
                format!("\"{value}\" is not a value of \"{name}\"."),
                format!("次のどれかにしてください：{}", choices.join("、")),
                format!("Use one of: {}", choices.join(", ")),
            )),
        }
    }
    found
}

/// Who must act when the catalog does not say: rules and policies are the CISO's, the rest the system manager's.
fn usual_role(control: &Control) -> Role {
    let title = control.title.to_lowercase();
    if ["policy", "policies", "program", "方針", "規程"].iter().any(|word| title.contains(word)) { Role::Ciso } else { Role::SystemManager }
}

/// SHA-256 of a control as it stands: everything but its enhancements, which are requirements of their own, and its place.
fn digest(placed: &Placed) -> String {
    let control = Control { controls: Vec::new(), ..placed.control.clone() };
    let group = placed.groups.last().map(|group| group.id.as_deref().unwrap_or(&group.title));
    sha256(json!([group, placed.parent.map(|parent| &parent.id), control]).to_string().as_bytes())
}

/// Every requirement in force of `catalog`, in its order; `id` makes ids. Withdrawn controls are left out.
pub fn requirements(catalog: &Catalog, edition: &EditionId, mut id: impl FnMut() -> RequirementId) -> (Vec<Requirement>, Vec<Problem>) {
    let params: HashMap<&str, &Param> = catalog.all_params().into_iter().map(|param| (param.id.as_str(), param)).collect();
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for placed in catalog.controls().iter().filter(|placed| !placed.control.is_withdrawn()) {
        if !seen.insert(placed.control.id.as_str()) {
            problems.push(Problem::custom(
                "H1102",
                Place::sheet(&*placed.control.id),
                format!("識別子「{}」が二度使われています。", placed.control.id),
                format!("the id \"{}\" is used twice.", placed.control.id),
                "どちらかの識別子を変えてください。",
                "Change one of the two.",
            ));
            continue;
        }
        found.push(requirement(placed, &params, edition, id(), &mut problems));
    }
    if found.is_empty() {
        problems.push(Problem::custom(
            "H1103",
            Place::sheet("/catalog"),
            "有効な遵守事項がひとつもありません。",
            "there is no requirement in force.",
            "管理策（control）の入ったファイルを選んでください。",
            "Choose a file that holds controls.",
        ));
    }
    (found, problems)
}

/// The parameters a control's text inserts, and those these insert in turn. Handing over all of a large catalog's for
/// each control would make reading it quadratic.
fn inserted<'a>(control: &Control, all: &HashMap<&str, &'a Param>) -> Vec<&'a Param> {
    fn prose<'a>(parts: &'a [Part], found: &mut Vec<&'a str>) {
        for part in parts {
            found.extend(part.prose.as_deref());
            prose(&part.parts, found);
        }
    }
    let mut texts = Vec::new();
    prose(&control.parts, &mut texts);
    let mut found: BTreeMap<&str, &'a Param> = BTreeMap::new();
    while let Some(text) = texts.pop() {
        for mention in text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).filter_map(|(inner, _)| inner.split_once(',')) {
            let Some(param) = all.get(mention.1.trim()).filter(|param| !found.contains_key(param.id.as_str())) else { continue };
            found.insert(&param.id, param);
            texts.extend(param.label.as_deref());
            texts.extend(param.values.iter().chain(param.select.iter().flat_map(|select| &select.choice)).map(String::as_str));
        }
    }
    found.into_values().collect()
}

fn requirement(placed: &Placed, params: &HashMap<&str, &Param>, edition: &EditionId, id: RequirementId, problems: &mut Vec<Problem>) -> Requirement {
    let control = placed.control;
    let params = &inserted(control, params);
    let group = |group: Option<&&Group>, lang: Lang| group.map_or(String::new(), |group| group_title(group, lang).to_owned());
    let name = |group: Option<&&Group>| group.map_or(String::new(), |group| group.id.clone().unwrap_or_else(|| group.title.clone()));
    let (block, theme) = (placed.groups.first(), placed.groups.last());
    let text = |part: &str, lang: Lang| control.text(part, lang, params).unwrap_or_default();
    let title = |lang: Lang| match control.title_in(lang) {
        "" => control.id.clone(),
        title => title.to_owned(),
    };
    let question = |lang: Lang| match text("question", lang) {
        question if !question.is_empty() => question,
        _ => lang.pick(format!("「{}」を実施していますか。", title(lang)), format!("Have you put \"{}\" into practice?", title(lang))),
    };
    let spelled = |all: &[Role]| all.iter().map(|one| one.as_str()).collect::<Vec<_>>();
    let mut roles = values(control, "role", &spelled(Role::ALL), Role::parse, problems);
    if roles.is_empty() {
        roles.push(usual_role(control));
    }
    let applies: Vec<&str> = AppliesTo::ALL.iter().map(|one| one.as_str()).collect();
    let applies_to = values(control, "applies-to", &applies, AppliesTo::parse, problems).first().copied().unwrap_or(AppliesTo::Organisation);
    let known: Vec<&str> = Check::ALL.iter().map(|one| one.as_str()).collect();
    let checks = values(control, "check", &known, Check::parse, problems);
    let kinds = ["self", "audit", "measurement"];
    let evidence = values(control, "evidence", &kinds, |text| kinds.contains(&text).then(|| text.to_owned()), problems);
    let accepts = |kind: &str| evidence.is_empty() || evidence.iter().any(|one| one == kind);
    let ranks = ["1", "2", "3"];
    let priority = values(control, "priority", &ranks, |text| ranks.contains(&text).then(|| text.parse::<i64>().ok()).flatten(), problems);
    Requirement {
        id,
        edition_id: edition.clone(),
        code: control.id.clone(),
        block: name(block),
        block_ja: group(block, Lang::Ja),
        block_en: group(block, Lang::En),
        theme: name(theme),
        theme_ja: group(theme, Lang::Ja),
        theme_en: group(theme, Lang::En),
        title_ja: title(Lang::Ja),
        title_en: title(Lang::En),
        statement_ja: text("statement", Lang::Ja),
        statement_en: text("statement", Lang::En),
        question_ja: question(Lang::Ja),
        question_en: question(Lang::En),
        guidance_ja: text("guidance", Lang::Ja),
        guidance_en: text("guidance", Lang::En),
        applies_to,
        roles,
        evidence_self: accepts("self"),
        evidence_audit: accepts("audit"),
        checks,
        priority_inspection: control.prop("priority-inspection", Some(NAMESPACE)) == Some("yes"),
        priority: priority.first().copied().unwrap_or(2),
        source: control.prop("source", Some(NAMESPACE)).unwrap_or_default().to_owned(),
        digest: digest(placed),
    }
}

/// Every parameter of the controls in force, in the catalog's order.
pub fn parameters(catalog: &Catalog) -> Vec<Parameter> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for placed in catalog.controls().iter().filter(|placed| !placed.control.is_withdrawn()) {
        for param in &placed.control.params {
            if seen.insert(param.id.clone()) {
                found.push(parameter(param, &placed.control.id));
            }
        }
    }
    let rest = catalog.all_params();
    found.extend(rest.into_iter().filter(|param| seen.insert(param.id.clone())).map(|param| parameter(param, "")));
    found
}

fn parameter(param: &Param, code: &str) -> Parameter {
    let choices = param.select.as_ref().map(|select| select.choice.join("; "));
    Parameter {
        param_id: param.id.clone(),
        code: code.to_owned(),
        label: param.label.clone().or(choices).unwrap_or_else(|| param.id.clone()),
        value: param.values.join(", "),
    }
}
