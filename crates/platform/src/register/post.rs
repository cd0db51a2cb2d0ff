//! A post of the security organisation (体制), and what is missing from it.

use serde::{Deserialize, Serialize};

use crate::base::actor::OrganisationId;
use crate::base::id::Id;
use crate::register::organisation::Organisation;

/// Marker of a post's id.
pub enum PostMarker {}
/// A post's id.
pub type PostId = Id<PostMarker>;

/// What a post is for. An advisor advises and never decides: no right hangs on any post, rights hang on roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PostKind {
    /// 最高情報セキュリティ責任者.
    #[default]
    Ciso,
    /// Those between the CISO and the one in charge of a system: the line along which decisions go (意思決定の系統).
    DecisionLine,
    /// 最高情報セキュリティアドバイザー: gives options, never decides.
    Advisor,
    /// 情報セキュリティ監査責任者.
    AuditLead,
    /// CSIRT.
    Csirt,
    /// 情報システムセキュリティ責任者・管理者.
    SystemManager,
}

impl PostKind {
    /// Every kind, in the order of the pages.
    pub const ALL: [Self; 6] = [Self::Ciso, Self::DecisionLine, Self::Advisor, Self::AuditLead, Self::Csirt, Self::SystemManager];

    /// The stable spelling; `register-post-{…}` is the key of its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ciso => "ciso",
            Self::DecisionLine => "decision-line",
            Self::Advisor => "advisor",
            Self::AuditLead => "audit-lead",
            Self::Csirt => "csirt",
            Self::SystemManager => "system-manager",
        }
    }

    /// The kind spelled `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A post, filled or vacant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Post {
    /// Its id.
    pub id: PostId,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// What it is for.
    pub post: PostKind,
    /// Its number among the posts of its kind, from 1; imports name a post by organisation, kind and number.
    pub position: i64,
    /// Who holds it; empty while it is vacant.
    pub name: String,
    /// Their title.
    pub title: String,
    /// Their address.
    pub email: String,
    /// Whether an advisor is an expert of security.
    pub expert: bool,
    /// Whether the holder also holds another post, such as aide to the CIO.
    pub concurrent: bool,
    /// The first day it exists.
    pub valid_from: String,
    /// The last day it existed, if it ended.
    pub valid_to: Option<String>,
}

/// What a post is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
pub struct NewPost {
    /// The code of the organisation whose it is.
    pub organisation: String,
    /// What it is for.
    pub post: PostKind,
    /// Its number among the posts of its kind; 0 takes the next one.
    #[serde(default)]
    pub position: i64,
    /// Who holds it; empty while it is vacant.
    #[serde(default)]
    pub name: String,
    /// Their title.
    #[serde(default)]
    pub title: String,
    /// Their address.
    #[serde(default)]
    pub email: String,
    /// Whether an advisor is an expert of security.
    #[serde(default)]
    pub expert: bool,
    /// Whether the holder also holds another post.
    #[serde(default)]
    pub concurrent: bool,
    /// The first day, `2026-04-01`; empty for today.
    #[serde(default)]
    pub valid_from: String,
}

/// What is missing from a security organisation (体制の不足).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gap {
    /// There is no CISO.
    NoCiso,
    /// Nobody stands in the line of decisions.
    NoDecisionLine,
    /// There is no advisor.
    NoAdvisor,
    /// There is no audit lead.
    NoAuditLead,
    /// There is no CSIRT.
    NoCsirt,
    /// There are systems and nobody who manages them.
    NoSystemManager,
    /// A post exists and nobody holds it.
    Vacant,
    /// An advisor is not an expert of security.
    AdvisorNotExpert,
    /// An advisor holds another post besides.
    AdvisorConcurrent,
    /// The audit lead also stands in the line that is audited.
    AuditLeadDecides,
}

impl Gap {
    /// Every gap, in the order of the pages.
    pub const ALL: [Self; 10] = [
        Self::NoCiso,
        Self::NoDecisionLine,
        Self::NoAdvisor,
        Self::NoAuditLead,
        Self::NoCsirt,
        Self::NoSystemManager,
        Self::Vacant,
        Self::AdvisorNotExpert,
        Self::AdvisorConcurrent,
        Self::AuditLeadDecides,
    ];

    /// The stable spelling; `register-gap-{…}` is the key of its words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoCiso => "no-ciso",
            Self::NoDecisionLine => "no-decision-line",
            Self::NoAdvisor => "no-advisor",
            Self::NoAuditLead => "no-audit-lead",
            Self::NoCsirt => "no-csirt",
            Self::NoSystemManager => "no-system-manager",
            Self::Vacant => "vacant",
            Self::AdvisorNotExpert => "advisor-not-expert",
            Self::AdvisorConcurrent => "advisor-concurrent",
            Self::AuditLeadDecides => "audit-lead-decides",
        }
    }
}

/// The security organisation of one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Security {
    /// Whose.
    pub organisation: Organisation,
    /// Current posts.
    pub posts: Vec<Post>,
    /// How many systems it has that are not retired.
    pub systems: usize,
    /// What is missing.
    pub gaps: Vec<Gap>,
}

/// What is missing from an organisation that has these current posts and `systems` living systems, each gap once.
pub fn gaps<'a>(posts: impl IntoIterator<Item = &'a Post>, systems: usize) -> Vec<Gap> {
    let posts: Vec<&Post> = posts.into_iter().collect();
    let of = |kind: PostKind| posts.iter().filter(move |post| post.post == kind);
    let held = |kind: PostKind| of(kind).any(|post| !post.name.is_empty());
    let missing = |kind: PostKind| of(kind).next().is_none();
    let advisor = |wrong: fn(&Post) -> bool| of(PostKind::Advisor).any(|post| !post.name.is_empty() && wrong(post));
    let decides = of(PostKind::AuditLead).any(|lead| {
        let same = |post: &&Post| post.name == lead.name && matches!(post.post, PostKind::Ciso | PostKind::DecisionLine | PostKind::SystemManager);
        !lead.name.is_empty() && posts.iter().any(same)
    });
    Gap::ALL
        .into_iter()
        .filter(|gap| match gap {
            Gap::NoCiso => missing(PostKind::Ciso),
            Gap::NoDecisionLine => missing(PostKind::DecisionLine),
            Gap::NoAdvisor => missing(PostKind::Advisor),
            Gap::NoAuditLead => missing(PostKind::AuditLead),
            Gap::NoCsirt => missing(PostKind::Csirt),
            Gap::NoSystemManager => systems > 0 && missing(PostKind::SystemManager),
            // A kind all of whose posts are vacant; one vacancy among several holders leaves the work to the others.
            Gap::Vacant => PostKind::ALL.into_iter().any(|kind| !missing(kind) && !held(kind)),
            Gap::AdvisorNotExpert => advisor(|post| !post.expert),
            Gap::AdvisorConcurrent => advisor(|post| post.concurrent),
            Gap::AuditLeadDecides => decides,
        })
        .collect()
}

/// How many kinds of post must exist, how many of them nobody holds, and how many were reported at all: the counts of
/// `engine::numbers::SECURITY_ORGANISATION_GAPS`.
pub fn vacancies<'a>(posts: impl IntoIterator<Item = &'a Post>, systems: usize) -> (u64, u64, u64) {
    let posts: Vec<&Post> = posts.into_iter().collect();
    let needed: Vec<PostKind> = PostKind::ALL.into_iter().filter(|kind| *kind != PostKind::SystemManager || systems > 0).collect();
    let vacant = needed.iter().filter(|kind| !posts.iter().any(|post| post.post == **kind && !post.name.is_empty())).count();
    let reported = needed.iter().filter(|kind| posts.iter().any(|post| post.post == **kind)).count();
    (needed.len() as u64, vacant as u64, reported as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(kind: PostKind, name: &str) -> Post {
        Post {
            id: Id::from_text("p"),
            organisation_id: Id::from_text("o"),
            post: kind,
            position: 1,
            name: name.into(),
            title: String::new(),
            email: String::new(),
            expert: true,
            concurrent: false,
            valid_from: "2026-04-01".into(),
            valid_to: None,
        }
    }

    #[test]
    fn a_whole_security_organisation_has_no_gap_and_an_empty_one_has_all_that_can_be_missing() {
        let whole: Vec<Post> = PostKind::ALL.into_iter().map(|kind| post(kind, kind.as_str())).collect();
        assert_eq!(gaps(&whole, 3), []);
        assert_eq!(gaps(&[], 3), Gap::ALL[..6]);
        assert!(!gaps(&[], 0).contains(&Gap::NoSystemManager));
    }

    #[test]
    fn each_fault_is_its_own_gap() {
        let whole: Vec<Post> = PostKind::ALL.into_iter().map(|kind| post(kind, kind.as_str())).collect();
        let with = |change: &dyn Fn(&mut Vec<Post>)| {
            let mut posts = whole.clone();
            change(&mut posts);
            gaps(&posts, 1)
        };
        assert_eq!(with(&|posts| posts[0].name.clear()), [Gap::Vacant]);
        assert_eq!(with(&|posts| posts[2].expert = false), [Gap::AdvisorNotExpert]);
        assert_eq!(with(&|posts| posts[2].concurrent = true), [Gap::AdvisorConcurrent]);
        assert_eq!(with(&|posts| posts[3].name = "ciso".into()), [Gap::AuditLeadDecides]);
        assert_eq!(with(&|posts| posts.push(post(PostKind::Csirt, ""))), []);
    }
}
