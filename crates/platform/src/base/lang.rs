//! Japanese and English words, from one Fluent file per area and language.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};

pub use formats::lang::Lang;

use super::area::{app_texts, areas};

/// All texts of all areas in both languages.
pub struct Texts {
    ja: FluentBundle<FluentResource>,
    en: FluentBundle<FluentResource>,
    keys: BTreeMap<&'static str, (String, String)>,
}

/// The texts of base alone, for the time before the areas are known.
static BASE: LazyLock<Texts> = LazyLock::new(|| Texts::new(&[BASE_SOURCE]));
static ALL: OnceLock<Texts> = OnceLock::new();

const BASE_SOURCE: (&str, &str, &str) = ("base", include_str!("ja.ftl"), include_str!("en.ftl"));

/// The texts, read once.
///
/// # Panics
/// When a text file of ours is broken; a test reads them all.
pub fn texts() -> &'static Texts {
    if areas().is_empty() {
        return &BASE;
    }
    ALL.get_or_init(|| {
        let areas = areas().iter().map(|area| (area.name, area.texts.0, area.texts.1));
        let (ja, en) = app_texts();
        Texts::new(&std::iter::once(BASE_SOURCE).chain(areas).chain([("app", ja, en)]).collect::<Vec<_>>())
    })
}

fn bundle(tag: &str, sources: impl Iterator<Item = (&'static str, &'static str)>) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().unwrap_or_default()]);
    // No invisible isolation marks: they end up in CSV files and tests. Our texts do not mix writing directions.
    bundle.set_use_isolating(false);
    for (area, source) in sources {
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) => resource,
            Err((_, errors)) => panic!("texts of {area} ({tag}): {errors:?}"),
        };
        if let Err(errors) = bundle.add_resource(resource) {
            panic!("texts of {area} ({tag}): {errors:?}");
        }
    }
    bundle
}

impl Texts {
    fn new(sources: &[(&'static str, &'static str, &'static str)]) -> Self {
        Self {
            ja: bundle("ja", sources.iter().map(|(area, ja, _)| (*area, *ja))),
            en: bundle("en", sources.iter().map(|(area, _, en)| (*area, *en))),
            keys: sources.iter().map(|(area, ja, en)| (*area, ((*ja).to_owned(), (*en).to_owned()))).collect(),
        }
    }

    /// The text `key`; a missing one shows as its key in brackets, and a test finds it.
    pub fn get(&self, lang: Lang, key: &str) -> String {
        self.with(lang, key, &[])
    }

    /// The text `key` with values filled in.
    pub fn with(&self, lang: Lang, key: &str, values: &[(&str, String)]) -> String {
        let bundle = match lang {
            Lang::Ja => &self.ja,
            Lang::En => &self.en,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return format!("[{key}]");
        };
        let mut args = FluentArgs::new();
        for (name, value) in values {
            // A whole number is given as a number, so that English can choose its plural.
            match value.parse::<i64>() {
                Ok(number) if number.to_string() == *value => args.set(*name, number),
                _ => args.set(*name, value.as_str()),
            }
        }
        bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }

    /// Whether `key` exists in `lang`.
    pub fn has(&self, lang: Lang, key: &str) -> bool {
        match lang {
            Lang::Ja => self.ja.has_message(key),
            Lang::En => self.en.has_message(key),
        }
    }

    /// The source files by area, for the test that compares them.
    pub fn sources(&self) -> &BTreeMap<&'static str, (String, String)> {
        &self.keys
    }
}

/// The first letter large, as at the beginning of a heading or a line; the name of a number within a sentence has a small one.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
