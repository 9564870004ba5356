//! Compares the answer with the expected document and says where they differ first.
//!
//! Expected documents may hold marks for what is left open: `$any` (any value, but not null), `$one` (one of several),
//! `$optional` (this or nothing), `$set` (resources in any order), `$cursors` (identifiers that may carry cursors).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::pages::SIZE;
use crate::harness::links::{Link, encode};
use crate::harness::structure::identity;

/// Any value but null.
pub(super) fn any() -> Value {
    within("any", json!(true))
}

/// One of these.
pub(super) fn any_of(choices: Vec<Value>) -> Value {
    within("one", Value::Array(choices))
}

/// This or nothing.
pub(super) fn optional(value: Value) -> Value {
    within("optional", value)
}

/// Puts a value behind a mark.
pub(super) fn within(mark: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(format!("${mark}"), value)]))
}

fn marked<'a>(value: &'a Value, mark: &str) -> Option<&'a Value> {
    value.as_object().filter(|members| members.len() == 1)?.get(&format!("${mark}"))
}

/// Where two documents differ.
#[derive(Debug)]
pub(super) struct Difference {
    /// JSON Pointer.
    pub(super) pointer: String,
    pub(super) expected: String,
    pub(super) actual: String,
}

/// The first difference, if there is one.
pub(super) fn difference(expected: &Value, actual: &Value) -> Option<Difference> {
    differ(expected, Some(actual), "").err()
}

type Outcome = Result<(), Difference>;

fn unequal(pointer: &str, expected: &Value, actual: Option<&Value>) -> Outcome {
    let shorten =
        |text: String| if text.chars().count() > 1500 { text.chars().take(1500).collect() } else { text };
    Err(Difference {
        pointer: pointer.to_owned(),
        expected: shorten(expected.to_string()),
        actual: actual.map_or_else(|| "nothing".to_owned(), |actual| shorten(actual.to_string())),
    })
}

fn differ(expected: &Value, actual: Option<&Value>, pointer: &str) -> Outcome {
    if let Some(value) = marked(expected, "optional") {
        return actual.map_or(Ok(()), |actual| differ(value, Some(actual), pointer));
    }
    let Some(actual) = actual else { return unequal(pointer, expected, None) };
    if marked(expected, "any").is_some() {
        return if actual.is_null() { unequal(pointer, expected, Some(actual)) } else { Ok(()) };
    }
    if let Some(choices) = marked(expected, "one").and_then(Value::as_array) {
        let fits = choices.iter().any(|choice| differ(choice, Some(actual), pointer).is_ok());
        return if fits { Ok(()) } else { unequal(pointer, expected, Some(actual)) };
    }
    if let Some(value) = marked(expected, "set") {
        return sets(value, actual, pointer);
    }
    if let Some(value) = marked(expected, "cursors") {
        let mut plain = actual.clone();
        for identifier in plain.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            if identifier.get("meta").is_some_and(|meta| meta["page"]["cursor"].is_string()) {
                identifier.remove("meta");
            }
        }
        return differ(value, Some(&plain), pointer);
    }
    match (expected, actual) {
        (Value::Object(wanted), Value::Object(given)) => objects(wanted, given, pointer),
        (Value::Array(wanted), Value::Array(given)) => arrays(wanted, given, pointer),
        (Value::Number(wanted), Value::Number(given)) if wanted.is_f64() || given.is_f64() => {
            // 2 and 2.0 are the same number in JSON.
            if wanted.as_f64() == given.as_f64() { Ok(()) } else { unequal(pointer, expected, Some(actual)) }
        }
        _ if expected == actual => Ok(()),
        _ => unequal(pointer, expected, Some(actual)),
    }
}

fn objects(wanted: &Map<String, Value>, given: &Map<String, Value>, pointer: &str) -> Outcome {
    for (name, value) in wanted {
        differ(value, given.get(name), &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")))?;
    }
    for (name, value) in given.iter().filter(|(name, _)| !wanted.contains_key(*name)) {
        unequal(&format!("{pointer}/{name}"), &json!("nothing"), Some(value))?;
    }
    Ok(())
}

fn arrays(wanted: &[Value], given: &[Value], pointer: &str) -> Outcome {
    let ids = |items: &[Value]| -> Option<Vec<String>> {
        items
            .iter()
            .map(|item| Some(format!("{} {}", item.get("type")?.as_str()?, item.get("id")?.as_str()?)))
            .collect()
    };
    if let (Some(wanted_ids), Some(given_ids)) = (ids(wanted), ids(given))
        && wanted_ids != given_ids
    {
        return unequal(pointer, &json!(wanted_ids), Some(&json!(given_ids)));
    }
    for (index, value) in wanted.iter().enumerate() {
        differ(value, given.get(index), &format!("{pointer}/{index}"))?;
    }
    given
        .get(wanted.len())
        .map_or(Ok(()), |more| unequal(&format!("{pointer}/{}", wanted.len()), &json!("nothing"), Some(more)))
}

fn sets(expected: &Value, actual: &Value, pointer: &str) -> Outcome {
    let Some(given) = actual.as_array() else { return unequal(pointer, expected, Some(actual)) };
    let mut by_identity: BTreeMap<_, &Value> = given.iter().map(|item| (identity(item), item)).collect();
    for item in expected.as_array().into_iter().flatten() {
        let (kind, id) = identity(item);
        let Some(found) = by_identity.remove(&(kind, id)) else {
            return unequal(&format!("{pointer}/{kind} {id}"), &json!({ "type": kind, "id": id }), None);
        };
        differ(item, Some(found), &format!("{pointer}/{kind} {id}"))?;
    }
    by_identity.into_iter().next().map_or(Ok(()), |((kind, id), found)| {
        unequal(&format!("{pointer}/{kind} {id}"), &json!("nothing"), Some(found))
    })
}

/// A path segment for a name or an id. The empty id, which no path can show, is written as NUL.
pub(super) fn segment(text: &str) -> String {
    if text.is_empty() { "\0".to_owned() } else { text.to_owned() }
}

impl Link {
    /// A link below the base without parameters.
    pub(super) fn to(segments: &[&str]) -> Self {
        Self { segments: segments.iter().map(|part| segment(part)).collect(), query: Vec::new() }
    }

    /// A text that is equal for links that mean the same: sorted parameters, defaults of pages written out.
    pub(super) fn text(&self) -> String {
        let mut query = self.query.clone();
        query.sort();
        let path: Vec<String> = self.segments.iter().map(|segment| encode(segment)).collect();
        let query: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("/{}?{}", path.join("/"), query.join("&"))
    }
}

/// The document with every link below `base` in the form of [`Link::text`]; other links stay as they are.
pub(super) fn with_link_texts(document: &Value, base: &str) -> Value {
    let mut document = document.clone();
    rewrite(&mut document, base, false);
    document
}

fn rewrite(value: &mut Value, base: &str, in_links: bool) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut().filter(|(name, _)| *name != "attributes") {
                let pages = matches!(name.as_str(), "first" | "prev" | "next" | "last");
                match member {
                    Value::String(link) if in_links && name != "type" => *link = link_text(link, base, pages),
                    _ => rewrite(member, base, in_links || name == "links"),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, base, false)),
        _ => {}
    }
}

fn link_text(url: &str, base: &str, is_page: bool) -> String {
    let Some(below) = url.strip_prefix(base) else { return url.to_owned() };
    let mut link = Link::parse(below);
    let has = |name: &str| link.parameter(name).is_some();
    let defaults = if !is_page || has("page[number]") {
        Vec::new()
    } else if ["page[size]", "page[after]", "page[before]"].iter().any(|name| has(name)) {
        vec![("page[size]", SIZE)]
    } else {
        vec![("page[limit]", SIZE), ("page[offset]", 0)]
    };
    for (name, default) in defaults {
        if link.parameter(name).is_none() {
            link.query.push((name.to_owned(), default.to_string()));
        }
    }
    link.text()
}
