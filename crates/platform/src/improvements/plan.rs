//! An improvement plan (改善計画): who mends what by when, in versions.

use serde::{Deserialize, Serialize};

use super::recommendation::RecommendationId;
use crate::base::dates::parse_date;
use crate::base::error::Field;
use crate::base::id::Id;

/// Marker of a plan's id.
pub enum PlanMark {}
/// A plan's id.
pub type PlanId = Id<PlanMark>;

/// A plan as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Plan {
    /// Its id.
    pub id: PlanId,
    /// What it answers.
    pub recommendation_id: RecommendationId,
    /// 1, 2, 3 …; the highest counts.
    pub version: i64,
    /// What will be done, in words.
    pub summary: String,
    /// Who answers for it.
    pub owner: String,
    /// Where that person is told.
    pub owner_email: String,
    /// Until when.
    pub due_on: String,
    /// Steps, in order.
    pub steps: Vec<PlanStep>,
    /// Who sent it.
    pub submitted_by: String,
    /// When.
    pub submitted_at: String,
    /// `accepted`, `returned`, or empty while it waits.
    pub decision: String,
    /// Why it was sent back, or a remark.
    pub decision_note: String,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_at: Option<String>,
}

/// A step of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PlanStep {
    /// What.
    pub words: String,
    /// Until when; empty where the plan's day counts.
    #[serde(default)]
    pub due_on: String,
    /// When the organisation noted it as done. A note; it closes nothing.
    #[serde(default)]
    pub done_on: Option<String>,
}

/// What a plan is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
pub struct NewPlan {
    /// What will be done.
    pub summary: String,
    /// Who answers for it.
    pub owner: String,
    /// Where that person is told; may be empty.
    #[serde(default)]
    pub owner_email: String,
    /// Until when, `2026-09-30`.
    pub due_on: String,
    /// Steps, in order; at least one.
    #[serde(default)]
    pub steps: Vec<PlanStep>,
}

/// Reads steps as people write them, one per line, a date first where there is one: `2026-06-30 Publish the record`.
pub fn steps_of(text: &str) -> Vec<PlanStep> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let (first, rest) = line.split_once([' ', '　', '\t']).unwrap_or((line, ""));
            match parse_date(first) {
                Some(date) if !rest.trim().is_empty() => PlanStep { words: rest.trim().to_owned(), due_on: date.to_string(), done_on: None },
                _ => PlanStep { words: line.to_owned(), ..PlanStep::default() },
            }
        })
        .collect()
}

/// Steps as people write them.
pub fn steps_text(steps: &[PlanStep]) -> String {
    let line = |step: &PlanStep| if step.due_on.is_empty() { step.words.clone() } else { format!("{} {}", step.due_on, step.words) };
    steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What is wrong with a new plan on the day `today`.
pub fn wrong(new: &NewPlan, today: &str) -> Vec<Field> {
    let mut wrong = Vec::new();
    let mut need = |name: &str, fits: bool, text: &'static str| {
        if !fits {
            wrong.push(Field { name: name.to_owned(), text, values: Vec::new() });
        }
    };
    need("summary", !new.summary.trim().is_empty(), "error-required");
    need("owner", !new.owner.trim().is_empty(), "error-required");
    need("owner_email", new.owner_email.trim().is_empty() || new.owner_email.contains('@'), "improvements-error-email");
    match parse_date(&new.due_on) {
        None => need("due_on", false, "error-not-a-date"),
        Some(date) => need("due_on", date.to_string().as_str() >= today, "improvements-error-past"),
    }
    need("steps", !new.steps.is_empty(), "improvements-error-steps");
    let dates = new.steps.iter().filter(|step| !step.due_on.is_empty());
    need("steps", dates.clone().all(|step| parse_date(&step.due_on).is_some()), "error-not-a-date");
    let last = parse_date(&new.due_on).map(|date| date.to_string()).unwrap_or_default();
    need("steps", last.is_empty() || dates.clone().all(|step| step.due_on <= last), "improvements-error-step-late");
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_as_people_write_them() {
        let steps = steps_of("2026/06/30　レコードを公開する\n\n  結果を確かめる \n2026-07-01");
        assert_eq!(
            steps.iter().map(|s| (s.due_on.as_str(), s.words.as_str())).collect::<Vec<_>>(),
            [("2026-06-30", "レコードを公開する"), ("", "結果を確かめる"), ("", "2026-07-01"),]
        );
        assert_eq!(steps_of(&steps_text(&steps)), steps);
    }

    #[test]
    fn a_plan_names_owner_day_and_steps() {
        let plan = NewPlan {
            summary: "x".into(),
            owner: "o".into(),
            owner_email: String::new(),
            due_on: "2026-06-30".into(),
            steps: steps_of("2026-06-01 a"),
        };
        assert!(wrong(&plan, "2026-06-30").is_empty());
        let names = |plan: &NewPlan| wrong(plan, "2026-06-30").into_iter().map(|f| f.name).collect::<Vec<_>>();
        assert_eq!(names(&NewPlan::default()), ["summary", "owner", "due_on", "steps"]);
        assert_eq!(names(&NewPlan { due_on: "2026-06-29".into(), steps: steps_of("a"), ..plan.clone() }), ["due_on"]);
        assert_eq!(names(&NewPlan { steps: steps_of("2026-07-01 a"), ..plan }), ["steps"]);
    }
}
