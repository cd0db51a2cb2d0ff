//! Octets of a page to text: byte order mark, then the header, then what the page says of itself, then what decodes.

use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Octets in which a page must declare its charset (WHATWG HTML 4.2.5.4).
const PRESCAN: usize = 1024;

/// The text, never failing, and the name of the charset it was read by (WHATWG HTML 13.2.3.2, with the Japanese ones tried where nothing is declared).
pub(super) fn text(bytes: &[u8], content_type: Option<&str>) -> (String, String) {
    let declared = || content_type.and_then(after_charset).or_else(|| within_page(bytes));
    let encoding = Encoding::for_bom(bytes).map(|(encoding, _)| encoding).or_else(declared).unwrap_or_else(|| guess(bytes));
    let (text, encoding, _) = encoding.decode(bytes);
    (text.into_owned(), encoding.name().to_owned())
}

/// The encoding named after `charset=`.
fn after_charset(text: &str) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let (_, rest) = lower.split_once("charset")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let label = rest.trim_start_matches(['"', '\'']).split(['"', '\'', ';', ' ', '>', '/']).next()?;
    Encoding::for_label(label.as_bytes())
}

/// The first `<meta>` that names a charset. A page in which it can be read is not UTF-16, so that is taken for UTF-8 (13.2.3.2).
fn within_page(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(bytes.get(..PRESCAN).unwrap_or(bytes)).to_ascii_lowercase();
    let found = head.split("<meta").skip(1).filter_map(|part| part.split('>').next()).find_map(after_charset)?;
    Some(if found == UTF_16LE || found == UTF_16BE { UTF_8 } else { found })
}

/// The first of the encodings in use that explains every octet. Japanese text in one of them is practically never valid in those before it.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let escapes = bytes.contains(&0x1b);
    let explains = |encoding: &&'static Encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes).is_some();
    let cut = std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
    if cut {
        return UTF_8;
    }
    let candidates = [ISO_2022_JP, UTF_8, EUC_JP, SHIFT_JIS];
    candidates.into_iter().skip(usize::from(!escapes)).find(explains).unwrap_or(WINDOWS_1252)
}
