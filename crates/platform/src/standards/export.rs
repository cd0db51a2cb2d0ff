//! An organisation's derived standard as an OSCAL profile that any other program can resolve.

use formats::oscal::common::{BackMatter, Metadata, Part, Prop, RLink, Resource};
use formats::oscal::profile::{Import, Merge, Modify, Profile, Select, SetParameter};
use formats::oscal::{Catalog, Control, Group, OSCAL_VERSION};
use serde_json::{Map, json};
use uuid::Uuid;

use super::derived::{Derived, OwnRequirement};
use super::requirement::{Edition, Requirement};
use crate::base::lang::Lang;
use crate::register::organisation::Organisation;

/// The same name gives the same UUID, so that two exports of one state are one file (RFC 9562 §5.5).
fn uuid(name: &str) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string()
}

/// A title of ours in English, beside the Japanese one.
fn english(title: &str) -> Prop {
    Prop { class: Some(Lang::En.as_str().to_owned()), ..Prop::ours("title", title) }
}

/// The profile: all of the edition but what is left out, with the values set, the organisation's own requirements
/// (embedded as a catalog) and its documents (by name and SHA-256). `at` is the time of the export, RFC 3339; `asked` is
/// what the edition asks, `parameters` the ids of the values it leaves open.
pub fn profile(organisation: &Organisation, edition: &Edition, derived: &Derived, asked: &[Requirement], parameters: &[String], at: &str) -> Profile {
    let id = |what: &str| uuid(&format!("{}/{}/{what}", organisation.id, edition.id));
    let source = id("edition");
    let mut resources = vec![Resource {
        uuid: source.clone(),
        title: Some(edition.title_ja.clone()),
        rlinks: vec![RLink { href: edition.file_name(), media_type: Some("application/oscal.catalog+json".to_owned()), ..RLink::default() }],
        ..Resource::default()
    }];
    // What the edition does not ask cannot be left out of it.
    let excluded: Vec<String> =
        derived.exclusions.iter().filter(|one| asked.iter().any(|asked| asked.code == one.code)).map(|one| one.code.clone()).collect();
    let whole = |href: String| Import { href, include_all: Some(Map::new()), ..Import::default() };
    let mut imports = vec![whole(format!("#{source}"))];
    if let Some(first) = imports.first_mut().filter(|_| !excluded.is_empty()) {
        first.exclude_controls = vec![Select { with_ids: excluded, ..Select::default() }];
    }
    if !derived.own.is_empty() {
        let own = id("own");
        let catalog = own_catalog(organisation, &derived.own, &id("own-catalog"), at);
        let embedded = json!({ "filename": format!("{}-own.json", organisation.code), "media-type": "application/oscal.catalog+json",
            "value": base64(catalog.to_json(false).as_bytes()) });
        resources.push(Resource {
            uuid: own.clone(),
            title: Some(format!("{} 独自の遵守事項", organisation.name_ja)),
            rest: Map::from_iter([("base64".to_owned(), embedded)]),
            ..Resource::default()
        });
        imports.push(whole(format!("#{own}")));
    }
    resources.extend(derived.documents.iter().map(|one| Resource {
        uuid: uuid(one.id.as_str()),
        title: Some(one.title.clone()),
        props: vec![Prop { name: "version".to_owned(), value: one.version.clone(), ..Prop::default() }],
        rlinks: vec![RLink {
            href: crate::base::view::list::encode(&one.file_name),
            rest: Map::from_iter([("hashes".to_owned(), json!([{ "algorithm": "SHA-256", "value": one.hash }]))]),
            ..RLink::default()
        }],
        ..Resource::default()
    }));
    let set_parameters: Vec<SetParameter> = derived
        .values
        .iter()
        .filter(|one| parameters.contains(&one.param_id))
        .map(|one| SetParameter { param_id: one.param_id.clone(), values: vec![one.value.clone()], ..SetParameter::default() })
        .collect();
    Profile {
        uuid: uuid(&format!("{}/{}/{at}", organisation.id, edition.id)),
        metadata: metadata(
            &format!("{} 情報セキュリティ対策基準", organisation.name_ja),
            &format!("Information security standard of {}", organisation.name_en),
            &edition.version,
            at,
        ),
        imports,
        merge: Some(Merge { as_is: Some(true), ..Merge::default() }),
        modify: (!set_parameters.is_empty()).then(|| Modify { set_parameters, ..Modify::default() }),
        back_matter: Some(BackMatter { resources, ..BackMatter::default() }),
        ..Profile::default()
    }
}

fn metadata(ja: &str, en: &str, version: &str, at: &str) -> Metadata {
    Metadata {
        title: ja.to_owned(),
        last_modified: at.to_owned(),
        version: version.to_owned(),
        oscal_version: OSCAL_VERSION.to_owned(),
        props: vec![english(en)],
        ..Metadata::default()
    }
}

fn own_catalog(organisation: &Organisation, own: &[OwnRequirement], uuid: &str, at: &str) -> Catalog {
    let title = format!("{} 独自の遵守事項", organisation.name_ja);
    Catalog {
        uuid: uuid.to_owned(),
        metadata: metadata(&title, &format!("Own requirements of {}", organisation.name_en), "1", at),
        groups: vec![Group {
            id: Some("own".to_owned()),
            title: "独自の遵守事項".to_owned(),
            props: vec![english("Own requirements")],
            controls: own.iter().map(control).collect(),
            ..Group::default()
        }],
        ..Catalog::default()
    }
}

fn control(one: &OwnRequirement) -> Control {
    let part = |end: &str, lang: Lang, prose: &str| Part {
        id: Some(format!("{}_smt{end}", one.code)),
        name: "statement".to_owned(),
        class: Some(lang.as_str().to_owned()),
        prose: Some(prose.to_owned()),
        ..Part::default()
    };
    Control {
        id: one.code.clone(),
        title: one.title_ja.clone(),
        props: vec![english(&one.title_en), Prop::ours("role", one.role.as_str()), Prop::ours("applies-to", one.applies_to.as_str())],
        parts: vec![part("", Lang::Ja, &one.statement_ja), part("_en", Lang::En, &one.statement_en)],
        ..Control::default()
    }
}

/// Base64 with padding (RFC 4648 §4).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let word = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let letter = LETTERS.get((word >> (18 - 6 * place) & 63) as usize).copied().unwrap_or(b'=');
            out.push(if place > chunk.len() { '=' } else { letter as char });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_the_rfc() {
        // RFC 4648 §10.
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")];
        for (plain, coded) in cases {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
