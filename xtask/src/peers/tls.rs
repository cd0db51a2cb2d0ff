//! TLS beside sslyze: the same servers, in words that both have, and how many connections each of us needs.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::differences::{Said, say};
use super::mail::Seen;
use super::ours::Ours;
use super::programs::{Beside, Built, Testbed, printed, python};

const CHECKS: &str = "tls-versions,tls-suites,tls-groups,certificate-chain";
/// Connections that we may make to an endpoint.
pub const MOST: usize = 40;

/// Servers that nobody runs any more, in Python.
struct Servers {
    beside: Beside,
    said: Value,
}

impl Servers {
    fn start(python_of: &Path, folder: &Path) -> Result<Self> {
        let mut beside = Beside::start(&mut python(python_of, "servers.py", &[&folder.display().to_string()]))?;
        let said = serde_json::from_str(&beside.next()?)?;
        Ok(Self { beside, said })
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.said["ports"].as_object().into_iter().flatten().map(|(name, _)| name.as_str())
    }

    fn connections(&mut self) -> Result<Value> {
        Ok(serde_json::from_str(&self.beside.asked()?)?)
    }
}

/// Where one server is.
struct Endpoint {
    domain: String,
    /// Its name among [`Servers`], unless the testbed runs it.
    server: Option<String>,
    port: u64,
}

/// Endpoints of both kinds, and where they are measured from.
pub struct Endpoints {
    testbed: Testbed,
    servers: Option<Servers>,
    vantage: Value,
    all: Vec<Endpoint>,
}

impl Endpoints {
    /// Starts the testbed's own, and with `others` those in Python too.
    pub fn start(python_of: &Path, ours: &Ours, built: Built, others: bool) -> Result<Self> {
        let servers = others.then(|| Servers::start(python_of, ours.folder())).transpose()?;
        let names: Vec<&str> = servers.iter().flat_map(Servers::names).collect();
        let testbed = Testbed::start(built, &[&["endpoints"], names.as_slice()].concat())?;
        let mut vantage: Value = serde_json::from_str(&testbed.vantage)?;
        if let (Some(servers), Some(roots)) = (&servers, vantage["roots"]["der"].as_array_mut()) {
            roots.extend(servers.said["roots"].as_array().into_iter().flatten().cloned());
        }
        let mut all = Vec::new();
        for domain in testbed.names()? {
            let name = domain.split('.').next().unwrap_or_default();
            let elsewhere = servers.as_ref().and_then(|servers| servers.said["ports"][name].as_u64());
            let port = elsewhere.or(vantage["https_port"].as_u64()).context("a port")?;
            all.push(Endpoint { server: elsewhere.map(|_| name.to_owned()), domain, port });
        }
        Ok(Self { testbed, servers, vantage, all })
    }

    /// Connections so far to where `endpoint` is.
    fn connections(&mut self, at: usize) -> Result<usize> {
        match (self.all.get(at).and_then(|one| one.server.as_ref()), &mut self.servers) {
            (Some(name), Some(servers)) => Ok(servers.connections()?[name].as_u64().context("a number")? as usize),
            _ => Ok(self.testbed.counts()?.1),
        }
    }

    /// What we say of each, and the most connections that one of them took.
    pub fn ours(&mut self, ours: &Ours) -> Result<(Said, usize)> {
        let (mut said, mut most) = (Said::new(), 0);
        for at in 0..self.all.len() {
            let before = self.connections(at)?;
            let (domain, port) = (self.all[at].domain.clone(), self.all[at].port);
            let mut vantage = self.vantage.clone();
            vantage["https_port"] = json!(port);
            let place = ours.file("tls.json", &vantage.to_string())?;
            let found = ours.json(&["probe", &domain, "--vantage-file", &place, "--check", CHECKS])?;
            most = most.max(self.connections(at)? - before);
            found_by_us(&mut said, &domain, found.as_array().context("judgements")?);
        }
        Ok((said, most))
    }

    /// What sslyze says of each, and the most connections that one of them took. One after the other, to count them apart.
    pub fn theirs(&mut self, python_of: &Path) -> Result<(Said, usize)> {
        let (mut said, mut most) = (Said::new(), 0);
        let roots = self.vantage["roots"]["der"].to_string();
        let before: Vec<usize> = (0..self.all.len()).map(|at| self.connections(at)).collect::<Result<_>>()?;
        let elsewhere: Vec<usize> = (0..self.all.len()).filter(|at| self.all[*at].server.is_some()).collect();
        // Those that are counted together are asked one by one.
        let mut groups: Vec<Vec<usize>> = (0..self.all.len()).filter(|at| self.all[*at].server.is_none()).map(|at| vec![at]).collect();
        groups.push(elsewhere);
        for group in groups.iter().filter(|group| !group.is_empty()) {
            let start = self.connections(group[0])?;
            let endpoints: Vec<Value> = group.iter().map(|at| self.endpoint(*at)).collect();
            let found = printed(python_of, "by_sslyze.py", &[&json!(endpoints).to_string(), &roots])?;
            for at in group {
                let first = if group.len() == 1 { start } else { before[*at] };
                most = most.max(self.connections(*at)? - first);
                let domain = &self.all[*at].domain;
                found_by_them(&mut said, domain, &found[domain]["facts"]);
            }
        }
        Ok((said, most))
    }

    fn endpoint(&self, at: usize) -> Value {
        json!({ "name": self.all[at].domain, "address": "127.0.0.1", "port": self.all[at].port })
    }
}

/// The weakness of a suite by its name; the worst where there are several.
fn weakness(suite: &str) -> Option<&'static str> {
    let without_agreement = |start: &str| suite.starts_with(start) && !suite.contains("_anon_");
    let all = [
        ("null", suite.contains("_WITH_NULL_")),
        ("anonymous", suite.contains("_anon_")),
        ("export", suite.contains("_EXPORT")),
        ("des", suite.contains("_WITH_DES_")),
        ("md5", suite.ends_with("_MD5")),
        ("rc4", suite.contains("_RC4_")),
        ("64-bit-block", ["_3DES_", "_IDEA_", "_RC2_"].iter().any(|cipher| suite.contains(cipher))),
        ("no-forward-secrecy", ["TLS_RSA_", "TLS_DH_", "TLS_ECDH_"].iter().any(|start| without_agreement(start))),
    ];
    all.into_iter().find_map(|(word, fits)| fits.then_some(word))
}

/// Neither weak nor in CBC mode.
fn is_strong(suite: &str) -> bool {
    weakness(suite).is_none() && ["_GCM_", "_CCM", "_POLY1305"].iter().any(|mode| suite.contains(mode))
}

fn suites<'s>(said: &mut Said, case: &str, suites: &BTreeSet<&'s str>, weaknesses: BTreeSet<&'s str>) {
    say(said, case, "TLS: weaknesses of suites", weaknesses);
    say(said, case, "TLS: strong suites", suites.iter().copied().filter(|suite| is_strong(suite)));
}

fn found_by_them(said: &mut Said, case: &str, facts: &Value) {
    let words = |fact: &str| facts[fact].as_array().into_iter().flatten().filter_map(Value::as_str);
    let names: BTreeSet<&str> = words("suites").collect();
    say(said, case, "TLS", [if facts.is_object() { "found" } else { "none" }]);
    suites(said, case, &names, names.iter().filter_map(|suite| weakness(suite)).collect());
    for fact in ["versions", "groups", "primes", "trust", "key", "weak signatures", "order", "certificates"] {
        say(said, case, &format!("TLS: {fact}"), words(fact));
    }
}

fn found_by_us(said: &mut Said, case: &str, judgements: &[Value]) {
    let of = |check: &str| judgements.iter().find(|one| one["check"] == check).unwrap_or(&Value::Null);
    let (versions, listed, groups, chain) = (of("tls-versions"), of("tls-suites"), of("tls-groups"), of("certificate-chain"));
    let seen = Seen::of(versions);
    say(said, case, "TLS", [if seen.value.is_empty() { "none" } else { "found" }]);
    say(said, case, "TLS: versions", parts(seen.value));

    let observed = |judgement: &'_ Value| judgement["observed"]["en"].as_str().unwrap_or_default().to_owned();
    let lines = observed(listed);
    let names: BTreeSet<&str> = lines.lines().filter_map(|line| line.rsplit(' ').next()).collect();
    let seen = Seen::of(listed);
    let codes = std::iter::once(seen.code).chain(seen.notes.iter().copied());
    suites(said, case, &names, codes.filter_map(|code| code.strip_prefix("tls-suite-")).collect());

    let named = Seen::of(groups).value;
    let is_prime = |one: &&str| one.starts_with("DH ");
    say(said, case, "TLS: groups", parts(named).filter(|one| !is_prime(one) && !one.starts_with("RSA ")).map(str::to_lowercase));
    say(said, case, "TLS: primes", parts(named).filter(is_prime).map(|one| one.trim_start_matches("DH ")));

    let seen = Seen::of(chain);
    let Some((key, count)) = seen.value.split_once(" (") else { return };
    let trust = [
        ("certificate-expired", "expired"),
        ("certificate-wrong-name", "wrong name"),
        ("certificate-self-signed", "untrusted"),
        ("certificate-untrusted", "untrusted"),
        ("chain-incomplete", "untrusted"),
        // Libraries take no such certificate: the chain ends before it.
        ("chain-weak-signature", "untrusted"),
    ];
    say(said, case, "TLS: trust", [trust.iter().find(|(code, _)| seen.says(code)).map_or("trusted", |(_, word)| word)]);
    say(said, case, "TLS: key", [key]);
    say(said, case, "TLS: certificates", [count.trim_end_matches(')')]);
    say(said, case, "TLS: order", [if seen.says("chain-order") { "wrong" } else { "right" }]);
    let lines = observed(chain);
    say(said, case, "TLS: weak signatures", lines.lines().flat_map(|line| line.split("; ")).filter(|part| ["SHA-1", "MD5"].contains(part)));
}

fn parts(listed: &str) -> impl Iterator<Item = &str> {
    listed.split(", ").filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suites_are_weak_by_what_their_names_say() {
        for (suite, word) in [
            ("TLS_RSA_WITH_NULL_MD5", Some("null")),
            ("TLS_DH_anon_WITH_AES_128_CBC_SHA", Some("anonymous")),
            ("TLS_RSA_EXPORT_WITH_RC4_40_MD5", Some("export")),
            ("TLS_RSA_WITH_RC4_128_MD5", Some("md5")),
            ("TLS_ECDHE_RSA_WITH_RC4_128_SHA", Some("rc4")),
            ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", Some("64-bit-block")),
            ("TLS_RSA_WITH_AES_128_GCM_SHA256", Some("no-forward-secrecy")),
            ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", None),
            ("TLS_AES_128_GCM_SHA256", None),
        ] {
            assert_eq!(weakness(suite), word, "{suite}");
        }
        assert!(is_strong("TLS_AES_128_CCM_8_SHA256") && !is_strong("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"));
    }
}
