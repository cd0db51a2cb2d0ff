//! Uploads, bounded while they arrive: a form with files is read field by field and stops at the cap.

use axum::extract::multipart::Multipart;

use super::error::{Error, Result};

/// The most bytes of one upload. An evidence file or a sheet of 60,000 answers stays far below.
pub const LIMIT: usize = 64 * 1024 * 1024;

/// A form with files, as it was sent.
#[derive(Debug, Default)]
pub struct Sent {
    /// Fields that are not files.
    pub fields: Vec<(String, String)>,
    /// Files: name of the field, name of the file, bytes.
    pub files: Vec<(String, String, Vec<u8>)>,
}

impl Sent {
    /// The value of a field, trimmed; empty if it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// The file of a field, if one was chosen.
    pub fn file(&self, name: &str) -> Option<(&str, &[u8])> {
        self.files
            .iter()
            .find(|(field, file, bytes)| field == name && !(file.is_empty() && bytes.is_empty()))
            .map(|(_, file, bytes)| (file.as_str(), bytes.as_slice()))
    }

    /// The file of a field; none chosen is an error of that field.
    pub fn needed_file(&self, name: &str) -> Result<(&str, &[u8])> {
        self.file(name).filter(|(_, bytes)| !bytes.is_empty()).ok_or_else(|| Error::invalid(name, "error-file-required"))
    }
}

/// Reads a form with files; more than `limit` bytes in all is refused before they are kept.
pub async fn read(mut form: Multipart, limit: usize) -> Result<Sent> {
    let mut sent = Sent::default();
    let mut left = limit;
    let too_large = || Error::invalid_with("", "error-upload-too-large", vec![("limit", (limit / 1024 / 1024).to_string())]);
    while let Some(mut field) = form.next_field().await.map_err(|_| Error::invalid("", "error-upload-broken"))? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|error| {
            if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE { too_large() } else { Error::invalid("", "error-upload-broken") }
        })? {
            left = left.checked_sub(chunk.len()).ok_or_else(too_large)?;
            bytes.extend_from_slice(&chunk);
        }
        match file {
            Some(file) => sent.files.push((name, file, bytes)),
            None => sent.fields.push((name, String::from_utf8_lossy(&bytes).into_owned())),
        }
        if sent.fields.len() + sent.files.len() > 2_000 {
            return Err(Error::invalid("", "error-upload-broken"));
        }
    }
    Ok(sent)
}

/// Reads a file of the machine up to one byte more than an upload may have, so that a huge one is refused before it fills the
/// memory: whatever parses the bytes says that they are too many.
pub fn file(path: &std::path::Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LIMIT as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}
