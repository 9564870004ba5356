//! CRUD-46, RUP-04 to RUP-08 and CONTRACT for relationships that other rows hold: inverses of foreign keys, and rows of
//! join tables.

use serde_json::{Value, json};

use super::fixture::Api;
use super::writing::{assert_refusal, book_with, data, many, one, update, writable};

#[test]
fn crud_46_adding_a_child_takes_it_from_its_former_parent() {
    let mut api = writable();
    let document = update(
        "authors",
        "2",
        json!({"relationships": {"author_books": {"data": many("books", &["1", "3"])}}}),
    );
    api.update("/authors/2", &document);
    assert_eq!(api.linked("/authors/2/relationships/author_books"), ["1", "3"]);
    assert_eq!(api.linked("/authors/1/relationships/author_books"), ["2"]);
    assert_eq!(api.linked("/books/1/relationships/author"), ["2"]);
    let created = json!({"data": {"type": "authors", "attributes": {"name": "Eve"}, "relationships": {
        "editor_books": {"data": many("books", &["1", "2"])}, "author_books": {"data": many("books", &["2"])},
        "portraits": {"data": one("portraits", "1")}, "authors": {"data": many("authors", &["2"])}}}});
    api.create("/authors", &created);
    for (name, expected) in [
        ("editor_books", &["1", "2"][..]),
        ("author_books", &["2"]),
        ("portraits", &["1"]),
        ("authors", &["2"]),
    ] {
        assert_eq!(api.linked(&format!("/authors/5/relationships/{name}")), expected, "{name}");
    }
}

#[test]
fn crud_46_an_inverse_to_one_relationship_moves_its_only_member() {
    let mut api = writable();
    let portraits = "/authors/1/relationships/portraits";
    api.relate(&format!("PATCH {portraits}"), one("portraits", "3"));
    assert_eq!(api.linked(portraits), ["3"]);
    assert_eq!(api.linked("/portraits/1/relationships/author"), Vec::<String>::new());
    assert_eq!(api.linked("/authors/2/relationships/portraits"), Vec::<String>::new());
    api.relate(&format!("PATCH {portraits}"), one("portraits", "3"));
    let cleared = update("authors", "1", json!({"relationships": {"portraits": {"data": null}}}));
    api.update("/authors/1", &cleared);
    assert_eq!(api.linked("/portraits/3/relationships/author"), Vec::<String>::new());
    // A contract goes to whoever has none, and leaves nobody without an author.
    api.relate("PATCH /authors/2/relationships/contracts", one("contracts", "1"));
    assert_eq!(api.linked("/contracts/1/relationships/author"), ["2"]);
    api.relate("PATCH /authors/1/relationships/contracts", json!(null));
    let refusal = (403, "relationship-required", "/data");
    api.refuse("PATCH /authors/2/relationships/contracts", &data(json!(null)), refusal);
    let other =
        json!({"data": {"type": "contracts", "relationships": {"author": {"data": one("authors", "3")}}}});
    assert_eq!(api.create("/contracts", &other)["data"]["id"], "2");
    let refusal = (403, "relationship-required", "/data");
    api.refuse("PATCH /authors/2/relationships/contracts", &data(one("contracts", "2")), refusal);
    api.refuse(
        "PATCH /authors/9/relationships/contracts",
        &data(json!([])),
        (400, "invalid-linkage", "/data"),
    );
}

#[test]
fn crud_46_both_sides_of_a_self_reference() {
    let mut api = writable();
    api.relate("POST /authors/4/relationships/authors", many("authors", &["4", "1"]));
    assert_eq!(api.linked("/authors/4/relationships/authors"), ["1", "4"]);
    assert_eq!(api.linked("/authors/4/relationships/mentor"), ["4"]);
    let document = update(
        "authors",
        "4",
        json!({"relationships": {
        "mentor": {"data": one("authors", "1")}, "authors": {"data": many("authors", &["2"])}}}),
    );
    api.update("/authors/4", &document);
    assert_eq!(api.linked("/authors/4/relationships/mentor"), ["1"]);
    assert_eq!(api.linked("/authors/4/relationships/authors"), ["2"]);
    assert_eq!(api.linked("/authors/1/relationships/mentor"), Vec::<String>::new());
}

#[test]
fn rup_04_rup_05_children_whose_foreign_key_is_in_their_own_key_do_not_move() {
    let mut api = writable();
    let loan = "1~0b0e7f0a-0000-4000-8000-000000000001";
    for (request, members) in [
        ("POST /shelves/2/relationships/slots", many("slots", &["1~a"])),
        ("PATCH /shelves/2/relationships/slots", many("slots", &["1~a"])),
        ("DELETE /shelves/1/relationships/slots", many("slots", &["1~a"])),
        ("POST /books/2/relationships/loans", many("loans", &[loan])),
        ("PATCH /books/1/relationships/loans", json!([])),
    ] {
        let before = api.rows();
        let document = data(members);
        let answer = assert_refusal(&api.write(request, &document), 403, &document, request);
        assert_eq!(answer["errors"][0]["code"], "read-only-field", "{request}: {answer:#}");
        api.assert_unchanged(&before, request);
    }
    // The other reference of a slot is no part of its key.
    api.relate("PATCH /books/2/relationships/slots", many("slots", &["1~a", "1~%7E%25"]));
    assert_eq!(api.linked("/books/2/relationships/slots"), ["1~%7E%25", "1~a"]);
    assert_eq!(api.linked("/books/1/relationships/slots"), Vec::<String>::new());
}

#[test]
fn rup_05_rup_07_rows_of_a_join_table_are_edited_from_both_sides() {
    let mut api = writable();
    api.relate("PATCH /tags/sea/relationships/books", many("books", &["1", "3"]));
    assert_eq!(api.linked("/books/2/relationships/tags"), Vec::<String>::new());
    assert_eq!(api.linked("/books/3/relationships/tags"), ["sea"]);
    api.relate("DELETE /tags/sea/relationships/books", many("books", &["1", "2"]));
    assert_eq!(api.linked("/books/1/relationships/tags"), ["classic", "novel"]);
    assert_eq!(api.linked("/tags/sea/relationships/books"), ["3"]);
    let document = json!({"data": {"type": "tags", "id": "new", "relationships": {"books": {"data": many("books", &["2", "3", "2"])}}}});
    api.create("/tags", &document);
    assert_eq!(api.linked("/tags/new/relationships/books"), ["2", "3"]);
}

const READERS: &str = "/books/1/relationships/readers";
const RITA: &str = "0b0e7f0a-0000-4000-8000-000000000001";
const SAUL: &str = "0b0e7f0a-0000-4000-8000-000000000002";

/// The readers of the first book with the columns of their loans.
#[track_caller]
fn readers(api: &mut Api) -> Value {
    let book = api.document("/books/1?include=readers");
    book["data"]["relationships"]["readers"]["data"].clone()
}

#[test]
fn rup_05_rup_07_rows_with_columns_of_their_own_are_linkage_too() {
    let mut api = writable();
    let loan = |id: &str, since: &str| json!({"type": "readers", "id": id, "meta": {"since": since}});
    assert_eq!(readers(&mut api), json!([loan(RITA, "2024-02-29")]));
    api.relate(&format!("POST {READERS}"), many("readers", &[RITA, SAUL]));
    // A member that is there keeps its row; a new one has the defaults.
    assert_eq!(readers(&mut api), json!([loan(RITA, "2024-02-29"), loan(SAUL, "2020-01-01")]));
    assert_eq!(api.linked("/books/1/relationships/loans").len(), 2);
    api.relate(&format!("PATCH {READERS}"), many("readers", &[SAUL, RITA]));
    assert_eq!(readers(&mut api), json!([loan(RITA, "2024-02-29"), loan(SAUL, "2020-01-01")]));
    api.relate(&format!("DELETE {READERS}"), many("readers", &[RITA]));
    assert_eq!(api.linked(READERS), [SAUL]);
    api.relate(&format!("PATCH {READERS}"), many("readers", &[RITA]));
    assert_eq!(readers(&mut api), json!([loan(RITA, "2020-01-01")]));
}

#[test]
fn rel_07_linkage_has_its_meta_at_the_relationship_url_too() {
    let mut api = writable();
    let included = readers(&mut api);
    assert_eq!(api.document(READERS)["data"], included);
}

#[test]
fn columns_of_linkage_are_not_written_through_it() {
    let mut api = writable();
    let with = |meta: Value| json!({"type": "readers", "id": RITA, "meta": meta});
    for (method, at) in [("PATCH", 0), ("POST", 1)] {
        let mut members = vec![with(json!({"since": "2024-01-01"}))];
        members.splice(0..0, std::iter::repeat_n(one("readers", SAUL), at));
        let pointer = format!("/data/{at}/meta");
        let refusal = (403, "read-only-field", pointer.as_str());
        api.refuse(&format!("{method} {READERS}"), &data(members), refusal);
    }
    let members = json!([with(json!({"since": "2024-01-01"}))]);
    let document = book_with(json!({}), json!({"readers": {"data": members}}));
    let refusal = (403, "read-only-field", "/data/relationships/readers/data/0/meta");
    api.refuse("POST /books", &document, refusal);
    // Other members of `meta` mean nothing.
    api.relate(&format!("PATCH {READERS}"), json!([with(json!({"note": "since"}))]));
    assert_eq!(api.linked(READERS), [RITA]);
}

#[test]
fn many_members_are_no_matter() {
    let mut api = writable();
    let tags: Vec<_> = (1..=700).map(|number| format!("t{number:03}")).collect();
    let notes: Vec<_> = (1001..=1700).map(|number| number.to_string()).collect();
    let rows = |rows: Vec<String>| rows.join(", ");
    let (new_tags, new_notes) = (
        rows(tags.iter().map(|tag| format!("('{tag}', NULL)")).collect()),
        rows(notes.iter().map(|note| format!("({note}, NULL, NULL)")).collect()),
    );
    api.database()
        .open()
        .execute(&format!("INSERT INTO tags VALUES {new_tags}; INSERT INTO notes VALUES {new_notes}"));
    let [tags, notes] = [&tags, &notes].map(|ids| ids.iter().map(String::as_str).collect::<Vec<_>>());
    let relationships =
        json!({"tags": {"data": many("tags", &tags)}, "notes": {"data": many("notes", &notes)}});
    let created = api.create("/books", &book_with(json!({}), relationships));
    assert_eq!(created["data"]["id"], "4");
    let count = |api: &mut Api, name: &str| {
        api.document(&format!("/books/4/{name}?page[count]=true&page[limit]=1"))["meta"]["count"].clone()
    };
    assert_eq!((count(&mut api, "tags"), count(&mut api, "notes")), (json!(700), json!(700)));
    api.relate("DELETE /books/4/relationships/tags", many("tags", &tags[1..]));
    api.relate("PATCH /books/4/relationships/notes", many("notes", &notes[..2]));
    assert_eq!((count(&mut api, "tags"), count(&mut api, "notes")), (json!(1), json!(2)));
    let mut missing = many("tags", &tags);
    missing[650]["id"] = json!("nope");
    let refusal = (404, "related-resource-not-found", "/data/650");
    api.refuse("POST /books/4/relationships/tags", &data(missing), refusal);
}
