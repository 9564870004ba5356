//! CRUD-14 and CONTRACT for keys of several parts: those that are foreign keys come from relationships, the others from
//! attributes, and the id may say all of them.

use serde_json::{Value, json};

use super::writing::{data, one, update, writable};

const SAUL: &str = "0b0e7f0a-0000-4000-8000-000000000002";

fn slot(members: Value) -> Value {
    let mut document = data(json!({"type": "slots"}));
    let Value::Object(members) = members else { panic!("no object") };
    document["data"].as_object_mut().unwrap().extend(members);
    document
}

fn on_shelf(id: &str) -> Value {
    json!({"shelf": {"data": one("shelves", id)}})
}

#[test]
fn crud_17_the_parts_make_the_id() {
    let mut api = writable();
    let created =
        api.create("/slots", &slot(json!({"attributes": {"place": "a"}, "relationships": on_shelf("2")})));
    assert_eq!(created["data"]["id"], "2~a");
    assert_eq!(created["data"]["attributes"], json!({"place": "a", "label": null}));
    let created =
        api.create("/slots", &slot(json!({"attributes": {"place": "%~/ü"}, "relationships": on_shelf("2")})));
    assert_eq!(created["data"]["id"], "2~%25%7E/ü");
    let relationships =
        json!({"book": {"data": one("books", "2")}, "reader": {"data": one("readers", SAUL)}});
    let loan = api.create("/loans", &data(json!({"type": "loans", "relationships": relationships})));
    assert_eq!(loan["data"]["id"], format!("2~{SAUL}"));
    assert_eq!(loan["data"]["attributes"], json!({"since": "2020-01-01"}));
}

#[test]
fn crud_14_the_id_gives_the_parts_that_are_not_given() {
    let mut api = writable();
    for (id, members) in [
        ("2~a", json!({})),
        ("2~b", json!({"attributes": {"label": "B"}})),
        ("2~c", json!({"attributes": {"place": "c"}})),
        ("2~d", json!({"relationships": on_shelf("2")})),
        ("2~%7E", json!({"attributes": {"place": "~"}, "relationships": on_shelf("2")})),
    ] {
        let mut document = slot(members);
        document["data"]["id"] = json!(id);
        let created = api.create("/slots", &document);
        assert_eq!(created["data"]["id"], id);
        assert_eq!(created["data"]["relationships"]["shelf"]["data"], one("shelves", "2"), "{id}");
    }
}

#[test]
fn an_id_and_fields_that_contradict_each_other() {
    let mut api = writable();
    for (id, members) in
        [("2~a", json!({"attributes": {"place": "b"}})), ("2~a", json!({"relationships": on_shelf("1")}))]
    {
        let mut document = slot(members);
        document["data"]["id"] = json!(id);
        api.refuse("POST /slots", &document, (409, "resource-id-conflict", "/data/id"));
    }
}

#[test]
fn crud_16_ids_that_no_key_has() {
    let mut api = writable();
    for id in ["", "2", "2~a~b", "x~a", "~", "2~%", "02~a"] {
        let mut document = slot(json!({}));
        document["data"]["id"] = json!(id);
        api.refuse("POST /slots", &document, (422, "invalid-value", "/data/id"));
    }
}

#[test]
fn err_10_parts_that_nobody_gives() {
    let mut api = writable();
    let document = slot(json!({"attributes": {"label": "x"}}));
    let expected = [("required", "/data/attributes"), ("required", "/data")];
    api.refuse_all("POST /slots", &document, 422, &expected);
    let document = slot(json!({"attributes": {"place": null}, "relationships": on_shelf("2")}));
    api.refuse("POST /slots", &document, (422, "required", "/data/attributes/place"));
}

#[test]
fn crud_25_parts_that_are_taken_together() {
    let mut api = writable();
    let taken = slot(json!({"attributes": {"place": "a"}, "relationships": on_shelf("1")}));
    let before = api.rows();
    let response = api.write("POST /slots", &taken);
    let answer = super::writing::assert_refusal(&response, 409, &taken, "POST /slots");
    assert!(
        ["id-taken", "not-unique"].contains(&answer["errors"][0]["code"].as_str().unwrap()),
        "{answer:#}"
    );
    api.assert_unchanged(&before, "POST /slots");
    let mut taken = slot(json!({}));
    taken["data"]["id"] = json!("1~a");
    api.refuse("POST /slots", &taken, (409, "id-taken", "/data/id"));
}

#[test]
fn crud_24_parts_that_lead_nowhere() {
    let mut api = writable();
    let nowhere = slot(json!({"attributes": {"place": "z"}, "relationships": on_shelf("9")}));
    let refusal = (404, "related-resource-not-found", "/data/relationships/shelf/data");
    api.refuse("POST /slots", &nowhere, refusal);
}

#[test]
fn crud_24_an_id_that_leads_nowhere() {
    let mut api = writable();
    let mut nowhere = slot(json!({}));
    nowhere["data"]["id"] = json!("9~a");
    let before = api.rows();
    let response = api.write("POST /slots", &nowhere);
    let answer = super::writing::assert_refusal(&response, 404, &nowhere, "POST /slots");
    assert_eq!(answer["errors"][0]["code"], "related-resource-not-found", "{answer:#}");
    api.assert_unchanged(&before, "POST /slots");
}

#[test]
fn crud_40_crud_80_they_are_changed_and_deleted_like_others() {
    let mut api = writable();
    let members =
        json!({"attributes": {"label": "new"}, "relationships": {"book": {"data": one("books", "3")}}});
    let changed = api.update("/slots/1~a", &update("slots", "1~a", members));
    assert_eq!(changed["data"]["attributes"], json!({"place": "a", "label": "new"}));
    assert_eq!(api.linked("/books/3/relationships/slots"), ["1~a"]);
    api.relate("PATCH /slots/1~a/relationships/book", json!(null));
    api.remove("/slots/1~a");
    assert_eq!(api.linked("/shelves/1/relationships/slots"), ["1~%7E%25"]);
}
