//! The command line: what a script gives and which exit code it gets.

use probe::testbed::{Dmarc, Zone};

use super::{bench_on, latest, register, testbed};
use crate::base::actor::Actor;
use crate::base::area::CliCx;
use crate::base::error::Result;
use crate::base::lang::Lang;
use crate::measurements::{cli, store};
use crate::testing::Bench;

async fn hinomi(bench: &Bench, line: &str) -> Result<u8> {
    let cx = CliCx { app: bench.app.clone(), actor: Actor::operator("cli"), json: true, lang: Lang::En };
    let words = std::iter::once("measure").chain(line.split(' '));
    cli::run(cx, cli::command().try_get_matches_from(words).unwrap()).await
}

#[tokio::test]
async fn a_script_measures_reads_and_sets() {
    let testbed = testbed(&[Zone::good("a.go.jp"), Zone { dmarc: Dmarc::None, ..Zone::good("b.go.jp") }]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    register(&bench, "mob", "b.go.jp").await;
    assert_eq!(hinomi(&bench, "run --organisation moa --wait").await.unwrap(), 0);
    assert_eq!(hinomi(&bench, "run --organisation mob --check spf,dmarc --wait").await.unwrap(), 1, "something is not met");
    assert_eq!(latest(&bench).await.len(), 7 + 2);
    assert_eq!(hinomi(&bench, "run --check dkim").await.unwrap_err().status(), 422);
    let weak = latest(&bench).await.into_iter().find(|one| one.verdict.as_str() == "not-met").unwrap();
    assert_eq!(hinomi(&bench, &format!("show {}", weak.id)).await.unwrap(), 1);
    for line in ["list --verdict not-met", "overview", "runs", "schedule --hour 5", "rules --suffix ministry=go.jp,example.jp --max-age-days 7"] {
        assert_eq!(hinomi(&bench, line).await.unwrap(), 0, "{line}");
    }
    let set = store::settings(&mut bench.app.db.read().await.unwrap()).await.unwrap();
    assert_eq!((set.schedule.hour, set.max_age_days, set.suffixes.of("ministry").len(), set.suffixes.of("agency").len()), (Some(5), 7, 2, 1));
    assert_eq!(hinomi(&bench, "schedule --off").await.unwrap(), 0);
    assert_eq!(hinomi(&bench, "run").await.unwrap(), 0, "only asked for");
    let waiting = store::runs(&mut bench.app.db.read().await.unwrap(), &crate::base::actor::Scope::Everything, 1).await.unwrap().remove(0);
    assert_eq!(hinomi(&bench, &format!("cancel {}", waiting.id)).await.unwrap(), 0);
}

#[tokio::test]
async fn a_script_imports_after_a_look() {
    let testbed = testbed(&[Zone::good("a.go.jp")]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    let file = bench.app.config.data.join("scan.csv");
    std::fs::write(&file, "target,check,verdict,time\na.go.jp,spf,Pass,2026-03-31 09:00\n").unwrap();
    for (line, count) in [("import --dry-run", 0), ("import", 1), ("import", 1)] {
        assert_eq!(hinomi(&bench, &format!("{line} {}", file.display())).await.unwrap(), 0);
        assert_eq!(latest(&bench).await.len(), count, "{line}");
    }
    std::fs::write(&file, "target,check,verdict,time\nx.example,spf,Pass,2026-03-31 09:00\n").unwrap();
    assert_eq!(hinomi(&bench, &format!("import {}", file.display())).await.unwrap(), 1);
    assert_eq!(hinomi(&bench, "import nowhere.csv").await.unwrap_err().status(), 422);
}
