//! RES: resource objects and their attributes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::anatomy::{Kind, members, of_kind};
use super::corpus::{self, Answer};
use super::fixture::api;
use crate::harness::links::href;
use crate::harness::structure::is_member_name;

/// Each resource object of the corpus, with the request it answers.
fn resources() -> impl Iterator<Item = (&'static str, &'static Value)> {
    corpus::found().into_iter().flat_map(|Answer { request, document, .. }| {
        of_kind(document, Kind::Resource).into_iter().map(move |part| (request.as_str(), part.value))
    })
}

#[test]
fn res_01_res_02_type_and_id_are_there_and_strings() {
    let mut seen = 0;
    for Answer { request, document, .. } in corpus::found() {
        for kind in [Kind::Resource, Kind::Identifier] {
            for part in of_kind(document, kind) {
                seen += 1;
                for member in ["type", "id"] {
                    assert!(part.value[member].is_string(), "{request}: {}: {}", part.pointer, part.value);
                }
                assert!(part.value.get("lid").is_none(), "{request}: {}: a lid of its own", part.pointer);
            }
        }
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn res_04_res_18_resources_and_their_links_have_only_listed_members() {
    for (request, resource) in resources() {
        for name in resource.as_object().unwrap().keys() {
            assert!(members(Kind::Resource).unwrap().contains(&name.as_str()), "{request}: {name}");
        }
        for name in resource["links"].as_object().into_iter().flat_map(|it| it.keys()) {
            assert_eq!(name, "self", "{request}");
        }
    }
}

#[test]
fn res_11_one_identity_is_one_resource_whichever_url_serves_it() {
    let mut known: BTreeMap<(String, String), (&str, Value)> = BTreeMap::new();
    let mut compared = 0;
    for (request, resource) in resources().filter(|(request, _)| !request.contains("fields[")) {
        let identity = (resource["type"].to_string(), resource["id"].to_string());
        let attributes = resource.get("attributes").cloned().unwrap_or_default();
        match known.get(&identity) {
            Some((first, other)) => {
                compared += 1;
                assert_eq!(&attributes, other, "{identity:?} in {request} and in {first}");
            }
            None => drop(known.insert(identity, (request, attributes))),
        }
    }
    assert!(compared > 100, "{compared}");
}

#[test]
fn res_12_types_obey_the_rules_for_names() {
    let types: BTreeSet<_> = resources().map(|(_, resource)| resource["type"].as_str().unwrap()).collect();
    assert!(types.contains("länder") && types.contains("chart_entries"), "{types:?}");
    for name in types {
        assert!(is_member_name(name), "{name}");
    }
}

#[test]
fn res_13_res_14_fields_share_one_namespace_with_type_and_id_only() {
    for (request, resource) in resources() {
        let names = |member: &str| -> BTreeSet<&String> {
            resource[member].as_object().into_iter().flat_map(|it| it.keys()).collect()
        };
        let (attributes, relationships) = (names("attributes"), names("relationships"));
        let shared: Vec<_> = attributes.intersection(&relationships).collect();
        assert!(shared.is_empty(), "{request}: {shared:?}");
        for name in attributes.union(&relationships) {
            assert!(!["type", "id"].contains(&name.as_str()), "{request}: a field {name}");
        }
    }
    let words = api().document("/words/1");
    let expected = json!({
        "words_type": "a type", "links": "some links", "meta": [1], "relationships": "relations",
        "attributes": "attributes", "lid": "lid",
    });
    assert_eq!(words["data"]["attributes"], expected);
}

#[test]
fn res_15_attributes_hold_any_json() {
    for (request, resource) in resources() {
        assert!(resource.get("attributes").is_none_or(Value::is_object), "{request}: {resource}");
    }
    let mut api = api();
    let people = api.document("/people");
    let settings = |index: usize| &people["data"][index]["attributes"]["settings"];
    assert_eq!(settings(0)["deep"], json!([[[{"x": [1.5, true, null, "ü"]}]]]));
    assert_eq!(settings(1), &json!([1, "two", {"three": []}]));
    assert_eq!(settings(2), &json!({}));
    for index in [3, 4] {
        assert_eq!(people["data"][index]["attributes"].get("settings"), Some(&Value::Null), "{index}");
    }
    assert_eq!(settings(5), "text");
    let album = api.document("/albums/2");
    let expected =
        json!({"title": "Long Play", "year": 2001, "price": "12.5", "released": "2001-09-10", "live": false});
    assert_eq!(album["data"]["attributes"], expected);
}

#[test]
fn res_16_names_that_mean_something_elsewhere_are_data_inside_attributes() {
    let person = api().document("/people/1");
    let settings = &person["data"]["attributes"]["settings"];
    assert_eq!(settings["links"], json!([1]));
    assert_eq!(settings["relationships"], json!({"a": null}));
    assert_eq!(settings["type"], 7);
    assert_eq!(settings["a+b"], json!({"": []}));
}

#[test]
fn res_17_foreign_keys_are_relationships_and_no_attributes() {
    for (type_name, foreign_keys) in [
        ("albums", &[("artist_id", "artist"), ("producer_id", "producer")][..]),
        ("tracks", &[("album_id", "album"), ("writer_id", "writer")]),
        ("people", &[("mentor_id", "mentor")]),
        ("artists", &[("heimat_id", "heimat")]),
        ("biographies", &[("artist_id", "artist")]),
        ("chart_entries", &[("chart_id", "chart"), ("album_id", "album")]),
    ] {
        let of_type: Vec<_> = resources()
            .filter(|(request, it)| it["type"] == type_name && !request.contains("fields["))
            .collect();
        assert!(!of_type.is_empty(), "{type_name}");
        for (request, resource) in of_type {
            for (column, relationship) in foreign_keys {
                assert!(resource["attributes"].get(column).is_none(), "{request}: {type_name}.{column}");
                let data = resource["relationships"][relationship].get("data");
                assert!(data.is_some(), "{request}: {type_name}.{relationship} has no linkage");
            }
        }
    }
}

#[test]
fn res_19_the_self_link_of_a_resource_returns_it() {
    let mut api = api();
    let mut links = BTreeMap::new();
    for (request, resource) in resources() {
        let url = href(&resource["links"]["self"]).unwrap_or_else(|| panic!("{request}: {resource}"));
        links.insert(url, (&resource["type"], &resource["id"]));
    }
    assert!(links.len() > 80, "{}", links.len());
    for (url, (type_name, id)) in links {
        let document = api.document(url);
        assert_eq!((&document["data"]["type"], &document["data"]["id"]), (type_name, id), "{url}");
    }
}
