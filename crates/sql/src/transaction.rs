//! How a write runs: the caller says what to do next, the adapter does it and tells what came of it.
//!
//! Like a [`crate::Program`] a [`Transaction`] does no input or output itself, and it must be able to start over: an
//! adapter commits several at once, and repeats those that were undone through no fault of theirs.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use crate::program::Query;
use crate::value::Row;
use crate::violation::Violation;

/// What a transaction wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// To run the queries put into the wave; there is at least one.
    Run,
    /// To be made durable. Queries put into the wave are not run.
    Commit,
    /// To be undone. Queries put into the wave are not run.
    RollBack,
}

/// Reads and writes that happen all together or not at all.
pub trait Transaction: Send + 'static {
    /// Puts the queries to run next into `wave`. They run in order, the later ones seeing what the earlier ones wrote.
    fn next(&mut self, wave: &mut Vec<Query>) -> Next;

    /// Takes a row of the query at position `query` of the last wave: of a SELECT, or what a change returns. Rows of a
    /// change that is then refused may have been handed out before.
    fn row(&mut self, query: usize, row: &Row<'_>);

    /// The change at position `query` is done; it inserted, updated or deleted that many rows. What triggers and the
    /// actions of foreign keys did is not counted. `generated` is the number that the engine has given to the row inserted
    /// last, where it tells; after anything but an INSERT of one row it means nothing. Not called for a SELECT.
    fn changed(&mut self, query: usize, rows: u64, generated: Option<i64>);

    /// The database refused the query at that position, or, where there is none, the transaction as a whole when it
    /// was to be committed. It is undone and over; nothing is asked of it any more, unless it starts over.
    fn refused(&mut self, query: Option<usize>, violation: Violation);

    /// Everything has been done and is about to be committed, which takes a while. What is to be told of it can be
    /// prepared meanwhile, but nobody may hear of it yet: the commit may be refused, or the transaction start over.
    fn committing(&mut self) {}

    /// Whether what it does depends on what it reads first, so that nobody may change that in between.
    fn is_conditional(&self) -> bool;

    /// Forgets everything: what was done is undone, and the transaction is run again from the start.
    fn restart(&mut self);
}

impl<T: Transaction + ?Sized> Transaction for Box<T> {
    fn next(&mut self, wave: &mut Vec<Query>) -> Next {
        T::next(self, wave)
    }

    fn row(&mut self, query: usize, row: &Row<'_>) {
        T::row(self, query, row);
    }

    fn changed(&mut self, query: usize, rows: u64, generated: Option<i64>) {
        T::changed(self, query, rows, generated);
    }

    fn refused(&mut self, query: Option<usize>, violation: Violation) {
        T::refused(self, query, violation);
    }

    fn committing(&mut self) {
        T::committing(self);
    }

    fn is_conditional(&self) -> bool {
        T::is_conditional(self)
    }

    fn restart(&mut self) {
        T::restart(self);
    }
}

/// How often a server's transaction is begun that loses against others, before it is called busy.
pub(crate) const ATTEMPTS_MAX: u32 = 12;

/// How long to wait before another attempt: longer each time, and by chance, so that two do not meet again.
pub(crate) fn pause(attempts: u32) -> Duration {
    let longest = 1_000_u64 << attempts.min(6);
    Duration::from_micros(RandomState::new().hash_one(attempts) % longest)
}
