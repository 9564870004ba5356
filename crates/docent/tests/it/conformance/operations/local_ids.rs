//! ATM-80 to ATM-85: resources named by `lid` until they have an id.

use serde_json::{Value, json};

use super::super::writing::{one, writable};
use super::{add, author, change, note, operation};

/// The resource object with a local id.
fn named(mut resource: Value, lid: &str) -> Value {
    resource["lid"] = json!(lid);
    resource
}

fn by_lid(type_name: &str, lid: &str) -> Value {
    json!({"type": type_name, "lid": lid})
}

/// The `ref` to a relationship of the resource.
fn relationship(type_name: &str, lid: &str, name: &str) -> Value {
    json!({"type": type_name, "lid": lid, "relationship": name})
}

fn book_by(lid: &str) -> Value {
    json!({"type": "books", "attributes": {"title": "New"},
        "relationships": {"author": {"data": by_lid("authors", lid)}}})
}

#[test]
fn atm_80_res_07_a_lid_names_its_resource_in_all_later_operations() {
    let mut api = writable();
    let results = api.perform(&[
        add(named(author("Eve"), "a")),
        add(named(book_by("a"), "b")),
        add(json!({"type": "chapters", "attributes": {"title": "First", "position": 1},
            "relationships": {"book": {"data": by_lid("books", "b")}}})),
        change(json!({"type": "books", "lid": "b", "attributes": {"subtitle": "By data"}})),
        operation("update", json!({"ref": by_lid("books", "b"),
            "data": {"type": "books", "lid": "b", "attributes": {"year": 2020}}})),
        operation("update", json!({"ref": relationship("books", "b", "editor"), "data": by_lid("authors", "a")})),
        add(named(note("n"), "n")),
        operation("add", json!({"ref": relationship("books", "b", "notes"), "data": [by_lid("notes", "n"), one("notes", "4")]})),
        operation("add", json!({"ref": relationship("books", "b", "tags"), "data": [one("tags", "sea")]})),
        change(json!({"type": "books", "id": "1", "relationships": {"editor": {"data": by_lid("authors", "a")}}})),
    ]);
    let (author, book) = (&results[0]["data"]["id"], &results[1]["data"]["id"]);
    assert_eq!((author, book), (&json!("5"), &json!("4")));
    let created = api.document("/books/4?include=notes,tags,chapters");
    let linkage = |name: &str| &created["data"]["relationships"][name]["data"];
    assert_eq!((linkage("author"), linkage("editor")), (&one("authors", "5"), &one("authors", "5")));
    assert_eq!(linkage("notes"), &json!([one("notes", "4"), one("notes", "5")]));
    assert_eq!(linkage("tags"), &json!([one("tags", "sea")]));
    assert_eq!(linkage("chapters").as_array().map(Vec::len), Some(1));
    let attributes = &created["data"]["attributes"];
    assert_eq!((&attributes["subtitle"], &attributes["year"]), (&json!("By data"), &json!(2020)));
    assert_eq!(api.linked("/books/1/relationships/editor"), ["5"]);
    assert_eq!(results[1]["data"]["relationships"]["author"]["data"], one("authors", "5"));
}

#[test]
fn atm_80_a_lid_beside_an_id_the_client_chose() {
    let mut api = writable();
    let tag = json!({"type": "tags", "id": "mine", "lid": "t"});
    let link = |identifier: Value| {
        operation(
            "add",
            json!({"ref": {"type": "books", "id": "3", "relationship": "tags"}, "data": [identifier]}),
        )
    };
    api.perform(&[add(tag.clone()), link(one("tags", "mine"))]);
    assert_eq!(api.linked("/books/3/relationships/tags"), ["mine"]);
    let other = json!({"type": "tags", "id": "other", "lid": "t"});
    api.perform(&[add(other), link(by_lid("tags", "t"))]);
    assert_eq!(api.linked("/books/3/relationships/tags"), ["mine", "other"]);
}

#[test]
fn atm_81_a_lid_names_its_resource_in_its_own_operation() {
    let mut api = writable();
    let mut own = named(author("Eve"), "me");
    own["relationships"] = json!({"mentor": {"data": by_lid("authors", "me")}});
    let results = api.perform(&[add(own)]);
    assert_eq!(results[0]["data"]["relationships"]["mentor"]["data"], one("authors", "5"));
    assert_eq!(api.linked("/authors/5/relationships/authors"), ["5"]);
}

#[test]
fn atm_82_res_09_a_lid_belongs_to_its_type_and_request() {
    let mut api = writable();
    let results = api.perform(&[
        add(named(author("Eve"), "x")),
        add(named(note("n"), "x")),
        add(named(book_by("x"), "x")),
        operation("update", json!({"ref": relationship("notes", "x", "book"), "data": by_lid("books", "x")})),
    ]);
    assert_eq!(results[2]["data"]["relationships"]["author"]["data"], one("authors", "5"));
    assert_eq!(api.linked("/notes/5/relationships/book"), ["4"]);
    // Other types and other requests have their own.
    let tags = operation("remove", json!({"ref": by_lid("tags", "x")}));
    let operations = [add(named(author("Flo"), "x")), tags];
    api.refuse_operations(&operations, 400, &[("unknown-local-id", "/1/ref/lid")]);
    let again = operation("remove", json!({"ref": by_lid("notes", "x")}));
    api.refuse_operations(&[again], 400, &[("unknown-local-id", "/0/ref/lid")]);
    let pointer = "/0/data/relationships/author/data/lid";
    api.refuse_operations(&[add(book_by("x"))], 400, &[("unknown-local-id", pointer)]);
    let change = change(json!({"type": "books", "lid": "x", "attributes": {}}));
    api.refuse_operations(&[change], 400, &[("unknown-local-id", "/0/data/lid")]);
}

#[test]
fn atm_83_a_lid_is_given_once() {
    let mut api = writable();
    let operations = [add(named(note("one"), "n")), add(note("between")), add(named(note("two"), "n"))];
    api.refuse_operations(&operations, 400, &[("duplicate-local-id", "/2/data/lid")]);
}

/// Operations that make an author and take it away again.
fn made_and_removed() -> [Value; 2] {
    [add(named(author("Eve"), "a")), operation("remove", json!({"ref": by_lid("authors", "a")}))]
}

#[test]
fn atm_84_the_lid_of_what_was_removed_is_no_target() {
    let mut api = writable();
    for last in [
        operation("remove", json!({"ref": by_lid("authors", "a")})),
        change(json!({"type": "authors", "lid": "a", "attributes": {"name": "Flo"}})),
        operation("update", json!({"ref": relationship("authors", "a", "mentor"), "data": null})),
        operation("add", json!({"ref": relationship("authors", "a", "editor_books"), "data": []})),
    ] {
        let operations: Vec<_> = made_and_removed().into_iter().chain([last]).collect();
        api.refuse_one(&operations, 2, (404, "resource-not-found"));
    }
    let results = api.perform(&made_and_removed());
    assert_eq!(results[0]["data"]["attributes"]["name"], "Eve", "as it was before it went");
    assert_eq!(results[1], json!({}));
}

#[test]
fn atm_84_the_lid_of_what_was_removed_is_no_linkage() {
    let mut api = writable();
    let editor = json!({"type": "books", "id": "1", "relationship": "editor"});
    let pupils = json!({"type": "authors", "id": "1", "relationship": "authors"});
    for last in [
        operation("update", json!({"ref": editor, "data": by_lid("authors", "a")})),
        operation("add", json!({"ref": pupils, "data": [by_lid("authors", "a")]})),
        add(book_by("a")),
    ] {
        let operations: Vec<_> = made_and_removed().into_iter().chain([last]).collect();
        api.refuse_one(&operations, 2, (404, "related-resource-not-found"));
    }
}

#[test]
fn atm_85_results_show_real_ids() {
    let mut api = writable();
    // `perform` holds every result to it: no `lid` anywhere, linkage with ids.
    let results = api.perform(&[
        add(named(author("Eve"), "a")),
        add(named(book_by("a"), "b")),
        operation(
            "update",
            json!({"ref": relationship("books", "b", "editor"), "data": by_lid("authors", "a")}),
        ),
    ]);
    let relationships = &results[1]["data"]["relationships"];
    assert_eq!(relationships["author"]["data"], one("authors", "5"));
    assert_eq!(relationships["editor"]["data"], one("authors", "5"));
}

#[test]
fn res_08_unknown_lids_are_told_together() {
    let mut api = writable();
    let operations = [
        add(book_by("a")),
        operation(
            "add",
            json!({"ref": {"type": "books", "id": "1", "relationship": "notes"}, "data": [one("notes", "4"), by_lid("notes", "b")]}),
        ),
        operation("remove", json!({"ref": by_lid("notes", "c")})),
    ];
    let expected = [
        ("unknown-local-id", "/0/data/relationships/author/data/lid"),
        ("unknown-local-id", "/1/data/1/lid"),
        ("unknown-local-id", "/2/ref/lid"),
    ];
    api.refuse_operations(&operations, 400, &expected);
}
