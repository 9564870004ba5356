//! Reads and writes given as SQL text, and what came of them.

use std::sync::Arc;
use std::time::Instant;

use docent_sql::render::Statement;
use docent_sql::statement::Parameter;
use docent_sql::{
    Cell, Cost, Error, Next, Program, Query, ReadOutcome, Row, Transaction, Value, Violation, WriteOutcome,
    mysql,
};

use crate::support::in_seconds;

/// A statement whose placeholders take the parameters in turn.
pub(crate) fn query(sql: &str, parameters: Vec<Value>) -> Query {
    let placeholders = 0..u16::try_from(parameters.len()).unwrap();
    let statement = Statement { sql: sql.to_owned(), parameters: placeholders.map(Parameter).collect() };
    Query { statement: Arc::new(statement), parameters: parameters.into() }
}

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
        self.rows.push(format!("{query}:{}", shown(row)));
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

fn shown(row: &Row<'_>) -> String {
    let cells: Vec<String> = row
        .iter()
        .map(|cell| match cell {
            Cell::Null => "NULL".to_owned(),
            Cell::Integer(number) => number.to_string(),
            Cell::Real(number) => format!("{number:?}f"),
            Cell::Text(bytes) => format!("'{}'", String::from_utf8_lossy(bytes)),
            Cell::Blob(bytes) => format!("{bytes:02x?}"),
        })
        .collect();
    cells.join(",")
}

pub(crate) async fn read(
    adapter: &mysql::Adapter,
    program: Reading,
    deadline: Instant,
) -> (Reading, ReadOutcome) {
    let (program, outcome) = adapter.read(program, Cost::Cheap, deadline).await;
    (program.unwrap(), outcome)
}

/// The rows of one statement, joined.
pub(crate) async fn rows(adapter: &mysql::Adapter, sql: &str, parameters: Vec<Value>) -> String {
    let program = Reading::new(vec![vec![query(sql, parameters)]]);
    let (read, outcome) = read(adapter, program, in_seconds(10)).await;
    outcome.result.unwrap();
    let rows: Vec<&str> = read.rows.iter().map(|row| row.trim_start_matches("0:")).collect();
    rows.join(" ")
}

/// Why a statement cannot be read.
pub(crate) async fn failure(adapter: &mysql::Adapter, sql: &str, deadline: Instant) -> Error {
    let program = Reading::new(vec![vec![query(sql, vec![])]]);
    read(adapter, program, deadline).await.1.result.unwrap_err()
}

/// A transaction that runs its waves one after another and notes what happens.
#[derive(Default)]
pub(crate) struct Script {
    waves: Vec<Vec<Query>>,
    position: usize,
    undone: bool,
    conditional: bool,
    pub(crate) rows: Vec<String>,
    /// Each as `rows` or `rows/generated`.
    pub(crate) changed: Vec<String>,
    pub(crate) refused: Option<(Option<usize>, Violation)>,
    pub(crate) restarts: usize,
    /// How often it was about to be committed.
    pub(crate) committing: usize,
}

impl Script {
    pub(crate) fn new(waves: Vec<Vec<Query>>) -> Self {
        Script { waves, ..Script::default() }
    }

    /// Statements without parameters, each a wave.
    pub(crate) fn sql(statements: &[&str]) -> Self {
        Script::new(statements.iter().map(|sql| vec![query(sql, vec![])]).collect())
    }

    pub(crate) fn undone(mut self) -> Self {
        self.undone = true;
        self
    }

    pub(crate) fn conditional(mut self) -> Self {
        self.conditional = true;
        self
    }
}

impl Transaction for Script {
    fn next(&mut self, wave: &mut Vec<Query>) -> Next {
        let Some(queries) = self.waves.get(self.position) else {
            return if self.undone { Next::RollBack } else { Next::Commit };
        };
        self.position += 1;
        wave.extend(queries.iter().cloned());
        Next::Run
    }

    fn row(&mut self, query: usize, row: &Row<'_>) {
        self.rows.push(format!("{query}:{}", shown(row)));
    }

    fn changed(&mut self, _query: usize, rows: u64, generated: Option<i64>) {
        let generated = generated.map_or_else(String::new, |number| format!("/{number}"));
        self.changed.push(format!("{rows}{generated}"));
    }

    fn refused(&mut self, query: Option<usize>, violation: Violation) {
        assert!(self.refused.replace((query, violation)).is_none(), "refused twice");
    }

    fn committing(&mut self) {
        self.committing += 1;
    }

    fn is_conditional(&self) -> bool {
        self.conditional
    }

    fn restart(&mut self) {
        self.position = 0;
        self.rows.clear();
        self.changed.clear();
        self.refused = None;
        self.restarts += 1;
    }
}

pub(crate) async fn write(adapter: &mysql::Adapter, script: Script) -> (Script, WriteOutcome) {
    let (script, outcome) = adapter.write(script, in_seconds(10)).await;
    (script.unwrap(), outcome)
}
