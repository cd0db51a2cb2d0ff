//! Problems speak both languages and survive storage.

use super::{Named, Place, Problem, ProblemKind};
use crate::lang::Lang;

#[test]
fn a_problem_says_where_what_and_what_next() {
    let column = Named::new("名称", "Name");
    let place = Place::sheet("組織").row(12).column("名称");
    let problem = Problem::new(place, ProblemKind::EmptyCell { column });
    assert_eq!(problem.code, "H0125");
    assert_eq!(problem.message(Lang::Ja), "「組織」 12行目 「名称」: 「名称」が空です。");
    assert_eq!(problem.message(Lang::En), "“組織”, row 12, “名称”: “Name” is empty.");
    assert_eq!(problem.remedy(Lang::Ja), "値を入力してください。");
}

#[test]
fn a_problem_is_stored_and_read_back() {
    let own = Problem::custom("H1001", Place::nowhere().row(3), "知らない組織です。", "unknown organisation.", "登録してください。", "Register it.");
    let read: Problem = serde_json::from_str(&serde_json::to_string(&own).unwrap()).unwrap();
    assert_eq!(read, own);
    assert_eq!(read.message(Lang::En), "row 3: unknown organisation.");
    let report = serde_json::to_value(own.report(Lang::Ja)).unwrap();
    assert_eq!(report["row"], 3);
    assert_eq!(report["message"], "3行目: 知らない組織です。");
}

#[test]
fn a_size_over_the_limit_never_reads_as_the_limit() {
    let problem = Problem::new(Place::nowhere(), ProblemKind::FileTooLarge { bytes: (32 << 20) + 1, limit: 32 << 20 });
    assert_eq!(problem.message(Lang::En), "the file is too large (33 MiB, at most 32 MiB).");
}
