//! Resolution: against an independent slow version, and directive by directive.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{document, ids, small_catalog};
use crate::lang::Lang;
use crate::oscal::resolve::Warning;
use crate::oscal::{Catalog, Limits, Profile, ResolveError, Resolved, resolve};

fn profile(fields: Value) -> Profile {
    Profile::read(&document("profile", fields)).unwrap().0
}

/// Resolves against documents by name.
fn run(profile: &Profile, files: &[(&str, Vec<u8>)]) -> Result<Resolved, ResolveError> {
    let loader = |href: &str| files.iter().find(|(name, _)| *name == href).map(|(_, bytes)| bytes.clone());
    resolve(profile, &loader, &Limits::default())
}

fn abc() -> Vec<u8> {
    let control = |id: &str, inner: Value| json!({ "id": id, "title": id, "controls": inner });
    document(
        "catalog",
        json!({
            "params": [{ "id": "used", "label": "u" }, { "id": "unused", "label": "n" }, { "id": "deep", "label": "d" }],
            "groups": [
                { "id": "A", "title": "A", "controls": [control("a1", json!([control("a1.1", json!([control("a1.1.1", json!([]))]))]))] },
                { "id": "B", "title": "B", "groups": [{ "id": "BB", "title": "BB", "controls": [
                    control("b1", json!([])),
                    { "id": "b2", "title": "b2", "params": [{ "id": "b2p", "label": "{{ insert: param, deep }}" }],
                      "links": [{ "href": "#21111111-2222-4333-8444-555555555555" }] },
                    { "id": "b3", "title": "b3", "parts": [{ "name": "statement",
                      "prose": "{{ insert: param, used }} {{ insert: param, b2p }}" }] },
                ] }] },
            ],
            "back-matter": { "resources": [
                { "uuid": "21111111-2222-4333-8444-555555555555" },
                { "uuid": "31111111-2222-4333-8444-555555555555", "props": [{ "name": "keep", "value": "always" }] },
                { "uuid": "41111111-2222-4333-8444-555555555555" },
            ] },
        }),
    )
}

fn resolved(fields: Value) -> Resolved {
    run(&profile(fields), &[("abc", abc())]).unwrap()
}

#[test]
fn flat_is_the_default_and_as_is_keeps_the_structure() {
    let all = ["a1", "a1.1", "a1.1.1", "b1", "b2", "b3"];
    let flat = resolved(json!({ "imports": [{ "href": "abc", "include-all": {} }] })).catalog;
    assert_eq!(ids(&flat), all);
    assert!(flat.groups.is_empty() && flat.controls.iter().all(|c| c.controls.is_empty()));
    let as_is = resolved(json!({ "imports": [{ "href": "abc" }], "merge": { "as-is": true } })).catalog;
    assert_eq!(ids(&as_is), all);
    assert_eq!(as_is.groups.len(), 2);
}

#[test]
fn an_orphan_moves_up_and_an_empty_group_goes() {
    let result = resolved(json!({
        "imports": [{ "href": "abc", "include-controls": [{ "with-ids": ["a1.1.1"] }] }],
        "merge": { "as-is": true },
    }));
    assert_eq!(ids(&result.catalog), ["a1.1.1"]);
    assert_eq!(result.catalog.groups.len(), 1);
    assert_eq!(result.catalog.groups[0].controls[0].id, "a1.1.1");
}

#[test]
fn exclusion_beats_inclusion_and_may_take_the_children() {
    let import = json!([{ "href": "abc", "include-controls": [{ "with-ids": ["b1", "b2"] }, { "matching": [{ "pattern": "a*" }] }],
        "exclude-controls": [{ "with-ids": ["a1.1"], "with-child-controls": "yes" }, { "matching": [{ "pattern": "?2" }] }] }]);
    assert_eq!(ids(&resolved(json!({ "imports": import })).catalog), ["a1", "b1"]);
}

#[test]
fn loose_parameters_and_resources_come_when_something_refers_to_them() {
    let result = resolved(json!({
        "imports": [{ "href": "abc", "include-controls": [{ "with-ids": ["b3"] }] }],
    }));
    let params: Vec<&str> = result.catalog.params.iter().map(|p| p.id.as_str()).collect();
    assert_eq!(params, ["used", "deep", "b2p"]);
    let resources = |r: &Resolved| r.catalog.back_matter.as_ref().unwrap().resources.iter().map(|r| r.uuid[..1].to_owned()).collect::<String>();
    assert_eq!(resources(&result), "3");
    let with_b2 = resolved(json!({ "imports": [{ "href": "abc", "include-controls": [{ "with-ids": ["b2"] }] }] }));
    assert_eq!(resources(&with_b2), "23");
}

#[test]
fn parameters_are_set() {
    let result = resolved(json!({
        "imports": [{ "href": "abc" }],
        "modify": { "set-parameters": [
            { "param-id": "b2p", "values": ["90 days"], "label": "days" },
            { "param-id": "b2p", "constraints": [{ "description": "c" }] },
            { "param-id": "nothing", "values": ["x"] },
        ] },
    }));
    let param = &result.catalog.control("b2").unwrap().params[0];
    assert_eq!((param.values.as_slice(), param.label.as_deref()), (&["90 days".to_owned()][..], Some("days")));
    assert_eq!(param.constraints.len(), 1);
    let pointer = "/profile/modify/set-parameters/2".to_owned();
    assert_eq!(result.warnings, [Warning::UnknownParam { id: "nothing".into(), pointer }]);
}

#[test]
fn what_selects_nothing_is_told() {
    let result = resolved(json!({ "imports": [{ "href": "abc", "include-controls": [{ "with-ids": ["zz"], "matching": [{ "pattern": "^a" }] }] }] }));
    assert!(ids(&result.catalog).is_empty());
    assert_eq!(result.warnings.len(), 2);
    assert!(result.warnings[0].message(Lang::Ja).contains("zz"));
}

#[test]
fn twice_the_same_is_kept_with_a_warning_or_the_first_used() {
    let twice = json!([{ "href": "abc", "include-controls": [{ "with-ids": ["b1"] }] }, { "href": "abc", "include-controls": [{ "with-ids": ["b1", "b2"] }] }]);
    let kept = resolved(json!({ "imports": twice }));
    assert_eq!(ids(&kept.catalog), ["b1", "b1", "b2"]);
    assert_eq!(kept.warnings, [Warning::Duplicate { id: "b1".into() }]);
    let first = resolved(json!({ "imports": twice, "merge": { "combine": { "method": "use-first" }, "as-is": true } }));
    assert_eq!(ids(&first.catalog), ["b1", "b2"]);
    assert_eq!(first.catalog.groups.len(), 1);
}

#[test]
fn unsupported_directives_are_named_with_their_place() {
    let import = json!([{ "href": "abc" }]);
    let cases = [
        (json!({ "imports": import, "merge": { "custom": {} } }), "/profile/merge/custom"),
        (json!({ "imports": import, "merge": { "combine": { "method": "merge" } } }), "/profile/merge/combine/method"),
        (json!({ "imports": [{ "href": "abc", "only": 1 }] }), "/profile/imports/0/only"),
        (json!({ "imports": import, "modify": { "set-parameters": [{ "param-id": "b2p", "x/y": 1 }] } }), "/profile/modify/set-parameters/0/x~1y"),
    ];
    for (fields, place) in cases {
        match run(&profile(fields), &[("abc", abc())]) {
            Err(error @ ResolveError::Unsupported { .. }) => assert!(error.message(Lang::Ja).starts_with(place), "{error}"),
            other => panic!("{place}: {other:?}"),
        }
    }
    let both = json!({ "imports": import, "merge": { "flat": {}, "as-is": true } });
    assert!(matches!(run(&profile(both), &[("abc", abc())]), Err(ResolveError::Conflict { .. })));
    let wrong = json!({ "imports": [{ "href": "abc", "exclude-controls": "a1" }] });
    assert!(matches!(run(&profile(wrong), &[("abc", abc())]), Err(ResolveError::Broken { .. })));
}

/// The removals of NIST's requirement tests, and additions at each position.
#[test]
fn controls_are_altered() {
    let ns = "http://somens.example";
    let control = json!({
        "id": "a1", "title": "a1", "params": [{ "id": "p1" }],
        "props": [{ "name": "label", "value": "1" }, { "name": "extra", "value": "2" }, { "name": "extra", "ns": ns, "value": "3" }],
        "parts": [{ "id": "s", "name": "statement", "parts": [{ "id": "s.a", "name": "item", "props": [{ "name": "extra", "value": "4" }] }] }],
        "controls": [{ "id": "a1.1", "title": "a1.1", "props": [{ "name": "extra", "value": "5" }] }],
    });
    let source = document("catalog", json!({ "controls": [control] }));
    let altered = |alter: Value| {
        let mut alter = alter;
        alter["control-id"] = "a1".into();
        let profile = profile(json!({ "imports": [{ "href": "c" }], "merge": { "as-is": true }, "modify": { "alters": [alter] } }));
        run(&profile, &[("c", source.clone())])
    };
    let values = |result: &Resolved| {
        let text = result.catalog.to_json(false);
        ["1", "2", "3", "4", "5"].into_iter().filter(|v| text.contains(&format!("\"value\":\"{v}\""))).collect::<String>()
    };
    let cases = [
        (json!({ "by-name": "label" }), "2345"),
        (json!({ "by-name": "extra" }), "15"),
        (json!({ "by-name": "extra", "by-ns": "http://csrc.nist.gov/ns/oscal" }), "135"),
        (json!({ "by-ns": ns }), "1245"),
        (json!({ "by-item-name": "prop" }), "5"),
        (json!({ "by-name": "label", "by-item-name": "part" }), "12345"),
        (json!({ "by-id": "s.a" }), "1235"),
        (json!({ "by-id": "elsewhere" }), "12345"),
    ];
    for (remove, left) in cases {
        assert_eq!(values(&altered(json!({ "removes": [remove] })).unwrap()), left, "{remove}");
    }
    let parts = |position: &str, by_id: Value| {
        let mut add = json!({ "position": position, "parts": [{ "id": "n", "name": "item" }] });
        if by_id.is_string() {
            add["by-id"] = by_id;
        }
        let result = altered(json!({ "adds": [add] })).unwrap();
        fn names(parts: &[crate::oscal::common::Part]) -> String {
            parts.iter().map(|p| format!("{}({})", p.id.as_deref().unwrap_or(""), names(&p.parts))).collect()
        }
        (names(&result.catalog.controls[0].parts), result.warnings.len())
    };
    assert_eq!(parts("ending", Value::Null), ("s(s.a())n()".into(), 0));
    assert_eq!(parts("before", Value::Null), ("n()s(s.a())".into(), 0));
    assert_eq!(parts("before", "s.a".into()), ("s(n()s.a())".into(), 0));
    assert_eq!(parts("after", "s.a".into()), ("s(s.a()n())".into(), 0));
    assert_eq!(parts("starting", "s".into()), ("s(n()s.a())".into(), 0));
    assert_eq!(parts("ending", "zz".into()), ("s(s.a())".into(), 1));
    for odd in [
        json!({ "removes": [{}] }),
        json!({ "removes": [{ "by-item-name": "map" }] }),
        json!({ "adds": [{ "position": "near" }] }),
        json!({ "adds": [{ "by-id": "p1", "parts": [{ "name": "x" }] }] }),
        json!({ "adds": [{ "by-id": "s", "params": [{ "id": "p2" }] }] }),
    ] {
        assert!(matches!(altered(odd), Err(ResolveError::Unsupported { .. })));
    }
}

fn inner(uuid: char, imports: Value) -> Vec<u8> {
    document("profile", json!({ "uuid": format!("{uuid}0000000-2222-4333-8444-555555555555"), "imports": imports }))
}

#[test]
fn imported_profiles_are_resolved_first_beside_their_own_address() {
    let top = profile(json!({ "imports": [{ "href": "dir/low", "exclude-controls": [{ "with-ids": ["b1"] }] }] }));
    let low = inner('a', json!([{ "href": "../abc", "include-controls": [{ "with-ids": ["b1", "b3"] }] }]));
    assert_eq!(ids(&run(&top, &[("dir/low", low), ("abc", abc())]).unwrap().catalog), ["b3"]);
}

#[test]
fn circles_and_gaps_show_the_way() {
    let files = [("one", inner('a', json!([{ "href": "two" }]))), ("two", inner('b', json!([{ "href": "one" }])))];
    let top = profile(json!({ "imports": [{ "href": "one" }] }));
    let chain = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    assert_eq!(run(&top, &files).unwrap_err(), ResolveError::Circular { chain: chain(&["one", "two", "one"]) });
    assert_eq!(run(&top, &files[..1]).unwrap_err(), ResolveError::Missing { chain: chain(&["one", "two"]) });
    // A profile that imports itself is known by its uuid, whatever its address.
    let own = document("profile", json!({ "imports": [{ "href": "self" }] }));
    let me = Profile::read(&own).unwrap().0;
    assert_eq!(run(&me, &[("self", own)]).unwrap_err(), ResolveError::Circular { chain: chain(&["self"]) });
    let odd = run(&top, &[("one", document("assessment-plan", json!({})))]).unwrap_err();
    assert!(odd.message(Lang::En).contains("assessment-plan"), "{odd}");
}

#[test]
fn a_resource_prefers_json_and_may_be_embedded() {
    let of = |resource: Value| {
        profile(json!({ "imports": [{ "href": "#51111111-2222-4333-8444-555555555555" }], "back-matter": { "resources": [resource] } }))
    };
    let uuid = "51111111-2222-4333-8444-555555555555";
    let links = of(json!({ "uuid": uuid, "rlinks": [{ "href": "c.xml" }, { "href": "c.json" }] }));
    assert_eq!(ids(&run(&links, &[("c.xml", b"<x/>".to_vec()), ("c.json", abc())]).unwrap().catalog).len(), 6);
    // {"catalog":{}} in base64: decoded, then refused for its version.
    let embedded = of(json!({ "uuid": uuid, "base64": { "value": "eyJjYXRhbG9nIjp7\n fX0=" } }));
    assert_eq!(run(&embedded, &[]).unwrap_err().code(), "H0423");
}

/// The slow version: for each control of the document decide by sets, from its own path of ancestors.
fn slow(catalog: &Catalog, include: Option<&BTreeSet<String>>, children: bool, exclude: &BTreeSet<String>) -> Vec<String> {
    let placed = catalog.controls();
    let ancestors = |id: &str| {
        let mut path = vec![];
        let mut at = id.to_owned();
        while let Some(parent) = placed.iter().find(|p| p.control.id == at).and_then(|p| p.parent) {
            path.push(parent.id.clone());
            at.clone_from(&parent.id);
        }
        path
    };
    let all: Vec<String> = placed.iter().map(|p| p.control.id.clone()).collect();
    let wanted = |id: &String| match include {
        None => true,
        Some(set) => set.contains(id) || (children && ancestors(id).iter().any(|a| set.contains(a))),
    };
    all.into_iter().filter(|id| wanted(id) && !exclude.contains(id)).collect()
}

proptest! {
    #[test]
    fn selection_agrees_with_the_slow_version(
        catalog in small_catalog(),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        drops in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        (all, children, as_is) in any::<(bool, bool, bool)>(),
    ) {
        let known = ids(&catalog);
        let choose = |indices: &[prop::sample::Index]| -> BTreeSet<String> {
            if known.is_empty() { return BTreeSet::new() }
            indices.iter().map(|i| i.get(&known).clone()).collect()
        };
        let (include, exclude) = (choose(&picks), choose(&drops));
        let mut import = json!({ "href": "c", "exclude-controls": [{ "with-ids": exclude }] });
        if !all {
            import["include-controls"] = json!([{ "with-ids": include, "with-child-controls": if children { "yes" } else { "no" } }]);
        }
        let merge = if as_is { json!({ "as-is": true }) } else { json!({ "flat": {} }) };
        let profile = profile(json!({ "imports": [import], "merge": merge }));
        let result = run(&profile, &[("c", catalog.to_json(false).into_bytes())]).unwrap();
        let expected = slow(&catalog, (!all).then_some(&include), children, &exclude);
        prop_assert_eq!(ids(&result.catalog), expected);
        prop_assert_eq!(&result.warnings, &vec![]);
        // As-is keeps whoever of the ancestors is left as the parent.
        if as_is {
            for placed in result.catalog.controls() {
                let kept: Vec<String> = ids(&result.catalog);
                let mut at = catalog.controls().iter().find(|p| p.control.id == placed.control.id).and_then(|p| p.parent.map(|p| p.id.clone()));
                while let Some(id) = at.clone().filter(|id| !kept.contains(id)) {
                    at = catalog.controls().iter().find(|p| p.control.id == id).and_then(|p| p.parent.map(|p| p.id.clone()));
                }
                prop_assert_eq!(placed.parent.map(|p| p.id.clone()), at);
            }
        }
    }
}
