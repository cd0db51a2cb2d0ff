//! The example's evidence: respondents' files beside the claim and the auditor's verdict, and what was left out with its reason.

use super::looking;
use crate::base::db::Row;

fn text(row: &Row, name: &str) -> String {
    row.get(name).unwrap()
}

#[test]
fn an_auditor_finds_claim_and_evidence_side_by_side() {
    looking(|example| async move {
        // Of what an auditor judged, an answer that came with a file.
        let rows = example
            .rows(
                "SELECT a.cycle_id, a.organisation_id, a.requirement_id, a.evidence_hash, a.evidence_name, a.version, f.verdict, h.email
                 FROM answer a JOIN finding f ON f.cycle_id = a.cycle_id AND f.organisation_id = a.organisation_id
                     AND f.requirement_id = a.requirement_id AND f.system_id = a.system_id
                 JOIN (SELECT r.organisation_id, MIN(c.email) AS email FROM held_role r JOIN account c ON c.id = r.account_id
                     WHERE r.role = 'auditor' GROUP BY r.organisation_id) h ON h.organisation_id = a.organisation_id
                 WHERE a.evidence_hash IS NOT NULL ORDER BY a.id",
            )
            .await;
        let organisations: std::collections::BTreeSet<String> = rows.iter().map(|row| text(row, "organisation_id")).collect();
        assert!(rows.len() >= 8 && organisations.len() >= 4, "{} files of {} organisations", rows.len(), organisations.len());
        for row in rows.iter().take(6) {
            assert_eq!(row.get::<i64>("version").unwrap(), 1, "the person sent it with the answer");
            let (cycle, organisation, requirement) = (text(row, "cycle_id"), text(row, "organisation_id"), text(row, "requirement_id"));
            let cookie = example.session(&text(row, "email")).await;
            let path = format!("/inspections/cycles/{cycle}/organisations/{organisation}/items/{requirement}");
            let page = example.read(&cookie, &path, "ja").await;
            assert!(page.status == 200 && page.body.contains(&text(row, "evidence_name")), "{path}: {}", page.body);
            let file = example.read(&cookie, &format!("/inspections/cycles/{cycle}/evidence/{}", text(row, "evidence_hash")), "ja").await;
            assert_eq!(file.status, 200);
            // Where the requirement is kept, nothing in the file is amiss; where it is not, the file itself shows it.
            let amiss = ["未設定", "是正の期日は未定"].iter().any(|words| file.body.contains(words));
            let kept = engine::facts::Finding::parse(&text(row, "verdict")).unwrap().is_met();
            assert_eq!(amiss, !kept, "{}", file.body);
        }
    });
}

#[test]
fn what_two_organisations_left_out_was_not_asked_and_is_told() {
    looking(|example| async move {
        let rows = example
            .rows(
                "SELECT x.cycle_id, x.organisation_id, x.requirement_id, x.reason,
                     (SELECT COUNT(*) FROM answer a WHERE a.cycle_id = x.cycle_id AND a.organisation_id = x.organisation_id
                         AND a.requirement_id = x.requirement_id) AS answers
                 FROM cycle_exclusion x ORDER BY x.cycle_id, x.organisation_id",
            )
            .await;
        assert!(rows.len() >= 4, "{}", rows.len());
        let cookie = example
            .session(
                &example.rows("SELECT a.email FROM account a JOIN held_role h ON h.account_id = a.id WHERE h.role = 'evaluator'").await[0]
                    .get::<String>("email")
                    .unwrap(),
            )
            .await;
        for row in &rows {
            assert_eq!(row.get::<i64>("answers").unwrap(), 0);
            let page = example.read(&cookie, &format!("/inspections/cycles/{}", text(row, "cycle_id")), "ja").await;
            assert!(page.body.contains(&text(row, "reason")), "{}", page.body);
        }
    });
}
