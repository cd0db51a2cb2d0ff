//! The append-only audit log, chained by hashes so that anybody can verify it offline.
//!
//! Each line's hash is SHA-256 over the previous hash and the line's canonical text; changing, removing or reordering a
//! line breaks the chain at that line. Cutting off the end shows when the last hash was noted elsewhere (`hinomi audit head`).

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::db::{Row, Tx};
use super::error::Result;
use crate::args;

/// The hash before the first line.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One line: who did what to what, when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Line {
    /// 1, 2, 3 … without a gap.
    pub seq: i64,
    /// UTC.
    pub at: String,
    /// The account's id, or `operator`, `job`, `public`.
    pub actor: String,
    /// The name at that time.
    pub actor_name: String,
    /// The organisation it concerns, by id, or empty.
    pub organisation: String,
    /// The area.
    pub area: String,
    /// The verb, such as `cycle.open`.
    pub verb: String,
    /// The id of the thing.
    pub subject: String,
    /// What changed, as JSON text; never a secret.
    pub detail: String,
    /// The hash of the line before.
    pub previous: String,
    /// This line's hash.
    pub hash: String,
}

impl Line {
    /// The hash this line must carry.
    pub fn expected_hash(&self) -> String {
        // A JSON array is an unambiguous concatenation: no field can leak into the next one.
        let canonical =
            serde_json::json!([self.seq, self.at, self.actor, self.actor_name, self.organisation, self.area, self.verb, self.subject, self.detail,])
                .to_string();
        let mut hash = Sha256::new();
        hash.update(self.previous.as_bytes());
        hash.update(b"\n");
        hash.update(canonical.as_bytes());
        hex(&hash.finalize())
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 of `bytes` in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Why a chain does not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The number of the first line that does not fit.
    pub seq: i64,
    /// What does not fit: `sequence`, `previous`, `hash`.
    pub what: &'static str,
}

/// Follows a chain line by line; feed it every line in order.
pub struct Verifier {
    next: i64,
    previous: String,
}

impl Default for Verifier {
    fn default() -> Self {
        Self { next: 1, previous: GENESIS.to_owned() }
    }
}

impl Verifier {
    /// Takes the next line.
    pub fn take(&mut self, line: &Line) -> Result<(), Broken> {
        let broken = |what| Err(Broken { seq: line.seq, what });
        if line.seq != self.next {
            return broken("sequence");
        }
        if line.previous != self.previous {
            return broken("previous");
        }
        if line.hash != line.expected_hash() {
            return broken("hash");
        }
        self.next += 1;
        self.previous.clone_from(&line.hash);
        Ok(())
    }

    /// How many lines held, and the last hash.
    pub fn head(&self) -> (i64, &str) {
        (self.next - 1, &self.previous)
    }
}

/// Appends a line; `line.seq`, `previous` and `hash` are set here.
pub async fn append(tx: &mut Tx, mut line: Line) -> Result<()> {
    // The update locks the head row on PostgreSQL until the transaction ends, so that lines never share a number.
    let head = tx.one("UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash", &[]).await?;
    line.seq = head.get("seq")?;
    line.previous = head.get("hash")?;
    line.hash = line.expected_hash();
    tx.run(
        "INSERT INTO audit (seq, at, actor, actor_name, organisation, area, verb, subject, detail, previous, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            line.seq,
            &line.at,
            &line.actor,
            &line.actor_name,
            &line.organisation,
            &line.area,
            &line.verb,
            &line.subject,
            &line.detail,
            &line.previous,
            &line.hash
        ],
    )
    .await?;
    tx.run("UPDATE audit_head SET hash = $1 WHERE id = 1", args![&line.hash]).await?;
    Ok(())
}

fn line(row: &Row) -> Result<Line> {
    Ok(Line {
        seq: row.get("seq")?,
        at: row.get("at")?,
        actor: row.get("actor")?,
        actor_name: row.get("actor_name")?,
        organisation: row.get("organisation")?,
        area: row.get("area")?,
        verb: row.get("verb")?,
        subject: row.get("subject")?,
        detail: row.get("detail")?,
        previous: row.get("previous")?,
        hash: row.get("hash")?,
    })
}

/// Up to `count` lines after number `after`, in order.
pub async fn after(tx: &mut Tx, after: i64, count: i64) -> Result<Vec<Line>> {
    tx.all("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2", args![after, count]).await?.iter().map(line).collect()
}

/// The number and hash of the last line.
pub async fn head(tx: &mut Tx) -> Result<(i64, String)> {
    let row = tx.one("SELECT seq, hash FROM audit_head WHERE id = 1", &[]).await?;
    Ok((row.get("seq")?, row.get("hash")?))
}

/// Follows the whole chain: how many lines hold and the last hash, or the first that does not.
pub async fn verify(tx: &mut Tx) -> Result<std::result::Result<(i64, String), Broken>> {
    const CHUNK: i64 = 1_000;
    let mut verifier = Verifier::default();
    loop {
        let lines = after(tx, verifier.head().0, CHUNK).await?;
        for line in &lines {
            if let Err(broken) = verifier.take(line) {
                return Ok(Err(broken));
            }
        }
        if lines.len() < CHUNK as usize {
            break;
        }
    }
    let (count, hash) = verifier.head();
    // Lines cut off at the end leave a chain that holds; the head row still knows how long it was.
    if head(tx).await? != (count, hash.to_owned()) {
        return Ok(Err(Broken { seq: count + 1, what: "end" }));
    }
    Ok(Ok((count, hash.to_owned())))
}

/// What to look for in the log. Empty texts ask for nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The area.
    pub area: String,
    /// A part of the actor's name, the verb or the thing.
    pub text: String,
    /// Not before this day, `2026-04-01`.
    pub from: String,
    /// Not after this day.
    pub to: String,
    /// Only lines before this number; 0 for all.
    pub before: i64,
    /// Only lines about these organisations, by id; `None` for all lines.
    pub organisations: Option<Vec<String>>,
}

/// Up to `count` lines that fit, newest first.
pub async fn search(tx: &mut Tx, filter: &Filter, count: i64) -> Result<Vec<Line>> {
    // The pattern's own signs are taken literally.
    let text = filter.text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let mut values = args![&filter.area, format!("%{text}%"), &filter.from, &filter.to, filter.before, count].to_vec();
    let within = match &filter.organisations {
        None => String::new(),
        Some(ids) if ids.is_empty() => return Ok(Vec::new()),
        Some(ids) => {
            let marks: Vec<String> = ids
                .iter()
                .map(|id| {
                    values.push(id.into());
                    format!("${}", values.len())
                })
                .collect();
            format!("AND organisation IN ({})", marks.join(", "))
        }
    };
    let sql = format!(
        "SELECT * FROM audit WHERE ($1 = '' OR area = $1)
         AND (LOWER(actor_name) LIKE $2 ESCAPE '\\' OR LOWER(verb) LIKE $2 ESCAPE '\\' OR LOWER(subject) LIKE $2 ESCAPE '\\')
         AND ($3 = '' OR SUBSTR(at, 1, 10) >= $3) AND ($4 = '' OR SUBSTR(at, 1, 10) <= $4) AND ($5 = 0 OR seq < $5) {within}
         ORDER BY seq DESC LIMIT $6"
    );
    tx.all(&sql, &values).await?.iter().map(line).collect()
}

/// The lines about one thing, newest first.
pub async fn about(tx: &mut Tx, subject: &str, count: i64) -> Result<Vec<Line>> {
    tx.all("SELECT * FROM audit WHERE subject = $1 ORDER BY seq DESC LIMIT $2", args![subject, count]).await?.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(n: i64) -> Vec<Line> {
        let mut previous = GENESIS.to_owned();
        (1..=n)
            .map(|seq| {
                let mut line = Line {
                    seq,
                    at: "2026-04-01T00:00:00Z".into(),
                    actor: "a".into(),
                    actor_name: "A".into(),
                    organisation: String::new(),
                    area: "register".into(),
                    verb: "organisation.add".into(),
                    subject: format!("s{seq}"),
                    detail: "{}".into(),
                    previous: previous.clone(),
                    hash: String::new(),
                };
                line.hash = line.expected_hash();
                previous.clone_from(&line.hash);
                line
            })
            .collect()
    }

    fn first_broken(lines: &[Line]) -> Option<i64> {
        let mut verifier = Verifier::default();
        lines.iter().find_map(|line| verifier.take(line).err().map(|broken| broken.seq))
    }

    #[test]
    fn every_single_change_is_found_at_its_line() {
        assert_eq!(first_broken(&chain(20)), None);
        for at in 0..20_usize {
            let mut changed = chain(20);
            changed[at].detail = "{\"x\":1}".into();
            assert_eq!(first_broken(&changed), Some(at as i64 + 1));
            let mut removed = chain(20);
            removed.remove(at);
            assert_eq!(first_broken(&removed), (at < 19).then_some(at as i64 + 2));
            let mut rehashed = chain(20);
            rehashed[at].actor_name = "B".into();
            rehashed[at].hash = rehashed[at].expected_hash();
            assert_eq!(first_broken(&rehashed), (at < 19).then_some(at as i64 + 2));
        }
    }
}
