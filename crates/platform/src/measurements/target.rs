//! Targets: the domains of the register, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use engine::facts::Check;
use formats::evidence::Selector;

use super::setting::Suffixes;
use crate::base::actor::OrganisationId;
use crate::register::asset::{Asset, AssetId};
use crate::register::organisation::Organisation;
use crate::register::system::SystemId;

/// A domain that may be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its line in the register.
    pub asset_id: AssetId,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// The system it belongs to, if the register names one.
    pub system_id: Option<SystemId>,
    /// As the register writes it.
    pub name: String,
    /// As observations name it.
    pub domain: String,
    /// Whether a web server is registered for it: then a missing HTTPS service is a fault.
    pub web_server: bool,
    /// Under which of these it must lie; none: no such rule.
    pub suffixes: Vec<String>,
    /// The DKIM selectors that the register has for it.
    pub selectors: Vec<String>,
    /// Those that aggregate reports tell of.
    pub reported: Vec<Selector>,
}

impl Target {
    /// Every selector that is known of it.
    pub fn known_selectors(&self) -> Vec<Selector> {
        self.selectors.iter().map(Selector::registered).chain(self.reported.iter().cloned()).collect()
    }

    /// Which of `checks` apply to it at all.
    pub fn expects<'a>(&'a self, checks: &'a [Check]) -> impl Iterator<Item = Check> + 'a {
        checks.iter().copied().filter(|check| *check != Check::DomainSuffix || !self.suffixes.is_empty())
    }
}

/// The one spelling of a domain: lower case, in ASCII, without a final dot. What is no domain name stays as it is.
pub fn domain_key(name: &str) -> String {
    formats::dns::name_of(name).map_or_else(|| name.trim().to_lowercase(), |name| formats::dns::plain(&name))
}

/// The domains of the organisations that exist `today` (`2026-04-01`), in the order of the register.
///
/// A web server is registered for a domain when it bears the domain's name or belongs to the same system.
pub fn targets(organisations: &[Organisation], assets: &[Asset], suffixes: &Suffixes, today: &str) -> Vec<Target> {
    let valid: BTreeMap<&str, &Organisation> = organisations.iter().filter(|one| one.is_valid_on(today)).map(|one| (one.id.as_str(), one)).collect();
    let web = || assets.iter().filter(|asset| asset.kind == "web-server" && asset.count > 0);
    let named: BTreeSet<(&str, String)> = web().map(|asset| (asset.organisation_id.as_str(), domain_key(&asset.name))).collect();
    let systems: BTreeSet<&str> = web().filter_map(|asset| asset.system_id.as_ref()).map(|id| id.as_str()).collect();
    let mut selectors: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    for asset in assets.iter().filter(|asset| asset.kind == "dkim-selector" && asset.count > 0) {
        if let Some((selector, domain)) = asset.name.split_once("._domainkey.") {
            selectors.entry((asset.organisation_id.as_str(), domain_key(domain))).or_default().push(selector.to_owned());
        }
    }
    let mut seen = BTreeSet::new();
    assets
        .iter()
        .filter(|asset| asset.kind == "domain" && asset.count > 0)
        .filter_map(|asset| {
            let organisation = valid.get(asset.organisation_id.as_str())?;
            let domain = domain_key(&asset.name);
            let web_server = named.contains(&(asset.organisation_id.as_str(), domain.clone()))
                || asset.system_id.as_ref().is_some_and(|id| systems.contains(id.as_str()));
            // Two spellings of one domain are one target.
            seen.insert((asset.organisation_id.clone(), domain.clone())).then(|| Target {
                asset_id: asset.id.clone(),
                organisation_id: asset.organisation_id.clone(),
                system_id: asset.system_id.clone(),
                name: asset.name.clone(),
                domain: domain.clone(),
                web_server,
                suffixes: suffixes.of(&organisation.kind).to_vec(),
                selectors: selectors.get(&(asset.organisation_id.as_str(), domain)).cloned().unwrap_or_default(),
                reported: Vec::new(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;

    fn organisation(id: &str, kind: &str, until: Option<&str>) -> Organisation {
        Organisation {
            id: Id::from_text(id),
            code: id.into(),
            parent_id: None,
            path: format!("/{id}/"),
            kind: kind.into(),
            name_ja: id.into(),
            name_en: id.into(),
            valid_from: "2020-04-01".into(),
            valid_to: until.map(str::to_owned),
            successor_id: None,
        }
    }

    fn asset(organisation: &str, kind: &str, name: &str, system: Option<&str>) -> Asset {
        Asset {
            id: Id::from_text(format!("{organisation}-{name}")),
            organisation_id: Id::from_text(organisation),
            system_id: system.map(Id::from_text),
            kind: kind.into(),
            name: name.into(),
            count: 1,
            location: String::new(),
        }
    }

    #[test]
    fn only_domains_of_organisations_that_exist_are_targets() {
        let organisations =
            [organisation("m", "ministry", None), organisation("old", "ministry", Some("2025-03-31")), organisation("x", "operator", None)];
        let assets = [
            asset("m", "domain", "M.Example.go.jp.", None),
            asset("m", "domain", "m.example.go.jp", None),
            asset("m", "terminal", "terminals", None),
            asset("m", "domain", "shop.example.go.jp", Some("s1")),
            asset("m", "web-server", "shop web", Some("s1")),
            asset("old", "domain", "old.example.go.jp", None),
            asset("x", "domain", "x.example", None),
            Asset { count: 0, ..asset("x", "domain", "given-up.example", None) },
            asset("x", "web-server", "X.example", None),
        ];
        let found = targets(&organisations, &assets, &Suffixes::default(), "2026-04-01");
        let seen: Vec<_> = found.iter().map(|one| (one.domain.as_str(), one.web_server, one.suffixes.len())).collect();
        assert_eq!(seen, [("m.example.go.jp", false, 1), ("shop.example.go.jp", true, 1), ("x.example", true, 0)]);
        assert_eq!(found[2].expects(Check::ALL).count(), Check::ALL.len() - 1);
    }
}
