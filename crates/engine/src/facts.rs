//! The three kinds of fact a requirement can have, kept apart for ever: what is claimed, what was found, what was measured.
//!
//! Every area stores these states under the names [`as_str`](Claim::as_str) gives; nothing else spells them.

pub use formats::evidence::{Check, Verdict};

formats::spelled! {
    /// One respondent's answer, and the organisation's claim drawn from its answers (自己点検の回答).
    Claim {
        Implemented => "implemented",
        Partly => "partly",
        Not => "not",
        /// Needs a reason.
        NotApplicable => "not-applicable",
    }
}

formats::spelled! {
    /// An auditor's own verdict (監査の判定); it stands beside the claim and never replaces it.
    Finding {
        /// Better than asked.
        Strength => "strength",
        Met => "met",
        Observation => "observation",
        Minor => "minor",
        Major => "major",
    }
}

impl Finding {
    /// Whether the auditor saw the requirement kept. An observation is advice on something that is met.
    pub fn is_met(self) -> bool {
        matches!(self, Self::Strength | Self::Met | Self::Observation)
    }
}

formats::spelled! {
    /// Who must act on a requirement (実施する役割).
    Role {
        Ciso => "ciso",
        AuditLead => "audit-lead",
        Csirt => "csirt",
        SystemManager => "system-manager",
        SectionHead => "section-head",
        Staff => "staff",
    }
}

formats::spelled! {
    /// What a requirement applies to (適用対象).
    AppliesTo {
        Organisation => "organisation",
        System => "system",
        Terminal => "terminal",
        WebServer => "web-server",
        MailServer => "mail-server",
        Person => "person",
    }
}
