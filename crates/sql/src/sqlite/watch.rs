//! Notices that the file was replaced, has vanished or come back, or has another schema.

use std::sync::{Arc, Weak};

use rusqlite::Connection;

use super::file::{self, Identity};
use super::{Shared, lock, reader};
use crate::error::Error;

pub(super) fn start(shared: &Arc<Shared>) -> Result<(), Error> {
    let weak = Arc::downgrade(shared);
    let interval = shared.settings.watch_interval;
    let mut seen = Seen::default();
    seen.look(shared);
    std::thread::Builder::new()
        .name("sqlite-watch".to_owned())
        .spawn(move || watch(&weak, interval, seen))
        .map(|_| ())
        .map_err(|error| Error::Failed(format!("cannot start the watcher: {error}")))
}

fn watch(shared: &Weak<Shared>, interval: std::time::Duration, mut seen: Seen) {
    loop {
        std::thread::sleep(interval);
        let Some(shared) = shared.upgrade() else { return };
        if seen.look(&shared) {
            shared.changes.send_modify(|count| *count += 1);
        }
    }
}

/// What the watcher saw last.
#[derive(Default)]
struct Seen {
    identity: Option<Identity>,
    connection: Option<Connection>,
    schema_version: Option<i64>,
}

impl Seen {
    /// Looks again; tells whether the schema may be another one.
    fn look(&mut self, shared: &Shared) -> bool {
        let path = &shared.settings.path;
        let identity = match file::identity(path) {
            Ok(identity) => identity,
            Err(error) => {
                self.connection = None;
                if lock(&shared.unavailable).replace(error.to_string()).is_none() {
                    tracing::error!(path = %path.display(), %error, "the database file cannot be found");
                    shared.reopen();
                }
                return false;
            }
        };
        let was_unavailable = lock(&shared.unavailable).is_some();
        let replaced = self.identity.is_some_and(|seen| seen != identity);
        if replaced || was_unavailable {
            match file::prepare(path) {
                Ok(access) => *lock(&shared.access) = access,
                Err(error) => {
                    *lock(&shared.unavailable) = Some(error.to_string());
                    return false;
                }
            }
            self.connection = None;
            shared.reopen();
            lock(&shared.unavailable).take();
            tracing::warn!(path = %path.display(), "the database file is another one now; opened it anew");
        }
        self.identity = Some(identity);
        let version = self.read_schema_version(shared);
        let changed = version.is_some() && self.schema_version.is_some() && version != self.schema_version;
        if version.is_some() {
            self.schema_version = version;
        }
        changed || replaced || was_unavailable
    }

    fn read_schema_version(&mut self, shared: &Shared) -> Option<i64> {
        if self.connection.is_none() {
            self.connection = reader::connect(&shared.settings.path, *lock(&shared.access)).ok();
        }
        let connection = self.connection.as_ref()?;
        let version = connection.pragma_query_value(None, "schema_version", |row| row.get(0));
        // A lock passes; any other failure is met again by the next request, which reports it.
        version.ok()
    }
}
