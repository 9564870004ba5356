//! The file itself: how it can be opened, and which file it is.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, MAIN_DB};

use super::collations;
use super::reader::{self, Access};
use super::settings::Settings;
use crate::error::Error;

/// Checks that the file is a SQLite database, turns on write-ahead logging where it can be written (readers and
/// writers then do not wait for each other), and says how to open it.
pub(super) fn prepare(settings: &Settings) -> Result<Access, Error> {
    let path = settings.path.as_path();
    if !path.is_file() {
        return Err(Error::Unavailable(format!("there is no file {}", path.display())));
    }
    let shared = try_shared(path, settings.write_ahead_log);
    let Err(error) = shared else { return Ok(Access::Shared) };
    // A file with write-ahead logging on a disk that cannot be written has no place for its index.
    if !log_is_empty(path) {
        return Err(reader::classify(error));
    }
    let immutable = reader::connect(path, Access::Immutable).and_then(|connection| probe(&connection));
    match immutable {
        Ok(()) => {
            tracing::warn!(path = %path.display(), "the file has write-ahead logging, but its folder cannot be written: \
                changes by others will not be seen");
            Ok(Access::Immutable)
        }
        Err(_) => Err(reader::classify(error)),
    }
}

fn try_shared(path: &Path, write_ahead_log: bool) -> rusqlite::Result<()> {
    let connection = Connection::open_with_flags(path, rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    collations::register(&connection)?;
    if write_ahead_log && !connection.is_readonly(MAIN_DB)? {
        // Refused while another process holds a lock, and by some file systems: reading works without it too.
        let mode =
            connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        tracing::debug!(?mode, "write-ahead logging");
    }
    probe(&connection)
}

fn probe(connection: &Connection) -> rusqlite::Result<()> {
    match connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0)) {
        Err(error) if error.sqlite_error_code() != Some(rusqlite::ErrorCode::DatabaseBusy) => Err(error),
        _ => Ok(()),
    }
}

fn log_is_empty(path: &Path) -> bool {
    std::fs::metadata(beside(path, "-wal")).map_or(true, |metadata| metadata.len() == 0)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The identity of the write-ahead log beside the file, if there is one.
pub(super) fn log_identity(path: &Path) -> Option<Identity> {
    identity(&beside(path, "-wal")).ok()
}

/// Takes away the write-ahead log of a file that is gone. SQLite leaves it, and would take it for the log of the file
/// now in its place, which it would damage.
pub(super) fn remove_log(path: &Path) {
    for suffix in ["-wal", "-shm"] {
        if let Err(error) = std::fs::remove_file(beside(path, suffix)) {
            tracing::debug!(%error, suffix, "nothing to take away");
        }
    }
}

/// Makes a new database file with a script, whole or not at all.
pub fn create(path: &Path, script: &str) -> Result<(), Error> {
    let made = Connection::open(path).and_then(|connection| {
        collations::register(&connection)?;
        connection.execute_batch(&format!("BEGIN;{script}COMMIT;"))
    });
    made.map_err(reader::classify)
}

/// What tells one file from another that takes its place under the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    inode: u64,
}

/// The identity of the file now at that path.
pub(super) fn identity(path: &Path) -> std::io::Result<Identity> {
    let metadata = std::fs::metadata(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Ok(Identity { device: metadata.dev(), inode: metadata.ino() })
    }
    #[cfg(not(unix))]
    {
        let created = metadata.created()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Ok(Identity { device: 0, inode: created.as_secs() })
    }
}
