//! Reads: one statement on a shared connection, or a snapshot on one of its own.

use std::time::{Duration, Instant};

use super::connection::Connection;
use super::failure::Trouble;
use super::remaining;
use super::server::Server;
use super::wave::{self, Taker};
use crate::error::Error;
use crate::program::{Program, Query};
use crate::value::Row;

/// The server ends a statement at the deadline. Where it does not, it is told to so much later.
const GRACE: Duration = Duration::from_millis(100);

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
            let within = tokio::time::timeout_at(deadline.into(), self.lanes.connection());
            let connection = match within.await {
                Ok(Ok(Some(connection))) => connection,
                Ok(Ok(None)) => return Attempt::Nowhere,
                Ok(Err(error)) => return Attempt::Ended(Err(error)),
                Err(_) => return Attempt::Ended(Err(Error::Deadline { statements: 0 })),
            };
            *statements = 0;
            let running = run(&connection, None, program, statements);
            let ran = tokio::time::timeout_at(deadline.into(), running).await;
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
            let begin = self.begin_reading(deadline);
            let running = run(lease.connection()?, Some(&begin), program, statements);
            let ran = tokio::time::timeout_at((deadline + GRACE).into(), running).await;
            let trouble = match ran {
                Ok(Ok(())) if *statements == 0 => {
                    lease.give_back();
                    return Ok(());
                }
                Ok(Ok(())) => {
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

    fn begin_reading(&self, deadline: Instant) -> String {
        let timeout = remaining(deadline);
        let session = self.connector.session_for_a_transaction();
        format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL statement_timeout = {timeout}{session}"
        )
    }
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
