//! Drafted sentences: in both languages, and only with numbers their readers may see.

use std::collections::BTreeMap;

use engine::numbers::Figure;
use engine::words::{Lang, Words};

use crate::base::dates::{fiscal_year_name, parse_date, show_date};
use crate::base::lang::texts;
use crate::reports::material::Material;

/// Writes the texts of one draft.
pub struct Say<'a> {
    material: &'a Material,
    texts: BTreeMap<String, Vec<Words>>,
}

/// A figure as it is written in each language.
pub fn figure(figure: &Figure) -> Words {
    Words::new(figure.text(Lang::Ja), figure.text(Lang::En))
}

/// The same in both languages.
pub fn plain(text: impl ToString) -> Words {
    Words::new(text.to_string(), text.to_string())
}

/// A day as each language writes it.
pub fn day(text: &str) -> Words {
    parse_date(text).map_or_else(|| plain(text), |date| Words::new(show_date(date, Lang::Ja), show_date(date, Lang::En)))
}

/// The words `key` in both languages.
pub fn words(key: &str, values: &[(&str, Words)]) -> Words {
    let with = |lang: Lang| {
        let values: Vec<(&str, String)> = values.iter().map(|(name, words)| (*name, words.get(lang).to_owned())).collect();
        texts().with(lang, key, &values)
    };
    Words::new(with(Lang::Ja), with(Lang::En))
}

impl<'a> Say<'a> {
    /// Nothing said yet.
    pub fn new(material: &'a Material) -> Self {
        Self { material, texts: BTreeMap::new() }
    }

    /// Adds the sentence `reports-draft-{key}` to `field`, unless it quotes a field (`source`) that not every reader of `field`
    /// may see. `year` and `next` are always given.
    pub fn say(&mut self, field: &str, source: Option<&str>, key: &str, values: &[(&str, Words)]) {
        let policy = &self.material.policy;
        if source.is_some_and(|source| policy.audience(source) > policy.audience(field)) {
            return;
        }
        let year = |year: i16| Words::new(fiscal_year_name(year, Lang::Ja), fiscal_year_name(year, Lang::En));
        let mut all = vec![("year", year(self.material.cycle.fiscal_year)), ("next", year(self.material.cycle.fiscal_year + 1))];
        all.extend(values.iter().cloned());
        self.texts.entry(field.to_owned()).or_default().push(words(&format!("reports-draft-{key}"), &all));
    }

    /// The texts, sentences joined: in paragraphs one after another, items one a line.
    pub fn done(self, is_item: impl Fn(&str) -> bool) -> BTreeMap<String, Words> {
        let join = |field: &str, list: &[Words]| {
            let (ja, en) = if is_item(field) { ("\n", "\n") } else { ("", " ") };
            let of = |lang: Lang, with: &str| list.iter().map(|words| words.get(lang)).collect::<Vec<_>>().join(with);
            Words::new(of(Lang::Ja, ja), of(Lang::En, en))
        };
        self.texts.iter().map(|(field, list)| (field.clone(), join(field, list))).collect()
    }
}
