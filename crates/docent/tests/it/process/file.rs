//! The database file goes away, comes back, or is replaced by another.

use std::time::Duration;

use super::program::Start;
use super::{SHOP, eventually};
use crate::harness::databases::Database;
use crate::harness::http::Client;

/// How soon the program notices what happened to its file.
const NOTICED: Duration = Duration::from_secs(5);

fn statuses(client: &mut Client) -> [u16; 2] {
    ["/health/ready", "/customers"].map(|path| client.get(path).status)
}

#[test]
fn a_vanished_file_is_unavailable_until_it_is_back() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let mut client = program.client();
    assert_eq!(statuses(&mut client), [200, 200]);
    let elsewhere = database.path().with_extension("gone");
    std::fs::rename(database.path(), &elsewhere).unwrap();
    eventually("it is unavailable", NOTICED, || statuses(&mut client) == [503, 503]);
    let response = client.get("/customers/1");
    assert_eq!(response.json()["errors"][0]["code"], "database-unavailable", "{}", response.text());
    assert!(response.header("retry-after").is_some());
    let directory = database.path().parent().unwrap().display().to_string();
    assert!(!response.text().contains(&directory), "file paths are nobody's business: {}", response.text());
    assert_eq!(client.get("/health/live").status, 200, "the process is well");
    std::fs::rename(&elsewhere, database.path()).unwrap();
    eventually("it is available again", NOTICED, || statuses(&mut client) == [200, 200]);
}

#[test]
fn a_replaced_file_is_served_instead() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let mut client = program.client();
    assert_eq!(client.get("/customers/1").json()["data"]["attributes"]["name"], "Ada");
    let other = Database::file(
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
         CREATE TABLE invoices (id INTEGER PRIMARY KEY);
         INSERT INTO customers VALUES (1, 'Edith', 'Turin');",
    );
    // Only within one file system does renaming replace at once.
    let beside = database.path().with_extension("new");
    std::fs::copy(other.path(), &beside).unwrap();
    std::fs::rename(&beside, database.path()).unwrap();
    eventually("the other file is served", NOTICED, || {
        let response = client.get("/customers/1");
        response.status == 200 && response.json()["data"]["attributes"]["city"] == "Turin"
    });
    eventually("its schema as well", NOTICED, || {
        client.get("/invoices").status == 200 && client.get("/orders").status == 404
    });
}

#[test]
fn a_replaced_file_is_served_even_if_the_old_one_has_just_been_written() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let mut client = program.client();
    assert_eq!(client.get("/customers/1").status, 200);
    // What is written now stays in the log beside the file, as the program has the file open.
    let other = database.sqlite();
    other.execute("UPDATE customers SET name = 'Augusta'", []).unwrap();
    other.close().unwrap();
    let new = Database::file(&SHOP.replace("'Ada'", "'Edith'"));
    let beside = database.path().with_extension("new");
    std::fs::copy(new.path(), &beside).unwrap();
    std::fs::rename(&beside, database.path()).unwrap();
    // The log of the old file must not be taken for the new one's: it would bring the old rows back.
    eventually("the other file is served", NOTICED, || {
        client.get("/customers/1").json()["data"]["attributes"]["name"] == "Edith"
    });
    program.signal("TERM");
    assert!(program.wait(NOTICED).is_some());
    let kept: String =
        database.sqlite().query_row("SELECT name FROM customers WHERE id = 1", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, "Edith");
}

#[test]
fn an_empty_file_is_a_database_without_types() {
    let database = Database::file("");
    std::fs::write(database.path(), "").unwrap();
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let mut client = program.client();
    assert_eq!([client.get("/").status, client.get("/customers").status], [200, 404]);
    database.sqlite().execute_batch(SHOP).unwrap();
    eventually("tables come", NOTICED, || client.get("/customers").status == 200);
}

#[test]
fn changed_rows_are_served_at_once() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let mut client = program.client();
    let tag = client.get("/customers/1").header("etag").unwrap().to_owned();
    database.sqlite().execute("UPDATE customers SET name = 'Augusta' WHERE id = 1", []).unwrap();
    let response = client.get("/customers/1");
    assert_eq!(response.json()["data"]["attributes"]["name"], "Augusta");
    assert_ne!(response.header("etag"), Some(tag.as_str()));
}

#[test]
fn a_writable_file_gets_write_ahead_logging() {
    let database = Database::file(SHOP);
    let mode =
        || -> String { database.sqlite().query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap() };
    assert_eq!(mode(), "delete");
    let mut program = Start::serve(&database.path(), &[]).spawn();
    program.url();
    assert_eq!(mode(), "wal");
}
