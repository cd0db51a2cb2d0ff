//! Measuring domains: how fast, and with how many questions, beside checkdmarc on the same testbed.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::ground::Ground;
use super::peers::{Testbed, python, script};
use super::program::timed;
use super::row::{Figure, Goal, Row};

/// Domains with quick answers, and with answers that take ten milliseconds.
const DOMAINS: usize = 200;
const SLOW: usize = 40;
const VERSION: &str = "6.0.4";
/// What checkdmarc looks at too.
const CHECKS: &str = "spf,dmarc,mx,mta-sts,tls-rpt,dnssec,caa";

/// What measuring one testbed took: seconds and DNS questions.
struct Took {
    seconds: f64,
    questions: usize,
}

/// Measures as the product does: the register is filled, a run is asked for, worked and stored.
fn ours(ground: &Ground, testbed: &mut Testbed, count: usize, name: &str) -> Result<Took> {
    let data = ground.path(name);
    std::fs::create_dir_all(&data)?;
    let file = |name: &str, content: &str| -> Result<String> {
        let path = data.join(name);
        std::fs::write(&path, content)?;
        Ok(path.display().to_string())
    };
    let vantage = file("vantage.json", &testbed.vantage)?;
    let domains: Vec<String> = serde_json::from_str(&testbed.domains)?;
    let assets: String = domains.iter().map(|domain| format!("org,domain,{domain},1\n")).collect();
    let organisations =
        file("organisations.csv", "Code,Parent code,Kind,Name (Japanese),Name (English),First day\norg,,ministry,計測省,Measured,2020-04-01\n")?;
    ground.program.verb(&data, &["register", "import", &organisations])?;
    ground.program.verb(&data, &["register", "import", &file("assets.csv", &format!("Organisation code,Asset kind,Asset name,Count\n{assets}"))?])?;
    let before = testbed.questions()?;
    let mut command = ground.program.command(&data, &["--json", "measure", "run", "--wait", "--check", CHECKS]);
    let (output, seconds) = timed(|| command.env("HINOMI_VANTAGE_FILE", &vantage).output().context("starting hinomi measure run"))?;
    let run: Value = serde_json::from_slice(&output.stdout).with_context(|| format!("measure run: {}", String::from_utf8_lossy(&output.stderr)))?;
    ensure!(run["done"] == count && run["state"] == "done", "the run came out otherwise: {run}");
    Ok(Took { seconds, questions: testbed.questions()? - before })
}

fn theirs(testbed: &mut Testbed, count: usize) -> Result<Took> {
    let before = testbed.questions()?;
    let found = script(&python("checkdmarc", VERSION)?, "by_checkdmarc.py", &[&testbed.vantage, &testbed.domains])?;
    ensure!(found["results"].as_array().is_some_and(|all| all.len() == count), "checkdmarc gave other domains");
    Ok(Took { seconds: found["seconds"].as_f64().context("its seconds")?, questions: testbed.questions()? - before })
}

/// The rows of measuring.
pub fn probes(ground: &Ground) -> Result<Vec<Row>> {
    let mut quick = Testbed::start(&["domains", &DOMAINS.to_string(), "0"])?;
    let (we, they) = (ours(ground, &mut quick, DOMAINS, "probes")?, theirs(&mut quick, DOMAINS)?);
    let mut slow = Testbed::start(&["domains", &SLOW.to_string(), "10"])?;
    let (we_slow, they_slow) = (ours(ground, &mut slow, SLOW, "probes-slow")?, theirs(&mut slow, SLOW)?);
    let beside = "checkdmarc 6.0.4";
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
    ])
}
