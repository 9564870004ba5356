//! The rules for documents that a JSON Schema cannot express, or expresses badly.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::links::href;

type Identity<'a> = (&'a str, &'a str);

/// Everything that is wrong with the structure of the document, one line each.
pub(crate) fn faults(document: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    if document.get("data").is_some() {
        resources(document, &mut faults);
        linkage(document, &mut faults);
    }
    if document.get("jsonapi").is_none_or(|jsonapi| jsonapi["version"] != "1.1") {
        faults.push("/jsonapi/version is not 1.1".to_owned());
    }
    links(document, "", &mut faults);
    page_members(document, "", &mut faults);
    faults
}

/// All elements of primary data: one, many or none.
pub(crate) fn primary(document: &Value) -> Vec<&Value> {
    match &document["data"] {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// All elements of `included`.
pub(crate) fn included(document: &Value) -> Vec<&Value> {
    document.get("included").and_then(Value::as_array).map_or_else(Vec::new, |items| items.iter().collect())
}

/// Type and id of a resource object or identifier.
pub(crate) fn identity(value: &Value) -> Identity<'_> {
    (value["type"].as_str().unwrap_or_default(), value["id"].as_str().unwrap_or_default())
}

/// Whether this may be the name of a member (NAME-03): no `@`, no namespace.
pub(crate) fn is_member_name(name: &str) -> bool {
    let anywhere = |c: char| c.is_ascii_alphanumeric() || c >= '\u{80}';
    let inside = |c: char| anywhere(c) || matches!(c, '-' | '_' | ' ');
    name.chars().all(inside)
        && name.chars().next().is_some_and(anywhere)
        && name.chars().last().is_some_and(anywhere)
}

/// Each resource object by itself: CMP-06 (once per document), RES-13 (one namespace), NAME-03, DOC-17 (no mixture).
fn resources(document: &Value, faults: &mut Vec<String>) {
    let is_identifier =
        |value: &&Value| ["attributes", "relationships", "links"].iter().all(|m| value.get(m).is_none());
    let primary = primary(document);
    let identifiers = primary.iter().filter(|value| is_identifier(value)).count();
    if identifiers != 0 && identifiers != primary.len() {
        faults.push("/data mixes resource objects and identifiers (DOC-17)".to_owned());
    }
    if included(document).iter().any(is_identifier) {
        faults
            .push("/included has a resource without attributes, relationships and links (CMP-02)".to_owned());
    }
    let mut seen = HashSet::new();
    // Primary data of identifiers names resources that `included` then holds in full.
    let objects = if identifiers == 0 { primary } else { Vec::new() };
    for resource in objects.into_iter().chain(included(document)) {
        let identity = identity(resource);
        if !seen.insert(identity) {
            faults.push(format!("{identity:?} occurs twice (CMP-06)"));
        }
        let empty = Map::new();
        let attributes = resource["attributes"].as_object().unwrap_or(&empty);
        let relationships = resource["relationships"].as_object().unwrap_or(&empty);
        for name in attributes.keys().chain(relationships.keys()) {
            if !is_member_name(name) {
                faults.push(format!("{identity:?} has the illegal member name {name:?} (NAME-03)"));
            }
        }
        for name in attributes.keys().filter(|name| relationships.contains_key(*name)) {
            faults.push(format!("{identity:?}: {name:?} is attribute and relationship (RES-13)"));
        }
        if resource["links"].get("self").and_then(href).is_none() {
            faults.push(format!("{identity:?} has no self link"));
        }
        for (name, relationship) in relationships {
            if ["self", "related"].iter().any(|link| relationship["links"].get(link).and_then(href).is_none())
            {
                faults.push(format!("{identity:?}: relationship {name:?} lacks self or related"));
            }
        }
    }
}

/// CMP-03: each included resource is reached from primary data by linkage, unless the client cut linkage away.
fn linkage(document: &Value, faults: &mut Vec<String>) {
    let self_link = document["links"].get("self").and_then(href).unwrap_or_default();
    if self_link.contains("fields%5B") || self_link.contains("fields[") {
        return;
    }
    let resources = primary(document).into_iter().chain(included(document));
    let mut by_identity: HashMap<Identity<'_>, Vec<&Value>> = HashMap::new();
    for resource in resources {
        by_identity.entry(identity(resource)).or_default().push(resource);
    }
    let mut waiting: Vec<_> = primary(document).into_iter().map(identity).collect();
    let mut reached: HashSet<Identity<'_>> = waiting.iter().copied().collect();
    while let Some(identity_here) = waiting.pop() {
        for resource in by_identity.get(&identity_here).into_iter().flatten() {
            for relationship in resource["relationships"].as_object().into_iter().flat_map(Map::values) {
                let linked = match relationship.get("data") {
                    Some(Value::Array(items)) => items.iter().collect(),
                    Some(one @ Value::Object(_)) => vec![one],
                    _ => Vec::new(),
                };
                waiting.extend(linked.into_iter().map(identity).filter(|linked| reached.insert(*linked)));
            }
        }
    }
    for orphan in included(document).into_iter().map(identity).filter(|it| !reached.contains(it)) {
        faults.push(format!("{orphan:?} is included but not linked (CMP-03)"));
    }
}

/// QUERY-13 (no raw brackets), LINK-02 (no empty links) in every `links` outside attributes.
fn links(value: &Value, pointer: &str, faults: &mut Vec<String>) {
    each_member(value, pointer, &mut |name, member, pointer| {
        if name == "links" {
            for (link, target) in member.as_object().into_iter().flatten() {
                let target = href(target).unwrap_or_default();
                if target.contains(['[', ']', ' ']) || !target.is_ascii() {
                    faults.push(format!("{pointer}/{link} is not serialized as a URL: {target}"));
                }
            }
        }
    });
}

/// CUR-70: `page` in any `meta` is an object.
fn page_members(value: &Value, pointer: &str, faults: &mut Vec<String>) {
    each_member(value, pointer, &mut |name, member, pointer| {
        if name == "meta" && member.get("page").is_some_and(|page| !page.is_object()) {
            faults.push(format!("{pointer}/page is not an object (CUR-70)"));
        }
    });
}

/// Visits each member of each object, except inside attributes: those are values.
fn each_member(value: &Value, pointer: &str, visit: &mut impl FnMut(&str, &Value, &str)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| *name != "attributes") {
                let pointer = format!("{pointer}/{name}");
                visit(name, member, &pointer);
                each_member(member, &pointer, visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                each_member(item, &format!("{pointer}/{index}"), visit);
            }
        }
        _ => {}
    }
}

#[test]
fn the_judge_sees_what_it_shall_see() {
    let check = |text: &str| faults(&serde_json::from_str(text).unwrap()).len();
    let resource = r#""type":"a","links":{"self":"/x"}"#;
    let tail = r#""jsonapi":{"version":"1.1"}"#;
    assert_eq!(check(&format!(r#"{{"data":[{{"id":"1",{resource}}}],{tail}}}"#)), 0);
    assert_eq!(check(&format!(r#"{{"data":[{{"id":"1",{resource}}},{{"id":"1",{resource}}}],{tail}}}"#)), 1);
    assert_eq!(check(&format!(r#"{{"data":[],"included":[{{"id":"1",{resource}}}],{tail}}}"#)), 1);
    assert_eq!(check(r#"{"data":[]}"#), 1);
    assert_eq!(check(&format!(r#"{{"data":[],"links":{{"self":"/a?page[size]=1"}},{tail}}}"#)), 1);
    assert!(is_member_name("Order Details") && is_member_name("ä") && is_member_name("a-b_c"));
    assert!(!is_member_name("_a") && !is_member_name("") && !is_member_name("a.b") && !is_member_name("a "));
}
