//! Keeps text from becoming a formula when a spreadsheet opens our file, without losing a character.
//!
//! A text that a spreadsheet would run (it begins with `=`, `+`, `-`, `@`, a tab or a line break; OWASP "CSV Injection", which also
//! names the full-width forms) gets one apostrophe in front; reading takes exactly that apostrophe away again. So that this stays
//! lossless, a text that already begins with apostrophes before such a character gets one more.

/// Whether a spreadsheet would run this text as a formula.
pub fn is_formula_like(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// Whether only apostrophes stand between the beginning and such a text.
fn is_guarded(text: &str) -> bool {
    text.starts_with('\'') && is_formula_like(text.trim_start_matches('\''))
}

/// The text as it may stand in a CSV file.
pub fn for_csv(text: &str) -> String {
    if is_formula_like(text) || is_guarded(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text as it may stand in a string cell of XLSX, which no spreadsheet runs; only the apostrophes are kept apart.
pub fn for_xlsx(text: &str) -> String {
    if is_guarded(text) { format!("'{text}") } else { text.to_owned() }
}

/// The text that [`for_csv`] or [`for_xlsx`] was given.
pub fn undo(text: &str) -> &str {
    if is_guarded(text) { text.strip_prefix('\'').unwrap_or(text) } else { text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{for_csv, for_xlsx, is_formula_like, undo};

    proptest! {
        #[test]
        fn nothing_is_run_and_nothing_is_lost(text in "['=+@\t-]{0,4}[a-z＝ -]{0,3}") {
            prop_assert!(!is_formula_like(&for_csv(&text)));
            prop_assert_eq!(undo(&for_csv(&text)).to_owned(), text.clone());
            prop_assert_eq!(undo(&for_xlsx(&text)).to_owned(), text.clone());
        }
    }

    #[test]
    fn an_ordinary_apostrophe_stays() {
        assert_eq!(for_csv("'tis"), "'tis");
        assert_eq!(undo("'tis"), "'tis");
    }
}
