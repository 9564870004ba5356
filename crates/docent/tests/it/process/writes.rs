//! Requests that write, over HTTP: how they arrive, and what is said besides the document.

use std::time::Duration;

use serde_json::{Value, json};

use super::SHOP;
use super::program::{Program, Start};
use crate::harness::JSON_API;
use crate::harness::databases::Database;
use crate::harness::http::Response;

const CUSTOMER: &str = r#"{"data":{"type":"customers","attributes":{"name":"Mary"}}}"#;
const ATOMIC: &str = r#"application/vnd.api+json;ext="https://jsonapi.org/ext/atomic""#;
const RENAMED: &str = r#"{"data":{"type":"customers","id":"1","attributes":{"name":"Countess"}}}"#;

struct Shop {
    program: Program,
    database: Database,
}

impl Shop {
    fn start(args: &[&str]) -> Self {
        let database = Database::file(SHOP);
        let args: Vec<&str> = ["--writable"].iter().chain(args).copied().collect();
        let mut program = Start::serve(&database.path(), &args).spawn();
        program.url();
        Self { program, database }
    }

    #[track_caller]
    fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let headers: Vec<_> = [("Content-Type", JSON_API)].iter().chain(headers).copied().collect();
        self.program.client().send(method, path, &headers, Some(body.as_bytes()))
    }

    /// What comes back for these bytes, as text.
    fn raw(&mut self, bytes: &str) -> String {
        let answer = self.program.client().raw(bytes.as_bytes(), Duration::from_secs(20));
        String::from_utf8(answer).unwrap()
    }

    /// The name of a customer, as another program sees it.
    fn name(&self, id: u32) -> Option<String> {
        let found =
            self.database
                .sqlite()
                .query_row("SELECT name FROM customers WHERE id = ?1", [id], |row| row.get(0));
        found.ok()
    }
}

#[test]
fn what_was_created_is_where_location_says() {
    let mut shop = Shop::start(&[]);
    let created = shop.send("POST", "/customers", &[], CUSTOMER);
    assert_eq!(created.status, 201, "{}", created.text());
    let location = created.header("location").unwrap().to_owned();
    assert_eq!(created.json()["data"]["links"]["self"], Value::from(location.as_str()));
    let fetched = shop.program.client().get(&location);
    assert_eq!((fetched.status, &fetched.body), (200, &created.body));
    assert_eq!(created.header("etag"), fetched.header("etag"));
    assert!(created.header("etag").is_some());
    assert_eq!(shop.name(3).as_deref(), Some("Mary"));
}

#[test]
fn a_preference_for_little_is_confirmed() {
    let mut shop = Shop::start(&[]);
    let created = shop.send("POST", "/customers", &[("Prefer", "return=minimal")], CUSTOMER);
    assert_eq!((created.status, &created.body[..]), (204, &b""[..]));
    assert_eq!(created.header("preference-applied"), Some("return=minimal"));
    assert!(created.header("location").is_some_and(|url| url.ends_with("/customers/3")));
    assert_eq!((created.header("content-type"), created.header("content-length")), (None, None));
}

#[test]
fn conditions_of_the_request_count() {
    let mut shop = Shop::start(&[]);
    let tag = shop.program.client().get("/customers/1").header("etag").unwrap().to_owned();
    assert_eq!(shop.send("PATCH", "/customers/1", &[("If-Match", "\"other\"")], RENAMED).status, 412);
    let several = [("If-Match", "\"other\""), ("If-Match", &*tag)];
    assert_eq!(shop.send("PATCH", "/customers/1", &several, RENAMED).status, 200);
    assert_eq!(shop.send("PATCH", "/customers/1", &several, RENAMED).status, 412, "it is another one now");
}

#[test]
fn conditions_can_be_demanded() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("docent.toml");
    std::fs::write(&file, "[server]\nrequire_if_match = true\n").unwrap();
    let mut shop = Shop::start(&["--config", file.to_str().unwrap()]);
    let refused = shop.send("PATCH", "/customers/1", &[], RENAMED);
    assert_eq!(refused.status, 428, "{}", refused.text());
    assert_eq!(shop.send("PATCH", "/customers/1", &[("If-Match", "*")], RENAMED).status, 200);
}

#[test]
fn post_stands_for_other_methods() {
    let mut shop = Shop::start(&[]);
    let headers = [("X-HTTP-Method-Override", "PATCH")];
    let patched = shop.send("POST", "/customers/1", &headers, RENAMED);
    assert_eq!(patched.status, 200, "{}", patched.text());
    assert_eq!(shop.name(1).as_deref(), Some("Countess"));
    let created = shop.send("POST", "/customers", &[], CUSTOMER);
    let id = created.json()["data"]["id"].as_str().unwrap().to_owned();
    let headers = [("X-HTTP-Method-Override", "DELETE")];
    assert_eq!(shop.send("POST", &format!("/customers/{id}"), &headers, "").status, 204);
    assert_eq!(shop.name(3), None);
}

#[test]
fn a_client_may_ask_before_it_sends() {
    let mut shop = Shop::start(&[]);
    let head = format!(
        "POST /customers HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\ncontent-type: {JSON_API}\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        CUSTOMER.len()
    );
    let answer = shop.raw(&format!("{head}{CUSTOMER}"));
    assert!(answer.starts_with("HTTP/1.1 100 "), "{answer}");
    assert!(answer.contains("\r\n\r\nHTTP/1.1 201 "), "{answer}");
}

#[test]
fn bodies_may_come_in_chunks() {
    let mut shop = Shop::start(&[]);
    let (left, right) = CUSTOMER.split_at(20);
    let answer = shop.raw(&format!(
        "POST /customers HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\ncontent-type: {JSON_API}\r\n\
         transfer-encoding: chunked\r\n\r\n{:x}\r\n{left}\r\n{:x}\r\n{right}\r\n0\r\n\r\n",
        left.len(),
        right.len()
    ));
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert_eq!(shop.name(3).as_deref(), Some("Mary"));
}

#[test]
fn half_a_body_writes_nothing() {
    let mut shop = Shop::start(&[]);
    let answer = shop.program.client().raw(
        format!(
            "POST /customers HTTP/1.1\r\nhost: a.test\r\ncontent-type: {JSON_API}\r\n\
             content-length: {}\r\n\r\n{CUSTOMER}",
            CUSTOMER.len() + 1
        )
        .as_bytes(),
        Duration::from_millis(300),
    );
    assert_eq!(String::from_utf8_lossy(&answer), "");
    assert_eq!(shop.name(3), None);
}

#[test]
fn methods_of_a_url_are_named() {
    let mut shop = Shop::start(&[]);
    for (path, allow, patch) in [
        ("/customers", "GET, HEAD, OPTIONS, POST", None),
        ("/customers/1", "GET, HEAD, OPTIONS, PATCH, DELETE", Some(JSON_API)),
        ("/customers/1/orders", "GET, HEAD, OPTIONS", None),
        ("/orders/1/relationships/customer", "GET, HEAD, OPTIONS, PATCH", Some(JSON_API)),
        ("/customers/1/relationships/orders", "GET, HEAD, OPTIONS, PATCH, POST, DELETE", Some(JSON_API)),
    ] {
        let response = shop.program.client().send("OPTIONS", path, &[], None);
        assert_eq!((response.status, response.header("allow")), (204, Some(allow)), "{path}");
        assert_eq!(response.header("accept-patch"), patch, "{path}");
    }
    let refused =
        shop.program.client().send("PATCH", "/customers/1", &[("Content-Type", "text/plain")], Some(b"x"));
    assert_eq!((refused.status, refused.header("accept-patch")), (415, Some(JSON_API)));
}

#[test]
fn a_server_that_only_reads_says_so() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let mut client = program.client();
    let headers = [("Content-Type", JSON_API)];
    let refused = client.send("POST", "/customers", &headers, Some(CUSTOMER.as_bytes()));
    assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
    assert!(refused.text().contains("--writable"), "{}", refused.text());
    assert_eq!(client.send("POST", "/operations", &headers, Some(b"{}")).status, 404);
}

/// A foreign key that is only looked at when everything is to be made durable.
const NOTES: &str = "
    CREATE TABLE lists (id INTEGER PRIMARY KEY);
    CREATE TABLE notes (
        id INTEGER PRIMARY KEY, text TEXT NOT NULL,
        list_id INTEGER REFERENCES lists(id) DEFERRABLE INITIALLY DEFERRED);
";

/// Operations that add notes, the answer to which is large.
fn additions() -> String {
    let note = |number: usize| {
        let text = format!("{number} {}", "x".repeat(1_000));
        json!({"op": "add", "data": {"type": "notes", "attributes": {"text": text}}})
    };
    json!({"atomic:operations": (0..100).map(note).collect::<Vec<_>>()}).to_string()
}

/// The notes in a file, by number.
fn notes(other: &rusqlite::Connection) -> Vec<(i64, String)> {
    let mut statement = other.prepare("SELECT id, text FROM notes ORDER BY id").unwrap();
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    found.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_large_answer_tells_what_became_durable() {
    let database = Database::file(NOTES);
    let mut program = Start::serve(&database.path(), &["--writable"]).spawn();
    program.url();
    let other = database.sqlite();
    // What waits for the lock is committed together. The first one breaks a rule then, so that the second one runs
    // again, without the note that was there before its own.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let list = json!({"data": {"type": "lists", "id": "9"}});
    let orphan = json!({"type": "notes", "attributes": {"text": "orphan"}, "relationships": {"list": list}});
    let [orphan, whole] =
        [("/notes", JSON_API, json!({"data": orphan}).to_string()), ("/operations", ATOMIC, additions())]
            .map(|(path, media_type, body)| {
                let mut client = program.client();
                let sent = std::thread::spawn(move || {
                    let headers = [("Content-Type", media_type), ("Accept", media_type)];
                    client.send("POST", path, &headers, Some(body.as_bytes()))
                });
                std::thread::sleep(Duration::from_millis(300));
                sent
            });
    other.execute_batch("COMMIT").unwrap();

    let (orphan, whole) = (orphan.join().unwrap(), whole.join().unwrap());
    assert!((400..500).contains(&orphan.status), "{} {}", orphan.status, orphan.text());
    assert_eq!(whole.status, 200, "{}", whole.text());
    let results = whole.json()["atomic:results"].as_array().unwrap().clone();
    let told = results.iter().map(|result| {
        let id = result["data"]["id"].as_str().unwrap().parse().unwrap();
        (id, result["data"]["attributes"]["text"].as_str().unwrap().to_owned())
    });
    assert_eq!(told.collect::<Vec<(i64, String)>>(), notes(&other));
}
