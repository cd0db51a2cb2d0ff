//! Assets with counts: domains and their DKIM selectors, public web servers, mail servers, terminals.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::system::SystemId;
use crate::base::actor::OrganisationId;
use crate::base::id::Id;

/// Marker of an asset's id.
pub enum AssetKind {}
/// An asset's id.
pub type AssetId = Id<AssetKind>;

/// The kinds of asset.
pub const KINDS: [&str; 5] = ["domain", "web-server", "mail-server", "terminal", "dkim-selector"];

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
    /// Its name; for a domain the domain itself, in lower case without a final dot; for a DKIM selector where its key lies,
    /// `s1._domainkey.example.go.jp`.
    pub name: String,
    /// How many; 1 for a domain or a selector.
    pub count: i64,
    /// Where they stand.
    pub location: String,
}

/// What an asset is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
pub struct NewAsset {
    /// The code of the organisation whose it is.
    pub organisation: String,
    /// The code of the system it belongs to; empty where none is named.
    #[serde(default)]
    pub system: String,
    /// One of [`KINDS`].
    pub kind: String,
    /// Its name; for a domain the domain itself, for a DKIM selector where its key lies.
    pub name: String,
    /// How many; 0 when there is none any more.
    pub count: i64,
    /// Where they stand.
    #[serde(default)]
    pub location: String,
}

/// A domain as the register keeps it: lower case, no final dot, Japanese labels as given; `None` if it cannot be one.
///
/// Lengths of a label (63) and of the whole (253): RFC 1035 §2.3.4. Letters, digits and inner hyphens: RFC 952, RFC 1123
/// §2.1. Labels beyond ASCII must be letters or digits (a simple reading of RFC 5892); `xn--` needs something behind it.
pub fn domain(text: &str) -> Option<String> {
    let text = formats::sheets::tidy(text).replace(['。', '．'], ".").to_lowercase();
    let text = text.strip_suffix('.').unwrap_or(&text);
    let labels: Vec<&str> = text.split('.').collect();
    let fits = |label: &&str| {
        let ascii = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let letters = label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | 'ー' | '・' | '々'));
        // An A-label is Punycode behind `xn--`, and Punycode is never empty.
        let punycode = label.strip_prefix("xn--").is_none_or(|rest| ascii && !rest.is_empty());
        !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-') && (ascii || letters) && punycode
    };
    let top_is_no_number = labels.last().is_some_and(|top| !top.bytes().all(|byte| byte.is_ascii_digit()));
    (labels.len() >= 2 && text.len() <= 253 && labels.iter().all(fits) && top_is_no_number).then(|| text.to_owned())
}

/// Where the key of a DKIM selector lies, as the register keeps it (RFC 6376 3.6.2.1): `s1._domainkey.example.go.jp`.
fn selector(text: &str) -> Option<String> {
    let text = formats::sheets::tidy(text).to_lowercase();
    let (selector, rest) = text.split_once("._domainkey.")?;
    let fits =
        |label: &str| !label.is_empty() && label.len() <= 63 && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let domain = domain(rest).filter(|_| selector.split('.').all(fits))?;
    Some(format!("{selector}._domainkey.{domain}"))
}

/// Whether an asset of `kind` is one name, of which there cannot be several.
pub fn is_name(kind: &str) -> bool {
    matches!(kind, "domain" | "dkim-selector")
}

/// The one form in which the name of an asset of `kind` is kept; `None` if it cannot be such a name.
pub fn one_form(kind: &str, name: &str) -> Option<String> {
    match kind {
        "domain" => domain(name),
        "dkim-selector" => selector(name),
        _ => Some(super::plan::clean_line(name)),
    }
}

/// How many of each of [`KINDS`] each organisation has (the server inventory of source 000 §2).
pub fn totals(assets: &[Asset]) -> BTreeMap<OrganisationId, [i64; KINDS.len()]> {
    let mut totals: BTreeMap<OrganisationId, [i64; KINDS.len()]> = BTreeMap::new();
    for asset in assets {
        let sums = totals.entry(asset.organisation_id.clone()).or_default();
        for (sum, _) in sums.iter_mut().zip(KINDS).filter(|(_, kind)| *kind == asset.kind) {
            *sum = sum.saturating_add(asset.count);
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::{domain, one_form};

    #[test]
    fn selectors_are_named_by_where_their_key_lies() {
        let form = |text| one_form("dkim-selector", text);
        assert_eq!(form("S1._domainkey.Example.GO.JP.").as_deref(), Some("s1._domainkey.example.go.jp"));
        assert_eq!(form("2024.mail_a._domainkey.example.go.jp").as_deref(), Some("2024.mail_a._domainkey.example.go.jp"));
        for text in ["", "s1", "s1.example.go.jp", "._domainkey.example.go.jp", "s 1._domainkey.example.go.jp", "s1._domainkey.jp"] {
            assert_eq!(form(text), None, "{text}");
        }
    }

    #[test]
    fn domains_have_one_form() {
        for (text, form) in [
            ("Example.GO.JP.", "example.go.jp"),
            ("ｗｗｗ.example.go.jp", "www.example.go.jp"),
            ("総務省.jp", "総務省.jp"),
            ("xn--lhr645fjve.jp", "xn--lhr645fjve.jp"),
        ] {
            assert_eq!(domain(text).as_deref(), Some(form), "{text}");
        }
        let long = format!("{}.jp", "a".repeat(64));
        for text in ["", "jp", "-a.jp", "a-.jp", "a..jp", "a b.jp", "xn--.jp", "192.0.2.1", "http://a.jp", "a_b.jp", long.as_str()] {
            assert_eq!(domain(text), None, "{text}");
        }
    }
}
