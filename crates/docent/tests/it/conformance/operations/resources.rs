//! ATM-60 to ATM-72: operations on resources.

use serde_json::{Value, json};

use super::super::fixture::assert_error;
use super::super::writing::{many, one, writable, writable_on};
use super::{add, author, change, note, operation, remove};

#[test]
fn atm_60_creating_takes_a_resource_object_with_a_type() {
    let mut api = writable();
    for (wrong, pointer) in [
        (operation("add", json!({})), "/1"),
        (add(json!(null)), "/1/data"),
        (add(json!([note("x")])), "/1/data"),
        (add(json!("notes")), "/1/data"),
        (add(json!({"attributes": {"text": "x"}})), "/1/data"),
        (add(json!({"type": 1})), "/1/data/type"),
    ] {
        let code = if pointer == "/1" { "invalid-operation" } else { "invalid-document" };
        api.refuse_operations(&[add(note("x")), wrong], 400, &[(code, pointer)]);
    }
    let unknown = [add(note("x")), add(json!({"type": "nopes"}))];
    let sent = super::document(unknown.clone());
    let response = api.operate(&unknown);
    assert!([400, 404, 409, 422].contains(&response.status), "{}", response.text());
    let answer = super::assert_failure(&response, response.status, &sent);
    assert_eq!(answer["errors"][0]["source"]["pointer"], "/atomic:operations/1/data/type");
    let with_ref = operation("add", json!({"ref": one("notes", "9"), "data": note("x")}));
    api.refuse_one(&[add(note("x")), with_ref], 1, (400, "invalid-operation"));
}

#[test]
fn atm_63_atm_64_results_have_the_new_resource() {
    let mut api = writable();
    let results = api.perform(&[
        add(json!({"type": "books", "attributes": {"title": "New"},
            "relationships": {"author": {"data": one("authors", "1")}, "tags": {"data": many("tags", &["sea"])}}})),
        add(json!({"type": "tags", "id": "mine", "attributes": {"label": "Mine"}})),
    ]);
    let book = &results[0]["data"];
    assert_eq!((&book["id"], &book["attributes"]["code"]), (&json!("4"), &json!("B-4")));
    assert_eq!(api.linked("/books/4/relationships/tags"), ["sea"]);
    assert_eq!(results[1]["data"]["attributes"], json!({"label": "Mine"}), "also with the client's id");
}

#[test]
fn atm_65_the_rules_for_creating_hold() {
    let mut api = writable();
    let book = |members: Value| {
        let mut book = json!({"type": "books", "attributes": {"title": "New"},
            "relationships": {"author": {"data": one("authors", "1")}}});
        let Value::Object(members) = members else { panic!("no object") };
        book.as_object_mut().unwrap().extend(members);
        add(book)
    };
    let related = |name: &str, relationship: Value| {
        book(json!({"relationships": {
        "author": {"data": one("authors", "1")}, name: relationship}}))
    };
    for (operation, status, code, pointer) in [
        (book(json!({"id": "77"})), 403, "client-id-forbidden", "/data/id"),
        (add(json!({"type": "tags"})), 422, "client-id-required", "/data"),
        (add(json!({"type": "tags", "id": "sea"})), 409, "id-taken", "/data/id"),
        (related("editor", json!({})), 400, "invalid-document", "/data/relationships/editor"),
        (related("editor", json!({"data": []})), 400, "invalid-linkage", "/data/relationships/editor/data"),
        (
            related("editor", json!({"data": one("tags", "sea")})),
            409,
            "linkage-type-conflict",
            "/data/relationships/editor/data/type",
        ),
        (
            related("editor", json!({"data": one("authors", "9")})),
            404,
            "related-resource-not-found",
            "/data/relationships/editor/data",
        ),
        (
            related("tags", json!({"data": many("tags", &["sea", "x"])})),
            404,
            "related-resource-not-found",
            "/data/relationships/tags/data/1",
        ),
        (
            book(json!({"attributes": {"title": "T", "isbn": "i"}})),
            403,
            "read-only-field",
            "/data/attributes/isbn",
        ),
        (
            book(json!({"attributes": {"title": "T", "nope": 1}})),
            422,
            "unknown-attribute",
            "/data/attributes/nope",
        ),
        (
            book(json!({"attributes": {"title": "T", "year": "x"}})),
            422,
            "invalid-value",
            "/data/attributes/year",
        ),
        (book(json!({"attributes": {"year": 2000}})), 422, "required", "/data/attributes"),
        (related("nope", json!({"data": null})), 422, "unknown-relationship", "/data/relationships/nope"),
    ] {
        let pointer = format!("/1{pointer}");
        let answer = api.refuse_operations(&[add(note("x")), operation], status, &[(code, &pointer)]);
        assert_eq!(answer["errors"][0]["status"], status.to_string());
    }
    api.refuse_one(
        &[add(note("x")), add(json!({"type": "catalogue", "id": "9"}))],
        1,
        (403, "read-only-type"),
    );
}

#[test]
fn atm_66_updating_takes_a_resource_object() {
    let mut api = writable();
    let target = one("notes", "1");
    for (wrong, pointer) in [
        (operation("update", json!({"ref": target})), "/1"),
        (operation("update", json!({"ref": target, "data": null})), "/1/data"),
        (operation("update", json!({"ref": target, "data": []})), "/1/data"),
        (operation("update", json!({"ref": target, "data": {"id": "1"}})), "/1/data"),
        (change(json!({"type": "notes", "id": 1})), "/1/data/id"),
    ] {
        let code = if pointer == "/1" { "invalid-operation" } else { "invalid-document" };
        api.refuse_operations(&[add(note("x")), wrong], 400, &[(code, pointer)]);
    }
    // Nothing tells which note.
    let before = api.rows();
    let sent = super::document([add(note("x")), change(note("y"))]);
    let answer = super::assert_failure(&api.send_operations(&sent), 400, &sent);
    assert!(answer["errors"][0]["source"]["pointer"].as_str().unwrap().starts_with("/atomic:operations/1"));
    api.assert_unchanged(&before, "an update of nothing");
}

#[test]
fn atm_67_target_and_data_agree() {
    let mut api = writable();
    let base = api.base_path().to_owned();
    let data = |type_name: &str, id: &str| json!({"type": type_name, "id": id, "attributes": {}});
    for target in [json!({"ref": one("notes", "1")}), json!({"href": format!("{base}/notes/1")})] {
        for (wrong, code, pointer) in [
            (data("notes", "2"), "resource-id-conflict", "/1/data/id"),
            (data("books", "1"), "resource-type-conflict", "/1/data/type"),
        ] {
            let mut update = operation("update", target.clone());
            update["data"] = wrong;
            api.refuse_operations(&[add(note("x")), update], 409, &[(code, pointer)]);
        }
        let mut update = operation("update", target);
        update["data"] = json!({"type": "notes", "id": "1", "attributes": {"text": "same"}});
        assert_eq!(api.perform(&[update])[0]["data"]["attributes"]["text"], "same");
    }
}

#[test]
fn atm_68_what_is_left_out_stays() {
    let mut api = writable();
    let before = api.document("/books/1?include=tags,notes");
    let results = api.perform(&[change(json!({"type": "books", "id": "1", "attributes": {"year": 2001},
        "relationships": {"tags": {"data": []}}}))]);
    let after = api.document("/books/1?include=tags,notes");
    let mut expected = before["data"].clone();
    expected["attributes"]["year"] = json!(2001);
    expected["relationships"]["tags"]["data"] = json!([]);
    assert_eq!(after["data"], expected);
    assert_eq!(results[0]["data"]["attributes"], expected["attributes"]);
    let missing = change(json!({"type": "books", "id": "999", "attributes": {"title": "x"}}));
    api.refuse_one(&[add(note("x")), missing], 1, (404, "resource-not-found"));
    let missing = change(json!({"type": "notes", "id": "abc"}));
    api.refuse_one(&[add(note("x")), missing], 1, (404, "resource-not-found"));
}

#[test]
fn atm_69_atm_70_results_of_updates_have_all_that_changed() {
    let mut api = writable();
    let results = api.perform(&[
        change(json!({"type": "books", "id": "1", "attributes": {"title": "Other"}})),
        change(json!({"type": "notes", "id": "1", "attributes": {"text": "just this"}})),
    ]);
    let attributes = &results[0]["data"]["attributes"];
    assert_eq!((&attributes["revision"], &attributes["shout"]), (&json!(2), &json!("OTHER")));
    assert_eq!(results[1]["data"]["attributes"], json!({"text": "just this"}));
}

#[test]
fn atm_71_deleting_needs_a_target() {
    let mut api = writable();
    for wrong in [
        operation("remove", json!({"data": one("notes", "1")})),
        operation("remove", json!({})),
        operation("remove", json!({"data": null})),
    ] {
        api.refuse_operations(&[add(note("x")), wrong], 400, &[("invalid-operation", "/1")]);
    }
    api.document("/notes/1");
}

#[test]
fn atm_72_what_is_deleted_is_gone_and_what_is_not_there_cannot_be() {
    let mut api = writable();
    api.perform_in_silence(&[remove("notes", "1"), remove("books", "3")]);
    for target in ["/notes/1", "/books/3"] {
        assert_error(&api.get(target), 404, target);
    }
    for (type_name, id) in [("notes", "1"), ("notes", "abc"), ("tags", "Sea"), ("slots", "1")] {
        api.refuse_one(&[add(note("x")), remove(type_name, id)], 1, (404, "resource-not-found"));
    }
    api.refuse_one(&[add(note("x")), remove("authors", "1")], 1, (409, "still-referenced"));
    api.refuse_one(&[add(note("x")), remove("catalogue", "1")], 1, (403, "read-only-type"));
    let results = api.perform(&[remove("notes", "2"), add(author("Eve"))]);
    assert_eq!(results[0], json!({}));
}

/// Stickers go with their cupboard.
const CUPBOARDS: &str = "
    CREATE TABLE cupboards (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE stickers (id TEXT PRIMARY KEY, text TEXT, cupboard_id INTEGER REFERENCES cupboards (id) ON DELETE CASCADE);
    INSERT INTO cupboards VALUES (1, 'high'), (2, 'low');
";

#[test]
fn atm_63_an_id_given_again_is_answered_with_what_each_operation_made() {
    let mut api = writable_on(CUPBOARDS);
    let sticker = |text: &str, cupboard: &str| {
        let cupboard = json!({"cupboard": {"data": one("cupboards", cupboard)}});
        json!({"type": "stickers", "id": "x", "attributes": {"text": text}, "relationships": cupboard})
    };
    let results = api.perform(&[
        add(sticker("first", "1")),
        remove("cupboards", "1"),
        add(sticker("second", "2")),
        change(json!({"type": "stickers", "id": "x", "attributes": {"text": "third"}})),
    ]);
    let shown = |text: &str| json!({"type": "stickers", "id": "x", "text": text});
    let told = |result: &Value| {
        let data = &result["data"];
        json!({"type": data["type"], "id": data["id"], "text": data["attributes"]["text"]})
    };
    assert_eq!(told(&results[0]), shown("first"));
    assert_eq!(results[1], json!({}));
    assert_eq!([told(&results[2]), told(&results[3])], [shown("third"), shown("third")]);
}
