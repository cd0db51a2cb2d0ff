//! Text as people typed it on Japanese keyboards, brought to one form: widths, blanks, kana, dates.

/// Blanks that may surround a value: white space of Unicode, and the invisible characters copied along from web pages.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

/// Surrounding blanks removed, nothing else touched. Names and sentences need no more.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// One form for codes, numbers and words to choose from: surrounding blanks removed, full-width letters, digits and
/// symbols made half-width, half-width kana made full-width. Not for names and sentences, whose widths are their
/// writer's choice.
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = trim(text).chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{FF01}'..='\u{FF5E}' => {
                // The block repeats ASCII from `!` to `~` in order (Unicode, Halfwidth and Fullwidth Forms).
                out.push(u8::try_from(u32::from(c) - 0xFEE0).map_or(c, char::from));
            }
            '\u{3000}' | '\u{00A0}' => out.push(' '),
            '\u{2212}' => out.push('-'),
            '\u{FF61}'..='\u{FF9F}' => {
                let full = full_kana(c);
                let joined = match chars.peek() {
                    Some('\u{FF9E}') => voiced(full),
                    Some('\u{FF9F}') => half_voiced(full),
                    _ => None,
                };
                if joined.is_some() {
                    chars.next();
                }
                out.push(joined.unwrap_or(full));
            }
            _ => out.push(c),
        }
    }
    out
}

/// [`tidy`], and case and inner blanks gone too: the form in which headers and words are compared.
pub fn key(text: &str) -> String {
    tidy(text).chars().filter(|&c| !is_blank(c)).flat_map(char::to_lowercase).collect()
}

fn full_kana(c: char) -> char {
    const FULL: &str =
        "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン゛゜";
    let at = usize::try_from(u32::from(c).saturating_sub(0xFF61)).unwrap_or(usize::MAX);
    FULL.chars().nth(at).unwrap_or(c)
}

/// In the kana block the voiced letter follows its plain one.
fn voiced(c: char) -> Option<char> {
    match c {
        'ウ' => Some('ヴ'),
        'カ'..='ト' | 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ' => char::from_u32(u32::from(c) + 1),
        _ => None,
    }
}

fn half_voiced(c: char) -> Option<char> {
    matches!(c, 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ').then(|| char::from_u32(u32::from(c) + 2)).flatten()
}

/// A date in any form Japanese offices write, as `YYYY-MM-DD`; `None` if it is none.
///
/// Takes `2026-04-01`, `2026/4/1`, `2026.4.1`, `20260401`, `2026年4月1日`, `令和8年4月1日`, `R8.4.1`, `令和元年5月1日`, each with or without a
/// time of day after a blank or `T`, which is left aside. The eras count from 1868, 1912, 1926, 1989 and 2019.
pub fn date(text: &str) -> Option<String> {
    let text = tidy(text);
    let text = text.split([' ', 'T']).next()?;
    let (base, rest) = era(text);
    let rest = rest.strip_suffix('日').unwrap_or(rest);
    let parts: Vec<&str> = if base == 0 && rest.len() == 8 && rest.bytes().all(|b| b.is_ascii_digit()) {
        vec![rest.get(..4)?, rest.get(4..6)?, rest.get(6..)?]
    } else {
        rest.split(['年', '月', '-', '/', '.']).collect()
    };
    let [year, month, day] = parts.as_slice() else { return None };
    let number = |part: &str| -> Option<i32> {
        let plain = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse().ok()).flatten()
    };
    let year = if base > 0 && *year == "元" { 1 } else { number(year)? };
    if base > 0 && !(1..=99).contains(&year) || base == 0 && !(1868..=9999).contains(&year) {
        return None;
    }
    let (year, month, day) = (base + year, number(month)?, number(day)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days).contains(&day).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// The year before the era's first and what follows the era's name; 0 if no era is named.
fn era(text: &str) -> (i32, &str) {
    const ERAS: [(&str, &str, i32); 5] = [("令和", "R", 2018), ("平成", "H", 1988), ("昭和", "S", 1925), ("大正", "T", 1911), ("明治", "M", 1867)];
    for (name, letter, base) in ERAS {
        if let Some(rest) = text.strip_prefix(name).or_else(|| text.strip_prefix(letter)) {
            return (base, rest);
        }
    }
    (0, text)
}

#[cfg(test)]
mod tests {
    use super::{date, key, tidy, trim};

    #[test]
    fn widths_become_one() {
        assert_eq!(tidy("　ＡＢＣ－１２３　"), "ABC-123");
        assert_eq!(tidy("ｼﾞｮｳﾎｳ ﾊﾟｽﾜｰﾄﾞ ｳﾞ"), "ジョウホウ パスワード ヴ");
        assert_eq!(tidy("ﾞｱﾞ"), "゛ア゛");
        assert_eq!(trim("\u{FEFF} 　名称\u{200B}"), "名称");
        assert_eq!(key("組織 名（ＩＤ）"), "組織名(id)");
    }

    #[test]
    fn dates_of_offices() {
        for text in ["2026-04-01", "2026/4/1", "２０２６年４月１日", "令和8年4月1日", "R8.4.1", "20260401", "2026-04-01T09:00:00", "2026/4/1 9:00"]
        {
            assert_eq!(date(text).as_deref(), Some("2026-04-01"), "{text}");
        }
        assert_eq!(date("令和元年5月1日").as_deref(), Some("2019-05-01"));
        assert_eq!(date("H31.4.30").as_deref(), Some("2019-04-30"));
        assert_eq!(date("2024-02-29").as_deref(), Some("2024-02-29"));
        for text in ["2026-02-29", "2026-13-01", "1", "", "2026", "8年4月1日", "令和8年", "2026-4-1-2", "+2026-04-01", "R100.1.1"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
