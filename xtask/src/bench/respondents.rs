//! Everybody asked answers as people do: each opens their personal link, reads a page of ten questions, sends it, reads the next.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::government;
use super::http::Client;
use super::program::Server;

/// Connections at a time; more than cores, so that no core waits for a client.
pub const CONNECTIONS: usize = 4;
const BOUNDARY: &str = "----hinomi-bench";

/// What was sent and how long it took, all connections together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent {
    /// Answers accepted.
    pub answers: usize,
    /// Pages sent; each in a transaction of its own.
    pub pages: usize,
    /// Seconds during which forms were sent.
    pub sending: f64,
    /// Seconds during which the same number of pages of questions was read.
    pub reading: f64,
    /// Seconds for as many requests to a route that does next to nothing.
    pub trivial: f64,
}

/// A page somebody is about to send.
struct Form {
    cookie: String,
    path: String,
    body: Vec<u8>,
    answers: usize,
}

/// Lets everybody in `letters` (as `hinomi cycle links` writes them) answer everything.
pub fn answer(server: &Server, letters: &Value) -> Result<Sent> {
    let people: Vec<(String, String, usize)> = letters
        .as_array()
        .context("the links")?
        .iter()
        .map(|one| {
            let of = |name: &str| one[name].as_str().map(str::to_owned).with_context(|| format!("no {name} in {one}"));
            let link = of("link")?;
            let secret = link.rsplit('/').next().unwrap_or_default();
            Ok((of("code")?, format!("Cookie: hinomi_link={secret}\r\n"), one["asked"].as_u64().context("no number asked")? as usize))
        })
        .collect::<Result<_>>()?;
    // The pages do not depend on what was answered before, so that reading and sending can be told apart.
    let (forms, reading) = by_all(server, &people, |client, (code, cookie, asked)| {
        client.carry(cookie.clone());
        (1..=asked.div_ceil(10))
            .map(|page| {
                let path = format!("/answer?page={page}");
                let html = client.get(&path)?.wanted(200)?.text();
                let (body, answers) = fill(&html, code, page);
                ensure!(answers > 0, "no questions on {path}");
                Ok(Form { cookie: cookie.clone(), path, body, answers })
            })
            .collect::<Result<Vec<Form>>>()
    })?;
    let forms: Vec<Form> = forms.into_iter().flatten().collect();
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let (_, sending) = by_all(server, &forms, |client, form| {
        client.carry(form.cookie.clone());
        client.post(&form.path, &kind, &form.body)?.wanted(303).map(drop)
    })?;
    let (_, trivial) = by_all(server, &forms, |client, form| {
        client.carry(form.cookie.clone());
        client.get("/health")?.wanted(200).map(drop)
    })?;
    let sent = Sent { answers: forms.iter().map(|form| form.answers).sum(), pages: forms.len(), sending, reading, trivial };
    ensure!(sent.answers == government::ANSWERS, "{} answers were sent and not {}", sent.answers, government::ANSWERS);
    Ok(sent)
}

/// Does `work` for everything in `list` over [`CONNECTIONS`] connections; what came out in order, and the seconds it took.
fn by_all<T: Sync, R: Send>(server: &Server, list: &[T], work: impl Fn(&mut Client, &T) -> Result<R> + Sync) -> Result<(Vec<R>, f64)> {
    let begin = Instant::now();
    let size = list.len().div_ceil(CONNECTIONS).max(1);
    let parts = std::thread::scope(|scope| {
        let threads: Vec<_> = list
            .chunks(size)
            .map(|part| {
                let work = &work;
                scope.spawn(move || {
                    let mut client = server.client("")?;
                    part.iter().map(|one| work(&mut client, one)).collect::<Result<Vec<R>>>()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a client ended early"))?).collect::<Result<Vec<Vec<R>>>>()
    })?;
    Ok((parts.into_iter().flatten().collect(), begin.elapsed().as_secs_f64()))
}

/// The value of the hidden field `name` of a form.
fn hidden<'h>(html: &'h str, name: &str) -> Option<&'h str> {
    html.split_once(&format!("name=\"{name}\" value=\""))?.1.split('"').next()
}

/// What a browser sends when the person `code` fills in their page `page`, and how many answers that is.
fn fill(html: &str, code: &str, page: usize) -> (Vec<u8>, usize) {
    let mut body = String::new();
    let mut field = |name: String, value: &str| {
        body.push_str(&format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    };
    let mut count = 0;
    while let (Some(requirement), Some(system)) = (hidden(html, &format!("r{count}")), hidden(html, &format!("s{count}"))) {
        let (claim, reason) = government::answer(code, page * 10 + count);
        for (name, value) in [("r", requirement), ("s", system), ("c", claim), ("w", reason), ("n", "")] {
            field(format!("{name}{count}"), value);
        }
        count += 1;
    }
    body.push_str(&format!("--{BOUNDARY}--\r\n"));
    (body.into_bytes(), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_filled_as_a_browser_does() {
        let question = |at: usize, system: &str| {
            format!("<input type=\"hidden\" name=\"r{at}\" value=\"q-{at}\"><input type=\"hidden\" name=\"s{at}\" value=\"{system}\">")
        };
        let (body, count) = fill(&[question(0, ""), question(1, "s-1")].concat(), "o00-staff-01", 1);
        let body = String::from_utf8(body).unwrap();
        assert_eq!(count, 2);
        assert!(body.contains("name=\"r1\"\r\n\r\nq-1\r\n") && body.contains("name=\"s1\"\r\n\r\ns-1\r\n"), "{body}");
        assert!(body.contains("name=\"c0\"\r\n\r\nimplemented\r\n") && body.ends_with("----hinomi-bench--\r\n"), "{body}");
        assert_eq!(fill("<p>nothing</p>", "x", 1).1, 0);
    }
}
