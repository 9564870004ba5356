//! NAME: member names.

use serde_json::Value;

use super::anatomy::{Kind, of_kind};
use super::corpus::{self, Answer};
use super::fixture::{api, ids};
use crate::harness::structure::is_member_name;

/// All names the API chose: types, fields, and the keys of everything but attribute values.
fn names(document: &Value) -> Vec<String> {
    fn walk(value: &Value, names: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    names.push(name.clone());
                    if name != "attributes" {
                        walk(member, names);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, names)),
            _ => {}
        }
    }
    let mut names = Vec::new();
    walk(document, &mut names);
    for attributes in of_kind(document, Kind::Attributes) {
        names.extend(attributes.value.as_object().into_iter().flat_map(|it| it.keys().cloned()));
    }
    for kind in [Kind::Resource, Kind::Identifier] {
        let types = of_kind(document, kind).into_iter().map(|part| part.value["type"].clone());
        names.extend(types.filter_map(|it| it.as_str().map(str::to_owned)));
    }
    names
}

#[test]
fn name_02_name_03_name_04_name_06_name_11_every_name_is_legal() {
    let mut all = std::collections::BTreeSet::new();
    for Answer { request, document, .. } in corpus::all() {
        for name in names(document) {
            let bare = name.strip_prefix('@').unwrap_or(&name);
            assert!(is_member_name(bare), "{request}: {name:?}");
            all.insert(name);
        }
    }
    for expected in ["länder", "voller name", "größe", "a_b", "c_d", "chart_entries"] {
        assert!(all.contains(expected), "{expected}: {all:?}");
    }
}

#[test]
fn name_03_names_beyond_ascii_and_with_spaces_work_in_requests_too() {
    let mut api = api();
    for target in [
        "/l%C3%A4nder?fields[l%C3%A4nder]=voller+name&sort=-gr%C3%B6%C3%9Fe",
        "/l%C3%A4nder?fields%5Bl%C3%A4nder%5D=voller%20name&sort=-gr%C3%B6%C3%9Fe",
    ] {
        let document = api.document(target);
        assert_eq!(ids(&document["data"]), ["FR", "DE", "日"], "{target}");
        let attributes = &document["data"][2]["attributes"];
        assert_eq!(attributes, &serde_json::json!({"voller name": "日本国"}), "{target}");
    }
    let filtered =
        api.document("/artists?filter[heimat.voller%20name]=%E6%97%A5%E6%9C%AC%E5%9B%BD&include=heimat");
    assert_eq!(ids(&filtered["data"]), ["3"]);
    assert_eq!(ids(&filtered["included"]), ["日"]);
}

#[test]
fn name_01_names_are_case_sensitive() {
    let mut api = api();
    let document = api.document("/albums/1?fields[albums]=Title,year");
    assert_eq!(document["data"]["attributes"], serde_json::json!({"year": 1998}));
    let other = api.document("/albums/1?fields[Albums]=title");
    assert!(other["data"]["attributes"].get("year").is_some(), "{other}");
    api.refused("/albums/1?include=Artist", "include");
    api.refused("/albums?sort=Title", "sort");
    api.refused("/albums?filter[Title]=x", "filter[Title]");
    api.refused("/albums?Sort=title", "Sort");
    api.not_found("/Albums");
    api.not_found("/albums/1/Artist");
    api.not_found("/albums/1/relationships/Artist");
    api.not_found("/albums/1/Relationships/artist");
}

#[test]
fn name_10_at_members_are_no_fields() {
    let mut api = api();
    for name in ["@foo", "@title", "@artist"] {
        api.refused(&format!("/albums?include={name}"), "include");
        api.refused(&format!("/albums?sort={name}"), "sort");
        let parameter = format!("filter[{name}]");
        api.refused(&format!("/albums?{parameter}=1"), &parameter);
        let document = api.document(&format!("/albums/1?fields[albums]={name}"));
        assert!(document["data"].get("attributes").is_none(), "{document}");
        assert!(document["data"].get("relationships").is_none(), "{document}");
    }
}
