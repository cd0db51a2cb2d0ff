//! Measuring domains: how fast, and with how many questions, beside checkdmarc on the same testbed.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::ground::Ground;
use super::program::timed;
use super::row::{Figure, Goal, Row};
use crate::peers::ours::Ours;
use crate::peers::programs::{Built, CHECKDMARC, SSLYZE, Testbed, printed};
use crate::peers::tls::{Endpoints, MOST};

/// Domains with quick answers, and with answers that take ten milliseconds.
const DOMAINS: usize = 200;
const SLOW: usize = 40;
/// Domains that wait in one run, and how many of them are done before its memory is read.
const QUEUED: usize = 10_000;
const ENOUGH: u64 = 2_000;
/// What checkdmarc looks at too.
const CHECKS: &str = "spf,dmarc,mx,mta-sts,tls-rpt,dnssec,caa";

/// What measuring one testbed took: seconds and DNS questions.
struct Took {
    seconds: f64,
    questions: usize,
}

/// A data directory with the testbed's domains in its register, and the file of the place to measure them from.
fn registered(ground: &Ground, testbed: &Testbed, name: &str) -> Result<(PathBuf, String)> {
    let data = ground.path(name);
    std::fs::create_dir_all(&data)?;
    let file = |name: &str, content: &str| -> Result<String> {
        let path = data.join(name);
        std::fs::write(&path, content)?;
        Ok(path.display().to_string())
    };
    let vantage = file("vantage.json", &testbed.vantage)?;
    let assets: String = testbed.names()?.iter().map(|domain| format!("org,domain,{domain},1\n")).collect();
    let organisations =
        file("organisations.csv", "Code,Parent code,Kind,Name (Japanese),Name (English),First day\norg,,ministry,計測省,Measured,2020-04-01\n")?;
    ground.program.verb(&data, &["register", "import", &organisations])?;
    ground.program.verb(&data, &["register", "import", &file("assets.csv", &format!("Organisation code,Asset kind,Asset name,Count\n{assets}"))?])?;
    Ok((data, vantage))
}

/// Measures as the product does: the register is filled, a run is asked for, worked and stored.
fn ours(ground: &Ground, testbed: &mut Testbed, count: usize, name: &str) -> Result<Took> {
    let (data, vantage) = registered(ground, testbed, name)?;
    let (before, _) = testbed.counts()?;
    let mut command = ground.program.command(&data, &["--json", "measure", "run", "--wait", "--check", CHECKS]);
    let (output, seconds) = timed(|| command.env("HINOMI_VANTAGE_FILE", &vantage).output().context("starting hinomi measure run"))?;
    let run: Value = serde_json::from_slice(&output.stdout).with_context(|| format!("measure run: {}", String::from_utf8_lossy(&output.stderr)))?;
    ensure!(run["done"] == count && run["state"] == "done", "the run came out otherwise: {run}");
    Ok(Took { seconds, questions: testbed.counts()?.0 - before })
}

fn theirs(testbed: &mut Testbed, count: usize) -> Result<Took> {
    let (before, _) = testbed.counts()?;
    let found = printed(&CHECKDMARC.install()?, "by_checkdmarc.py", &["time", &testbed.vantage, &testbed.domains])?;
    ensure!(found["results"].as_array().is_some_and(|all| all.len() == count), "checkdmarc gave other domains");
    Ok(Took { seconds: found["seconds"].as_f64().context("its seconds")?, questions: testbed.counts()?.0 - before })
}

/// The memory of a server at its highest, after it measured up to [`ENOUGH`] of `count` domains of one run.
fn memory(ground: &Ground, count: usize) -> Result<u64> {
    let testbed = Testbed::start(Built::ForSpeed, &["domains", &count.to_string(), "0"])?;
    let (data, vantage) = registered(ground, &testbed, &format!("probes-{count}"))?;
    let server = ground.program.serve_from(&data, &vantage)?;
    let run = ground.program.verb(&data, &["measure", "run", "--check", CHECKS])?;
    let id = run["id"].as_str().context("the run's id")?.to_owned();
    let done = loop {
        let runs = ground.program.verb(&data, &["measure", "runs"])?;
        let done = runs[0]["done"].as_u64().context("how many are done")?;
        match runs[0]["state"].as_str() {
            Some("waiting" | "running") if done < ENOUGH => std::thread::sleep(Duration::from_millis(500)),
            Some("waiting" | "running") => {
                ground.program.verb(&data, &["measure", "cancel", &id])?;
                break done;
            }
            _ => break done,
        }
    };
    ensure!(done >= ENOUGH.min(count as u64), "only {done} of {count} domains were measured");
    let (_, highest) = server.memory()?;
    eprintln!("   {done} of {count} measured, {} at the highest", Figure::Size(highest).text());
    server.stop()?;
    Ok(highest)
}

/// An inventory of each kind of endpoint: the most connections of ours, and of theirs.
fn connections(ground: &Ground) -> Result<(usize, usize)> {
    let python = SSLYZE.install()?;
    let ours = Ours::new(ground.program.path(), &ground.path("probes-tls"))?;
    let mut endpoints = Endpoints::start(&python, &ours, Built::ForSpeed, false)?;
    Ok((endpoints.ours(&ours)?.1, endpoints.theirs(&python)?.1))
}

/// The rows of measuring.
pub fn probes(ground: &Ground) -> Result<Vec<Row>> {
    let mut quick = Testbed::start(Built::ForSpeed, &["domains", &DOMAINS.to_string(), "0"])?;
    let (we, they) = (ours(ground, &mut quick, DOMAINS, "probes")?, theirs(&mut quick, DOMAINS)?);
    let mut slow = Testbed::start(Built::ForSpeed, &["domains", &SLOW.to_string(), "10"])?;
    let (we_slow, they_slow) = (ours(ground, &mut slow, SLOW, "probes-slow")?, theirs(&mut slow, SLOW)?);
    let beside = CHECKDMARC.name;
    let (we_connect, they_connect) = connections(ground)?;
    let (few, many) = (memory(ground, DOMAINS)?, memory(ground, QUEUED)?);
    Ok(vec![
        Row {
            what: format!("{DOMAINS} domains measured and stored (DNS and mail)"),
            figure: Figure::Time(we.seconds),
            beside: (beside, Figure::Time(they.seconds)),
            goal: Goal::Below(Figure::Time(DOMAINS as f64 / 100.0)),
            why: "`hinomi measure run --wait` from the start of the program until everything is stored, for the checks that both make, on a \
                  testbed of which 70 domains are signed, 100 unsigned, 10 islands, 10 expired and 10 have a wrong DS. The goal is a hundred \
                  domains a second.",
        },
        Row {
            what: "DNS questions for each of them".to_owned(),
            figure: Figure::Count(we.questions.div_ceil(DOMAINS)),
            beside: (beside, Figure::Count(they.questions.div_ceil(DOMAINS))),
            goal: Goal::Below(Figure::Count(21)),
            why: "Counted by the testbed, repeated questions included.",
        },
        Row {
            what: format!("{SLOW} domains whose DNS answers take 10 ms"),
            figure: Figure::Time(we_slow.seconds),
            beside: (beside, Figure::Time(they_slow.seconds)),
            goal: Goal::Below(Figure::Time(SLOW as f64 / 40.0)),
            why: "Most answers of the Internet come from further away than loopback; who asks one domain after the other waits. The goal is \
                  forty domains a second.",
        },
        Row {
            what: "connections of a TLS inventory, the dearest endpoint".to_owned(),
            figure: Figure::Count(we_connect),
            beside: (SSLYZE.name, Figure::Count(they_connect)),
            goal: Goal::Below(Figure::Count(MOST + 1)),
            why: "Versions, suites, groups and certificates of each endpoint of the testbed, one of which has every suite there is; counted by the \
                  testbed. The peer looks at the same and at curves one by one; servers and their guards notice hundreds of handshakes.",
        },
        Row {
            what: format!("memory while {QUEUED} names are queued and measured"),
            figure: Figure::Size(many),
            beside: ("the same with 200 names", Figure::Size(few)),
            goal: Goal::Times(2.0),
            why: "The peak (VmHWM) of the server that measures, after two thousand of them, when the run is called off. A name that waits may \
                  cost no more than its line in a list: a country has more of them than a ministry.",
        },
    ])
}
