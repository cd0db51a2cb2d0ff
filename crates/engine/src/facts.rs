//! The three kinds of fact a requirement can have, kept apart for ever: what is claimed, what was found, what was measured.
//!
//! Every area stores these states under the names [`as_str`](Claim::as_str) gives; nothing else spells them.

pub use formats::evidence::{Check, Verdict};
use serde::{Deserialize, Serialize};

/// Declares an enum whose states have one stable spelling for storage, files and addresses.
macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every state, in the order people read them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable spelling.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The state spelled `text`, if there is one.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

states! {
    /// One respondent's answer, and the organisation's claim drawn from its answers (自己点検の回答).
    Claim {
        Implemented => "implemented",
        Partly => "partly",
        Not => "not",
        /// Needs a reason.
        NotApplicable => "not-applicable",
    }
}

states! {
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

states! {
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

states! {
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
