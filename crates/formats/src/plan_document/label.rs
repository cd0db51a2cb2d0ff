//! What a line is by how it begins.

/// How a line begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Begin<'a> {
    /// 第3章 …
    Chapter(u32, &'a str),
    /// 第1節 …
    Section(u32, &'a str),
    /// 【具体的施策】
    Measures,
    /// `ア)` with the rest of the line.
    Item(char, &'a str),
    /// `a)` with the rest of the line.
    SubItem(char, &'a str),
    /// A heading with a printed label: how deep.
    Heading(usize),
    /// Anything else.
    Text,
}

/// Labels in their order.
pub(super) const KATAKANA: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン";
pub(super) const LATIN: &str = "abcdefghijklmnopqrstuvwxyz";
/// Characters of the longest heading.
pub(super) const LONGEST_HEADING: usize = 80;

/// Depths of headings: `ア 政府機関`; those without a label, or `(1)`; `(ア)`.
pub(super) const AREA: usize = 1;
pub(super) const PLAIN: usize = 2;
pub(super) const INNER: usize = 3;

/// How `line` begins.
pub(super) fn begin(line: &str) -> Begin<'_> {
    if let Some((number, title)) = numbered(line, '章') {
        return Begin::Chapter(number, title);
    }
    if let Some((number, title)) = numbered(line, '節') {
        return Begin::Section(number, title);
    }
    if line.chars().filter(|c| !c.is_whitespace()).eq("【具体的施策】".chars()) {
        return Begin::Measures;
    }
    let mut rest = line.chars();
    let Some(first) = rest.next().map(narrow) else { return Begin::Text };
    let second = rest.next().map(narrow);
    let tail = rest.as_str().trim_start();
    match (first, second) {
        (label, Some(')')) if KATAKANA.contains(label) => Begin::Item(label, tail),
        (label, Some(')')) if LATIN.contains(label) => Begin::SubItem(label, tail),
        (label, Some(' ')) if KATAKANA.contains(label) && line.chars().count() <= LONGEST_HEADING => Begin::Heading(AREA),
        ('(', Some(label)) => match rest.next().map(narrow) {
            Some(')') if KATAKANA.contains(label) => Begin::Heading(INNER),
            Some(')') if label.is_ascii_digit() => Begin::Heading(PLAIN),
            _ => Begin::Text,
        },
        _ => Begin::Text,
    }
}

/// Full-width brackets, spaces, figures and letters as narrow ones.
pub(super) fn narrow(c: char) -> char {
    match c {
        '（' => '(',
        '）' => ')',
        '\u{3000}' | '\t' => ' ',
        '０'..='９' | 'ａ'..='ｚ' | 'Ａ'..='Ｚ' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    }
}

/// The number and the title of 第N章 or 第N節.
fn numbered(line: &str, unit: char) -> Option<(u32, &str)> {
    let rest = line.strip_prefix('第')?;
    let (number, title) = rest.split_once(unit)?;
    // 「第3章から第5章までは、…」 speaks of chapters and begins none.
    let is_title = title.chars().next().is_none_or(|c| narrow(c) == ' ') && !title.contains('。');
    Some((figure(number.trim())?, title.trim())).filter(|_| is_title)
}

/// A number in narrow, full-width or Chinese figures up to 99.
fn figure(text: &str) -> Option<u32> {
    let narrow: String = text.chars().map(narrow).collect();
    if let Ok(number) = narrow.parse::<u32>() {
        return (number < 1_000).then_some(number);
    }
    let digit = |c: char| "〇一二三四五六七八九".chars().position(|one| one == c).and_then(|at| u32::try_from(at).ok());
    match text.chars().collect::<Vec<_>>().as_slice() {
        ['十'] => Some(10),
        ['十', ones] => Some(10 + digit(*ones)?),
        [tens, '十'] => Some(10 * digit(*tens)?),
        [tens, '十', ones] => Some(10 * digit(*tens)? + digit(*ones)?),
        [one] => digit(*one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_known_by_their_beginnings() {
        assert_eq!(begin("第3章 対策"), Begin::Chapter(3, "対策"));
        assert_eq!(begin("第十二節　連携"), Begin::Section(12, "連携"));
        assert_eq!(begin("【 具体的施策 】"), Begin::Measures);
        assert_eq!(begin("ア)見直し"), Begin::Item('ア', "見直し"));
        assert_eq!(begin("サ） 見直し"), Begin::Item('サ', "見直し"));
        assert_eq!(begin("ｂ）評価"), Begin::SubItem('b', "評価"));
        assert_eq!(begin("ア 政府機関"), Begin::Heading(AREA));
        assert_eq!(begin("(1)強化"), Begin::Heading(PLAIN));
        assert_eq!(begin("（イ） 機能"), Begin::Heading(INNER));
        for text in ["アクセス制御", "1)各府省庁は", "(I S M - T G : x", "第2章で述べた", "第3章 述べた。", "abc)", ""] {
            assert_eq!(begin(text), Begin::Text, "{text}");
        }
    }
}
