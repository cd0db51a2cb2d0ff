//! Writing what was measured as OCSF Compliance Findings, so that other products can take it in.

use serde_json::{Value, json};

use crate::evidence::Verdict;

/// The schema whose fields are written.
const VERSION: &str = "1.3.0";

/// One measured fact.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    /// Its id, which stays the same however often it is written.
    pub id: &'a str,
    /// Whose target it is: code and name.
    pub organisation: (&'a str, &'a str),
    /// The domain.
    pub target: &'a str,
    /// The check, such as `spf`.
    pub check: &'a str,
    /// What the check is called.
    pub title: &'a str,
    pub verdict: Verdict,
    /// A stable code for why, and the sentence.
    pub reason: (&'a str, &'a str),
    /// The rule with its version, and the clause it rests on.
    pub rule: (&'a str, &'a str),
    /// What to publish or configure; empty when nothing is to be done.
    pub remedy: &'a str,
    /// Milliseconds since 1970.
    pub at: i64,
    /// The version of the product.
    pub product: &'a str,
}

/// The fact as a Compliance Finding (class 2003), activity "create".
pub fn finding(one: &Measured<'_>) -> Value {
    // The schema knows no "not applicable"; 99 is "other", told by the word beside it.
    let (status_id, status) = match one.verdict {
        Verdict::Met => (1, "Pass"),
        Verdict::NotMet => (3, "Fail"),
        Verdict::NotApplicable => (99, "NotApplicable"),
        Verdict::CouldNotMeasure | Verdict::Stale => (0, "Unknown"),
    };
    // How bad it is depends on the system behind the domain, which a probe does not know: a fault is "medium", all else informs.
    let (severity_id, severity) = if one.verdict == Verdict::NotMet { (3, "Medium") } else { (1, "Informational") };
    let mut value = json!({
        "class_uid": 2003, "class_name": "Compliance Finding", "category_uid": 2, "category_name": "Findings",
        "activity_id": 1, "activity_name": "Create", "type_uid": 200_301, "type_name": "Compliance Finding: Create",
        "time": one.at, "severity_id": severity_id, "severity": severity, "message": one.reason.1,
        "metadata": {
            "version": VERSION, "uid": one.id,
            "product": { "name": "Hinomi", "vendor_name": "Hinomi", "version": one.product, "feature": { "name": one.check } },
        },
        "finding_info": { "uid": one.id, "title": one.title, "desc": one.reason.1, "created_time": one.at },
        "compliance": {
            "control": one.check, "standards": [one.rule.0], "requirements": [one.rule.1],
            "status_id": status_id, "status": status, "status_code": one.reason.0, "status_detail": one.reason.1,
        },
        "resources": [{ "name": one.target, "type": "domain", "owner": { "uid": one.organisation.0, "name": one.organisation.1 } }],
    });
    if let (false, Some(map)) = (one.remedy.is_empty(), value.as_object_mut()) {
        map.insert("remediation".into(), json!({ "desc": one.remedy }));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::super::{Limits, read};
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut written = Vec::new();
        for verdict in Verdict::ALL {
            let one = Measured {
                id: "o1",
                organisation: ("moa", "甲省"),
                target: "a.go.jp",
                check: "spf",
                title: "SPF",
                verdict: *verdict,
                reason: ("spf-missing", "SPFレコードが公開されていません。"),
                rule: ("hinomi.spf@1", "RFC 7208 3.2"),
                remedy: "a.go.jp. IN TXT \"v=spf1 -all\"",
                at: 1_790_000_000_000,
                product: "0.1.0",
            };
            written.push(finding(&one));
        }
        let (read, problems) = read(&serde_json::to_vec(&written).unwrap(), &Limits::default());
        assert!(problems.is_empty(), "{problems:?}");
        let verdicts: Vec<&str> = read.iter().map(|one| one.verdict.as_str()).collect();
        assert_eq!(verdicts, ["Pass", "Fail", "NotApplicable", "Unknown", "Unknown"]);
        let first = &read[0];
        assert_eq!((first.target.as_str(), first.check.as_str(), first.product.as_str()), ("a.go.jp", "spf", "Hinomi"));
        assert_eq!((first.title.as_str(), first.note.as_str()), ("SPF", "SPFレコードが公開されていません。"));
        assert!(first.time.starts_with("2026-09-21T"), "{}", first.time);
    }
}
