//! What web servers and pages say of the programs that made them, and until when their makers kept those up.

use serde::Deserialize;

use crate::date;
use crate::json::parse_bounded;

/// Octets of one text that are read, and programs taken from it.
const LARGEST: usize = 4_096;
const MOST: usize = 32;

/// A program with its version, as named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    pub name: String,
    pub version: String,
}

fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.len() <= 40
}

/// The products of a `Server` or `X-Powered-By` header that name a version (RFC 9110 10.2.4); comments are left out.
pub fn products(text: &str) -> Vec<Named> {
    let mut depth = 0u32;
    let outside: String = text
        .chars()
        .take(LARGEST)
        .map(|c| {
            let kept = match c {
                '(' => {
                    depth += 1;
                    ' '
                }
                ')' => {
                    depth = depth.saturating_sub(1);
                    return ' ';
                }
                ',' | ';' => ' ',
                other => other,
            };
            if depth > 0 { ' ' } else { kept }
        })
        .collect();
    let named = outside.split_whitespace().filter_map(|word| word.split_once('/')).filter(|(name, version)| !name.is_empty() && is_version(version));
    named.take(MOST).map(|(name, version)| Named { name: name.to_owned(), version: version.to_owned() }).collect()
}

/// `Name of program 1.2.3 …`, as generators, error pages and banners write it.
pub fn generator(text: &str) -> Option<Named> {
    let mut name = Vec::new();
    for word in text.split_whitespace().take(12) {
        let version = word.strip_prefix(['v', 'V']).filter(|rest| is_version(rest)).unwrap_or(word);
        if is_version(version) && !name.is_empty() {
            let version: String = version.trim_end_matches([';', ',', ')']).to_owned();
            return Some(Named { name: name.join(" "), version });
        }
        name.push(word.chars().take(60).collect::<String>());
    }
    None
}

/// The version in the address of a script of `library`: `jquery-3.5.1.min.js`, `jquery/3.5.1/jquery.js`, `jquery.min.js?ver=3.5.1`.
pub fn script(address: &str, library: &str) -> Option<Named> {
    let lower = address.chars().take(LARGEST).collect::<String>().to_ascii_lowercase();
    let (path, query) = lower.split_once('?').map_or((lower.as_str(), ""), |(path, query)| (path, query));
    let file = path.rsplit('/').next()?;
    let rest = file.strip_prefix(library)?;
    // jquery-ui.js and jquery.form.js are other programs.
    let bare = matches!(rest, ".js" | ".min.js" | ".slim.js" | ".slim.min.js");
    let digits = |text: &str| -> Option<String> {
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let version = text.get(..end)?.trim_end_matches('.');
        (is_version(version) && version.contains('.')).then(|| version.to_owned())
    };
    let in_file = rest.strip_prefix(['-', '.', '@']).and_then(digits);
    let in_path = || path.rsplit('/').skip(1).take(3).find_map(|part| digits(part.rsplit('@').next()?));
    let in_query = || query.split('&').find_map(|field| digits(field.strip_prefix("ver=").or_else(|| field.strip_prefix("v="))?));
    let version = in_file.or_else(|| bare.then(|| in_path().or_else(in_query)).flatten())?;
    Some(Named { name: library.to_owned(), version })
}

/// When a maker stopped keeping up one branch of a product.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    pub product: String,
    /// The beginning of the versions meant: `2.2` stands for 2.2 and 2.2.34, not for 2.20.
    pub branch: String,
    /// Last day with support, `YYYY-MM-DD`.
    pub ended: String,
    /// The maker's page.
    pub source: String,
    /// When it was looked up, `YYYY-MM-DD`.
    pub noted: String,
}

/// A product and the names it goes by in headers and pages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    pub product: String,
    pub names: Vec<String>,
}

/// The list of branches without support.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Support {
    /// Date of the list.
    pub version: String,
    pub products: Vec<Known>,
    pub ended: Vec<Ended>,
}

impl Support {
    /// Reads a list.
    ///
    /// # Errors
    /// A short English phrase: what is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let value = parse_bounded(bytes, 262_144, 6).map_err(|problem| problem.code.into_owned())?;
        let list: Self = serde_json::from_value(value).map_err(|error| error.to_string())?;
        for row in &list.ended {
            if date::day(&row.ended).is_none() || date::day(&row.noted).is_none() {
                return Err(format!("{} {}: no date", row.product, row.branch));
            }
            if !row.source.starts_with("https://") || !is_version(&row.branch) {
                return Err(format!("{} {}: no source or branch", row.product, row.branch));
            }
            if !list.products.iter().any(|known| known.product == row.product) {
                return Err(format!("{}: no such product", row.product));
            }
        }
        Ok(list)
    }

    /// The row that says `named` had no support any more at `now` (Unix seconds).
    pub fn outdated(&self, named: &Named, now: i64) -> Option<&Ended> {
        let goes_by = |known: &&Known| known.names.iter().any(|name| name.eq_ignore_ascii_case(&named.name));
        let product = &self.products.iter().find(goes_by)?.product;
        let of = |row: &&Ended| {
            let rest = named.version.strip_prefix(row.branch.as_str());
            row.product == *product && rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        let row = self.ended.iter().filter(of).max_by_key(|row| row.branch.len())?;
        // Support lasts to the end of that day, wherever on Earth.
        date::day(&row.ended).filter(|last| now >= last + 2 * 86_400).map(|_| row)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(name: &str, version: &str) -> Named {
        Named { name: name.into(), version: version.into() }
    }

    #[test]
    fn headers_name_products() {
        let found = products("Apache/2.4.6 (CentOS; x/1) OpenSSL/1.0.2k-fips PHP/5.4.16 mod_x");
        assert_eq!(found, [named("Apache", "2.4.6"), named("OpenSSL", "1.0.2k-fips"), named("PHP", "5.4.16")]);
        assert_eq!(products("Microsoft-IIS/8.5"), [named("Microsoft-IIS", "8.5")]);
        for nothing in ["", "nginx", "Apache", "((((", "x/y", "/1.2", "cloudflare (x/1.2"] {
            assert_eq!(products(nothing), [], "{nothing}");
        }
    }

    #[test]
    fn pages_name_programs() {
        assert_eq!(generator("WordPress 6.4.2"), Some(named("WordPress", "6.4.2")));
        assert_eq!(generator("Drupal 7 (http://drupal.org)"), Some(named("Drupal", "7")));
        assert_eq!(generator("Movable Type Pro v5.2.13"), Some(named("Movable Type Pro", "5.2.13")));
        assert_eq!(generator("Hugo"), None);
        assert_eq!(generator("7"), None);
        for (address, version) in [
            ("/js/jquery-1.12.4.min.js", Some("1.12.4")),
            ("https://code.jquery.com/jquery-3.7.1.slim.min.js", Some("3.7.1")),
            ("//ajax.googleapis.com/ajax/libs/jquery/2.2.4/jquery.min.js", Some("2.2.4")),
            ("/wp-includes/js/jquery/jquery.min.js?ver=3.7.0", Some("3.7.0")),
            ("https://cdn.jsdelivr.net/npm/jquery@3.6.0/dist/jquery.min.js", Some("3.6.0")),
            ("/js/jquery.min.js", None),
            ("/js/jquery-ui-1.12.1.min.js", None),
            ("/js/jquery.form.js?ver=2.1", None),
            ("/js/app.js", None),
        ] {
            assert_eq!(script(address, "jquery"), version.map(|version| named("jquery", version)), "{address}");
        }
    }

    #[test]
    fn a_branch_is_no_mere_beginning_of_letters() {
        let list = r#"{"version":"x","products":[{"product":"A","names":["A","a-b"]}],"ended":[
            {"product":"A","branch":"2.2","ended":"2020-01-31","source":"https://a.example","noted":"2026-01-01"},
            {"product":"A","branch":"1.0.2","ended":"2019-12-31","source":"https://a.example","noted":"2026-01-01"}]}"#;
        let list = Support::parse(list.as_bytes()).unwrap();
        let ended = |version: &str, now: i64| list.outdated(&named("A-B", version), now).is_some();
        let later = date::day("2020-02-02").unwrap();
        assert!(ended("2.2.34", later) && ended("2.2", later) && ended("1.0.2k-fips", later));
        assert!(!ended("2.20", later) && !ended("2", later) && !ended("1.0.20", later) && !ended("3.1", later));
        assert!(!ended("2.2", later - 1), "the last day counts as supported");
        assert!(list.outdated(&named("B", "2.2"), later).is_none());
    }

    #[test]
    fn a_list_has_dates_and_sources() {
        let list = |row: &str| format!(r#"{{"version":"x","products":[{{"product":"A","names":["A"]}}],"ended":[{row}]}}"#);
        for wrong in [
            r#"{"product":"A","branch":"1","ended":"soon","source":"https://a.example","noted":"2026-01-01"}"#,
            r#"{"product":"A","branch":"1","ended":"2020-01-01","source":"a","noted":"2026-01-01"}"#,
            r#"{"product":"B","branch":"1","ended":"2020-01-01","source":"https://a.example","noted":"2026-01-01"}"#,
            r#"{"product":"A","branch":"x","ended":"2020-01-01","source":"https://a.example","noted":"2026-01-01"}"#,
            r#"{"product":"A"}"#,
        ] {
            assert!(Support::parse(list(wrong).as_bytes()).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,80}") {
            let _ = (products(&text), generator(&text), script(&text, "jquery"), Support::parse(text.as_bytes()));
        }
    }
}
