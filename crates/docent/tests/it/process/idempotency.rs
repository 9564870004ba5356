//! Requests with an `Idempotency-Key`: sent twice, done once; also when they meet, when the client leaves, and when the
//! process is killed.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use super::program::{Program, Start};
use super::{SHOP, eventually};
use crate::harness::JSON_API;
use crate::harness::databases::Database;
use crate::harness::http::{Client, Response};

const MARY: &str = r#"{"data":{"type":"customers","attributes":{"name":"Mary"}}}"#;
const ROSE: &str = r#"{"data":{"type":"customers","attributes":{"name":"Rose"}}}"#;
const ATOMIC: &str = "application/vnd.api+json;ext=\"https://jsonapi.org/ext/atomic\"";
const ON: &str = "[server]\nidempotency_keys = \"24h\"\n";
const TIMEOUT: Duration = Duration::from_secs(20);

struct Shop {
    program: Program,
    client: Client,
    database: Database,
    folder: TempDir,
}

impl Shop {
    fn start(configuration: &str) -> Self {
        Self::start_with(configuration, &["--writable"])
    }

    fn start_with(configuration: &str, args: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("docent.toml"), configuration).unwrap();
        let database = Database::file(SHOP);
        let mut program = Start::serve(&database.path(), args).within(folder.path()).spawn();
        let client = program.client();
        Self { program, client, database, folder }
    }

    fn start_again(&mut self) {
        self.program =
            Start::serve(&self.database.path(), &["--writable"]).within(self.folder.path()).spawn();
        self.client = self.program.client();
    }

    #[track_caller]
    fn post(&mut self, path: &str, key: &str, body: &str) -> Response {
        post(&mut self.client, path, key, body)
    }

    /// How many customers there are besides the first two.
    fn created(&self) -> u32 {
        let sql = "SELECT count(*) - 2 FROM customers";
        self.database.sqlite().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    fn side_file(&self) -> PathBuf {
        self.database.path().with_file_name("test.db-docent")
    }

    /// Keeps every change waiting until the connection is dropped.
    fn lock(&self) -> Connection {
        let other = self.database.sqlite();
        other.busy_timeout(TIMEOUT).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        other
    }

    /// Waits until the request with the only key there is holds it.
    fn is_held(&self) {
        eventually("the key is held", TIMEOUT, || {
            let side = Connection::open(self.side_file()).unwrap();
            let held = side.query_row("SELECT count(*) FROM request_keys WHERE head IS NULL", [], |row| {
                row.get::<_, u32>(0)
            });
            held == Ok(1)
        });
    }
}

#[track_caller]
fn post(client: &mut Client, path: &str, key: &str, body: &str) -> Response {
    let content_type = if path == "/operations" { ATOMIC } else { JSON_API };
    let headers = [("Content-Type", content_type), ("Idempotency-Key", key)];
    client.send("POST", path, &headers, Some(body.as_bytes()))
}

/// Everything of an answer that has to be the same again.
fn said(response: &Response) -> (u16, String, Vec<Option<&str>>) {
    let names = ["content-type", "location", "etag", "preference-applied", "allow"];
    (response.status, response.text(), names.map(|name| response.header(name)).to_vec())
}

#[track_caller]
fn assert_refused(response: &Response, status: u16, code: &str) {
    let error = &response.json()["errors"][0];
    assert_eq!((response.status, &error["code"]), (status, &Value::from(code)), "{error}");
    assert_eq!(error["source"]["header"], "Idempotency-Key");
}

#[test]
fn a_request_sent_again_is_answered_again() {
    let mut shop = Shop::start(ON);
    let first = shop.post("/customers", "k-1", MARY);
    assert_eq!(first.status, 201, "{}", first.text());
    assert_eq!(said(&shop.post("/customers", "k-1", MARY)), said(&first));
    assert_eq!(said(&shop.post("/customers", "\"k-1\"", MARY)), said(&first), "a structured field");
    assert_eq!(shop.created(), 1);
    // Another key is another request.
    assert_eq!(shop.post("/customers", "k-2", MARY).status, 201);
    assert_eq!(shop.created(), 2);
    // What was created is changed since: what is said again is what was said then.
    shop.database.sqlite().execute_batch("UPDATE customers SET name = 'Countess' WHERE id = 3").unwrap();
    assert_eq!(said(&shop.post("/customers", "k-1", MARY)), said(&first));
}

#[test]
fn minimal_answers_and_those_without_content_are_given_again() {
    let mut shop = Shop::start(ON);
    let headers = [("Content-Type", JSON_API), ("Idempotency-Key", "a"), ("Prefer", "return=minimal")];
    let first = shop.client.send("POST", "/customers", &headers, Some(MARY.as_bytes()));
    assert_eq!((first.status, first.header("preference-applied")), (204, Some("return=minimal")));
    assert!(first.header("location").is_some());
    let again = shop.client.send("POST", "/customers", &headers, Some(MARY.as_bytes()));
    assert_eq!((said(&again), shop.created()), (said(&first), 1));

    let members = r#"{"data":[{"type":"orders","id":"3"}]}"#;
    let path = "/customers/1/relationships/orders";
    let first = shop.post(path, "b", members);
    assert_eq!(first.status, 204, "{}", first.text());
    shop.database.sqlite().execute_batch("UPDATE orders SET customer_id = 2 WHERE id = 3").unwrap();
    assert_eq!(said(&shop.post(path, "b", members)), said(&first));
    let sql = "SELECT customer_id FROM orders WHERE id = 3";
    let customer: u32 = shop.database.sqlite().query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(customer, 2, "it was not done again");
}

#[test]
fn operations_are_done_once() {
    let mut shop = Shop::start(ON);
    let add = |name: &str| {
        format!(r#"{{"op":"add","data":{{"type":"customers","attributes":{{"name":"{name}"}}}}}}"#)
    };
    let body = format!(r#"{{"atomic:operations":[{},{}]}}"#, add("Mary"), add("Rose"));
    let first = shop.post("/operations", "k", &body);
    assert_eq!(first.status, 200, "{}", first.text());
    assert_eq!(first.json()["atomic:results"].as_array().unwrap().len(), 2);
    assert_eq!(said(&shop.post("/operations", "k", &body)), said(&first));
    assert_eq!(shop.created(), 2);
    assert_refused(
        &shop.post("/operations", "k", &body.replace("Rose", "Rosa")),
        422,
        "idempotency-key-reused",
    );
}

#[test]
fn a_key_belongs_to_one_request() {
    let mut shop = Shop::start(ON);
    assert_eq!(shop.post("/customers", "k", MARY).status, 201);
    for (path, body) in [("/customers", ROSE), ("/customers?include=orders", MARY), ("/orders", MARY)] {
        assert_refused(&shop.post(path, "k", body), 422, "idempotency-key-reused");
    }
    assert_eq!(shop.created(), 1);
}

#[test]
fn a_request_that_failed_leaves_its_key_free() {
    let mut shop = Shop::start(ON);
    let nameless = r#"{"data":{"type":"customers","attributes":{"name":null}}}"#;
    for _ in 0..2 {
        assert_eq!(shop.post("/customers", "k", nameless).status, 422);
    }
    shop.database.sqlite().execute_batch("CREATE UNIQUE INDEX names ON customers (name)").unwrap();
    let taken = MARY.replace("Mary", "Ada");
    assert_eq!(shop.post("/customers", "k", &taken).status, 409, "refused by the database itself");
    assert_eq!(shop.post("/customers", "k", MARY).status, 201);
    assert_eq!(shop.created(), 1);
}

#[test]
fn keys_have_a_form() {
    let mut shop = Shop::start(ON);
    let long = "k".repeat(256);
    for key in ["", "\"\"", "\"open", "\"a\"b", "a\tb", "ключ", &long] {
        assert_refused(&shop.post("/customers", key, MARY), 400, "invalid-idempotency-key");
    }
    assert_eq!(shop.created(), 0);
    assert_eq!(shop.post("/customers", &long[1..], MARY).status, 201);
}

#[test]
fn two_requests_that_meet_are_one() {
    let mut shop = Shop::start(ON);
    let lock = shop.lock();
    let mut other = shop.program.client();
    let first = std::thread::spawn(move || post(&mut other, "/customers", "k", MARY));
    shop.is_held();
    let second = shop.post("/customers", "k", MARY);
    assert_refused(&second, 409, "idempotency-in-progress");
    assert!(second.header("retry-after").is_some());
    assert_refused(&shop.post("/customers", "k", ROSE), 422, "idempotency-key-reused");
    drop(lock);
    let first = first.join().unwrap();
    assert_eq!(first.status, 201, "{}", first.text());
    assert_eq!(said(&shop.post("/customers", "k", MARY)), said(&first));
    assert_eq!(shop.created(), 1);
}

#[test]
fn of_many_that_meet_each_is_done_once() {
    const KEYS: u32 = 40;
    let mut shop = Shop::start(ON);
    let clients: Vec<_> = (0..8).map(|_| shop.program.client()).collect();
    let threads = clients.into_iter().map(|mut client| {
        std::thread::spawn(move || {
            for key in 0..KEYS {
                let response = post(&mut client, "/customers", &format!("k{key}"), MARY);
                assert!(matches!(response.status, 201 | 409), "{}", response.text());
            }
        })
    });
    threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(shop.created(), KEYS);
}

#[test]
fn a_client_that_left_learns_what_became_of_it() {
    let mut shop = Shop::start(ON);
    let lock = shop.lock();
    let request = format!(
        "POST /customers HTTP/1.1\r\nhost: a.test\r\ncontent-type: {JSON_API}\r\nidempotency-key: k\r\n\
         content-length: {}\r\n\r\n{MARY}",
        MARY.len()
    );
    assert_eq!(shop.client.raw(request.as_bytes(), Duration::from_millis(300)), b"");
    shop.is_held();
    // The server has noticed that the client is gone.
    std::thread::sleep(Duration::from_millis(300));
    drop(lock);
    eventually("the request is done", TIMEOUT, || shop.created() == 1);
    let mut answer = shop.post("/customers", "k", MARY);
    eventually("there is an answer", TIMEOUT, || {
        answer = shop.post("/customers", "k", MARY);
        answer.status != 409
    });
    assert_eq!((answer.status, shop.created()), (201, 1), "{}", answer.text());
}

#[test]
fn answers_are_kept_for_a_time() {
    let mut shop = Shop::start("[server]\nidempotency_keys = \"1s\"\n");
    let first = shop.post("/customers", "k", MARY);
    std::thread::sleep(Duration::from_millis(1_100));
    let second = shop.post("/customers", "k", MARY);
    assert_eq!((first.status, second.status, shop.created()), (201, 201, 2));
    assert_ne!(first.header("location"), second.header("location"));
}

#[test]
fn what_was_answered_is_answered_again_after_a_crash() {
    let mut shop = Shop::start(ON);
    let first = shop.post("/customers", "k", MARY);
    assert_eq!(first.status, 201);
    shop.program.signal("KILL");
    shop.program.wait(TIMEOUT).unwrap();
    shop.start_again();
    let again = shop.post("/customers", "k", MARY);
    // Each start has a port of its own, so that the links show that the answer is the one of then.
    assert_eq!((said(&again), shop.created()), (said(&first), 1));
    shop.program.signal("TERM");
    assert!(shop.program.wait(TIMEOUT).unwrap().success());
    shop.start_again();
    assert_eq!(said(&shop.post("/customers", "k", MARY)), said(&first));
}

#[test]
fn what_a_crash_interrupted_is_not_done_again_unasked() {
    let mut shop = Shop::start(ON);
    let lock = shop.lock();
    let request = format!(
        "POST /customers HTTP/1.1\r\nhost: a.test\r\ncontent-type: {JSON_API}\r\nidempotency-key: k\r\n\
         content-length: {}\r\n\r\n{MARY}",
        MARY.len()
    );
    assert_eq!(shop.client.raw(request.as_bytes(), Duration::from_millis(300)), b"");
    shop.is_held();
    shop.program.signal("KILL");
    shop.program.wait(TIMEOUT).unwrap();
    drop(lock);
    shop.start_again();
    for _ in 0..2 {
        assert_refused(&shop.post("/customers", "k", MARY), 409, "idempotency-outcome-unknown");
    }
    assert_refused(&shop.post("/customers", "k", ROSE), 422, "idempotency-key-reused");
    assert_eq!(shop.post("/customers", "k-2", MARY).status, 201);
    assert_eq!(shop.created(), 1);
}

#[test]
fn keys_mean_nothing_unless_configured() {
    let mut shop = Shop::start("");
    for key in ["k", "k", "\"", "k"] {
        assert_eq!(shop.post("/customers", key, MARY).status, 201);
    }
    assert_eq!(shop.created(), 4);
    assert!(!shop.side_file().exists());
}

#[test]
fn keys_mean_nothing_to_other_methods() {
    let mut shop = Shop::start(ON);
    let renamed = r#"{"data":{"type":"customers","id":"1","attributes":{"name":"Countess"}}}"#;
    let headers = [("Content-Type", JSON_API), ("Idempotency-Key", "\"")];
    for (method, path, body) in [("PATCH", "/customers/1", renamed), ("DELETE", "/orders/1", "")] {
        let response = shop.client.send(method, path, &headers, Some(body.as_bytes()));
        assert!(matches!(response.status, 200 | 204), "{}", response.text());
    }
}

#[test]
fn a_server_that_only_reads_has_no_side_file() {
    let mut shop = Shop::start_with(ON, &[]);
    assert_eq!(shop.post("/customers", "k", MARY).status, 405);
    assert!(!shop.side_file().exists());
}

#[test]
fn of_a_long_answer_there_remains_where_to_look() {
    let mut shop = Shop::start(ON);
    let body = MARY.replace("Mary", &"m".repeat(70_000));
    let first = shop.post("/customers", "k", &body);
    assert_eq!(first.status, 201);
    let again = shop.post("/customers", "k", &body);
    assert_eq!((again.status, &again.body[..]), (204, &b""[..]));
    assert_eq!(again.header("location"), first.header("location"));
    assert!(again.header("location").is_some());
    assert_eq!(shop.created(), 1);
}

#[test]
fn the_side_file_is_no_part_of_what_is_served() {
    let mut shop = Shop::start(ON);
    assert!(shop.side_file().exists(), "a place that cannot be written is found out at the start");
    assert_eq!(shop.post("/customers", "k", MARY).status, 201);
    let tables: u32 = shop
        .database
        .sqlite()
        .query_row("SELECT count(*) FROM sqlite_schema WHERE type = 'table'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 2);
}

#[test]
fn a_side_file_that_cannot_be_used_is_found_out_at_the_start() {
    let database = Database::file(SHOP);
    let side = database.path().with_file_name("test.db-docent");
    std::fs::write(&side, "something else, and long enough to be no empty database").unwrap();
    let configuration = database.path().with_file_name("docent.toml");
    std::fs::write(&configuration, ON).unwrap();
    let args = ["--writable", "--config", configuration.to_str().unwrap()];
    let ended = Start::serve(&database.path(), &args).run();
    assert_eq!(ended.status.code(), Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("test.db-docent"), "{}", ended.stderr);
}
