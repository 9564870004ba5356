//! CRUD-80 to CRUD-86: deleting resources.

use serde_json::{Value, json};

use super::fixture::assert_error;
use super::writing::{code_and_pointer, many, one, writable};
use crate::harness::JSON_API;
use crate::harness::engine::Engine;

#[test]
fn crud_80_crud_84_what_is_deleted_shows_nowhere() {
    let mut api = writable();
    for target in ["/notes/1", "/books/3", "/portraits/3", "/slots/1~%257E%2525", "/tags/a%2Fb~c"] {
        api.document(target);
        api.remove(target);
    }
    assert_eq!(api.linked("/books/1/relationships/notes"), ["2"]);
    let book = api.document("/books/1?include=notes,slots");
    assert_eq!(book["data"]["relationships"]["notes"]["data"], many("notes", &["2"]));
    assert!(!book["included"].to_string().contains("first"), "{book:#}");
    assert_eq!(api.linked("/authors/2/relationships/author_books"), Vec::<String>::new());
    assert_eq!(api.document("/authors/2/portraits")["data"], Value::Null);
    assert_eq!(api.linked("/shelves/1/relationships/slots"), ["1~a"]);
    assert_eq!(api.document("/tags?page[count]=true")["meta"]["count"], 3);
    // The database deleted what went with book 3.
    assert_eq!(api.document("/reviews")["data"], json!([]));
}

#[test]
fn crud_80_a_reference_to_itself_keeps_nothing() {
    let mut api = writable();
    api.relate("PATCH /authors/4/relationships/mentor", one("authors", "4"));
    if Engine::under_test() == Engine::MariaDb {
        // InnoDB looks after foreign keys row by row, and sees the row that refers while it deletes it.
        let document = assert_error(&api.delete("/authors/4"), 409, "/authors/4");
        assert_eq!(code_and_pointer(&document["errors"][0]), ("still-referenced", "-"));
        api.relate("PATCH /authors/4/relationships/mentor", json!(null));
    }
    api.remove("/authors/4");
}

#[test]
fn crud_83_what_is_not_there_cannot_be_deleted() {
    let mut api = writable();
    api.remove("/notes/1");
    for target in ["/notes/1", "/notes/999", "/notes/abc", "/tags/Novel", "/slots/1", "/slots/1~z"] {
        let before = api.rows();
        let document = assert_error(&api.delete(target), 404, target);
        assert_eq!(document["errors"][0]["code"], "resource-not-found", "{target}");
        api.assert_unchanged(&before, target);
    }
    assert_error(&api.delete("/nopes/1"), 404, "/nopes/1");
}

#[test]
fn crud_85_neither_body_nor_content_type_nor_accept_is_needed() {
    let mut api = writable();
    assert_eq!(api.transmit("DELETE", "/notes/1", &[], None).status, 204);
    assert_eq!(api.transmit("DELETE", "/notes/2", &[("Accept", "*/*")], None).status, 204);
    let typed = [("Accept", JSON_API), ("Content-Type", JSON_API)];
    assert_eq!(api.transmit("DELETE", "/notes/3", &typed, None).status, 204);
    assert_eq!(api.transmit("DELETE", "/notes/4", &[("Accept", JSON_API)], Some(b"")).status, 204);
    assert_eq!(api.document("/notes")["data"], json!([]));
}

#[test]
fn crud_86_what_others_refer_to_stays() {
    let mut api = writable();
    for target in ["/books/1", "/authors/1", "/tags/sea", "/shelves/1", "/authors/2", "/publishers/1"] {
        let before = api.rows();
        let document = assert_error(&api.delete(target), 409, target);
        assert_eq!(code_and_pointer(&document["errors"][0]), ("still-referenced", "-"), "{target}");
        let detail = document["errors"][0]["detail"].as_str().unwrap();
        assert!(!detail.contains("FOREIGN KEY") && !detail.contains("constraint"), "{detail}");
        api.assert_unchanged(&before, target);
    }
    assert_error(&api.delete("/catalogue/1"), 405, "/catalogue/1");
    assert_error(&api.delete("/books"), 405, "/books");
}
