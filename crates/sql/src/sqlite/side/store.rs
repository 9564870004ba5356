//! The side file itself: its one table, and the statements on it.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use super::super::file::{self, Identity};
use super::super::reader::classify;
use super::{Bounds, Key};
use crate::error::Error;
use crate::keys::KeptAnswer;

/// Tells a side file from other databases: "Dcnt".
const APPLICATION_ID: i32 = 0x4463_6e74;
/// Changes with the table.
const VERSION: i32 = 1;

const TABLES: &str = "
    CREATE TABLE request_keys (
        id INTEGER PRIMARY KEY,
        scope TEXT NOT NULL,
        key TEXT NOT NULL,
        digest BLOB NOT NULL,
        -- Milliseconds since 1970: of the claim, later of the answer.
        noted_at INTEGER NOT NULL,
        -- Without one nobody knows how the request ended.
        head TEXT,
        body BLOB,
        body_bytes INTEGER NOT NULL DEFAULT 0,
        UNIQUE (scope, key)
    ) STRICT;
    CREATE INDEX request_keys_by_age ON request_keys (noted_at, body_bytes);";

/// How long another process's transaction is waited for.
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Expired keys forgotten at once.
const EXPIRED_AT_ONCE: u32 = 4_096;

/// The file, open.
pub(super) struct Store {
    connection: Connection,
    path: PathBuf,
    identity: Identity,
    /// No less than what there is: what is forgotten is subtracted only when everything is counted again.
    keys: Cell<i64>,
    body_bytes: Cell<i64>,
}

/// What the file has of a key.
pub(super) struct Known {
    pub(super) digest: u128,
    pub(super) answer: Option<KeptAnswer>,
}

impl Store {
    /// Opens the file, which is made if it is not there.
    pub(super) fn open(bounds: &Bounds) -> Result<Self, Error> {
        let path = bounds.path();
        let failed = |what: String| Error::Unavailable(format!("{}: {what}", path.display()));
        make(&path, &bounds.served).map_err(|error| failed(error.to_string()))?;
        let connection = connect(&path).map_err(|error| failed(error.to_string()))?;
        match version(&connection).map_err(|error| failed(error.to_string()))? {
            Some(VERSION) => {}
            Some(_) => return Err(failed("it was made by another version of Docent".to_owned())),
            None => return Err(failed("it is something else than a side file of Docent".to_owned())),
        }
        let identity = file::identity(&path).map_err(|error| failed(error.to_string()))?;
        let store = Store { connection, path, identity, keys: Cell::new(0), body_bytes: Cell::new(0) };
        store.count().map_err(failure)?;
        Ok(store)
    }

    /// Whether it is the file that is found under its name.
    pub(super) fn is_current(&self) -> bool {
        file::identity(&self.path).is_ok_and(|identity| identity == self.identity)
    }

    pub(super) fn begin(&self) -> Result<(), Error> {
        self.execute("BEGIN IMMEDIATE")
    }

    pub(super) fn commit(&self) -> Result<(), Error> {
        self.execute("COMMIT")
    }

    fn execute(&self, sql: &str) -> Result<(), Error> {
        self.connection.execute_batch(sql).map_err(failure)
    }

    /// What is known of a key that has not expired.
    pub(super) fn look_up(&self, key: &Key, remembered: Duration) -> Result<Option<Known>, Error> {
        let sql =
            "SELECT digest, head, body FROM request_keys WHERE scope = ?1 AND key = ?2 AND noted_at > ?3";
        let read = |row: &rusqlite::Row<'_>| {
            let digest: [u8; 16] = row.get(0)?;
            let head: Option<String> = row.get(1)?;
            let body = row.get(2)?;
            Ok(Known {
                digest: u128::from_be_bytes(digest),
                answer: head.map(|head| KeptAnswer { head, body }),
            })
        };
        let parameters = params![key.0, key.1, oldest(remembered)];
        let found =
            self.connection.prepare_cached(sql).and_then(|mut it| it.query_row(parameters, read).optional());
        found.map_err(failure)
    }

    /// Notes that a request under this key is about to begin. An expired one makes room.
    pub(super) fn claim(&self, key: &Key, digest: u128) -> Result<(), Error> {
        let sql =
            "INSERT OR REPLACE INTO request_keys (scope, key, digest, noted_at) VALUES (?1, ?2, ?3, ?4)";
        self.keys.set(self.keys.get() + 1);
        self.change(sql, params![key.0, key.1, digest.to_be_bytes(), now()])
    }

    /// Notes how a request was answered.
    pub(super) fn keep(&self, key: &Key, digest: u128, answer: &KeptAnswer) -> Result<(), Error> {
        let bytes = answer.body.as_ref().map_or(0, |body| i64::try_from(body.len()).unwrap_or(i64::MAX));
        self.body_bytes.set(self.body_bytes.get().saturating_add(bytes));
        // The row may be gone: another process may have forgotten it, or somebody has taken the file away.
        let sql = "INSERT OR REPLACE INTO request_keys (scope, key, digest, noted_at, head, body, body_bytes)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let parameters = params![key.0, key.1, digest.to_be_bytes(), now(), answer.head, answer.body, bytes];
        self.change(sql, parameters)
    }

    /// Forgets a key whose request has changed nothing.
    pub(super) fn release(&self, key: &Key) -> Result<(), Error> {
        let sql = "DELETE FROM request_keys WHERE scope = ?1 AND key = ?2 AND head IS NULL";
        self.change(sql, params![key.0, key.1])
    }

    fn change(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<(), Error> {
        let changed = self.connection.prepare_cached(sql).and_then(|mut it| it.execute(parameters));
        changed.map(|_| ()).map_err(failure)
    }

    /// Forgets what has expired, and the oldest where there is too much.
    pub(super) fn tidy(&self, remembered: Duration, bounds: &Bounds) -> Result<(), Error> {
        let sql = "DELETE FROM request_keys WHERE id IN
                   (SELECT id FROM request_keys WHERE noted_at <= ?1 ORDER BY noted_at LIMIT ?2)";
        self.change(sql, params![oldest(remembered), EXPIRED_AT_ONCE])?;
        if self.keys.get() <= bounds.keys_max && self.body_bytes.get() <= bounds.body_bytes_max {
            return Ok(());
        }
        self.count().map_err(failure)?;
        if self.body_bytes.get() > bounds.body_bytes_max {
            let room = bounds.body_bytes_max / 100;
            self.drop_bodies(self.body_bytes.get() - bounds.body_bytes_max + room).map_err(failure)?;
        }
        if self.keys.get() > bounds.keys_max {
            let excess = self.keys.get() - bounds.keys_max + bounds.keys_max / 100;
            tracing::warn!(excess, "there are too many keys: the oldest are forgotten before their time");
            let sql = "DELETE FROM request_keys WHERE id IN
                       (SELECT id FROM request_keys ORDER BY noted_at LIMIT ?1)";
            self.change(sql, [excess])?;
        }
        self.count().map_err(failure)
    }

    /// Drops the oldest bodies until there is so much room. The keys stay.
    fn drop_bodies(&self, mut bytes: i64) -> rusqlite::Result<()> {
        let mut oldest = self.connection.prepare_cached(
            "SELECT id, body_bytes FROM request_keys WHERE body_bytes > 0 ORDER BY noted_at",
        )?;
        let mut chosen = Vec::new();
        let mut rows = oldest.query([])?;
        while bytes > 0
            && let Some(row) = rows.next()?
        {
            chosen.push(row.get::<_, i64>(0)?);
            bytes -= row.get::<_, i64>(1)?;
        }
        drop(rows);
        let mut drop_body = self
            .connection
            .prepare_cached("UPDATE request_keys SET body = NULL, body_bytes = 0 WHERE id = ?1")?;
        for id in chosen {
            drop_body.execute([id])?;
        }
        Ok(())
    }

    fn count(&self) -> rusqlite::Result<()> {
        let sql = "SELECT count(*), coalesce(sum(body_bytes), 0) FROM request_keys";
        let (keys, bytes) = self.connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.keys.set(keys);
        self.body_bytes.set(bytes);
        Ok(())
    }
}

/// Makes the file, if it is not there, for those to read who may read the served one.
fn make(path: &Path, served: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    match options.open(path) {
        Ok(made) => made.set_permissions(std::fs::metadata(served)?.permissions()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(LOCK_WAIT)?;
    Ok(connection)
}

/// The version of the table, which an empty file is given; nothing if the file is another program's.
fn version(connection: &Connection) -> rusqlite::Result<Option<i32>> {
    let is_empty: bool =
        connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
    if is_empty {
        connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        // Another process may be doing the same.
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let is_empty: bool =
            connection.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| row.get(0))?;
        if is_empty {
            connection.execute_batch(TABLES)?;
            connection.pragma_update(None, "application_id", APPLICATION_ID)?;
            connection.pragma_update(None, "user_version", VERSION)?;
        }
        connection.execute_batch("COMMIT")?;
    }
    // A claim that was answered has to be there whatever happens.
    connection.pragma_update(None, "synchronous", "FULL")?;
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let is_own = number("application_id")? == APPLICATION_ID;
    Ok(if is_own { Some(number("user_version")?) } else { None })
}

/// When a key was noted that expires now.
fn oldest(remembered: Duration) -> i64 {
    now().saturating_sub(i64::try_from(remembered.as_millis()).unwrap_or(i64::MAX))
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A lock passes; with anything else no key can be claimed for now.
fn failure(error: rusqlite::Error) -> Error {
    match classify(error) {
        busy @ Error::Busy(_) => busy,
        other => Error::Unavailable(format!("the side file: {other}")),
    }
}
