//! A control's text in one language: parts joined in order, with labels, parameters replaced by values or labels.

use std::cell::Cell;
use std::collections::HashMap;

use super::catalog::{Catalog, Control};
use super::common::{Param, Part};
use crate::lang::Lang;

/// Parameters insert parameters (a choice may hold another); a chain longer than this is a circle.
const DEEPEST_INSERT: usize = 8;
/// Parameters replaced in one text at most, however they multiply: the rest stays as it was written.
const MOST_INSERTS: usize = 10_000;

struct Known<'a> {
    params: HashMap<&'a str, &'a Param>,
    left: Cell<usize>,
}

impl Control {
    /// The statement in one language, parameters of this control replaced. See [`Control::text`].
    pub fn statement(&self, lang: Lang) -> Option<String> {
        self.text("statement", lang, &self.params.iter().collect::<Vec<_>>())
    }

    /// The text of the parts called `name`, or `None` when the control has none.
    ///
    /// In a catalog of ours a part's `class` is its language: the part in `lang` is taken, else one in the other
    /// language. A foreign catalog (NIST's) has no such class: prose is put together from the part and those nested
    /// in it, one line each, indented by two spaces a level, with the `label` property before it. A parameter
    /// becomes its values, else `[Assignment: label]`, else `[Selection: a; b]`.
    pub fn text(&self, name: &str, lang: Lang, params: &[&Param]) -> Option<String> {
        let spoken = |part: &&Part| matches!(part.class.as_deref(), Some("ja" | "en"));
        let candidates: Vec<&Part> = self.parts_named(name).collect();
        let chosen: Vec<&Part> = match candidates.iter().find(|part| part.class.as_deref() == Some(lang.as_str())) {
            Some(part) => vec![part],
            None if candidates.iter().all(spoken) => candidates.into_iter().take(1).collect(),
            None => candidates.into_iter().filter(|part| !spoken(part)).collect(),
        };
        if chosen.is_empty() {
            return None;
        }
        let params = params.iter().map(|param| (param.id.as_str(), *param)).collect();
        let known = Known { params, left: Cell::new(MOST_INSERTS) };
        let mut lines = Vec::new();
        chosen.iter().for_each(|part| gather(part, 0, &known, &mut lines));
        Some(lines.join("\n"))
    }
}

impl Catalog {
    /// The statement of a control with every parameter of the catalog known, also those of other controls.
    pub fn statement(&self, id: &str, lang: Lang) -> Option<String> {
        self.control(id)?.text("statement", lang, &self.all_params())
    }
}

fn gather(part: &Part, level: usize, known: &Known, lines: &mut Vec<String>) {
    let label = part.props.iter().find(|prop| prop.is("label", None)).map(|prop| prop.value.as_str());
    let prose = part.prose.as_deref().map(|prose| insert(prose, known, 0));
    let words: Vec<&str> = [label, part.title.as_deref(), prose.as_deref()].into_iter().flatten().map(str::trim).filter(|w| !w.is_empty()).collect();
    let inner = if words.is_empty() {
        level
    } else {
        lines.push(format!("{}{}", "  ".repeat(level), words.join(" ")));
        level + 1
    };
    part.parts.iter().for_each(|part| gather(part, inner, known, lines));
}

/// Replaces every `{{ insert: param, id }}` of `text`. Anything else in braces stays as it is.
fn insert(text: &str, known: &Known, depth: usize) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((inner, next)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            break;
        };
        match param_id(inner) {
            Some(id) if known.left.get() > 0 => {
                known.left.set(known.left.get() - 1);
                out.push_str(&value(id, known, depth));
            }
            _ => {
                out.push_str("{{");
                out.push_str(inner);
                out.push_str("}}");
            }
        }
        rest = next;
    }
    out.push_str(rest);
    out
}

/// The id in the inside of `{{ insert: param, id }}`.
pub(super) fn param_id(inner: &str) -> Option<&str> {
    let (kind, id) = inner.trim().strip_prefix("insert:")?.split_once(',')?;
    (kind.trim() == "param").then(|| id.trim())
}

fn value(id: &str, known: &Known, depth: usize) -> String {
    let Some(param) = known.params.get(id).filter(|_| depth < DEEPEST_INSERT) else {
        return format!("[Assignment: {id}]");
    };
    if !param.values.is_empty() {
        return param.values.iter().map(|v| insert(v, known, depth + 1)).collect::<Vec<_>>().join(", ");
    }
    if let Some(select) = &param.select {
        let several = if select.how_many.as_deref() == Some("one-or-more") { " (one or more)" } else { "" };
        let choices: Vec<String> = select.choice.iter().map(|choice| insert(choice, known, depth + 1).trim().to_owned()).collect();
        return format!("[Selection{several}: {}]", choices.join("; "));
    }
    match &param.label {
        Some(label) => format!("[Assignment: {}]", insert(label, known, depth + 1).trim()),
        None => format!("[Assignment: {id}]"),
    }
}
