//! Reads: one statement on a shared connection, or a snapshot on one of its own.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::failure::Trouble;
use super::remaining;
use super::server::Server;
use super::wave::{self, Taker};
use crate::error::Error;
use crate::program::{Program, Query};
use crate::value::Row;

/// What begins a read of several statements.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

/// The server ends statements after whole multiples of that time: sessions keep the number, and most reads find the one
/// that the read before them has set.
const TIMEOUT_STEP: Duration = Duration::from_millis(100);

/// The server ends a statement within a step of the deadline. Where it does not, it is told to so long after it.
const GRACE: Duration = Duration::from_millis(200);

/// What became of a cheap attempt.
pub(super) enum Attempt {
    /// It came to its end.
    Ended(Result<(), Error>),
    /// It took too long for a shared connection.
    NotCheap,
    /// There was no shared connection.
    Nowhere,
}

struct Rows<'a, P>(&'a mut P);

impl<P: Program> Taker for Rows<'_, P> {
    fn row(&mut self, query: usize, row: &Row<'_>) {
        self.0.row(query, row);
    }

    fn done(&mut self, _query: usize, _rows: u64) {}
}

impl Server {
    /// Reads over this thread's shared connection.
    pub(super) async fn read_shared<P: Program>(
        &self,
        program: &mut P,
        deadline: Instant,
        statements: &mut u32,
    ) -> Attempt {
        let mut may_repeat = true;
        loop {
            let connection = match self.lanes.open_connection() {
                Some(connection) => connection,
                None => match self.lane(deadline).await {
                    Ok(Some(connection)) => connection,
                    Ok(None) => return Attempt::Nowhere,
                    Err(error) => return Attempt::Ended(Err(error)),
                },
            };
            *statements = 0;
            let ran = {
                let running = pin!(run(&connection, None, program, statements));
                tokio::time::timeout_at(deadline.into(), running).await
            };
            let trouble = match ran.unwrap_or(Err(Trouble::Late)) {
                Ok(()) => return Attempt::Ended(Ok(())),
                Err(trouble) => trouble,
            };
            if trouble.is_lost() {
                self.lanes.forget(&connection);
            }
            if trouble.is_stale() {
                connection.forget_statements();
            }
            if may_repeat && (trouble.is_interrupted() || trouble.is_stale()) {
                may_repeat = false;
                program.restart();
            } else if trouble.is_timeout() && Instant::now() < deadline {
                return Attempt::NotCheap;
            } else {
                return Attempt::Ended(Err(trouble.into_error(*statements)));
            }
        }
    }

    /// This thread's shared connection, opened.
    async fn lane(&self, deadline: Instant) -> Result<Option<Arc<Connection>>, Error> {
        // Opening one is rare and takes a large future, which would be moved about with every read.
        let opening = Box::pin(self.lanes.connection());
        let opened = tokio::time::timeout_at(deadline.into(), opening).await;
        opened.unwrap_or(Err(Error::Deadline { statements: 0 }))
    }

    /// Reads in a snapshot.
    pub(super) async fn read_alone<P: Program>(
        &self,
        program: &mut P,
        deadline: Instant,
        statements: &mut u32,
    ) -> Result<(), Error> {
        let mut may_repeat = true;
        loop {
            let lease = self.pool.lease(deadline).await?;
            *statements = 0;
            let connection = lease.connection()?;
            let timeout = timeout(deadline);
            let begin = self.begin_reading(connection, timeout);
            let ran = {
                let running = pin!(run(connection, Some(&begin), program, statements));
                tokio::time::timeout_at((deadline + GRACE).into(), running).await
            };
            let trouble = match ran {
                Ok(Ok(())) if *statements == 0 => {
                    lease.give_back();
                    return Ok(());
                }
                Ok(Ok(())) => {
                    connection.statement_timeout.store(timeout, Ordering::Relaxed);
                    lease.end("COMMIT").await;
                    return Ok(());
                }
                Ok(Err(trouble)) => trouble,
                // Dropping the lease ends the statement.
                Err(_) => return Err(Error::Deadline { statements: *statements }),
            };
            if trouble.is_stale() {
                self.pool.forget_statements();
            }
            if trouble.is_lost() {
                lease.close();
                self.pool.close_idle();
            } else {
                lease.end("ROLLBACK").await;
            }
            if !may_repeat || !(trouble.is_interrupted() || trouble.is_stale()) {
                return Err(trouble.into_error(*statements));
            }
            may_repeat = false;
            program.restart();
        }
    }

    /// What is sent to begin a read. A session of ours keeps the time after which it ends statements if the read is
    /// committed, and goes back to the one before if it is not.
    fn begin_reading(&self, connection: &Connection, timeout: u64) -> Cow<'static, str> {
        if !connection.prepared {
            let session = self.connector.session_for_a_transaction();
            return format!("{BEGIN}; SET LOCAL statement_timeout = {timeout}{session}").into();
        }
        if connection.statement_timeout.load(Ordering::Relaxed) == timeout {
            return BEGIN.into();
        }
        format!("{BEGIN}; SET statement_timeout = {timeout}").into()
    }
}

/// Milliseconds until the deadline, in whole steps.
fn timeout(deadline: Instant) -> u64 {
    let step = TIMEOUT_STEP.as_millis();
    u64::try_from(remaining(deadline).div_ceil(step) * step).unwrap_or(u64::MAX)
}

/// Runs a program, in a transaction if there is a statement that begins one.
async fn run<P: Program>(
    connection: &Connection,
    mut begin: Option<&str>,
    program: &mut P,
    statements: &mut u32,
) -> Result<(), Trouble> {
    let mut wave: Vec<Query> = Vec::new();
    loop {
        wave.clear();
        program.next(&mut wave);
        if wave.is_empty() {
            return Ok(());
        }
        *statements = statements.saturating_add(u32::try_from(wave.len()).unwrap_or(u32::MAX));
        wave::run(connection, begin.take(), &wave, &mut Rows(program))
            .await
            .map_err(|failed| failed.trouble)?;
    }
}
