//! NIST's own OSCAL files: baselines resolve to the published controls, and what we write fits the published schemas.

use std::path::{Path, PathBuf};

use formats::lang::Lang;
use formats::oscal::assessment::{
    Assessment, Cycle, Evidence, Finding, Lifecycle, Method, Milestone, Observation, ObservationType, Remediation, Risk, RiskStatus, Subject,
    SubjectKind,
};
use formats::oscal::poam::{Poam, PoamItem};
use formats::oscal::{Catalog, Heading, Limits, Party, Profile, ResolveError, Resolved, resolve};
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
    let complaints: Vec<String> =
        validator.iter_errors(&document).take(5).map(|e| format!("{}: {e}", e.instance_path()).chars().take(300).collect()).collect();
    assert_eq!(complaints, Vec::<String>::new());
}

fn uuid(n: u32) -> String {
    format!("{n:08x}-0000-5000-8000-000000000000")
}

fn heading(n: u32, title: &str) -> Heading {
    Heading {
        uuid: uuid(n),
        title: title.into(),
        last_modified: "2026-11-21T09:00:00+09:00".into(),
        version: "1".into(),
        lang: Lang::Ja,
        organisation: Party { uuid: uuid(1), name: "架空省".into() },
    }
}

fn subjects() -> Vec<Subject> {
    let subject = |n, kind, title: &str| Subject { uuid: uuid(n), kind, title: title.into(), description: "台帳に載っているもの".into() };
    vec![
        subject(1, SubjectKind::Organisation, "架空省"),
        subject(2, SubjectKind::System, "文書管理システム"),
        subject(3, SubjectKind::SystemNotInOperation, "次期文書管理システム"),
        subject(4, SubjectKind::Asset, "www.example.jp"),
    ]
}

fn observations() -> Vec<Observation> {
    let observation = |n, method, types: &[ObservationType], about: &[u32]| Observation {
        uuid: uuid(n),
        title: "送信ドメイン認証".into(),
        description: "DMARC の方針は none\nであった。".into(),
        methods: vec![method],
        types: types.to_vec(),
        collected: "2026-10-01T10:00:00.5+09:00".into(),
        expires: Some("2027-10-01T00:00:00Z".into()),
        subjects: about.iter().map(|n| uuid(*n)).collect(),
        evidence: vec![Evidence {
            description: "TXT レコード".into(),
            href: Some("https://example.jp/o/1".into()),
            props: vec![("sha-256".into(), "00ff".into())],
        }],
        props: vec![("verdict".into(), "not met".into()), ("reason".into(), " ".into())],
    };
    vec![
        observation(10, Method::Interview, &[], &[1, 2]),
        observation(11, Method::Examine, &[ObservationType::Finding], &[3]),
        observation(12, Method::Test, &[ObservationType::SspStatementIssue, ObservationType::Discovery], &[4]),
    ]
}

fn risks() -> Vec<Risk> {
    vec![Risk {
        uuid: uuid(20),
        title: "なりすまし".into(),
        description: "差出人を偽ったメールが届く。".into(),
        statement: "住民が偽のメールにだまされるおそれがある。".into(),
        status: RiskStatus::Remediating,
        deadline: Some("2027-03-31T23:59:59+09:00".into()),
        remediation: Some(Remediation {
            uuid: uuid(21),
            lifecycle: Lifecycle::Planned,
            title: "方針を強める".into(),
            description: "none から reject へ段階的に移す。".into(),
            milestones: vec![Milestone { uuid: uuid(22), title: "quarantine にする".into(), date: "2027-01-31T00:00:00+09:00".into() }],
        }),
        observations: vec![uuid(12)],
        props: vec![],
    }]
}

fn findings() -> Vec<Finding> {
    let finding = |n, satisfied| Finding {
        uuid: uuid(n),
        title: "送信ドメイン認証の要求".into(),
        description: "実測では満たされていない。".into(),
        statement_id: "遵守-1.2_smt".into(),
        satisfied,
        observations: vec![uuid(10), uuid(12)],
        risks: if satisfied { vec![] } else { vec![uuid(20)] },
        props: vec![("priority".into(), "high".into())],
    };
    vec![finding(30, false), finding(31, true)]
}

fn assessment() -> Assessment {
    Assessment {
        heading: heading(100, "令和8年度 検査結果"),
        parties: vec![Party { uuid: uuid(5), name: "監査法人".into() }],
        cycle: Cycle {
            uuid: uuid(101),
            title: "令和8年度 検査".into(),
            description: "基準は第2版。対象は全組織。".into(),
            start: "2026-04-01T00:00:00+09:00".into(),
            end: Some("2027-03-31T23:59:59+09:00".into()),
            href: Some("https://example.jp/cycles/8".into()),
        },
        result_uuid: uuid(102),
        title: "架空省の結果".into(),
        description: "自己点検、監査、実測の結果。".into(),
        controls: vec!["遵守-1.2".into(), "ac-1".into()],
        subjects: subjects(),
        observations: observations(),
        risks: risks(),
        findings: findings(),
    }
}

fn poam() -> Poam {
    Poam {
        heading: heading(200, "改善計画"),
        subjects: subjects(),
        observations: observations(),
        risks: risks(),
        findings: findings(),
        items: vec![PoamItem {
            uuid: uuid(201),
            title: "DMARC を強める".into(),
            description: "段階的に reject へ移す。".into(),
            status: "accepted".into(),
            owner: "情報システム課長".into(),
            findings: vec![uuid(30)],
            observations: vec![uuid(12)],
            risks: vec![uuid(20)],
            props: vec![],
        }],
        ..Poam::default()
    }
}

#[test]
fn what_we_write_fits_the_published_schemas() {
    let Some(oscal) = shared() else { return };
    valid(&oscal, "assessment-results", &assessment().to_json(true).unwrap());
    valid(&oscal, "poam", &poam().to_json(true).unwrap());
    // The smallest documents: nothing observed yet, an open cycle.
    let small = Assessment {
        cycle: Cycle { end: None, href: None, ..assessment().cycle },
        parties: vec![],
        subjects: vec![],
        observations: vec![],
        risks: vec![],
        findings: vec![],
        ..assessment()
    };
    valid(&oscal, "assessment-results", &small.to_json(false).unwrap());
}

#[test]
fn the_schema_check_itself_complains() {
    let Some(oscal) = shared() else { return };
    let broken = assessment().to_json(false).unwrap().replace("not-satisfied", "perhaps");
    assert!(std::panic::catch_unwind(|| valid(&oscal, "assessment-results", &broken)).is_err());
}
