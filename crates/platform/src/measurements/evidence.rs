//! Where the raw evidence of an observation lies: in the pack of the visit it was heard on, until its time is over.

use std::sync::Arc;

use engine::judge::Judgement;
use formats::evidence::Evidence;
use formats::evidence::pack::{self, Pack, Packer, Uses};
use jiff::Timestamp;

use crate::base::audit::sha256;
use crate::base::dates::stamp;
use crate::base::error::{Error, Result};
use crate::base::id::Id;

/// Marker of a pack's id.
pub enum PackKind {}
/// The id of what one visit heard.
pub type PackId = Id<PackKind>;

/// The part of a pack that is the evidence of one observation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The pack.
    pub pack: PackId,
    /// Its pieces.
    pub uses: Uses,
    /// What stands in the place of the pack's own frame.
    pub frame: Option<String>,
}

/// A pack that is not stored yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Its id.
    pub id: PackId,
    /// When it was heard, UTC.
    pub at: String,
    /// As it is kept.
    pub octets: Vec<u8>,
}

impl Packed {
    fn new(id: PackId, at: &str, pack: &Pack) -> Result<Arc<Self>> {
        Ok(Arc::new(Self { id, at: at.to_owned(), octets: pack.write().map_err(Error::internal)? }))
    }
}

/// The evidence of an observation about to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Where it lies.
    pub part: Part,
    /// The pack itself, unless it is stored already.
    pub pack: Option<Arc<Packed>>,
    /// SHA-256 of its text.
    pub hash: String,
}

impl Proof {
    /// A text of any shape in a pack of its own, which others may share.
    pub fn whole(id: PackId, at: &str, text: &str) -> Result<Self> {
        let mut packer = Packer::default();
        let uses = packer.add_whole(text);
        let pack = Some(Packed::new(id.clone(), at, &packer.pack())?);
        Ok(Self { part: Part { pack: id, uses, frame: None }, pack, hash: sha256(text.as_bytes()) })
    }

    /// Evidence that was judged again: of the pack it came from, as far as it came from one. `id` is for a new pack, where it did not.
    pub fn again(id: PackId, kept: &Kept, evidence: &Evidence) -> Result<Self> {
        let frame = pack::frame(evidence)?;
        match (&kept.part, pack::reframed(&kept.text, &frame)) {
            (Some(part), Some(text)) => {
                let frame = if text == kept.text { part.frame.clone() } else { Some(frame) };
                Ok(Self { part: Part { frame, ..part.clone() }, pack: None, hash: sha256(text.as_bytes()) })
            }
            _ => {
                let mut packer = Packer::default();
                let uses = packer.add(evidence)?;
                let pack = packer.pack();
                let hash = sha256(pack.text(&uses, None).map_err(Error::internal)?.as_bytes());
                Ok(Self { part: Part { pack: id.clone(), uses, frame: None }, pack: Some(Packed::new(id, &at(evidence), &pack)?), hash })
            }
        }
    }
}

fn at(evidence: &Evidence) -> String {
    stamp(Timestamp::from_second(evidence.at).unwrap_or_default())
}

/// A judgement and the evidence it rests on.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The judgement.
    pub judgement: Judgement,
    /// When it was heard, UTC.
    pub at: String,
    /// The place it was heard from.
    pub vantage: String,
    /// The evidence.
    pub proof: Proof,
}

impl Judged {
    /// With the evidence as it was used.
    pub fn new(judgement: Judgement, evidence: Evidence, proof: Proof) -> Self {
        Self { judgement, at: at(&evidence), vantage: evidence.place.vantage, proof }
    }
}

/// What one visit found, with everything it heard in one pack called `id`.
pub fn packed(id: &PackId, found: Vec<(Judgement, Evidence)>) -> Result<Vec<Judged>> {
    let mut packer = Packer::default();
    let uses = found.iter().map(|(_, evidence)| Ok(packer.add(evidence)?)).collect::<Result<Vec<Uses>>>()?;
    let pack = packer.pack();
    let Some((_, first)) = found.first() else { return Ok(Vec::new()) };
    let whole = Packed::new(id.clone(), &at(first), &pack)?;
    let judged = found.into_iter().zip(uses).map(|((judgement, evidence), uses)| {
        let hash = sha256(pack.text(&uses, None).map_err(Error::internal)?.as_bytes());
        let proof = Proof { part: Part { pack: id.clone(), uses, frame: None }, pack: Some(Arc::clone(&whole)), hash };
        Ok(Judged::new(judgement, evidence, proof))
    });
    judged.collect()
}

/// Evidence that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Letter by letter as it was when its hash was taken.
    pub text: String,
    /// Where it lies; none: it was heard before there were packs.
    pub part: Option<Part>,
}

/// What is left of the evidence of an observation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Raw {
    /// All of it.
    Kept(Kept),
    /// Nothing but the hash in the observation.
    Dropped {
        /// Since when, UTC.
        at: String,
    },
}

impl Raw {
    /// It, where it is kept.
    pub fn kept(self) -> Option<Kept> {
        match self {
            Self::Kept(kept) => Some(kept),
            Self::Dropped { .. } => None,
        }
    }
}
