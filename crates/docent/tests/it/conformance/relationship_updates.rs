//! RUP: updating relationships at their own URLs.

use serde_json::{Value, json};

use super::fixture::assert_error;
use super::writing::{data, many, one, writable, writable_on};
use crate::harness::engine::{Engine, only_on};

const TAGS: &str = "/books/1/relationships/tags";
const NOTES: &str = "/books/1/relationships/notes";
const EDITOR: &str = "/books/1/relationships/editor";

#[test]
fn rup_01_rup_02_a_to_one_relationship_takes_an_identifier_or_null() {
    let mut api = writable();
    for (target, type_name) in [
        (EDITOR, "authors"),
        ("/authors/1/relationships/portraits", "portraits"),
        ("/notes/1/relationships/book", "books"),
    ] {
        for linkage in
            [one(type_name, "3"), one(type_name, "2"), one(type_name, "2"), json!(null), json!(null)]
        {
            api.relate(&format!("PATCH {target}"), linkage.clone());
            assert_eq!(api.document(target)["data"], linkage, "{target}");
        }
    }
    for (wrong, code, pointer) in [
        (json!({}), "invalid-document", ""),
        (json!({"meta": {}}), "invalid-document", ""),
        (data("1"), "invalid-document", "/data"),
        (data(json!({"type": "authors"})), "invalid-document", "/data"),
        (data(json!({"id": "1"})), "invalid-document", "/data"),
        (data(json!([])), "invalid-linkage", "/data"),
        (data(many("authors", &["1"])), "invalid-linkage", "/data"),
    ] {
        api.refuse(&format!("PATCH {EDITOR}"), &wrong, (400, code, pointer));
    }
}

#[test]
fn rup_01_a_to_one_relationship_that_needs_a_value() {
    let mut api = writable();
    let author = "/books/1/relationships/author";
    api.refuse(&format!("PATCH {author}"), &data(json!(null)), (422, "required", "/data"));
    api.relate(&format!("PATCH {author}"), one("authors", "4"));
    assert_eq!(api.linked(author), ["4"]);
}

#[test]
fn rup_03_to_many_relationships_take_arrays() {
    let mut api = writable();
    for target in [TAGS, NOTES] {
        let type_name = target.rsplit('/').next().unwrap();
        for method in ["PATCH", "POST", "DELETE"] {
            let request = format!("{method} {target}");
            for wrong in [json!(null), one(type_name, "1")] {
                api.refuse(&request, &data(wrong), (400, "invalid-linkage", "/data"));
            }
            api.refuse(&request, &data(json!("1")), (400, "invalid-document", "/data"));
            api.refuse(&request, &data(json!([1])), (400, "invalid-document", "/data/0"));
            api.refuse(&request, &json!({}), (400, "invalid-document", ""));
        }
        for method in ["POST", "DELETE", "PATCH"] {
            let before = api.linked(target);
            api.relate(&format!("{method} {target}"), json!([]));
            let expected = if method == "PATCH" { Vec::new() } else { before };
            assert_eq!(api.linked(target), expected, "{method} {target}");
        }
    }
}

#[test]
fn rup_04_patch_replaces_all_members_or_fails() {
    let mut api = writable();
    for ids in [&["sea", "novel"][..], &["a/b~c"], &["classic", "sea", "classic"], &[]] {
        api.relate(&format!("PATCH {TAGS}"), many("tags", ids));
        let mut expected: Vec<&str> = ids.to_vec();
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(api.linked(TAGS), expected);
    }
    for ids in [&["3", "4"][..], &["1"], &[]] {
        api.relate(&format!("PATCH {NOTES}"), many("notes", ids));
        assert_eq!(api.linked(NOTES), ids);
    }
    let missing = data(many("tags", &["sea", "nope"]));
    let refusal = (404, "related-resource-not-found", "/data/1");
    api.refuse(&format!("PATCH {TAGS}"), &missing, refusal);
    let chapters = "PATCH /books/1/relationships/chapters";
    for ids in [&[][..], &["1"], &["1", "3"]] {
        let refusal = (403, "relationship-required", "/data");
        api.refuse(chapters, &data(many("chapters", ids)), refusal);
    }
    api.relate(chapters, many("chapters", &["3", "2", "1"]));
    assert_eq!(api.linked("/books/1/relationships/chapters"), ["1", "2", "3"]);
}

#[test]
fn rup_05_rup_06_post_adds_what_is_missing() {
    let mut api = writable();
    for (ids, expected) in [
        (&["sea"][..], &["classic", "novel", "sea"][..]),
        (&["sea"], &["classic", "novel", "sea"]),
        (&["novel", "novel"], &["classic", "novel", "sea"]),
        (&["novel", "a/b~c", "a/b~c"], &["a/b~c", "classic", "novel", "sea"]),
    ] {
        api.relate(&format!("POST {TAGS}"), many("tags", ids));
        assert_eq!(api.linked(TAGS), expected, "{ids:?}");
    }
    for (ids, expected) in [
        (&["4"][..], &["1", "2", "4"][..]),
        (&["1", "4"], &["1", "2", "4"]),
        (&["3", "3"], &["1", "2", "3", "4"]),
    ] {
        api.relate(&format!("POST {NOTES}"), many("notes", ids));
        assert_eq!(api.linked(NOTES), expected, "{ids:?}");
    }
    assert_eq!(
        api.linked("/books/2/relationships/notes"),
        Vec::<String>::new(),
        "taken from its former parent"
    );
    api.relate("POST /books/1/relationships/chapters", many("chapters", &["3"]));
    assert_eq!(api.linked("/chapters/3/relationships/book"), ["1"]);
}

#[test]
fn rup_07_rup_08_delete_removes_what_is_there() {
    let mut api = writable();
    api.relate(&format!("POST {TAGS}"), many("tags", &["sea"]));
    for (ids, expected) in [
        (&["novel", "sea"][..], &["classic"][..]),
        (&["novel"], &["classic"]),
        (&["a/b~c", "classic", "classic"], &[]),
        (&["classic"], &[]),
    ] {
        api.relate(&format!("DELETE {TAGS}"), many("tags", ids));
        assert_eq!(api.linked(TAGS), expected, "{ids:?}");
    }
    for (ids, expected) in [(&["2", "3"][..], &["1"][..]), (&["1", "4", "1"], &[])] {
        api.relate(&format!("DELETE {NOTES}"), many("notes", ids));
        assert_eq!(api.linked(NOTES), expected, "{ids:?}");
    }
    assert_eq!(api.linked("/notes/3/relationships/book"), ["2"], "a member of another book stays there");
    assert_eq!(
        api.document("/tags?filter[id][in]=novel,sea,classic")["data"].as_array().map(Vec::len),
        Some(3)
    );
    assert_eq!(api.document("/notes")["data"].as_array().map(Vec::len), Some(4), "no resource is deleted");
    // What does not exist at all is not there either.
    for ids in [&["nope"][..], &["nope", "also"]] {
        api.relate(&format!("DELETE {TAGS}"), many("tags", ids));
    }
    api.relate(&format!("DELETE {NOTES}"), many("notes", &["999", "abc"]));
}

#[test]
fn rup_07_members_that_cannot_leave_stay() {
    let mut api = writable();
    for ids in [&["1"][..], &["1", "2"]] {
        let document = data(many("chapters", ids));
        let error = api.refuse_all(
            "DELETE /books/1/relationships/chapters",
            &document,
            403,
            &[("relationship-required", "/data")],
        );
        assert_eq!(error["errors"][0]["status"], "403");
    }
    // Chapter 3 is not of this book: nothing has to leave.
    api.relate("DELETE /books/1/relationships/chapters", many("chapters", &["3"]));
    assert_eq!(api.linked("/chapters/3/relationships/book"), ["2"]);
}

#[test]
fn rup_09_what_the_server_changed_besides_is_told() {
    if !only_on(&[Engine::Sqlite, Engine::Postgres], "a trigger of MariaDB does not change its own table") {
        return;
    }
    let mut api = writable_on(
        "CREATE TRIGGER also AFTER INSERT ON book_tags WHEN NEW.tag_id = 'sea'
         BEGIN INSERT OR IGNORE INTO book_tags VALUES (NEW.book_id, 'a/b~c'); END;
         CREATE TRIGGER other BEFORE UPDATE OF book_id ON notes WHEN NEW.id = 4
         BEGIN UPDATE notes SET book_id = NEW.book_id WHERE id = 3; END;
         /* PostgreSQL
         CREATE FUNCTION also() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           INSERT INTO book_tags VALUES (NEW.book_id, 'a/b~c') ON CONFLICT DO NOTHING; RETURN NULL;
         END $$;
         CREATE TRIGGER also AFTER INSERT ON book_tags FOR EACH ROW WHEN (NEW.tag_id = 'sea') EXECUTE FUNCTION also();
         CREATE FUNCTION other() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           UPDATE notes SET book_id = NEW.book_id WHERE id = 3; RETURN NEW;
         END $$;
         CREATE TRIGGER other BEFORE UPDATE OF book_id ON notes FOR EACH ROW WHEN (NEW.id = 4) EXECUTE FUNCTION other();
         */",
    );
    for (request, expected) in [
        ("POST /books/1/relationships/tags", &["a/b~c", "classic", "novel", "sea"][..]),
        ("PATCH /books/3/relationships/tags", &["a/b~c", "sea"]),
        ("POST /tags/sea/relationships/books", &["1", "2", "3"]),
        ("POST /books/1/relationships/notes", &["1", "2", "3", "4"]),
    ] {
        let (members, target) = match request.rsplit('/').next().unwrap() {
            "tags" => (many("tags", &["sea"]), request.split_once(' ').unwrap().1),
            "books" => (many("books", &["3"]), "/tags/sea/relationships/books"),
            _ => (many("notes", &["4"]), NOTES),
        };
        let response = api.write(request, &data(members));
        assert_eq!(response.status, 200, "{request}: {}", response.text());
        let linkage = api.document(target);
        assert_eq!(response.json(), linkage, "{request}");
        assert_eq!(api.linked(target), expected, "{request}");
    }
}

#[test]
fn rup_10_rup_11_what_was_changed_as_asked_needs_no_document() {
    let mut api = writable();
    for (request, linkage) in [
        ("POST /books/1/relationships/tags", many("tags", &["sea"])),
        ("DELETE /books/1/relationships/tags", many("tags", &["sea"])),
        ("PATCH /books/1/relationships/tags", many("tags", &["sea"])),
        ("PATCH /notes/1/relationships/book", json!(null)),
        ("POST /books/1/relationships/notes", many("notes", &["1"])),
    ] {
        let response = api.write(request, &data(linkage));
        assert_eq!((response.status, &response.body[..]), (204, &b""[..]), "{request}");
    }
    // Where triggers may do more, the linkage is told in any case.
    let response = api.write(&format!("PATCH {EDITOR}"), &data(json!(null)));
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.json()["data"], Value::Null);
}

#[test]
fn rup_13_what_cannot_be_updated_is_refused() {
    let mut api = writable();
    for (request, linkage) in [
        ("PATCH /books/1/relationships/publisher", one("publishers", "2")),
        ("PATCH /books/1/relationships/publisher", json!(null)),
        ("POST /publishers/2/relationships/books", many("books", &["1"])),
        ("PATCH /publishers/1/relationships/books", json!([])),
        ("DELETE /publishers/1/relationships/books", many("books", &["1"])),
        // The foreign key is part of the child's own key.
        ("PATCH /slots/1~a/relationships/shelf", one("shelves", "2")),
        ("POST /shelves/2/relationships/slots", many("slots", &["1~a"])),
        ("PATCH /shelves/1/relationships/slots", json!([])),
        ("DELETE /shelves/1/relationships/slots", many("slots", &["1~a"])),
    ] {
        let before = api.rows();
        let response = api.write(request, &data(linkage));
        let document = assert_error(&response, 403, request);
        assert_eq!(document["errors"][0]["code"], "read-only-field", "{request}: {document:#}");
        api.assert_unchanged(&before, request);
    }
}

#[test]
fn rup_14_members_are_not_added_to_a_to_one_relationship() {
    let mut api = writable();
    for method in ["POST", "DELETE"] {
        for linkage in [one("authors", "3"), many("authors", &["3"])] {
            let before = api.rows();
            let response = api.write(&format!("{method} {EDITOR}"), &data(linkage));
            assert_error(&response, 405, method);
            assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS, PATCH"), "{method}");
            api.assert_unchanged(&before, method);
        }
    }
}

#[test]
fn rup_15_unknown_parents_and_relationships() {
    let mut api = writable();
    for (request, linkage) in [
        ("PATCH /books/999/relationships/editor", json!(null)),
        ("PATCH /books/999/relationships/tags", json!([])),
        ("POST /books/999/relationships/tags", many("tags", &["sea"])),
        ("DELETE /books/999/relationships/tags", many("tags", &["sea"])),
        ("POST /books/999/relationships/notes", json!([])),
        ("DELETE /books/abc/relationships/notes", many("notes", &["1"])),
        ("PATCH /books/1/relationships/nope", json!([])),
        ("POST /books/1/relationships/title", json!([])),
        ("PATCH /nopes/1/relationships/tags", json!([])),
    ] {
        let before = api.rows();
        assert_error(&api.write(request, &data(linkage)), 404, request);
        api.assert_unchanged(&before, request);
    }
}

#[test]
fn rup_16_all_identifiers_take_effect_or_none() {
    let mut api = writable();
    for (request, linkage, refusal) in [
        (
            "POST",
            json!([one("tags", "sea"), one("tags", "nope")]),
            (404, "related-resource-not-found", "/data/1"),
        ),
        (
            "PATCH",
            json!([one("tags", "nope"), one("tags", "sea")]),
            (404, "related-resource-not-found", "/data/0"),
        ),
        (
            "POST",
            json!([one("tags", "sea"), one("notes", "1")]),
            (409, "linkage-type-conflict", "/data/1/type"),
        ),
        (
            "DELETE",
            json!([one("tags", "novel"), one("notes", "1")]),
            (409, "linkage-type-conflict", "/data/1/type"),
        ),
    ] {
        api.refuse(&format!("{request} {TAGS}"), &data(linkage), refusal);
    }
    let missing = data(many("notes", &["4", "999"]));
    for method in ["POST", "PATCH"] {
        let refusal = (404, "related-resource-not-found", "/data/1");
        api.refuse(&format!("{method} {NOTES}"), &missing, refusal);
    }
    // One of two cannot leave.
    let request = "DELETE /authors/1/relationships/author_books";
    api.refuse(request, &data(many("books", &["3", "1"])), (403, "relationship-required", "/data"));
}

#[test]
fn rup_17_identifiers_of_the_wrong_type_are_refused() {
    let mut api = writable();
    for wrong in [one("tags", "sea"), one("Authors", "1"), one("nopes", "1")] {
        let refusal = (409, "linkage-type-conflict", "/data/type");
        api.refuse(&format!("PATCH {EDITOR}"), &data(wrong.clone()), refusal);
        for method in ["PATCH", "POST", "DELETE"] {
            let refusal = (409, "linkage-type-conflict", "/data/0/type");
            api.refuse(&format!("{method} {NOTES}"), &data(json!([wrong])), refusal);
        }
    }
}

#[test]
fn rup_18_rel_09_a_change_shows_at_every_url_and_related_links_stay() {
    let mut api = writable();
    let related = |document: &Value| document["links"]["related"].clone();
    let before = related(&api.document(EDITOR));
    api.relate(&format!("PATCH {EDITOR}"), one("authors", "3"));
    assert_eq!(related(&api.document(EDITOR)), before);
    let book = api.document("/books/1?include=editor");
    assert_eq!(book["data"]["relationships"]["editor"]["data"], one("authors", "3"));
    assert_eq!(book["data"]["relationships"]["editor"]["links"]["related"], before);
    assert_eq!(api.document("/books/1/editor")["data"]["id"], "3");
    assert_eq!(api.linked("/authors/3/relationships/editor_books"), ["1"]);
    assert_eq!(api.linked("/authors/2/relationships/editor_books"), ["3"]);
    assert_eq!(api.document("/books?filter[editor]=3")["data"][0]["id"], "1");

    api.relate("POST /tags/sea/relationships/books", many("books", &["1"]));
    assert!(api.linked(TAGS).contains(&"sea".to_owned()));
    assert_eq!(api.linked("/tags/sea/relationships/books"), ["1", "2"]);
    let books = api.document("/tags/sea/books?include=tags");
    assert_eq!(books["data"][0]["relationships"]["tags"]["data"].as_array().map(Vec::len), Some(3));

    api.relate("PATCH /authors/4/relationships/portraits", one("portraits", "1"));
    assert_eq!(api.linked("/portraits/1/relationships/author"), ["4"]);
    assert_eq!(api.linked("/authors/1/relationships/portraits"), Vec::<String>::new());
    assert_eq!(api.document("/authors/1/portraits")["data"], Value::Null);
}
