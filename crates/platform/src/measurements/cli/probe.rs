//! `hinomi probe NAME`: measures one domain at the terminal.

use clap::{Arg, ArgAction, ArgMatches, Command};
use engine::facts::{Check, Verdict};
use engine::judge::{Judgement, Profile, Rules};
use engine::words::Words;
use formats::dns::name_of;
use formats::evidence::{Allowed, Evidence, Selector, Target};
use probe::Prober;
use serde::Serialize;

use crate::base::area::AloneCx;
use crate::base::config::ProbeConfig;
use crate::base::error::{Error, Result};
use crate::measurements::{homepages, jobs};

/// Its arguments.
pub fn command() -> Command {
    let checks = Check::ALL.iter().map(|check| check.as_str());
    Command::new("probe")
        .arg(Arg::new("name").value_name("NAME").required(true))
        .arg(super::resolver())
        .arg(super::vantage_file())
        .arg(
            Arg::new("check")
                .long("check")
                .value_name("CHECK")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .value_parser(clap::builder::PossibleValuesParser::new(checks)),
        )
        .arg(Arg::new("suffix").long("suffix").value_name("SUFFIX").action(ArgAction::Append).value_delimiter(','))
        .arg(Arg::new("dkim-selector").long("dkim-selector").value_name("SELECTOR").action(ArgAction::Append).value_delimiter(','))
        .arg(super::profile().default_value(Profile::Recommended.as_str()))
        .arg(Arg::new("homepage").long("homepage").action(ArgAction::SetTrue).conflicts_with_all(["check", "suffix", "no-web"]))
        .arg(Arg::new("no-web").long("no-web").action(ArgAction::SetTrue))
        .arg(Arg::new("allow-private").long("allow-private").env("HINOMI_ALLOW_PRIVATE").action(ArgAction::SetTrue))
}

/// Measures, and prints the observations. Exit code 1: something is not met; 2: nothing could be measured.
pub async fn run(cx: AloneCx, m: ArgMatches) -> Result<u8> {
    let domain = m.get_one::<String>("name").cloned().unwrap_or_default();
    if name_of(&domain).is_none() {
        return Err(Error::invalid("name", "measurements-error-name"));
    }
    let mut vantage = super::vantage(&m)?;
    vantage.allow_private |= m.get_flag("allow-private");
    if m.get_flag("homepage") {
        let prober = Prober::new(vantage, ProbeConfig::default().budget, u64::from_le_bytes(cx.entropy.bytes()));
        return homepages::cli::probe(&cx, &prober, &domain).await;
    }
    let suffixes: Vec<String> = m.get_many::<String>("suffix").into_iter().flatten().cloned().collect();
    let asked: Vec<&str> = m.get_many::<String>("check").into_iter().flatten().map(String::as_str).collect();
    let wanted =
        |check: &Check| if asked.is_empty() { *check != Check::DomainSuffix || !suffixes.is_empty() } else { asked.contains(&check.as_str()) };
    let checks: Vec<Check> = Check::ALL.iter().copied().filter(wanted).collect();
    let allow = Allowed { suffixes: suffixes.clone(), version: "terminal".to_owned() };
    let selectors = m.get_many::<String>("dkim-selector").into_iter().flatten().map(Selector::registered).collect();
    let target = Target { domain, web_server: !m.get_flag("no-web"), allow, selectors };
    let prober = Prober::new(vantage, ProbeConfig::default().budget, u64::from_le_bytes(cx.entropy.bytes()));
    let rules = Rules::of(m.get_one::<String>("profile").and_then(|text| Profile::parse(text)).unwrap_or_default());
    let found = jobs::visit(&prober, &target, &checks, &rules, cx.clock.now().as_second()).await;
    let document: Vec<Observed<'_>> = found.iter().map(|(judgement, evidence)| Observed { judgement, evidence }).collect();
    cx.print(&document, || found.iter().map(|(judgement, evidence)| shown(&cx, judgement, evidence)).collect::<Vec<_>>().join("\n\n"))?;
    let any = |verdict| found.iter().any(|(judgement, _)| judgement.verdict == verdict);
    let nothing = found.iter().all(|(judgement, _)| judgement.verdict == Verdict::CouldNotMeasure);
    Ok(if any(Verdict::NotMet) { 1 } else { u8::from(nothing) * 2 })
}

/// One observation as JSON: the judgement, and beside it what it rests on.
#[derive(Serialize)]
struct Observed<'a> {
    #[serde(flatten)]
    judgement: &'a Judgement,
    evidence: &'a Evidence,
}

fn shown(cx: &AloneCx, one: &Judgement, evidence: &Evidence) -> String {
    let pick = |text: &Words| text.get(cx.lang).to_owned();
    let verdict = cx.t(&format!("measurements-verdict-{}", one.verdict.as_str()));
    let mut lines = vec![format!("{} {}: {verdict}", evidence.target.domain, one.check.as_str()), pick(&one.reason.text)];
    lines.extend(one.notes.iter().map(|note| pick(&note.text)));
    let mut pairs = vec![("measurements-observed", pick(&one.observed))];
    // What to do is of interest where something is to be done.
    if one.verdict == Verdict::NotMet {
        pairs.extend([
            ("measurements-expected", pick(&one.expected)),
            ("measurements-remedy-line", one.remedy.clone()),
            ("measurements-who", pick(&one.who)),
        ]);
    }
    pairs.push(("measurements-command", one.command.clone()));
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(label, text)| (*label, text.as_str())).collect();
    lines.extend(super::labelled(cx, &pairs));
    lines.join("\n")
}
