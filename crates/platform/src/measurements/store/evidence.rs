//! Rows of raw evidence: packs, what of them each observation rests on, and what is left when its time is over.

use std::collections::{BTreeMap, BTreeSet};

use formats::evidence::pack::{Pack, Uses};

use super::observations::{MANY, marks};
use crate::args;
use crate::base::db::{Row, Tx, Value};
use crate::base::error::{Error, Result};
use crate::measurements::evidence::{Kept, PackId, Packed, Part, Raw};
use crate::measurements::observation::{New, ObservationId};

/// Keeps the evidence of `new`, whose observations are stored: each pack once, then who rests on what of it.
pub(super) async fn insert_evidence(tx: &mut Tx, new: &[New]) -> Result<()> {
    let packs: BTreeMap<&PackId, &Packed> = new.iter().filter_map(|one| one.proof.pack.as_deref()).map(|pack| (&pack.id, pack)).collect();
    let rows: Vec<Vec<Value>> = packs.into_values().map(|pack| args![&pack.id, &pack.at, &*pack.octets].to_vec()).collect();
    tx.insert_many("INSERT INTO evidence_pack (id, at, octets)", "ON CONFLICT (id) DO NOTHING", &rows).await?;
    let row = |one: &New| {
        let Part { pack, uses, frame } = &one.proof.part;
        args![&one.observation.id, pack, uses.to_string(), frame].to_vec()
    };
    tx.insert_many("INSERT INTO evidence_use (id, pack_id, pieces, frame)", "", &new.iter().map(row).collect::<Vec<_>>()).await?;
    Ok(())
}

/// What is left of what was heard for one observation. The caller has looked at [`super::observation`] first.
pub async fn evidence(tx: &mut Tx, id: &ObservationId) -> Result<Raw> {
    raw_of(tx, &[id]).await?.remove(id).ok_or(Error::NotFound)
}

/// What was heard for each of `ids`, as far as it is kept and can be read. The caller may see those observations.
pub async fn evidence_of(tx: &mut Tx, ids: &[&ObservationId]) -> Result<BTreeMap<ObservationId, Kept>> {
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(MANY) {
        found.extend(raw_of(tx, chunk).await?.into_iter().filter_map(|(id, raw)| Some((id, raw.kept()?))));
    }
    Ok(found)
}

async fn raw_of(tx: &mut Tx, ids: &[&ObservationId]) -> Result<BTreeMap<ObservationId, Raw>> {
    let (mut found, mut parts) = (BTreeMap::new(), Vec::new());
    let (list, args): (String, Vec<Value>) = (marks(1, ids.len()), ids.iter().map(|id| Value::from(*id)).collect());
    for row in tx.all(&format!("SELECT id, raw FROM observation_evidence WHERE id IN ({list})"), &args).await? {
        found.insert(row.get("id")?, Raw::Kept(Kept { text: row.get("raw")?, part: None }));
    }
    for row in tx.all(&format!("SELECT id, pack_id, pieces, frame, dropped_at FROM evidence_use WHERE id IN ({list})"), &args).await? {
        match (row.get::<Option<String>>("dropped_at")?, part(&row)?) {
            (Some(at), _) => drop(found.insert(row.get("id")?, Raw::Dropped { at })),
            (None, Some(part)) => parts.push((row.get::<ObservationId>("id")?, part)),
            (None, None) => {}
        }
    }
    let wanted: BTreeSet<&PackId> = parts.iter().map(|(_, part)| &part.pack).collect();
    if wanted.is_empty() {
        return Ok(found);
    }
    let sql = format!("SELECT id, octets FROM evidence_pack WHERE id IN ({})", marks(1, wanted.len()));
    let rows = tx.all(&sql, &wanted.into_iter().map(Value::from).collect::<Vec<_>>()).await?;
    let packs = rows.iter().map(|row| Ok((row.get("id")?, row.get("octets")?))).collect::<Result<BTreeMap<PackId, Vec<u8>>>>()?;
    // Packs take a while to expand: not on the threads that answer others.
    found.extend(tokio::task::spawn_blocking(move || unpacked(parts, &packs)).await.map_err(Error::internal)?);
    Ok(found)
}

fn part(row: &Row) -> Result<Option<Part>> {
    let (pack, pieces) = (row.get::<Option<PackId>>("pack_id")?, row.get::<Option<String>>("pieces")?);
    let uses = pieces.as_deref().and_then(Uses::parse);
    let frame = row.get("frame")?;
    Ok(pack.zip(uses).map(|(pack, uses)| Part { pack, uses, frame }))
}

/// The text of each part, one pack after the other. What cannot be read is told to the operator and left out: a job goes on without it.
fn unpacked(mut parts: Vec<(ObservationId, Part)>, packs: &BTreeMap<PackId, Vec<u8>>) -> Vec<(ObservationId, Raw)> {
    parts.sort_by(|(_, a), (_, b)| a.pack.cmp(&b.pack));
    let mut out = Vec::with_capacity(parts.len());
    for of_pack in parts.chunk_by(|(_, a), (_, b)| a.pack == b.pack) {
        let Some((_, Part { pack: id, .. })) = of_pack.first() else { continue };
        let pack = Pack::read(packs.get(id).map_or(&[], Vec::as_slice));
        for (observation, part) in of_pack {
            match pack.as_ref().map_err(ToString::to_string).and_then(|pack| pack.text(&part.uses, part.frame.as_deref()).map_err(|e| e.to_string()))
            {
                Ok(text) => out.push((observation.clone(), Raw::Kept(Kept { text, part: Some(part.clone()) }))),
                Err(error) => tracing::error!(%observation, pack = %id, "evidence cannot be read: {error}"),
            }
        }
    }
    out
}

/// What [`drop_evidence`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Observations without their raw evidence now.
    pub observations: u64,
    /// Packs that nobody rests on any more.
    pub packs: u64,
}

/// What of an observation `ob` is kept whatever its age: it is the newest of its target and check, or the last that was decided, or the
/// last that was met before a regression nobody was told of yet.
const NEEDED: &str = "(EXISTS (SELECT 1 FROM observation_newest n WHERE n.organisation_id = ob.organisation_id AND n.target = ob.target
        AND n.check_id = ob.check_id AND (n.observation_id = ob.id OR (n.decided_at = ob.at AND n.decided = ob.verdict AND ob.in_force = 1)))
    OR EXISTS (SELECT 1 FROM regression r JOIN observation later ON later.id = r.id WHERE r.told_at IS NULL AND r.met_at = ob.at
        AND later.organisation_id = ob.organisation_id AND later.target = ob.target AND later.check_id = ob.check_id))";

/// Drops the raw evidence of at most `count` observations made before `before` that is not needed, and the packs nobody rests on.
pub async fn drop_evidence(tx: &mut Tx, before: &str, now: &str, count: i64) -> Result<Dropped> {
    // By the packs, not the observations: of those nearly all have nothing left to drop.
    let sql = format!(
        "UPDATE evidence_use SET pack_id = NULL, pieces = NULL, frame = NULL, dropped_at = $2 WHERE id IN (
             SELECT ob.id FROM evidence_pack p JOIN evidence_use u ON u.pack_id = p.id JOIN observation ob ON ob.id = u.id
             WHERE p.at < $1 AND NOT {NEEDED} LIMIT $3)"
    );
    let packed = tx.run(&sql, args![before, now, count]).await?;
    let left = count - i64::try_from(packed).unwrap_or(count);
    let sql = format!(
        "DELETE FROM observation_evidence WHERE id IN (
             SELECT ob.id FROM observation_evidence e JOIN observation ob ON ob.id = e.id WHERE ob.at < $1 AND NOT {NEEDED} LIMIT $2)
         RETURNING id"
    );
    let rows = tx.all(&sql, args![before, left]).await?;
    let bare = rows.iter().map(|row| Ok(args![row.get::<ObservationId>("id")?, now].to_vec())).collect::<Result<Vec<_>>>()?;
    tx.insert_many("INSERT INTO evidence_use (id, dropped_at)", "", &bare).await?;
    let sql = "DELETE FROM evidence_pack WHERE at < $1 AND NOT EXISTS (SELECT 1 FROM evidence_use u WHERE u.pack_id = evidence_pack.id)";
    Ok(Dropped { observations: packed + bare.len() as u64, packs: tx.run(sql, args![before]).await? })
}
