//! ATM-50 to ATM-58: what is answered when an operation fails.

use serde_json::{Value, json};

use super::super::triggers::{KEEPSAKES, triggers_can_undo};
use super::super::writing::{code_and_pointer, many, one, writable, writable_on};
use super::{add, change, document, note, operation, relate, remove};

/// Operations that cannot be performed, with status and code.
fn failing() -> Vec<(Value, u16, &'static str)> {
    vec![
        (remove("notes", "999"), 404, "resource-not-found"),
        (remove("authors", "1"), 409, "still-referenced"),
        (add(json!({"type": "tags", "id": "sea"})), 409, "id-taken"),
        (
            add(
                json!({"type": "books", "id": "9", "attributes": {"title": "T"}, "relationships": {"author": {"data": one("authors", "1")}}}),
            ),
            403,
            "client-id-forbidden",
        ),
        (
            change(json!({"type": "authors", "id": "2", "attributes": {"email": "ada@books.test"}})),
            409,
            "not-unique",
        ),
        (change(json!({"type": "books", "id": "1", "attributes": {"title": 7}})), 422, "invalid-value"),
        (change(json!({"type": "books", "id": "1", "attributes": {"isbn": "x"}})), 403, "read-only-field"),
        (
            change(json!({"type": "books", "id": "1", "attributes": {"year": 2000, "reprinted": 1990}})),
            422,
            "invalid-value",
        ),
        (relate("add", ["books", "1", "tags"], many("tags", &["nope"])), 404, "related-resource-not-found"),
        (relate("update", ["books", "1", "chapters"], json!([])), 403, "relationship-required"),
    ]
}

#[test]
fn atm_50_atm_51_atm_52_atm_55_atm_56_one_failure_fails_the_request_and_is_pointed_at() {
    let mut api = writable();
    for (operation, status, code) in failing() {
        let before = api.rows();
        let sent = document([add(note("x")), operation, add(note("y"))]);
        let response = api.send_operations(&sent);
        let answer = super::assert_failure(&response, status, &sent);
        for error in answer["errors"].as_array().unwrap() {
            let (found, pointer) = code_and_pointer(error);
            assert_eq!(found, code, "{sent:#}\n{answer:#}");
            assert!(pointer.starts_with("/atomic:operations/1"), "{sent:#}\n{answer:#}");
            assert!(!pointer.contains("~1") && error["detail"].is_string(), "{answer:#}");
        }
        api.assert_unchanged(&before, &sent.to_string());
    }
}

#[test]
fn atm_51_what_a_trigger_takes_away_is_pointed_at() {
    if !triggers_can_undo() {
        return;
    }
    let mut api = writable_on(KEEPSAKES);
    let keepsake = |text: &str| add(json!({"type": "keepsakes", "attributes": {"text": text}}));
    for text in ["ignored", "gone"] {
        // All of them could be one statement.
        api.refuse_one(&["a", "b", "c", "d", text, "f"].map(keepsake), 4, (422, "refused"));
        // What a deletion takes away is something else.
        api.refuse_one(&[remove("keepsakes", "1"), keepsake(text), keepsake("b")], 1, (422, "refused"));
        api.refuse_one(&[keepsake(text), keepsake("b"), remove("keepsakes", "1")], 0, (422, "refused"));
    }
}

#[test]
fn atm_51_pointers_lead_into_the_operation() {
    let mut api = writable();
    let faulty = change(json!({"type": "books", "id": "1", "attributes": {"title": null, "nope": 1}}));
    let expected =
        [("required", "/1/data/attributes/title"), ("unknown-attribute", "/1/data/attributes/nope")];
    api.refuse_operations(&[add(note("x")), faulty], 422, &expected);
    let members = json!([one("tags", "sea"), one("tags", "nope")]);
    let linkage = change(json!({"type": "books", "id": "1", "relationships": {"tags": {"data": members}}}));
    let expected = [("related-resource-not-found", "/1/data/relationships/tags/data/1")];
    api.refuse_operations(&[add(note("x")), linkage], 404, &expected);
    let duplicate = add(json!({"type": "authors", "attributes": {"name": "Eve", "email": "ada@books.test"}}));
    let expected = [("not-unique", "/2/data/attributes/email")];
    api.refuse_operations(&[add(note("x")), remove("notes", "1"), duplicate], 409, &expected);
    // Also where all of them could be one statement.
    let named = |id: &str| add(json!({"type": "tags", "id": id, "attributes": {"label": null}}));
    api.refuse_one(&["one", "two", "sea", "four", "five"].map(named), 2, (409, "id-taken"));
    // The tenth and later operations have two digits.
    let mut operations = vec![add(note("x")); 12];
    operations[11] = remove("notes", "999");
    api.refuse_one(&operations, 11, (404, "resource-not-found"));
}

#[test]
fn atm_53_atm_54_malformed_operations_are_refused_and_pointed_at() {
    let mut api = writable();
    for malformed in [
        json!({}),
        json!({"op": "add"}),
        json!({"op": "copy", "data": note("x")}),
        json!({"op": "remove"}),
        json!({"op": "remove", "ref": {"type": "notes"}}),
        json!({"op": "remove", "href": 1}),
        json!({"op": "remove", "ref": one("notes", "1"), "href": "/api/notes/1"}),
        json!({"op": "update", "data": []}),
        json!({"op": "add", "data": {"type": "books", "relationships": {"author": {}}}}),
        json!("remove"),
    ] {
        let before = api.rows();
        let sent = document([add(note("x")), malformed]);
        let answer = super::assert_failure(&api.send_operations(&sent), 400, &sent);
        for error in answer["errors"].as_array().unwrap() {
            assert_eq!(error["status"], "400", "{sent:#}\n{answer:#}");
            let pointer = error["source"]["pointer"].as_str().unwrap();
            assert!(pointer.starts_with("/atomic:operations/1"), "{sent:#}\n{answer:#}");
        }
        api.assert_unchanged(&before, &sent.to_string());
    }
}

#[test]
fn atm_57_err_15_err_16_what_the_schema_tells_is_told_of_all_operations() {
    let mut api = writable();
    let operations = [
        change(json!({"type": "books", "id": "1", "attributes": {"title": null}})),
        add(note("x")),
        add(json!({"type": "books", "id": "9", "attributes": {"title": "T", "nope": 1},
            "relationships": {"author": {"data": one("authors", "1")}}})),
        relate("add", ["books", "1", "tags"], many("notes", &["1"])),
    ];
    let expected = [
        ("required", "/0/data/attributes/title"),
        ("client-id-forbidden", "/2/data/id"),
        ("unknown-attribute", "/2/data/attributes/nope"),
        ("linkage-type-conflict", "/3/data/0/type"),
    ];
    api.refuse_operations(&operations, 400, &expected);
    let malformed = [json!({"op": "x", "data": note("x")}), add(note("x")), json!({"op": "remove"})];
    api.refuse_operations(&malformed, 400, &[("invalid-operation", "/0/op"), ("invalid-operation", "/2")]);
}

#[test]
fn atm_58_the_shape_of_all_operations_comes_first() {
    let mut api = writable();
    let operations = [remove("notes", "999"), operation("update", json!({"data": []}))];
    api.refuse_operations(&operations, 400, &[("invalid-document", "/1/data")]);
    let operations = [
        remove("notes", "999"),
        change(json!({"type": "books", "id": "1", "attributes": {"nope": 1}})),
        json!({"op": "add"}),
    ];
    api.refuse_operations(&operations, 400, &[("invalid-operation", "/2")]);
    // Then names and values, then the rows.
    let operations =
        [remove("notes", "999"), change(json!({"type": "books", "id": "1", "attributes": {"nope": 1}}))];
    api.refuse_operations(&operations, 422, &[("unknown-attribute", "/1/data/attributes/nope")]);
}
