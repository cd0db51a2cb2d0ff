//! Assets with counts: domains, public web servers, mail servers, terminals.

use serde::Serialize;

use super::system::SystemId;
use crate::base::actor::OrganisationId;
use crate::base::id::Id;

/// Marker of an asset's id.
pub enum AssetKind {}
/// An asset's id.
pub type AssetId = Id<AssetKind>;

/// The kinds of asset.
pub const KINDS: [&str; 4] = ["domain", "web-server", "mail-server", "terminal"];

/// An asset, or a number of equal ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Asset {
    /// Its id.
    pub id: AssetId,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// The system it belongs to, if one is named.
    pub system_id: Option<SystemId>,
    /// One of [`KINDS`].
    pub kind: String,
    /// Its name; for a domain the domain itself, in lower case without a final dot.
    pub name: String,
    /// How many; 1 for a domain.
    pub count: i64,
    /// Where they stand.
    pub location: String,
}
