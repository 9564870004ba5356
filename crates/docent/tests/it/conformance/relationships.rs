//! REL: relationship objects, linkage and identifiers.

use serde_json::{Value, json};

use super::anatomy::{Kind, members, of_kind};
use super::corpus::{self, Answer};
use super::fixture::{api, ids, own_api};
use crate::harness::links::href;
use crate::harness::server::Options;

/// What is wrong with the shape of a relationship object (REL-01 to REL-04).
fn faults(relationship: &Value) -> Vec<&'static str> {
    let Some(object) = relationship.as_object() else { return vec!["no object"] };
    let mut faults = Vec::new();
    if !["links", "data", "meta"].iter().any(|member| object.contains_key(*member)) {
        faults.push("empty");
    }
    if let Some(links) = object.get("links")
        && !["self", "related"].iter().any(|name| links.get(name).is_some())
    {
        faults.push("links without self and related");
    }
    let is_identifier = |it: &Value| it["type"].is_string() && it["id"].is_string();
    match object.get("data") {
        Some(Value::Array(items)) if !items.iter().all(is_identifier) => faults.push("array of something"),
        Some(one @ Value::Object(_)) if !is_identifier(one) => faults.push("no identifier"),
        Some(Value::String(_) | Value::Number(_) | Value::Bool(_)) => faults.push("linkage of another kind"),
        _ => {}
    }
    faults
}

#[test]
fn rel_01_rel_02_rel_03_rel_04_relationships_have_the_right_shape() {
    let mut seen = 0;
    for Answer { request, document, .. } in corpus::found() {
        for part in of_kind(document, Kind::Relationships) {
            assert!(part.value.is_object(), "{request}: {}", part.pointer);
        }
        for part in of_kind(document, Kind::Relationship) {
            seen += 1;
            assert_eq!(faults(part.value), Vec::<&str>::new(), "{request}: {}: {}", part.pointer, part.value);
        }
    }
    assert!(seen > 300, "{seen}");
    for wrong in [
        json!([]),
        json!({}),
        json!({"links": {"next": "/x"}}),
        json!({"data": {"id": "1"}}),
        json!({"data": [null]}),
        json!({"data": "1"}),
    ] {
        assert_ne!(faults(&wrong), Vec::<&str>::new(), "{wrong}");
    }
}

#[test]
fn rel_04_linkage_tells_empty_from_one_from_many() {
    let document = api().document("/albums/1?include=tags,tracks,chart_entries");
    let linkage = |name: &str| document["data"]["relationships"][name].get("data");
    assert_eq!(linkage("producer"), Some(&Value::Null));
    assert_eq!(linkage("artist"), Some(&json!({"type": "artists", "id": "5"})));
    assert_eq!(linkage("tags"), Some(&json!([])));
    assert_eq!(linkage("chart_entries"), Some(&json!([{"type": "chart_entries", "id": "1~2"}])));
    assert_eq!(ids(linkage("tracks").unwrap()), ["10", "11"]);
    let document = api().document("/artists?include=biographies");
    let linkage = |index: usize| document["data"][index]["relationships"]["biographies"].get("data").unwrap();
    assert_eq!(linkage(4), &json!({"type": "biographies", "id": "1"}));
    assert_eq!(linkage(6), &Value::Null);
}

#[test]
fn rel_05_linkage_equals_that_of_the_relationship_url_or_is_absent() {
    let mut api = api();
    let mut absent = 0;
    let mut shown = 0;
    for target in [
        "/albums",
        "/albums/1",
        "/albums/1?include=tags,tracks",
        "/albums/3?include=tags,tracks,producer",
        "/artists?include=biographies",
        "/people?include=people",
        "/chart_entries",
        "/l%C3%A4nder?include=artists",
    ] {
        let document = api.document(target);
        for part in of_kind(&document, Kind::Relationship) {
            let Some(linkage) = part.value.get("data") else {
                absent += 1;
                continue;
            };
            shown += 1;
            let url = href(&part.value["links"]["self"]).unwrap();
            assert_eq!(&api.document(url)["data"], linkage, "{target}: {}: {url}", part.pointer);
        }
    }
    assert!(absent > 20 && shown > 40, "{absent} {shown}");
    assert!(api.document("/albums/1")["data"]["relationships"]["tracks"].get("data").is_none());
}

#[test]
fn rel_06_rel_07_identifiers_have_type_and_id_and_perhaps_meta() {
    let mut seen = 0;
    for Answer { request, document, .. } in corpus::found() {
        for part in of_kind(document, Kind::Identifier) {
            seen += 1;
            let object = part.value.as_object().unwrap_or_else(|| panic!("{request}: {}", part.pointer));
            assert!(object["type"].is_string() && object["id"].is_string(), "{request}: {}", part.pointer);
            for name in object.keys() {
                assert!(members(Kind::Identifier).unwrap().contains(&name.as_str()), "{request}: {name}");
            }
        }
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn rel_08_related_links_of_empty_relationships_are_valid() {
    let mut api = api();
    let document = api.document("/albums/1");
    for (name, expected) in [("producer", Value::Null), ("tags", json!([]))] {
        let url = href(&document["data"]["relationships"][name]["links"]["related"]).unwrap();
        assert_eq!(api.document(url).get("data"), Some(&expected), "{url}");
    }
}

#[test]
fn rel_09_a_related_link_does_not_follow_the_content() {
    let mut api = own_api(&Options::default());
    let mut connection = api.database().open();
    let mut links = Vec::new();
    for (statement, artist, producer, tracks) in [
        ("SELECT 1", "5", None, 2),
        ("UPDATE albums SET artist_id = 1, producer_id = 2 WHERE id = 1", "1", Some("2"), 2),
        (
            "UPDATE albums SET producer_id = 3 WHERE id = 1; DELETE FROM tracks WHERE album_id = 1",
            "1",
            Some("3"),
            0,
        ),
    ] {
        connection.execute(statement);
        let document = api.document("/albums/1");
        let relationships = &document["data"]["relationships"];
        let related =
            ["artist", "producer", "tracks"].map(|name| relationships[name]["links"]["related"].clone());
        let targets = related.each_ref().map(|link| api.document(href(link).unwrap())["data"].clone());
        assert_eq!(targets[0]["id"], artist, "{statement}");
        assert_eq!(targets[1]["id"].as_str(), producer, "{statement}");
        assert_eq!(targets[2].as_array().map(Vec::len), Some(tracks), "{statement}");
        links.push(related);
    }
    assert_eq!(links[0], links[1]);
    assert_eq!(links[0], links[2]);
}

#[test]
fn rel_10_rel_11_pagination_links_of_a_relationship_page_its_linkage() {
    let mut api = api();
    for target in ["/albums/2?include=tracks", "/albums/2?include=tracks&page[tracks][limit]=7"] {
        let document = api.document(target);
        let tracks = &document["data"]["relationships"]["tracks"];
        let mut seen: Vec<String> = ids(&tracks["data"]).iter().map(ToString::to_string).collect();
        let mut next = href(&tracks["links"]["next"]).map(str::to_owned);
        assert!(next.is_some(), "{target}: {tracks}");
        while let Some(url) = next {
            assert!(url.contains("/albums/2/relationships/tracks?"), "{target}: {url}");
            let page = api.document(&url);
            assert!(!ids(&page["data"]).is_empty(), "{url}");
            for identifier in page["data"].as_array().unwrap() {
                assert_eq!(identifier["type"], "tracks", "{url}");
                assert!(identifier.get("attributes").is_none(), "{url}: {identifier}");
            }
            seen.extend(ids(&page["data"]).iter().map(ToString::to_string));
            next = page["links"].get("next").and_then(href).map(str::to_owned);
        }
        let expected: Vec<_> = (101..=165).map(|id| id.to_string()).collect();
        assert_eq!(seen, expected, "{target}");
    }
    let complete = api.document("/albums/1?include=tracks");
    let links = complete["data"]["relationships"]["tracks"]["links"].as_object().unwrap();
    assert!(links.get("next").is_none_or(Value::is_null), "{links:?}");
}
