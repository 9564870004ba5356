//! One read-only connection: opening it, and running a program on it.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement as Prepared, ToSql};

use super::guard::{Guard, Limits, Stop};
use super::settings::Settings;
use crate::error::Error;
use crate::program::{Program, Query};
use crate::value::{Cell, Row, Value};

/// Distinct statements kept prepared per connection.
const STATEMENTS_KEPT: usize = 256;

/// How a file has to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// The file can be written by someone: ordinary locking.
    Shared,
    /// The file and its directory cannot be written by anyone: no locks, no log.
    Immutable,
}

/// A connection that only reads.
#[derive(Debug)]
pub(super) struct Reader {
    connection: Connection,
    guard: Guard,
    /// How long a lock is waited for.
    lock_wait: Duration,
    _open: Open,
    /// Which opening of the file it belongs to.
    pub(super) generation: u64,
    /// When it was used last for a cheap read.
    pub(super) last_run: Option<Instant>,
}

/// Counts a connection for as long as it is open.
#[derive(Debug)]
pub(super) struct Open(Arc<AtomicUsize>);

impl Open {
    pub(super) fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Open(Arc::clone(count))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// How a run ended.
pub(super) struct Ran {
    pub(super) result: Result<(), Error>,
    pub(super) stopped: Option<Stop>,
    pub(super) statements: u32,
}

/// Opens the file for reading.
pub(super) fn connect(path: &Path, access: Access) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let uri = file_uri(path, access);
    let connection = match access {
        Access::Shared => Connection::open_with_flags(&uri, flags | OpenFlags::SQLITE_OPEN_READ_WRITE),
        Access::Immutable => Connection::open_with_flags(&uri, flags | OpenFlags::SQLITE_OPEN_READ_ONLY),
    }?;
    super::collations::register(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    // A view or a generated column of someone's database has no business calling anything but plain functions.
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

fn file_uri(path: &Path, access: Access) -> String {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => {
                use std::fmt::Write;
                // Writing to a string cannot fail.
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    if access == Access::Immutable {
        uri.push_str("?immutable=1");
    }
    uri
}

impl Reader {
    pub(super) fn open(
        settings: &Settings,
        access: Access,
        generation: u64,
        lock_wait: Duration,
        count: &Arc<AtomicUsize>,
    ) -> rusqlite::Result<Self> {
        let open = Open::new(count);
        let mut connection = connect(&settings.path, access)?;
        connection.busy_timeout(lock_wait)?;
        // Plans must not depend on the values bound, or SQLite prepares a statement anew at each change of a LIMIT.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "cache_size", -settings.cache_kib)?;
        connection.pragma_update(None, "mmap_size", settings.mmap_bytes)?;
        connection.pragma_update(None, "temp_store", "memory")?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        rusqlite::vtab::array::load_module(&connection)?;
        super::functions::register(&connection)?;
        let guard = Guard::install(&mut connection)?;
        Ok(Reader { connection, guard, lock_wait, _open: open, generation, last_run: None })
    }

    /// Runs a program in one snapshot.
    pub(super) fn run<P: Program>(&mut self, program: &mut P, limits: Limits, now: Instant) -> Ran {
        let time_left = limits.deadline.saturating_duration_since(now);
        self.guard.set(Some(limits));
        let mut statements = 0;
        let mut result = self.waiting_for(time_left, || self.run_in_snapshot(program, &mut statements));
        let stopped = if result.is_err() { self.guard.stopped() } else { None };
        self.guard.set(None);
        if let Some(stop) = stopped {
            result = Err(match stop {
                Stop::Cancelled => Error::Cancelled,
                Stop::Deadline | Stop::NotCheap => Error::Deadline { statements },
            });
        }
        Ran { result, stopped, statements }
    }

    /// Waits for no lock longer than that meanwhile.
    fn waiting_for(&self, time_left: Duration, run: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        if time_left >= self.lock_wait {
            return run();
        }
        self.connection.busy_timeout(time_left).map_err(classify)?;
        let result = run();
        result.and(self.connection.busy_timeout(self.lock_wait).map_err(classify))
    }

    fn run_in_snapshot<P: Program>(&self, program: &mut P, statements: &mut u32) -> Result<(), Error> {
        if !program.needs_snapshot() {
            return self.run_waves(program, statements);
        }
        self.execute("BEGIN")?;
        let result = self.run_waves(program, statements);
        // Nothing was written: either way of ending the transaction only gives the snapshot back.
        let ended = self.execute("COMMIT").or_else(|_| self.execute("ROLLBACK"));
        result.and(ended)
    }

    fn execute(&self, sql: &str) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached(sql).map_err(classify)?;
        statement.raw_execute().map(|_| ()).map_err(classify)
    }

    fn run_waves<P: Program>(&self, program: &mut P, statements: &mut u32) -> Result<(), Error> {
        let mut wave = Vec::new();
        loop {
            wave.clear();
            program.next(&mut wave);
            if wave.is_empty() {
                return Ok(());
            }
            for (index, query) in wave.iter().enumerate() {
                if *statements > 0 && self.guard.must_stop() {
                    return Err(Error::Cancelled);
                }
                *statements += 1;
                self.run_query(program, index, query)?;
            }
        }
    }

    fn run_query<P: Program>(&self, program: &mut P, index: usize, query: &Query) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached(&query.statement.sql).map_err(classify)?;
        // A statement names only the parameters it needs; those behind its last one are another statement's.
        let needed = statement.parameter_count();
        for (position, value) in query.parameters.iter().take(needed).enumerate() {
            bind(&mut statement, position + 1, value)?;
        }
        let width = statement.column_count();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(classify)? {
            with_cells(row, width, |cells| program.row(index, cells));
        }
        Ok(())
    }

    /// Lets a caller look at the schema with this connection.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }
}

/// Reads every cell of a row, once, and hands them over: without an allocation where they are few.
pub(super) fn with_cells(row: &rusqlite::Row<'_>, width: usize, take: impl FnOnce(&Row<'_>)) {
    match width {
        0..=8 => with_at_most::<8>(row, width, take),
        9..=24 => with_at_most::<24>(row, width, take),
        _ => take(&(0..width).map(|index| cell_at(row, index)).collect::<Vec<_>>()),
    }
}

fn with_at_most<const N: usize>(row: &rusqlite::Row<'_>, width: usize, take: impl FnOnce(&Row<'_>)) {
    let mut cells = [Cell::Null; N];
    for (index, cell) in cells[..width].iter_mut().enumerate() {
        *cell = cell_at(row, index);
    }
    take(&cells[..width]);
}

fn cell_at<'row>(row: &'row rusqlite::Row<'_>, index: usize) -> Cell<'row> {
    match row.get_ref(index) {
        Ok(ValueRef::Integer(number)) => Cell::Integer(number),
        Ok(ValueRef::Real(number)) => Cell::Real(number),
        Ok(ValueRef::Text(text)) => Cell::Text(text),
        Ok(ValueRef::Blob(bytes)) => Cell::Blob(bytes),
        Ok(ValueRef::Null) | Err(_) => Cell::Null,
    }
}

struct Borrowed<'a>(ValueRef<'a>);

impl ToSql for Borrowed<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(self.0))
    }
}

pub(super) fn bind(statement: &mut Prepared<'_>, position: usize, value: &Value) -> Result<(), Error> {
    let borrowed = match value {
        Value::Null => ValueRef::Null,
        Value::Integer(number) => ValueRef::Integer(*number),
        Value::Real(number) => ValueRef::Real(*number),
        Value::Text(text) | Value::Timestamp(text) => ValueRef::Text(text.as_bytes()),
        Value::TextBytes(bytes) => ValueRef::Text(bytes),
        Value::Blob(bytes) => ValueRef::Blob(bytes),
        Value::List(items) => {
            let mut list = Vec::with_capacity(items.len());
            for item in items {
                push_list_item(&mut list, item);
            }
            return statement.raw_bind_parameter(position, Rc::new(list)).map_err(classify);
        }
        Value::Rows(rows) => {
            let json = super::keys::rows_as_json(rows)?;
            return statement.raw_bind_parameter(position, json).map_err(classify);
        }
    };
    statement.raw_bind_parameter(position, Borrowed(borrowed)).map_err(classify)
}

fn push_list_item(list: &mut Vec<rusqlite::types::Value>, item: &Value) {
    use rusqlite::types::Value as Item;
    if let Value::Timestamp(text) = item {
        // Stored with a space or with a `T`: both are this moment.
        list.push(Item::Text(text.replace('T', " ")));
    }
    list.push(match item {
        Value::Integer(number) => Item::Integer(*number),
        Value::Real(number) => Item::Real(*number),
        Value::Text(text) | Value::Timestamp(text) => Item::Text(text.clone()),
        Value::Blob(bytes) => Item::Blob(bytes.clone()),
        // A list cannot hold text that is not UTF-8. Better found nowhere than taken for another.
        Value::TextBytes(_) | Value::Null | Value::List(_) | Value::Rows(_) => Item::Null,
    });
}

/// What a failure of SQLite means for the caller.
#[allow(clippy::needless_pass_by_value, reason = "it is what `map_err` hands over")]
pub(super) fn classify(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy(text),
        Some(ErrorCode::OperationInterrupted) => Error::Cancelled,
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::NotADatabase
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::PermissionDenied,
        ) => Error::Unavailable(text),
        Some(ErrorCode::SchemaChanged) => Error::SchemaChanged(text),
        // SQLite has no code of its own for a name that is gone.
        _ if ["no such table", "no such column", "no such module"].iter().any(|gone| text.contains(gone)) => {
            Error::SchemaChanged(text)
        }
        _ => Error::Failed(text),
    }
}
