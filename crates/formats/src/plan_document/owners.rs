//! Title, owners and 【再掲】: what the first line of a measure says.

use super::label::narrow;

/// Endings of the names of bodies that own measures.
const BODIES: [&str; 21] = [
    "府",
    "省",
    "庁",
    "院",
    "官房",
    "委員会",
    "局",
    "機構",
    "センター",
    "本部",
    "会議",
    "公社",
    "法人",
    "協会",
    "都道府県",
    "市町村",
    "自治体",
    "地方公共団体",
    "大学",
    "研究所",
    "事業者",
];
/// Characters of the longest name.
const LONGEST: usize = 40;
const RELISTED: &str = "【再掲】";

/// What the title line of a measure says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub title: String,
    pub owners: Vec<String>,
    pub relisted: bool,
}

/// Whether `text` is nothing but the mark of a relisting.
pub(super) fn is_mark(text: &str) -> bool {
    text.chars().filter(|c| !c.is_whitespace()).eq(RELISTED.chars())
}

/// Splits a title with its owners; none where no owners end it.
pub(super) fn split(text: &str) -> Option<Head> {
    let bare = text.trim();
    let (bare, relisted) = match bare.strip_suffix(RELISTED) {
        Some(rest) => (rest.trim_end(), true),
        None => (bare, false),
    };
    let (title, inner) = last_group(bare)?;
    let owners: Vec<String> = names(inner);
    (!title.trim().is_empty() && !owners.is_empty() && owners.iter().all(|name| is_body(name))).then(|| Head {
        title: title.trim().to_owned(),
        owners,
        relisted,
    })
}

/// Whether more brackets open in `text` than close.
pub(super) fn is_open(text: &str) -> bool {
    text.chars().map(narrow).fold(0_i32, |depth, c| match c {
        '(' => depth + 1,
        ')' => (depth - 1).max(0),
        _ => depth,
    }) > 0
}

/// What stands before the bracket that closes `text`, and in it.
fn last_group(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    let mut end = None;
    for (at, c) in text.char_indices().rev() {
        match narrow(c) {
            ')' => {
                end = end.or(Some(at));
                depth += 1;
            }
            '(' => {
                depth -= 1;
                if depth == 0 {
                    return Some((text.get(..at)?, text.get(at + c.len_utf8()..end?)?));
                }
            }
            _ if end.is_none() => return None,
            _ => {}
        }
    }
    None
}

/// Names in a list: 甲、乙及び丙.
fn names(list: &str) -> Vec<String> {
    let list: String = list.chars().filter(|c| !c.is_whitespace()).collect();
    let list = list.replace("並びに", "、").replace("及び", "、").replace("および", "、");
    list.split(['、', ',', '，']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn is_body(name: &str) -> bool {
    name.chars().count() <= LONGEST && BODIES.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, Vec<String>, bool) {
        let head = split(text).unwrap_or_default();
        (head.title, head.owners, head.relisted)
    }

    #[test]
    fn owners_end_the_title_whatever_else_stands_in_brackets() {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            parts("体制の構築(GSOC の整備)(内閣官房及び全府省庁)"),
            ("体制の構築(GSOC の整備)".into(), list(&["内閣官房", "全府省庁"]), false)
        );
        assert_eq!(
            parts("目標の設定（内閣官房、 総務省及び 経済産業省）【再掲】"),
            ("目標の設定".into(), list(&["内閣官房", "総務省", "経済産業省"]), true)
        );
        assert_eq!(parts("見直し(重要インフラ所管省庁)"), ("見直し".into(), list(&["重要インフラ所管省庁"]), false));
        for text in ["協議会(仮称)", "見直し", "(内閣官房)", "機能(NISC)", "強化(内閣", "a)b", "を図る。)"] {
            assert_eq!(split(text), None, "{text}");
        }
        assert!(is_open("連携(CIO)強化(内閣") && !is_open("連携(CIO)") && !is_open("a)b"));
    }
}
