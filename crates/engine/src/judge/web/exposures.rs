//! The inspection of common exposures: files and pages that should not be open to everybody, looked for without harming anything.
//!
//! Every request is a GET of a page the list of templates declares. A page that certainly does not exist is asked for first: where the
//! server gives it the same answer as a template looks for, nothing was found.

use std::net::SocketAddr;
use std::sync::LazyLock;

use formats::dns::plain;
use formats::evidence::{Missing, Verdict};
use formats::exposure::{ABSENT, Severity, Template, Templates};
use hickory_proto::rr::Name;
use url::Url;

use super::findings::{absent_path, forms, mixed};
use super::walk::{Unheard, Walk, ask};
use super::{curl, curl_at, front, page};
use crate::judge::case::Case;
use crate::judge::judgement::{Judged, Reason};
use crate::judge::reasons::Why;
use crate::words::Words;

static TEMPLATES: LazyLock<Option<Templates>> = LazyLock::new(|| Templates::parse(include_bytes!("exposures.json")).ok());
/// Pages without an answer after which no more are asked for: a server in trouble is left alone.
const PATIENCE: usize = 2;

/// Date of the list of templates.
pub(in crate::judge) fn version() -> String {
    TEMPLATES.as_ref().map(|list| list.version.clone()).unwrap_or_default()
}

/// Something that lies open.
struct Finding {
    severity: Severity,
    reason: Reason,
    url: Url,
    socket: SocketAddr,
    remedy: String,
}

/// What was found, and what could not be asked.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    unheard: Vec<(String, Unheard)>,
    asked: usize,
}

/// Judges what lies open at the server `name` leads to.
pub(in crate::judge) fn check(case: &Case<'_>, name: &Name) -> Result<Judged, Missing> {
    let walk = front(case, name)?;
    let judged = match &walk {
        Ok(walk) => judge(case, walk)?,
        Err(judged) => judged.clone(),
    };
    let step = walk.as_ref().ok().and_then(|walk| walk.steps.last());
    let judged =
        if judged.command.is_empty() { judged.command(curl(case, step, super::address(true, &plain(name), "/").as_ref(), "-i")) } else { judged };
    Ok(judged.expected(
        "管理用ファイル、バックアップ、一覧表示、エラーの詳細などが公開されていないこと",
        "no files of administration, backups, listings or details of errors open to everybody",
    ))
}

fn judge(case: &Case<'_>, walk: &Walk<'_>) -> Result<Judged, Missing> {
    let cannot = |why, data: &[(&str, &str)]| Judged::new(Verdict::CouldNotMeasure, why, data);
    let Some(list) = TEMPLATES.as_ref() else { return Ok(cannot(Why::SoftwareNoList, &[])) };
    let step = match page(walk) {
        Ok(step) => step,
        Err(judged) => return Ok(*judged),
    };
    let at = |path: &str| {
        let mut url = step.url.clone();
        url.set_query(None);
        url.set_path(path);
        url
    };
    let control = at(&absent_path(case.evidence));
    let (place, absent) = match ask(case, &control)? {
        Ok(heard) => heard,
        Err(unheard) => return Ok(unheard.judged(control.as_str())),
    };
    let mut found = Found { asked: 1, ..Found::default() };
    for template in &list.templates {
        for path in &template.paths {
            let (url, socket, response) = match path.as_str() {
                ABSENT => (control.clone(), place, absent),
                "/" => (step.url.clone(), step.socket, step.response),
                other if found.unheard.len() < PATIENCE => {
                    let url = at(other);
                    found.asked += 1;
                    match ask(case, &url)? {
                        Ok((socket, response)) => (url, socket, response),
                        Err(unheard) => {
                            found.unheard.push((url.to_string(), unheard));
                            continue;
                        }
                    }
                }
                _ => continue,
            };
            // What the server says of a page that does not exist proves nothing about one that may.
            let alike = path != ABSENT && template.matches(absent);
            if template.matches(response) && !alike {
                found.findings.push(finding(template, &url, socket, path));
                break;
            }
        }
    }
    let mixed = mixed(&step.url, step.response);
    if let Some(first) = mixed.active.first() {
        let data = [("url", first.as_str()), ("count", &mixed.active.len().to_string())];
        found.findings.push(Finding {
            severity: Severity::Medium,
            reason: Reason::new(Why::ExposureMixed, &data),
            url: step.url.clone(),
            socket: step.socket,
            remedy: "# nginx\nadd_header Content-Security-Policy \"upgrade-insecure-requests\" always;\n# Apache httpd (mod_headers)\nHeader always set Content-Security-Policy \"upgrade-insecure-requests\"".to_owned(),
        });
    }
    let mut judged = conclude(case, found);
    if let Some(first) = mixed.passive.first() {
        judged = judged.note(Why::ExposureMixedPictures, &[("url", first), ("count", &mixed.passive.len().to_string())]);
    }
    judged.notes.extend(forms(step.response));
    if absent.status == 200 {
        judged = judged.note(Why::ExposureSoft, &[]);
    }
    Ok(judged)
}

/// The worst finding decides; without any, pages that were not heard leave the question open.
fn conclude(case: &Case<'_>, mut found: Found) -> Judged {
    found.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let seen = found.findings.iter().map(|finding| format!("[{}] {}", finding.severity.as_str(), finding.url)).collect::<Vec<_>>().join("\n");
    let count = found.asked.to_string();
    let worst = found.findings.first();
    let mut judged = match worst {
        Some(worst) if worst.severity >= case.rules.exposure_least => {
            let mut judged =
                Judged::new(Verdict::NotMet, Why::ExposuresMet, &[]).remedy(worst.remedy.clone()).command(curl_at(&worst.url, worst.socket, "-i"));
            judged.reason = worst.reason.clone();
            judged
        }
        _ => match found.unheard.first() {
            Some((url, unheard)) => unheard.judged(url),
            None => Judged::new(Verdict::Met, Why::ExposuresMet, &[("count", &count)]),
        },
    };
    let decided = usize::from(judged.verdict == Verdict::NotMet);
    judged.notes.extend(found.findings.iter().skip(decided).map(|finding| finding.reason.clone()));
    if decided == 1 && !found.unheard.is_empty() {
        judged = judged.note(Why::ExposureUnheard, &[("count", &found.unheard.len().to_string())]);
    }
    let observed = if seen.is_empty() {
        Words::new(format!("{count}ページを確認し、該当なし"), format!("nothing found on {count} pages"))
    } else {
        Words::same(seen)
    };
    let value = worst.map_or_else(|| "0".to_owned(), |worst| format!("{} ({})", found.findings.len(), worst.severity.as_str()));
    judged.value(value).observed(observed)
}

fn word(severity: Severity) -> Words {
    match severity {
        Severity::High => Words::new("高", "high"),
        Severity::Medium => Words::new("中", "medium"),
        Severity::Low => Words::new("低", "low"),
        Severity::Info => Words::new("情報", "information"),
    }
}

fn finding(template: &Template, url: &Url, socket: SocketAddr, path: &str) -> Finding {
    let data = [("id", template.id.as_str()), ("severity", template.severity.as_str()), ("url", url.as_str())];
    let mut reason = Reason::new(Why::ExposureFound, &data);
    let word = word(template.severity);
    let fill = |text: &str, title: &str, advice: &str, word: &str| text.replace("{title}", title).replace("{advice}", advice).replace("{word}", word);
    reason.text = Words::new(
        fill(&reason.text.ja, &template.title.ja, &template.advice.ja, &word.ja),
        fill(&reason.text.en, &template.title.en, &template.advice.en, &word.en),
    );
    let place = if path == ABSENT { "/" } else { path };
    Finding { severity: template.severity, reason, url: url.clone(), socket, remedy: template.remedy.replace("{path}", place) }
}

#[cfg(test)]
mod tests {
    use formats::evidence::Response;

    use super::*;

    #[test]
    fn the_templates_are_sound_and_within_their_budget() {
        let list = Templates::parse(include_bytes!("exposures.json")).unwrap();
        assert!(list.max_request() <= 20, "{}", list.max_request());
        for template in &list.templates {
            assert!(!template.remedy.is_empty(), "{}", template.id);
        }
        // Every finding can be read in both languages.
        let url = Url::parse("https://town.example/x").unwrap();
        for template in &list.templates {
            let found = finding(template, &url, ([192, 0, 2, 1], 443).into(), "/x");
            assert!(!found.reason.text.ja.contains('{') && !found.reason.text.en.contains('{'), "{:?}", found.reason);
        }
    }

    #[test]
    fn an_empty_answer_matches_nothing() {
        let list = Templates::parse(include_bytes!("exposures.json")).unwrap();
        let empty = Response { status: 200, ..Response::default() };
        assert!(list.templates.iter().all(|template| !template.matches(&empty)));
    }
}
