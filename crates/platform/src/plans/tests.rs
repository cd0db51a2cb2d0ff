//! The command from outside.

use super::cli;
use crate::base::area::{AloneCx, Terminal};
use crate::base::clock::{Clock, Entropy};
use crate::base::lang::Lang;

const PLAN: &str = "安全計画2007\n\n第3章 対策\n\n第1節 政府\n\n基準の見直し\n\n基準を見直す。\n\n【具体的施策】\n\nア)見直し(内閣官房及び全府省庁)\n\n2007年度中に見直す。\n";

async fn parse(content: &[u8], json: bool) -> u8 {
    crate::app::begin();
    let file = std::env::temp_dir().join(format!("hinomi-plan-{}-{json}-{}.txt", std::process::id(), content.len()));
    std::fs::write(&file, content).unwrap();
    let cx = AloneCx {
        clock: Clock::fixed("2026-07-01T00:00:00Z".parse().unwrap()),
        entropy: Entropy::seeded(7),
        terminal: Terminal { json, lang: Lang::Ja },
    };
    let matches = cli::command().try_get_matches_from(["plan".into(), "parse".into(), file.clone().into_os_string()]).unwrap();
    let code = cli::run(cx, matches).await.unwrap();
    std::fs::remove_file(file).unwrap();
    code
}

#[tokio::test]
async fn a_plan_is_read_without_a_database() {
    for json in [true, false] {
        assert_eq!(parse(PLAN.as_bytes(), json).await, 0);
        assert_eq!(parse(PLAN.replace("(内閣官房及び全府省庁)", "").as_bytes(), json).await, 1, "owners are to be settled");
        assert_eq!(parse("お知らせ\n".as_bytes(), json).await, 2);
        assert_eq!(parse(b"\xff", json).await, 2);
    }
}
