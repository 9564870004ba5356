//! ATM-40 to ATM-49: how operations are performed, and what the answer is.

use serde_json::{Value, json};

use super::super::fixture::assert_error;
use super::super::writing::{assert_next_id, many, one, writable, writable_on};
use super::{HEADERS, add, author, change, document, note, relate, remove};
use crate::harness::links::href;

fn book(title: &str) -> Value {
    let relationships = json!({"author": {"data": one("authors", "1")}});
    json!({"type": "books", "attributes": {"title": title}, "relationships": relationships})
}

#[test]
fn atm_40_only_post_carries_operations() {
    let mut api = writable();
    let before = api.rows();
    let body = document([add(note("x"))]).to_string();
    for method in ["GET", "HEAD", "PATCH", "PUT", "DELETE"] {
        let body = (!["GET", "HEAD"].contains(&method)).then_some(body.as_bytes());
        let response = api.transmit(method, "/operations", &HEADERS, body);
        assert_eq!(response.status, 405, "{method}");
        assert_eq!(response.header("allow"), Some("OPTIONS, POST"), "{method}");
        if method != "HEAD" {
            assert_error(&response, 405, method);
        }
    }
    api.assert_unchanged(&before, "other methods");
}

#[test]
fn atm_41_atm_46_each_operation_sees_the_work_of_those_before() {
    let mut api = writable();
    let named = json!({"type": "tags", "id": "t", "attributes": {"label": "one"}});
    let renamed = json!({"type": "tags", "id": "t", "attributes": {"label": "two"}});
    let results = api.perform(&[
        add(named.clone()),
        change(renamed.clone()),
        relate("add", ["books", "1", "tags"], many("tags", &["t"])),
        relate("remove", ["books", "1", "tags"], many("tags", &["t"])),
        remove("tags", "t"),
    ]);
    assert_eq!(results[0]["data"]["id"], "t");
    assert_eq!(&results[2..], [json!({}), json!({}), json!({})]);
    assert_error(&api.get("/tags/t"), 404, "/tags/t");
    // The other way round it cannot be done.
    api.refuse_one(&[change(renamed), add(named.clone())], 0, (404, "resource-not-found"));
    api.refuse_one(
        &[add(named.clone()), remove("tags", "t"), remove("tags", "t")],
        2,
        (404, "resource-not-found"),
    );
    api.refuse_one(&[add(named.clone()), add(named)], 1, (409, "id-taken"));
    // What one operation frees another may take.
    let author =
        |id: &str, email: Value| change(json!({"type": "authors", "id": id, "attributes": {"email": email}}));
    api.perform(&[author("1", json!(null)), author("2", json!("ada@books.test"))]);
    assert_eq!(api.attributes("/authors/2")["email"], "ada@books.test");
}

#[test]
fn atm_42_all_operations_take_effect_or_none() {
    let mut api = writable();
    let failing = [
        remove("notes", "999"),
        remove("books", "2"),
        add(json!({"type": "authors", "attributes": {"name": null}})),
        add(json!({"type": "authors", "attributes": {"name": "Eve", "email": "cyd@books.test"}})),
        add(
            json!({"type": "reviews", "attributes": {"stars": 0}, "relationships": {"book": {"data": one("books", "1")}}}),
        ),
        relate("add", ["books", "1", "tags"], many("tags", &["nope"])),
        relate("remove", ["books", "1", "chapters"], many("chapters", &["1"])),
        json!({"op": "add"}),
    ];
    for failure in failing {
        let before = api.rows();
        let operations = [
            add(book("New")),
            change(json!({"type": "books", "id": "1", "attributes": {"title": "Other"}})),
            relate("update", ["books", "1", "notes"], many("notes", &["3"])),
            relate("add", ["tags", "sea", "books"], many("books", &["1"])),
            remove("books", "3"),
            failure.clone(),
        ];
        let sent = document(operations.clone());
        let response = api.operate(&operations);
        assert!((400..500).contains(&response.status), "{failure}: {}", response.text());
        let answer = super::assert_failure(&response, response.status, &sent);
        for error in answer["errors"].as_array().unwrap() {
            let pointer = error["source"]["pointer"].as_str().unwrap();
            assert!(pointer.starts_with("/atomic:operations/5"), "{failure}: {answer:#}");
        }
        api.assert_unchanged(&before, &failure.to_string());
    }
    // Ids are not used up where the engine makes them again, and the server goes on.
    assert_next_id(&api.perform(&[add(book("New"))])[0]["data"], 4);
}

/// Whose foreign key is looked at when everything is to be made durable, where the engine can wait so long.
const ENTRIES: &str = "
    CREATE TABLE lists (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY, text TEXT NOT NULL,
        list_id INTEGER REFERENCES lists(id) DEFERRABLE INITIALLY DEFERRED);
";

/// A large answer is made before it is known whether there is anything to be told.
#[test]
fn atm_42_a_large_answer_is_given_where_all_operations_took_effect() {
    let mut api = writable_on(ENTRIES);
    let entry = |number: usize| json!({"type": "entries", "attributes": {"text": format!("{number} {}", "x".repeat(1_000))}});
    let mut operations: Vec<Value> = (0..100).map(|number| add(entry(number))).collect();
    let results = api.perform(&operations);
    assert!(json!(results).to_string().len() > 100_000);
    for (number, result) in results.iter().enumerate() {
        let there = api.document(&format!("/entries/{}", result["data"]["id"].as_str().unwrap()));
        assert_eq!(result["data"]["attributes"], entry(number)["attributes"]);
        assert_eq!(result["data"]["attributes"], there["data"]["attributes"]);
    }
    operations[99]["data"]["relationships"] = json!({"list": {"data": one("lists", "9")}});
    api.refuse_one(&operations, 99, (404, "related-resource-not-found"));
}

#[test]
fn atm_42_crud_02_a_rule_that_holds_only_in_the_end_holds() {
    let mut api = writable();
    // The reader of a loan may go once the loan went.
    let loan = "1~0b0e7f0a-0000-4000-8000-000000000001";
    let reader = "0b0e7f0a-0000-4000-8000-000000000001";
    api.refuse_one(&[remove("readers", reader), remove("notes", "1")], 0, (409, "still-referenced"));
    api.perform_in_silence(&[remove("loans", loan), remove("readers", reader)]);
}

#[test]
fn atm_43_atm_44_results_stand_where_their_operations_stand() {
    let mut api = writable();
    let results = api.perform(&[
        add(author("Eve")),
        remove("notes", "1"),
        change(json!({"type": "books", "id": "2", "attributes": {"subtitle": "Low"}})),
        relate("update", ["books", "2", "editor"], one("authors", "3")),
        relate("add", ["books", "2", "tags"], many("tags", &["novel"])),
        add(note("new")),
        remove("notes", "2"),
    ]);
    let kinds: Vec<_> = results.iter().map(|it| it["data"]["type"].as_str().unwrap_or("-")).collect();
    assert_eq!(kinds, ["authors", "-", "books", "-", "-", "notes", "-"]);
    for index in [1, 3, 4, 6] {
        assert_eq!(results[index], json!({}), "{index}");
    }
}

#[test]
fn atm_45_atm_49_ext_01_results_are_resource_objects_of_the_base_specification() {
    let mut api = writable();
    let results = api.perform(&[
        add(book("New")),
        change(json!({"type": "books", "id": "1", "attributes": {"title": "Other"}})),
        add(json!({"type": "slots", "attributes": {"place": "%"}, "relationships": {"shelf": {"data": one("shelves", "2")}}})),
    ]);
    for result in &results {
        let data = &result["data"];
        let own = href(&data["links"]["self"]).unwrap();
        assert_eq!(&api.document(own)["data"], data, "as GET gives it");
    }
    assert_eq!(results[2]["data"]["id"], "2~%25");
}

#[test]
fn atm_47_atm_72_atm_78_no_results_no_content() {
    let mut api = writable();
    api.perform_in_silence(&[
        remove("notes", "4"),
        relate("update", ["books", "1", "editor"], json!(null)),
        relate("add", ["books", "1", "tags"], many("tags", &["sea"])),
        relate("remove", ["books", "1", "notes"], many("notes", &["1"])),
    ]);
    assert_eq!(api.linked("/books/1/relationships/notes"), ["2"]);
}

#[test]
fn atm_48_one_result_makes_a_document() {
    let mut api = writable();
    let results = api.perform(&[remove("notes", "4"), add(note("new")), remove("notes", "3")]);
    assert_eq!((&results[0], &results[2]), (&json!({}), &json!({})));
    assert!(results[1]["data"]["id"].is_string());
}

#[test]
fn results_are_as_things_are_in_the_end() {
    let mut api = writable();
    let renamed = json!({"type": "books", "id": "1", "attributes": {"title": "One"}});
    let again = json!({"type": "books", "id": "1", "attributes": {"subtitle": "Two"}});
    let results = api.perform(&[
        change(renamed),
        change(again),
        relate("update", ["books", "1", "editor"], one("authors", "4")),
    ]);
    assert_eq!(results[0], results[1]);
    let attributes = &results[0]["data"]["attributes"];
    assert_eq!((&attributes["title"], &attributes["subtitle"]), (&json!("One"), &json!("Two")));
    assert_eq!(results[0]["data"]["relationships"]["editor"]["data"], one("authors", "4"));
    // What is gone in the end is as it was before it went.
    let gone = change(json!({"type": "notes", "id": "1", "attributes": {"text": "last words"}}));
    let results = api.perform(&[gone, remove("notes", "1")]);
    assert_eq!(results[0]["data"]["attributes"]["text"], "last words");
}

#[test]
fn clients_of_operations_may_prefer_no_document() {
    let mut api = writable();
    let body = document([add(note("new"))]).to_string();
    let headers = [HEADERS[0], HEADERS[1], ("Prefer", "return=minimal")];
    let response = api.transmit("POST", "/operations", &headers, Some(body.as_bytes()));
    assert!([200, 204].contains(&response.status), "{}", response.text());
    assert_eq!(api.document("/notes")["data"].as_array().map(Vec::len), Some(5));
}
