//! ATM-10 to ATM-30: documents with operations, and operation objects.

use serde_json::json;

use super::super::fixture::assert_error;
use super::super::writing::{one, writable, writable_with};
use super::{HEADERS, add, document, note, operation, relate};

#[test]
fn atm_10_atm_11_atm_13_members_that_do_not_go_with_operations() {
    let mut api = writable();
    for (name, value) in [
        ("data", note("x")),
        ("data", json!(null)),
        ("included", json!([])),
        ("atomic:results", json!([{}])),
        ("errors", json!([{"status": "400"}])),
    ] {
        let mut sent = document([add(note("new"))]);
        sent[name] = value;
        api.refuse_document(&sent, 400, &[("invalid-document", &format!("/{name}"))]);
    }
}

#[test]
fn atm_12_operations_are_an_array_of_at_least_one_object() {
    let mut api = writable();
    for (sent, pointer) in [
        (json!({}), ""),
        (json!({"meta": {}}), ""),
        (json!({"atomic:Operations": [add(note("x"))]}), ""),
        (document(json!([])), "/atomic:operations"),
        (document(json!({})), "/atomic:operations"),
        (document(json!(null)), "/atomic:operations"),
        (document(json!("x")), "/atomic:operations"),
        (document(json!(["x"])), "/atomic:operations/0"),
        (document(json!([add(note("x")), null])), "/atomic:operations/1"),
        (document(json!([[]])), "/atomic:operations/0"),
        (json!([add(note("x"))]), ""),
    ] {
        api.refuse_document(&sent, 400, &[("invalid-document", pointer)]);
    }
    for body in [&b""[..], b"{", b"\xff"] {
        let response = api.transmit("POST", "/operations", &HEADERS, Some(body));
        let answer = assert_error(&response, 400, "no JSON");
        assert_eq!(answer["errors"][0]["code"], "invalid-json");
    }
}

#[test]
fn atm_12_there_are_not_too_many() {
    let mut api = writable();
    let many = |count: usize| vec![add(note("x")); count];
    assert_eq!(api.perform(&many(100)).len(), 100);
    let answer = api.refuse_operations(&many(101), 400, &[("too-many-operations", "")]);
    assert!(answer["errors"][0]["detail"].as_str().unwrap().contains("100"), "{answer:#}");
    let mut api = writable_with("[limits]\noperations = 2\n");
    api.perform(&many(2));
    api.refuse_operations(&many(3), 400, &[("too-many-operations", "")]);
}

#[test]
fn atm_14_atm_29_what_else_a_document_and_an_operation_may_have() {
    let mut api = writable();
    let mut first = add(note("one"));
    first["x"] = json!(1);
    first["@id"] = json!("#1");
    first["meta"] = json!({"a": [null]});
    first["foo:bar"] = json!({});
    let mut sent = document([first]);
    sent["meta"] = json!({"anything": 1});
    sent["links"] = json!({"self": "/x"});
    sent["jsonapi"] = json!({"version": "9.9", "ext": []});
    sent["@context"] = json!([]);
    sent["unknown"] = json!(true);
    let response = api.send_operations(&sent);
    assert_eq!(response.status, 200, "{}", response.text());
    let results = super::results(&response);
    assert_eq!(results[0]["data"]["attributes"], json!({"text": "one"}));
    for place in ["/meta", "/atomic:operations/0/meta"] {
        let mut wrong = sent.clone();
        *wrong.pointer_mut(place).unwrap() = json!([]);
        api.refuse_document(&wrong, 400, &[("invalid-document", place)]);
    }
}

#[test]
fn atm_20_op_is_one_of_three() {
    let mut api = writable();
    for wrong in
        [json!("create"), json!("ADD"), json!("Add"), json!(""), json!(1), json!(null), json!(["add"])]
    {
        let sent = [add(note("x")), json!({"op": wrong, "data": note("y")})];
        api.refuse_operations(&sent, 400, &[("invalid-operation", "/1/op")]);
    }
    let missing = [json!({"data": note("y")})];
    api.refuse_operations(&missing, 400, &[("invalid-operation", "/0")]);
}

#[test]
fn atm_21_a_target_is_given_in_one_way() {
    let mut api = writable();
    let both = operation("remove", json!({"ref": one("notes", "1"), "href": "/api/notes/1"}));
    api.refuse_operations(&[add(note("x")), both], 400, &[("invalid-operation", "/1")]);
}

#[test]
fn atm_22_atm_23_a_ref_has_a_type_and_one_identity() {
    let mut api = writable();
    for wrong in [
        json!({"type": "notes"}),
        json!({"id": "1"}),
        json!({"type": "books", "relationship": "tags"}),
        json!({"lid": "a"}),
        json!({}),
        json!({"type": "notes", "id": "1", "lid": "a"}),
        json!({"type": "notes", "id": 1}),
        json!({"type": 1, "id": "1"}),
        json!({"type": "notes", "id": null}),
        json!({"type": "books", "id": "1", "relationship": 1}),
        json!({"type": "books", "id": "1", "relationship": null}),
        json!("notes"),
        json!(["notes", "1"]),
        json!(null),
    ] {
        let operations = [operation("remove", json!({"ref": wrong, "data": []}))];
        let before = api.rows();
        let sent = document(operations);
        let answer = super::assert_failure(&api.send_operations(&sent), 400, &sent);
        for error in answer["errors"].as_array().unwrap() {
            let pointer = error["source"]["pointer"].as_str().unwrap();
            assert!(pointer.starts_with("/atomic:operations/0/ref"), "{wrong}: {error:#}");
        }
        api.assert_unchanged(&before, &sent.to_string());
    }
}

#[test]
fn atm_24_res_08_a_lid_comes_from_an_earlier_operation() {
    let mut api = writable();
    let by_lid = |lid: &str| operation("remove", json!({"ref": {"type": "notes", "lid": lid}}));
    let mut named = note("x");
    named["lid"] = json!("a");
    let unknown = |index: usize| format!("/{index}/ref/lid");
    api.refuse_operations(&[by_lid("a")], 400, &[("unknown-local-id", &unknown(0))]);
    api.refuse_operations(&[by_lid("a"), add(named.clone())], 400, &[("unknown-local-id", &unknown(0))]);
    api.refuse_operations(&[add(named.clone()), by_lid("b")], 400, &[("unknown-local-id", &unknown(1))]);
    let results = api.perform(&[add(named), by_lid("a")]);
    assert_eq!(results[1], json!({}));
}

#[test]
fn atm_25_the_relationship_exists() {
    let mut api = writable();
    for name in ["nope", "title", "author_id", "Tags", ""] {
        let operations = [add(note("x")), relate("update", ["books", "1", name], json!([]))];
        api.refuse_one(&operations, 1, (404, "relationship-not-found"));
    }
    let before = api.rows();
    let operations = [relate("update", ["nopes", "1", "tags"], json!([]))];
    let answer = api.operate(&operations);
    assert!([400, 404].contains(&answer.status), "{}", answer.text());
    super::assert_failure(&answer, answer.status, &document(operations));
    api.assert_unchanged(&before, "an unknown type");
}

#[test]
fn atm_30_absent_data_is_not_null() {
    let mut api = writable();
    let reference = json!({"type": "books", "id": "1", "relationship": "editor"});
    let absent = operation("update", json!({"ref": reference}));
    api.refuse_operations(&[absent], 400, &[("invalid-operation", "/0")]);
    let href = format!("{}/books/1/relationships/editor", api.entry_point());
    let absent = operation("update", json!({"href": href}));
    api.refuse_operations(&[absent], 400, &[("invalid-operation", "/0")]);
    assert_eq!(api.linked("/books/1/relationships/editor"), ["2"]);
    let null = operation("update", json!({"ref": reference, "data": null}));
    api.perform_in_silence(&[null]);
    assert_eq!(api.linked("/books/1/relationships/editor"), Vec::<String>::new());
    for op in ["add", "update"] {
        api.refuse_operations(&[operation(op, json!({}))], 400, &[("invalid-operation", "/0")]);
    }
}
