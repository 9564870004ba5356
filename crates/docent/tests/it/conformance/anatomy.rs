//! Documents taken apart into the objects the specification defines.
//!
//! It follows the structure a document claims to have and judges nothing: what stands at the place of an object is
//! reported as that object, whatever it is.

use serde_json::Value;

/// The kinds of objects in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The document itself.
    Top,
    /// A resource object.
    Resource,
    /// A resource identifier object.
    Identifier,
    /// The `attributes` of a resource object.
    Attributes,
    /// The `relationships` of a resource object.
    Relationships,
    /// One relationship.
    Relationship,
    /// Any `links`.
    Links,
    /// One link, in any of its forms.
    Link,
    /// Any `meta`.
    Meta,
    /// An error object.
    Error,
    /// The `source` of an error object.
    Source,
    /// The `jsonapi` object.
    JsonApi,
}

/// One object and where it stands.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// What it is.
    pub(super) kind: Kind,
    /// JSON pointer to it.
    pub(super) pointer: String,
    /// The object.
    pub(super) value: &'a Value,
}

/// All objects of a document, outermost first.
pub(super) fn parts(document: &Value) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    add(&mut parts, Kind::Top, "", document);
    parts
}

/// All parts of one kind.
pub(super) fn of_kind(document: &Value, kind: Kind) -> Vec<Part<'_>> {
    parts(document).into_iter().filter(|part| part.kind == kind).collect()
}

/// Whether primary data or linkage names a resource only, instead of holding it.
pub(super) fn is_identifier(value: &Value) -> bool {
    ["attributes", "relationships", "links"].iter().all(|member| value.get(member).is_none())
}

/// The members an object of this kind may have, or nothing if names are free. Extensions are not considered.
pub(super) fn members(kind: Kind) -> Option<&'static [&'static str]> {
    Some(match kind {
        Kind::Top => &["jsonapi", "links", "data", "included", "meta", "errors"],
        Kind::Resource => &["type", "id", "lid", "attributes", "relationships", "links", "meta"],
        Kind::Identifier => &["type", "id", "lid", "meta"],
        Kind::Relationship => &["links", "data", "meta"],
        Kind::Link => &["href", "rel", "describedby", "title", "type", "hreflang", "meta"],
        Kind::Error => &["id", "links", "status", "code", "title", "detail", "source", "meta"],
        Kind::Source => &["pointer", "parameter", "header"],
        Kind::JsonApi => &["version", "ext", "profile", "meta"],
        Kind::Attributes | Kind::Relationships | Kind::Links | Kind::Meta => return None,
    })
}

fn add<'a>(parts: &mut Vec<Part<'a>>, kind: Kind, pointer: &str, value: &'a Value) {
    parts.push(Part { kind, pointer: pointer.to_owned(), value });
    let Some(object) = value.as_object() else { return };
    for (name, member) in object.iter().filter(|(name, _)| !name.starts_with('@')) {
        let pointer = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        match inside(kind, name, member) {
            Some(Inside::One(kind)) => add(parts, kind, &pointer, member),
            Some(Inside::Each(kind)) => {
                for (index, item) in member.as_array().into_iter().flatten().enumerate() {
                    add(parts, kind(item), &format!("{pointer}/{index}"), item);
                }
            }
            None => {}
        }
    }
}

/// What a member holds.
enum Inside {
    One(Kind),
    Each(fn(&Value) -> Kind),
}

fn inside(kind: Kind, name: &str, member: &Value) -> Option<Inside> {
    use Inside::{Each, One};
    let primary = |value: &Value| if is_identifier(value) { Kind::Identifier } else { Kind::Resource };
    match (kind, name) {
        (Kind::Attributes | Kind::Meta, _) => None,
        (Kind::Links, _) | (Kind::Link, "describedby") => Some(One(Kind::Link)),
        (Kind::Relationships, _) => Some(One(Kind::Relationship)),
        (_, "meta") => Some(One(Kind::Meta)),
        (_, "links") => Some(One(Kind::Links)),
        (Kind::Top, "jsonapi") => Some(One(Kind::JsonApi)),
        (Kind::Top, "included") => Some(Each(|_| Kind::Resource)),
        (Kind::Top, "errors") => Some(Each(|_| Kind::Error)),
        (Kind::Top, "data") if member.is_array() => Some(Each(primary)),
        (Kind::Top, "data") if !member.is_null() => Some(One(primary(member))),
        (Kind::Resource, "attributes") => Some(One(Kind::Attributes)),
        (Kind::Resource, "relationships") => Some(One(Kind::Relationships)),
        (Kind::Relationship, "data") if member.is_array() => Some(Each(|_| Kind::Identifier)),
        (Kind::Relationship, "data") if !member.is_null() => Some(One(Kind::Identifier)),
        (Kind::Error, "source") => Some(One(Kind::Source)),
        _ => None,
    }
}

#[test]
fn every_object_is_found_and_values_are_left_alone() {
    let document = serde_json::json!({
        "data": {"type": "a", "id": "1", "attributes": {"links": {"x": []}, "meta": 1},
            "relationships": {"r": {"data": [{"type": "b", "id": "2", "meta": {}}], "links": {"self": "/r"}}, "@r": 7}},
        "included": [{"type": "b", "id": "2"}],
        "links": {"self": {"href": "/", "describedby": null}},
        "jsonapi": {"meta": {}},
    });
    let mut found: Vec<_> =
        parts(&document).into_iter().map(|part| format!("{:?} {}", part.kind, part.pointer)).collect();
    found.sort();
    let expected = [
        "Attributes /data/attributes",
        "Identifier /data/relationships/r/data/0",
        "JsonApi /jsonapi",
        "Link /data/relationships/r/links/self",
        "Link /links/self",
        "Link /links/self/describedby",
        "Links /data/relationships/r/links",
        "Links /links",
        "Meta /data/relationships/r/data/0/meta",
        "Meta /jsonapi/meta",
        "Relationship /data/relationships/r",
        "Relationships /data/relationships",
        "Resource /data",
        "Resource /included/0",
        "Top ",
    ];
    assert_eq!(found, expected);
}
