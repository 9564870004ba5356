//! The one connection that writes: opening it, the transactions and savepoints on it, and running statements.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::{CachedStatement, ErrorCode, MAIN_DB};

use super::super::guard::{Cheap, Guard, Limits, Stop};
use super::super::reader::{self, Access, Open, bind, with_cells};
use super::super::settings::Synchronous;
use super::super::{Shared, functions};
use super::Job;
use super::refusal::{self, Answer};
use crate::database::Ended;
use crate::error::Error;
use crate::lock::lock;
use crate::program::Query;
use crate::render::Statement;
use crate::transaction::{Next, Transaction};
use crate::violation::Violation;

/// Distinct statements kept prepared.
const STATEMENTS_KEPT: usize = 256;

/// SQLite waits that long for another process's lock before it is looked whether to go on waiting.
const LOCK_WAIT: Duration = Duration::from_millis(50);

/// The pause where SQLite does not wait for a lock by itself.
pub(super) const LOCK_PAUSE: Duration = Duration::from_millis(1);

/// Pages in the write-ahead log from which on they are copied into the file. The more there are, the more often several
/// are versions of one page, of which the last alone is copied; beyond 4 062 SQLite looks for a page in two tables.
const LOG_PAGES: u32 = 4_000;

/// A connection that writes.
pub(super) struct Connection {
    sqlite: rusqlite::Connection,
    /// Pages in the log after the last commit, until they have been seen to.
    log_pages: Arc<AtomicU32>,
    guard: Guard,
    /// Which opening of the file it belongs to.
    generation: u64,
    /// Whether the file failed under it.
    broken: Cell<bool>,
    _open: Open,
}

/// How the statements of a transaction ended, before anything is committed.
pub(super) struct Ran {
    pub(super) result: Result<Ended, Trouble>,
    pub(super) statements: u32,
}

/// Why the statements of a transaction were not run to their end.
pub(super) enum Trouble {
    /// A failure that the transaction has to be answered with.
    Failed(Error),
    /// It takes longer than others may be kept waiting.
    TooLong,
    /// It panicked and can be neither answered nor repeated.
    Panicked,
}

/// Why a commit did not happen.
pub(super) enum NotCommitted {
    /// The transaction was given up before.
    Lost,
    /// A rule that is checked at the end does not hold.
    Refused(Violation),
    /// Anything else.
    Failed(Error),
}

impl Connection {
    pub(super) fn open(shared: &Shared) -> Result<Self, Error> {
        shared.check_identity()?;
        let generation = shared.generation.load(Ordering::Acquire);
        if *lock(&shared.access) == Access::Immutable {
            return Err(Error::Unavailable("the file's folder cannot be written".to_owned()));
        }
        let open = Open::new(&shared.open_readers);
        Self::set_up(shared, generation, open).map_err(reader::classify)?.checked()
    }

    fn set_up(shared: &Shared, generation: u64, open: Open) -> rusqlite::Result<Self> {
        let settings = &shared.settings;
        let mut connection = reader::connect(&settings.path, Access::Shared)?;
        connection.busy_timeout(LOCK_WAIT)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "query_only", false)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(
            None,
            "synchronous",
            match settings.synchronous {
                Synchronous::Full => "FULL",
                Synchronous::Normal => "NORMAL",
            },
        )?;
        connection.pragma_update(None, "cache_size", -settings.cache_kib)?;
        connection.pragma_update(None, "mmap_size", settings.mmap_bytes)?;
        connection.pragma_update(None, "temp_store", "memory")?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        rusqlite::vtab::array::load_module(&connection)?;
        functions::register(&connection)?;
        let guard = Guard::install(&mut connection)?;
        let log_pages = Arc::new(AtomicU32::new(0));
        let told = Arc::clone(&log_pages);
        connection.wal_hook(Some(move |_: &mut Wal, pages| {
            told.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        let broken = Cell::new(false);
        Ok(Connection { sqlite: connection, log_pages, guard, generation, broken, _open: open })
    }

    fn checked(self) -> Result<Self, Error> {
        match self.sqlite.is_readonly(MAIN_DB) {
            Ok(false) => Ok(self),
            Ok(true) => Err(Error::Unavailable("the file cannot be written".to_owned())),
            Err(error) => Err(reader::classify(error)),
        }
    }

    /// Whether it is a connection to the file now served.
    pub(super) fn is_current(&self, shared: &Shared) -> bool {
        !self.broken.get() && self.generation == shared.generation.load(Ordering::Acquire)
    }

    /// Whether the file failed under it, so that it has to be opened anew.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.get()
    }

    /// Begins a transaction. Another process's lock makes it busy after a short wait.
    pub(super) fn begin(&self) -> Result<(), Error> {
        self.execute("BEGIN IMMEDIATE").map_err(|error| self.failure(error))
    }

    /// Makes the transaction durable, waiting for another process's lock until then. Unless it succeeds nothing is
    /// left of the transaction.
    pub(super) fn commit(&self, until: Instant, closing: &dyn Fn() -> bool) -> Result<(), NotCommitted> {
        loop {
            let Err(error) = self.execute("COMMIT") else { return Ok(()) };
            let is_of_the_disk = error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure);
            let not_committed = match self.answer(error, None) {
                Answer::Refused(violation) => NotCommitted::Refused(violation),
                Answer::Failed(Error::Busy(_)) if self.is_open() && Instant::now() < until && !closing() => {
                    std::thread::sleep(LOCK_PAUSE);
                    continue;
                }
                // It may have reached the disk all the same, and be found there after a crash.
                Answer::Failed(error) if is_of_the_disk => {
                    NotCommitted::Failed(Error::OutcomeUnknown(error.to_string()))
                }
                Answer::Failed(error) => NotCommitted::Failed(error),
            };
            self.roll_back();
            return Err(not_committed);
        }
    }

    /// Copies the log into the file, as far as nobody reads from it, when it has become long. SQLite would do so before
    /// a commit is over, while those whom it concerns wait for it; what they wait for is on disk already.
    pub(super) fn shorten_log(&self) {
        if self.log_pages.swap(0, Ordering::Relaxed) < LOG_PAGES {
            return;
        }
        let copied = self.sqlite.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = copied {
            tracing::warn!(%error, "the write-ahead log cannot be copied into the file");
        }
    }

    /// Undoes the whole transaction, if there still is one.
    pub(super) fn roll_back(&self) {
        if self.is_open()
            && let Err(error) = self.execute("ROLLBACK")
        {
            tracing::error!(%error, "a transaction cannot be rolled back");
        }
    }

    /// Whether a transaction is open. SQLite ends it by itself after some failures.
    pub(super) fn is_open(&self) -> bool {
        !self.sqlite.is_autocommit()
    }

    /// Keeps what was done since the beginning, or undoes it. Whether the transaction is still open.
    pub(super) fn keep_all(&self, keep: bool) -> bool {
        if !keep {
            self.roll_back();
        }
        self.is_open()
    }

    /// Marks where to return to.
    pub(super) fn mark(&self) -> Result<(), Error> {
        self.execute("SAVEPOINT job").map_err(|error| self.failure(error))
    }

    /// Forgets the mark, keeping what was done since, or undoing it. Whether the transaction is still whole.
    pub(super) fn forget_mark(&self, keep: bool) -> bool {
        if !self.is_open() {
            return false;
        }
        let undone = if keep { Ok(()) } else { self.execute("ROLLBACK TO job") };
        match undone.and_then(|()| self.execute("RELEASE job")) {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "a savepoint cannot be left");
                self.roll_back();
                false
            }
        }
    }

    fn answer(&self, error: rusqlite::Error, sql: Option<&str>) -> Answer {
        self.broken.set(self.broken.get() || refusal::is_of_the_file(&error));
        refusal::answer(&self.sqlite, error, sql)
    }

    fn failure(&self, error: rusqlite::Error) -> Error {
        self.broken.set(self.broken.get() || refusal::is_of_the_file(&error));
        refusal::failure(error)
    }

    fn execute(&self, sql: &str) -> rusqlite::Result<()> {
        self.sqlite.prepare_cached(sql)?.raw_execute().map(|_| ())
    }

    /// Runs the statements of a transaction; `patience` says how long, where others wait for it.
    pub(super) fn run(&self, job: &mut dyn Job, patience: Option<Duration>) -> Ran {
        let limits = Limits {
            deadline: job.ticket().deadline,
            cheap: patience.map(|time| Cheap { checks_left: u32::MAX, until: Instant::now() + time }),
            cancelled: Some(Arc::clone(&job.ticket().cancelled)),
        };
        self.guard.set(Some(limits));
        let mut statements = 0;
        // Nothing of a transaction that panicked is looked at again.
        let run = AssertUnwindSafe(|| self.run_waves(job.transaction(), &mut statements));
        let result = catch_unwind(run).unwrap_or(Err(Trouble::Panicked));
        let stopped = if result.is_err() { self.guard.stopped() } else { None };
        self.guard.set(None);
        let result = match (result, stopped) {
            (Err(Trouble::Failed(_)), Some(stop)) => Err(match stop {
                Stop::Cancelled => Trouble::Failed(Error::Cancelled),
                Stop::Deadline => Trouble::Failed(Error::Deadline { statements }),
                Stop::NotCheap => Trouble::TooLong,
            }),
            (result, _) => result,
        };
        Ran { result, statements }
    }

    fn run_waves(&self, transaction: &mut dyn Transaction, statements: &mut u32) -> Result<Ended, Trouble> {
        let mut wave = Vec::new();
        let mut last = None;
        loop {
            wave.clear();
            match transaction.next(&mut wave) {
                Next::Commit => return Ok(Ended::Committed),
                Next::RollBack => return Ok(Ended::RolledBack),
                Next::Run if wave.is_empty() => {
                    return Err(Trouble::Failed(Error::Failed("a wave without queries".to_owned())));
                }
                Next::Run => {}
            }
            for (index, query) in wave.iter().enumerate() {
                if self.guard.must_stop() {
                    return Err(Trouble::Failed(Error::Cancelled));
                }
                *statements += 1;
                match self.run_query(transaction, &mut last, index, query) {
                    Ok(()) => {}
                    Err(Answer::Failed(error)) => return Err(Trouble::Failed(error)),
                    Err(Answer::Refused(violation)) => {
                        transaction.refused(Some(index), violation);
                        return Ok(Ended::RolledBack);
                    }
                }
            }
        }
    }

    /// `last` is the statement that was run before: a run of changes that differ in their values alone looks it up once.
    fn run_query<'c>(
        &'c self,
        transaction: &mut dyn Transaction,
        last: &mut Option<(Arc<Statement>, CachedStatement<'c>)>,
        index: usize,
        query: &Query,
    ) -> Result<(), Answer> {
        let sql = query.statement.sql.as_str();
        let answer = |error| self.answer(error, Some(sql));
        let same = last.take().filter(|(of, _)| Arc::ptr_eq(of, &query.statement));
        let mut statement = match same {
            Some((_, prepared)) => prepared,
            None => self.sqlite.prepare_cached(sql).map_err(answer)?,
        };
        let needed = statement.parameter_count();
        if query.parameters.len() < needed {
            // Those not given are NULL, not what they were before.
            statement.clear_bindings();
        }
        for (position, value) in query.parameters.iter().take(needed).enumerate() {
            bind(&mut statement, position + 1, value).map_err(Answer::Failed)?;
        }
        let width = statement.column_count();
        let changes = !statement.readonly();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(answer)? {
            with_cells(row, width, |cells| transaction.row(index, cells));
        }
        drop(rows);
        *last = Some((Arc::clone(&query.statement), statement));
        if changes {
            // The rowid of the last row inserted, whatever the statement was.
            transaction.changed(index, self.sqlite.changes(), Some(self.sqlite.last_insert_rowid()));
        }
        Ok(())
    }
}
