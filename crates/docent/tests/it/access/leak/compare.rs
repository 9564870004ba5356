//! What two answers have to have in common: everything but what belongs to one answer alone.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::CURSOR_PROFILE;
use crate::harness::http::Response;

/// Header fields that belong to one answer alone, or that tell whether there are rules at all.
const OWN: [&str; 4] = ["date", "x-request-id", "vary", "cache-control"];

/// Header fields that tell of the bytes of the body.
const OF_BODY: [&str; 2] = ["etag", "content-length"];

/// What cursors stand behind. One is good for the server that made it.
const CURSORS: [&str; 3] = ["\"cursor\":\"", "page%5Bafter%5D=", "page%5Bbefore%5D="];

/// How the answers differ, if they do.
pub(super) fn difference(ruled: &Response, copied: &Response) -> Option<String> {
    let [(ruled_body, has_cursors), (copied_body, _)] = [ruled, copied].map(body);
    // An answer without its body does not show whether there are cursors in it.
    let is_labelled = ruled.header("content-type").is_some_and(|it| it.contains(CURSOR_PROFILE));
    let with_cursors = has_cursors || is_labelled;
    let same_bytes = own_body(ruled) == own_body(copied) && !with_cursors;
    let [found, wanted] = [(ruled, &ruled_body), (copied, &copied_body)].map(|(response, body)| {
        format!("{}\n{body}\n{}", response.status, headers(response, same_bytes || !with_cursors))
    });
    if found == wanted {
        return None;
    }
    let mut both = wanted.char_indices().zip(found.chars());
    let unequal = both.find(|((_, a), b)| a != b).map(|((place, _), _)| place);
    let place = unequal.unwrap_or(wanted.len().min(found.len()));
    let part = |text: &str| -> String {
        let start = text.floor_char_boundary(place.saturating_sub(300));
        text[start..].chars().take(900).collect()
    };
    Some(format!(
        "under the policy: {}\n  {}\nwithout what is hidden: {}\n  {}",
        ruled.status,
        part(&found),
        copied.status,
        part(&wanted)
    ))
}

fn headers(response: &Response, with_body: bool) -> String {
    let lines = response.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    let mut lines: Vec<String> = lines
        .filter(|(name, _)| !OWN.contains(&name.as_str()) && (with_body || !OF_BODY.contains(&name.as_str())))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    lines.sort();
    lines.join("\n")
}

/// The body without the request's own id.
fn own_body(response: &Response) -> String {
    let id = response.header("x-request-id").unwrap_or("no id");
    response.text().replace(id, "the request id")
}

/// The body with `…` for each cursor, and whether there is one.
fn body(response: &Response) -> (String, bool) {
    let mut text = own_body(response);
    let mut has_cursors = false;
    for before in CURSORS {
        let mut parts = text.split(before);
        let mut without = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(['"', '&']).unwrap_or(part.len());
            without.extend([before, "…", &part[end..]]);
            has_cursors = true;
        }
        text = without;
    }
    (text, has_cursors)
}

/// The names in a schema document: of everything that has properties, and of paths.
pub(super) fn names(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect(document, "", &mut found);
    if let Some(paths) = document["paths"].as_object() {
        found.extend(paths.keys().cloned());
    }
    if let Some(schemas) = document["components"]["schemas"].as_object() {
        found.extend(schemas.keys().map(|name| format!("schema {name}")));
    }
    found
}

fn collect(value: &Value, place: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let ("properties", Some(properties)) = (name.as_str(), member.as_object()) {
                    for (name, property) in properties {
                        let place = format!("{place}/{name}");
                        collect(property, &place, found);
                        found.insert(place);
                    }
                } else {
                    collect(member, place, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, place, found)),
        _ => {}
    }
}
