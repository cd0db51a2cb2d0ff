//! A page: title, what just happened, where one is, and blocks.

use askama::Template;

use super::cell::Cell;
use super::form::{Form, Input};
use super::list::{List, Shown, query};
use crate::base::cx::Cx;
use crate::base::lang::{Lang, capital};

/// A part of a page.
pub enum Block {
    /// A heading of the second level, with an anchor.
    Heading(String, String),
    /// A paragraph.
    Text(String),
    /// Something to notice: style (`good`, `warn`, `bad`, `plain`), text.
    Note(&'static str, String),
    /// Names and values.
    Facts(Vec<(String, Cell)>),
    /// A table.
    List(List),
    /// A form.
    Form(Form),
    /// A drawing with its data: caption, SVG we made ourselves, headings, rows.
    Chart(String, String, Vec<String>, Vec<Vec<String>>),
    /// Where to go: address, words.
    Links(Vec<(String, String)>),
    /// HTML from one of our own templates.
    Html(String),
    /// The beginning of a part that can be folded: its summary.
    FoldBegin(String),
    /// Its end.
    FoldEnd,
}

/// A page.
pub struct Page {
    cx: Cx,
    /// Its title and only heading of the first level.
    pub title: String,
    /// One sentence below the title.
    pub lead: String,
    /// The way here: address, words.
    pub crumbs: Vec<(String, String)>,
    /// Blocks, top to bottom.
    pub blocks: Vec<Block>,
    /// The HTTP status.
    pub status: u16,
    /// Asks the browser to look again after so many seconds (a job under way).
    pub refresh: Option<u32>,
    /// Without menu: for respondents, who have one thing to do.
    pub plain: bool,
}

/// An entry of the menu as shown.
struct Entry {
    href: String,
    text: String,
    here: bool,
}

#[derive(Template)]
#[template(path = "base/view/page.html")]
struct View<'a> {
    page: &'a Page,
    menu: Vec<Entry>,
    blocks: Vec<ViewBlock<'a>>,
    notice: String,
    style: String,
    other_lang: Lang,
    here: String,
}

enum ViewBlock<'a> {
    Plain(&'a Block),
    List(Box<Shown>),
}

impl Page {
    /// An empty page.
    pub fn new(cx: &Cx, title: String) -> Self {
        Self { cx: cx.clone(), title, lead: String::new(), crumbs: Vec::new(), blocks: Vec::new(), status: 200, refresh: None, plain: false }
    }

    /// One sentence below the title.
    pub fn lead(mut self, text: impl Into<String>) -> Self {
        self.lead = text.into();
        self
    }

    /// The way here.
    pub fn crumb(mut self, href: impl Into<String>, text: impl Into<String>) -> Self {
        self.crumbs.push((href.into(), text.into()));
        self
    }

    /// Adds a block.
    pub fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// Adds a block.
    pub fn push(&mut self, block: Block) {
        self.blocks.push(block);
    }

    /// Adds a heading; its anchor is `id`.
    pub fn heading(self, id: &str, text: impl Into<String>) -> Self {
        self.with(Block::Heading(id.to_owned(), text.into()))
    }

    /// Adds a paragraph.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.with(Block::Text(text.into()))
    }

    /// Adds something to notice.
    pub fn note(self, style: &'static str, text: impl Into<String>) -> Self {
        self.with(Block::Note(style, text.into()))
    }

    /// Adds names and values.
    pub fn facts(self, facts: Vec<(String, Cell)>) -> Self {
        self.with(Block::Facts(facts.into_iter().map(|(name, value)| (capital(&name), value)).collect()))
    }

    /// Adds a table.
    pub fn list(self, list: List) -> Self {
        self.with(Block::List(list))
    }

    /// Adds a form.
    pub fn form(self, form: Form) -> Self {
        self.with(Block::Form(form))
    }

    /// Adds links.
    pub fn links(self, links: Vec<(String, String)>) -> Self {
        self.with(Block::Links(links))
    }

    /// Adds a chart from `formats::chart`: caption, SVG, its data.
    pub fn chart(self, caption: impl Into<String>, svg: String, data: (Vec<String>, Vec<Vec<String>>)) -> Self {
        self.with(Block::Chart(caption.into(), svg, data.0, data.1))
    }

    /// The context it was made with.
    pub fn cx(&self) -> &Cx {
        &self.cx
    }

    /// A text.
    pub fn t(&self, key: &str) -> String {
        self.cx.t(key)
    }

    /// The language tag.
    pub fn lang(&self) -> &'static str {
        self.cx.lang.as_str()
    }

    /// The name of who is signed in, or empty.
    pub fn who(&self) -> &str {
        if self.cx.actor.is_known() { &self.cx.actor.name } else { "" }
    }

    /// The CSV of one of its tables, if the address asks for it.
    pub fn csv(&self) -> Option<(&'static str, Vec<u8>)> {
        self.blocks.iter().find_map(|block| match block {
            Block::List(list) => list.csv(&self.cx).map(|csv| (list.id, csv)),
            _ => None,
        })
    }

    /// The page as HTML.
    pub fn html(&self) -> Result<String, askama::Error> {
        let path = self.cx.uri.path();
        let menu = if self.plain { Vec::new() } else { self.menu(path) };
        let blocks = self
            .blocks
            .iter()
            .map(|block| match block {
                Block::List(list) => ViewBlock::List(Box::new(list.shown(&self.cx))),
                other => ViewBlock::Plain(other),
            })
            .collect();
        // `?done=key` after a form says what was done; only keys that begin with `done-` are words of ours.
        let notice = query(&self.cx.uri)
            .into_iter()
            .find(|(name, value)| name == "done" && crate::base::lang::texts().has(self.cx.lang, &format!("done-{value}")))
            .map(|(_, value)| self.t(&format!("done-{value}")))
            .unwrap_or_default();
        let other_lang = self.cx.lang.pick(Lang::En, Lang::Ja);
        let here = self.cx.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        View { page: self, menu, blocks, notice, style: crate::base::assets::style_href(), other_lang, here }.render()
    }

    fn menu(&self, path: &str) -> Vec<Entry> {
        let mut entries = Vec::new();
        for area in crate::base::area::menu_order() {
            for entry in area.menu {
                let seen = entry.need.is_none_or(|verb| self.cx.actor.may(area.name, verb));
                if seen {
                    entries.push(Entry { href: entry.path.to_owned(), text: self.t(entry.text), here: false });
                }
            }
        }
        // The longest address that this page lies below is where one is.
        let below = |href: &str| path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
        if let Some(best) = entries.iter_mut().filter(|entry| below(&entry.href)).max_by_key(|entry| entry.href.len()) {
            best.here = true;
        }
        entries
    }
}
