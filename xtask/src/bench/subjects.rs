//! What is measured, in the order of a cycle: start, answers in, rates, evaluation, comparison, memory.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::government::{ANSWERS, ORGANISATIONS};
use super::ground::{CYCLE, Ground};
use super::probes::probes;
use super::program::{floors, median, timed};
use super::row::{Figure, Goal, Row};

/// A subject: its name for `--only`, and what measures it.
pub type Subject = (&'static str, fn(&Ground) -> Result<Vec<Row>>);

/// Every subject.
pub const SUBJECTS: &[Subject] = &[
    ("http", http),
    ("xlsx", xlsx),
    ("rates", rates),
    ("evaluation", evaluation),
    ("pages", pages),
    ("start", start),
    ("memory", memory),
    ("probes", probes),
];

/// Seconds that SQLite alone needs to insert all answers, `each` in a transaction.
fn bare_insert(ground: &Ground, each: usize) -> Result<f64> {
    let file = ground.path("bare.sqlite").display().to_string();
    let [seconds] = floors("hinomi", "rows", &["insert", &file, &ANSWERS.to_string(), &each.to_string()], ["insert"])?;
    Ok(seconds)
}

fn http(ground: &Ground) -> Result<Vec<Row>> {
    let sent = ground.answered()?.sent;
    let bare = bare_insert(ground, 10)?;
    Ok(vec![
        Row {
            what: format!("{ANSWERS} answers by form ({} forms)", sent.pages),
            figure: Figure::Time(sent.sending),
            beside: ("trivial requests + bare INSERT", Figure::Time(sent.trivial + bare)),
            goal: Goal::Times(5.0),
            why: "Nobody can take a form in without a request and a durable transaction: as many requests to /health of the same server over as \
                  many connections, plus SQLite alone inserting the same rows ten to a transaction. Four times that may go to reading who asks \
                  what, checking, counting and the audit chain.",
        },
        Row {
            what: format!("{} pages of ten questions read", sent.pages),
            figure: Figure::Time(sent.reading),
            beside: ("trivial requests", Figure::Time(sent.trivial)),
            goal: Goal::Times(20.0),
            why: "The page a respondent opens, against as many requests to /health: what a page costs above the server itself. Sixty thousand \
                  people come in the last days of a cycle.",
        },
    ])
}

fn xlsx(ground: &Ground) -> Result<Vec<Row>> {
    let answered = &ground.answered()?.data;
    let sheets = ground.path("sheets");
    std::fs::create_dir_all(&sheets)?;
    eprintln!("== the same answers through XLSX: {ORGANISATIONS} sheets out and in");
    let file = |at: usize| sheets.join(format!("o{at:02}.xlsx")).display().to_string();
    for at in 0..ORGANISATIONS {
        ground.program.verb(answered, &["cycle", "answers", "export", CYCLE, "--organisation", &format!("o{at:02}"), &file(at)])?;
    }
    let mut filled = None;
    let seconds = median(3, || {
        let data = ground.copy(&ground.opened()?.data, "filled")?;
        let mut added = 0;
        let (_, seconds) = timed(|| {
            for at in 0..ORGANISATIONS {
                let taken = ground.program.verb(&data, &["cycle", "answers", "import", CYCLE, &file(at)])?;
                added += taken["taken"]["added"].as_u64().with_context(|| format!("what was taken in: {taken}"))? as usize;
            }
            Ok(())
        })?;
        ensure!(added == ANSWERS, "{added} answers were imported and not {ANSWERS}");
        filled = Some(data);
        Ok(seconds)
    })?;
    // The same answers on both ways must give the same rates, or one of them was measured at less work.
    let filled = filled.context("an import")?;
    let total = |data| ground.program.verb(data, &["cycle", "rates", CYCLE]).map(|all| all[0].clone());
    ensure!(total(answered)? == total(&filled)?, "the rates after XLSX are not those after HTTP");
    let starts = median(5, || timed(|| ground.program.verb(&filled, &["cycle", "list"])).map(|(_, seconds)| seconds))? * ORGANISATIONS as f64;
    let [read] = floors("hinomi", "sheets", &[&sheets.display().to_string()], ["calamine"])?;
    let bare = bare_insert(ground, ANSWERS / ORGANISATIONS)?;
    Ok(vec![Row {
        what: format!("{ANSWERS} answers by XLSX ({ORGANISATIONS} sheets)"),
        figure: Figure::Time(seconds),
        beside: ("program starts + calamine + bare INSERT", Figure::Time(starts + read + bare)),
        goal: Goal::Times(4.0),
        why: "The importer's verb once per organisation. It cannot be faster than starting the program as often (`hinomi cycle list`), the library \
              that it reads with (calamine) walking all cells of the same files, and SQLite alone inserting the same rows, a sheet to a \
              transaction. Three times that may go to weighing the archive, checking every cell, counting and the audit chain.",
    }])
}

fn rates(ground: &Ground) -> Result<Vec<Row>> {
    let data = ground.copy(&ground.answered()?.data, "rates")?;
    let [pass] = floors("hinomi", "rows", &["pass", &Ground::database(&data)], ["pass"])?;
    let server = ground.program.serve(&data, &[])?;
    let mut client = server.client(ground.evaluator()?)?;
    let cycle = &ground.opened()?.cycle;
    let mut asked = |path: &str| {
        median(9, || {
            let (answer, seconds) = timed(|| client.get(path)?.wanted(200))?;
            ensure!(!answer.body.is_empty(), "{path} is empty");
            Ok(seconds)
        })
    };
    let api = asked(&format!("/api/v1/inspections/cycles/{cycle}/rates"))?;
    let page = asked(&format!("/inspections/cycles/{cycle}"))?;
    server.stop()?;
    let beside = ("one plain pass over the rows", Figure::Time(pass));
    Ok(vec![
        Row {
            what: format!("rates of {ANSWERS} answers, JSON"),
            figure: Figure::Time(api),
            beside,
            goal: Goal::Times(2.0),
            why: "All rates by organisation, role and item, 17,000 figures as JSON, against one program that reads every answer once and adds up: \
                  whoever keeps no running totals must do that.",
        },
        Row {
            what: format!("rates of {ANSWERS} answers, page of the cycle"),
            figure: Figure::Time(page),
            beside,
            goal: Goal::Times(1.0),
            why: "The page the centre looks at every day while a cycle is open, against the same pass.",
        },
    ])
}

fn evaluation(ground: &Ground) -> Result<Vec<Row>> {
    let [evaluate, reread] = floors("engine", "evaluate", &[], ["evaluate", "reread"])?;
    let closed = ground.closed()?;
    let [pass] = floors("hinomi", "rows", &["pass", &Ground::database(&ground.copy(closed, "pass")?)], ["pass"])?;
    let mut verb = || ground.evaluate(&ground.copy(closed, "again")?);
    let seconds = median(3, &mut verb)?;
    Ok(vec![
        Row {
            what: "evaluation of 50 × 300, computing".to_owned(),
            figure: Figure::Time(evaluate),
            beside: ("its rows read from JSON", Figure::Time(reread)),
            goal: Goal::Times(10.0),
            why: "engine::evaluate on the generator's 50 organisations and 300 requirements, against serde_json reading the same rows: what any \
                  program that was handed them would spend before it computes anything.",
        },
        Row {
            what: "evaluation of 50 × 300, the verb".to_owned(),
            figure: Figure::Time(seconds),
            beside: ("one plain pass over the rows", Figure::Time(pass)),
            goal: Goal::Times(10.0),
            why: "`hinomi evaluations run` on the closed cycle, start of the program and writing of both data files included, against reading every \
                  answer once.",
        },
    ])
}

/// The centre's pages of an evaluated cycle other than the comparison itself.
fn others(cycle: &str, organisation: &str, requirement: &str) -> Vec<String> {
    let mut all: Vec<String> = ["over-claims", "requirements", "components", "changes", "importance", "agreement"]
        .iter()
        .map(|one| format!("/evaluations/cycles/{cycle}/{one}"))
        .collect();
    all.push(format!("/evaluations/cycles/{cycle}/organisations/{organisation}"));
    all.push(format!("/inspections/cycles/{cycle}"));
    all.push(format!("/inspections/cycles/{cycle}/organisations/{organisation}"));
    all.push(format!("/inspections/cycles/{cycle}/items/{requirement}"));
    all.push(format!("/evaluations/cycles/{cycle}/requirements/{requirement}"));
    all.push(format!("/inspections/cycles/{cycle}/audit"));
    all.push(format!("/inspections/cycles/{cycle}/priority"));
    let fixed = "/ /evaluations /register/organisations /register/systems /register/assets /register/gaps /standards/editions \
                 /standards/organisations /inspections/cycles /inspections/respondents /measurements /improvements /reports /public";
    all.extend(fixed.split(' ').map(str::to_owned));
    all
}

fn pages(ground: &Ground) -> Result<Vec<Row>> {
    let data = ground.copy(ground.evaluated()?, "pages")?;
    let cycle = ground.opened()?.cycle.clone();
    let comparison = format!("/evaluations/cycles/{cycle}");
    let organisation = ground.organisations()?.into_iter().next().context("an organisation")?;
    let mut firsts = Vec::new();
    for _ in 0..3 {
        let server = ground.program.serve(&data, &[])?;
        let mut client = server.client(ground.evaluator()?)?;
        client.get("/health")?.wanted(200)?;
        firsts.push(timed(|| client.get(&comparison)?.wanted(200))?.1);
        server.stop()?;
    }
    firsts.sort_by(f64::total_cmp);
    let server = ground.program.serve(&data, &[])?;
    let mut client = server.client(ground.evaluator()?)?;
    let mut asked = |path: &str, runs| median(runs, || timed(|| client.get(path)?.wanted(200)).map(|(_, seconds)| seconds));
    let trivial = asked("/health", 51)?;
    let again = asked(&comparison, 51)?;
    let items: Value = serde_json::from_slice(&client.get(&format!("/api/v1/inspections/cycles/{cycle}/items"))?.wanted(200)?.body)?;
    let requirement = items[0]["requirement_id"].as_str().context("an item")?.to_owned();
    let mut asked = |path: &str, runs| median(runs, || timed(|| client.get(path)?.wanted(200)).map(|(_, seconds)| seconds));
    let mut slowest = ("", 0.0);
    let others = others(&cycle, &organisation, &requirement);
    for path in &others {
        let seconds = asked(path, 5)?;
        eprintln!("   {:8} {path}", Figure::Time(seconds).text());
        if seconds > slowest.1 {
            slowest = (path, seconds);
        }
    }
    server.stop()?;
    let (most, where_most) = statements(ground, &data, others.iter().map(String::as_str).chain([comparison.as_str()]))?;
    let beside = ("a trivial request", Figure::Time(trivial));
    let bound = Goal::Below(Figure::Time(0.2));
    Ok(vec![
        Row {
            what: "comparison page 50 × 300, first time".to_owned(),
            figure: Figure::Time(firsts[firsts.len() / 2]),
            beside,
            goal: bound,
            why: "The promise is 200 ms of server time; over loopback with a client that waits for the last byte this is a little more than that. \
                  The first one after a start reads the evaluation's data file. Beside it /health of the same server.",
        },
        Row {
            what: "comparison page 50 × 300, again".to_owned(),
            figure: Figure::Time(again),
            beside,
            goal: bound,
            why: "The same page from then on, median of 51.",
        },
        Row {
            what: format!("slowest of {} other pages ({})", others.len(), slowest.0.replace(&cycle, "…").replace(&organisation, "…")),
            figure: Figure::Time(slowest.1),
            beside,
            goal: bound,
            why: "The centre's other pages at that size, 5,300 respondents included; each the median of five.",
        },
        Row {
            what: format!("most statements of these pages ({})", where_most.replace(&cycle, "…").replace(&organisation, "…")),
            figure: Figure::Count(most),
            beside: ("organisations in a list", Figure::Count(ORGANISATIONS)),
            goal: Goal::Below(Figure::Count(ORGANISATIONS)),
            why: "A page that ran a query per row would run at least fifty. Counted from the server's own log of statements, the least of three \
                  readings, because background work asks the database too.",
        },
    ])
}

/// The most statements that the server sends to the database for one of `paths`, and for which.
fn statements<'p>(ground: &Ground, data: &std::path::Path, paths: impl Iterator<Item = &'p str>) -> Result<(usize, &'p str)> {
    let log = ground.path("statements.log");
    let server = ground.program.serve_counting(data, &log)?;
    let mut client = server.client(ground.evaluator()?)?;
    let so_far = || Ok::<usize, anyhow::Error>(std::fs::read_to_string(&log)?.matches("sqlx::query").count());
    let mut most = (0, "");
    for path in paths {
        let mut least = usize::MAX;
        for _ in 0..3 {
            let before = so_far()?;
            client.get(path)?.wanted(200)?;
            least = least.min(so_far()? - before);
        }
        ensure!(least > 0, "no statement was logged for {path}");
        if least > most.0 {
            most = (least, path);
        }
    }
    server.stop()?;
    Ok(most)
}

fn start(ground: &Ground) -> Result<Vec<Row>> {
    let data = ground.copy(ground.evaluated()?, "start")?;
    let program = &ground.program;
    let version = median(9, || timed(|| super::program::run_quietly(&mut program.command(&data, &["--version"]))).map(|(_, seconds)| seconds))?;
    let serve = median(9, || {
        let (server, seconds) = timed(|| {
            let server = program.serve(&data, &[])?;
            server.client("")?.get("/")?.wanted(200)?;
            Ok(server)
        })?;
        server.stop()?;
        Ok(seconds)
    })?;
    Ok(vec![Row {
        what: "cold start: serve until the first page".to_owned(),
        figure: Figure::Time(serve),
        beside: ("hinomi --version", Figure::Time(version)),
        goal: Goal::Times(10.0),
        why: "On the evaluated database, from the start of the process until the front page has been read, against the start of the process that \
              only says its version. The program's file is in memory for both, as after any first start.",
    }])
}

fn memory(ground: &Ground) -> Result<Vec<Row>> {
    eprintln!("== serve --example");
    let data = ground.path("example");
    let (server, seconds) = timed(|| ground.program.serve(&data, &["--example", "--json"]))?;
    let (loaded, _) = server.memory()?;
    eprintln!("   ready after {}, resident {}", Figure::Time(seconds).text(), Figure::Size(loaded).text());
    let said: Value = serde_json::from_str(&server.said)?;
    let links = said["links"].as_array().context("the example's links")?;
    for link in links {
        look_around(&server, link)?;
    }
    let (now, highest) = server.memory()?;
    server.stop()?;

    let bound = Goal::Below(Figure::Size(300_000_000));
    Ok(vec![
        Row {
            what: "memory of serve --example, looked around".to_owned(),
            figure: Figure::Size(now),
            beside: ("just loaded", Figure::Size(loaded)),
            goal: bound,
            why: "The promise is 300 MB resident (VmRSS): after every role's link has been followed and each of its menu's pages and the annual report \
                  read, beside what was resident when the links were printed.",
        },
        Row {
            what: "memory of serve --example, at its highest".to_owned(),
            figure: Figure::Size(highest),
            beside: ("just loaded", Figure::Size(loaded)),
            goal: bound,
            why: "The peak (VmHWM), loading and measuring the example included; the same promise, held to the harder figure.",
        },
    ])
}

/// Signs in by one of the example's links and reads every page that its front page leads to, and what those lead to in turn.
fn look_around(server: &super::program::Server, link: &Value) -> Result<()> {
    let url = link["url"].as_str().context("a link's address")?;
    let path = url.split_once(&server.address).context("a link of this server")?.1;
    let mut client = server.client("")?;
    let mut answer = client.post(path, "application/x-www-form-urlencoded", b"password=a+long+enough+password")?;
    if answer.status == 405 || answer.status == 404 {
        // A respondent's link is followed by reading it.
        answer = client.get(path)?;
    }
    // The public's link is an ordinary page; all others give a cookie.
    if answer.status != 200 {
        let answer = answer.wanted(303)?;
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).context("a cookie")?;
        client.carry(format!("Cookie: {cookie}\r\n"));
    }
    let mut seen: Vec<String> = vec!["/".to_owned()];
    let mut at = 0;
    // Two hundred pages are more than anybody reads in an hour.
    while at < seen.len() && at < 200 {
        let page = client.get(&seen[at])?;
        at += 1;
        for href in page.text().split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next()) {
            let next = format!("/{}", href.replace("&amp;", "&"));
            let plain = !next.starts_with("/language") && !next.starts_with("/assets") && !next.contains('#');
            if plain && !seen.contains(&next) {
                seen.push(next);
            }
        }
    }
    eprintln!("   {} pages as {}", at, link["role"].as_str().unwrap_or_default());
    Ok(())
}
