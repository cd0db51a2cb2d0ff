//! Outgoing mail: written to the outbox in the transaction that wants it, sent by a job, or handed out as a mail-merge list.

use jiff::SignedDuration;
use lettre::message::Mailbox;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Message, Tokio1Executor};
use serde_json::json;

use super::dates::stamp;
use super::db::{Row, Tx};
use super::error::{Error, Result};
use super::jobs::JobCx;
use super::work::Work;
use crate::args;

/// One mail that waits or was sent.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Mail {
    /// Its id.
    pub id: String,
    /// To whom.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// When it was sent, if it was.
    pub sent_at: Option<String>,
}

/// Writes a mail as part of a change; it is sent when the change is committed and a server is configured.
pub async fn send(work: &mut Work, recipient: &str, subject: &str, body: &str) -> Result<()> {
    let id = work.id::<Mail>();
    let now = work.stamp();
    work.tx
        .run("INSERT INTO outbox (id, recipient, subject, body, created_at) VALUES ($1, $2, $3, $4, $5)", args![&id, recipient, subject, body, now])
        .await?;
    if work.app().config.smtp.is_some() {
        work.enqueue("base.mail", "outbox", json!({})).await?;
    }
    Ok(())
}

/// Mail that nobody has sent yet and no server has refused, oldest first: the mail-merge list where no server is configured.
pub async fn waiting(tx: &mut Tx, count: i64) -> Result<Vec<Mail>> {
    let sql = "SELECT * FROM outbox WHERE sent_at IS NULL AND error IS NULL ORDER BY created_at, id LIMIT $1";
    tx.all(sql, args![count]).await?.iter().map(read).collect()
}

/// As [`waiting`], without those on their way at some worker.
async fn free(tx: &mut Tx, now: &str, count: i64) -> Result<Vec<Mail>> {
    let sql = "SELECT * FROM outbox WHERE sent_at IS NULL AND error IS NULL AND (taken_until IS NULL OR taken_until < $2)
         ORDER BY created_at, id LIMIT $1";
    tx.all(sql, args![count, now]).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Mail> {
    Ok(Mail {
        id: row.get("id")?,
        recipient: row.get("recipient")?,
        subject: row.get("subject")?,
        body: row.get("body")?,
        sent_at: row.get("sent_at")?,
    })
}

/// Whether the mail server at `url` answers; nothing is sent.
pub async fn reachable(url: &str) -> Result<bool> {
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| Error::internal(format!("smtp: {error}")))?;
    let transport: AsyncSmtpTransport<Tokio1Executor> = transport.timeout(Some(std::time::Duration::from_secs(10))).build();
    Ok(transport.test_connection().await.unwrap_or(false))
}

/// How long a mail may be on its way before another worker takes it up.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(10);

/// Takes a mail for sending; `false` where another worker has it, or has sent it.
async fn take(cx: &JobCx, id: &str) -> Result<bool> {
    let now = cx.app.clock.now();
    let mut tx = cx.app.db.begin().await?;
    let sql = "UPDATE outbox SET taken_until = $2 WHERE id = $1 AND sent_at IS NULL AND error IS NULL AND (taken_until IS NULL OR taken_until < $3)";
    let taken = tx.run(sql, args![id, stamp(now + ON_ITS_WAY), stamp(now)]).await? > 0;
    tx.commit().await?;
    Ok(taken)
}

/// Notes how the sending of a mail ended: sent, refused for good with the server's words, or (neither) to be tried again.
async fn note(cx: &JobCx, id: &str, sent: bool, refused: Option<String>) -> Result<()> {
    let at = sent.then(|| stamp(cx.app.clock.now()));
    let mut tx = cx.app.db.begin().await?;
    tx.run("UPDATE outbox SET sent_at = $2, error = $3, taken_until = NULL WHERE id = $1", args![id, at, refused]).await?;
    tx.commit().await
}

/// Whether the server will never take mail to this address (RFC 5321 §4.2.3): no such mailbox, not here, not allowed as a name.
fn is_refused(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| matches!(code.to_string().as_str(), "550" | "551" | "553"))
}

/// Sends what waits. Each mail is taken before and marked after by itself, so that several workers, or a second run, send none
/// twice; only one that was cut off between sending and marking comes again, with the same Message-ID.
pub async fn run(cx: JobCx, _: serde_json::Value) -> Result<()> {
    let Some(url) = &cx.app.config.smtp else { return Ok(()) };
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| Error::internal(format!("smtp: {error}")))?.build();
    let from: Mailbox = cx.app.config.mail_from.parse().map_err(|error| Error::internal(format!("mail sender: {error}")))?;
    loop {
        let now = stamp(cx.app.clock.now());
        let mails = free(&mut cx.app.db.read().await?, &now, 100).await?;
        if mails.is_empty() {
            return Ok(());
        }
        for (index, mail) in mails.iter().enumerate() {
            if !take(&cx, &mail.id).await? {
                continue;
            }
            // An address nobody can send to must not stop the others.
            let message = mail.recipient.parse::<Mailbox>().map_err(|error| error.to_string()).and_then(|to| {
                Message::builder()
                    .from(from.clone())
                    .to(to)
                    .subject(&mail.subject)
                    .message_id(Some(format!("<{}@{}>", mail.id, from.email.domain())))
                    .body(mail.body.clone())
                    .map_err(|error| error.to_string())
            });
            let refused = match message {
                Err(why) => Some(why),
                Ok(message) => match transport.send(message).await {
                    Ok(_) => None,
                    Err(error) if is_refused(&error) => Some(error.to_string()),
                    Err(error) => {
                        tracing::warn!("mail: {error}");
                        note(&cx, &mail.id, false, None).await?;
                        return Err(Error::Unavailable("error-mail-server"));
                    }
                },
            };
            if let Some(why) = &refused {
                tracing::warn!(mail = mail.id, "mail refused for good: {why}");
            }
            note(&cx, &mail.id, refused.is_none(), refused).await?;
            if cx.progress(index + 1, mails.len()).await? {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

    use super::*;
    use crate::base::id::Id;
    use crate::testing::Bench;

    /// A mail server on loopback: keeps every address it took a mail for, knows no mailbox `nobody`.
    async fn server() -> (String, Arc<Mutex<Vec<String>>>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = taken.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = kept.clone();
                tokio::spawn(async move {
                    let (read, mut write) = stream.into_split();
                    let mut lines = BufReader::new(read).lines();
                    let (mut to, mut in_text) = (String::new(), false);
                    write.write_all(b"220 test\r\n").await.unwrap();
                    while let Ok(Some(line)) = lines.next_line().await {
                        let answer = match line.get(..4).unwrap_or(&line) {
                            "." if in_text => {
                                in_text = false;
                                kept.lock().unwrap().push(to.clone());
                                "250 taken"
                            }
                            _ if in_text => continue,
                            "RCPT" if line.contains("nobody@") => "550 5.1.1 no such mailbox",
                            "RCPT" => {
                                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                                "250 fine"
                            }
                            "DATA" => {
                                in_text = true;
                                "354 go on"
                            }
                            "QUIT" => "221 bye",
                            _ => "250 fine",
                        };
                        write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
                    }
                });
            }
        });
        (url, taken)
    }

    #[tokio::test]
    async fn two_workers_send_each_mail_once_and_a_refused_one_stops_nobody() {
        let (url, taken) = server().await;
        let bench = Bench::with(|config| config.smtp = Some(url)).await;
        let mut work = bench.work().await;
        let all = ["a@example.test", "nobody@example.test", "b@example.test", "no address", "c@example.test"];
        for recipient in all {
            send(&mut work, recipient, "s", "b").await.unwrap();
        }
        work.audit("", "base", "test.mail", "", json!({})).await.unwrap();
        work.commit().await.unwrap();
        // One of them is on its way at another worker.
        let mut tx = bench.app.db.begin().await.unwrap();
        let until = stamp(bench.app.clock.now() + ON_ITS_WAY);
        tx.run("UPDATE outbox SET taken_until = $1 WHERE recipient = 'c@example.test'", args![until]).await.unwrap();
        tx.commit().await.unwrap();
        let id: String = bench.app.db.read().await.unwrap().one("SELECT id FROM job WHERE kind = 'base.mail'", &[]).await.unwrap().get("id").unwrap();
        let work = || run(JobCx { app: bench.app.clone(), id: Id::from_text(id.clone()) }, json!({}));
        let (one, other) = tokio::join!(work(), work());
        one.unwrap();
        other.unwrap();
        let sorted = || {
            let mut all = taken.lock().unwrap().clone();
            all.sort();
            all
        };
        assert_eq!(sorted(), ["a@example.test", "b@example.test"]);
        let left = waiting(&mut bench.app.db.read().await.unwrap(), 10).await.unwrap();
        assert_eq!(left.iter().map(|mail| mail.recipient.as_str()).collect::<Vec<_>>(), ["c@example.test"]);
        // The other worker was never heard of again.
        bench.set_time("2026-04-01T00:11:00Z");
        work().await.unwrap();
        assert_eq!(sorted(), ["a@example.test", "b@example.test", "c@example.test"]);
        assert_eq!(bench.app.db.read().await.unwrap().all("SELECT id FROM outbox WHERE error IS NOT NULL", &[]).await.unwrap().len(), 2);
    }
}
