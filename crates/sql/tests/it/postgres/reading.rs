//! Reads and writes given as SQL text, and what came of them.

use std::time::Instant;

use docent_sql::{
    Cell, Cost, Error, Next, Program, Query, ReadOutcome, Row, Transaction, Value, Violation, WriteOutcome,
    postgres,
};

use super::server::Scratch;
use crate::support::{Script, in_seconds, query};

/// A program that runs its waves one after another and notes the rows.
pub(crate) struct Reading {
    waves: Vec<Vec<Query>>,
    position: usize,
    is_snapshot: bool,
    /// Called before each wave, with its number.
    at_wave: Option<Box<dyn FnMut(usize) + Send>>,
    /// Each as `query:cell,cell`.
    pub(crate) rows: Vec<String>,
    pub(crate) restarts: usize,
}

impl Reading {
    pub(crate) fn new(waves: Vec<Vec<Query>>) -> Self {
        let is_snapshot = waves.iter().map(Vec::len).sum::<usize>() > 1;
        Reading { waves, position: 0, is_snapshot, at_wave: None, rows: Vec::new(), restarts: 0 }
    }

    /// One statement.
    pub(crate) fn one(sql: &str, parameters: Vec<Value>) -> Self {
        Reading::new(vec![vec![query(sql, parameters)]])
    }

    pub(crate) fn at_wave(mut self, call: impl FnMut(usize) + Send + 'static) -> Self {
        self.at_wave = Some(Box::new(call));
        self
    }
}

impl Program for Reading {
    fn next(&mut self, wave: &mut Vec<Query>) {
        let Some(queries) = self.waves.get(self.position) else { return };
        if let Some(call) = &mut self.at_wave {
            call(self.position);
        }
        self.position += 1;
        wave.extend(queries.iter().cloned());
    }

    fn row(&mut self, query: usize, row: &Row<'_>) {
        let cells: Vec<String> = row.iter().map(shown).collect();
        self.rows.push(format!("{query}:{}", cells.join(",")));
    }

    fn restart(&mut self) {
        self.position = 0;
        self.rows.clear();
        self.restarts += 1;
    }

    fn needs_snapshot(&self) -> bool {
        self.is_snapshot
    }
}

/// A cell with what tells it from other kinds.
pub(crate) fn shown(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null => "NULL".to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => format!("{number:?}f"),
        Cell::Text(bytes) => format!("'{}'", String::from_utf8_lossy(bytes)),
        Cell::Blob(bytes) => format!("{bytes:02x?}"),
    }
}

/// The same database behind the pooler that `DOCENT_TEST_PGBOUNCER` names, if it names one: a URL like
/// `postgres://user@localhost:6432`, of one that gives each transaction another session.
fn behind_pooler(url: String) -> String {
    let Ok(pooler) = std::env::var("DOCENT_TEST_PGBOUNCER") else { return url };
    let (_, place) = url.split_once("://").unwrap();
    let (_, database) = place.split_once('/').unwrap();
    format!("{}/{database}", pooler.trim_end_matches('/'))
}

/// The database, served by the adapter itself; through a pooler, if there is one, where it expects nothing of sessions.
pub(crate) fn opened(scratch: &Scratch, adapt: impl FnOnce(&mut postgres::Settings)) -> postgres::Adapter {
    let mut settings = postgres::Settings::new(scratch.url.clone());
    settings.writable = true;
    adapt(&mut settings);
    if !settings.prepared {
        settings.url = behind_pooler(settings.url);
    }
    postgres::Adapter::open(settings).unwrap()
}

/// What a program read, and how.
pub(crate) async fn read(
    adapter: &postgres::Adapter,
    program: Reading,
    cost: Cost,
    deadline: Instant,
) -> (Reading, ReadOutcome) {
    let (program, outcome) = adapter.read(program, cost, deadline, None).await;
    (program.unwrap(), outcome)
}

/// The rows of one statement, joined.
pub(crate) async fn rows(adapter: &postgres::Adapter, sql: &str, parameters: Vec<Value>) -> String {
    let (read, outcome) = read(adapter, Reading::one(sql, parameters), Cost::Cheap, in_seconds(10)).await;
    outcome.result.unwrap();
    let rows: Vec<&str> = read.rows.iter().map(|row| row.trim_start_matches("0:")).collect();
    rows.join(" ")
}

/// Why a statement cannot be read.
pub(crate) async fn failure(adapter: &postgres::Adapter, sql: &str, deadline: Instant) -> Error {
    let (_, outcome) = read(adapter, Reading::one(sql, vec![]), Cost::Heavy, deadline).await;
    outcome.result.unwrap_err()
}

pub(crate) async fn write(adapter: &postgres::Adapter, script: Script) -> (Script, WriteOutcome) {
    let (script, outcome) = adapter.write(script, in_seconds(10)).await;
    (script.unwrap(), outcome)
}

/// A transaction whose decisions depend on what it reads.
pub(crate) struct Conditional(pub(crate) Script);

impl Transaction for Conditional {
    fn next(&mut self, wave: &mut Vec<Query>) -> Next {
        self.0.next(wave)
    }

    fn row(&mut self, query: usize, row: &Row<'_>) {
        self.0.row(query, row);
    }

    fn changed(&mut self, query: usize, rows: u64, generated: Option<i64>) {
        self.0.changed(query, rows, generated);
    }

    fn refused(&mut self, query: Option<usize>, violation: Violation) {
        self.0.refused(query, violation);
    }

    fn is_conditional(&self) -> bool {
        true
    }

    fn restart(&mut self) {
        self.0.restart();
    }
}
