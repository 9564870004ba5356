//! HTTP and REC: which methods there are where writing is, and how they are told and overridden.

use serde_json::{Value, json};

use super::fixture::{Api, assert_error};
use super::writing::{book, data, many, one, read_only, update, writable};
use crate::harness::JSON_API;

const READ: &str = "GET, HEAD, OPTIONS";

/// A URL of each kind, and its methods on a server that can be written to.
const URLS: [(&str, &str); 15] = [
    ("", READ),
    ("/books", "GET, HEAD, OPTIONS, POST"),
    ("/books/1", "GET, HEAD, OPTIONS, PATCH, DELETE"),
    ("/books/1/author", READ),
    ("/books/1/notes", READ),
    ("/books/1/relationships/editor", "GET, HEAD, OPTIONS, PATCH"),
    ("/authors/1/relationships/portraits", "GET, HEAD, OPTIONS, PATCH"),
    ("/books/1/relationships/tags", "GET, HEAD, OPTIONS, PATCH, POST, DELETE"),
    ("/books/1/relationships/notes", "GET, HEAD, OPTIONS, PATCH, POST, DELETE"),
    ("/catalogue", READ),
    ("/catalogue/1", READ),
    ("/operations", "OPTIONS, POST"),
    ("/openapi.json", READ),
    ("/schemas/books", READ),
    ("/slots/1~a", "GET, HEAD, OPTIONS, PATCH, DELETE"),
];

fn sorted(methods: &str) -> Vec<&str> {
    let mut methods: Vec<_> = methods.split(',').map(str::trim).collect();
    methods.sort_unstable();
    methods
}

#[test]
fn http_03_http_04_the_methods_of_each_url_are_told() {
    let mut api = writable();
    for (url, expected) in URLS {
        let methods = if url == "/operations" { &["OPTIONS"][..] } else { &["OPTIONS", "GET", "HEAD"] };
        for method in methods {
            let response = api.send(method, url, &[("Accept", "*/*")]);
            assert!([200, 204].contains(&response.status), "{method} {url}: {}", response.text());
            let allowed = response.header("allow").unwrap_or_default();
            assert_eq!(sorted(allowed), sorted(expected), "{method} {url}");
            let patch = (*method == "OPTIONS" && expected.contains("PATCH")).then_some(JSON_API);
            assert_eq!(response.header("accept-patch"), patch, "{method} {url}");
        }
    }
}

#[test]
fn http_02_http_05_allow_tells_the_truth_where_writing_is() {
    let mut api = writable();
    for (url, expected) in URLS {
        let expected = sorted(expected);
        for method in ["GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE", "PUT"] {
            // The body is refused where one is read: nothing changes, and nothing is refused for its method.
            let headers = [("Accept", "*/*"), ("Content-Type", JSON_API)];
            let is_deletion = method == "DELETE" && !url.contains("/relationships/");
            let body = (!is_deletion && !["GET", "HEAD", "OPTIONS"].contains(&method)).then_some(&b"{}"[..]);
            let response = api.transmit(method, url, &headers, body);
            let text = format!("{method} {url}: {}", response.text());
            if expected.contains(&method) {
                assert!(response.status != 405 && response.status != 501, "{text}");
            } else {
                assert_eq!(response.status, 405, "{text}");
                assert_eq!(sorted(response.header("allow").unwrap_or_default()), expected, "{text}");
            }
        }
    }
}

#[test]
fn http_02_http_05_crud_23_crud_53_a_server_that_only_reads_says_so() {
    let mut api = read_only();
    let before = api.rows();
    for (request, document) in [
        ("POST /books", book(json!({}))),
        ("PATCH /books/1", update("books", "1", json!({"attributes": {"title": "Other"}}))),
        ("DELETE /notes/1", json!({})),
        ("PATCH /books/1/relationships/editor", data(json!(null))),
        ("POST /books/1/relationships/tags", data(many("tags", &["sea"]))),
        ("DELETE /books/1/relationships/tags", data(many("tags", &["novel"]))),
    ] {
        let response = api.write(request, &document);
        let answer = assert_error(&response, 405, request);
        assert_eq!(response.header("allow"), Some(READ), "{request}");
        assert_eq!(answer["errors"][0]["code"], "method-not-allowed", "{request}");
        let detail = answer["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains("--writable"), "{request}: {detail}");
        let target = request.split_once(' ').unwrap().1;
        let options = api.send("OPTIONS", target, &[]);
        assert_eq!((options.header("allow"), options.header("accept-patch")), (Some(READ), None), "{target}");
    }
    let response = api.write("POST /operations", &json!({"atomic:operations": []}));
    assert_error(&response, 404, "/operations");
    api.assert_unchanged(&before, "a server that only reads");
}

/// Sends a POST that stands for another method.
fn overridden(api: &mut Api, method: &str, target: &str, document: Option<&Value>) -> u16 {
    let headers = [("Accept", JSON_API), ("Content-Type", JSON_API), ("X-HTTP-Method-Override", method)];
    let headers = if document.is_some() { &headers[..] } else { &[headers[0], headers[2]] };
    let body = document.map(Value::to_string);
    api.transmit("POST", target, headers, body.as_ref().map(String::as_bytes)).status
}

#[test]
fn rec_05_post_stands_for_patch_and_delete() {
    let mut api = writable();
    let document = update("books", "1", json!({"attributes": {"title": "Other"}}));
    assert_eq!(overridden(&mut api, "PATCH", "/books/1", Some(&document)), 200);
    assert_eq!(api.attributes("/books/1")["title"], "Other");
    let tags = "/books/1/relationships/tags";
    assert_eq!(overridden(&mut api, "PATCH", tags, Some(&data(many("tags", &["sea", "novel"])))), 204);
    assert_eq!(overridden(&mut api, "DELETE", tags, Some(&data(many("tags", &["sea"])))), 204);
    assert_eq!(api.linked(tags), ["novel"]);
    let book = "/notes/1/relationships/book";
    assert_eq!(overridden(&mut api, "PATCH", book, Some(&data(one("books", "3")))), 204);
    assert_eq!(api.linked(book), ["3"]);
    assert_eq!(overridden(&mut api, "DELETE", "/notes/1", None), 204);
    assert_error(&api.get("/notes/1"), 404, "/notes/1");
    assert_eq!(overridden(&mut api, "PATCH", "/books", Some(&document)), 405);
    assert_eq!(overridden(&mut api, "DELETE", book, Some(&data(json!(null)))), 405);
    let before = api.rows();
    for method in ["GET", "PUT", "NOPE", "patch"] {
        let status = overridden(&mut api, method, "/books/1", Some(&document));
        assert!([400, 405].contains(&status), "{method}: {status}");
    }
    api.assert_unchanged(&before, "other methods");
}

#[test]
fn http_15_rup_07_the_content_of_a_delete_arrives() {
    let mut api = writable();
    let tags = "/books/1/relationships/tags";
    api.relate(&format!("DELETE {tags}"), many("tags", &["novel"]));
    assert_eq!(api.linked(tags), ["classic"]);
    let before = api.rows();
    let bare = api.transmit("DELETE", tags, &[("Accept", JSON_API)], None);
    assert!([400, 415].contains(&bare.status), "{}", bare.text());
    api.assert_unchanged(&before, "DELETE without content");
    // As a client sends it that does not know its length.
    let base = api.base_path().to_owned();
    let document = data(many("tags", &["classic"])).to_string();
    let request = format!(
        "DELETE {base}{tags} HTTP/1.1\r\nHost: x.test\r\nContent-Type: {JSON_API}\r\nConnection: close\r\n\
         Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{document}\r\n0\r\n\r\n",
        document.len()
    );
    let answer = String::from_utf8(api.raw(request.as_bytes())).unwrap();
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    assert_eq!(api.linked(tags), Vec::<String>::new());
}
