//! SQLite databases to serve, each built once per process from its SQL script and handed out as copies: a test may
//! do with its copy what it likes.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rusqlite::Connection;
use tempfile::TempDir;

/// A database file of one test, removed when dropped.
#[derive(Debug)]
pub(crate) struct Database {
    directory: TempDir,
}

#[allow(dead_code, reason = "a harness offers more than each test run uses")]
impl Database {
    /// The music shop: CamelCase names, a self reference, a join table, money.
    pub(crate) fn chinook() -> Self {
        static FILE: OnceLock<Vec<u8>> = OnceLock::new();
        Self::copy_of(&FILE, include_str!("../../data/chinook/chinook_sqlite.sql"))
    }

    /// The trading company: text keys, a name with a space, a composite key, views, pictures.
    pub(crate) fn northwind() -> Self {
        static FILE: OnceLock<Vec<u8>> = OnceLock::new();
        Self::copy_of(&FILE, include_str!("../../data/northwind/northwind_sqlite.sql"))
    }

    /// The film rental: many tables, cyclic foreign keys, triggers, views; no rows.
    pub(crate) fn sakila() -> Self {
        static FILE: OnceLock<Vec<u8>> = OnceLock::new();
        Self::copy_of(&FILE, include_str!("../../data/sakila/sakila_sqlite_schema.sql"))
    }

    /// Everything SQLite allows and nobody expects.
    pub(crate) fn nasty() -> Self {
        static FILE: OnceLock<Vec<u8>> = OnceLock::new();
        Self::copy_of(&FILE, include_str!("../../data/nasty/nasty.sql"))
    }

    /// A database made by this script.
    pub(crate) fn from_script(script: &str) -> Self {
        Self::from_bytes(&build(script))
    }

    /// The file.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.path().join("test.db")
    }

    /// A connection of the test's own.
    pub(crate) fn open(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    fn copy_of(file: &OnceLock<Vec<u8>>, script: &str) -> Self {
        Self::from_bytes(file.get_or_init(|| build(script)))
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("test.db"), bytes).unwrap();
        Self { directory }
    }
}

/// Runs the script in memory and returns the bytes of the database file.
fn build(script: &str) -> Vec<u8> {
    let connection = Connection::open_in_memory().unwrap();
    // The scripts also run queries: their rows are of no interest.
    if let Err(error) = connection.execute_batch(script.trim_start_matches('\u{feff}')) {
        let error: String = error.to_string().chars().take(400).collect();
        panic!("the script does not run: {error} …");
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("built.db");
    vacuum_into(&connection, &file);
    std::fs::read(&file).unwrap()
}

fn vacuum_into(connection: &Connection, file: &Path) {
    connection.execute("VACUUM INTO ?1", [file.to_str().unwrap()]).unwrap();
}
