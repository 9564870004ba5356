//! A schema that changes while the program runs is noticed by itself, and no request fails meanwhile.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use super::program::Start;
use super::{SHOP, eventually};
use crate::harness::databases::Database;
use crate::harness::http::Client;

/// How soon a change is noticed.
const NOTICED: Duration = Duration::from_secs(3);

/// Requests that are made one after the other until stopped, with how often each status came.
struct Load {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<BTreeMap<u16, (usize, String)>>,
}

impl Load {
    /// Asks for each of the paths in turn.
    fn start(address: SocketAddr, paths: &'static [&'static str]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut client = Client::new(address);
            let mut statuses = BTreeMap::new();
            while !stopped.load(Ordering::Relaxed) {
                for path in paths {
                    let response = client.get(path);
                    let (count, last) = statuses.entry(response.status).or_insert((0, String::new()));
                    *count += 1;
                    *last = format!("{path}: {}", response.text());
                }
                // The machine has more to do than this.
                std::thread::sleep(Duration::from_millis(1));
            }
            statuses
        });
        Self { stop, thread }
    }

    /// Fails unless every status was one of these.
    #[track_caller]
    fn had_only(self, allowed: &[u16]) {
        self.stop.store(true, Ordering::Relaxed);
        let statuses = self.thread.join().unwrap();
        let others: Vec<_> = statuses.iter().filter(|(status, _)| !allowed.contains(status)).collect();
        assert!(others.is_empty(), "{others:?}");
        assert!(statuses.contains_key(&200), "{statuses:?}");
    }
}

fn attributes(client: &mut Client, path: &str) -> Value {
    client.get(path).json()["data"]["attributes"].clone()
}

#[test]
fn columns_come_and_go() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let paths = &["/orders?include=customer", "/customers/1", "/customers?sort=-name&page%5Bsize%5D=1"];
    let load = Load::start(program.address(), paths);
    let mut client = program.client();
    let other = database.sqlite();
    for round in 0..2 {
        other.execute_batch("ALTER TABLE customers ADD COLUMN city TEXT DEFAULT 'Turin'").unwrap();
        eventually(&format!("the column is there, round {round}"), NOTICED, || {
            attributes(&mut client, "/customers/1")["city"] == "Turin"
        });
        other.execute_batch("ALTER TABLE customers DROP COLUMN city").unwrap();
        eventually(&format!("the column is gone, round {round}"), NOTICED, || {
            attributes(&mut client, "/customers/1").get("city").is_none()
        });
    }
    load.had_only(&[200]);
}

#[test]
fn tables_come_and_go() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let load = Load::start(program.address(), &["/refunds", "/refunds/1?include=order", "/orders/1"]);
    let mut client = program.client();
    let other = database.sqlite();
    for round in 0..2 {
        other
            .execute_batch(
                "BEGIN;
                 CREATE TABLE refunds (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders(id));
                 INSERT INTO refunds VALUES (1, 2);
                 COMMIT",
            )
            .unwrap();
        eventually(&format!("the table is there, round {round}"), NOTICED, || {
            client.get("/refunds/1?include=order").status == 200
                && client.get("/orders/2/refunds").json()["data"][0]["id"] == "1"
        });
        other.execute_batch("DROP TABLE refunds").unwrap();
        eventually(&format!("the table is gone, round {round}"), NOTICED, || {
            client.get("/refunds/1").status == 404 && client.get("/orders/2/refunds").status == 404
        });
    }
    load.had_only(&[200, 404]);
}

#[test]
fn a_renamed_column_is_a_renamed_attribute() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let load = Load::start(program.address(), &["/customers", "/customers?fields%5Bcustomers%5D=name"]);
    let mut client = program.client();
    database.sqlite().execute_batch("ALTER TABLE customers RENAME COLUMN name TO full_name").unwrap();
    eventually("the attribute has its new name", NOTICED, || {
        attributes(&mut client, "/customers/1") == serde_json::json!({"full_name": "Ada"})
    });
    load.had_only(&[200]);
}

#[test]
fn the_openapi_document_follows() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let mut client = program.client();
    assert!(!client.get("/openapi.json").text().contains("refunds"));
    database.sqlite().execute_batch("CREATE TABLE refunds (id INTEGER PRIMARY KEY)").unwrap();
    eventually("it has the new type", NOTICED, || {
        client.send("GET", "/openapi.json", &[("Accept", "*/*")], None).text().contains("refunds")
    });
    assert_eq!(client.get("/schemas/refunds").status, 200);
    assert!(client.get("/").json()["links"].get("refunds").is_some());
}

#[test]
fn a_permission_that_does_not_fit_any_more_gives_nothing() {
    let database = Database::file(SHOP);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("docent.toml");
    let permission =
        "[[roles.anonymous.allow]]\ntypes = ['orders']\nactions = ['read']\nwhere = { note = 'first' }\n";
    std::fs::write(&file, permission).unwrap();
    let mut program = Start::serve(&database.path(), &["--config", file.to_str().unwrap()]).spawn();
    let mut client = program.client();
    assert_eq!(client.get("/orders").json()["data"].as_array().map(Vec::len), Some(1));
    database.open().execute("ALTER TABLE orders RENAME COLUMN note TO remark");
    eventually("nobody sees orders", NOTICED, || client.get("/orders").status == 403);
    assert!(program.stderr().contains("orders has no field \"note\""), "{}", program.stderr());
    database.open().execute("ALTER TABLE orders RENAME COLUMN remark TO note");
    eventually("the permission fits again", NOTICED, || client.get("/orders").status == 200);
}
