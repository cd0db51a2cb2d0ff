//! Names and mail beside checkdmarc: the same domains, in words that both have.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::differences::{Said, say};
use super::ours::Ours;
use super::programs::{CHECKDMARC, Testbed, printed};

/// What both look at.
const CHECKS: &str = "spf,dmarc,mx,mta-sts,tls-rpt,dnssec";
/// An address that no record names (TEST-NET-3, RFC 5737).
const STRANGER: &str = "203.0.113.77";

/// What checkdmarc says of the testbed's domains.
pub fn theirs(python: &Path, testbed: &Testbed) -> Result<Said> {
    let found = printed(python, "by_checkdmarc.py", &["words", &testbed.vantage, &testbed.domains])?;
    let mut said = Said::new();
    for (domain, facts) in found.as_object().with_context(|| format!("what {} found", CHECKDMARC.name))? {
        for (fact, words) in facts.as_object().context("facts")? {
            say(&mut said, domain, fact, words.as_array().context("words")?.iter().filter_map(Value::as_str));
        }
    }
    Ok(said)
}

/// What we say of them.
pub fn ours(ours: &Ours, testbed: &Testbed) -> Result<Said> {
    let (domains, mut said) = (testbed.names()?, Said::new());
    let vantage = ours.file("mail.json", &testbed.vantage)?;
    for one in ours.each(&domains, |domain| measured(ours, &vantage, domain))? {
        said.extend(one);
    }
    Ok(said)
}

fn measured(ours: &Ours, vantage: &str, domain: &str) -> Result<Said> {
    let found = ours.json(&["probe", domain, "--vantage-file", vantage, "--check", CHECKS])?;
    let sender = format!("somebody@{domain}");
    let stranger = ours.json(&["spf", "check", "--ip", STRANGER, "--sender", &sender, "--helo", domain, "--vantage-file", vantage])?;
    let mut said = Said::new();
    for judgement in found.as_array().context("judgements")? {
        let seen = Seen::of(judgement);
        match judgement["check"].as_str().unwrap_or_default() {
            "spf" => spf(&mut said, domain, &seen, &stranger),
            "dmarc" => dmarc(&mut said, domain, &seen),
            "mx" => mx(&mut said, domain, &seen),
            "mta-sts" => mta_sts(&mut said, domain, &seen),
            "tls-rpt" => say(&mut said, domain, "TLS-RPT", [seen.word(&[("tls-rpt-ok", "valid"), ("tls-rpt-missing", "none")])]),
            _ => say(&mut said, domain, "DNSSEC", [if seen.value == "secure" { "secure" } else { seen.otherwise("not secure") }]),
        }
    }
    Ok(said)
}

/// What a judgement says.
pub struct Seen<'a> {
    /// The code of its reason.
    pub code: &'a str,
    /// Those of its notes.
    pub notes: Vec<&'a str>,
    /// Its short value.
    pub value: &'a str,
    judgement: &'a Value,
}

impl<'a> Seen<'a> {
    /// Reads one.
    pub fn of(judgement: &'a Value) -> Self {
        let text = |value: &'a Value| value.as_str().unwrap_or_default();
        let notes = judgement["notes"].as_array().into_iter().flatten().map(|note| text(&note["code"])).collect();
        Self { code: text(&judgement["reason"]["code"]), notes, value: text(&judgement["value"]), judgement }
    }

    /// Whether it, or a note, says `code`.
    pub fn says(&self, code: &str) -> bool {
        self.code == code || self.notes.contains(&code)
    }

    /// Nothing was heard.
    fn unheard(&self) -> bool {
        self.judgement["verdict"] == "could-not-measure"
    }

    fn otherwise(&self, word: &'a str) -> &'a str {
        if self.unheard() { "no answer" } else { word }
    }

    /// The word for its code in `words`; where there is none, what the code itself ends in.
    fn word(&self, words: &[(&str, &'a str)]) -> &'a str {
        let known = words.iter().find(|(code, _)| *code == self.code).map(|(_, word)| *word);
        let general = [("-two-records", "several"), ("-invalid", "invalid"), ("-missing", "none"), ("no-mail", "not judged without mail hosts")];
        let ending = || general.into_iter().find(|(ending, _)| self.code.ends_with(ending)).map(|(_, word)| word);
        self.otherwise(known.or_else(ending).unwrap_or(self.code))
    }

    /// A value in the data of the note `code`.
    fn noted(&self, code: &str, name: &str) -> Option<&'a str> {
        let note = self.judgement["notes"].as_array()?.iter().find(|note| note["code"] == code)?;
        note["data"][name].as_str()
    }
}

fn spf(said: &mut Said, domain: &str, seen: &Seen<'_>, stranger: &Value) {
    let words = [
        ("spf-missing", "none"),
        ("spf-syntax", "syntax"),
        ("spf-too-many-lookups", "too many lookups"),
        ("spf-mx-limit", "too many lookups"),
        ("spf-loop", "loop"),
        ("spf-target-missing", "target missing"),
        ("spf-ok", "valid"),
        ("spf-plus-all", "valid"),
        ("spf-neutral", "valid"),
        ("spf-no-ending", "valid"),
        ("spf-parked", "valid"),
    ];
    let word = seen.word(&words);
    say(said, domain, "SPF", [word]);
    if word == "valid" {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        say(said, domain, "SPF: for a stranger", [text(&stranger["result"])]);
        say(said, domain, "SPF: lookups", [text(&stranger["static"]["lookups"])]);
        say(said, domain, "SPF: voids", [text(&stranger["void_lookups"])]);
    }
}

fn dmarc(said: &mut Said, domain: &str, seen: &Seen<'_>) {
    let word = seen.word(&[("dmarc-ok", "valid"), ("dmarc-weak", "valid"), ("dmarc-monitoring-only", "valid")]);
    say(said, domain, "DMARC", [word]);
    if word != "valid" {
        return;
    }
    let reports = if seen.says("dmarc-reports-refused") {
        "refused"
    } else if seen.says("dmarc-no-reports") {
        "not asked for"
    } else {
        "accepted"
    };
    say(said, domain, "DMARC: from", [seen.noted("dmarc-inherited", "from").unwrap_or(domain)]);
    say(said, domain, "DMARC: policy", [seen.value.trim_start_matches("p=")]);
    say(said, domain, "DMARC: reports", [reports]);
}

fn mx(said: &mut Said, domain: &str, seen: &Seen<'_>) {
    let words = [
        ("mx-ok", "fine"),
        ("mx-null", "null"),
        ("mx-null-and-other", "null beside others"),
        ("mx-host-is-alias", "alias"),
        ("mx-host-is-address", "address"),
        ("mx-host-without-address", "no address"),
        ("mx-no-mail", "no MX"),
        ("mx-implicit", "no MX, mail goes to the web server"),
    ];
    say(said, domain, "MX", [seen.word(&words)]);
    say(said, domain, "MX: hosts", seen.value.split(", ").filter(|host| !host.is_empty() && *host != "0 ."));
}

fn mta_sts(said: &mut Said, domain: &str, seen: &Seen<'_>) {
    let policy = matches!(seen.code, "mta-sts-ok" | "mta-sts-not-enforced" | "mta-sts-host-not-covered");
    let words = [("mta-sts-policy-missing", "no policy"), ("mta-sts-policy-invalid", "policy invalid")];
    say(said, domain, "MTA-STS", [if policy { seen.value.trim_start_matches("mode=") } else { seen.word(&words) }]);
    if policy {
        say(said, domain, "MTA-STS: hosts", [if seen.code == "mta-sts-host-not-covered" { "not covered" } else { "covered" }]);
    }
}
