//! ERR and CONTRACT: what the rules of the database refuse, and how all that is wrong is told together.

use serde_json::{Value, json};

use super::writing::{book, book_with, data, many, object, one, update, writable};

/// A document for a type with these attributes and relationships.
fn new(type_name: &str, attributes: Value, relationships: Value) -> Value {
    let members = [("type", type_name.into()), ("attributes", attributes), ("relationships", relationships)];
    data(object(members))
}

fn of_book(id: &str) -> Value {
    json!({"book": {"data": one("books", id)}})
}

#[test]
fn err_10_what_is_missing_is_pointed_at_by_what_lacks_it() {
    let mut api = writable();
    let author = json!({"author": {"data": one("authors", "1")}});
    for (document, expected) in [
        (json!({"type": "books"}), &["/data", "/data"][..]),
        (
            json!({"type": "books", "attributes": {"year": 2000}, "relationships": author}),
            &["/data/attributes"],
        ),
        (json!({"type": "books", "attributes": {"title": "T"}}), &["/data"]),
        (
            json!({"type": "books", "attributes": {"title": "T"}, "relationships": {"tags": {"data": []}}}),
            &["/data/relationships"],
        ),
        (json!({"type": "authors"}), &["/data"]),
        (json!({"type": "authors", "attributes": {"email": null}}), &["/data/attributes"]),
    ] {
        let target = format!("POST /{}", document["type"].as_str().unwrap());
        let expected: Vec<_> = expected.iter().map(|pointer| ("required", *pointer)).collect();
        let answer = api.refuse_all(&target, &data(document), 422, &expected);
        for error in answer["errors"].as_array().unwrap() {
            let detail = error["detail"].as_str().unwrap();
            assert!(["title", "author", "name"].iter().any(|name| detail.contains(name)), "{detail}");
        }
    }
}

#[test]
fn err_10_what_is_missing_is_pointed_at_by_an_empty_object_too() {
    let mut api = writable();
    for (member, pointers) in
        [("attributes", ["/data", "/data/attributes"]), ("relationships", ["/data", "/data/relationships"])]
    {
        let document = data(json!({"type": "books", member: {}}));
        api.refuse_all("POST /books", &document, 422, &pointers.map(|pointer| ("required", pointer)));
    }
}

#[test]
fn err_10_null_for_what_needs_a_value_is_pointed_at_itself() {
    let mut api = writable();
    let document = book_with(json!({"title": null, "state": null}), json!({"author": {"data": null}}));
    let expected = [
        ("required", "/data/attributes/title"),
        ("required", "/data/attributes/state"),
        ("required", "/data/relationships/author/data"),
    ];
    api.refuse_all("POST /books", &document, 422, &expected);
}

#[test]
fn values_out_of_the_bounds_of_the_schema() {
    let mut api = writable();
    for (attributes, name) in [
        (json!({"year": 1449}), "year"),
        (json!({"year": 2101}), "year"),
        (json!({"state": "open"}), "state"),
        (json!({"state": "DRAFT"}), "state"),
    ] {
        let pointer = format!("/data/attributes/{name}");
        let error = api.refuse("POST /books", &book(attributes), (422, "invalid-value", &pointer));
        let detail = error["detail"].as_str().unwrap();
        assert!(detail.contains("1450") || detail.contains("2100") || detail.contains("final"), "{detail}");
    }
    for (name, is_long) in [("é".repeat(40), false), ("é".repeat(41), true)] {
        let document = new("authors", json!({"name": name}), json!({}));
        if is_long {
            let error =
                api.refuse("POST /authors", &document, (422, "invalid-value", "/data/attributes/name"));
            assert!(error["detail"].as_str().unwrap().contains("40"), "{error}");
        } else {
            assert_eq!(api.create("/authors", &document)["data"]["attributes"]["name"], name);
        }
    }
    for year in [1450, 2100] {
        api.create("/books", &book(json!({"year": year})));
    }
}

#[test]
fn a_check_of_several_columns_points_at_those_that_were_sent() {
    let mut api = writable();
    let refused = |names: &[&'static str]| -> Vec<(&'static str, String)> {
        names.iter().map(|name| ("invalid-value", format!("/data/attributes/{name}"))).collect()
    };
    for (request, document, names) in [
        ("POST /books", book(json!({"year": 2000, "reprinted": 1990})), &["year", "reprinted"][..]),
        ("PATCH /books/1", update("books", "1", json!({"attributes": {"reprinted": 1990}})), &["reprinted"]),
    ] {
        let expected = refused(names);
        let expected: Vec<_> = expected.iter().map(|(code, pointer)| (*code, pointer.as_str())).collect();
        api.refuse_all(request, &document, 422, &expected);
    }
    api.update("/books/1", &update("books", "1", json!({"attributes": {"reprinted": 2001}})));
    let document = update("books", "1", json!({"attributes": {"year": 2002, "title": "Other"}}));
    api.refuse("PATCH /books/1", &document, (422, "invalid-value", "/data/attributes/year"));
}

#[test]
fn crud_56_several_columns_that_are_unique_together() {
    let mut api = writable();
    let document = new("chapters", json!({"title": "Again", "position": 1}), of_book("1"));
    let expected = [("not-unique", "/data/attributes/position"), ("not-unique", "/data/relationships/book")];
    let before = api.rows();
    let response = api.write("POST /chapters", &document);
    let answer = super::writing::assert_refusal(&response, 409, &document, "POST /chapters");
    let found: Vec<_> =
        answer["errors"].as_array().unwrap().iter().map(super::writing::code_and_pointer).collect();
    assert_eq!(found.len(), 2, "{answer:#}");
    for (code, pointer) in expected {
        assert!(found.iter().any(|it| it.0 == code && it.1.starts_with(pointer)), "{pointer}: {answer:#}");
    }
    api.assert_unchanged(&before, "POST /chapters");
    // Only one of them is in the document, or none.
    let document = update("chapters", "2", json!({"attributes": {"position": 1}}));
    api.refuse("PATCH /chapters/2", &document, (409, "not-unique", "/data/attributes/position"));
    let document = data(many("chapters", &["3", "4"]));
    let before = api.rows();
    let response = api.write("POST /books/1/relationships/chapters", &document);
    let answer = super::writing::assert_refusal(&response, 409, &document, "POST chapters");
    assert_eq!(answer["errors"][0]["code"], "not-unique");
    api.assert_unchanged(&before, "POST chapters");
}

#[test]
fn a_relationship_that_is_unique() {
    let mut api = writable();
    let taken = json!({"author": {"data": one("authors", "1")}});
    let document = new("contracts", json!({"fee": "1"}), taken.clone());
    let before = api.rows();
    let response = api.write("POST /contracts", &document);
    let answer = super::writing::assert_refusal(&response, 409, &document, "POST /contracts");
    let pointer = answer["errors"][0]["source"]["pointer"].as_str().unwrap();
    assert!(pointer.starts_with("/data/relationships/author"), "{answer:#}");
    assert_eq!(answer["errors"][0]["code"], "not-unique", "{answer:#}");
    api.assert_unchanged(&before, "POST /contracts");
}

#[test]
fn a_trigger_refuses_in_its_own_words() {
    let mut api = writable();
    let document = new("reviews", json!({"stars": 0}), of_book("1"));
    let before = api.rows();
    let response = api.write("POST /reviews", &document);
    let answer = super::writing::assert_refusal(&response, 422, &document, "POST /reviews");
    let error = &answer["errors"][0];
    assert_eq!(error["code"], "refused", "{answer:#}");
    assert!(error["detail"].as_str().unwrap().contains("A review has at least one star."), "{answer:#}");
    api.assert_unchanged(&before, "POST /reviews");
}

#[test]
fn err_15_all_problems_of_a_document_are_told_together() {
    let mut api = writable();
    let document = book_with(
        json!({"title": 7, "year": 1, "state": "open", "in_print": "yes", "nope": 1, "subtitle": ["x"]}),
        json!({"other": {"data": null}}),
    );
    let expected = [
        ("invalid-value", "/data/attributes/title"),
        ("invalid-value", "/data/attributes/year"),
        ("invalid-value", "/data/attributes/state"),
        ("invalid-value", "/data/attributes/in_print"),
        ("invalid-value", "/data/attributes/subtitle"),
        ("unknown-attribute", "/data/attributes/nope"),
        ("unknown-relationship", "/data/relationships/other"),
    ];
    api.refuse_all("POST /books", &document, 422, &expected);
    let mut document = update("books", "1", json!({"attributes": {"title": null, "year": 1.5}}));
    document["data"]["relationships"] = json!({"author": {"data": null}});
    let expected = [
        ("required", "/data/attributes/title"),
        ("invalid-value", "/data/attributes/year"),
        ("required", "/data/relationships/author/data"),
    ];
    api.refuse_all("PATCH /books/1", &document, 422, &expected);
    // Faults of the structure come before all others.
    let document = json!({"data": {"type": 1, "id": 2, "attributes": {"nope": 1},
        "relationships": {"author": {}, "tags": {"data": [{"id": "1"}, 5]}}}});
    let expected = [
        ("invalid-document", "/data/type"),
        ("invalid-document", "/data/id"),
        ("invalid-document", "/data/relationships/author"),
        ("invalid-document", "/data/relationships/tags/data/0"),
        ("invalid-document", "/data/relationships/tags/data/1"),
    ];
    api.refuse_all("POST /books", &document, 400, &expected);
}

#[test]
fn err_16_problems_of_several_kinds_share_a_general_status() {
    let mut api = writable();
    let mut document = book_with(
        json!({"isbn": "x", "year": 1}),
        json!({"editor": {"data": []}, "tags": {"data": [one("notes", "1")]}}),
    );
    document["data"]["id"] = json!("9");
    let expected = [
        ("client-id-forbidden", "/data/id"),
        ("read-only-field", "/data/attributes/isbn"),
        ("invalid-value", "/data/attributes/year"),
        ("invalid-linkage", "/data/relationships/editor/data"),
        ("linkage-type-conflict", "/data/relationships/tags/data/0/type"),
    ];
    let answer = api.refuse_all("POST /books", &document, 400, &expected);
    let mut statuses: Vec<_> =
        answer["errors"].as_array().unwrap().iter().map(|it| it["status"].as_str().unwrap()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["400", "403", "403", "409", "422"]);
    let ids: std::collections::HashSet<_> =
        answer["errors"].as_array().unwrap().iter().map(|it| it["id"].to_string()).collect();
    assert_eq!(ids.len(), 5, "ERR-04: {answer:#}");
}

#[test]
fn err_09_err_11_pointers_are_escaped() {
    let mut api = writable();
    let document = update("terms", "1", json!({"attributes": {"größte länge": "long", "größte": 1}}));
    let expected = [
        ("invalid-value", "/data/attributes/größte länge"),
        ("unknown-attribute", "/data/attributes/größte"),
    ];
    api.refuse_all("PATCH /terms/1", &document, 422, &expected);
    // Names of relationships that no member may have, where they cannot be passed over: linkage in them is faulty.
    let document = book_with(json!({}), json!({"a/b~c": {}}));
    api.refuse("POST /books", &document, (400, "invalid-document", "/data/relationships/a~1b~0c"));
    let document = book_with(json!({}), json!({"": 1}));
    api.refuse("POST /books", &document, (400, "invalid-document", "/data/relationships/"));
}
