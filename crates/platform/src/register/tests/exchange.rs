//! Files in and out, through the actions and the router.

use formats::sheets::{Limits, OutCell, OutColumn, OutSheet, read_table, write_xlsx};

use super::filled;
use crate::base::actor::{Role, Scope};
use crate::base::lang::Lang;
use crate::register::actions::{Format, ImportReport, export, import};
use crate::register::plan::Noun;
use crate::register::store;
use crate::testing::Bench;

async fn take(bench: &Bench, bytes: &[u8], dry_run: bool) -> ImportReport {
    let mut work = bench.work().await;
    let report = import(&mut work, bytes, "file.csv", dry_run).await.unwrap();
    if report.written {
        work.commit().await.unwrap();
    }
    report
}

async fn out(bench: &Bench, format: Format, lang: Lang) -> Vec<u8> {
    export(&mut bench.app.db.read().await.unwrap(), &Scope::Everything, format, lang).await.unwrap()
}

fn counts(report: &ImportReport) -> (usize, usize, usize) {
    (report.added, report.changed, report.unchanged)
}

#[tokio::test]
async fn an_export_imports_unchanged_and_fills_an_empty_register() {
    let bench = Bench::new().await;
    filled(&bench).await;
    for lang in [Lang::Ja, Lang::En] {
        let whole = out(&bench, Format::Xlsx, lang).await;
        let report = take(&bench, &whole, false).await;
        assert_eq!(report.problems, []);
        assert_eq!(counts(&report), (0, 0, 10), "{lang:?}");
        let empty = Bench::empty().await;
        let report = take(&empty, &whole, false).await;
        assert_eq!((counts(&report), report.written), ((10, 0, 0), true), "{:?}", report.problems);
        assert_eq!(counts(&take(&empty, &whole, false).await), (0, 0, 10));
        for noun in Noun::ALL {
            let list = out(&bench, Format::Csv(noun), lang).await;
            assert_eq!(list, out(&empty, Format::Csv(noun), lang).await, "{noun:?}");
            let report = take(&bench, &list, true).await;
            assert_eq!((report.problems.len(), report.added, report.changed), (0, 0, 0), "{noun:?} {:?}", report.problems);
        }
    }
}

#[tokio::test]
async fn shift_jis_is_read_parents_may_follow_and_only_differences_change() {
    let bench = Bench::new().await;
    let text = "コード,上位の組織コード,種別,名称（日本語）,開始日\r\nka,kyoku,所管法人等,課,令和8年4月1日\r\nkyoku,moa,agency,局,2026/4/1\r\nmoa,centre,府省庁,甲省,2020-04-01\r\n";
    let (bytes, _, lossy) = encoding_rs::SHIFT_JIS.encode(text);
    assert!(!lossy);
    let report = take(&bench, &bytes, false).await;
    assert_eq!(counts(&report), (2, 0, 1), "{:?}", report.problems);
    let (moa, kyoku, ka) = (bench.organisation("moa").await, bench.organisation("kyoku").await, bench.organisation("ka").await);
    assert_eq!(ka.path, format!("{}{}/{}/", moa.path, kyoku.id, ka.id));
    // A column that is not in the file stays as it was.
    assert_eq!((moa.name_en.as_str(), ka.valid_from.as_str()), ("Ministry A", "2026-04-01"));
}

#[tokio::test]
async fn every_problem_has_its_place_and_nothing_changes() {
    let bench = Bench::new().await;
    filled(&bench).await;
    let before = out(&bench, Format::Csv(Noun::System), Lang::Ja).await;
    let header = "組織コード,システムコード,名称（日本語）,機密性,完全性,可用性,段階,更改予定日";
    let rows = ["moa,new-1,よい,1,1,1,運用,", "nowhere,new-2,所在不明,1,1,1,運用,", "moa,new-1,重複,1,1,1,運用,", "moa,new-3,=cmd,7,1,1,空想,来年"];
    let report = take(&bench, format!("{header}\n{}\n", rows.join("\n")).as_bytes(), false).await;
    assert!(!report.written && report.is_refused());
    let found: Vec<(u32, String, String)> =
        report.problems.iter().map(|problem| (problem.place.row.unwrap(), problem.place.column.clone().unwrap(), problem.code.to_string())).collect();
    for expected in [
        (3, "組織コード", "H1017"),
        (4, "システムコード", "H1014"),
        (5, "名称（日本語）", "H1015"),
        (5, "機密性", "H1025"),
        (5, "段階", "H0126"),
        (5, "更改予定日", "H0127"),
    ] {
        assert!(found.iter().any(|(row, column, code)| (*row, column.as_str(), code.as_str()) == expected), "{expected:?} in {found:?}");
    }
    assert_eq!(found.len(), 6, "{found:?}");
    assert!(report.problems.iter().all(|problem| !problem.remedy(Lang::Ja).is_empty() && !problem.remedy(Lang::En).is_empty()));
    assert_eq!(out(&bench, Format::Csv(Noun::System), Lang::Ja).await, before);
}

#[tokio::test]
async fn a_circle_is_refused_and_a_move_takes_the_subtree_along() {
    let bench = Bench::new().await;
    let header = "code,parent,kind,name_ja,valid_from\n";
    let report = take(&bench, format!("{header}moa,mob,ministry,甲省,2020-04-01\nmob,moa,ministry,乙省,2020-04-01\n").as_bytes(), false).await;
    assert_eq!(report.problems.iter().map(|problem| problem.code.as_ref()).collect::<Vec<_>>(), ["H1022", "H1022"]);
    let add = format!("{header}x1,moa,agency,庁,2020-04-01\nx2,x1,agency,部,2020-04-01\n");
    assert_eq!(counts(&take(&bench, add.as_bytes(), false).await), (2, 0, 0));
    bench.account("x2@example.test", Role::Ciso, "x2").await;
    let report = take(&bench, format!("{header}x1,mob,agency,庁,2020-04-01\n").as_bytes(), false).await;
    assert_eq!(counts(&report), (0, 1, 0));
    let (mob, x1, x2) = (bench.organisation("mob").await, bench.organisation("x1").await, bench.organisation("x2").await);
    assert_eq!(x2.path, format!("{}{}/{}/", mob.path, x1.id, x2.id));
    assert_eq!(bench.get_as("x2@example.test", &format!("/register/organisations/{}", x2.id)).await.status, 200);
}

#[tokio::test]
async fn what_lies_outside_the_reach_is_unknown() {
    let bench = Bench::new().await;
    filled(&bench).await;
    bench.account("ciso@example.test", Role::Ciso, "mob").await;
    let who = "ciso@example.test";
    let body = b"organisation,code,name_ja,confidentiality,integrity,availability\nmoa,taken-1,x,1,1,1\nmob,mail,x,1,1,1\n";
    let page = bench.upload_as(who, "/register/import?lang=en", "systems.csv", body, &[]).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("This organisation was not found") && page.body.contains("used elsewhere"), "{}", page.body);
    // Their own export comes back, and organisations are not theirs to add.
    let own = bench.get_as(who, "/register/export?format=xlsx").await;
    let page = bench.upload_as(who, "/register/import?lang=en", "register.xlsx", &own.bytes, &[]).await;
    assert!(page.status == 200 && page.body.contains("registered already"), "{}", page.body);
    let page =
        bench.upload_as(who, "/register/import?lang=en", "o.csv", b"code,parent,kind,name_ja,valid_from\nsub,mob,agency,x,2026-04-01\n", &[]).await;
    assert!(page.status == 422 && page.body.contains("You may not add or change"), "{}", page.body);
}

#[tokio::test]
async fn the_browser_previews_and_confirms() {
    let bench = Bench::new().await;
    bench.account("centre@example.test", Role::Evaluator, "centre").await;
    let who = "centre@example.test";
    let body = "組織コード,資産の種類,資産の名称,数\nmoa,公開ウェブサーバ,正面,4\n".as_bytes();
    let page = bench.upload_as(who, "/register/import", "assets.csv", body, &[]).await;
    assert!(page.status == 200 && page.body.contains("追加1件"), "{}", page.body);
    assert!(store::assets(&mut bench.app.db.read().await.unwrap(), &Scope::Everything).await.unwrap().is_empty());
    let hash = crate::base::audit::sha256(body);
    assert!(page.body.contains(&hash));
    for _ in 0..2 {
        // Sent twice, it is there once.
        assert_eq!(bench.post_as(who, "/register/import/confirm", &[("hash", &hash), ("name", "assets.csv")]).await.status, 303);
    }
    let assets = store::assets(&mut bench.app.db.read().await.unwrap(), &Scope::Everything).await.unwrap();
    assert_eq!(assets.iter().map(|one| (one.name.as_str(), one.count)).collect::<Vec<_>>(), [("正面", 4)]);
    assert_eq!(bench.post_as(who, "/register/import/confirm", &[("hash", "0"), ("name", "x")]).await.status, 404);
}

#[tokio::test]
async fn files_that_are_none_are_refused_with_a_remedy() {
    let bench = Bench::new().await;
    let whole = out(&bench, Format::Xlsx, Lang::Ja).await;
    let cut = &whole[..whole.len() / 2];
    for (bytes, code) in [
        (cut, "H0107"),
        (&b""[..], "H0102"),
        (&b"%PDF-1.7"[..], "H0103"),
        (&b"\x81\xff\xff\xfe\xa0 \x00"[..], "H0114"),
        (&b"just,some\ntext,here\n"[..], "H0121"),
        (&b"code,kind,name_ja\nx1,agency,x\n"[..], "H0122"),
        (&b"code,kind,name_ja,valid_from\nx1,agency,\"x\n"[..], "H0115"),
    ] {
        let report = take(&bench, bytes, false).await;
        assert!(!report.written && report.problems.iter().any(|problem| problem.code == code), "{code}: {:?}", report.problems);
        assert!(report.problems.iter().all(|problem| !problem.remedy(Lang::Ja).is_empty()));
    }
}

#[tokio::test]
async fn an_explanation_sheet_is_left_aside_and_said() {
    let bench = Bench::new().await;
    let sheet = |name: &str, rows: Vec<Vec<OutCell>>, columns: &[&str]| OutSheet {
        name: name.into(),
        lead: Vec::new(),
        columns: columns.iter().map(|name| OutColumn::new(*name)).collect(),
        rows,
    };
    let asset = vec![OutCell::from("moa"), OutCell::from("端末"), OutCell::from("事務用端末"), OutCell::from(800_i64)];
    let sheets = [
        sheet("説明", vec![vec![OutCell::from("記入例")]], &["使い方"]),
        sheet("資産一覧", vec![asset], &["組織コード", "資産の種類", "資産の名称", "数"]),
    ];
    let bytes = write_xlsx(&sheets, &[], Lang::Ja).unwrap();
    assert_eq!(read_table(&bytes, "x", &Limits::default()).unwrap().len(), 2);
    let report = take(&bench, &bytes, false).await;
    assert_eq!(counts(&report), (1, 0, 0));
    assert_eq!(report.problems.iter().map(|problem| (problem.code.as_ref(), problem.is_error())).collect::<Vec<_>>(), [("H1002", false)]);
}

#[tokio::test]
async fn programs_import_with_the_file_as_the_body() {
    let bench = Bench::new().await;
    bench.account("centre@example.test", Role::Evaluator, "centre").await;
    let cookie = bench.session("centre@example.test").await;
    let send = |query: &str, body: &'static str| {
        let request = axum::http::Request::post(format!("/api/v1/register/import?{query}")).header("cookie", cookie.clone());
        bench.send(request.body(axum::body::Body::from(body)).unwrap())
    };
    let body = "organisation,post,name\nmoa,ciso,責任花子\n";
    let dry: serde_json::Value = serde_json::from_str(&send("name=p.csv&dry_run=1", body).await.body).unwrap();
    assert_eq!((dry["written"].as_bool(), dry["added"].as_i64()), (Some(false), Some(1)), "{dry}");
    let real: serde_json::Value = serde_json::from_str(&send("name=p.csv", body).await.body).unwrap();
    assert_eq!((real["written"].as_bool(), real["added"].as_i64()), (Some(true), Some(1)), "{real}");
    let bad = send("name=p.csv", "organisation,post,name\nmoa,king,x\n").await;
    assert_eq!(bad.status, 422);
    let report: serde_json::Value = serde_json::from_str(&bad.body).unwrap();
    assert_eq!((report["problems"][0]["row"].as_i64(), report["problems"][0]["code"].as_str()), (Some(2), Some("H0126")), "{report}");
}
