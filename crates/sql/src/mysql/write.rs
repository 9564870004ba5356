//! How a write runs: its waves in one transaction, begun anew when another one was in its way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::names::Names;
use super::pool::{Lease, Pool};
use super::session::{Done, Trouble};
use super::{failure, refusal};
use crate::database::Ended;
use crate::error::Error;
use crate::program::Query;
use crate::transaction::{ATTEMPTS_MAX, Next, Transaction, pause};

const BEGIN: &str = "START TRANSACTION READ WRITE";
const BEGIN_SERIALIZABLE: &str = "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; START TRANSACTION READ WRITE";

/// How long a commit that was sent may take. Whoever stops waiting earlier does not know what became of it.
const COMMIT_PATIENCE: Duration = Duration::from_secs(30);

/// How an attempt went on, short of its commit.
enum Reached {
    /// Everything is done and can be made durable.
    Commit(Lease),
    /// It is undone.
    RolledBack,
    /// It was in another transaction's way, and is undone.
    InTheWay(Error),
    /// The connection was lost while nobody used it.
    Lost,
}

/// Runs a transaction, counting the statements of its last attempt.
pub(super) async fn run<T: Transaction>(
    pool: &Arc<Pool>,
    names: &Names,
    transaction: &mut T,
    deadline: Instant,
    statements: &mut u32,
) -> Result<Ended, Error> {
    let mut attempt = 0;
    loop {
        *statements = 0;
        let reached = tokio::time::timeout_at(
            deadline.into(),
            attempt_once(pool, names, transaction, deadline, statements),
        );
        let reached = match reached.await {
            Ok(reached) => reached?,
            // Dropping the attempt has undone it.
            Err(_) => return Err(Error::Deadline { statements: *statements }),
        };
        let in_the_way = match reached {
            Reached::Commit(lease) => match commit(lease, pool, names, transaction).await? {
                None => return Ok(Ended::Committed),
                Some(Reached::InTheWay(error)) => error,
                Some(_) => return Ok(Ended::RolledBack),
            },
            Reached::RolledBack => return Ok(Ended::RolledBack),
            Reached::Lost => {
                transaction.restart();
                continue;
            }
            Reached::InTheWay(error) => error,
        };
        attempt += 1;
        let pause = pause(attempt);
        if attempt >= ATTEMPTS_MAX || Instant::now() + pause >= deadline {
            return Err(in_the_way);
        }
        transaction.restart();
        tokio::time::sleep(pause).await;
    }
}

async fn attempt_once<T: Transaction>(
    pool: &Arc<Pool>,
    names: &Names,
    transaction: &mut T,
    deadline: Instant,
    statements: &mut u32,
) -> Result<Reached, Error> {
    let mut lease = pool.lease(deadline).await?;
    let (trouble, at) = match run_waves(&mut lease, transaction, statements).await {
        Ok(Next::Commit) => return Ok(Reached::Commit(lease)),
        Ok(_) => {
            roll_back(lease).await;
            return Ok(Reached::RolledBack);
        }
        Err((trouble, at)) => (trouble, at),
    };
    if trouble.is_of_the_connection() {
        lease.give_up();
        pool.lost(&lease);
        // Nothing can have been made durable yet.
        return if lease.is_used { Ok(Reached::Lost) } else { Err(trouble.into_error(*statements)) };
    }
    roll_back(lease).await;
    if let Trouble::Failure(error) = &trouble {
        if failure::is_retryable(error) {
            return Ok(Reached::InTheWay(trouble.into_error(*statements)));
        }
        let (position, sql) =
            at.as_ref().map_or((None, ""), |(position, sql)| (Some(*position), sql.as_str()));
        if let Some(violation) = refusal::violation(error, sql, names) {
            transaction.refused(position, violation);
            return Ok(Reached::RolledBack);
        }
    }
    Err(trouble.into_error(*statements))
}

/// Where a statement stood in its wave, and its text.
type At = Option<(usize, String)>;

async fn run_waves<T: Transaction>(
    lease: &mut Lease,
    transaction: &mut T,
    statements: &mut u32,
) -> Result<Next, (Trouble, At)> {
    let nowhere = |trouble| (trouble, None);
    let begin = if transaction.is_conditional() { BEGIN_SERIALIZABLE } else { BEGIN };
    let session = lease.session().map_err(nowhere)?;
    session.command(begin).await.map_err(nowhere)?;
    let mut wave: Vec<Query> = Vec::new();
    loop {
        wave.clear();
        match transaction.next(&mut wave) {
            Next::Run if wave.is_empty() => {
                let error = Error::Failed("a wave without queries".to_owned());
                return Err((Trouble::NotSent(error), None));
            }
            Next::Run => {}
            end => return Ok(end),
        }
        for (index, query) in wave.iter().enumerate() {
            *statements += 1;
            let sql = query.statement.sql.as_str();
            let done = session.run(query, |row| transaction.row(index, row)).await;
            let done = done.map_err(|trouble| (trouble, Some((index, sql.to_owned()))))?;
            if changes(sql) {
                transaction.changed(index, done.rows, generated(sql, done));
            }
        }
    }
}

/// Whether a statement writes.
fn changes(sql: &str) -> bool {
    ["INSERT", "UPDATE", "DELETE"].iter().any(|word| sql.starts_with(word))
}

/// The number given to the only row inserted. The server tells that of the first of several, and 0 for none.
fn generated(sql: &str, done: Done) -> Option<i64> {
    done.generated.filter(|number| done.rows == 1 && *number != 0 && sql.starts_with("INSERT"))
}

/// Makes a transaction durable; or tells that it was undone instead.
async fn commit<T: Transaction>(
    mut lease: Lease,
    pool: &Pool,
    names: &Names,
    transaction: &mut T,
) -> Result<Option<Reached>, Error> {
    let unknown = |reason: &str| Error::OutcomeUnknown(reason.to_owned());
    transaction.committing();
    let session = lease.session_to_commit().map_err(|trouble| trouble.into_error(0))?;
    let trouble = match tokio::time::timeout(COMMIT_PATIENCE, session.command("COMMIT")).await {
        Ok(Ok(())) => {
            lease.finished();
            return Ok(None);
        }
        Ok(Err(trouble)) => trouble,
        Err(_) => return Err(unknown("the server does not answer")),
    };
    if trouble.is_of_the_connection() {
        pool.lost(&lease);
        return Err(unknown("the connection was lost"));
    }
    roll_back(lease).await;
    if let Trouble::Failure(error) = &trouble {
        if failure::is_retryable(error) {
            return Ok(Some(Reached::InTheWay(trouble.into_error(0))));
        }
        if let Some(violation) = refusal::violation(error, "", names) {
            transaction.refused(None, violation);
            return Ok(Some(Reached::RolledBack));
        }
    }
    Err(trouble.into_error(0))
}

/// Undoes a transaction. Where that fails the server does it when the connection is ended.
async fn roll_back(mut lease: Lease) {
    if let Ok(session) = lease.session()
        && session.command("ROLLBACK").await.is_ok()
    {
        lease.finished();
    }
}
