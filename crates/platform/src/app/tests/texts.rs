//! The words: both languages have the same keys, every key is used, every key that is used exists.

use std::collections::BTreeSet;
use std::path::Path;

use crate::base::lang::{Lang, texts};

/// The keys of a Fluent file.
pub fn keys(source: &str) -> impl Iterator<Item = &str> {
    source.lines().filter_map(|line| {
        let (key, _) = line.split_once('=')?;
        let key = key.trim_end();
        (!key.is_empty() && !key.starts_with(' ') && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'))
            .then_some(key)
    })
}

fn begin() {
    crate::app::begin();
}

#[test]
fn both_languages_have_the_same_keys() {
    begin();
    let mut wrong = Vec::new();
    for (area, (ja, en)) in texts().sources() {
        for (lang, source) in [("ja", ja), ("en", en)] {
            let mut all: Vec<&str> = keys(source).collect();
            all.sort_unstable();
            wrong.extend(all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| format!("{area} ({lang}): {} stands twice", pair[0])));
        }
        let (ja, en): (BTreeSet<_>, BTreeSet<_>) = (keys(ja).collect(), keys(en).collect());
        wrong.extend(ja.symmetric_difference(&en).map(|key| format!("{area}: {key} stands in one language only")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sources(dir: &Path, out: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            sources(&path, out);
        } else if [".rs", ".html", ".typ"].iter().any(|ending| name.ends_with(ending)) {
            out.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn all_sources() -> Vec<(String, String)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut out = Vec::new();
    sources(&here.join("src"), &mut out);
    sources(&here.join("../hinomi/src"), &mut out);
    sources(&here.join("../engine/src"), &mut out);
    out
}

fn is_key(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_')
}

/// The string literals of a source, roughly: what stands between two quotation marks on one line.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('"').skip(1).step_by(2))
}

#[test]
fn every_text_is_used() {
    begin();
    let sources = all_sources();
    let (mut whole, mut beginnings, mut endings) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (_, text) in &sources {
        for literal in literals(text) {
            if is_key(literal) {
                whole.insert(literal);
            }
            // A family, as `format!("role-{role}")` or `format!("{path}-{name}")` makes it.
            if let Some((before, _)) = literal.split_once('{').filter(|(before, _)| before.ends_with('-') && is_key(before)) {
                beginnings.insert(before);
            }
            if let Some((_, after)) = literal.rsplit_once('}').filter(|(_, after)| after.starts_with('-') && is_key(after)) {
                endings.insert(after);
            }
        }
    }
    // The words of the command line are found by path, those after a form by what was done.
    let used = |key: &str| {
        whole.contains(key)
            || key.starts_with("cli")
            || key.strip_prefix("done-").is_some_and(|done| whole.contains(done))
            || beginnings.iter().any(|before| key.starts_with(*before))
            || endings.iter().any(|after| key.ends_with(*after))
            || sources.iter().any(|(path, text)| path.ends_with(".html") && text.contains(key))
    };
    let mut wrong = Vec::new();
    for (area, (ja, _)) in texts().sources() {
        wrong.extend(keys(ja).filter(|key| !used(key)).map(|key| format!("{area}: {key} is used nowhere")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_text_that_is_asked_for_exists() {
    begin();
    let calls = [".t(\"", ".tv(\"", "Error::Conflict(\"", "Error::Unavailable(\"", "Lang::Ja, \"", "Lang::En, \"", "(lang, \""];
    let mut wrong = BTreeSet::new();
    for (path, text) in all_sources() {
        // Tests ask for things that are not there on purpose.
        if path.contains("/tests") || path.contains("/engine/") {
            continue;
        }
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
        let mut found: Vec<String> = Vec::new();
        for call in calls {
            found.extend(text.split(call).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        }
        // The second text of `Error::invalid(field, key)`.
        found.extend(text.split("Error::invalid").skip(1).filter_map(|rest| rest.split('"').nth(3)).map(str::to_owned));
        // The last text of `Go::done(path, key)`.
        for rest in text.split("Go::done(").skip(1) {
            let call = rest.split(';').next().and_then(|line| line.lines().next()).unwrap_or_default();
            found.extend(literals(call).last().filter(|key| is_key(key)).map(|key| format!("done-{key}")));
        }
        for key in found.into_iter().filter(|key| is_key(key) && key.contains('-')) {
            if !texts().has(Lang::Ja, &key) || !texts().has(Lang::En, &key) {
                wrong.insert(format!("{path}: {key}"));
            }
        }
    }
    assert!(wrong.is_empty(), "no words for:\n{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}
