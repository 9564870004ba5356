//! A connection that reads nothing and holds the lock of readers, so that those who do read need not ask for it.
//!
//! Each read of a file with write-ahead logging takes a lock from the kernel and gives it back, and while one thread
//! does, SQLite lets the process's other threads wait. Where a connection of the same process holds that lock already,
//! it is only counted. What is read is as new as ever: every read still looks for what was committed last.
//!
//! As long as somebody reads what a log contains, it cannot begin anew, and as long as somebody reads the file alone,
//! the log cannot be copied into it. So the lock is held only while reads follow closely upon one another, is taken anew
//! each moment, for what the log contains by then, and is left alone for a while after somebody wrote.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::Shared;
use super::reader::{self, Access, Open, classify};
use crate::error::Error;
use crate::lock::lock;

/// Reads of one thread that are no further apart follow closely upon one another.
const CLOSE: Duration = Duration::from_millis(1);

/// How long the lock is held at once: so long whoever wants to empty the log may have to wait.
const MOMENT: Duration = Duration::from_millis(50);

/// How long it is left alone where somebody wrote, or where it cannot be held.
const REST: Duration = Duration::from_secs(1);

/// What readers and the thread that holds tell each other.
#[derive(Debug, Default)]
pub(super) struct Wish {
    is_wanted: AtomicBool,
    is_over: AtomicBool,
    thread: OnceLock<Thread>,
}

impl Wish {
    /// Tells of a read, and of the thread's one before.
    pub(super) fn read(&self, before: Option<Instant>, now: Instant) {
        let is_close = before.is_some_and(|before| now.saturating_duration_since(before) < CLOSE);
        // Looked at first: a processor that only reads what it has at hand waits for no other.
        if is_close && !self.is_wanted.load(Ordering::Relaxed) && !self.is_wanted.swap(true, Ordering::AcqRel)
        {
            self.wake();
        }
    }

    /// Lets the thread look whether it has to end or to close its connection.
    pub(super) fn wake(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }
}

/// The thread that holds; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Hold {
    wish: Arc<Wish>,
    thread: Option<JoinHandle<()>>,
}

impl Hold {
    pub(super) fn start(shared: &Arc<Shared>) -> Result<Self, Error> {
        let wish = Arc::clone(&shared.wish);
        let weak = Arc::downgrade(shared);
        let thread = std::thread::Builder::new()
            .name("sqlite-hold".to_owned())
            .spawn({
                let wish = Arc::clone(&wish);
                move || hold(&weak, &wish)
            })
            .map_err(|error| {
                Error::Failed(format!("cannot start the thread that holds the lock: {error}"))
            })?;
        // Nobody else sets it.
        let _ = wish.thread.set(thread.thread().clone());
        Ok(Hold { wish, thread: Some(thread) })
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.wish.is_over.store(true, Ordering::Release);
        self.wish.wake();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has closed its connection too.
            let _ = thread.join();
        }
    }
}

fn hold(shared: &Weak<Shared>, wish: &Wish) {
    let mut holder = None;
    let mut rests_until = None;
    while !wish.is_over.load(Ordering::Acquire) {
        let Some(shared) = shared.upgrade() else { return };
        let generation = shared.generation.load(Ordering::Acquire);
        // One of an earlier opening keeps the file from being opened anew.
        holder = holder.filter(|holder: &Holder| holder.generation == generation);
        let rest = rests_until.map(|until: Instant| until.saturating_duration_since(Instant::now()));
        if let Some(rest) = rest.filter(|rest| !rest.is_zero()) {
            drop(shared);
            std::thread::park_timeout(rest);
        } else if !wish.is_wanted.load(Ordering::Acquire) {
            drop(shared);
            std::thread::park();
        } else {
            wish.is_wanted.store(false, Ordering::Release);
            let opened = holder.take().map_or_else(|| Holder::open(&shared, generation), Ok);
            drop(shared);
            let held = opened.and_then(|opened| holder.insert(opened).hold());
            rests_until = (!matches!(held, Ok(true))).then(|| Instant::now() + REST);
            if held.is_err() {
                holder = None;
            }
        }
    }
}

/// The connection that holds.
struct Holder {
    connection: Connection,
    /// Changes when another connection has written.
    data_version: Option<i64>,
    _open: Open,
    generation: u64,
}

impl Holder {
    /// Fails where the file has no write-ahead log: whoever reads such a file keeps others from writing.
    fn open(shared: &Shared, generation: u64) -> Result<Self, Error> {
        let no_log = || Error::Failed("the file has no write-ahead log".to_owned());
        let access = *lock(&shared.access);
        if access == Access::Immutable {
            return Err(no_log());
        }
        shared.check_identity()?;
        let open = Open::new(&shared.open_readers);
        let connection = reader::connect(&shared.settings.path, access).map_err(classify)?;
        let mode: String =
            connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(classify)?;
        if mode != "wal" {
            return Err(no_log());
        }
        Ok(Holder { connection, data_version: None, _open: open, generation })
    }

    /// Holds the lock for a moment; not if somebody has written since the last one.
    fn hold(&mut self) -> Result<bool, Error> {
        let snapshot = self.connection.unchecked_transaction().map_err(classify)?;
        let version =
            snapshot.pragma_query_value(None, "data_version", |row| row.get(0)).map_err(classify)?;
        let before = self.data_version.replace(version);
        let is_quiet = before.is_none_or(|before| before == version);
        if is_quiet {
            std::thread::sleep(MOMENT);
        }
        snapshot.commit().map_err(classify)?;
        Ok(is_quiet)
    }
}
