//! A report: its kinds, its states, its fixed structure (source 003) and the fields that fill it.

use serde::Serialize;

use super::policy::Audience;
use crate::base::actor::OrganisationId;
use crate::base::id::Id;

/// Marker of a report's id.
pub enum ReportKind {}
/// A report's id.
pub type ReportId = Id<ReportKind>;

formats::spelled! {
    #[derive(schemars::JsonSchema)]
    /// What kind of report.
    Kind {
        /// 情報セキュリティ報告書, an organisation's own.
        Organisation => "organisation",
        /// 年次報告, of the centre on the whole.
        Annual => "annual",
    }
}

formats::spelled! {
    #[derive(schemars::JsonSchema)]
    /// How far a report is.
    State {
        /// Being written.
        Draft => "draft",
        /// An advisor has remarked on the newest version.
        Commented => "commented",
        /// The CISO (for the annual report: the council) approved the newest version.
        Approved => "approved",
        /// Handed to the centre.
        Submitted => "submitted",
        /// Given to the public, as far as the policy lets it.
        Published => "published",
    }
}

formats::spelled! {
    #[derive(schemars::JsonSchema)]
    /// A step that moves a report on.
    Step {
        /// A new version was saved: an approval of an older one lapses.
        Save => "save",
        /// An advisor remarked.
        Comment => "comment",
        Approve => "approve",
        Submit => "submit",
        Publish => "publish",
    }
}

impl Step {
    /// The state after this step in `from`; `None` where the step is not allowed.
    pub fn after(self, from: State, kind: Kind) -> Option<State> {
        match (self, from) {
            (Self::Save, _) => Some(State::Draft),
            (Self::Comment, State::Draft | State::Commented) => Some(State::Commented),
            (Self::Approve, State::Draft | State::Commented) => Some(State::Approved),
            (Self::Submit, State::Approved) if kind == Kind::Organisation => Some(State::Submitted),
            (Self::Publish, State::Submitted) if kind == Kind::Organisation => Some(State::Published),
            // The centre decides on its own report: nobody stands above it to submit to.
            (Self::Publish, State::Approved) if kind == Kind::Annual => Some(State::Published),
            _ => None,
        }
    }
}

/// A report as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// The cycle it reports on.
    pub cycle_id: String,
    /// Whose.
    pub organisation_id: OrganisationId,
    /// That organisation's path.
    #[serde(skip)]
    pub path: String,
    /// What kind.
    pub kind: Kind,
    /// How far the newest version is.
    pub state: State,
    /// The newest version, 1, 2, 3 …
    pub version: i64,
    /// The version that was approved last.
    pub approved_version: Option<i64>,
    /// The version the public reads.
    pub published_version: Option<i64>,
    /// When it was begun.
    pub created_at: String,
    /// When it was last saved or decided on.
    pub updated_at: String,
    /// When it was last published.
    pub published_at: Option<String>,
}

/// What stands in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Words people write, in paragraphs.
    Text,
    /// Words people write, one numbered item a line.
    Items,
    /// Data drawn from the areas below.
    Data,
}

/// One field of the structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its key; `reports-field-{key}` names it.
    pub key: &'static str,
    /// What stands in it.
    pub content: Content,
    /// Who may read it where the centre has not decided otherwise.
    pub default: Audience,
}

/// A section: its key (`reports-section-{key}`) and its fields, in reading order. A key without `.` is a chapter.
pub type Section = (&'static str, &'static [Field]);

const fn text(key: &'static str) -> Field {
    Field { key, content: Content::Text, default: Audience::Public }
}

const fn data(key: &'static str, default: Audience) -> Field {
    Field { key, content: Content::Data, default }
}

use Audience::{Centre, Peers, Public};

/// The security report (情報セキュリティ報告書の基本構成, source 003 L61–86).
pub const ORGANISATION: &[Section] = &[
    ("message", &[]),
    ("message.ciso", &[text("message")]),
    ("message.review", &[text("review"), data("key-figures", Public), text("targets")]),
    ("priority", &[]),
    ("priority.activities", &[text("priority-activities")]),
    ("priority.recurrence", &[text("recurrence"), data("recurrence-state", Public), data("recurrence-list", Peers)]),
    ("measures", &[]),
    (
        "measures.self-inspection",
        &[text("self-inspection"), data("self-inspection-figures", Public), data("self-inspection-roles", Peers), data("gaps", Centre)],
    ),
    (
        "measures.technical",
        &[
            text("technical"),
            data("priority-inspection", Peers),
            data("measured-figures", Peers),
            data("measured-checks", Centre),
            data("over-claims", Centre),
            data("disagreements", Centre),
            data("recommendation-count", Public),
            data("remedy-figures", Public),
            data("recommendations", Centre),
        ],
    ),
    ("measures.education", &[text("education"), data("education-figures", Public)]),
    ("measures.outsourcing", &[text("outsourcing"), data("outsourcing-figures", Public)]),
    ("incidents", &[]),
    ("incidents.overview", &[text("incidents"), data("incident-counts", Public), data("incident-figures", Public), data("incident-list", Peers)]),
    ("incidents.procedures", &[text("procedures"), data("drill-figures", Peers)]),
    ("plan", &[]),
    ("plan.next", &[text("plan"), data("plan-steps", Centre)]),
];

/// The annual report (年次報告の基本構成, source 003 L210–234).
pub const ANNUAL: &[Section] = &[
    ("trends", &[]),
    ("trends.world", &[text("trends")]),
    ("trends.centre", &[text("centre-activities"), data("cycle-scale", Public)]),
    ("evaluation", &[]),
    (
        "evaluation.overview",
        &[
            text("overview"),
            data("organisation-implementation", Public),
            data("organisation-measured", Peers),
            data("organisation-over-claims", Centre),
        ],
    ),
    (
        "evaluation.status",
        &[
            text("status"),
            data("total-figures", Public),
            data("spread", Public),
            data("trend", Public),
            data("incident-figures", Public),
            data("total-roles", Public),
            data("lowest-requirements", Peers),
            data("outliers", Centre),
        ],
    ),
    ("evaluation.priority", &[text("priority-evaluation"), data("priority-totals", Public)]),
    ("topics", &[]),
    ("topics.mail-drill", &[text("mail-drill"), data("mail-drill-figures", Public)]),
    ("topics.spoofing", &[text("spoofing"), data("spoofing-checks", Public)]),
    ("topics.web", &[text("web"), data("web-checks", Public)]),
    (
        "topics.agreement",
        &[text("agreement"), data("agreement-figures", Public), data("recommendation-count", Public), data("remedy-figures", Public)],
    ),
    ("topics.good-practices", &[Field { key: "good-practices", content: Content::Items, default: Public }]),
    ("issues", &[]),
    ("issues.trends", &[Field { key: "issues-trends", content: Content::Items, default: Public }]),
    ("issues.evaluation", &[Field { key: "issues-evaluation", content: Content::Items, default: Public }]),
];

/// What was asked: codes and titles of requirements.
pub const REQUIREMENTS: Field = data("requirements", Public);
/// The rows behind the numbers, for the documents that programs read; never public unless the centre says so.
pub const EVIDENCE: Field = data("evidence", Centre);
/// The improvement plan as data.
pub const ACTIONS: Field = data("actions", Centre);

impl Kind {
    /// Its sections.
    pub fn sections(self) -> &'static [Section] {
        match self {
            Self::Organisation => ORGANISATION,
            Self::Annual => ANNUAL,
        }
    }

    /// Its fields people write.
    pub fn texts(self) -> impl Iterator<Item = &'static Field> {
        self.sections().iter().flat_map(|(_, fields)| fields.iter()).filter(|field| field.content != Content::Data)
    }
}

/// Every field there is, once.
pub fn fields() -> Vec<&'static Field> {
    let mut all: Vec<&'static Field> = Vec::new();
    let sections = ORGANISATION.iter().chain(ANNUAL).flat_map(|(_, fields)| fields.iter());
    for field in sections.chain([&REQUIREMENTS, &EVIDENCE, &ACTIONS]) {
        if all.iter().all(|known| known.key != field.key) {
            all.push(field);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_approved_version_goes_on_and_a_save_takes_the_approval_back() {
        for kind in [Kind::Organisation, Kind::Annual] {
            for state in State::ALL {
                assert_eq!(Step::Save.after(*state, kind), Some(State::Draft));
                let submits = Step::Submit.after(*state, kind).is_some();
                assert_eq!(submits, *state == State::Approved && kind == Kind::Organisation, "{kind:?} {state:?}");
                let publishes = Step::Publish.after(*state, kind).is_some();
                let ready = if kind == Kind::Annual { State::Approved } else { State::Submitted };
                assert_eq!(publishes, *state == ready, "{kind:?} {state:?}");
            }
        }
    }

    #[test]
    fn a_field_shared_by_both_reports_has_one_default() {
        for field in ORGANISATION.iter().chain(ANNUAL).flat_map(|(_, fields)| fields.iter()) {
            let first = fields().into_iter().find(|one| one.key == field.key).unwrap();
            assert_eq!(first, field);
        }
    }

    #[test]
    fn gaps_hosts_and_open_findings_are_never_public_by_default() {
        for key in [
            "gaps",
            "measured-checks",
            "disagreements",
            "over-claims",
            "recommendations",
            "organisation-over-claims",
            "outliers",
            "evidence",
            "actions",
        ] {
            assert_eq!(fields().into_iter().find(|field| field.key == key).unwrap().default, Centre, "{key}");
        }
    }
}
