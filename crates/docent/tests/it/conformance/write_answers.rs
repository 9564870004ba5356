//! INC, FIELDS, NEG and CONTRACT: what answers to writes have in them, and how clients decide about it.

use serde_json::{Value, json};

use super::fixture::{Api, ids};
use super::writing::{book, book_with, data, many, one, update, writable};
use crate::harness::http::Response;
use crate::harness::links::Link;
use crate::harness::{JSON_API, assert_valid_document};

const MINIMAL: (&str, &str) = ("Prefer", "return=minimal");

#[test]
fn inc_12_inc_13_writes_answer_with_what_is_included() {
    let mut api = writable();
    let document = book_with(json!({}), json!({"tags": {"data": many("tags", &["sea"])}}));
    let created = api.create("/books?include=author.mentor,tags,chapters", &document);
    assert_eq!(ids(&created["included"]), ["1", "sea"], "{created:#}");
    assert_eq!(created["data"]["relationships"]["tags"]["data"], many("tags", &["sea"]));
    assert_eq!(created["data"]["relationships"]["chapters"]["data"], json!([]));
    // What is included is as it is after the write.
    let document = update("books", "1", json!({"relationships": {"editor": {"data": one("authors", "3")}}}));
    let changed = api.update("/books/1?include=editor.editor_books", &document);
    assert_eq!(changed["included"][0]["attributes"]["name"], "Cyd", "{changed:#}");
    assert_eq!(changed["included"][0]["relationships"]["editor_books"]["data"], many("books", &["1"]));
    let empty = api.create("/blanks?include=", &data(json!({"type": "blanks"})));
    assert_eq!(empty["included"], json!([]), "INC-04");
}

#[test]
fn inc_13_an_answer_with_included_resources_is_not_left_out() {
    let mut api = writable();
    let response = api.write_with("POST /books?include=author", &[MINIMAL], &book(json!({})));
    assert_eq!(response.status, 201, "{}", response.text());
    assert_eq!(ids(&response.json()["included"]), ["1"]);
    let response =
        api.write_with("PATCH /books/1?include=author", &[MINIMAL], &update("books", "1", json!({})));
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(ids(&response.json()["included"]), ["1"]);
}

#[test]
fn inc_08_a_faulty_path_keeps_from_writing() {
    let mut api = writable();
    for (request, document) in [
        ("POST /books", book(json!({}))),
        ("PATCH /books/1", update("books", "1", json!({"attributes": {"title": "X"}}))),
    ] {
        for path in ["nope", "author.nope", "title", "tags,nope"] {
            let before = api.rows();
            let response = api.write(&format!("{request}?include={path}"), &document);
            assert_eq!((response.status, response.error_parameters()), (400, vec!["include".to_owned()]));
            api.assert_unchanged(&before, path);
        }
    }
}

#[test]
fn fields_08_fields_cut_answers_to_writes() {
    let mut api = writable();
    let created = api.create("/books?fields[books]=title,editor", &book(json!({"year": 2000})));
    assert_eq!(created["data"]["attributes"], json!({"title": "New"}));
    let names: Vec<_> = created["data"]["relationships"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["editor"]);
    assert_eq!(api.attributes("/books/4")["year"], 2000, "they cut the answer, not the write");
    let document = update("books", "4", json!({"attributes": {"year": 2001}}));
    let changed = api.update("/books/4?fields[books]=&include=author&fields[authors]=name", &document);
    assert!(changed["data"].get("attributes").is_none(), "{changed:#}");
    assert_eq!(changed["included"][0]["attributes"], json!({"name": "Ada"}));
    assert_eq!(api.attributes("/books/4")["year"], 2001);
}

#[test]
fn doc_10_doc_11_self_is_the_url_of_the_resource_with_the_parameters_of_the_request() {
    let mut api = writable();
    let created = api.create("/books?include=author&fields[books]=title", &book(json!({})));
    let own = Link::parse(created["links"]["self"].as_str().unwrap());
    assert!(own.segments.ends_with(&["books".to_owned(), "4".to_owned()]), "{own:?}");
    let expected = [("fields[books]", "title"), ("include", "author")];
    assert_eq!(own.parameters(|_| true), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let changed = api.update("/books/4", &update("books", "4", json!({})));
    assert_eq!(changed["links"]["self"], changed["data"]["links"]["self"]);
    assert!(changed["links"]["describedby"].as_str().unwrap().ends_with("/schemas/books"), "{changed:#}");
}

/// An answer without content that says which preference it follows.
#[track_caller]
fn assert_minimal(response: &Response) {
    assert_eq!((response.status, &response.body[..]), (204, &b""[..]), "{}", response.text());
    assert_eq!(response.header("preference-applied"), Some("return=minimal"));
    assert!(response.header("content-type").is_none() && response.header("content-length").is_none());
}

#[test]
fn crud_20_crud_21_crud_51_clients_that_prefer_no_document_get_none() {
    let mut api = writable();
    let response = api.write_with("POST /books", &[MINIMAL], &book(json!({})));
    assert_minimal(&response);
    let location = response.header("location").unwrap().to_owned();
    assert_eq!(api.document(&location)["data"]["attributes"]["title"], "New");
    let document = update("books", "4", json!({"attributes": {"title": "Other"}}));
    let response = api.write_with("PATCH /books/4", &[MINIMAL], &document);
    assert_minimal(&response);
    assert!(response.header("location").is_none());
    assert_eq!(api.attributes("/books/4")["title"], "Other");
}

#[test]
fn preferences_are_read_as_http_writes_them() {
    let mut api = writable();
    for minimal in [
        "return=minimal",
        "respond-async, return=minimal",
        "Return=minimal",
        "return=minimal; foo=1",
        "return=\"minimal\"",
    ] {
        let response = api.write_with("POST /books", &[("Prefer", minimal)], &book(json!({})));
        assert_minimal(&response);
    }
    for other in
        ["return=representation", "respond-async", "return=other", "minimal", "x=\"return=minimal\"", ""]
    {
        let response = api.write_with("POST /books", &[("Prefer", other)], &book(json!({})));
        assert_eq!(response.status, 201, "{other}: {}", response.text());
        assert_valid_document(&response.json());
        assert_ne!(response.header("preference-applied"), Some("return=minimal"), "{other}");
    }
    // A refusal is told whatever is preferred.
    let response = api.write_with("POST /books", &[MINIMAL], &book(json!({"year": 1})));
    assert_eq!(response.status, 422);
    assert!(response.json()["errors"][0]["detail"].is_string());
}

#[test]
fn neg_28_every_answer_to_a_write_varies_by_accept() {
    let mut api = writable();
    let varies = |response: &Response| {
        let vary = response.header("vary").unwrap_or_default().to_ascii_lowercase();
        assert!(vary.contains("accept"), "{response:?}");
    };
    varies(&api.write("POST /books", &book(json!({}))));
    varies(&api.write("POST /books", &json!({})));
    varies(&api.write("PATCH /books/4", &update("books", "4", json!({}))));
    varies(&api.write("PATCH /books/999", &update("books", "999", json!({}))));
    varies(&api.write("POST /books/1/relationships/tags", &data(json!([]))));
    varies(&api.delete("/books/4"));
    varies(&api.write_with("POST /books", &[MINIMAL], &book(json!({}))));
}

#[test]
fn http_07_answers_without_content_have_none_on_the_wire() {
    let api = writable();
    let raw = |request: &str, body: &str| -> String {
        let head = format!(
            "{request} HTTP/1.1\r\nHost: x.test\r\nAccept: {JSON_API}\r\nContent-Type: {JSON_API}\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        String::from_utf8(api.raw(head.as_bytes())).unwrap()
    };
    let base = api.base_path();
    for (request, body) in [
        (format!("DELETE {base}/notes/1"), String::new()),
        (format!("POST {base}/books/1/relationships/tags"), data(many("tags", &["sea"])).to_string()),
    ] {
        let answer = raw(&request, &body);
        assert!(answer.starts_with("HTTP/1.1 204 "), "{request}: {answer}");
        let (head, content) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(content, "", "{request}");
        let head = head.to_ascii_lowercase();
        assert!(!head.contains("content-length") && !head.contains("transfer-encoding"), "{head}");
    }
}

/// The values of a header over several answers of one resource.
#[track_caller]
fn tag(response: &Response) -> String {
    response.header("etag").unwrap_or_else(|| panic!("no tag: {response:?}")).to_owned()
}

fn current(api: &mut Api, target: &str) -> String {
    tag(&api.get(target))
}

#[test]
fn http_08_the_tag_of_an_answer_to_a_write_is_that_of_the_resource() {
    let mut api = writable();
    let response = api.write("POST /books", &book(json!({})));
    assert_eq!(tag(&response), current(&mut api, "/books/4"));
    let before = current(&mut api, "/books/1");
    let document = update("books", "1", json!({"attributes": {"title": "Other"}}));
    let response = api.write("PATCH /books/1", &document);
    assert_ne!(tag(&response), before);
    assert_eq!(tag(&response), current(&mut api, "/books/1"));
    let nothing = api.write("PATCH /books/1", &update("books", "1", json!({})));
    assert_eq!(tag(&nothing), tag(&response), "nothing has changed");
    // With parameters the document is another one.
    let cut = api.write("PATCH /books/1?fields[books]=title", &update("books", "1", json!({})));
    let whole: Value = api.document("/books/1");
    assert!(whole["data"]["relationships"].is_object());
    assert_ne!(cut.header("etag"), Some(current(&mut api, "/books/1").as_str()));
}
