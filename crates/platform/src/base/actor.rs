//! Who acts, and the one function that says what they may do: role × area × organisation subtree, deny by default.

use super::id::Id;

/// Marker of an account's id.
pub enum Account {}
/// Marker of an organisation's id.
pub enum Organisation {}
/// An account's id.
pub type AccountId = Id<Account>;
/// An organisation's id.
pub type OrganisationId = Id<Organisation>;

/// What somebody is, in an organisation and everything below it (役割).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Runs the installation at the centre: accounts, settings.
    Administrator,
    /// The centre's evaluator: cycles, comparison, recommendations, publication.
    Evaluator,
    /// Chief information security officer: decides for the organisation.
    Ciso,
    /// Advises the CISO; reads and comments, never decides.
    Advisor,
    /// Gives verdicts beside the claims.
    Auditor,
    /// Keeps the ledger and mends findings.
    SystemManager,
    /// Answers for themselves.
    Respondent,
}

impl Role {
    /// Every role, in the order of menus.
    pub const ALL: [Self; 7] =
        [Self::Administrator, Self::Evaluator, Self::Ciso, Self::Advisor, Self::Auditor, Self::SystemManager, Self::Respondent];

    /// The stable spelling; `role-{…}` is the key of its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Evaluator => "evaluator",
            Self::Ciso => "ciso",
            Self::Advisor => "advisor",
            Self::Auditor => "auditor",
            Self::SystemManager => "system-manager",
            Self::Respondent => "respondent",
        }
    }

    /// The role spelled `text`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// What one does in an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// See.
    Read,
    /// Remark without deciding (advisors).
    Comment,
    /// Enter and change one's own organisation's facts.
    Write,
    /// Give an auditor's verdict.
    Audit,
    /// Decide for an organisation: approve, submit, answer.
    Decide,
    /// Run the area for everyone below: open a cycle, import a standard, publish.
    Manage,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 6] = [Self::Read, Self::Comment, Self::Write, Self::Audit, Self::Decide, Self::Manage];
}

/// May `role` do `verb` in `area`? Each area says so itself ([`super::area::Area::rights`]); what none says is denied.
pub fn allows(role: Role, area: &str, verb: Verb) -> bool {
    let rights = super::area::areas().iter().find(|one| one.name == area).map_or(&[][..], |one| one.rights);
    rights.iter().any(|(holder, verbs)| *holder == role && verbs.contains(&verb))
}

/// A role held in an organisation; `path` names the organisation and its ancestors, `/id/id/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What.
    pub role: Role,
    /// Where.
    pub organisation: OrganisationId,
    /// The organisation's path; everything whose path begins with it is below.
    pub path: String,
}

/// Who acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account, if it is a person who signed in.
    pub account: Option<AccountId>,
    /// The name for the audit log and the page.
    pub name: String,
    /// What they hold.
    pub grants: Vec<Grant>,
    /// The operator at the command line of the machine itself, and background work: everything.
    pub operator: bool,
}

/// The organisations an actor reaches for one verb in one area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    Everything,
    /// Those whose path begins with one of these; none of these, none at all.
    Paths(Vec<String>),
}

impl Scope {
    /// Whether an organisation at `path` is within.
    pub fn holds(&self, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Paths(paths) => paths.iter().any(|reach| path.starts_with(reach.as_str())),
        }
    }

    /// Whether nothing is within.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Paths(paths) if paths.is_empty())
    }
}

impl Actor {
    /// Nobody in particular: the public.
    pub fn public() -> Self {
        Self { account: None, name: String::new(), grants: Vec::new(), operator: false }
    }

    /// The operator of the machine, named `name` in the audit log.
    pub fn operator(name: &str) -> Self {
        Self { account: None, name: name.to_owned(), grants: Vec::new(), operator: true }
    }

    /// Whether somebody is signed in.
    pub fn is_known(&self) -> bool {
        self.operator || self.account.is_some()
    }

    /// The one access decision: where may this actor do `verb` in `area`?
    pub fn scope(&self, area: &str, verb: Verb) -> Scope {
        if self.operator {
            return Scope::Everything;
        }
        let mut paths: Vec<String> = self.grants.iter().filter(|grant| allows(grant.role, area, verb)).map(|grant| grant.path.clone()).collect();
        paths.sort();
        paths.dedup();
        // A path below another adds nothing.
        let all = paths.clone();
        paths.retain(|path| !all.iter().any(|other| other != path && path.starts_with(other.as_str())));
        Scope::Paths(paths)
    }

    /// Whether this actor may do `verb` in `area` anywhere at all.
    pub fn may(&self, area: &str, verb: Verb) -> bool {
        !self.scope(area, verb).is_empty()
    }

    /// Whether this actor holds `role` anywhere.
    pub fn has(&self, role: Role) -> bool {
        self.operator || self.grants.iter().any(|grant| grant.role == role)
    }
}

#[cfg(test)]
mod tests {
    use super::super::area::areas;
    use super::*;

    fn actor(grants: &[(Role, &str)]) -> Actor {
        let grants = grants.iter().map(|(role, path)| Grant { role: *role, organisation: Id::from_text("x"), path: (*path).to_owned() }).collect();
        Actor { account: Some(Id::from_text("a")), name: "n".into(), grants, operator: false }
    }

    #[test]
    fn nobody_may_do_anything() {
        crate::app::begin();
        for area in areas().iter().map(|area| area.name).chain(["new"]) {
            for verb in Verb::ALL {
                assert!(!Actor::public().may(area, verb), "{area} {verb:?}");
            }
        }
    }

    #[test]
    fn an_advisor_never_decides_and_a_ciso_never_manages() {
        crate::app::begin();
        for area in areas().iter().map(|area| area.name) {
            for verb in [Verb::Write, Verb::Audit, Verb::Decide, Verb::Manage] {
                assert!(!allows(Role::Advisor, area, verb), "{area} {verb:?}");
            }
            assert!(!allows(Role::Ciso, area, Verb::Manage), "{area}");
            assert!(!allows(Role::Ciso, area, Verb::Audit), "{area}");
        }
    }

    #[test]
    fn a_scope_holds_the_subtree_and_nothing_beside_it() {
        crate::app::begin();
        let ciso = actor(&[(Role::Ciso, "/c/m/"), (Role::Ciso, "/c/m/a/"), (Role::Auditor, "/c/z/")]);
        let scope = ciso.scope("register", Verb::Write);
        assert_eq!(scope, Scope::Paths(vec!["/c/m/".into()]));
        assert!(scope.holds("/c/m/a/b/") && !scope.holds("/c/mx/") && !scope.holds("/c/"));
        assert!(ciso.scope("register", Verb::Read).holds("/c/z/"));
    }
}
