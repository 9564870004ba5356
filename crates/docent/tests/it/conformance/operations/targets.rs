//! ATM-26 to ATM-28 and ATM-79: targets given by `href`.

use serde_json::{Value, json};

use super::super::writing::{many, one, writable};
use super::{add, author, document, note, operation};
use crate::harness::links::href;

#[test]
fn atm_26_href_is_a_string() {
    let mut api = writable();
    for wrong in [json!(1), json!(null), json!(["/api/notes/1"]), json!({"href": "/api/notes/1"})] {
        let operations = [add(note("x")), operation("remove", json!({"href": wrong}))];
        api.refuse_operations(&operations, 400, &[("invalid-document", "/1/href")]);
    }
}

#[test]
fn atm_27_hrefs_are_urls_of_this_api() {
    let mut api = writable();
    let base = api.base_path().to_owned();
    let own = api.document("/notes/1")["data"]["links"]["self"].as_str().unwrap().to_owned();
    api.perform_in_silence(&[
        operation("remove", json!({"href": own})),
        operation("remove", json!({"href": format!("{base}/notes/2")})),
        operation("remove", json!({"href": format!("{base}/tags/a%2Fb~c")})),
        operation("remove", json!({"href": format!("{base}/slots/1~%257E%2525/")})),
    ]);
    assert_eq!(api.document("/notes")["data"].as_array().map(Vec::len), Some(2));
    for foreign in [
        "https://elsewhere.test/api/notes/3",
        "http://conformance.test:81/api/notes/3",
        "ftp://conformance.test/api/notes/3",
        "//elsewhere.test/api/notes/3",
        "/other/notes/3",
        "/apix/notes/3",
        "notes/3",
        "",
        "#",
        "mailto:x",
    ] {
        let operations = [add(note("x")), operation("remove", json!({"href": foreign}))];
        api.refuse_operations(&operations, 400, &[("invalid-operation", "/1/href")]);
    }
}

#[test]
fn atm_27_hrefs_that_lead_to_nothing_that_operations_change() {
    let mut api = writable();
    let base = api.base_path().to_owned();
    for (op, path, data) in [
        ("remove", "/nopes/1", None),
        ("remove", "", None),
        ("remove", "/openapi.json", None),
        ("remove", "/operations", None),
        ("remove", "/notes", None),
        ("update", "/notes", Some(note("x"))),
        ("update", "/books/1/author", Some(json!({"type": "authors", "id": "1"}))),
        ("add", "/books/1/notes", Some(note("x"))),
        ("add", "/notes/1", Some(note("x"))),
        ("update", "/books/1/relationships/nope", Some(json!([]))),
    ] {
        let mut faulty = operation(op, json!({"href": format!("{base}{path}")}));
        if let Some(data) = data {
            faulty["data"] = data;
        }
        let before = api.rows();
        let operations = [add(note("x")), faulty];
        let sent = document(operations);
        let response = api.send_operations(&sent);
        assert!([400, 403, 404, 405].contains(&response.status), "{op} {path}: {}", response.text());
        let answer = super::assert_failure(&response, response.status, &sent);
        let pointer = answer["errors"][0]["source"]["pointer"].as_str().unwrap();
        assert!(pointer.starts_with("/atomic:operations/1"), "{op} {path}: {answer:#}");
        api.assert_unchanged(&before, path);
    }
}

#[test]
fn atm_28_hrefs_have_no_query() {
    let mut api = writable();
    let base = api.base_path().to_owned();
    for query in ["?include=book", "?", "?foo=1"] {
        let operations =
            [add(note("x")), operation("remove", json!({"href": format!("{base}/notes/1{query}")}))];
        api.refuse_operations(&operations, 400, &[("invalid-operation", "/1/href")]);
    }
}

/// An update of a book by each way to say which.
fn updates(own: &str) -> [Value; 3] {
    let book = json!({"type": "books", "id": "1", "attributes": {"subtitle": "Other"}});
    [
        operation("update", json!({"ref": one("books", "1"), "data": book})),
        operation("update", json!({"href": own, "data": book})),
        operation("update", json!({"data": book})),
    ]
}

#[test]
fn atm_66_atm_79_a_resource_by_ref_by_href_or_by_its_data() {
    let own = format!("{}/books/1", writable().entry_point());
    for update in updates(&own) {
        let mut api = writable();
        let results = api.perform(std::slice::from_ref(&update));
        assert_eq!(results[0]["data"]["attributes"]["subtitle"], "Other", "{update}");
        assert_eq!(api.attributes("/books/1")["subtitle"], "Other", "{update}");
    }
}

#[test]
fn atm_79_a_relationship_by_ref_or_by_href() {
    for (op, relationship, data, expected) in [
        ("update", "editor", one("authors", "3"), &["3"][..]),
        ("update", "editor", json!(null), &[]),
        ("add", "tags", many("tags", &["sea"]), &["classic", "novel", "sea"]),
        ("update", "tags", many("tags", &["sea"]), &["sea"]),
        ("remove", "tags", many("tags", &["novel"]), &["classic"]),
        ("add", "notes", many("notes", &["4"]), &["1", "2", "4"]),
        ("remove", "notes", many("notes", &["1"]), &["2"]),
    ] {
        let mut api = writable();
        let book = api.document("/books/1");
        let own = href(&book["data"]["relationships"][relationship]["links"]["self"]).unwrap();
        let by_href = operation(op, json!({"href": own, "data": data}));
        let reference = json!({"type": "books", "id": "1", "relationship": relationship});
        let by_ref = operation(op, json!({"ref": reference, "data": data}));
        api.perform_in_silence(&[by_href]);
        let url = format!("/books/1/relationships/{relationship}");
        assert_eq!(api.linked(&url), expected, "{op} {relationship}");
        let mut other = writable();
        other.perform_in_silence(&[by_ref]);
        assert_eq!(other.rows(), api.rows(), "{op} {relationship}");
    }
}

#[test]
fn atm_61_atm_62_a_collection_by_href_or_by_type() {
    let mut api = writable();
    let base = api.base_path().to_owned();
    let collection = format!("{}/authors", api.entry_point());
    for href in [collection.as_str(), &*format!("{base}/authors"), &*format!("{base}/authors/")] {
        let results = api.perform(&[operation("add", json!({"href": href, "data": author("Eve")}))]);
        assert_eq!(results[0]["data"]["type"], "authors");
    }
    assert_eq!(api.perform(&[add(author("Flo"))])[0]["data"]["id"], "8");
    let other =
        [add(note("x")), operation("add", json!({"href": format!("{base}/books"), "data": author("Gus")}))];
    api.refuse_operations(&other, 409, &[("resource-type-conflict", "/1/data/type")]);
}
