//! Bytes of a text file to text: UTF-8, UTF-16 with a byte order mark, or Shift_JIS as Windows writes it.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding, SHIFT_JIS, UTF_16BE, UTF_16LE};

use crate::problem::{Place, Problem, ProblemKind};

/// The text of a file. Valid UTF-8 wins, since Japanese Shift_JIS text is practically never valid UTF-8; then Shift_JIS if all of it decodes.
///
/// Errors: the first byte that no encoding explains, with its line.
pub(super) fn text<'a>(bytes: &'a [u8], file: &Place) -> Result<Cow<'a, str>, Problem> {
    let (encoding, skip): (Option<&'static Encoding>, usize) = match bytes {
        [0xEF, 0xBB, 0xBF, ..] => (None, 3),
        [0xFF, 0xFE, ..] => (Some(UTF_16LE), 2),
        [0xFE, 0xFF, ..] => (Some(UTF_16BE), 2),
        _ => (None, 0),
    };
    let body = bytes.get(skip..).unwrap_or_default();
    let fail = |at: usize, width: usize| Err(unknown(bytes, skip + at, width, file));
    if let Some(utf_16) = encoding {
        return decode(utf_16, body).map(Cow::Owned).or_else(|at| fail(at, 2));
    }
    let at = match std::str::from_utf8(body) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error.valid_up_to(),
    };
    let so_far = body.get(..at).and_then(|part| std::str::from_utf8(part).ok()).unwrap_or_default();
    // Kana in the readable part can only come from UTF-8: the file is a damaged one, and reading it as Shift_JIS would
    // give nonsense that looks like text.
    if skip > 0 || so_far.contains(|c| ('\u{3041}'..='\u{30FF}').contains(&c)) {
        return fail(at, 1);
    }
    match decode(SHIFT_JIS, body) {
        Ok(text) => Ok(Cow::Owned(text)),
        Err(later) => fail(later.max(at), 1),
    }
}

/// The whole text, or the offset of the first malformed sequence.
fn decode(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, usize> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).ok_or(0_usize)?;
    let mut out = String::with_capacity(room);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut out, true);
    match result {
        DecoderResult::InputEmpty => {
            out.shrink_to_fit();
            Ok(out)
        }
        DecoderResult::Malformed(bad, after) => Err(read.saturating_sub(usize::from(bad) + usize::from(after))),
        DecoderResult::OutputFull => Err(read),
    }
}

/// `width` is the bytes of one code unit, by which lines are counted.
fn unknown(bytes: &[u8], at: usize, width: usize, file: &Place) -> Problem {
    let before = bytes.get(..at).unwrap_or(bytes);
    let lines = match width {
        1 => before.iter().filter(|&&byte| byte == b'\n').count(),
        _ => before.chunks(2).filter(|unit| matches!(unit, [b'\n', 0] | [0, b'\n'])).count(),
    };
    let kind = ProblemKind::UnknownEncoding { offset: at as u64 };
    Problem::new(file.clone().row(super::row_number(lines)), kind)
}

#[cfg(test)]
mod tests {
    use super::text;
    use crate::problem::{Place, ProblemKind};

    fn read(bytes: &[u8]) -> Result<String, (u64, u32)> {
        match text(bytes, &Place::nowhere()) {
            Ok(text) => Ok(text.into_owned()),
            Err(problem) => match *problem.kind {
                ProblemKind::UnknownEncoding { offset } => Err((offset, problem.place.row.unwrap())),
                kind => panic!("{kind:?}"),
            },
        }
    }

    #[test]
    fn the_encodings_of_offices() {
        let (sjis, _, bad) = encoding_rs::SHIFT_JIS.encode("名称,①㈱髙\r\nｶﾅ");
        assert!(!bad);
        assert_eq!(read(&sjis).unwrap(), "名称,①㈱髙\r\nｶﾅ");
        assert_eq!(read("\u{FEFF}名称".as_bytes()).unwrap(), "名称");
        let little: Vec<u8> = "\u{FEFF}名称\t🗼".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{FEFF}名称\t🗼".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&little).unwrap(), "名称\t🗼");
        assert_eq!(read(&big).unwrap(), "名称\t🗼");
    }

    #[test]
    fn the_first_unreadable_byte_is_named() {
        let mut damaged = "あいう\nかき".as_bytes().to_vec();
        damaged.extend([0xFF, b'x']);
        assert_eq!(read(&damaged), Err((16, 2)));
        assert_eq!(read(&[0x82, 0xA0, b'\n', 0x82]), Err((3, 2)));
        assert_eq!(read(&[0xFF, 0xFE, b'a', 0, b'\n', 0, b'b']), Err((6, 2)));
        assert_eq!(read(&[0xFF, 0xFE, 0, 0xD8, b'a', 0]).unwrap_err().1, 1);
    }
}
