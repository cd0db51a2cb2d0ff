//! The measured installation in its four states, each made from the one before by the program's own verbs, each made once.
//!
//! Opened (everybody asked, nobody answered) → answered (60,000 answers, through HTTP) → closed (audited, measured) → evaluated.
//! A state is a data directory that nobody writes any more; who wants to change something takes a copy.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::government;
use super::program::{Program, Server, timed};
use super::respondents::{self, Sent};
use crate::peers::programs::target;

/// The code of the cycle.
pub const CYCLE: &str = "fy2026";
const EVALUATOR: &str = "evaluator@bench.example";
const AUDITOR: &str = "auditor@bench.example";

/// The installation.
pub struct Ground {
    /// The program.
    pub program: Program,
    dir: PathBuf,
    keep: bool,
    opened: OnceCell<Opened>,
    answered: OnceCell<Answered>,
    closed: OnceCell<PathBuf>,
    evaluated: OnceCell<PathBuf>,
}

/// The state in which everybody is asked.
pub struct Opened {
    /// The data directory.
    pub data: PathBuf,
    /// The cycle's id.
    pub cycle: String,
    /// When it was opened.
    at: String,
    /// The header with which the evaluator's and the auditor's programs sign in.
    evaluator: String,
    auditor: String,
}

/// The state in which everybody has answered.
pub struct Answered {
    /// The data directory.
    pub data: PathBuf,
    /// How long it took.
    pub sent: Sent,
}

/// Makes `cell` unless it is made, and lends it.
fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if cell.get().is_none() {
        let made = make()?;
        let _ = cell.set(made);
    }
    cell.get().context("a state that was just made")
}

fn text<'v>(value: &'v Value, pointer: &str) -> Result<&'v str> {
    value.pointer(pointer).and_then(Value::as_str).with_context(|| format!("no {pointer} in {value}"))
}

impl Ground {
    /// An empty one. It lies where cargo builds and not under /tmp, which may be memory: commits shall cost what they cost.
    pub fn new(program: Program, keep: bool) -> Result<Self> {
        let dir = target().join("bench").join(std::process::id().to_string());
        std::fs::create_dir_all(&dir)?;
        Ok(Self { program, dir, keep, opened: OnceCell::new(), answered: OnceCell::new(), closed: OnceCell::new(), evaluated: OnceCell::new() })
    }

    /// A path inside.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// A copy of a state, under a new name.
    pub fn copy(&self, state: &Path, name: &str) -> Result<PathBuf> {
        let to = self.path(name);
        if to.exists() {
            std::fs::remove_dir_all(&to)?;
        }
        std::fs::create_dir_all(&to)?;
        for entry in std::fs::read_dir(state)? {
            let entry = entry?;
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
        Ok(to)
    }

    /// The database file of a state.
    pub fn database(data: &Path) -> String {
        data.join("hinomi.sqlite").display().to_string()
    }

    fn file(&self, name: &str, content: &str) -> Result<String> {
        let path = self.path(name);
        std::fs::write(&path, content)?;
        Ok(path.display().to_string())
    }

    /// Everybody is asked, nobody answered yet.
    pub fn opened(&self) -> Result<&Opened> {
        once(&self.opened, || self.open())
    }

    fn open(&self) -> Result<Opened> {
        eprintln!("== preparing: register, standard, people, an open cycle");
        let data = self.path("opened");
        let verb = |arguments: &[&str]| self.program.verb(&data, arguments);
        for (name, content) in
            [("organisations.csv", government::organisations()), ("systems.csv", government::systems()), ("assets.csv", government::assets())]
        {
            verb(&["register", "import", &self.file(name, &content)?])?;
        }
        let standard = verb(&["standards", "import", &self.file("catalog.json", &government::catalog())?])?;
        ensure!(standard["requirements"] == government::REQUIREMENTS, "the standard came out otherwise: {standard}");
        let edition = text(&standard, "/edition")?;
        verb(&["cycle", "respondents", "import", &self.file("respondents.csv", &government::respondents())?])?;
        let mut tokens = Vec::new();
        for (email, role) in [(EVALUATOR, "evaluator"), (AUDITOR, "auditor")] {
            verb(&["accounts", "add", email, "--name", role, "--role", role, "--organisation", "centre"])?;
            let token = verb(&["token", "create", email, "--name", "bench", "--role", role])?;
            tokens.push(format!("Authorization: Bearer {}\r\n", text(&token, "/token")?));
        }
        // Days wide enough that no run of this falls outside.
        let days = ["--opens", "2020-04-01", "--closes", "2999-03-31"];
        let names = ["--name-ja", "計測", "--name-en", "Measured"];
        verb(&[&["cycle", "create", CYCLE, "--edition", edition][..], &days, &names].concat())?;
        verb(&["cycle", "announce", CYCLE])?;
        let cycle = verb(&["cycle", "open", CYCLE])?;
        let (evaluator, auditor) = (tokens.remove(0), tokens.remove(0));
        Ok(Opened { cycle: text(&cycle, "/id")?.to_owned(), at: text(&cycle, "/opened_at")?.to_owned(), data, evaluator, auditor })
    }

    /// Everybody has answered, on the pages that people get.
    pub fn answered(&self) -> Result<&Answered> {
        once(&self.answered, || {
            let data = self.copy(&self.opened()?.data, "answered")?;
            let letters = self.program.verb(&data, &["cycle", "links", CYCLE])?;
            let server = self.program.serve(&data, &[])?;
            eprintln!("== {} answers through HTTP", government::ANSWERS);
            let sent = respondents::answer(&server, &letters)?;
            server.stop()?;
            Ok(Answered { data, sent })
        })
    }

    /// Closed, sampled by auditors, measured by probes elsewhere.
    pub fn closed(&self) -> Result<&Path> {
        once(&self.closed, || {
            let opened = self.opened()?;
            let data = self.copy(&self.answered()?.data, "closed")?;
            let observations = self.file("observations.csv", &government::observations(&opened.at))?;
            self.program.verb(&data, &["measure", "import", &observations])?;
            self.program.verb(&data, &["cycle", "close", CYCLE])?;
            self.program.verb(&data, &["cycle", "sample", CYCLE, "--seed", "1"])?;
            let server = self.program.serve(&data, &[])?;
            self.audit(&server, opened)?;
            server.stop()?;
            Ok(data)
        })
        .map(PathBuf::as_path)
    }

    fn audit(&self, server: &Server, opened: &Opened) -> Result<()> {
        let mut client = server.client(&opened.auditor)?;
        let sample: Value = serde_json::from_slice(&client.get(&format!("/api/v1/inspections/cycles/{}/sample", opened.cycle))?.wanted(200)?.body)?;
        let sample = sample.as_array().context("the sample")?;
        ensure!(sample.len() > government::ORGANISATIONS, "only {} sampled", sample.len());
        let order = self.organisations()?;
        let findings = sample
            .iter()
            .enumerate()
            .map(|(number, one)| {
                let (organisation, requirement) = (text(one, "/organisation_id")?, text(one, "/requirement_id")?);
                let place = order.iter().position(|id| id == organisation).context("an organisation that is not ours")?;
                let verdict = government::finding(place, number);
                Ok(json!({
                    "organisation_id": organisation, "requirement_id": requirement, "system_id": one["system_id"], "verdict": verdict,
                    "note": "記録の日付が手順書の改定より前であった。",
                }))
            })
            .collect::<Result<Vec<Value>>>()?;
        let body = serde_json::to_vec(&findings)?;
        client.post(&format!("/api/v1/inspections/cycles/{}/findings", opened.cycle), "application/json", &body)?.wanted(200)?;
        Ok(())
    }

    /// The ids of the organisations that take part, in the order of their codes.
    pub fn organisations(&self) -> Result<Vec<String>> {
        let all = self.program.verb(&self.opened()?.data, &["register", "organisations"])?;
        let mut all: Vec<(String, String)> = all
            .as_array()
            .context("the organisations")?
            .iter()
            .filter(|one| !one["parent_id"].is_null())
            .map(|one| Ok((text(one, "/code")?.to_owned(), text(one, "/id")?.to_owned())))
            .collect::<Result<_>>()?;
        all.sort();
        Ok(all.into_iter().map(|(_, id)| id).collect())
    }

    /// Evaluated; nobody has looked at it yet.
    pub fn evaluated(&self) -> Result<&Path> {
        once(&self.evaluated, || {
            let data = self.copy(self.closed()?, "evaluated")?;
            self.evaluate(&data)?;
            Ok(data)
        })
        .map(PathBuf::as_path)
    }

    /// Evaluates the cycle in `data` and gives the seconds the verb took.
    pub fn evaluate(&self, data: &Path) -> Result<f64> {
        let (record, seconds) = timed(|| self.program.verb(data, &["evaluations", "run", CYCLE]))?;
        ensure!(record["organisations"] == government::ORGANISATIONS, "evaluated {record}");
        Ok(seconds)
    }

    /// The headers of the evaluator at the centre.
    pub fn evaluator(&self) -> Result<&str> {
        Ok(&self.opened()?.evaluator)
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if self.keep {
            eprintln!("kept: {}", self.dir.display());
        } else {
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}
