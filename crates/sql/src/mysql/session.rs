//! One session on a server: how it is set up, and how a statement runs in it.

use std::time::Duration;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder};

use super::cell::Cells;
use super::settings::Settings;
use super::{failure, parameter};
use crate::error::Error;
use crate::program::Query;
use crate::render::Dialect;
use crate::value::Row;

/// What the first session tells, for those after it.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) options: Opts,
    pub(super) dialect: Dialect,
    pub(super) connect_timeout: Duration,
}

/// An open session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) connection: Conn,
    /// Of which generation of the pool it is.
    pub(super) generation: u64,
}

/// What came of a statement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Done {
    /// Rows matched by a change, or handed out.
    pub(super) rows: u64,
    /// The number that the server gave to the first row inserted.
    pub(super) generated: Option<i64>,
}

/// Why a statement did not run to its end.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The server or the driver says so.
    Failure(mysql_async::Error),
    /// It was not sent.
    NotSent(Error),
}

impl From<mysql_async::Error> for Trouble {
    fn from(failure: mysql_async::Error) -> Self {
        Trouble::Failure(failure)
    }
}

impl Trouble {
    /// What it means for the caller.
    pub(super) fn into_error(self, statements: u32) -> Error {
        match self {
            Trouble::Failure(failure) => failure::classify(&failure, statements),
            Trouble::NotSent(error) => error,
        }
    }

    /// Whether the connection is of no use after it.
    pub(super) fn is_of_the_connection(&self) -> bool {
        matches!(self, Trouble::Failure(failure) if failure::is_of_the_connection(failure))
    }
}

impl Server {
    /// Asks a server what it is.
    pub(super) async fn find(options: Opts, settings: &Settings) -> Result<Server, Error> {
        let connect_timeout = settings.connect_timeout;
        let mut server = Server { options, dialect: Dialect::MySql, connect_timeout };
        let mut connection = server.connect().await?;
        let told: Option<(String, u64)> = connection
            .query_first("SELECT VERSION(), @@max_allowed_packet")
            .await
            .map_err(|failure| failure::classify(&failure, 0))?;
        let (version, packet_length_max) =
            told.ok_or_else(|| Error::Failed("the server does not tell its version".to_owned()))?;
        if version.contains("MariaDB") {
            server.dialect = Dialect::MariaDb;
        }
        let setup = setup(server.dialect, settings.statement_timeout);
        server.options = OptsBuilder::from_opts(server.options)
            // Told here, neither is asked for again by each connection.
            .max_allowed_packet(usize::try_from(packet_length_max).ok())
            .wait_timeout(Some(0))
            .init(vec![setup])
            .into();
        // Nothing was begun that could be lost with it.
        let _ = connection.disconnect().await;
        Ok(server)
    }

    /// Opens a session and sets it up.
    pub(super) async fn open(&self) -> Result<Session, Error> {
        let connection = self.connect().await?;
        Ok(Session { connection, generation: 0 })
    }

    async fn connect(&self) -> Result<Conn, Error> {
        let connecting = Conn::new(self.options.clone());
        match tokio::time::timeout(self.connect_timeout, connecting).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(failure)) => Err(match failure::classify(&failure, 0) {
                Error::Busy(text) => Error::Busy(text),
                other => Error::Unavailable(other.to_string()),
            }),
            Err(_) => Err(Error::Unavailable("the server did not answer in time".to_owned())),
        }
    }
}

/// Everything that a statement's meaning depends on is set, so that no setting of the server changes it. Several
/// statements in one round trip.
fn setup(dialect: Dialect, statement_timeout: Duration) -> String {
    let milliseconds = statement_timeout.as_millis();
    let timeout = if dialect == Dialect::MariaDb {
        format!("max_statement_time = {}.{:03}", milliseconds / 1_000, milliseconds % 1_000)
    } else {
        format!("max_execution_time = {milliseconds}")
    };
    format!(
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE; \
         SET SESSION sql_mode = \
         'ANSI_QUOTES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO', \
         time_zone = '+00:00', lc_messages = 'en_US', autocommit = 1, foreign_key_checks = 1, unique_checks = 1, \
         group_concat_max_len = 1048576, innodb_lock_wait_timeout = {LOCK_WAIT_SECONDS}, {timeout}"
    )
}

/// How long a statement waits for another transaction's lock before its own starts over.
const LOCK_WAIT_SECONDS: u32 = 5;

impl Session {
    /// Runs a statement, handing over its rows.
    pub(super) async fn run(
        &mut self,
        query: &Query,
        mut take: impl FnMut(&Row<'_>) + Send,
    ) -> Result<Done, Trouble> {
        let parameters = parameter::of(query).map_err(Trouble::NotSent)?;
        let mut result = self.connection.exec_iter(query.statement.sql.as_str(), parameters).await?;
        let columns = result.columns().unwrap_or_default();
        if columns.is_empty() {
            let generated = result.last_insert_id().and_then(|number| i64::try_from(number).ok());
            let done = Done { rows: result.affected_rows(), generated };
            result.drop_result().await?;
            return Ok(done);
        }
        let mut cells = Cells::new(&columns);
        let mut rows = 0;
        result
            .for_each(|row| {
                rows += 1;
                cells.hand_over(&row, &mut take);
            })
            .await?;
        result.drop_result().await?;
        Ok(Done { rows, generated: None })
    }

    /// Runs statements that neither take nor give anything, in one round trip.
    pub(super) async fn command(&mut self, sql: &str) -> Result<(), Trouble> {
        Ok(self.connection.query_drop(sql).await?)
    }
}
