//! Writes: a transaction on a connection of its own, begun anew where it lost against another one.
//!
//! What is answered as committed is durable. Where the connection is lost between a COMMIT and its answer nobody knows
//! what became of it, and that is what the caller is told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::constraints::Constraints;
use super::failure::Trouble;
use super::pool::Lease;
use super::refusal::{self, Action};
use super::replicas::{self, Position};
use super::wave::{self, Pending, Taker};
use super::{Shared, remaining};
use crate::database::Ended;
use crate::error::Error;
use crate::lock::lock;
use crate::program::Query;
use crate::transaction::{ATTEMPTS_MAX, Next, Transaction, pause};
use crate::value::Row;

/// The server ends a statement at the deadline. Where it does not, it is told to so much later.
const GRACE: Duration = Duration::from_millis(100);

/// How long after the deadline the answer to a COMMIT is waited for.
const COMMIT_TIME: Duration = Duration::from_secs(10);

/// How long the server may take to tell where it is in its log.
const ANSWER_TIME: Duration = Duration::from_secs(2);

/// How an attempt ended that came to no commit.
enum Outcome {
    /// It wants to be undone.
    RolledBack,
    /// Something refused it: the query at that position of its wave, or its end.
    Failed(Option<usize>, Trouble),
    /// The answer to the COMMIT did not come.
    Unknown(String),
}

/// Hands over what comes of a wave, and which of its queries are changes.
struct Results<'a, T> {
    transaction: &'a mut T,
    wave: &'a [Query],
}

impl<T: Transaction> Taker for Results<'_, T> {
    fn row(&mut self, query: usize, row: &Row<'_>) {
        self.transaction.row(query, row);
    }

    fn done(&mut self, query: usize, rows: u64) {
        if Action::of(&self.wave[query].statement.sql).is_change() {
            self.transaction.changed(query, rows, None);
        }
    }
}

impl Shared {
    /// Runs a transaction to its end.
    pub(super) async fn write<T: Transaction>(
        &self,
        transaction: &mut T,
        deadline: Instant,
        statements: &mut u32,
    ) -> Result<(Ended, Option<Position>), Error> {
        let mut attempts = 0;
        let mut may_reconnect = true;
        loop {
            let lease = self.primary.pool.lease(deadline).await?;
            *statements = 0;
            let mut wave = Vec::new();
            let (query, trouble) =
                match self.attempt(&lease, transaction, &mut wave, deadline, statements).await {
                    Ok(position) => {
                        lease.give_back();
                        return Ok((Ended::Committed, position));
                    }
                    Err(Outcome::RolledBack) => {
                        lease.end("ROLLBACK").await;
                        return Ok((Ended::RolledBack, None));
                    }
                    Err(Outcome::Unknown(text)) => return Err(Error::OutcomeUnknown(text)),
                    // Dropping the lease ends the statement.
                    Err(Outcome::Failed(_, Trouble::Late)) => {
                        return Err(Error::Deadline { statements: *statements });
                    }
                    Err(Outcome::Failed(query, trouble)) => (query, trouble),
                };
            if trouble.is_interrupted() {
                lease.close();
                self.primary.pool.close_idle();
                if !may_reconnect {
                    return Err(trouble.into_error(*statements));
                }
                may_reconnect = false;
            } else if trouble.is_conflict() || trouble.is_stale() && attempts == 0 {
                attempts += 1;
                if trouble.is_stale() {
                    self.primary.pool.forget_statements();
                }
                lease.end("ROLLBACK").await;
                let pause = pause(attempts);
                if attempts >= ATTEMPTS_MAX || Instant::now() + pause >= deadline {
                    return Err(trouble.into_error(*statements));
                }
                tokio::time::sleep(pause).await;
            } else {
                let ended = self.refuse(lease, transaction, &wave, query, trouble, *statements).await?;
                return Ok((ended, None));
            }
            transaction.restart();
        }
    }

    /// Runs a transaction once, up to the answer to its COMMIT. `wave` is the last one afterwards.
    async fn attempt<T: Transaction>(
        &self,
        lease: &Lease,
        transaction: &mut T,
        wave: &mut Vec<Query>,
        deadline: Instant,
        statements: &mut u32,
    ) -> Result<Option<Position>, Outcome> {
        let connection = lease.connection().map_err(|error| Outcome::Failed(None, Trouble::Other(error)))?;
        let mut begin = Some(self.begin_writing(transaction.is_conditional(), deadline));
        loop {
            wave.clear();
            match transaction.next(wave) {
                Next::Run => {}
                // Nothing has been asked of the server yet.
                Next::Commit if begin.is_some() => return Ok(None),
                Next::Commit => {
                    transaction.committing();
                    return self.commit(connection, deadline).await;
                }
                Next::RollBack => return Err(Outcome::RolledBack),
            }
            *statements = statements.saturating_add(u32::try_from(wave.len()).unwrap_or(u32::MAX));
            let mut results = Results { transaction, wave };
            let running = run(connection, begin.take(), wave, &mut results);
            let ran = tokio::time::timeout_at((deadline + GRACE).into(), running).await;
            match ran {
                Ok(Ok(())) => {}
                Ok(Err(failed)) => return Err(Outcome::Failed(failed.query, failed.trouble)),
                Err(_) => return Err(Outcome::Failed(None, Trouble::Late)),
            }
        }
    }

    /// Ends a transaction that failed, and tells it why where that is a refusal.
    async fn refuse<T: Transaction>(
        &self,
        lease: Lease,
        transaction: &mut T,
        wave: &[Query],
        query: Option<usize>,
        trouble: Trouble,
        statements: u32,
    ) -> Result<Ended, Error> {
        let action = query.and_then(|query| wave.get(query)).map(|query| Action::of(&query.statement.sql));
        let refused = trouble.said().and_then(|said| Some((refusal::kind(said, action)?, said)));
        let Some((kind, said)) = refused else {
            lease.end("ROLLBACK").await;
            return Err(trouble.into_error(statements));
        };
        let mut constraints = None;
        let rolled_back = lease.connection()?.client.batch_execute("ROLLBACK").await;
        if rolled_back.is_ok() {
            if refusal::names_a_constraint(said) {
                constraints = self.constraints(lease.connection()?).await;
            }
            lease.give_back();
        } else {
            lease.close();
        }
        transaction.refused(query, refusal::violation(kind, said, constraints.as_deref()));
        Ok(Ended::RolledBack)
    }

    /// What is known of constraints, read when it is first needed after a change of the schema.
    async fn constraints(&self, connection: &Connection) -> Option<Arc<Constraints>> {
        let version = *self.status.changes.borrow();
        if let Some((known, constraints)) = lock(&self.constraints).as_ref()
            && *known == version
        {
            return Some(Arc::clone(constraints));
        }
        let constraints = match Constraints::read(connection).await {
            Ok(constraints) => Arc::new(constraints),
            Err(trouble) => {
                let error = trouble.into_error(0);
                tracing::warn!(%error, "the constraints could not be read: refusals name no columns");
                return None;
            }
        };
        *lock(&self.constraints) = Some((version, Arc::clone(&constraints)));
        Some(constraints)
    }

    /// Commits, and where others are read too, finds out in the same round trip what they have to catch up with.
    async fn commit(&self, connection: &Connection, deadline: Instant) -> Result<Option<Position>, Outcome> {
        let unknown = |why: &str| Outcome::Unknown(why.to_owned());
        let committing = Pending::send(connection.client.batch_execute("COMMIT")).await;
        let asking = if self.replicas.is_empty() {
            None
        } else {
            Some(Pending::send(replicas::position(&connection.client)).await)
        };
        match tokio::time::timeout_at((deadline + COMMIT_TIME).into(), committing.answer()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                let trouble = Trouble::from(error);
                if trouble.is_interrupted() {
                    let error = trouble.into_error(0);
                    return Err(unknown(&format!("the connection was lost when it was to be ({error})")));
                }
                return Err(Outcome::Failed(None, trouble));
            }
            Err(_) => return Err(unknown("the server did not answer")),
        }
        let Some(asking) = asking else { return Ok(None) };
        // Without an answer replicas are not known to be behind: a pity, but the transaction is committed.
        let asked = tokio::time::timeout(ANSWER_TIME, asking.answer()).await;
        Ok(asked.ok().and_then(Result::ok).flatten())
    }

    fn begin_writing(&self, is_conditional: bool, deadline: Instant) -> String {
        let isolation = if is_conditional { "SERIALIZABLE" } else { "REPEATABLE READ" };
        let timeout = remaining(deadline);
        let session = self.primary.connector.session_for_a_transaction();
        format!(
            "BEGIN ISOLATION LEVEL {isolation}, READ WRITE; SET LOCAL statement_timeout = {timeout}{session}"
        )
    }
}

async fn run<T: Transaction>(
    connection: &Connection,
    begin: Option<String>,
    wave: &[Query],
    results: &mut Results<'_, T>,
) -> Result<(), wave::Failed> {
    match begin {
        // A session that is not ours is not read-only by itself: what comes behind a BEGIN that fails would be done.
        Some(begin) if !connection.prepared => {
            let begun = connection.client.batch_execute(&begin).await;
            begun.map_err(|error| wave::Failed { query: None, trouble: error.into() })?;
            wave::run(connection, None, wave, results).await
        }
        begin => wave::run(connection, begin.as_deref(), wave, results).await,
    }
}
