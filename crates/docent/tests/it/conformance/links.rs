//! LINK: links and link objects, and that they lead where they say.

use serde_json::{Value, json};

use super::anatomy::{Kind, members, of_kind};
use super::corpus::{self, Answer};
use super::fixture::{ORIGIN, api};
use crate::harness::CURSOR_PROFILE;
use crate::harness::links::href;

/// What is wrong with the shape of a link (LINK-02 to LINK-09).
fn faults(link: &Value) -> Vec<String> {
    let object = match link {
        Value::Null => return Vec::new(),
        Value::String(url) => return if is_reference(url) { Vec::new() } else { vec![format!("{url:?}")] },
        Value::Object(object) => object,
        other => return vec![format!("{other} is no link")],
    };
    let mut faults = Vec::new();
    if !object.get("href").and_then(Value::as_str).is_some_and(is_reference) {
        faults.push("no href".to_owned());
    }
    for (name, value) in object {
        let right = match name.as_str() {
            "href" => true,
            "rel" => value.as_str().is_some_and(is_relation),
            "describedby" => {
                faults.extend(self::faults(value));
                true
            }
            "title" | "type" => value.is_string(),
            "hreflang" => {
                let tags = value.as_array().map_or_else(|| vec![value], |it| it.iter().collect());
                tags.iter().all(|tag| tag.as_str().is_some_and(is_language))
            }
            "meta" => value.is_object(),
            other => other.starts_with('@'),
        };
        if !right {
            faults.push(format!("{name}: {value}"));
        }
    }
    faults
}

/// Characters of RFC 3986, each percent sign followed by two digits.
fn is_reference(url: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=%".contains(c);
    let escapes = url.split('%').skip(1);
    !url.is_empty()
        && url.chars().all(legal)
        && escapes.into_iter().all(|it| it.len() >= 2 && it.bytes().take(2).all(|b| b.is_ascii_hexdigit()))
}

/// A registered relation type or an absolute URI (RFC 8288).
fn is_relation(rel: &str) -> bool {
    let token = rel.starts_with(|c: char| c.is_ascii_lowercase())
        && rel.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c));
    token || (rel.contains(':') && is_reference(rel))
}

/// A language tag in the form of RFC 5646.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (1..=8).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|it| (1..=8).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[test]
fn link_01_every_links_is_an_object() {
    let mut seen = 0;
    for Answer { request, document, .. } in corpus::all() {
        for part in of_kind(document, Kind::Links) {
            seen += 1;
            assert!(part.value.is_object(), "{request}: {}: {}", part.pointer, part.value);
        }
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn link_02_link_03_link_05_link_07_link_08_link_09_every_link_has_a_legal_form() {
    let (mut strings, mut objects) = (0, 0);
    for Answer { request, document, .. } in corpus::all() {
        for part in of_kind(document, Kind::Link) {
            strings += usize::from(part.value.is_string());
            objects += usize::from(part.value.is_object());
            assert_eq!(faults(part.value), Vec::<String>::new(), "{request}: {}", part.pointer);
        }
    }
    assert!(strings > 1000 && objects >= 4, "{strings} {objects}");
    for wrong in [
        json!(""),
        json!([]),
        json!(1),
        json!("/a?b[c]=d"),
        json!("/ä"),
        json!("/%4"),
        json!({"type": "x"}),
        json!({"href": null}),
        json!({"href": "/a", "rel": "Not A Relation"}),
        json!({"href": "/a", "describedby": {"href": 1}}),
        json!({"href": "/a", "hreflang": ["de", "d_e"]}),
        json!({"href": "/a", "title": 1}),
        json!({"href": "/a", "meta": []}),
        json!({"href": "/a", "params": {}}),
    ] {
        assert_ne!(faults(&wrong), Vec::<String>::new(), "{wrong}");
    }
}

#[test]
fn link_04_link_objects_have_only_listed_members() {
    let mut seen = 0;
    for Answer { request, document, .. } in corpus::all() {
        for part in of_kind(document, Kind::Link) {
            for name in part.value.as_object().into_iter().flat_map(|it| it.keys()) {
                seen += 1;
                assert!(members(Kind::Link).unwrap().contains(&name.as_str()), "{request}: {name}");
            }
        }
    }
    assert!(seen >= 8, "{seen}");
}

#[test]
fn link_06_the_name_of_a_link_is_its_relation() {
    for Answer { request, document, .. } in corpus::all() {
        for part in of_kind(document, Kind::Link) {
            let name = part.pointer.rsplit('/').next().unwrap_or_default();
            if let Some(rel) = part.value.get("rel") {
                assert_eq!(rel, name, "{request}: {}", part.pointer);
            }
        }
    }
}

#[test]
fn link_10_every_link_leads_somewhere() {
    let mut api = api();
    let mut links = std::collections::BTreeSet::new();
    for Answer { document, .. } in corpus::all() {
        links.extend(
            of_kind(document, Kind::Link).iter().filter_map(|part| href(part.value)).map(str::to_owned),
        );
    }
    assert!(links.len() > 400, "{}", links.len());
    for link in links {
        // Errors of the cursor profile link to its own page, as it demands.
        if link.starts_with(CURSOR_PROFILE) {
            continue;
        }
        let url = if link.starts_with('/') { format!("{ORIGIN}{link}") } else { link };
        assert!(url.starts_with(&api.entry_point()), "{url} leads away");
        let response = api.get(&url);
        assert_eq!(response.status, 200, "{url}: {}", response.text());
    }
}
