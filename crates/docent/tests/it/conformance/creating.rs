//! CRUD-02 to CRUD-30: creating resources.

use serde_json::{Value, json};

use super::fixture::assert_error;
use super::writing::{
    assert_next_id, book, book_with, data, many, one, update, writable, writable_on, writable_with,
};
use crate::harness::JSON_API;
use crate::harness::engine::Engine;
use crate::harness::links::href;

#[test]
fn crud_02_what_fails_leaves_nothing_behind() {
    let mut api = writable();
    // The row itself can be inserted, its members cannot all be linked.
    let document = book_with(json!({}), json!({"tags": {"data": many("tags", &["novel", "nope"])}}));
    let refusal = (404, "related-resource-not-found", "/data/relationships/tags/data/1");
    api.refuse("POST /books", &document, refusal);
    // The next one is created as if nothing had been.
    assert_next_id(&api.create("/books", &book(json!({})))["data"], 4);
}

#[test]
fn crud_10_the_data_is_one_resource_object() {
    let mut api = writable();
    for wrong in [json!([]), json!([book(json!({}))["data"]]), json!(null), json!("books"), json!(1)] {
        api.refuse("POST /books", &data(wrong), (400, "invalid-document", "/data"));
    }
    api.refuse("POST /books", &json!({"meta": {}}), (400, "invalid-document", ""));
}

#[test]
fn crud_11_linkage_of_a_new_resource_is_what_was_given() {
    let mut api = writable();
    let relationships = json!({
        "editor": {"data": one("authors", "2")},
        "tags": {"data": many("tags", &["sea", "novel"])},
        "notes": {"data": many("notes", &["4"])},
        "chapters": {"data": []},
    });
    let created = api.create("/books", &book_with(json!({}), relationships));
    let own = href(&created["data"]["links"]["self"]).unwrap().to_owned();
    assert_eq!(created["data"]["relationships"]["author"]["data"], one("authors", "1"));
    assert_eq!(created["data"]["relationships"]["editor"]["data"], one("authors", "2"));
    for (name, ids) in [
        ("author", &["1"][..]),
        ("editor", &["2"]),
        ("tags", &["novel", "sea"]),
        ("notes", &["4"]),
        ("chapters", &[]),
    ] {
        assert_eq!(api.linked(&format!("{own}/relationships/{name}")), ids, "{name}");
    }
}

/// Both sides of a relationship are known by numbers, and who founds a club called Go has player 2 in it.
const CLUBS: &str = "
    CREATE TABLE clubs (id INTEGER PRIMARY KEY, name VARCHAR(20));
    CREATE TABLE players (id INTEGER PRIMARY KEY, name VARCHAR(20));
    INSERT INTO players VALUES (1, 'Ada'), (2, 'Grace'), (3, 'Joan');
    CREATE TABLE club_players (
      club_id INTEGER NOT NULL REFERENCES clubs(id), player_id INTEGER NOT NULL REFERENCES players(id),
      PRIMARY KEY (club_id, player_id));
    CREATE TRIGGER joined AFTER INSERT ON clubs WHEN NEW.name = 'Go'
      BEGIN INSERT INTO club_players VALUES (NEW.id, 2); END;
/* PostgreSQL
    CREATE FUNCTION joined() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO club_players VALUES (NEW.id, 2); RETURN NULL;
    END $$;
    CREATE TRIGGER joined AFTER INSERT ON clubs FOR EACH ROW WHEN (NEW.name = 'Go') EXECUTE FUNCTION joined();
*/
/* MariaDB
    CREATE TRIGGER joined AFTER INSERT ON clubs FOR EACH ROW
      IF NEW.name = 'Go' THEN INSERT INTO club_players VALUES (NEW.id, 2); END IF;
*/
";

#[test]
fn crud_11_numbers_are_linked_each_once() {
    let mut api = writable_on(CLUBS);
    let club = |name: &str, ids: &[&str]| {
        data(json!({"type": "clubs", "attributes": {"name": name},
            "relationships": {"players": {"data": many("players", ids)}}}))
    };
    let refusal = (404, "related-resource-not-found", "/data/relationships/players/data/1");
    api.refuse("POST /clubs", &club("Chess", &["1", "9", "2"]), refusal);
    for (name, ids) in
        [("Chess", &["3", "1", "3"][..]), ("Chess", &["2"]), ("Chess", &[]), ("Go", &["2", "3"])]
    {
        let created = api.create("/clubs", &club(name, ids));
        let own = href(&created["data"]["links"]["self"]).unwrap().to_owned();
        let mut expected = ids.to_vec();
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(api.linked(&format!("{own}/relationships/players")), expected);
    }
}

#[test]
fn crud_11_a_relationship_without_data_is_refused() {
    let mut api = writable();
    for relationship in [json!({}), json!({"links": {"related": "/authors/1"}}), json!({"meta": {}})] {
        let document = book_with(json!({}), json!({"editor": relationship}));
        api.refuse("POST /books", &document, (400, "invalid-document", "/data/relationships/editor"));
    }
}

#[test]
fn crud_12_linkage_fits_the_relationship() {
    let mut api = writable();
    for (name, linkage) in [
        ("editor", json!([])),
        ("editor", many("authors", &["1"])),
        ("tags", json!(null)),
        ("tags", one("tags", "novel")),
        ("notes", one("notes", "4")),
    ] {
        let document = book_with(json!({}), json!({name: {"data": linkage}}));
        let pointer = format!("/data/relationships/{name}/data");
        api.refuse("POST /books", &document, (400, "invalid-linkage", &pointer));
    }
}

#[test]
fn crud_13_linkage_of_another_type_is_refused() {
    let mut api = writable();
    let document = book_with(json!({}), json!({"editor": {"data": one("tags", "novel")}}));
    let pointer = "/data/relationships/editor/data/type";
    api.refuse("POST /books", &document, (409, "linkage-type-conflict", pointer));
    let mixed = json!([one("tags", "novel"), one("notes", "1"), one("nopes", "1")]);
    let document = book_with(json!({}), json!({"tags": {"data": mixed}}));
    let expected = [1, 2].map(|at| format!("/data/relationships/tags/data/{at}/type"));
    let expected = expected.each_ref().map(|pointer| ("linkage-type-conflict", pointer.as_str()));
    api.refuse_all("POST /books", &document, 409, &expected);
}

#[test]
fn crud_14_clients_choose_ids_where_the_key_is_text() {
    let mut api = writable();
    let tag =
        api.create("/tags", &json!({"data": {"type": "tags", "id": "new", "attributes": {"label": "N"}}}));
    assert_eq!((&tag["data"]["id"], &tag["data"]["attributes"]), (&json!("new"), &json!({"label": "N"})));
    let odd = api.create("/tags", &json!({"data": {"type": "tags", "id": "a/ü %~\"ß?#"}}));
    assert_eq!(odd["data"]["id"], "a/ü %~\"ß?#");
    let reader =
        json!({"type": "readers", "id": "0B0E7F0A-0000-4000-8000-00000000000A", "attributes": {"name": "T"}});
    let reader = api.create("/readers", &data(reader));
    assert_eq!(
        reader["data"]["id"], "0b0e7f0a-0000-4000-8000-00000000000a",
        "UUIDs are stored in lower case"
    );
}

#[test]
fn crud_14_a_key_with_a_default_is_chosen_by_either() {
    let mut api = writable();
    let chosen = api.create("/vouchers", &data(json!({"type": "vouchers", "id": "mine"})));
    assert_eq!(chosen["data"]["id"], "mine");
    let given = api.create("/vouchers", &data(json!({"type": "vouchers", "attributes": {"worth": 3}})));
    let id = given["data"]["id"].as_str().unwrap();
    assert!(id.len() == 16 && id.bytes().all(|it| it.is_ascii_hexdigit()), "{id}");
    assert_eq!(given["data"]["attributes"], json!({"worth": 3}));
}

#[test]
fn crud_14_an_id_that_nobody_else_makes_is_required() {
    let mut api = writable();
    for document in
        [json!({"type": "tags"}), json!({"type": "tags", "lid": "a", "attributes": {"label": "L"}})]
    {
        api.refuse("POST /tags", &data(document), (422, "client-id-required", "/data"));
    }
    let document = json!({"type": "readers", "attributes": {"name": "T"}});
    api.refuse("POST /readers", &data(document), (422, "client-id-required", "/data"));
}

#[test]
fn crud_15_ids_that_the_database_makes_are_not_chosen() {
    let mut api = writable();
    let mut document = book(json!({}));
    for id in ["77", "1", "x"] {
        document["data"]["id"] = json!(id);
        api.refuse("POST /books", &document, (403, "client-id-forbidden", "/data/id"));
    }
}

#[test]
fn crud_14_crud_15_the_configuration_decides_otherwise() {
    let mut api = writable_with(
        "[types.notes]\nclient_ids = 'allow'\n[types.vouchers]\nclient_ids = 'forbid'\n[types.blanks]\nclient_ids = 'require'\n",
    );
    assert_eq!(api.create("/notes", &data(one("notes", "700")))["data"]["id"], "700");
    // A sequence of PostgreSQL goes on by itself, whatever ids clients choose.
    let next = if Engine::under_test() == Engine::Postgres { "5" } else { "701" };
    assert_eq!(api.create("/notes", &data(json!({"type": "notes"})))["data"]["id"], next);
    api.refuse("POST /vouchers", &data(one("vouchers", "mine")), (403, "client-id-forbidden", "/data/id"));
    api.refuse("POST /blanks", &data(json!({"type": "blanks"})), (422, "client-id-required", "/data"));
    for id in ["abc", "1.5", "", "99999999999999999999", "007"] {
        api.refuse("POST /blanks", &data(one("blanks", id)), (422, "invalid-value", "/data/id"));
    }
}

#[test]
fn crud_16_ids_of_a_bad_form_are_refused() {
    let mut api = writable();
    for id in [json!(null), json!(1), json!(["a"]), json!({})] {
        let document = json!({"data": {"type": "tags", "id": id}});
        api.refuse("POST /tags", &document, (400, "invalid-document", "/data/id"));
    }
    for id in ["", "x", "0b0e7f0a-0000-4000-8000-00000000000", "0b0e7f0a-0000-4000-8000-00000000000g"] {
        let document = json!({"type": "readers", "id": id, "attributes": {"name": "T"}});
        api.refuse("POST /readers", &data(document), (422, "invalid-value", "/data/id"));
    }
}

#[test]
fn crud_17_what_was_created_is_answered_with_all_that_the_server_added() {
    let mut api = writable();
    let created = api.create("/books", &book(json!({"year": 2020, "extra": {"a": [1]}})));
    assert_eq!((&created["data"]["type"], &created["data"]["id"]), (&json!("books"), &json!("4")));
    let expected = json!({
        "title": "New", "subtitle": null, "year": 2020, "reprinted": null, "state": "draft", "in_print": true,
        "extra": {"a": [1]}, "isbn": null, "code": "B-4", "revision": 1, "shout": "NEW",
    });
    assert_eq!(
        created["data"]["attributes"], expected,
        "defaults, computed columns and the work of triggers"
    );
    let blank = api.create("/blanks", &data(json!({"type": "blanks"})));
    assert_eq!(blank["data"]["id"], "1", "a row of which nothing is given");
    assert_eq!(api.create("/blanks", &data(json!({"type": "blanks"})))["data"]["id"], "2");
}

#[test]
fn crud_18_crud_19_http_16_location_is_the_url_of_the_new_resource() {
    let mut api = writable();
    for (target, document) in [
        ("/books", book(json!({}))),
        ("/books?include=author&fields[books]=title", book(json!({}))),
        ("/tags", data(one("tags", "x/y z"))),
        ("/books/", book(json!({}))),
    ] {
        let response = api.write(&format!("POST {target}"), &document);
        assert_eq!(response.status, 201, "{target}: {}", response.text());
        let location = response.header("location").unwrap().to_owned();
        let created = response.json();
        assert_eq!(created["data"]["links"]["self"], location.as_str(), "{target}");
        assert!(location.starts_with(&api.entry_point()) && !location.contains('?'), "{location}");
        let read = api.document(&location);
        assert_eq!(read["data"]["id"], created["data"]["id"], "{target}");
    }
    let mut objects = writable_with("[documents]\nlinks = 'object'\n");
    objects.create("/books", &book(json!({})));
}

#[test]
fn crud_20_crud_21_what_was_created_as_sent_is_answered_in_full_as_well() {
    let mut api = writable();
    let sent = json!({"type": "tags", "id": "sent", "attributes": {"label": "Sent"}});
    let created = api.create("/tags", &data(sent.clone()));
    for member in ["type", "id", "attributes"] {
        assert_eq!(created["data"][member], sent[member]);
    }
    assert!(created["data"]["relationships"]["books"]["links"].is_object());
}

#[test]
fn crud_23_what_cannot_be_created_is_refused_with_what_is_allowed() {
    let mut api = writable();
    let before = api.rows();
    let response = api.write("POST /catalogue", &data(one("catalogue", "9")));
    let answer = assert_error(&response, 405, "POST /catalogue");
    assert!(answer["errors"][0]["detail"].as_str().unwrap().contains("view"), "the reason: {answer:#}");
    assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"));
    api.assert_unchanged(&before, "POST /catalogue");
}

#[test]
fn crud_23_what_needs_a_value_that_nobody_can_give_is_not_created() {
    let mut api = writable();
    let document = data(json!({"type": "members", "attributes": {"name": "Uma"}}));
    let error = api.refuse("POST /members", &document, (403, "read-only-type", "/data"));
    assert!(!error["detail"].as_str().unwrap().contains("password_hash"), "{error}");
    let document = update("members", "1", json!({"attributes": {"name": "Uma"}}));
    assert_eq!(api.update("/members/1", &document)["data"]["attributes"], json!({"name": "Uma"}));
    let hidden = update("members", "1", json!({"attributes": {"password_hash": "y"}}));
    let refusal = (422, "unknown-attribute", "/data/attributes/password_hash");
    api.refuse("PATCH /members/1", &hidden, refusal);
    api.remove("/members/1");
}

#[test]
fn crud_24_linkage_to_what_is_not_there() {
    let mut api = writable();
    for (name, linkage, pointer) in [
        ("author", one("authors", "999"), ""),
        ("editor", one("authors", "abc"), ""),
        ("editor", one("authors", ""), ""),
        ("tags", many("tags", &["novel", "Novel"]), "/1"),
        ("notes", many("notes", &["99", "1"]), "/0"),
        ("readers", many("readers", &["0b0e7f0a-0000-4000-8000-000000000009"]), "/0"),
    ] {
        let document = book_with(json!({}), json!({name: {"data": linkage}}));
        let pointer = format!("/data/relationships/{name}/data{pointer}");
        api.refuse("POST /books", &document, (404, "related-resource-not-found", &pointer));
    }
}

#[test]
fn crud_25_crud_27_an_id_that_is_taken() {
    let mut api = writable();
    let document = json!({"type": "tags", "id": "novel", "attributes": {"label": "Other"}});
    let error = api.refuse("POST /tags", &data(document), (409, "id-taken", "/data/id"));
    assert!(error["detail"].as_str().unwrap().contains("tags"), "{error}");
    let taken = "0B0E7F0A-0000-4000-8000-000000000001";
    let document = json!({"type": "readers", "id": taken, "attributes": {"name": "T"}});
    api.refuse("POST /readers", &data(document), (409, "id-taken", "/data/id"));
    // What comes with it does not hide that it is taken.
    let document =
        json!({"type": "tags", "id": "sea", "relationships": {"books": {"data": many("books", &["1"])}}});
    api.refuse("POST /tags", &data(document), (409, "id-taken", "/data/id"));
}

#[test]
fn crud_26_a_type_of_another_collection() {
    let mut api = writable();
    for type_name in ["authors", "book", "Books", ""] {
        let mut document = book(json!({}));
        document["data"]["type"] = json!(type_name);
        api.refuse("POST /books", &document, (409, "resource-type-conflict", "/data/type"));
    }
}

#[test]
fn crud_28_a_resource_may_still_be_refused_for_what_it_holds() {
    let mut api = writable();
    let document = json!({"type": "authors", "attributes": {"name": "Eve", "email": "ada@books.test"}});
    api.refuse("POST /authors", &data(document), (409, "not-unique", "/data/attributes/email"));
}

#[test]
fn crud_29_included_resources_and_links_mean_nothing() {
    let mut api = writable();
    let mut document = book(json!({}));
    document["included"] = json!([{"type": "authors", "id": "1", "attributes": {"name": "Changed"}},
        {"type": "tags", "id": "sneaked"}]);
    document["links"] = json!({"self": "/books/99", "related": "nowhere"});
    document["data"]["links"] = json!({"self": "/books/99"});
    document["data"]["relationships"]["author"]["links"] = json!({"related": "/authors/2"});
    let before = api.rows();
    let created = api.create("/books", &document);
    assert_eq!(created["data"]["id"], "4");
    assert_eq!(created["data"]["relationships"]["author"]["data"], one("authors", "1"));
    for (table, rows) in api.rows() {
        assert_eq!(rows.len(), before[&table].len() + usize::from(table == "books"), "{table}");
    }
    assert_eq!(api.attributes("/authors/1")["name"], "Ada");
}

#[test]
fn crud_30_a_related_url_creates_nothing() {
    let mut api = writable();
    let before = api.rows();
    let note: Value = data(json!({"type": "notes", "attributes": {"text": "new"}}));
    for target in ["/books/1/notes", "/books/1/author", "/notes/4/book"] {
        let headers = [("Accept", JSON_API), ("Content-Type", JSON_API)];
        let response = api.transmit("POST", target, &headers, Some(note.to_string().as_bytes()));
        assert_error(&response, 405, target);
        assert_eq!(response.header("allow"), Some("GET, HEAD, OPTIONS"), "{target}");
    }
    api.assert_unchanged(&before, "POST");
}
