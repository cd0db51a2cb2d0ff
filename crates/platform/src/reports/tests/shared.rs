//! The OSCAL documents of reports, checked against NIST's schemas in the folder that `HINOMI_SHARED` names.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::output::tree;
use crate::base::lang::Lang;
use crate::reports::policy::{Audience, Policy, see};
use crate::reports::render::oscal;
use crate::reports::report::Kind;

fn schemas() -> Option<PathBuf> {
    match std::env::var_os("HINOMI_SHARED") {
        Some(folder) => Some(Path::new(&folder).join("data/oscal/schemas-1.2.1")),
        None => {
            eprintln!("needs HINOMI_SHARED: not run");
            None
        }
    }
}

#[test]
fn oscal_documents_are_valid_for_every_audience() {
    let Some(folder) = schemas() else { return };
    let schema = |model: &str| {
        let text = std::fs::read(folder.join(format!("oscal_{model}_schema.json"))).unwrap();
        let schema: Value = serde_json::from_slice(&text).unwrap();
        jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap()
    };
    let (results, poam) = (schema("assessment-results"), schema("poam"));
    let check = |validator: &jsonschema::Validator, document: &str| {
        let document: Value = serde_json::from_str(document).unwrap();
        let complaints: Vec<String> =
            validator.iter_errors(&document).take(3).map(|e| format!("{}: {e}", e.instance_path()).chars().take(300).collect()).collect();
        assert_eq!(complaints, Vec::<String>::new());
    };
    for kind in [Kind::Organisation, Kind::Annual] {
        for audience in Audience::ALL {
            for lang in Lang::ALL {
                let seen = see(&Policy::default(), &tree(kind), *audience).unwrap();
                let document = oscal::results(&seen, lang).unwrap();
                check(&results, &document);
                assert_eq!(document.contains("ssp-statement-issue"), *audience == Audience::Centre);
                match oscal::poam(&seen, lang).unwrap() {
                    Some(document) => check(&poam, &document),
                    None => assert!(*audience != Audience::Centre),
                }
            }
        }
    }
}
