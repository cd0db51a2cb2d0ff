//! The tree of a page, as the standard builds it (WHATWG HTML 13.2.6), in one list of nodes and within bounds.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, Namespace, QualName, TokenizerResult, ns};

/// Nodes of a tree, and elements within one another. Large portals have some 5,000 nodes and a depth of 30.
const NODES: usize = 60_000;
const DEPTH: usize = 400;
/// Octets read between two looks at the bounds: what a few octets can grow to is small.
const STEP: usize = 512;
/// Blanks, slashes and quotes within one tag or comment. Each attribute needs one, and attributes are compared with one another.
const SEPARATORS: usize = 16_384;

/// Place of a node in the tree.
pub(super) type Id = usize;

/// What a node is.
pub(super) enum Kind {
    /// The document, or the contents of a template.
    Root,
    Element {
        name: QualName,
        attributes: Vec<Attribute>,
    },
    Text(StrTendril),
    /// A comment or a processing instruction, without what it says.
    Other,
}

/// A node.
pub(super) struct Node {
    pub kind: Kind,
    pub children: Vec<Id>,
    /// The form that a control belongs to.
    pub form: Option<Id>,
    parent: Option<Id>,
    depth: usize,
}

/// A tree; the first node is the document.
pub(super) struct Tree {
    pub nodes: Vec<Node>,
    /// Whether there was more than the bounds allow.
    pub cut: bool,
}

impl Node {
    fn new(kind: Kind) -> Self {
        Self { kind, children: Vec::new(), form: None, parent: None, depth: 0 }
    }

    /// The name of an HTML element in lower case, empty for everything else.
    pub(super) fn tag(&self) -> &str {
        match &self.kind {
            Kind::Element { name, .. } => &name.local,
            _ => "",
        }
    }

    /// The attribute called `wanted`.
    pub(super) fn attribute(&self, wanted: &str) -> Option<&str> {
        match &self.kind {
            Kind::Element { attributes, .. } => attributes.iter().find(|one| &*one.name.local == wanted).map(|one| &*one.value),
            _ => None,
        }
    }
}

/// Builds the tree of `text`.
pub(super) fn build(text: &str) -> Tree {
    let options = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
    let gate = Gate { builder: TreeBuilder::new(Sink::new(), options), silent: Cell::new(0) };
    let tokenizer = Tokenizer::new(gate, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = text;
    while !rest.is_empty() && !tokenizer.sink.full() {
        let (step, after) = rest.split_at(rest.floor_char_boundary(STEP));
        tokenizer.sink.silent.set(tokenizer.sink.silent.get() + step.bytes().filter(separates).count());
        queue.push_back(StrTendril::from_slice(step));
        while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
        rest = after;
    }
    let cut = !rest.is_empty();
    tokenizer.end();
    Tree { nodes: tokenizer.sink.builder.sink.nodes.into_inner(), cut }
}

fn separates(octet: &u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\n' | b'\r' | 0x0c | b'/' | b'"' | b'\'')
}

/// Stands between the reading of tags and the building of the tree, and sees when a bound is reached.
struct Gate {
    builder: TreeBuilder<Id, Sink>,
    /// Separators since something was last read to its end.
    silent: Cell<usize>,
}

impl Gate {
    fn full(&self) -> bool {
        let sink = &self.builder.sink;
        self.silent.get() > SEPARATORS || sink.deep.get() || sink.nodes.borrow().len() > NODES
    }
}

impl TokenSink for Gate {
    type Handle = Id;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Id> {
        self.silent.set(0);
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// The nodes while they are made.
struct Sink {
    nodes: RefCell<Vec<Node>>,
    deep: Cell<bool>,
}

/// The name of an element.
#[derive(Debug)]
struct Name(Namespace, LocalName);

impl ElemName for Name {
    fn ns(&self) -> &Namespace {
        &self.0
    }

    fn local_name(&self) -> &LocalName {
        &self.1
    }
}

impl Sink {
    fn new() -> Self {
        Self { nodes: RefCell::new(vec![Node::new(Kind::Root)]), deep: Cell::new(false) }
    }

    fn create(&self, kind: Kind) -> Id {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node::new(kind));
        nodes.len() - 1
    }

    fn detach(&self, child: Id) {
        let mut nodes = self.nodes.borrow_mut();
        let Some(parent) = nodes.get_mut(child).and_then(|node| node.parent.take()) else { return };
        if let Some(parent) = nodes.get_mut(parent) {
            parent.children.retain(|one| *one != child);
        }
    }

    /// Puts `child` before place `at` among the children of `parent`, or at their end. Text joins text before it.
    fn insert(&self, parent: Id, at: Option<usize>, child: NodeOrText<Id>) {
        let child = match child {
            NodeOrText::AppendNode(child) => {
                self.detach(child);
                child
            }
            NodeOrText::AppendText(text) => {
                if self.join(parent, at, &text) {
                    return;
                }
                self.create(Kind::Text(text))
            }
        };
        let mut nodes = self.nodes.borrow_mut();
        let depth = nodes.get(parent).map_or(0, |parent| parent.depth + 1);
        if depth > DEPTH {
            self.deep.set(true);
        }
        if let Some(node) = nodes.get_mut(child) {
            (node.parent, node.depth) = (Some(parent), depth);
        }
        if let Some(parent) = nodes.get_mut(parent) {
            let end = parent.children.len();
            parent.children.insert(at.unwrap_or(end).min(end), child);
        }
    }

    fn join(&self, parent: Id, at: Option<usize>, more: &StrTendril) -> bool {
        let mut nodes = self.nodes.borrow_mut();
        let before = nodes.get(parent).and_then(|parent| {
            let place = at.unwrap_or(parent.children.len()).checked_sub(1)?;
            parent.children.get(place).copied()
        });
        match before.and_then(|id| nodes.get_mut(id)).map(|node| &mut node.kind) {
            Some(Kind::Text(text)) => {
                text.push_tendril(more);
                true
            }
            _ => false,
        }
    }

    fn parent(&self, id: Id) -> Option<Id> {
        self.nodes.borrow().get(id).and_then(|node| node.parent)
    }
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = ();
    type ElemName<'a> = Name;

    fn finish(self) {}

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        0
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Name {
        match self.nodes.borrow().get(*target).map(|node| &node.kind) {
            Some(Kind::Element { name, .. }) => Name(name.ns.clone(), name.local.clone()),
            _ => Name(ns!(), LocalName::from("")),
        }
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> Id {
        let element = self.create(Kind::Element { name, attributes });
        if flags.template {
            // Its contents stand where its only child would: a reader of the page meets them like any others.
            let contents = self.create(Kind::Root);
            self.insert(element, None, NodeOrText::AppendNode(contents));
        }
        element
    }

    fn create_comment(&self, _: StrTendril) -> Id {
        self.create(Kind::Other)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Id {
        self.create(Kind::Other)
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        self.insert(*parent, None, child);
    }

    fn append_based_on_parent_node(&self, element: &Id, previous: &Id, child: NodeOrText<Id>) {
        match self.parent(*element) {
            Some(_) => self.append_before_sibling(element, child),
            None => self.append(previous, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Id) -> Id {
        self.nodes.borrow().get(*target).and_then(|node| node.children.first().copied()).unwrap_or(*target)
    }

    fn same_node(&self, x: &Id, y: &Id) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        if let NodeOrText::AppendNode(child) = &child {
            self.detach(*child);
        }
        let Some(parent) = self.parent(*sibling) else { return };
        let at = self.nodes.borrow().get(parent).and_then(|parent| parent.children.iter().position(|one| one == sibling));
        self.insert(parent, at, child);
    }

    fn add_attrs_if_missing(&self, target: &Id, more: Vec<Attribute>) {
        if let Some(Kind::Element { attributes, .. }) = self.nodes.borrow_mut().get_mut(*target).map(|node| &mut node.kind) {
            for one in more {
                if !attributes.iter().any(|known| known.name == one.name) {
                    attributes.push(one);
                }
            }
        }
    }

    fn associate_with_form(&self, target: &Id, form: &Id, _: (&Id, Option<&Id>)) {
        if let Some(node) = self.nodes.borrow_mut().get_mut(*target) {
            node.form = Some(*form);
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        self.detach(*target);
    }

    fn reparent_children(&self, node: &Id, parent: &Id) {
        let children = self.nodes.borrow_mut().get_mut(*node).map(|node| std::mem::take(&mut node.children)).unwrap_or_default();
        for child in children {
            if let Some(node) = self.nodes.borrow_mut().get_mut(child) {
                node.parent = None;
            }
            self.insert(*parent, None, NodeOrText::AppendNode(child));
        }
    }
}
