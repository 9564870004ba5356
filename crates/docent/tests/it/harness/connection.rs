//! A connection of the test's own to the database under test, whatever engine that is: it runs SQL and returns rows as
//! they come.
//!
//! The clients for servers run on a runtime of their own, as tests are not asynchronous.

use mysql_async::prelude::Queryable as _;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// A value as the engine returns it. Other engines than SQLite return all but NULL and bytes as text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stored {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// A connection.
pub(crate) enum Connection {
    Sqlite(rusqlite::Connection),
    Postgres(Runtime, tokio_postgres::Client),
    MariaDb(Runtime, Box<mysql_async::Conn>),
}

/// What is set for each session with MariaDB: the SQL of the standard, as tests speak it.
const MARIADB_SESSION: &str = "SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO,STRICT_ALL_TABLES', \
     time_zone = '+00:00', NAMES utf8mb4";

#[allow(dead_code, reason = "a harness offers more than each test run uses")]
impl Connection {
    /// Connects to the PostgreSQL server with that URL.
    #[track_caller]
    pub(crate) fn postgres(url: &str) -> Self {
        let runtime = runtime();
        let (client, connection) = runtime.block_on(tokio_postgres::connect(url, NoTls)).unwrap();
        // Ends with the client.
        runtime.spawn(connection);
        Self::Postgres(runtime, client)
    }

    /// Connects to the MariaDB server with that URL.
    #[track_caller]
    pub(crate) fn mariadb(url: &str) -> Self {
        let runtime = runtime();
        let options = mysql_async::Opts::from_url(url).unwrap();
        let mut connection = runtime.block_on(mysql_async::Conn::new(options)).unwrap();
        runtime.block_on(connection.query_drop(MARIADB_SESSION)).unwrap();
        Self::MariaDb(runtime, Box::new(connection))
    }

    /// Runs statements, separated by semicolons; fails the test if one fails.
    #[track_caller]
    pub(crate) fn execute(&mut self, sql: &str) {
        if let Err(error) = self.try_execute(sql) {
            let sql: String = sql.chars().take(2000).collect();
            panic!("{error}\n{sql}");
        }
    }

    /// Runs statements that may fail.
    pub(crate) fn try_execute(&mut self, sql: &str) -> Result<(), String> {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(sql).map_err(|error| error.to_string()),
            Self::Postgres(runtime, client) => {
                runtime.block_on(client.batch_execute(sql)).map_err(|error| in_full(&error))
            }
            // What more than one statement returns has to be read to its end, to hear of the last one's failure.
            Self::MariaDb(runtime, connection) => runtime.block_on(async {
                let failure = |error: mysql_async::Error| error.to_string();
                let mut results = connection.query_iter(sql).await.map_err(failure)?;
                while !results.is_empty() {
                    results.for_each(drop).await.map_err(failure)?;
                }
                Ok(())
            }),
        }
    }

    /// The rows of a query.
    #[track_caller]
    pub(crate) fn query(&mut self, sql: &str) -> Vec<Vec<Stored>> {
        match self {
            Self::Sqlite(connection) => sqlite_rows(connection, sql),
            Self::Postgres(runtime, client) => {
                let messages = runtime.block_on(client.simple_query(sql));
                let messages = messages.unwrap_or_else(|error| panic!("{}\n{sql}", in_full(&error)));
                let row = |message| match message {
                    SimpleQueryMessage::Row(row) => Some(
                        (0..row.len())
                            .map(|index| {
                                row.get(index).map_or(Stored::Null, |it| Stored::Text(it.to_owned()))
                            })
                            .collect(),
                    ),
                    _ => None,
                };
                messages.into_iter().filter_map(row).collect()
            }
            Self::MariaDb(runtime, connection) => {
                let rows: Result<Vec<mysql_async::Row>, _> = runtime.block_on(connection.query(sql));
                let rows = rows.unwrap_or_else(|error| panic!("{error}\n{sql}"));
                rows.into_iter().map(|row| row.unwrap().into_iter().map(Stored::from).collect()).collect()
            }
        }
    }

    /// Lets rows refer to nothing from now on.
    #[track_caller]
    pub(crate) fn ignore_foreign_keys(&mut self) {
        self.execute(match self {
            Self::Sqlite(_) => "PRAGMA foreign_keys = off",
            Self::Postgres(..) => "SET session_replication_role = replica",
            Self::MariaDb(..) => "SET foreign_key_checks = 0",
        });
    }

    /// The one value of a query, as a whole number.
    #[track_caller]
    pub(crate) fn number(&mut self, sql: &str) -> i64 {
        match &self.query(sql)[..] {
            [row] if row.len() == 1 => row[0].number(),
            rows => panic!("not one value: {rows:?}\n{sql}"),
        }
    }

    /// Names of all tables, sorted.
    pub(crate) fn tables(&mut self) -> Vec<String> {
        let sql = match self {
            Self::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
            Self::Postgres(..) => {
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
            }
            Self::MariaDb(..) => {
                "SELECT table_name FROM information_schema.tables
                 WHERE table_schema = database() AND table_type = 'BASE TABLE' ORDER BY 1"
            }
        };
        self.query(sql).into_iter().map(|row| row[0].text().to_owned()).collect()
    }
}

#[allow(dead_code, reason = "a harness offers more than each test run uses")]
impl Stored {
    /// The whole number that this is.
    #[track_caller]
    pub(crate) fn number(&self) -> i64 {
        match self {
            Self::Integer(number) => *number,
            Self::Text(text) => text.parse().unwrap_or_else(|_| panic!("no whole number: {text}")),
            other => panic!("no whole number: {other:?}"),
        }
    }

    /// The text that this is.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Text(text) => text,
            other => panic!("no text: {other:?}"),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        *self == Self::Null
    }
}

impl From<mysql_async::Value> for Stored {
    fn from(value: mysql_async::Value) -> Self {
        match value {
            mysql_async::Value::NULL => Self::Null,
            mysql_async::Value::Bytes(bytes) => {
                String::from_utf8(bytes).map_or_else(|error| Self::Blob(error.into_bytes()), Self::Text)
            }
            other => unreachable!("not asked for in binary form: {other:?}"),
        }
    }
}

impl From<rusqlite::types::Value> for Stored {
    fn from(value: rusqlite::types::Value) -> Self {
        use rusqlite::types::Value;
        match value {
            Value::Null => Self::Null,
            Value::Integer(number) => Self::Integer(number),
            Value::Real(number) => Self::Real(number),
            Value::Text(text) => Self::Text(text),
            Value::Blob(bytes) => Self::Blob(bytes),
        }
    }
}

impl From<Stored> for rusqlite::types::Value {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Null => Self::Null,
            Stored::Integer(number) => Self::Integer(number),
            Stored::Real(number) => Self::Real(number),
            Stored::Text(text) => Self::Text(text),
            Stored::Blob(bytes) => Self::Blob(bytes),
        }
    }
}

#[track_caller]
fn sqlite_rows(connection: &rusqlite::Connection, sql: &str) -> Vec<Vec<Stored>> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        (0..columns).map(|column| row.get::<_, rusqlite::types::Value>(column).map(Stored::from)).collect()
    };
    statement.query_map([], row).unwrap().map(Result::unwrap).collect()
}

/// An error of PostgreSQL with what the server said.
fn in_full(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string)
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}
