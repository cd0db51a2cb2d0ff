//! Reading and writing octets with the lengths TLS puts before them (RFC 8446 3).

/// What is left to read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of `width` octets, at most four.
    pub fn number(&mut self, width: usize) -> Option<usize> {
        self.take(width).map(|octets| octets.iter().fold(0usize, |so_far, octet| (so_far << 8) | usize::from(*octet)))
    }

    pub fn code(&mut self) -> Option<u16> {
        u16::try_from(self.number(2)?).ok()
    }

    /// Octets after their length in `width` octets.
    pub fn block(&mut self, width: usize) -> Option<Self> {
        let length = self.number(width)?;
        self.take(length).map(Self)
    }

    /// Two-octet codes until the end; an odd octet at the end makes it none.
    pub fn codes(mut self) -> Option<Vec<u16>> {
        let mut codes = Vec::with_capacity(self.0.len() / 2);
        while !self.0.is_empty() {
            codes.push(self.code()?);
        }
        Some(codes)
    }
}

/// `content` after its length in `width` octets; what is too long is cut.
pub(super) fn block(width: usize, content: &[u8]) -> Vec<u8> {
    let longest = (1usize << (8 * width.min(3))) - 1;
    let content = content.get(..longest).unwrap_or(content);
    let length = content.len().to_be_bytes();
    let mut written = length.get(length.len() - width..).unwrap_or_default().to_vec();
    written.extend_from_slice(content);
    written
}

/// Codes as they are sent.
pub(super) fn codes(codes: &[u16]) -> Vec<u8> {
    codes.iter().flat_map(|code| code.to_be_bytes()).collect()
}
