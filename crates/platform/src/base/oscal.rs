//! Names in OSCAL documents: the same thing has the same UUID in every document of this program.

use uuid::Uuid;

/// The UUID (version 5, RFC 9562 §5.5) of what `parts` name, within the namespace that DNS's own gives to `reports.hinomi`.
pub fn uuid(parts: &[&str]) -> String {
    let space = Uuid::new_v5(&Uuid::NAMESPACE_DNS, b"reports.hinomi");
    // The unit separator cannot occur in a code, so two lists of parts never give one name.
    Uuid::new_v5(&space, parts.join("\u{1f}").as_bytes()).to_string()
}

/// The UUID of the organisation with this code.
pub fn organisation(code: &str) -> String {
    uuid(&["organisation", code])
}

/// A code as an OSCAL token, which begins with a letter or `_`.
pub fn token(code: &str) -> String {
    let body: String = code.chars().map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect();
    if body.starts_with(|c: char| c.is_alphabetic() || c == '_') { body } else { format!("_{body}") }
}

/// The id of the statement of the requirement with this code.
pub fn statement(code: &str) -> String {
    format!("{}_smt", token(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stable_and_tokens_are_tokens() {
        assert_eq!(organisation("moa"), organisation("moa"));
        assert_ne!(uuid(&["a", "b"]), uuid(&["ab"]));
        for (code, expected) in [("1.2(a)", "_1.2_a_"), ("遵守-1", "遵守-1"), ("ac-1", "ac-1"), ("", "_")] {
            assert_eq!(token(code), expected);
        }
        assert_eq!(statement("ac-1"), "ac-1_smt");
    }
}
