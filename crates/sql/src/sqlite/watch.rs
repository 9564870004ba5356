//! Notices that the file was replaced, has vanished or come back, or has another schema.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::file::{self, Identity};
use super::{Shared, reader};
use crate::error::Error;
use crate::lock::lock;

/// The thread that looks; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    pub(super) fn start(shared: &Arc<Shared>) -> Result<Self, Error> {
        let (stop, stopped) = mpsc::channel();
        let weak = Arc::downgrade(shared);
        let interval = shared.settings.watch_interval;
        let mut seen = Seen::default();
        seen.look(shared);
        let thread = std::thread::Builder::new()
            .name("sqlite-watch".to_owned())
            .spawn(move || watch(&weak, &stopped, interval, seen))
            .map_err(|error| Error::Failed(format!("cannot start the watcher: {error}")))?;
        Ok(Watch { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has closed its connection too.
            let _ = thread.join();
        }
    }
}

fn watch(shared: &Weak<Shared>, stopped: &mpsc::Receiver<()>, interval: Duration, mut seen: Seen) {
    while stopped.recv_timeout(interval) == Err(mpsc::RecvTimeoutError::Timeout) {
        let Some(shared) = shared.upgrade() else { return };
        if seen.look(&shared) {
            shared.changes.send_modify(|count| *count += 1);
        }
    }
}

/// What the watcher saw last.
#[derive(Default)]
struct Seen {
    /// The write-ahead log of the file served.
    log: Option<Identity>,
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
                if shared.unavailable.swap(Some(error.to_string().into())).is_none() {
                    tracing::error!(path = %path.display(), %error, "the database file cannot be found");
                    shared.reopen();
                }
                return false;
            }
        };
        if *lock(&shared.identity) != Some(identity) {
            self.connection = None;
            if shared.unavailable.load().is_none() {
                shared.unavailable.store(Some("the file was replaced".to_owned().into()));
            }
            shared.reopen();
        }
        let was_unavailable = shared.unavailable.load().is_some();
        if was_unavailable && !self.reopened(shared, identity) {
            return false;
        }
        let version = self.read_schema_version(shared);
        // After the read: a first connection makes the log.
        self.log = file::log_identity(path);
        let changed = version.is_some() && self.schema_version.is_some() && version != self.schema_version;
        if version.is_some() {
            self.schema_version = version;
        }
        changed || was_unavailable
    }

    /// Opens the file now under the name, once nothing holds the one before any more.
    fn reopened(&self, shared: &Shared, identity: Identity) -> bool {
        let path = &shared.settings.path;
        if shared.open_readers.load(Ordering::Acquire) > 0 {
            return false;
        }
        let is_another = *lock(&shared.identity) != Some(identity);
        if is_another && self.log.is_some() && self.log == file::log_identity(path) {
            file::remove_log(path);
        }
        match file::prepare(&shared.settings) {
            Ok(access) => *lock(&shared.access) = access,
            Err(error) => {
                shared.unavailable.store(Some(error.to_string().into()));
                return false;
            }
        }
        *lock(&shared.identity) = Some(identity);
        shared.unavailable.store(None);
        tracing::warn!(path = %path.display(), "the database file was away or replaced; opened it anew");
        true
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
