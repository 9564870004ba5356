//! The program as a process: how it starts and ends, what it does on signals, when its database changes, goes away or
//! hangs, when clients are slow or leave, and what it needs of the machine.

mod check;
mod clients;
mod command_line;
mod configuration;
mod deadline;
mod described;
mod drain;
mod file;
mod idempotency;
mod inspect;
mod limits;
mod locks;
mod memory;
pub(crate) mod program;
mod readonly;
mod reload;
mod schema;
mod slow;
mod writes;

use std::time::{Duration, Instant};

/// Waits until it is so; fails the test if it does not become so in time.
#[track_caller]
pub(crate) fn eventually(what: &str, timeout: Duration, mut is_so: impl FnMut() -> bool) {
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

/// A database with a view, `counts`, that takes as many steps to read as `steps` says, and a table that takes none.
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

/// The URL, below the base, of one page of `counts`: all of them are read to find the last.
const SLOW_PATH: &str = "/counts?sort=-id&page%5Blimit%5D=1";

/// How many steps this machine takes in about that time, with what else it has to do now.
fn steps_in(time: Duration) -> u64 {
    const SAMPLE: u32 = 200_000;
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch(&slow_script(SAMPLE.into())).unwrap();
    let start = Instant::now();
    let last: u32 = connection.query_row("SELECT max(id) FROM counts", [], |row| row.get(0)).unwrap();
    assert_eq!(last, SAMPLE);
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap().max(1);
    u64::from(SAMPLE) * u64::try_from(time.as_micros()).unwrap() / micros
}
