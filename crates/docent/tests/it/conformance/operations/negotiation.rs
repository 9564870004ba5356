//! ATM-01 to ATM-09, and NEG and EXT as far as they are about an extension that is applied.

use serde_json::{Value, json};

use super::super::fixture::{ATOMIC, UNKNOWN_EXTENSION, UNKNOWN_PROFILE, assert_error, uris};
use super::super::writing::{book, writable};
use super::{EXTENDED, add, document, note, remove, results};
use crate::harness::JSON_API;

/// A request that would create a note.
fn body() -> String {
    document([add(note("new"))]).to_string()
}

#[test]
fn atm_01_atm_03_ext_02_neg_04_neg_07_neg_12_declared_operations_are_performed() {
    let mut api = writable();
    for content_type in [
        EXTENDED.to_owned(),
        format!("{JSON_API}; ext={ATOMIC:?}"),
        format!("{JSON_API};EXT=\"{ATOMIC}\""),
        format!("{JSON_API};profile=\"{UNKNOWN_PROFILE}\";ext=\"{ATOMIC}\""),
    ] {
        let headers = [("Accept", EXTENDED), ("Content-Type", content_type.as_str())];
        let response = api.transmit("POST", "/operations", &headers, Some(body().as_bytes()));
        assert_eq!(response.status, 200, "{content_type}: {}", response.text());
        assert_eq!(results(&response)[0]["data"]["attributes"]["text"], "new");
    }
    let headers = [("Accept", EXTENDED), ("Content-Type", EXTENDED)];
    let response = api.transmit("POST", "/operations/", &headers, Some(body().as_bytes()));
    assert_eq!(response.status, 200, "a slash at the end makes no difference");
}

#[test]
fn atm_02_undeclared_operations_are_not_performed() {
    let mut api = writable();
    let before = api.rows();
    for content_type in [Some(JSON_API), Some("application/json"), Some("text/plain"), None] {
        let mut headers = vec![("Accept", EXTENDED)];
        headers.extend(content_type.map(|it| ("Content-Type", it)));
        let response = api.transmit("POST", "/operations", &headers, Some(body().as_bytes()));
        let answer = assert_error(&response, 415, &format!("{content_type:?}"));
        assert_eq!(answer["errors"][0]["source"], json!({"header": "Content-Type"}));
        let detail = answer["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(ATOMIC), "{content_type:?}: {detail}");
    }
    api.assert_unchanged(&before, "undeclared operations");
}

#[test]
fn atm_04_atm_05_neg_25_what_accept_says() {
    let mut api = writable();
    for accept in [
        None,
        Some("*/*"),
        Some("application/*"),
        Some(EXTENDED),
        Some(&*format!("{JSON_API};q=0.9, {EXTENDED};q=0.1")),
        Some(&*format!("image/png, {EXTENDED}")),
        Some(&*format!("{JSON_API};profile=\"{UNKNOWN_PROFILE}\";ext=\"{ATOMIC}\"")),
    ] {
        let mut headers = vec![("Content-Type", EXTENDED)];
        headers.extend(accept.map(|it| ("Accept", it)));
        let response = api.transmit("POST", "/operations", &headers, Some(body().as_bytes()));
        assert_eq!(response.status, 200, "Accept: {accept:?}: {}", response.text());
        results(&response);
    }
    let before = api.rows();
    for accept in [
        JSON_API,
        &*format!("{JSON_API};profile=\"{UNKNOWN_PROFILE}\""),
        &*format!("{JSON_API};ext=\"{UNKNOWN_EXTENSION}\""),
        &*format!("{JSON_API};ext=\"{ATOMIC} {UNKNOWN_EXTENSION}\""),
        &*format!("{EXTENDED};charset=utf-8"),
        &*format!("{EXTENDED};q=0"),
        "image/png",
    ] {
        let headers = [("Accept", accept), ("Content-Type", EXTENDED)];
        let response = api.transmit("POST", "/operations", &headers, Some(body().as_bytes()));
        let answer = assert_error(&response, 406, accept);
        assert_eq!(answer["errors"][0]["source"], json!({"header": "Accept"}), "{accept}");
    }
    api.assert_unchanged(&before, "what cannot be answered");
}

#[test]
fn atm_06_atm_09_neg_26_other_urls_have_no_extension() {
    let mut api = writable();
    let before = api.rows();
    for (method, target) in [
        ("POST", "/books"),
        ("POST", "/notes"),
        ("PATCH", "/books/1"),
        ("POST", "/books/1/relationships/tags"),
        ("DELETE", "/notes/1"),
    ] {
        let headers = [("Accept", JSON_API), ("Content-Type", EXTENDED)];
        let response = api.transmit(method, target, &headers, Some(body().as_bytes()));
        let answer = assert_error(&response, 415, target);
        assert_eq!(answer["errors"][0]["source"], json!({"header": "Content-Type"}), "{target}");
    }
    for (method, target, body) in
        [("GET", "/books", None), ("POST", "/books", Some(book(json!({})))), ("DELETE", "/notes/1", None)]
    {
        let headers = [("Accept", EXTENDED), ("Content-Type", JSON_API)];
        let body = body.as_ref().map(Value::to_string);
        let response = api.transmit(method, target, &headers, body.as_ref().map(String::as_bytes));
        assert_error(&response, 406, target);
    }
    api.assert_unchanged(&before, "other URLs");
    // Beside a usable media type the extension does not keep from reading.
    let response = api.accepting("/books", &format!("{EXTENDED}, {JSON_API};q=0.5"));
    assert_eq!((response.status, response.header("content-type")), (200, Some(JSON_API)));
}

#[test]
fn atm_07_errors_are_labelled_truly() {
    let mut api = writable();
    for (accept, body) in [
        (EXTENDED, document([remove("notes", "999")])),
        (EXTENDED, json!({})),
        ("*/*", document([remove("notes", "999")])),
        ("*/*", json!({"atomic:operations": []})),
    ] {
        let headers = [("Accept", accept), ("Content-Type", EXTENDED)];
        let response = api.transmit("POST", "/operations", &headers, Some(body.to_string().as_bytes()));
        let answer = assert_error(&response, response.status, accept);
        assert!([400, 404].contains(&response.status), "{}", response.text());
        let label = uris(response.header("content-type").unwrap(), "ext");
        assert!(label.is_empty() || label == [ATOMIC], "{label:?}");
        assert_eq!(answer["jsonapi"].get("ext").is_some(), !label.is_empty(), "JAPI-03: {answer:#}");
    }
}

#[test]
fn atm_08_neg_28_answers_vary_by_accept() {
    let mut api = writable();
    let operations = [document([add(note("new"))]), document([remove("notes", "1")]), json!({})];
    for (body, status) in operations.iter().zip([200, 204, 400]) {
        let response = api.send_operations(body);
        assert_eq!(response.status, status, "{}", response.text());
        let vary = response.header("vary").unwrap_or_default().to_ascii_lowercase();
        assert!(vary.split(',').any(|name| name.trim() == "accept"), "{status}: {vary}");
    }
}

#[test]
fn atm_09_query_14_the_url_takes_no_parameters() {
    let mut api = writable();
    let before = api.rows();
    for parameter in ["include=notes", "fields[notes]=text", "foo=1", "page[limit]=1"] {
        let target = format!("/operations?{parameter}");
        let response = api.transmit("POST", &target, &super::HEADERS, Some(body().as_bytes()));
        assert_error(&response, 400, &target);
        assert_eq!(response.error_parameters(), [parameter.split('=').next().unwrap()], "{target}");
    }
    api.assert_unchanged(&before, "parameters");
}
