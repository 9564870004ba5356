use serde_json::{Value, json};

use super::*;
use crate::media_type::{ATOMIC_EXTENSION, CURSOR_PROFILE};

fn document(write: impl FnOnce(Document<'_, Start>)) -> Value {
    let mut out = Vec::new();
    write(Document::new(&mut out, &Applied::default()));
    serde_json::from_slice(&out).unwrap()
}

#[track_caller]
fn check(write: impl FnOnce(Document<'_, Start>), mut expected: Value) {
    expected["jsonapi"] = json!({"version": "1.1"});
    assert_eq!(document(write), expected);
}

fn track(id: &str) -> Resource {
    Resource::new("tracks", id).unwrap()
}

#[test]
fn japi_03_applied_extensions_and_profiles_are_listed() {
    let applied =
        Applied { extensions: vec![ATOMIC_EXTENSION], profiles: vec![CURSOR_PROFILE, "https://e.test/p"] };
    let mut out = Vec::new();
    Document::new(&mut out, &applied).nothing().finish();
    let written: Value = serde_json::from_slice(&out).unwrap();
    let expected =
        json!({"version": "1.1", "ext": [ATOMIC_EXTENSION], "profile": [CURSOR_PROFILE, "https://e.test/p"]});
    assert_eq!(written["jsonapi"], expected);
}

#[test]
fn doc_15_single_resources() {
    check(|document| document.resource(&track("1")).finish(), json!({"data": {"type": "tracks", "id": "1"}}));
    check(|document| document.nothing().finish(), json!({"data": null}));
}

#[test]
fn doc_16_collections_are_arrays() {
    check(|document| document.collection().end().finish(), json!({"data": []}));
    let one = |document: Document<'_, Start>| {
        let mut list = document.collection();
        assert!(list.push(&track("1")));
        list.end().finish();
    };
    check(one, json!({"data": [{"type": "tracks", "id": "1"}]}));
}

#[test]
fn doc_03_meta_alone_is_a_document() {
    check(|document| document.only(&Meta::default()), json!({"meta": {}}));
}

#[test]
fn doc_09_top_level_links() {
    let links = DocumentLinks {
        this: Some(Link::Typed { href: "/a".into(), media_type: "x/y".into() }),
        first: Some("/a?first".into()),
        prev: Some(Link::Null),
        next: Some("/a?next".to_owned().into()),
        ..DocumentLinks::default()
    };
    let expected = json!({
        "links": {"self": {"href": "/a", "type": "x/y"}, "first": "/a?first", "prev": null, "next": "/a?next"},
        "data": null,
    });
    check(|document| document.links(&links).nothing().finish(), expected);
    check(|document| document.links(&DocumentLinks::default()).nothing().finish(), json!({"data": null}));
}

#[test]
fn rel_04_linkage() {
    let check_linkage = |linkage: &Linkage<'_>, expected: Value| {
        check(|document| document.linkage(linkage).finish(), json!({"data": expected}));
    };
    check_linkage(&Linkage::ToOne(None), Value::Null);
    check_linkage(&Linkage::ToOne(Some(Identifier::new("a", "1"))), json!({"type": "a", "id": "1"}));
    check_linkage(&Linkage::ToMany(Vec::new()), json!([]));
    let two = vec![Identifier::new("a", "1"), Identifier::new("a", "2")];
    check_linkage(&Linkage::ToMany(two), json!([{"type": "a", "id": "1"}, {"type": "a", "id": "2"}]));
}

#[test]
fn rel_02_relationships_are_never_empty() {
    let mut album = Resource::new("albums", "1").unwrap();
    let links = RelationshipLinks::new("/albums/1/relationships/tracks", "/albums/1/tracks");
    let paged = RelationshipLinks { next: Some("/next".into()), prev: Some(Link::Null), ..links.clone() };
    album
        .relationship("tracks", &Relationship::to_many([Identifier::new("tracks", "1")]).with_links(paged))
        .unwrap();
    album.relationship("tags", &Relationship::unloaded(links)).unwrap();
    album.relationship("artist", &Relationship::to_one(None)).unwrap();
    let own = json!({"self": "/albums/1/relationships/tracks", "related": "/albums/1/tracks"});
    let mut all = own.clone();
    all["prev"] = Value::Null;
    all["next"] = json!("/next");
    let expected = json!({
        "tracks": {"links": all, "data": [{"type": "tracks", "id": "1"}]},
        "tags": {"links": own},
        "artist": {"data": null},
    });
    let written = document(|document| document.resource(&album).finish());
    assert_eq!(written["data"]["relationships"], expected);
}

#[test]
fn res_13_fields_share_one_namespace() {
    let mut album = Resource::new("albums", "1").unwrap();
    album.attribute("title", "x").unwrap();
    let to_one = Relationship::to_one(None);
    assert_eq!(album.relationship("title", &to_one), Err(NameError::Taken("title".to_owned())));
    assert_eq!(album.attribute("title", 1), Err(NameError::Taken("title".to_owned())));
    assert_eq!(album.attribute("type", 1), Err(NameError::Reserved("type".to_owned())));
    assert_eq!(album.relationship("id", &to_one), Err(NameError::Reserved("id".to_owned())));
    assert_eq!(album.attribute("a.b", 1), Err(NameError::Illegal("a.b".to_owned())));
    assert!(Resource::new("_x", "1").is_err());
    assert!(album.attribute("links", true).is_ok());
}

#[test]
fn res_values_links_and_meta() {
    let mut album = Resource::new("albums", "a\"1").unwrap();
    let mut meta = Meta::default();
    meta.member("rank", 3_u64).unwrap().member("note", Option::<&str>::None).unwrap();
    album.meta(meta).link("/albums/old").link("/albums/a%221");
    album.attribute("tags", vec!["a", "b"]).unwrap().attribute("rating", 0.5).unwrap();
    album.attribute("year", 1999_i32).unwrap().attribute("size", 7_u32).unwrap();
    album.attribute("sold", Some(-3_i64)).unwrap().attribute("live", false).unwrap();
    album.attribute("name", String::from("é")).unwrap();
    let expected = json!({"data": {
        "type": "albums",
        "id": "a\"1",
        "attributes": {"tags": ["a", "b"], "rating": 0.5, "year": 1999, "size": 7, "sold": -3, "live": false, "name": "é"},
        "links": {"self": "/albums/a%221"},
        "meta": {"rank": 3, "note": null},
    }});
    check(|document| document.resource(&album).finish(), expected);
}

#[test]
fn cmp_06_a_resource_is_written_once() {
    let write = |document: Document<'_, Start>| {
        let mut data = document.collection();
        assert!(data.push(&track("1")));
        assert!(!data.push(&track("1")));
        let mut included = data.end().included();
        assert!(!included.push(&track("1")));
        assert!(included.push(&track("2")));
        assert!(!included.push(&track("2")));
        assert!(included.push(&Resource::new("albums", "1").unwrap()));
        included.end().finish();
    };
    let expected = json!({
        "data": [{"type": "tracks", "id": "1"}],
        "included": [{"type": "tracks", "id": "2"}, {"type": "albums", "id": "1"}],
    });
    check(write, expected);
}

#[test]
fn inc_04_included_may_be_empty() {
    let mut meta = Meta::default();
    meta.member("count", 0).unwrap();
    check(
        |document| document.nothing().included().end().finish_with(&meta),
        json!({"data": null, "included": [], "meta": {"count": 0}}),
    );
}
