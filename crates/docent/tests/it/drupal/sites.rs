//! The recorded site's database on each engine, in each of the settings it was recorded in.

use std::path::Path;
use std::process::Command;

use rusqlite::OptionalExtension as _;
use tempfile::TempDir;

use crate::harness::connection::{Connection, Stored};
use crate::harness::engine::Engine;
use crate::harness::mirror::{Mirror, Use};

/// A kind of database the site is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Sqlite,
    MariaDb,
}

/// The setting of most recordings: the database as it is.
const AS_IT_IS: &str = "fresh dump";

/// A configuration object, and the parts of it that are replaced by others.
struct Change {
    name: &'static str,
    replaced: &'static [(&'static str, &'static str)],
}

/// What was changed before the recordings of each other setting.
const STATES: [(&str, Change); 4] = [
    (
        "fresh dump, module basic_auth uninstalled",
        Change {
            name: "core.extension",
            replaced: &[("\"module\";a:55:", "\"module\";a:54:"), ("s:10:\"basic_auth\";i:0;", "")],
        },
    ),
    (
        "fresh dump, system.performance cache.page.max_age = 300",
        Change { name: "system.performance", replaced: &[("\"max_age\";i:0;", "\"max_age\";i:300;")] },
    ),
    (
        "fresh dump, system.date timezone.default = Europe/Paris",
        Change {
            name: "system.date",
            replaced: &[("s:7:\"default\";s:3:\"UTC\";", "s:7:\"default\";s:12:\"Europe/Paris\";")],
        },
    ),
    (
        "fresh dump, jsonapi.settings read_only = true",
        Change { name: "jsonapi.settings", replaced: &[("\"read_only\";b:0;", "\"read_only\";b:1;")] },
    ),
];

/// The site's database, as it was recorded.
pub(super) enum Site {
    Sqlite(TempDir, Vec<u8>),
    MariaDb(Mirror),
}

impl Site {
    /// Unpacks the database of that kind from the folder of the recordings.
    #[track_caller]
    pub(super) fn new(kind: Kind, folder: &Path) -> Self {
        match kind {
            Kind::Sqlite => {
                Self::Sqlite(tempfile::tempdir().unwrap(), unpacked(&folder.join("umami.sqlite.gz")))
            }
            Kind::MariaDb => {
                let dump = String::from_utf8(unpacked(&folder.join("umami.sql.gz"))).unwrap();
                Self::MariaDb(Mirror::original(Engine::MariaDb, &dump, Use::Once))
            }
        }
    }

    /// Runs with the database in that setting; what is handed over is what `docent serve` is given.
    #[track_caller]
    pub(super) fn in_state<T>(&self, state: &str, run: impl FnOnce(&str) -> T) -> T {
        let change = (state != AS_IT_IS).then(|| {
            let found = STATES.iter().find(|(name, _)| *name == state);
            &found.unwrap_or_else(|| panic!("how is this setting made? {state}")).1
        });
        match self {
            Self::Sqlite(folder, bytes) => {
                let file = folder.path().join("site.sqlite");
                for suffix in ["-wal", "-shm"] {
                    let _ = std::fs::remove_file(folder.path().join(format!("site.sqlite{suffix}")));
                }
                std::fs::write(&file, bytes).unwrap();
                if let Some(change) = change {
                    change_file(&rusqlite::Connection::open(&file).unwrap(), change);
                }
                run(file.to_str().unwrap())
            }
            Self::MariaDb(mirror) => {
                let mut connection = mirror.open();
                let before = change.map(|change| change_row(&mut connection, change));
                let outcome = run(&mirror.url());
                if let (Some(change), Some(before)) = (change, before) {
                    write_row(&mut connection, change.name, &before);
                }
                outcome
            }
        }
    }
}

fn unpacked(file: &Path) -> Vec<u8> {
    let output = Command::new("gunzip").arg("-c").arg(file).output().unwrap();
    assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn change_file(connection: &rusqlite::Connection, change: &Change) {
    // The collation of the key is not there, so the row is found by comparing bytes.
    let sql =
        "SELECT rowid, data FROM config WHERE CAST(collection AS BLOB) = x'' AND CAST(name AS BLOB) = ?1";
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?));
    let found = connection.query_row(sql, [change.name.as_bytes()], row).optional().unwrap();
    let (id, data) = found.unwrap_or_else(|| panic!("no configuration {}", change.name));
    let data = changed(&data, change);
    let updated = connection.execute("UPDATE config SET data = ?1 WHERE rowid = ?2", (data, id));
    assert_eq!(updated.unwrap(), 1);
}

/// Changes a row; returns what it was before.
fn change_row(connection: &mut Connection, change: &Change) -> Vec<u8> {
    let sql = format!("SELECT data FROM config WHERE collection = '' AND name = '{}'", change.name);
    let before = match connection.query(&sql).remove(0).remove(0) {
        Stored::Text(text) => text.into_bytes(),
        Stored::Blob(bytes) => bytes,
        other => panic!("no bytes: {other:?}"),
    };
    write_row(connection, change.name, &changed(&before, change));
    before
}

fn write_row(connection: &mut Connection, name: &str, data: &[u8]) {
    use std::fmt::Write as _;
    let hex = data.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    connection
        .execute(&format!("UPDATE config SET data = x'{hex}' WHERE collection = '' AND name = '{name}'"));
}

#[track_caller]
fn changed(data: &[u8], change: &Change) -> Vec<u8> {
    let mut text = String::from_utf8(data.to_vec()).unwrap();
    for (from, to) in change.replaced {
        assert_eq!(text.matches(from).count(), 1, "{} in {}: {text}", from, change.name);
        text = text.replace(from, to);
    }
    text.into_bytes()
}
