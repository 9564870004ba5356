//! FIELDS: sparse fieldsets.

use serde_json::{Value, json};

use super::fixture::{api, ids, own_api};
use crate::harness::server::Options;
use crate::harness::structure::{included, primary};

/// Names of all fields of a resource: attributes, then relationships, each sorted.
fn fields(resource: &Value) -> Vec<&str> {
    let names = |member: &str| -> Vec<&str> {
        resource[member].as_object().map(|it| it.keys().map(String::as_str).collect()).unwrap_or_default()
    };
    let (mut attributes, mut relationships) = (names("attributes"), names("relationships"));
    attributes.sort_unstable();
    relationships.sort_unstable();
    attributes.append(&mut relationships);
    attributes
}

#[test]
fn fields_01_fields_02_fields_04_only_the_listed_fields_appear() {
    let mut api = api();
    for (query, expected) in [
        ("fields[albums]=title", &["title"][..]),
        ("fields%5Balbums%5D=title", &["title"]),
        ("fields[albums]=year,title", &["title", "year"]),
        ("fields[albums]=title,year,artist,tags", &["title", "year", "artist", "tags"]),
        ("fields[albums]=title,title", &["title"]),
        ("fields[albums]=year&sort=title", &["year"]),
        ("fields[albums]=title&filter[year]=2001", &["title"]),
        ("fields[albums]=title&page[size]=3", &["title"]),
    ] {
        for target in ["/albums", "/artists/5/albums", "/people/1/albums"] {
            let document = api.document(&format!("{target}?{query}"));
            assert!(!primary(&document).is_empty(), "{target}?{query}");
            for album in primary(&document) {
                assert_eq!(fields(album), expected, "{target}?{query}");
            }
        }
    }
    let one = api.document("/albums/1?fields[albums]=title,artist");
    assert_eq!(one["data"]["attributes"], json!({"title": "Blue Hour"}));
    assert_eq!(fields(&api.document("/tracks/10/album?fields[albums]=year")["data"]), ["year"]);
}

#[test]
fn fields_03_an_empty_value_leaves_identity_and_links() {
    let mut api = api();
    for target in ["/albums?fields[albums]=", "/albums?fields[albums]", "/albums/1?fields[albums]="] {
        let document = api.document(target);
        for album in primary(&document) {
            let mut members: Vec<_> = album.as_object().unwrap().keys().collect();
            members.sort_unstable();
            assert_eq!(members, ["id", "links", "type"], "{target}");
        }
    }
    let paged = api.document("/albums?fields[albums]=&page[size]=2");
    assert!(paged["data"][0]["meta"]["page"]["cursor"].is_string(), "meta stays: {paged}");
}

#[test]
fn fields_04_fieldsets_also_hold_for_included_resources() {
    let mut api = api();
    let document = api
        .document("/albums?include=artist,tracks.writer&fields[artists]=name&fields[tracks]=seconds,album");
    assert!(included(&document).len() > 50);
    for resource in included(&document) {
        let expected = if resource["type"] == "artists" { &["name"][..] } else { &["seconds", "album"] };
        assert_eq!(fields(resource), expected, "{resource}");
    }
    let linkage = api.document("/albums/1/relationships/tracks?include=tracks&fields[tracks]=title");
    assert_eq!(included(&linkage).into_iter().map(fields).collect::<Vec<_>>(), [["title"], ["title"]]);
}

#[test]
fn fields_05_types_not_mentioned_keep_their_fields() {
    let mut api = api();
    let plain = api.document("/albums?include=artist");
    let restricted = api.document("/albums?include=artist&fields[artists]=name");
    assert_eq!(plain["data"], restricted["data"]);
    let other = api.document("/albums?include=artist&fields[albums]=title,artist");
    assert_eq!(plain["included"], other["included"]);
}

#[test]
fn fields_06_relationships_are_fields() {
    let mut api = api();
    let title = api.document("/albums/1?fields[albums]=title");
    assert!(title["data"].get("relationships").is_none(), "{title}");
    let artist = api.document("/albums/1?fields[albums]=artist");
    assert!(artist["data"].get("attributes").is_none(), "{artist}");
    assert_eq!(fields(&artist["data"]), ["artist"]);
    let whole = api.document("/albums/1");
    assert_eq!(artist["data"]["relationships"]["artist"], whole["data"]["relationships"]["artist"]);
    let to_many = api.document("/albums/1?fields[albums]=tracks");
    assert_eq!(to_many["data"]["relationships"]["tracks"], whole["data"]["relationships"]["tracks"]);
}

#[test]
fn fields_09_fields_without_one_type_are_no_parameter() {
    let mut api = api();
    for parameter in ["fields", "fields[]", "fields[albums][title]", "fields[albums][]"] {
        for target in ["/albums", "/albums/1", "/albums/1/tracks", "/albums/1/relationships/tracks"] {
            api.refused(&format!("{target}?{parameter}=title"), parameter);
        }
    }
}

#[test]
fn fields_10_unknown_names_are_ignored_unless_told_otherwise() {
    let mut api = api();
    let unknown_field = api.document("/albums?fields[albums]=nope,title");
    assert!(primary(&unknown_field).into_iter().all(|it| fields(it) == ["title"]));
    let plain = api.document("/albums");
    for target in ["/albums?fields[nopes]=x", "/albums?fields[tags]=label"] {
        assert_eq!(api.document(target)["data"], plain["data"], "{target}");
    }
    let mut strict = own_api(&Options::config("[documents]\nstrict_fields = true\n"));
    strict.refused("/albums?fields[albums]=nope", "fields[albums]");
    strict.refused("/albums?fields[albums]=title,nope", "fields[albums]");
    strict.refused("/albums?fields[nopes]=x", "fields[nopes]");
    assert_eq!(ids(&strict.document("/albums?fields[tags]=label&fields[albums]=title")["data"]).len(), 12);
}

#[test]
fn fields_11_identity_is_always_there_and_no_field() {
    let mut api = api();
    for value in ["id", "type", "id,type"] {
        let document = api.document(&format!("/albums/1?fields[albums]={value}"));
        assert_eq!((&document["data"]["type"], &document["data"]["id"]), (&json!("albums"), &json!("1")));
        assert_eq!(fields(&document["data"]), Vec::<&str>::new(), "{value}");
    }
    assert_eq!(fields(&api.document("/albums/1?fields[albums]=id,title")["data"]), ["title"]);
}
