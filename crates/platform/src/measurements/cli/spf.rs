//! `hinomi spf check`: may this address send mail in this name, and how was that found out.

use std::net::IpAddr;

use clap::{Arg, ArgMatches, Command, value_parser};
use engine::judge::{Cost, Evaluated, Evaluation, Outcome, Rules, Sender, cost, evaluate};
use formats::evidence::Target;
use probe::{Budget, Prober};
use serde::Serialize;

use crate::base::area::AloneCx;
use crate::base::error::Result;

/// Questions of one evaluation at most: ten terms, each with ten names, and the records themselves (RFC 7208 4.6.4).
const MOST_QUERIES: usize = 250;

/// Its arguments.
pub fn command() -> Command {
    let text = |name: &'static str, value: &'static str| Arg::new(name).long(name).value_name(value);
    Command::new("spf").subcommand_required(true).arg_required_else_help(true).subcommand(
        Command::new("check")
            .arg(text("ip", "IP").required(true).value_parser(value_parser!(IpAddr)))
            .arg(text("sender", "ADDRESS").required(true))
            .arg(text("helo", "NAME").required(true))
            .arg(text("receiver", "NAME").default_value("unknown"))
            .arg(super::resolver())
            .arg(super::vantage_file()),
    )
}

/// Evaluates. Exit code 1: anything but a pass.
pub async fn run(cx: AloneCx, m: ArgMatches) -> Result<u8> {
    let Some(("check", m)) = m.subcommand() else { return Ok(2) };
    let Some(ip) = m.get_one::<IpAddr>("ip").copied() else { return Ok(2) };
    let text = |name: &str| m.get_one::<String>(name).cloned().unwrap_or_default();
    let budget = Budget { max_queries_per_domain: MOST_QUERIES, ..Budget::default() };
    let prober = Prober::new(super::vantage(m)?, budget, u64::from_le_bytes(cx.entropy.bytes()));
    let sender = Sender { ip, sender: text("sender"), helo: text("helo") };
    let (rules, receiver) = (Rules::baseline(), text("receiver"));
    // The sender's domain is all that is asked about; it is no target of the register.
    let mut visit = prober.visit(&Target::new(&sender.sender), cx.clock.now().as_second());
    let found = visit.settle(|evidence| evaluate(evidence, &rules, &sender, &receiver)).await;
    // Whoever mends the record wants to know what it costs all senders together, not just this one.
    let domain = sender.sender.rsplit_once('@').map_or(sender.helo.as_str(), |(_, domain)| domain);
    let cost = visit.settle(|evidence| cost(evidence, &rules, domain)).await;
    let checked = Checked { evaluation: &found, cost };
    cx.print(&checked, || shown(&cx, &checked))?;
    Ok(u8::from(found.result != Outcome::Pass))
}

/// The evaluation of one sender, and the cost of the record for all.
#[derive(Serialize)]
struct Checked<'a> {
    #[serde(flatten)]
    evaluation: &'a Evaluation,
    #[serde(rename = "static")]
    cost: Option<Cost>,
}

fn shown(cx: &AloneCx, checked: &Checked<'_>) -> String {
    let found = checked.evaluation;
    let mut lines = vec![cx.t(&format!("measurements-spf-{}", serde_json::to_value(found.result).unwrap_or_default().as_str().unwrap_or_default()))];
    let problem = found.problem.as_ref().map(|one| one.text.get(cx.lang).to_owned());
    lines.extend(problem);
    if let Some(explanation) = &found.explanation {
        lines.push(cx.tv("measurements-spf-explanation", &[("text", explanation.clone())]));
    }
    lines.push(cx.tv("measurements-spf-cost", &[("lookups", found.lookups.to_string()), ("void", found.void_lookups.to_string())]));
    let line = |term: &Evaluated| {
        let indent = "  ".repeat(term.depth as usize + 1);
        let void = if term.void_lookups.is_empty() { String::new() } else { format!(" ({})", term.void_lookups.join(", ")) };
        let mark = if term.matched { "*" } else { " " };
        format!("{mark}{indent}{} [{}] {} / {}{void}", term.term, term.domain, term.lookups, term.void_lookups.len())
    };
    lines.extend(found.terms.iter().map(line));
    if let Some(cost) = &checked.cost {
        let terms = cost.terms.iter().map(|one| format!("{} {}", one.term, one.lookups)).collect::<Vec<_>>().join(", ");
        lines.push(cx.tv("measurements-spf-static", &[("lookups", cost.lookups.to_string()), ("terms", terms)]));
    }
    lines.join("\n")
}
