//! CMP: documents with included resources.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::anatomy::is_identifier;
use super::corpus::{self, Answer};
use super::fixture::{api, ids};
use crate::harness::structure::{identity, included, primary};

/// Resources of `included` that no chain of linkage from primary data reaches, by identity.
fn orphans(document: &Value) -> BTreeSet<(&str, &str)> {
    let mut linked: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for resource in primary(document).into_iter().chain(included(document)) {
        let targets = linked.entry(identity(resource)).or_default();
        for relationship in resource["relationships"].as_object().into_iter().flat_map(|it| it.values()) {
            match &relationship["data"] {
                Value::Array(items) => targets.extend(items.iter().map(identity)),
                one @ Value::Object(_) => drop(targets.insert(identity(one))),
                _ => {}
            }
        }
    }
    let mut orphans: BTreeSet<_> = included(document).into_iter().map(identity).collect();
    let mut waiting: Vec<_> = primary(document).into_iter().map(identity).collect();
    let mut reached = BTreeSet::new();
    while let Some(here) = waiting.pop() {
        if reached.insert(here) {
            orphans.remove(&here);
            waiting.extend(linked.get(&here).into_iter().flatten().copied());
        }
    }
    orphans
}

#[test]
fn cmp_02_included_is_an_array_of_full_resource_objects() {
    let mut seen = 0;
    for Answer { request, document, .. } in corpus::found() {
        let Some(member) = document.get("included") else { continue };
        assert!(member.is_array(), "{request}");
        for resource in included(document) {
            seen += 1;
            assert!(!is_identifier(resource), "{request}: {resource}");
            assert!(resource["type"].is_string() && resource["id"].is_string(), "{request}: {resource}");
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn cmp_02_an_included_resource_is_the_one_its_own_url_serves() {
    let mut api = api();
    let document = api.document("/albums/2?include=artist,producer,tags,chart_entries,tracks.writer");
    assert!(included(&document).len() > 60);
    for resource in included(&document).into_iter().step_by(3) {
        let alone = api.document(resource["links"]["self"].as_str().unwrap());
        for member in ["type", "id", "attributes", "links"] {
            assert_eq!(resource.get(member), alone["data"].get(member), "{}", resource["links"]["self"]);
        }
    }
}

#[test]
fn cmp_03_every_included_resource_is_linked_from_primary_data() {
    let mut seen = 0;
    for Answer { request, document, .. } in corpus::found() {
        if request.contains("fields[") {
            continue;
        }
        seen += included(document).len();
        assert_eq!(orphans(document), BTreeSet::new(), "{request}");
    }
    assert!(seen > 50, "{seen}");
    let loose = json!({"data": {"type": "a", "id": "1"}, "included": [{"type": "a", "id": "2"}]});
    assert_eq!(orphans(&loose).len(), 1);
}

#[test]
fn cmp_04_a_relationship_used_for_inclusion_shows_its_linkage() {
    let mut api = api();
    for (target, name, expected) in [
        (
            "/albums/1?include=tracks",
            "tracks",
            json!([{"type": "tracks", "id": "10"}, {"type": "tracks", "id": "11"}]),
        ),
        ("/albums/1?include=tags", "tags", json!([])),
        (
            "/albums/7?include=tags",
            "tags",
            json!([{"type": "tags", "id": "a/b"}, {"type": "tags", "id": "live"}]),
        ),
        ("/albums/1?include=producer", "producer", Value::Null),
        (
            "/people/1?include=people",
            "people",
            json!([{"type": "people", "id": "2"}, {"type": "people", "id": "3"}]),
        ),
        ("/artists/5?include=biographies", "biographies", json!({"type": "biographies", "id": "1"})),
    ] {
        let document = api.document(target);
        assert_eq!(document["data"]["relationships"][name].get("data"), Some(&expected), "{target}");
    }
    let deep = api.document("/artists/5?include=albums.tags");
    for album in included(&deep).into_iter().filter(|it| it["type"] == "albums") {
        assert!(album["relationships"]["tags"]["data"].is_array(), "{album}");
    }
}

#[test]
fn cmp_05_fields_07_fieldsets_may_cut_linkage_but_not_what_is_included() {
    let mut api = api();
    for target in
        ["/albums/1?include=artist&fields[albums]=title", "/albums/1?include=artist&fields[albums]="]
    {
        let document = api.document(target);
        assert!(document["data"].get("relationships").is_none(), "{target}: {document}");
        assert_eq!(ids(&document["included"]), ["5"], "{target}");
    }
    let deep = api.document("/albums/1?include=tracks.writer&fields[albums]=title&fields[tracks]=title");
    let mut found: Vec<_> = included(&deep).into_iter().map(identity).collect();
    found.sort_unstable();
    assert_eq!(found, [("artists", "5"), ("artists", "6"), ("tracks", "10"), ("tracks", "11")]);
    assert!(included(&deep).iter().all(|it| it["type"] != "tracks" || it.get("relationships").is_none()));
}

#[test]
fn cmp_06_inc_14_a_resource_occurs_once_whatever_leads_to_it() {
    let mut api = api();
    for (target, type_name, in_data, in_included) in [
        ("/albums?filter[id][in]=1,2&include=artist", "artists", 0, 1),
        ("/artists/5?include=albums.artist", "artists", 1, 0),
        ("/artists/5?include=albums.artist.albums.artist,albums", "albums", 0, 2),
        ("/albums/1?include=artist.albums,artist", "albums", 1, 1),
        ("/albums/1?include=artist.albums,artist", "artists", 0, 1),
        ("/people?include=mentor.mentor,people", "people", 6, 0),
        ("/people/5?include=mentor,people.people", "people", 1, 0),
        ("/albums?include=tags.albums", "albums", 12, 0),
        ("/albums/1?include=tracks.album.tracks", "tracks", 0, 2),
    ] {
        let document = api.document(target);
        let of_type = |items: Vec<&Value>| items.into_iter().filter(|it| it["type"] == type_name).count();
        assert_eq!(of_type(primary(&document)), in_data, "{target}: data");
        assert_eq!(of_type(included(&document)), in_included, "{target}: included");
    }
    for Answer { request, document, .. } in corpus::found() {
        let resources =
            primary(document).into_iter().filter(|it| !is_identifier(it)).chain(included(document));
        let mut seen = BTreeSet::new();
        for resource in resources {
            assert!(seen.insert(identity(resource)), "{request}: {:?} twice", identity(resource));
        }
    }
}

#[test]
fn cmp_04_linkage_is_the_same_whatever_the_page_is_sorted_by() {
    let mut api = api();
    let document = api.document("/albums?sort=-title&include=tracks,tags&page[limit]=20");
    let albums = primary(&document);
    assert!(!albums.is_sorted_by_key(|album| album["id"].as_str().unwrap().parse::<i64>().unwrap()));
    let mut seen = 0;
    for album in albums {
        for name in ["tracks", "tags"] {
            let linkage = album["relationships"][name]["data"].as_array().unwrap();
            let alone =
                api.document(&format!("{}/relationships/{name}", album["links"]["self"].as_str().unwrap()));
            assert!(alone["data"].as_array().unwrap().starts_with(linkage), "{album}");
            assert_eq!(linkage.is_empty(), alone["data"] == json!([]), "{album}");
            seen += linkage.len();
        }
    }
    assert!(seen > 20, "{seen}");
}
