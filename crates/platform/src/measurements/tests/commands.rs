//! The command line: what a script gives and which exit code it gets.

use probe::testbed::{Dmarc, Zone};

use super::{bench_on, latest, register, testbed};
use crate::base::actor::Actor;
use crate::base::area::{AloneCx, CliCx, Terminal};
use crate::base::clock::{Clock, Entropy};
use crate::base::error::Result;
use crate::base::lang::Lang;
use crate::measurements::{cli, store};
use crate::testing::Bench;

async fn hinomi(bench: &Bench, line: &str) -> Result<u8> {
    let cx = CliCx { app: bench.app.clone(), actor: Actor::operator("cli"), terminal: Terminal { json: true, lang: Lang::En } };
    let words = std::iter::once("measure").chain(line.split(' '));
    cli::measure::run(cx, cli::measure::command().try_get_matches_from(words).unwrap()).await
}

#[tokio::test]
async fn a_script_measures_reads_and_sets() {
    let testbed = testbed(&[Zone::good("a.go.jp"), Zone { dmarc: Dmarc::None, ..Zone::good("b.go.jp") }]).await;
    let bench = bench_on(&testbed).await;
    register(&bench, "moa", "a.go.jp").await;
    register(&bench, "mob", "b.go.jp").await;
    assert_eq!(hinomi(&bench, "run --organisation moa --wait").await.unwrap(), 0);
    assert_eq!(hinomi(&bench, "run --organisation mob --check spf,dmarc --wait").await.unwrap(), 1, "something is not met");
    assert_eq!(latest(&bench).await.len(), engine::facts::Check::ALL.len() + 2);
    assert_eq!(hinomi(&bench, "run --check nonsense").await.unwrap_err().status(), 422);
    // What regressed is told before the command ends.
    bench.account("ciso@example.test", crate::base::actor::Role::Ciso, "moa").await;
    testbed.change(Zone { dmarc: Dmarc::None, ..Zone::good("a.go.jp") }).unwrap();
    bench.set_time("2026-04-02T00:00:00Z");
    assert_eq!(hinomi(&bench, "run --organisation moa --check dmarc --wait").await.unwrap(), 1);
    assert_eq!(crate::base::mail::waiting(&mut bench.app.db.read().await.unwrap(), 10).await.unwrap().len(), 1);
    testbed.change(Zone::good("a.go.jp")).unwrap();
    bench.set_time("2026-04-03T00:00:00Z");
    assert_eq!(hinomi(&bench, "run --organisation moa --check dmarc --wait").await.unwrap(), 0);
    let weak = latest(&bench).await.into_iter().find(|one| one.verdict.as_str() == "not-met").unwrap();
    assert_eq!(hinomi(&bench, &format!("show {}", weak.id)).await.unwrap(), 1);
    for line in [
        "list --verdict not-met",
        "export --check dmarc",
        "overview",
        "runs",
        "schedule --hour 5",
        "rules --suffix ministry=go.jp,example.jp --max-age-days 7 --profile exception",
        "rules --profile recommended",
    ] {
        assert_eq!(hinomi(&bench, line).await.unwrap(), 0, "{line}");
    }
    let set = store::settings(&mut bench.app.db.read().await.unwrap()).await.unwrap();
    assert_eq!((set.schedule.hour, set.max_age_days, set.suffixes.of("ministry").len(), set.suffixes.of("agency").len()), (Some(5), 7, 2, 1));
    assert_eq!(hinomi(&bench, "schedule --off").await.unwrap(), 0);
    assert_eq!(hinomi(&bench, "rejudge --check spf --wait").await.unwrap(), 0, "nothing is judged otherwise");
    assert_eq!(hinomi(&bench, "run").await.unwrap(), 0, "only asked for");
    let runs = store::runs(&mut bench.app.db.read().await.unwrap(), &crate::base::actor::Scope::Everything, 10).await.unwrap();
    let waiting = runs.into_iter().find(|run| !run.state.is_over()).unwrap();
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

fn alone(json: bool) -> AloneCx {
    let clock = Clock::fixed("2026-07-01T00:00:00Z".parse().unwrap());
    AloneCx { clock, entropy: Entropy::seeded(7), terminal: Terminal { json, lang: Lang::Ja } }
}

#[tokio::test]
async fn one_domain_is_measured_without_a_database() {
    let testbed = testbed(&[Zone::good("a.go.jp"), Zone { dmarc: Dmarc::None, ..Zone::good("b.go.jp") }]).await;
    for json in [true, false] {
        for (line, code) in [
            ("a.go.jp --check spf,dmarc,mx --allow-private", 0),
            ("a.go.jp --check mx", 1),
            ("b.go.jp --check dmarc", 1),
            ("a.go.jp --check domain-suffix --suffix lg.jp", 1),
        ] {
            let line = format!("probe {line} --resolver {}", testbed.dns);
            let matches = cli::probe::command().try_get_matches_from(line.split(' ')).unwrap();
            assert_eq!(cli::probe::run(alone(json), matches).await.unwrap(), code, "{line}");
        }
    }
    let wrong = cli::probe::command().try_get_matches_from(["probe", "no name"]).unwrap();
    assert_eq!(cli::probe::run(alone(true), wrong).await.unwrap_err().status(), 422);
}

#[tokio::test]
async fn one_sender_is_checked_without_a_database() {
    let testbed = testbed(&[Zone::good("a.go.jp")]).await;
    for json in [true, false] {
        for (ip, sender, code) in [("192.0.2.7", "someone@a.go.jp", 0), ("203.0.113.9", "someone@a.go.jp", 1), ("192.0.2.7", "x@nowhere.go.jp", 1)] {
            let resolver = testbed.dns.to_string();
            let words = ["spf", "check", "--ip", ip, "--sender", sender, "--helo", "mx.example", "--resolver", &resolver];
            let matches = cli::spf::command().try_get_matches_from(words).unwrap();
            assert_eq!(cli::spf::run(alone(json), matches).await.unwrap(), code, "{sender}");
        }
    }
}
