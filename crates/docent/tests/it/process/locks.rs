//! Another program locks the database.

use std::time::Duration;

use super::program::Start;
use super::{SHOP, eventually};
use crate::harness::databases::Database;

const TIMEOUT: Duration = Duration::from_secs(10);

#[test]
fn a_lock_in_rollback_mode_passes() {
    let database = Database::file(SHOP);
    // A reader keeps the program from turning on write-ahead logging.
    let other = database.sqlite();
    other.execute_batch("BEGIN; SELECT * FROM customers").unwrap();
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let mut client = program.client();
    assert_eq!(client.get("/customers").status, 200);
    other.execute_batch("COMMIT").unwrap();
    let mode: String = other.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "delete", "the test needs a file without write-ahead logging");

    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let response = client.get("/customers");
    assert_eq!(response.status, 503, "{}", response.text());
    let error = &response.json()["errors"][0];
    assert!(["busy", "database-unavailable"].map(Into::into).contains(&error["code"]), "{error}");
    assert!(response.header("retry-after").is_some());
    other.execute_batch("UPDATE customers SET name = 'Augusta' WHERE id = 1; COMMIT").unwrap();
    eventually("the lock is gone", TIMEOUT, || client.get("/customers").status == 200);
    assert_eq!(client.get("/customers/1").json()["data"]["attributes"]["name"], "Augusta");

    // A short one is waited for.
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        other.execute_batch("COMMIT").unwrap();
    });
    assert_eq!(client.get("/customers").status, 200);
    release.join().unwrap();
}

#[test]
fn readers_do_not_wait_for_writers() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let mut client = program.client();
    assert_eq!(client.get("/customers").status, 200);
    let other = database.sqlite();
    other.execute_batch("BEGIN EXCLUSIVE; UPDATE customers SET name = 'Augusta' WHERE id = 1").unwrap();
    assert_eq!(client.get("/customers/1").json()["data"]["attributes"]["name"], "Ada");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(client.get("/customers/1").json()["data"]["attributes"]["name"], "Augusta");
}
