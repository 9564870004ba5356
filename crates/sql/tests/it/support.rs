//! A database of its own for each test, and transactions that follow a script.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use docent_sql::change::Change;
use docent_sql::render::{Dialect, Statement, render_change};
use docent_sql::statement::Parameter;
use docent_sql::{
    Cell, Cost, Database, Ended, Error, Next, Program, Query, Row, Transaction, Value, Violation,
    WriteOutcome, sqlite,
};
use tempfile::TempDir;

/// A database file, served and writable.
pub(crate) struct Served {
    pub(crate) database: Arc<Database>,
    pub(crate) folder: TempDir,
}

pub(crate) fn served(schema: &str) -> Served {
    served_with(schema, |_| {})
}

pub(crate) fn served_with(schema: &str, adapt: impl FnOnce(&mut sqlite::Settings)) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    sqlite::create(&path, schema).unwrap();
    let mut settings = sqlite::Settings::new(path);
    settings.writable = true;
    settings.watch_interval = Duration::from_millis(20);
    adapt(&mut settings);
    let database = Arc::new(Database::Sqlite(sqlite::Adapter::open(settings).unwrap()));
    Served { database, folder }
}

impl Served {
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("test.db")
    }

    /// A connection of some other program.
    pub(crate) fn other(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path()).unwrap()
    }

    /// The first column of a query's rows, joined.
    pub(crate) fn seen(&self, sql: &str) -> String {
        seen(&self.path(), sql)
    }

    /// Reads how many rows `t` has, the way requests read.
    pub(crate) async fn count(&self, cost: Cost) -> i64 {
        self.try_count(cost).await.unwrap()
    }

    pub(crate) async fn try_count(&self, cost: Cost) -> Result<i64, Error> {
        let (count, outcome) = self.database.read(Count(0, false), cost, in_seconds(10), None).await;
        outcome.result.map(|()| count.unwrap().0)
    }

    pub(crate) async fn write(&self, script: Script) -> (Script, WriteOutcome) {
        let (script, outcome) = self.database.write(script, in_seconds(10)).await;
        (script.unwrap(), outcome)
    }

    /// Writes, and expects a commit.
    pub(crate) async fn commit(&self, script: Script) -> Script {
        let (script, outcome) = self.write(script).await;
        assert_eq!(outcome.result.unwrap(), Ended::Committed, "{:?}", script.refused);
        script
    }

    /// Writes, and expects a refusal.
    pub(crate) async fn refused(&self, script: Script) -> Violation {
        let (script, outcome) = self.write(script).await;
        assert_eq!(outcome.result.unwrap(), Ended::RolledBack);
        script.refused.unwrap().1
    }

    /// Starts a write without waiting for it.
    pub(crate) fn start(&self, script: Script, deadline: Instant) -> Started {
        let database = Arc::clone(&self.database);
        tokio::spawn(async move { database.write(script, deadline).await })
    }

    /// Starts writes that all wait until this is over, so that they are committed together.
    pub(crate) async fn start_together<const N: usize>(
        &self,
        scripts: [(Script, Instant); N],
    ) -> [Started; N] {
        let other = self.other();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let started = scripts.map(|(script, deadline)| self.start(script, deadline));
        pause(60).await;
        other.execute_batch("ROLLBACK").unwrap();
        started
    }
}

/// How many rows `t` has, and whether it was asked.
struct Count(i64, bool);

impl Program for Count {
    fn next(&mut self, wave: &mut Vec<Query>) {
        if !std::mem::replace(&mut self.1, true) {
            wave.push(query("SELECT count(*) FROM t", vec![]));
        }
    }

    fn row(&mut self, _query: usize, row: &Row<'_>) {
        let Some(Cell::Integer(count)) = row.first() else { panic!() };
        self.0 = *count;
    }

    fn restart(&mut self) {
        self.1 = false;
    }

    fn needs_snapshot(&self) -> bool {
        false
    }
}

pub(crate) type Started = tokio::task::JoinHandle<(Option<Script>, WriteOutcome)>;

pub(crate) fn seen(path: &Path, sql: &str) -> String {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get::<_, rusqlite::types::Value>(0)).unwrap();
    let texts: Vec<String> = rows
        .map(|value| match value.unwrap() {
            rusqlite::types::Value::Null => "NULL".to_owned(),
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Real(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            rusqlite::types::Value::Blob(bytes) => format!("{bytes:?}"),
        })
        .collect();
    texts.join(" ")
}

/// The URL of another database of a server.
pub(crate) fn url_of(server: &str, database: &str) -> String {
    let (before, parameters) = server.split_once('?').map_or((server, None), |(a, b)| (a, Some(b)));
    let authority = before.find("://").map_or(0, |position| position + 3);
    let end = before[authority..].find('/').map_or(before.len(), |position| authority + position);
    let parameters = parameters.map_or_else(String::new, |parameters| format!("?{parameters}"));
    format!("{}/{database}{parameters}", &before[..end])
}

/// Files with the certificates of who signed that of the servers, and of somebody else, which `DOCENT_TEST_AUTHORITY` and
/// `DOCENT_TEST_OTHER_AUTHORITY` name. Servers of one's own need none; then nothing that is encrypted is tested.
pub(crate) fn authorities() -> Option<(String, String)> {
    let named = |name| std::env::var(name).ok();
    Some((named("DOCENT_TEST_AUTHORITY")?, named("DOCENT_TEST_OTHER_AUTHORITY")?))
}

/// The server was not taken for the one that is meant.
#[track_caller]
pub(crate) fn not_believed(found: Result<bool, Error>) {
    let error = found.expect_err("the server was believed");
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
}

pub(crate) fn in_seconds(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}

pub(crate) async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

pub(crate) fn query(sql: &str, parameters: Vec<Value>) -> Query {
    let placeholders = (0..).map(Parameter).take(parameters.len()).collect();
    let statement = Arc::new(Statement { sql: sql.to_owned(), parameters: placeholders });
    Query { statement, parameters: parameters.into() }
}

pub(crate) fn changing(change: &Change, parameters: Vec<Value>) -> Query {
    Query { statement: Arc::new(render_change(Dialect::Sqlite, change)), parameters: parameters.into() }
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A transaction that runs its waves one after another and notes what happens.
pub(crate) struct Script {
    waves: Vec<Vec<Query>>,
    end: Next,
    position: usize,
    /// Called at each step, with its number.
    at_step: Option<Box<dyn FnMut(usize) + Send>>,
    pub(crate) rows: Vec<String>,
    pub(crate) changed: Vec<u64>,
    pub(crate) refused: Option<(Option<usize>, Violation)>,
    pub(crate) restarts: usize,
    /// How often it was about to be committed.
    pub(crate) committing: usize,
}

impl Script {
    pub(crate) fn new(waves: Vec<Vec<Query>>) -> Self {
        let (rows, changed) = (Vec::new(), Vec::new());
        Script {
            waves,
            end: Next::Commit,
            position: 0,
            at_step: None,
            rows,
            changed,
            refused: None,
            restarts: 0,
            committing: 0,
        }
    }

    /// Statements without parameters, in one wave.
    pub(crate) fn sql(statements: &[&str]) -> Self {
        Script::new(vec![statements.iter().map(|sql| query(sql, vec![])).collect()])
    }

    pub(crate) fn change(change: &Change, parameters: Vec<Value>) -> Self {
        Script::new(vec![vec![changing(change, parameters)]])
    }

    pub(crate) fn undone(mut self) -> Self {
        self.end = Next::RollBack;
        self
    }

    pub(crate) fn at_step(mut self, call: impl FnMut(usize) + Send + 'static) -> Self {
        self.at_step = Some(Box::new(call));
        self
    }

    pub(crate) fn soon(self) -> (Self, Instant) {
        (self, in_seconds(10))
    }
}

impl Transaction for Script {
    fn next(&mut self, wave: &mut Vec<Query>) -> Next {
        if let Some(call) = &mut self.at_step {
            call(self.position);
        }
        let Some(queries) = self.waves.get(self.position) else { return self.end };
        self.position += 1;
        wave.extend(queries.iter().cloned());
        Next::Run
    }

    fn row(&mut self, query: usize, row: &Row<'_>) {
        let cells: Vec<String> = row
            .iter()
            .map(|cell| match cell {
                Cell::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                Cell::Integer(number) => number.to_string(),
                other => format!("{other:?}"),
            })
            .collect();
        self.rows.push(format!("{query}:{}", cells.join(",")));
    }

    fn changed(&mut self, _query: usize, rows: u64, _generated: Option<i64>) {
        self.changed.push(rows);
    }

    fn committing(&mut self) {
        assert_eq!(self.position, self.waves.len(), "not everything has been done");
        self.committing += 1;
    }

    fn is_conditional(&self) -> bool {
        false
    }

    fn refused(&mut self, query: Option<usize>, violation: Violation) {
        assert!(self.refused.replace((query, violation)).is_none(), "refused twice");
    }

    fn restart(&mut self) {
        self.position = 0;
        self.rows.clear();
        self.changed.clear();
        self.refused = None;
        self.restarts += 1;
    }
}

/// Waits for a write that is expected to be committed; gives its number of restarts.
pub(crate) async fn committed(started: Started) -> usize {
    let (script, outcome) = started.await.unwrap();
    assert_eq!(outcome.result.unwrap(), Ended::Committed);
    script.unwrap().restarts
}

/// Waits for a write that is expected to fail.
pub(crate) async fn failed(started: Started) -> Error {
    started.await.unwrap().1.result.unwrap_err()
}
