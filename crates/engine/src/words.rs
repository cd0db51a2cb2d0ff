//! A text in both languages of the product, kept together so that neither is forgotten.
//!
//! ```
//! use engine::words::{Lang, Words};
//! let title = Words::new("改善勧告", "recommendation");
//! assert_eq!(title.get(Lang::Ja), "改善勧告");
//! ```

use serde::{Deserialize, Serialize};

pub use formats::lang::Lang;

/// One text, in Japanese and in English.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Words {
    pub ja: String,
    pub en: String,
}

impl Words {
    /// Both texts.
    pub fn new(ja: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ja: ja.into(), en: en.into() }
    }

    /// Something that reads the same in both languages, such as a record.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { ja: text.clone(), en: text }
    }

    /// The text in `lang`.
    pub fn get(&self, lang: Lang) -> &str {
        lang.pick(&self.ja, &self.en)
    }
}
