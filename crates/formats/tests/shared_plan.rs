//! The annual plan that the product was made for, read whole: nothing missing, nothing invented.
//!
//! Needs `HINOMI_SHARED`; the document is not part of the project.

use std::collections::BTreeSet;

use formats::plan_document::{Document, Kind, Limits, read};

/// Its text, or none where the shared data is not there.
fn text() -> Option<String> {
    match std::env::var_os("HINOMI_SHARED") {
        Some(shared) => {
            let path = std::path::PathBuf::from(shared).join("sources/001_840f28d0079078c6.txt");
            Some(std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        }
        None => {
            eprintln!("needs HINOMI_SHARED: not run");
            None
        }
    }
}

fn document(text: &str) -> Document {
    let (document, problems) = read(text.as_bytes(), "plan.txt", &Limits::default()).unwrap();
    assert_eq!(problems, [], "nothing is left to settle");
    document
}

/// Without spaces, raised figures and a scanner's markup.
fn bare(text: &str) -> String {
    let text = text.replace("<p>", "").replace("</p>", "");
    text.chars().filter(|c| !c.is_whitespace() && !"⁰¹²³⁴⁵⁶⁷⁸⁹*".contains(*c)).collect()
}

#[test]
fn the_measures_are_as_many_as_were_published() {
    let Some(text) = text() else { return };
    let document = document(&text);
    let count = |chapter: u32| document.measures.iter().filter(|one| one.chapter == chapter).count();
    assert_eq!((count(3), count(4), count(5), count(6)), (103, 56, 11, 24));
    // Chapters 3 to 5 are the plan of the year; chapter 6 tells the direction of the next.
    let once = document.measures.iter().filter(|one| one.chapter <= 5 && !one.relisted).count();
    let relisted: Vec<_> = document.measures.iter().filter(|one| one.relisted).collect();
    assert_eq!((once, relisted.len()), (159, 11));
    for one in relisted {
        let original = &document.measures[one.relists.unwrap()];
        assert!(!original.relisted && bare(&original.title) == bare(&one.title) && original.owners == one.owners, "{one:?}");
    }
    assert!(document.measures.iter().all(|one| !one.owners.is_empty() && !one.text.is_empty()));
}

/// An independent reading: every line that begins with a label is a measure or the title of a group, and no other line is.
#[test]
fn every_label_is_a_measure_or_a_group() {
    let Some(text) = text() else { return };
    let document = document(&text);
    let begin = text.lines().enumerate().filter(|(_, line)| line.starts_with("第3章 対策")).map(|(at, _)| at).last().unwrap();
    let labelled: BTreeSet<usize> = text
        .lines()
        .enumerate()
        .skip(begin)
        .filter(|(_, line)| {
            let mut chars = line.chars();
            matches!((chars.next(), chars.next()), (Some('ア'..='ン' | 'a'..='z'), Some(')')))
        })
        .map(|(at, _)| at + 1)
        .collect();
    let measures: BTreeSet<usize> = document.measures.iter().map(|one| one.line).collect();
    assert!(measures.is_subset(&labelled));
    let groups: BTreeSet<&str> = document.measures.iter().map(|one| one.group.title.as_str()).collect();
    for line in labelled.difference(&measures) {
        let title = text.lines().nth(line - 1).unwrap().chars().skip(2).collect::<String>();
        assert!(groups.contains(title.trim()), "{line}: {title}");
    }
}

/// Every title and every text stands in the document letter by letter, with no footnote in between.
#[test]
fn nothing_is_invented() {
    let Some(text) = text() else { return };
    let document = document(&text);
    let without_notes: String = text.lines().filter(|line| !line.starts_with(['¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'])).collect();
    let whole = bare(&without_notes);
    for one in &document.measures {
        for part in [&one.title, &one.text, &one.heading, &one.group.title, &one.group.text] {
            assert!(whole.contains(&bare(part)), "{}: {part}", one.line);
        }
        if let Some(phrase) = &one.deadline {
            assert!(one.text.contains(phrase.as_str()), "{}: {phrase}", one.line);
        }
    }
    // What stands between two measures belongs to the first: no sentence of a list is lost.
    let sentences = |text: &str| text.matches('。').count();
    let kept: usize = document.measures.iter().map(|one| sentences(&one.text) + sentences(&one.heading)).sum();
    let lists: usize = lists(&text).iter().map(|list| sentences(list)).sum();
    let groups: BTreeSet<&str> = document.measures.iter().map(|one| one.group.text.as_str()).collect();
    assert_eq!(kept + groups.iter().map(|text| sentences(text)).sum::<usize>(), lists);
}

/// The lists of measures: from their mark to the last sentence before the next heading, chapter or section, found by eye once.
fn lists(text: &str) -> Vec<String> {
    /// Lines at which what follows a list begins: headings, which nothing but a reader knows.
    const AFTER: [usize; 40] = [
        309, 323, 343, 388, 402, 440, 478, 502, 516, 526, 538, 548, 588, 604, 619, 629, 639, 661, 669, 706, 748, 786, 811, 859, 917, 939, 965, 1071,
        1081, 1125, 1167, 1197, 1261, 1269, 1301, 1317, 1333, 1358, 1370, 1384,
    ];
    let lines: Vec<&str> = text.lines().collect();
    let marks = lines.iter().enumerate().filter(|(_, line)| line.trim() == "【具体的施策】").map(|(at, _)| at);
    marks
        .map(|at| {
            let end =
                AFTER.iter().copied().chain(lines.iter().enumerate().skip(1400).filter(|(_, line)| line.starts_with("第")).map(|(at, _)| at + 1));
            let end = end.filter(|end| *end > at + 1).min().unwrap_or(lines.len() + 1);
            lines[at + 1..end - 1].iter().filter(|line| !line.starts_with(['¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'])).copied().collect::<String>()
        })
        .collect()
}

#[test]
fn deadlines_mean_days() {
    let Some(text) = text() else { return };
    let document = document(&text);
    let due = |title: &str| {
        let one = document.measures.iter().find(|one| one.title == title).unwrap_or_else(|| panic!("{title}"));
        let due = one.due.clone().unwrap_or_else(|| panic!("{title}"));
        (one.deadline.clone().unwrap(), due.kind, due.from, due.to)
    };
    let day = |text: &str| Some(text.to_owned());
    assert_eq!(due("次世代の電子政府構築に向けた検討"), ("2007年度末までに".into(), Kind::By, None, day("2008-03-31")));
    assert_eq!(due("電子政府システムのIPv6対応化"), ("原則として2008年度までに".into(), Kind::By, None, day("2009-03-31")));
    assert_eq!(due("安全基準等の見直し"), ("2007年9月を目処に".into(), Kind::By, None, day("2007-09-30")));
    assert_eq!(due("情報セキュリティマネジメントに関する評価等"), ("2007年度上半期中に".into(), Kind::Within, day("2007-04-01"), day("2007-09-30")));
    assert_eq!(due("評価等の実施及び公表"), ("半年ごとに".into(), Kind::Recurring, None, None));
    assert_eq!(due("実施状況の把握及び継続的な見直しの実施").1, Kind::StartWithin);
}
