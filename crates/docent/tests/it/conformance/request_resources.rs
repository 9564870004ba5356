//! RES, REL and NAME as far as they concern the resource objects, identifiers and names of requests.

use serde_json::{Value, json};

use super::writing::{book, book_with, data, many, one, update, writable};

#[test]
fn crud_03_res_03_types_and_identities_are_texts() {
    let mut api = writable();
    let mut document = book(json!({}));
    document["data"].as_object_mut().unwrap().remove("type");
    api.refuse("POST /books", &document, (400, "invalid-document", "/data"));
    for wrong in [json!(1), json!(null), json!(["books"]), json!({})] {
        document["data"]["type"] = wrong.clone();
        api.refuse("POST /books", &document, (400, "invalid-document", "/data/type"));
        let mut document = update("books", "1", json!({"attributes": {"title": "Other"}}));
        document["data"]["id"] = wrong.clone();
        api.refuse("PATCH /books/1", &document, (400, "invalid-document", "/data/id"));
        let document = json!({"data": {"type": "books", "lid": wrong}});
        api.refuse("POST /books", &document, (400, "invalid-document", "/data/lid"));
        let identifier = json!({"type": "authors", "id": wrong});
        let document = data(identifier);
        let request = "PATCH /books/1/relationships/editor";
        api.refuse(request, &document, (400, "invalid-document", "/data/id"));
    }
}

#[test]
fn res_05_res_06_a_new_resource_needs_no_id_and_may_have_a_lid() {
    let mut api = writable();
    assert_eq!(api.create("/books", &book(json!({})))["data"]["id"], "4");
    let mut document = book(json!({}));
    document["data"]["lid"] = json!("1");
    let created = api.create("/books", &document);
    assert_eq!(created["data"]["id"], "5");
    assert!(created["data"].get("lid").is_none(), "{created:#}");
}

#[test]
fn res_07_a_lid_means_the_new_resource_all_through_the_document() {
    let mut api = writable();
    let own = json!({"type": "authors", "lid": "me"});
    let document = json!({"data": {"type": "authors", "lid": "me", "attributes": {"name": "Eve"},
        "relationships": {"mentor": {"data": own}}}});
    let created = api.create("/authors", &document);
    assert_eq!(created["data"]["relationships"]["mentor"]["data"], one("authors", "5"));
    let document = json!({"data": {"type": "authors", "lid": "me", "attributes": {"name": "Flo"},
        "relationships": {"authors": {"data": [own, one("authors", "4")]}}}});
    let created = api.create("/authors", &document);
    assert_eq!(created["data"]["relationships"]["mentor"]["data"], one("authors", "6"));
    assert_eq!(api.linked("/authors/6/relationships/authors"), ["4", "6"]);
}

#[test]
fn res_08_a_lid_that_nobody_has() {
    let mut api = writable();
    let unknown = json!({"type": "authors", "lid": "zz"});
    for members in [json!({"type": "authors"}), json!({"type": "authors", "lid": "me"})] {
        let mut document = data(members);
        document["data"]["attributes"] = json!({"name": "Eve"});
        document["data"]["relationships"] = json!({"mentor": {"data": unknown}});
        let refusal = (400, "unknown-local-id", "/data/relationships/mentor/data/lid");
        api.refuse("POST /authors", &document, refusal);
    }
    // The local id of a book is none of authors and tags.
    let relationships = json!({"editor": {"data": {"type": "authors", "lid": "me"}},
        "tags": {"data": [one("tags", "sea"), {"type": "tags", "lid": "me"}]}});
    let mut document = book_with(json!({}), relationships);
    document["data"]["lid"] = json!("me");
    let expected = [
        ("unknown-local-id", "/data/relationships/editor/data/lid"),
        ("unknown-local-id", "/data/relationships/tags/data/1/lid"),
    ];
    api.refuse_all("POST /books", &document, 400, &expected);
    for (request, pointer) in [
        ("PATCH /books/1/relationships/editor", "/data/lid"),
        ("PATCH /authors/1/relationships/editor_books", "/data/0/lid"),
    ] {
        let is_many = pointer.contains('0');
        let type_name = if is_many { "books" } else { "authors" };
        let identifier = json!({"type": type_name, "lid": "me"});
        let document = data(if is_many { json!([identifier]) } else { identifier });
        api.refuse(request, &document, (400, "unknown-local-id", pointer));
    }
    let members = json!({"relationships": {"editor": {"data": {"type": "authors", "lid": "me"}}}});
    let refusal = (400, "unknown-local-id", "/data/relationships/editor/data/lid");
    api.refuse("PATCH /books/1", &update("books", "1", members), refusal);
}

#[test]
fn res_09_a_lid_lives_as_long_as_its_request() {
    let mut api = writable();
    let author = json!({"data": {"type": "authors", "lid": "a", "attributes": {"name": "Eve"}}});
    assert_eq!(api.create("/authors", &author)["data"]["id"], "5");
    assert_eq!(api.create("/authors", &author)["data"]["id"], "6");
    let document = book_with(json!({}), json!({"editor": {"data": {"type": "authors", "lid": "a"}}}));
    let refusal = (400, "unknown-local-id", "/data/relationships/editor/data/lid");
    api.refuse("POST /books", &document, refusal);
}

#[test]
fn res_10_with_both_the_id_counts() {
    let mut api = writable();
    let created = api.create("/tags", &json!({"data": {"type": "tags", "id": "x", "lid": "y"}}));
    assert_eq!(created["data"]["id"], "x");
    let both = json!({"type": "tags", "id": "sea", "lid": "unknown"});
    api.relate("PATCH /books/1/relationships/tags", json!([both]));
    assert_eq!(api.linked("/books/1/relationships/tags"), ["sea"]);
    let mut document = update("books", "1", json!({"attributes": {"subtitle": "Other"}}));
    document["data"]["lid"] = json!("2");
    assert_eq!(api.update("/books/1", &document)["data"]["attributes"]["subtitle"], "Other");
}

#[test]
fn res_14_fields_may_have_the_names_of_members() {
    let mut api = writable();
    let attributes = json!({
        "terms_type": "t", "links": "l", "meta": {"a": [1]}, "relationships": "r", "attributes": "a", "lid": "x",
        "größte länge": 7,
    });
    let created = api.create("/terms", &json!({"data": {"type": "terms", "attributes": attributes}}));
    let mut expected = attributes.clone();
    expected["a_b"] = Value::Null;
    assert_eq!(created["data"]["attributes"], expected);
    let document = update("terms", "1", json!({"attributes": attributes}));
    expected["a_b"] = json!("plus");
    assert_eq!(api.update("/terms/1", &document)["data"]["attributes"], expected);
}

#[test]
fn res_15_res_16_attributes_keep_any_json() {
    let mut api = writable();
    for value in [
        json!({"links": [1], "relationships": {"a": null}, "type": 7, "id": [], "@x": {"": {"a+b": []}}}),
        json!([[[{"x": [1.5, true, null, "ü", -0.0, 1e300]}]], {}]),
        json!("text \u{0}\u{10ffff}\"\\"),
        json!(9_007_199_254_740_993_i64),
        json!(false),
        json!({}),
    ] {
        let document = update("books", "1", json!({"attributes": {"extra": value}}));
        assert_eq!(api.update("/books/1", &document)["data"]["attributes"]["extra"], value);
    }
}

#[test]
fn res_15_rel_01_fields_are_objects() {
    let mut api = writable();
    for member in ["attributes", "relationships"] {
        for wrong in [json!([]), json!(null), json!("x")] {
            let mut document = book(json!({}));
            document["data"][member] = wrong;
            let pointer = format!("/data/{member}");
            api.refuse("POST /books", &document, (400, "invalid-document", &pointer));
        }
    }
    for wrong in [json!(null), json!([]), json!("1"), json!(many("authors", &["1"]))] {
        let document = book_with(json!({}), json!({"editor": wrong}));
        api.refuse("POST /books", &document, (400, "invalid-document", "/data/relationships/editor"));
    }
}

#[test]
fn res_13_a_name_is_an_attribute_or_a_relationship() {
    let mut api = writable();
    let document = book_with(json!({"editor": 1}), json!({"editor": {"data": null}}));
    api.refuse("POST /books", &document, (400, "duplicate-member", "/data/relationships/editor"));
    let document = book(json!({"editor": "2", "author_id": 1}));
    let expected = [
        ("unknown-attribute", "/data/attributes/author_id"),
        ("unknown-attribute", "/data/attributes/editor"),
    ];
    let answer = api.refuse_all("POST /books", &document, 422, &expected);
    let told = |name: &str| {
        let mut errors = answer["errors"].as_array().unwrap().iter();
        let error = errors.find(|it| it["source"]["pointer"].as_str().unwrap().ends_with(name)).unwrap();
        error["detail"].as_str().unwrap().to_owned()
    };
    assert!(told("/editor").contains("relationship"), "{answer:#}");
    let document = book_with(json!({}), json!({"subtitle": {"data": null}}));
    let error =
        api.refuse("POST /books", &document, (422, "unknown-relationship", "/data/relationships/subtitle"));
    assert!(error["detail"].as_str().unwrap().contains("attribute"), "{error}");
}

#[test]
fn res_20_fields_that_the_type_lacks_are_refused() {
    let mut api = writable();
    let document = book(json!({"nope": 1, "titel": "Other"}));
    let expected =
        [("unknown-attribute", "/data/attributes/nope"), ("unknown-attribute", "/data/attributes/titel")];
    let answer = api.refuse_all("POST /books", &document, 422, &expected);
    let meant = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .any(|it| it["detail"].as_str().unwrap().contains("title"));
    assert!(meant, "did you mean: {answer:#}");
    let document = update("books", "1", json!({"attributes": {"nope": 1, "title": "Other"}}));
    api.refuse("PATCH /books/1", &document, (422, "unknown-attribute", "/data/attributes/nope"));
    let document = book_with(json!({}), json!({"autor": {"data": null}}));
    let error =
        api.refuse("POST /books", &document, (422, "unknown-relationship", "/data/relationships/autor"));
    assert!(error["detail"].as_str().unwrap().contains("author"), "{error}");
}

#[test]
fn rel_06_identifiers_have_a_type_and_an_identity() {
    let mut api = writable();
    for (wrong, pointer) in [
        (json!({"type": "authors"}), ""),
        (json!({"id": "1"}), ""),
        (json!({}), ""),
        (json!({"type": "authors", "id": 1}), "/id"),
        (json!({"type": 1, "id": "1"}), "/type"),
    ] {
        let pointer = format!("/data/relationships/editor/data{pointer}");
        let document = book_with(json!({}), json!({"editor": {"data": wrong}}));
        let before = api.rows();
        let response = api.write("POST /books", &document);
        let answer = super::writing::assert_refusal(&response, 400, &document, "POST /books");
        for error in answer["errors"].as_array().unwrap() {
            assert_eq!(error["source"]["pointer"], pointer.as_str(), "{error}");
        }
        api.assert_unchanged(&before, "POST /books");
    }
}

#[test]
fn name_01_names_of_requests_are_case_sensitive() {
    let mut api = writable();
    let document = update("books", "1", json!({"attributes": {"Title": "Other"}}));
    api.refuse("PATCH /books/1", &document, (422, "unknown-attribute", "/data/attributes/Title"));
    let members = json!({"relationships": {"Editor": {"data": null}}});
    let refusal = (422, "unknown-relationship", "/data/relationships/Editor");
    api.refuse("PATCH /books/1", &update("books", "1", members), refusal);
}

#[test]
fn name_07_illegal_names_are_never_stored() {
    let mut api = writable();
    for name in ["a+b", "a/b~c", "", "_x", "x.y"] {
        let before = api.rows();
        let document = update("terms", "1", json!({"attributes": {name: "other"}}));
        let response = api.write("PATCH /terms/1", &document);
        assert!([200, 204, 400, 422].contains(&response.status), "{name:?}: {}", response.text());
        if response.status >= 400 {
            super::writing::assert_refusal(&response, response.status, &document, name);
        }
        api.assert_unchanged(&before, name);
    }
}

#[test]
fn name_08_name_09_at_members_mean_nothing() {
    let mut api = writable();
    let mut document = book(json!({"@foo": 1, "@title": "Other"}));
    document["@context"] = json!({"a": "b"});
    document["data"]["@id"] = json!("9");
    document["data"]["@type"] = json!("authors");
    document["data"]["links"] = json!({"@x": 1});
    document["data"]["meta"] = json!({"@x": 1});
    document["data"]["relationships"]["@foo"] = json!(7);
    document["data"]["relationships"]["author"]["@x"] = json!([]);
    document["data"]["relationships"]["author"]["data"]["@id"] = json!("2");
    let created = api.create("/books", &document);
    assert_eq!(created["data"]["id"], "4");
    assert_eq!(created["data"]["attributes"]["title"], "New");
    assert_eq!(created["data"]["relationships"]["author"]["data"], one("authors", "1"));
    assert!(!created.to_string().contains('@'), "{created:#}");
    api.refuse("POST /books", &json!({"@context": {}}), (400, "invalid-document", ""));
    let document = json!({"data": {"type": "books", "@id": "1", "attributes": {"title": "Other"}}});
    api.refuse("PATCH /books/1", &document, (400, "invalid-document", "/data"));
    let document = book_with(json!({}), json!({"editor": {"@x": 1}}));
    api.refuse("POST /books", &document, (400, "invalid-document", "/data/relationships/editor"));
}
