//! NIST's own catalog and baselines taken in as editions; they lie in the folder that `HINOMI_SHARED` names.

use std::path::{Path, PathBuf};

use crate::standards::{actions, store};
use crate::testing::Bench;

/// The folder of NIST's files, or `None` (said aloud) when the shared folder is not there.
fn shared() -> Option<PathBuf> {
    match std::env::var_os("HINOMI_SHARED") {
        Some(folder) => Some(Path::new(&folder).join("data/oscal/sp800-53")),
        None => {
            eprintln!("needs HINOMI_SHARED: not run");
            None
        }
    }
}

const CATALOG: &str = "NIST_SP-800-53_rev5_catalog.json";

#[tokio::test]
async fn nist_is_taken_in_and_its_baselines_resolve_to_the_published_counts() {
    let Some(folder) = shared() else { return };
    let bench = Bench::new().await;
    let catalog = std::fs::read(folder.join("rev5-5.0.1").join(CATALOG)).unwrap();
    let beside = vec![(CATALOG.to_owned(), catalog.clone())];
    let mut work = bench.work().await;
    // 5.0.1 names its catalog by a relative address; the file lies beside it.
    for (name, count) in [("LOW", 149), ("MODERATE", 287)] {
        let file = format!("NIST_SP-800-53_rev5_{name}-baseline_profile.json");
        let bytes = std::fs::read(folder.join("rev5-5.0.1").join(&file)).unwrap();
        let (id, problems) = actions::import_profile(&mut work, &bytes, &file, beside.clone()).await.unwrap();
        assert_eq!((problems, store::requirements(&mut work.tx, &id).await.unwrap().len()), (vec![], count), "{name}");
    }
    let (whole, problems) = actions::import_catalog(&mut work, &catalog, CATALOG).await.unwrap();
    assert_eq!(problems, []);
    // 1,189 controls, 182 of them withdrawn.
    let all = store::requirements(&mut work.tx, &whole).await.unwrap();
    assert_eq!(all.len(), 1_007);
    assert!(all.iter().all(|one| !one.statement_ja.is_empty() && !one.question_en.is_empty() && !one.roles.is_empty()));
    // Handing each control only the parameters it inserts changes no text.
    let (read, _) = formats::oscal::Catalog::read(&catalog).unwrap();
    let params = read.all_params();
    let differs = |one: &&crate::standards::requirement::Requirement| {
        read.control(&one.code).unwrap().text("statement", crate::base::lang::Lang::En, &params).unwrap() != one.statement_en
    };
    assert_eq!(all.iter().step_by(11).find(differs), None);
    assert!(store::parameters(&mut work.tx, &whole).await.unwrap().len() > 1_000);
    // 5.1.1 names its catalog by #uuid; the one just stored answers.
    for (name, count) in [("LOW", 149), ("MODERATE", 287)] {
        let file = format!("NIST_SP-800-53_rev5_{name}-baseline_profile.json");
        let bytes = std::fs::read(folder.join("rev5-5.1.1").join(&file)).unwrap();
        let (id, problems) = actions::import_profile(&mut work, &bytes, &file, Vec::new()).await.unwrap();
        assert_eq!((problems, store::requirements(&mut work.tx, &id).await.unwrap().len()), (vec![], count), "{name}");
        assert_eq!(actions::import_profile(&mut work, &bytes, &file, Vec::new()).await.unwrap().0, id);
    }
    work.commit().await.unwrap();
    assert_eq!(store::editions(&mut bench.app.db.read().await.unwrap()).await.unwrap().len(), 5);
}

#[tokio::test]
async fn an_exported_profile_fits_the_published_schema() {
    let Some(folder) = shared() else { return };
    let bench = Bench::new().await;
    let organisation = bench.organisation("moa").await.id;
    let mut work = bench.work().await;
    let first = actions::ship_baseline(&mut work, 1).await.unwrap();
    actions::adopt(&mut work, &organisation, &first).await.unwrap();
    actions::exclude(&mut work, &organisation, "inf-01", "x").await.unwrap();
    actions::add_document(&mut work, &organisation, "規程", "1", "規程 1.pdf", b"x").await.unwrap();
    let own = actions::NewOwnRequirement {
        code: "own-1".into(),
        title_ja: "あ".into(),
        statement_ja: "い".into(),
        applies_to: "person".into(),
        role: "staff".into(),
        ..Default::default()
    };
    actions::add_own_requirement(&mut work, &organisation, &own).await.unwrap();
    let now = work.now;
    let (_, profile) = actions::profile(&mut work.tx, &crate::base::actor::Scope::Everything, &organisation, now).await.unwrap();
    let schema = folder.parent().unwrap().join("schemas-1.2.1/oscal_profile_schema.json");
    let schema: serde_json::Value = serde_json::from_slice(&std::fs::read(schema).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let document = serde_json::from_str(&profile.to_json(false)).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| format!("{} {error}", error.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new());
}
