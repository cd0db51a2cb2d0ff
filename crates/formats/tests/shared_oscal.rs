//! NIST's own OSCAL files: baselines resolve to the published controls, and what we write fits the published schemas.

use std::path::{Path, PathBuf};

use formats::oscal::{Catalog, Limits, Profile, ResolveError, Resolved, resolve};
use serde_json::Value;

/// The folder of the OSCAL files, or `None` (said aloud) when the shared folder is not there.
fn shared() -> Option<PathBuf> {
    match std::env::var_os("HINOMI_SHARED") {
        Some(folder) => Some(Path::new(&folder).join("data/oscal")),
        None => {
            eprintln!("needs HINOMI_SHARED: not run");
            None
        }
    }
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn catalog(path: &Path) -> Catalog {
    let (catalog, problems) = Catalog::read(&bytes(path)).unwrap();
    assert_eq!(problems, [], "{}", path.display());
    catalog
}

fn ids(catalog: &Catalog) -> Vec<String> {
    catalog.controls().iter().map(|placed| placed.control.id.clone()).collect()
}

/// Resolves a published baseline against the 5.0.1 catalog: every id of 5.1.1's baselines is in it.
fn baseline(oscal: &Path, edition: &str, name: &str) -> Option<(Profile, Resolved, Catalog)> {
    let folder = oscal.join("sp800-53");
    let file = format!("rev5-{edition}/NIST_SP-800-53_rev5_{name}-baseline");
    let path = folder.join(format!("{file}_profile.json"));
    if !path.exists() {
        eprintln!("{} is not in the shared folder: not run", path.display());
        return None;
    }
    let (profile, problems) = Profile::read(&bytes(&path)).unwrap();
    assert_eq!(problems, []);
    // 5.0.1 names the XML file; the JSON form of the same catalog stands in for it.
    let loader = |href: &str| {
        let file = href.rsplit('/').next()?.replace(".xml", ".json");
        std::fs::read(folder.join("rev5-5.0.1").join(file)).ok()
    };
    let resolved = resolve(&profile, &loader, &Limits::default()).unwrap();
    let published = catalog(&folder.join(format!("{file}-resolved-profile_catalog.json")));
    Some((profile, resolved, published))
}

#[test]
fn the_whole_catalog_reads_without_a_problem_and_is_written_again_unchanged() {
    let Some(oscal) = shared() else { return };
    let path = oscal.join("sp800-53/rev5-5.0.1/NIST_SP-800-53_rev5_catalog.json");
    let read = catalog(&path);
    assert_eq!(read.controls().len(), 1_189);
    let before: Value = serde_json::from_slice(&bytes(&path)).unwrap();
    let mut after: Value = serde_json::from_str(&read.to_json(true)).unwrap();
    if let Some(schema) = before.get("$schema") {
        after["$schema"] = schema.clone();
    }
    assert!(before == after, "a field was lost or changed");
    assert_eq!(read.to_json(false), read.clone().to_json(false));
}

#[test]
fn baselines_resolve_to_the_published_controls_in_order() {
    let Some(oscal) = shared() else { return };
    for edition in ["5.0.1", "5.1.1"] {
        for (name, count) in [("LOW", Some(149)), ("MODERATE", Some(287)), ("HIGH", None)] {
            let Some((_, resolved, published)) = baseline(&oscal, edition, name) else { continue };
            assert_eq!(ids(&resolved.catalog), ids(&published), "{edition} {name}");
            if let Some(count) = count {
                assert_eq!(resolved.catalog.controls().len(), count, "{edition} {name}");
            }
            assert_eq!(resolved.warnings, [], "{edition} {name}");
        }
    }
}

#[test]
fn bodies_and_resources_of_the_baselines_equal_the_published_ones() {
    let Some(oscal) = shared() else { return };
    for (name, resources) in [("LOW", 135), ("MODERATE", 147)] {
        let (_, resolved, published) = baseline(&oscal, "5.0.1", name).unwrap();
        for (ours, theirs) in resolved.catalog.controls().iter().zip(published.controls()) {
            let body = |control: &formats::oscal::Control| serde_json::to_value(control).unwrap();
            assert_eq!(body(ours.control), body(theirs.control), "{name} {}", theirs.control.id);
        }
        assert_eq!(resolved.catalog.params, published.params);
        let uuids = |catalog: &Catalog| {
            let resources = catalog.back_matter.iter().flat_map(|b| &b.resources);
            resources.map(|r| r.uuid.clone()).collect::<Vec<_>>()
        };
        assert_eq!(uuids(&resolved.catalog), uuids(&published), "{name}");
        assert_eq!(uuids(&resolved.catalog).len(), resources, "{name}");
    }
}

/// The two published files give 90 and 102: one drops the enhancements whose parents are not named, the other adds
/// the parents. The specification (as-is list, item 1) keeps the enhancements and moves them up.
#[test]
fn privacy_keeps_the_enhancements_without_their_parents() {
    let Some(oscal) = shared() else { return };
    for (edition, published_count) in [("5.0.1", 90), ("5.1.1", 102)] {
        let (profile, resolved, published) = baseline(&oscal, edition, "PRIVACY").unwrap();
        let mut ours = ids(&resolved.catalog);
        assert_eq!((ours.len(), ids(&published).len()), (96, published_count));
        let orphans = ["ac-3.14", "au-3.3", "pe-8.3", "pm-5.1", "sa-8.33", "sc-7.24"];
        for placed in resolved.catalog.controls().iter().filter(|p| orphans.contains(&p.control.id.as_str())) {
            assert!(placed.parent.is_none());
            assert_eq!(placed.groups.len(), 1);
        }
        let mut named = profile.imports[0].include_controls.clone().unwrap()[0].with_ids.clone();
        named.sort();
        ours.sort();
        assert_eq!(ours, named);
    }
}

#[test]
fn the_resolved_catalog_fits_the_schema() {
    let Some(oscal) = shared() else { return };
    let (_, mut resolved, _) = baseline(&oscal, "5.0.1", "LOW").unwrap();
    resolved.stamp("11111111-2222-4333-8444-555555555555", "2026-11-21T00:00:00Z", "Hinomi");
    valid(&oscal, "catalog", &resolved.catalog.to_json(false));
}

#[test]
fn a_baseline_without_its_catalog_names_what_is_missing() {
    let Some(oscal) = shared() else { return };
    let path = oscal.join("sp800-53/rev5-5.1.1/NIST_SP-800-53_rev5_LOW-baseline_profile.json");
    let (profile, _) = Profile::read(&bytes(&path)).unwrap();
    let error = resolve(&profile, &|_| None, &Limits::default()).unwrap_err();
    assert_eq!(error, ResolveError::Missing { chain: vec!["#84cbf061-eb87-4ec1-8112-1f529232e907".into()] });
}

/// Panics with the first complaints when `document` does not fit NIST's 1.2.1 schema of `model`.
fn valid(oscal: &Path, model: &str, document: &str) {
    let schema = bytes(&oscal.join(format!("schemas-1.2.1/oscal_{model}_schema.json")));
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap();
    let document: Value = serde_json::from_str(document).unwrap();
    let complaints: Vec<String> = validator
        .iter_errors(&document)
        .take(5)
        .map(|e| format!("{}: {e}", e.instance_path()).chars().take(300).collect())
        .collect();
    assert_eq!(complaints, Vec::<String>::new());
}
