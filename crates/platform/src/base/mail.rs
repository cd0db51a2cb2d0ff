//! Outgoing mail: written to the outbox in the transaction that wants it, sent by a job, or handed out as a mail-merge list.

use lettre::message::Mailbox;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{AsyncTransport, Message, Tokio1Executor};
use serde_json::json;

use super::dates::stamp;
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

/// Mail that nobody has sent yet, oldest first: the mail-merge list where no server is configured.
pub async fn waiting(tx: &mut super::db::Tx, count: i64) -> Result<Vec<Mail>> {
    tx.all("SELECT * FROM outbox WHERE sent_at IS NULL ORDER BY created_at, id LIMIT $1", args![count])
        .await?
        .iter()
        .map(|row| {
            Ok(Mail {
                id: row.get("id")?,
                recipient: row.get("recipient")?,
                subject: row.get("subject")?,
                body: row.get("body")?,
                sent_at: row.get("sent_at")?,
            })
        })
        .collect()
}

/// Whether the mail server at `url` answers; nothing is sent.
pub async fn reachable(url: &str) -> Result<bool> {
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| Error::internal(format!("smtp: {error}")))?;
    let transport: AsyncSmtpTransport<Tokio1Executor> = transport.timeout(Some(std::time::Duration::from_secs(10))).build();
    Ok(transport.test_connection().await.unwrap_or(false))
}

/// Sends what waits. Each mail is marked sent by itself, so a second run sends only the rest.
pub async fn run(cx: JobCx, _: serde_json::Value) -> Result<()> {
    let Some(url) = &cx.app.config.smtp else { return Ok(()) };
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| Error::internal(format!("smtp: {error}")))?.build();
    let from: Mailbox = cx.app.config.mail_from.parse().map_err(|error| Error::internal(format!("mail sender: {error}")))?;
    loop {
        let mut tx = cx.app.db.read().await?;
        let mails = waiting(&mut tx, 100).await?;
        drop(tx);
        if mails.is_empty() {
            return Ok(());
        }
        for (index, mail) in mails.iter().enumerate() {
            let outcome = match mail.recipient.parse::<Mailbox>() {
                Ok(to) => match Message::builder().from(from.clone()).to(to).subject(&mail.subject).body(mail.body.clone()) {
                    Ok(message) => transport.send(message).await.map(drop).map_err(|_| Error::Unavailable("error-mail-server")),
                    Err(error) => Err(Error::internal(error)),
                },
                // An address nobody can send to must not stop the others.
                Err(_) => Ok(()),
            };
            outcome?;
            let mut tx = cx.app.db.begin().await?;
            tx.run("UPDATE outbox SET sent_at = $2 WHERE id = $1", args![&mail.id, stamp(cx.app.clock.now())]).await?;
            tx.commit().await?;
            if cx.progress(index + 1, mails.len()).await? {
                return Ok(());
            }
        }
    }
}
