//! How far two pages are apart once what changes at every fetch is left out.
//!
//! The measure: a page is a row of words (tags and attributes included). A word is *shared* when it stands in a run of four words
//! that the other page has too. Two pages are as far apart as the share of words, of both together, that are not shared: 0 for the
//! same page, 1 for pages without a common run. One changed word costs that word and not, as the Jaccard index of runs would have
//! it, the four runs around it on both sides; so short pages are not judged harder than long ones.

use std::collections::HashSet;
use std::hash::Hash;

/// Words of a run.
const RUN: usize = 4;
/// From this length a mixture of letters and digits is no word but a token, a digest or an identifier.
const TOKEN: usize = 16;
/// Parts of names of fields whose value is made anew for every visitor (`__VIEWSTATE` of ASP.NET among them).
const VARYING: [&str; 8] = ["csrf", "xsrf", "token", "nonce", "__viewstate", "__eventvalidation", "__requestverification", "session"];

/// How far apart, from 0 to 1.
pub(super) fn apart<T: Eq + Hash>(one: &[T], other: &[T]) -> f64 {
    let run = RUN.min(one.len()).min(other.len());
    let all = one.len() + other.len();
    if run == 0 {
        return if all == 0 { 0.0 } else { 1.0 };
    }
    (alone(one, other, run) + alone(other, one, run)) as f64 / all as f64
}

/// Words of `one` that stand in no run of `other`.
fn alone<T: Eq + Hash>(one: &[T], other: &[T], run: usize) -> usize {
    let known: HashSet<&[T]> = other.windows(run).collect();
    let mut shared_until = 0;
    let mut shared = 0;
    for (at, words) in one.windows(run).enumerate() {
        if known.contains(words) {
            shared += at + run - shared_until.max(at);
            shared_until = at + run;
        }
    }
    one.len() - shared
}

/// Octets as text. What is not UTF-8 is read octet by octet, so that different octets stay different.
fn text(page: &[u8]) -> String {
    match std::str::from_utf8(page) {
        Ok(text) => text.to_owned(),
        // Only the last character was cut through.
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(page.get(..error.valid_up_to()).unwrap_or_default()).into_owned(),
        Err(_) => page.iter().copied().map(char::from).collect(),
    }
}

/// The title of a page, blanks made one.
pub(super) fn title(page: &[u8]) -> Option<String> {
    let text = text(page);
    let lower = text.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let begin = tag + lower.get(tag..)?.find('>')? + 1;
    let end = begin + lower.get(begin..)?.find("</title")?;
    Some(text.get(begin..end)?.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The words of a page, without comments and without what is made anew at every fetch.
pub(super) fn words(page: &[u8]) -> Vec<String> {
    let text = text(page);
    let mut words = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('<') {
        add(rest.get(..at).unwrap_or_default(), &mut words);
        rest = rest.get(at..).unwrap_or_default();
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.find("-->").and_then(|end| comment.get(end + 3..)).unwrap_or_default();
            continue;
        }
        let is_tag = rest.chars().nth(1).is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
        let inside = rest.get(1..).unwrap_or_default();
        match is_tag.then(|| end_of_tag(inside)).flatten() {
            Some(end) => {
                add_tag(inside.get(..end).unwrap_or_default(), &mut words);
                rest = inside.get(end + 1..).unwrap_or_default();
            }
            // A tag without an end takes all that follows with it; looking for its end again at every `<` would cost the square of
            // the page.
            None if is_tag => break,
            None => rest = inside,
        }
    }
    add(rest, &mut words);
    words
}

/// Where the tag ends that begins before `inside`: at the first `>` outside quotes.
fn end_of_tag(inside: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in inside.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some(at),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

/// Attributes of a tag: name in lower case, and value.
fn attributes(tag: &str) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    let mut rest = tag.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default().to_ascii_lowercase();
        rest = rest.get(end..).unwrap_or_default().trim_start();
        let Some(after) = rest.strip_prefix('=').map(str::trim_start) else {
            found.push((name, ""));
            continue;
        };
        let (value, left) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => after.get(1..).and_then(|open| open.split_once(quote)).unwrap_or((after, "")),
            _ => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
        };
        found.push((name, value));
        rest = left.trim_start();
    }
    found
}

fn add_tag(tag: &str, words: &mut Vec<String>) {
    let attributes = attributes(tag);
    let varying = attributes.iter().any(|(name, value)| {
        matches!(name.as_str(), "name" | "id" | "property") && VARYING.iter().any(|part| value.to_ascii_lowercase().contains(part))
    });
    for (name, value) in attributes {
        let dropped = name == "nonce" || (varying && matches!(name.as_str(), "value" | "content"));
        words.push(name);
        if !dropped {
            add(value, words);
        }
    }
}

/// The words of running text. Scripts without blanks between words count by character.
fn add(text: &str, words: &mut Vec<String>) {
    let mut chunk = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '/' | '.' | '+') {
            chunk.push(c.to_ascii_lowercase());
            continue;
        }
        add_chunk(&std::mem::take(&mut chunk), words);
        if c.is_alphanumeric() {
            words.push(c.to_string());
        }
    }
    add_chunk(&chunk, words);
}

fn add_chunk(chunk: &str, words: &mut Vec<String>) {
    if is_moment(chunk) {
        words.push("moment".to_owned());
        return;
    }
    for piece in chunk.split(|c: char| !c.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty()) {
        let mixed = piece.bytes().any(|c| c.is_ascii_digit()) && piece.bytes().any(|c| c.is_ascii_alphabetic());
        words.push(if piece.len() >= TOKEN && mixed { "token".to_owned() } else { piece.to_owned() });
    }
}

/// Whether a chunk is a date, a time or both, or seconds or milliseconds since 1970.
fn is_moment(chunk: &str) -> bool {
    let numbers = |text: &str, mark: char, least: usize| {
        let parts: Vec<&str> = text.split(mark).collect();
        parts.len() >= least && parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit()))
    };
    let date = |text: &str| numbers(text, '-', 3) || numbers(text, '/', 3) || numbers(text, '.', 3);
    let time = |text: &str| {
        let local = text.split(['+', 'z', '.']).next().unwrap_or_default();
        // An offset to the west.
        numbers(local.split('-').next().unwrap_or_default(), ':', 2)
    };
    let epoch = matches!(chunk.len(), 10 | 13) && chunk.starts_with('1') && chunk.bytes().all(|c| c.is_ascii_digit());
    epoch || date(chunk) || time(chunk) || chunk.split_once('t').is_some_and(|(day, hour)| date(day) && time(hour))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(text: &str) -> Vec<&str> {
        text.split(' ').collect()
    }

    #[test]
    fn words_in_no_common_run_are_apart() {
        for (one, other, expected) in [
            ("a b c d e f g h i j", "a b c d e f g h i j", 0.0),
            // One word of ten is another: one word on each side stands alone.
            ("a b c d X e f g h i", "a b c d Y e f g h i", 2.0 / 20.0),
            // Too near the end for a run: three words on each side.
            ("a b c d e f g X i j", "a b c d e f g Y i j", 6.0 / 20.0),
            ("a b c d", "e f g h", 1.0),
            // Shorter than a run: compared whole.
            ("a b", "a b", 0.0),
            ("a b", "b a", 1.0),
            // A repeated run is known to the other page.
            ("a b c d a b c d", "a b c d", 0.0),
        ] {
            assert!((apart(&row(one), &row(other)) - expected).abs() < 1e-9, "{one} | {other}: {}", apart(&row(one), &row(other)));
        }
        let none: [&str; 0] = [];
        assert_eq!((apart(&none, &none), apart(&none, &row("a"))), (0.0, 1.0));
    }

    #[test]
    fn what_changes_at_every_fetch_is_left_out() {
        for (one, other) in [
            (r#"<script nonce="abc">x</script>"#, r#"<script nonce="xyz">x</script>"#),
            (r#"<input name="__VIEWSTATE" value="/wEPD1=">"#, r#"<input name="__VIEWSTATE" value="/wEPD2=">"#),
            (r#"<meta name=csrf-token content='q1'>"#, r#"<meta name=csrf-token content='q2'>"#),
            ("<!-- 12 ms -->a", "<!-- 15 ms > -->a"),
            ("at 2026-09-21T14:05:09+09:00 we", "at 2026-09-21T14:05:10+09:00 we"),
            ("at 14:05 we", "at 9:07 we"),
            ("on 2026/9/21 we", "on 2026/9/22 we"),
            ("t=1790000000000", "t=1790000000001"),
            ("app.3f2a9c1b7d8e4f60.js", "app.0c2a9c1b7d8e4f61.js"),
        ] {
            assert_eq!(words(one.as_bytes()), words(other.as_bytes()), "{one}");
        }
        for (one, other) in [
            (r#"<input name="page" value="1">"#, r#"<input name="page" value="2">"#),
            ("<a href=/old/>", "<a href=/new/>"),
            ("300 yen", "500 yen"),
            ("住民票", "印鑑証明"),
            ("1.2", "1.3"),
        ] {
            assert_ne!(words(one.as_bytes()), words(other.as_bytes()), "{one}");
        }
    }

    #[test]
    fn titles_and_octets_of_other_encodings_are_told_apart() {
        assert_eq!(title(b"<html><TITLE lang=ja>\n A  town </title>").as_deref(), Some("A town"));
        assert_eq!(title(b"<title>never closed"), None);
        // Two different words in Shift_JIS.
        assert_ne!(words(&[0x8f, 0x5a, 0x96, 0xaf]), words(&[0x88, 0xf3, 0x8a, 0xd3]));
        // Cut inside a character: what stands before it counts.
        assert_eq!(words("住民票".as_bytes().get(..8).unwrap()), ["住", "民"]);
    }

    #[test]
    fn a_page_of_open_tags_costs_no_more_than_another() {
        // Looked at again from every `<`, this would take minutes.
        for page in ["<a ", "<a '", "<!--", "< ", "<a href='"] {
            let page = page.repeat(262_144 / page.len());
            assert!(words(page.as_bytes()).len() <= 262_144, "{page:.8}");
        }
    }

    proptest! {
        #[test]
        fn no_page_makes_it_panic(page in proptest::collection::vec(any::<u8>(), 0..200), other in "[<>a-c \"'=!/-]{0,60}") {
            let (one, other) = (words(&page), words(other.as_bytes()));
            let far = apart(&one, &other);
            prop_assert!((0.0..=1.0).contains(&far) && (far - apart(&other, &one)).abs() < 1e-9);
            prop_assert!(apart(&one, &one) == 0.0);
            let _ = title(&page);
        }
    }
}
