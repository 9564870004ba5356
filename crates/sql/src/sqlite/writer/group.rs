//! Many transactions, one commit.
//!
//! Each but the first runs between a savepoint and its release. One that is refused, fails or wants to be undone
//! returns to its savepoint, and the others are not touched; the first returns to the beginning of the whole, and ends
//! it. So one that runs alone does not pay for copies of the pages that it changes. Answers wait for the commit, also
//! those of transactions that wrote nothing: what they saw is true only when it is committed.
//!
//! SQLite gives up the whole transaction after some failures (a change that was interrupted, a full disk), and checks
//! deferred foreign keys at its end. When a group is lost that way each of its members runs again, alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::super::Shared;
use super::connection::{Connection, NotCommitted, Ran, Trouble};
use super::{Job, Thread};
use crate::database::{Ended, WriteOutcome};
use crate::error::Error;

/// Transactions committed at once.
const MEMBERS_MAX: usize = 64;

/// How long a group takes in further members.
const GATHERING_TIME: Duration = Duration::from_millis(10);

/// How long a member may take while others wait for it to be committed with them; then it has to run alone.
const PATIENCE: Duration = Duration::from_millis(100);

/// A transaction of which all statements have run, but for the commit.
struct Settled {
    job: Box<dyn Job>,
    ended: Ended,
    statements: u32,
}

/// A group that is being gathered.
struct Group {
    settled: Vec<Settled>,
    /// Those that have to run again, each by itself.
    alone: Vec<Box<dyn Job>>,
}

impl Thread {
    /// Runs a transaction and those that wait behind it, commits them together and answers them.
    pub(super) fn commit_with_others(&mut self, first: Box<dyn Job>, shared: &Shared) {
        if !first.ticket().take() {
            return;
        }
        let Some((first, connection)) = self.begin(first, shared) else { return };
        let mut group = Group { settled: Vec::new(), alone: Vec::new() };
        let since = Instant::now();
        let mut next = Some(first);
        while let Some(job) = next.take() {
            group.run(&connection, job);
            let is_full = group.settled.len() + group.alone.len() >= MEMBERS_MAX;
            if !connection.is_open() || is_full || since.elapsed() >= GATHERING_TIME {
                break;
            }
            next = std::iter::from_fn(|| self.queue.try_recv().ok()).find(|job| job.ticket().take());
        }
        group.commit(&connection, shared, &self.closing);
        connection.shorten_log();
        self.put_back(connection, shared);
        for job in group.alone {
            self.run_alone(job, shared);
        }
    }

    /// Runs a transaction again that was undone with others.
    fn run_alone(&mut self, mut job: Box<dyn Job>, shared: &Shared) {
        if job.ticket().is_cancelled() || !quietly(|| job.transaction().restart()) {
            return;
        }
        if job.ticket().is_late() {
            return job.answer(WriteOutcome::failed(Error::Deadline { statements: 0 }));
        }
        let Some((mut job, connection)) = self.begin(job, shared) else { return };
        let Ran { mut result, statements } = connection.run(job.as_mut(), None);
        if job.ticket().is_cancelled() {
            result = result.and(Err(Trouble::Failed(Error::Cancelled)));
        }
        match result {
            Ok(ended) => {
                let mut settled = [Settled { job, ended, statements }];
                let committed = try_commit(&mut settled, &connection, shared, &self.closing);
                for settled in settled {
                    settled.answer(committed.as_ref());
                }
                connection.shorten_log();
            }
            Err(trouble) => {
                connection.roll_back();
                fail(job, trouble, statements);
            }
        }
        self.put_back(connection, shared);
    }
}

impl Group {
    fn run(&mut self, connection: &Connection, mut job: Box<dyn Job>) {
        let is_first = self.settled.is_empty();
        if !is_first && let Err(error) = connection.mark() {
            return job.answer(WriteOutcome::failed(error));
        }
        let patience = if is_first { None } else { Some(PATIENCE) };
        let Ran { mut result, statements } = connection.run(job.as_mut(), patience);
        if job.ticket().is_cancelled() {
            result = result.and(Err(Trouble::Failed(Error::Cancelled)));
        }
        let keep = matches!(result, Ok(Ended::Committed));
        let is_whole = if is_first { connection.keep_all(keep) } else { connection.forget_mark(keep) };
        match result {
            // What it saw of the others is undone too, so that its end may be another without them.
            Ok(_) if !is_whole && !self.settled.is_empty() => self.alone.push(job),
            Ok(Ended::Committed) if !is_whole => self.alone.push(job),
            Ok(ended) => self.settled.push(Settled { job, ended, statements }),
            Err(Trouble::TooLong) => self.alone.push(job),
            Err(trouble) => fail(job, trouble, statements),
        }
    }

    /// Commits what has settled and answers it, or leaves it to be run again.
    fn commit(&mut self, connection: &Connection, shared: &Shared, closing: &AtomicBool) {
        let mut settled = std::mem::take(&mut self.settled);
        let committed = try_commit(&mut settled, connection, shared, closing);
        // A commit of one alone that fails has nobody else to blame.
        let is_final = settled.len() == 1 && !matches!(committed, Err(NotCommitted::Lost));
        if committed.is_ok() || is_final {
            for settled in settled {
                settled.answer(committed.as_ref());
            }
        } else {
            // In this order nobody waits for another longer than the own deadline allows.
            let mut again: Vec<_> = settled.into_iter().map(|settled| settled.job).collect();
            again.sort_by_key(|job| job.ticket().deadline);
            self.alone.splice(..0, again);
        }
    }
}

impl Settled {
    fn answer(mut self, committed: Result<&(), &NotCommitted>) {
        let result = match committed {
            Ok(()) => Ok(self.ended),
            Err(NotCommitted::Failed(error)) => Err(error.clone()),
            Err(NotCommitted::Lost) => Err(Error::Failed("the transaction was given up".to_owned())),
            Err(NotCommitted::Refused(violation)) => {
                if !quietly(|| self.job.transaction().refused(None, violation.clone())) {
                    return;
                }
                Ok(Ended::RolledBack)
            }
        };
        self.job.answer(WriteOutcome { result, statements: self.statements, position: None });
    }
}

/// Commits the transaction that is open. Unless it succeeds nothing is left of it.
fn try_commit(
    settled: &mut [Settled],
    connection: &Connection,
    shared: &Shared,
    closing: &AtomicBool,
) -> Result<(), NotCommitted> {
    if settled.iter().all(|settled| settled.ended == Ended::RolledBack) {
        connection.roll_back();
        return Ok(());
    }
    if !connection.is_open() {
        return Err(NotCommitted::Lost);
    }
    // What is written to a file that nobody finds any more is lost.
    if let Err(error) = shared.check_identity() {
        connection.roll_back();
        return Err(NotCommitted::Failed(error));
    }
    for settled in settled.iter_mut().filter(|settled| settled.ended == Ended::Committed) {
        if !quietly(|| settled.job.transaction().committing()) {
            connection.roll_back();
            return Err(NotCommitted::Lost);
        }
    }
    let deadlines = settled.iter().map(|settled| settled.job.ticket().deadline);
    let until = deadlines.min().unwrap_or_else(Instant::now);
    connection.commit(until, &|| closing.load(Ordering::Acquire))
}

/// Answers a transaction whose statements could not be run to their end.
fn fail(job: Box<dyn Job>, trouble: Trouble, statements: u32) {
    let error = match trouble {
        Trouble::Failed(error) => error,
        Trouble::TooLong => Error::Deadline { statements },
        // Without an answer the one who waits learns that there will be none.
        Trouble::Panicked => return tracing::error!("a transaction panicked"),
    };
    job.answer(WriteOutcome { result: Err(error), statements, position: None });
}

/// Calls a transaction that may panic; whether it did not.
fn quietly(call: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(call)).is_ok()
}
