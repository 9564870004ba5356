//! FETCH: resources, related resources and relationships.

use serde_json::{Value, json};

use super::anatomy::{Kind, is_identifier};
use super::corpus;
use super::fixture::{api, assert_error, ids};

#[test]
fn fetch_01_self_and_related_links_can_be_fetched() {
    let mut api = api();
    let mut links = corpus::links(Kind::Top, "self");
    links.extend(corpus::links(Kind::Resource, "self"));
    links.extend(corpus::links(Kind::Relationship, "related"));
    assert!(links.len() > 300, "{}", links.len());
    for url in links {
        let document = api.document(&url);
        let data = document.get("data");
        let entry_point = url == api.entry_point();
        assert!(data.is_some() || entry_point, "{url}: {document}");
    }
}

#[test]
fn fetch_02_fetch_06_every_url_answers_with_its_status() {
    for answer in corpus::asked().iter().chain(corpus::failed()) {
        assert_eq!(answer.response.status, answer.expected, "{}: {}", answer.request, answer.response.text());
        if answer.expected != 200 {
            assert_error(&answer.response, answer.expected, &answer.request);
        }
    }
}

#[test]
fn fetch_03_a_collection_is_an_array_of_resources_also_when_empty() {
    let mut api = api();
    let albums = api.document("/albums");
    assert_eq!(ids(&albums["data"]), ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"]);
    assert!(albums["data"].as_array().unwrap().iter().all(|it| it["type"] == "albums" && !is_identifier(it)));
    for target in ["/labels", "/albums?filter[title]=none", "/people/1/labels"] {
        assert_eq!(api.document(target).get("data"), Some(&json!([])), "{target}");
    }
}

#[test]
fn fetch_04_a_single_resource_is_an_object() {
    let mut api = api();
    for (target, type_name, id) in [
        ("/albums/1", "albums", "1"),
        ("/albums/1/", "albums", "1"),
        ("/albums/1/artist", "artists", "5"),
        ("/tags/a%2Fb", "tags", "a/b"),
        ("/l%C3%A4nder/%E6%97%A5", "länder", "日"),
        ("/chart_entries/1~1", "chart_entries", "1~1"),
        ("/chart_entries/1~%257E%2525", "chart_entries", "1~%7E%25"),
    ] {
        let document = api.document(target);
        let data = &document["data"];
        assert_eq!((data["type"].as_str(), data["id"].as_str()), (Some(type_name), Some(id)), "{target}");
        assert!(data["attributes"].is_object(), "{target}: {data}");
    }
}

#[test]
fn fetch_05_only_an_empty_to_one_relationship_gives_null() {
    let mut api = api();
    for target in [
        "/albums/1/producer",
        "/artists/7/biographies",
        "/artists/4/heimat",
        "/chart_entries/1~%257E%2525/album",
    ] {
        assert_eq!(api.document(target).get("data"), Some(&Value::Null), "{target}");
    }
    for target in ["/albums/999", "/albums/1", "/albums/1/artist"] {
        assert_ne!(api.get(target).json().get("data"), Some(&Value::Null), "{target}");
    }
}

#[test]
fn fetch_06_a_resource_that_does_not_exist_is_not_found() {
    let mut api = api();
    for id in
        ["999", "0", "-1", "abc", "01", "1.0", "+1", "1%20", "99999999999999999999", "1~1", "%00", "%FF"]
    {
        api.not_found(&format!("/albums/{id}"));
    }
    for target in [
        "/tags/nope",
        "/l%C3%A4nder/de",
        "/chart_entries/1",
        "/chart_entries/1~9",
        "/chart_entries/1~1~1",
        "/nope/1",
    ] {
        api.not_found(target);
    }
}

#[test]
fn fetch_07_a_related_url_without_parent_or_relationship_is_not_found() {
    let mut api = api();
    for target in [
        "/albums/999/artist",
        "/albums/999/producer",
        "/albums/999/tracks",
        "/albums/1/nope",
        "/albums/1/title",
        "/albums/1/artist_id",
        "/albums/1/artist/albums",
        "/albums/999/nope",
    ] {
        api.not_found(target);
    }
}

#[test]
fn fetch_08_an_empty_to_many_related_url_is_an_empty_array() {
    let mut api = api();
    for target in ["/albums/1/tags", "/albums/4/tracks", "/artists/7/albums", "/people/6/people"] {
        assert_eq!(api.document(target).get("data"), Some(&json!([])), "{target}");
    }
}

#[test]
fn fetch_20_self_links_of_relationships_can_be_fetched() {
    let mut api = api();
    let links = corpus::links(Kind::Relationship, "self");
    assert!(links.len() > 200, "{}", links.len());
    for url in links {
        let document = api.document(&url);
        let data = &document["data"];
        assert!(document.get("data").is_some(), "{url}");
        let items = data.as_array().map_or_else(|| vec![data], |items| items.iter().collect());
        assert!(items.into_iter().all(|it| it.is_null() || is_identifier(it)), "{url}: {data}");
    }
}

#[test]
fn fetch_21_fetch_24_a_relationship_url_gives_the_linkage_and_nothing_else() {
    let mut api = api();
    for (target, expected) in [
        ("/albums/1/relationships/artist", json!({"type": "artists", "id": "5"})),
        ("/albums/1/relationships/producer", Value::Null),
        (
            "/albums/1/relationships/tracks",
            json!([{"type": "tracks", "id": "10"}, {"type": "tracks", "id": "11"}]),
        ),
        ("/albums/1/relationships/tags", json!([])),
        (
            "/albums/7/relationships/tags",
            json!([{"type": "tags", "id": "a/b"}, {"type": "tags", "id": "live"}]),
        ),
        ("/tags/a%2Fb/relationships/albums", json!([{"type": "albums", "id": "7"}])),
        ("/artists/5/relationships/biographies", json!({"type": "biographies", "id": "1"})),
        ("/artists/7/relationships/biographies", Value::Null),
        ("/artists/3/relationships/heimat", json!({"type": "länder", "id": "日"})),
        ("/charts/2/relationships/chart_entries", json!([{"type": "chart_entries", "id": "2~1"}])),
        ("/people/5/relationships/mentor", json!({"type": "people", "id": "5"})),
    ] {
        let document = api.document(target);
        assert_eq!(document.get("data"), Some(&expected), "{target}");
        assert!(document.get("included").is_none(), "{target}");
    }
}

#[test]
fn fetch_23_a_relationship_url_without_parent_or_relationship_is_not_found() {
    let mut api = api();
    for target in [
        "/albums/999/relationships/tracks",
        "/albums/999/relationships/artist",
        "/albums/1/relationships/nope",
        "/albums/1/relationships/title",
        "/albums/1/relationships",
        "/albums/1/relationships/artist/nope",
        "/albums/999/relationships/nope",
    ] {
        api.not_found(target);
    }
}
