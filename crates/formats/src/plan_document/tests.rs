//! Documents as offices print them.

use super::*;
use crate::lang::Lang;

fn parsed(text: &str) -> (Document, Vec<Problem>) {
    read(text.as_bytes(), "plan.txt", &Limits::default()).unwrap()
}

fn codes(problems: &[Problem]) -> Vec<(&str, u32)> {
    problems.iter().map(|problem| (&*problem.code, problem.place.row.unwrap_or_default())).collect()
}

const SMALL: &str = "\
安全計画2007

目次

第1章\t対策\t
第1節\t政府\t12

第1章 対策

この章では、対策を述べる。

第1節 政府

ア 政府機関

次の施策を推進する。

基準の見直し

基準¹は毎年見直すものとする。

【具体的施策】

ア)見直しの実施(内閣官房)

2007年度においても見直しを行う。その際には、起きた障害についても分析を行

¹ 「基準」とは、統一の基準を指す。

い、その結果を反映する。

イ) 定着

a) 組織での定着(CIO)の支援(内閣

官房及び全府省庁)

2007年度中に定着を図る。

第1節 政府

b) 評価等¹の実施
(内閣官房及び総務省)【再掲】

次のどちらかを行うものとする。

一つ目の方法を選択すること

- 1)別の方法を選択すること

育成の体系化

育成を推進する。

第2節 企業

【具体的施策】

ア)定着の支援(経済産業省)
【再掲】

支援する。
";

#[test]
fn what_pages_tear_apart_is_put_together() {
    let (document, problems) = parsed(SMALL);
    assert_eq!(document.title, "安全計画2007");
    let seen: Vec<_> = document.measures.iter().map(|one| (one.label.as_str(), one.title.as_str(), one.section, one.heading.as_str())).collect();
    assert_eq!(
        seen,
        [("ア", "見直しの実施", 1, "基準の見直し"), ("イ-a", "組織での定着(CIO)の支援", 1, "基準の見直し"), ("ア", "定着の支援", 2, "")],
        "a section that is printed twice ends the list: {problems:#?}"
    );
    let first = &document.measures[0];
    assert_eq!(first.text, "2007年度においても見直しを行う。その際には、起きた障害についても分析を行い、その結果を反映する。");
    assert_eq!(first.headings, ["ア 政府機関", "基準の見直し"]);
    assert_eq!(document.measures[1].owners, ["内閣官房", "全府省庁"]);
    assert_eq!(document.measures[1].group.title, "定着");
    assert_eq!(document.measures[1].deadline.as_deref(), Some("2007年度中に"));
    assert!(document.measures[2].relisted && document.measures[2].relists.is_none());
    assert_eq!(codes(&problems), [("H0606", 59)]);
}

#[test]
fn headings_without_labels_end_a_list_and_points_do_not() {
    let (document, problems) = parsed(&SMALL.replace("第1節 政府\n\nb)", "b)"));
    assert_eq!(document.measures[2].title, "評価等の実施");
    assert_eq!(document.measures[2].text, "次のどちらかを行うものとする。\n一つ目の方法を選択すること\n- 1)別の方法を選択すること");
    assert_eq!((document.measures[2].owners.len(), document.measures[2].relisted), (2, true));
    assert_eq!(codes(&problems).len(), 2);
}

#[test]
fn what_cannot_be_decided_is_told_with_its_line() {
    let text = "第1章 対策\n\n【具体的施策】\n\nア)育成(仮称)\n\n育成する。\n\nウ)評価(総務省)\n\nエ)評価(総務省)\n\n評価する。\n\nオ)評価(総務省)【再掲】\n\n評価する。\n";
    let (document, problems) = parsed(text);
    assert_eq!(document.measures.len(), 4);
    assert_eq!(codes(&problems), [("H0603", 5), ("H0605", 9), ("H0604", 9), ("H0607", 15)]);
    for lang in [Lang::Ja, Lang::En] {
        assert!(problems.iter().all(|problem| !problem.message(lang).is_empty() && !problem.remedy(lang).is_empty()));
    }
    assert_eq!(codes(&parsed("何もない。").1), [("H0601", 1)]);
}

#[test]
fn limits_hold() {
    let refused = |bytes: &[u8], limits: &Limits| read(bytes, "x", limits).unwrap_err().code.into_owned();
    assert_eq!(refused(b"a\nb\nc", &Limits { lines: 2, ..Limits::default() }), "H0109");
    assert!(!refused(b"\xff\xfe", &Limits::default()).is_empty());
    assert!(!refused(b" \n", &Limits::default()).is_empty());
    assert!(!refused(b"abc", &Limits { bytes: 2, ..Limits::default() }).is_empty());
    let (document, problems) = read(SMALL.as_bytes(), "x", &Limits { measures: 1, ..Limits::default() }).unwrap();
    assert_eq!((document.measures.len(), codes(&problems)[0].0), (1, "H0602"));
}
