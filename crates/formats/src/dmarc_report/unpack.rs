//! From what receivers send to the XML: gzip, zip, and the mail around them, told apart by content and bounded at each step.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use flate2::read::GzDecoder;

use super::Limits;
use super::mail::attached;
use super::words::{Fault, empty};
use crate::problem::{Place, Problem};

/// Wrappings around a report: a mail, and an archive in it.
const MOST_LAYERS: usize = 3;
/// Files that an archive with one report may have, folders and the notes of operating systems included.
const MOST_ENTRIES: usize = 16;

/// What bytes are, by how they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Xml,
    Gzip,
    Zip,
    Mail,
    Other,
}

fn kind(bytes: &[u8]) -> Kind {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    if bytes.starts_with(b"\x1F\x8B") {
        Kind::Gzip
    } else if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        Kind::Zip
    } else if text.starts_with(b"<") {
        Kind::Xml
    } else if is_header(text) {
        Kind::Mail
    } else {
        Kind::Other
    }
}

/// Whether a text begins as mail does: with a field, or with the line that mailboxes put before it (RFC 5322 2.2, RFC 4155).
fn is_header(text: &[u8]) -> bool {
    let line = text.split(|c| *c == b'\n').next().unwrap_or_default();
    let name = line.iter().position(|c| *c == b':').and_then(|at| line.get(..at)).unwrap_or_default();
    line.starts_with(b"From ") || ((2..=60).contains(&name.len()) && name.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'-'))
}

/// The XML in `bytes`.
///
/// # Errors
/// Why there is none.
pub(super) fn unpack<'a>(bytes: &'a [u8], file: &str, limits: &Limits) -> Result<Cow<'a, [u8]>, Problem> {
    let place = || Place::sheet(file);
    if bytes.is_empty() {
        return Err(empty(place()));
    }
    if bytes.len() as u64 > limits.bytes {
        return Err(Fault::TooLarge { limit: limits.bytes }.at(place()));
    }
    let mut layer: Cow<'a, [u8]> = Cow::Borrowed(bytes);
    for _ in 0..MOST_LAYERS {
        let inner = match kind(&layer) {
            Kind::Xml => break,
            Kind::Gzip => gzip(&layer, limits),
            Kind::Zip => zip(&layer, limits),
            Kind::Mail => mail(&layer),
            Kind::Other => Err(Fault::NoReport),
        };
        layer = Cow::Owned(inner.map_err(|fault| fault.at(place()))?);
    }
    match (kind(&layer), layer.len() as u64 > limits.expanded) {
        (Kind::Xml, false) => Ok(layer),
        (Kind::Xml, true) => Err(Fault::TooLarge { limit: limits.expanded }.at(place())),
        _ => Err(Fault::NoReport.at(place())),
    }
}

/// All that `source` gives, which comes from `packed` bytes.
fn bounded(source: impl Read, packed: usize, limits: &Limits) -> Result<Vec<u8>, Fault<'static>> {
    let most = limits.expanded.min((packed as u64).saturating_mul(limits.ratio).max(1 << 20));
    let mut out = Vec::new();
    // One byte more than there is room for tells "exactly full" from "too much" without reading on.
    source.take(most.saturating_add(1)).read_to_end(&mut out).map_err(|error| Fault::Damaged { detail: error.to_string() })?;
    if out.len() as u64 > most { Err(Fault::ExpandsTooFar) } else { Ok(out) }
}

fn gzip(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Fault<'static>> {
    bounded(GzDecoder::new(bytes), bytes.len(), limits)
}

fn zip(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Fault<'static>> {
    let damaged = |error: &dyn std::fmt::Display| Fault::Damaged { detail: error.to_string() };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if archive.len() > MOST_ENTRIES {
        return Err(Fault::SeveralFiles);
    }
    let mut found = None;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| damaged(&error))?;
        let name = entry.name().map_err(|error| damaged(&error))?;
        // macOS lays its own notes beside each file.
        if entry.is_dir() || name.starts_with("__MACOSX/") || name.ends_with(".DS_Store") {
            continue;
        }
        if found.replace(index).is_some() {
            return Err(Fault::SeveralFiles);
        }
    }
    let entry = archive.by_index(found.ok_or(Fault::SeveralFiles)?).map_err(|error| damaged(&error))?;
    let packed = usize::try_from(entry.compressed_size()).unwrap_or(usize::MAX).min(bytes.len());
    bounded(entry, packed, limits)
}

/// The one report that a mail carries.
fn mail(bytes: &[u8]) -> Result<Vec<u8>, Fault<'static>> {
    let (mut found, mut damaged) = (None, false);
    for part in attached(bytes) {
        let Some(content) = part.content else {
            damaged = true;
            continue;
        };
        let is_report = match kind(&content) {
            Kind::Gzip | Kind::Zip => true,
            // A text is one only when it says so: the words of a mail may begin with a bracket too.
            Kind::Xml => part.named_xml || part.kind.ends_with("xml"),
            Kind::Mail | Kind::Other => false,
        };
        if is_report && found.replace(content).is_some() {
            return Err(Fault::SeveralFiles);
        }
    }
    let missing = if damaged { Fault::Damaged { detail: "base64".to_owned() } } else { Fault::NoAttachment };
    found.ok_or(missing)
}
