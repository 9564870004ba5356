//! The program as a process: how it starts and ends, what it does on signals, when its database changes, goes away or
//! hangs, when clients are slow or leave, and what it needs of the machine.

mod check;
mod clients;
mod command_line;
mod configuration;
mod deadline;
mod drain;
mod file;
mod inspect;
mod limits;
mod locks;
mod memory;
mod program;
mod readonly;
mod reload;
mod schema;

use std::time::{Duration, Instant};

/// Waits until it is so; fails the test if it does not become so in time.
#[track_caller]
fn eventually(what: &str, timeout: Duration, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + timeout;
    while !is_so() {
        assert!(Instant::now() < deadline, "not within {timeout:?}: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A database of two small tables, in rollback-journal mode as a fresh file is.
const SHOP: &str = "
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE orders (
        id INTEGER PRIMARY KEY, note TEXT, customer_id INTEGER NOT NULL REFERENCES customers(id));
    INSERT INTO customers VALUES (1, 'Ada'), (2, 'Grace');
    INSERT INTO orders VALUES (1, 'first', 1), (2, NULL, 1), (3, 'third', 2);
";

/// A database whose view `counts` takes as many steps to read as `steps` says: about a million in a tenth of a second
/// to a second.
fn slow_script(steps: u64) -> String {
    format!(
        "CREATE TABLE quick (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
         INSERT INTO quick VALUES (1, 'one'), (2, 'two');
         CREATE TABLE steps (id INTEGER PRIMARY KEY, number INTEGER NOT NULL);
         INSERT INTO steps VALUES (1, {steps});
         CREATE VIEW counts AS
             WITH RECURSIVE count(id) AS (
                 SELECT 1 UNION ALL SELECT id + 1 FROM count WHERE id < (SELECT number FROM steps))
             SELECT id, 'x' AS name FROM count;"
    )
}

/// More steps than any machine takes in the time of a test.
const ENDLESS: u64 = 1_000_000_000_000;

/// What the configuration must say for `counts` to be served.
const SLOW_TYPES: &str = "[types.counts]\nkey = [\"id\"]\n";
