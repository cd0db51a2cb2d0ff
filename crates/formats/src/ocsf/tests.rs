//! Findings of other products, as they write them and as they should not.

use serde_json::{Value, json};

use super::{Limits, OutsideObservation, from_sheet, read};
use crate::problem::Problem;

fn finding() -> Value {
    json!({
        "class_uid": 2003, "category_uid": 2, "activity_id": 1, "type_uid": 200301, "severity_id": 1,
        "time": 1_775_001_600_000_i64,
        "metadata": {"version": "1.5.0", "product": {"name": "Scanner", "vendor_name": "Vendor"}},
        "finding_info": {"uid": "f-1", "title": "SPF is published"},
        "compliance": {"control": "spf", "standards": ["RFC 7208"], "status": "Pass", "status_id": 1, "status_detail": "v=spf1 -all"},
        "resources": [{"uid": "r-1", "name": "example.go.jp", "type": "domain"}],
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut finding = finding();
    *finding.pointer_mut(pointer).unwrap() = value;
    finding
}

fn all(text: &str) -> (Vec<OutsideObservation>, Vec<Problem>) {
    read(text.as_bytes(), &Limits::default())
}

fn codes(problems: &[Problem]) -> Vec<(&str, Option<u32>)> {
    problems.iter().map(|problem| (problem.code.as_ref(), problem.place.row)).collect()
}

#[test]
fn the_same_in_one_object_an_array_and_lines() {
    let (one, none) = all(&serde_json::to_string_pretty(&finding()).unwrap());
    assert_eq!((one.len(), none.len()), (1, 0));
    let found = &one[0];
    assert_eq!((found.target.as_str(), found.check.as_str(), found.verdict.as_str()), ("example.go.jp", "spf", "Pass"));
    assert_eq!((found.title.as_str(), found.product.as_str(), found.note.as_str()), ("SPF is published", "Scanner", "v=spf1 -all"));
    assert_eq!(found.time, "2026-04-01T00:00:00Z");
    assert_eq!(*found.raw, finding());
    let (array, _) = all(&json!([finding(), finding()]).to_string());
    let (lines, _) = all(&format!("{}\r\n\n{}\n", finding(), finding()));
    let rows = |found: &[OutsideObservation]| found.iter().map(|one| one.place.row.unwrap()).collect::<Vec<_>>();
    assert_eq!((rows(&array), rows(&lines)), (vec![1, 2], vec![1, 3]));
}

#[test]
fn a_finding_that_cannot_be_read_leaves_the_others() {
    let text = format!("{}\n{{\"class_uid\": 2004}}\n{{\"a\": 1, \"a\": 2}}\n{{\n{}", finding(), finding());
    let (found, problems) = all(&text);
    assert_eq!(found.len(), 2);
    assert_eq!(codes(&problems), [("H0401", Some(2)), ("H0202", Some(3)), ("H0201", Some(4))]);
}

#[test]
fn status_ids_are_those_of_the_schema() {
    for (id, verdict) in [(0, "Unknown"), (1, "Pass"), (2, "Warning"), (3, "Fail")] {
        let mut finding = with("/compliance/status_id", json!(id));
        finding["compliance"].as_object_mut().unwrap().remove("status");
        assert_eq!(all(&finding.to_string()).0[0].verdict, verdict);
    }
    let mut other = with("/compliance/status_id", json!(99));
    other["compliance"]["status"] = json!("Exempted");
    assert_eq!(all(&other.to_string()).0[0].verdict, "Exempted");
    assert_eq!(codes(&all(&with("/compliance/status_id", json!(3)).to_string()).1), [("H0403", Some(1))]);
    assert_eq!(codes(&all(&with("/compliance/status_id", json!(7)).to_string()).1)[0].0, "H0403");
}

#[test]
fn missing_and_impossible_fields() {
    for (pointer, value, code) in [
        ("/time", json!("yesterday"), "H0403"),
        ("/time", json!(-5), "H0403"),
        ("/resources", json!([]), "H0402"),
        ("/compliance/control", json!(""), "H0402"),
        ("/compliance", json!(3), "H0402"),
        ("/class_uid", json!("2003"), "H0401"),
    ] {
        let (found, problems) = all(&with(pointer, value).to_string());
        assert!(found.is_empty(), "{pointer}");
        assert_eq!(problems[0].code, code, "{pointer}");
    }
}

#[test]
fn several_resources_pass_together_but_do_not_fail_together() {
    let two = json!([{"name": "a.example"}, {"hostname": "b.example"}, {"uid": "a.example"}]);
    let (found, problems) = all(&with("/resources", two.clone()).to_string());
    let seen: Vec<_> = found.iter().map(|one| (one.target.as_str(), one.verdict.as_str())).collect();
    assert_eq!(seen, [("a.example", "Pass"), ("b.example", "Pass")]);
    assert!(problems.is_empty());
    let mut failed = with("/resources", two);
    failed["compliance"]["status_id"] = json!(3);
    failed["compliance"]["status"] = json!("FAIL");
    let (found, problems) = all(&failed.to_string());
    assert!(found.iter().all(|one| one.verdict == "Unknown"));
    assert_eq!(problems[0].code, "H0404");
    assert!(!problems[0].is_error());
}

#[test]
fn checks_that_are_judged_one_by_one() {
    let mut finding = finding();
    finding["compliance"]["checks"] = json!([{"uid": "1.1", "status_id": 1}, {"uid": "1.2", "status": "Failed"}, {"uid": "1.3"}]);
    let seen: Vec<_> = all(&finding.to_string()).0.into_iter().map(|one| (one.check, one.verdict)).collect();
    assert_eq!(seen, [("1.1".to_owned(), "Pass".to_owned()), ("1.2".to_owned(), "Fail".to_owned())]);
}

#[test]
fn bounds_hold() {
    let limits = Limits { bytes: 4_000, depth: 5, observations: 3 };
    let many = format!("[{0},{0},{0},{0}]", finding());
    let (found, problems) = read(many.as_bytes(), &limits);
    assert_eq!((found.len(), problems[0].code.as_ref()), (3, "H0204"));
    assert_eq!(read(&vec![b' '; 4_001], &limits).1[0].code, "H0101");
    assert_eq!(read(b"[[[[[[1]]]]]]", &limits).1[0].code, "H0203");
}

#[test]
fn the_sheet_says_the_same() {
    let text = "対象,検査項目,判定,日時,実施者,備考\nexample.go.jp,spf,適合,2026/4/1 9:00,委託先,\n,spf,よい,昨日,,\n";
    let sheets = crate::sheets::read_table(text.as_bytes(), "観測.csv", &crate::sheets::Limits::default()).unwrap();
    let (found, problems) = from_sheet(&sheets[0], "+09:00");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].verdict.as_str(), found[0].time.as_str()), ("Pass", "2026-04-01T09:00:00+09:00"));
    assert_eq!(found[0].raw["target"], "example.go.jp");
    assert_eq!(codes(&problems), [("H0125", Some(3)), ("H0126", Some(3)), ("H0127", Some(3))]);
}
