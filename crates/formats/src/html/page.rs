//! What a page holds, gathered in one walk over its tree.

use std::collections::BTreeMap;

use super::tree::{Id, Kind, Node, Tree};

/// A page. Addresses are as written, without blanks around them; [`super::resolve`] makes them whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The charset it was read by, as the Encoding Standard names it.
    pub charset: String,
    /// Language tag of `<html lang>`.
    pub lang: Option<String>,
    pub title: Option<String>,
    /// `<base href>`: what relative addresses are relative to.
    pub base: Option<String>,
    /// `<meta name>` or `<meta http-equiv>` in lower case, and its content, in order.
    pub metas: Vec<(String, String)>,
    pub refresh: Option<Refresh>,
    /// Text as it is shown, one piece per text node, blanks joined; not that of scripts, styles, templates and the title.
    pub text: Vec<String>,
    pub links: Vec<Link>,
    pub scripts: Vec<Script>,
    /// Frames, embedded objects and applets; `about:srcdoc` for a frame whose page stands in the page.
    pub frames: Vec<String>,
    pub forms: Vec<Form>,
    /// Images, sounds and films.
    pub images: Vec<String>,
    pub stylesheets: Vec<String>,
    /// `<link>` elements besides style sheets.
    pub related: Vec<Related>,
    /// For each element in order the hash of its path of tags from the root: the shape of the page, without texts and attributes.
    pub skeleton: Vec<u64>,
    /// Whether there was more than the bounds allow.
    pub cut: bool,
}

/// A link a visitor may follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    /// Its text, blanks joined; for a picture its `alt`.
    pub text: String,
}

/// A script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    pub src: Option<String>,
    /// What stands in the page: the code, or nothing beside `src`.
    pub inline: String,
    /// `type`, lower case, empty if not given. Data blocks (`application/ld+json`) are no code.
    pub kind: String,
    pub integrity: Option<String>,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// As written; none means the page itself.
    pub action: Option<String>,
    /// `get`, `post` or `dialog`.
    pub method: String,
    pub fields: Vec<Field>,
}

/// A control of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    /// `type` of an input or button in lower case (`text` if not given), else `select` or `textarea`.
    pub kind: String,
    /// Where a button sends the form instead.
    pub action: Option<String>,
}

/// `<meta http-equiv=refresh>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// Seconds.
    pub after: u32,
    /// None reloads the page itself.
    pub target: Option<String>,
}

/// A `<link>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// In lower case.
    pub rel: String,
    pub href: String,
}

impl Script {
    /// Whether browsers run it (WHATWG HTML 4.12.1): all else is data that stands in the page.
    pub fn runs(&self) -> bool {
        matches!(self.kind.as_str(), "" | "module") || self.kind.contains("javascript") || self.kind.contains("ecmascript")
    }
}

impl Page {
    /// The content of the first `<meta>` called `name`.
    pub fn meta(&self, name: &str) -> Option<&str> {
        self.metas.iter().find(|(one, _)| one == name).map(|(_, content)| content.as_str())
    }

    /// The program that says it made the page.
    pub fn generator(&self) -> Option<&str> {
        self.meta("generator")
    }
}

/// Offset basis of FNV-1a, 64 bits.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// The path of `parent` extended by `tag` (FNV-1a: the same on every machine and in every version).
fn path(parent: u64, tag: &str) -> u64 {
    tag.bytes().chain([b'/']).fold(parent, |hash, octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3))
}

/// The walk: a list of what is still to be visited instead of recursion, since pages choose how deep they are.
pub(super) fn collect(tree: &Tree) -> Page {
    let mut page = Page { cut: tree.cut, ..Page::default() };
    let mut forms = BTreeMap::new();
    let mut next = vec![(0, BASIS, true)];
    while let Some((id, above, shown)) = next.pop() {
        let Some(node) = tree.nodes.get(id) else { continue };
        let (mut here, mut shown) = (above, shown);
        match &node.kind {
            Kind::Element { .. } => {
                here = path(above, node.tag());
                page.skeleton.push(here);
                element(&mut page, &mut forms, tree, id, node);
                shown &= !matches!(node.tag(), "script" | "style" | "title" | "template");
            }
            Kind::Text(text) if shown => {
                let text = joined(text);
                if !text.is_empty() {
                    page.text.push(text);
                }
            }
            _ => {}
        }
        next.extend(node.children.iter().rev().map(|child| (*child, here, shown)));
    }
    page
}

fn element(page: &mut Page, forms: &mut BTreeMap<Id, usize>, tree: &Tree, id: Id, node: &Node) {
    let address = |name: &str| node.attribute(name).map(trimmed).filter(|text| !text.is_empty());
    match node.tag() {
        "html" => page.lang = page.lang.take().or_else(|| address("lang").or_else(|| address("xml:lang"))),
        "title" => page.title = page.title.take().or_else(|| Some(within(tree, node)).filter(|text| !text.is_empty())),
        "base" => page.base = page.base.take().or_else(|| address("href")),
        "meta" => meta(page, node),
        "link" => page_link(page, node),
        "a" | "area" => page.links.extend(address("href").map(|href| Link { href, text: label(tree, node) })),
        "script" => page.scripts.push(script(tree, node)),
        "iframe" if node.attribute("srcdoc").is_some() => page.frames.push("about:srcdoc".to_owned()),
        "iframe" | "frame" | "embed" => page.frames.extend(address("src")),
        "object" => page.frames.extend(address("data")),
        "applet" => page.frames.extend(address("code")),
        "img" => {
            page.images.extend(address("src"));
            page.images.extend(node.attribute("srcset").into_iter().flat_map(candidates));
        }
        "video" | "audio" | "source" | "track" => {
            page.images.extend(address("src"));
            page.images.extend(node.attribute("srcset").into_iter().flat_map(candidates));
        }
        "form" => {
            forms.insert(id, page.forms.len());
            page.forms.push(form(node));
        }
        "input" | "button" | "select" | "textarea" => field(page, forms, node),
        _ => {}
    }
}

/// What `srcset` offers (WHATWG HTML 4.8.4.2.1): addresses, each up to a blank.
fn candidates(set: &str) -> impl Iterator<Item = String> {
    set.split(", ")
        .filter_map(|one| one.split_ascii_whitespace().next())
        .map(|one| one.trim_end_matches(',').to_owned())
        .filter(|one| !one.is_empty())
}

fn meta(page: &mut Page, node: &Node) {
    let name = node.attribute("name").or_else(|| node.attribute("http-equiv")).or_else(|| node.attribute("property"));
    let (Some(name), Some(content)) = (name, node.attribute("content")) else { return };
    let (name, content) = (name.trim().to_ascii_lowercase(), joined(content));
    if page.refresh.is_none() && node.attribute("http-equiv").is_some() && name == "refresh" {
        page.refresh = refresh(&content);
    }
    page.metas.push((name, content));
}

/// `5; url=https://a.example/` (WHATWG HTML 4.2.5.3, declarative refresh).
fn refresh(content: &str) -> Option<Refresh> {
    let digits = content.bytes().take_while(u8::is_ascii_digit).count();
    let (seconds, rest) = content.split_at_checked(digits)?;
    let after = if digits == 0 && rest.starts_with('.') { 0 } else { seconds.parse().ok()? };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').trim_start_matches([';', ',', ' ']);
    let rest = match rest.get(..3) {
        Some(url) if url.eq_ignore_ascii_case("url") => rest.get(3..).and_then(|rest| rest.trim_start().strip_prefix('=')).unwrap_or(rest),
        _ => rest,
    };
    let target = rest.trim().trim_matches(['"', '\'']).trim();
    Some(Refresh { after, target: (!target.is_empty()).then(|| target.to_owned()) })
}

fn page_link(page: &mut Page, node: &Node) {
    let Some(href) = node.attribute("href").map(trimmed).filter(|href| !href.is_empty()) else { return };
    let rel = node.attribute("rel").map(joined).unwrap_or_default().to_ascii_lowercase();
    if rel.split(' ').any(|one| one == "stylesheet") {
        page.stylesheets.push(href);
    } else {
        page.related.push(Related { rel, href });
    }
}

fn script(tree: &Tree, node: &Node) -> Script {
    // In SVG the address stands in `href`.
    let src = node.attribute("src").or_else(|| node.attribute("href")).map(trimmed).filter(|src| !src.is_empty());
    let kind = node.attribute("type").map(joined).unwrap_or_default().to_ascii_lowercase();
    let inline = node.children.iter().filter_map(|child| tree.nodes.get(*child)).fold(String::new(), |mut code, child| {
        if let Kind::Text(text) = &child.kind {
            code.push_str(text);
        }
        code
    });
    let inline = if src.is_some() { String::new() } else { inline };
    Script { src, inline, kind, integrity: node.attribute("integrity").map(trimmed) }
}

fn form(node: &Node) -> Form {
    let method = node.attribute("method").map(joined).unwrap_or_default().to_ascii_lowercase();
    let method = if matches!(method.as_str(), "post" | "dialog") { method } else { "get".to_owned() };
    Form { action: node.attribute("action").map(trimmed).filter(|action| !action.is_empty()), method, fields: Vec::new() }
}

fn field(page: &mut Page, forms: &BTreeMap<Id, usize>, node: &Node) {
    let Some(form) = node.form.and_then(|form| forms.get(&form)).and_then(|at| page.forms.get_mut(*at)) else { return };
    let kind = match node.tag() {
        "input" => {
            node.attribute("type").map(joined).filter(|kind| !kind.is_empty()).map_or_else(|| "text".to_owned(), |kind| kind.to_ascii_lowercase())
        }
        "button" => node.attribute("type").map_or_else(|| "submit".to_owned(), |kind| joined(kind).to_ascii_lowercase()),
        other => other.to_owned(),
    };
    let action = node.attribute("formaction").map(trimmed).filter(|action| !action.is_empty());
    form.fields.push(Field { name: node.attribute("name").map(joined).unwrap_or_default(), kind, action });
}

/// The text of a link, or the words for its pictures.
fn label(tree: &Tree, node: &Node) -> String {
    let text = within(tree, node);
    if !text.is_empty() {
        return text;
    }
    let alts = below(tree, node).filter(|node| node.tag() == "img").filter_map(|node| node.attribute("alt")).collect::<Vec<_>>();
    joined(&alts.join(" "))
}

/// Nodes of a link or title looked at: of a link that holds the whole page, the beginning is enough.
const NEAR: usize = 200;

fn below<'a>(tree: &'a Tree, node: &'a Node) -> impl Iterator<Item = &'a Node> {
    let mut next: Vec<Id> = node.children.iter().rev().take(NEAR).copied().collect();
    std::iter::from_fn(move || {
        let node = tree.nodes.get(next.pop()?)?;
        next.extend(node.children.iter().rev().take(NEAR));
        Some(node)
    })
    .take(NEAR)
}

fn within(tree: &Tree, node: &Node) -> String {
    let mut whole = String::new();
    for node in below(tree, node) {
        if let Kind::Text(text) = &node.kind {
            whole.push_str(text);
        }
    }
    joined(&whole)
}

/// With single blanks between words and none around.
fn joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(256));
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn trimmed(text: &str) -> String {
    text.trim_matches(|c: char| c.is_ascii_whitespace()).to_owned()
}
