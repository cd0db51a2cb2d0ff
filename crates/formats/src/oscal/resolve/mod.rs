//! Resolving a profile into a catalog: import, select, merge, modify, prune, after NIST's profile resolution
//! specification (usnistgov/OSCAL, `profile-resolution-specml.xml`).

mod address;
mod alter;
mod error;
mod merge;
mod modify;
mod prune;
mod select;

use super::catalog::{Catalog, bounded, model_of};
use super::common::{BackMatter, Prop};
use super::limits::Limits;
use super::problem::ReadError;
use super::profile::{Import, Profile};

pub use error::{ResolveError, Warning};

/// A resolved profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// Carries the profile's uuid and date until [`Resolved::stamp`] gives it its own.
    pub catalog: Catalog,
    pub warnings: Vec<Warning>,
}

impl Resolved {
    /// Gives the result its own identity, as the specification asks: a uuid other than the profile's, the time of
    /// the resolution (RFC 3339 with zone) and the tool that made it. All three come from the caller: this crate
    /// knows neither clock nor randomness.
    pub fn stamp(&mut self, uuid: &str, resolved_at: &str, tool: &str) {
        self.catalog.uuid = uuid.to_owned();
        self.catalog.metadata.last_modified = resolved_at.to_owned();
        self.catalog.metadata.props.insert(0, Prop { name: "resolution-tool".to_owned(), value: tool.to_owned(), ..Prop::default() });
    }
}

/// Answers for an address: the bytes that lie there, or `None` when nothing does.
pub type Loader<'a> = dyn Fn(&str) -> Option<Vec<u8>> + 'a;

/// Resolves `profile`. `loader` gets every import's address: as written for this profile's own imports, joined to
/// the importing document's address (RFC 3986 §5) for those of imported profiles. It may map names, such as `.xml`
/// to `.json`; a `#uuid` is looked up in the back matter and its links are tried JSON first.
///
/// # Errors
/// What cannot be obtained or read, circular imports (with the chain), directives that are not carried out (with
/// their JSON pointer): see [`ResolveError`]. Nothing is skipped silently; what the specification lets pass comes
/// back as a warning.
pub fn resolve(profile: &Profile, loader: &Loader, limits: &Limits) -> Result<Resolved, ResolveError> {
    let mut run = Run { loader, limits, chain: Vec::new(), documents: 0, warnings: Vec::new() };
    let catalog = run.resolve(profile, "")?;
    Ok(Resolved { catalog, warnings: run.warnings })
}

/// A profile being resolved, from the outermost in.
struct Link {
    address: String,
    uuid: String,
}

struct Run<'a> {
    loader: &'a Loader<'a>,
    limits: &'a Limits,
    chain: Vec<Link>,
    documents: usize,
    warnings: Vec<Warning>,
}

impl Run<'_> {
    fn resolve(&mut self, profile: &Profile, address: &str) -> Result<Catalog, ResolveError> {
        if let Some(problem) = &profile.broken {
            return Err(ResolveError::Broken { chain: self.chain_to(address), problem: problem.clone() });
        }
        error::refuse_unknown(profile, &self.chain_to(address))?;
        let plan = merge::plan(profile, &self.chain_to(address))?;
        self.chain.push(Link { address: address.to_owned(), uuid: profile.uuid.to_lowercase() });
        let mut sources = Vec::new();
        let mut resources = Vec::new();
        for (index, import) in profile.imports.iter().enumerate() {
            let mut source = self.import(profile, import, address)?;
            let pointer = format!("/profile/imports/{index}");
            resources.extend(source.back_matter.take().unwrap_or_default().resources);
            sources.push(select::select(source, import, &pointer, &mut self.warnings));
        }
        self.chain.pop();
        resources.extend(profile.back_matter.clone().unwrap_or_default().resources);

        let mut result = merge::merge(sources, plan, &mut self.warnings);
        if let Some(directives) = &profile.modify {
            modify::modify(&mut result, directives, &self.chain_to(address), &mut self.warnings)?;
        }
        result.uuid = profile.uuid.clone();
        result.metadata = profile.metadata.clone();
        result.metadata.props.insert(0, Prop { name: "source-profile".to_owned(), value: format!("urn:uuid:{}", profile.uuid), ..Prop::default() });
        prune::loose_params(&mut result);
        let resources = prune::resources(&result, resources);
        result.back_matter = (!resources.is_empty()).then(|| BackMatter { resources, ..BackMatter::default() });
        Ok(result)
    }

    /// The catalog behind an import: read, or resolved when it is a profile.
    fn import(&mut self, profile: &Profile, import: &Import, base: &str) -> Result<Catalog, ResolveError> {
        self.documents += 1;
        if self.documents > self.limits.imports {
            return Err(ResolveError::TooMany { limit: self.limits.imports });
        }
        let (address, bytes) = self.obtain(profile, import, base)?;
        let unreadable = |chain: Vec<String>, reason| ResolveError::Unreadable { chain, reason };
        let document = bounded(&bytes, self.limits).map_err(|reason| unreadable(self.chain_to(&address), reason))?;
        match model_of(&document).as_str() {
            "profile" => {
                let (inner, problems) = Profile::from_value(document).map_err(|reason| unreadable(self.chain_to(&address), reason))?;
                if self.chain.iter().any(|link| link.uuid == inner.uuid.to_lowercase()) {
                    return Err(ResolveError::Circular { chain: self.chain_to(&address) });
                }
                self.warn_of(&address, problems);
                self.resolve(&inner, &address)
            }
            "catalog" => {
                let (catalog, problems) = Catalog::from_value(document).map_err(|reason| unreadable(self.chain_to(&address), reason))?;
                self.warn_of(&address, problems);
                Ok(catalog)
            }
            _ => {
                let found = model_of(&document);
                let reason = ReadError::OtherModel { expected: "catalog", found };
                Err(unreadable(self.chain_to(&address), reason))
            }
        }
    }

    /// The bytes of an import and the address they came from.
    fn obtain(&self, profile: &Profile, import: &Import, base: &str) -> Result<(String, Vec<u8>), ResolveError> {
        let Some(uuid) = import.href.strip_prefix('#') else {
            let address = address::join(base, &import.href);
            self.refuse_circle(&address)?;
            return match (self.loader)(&address) {
                Some(bytes) => Ok((address, bytes)),
                None => Err(ResolveError::Missing { chain: self.chain_to(&address) }),
            };
        };
        let resource = profile.back_matter.iter().flat_map(|b| &b.resources).find(|r| r.uuid.eq_ignore_ascii_case(uuid));
        let Some(resource) = resource else {
            return Err(ResolveError::Missing { chain: self.chain_to(&import.href) });
        };
        if let Some(text) = resource.rest.get("base64").and_then(|b| b.get("value")).and_then(|v| v.as_str()) {
            let embedded = address::base64(text, self.limits.bytes);
            return match embedded {
                Some(bytes) => Ok((format!("{base}{}", import.href), bytes)),
                None => Err(ResolveError::Missing { chain: self.chain_to(&import.href) }),
            };
        }
        let (json, other): (Vec<_>, Vec<_>) = resource.rlinks.iter().partition(|rlink| rlink.is_json());
        for rlink in json.into_iter().chain(other) {
            let address = address::join(base, &rlink.href);
            self.refuse_circle(&address)?;
            if let Some(bytes) = (self.loader)(&address) {
                return Ok((address, bytes));
            }
        }
        Err(ResolveError::Missing { chain: self.chain_to(&import.href) })
    }

    fn refuse_circle(&self, address: &str) -> Result<(), ResolveError> {
        match self.chain.iter().any(|link| link.address == address) {
            true => Err(ResolveError::Circular { chain: self.chain_to(address) }),
            false => Ok(()),
        }
    }

    /// The addresses from the outermost import down to `last`; the profile at the top has none.
    fn chain_to(&self, last: &str) -> Vec<String> {
        let above = self.chain.iter().map(|link| link.address.clone());
        above.chain([last.to_owned()]).filter(|address| !address.is_empty()).collect()
    }

    fn warn_of(&mut self, address: &str, problems: Vec<super::problem::Problem>) {
        let warning = |problem| Warning::Problem { address: address.to_owned(), problem };
        self.warnings.extend(problems.into_iter().map(warning));
    }
}
