//! Web pages as visitors get them: read within bounds, as browsers build the tree, without running scripts.
//!
//! Begin at [`read`], which gives a [`Page`]; [`Page::origins`] says whose servers the page leads to or takes things from.

mod decode;
mod origins;
mod page;
mod tree;

#[cfg(test)]
mod tests;

pub use origins::{Reach, origin, resolve};
pub use page::{Field, Form, Link, Page, Refresh, Related, Script};

/// Octets of a page that are read.
pub const LARGEST: usize = 1 << 20;

/// Reads a page. `content_type` is the header of that name, for its charset.
///
/// Whatever the octets, there is a page: HTML has no errors, only a tree (WHATWG HTML 13.2). What lies beyond the bounds is left out and
/// [`Page::cut`] says so.
pub fn read(bytes: &[u8], content_type: Option<&str>) -> Page {
    let within = bytes.get(..LARGEST).unwrap_or(bytes);
    let (text, charset) = decode::text(within, content_type);
    let tree = tree::build(&text);
    let mut page = page::collect(&tree);
    page.charset = charset;
    page.cut |= within.len() < bytes.len();
    page
}
