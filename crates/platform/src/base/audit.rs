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
        let canonical = serde_json::json!([
            self.seq, self.at, self.actor, self.actor_name, self.organisation, self.area, self.verb, self.subject, self.detail,
        ])
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
        args![line.seq, &line.at, &line.actor, &line.actor_name, &line.organisation, &line.area, &line.verb, &line.subject,
              &line.detail, &line.previous, &line.hash],
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
                    seq, at: "2026-04-01T00:00:00Z".into(), actor: "a".into(), actor_name: "A".into(), organisation: String::new(),
                    area: "register".into(), verb: "organisation.add".into(), subject: format!("s{seq}"), detail: "{}".into(),
                    previous: previous.clone(), hash: String::new(),
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
