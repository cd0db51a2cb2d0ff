//! Names of the things an evaluation speaks about, as types, so that an organisation is never passed for a requirement.
//!
//! ```
//! use engine::ids::{OrganisationId, RequirementId};
//! let organisation = OrganisationId::from("moc");
//! assert_eq!(organisation.as_str(), "moc");
//! assert_eq!(RequirementId::from("2.1.1-a").to_string(), "2.1.1-a");
//! ```

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The spelling, as stored and as written in files.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// An organisation (組織), unique in the register.
    OrganisationId
}
id! {
    /// An information system (情報システム), unique in the register.
    SystemId
}
id! {
    /// A requirement (遵守事項), unique in one edition of a standard.
    RequirementId
}
