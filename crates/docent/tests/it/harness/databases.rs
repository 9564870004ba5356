//! Databases to serve, of the engine under test, each described once as a SQLite script and handed out as copies: a test
//! may do with its copy what it likes.
//!
//! On other engines they are mirrors of what SQLite makes of the script; `source` is then that SQLite database.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

use super::connection::Connection;
use super::engine::Engine;
use super::mirror::{self, Mirror, Reader, Use};

/// The music shop: CamelCase names, a self reference, a join table, money.
pub(crate) const CHINOOK: &str = include_str!("../../data/chinook/chinook_sqlite.sql");

/// The trading company: text keys, a name with a space, a composite key, views, pictures.
pub(crate) const NORTHWIND: &str = include_str!("../../data/northwind/northwind_sqlite.sql");

/// The film rental: many tables, cyclic foreign keys, triggers, views; no rows.
pub(crate) const SAKILA: &str = include_str!("../../data/sakila/sakila_sqlite_schema.sql");

/// Everything SQLite allows and nobody expects.
const NASTY: &str = include_str!("../../data/nasty/nasty.sql");

/// A database of one test, removed when dropped.
#[derive(Debug)]
pub(crate) struct Database {
    /// Holds the SQLite database: the one under test, or what the mirror mirrors.
    directory: TempDir,
    mirror: Option<Mirror>,
}

#[allow(dead_code, reason = "a harness offers more than each test run uses")]
impl Database {
    /// The music shop.
    #[track_caller]
    pub(crate) fn chinook() -> Self {
        Self::shared(CHINOOK)
    }

    /// The trading company.
    #[track_caller]
    pub(crate) fn northwind() -> Self {
        Self::shared(NORTHWIND)
    }

    /// The film rental.
    #[track_caller]
    pub(crate) fn sakila() -> Self {
        Self::shared(SAKILA)
    }

    /// Everything SQLite allows and nobody expects: always a SQLite file, as nothing else can hold it.
    #[track_caller]
    pub(crate) fn nasty() -> Self {
        Self::file(NASTY)
    }

    /// A SQLite file made by this script, whichever engine is under test.
    #[track_caller]
    pub(crate) fn file(script: &str) -> Self {
        Self::on(Engine::Sqlite, script)
    }

    /// A database made by this script.
    #[track_caller]
    pub(crate) fn from_script(script: &str) -> Self {
        Self::on(Engine::under_test(), script)
    }

    /// The same for a test that changes nothing: it may be another test's database too.
    #[track_caller]
    pub(crate) fn shared(script: &str) -> Self {
        Self::new(Engine::under_test(), script, true)
    }

    /// A database of that engine.
    #[track_caller]
    pub(crate) fn on(engine: Engine, script: &str) -> Self {
        Self::new(engine, script, false)
    }

    /// A database of that engine, for a test that changes nothing, with rows in the form that all engines keep: even
    /// SQLite, which would keep others too.
    #[track_caller]
    pub(crate) fn canonical(engine: Engine, script: &str) -> Self {
        Self::of_bytes(engine, script, true, true)
    }

    /// A database that no other test makes, so that nothing of it is kept.
    #[track_caller]
    pub(crate) fn once(script: &str) -> Self {
        let engine = Engine::under_test();
        Self::of_built(engine, script, &build(script, engine.is_strict()), Use::Once)
    }

    #[track_caller]
    fn new(engine: Engine, script: &str, is_shared: bool) -> Self {
        Self::of_bytes(engine, script, is_shared, engine.is_strict())
    }

    #[track_caller]
    fn of_bytes(engine: Engine, script: &str, is_shared: bool, is_canonical: bool) -> Self {
        let usage = if is_shared { Use::Shared } else { Use::Copied };
        Self::of_built(engine, script, &bytes(script, is_canonical), usage)
    }

    #[track_caller]
    fn of_built(engine: Engine, script: &str, bytes: &[u8], usage: Use) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("test.db");
        std::fs::write(&file, bytes).unwrap();
        let mirror = engine.is_strict().then(|| {
            let source = rusqlite::Connection::open(&file).unwrap();
            Mirror::new(engine, script, &source, usage)
        });
        Self { directory, mirror }
    }

    /// What `docent serve` is given: a file or a URL.
    pub(crate) fn location(&self) -> String {
        match &self.mirror {
            Some(mirror) => mirror.url(),
            None => self.path().to_str().unwrap().to_owned(),
        }
    }

    /// The file, of SQLite alone.
    #[track_caller]
    pub(crate) fn path(&self) -> PathBuf {
        assert!(self.mirror.is_none(), "there is no file");
        self.source_path()
    }

    /// A connection of the test's own.
    #[track_caller]
    pub(crate) fn open(&self) -> Connection {
        if let Some(mirror) = &self.mirror {
            return mirror.open();
        }
        let connection = self.sqlite();
        connection.busy_timeout(Duration::from_secs(10)).unwrap();
        Connection::Sqlite(connection)
    }

    /// A connection of the test's own, for tests of SQLite alone.
    #[track_caller]
    pub(crate) fn sqlite(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).unwrap()
    }

    /// The SQLite database that was mirrored; with SQLite, the database itself. What a test changes in a mirror does not
    /// show here.
    pub(crate) fn source(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.source_path()).unwrap()
    }

    /// Reads rows in the form in which SQLite stores them.
    #[track_caller]
    pub(crate) fn reader(&self) -> Reader {
        Reader::new(&self.source(), self.open())
    }

    /// The file of `source`.
    pub(crate) fn source_path(&self) -> PathBuf {
        self.directory.path().join("test.db")
    }
}

/// The bytes of the SQLite database, built once per process.
#[track_caller]
fn bytes(script: &str, is_canonical: bool) -> Arc<Vec<u8>> {
    type Built = HashMap<(String, bool), Arc<Vec<u8>>>;
    static BUILT: Mutex<Option<Built>> = Mutex::new(None);
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let built = built.get_or_insert_default();
    let entry = built.entry((script.to_owned(), is_canonical));
    Arc::clone(entry.or_insert_with(|| Arc::new(build(script, is_canonical))))
}

/// Runs the script in memory and returns the bytes of the database file.
#[track_caller]
fn build(script: &str, is_canonical: bool) -> Vec<u8> {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    // The scripts also run queries: their rows are of no interest.
    if let Err(error) = connection.execute_batch(script.trim_start_matches('\u{feff}')) {
        let error: String = error.to_string().chars().take(400).collect();
        panic!("the script does not run: {error} …");
    }
    if is_canonical {
        mirror::make_canonical(&connection);
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("built.db");
    vacuum_into(&connection, &file);
    std::fs::read(&file).unwrap()
}

fn vacuum_into(connection: &rusqlite::Connection, file: &Path) {
    connection.execute("VACUUM INTO ?1", [file.to_str().unwrap()]).unwrap();
}
