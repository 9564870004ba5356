//! CRUD-40 to CRUD-60: updating resources.

use serde_json::{Value, json};

use super::fixture::assert_error;
use super::writing::{assert_refusal, data, many, one, update, writable};

/// Everything of a resource that can change.
fn content(document: &Value) -> [&Value; 2] {
    [&document["data"]["attributes"], &document["data"]["relationships"]]
}

#[test]
fn crud_40_patch_works_on_the_self_link() {
    let mut api = writable();
    let own = api.document("/books/1")["data"]["links"]["self"].as_str().unwrap().to_owned();
    let changed = api.update(&own, &update("books", "1", json!({"attributes": {"subtitle": "New"}})));
    assert_eq!(changed["data"]["attributes"]["subtitle"], "New");
    assert_eq!(changed["links"]["self"], own.as_str());
    let odd = api.document("/slots/1~%257E%2525");
    let own = odd["data"]["links"]["self"].as_str().unwrap();
    let changed = api.update(own, &update("slots", "1~%7E%25", json!({"attributes": {"label": "odd"}})));
    assert_eq!(changed["data"]["attributes"]["label"], "odd");
    api.update("/books/1/", &update("books", "1", json!({})));
}

#[test]
fn crud_41_a_related_url_says_that_it_takes_no_updates() {
    let mut api = writable();
    let before = api.rows();
    for (target, id) in [("/books/1/author", "1"), ("/books/2/editor", "1")] {
        let document = update("authors", id, json!({"attributes": {"name": "Other"}}));
        let response = api.write(&format!("PATCH {target}"), &document);
        assert_error(&response, 405, target);
        assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"), "{target}");
    }
    api.assert_unchanged(&before, "PATCH");
}

#[test]
fn crud_42_the_data_is_one_resource_object_with_type_and_id() {
    let mut api = writable();
    let attributes = json!({"title": "Other"});
    for (wrong, pointer) in [
        (data(json!(null)), "/data"),
        (data(json!([{"type": "books", "id": "1"}])), "/data"),
        (data(json!("1")), "/data"),
        (json!({"meta": {}}), ""),
        (data(json!({"type": "books", "attributes": attributes})), "/data"),
        (data(json!({"id": "1", "attributes": attributes})), "/data"),
    ] {
        api.refuse("PATCH /books/1", &wrong, (400, "invalid-document", pointer));
    }
    // A local id is no id; this may also be told as naming another resource.
    let lid = data(json!({"type": "books", "lid": "1", "attributes": attributes}));
    let before = api.rows();
    let response = api.write("PATCH /books/1", &lid);
    assert!([400, 409].contains(&response.status), "{}", response.text());
    assert_refusal(&response, response.status, &lid, "PATCH /books/1");
    api.assert_unchanged(&before, "PATCH /books/1");
    // An update of nothing is one.
    let before = api.rows();
    for document in [
        update("books", "1", json!({})),
        update("books", "1", json!({"attributes": {}, "relationships": {}})),
    ] {
        api.update("/books/1", &document);
    }
    api.assert_unchanged(&before, "PATCH of nothing");
}

#[test]
fn crud_43_crud_45_what_is_left_out_stays() {
    let mut api = writable();
    let before = api.document("/books/1?include=tags,notes,chapters,readers");
    api.update("/books/1", &update("books", "1", json!({"attributes": {"subtitle": "Other"}})));
    let after = api.document("/books/1?include=tags,notes,chapters,readers");
    let mut expected = before["data"].clone();
    expected["attributes"]["subtitle"] = json!("Other");
    assert_eq!(after["data"], expected);
    let editor = json!({"relationships": {"editor": {"data": one("authors", "4")}}});
    api.update("/books/1", &update("books", "1", editor));
    let after = api.document("/books/1?include=tags,notes,chapters,readers");
    expected["relationships"]["editor"]["data"] = one("authors", "4");
    assert_eq!(content(&after), [&expected["attributes"], &expected["relationships"]]);
}

#[test]
fn crud_44_null_is_a_value() {
    let mut api = writable();
    let nulls = json!({"attributes": {"subtitle": null, "year": null, "extra": null}});
    let changed = api.update("/books/1", &update("books", "1", nulls));
    let attributes = &changed["data"]["attributes"];
    for name in ["subtitle", "year", "extra"] {
        assert_eq!(attributes.get(name), Some(&Value::Null), "{name}");
    }
    assert_eq!(attributes["title"], "Maps");
    for name in ["title", "state", "in_print", "revision"] {
        let pointer = format!("/data/attributes/{name}");
        let document = update("books", "1", json!({"attributes": {name: null, "year": 2000}}));
        api.refuse("PATCH /books/1", &document, (422, "required", &pointer));
    }
}

#[test]
fn crud_46_relationships_are_replaced_as_a_whole() {
    let mut api = writable();
    let mut relate = |name: &str, linkage: Value, expected: &[&str]| {
        let document = update("books", "1", json!({"relationships": {name: {"data": linkage}}}));
        api.update("/books/1", &document);
        let url = format!("/books/1/relationships/{name}");
        assert_eq!(api.linked(&url), expected, "{document:#}");
    };
    relate("tags", many("tags", &["sea", "classic"]), &["classic", "sea"]);
    relate("tags", many("tags", &["classic", "classic"]), &["classic"]);
    relate("tags", json!([]), &[]);
    relate("tags", many("tags", &["a/b~c"]), &["a/b~c"]);
    relate("notes", many("notes", &["2", "3"]), &["2", "3"]);
    relate("notes", json!([]), &[]);
    relate(
        "readers",
        many("readers", &["0b0e7f0a-0000-4000-8000-000000000002"]),
        &["0b0e7f0a-0000-4000-8000-000000000002"],
    );
    relate("editor", one("authors", "3"), &["3"]);
    relate("editor", json!(null), &[]);
    relate("author", one("authors", "2"), &["2"]);
    relate("chapters", many("chapters", &["1", "2", "3"]), &["1", "2", "3"]);
    for relationship in [json!({}), json!({"links": {"self": "/x"}}), json!({"meta": {"data": []}})] {
        let document = update("books", "1", json!({"relationships": {"tags": relationship}}));
        let refusal = (400, "invalid-document", "/data/relationships/tags");
        api.refuse("PATCH /books/1", &document, refusal);
    }
}

#[test]
fn crud_47_crud_48_members_that_cannot_leave_fail_the_whole_update() {
    let mut api = writable();
    for (target, type_name, name, linkage) in [
        ("/books/1", "books", "chapters", json!([])),
        ("/books/1", "books", "chapters", many("chapters", &["1", "3"])),
        ("/books/3", "books", "reviews", json!([])),
        ("/authors/1", "authors", "author_books", many("books", &["1"])),
        ("/authors/1", "authors", "contracts", json!(null)),
    ] {
        let members = json!({"attributes": {}, "relationships": {name: {"data": linkage}}});
        let mut document = update(type_name, target.rsplit('/').next().unwrap(), members);
        let attribute = if type_name == "books" { "title" } else { "name" };
        document["data"]["attributes"][attribute] = json!("Other");
        let pointer = format!("/data/relationships/{name}/data");
        api.refuse(&format!("PATCH {target}"), &document, (403, "relationship-required", &pointer));
    }
}

#[test]
fn crud_49_what_the_server_changed_besides_is_told() {
    let mut api = writable();
    let changed = api.update("/books/1", &update("books", "1", json!({"attributes": {"title": "Charts"}})));
    let attributes = &changed["data"]["attributes"];
    assert_eq!((&attributes["title"], &attributes["revision"]), (&json!("Charts"), &json!(2)));
    assert_eq!(attributes["shout"], "CHARTS");
    let changed = api.update("/books/1", &update("books", "1", json!({"attributes": {"title": "Plans"}})));
    assert_eq!(changed["data"]["attributes"]["revision"], 3);
}

#[test]
fn crud_51_what_was_changed_as_asked_is_answered_in_full_as_well() {
    let mut api = writable();
    let attributes = json!({"name": "Adele", "email": "adele@books.test"});
    let changed = api.update("/authors/1", &update("authors", "1", json!({"attributes": attributes})));
    let expected = json!({"name": "Adele", "email": "adele@books.test", "born": "1980-05-01"});
    assert_eq!(changed["data"]["attributes"], expected);
}

#[test]
fn crud_53_what_cannot_be_updated_is_refused() {
    let mut api = writable();
    for (name, value) in
        [("isbn", json!("i-9")), ("isbn", json!("i-1")), ("shout", json!("X")), ("shout", json!(null))]
    {
        let document = update("books", "1", json!({"attributes": {"title": "Other", name: value}}));
        let pointer = format!("/data/attributes/{name}");
        api.refuse("PATCH /books/1", &document, (403, "read-only-field", &pointer));
    }
    let document = update("books", "1", json!({"relationships": {"publisher": {"data": null}}}));
    api.refuse("PATCH /books/1", &document, (403, "read-only-field", "/data/relationships/publisher"));
    let document = update("publishers", "1", json!({"relationships": {"books": {"data": []}}}));
    api.refuse("PATCH /publishers/1", &document, (403, "read-only-field", "/data/relationships/books"));
    let before = api.rows();
    let document = update("catalogue", "1", json!({"attributes": {"title": "Other"}}));
    let response = api.write("PATCH /catalogue/1", &document);
    assert_error(&response, 405, "PATCH /catalogue/1");
    assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
    api.assert_unchanged(&before, "PATCH /catalogue/1");
}

#[test]
fn crud_53_a_key_does_not_change() {
    let mut api = writable();
    for value in ["b", "a"] {
        let document = update("slots", "1~a", json!({"attributes": {"place": value, "label": "other"}}));
        api.refuse("PATCH /slots/1~a", &document, (403, "read-only-field", "/data/attributes/place"));
    }
    for id in ["2", "1"] {
        let members = json!({"relationships": {"shelf": {"data": one("shelves", id)}}});
        let document = update("slots", "1~a", members);
        api.refuse("PATCH /slots/1~a", &document, (403, "read-only-field", "/data/relationships/shelf"));
    }
}

#[test]
fn crud_54_what_is_not_there_is_not_created() {
    let mut api = writable();
    for (target, id) in
        [("/books/999", "999"), ("/books/abc", "abc"), ("/tags/nope", "nope"), ("/slots/1~z", "1~z")]
    {
        let type_name = target.split('/').nth(1).unwrap();
        let before = api.rows();
        let response = api.write(&format!("PATCH {target}"), &update(type_name, id, json!({})));
        let document = assert_error(&response, 404, target);
        assert_eq!(document["errors"][0]["code"], "resource-not-found", "{target}");
        api.assert_unchanged(&before, target);
    }
    let response = api.write("PATCH /nopes/1", &update("nopes", "1", json!({})));
    assert_error(&response, 404, "/nopes/1");
}

#[test]
fn crud_55_linkage_to_what_is_not_there() {
    let mut api = writable();
    for (name, linkage, pointer) in [
        ("author", one("authors", "999"), ""),
        ("editor", one("authors", "x"), ""),
        ("tags", many("tags", &["sea", "nope"]), "/1"),
        ("notes", many("notes", &["999"]), "/0"),
    ] {
        let members = json!({"attributes": {"title": "Other"}, "relationships": {name: {"data": linkage}}});
        let pointer = format!("/data/relationships/{name}/data{pointer}");
        let refusal = (404, "related-resource-not-found", pointer.as_str());
        api.refuse("PATCH /books/1", &update("books", "1", members), refusal);
    }
}

#[test]
fn crud_56_crud_58_other_rules_of_the_database() {
    let mut api = writable();
    let document = update("authors", "2", json!({"attributes": {"email": "ada@books.test"}}));
    let error = api.refuse("PATCH /authors/2", &document, (409, "not-unique", "/data/attributes/email"));
    assert!(error["detail"].as_str().unwrap().contains("email"), "{error}");
    let document = update("contracts", "1", json!({"relationships": {"author": {"data": null}}}));
    api.refuse("PATCH /contracts/1", &document, (422, "required", "/data/relationships/author/data"));
}

#[test]
fn crud_57_crud_58_type_and_id_are_those_of_the_url() {
    let mut api = writable();
    let attributes = json!({"attributes": {"title": "Other"}});
    let document = update("books", "2", attributes.clone());
    let error = api.refuse("PATCH /books/1", &document, (409, "resource-id-conflict", "/data/id"));
    assert!(error["detail"].is_string(), "{error}");
    let document = update("authors", "1", json!({"attributes": {"name": "Other"}}));
    api.refuse("PATCH /books/1", &document, (409, "resource-type-conflict", "/data/type"));
    for id in ["01", "1 ", "999"] {
        let document = update("books", id, attributes.clone());
        api.refuse("PATCH /books/1", &document, (409, "resource-id-conflict", "/data/id"));
    }
}

#[test]
fn crud_60_put_is_not_defined_where_writing_is() {
    let mut api = writable();
    let before = api.rows();
    for target in
        ["/books", "/books/1", "/books/1/relationships/tags", "/books/1/relationships/editor", "/operations"]
    {
        let response = api.write(&format!("PUT {target}"), &update("books", "1", json!({})));
        assert_error(&response, 405, target);
        let allowed = response.header("allow").unwrap_or_default();
        assert!(allowed.contains("OPTIONS") && !allowed.contains("PUT"), "{target}: {allowed}");
    }
    api.assert_unchanged(&before, "PUT");
}
