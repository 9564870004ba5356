//! EXT and PROF: what extensions and profiles may do to a document. Reading applies no extension and one profile.

use serde_json::Value;

use super::anatomy::{Kind, of_kind};
use super::corpus;
use super::fixture::{api, uris};
use crate::harness::links::Link;
use crate::harness::{CURSOR_PROFILE, JSON_API, assert_valid_document};

/// Every key of a document outside attributes, with the pointer to it.
fn keys(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let pointer = format!("{pointer}/{name}");
                found.push(pointer.clone());
                if name != "attributes" {
                    keys(member, &pointer, found);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, pointer, found)),
        _ => {}
    }
}

#[test]
fn ext_02_ext_04_without_an_extension_no_member_has_a_namespace() {
    let mut checked = 0;
    for answer in corpus::all() {
        assert_eq!(uris(answer.content_type(), "ext"), Vec::<String>::new(), "{}", answer.request);
        let mut found = Vec::new();
        keys(&answer.document, "", &mut found);
        for attributes in of_kind(&answer.document, Kind::Attributes) {
            found.extend(attributes.value.as_object().into_iter().flat_map(|it| it.keys().cloned()));
        }
        checked += found.len();
        let namespaced: Vec<_> = found.iter().filter(|key| key.contains(':')).collect();
        assert!(namespaced.is_empty(), "{}: {namespaced:?}", answer.request);
    }
    assert!(checked > 5000, "only {checked} keys");
}

#[test]
fn ext_03_prof_02_links_use_parameters_of_the_base_specification_only() {
    let mut checked = 0;
    for answer in corpus::all() {
        for part in of_kind(&answer.document, Kind::Link) {
            let Some(url) = crate::harness::links::href(part.value) else { continue };
            for (name, _) in Link::parse(url).query {
                checked += 1;
                let base = name.split('[').next().unwrap();
                assert!(
                    ["include", "fields", "sort", "page", "filter"].contains(&base),
                    "{}: {url}: {name}",
                    answer.request
                );
            }
        }
    }
    assert!(checked > 100, "only {checked} parameters");
}

#[test]
fn ext_06_a_parameter_of_an_extension_that_is_not_applied_is_unknown() {
    let mut api = api();
    for target in
        ["/albums", "/albums/1", "/albums/1/tracks", "/albums/1/artist", "/albums/1/relationships/tracks"]
    {
        api.refused(&format!("{target}?foo:bar=1"), "foo:bar");
        api.refused(&format!("{target}?foo%3Abar"), "foo:bar");
    }
}

#[test]
fn prof_01_profiled_documents_are_valid_and_hold_the_same_resources_as_plain_ones() {
    let mut api = api();
    let accept = format!("{JSON_API};profile=\"{CURSOR_PROFILE}\"");
    for target in [
        "/albums",
        "/albums?include=artist,tracks&sort=-year",
        "/albums?fields[albums]=title",
        "/albums/2/tracks",
        "/albums/2/relationships/tracks",
        "/albums/1",
        "/albums/1/tags",
        "/labels",
    ] {
        let response = api.accepting(target, &accept);
        assert_eq!(response.status, 200, "{target}: {}", response.text());
        let profiled = response.json();
        assert_valid_document(&profiled);
        let plain = api.document(target);
        for member in ["data", "included"] {
            let [plain, profiled] = [&plain, &profiled].map(|document| without_pages(document.get(member)));
            assert_eq!(plain, profiled, "{target}: {member}");
        }
    }
}

/// Resources as they are without what a page adds: `meta` of items, pagination links of relationships.
fn without_pages(data: Option<&Value>) -> Option<Value> {
    let mut data = data?.clone();
    let items = data.as_array_mut().map(|items| items.iter_mut().collect::<Vec<_>>());
    for item in items.unwrap_or_default() {
        let Some(item) = item.as_object_mut() else { continue };
        item.remove("meta");
        for relationship in item.get_mut("relationships").and_then(Value::as_object_mut).into_iter().flatten()
        {
            if let Some(relationship) = relationship.1.as_object_mut() {
                relationship.remove("meta");
                for identifier in
                    relationship.get_mut("data").and_then(Value::as_array_mut).into_iter().flatten()
                {
                    identifier.as_object_mut().unwrap().remove("meta");
                }
                if let Some(links) = relationship.get_mut("links").and_then(Value::as_object_mut) {
                    links.retain(|name, _| ["self", "related"].contains(&name.as_str()));
                }
            }
        }
    }
    Some(data)
}
