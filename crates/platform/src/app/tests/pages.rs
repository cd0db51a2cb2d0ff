//! Every page in both languages: a title, one heading, labels, words for everything.

use std::collections::BTreeSet;

use super::access::{Cast, right};
use super::{Example, looking};
use crate::app::router::routes;
use crate::base::actor::{Role, allows};
use crate::base::area::{Kind, Need};
use crate::testing::Answer;

/// The tags of a page: name, attributes, and the text up to the next tag.
pub fn tags(html: &str) -> Vec<(String, String, String)> {
    html.split('<')
        .skip(1)
        .filter_map(|part| {
            let (tag, text) = part.split_once('>')?;
            let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
            Some((name.trim_end_matches('/').to_lowercase(), attributes.to_owned(), text.to_owned()))
        })
        .collect()
}

/// The value of an attribute.
pub fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let start = attributes.find(&format!("{name}=\"")).filter(|at| *at == 0 || attributes[..*at].ends_with(char::is_whitespace))?;
    attributes[start + name.len() + 2..].split('"').next()
}

/// Everything wrong with a page.
fn faults(html: &str, lang: &str, keys: &BTreeSet<&str>) -> Vec<String> {
    let tags = tags(html);
    let count = |name: &str| tags.iter().filter(|(tag, ..)| tag == name).count();
    let mut wrong = Vec::new();
    if count("h1") != 1 {
        wrong.push(format!("{} h1", count("h1")));
    }
    if !tags.iter().any(|(tag, attributes, _)| tag == "html" && attribute(attributes, "lang") == Some(lang)) {
        wrong.push(format!("no lang=\"{lang}\""));
    }
    let svg = html.find("<svg").unwrap_or(html.len());
    if !html[..svg].contains("<title>") || html.contains("<title></title>") {
        wrong.push("no title".to_owned());
    }
    let labelled: BTreeSet<&str> =
        tags.iter().filter(|(tag, ..)| tag == "label").filter_map(|(_, attributes, _)| attribute(attributes, "for")).collect();
    let (mut inside_label, mut inside_svg) = (0_i32, 0_i32);
    let mut svg_titled = true;
    for (tag, attributes, text) in &tags {
        match tag.as_str() {
            "label" => inside_label += 1,
            "/label" => inside_label -= 1,
            "svg" => {
                inside_svg += 1;
                svg_titled = attribute(attributes, "aria-hidden") == Some("true") || attribute(attributes, "aria-label").is_some();
            }
            "title" if inside_svg > 0 => svg_titled = true,
            "/svg" => {
                inside_svg -= 1;
                if !svg_titled {
                    wrong.push("an image without a title".to_owned());
                }
            }
            "img" if attribute(attributes, "alt").is_none() => wrong.push(format!("an img without alt: {attributes}")),
            "input" | "select" | "textarea" => {
                let silent = matches!(attribute(attributes, "type"), Some("hidden" | "submit" | "button"));
                let named = attribute(attributes, "id").is_some_and(|id| labelled.contains(id)) || attribute(attributes, "aria-label").is_some();
                if !silent && !named && inside_label == 0 {
                    wrong.push(format!("a field without a label: <{tag} {attributes}>"));
                }
            }
            _ => {}
        }
        let words = text.trim();
        if keys.contains(words) && words.contains('-') {
            wrong.push(format!("the key {words} instead of its words"));
        }
        if !matches!(tag.as_str(), "style" | "script") {
            for piece in words.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(piece, _)| piece) {
                if piece.contains('-') && piece.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
                    wrong.push(format!("no words for [{piece}]"));
                }
            }
        }
    }
    wrong
}

/// Who may read a page, the evaluator first; the public pages nobody in particular.
pub fn readers<'a>(cast: &'a Cast, area: &'static str, need: Need) -> Vec<&'a str> {
    let order = [Role::Evaluator, Role::Administrator, Role::Auditor, Role::Ciso, Role::SystemManager, Role::Advisor];
    let may = |role: Role| match right(area, need) {
        Some((area, verb)) => allows(role, area, verb),
        None => need == Need::Known,
    };
    if need == Need::Link {
        return vec![&cast.link_cookie];
    }
    let person = |role: Role| cast.people.iter().find(|person| person.role == role && (person.centre || person.at == cast.ours));
    let found: Vec<&str> = order.into_iter().filter(|role| may(*role)).filter_map(person).map(|person| person.cookie.as_str()).collect();
    if found.is_empty() { vec![""] } else { found }
}

/// The answer to the first of those who may read it and find it: a page may be an organisation's own.
pub async fn first_answer(example: &Example, cast: &Cast, area: &'static str, need: Need, path: &str, lang: &str) -> Answer {
    let mut last = None;
    for cookie in readers(cast, area, need) {
        let answer = example.read(cookie, path, lang).await;
        if answer.status == 200 {
            return answer;
        }
        last.get_or_insert(answer);
    }
    last.unwrap()
}

/// These answer by going elsewhere, or are there only before the centre is, or with single sign-on.
const ELSEWHERE: &[&str] =
    &["/language/{lang}", "/sign-in/link/{link}", "/answer/link/{link}", "/setup/{token}", "/sign-in/oidc", "/sign-in/oidc/back"];

async fn look(example: &'static Example, lang: &str) {
    let mut cast = Cast::of(example).await;
    let sources = crate::base::lang::texts().sources();
    let keys: BTreeSet<&str> = sources.values().flat_map(|(ja, _)| super::texts::keys(ja)).collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (area, route) in routes() {
        if route.kind != Kind::Page || ELSEWHERE.contains(&route.path) {
            continue;
        }
        // A route without a sample fails the access test.
        let Ok((path, _)) = cast.addresses(example, &route).await else { continue };
        let answer = first_answer(example, &cast, area, route.need, &path, lang).await;
        seen += 1;
        // A personal link puts its secret into a cookie and goes on.
        if answer.status == 303 && route.need == Need::Link {
            continue;
        }
        if answer.status != 200 {
            wrong.push(format!("{path}: {}", answer.status));
            continue;
        }
        if !answer.headers.iter().any(|(name, value)| name == "content-type" && value.starts_with("text/html")) {
            continue;
        }
        wrong.extend(faults(&answer.body, lang, &keys).into_iter().map(|fault| format!("{path} ({lang}): {fault}")));
    }
    assert!(seen > 10, "{seen} pages");
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_page_is_in_order_in_japanese() {
    looking(|example| look(example, "ja"));
}

#[test]
fn every_page_is_in_order_in_english() {
    looking(|example| look(example, "en"));
}

#[test]
fn faults_are_found() {
    let good = "<html lang=\"ja\"><title>t</title><h1>h</h1><label for=\"a\">x</label><input id=\"a\"><svg><title>c</title></svg></html>";
    let keys: BTreeSet<&str> = ["home-title"].into();
    assert_eq!(faults(good, "ja", &keys), [""; 0]);
    for (bad, count) in [
        (good.replace("<h1>h</h1>", ""), 1),
        (good.replace("id=\"a\"", "id=\"b\""), 1),
        (good.replace("<title>c</title>", ""), 1),
        (good.replace("<h1>h", "<h1>[a-b] and [c-d]"), 2),
        (good.replace("<h1>h", "<h1>home-title"), 1),
        (good.replace("lang=\"ja\"", ""), 1),
    ] {
        assert_eq!(faults(&bad, "ja", &keys).len(), count, "{bad}");
    }
}
