//! How much of a document is read before it is refused.

/// Bounds of reading and resolving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document.
    pub bytes: u64,
    /// Nesting of objects and arrays (at most 120, the bound of `crate::json`).
    pub depth: u32,
    /// Documents one profile may import, directly and indirectly.
    pub imports: usize,
}

impl Default for Limits {
    /// 64 MiB, 64 levels, 64 imports. The number of values is bounded by `crate::json`.
    fn default() -> Self {
        Self { bytes: 64 << 20, depth: 64, imports: 64 }
    }
}
