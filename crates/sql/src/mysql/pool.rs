//! The sessions that reads and writes share.
//!
//! A connection wakes whoever waits for it from the thread that opened it. Each thread therefore keeps to connections of
//! its own and takes another's only where no more may be opened: then it works all the same, a little slower.
//!
//! A session comes back only when nothing runs in it and no transaction is open. In all other cases whatever runs there
//! is ended by the server (`keeper`), and its place is given to the next once that is done.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::keeper::{Chore, Keeper};
use super::session::{Server, Session, Trouble};
use crate::error::Error;
use crate::lock::lock;
use crate::places::{Place, Places};

#[derive(Debug)]
pub(super) struct Pool {
    server: Arc<Server>,
    places: Places,
    connections_max: usize,
    idle: Mutex<Vec<Idle>>,
    /// Sessions in use.
    used: AtomicUsize,
    /// Counts losses of the server: sessions opened before one are not used again.
    generation: AtomicU64,
    keeper: Arc<Keeper>,
}

#[derive(Debug)]
struct Idle {
    session: Session,
    generation: u64,
}

/// What may become of a session that is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Condition {
    /// Nothing runs in it.
    Clean,
    /// A statement runs in it, or a transaction is open.
    InUse,
    /// A transaction is being committed, which nothing must stop, or the connection is lost.
    Over,
}

/// A session in use.
#[derive(Debug)]
pub(super) struct Lease {
    pool: Arc<Pool>,
    /// `Some` from when it is open until this is dropped.
    session: Option<Session>,
    place: Option<Place>,
    generation: u64,
    condition: Condition,
    /// Whether it was used before, so that it may have been lost meanwhile.
    pub(super) is_used: bool,
}

impl Pool {
    pub(super) fn new(
        server: Arc<Server>,
        connections_max: usize,
        queue_length_max: usize,
        keeper: Arc<Keeper>,
    ) -> Self {
        Pool {
            server,
            places: Places::new(connections_max, queue_length_max, "connection"),
            connections_max,
            idle: Mutex::new(Vec::new()),
            used: AtomicUsize::new(0),
            generation: AtomicU64::new(0),
            keeper,
        }
    }

    /// Waits for a session.
    pub(super) async fn lease(self: &Arc<Self>, deadline: Instant) -> Result<Lease, Error> {
        let place = self.places.take(deadline).await?;
        let generation = self.generation.load(Ordering::Acquire);
        let idle = self.idle(generation);
        // Counted before it is opened, so that no two open the last one.
        self.used.fetch_add(1, Ordering::Relaxed);
        let mut lease = Lease {
            pool: Arc::clone(self),
            is_used: idle.is_some(),
            session: idle,
            place: Some(place),
            generation,
            condition: Condition::Clean,
        };
        if lease.session.is_none() {
            lease.session = Some(self.server.open().await?);
        }
        Ok(lease)
    }

    /// Closes the sessions opened before the one that was lost; those in use are closed when they come back.
    pub(super) fn lost(&self, lease: &Lease) {
        let next = lease.generation + 1;
        let known =
            self.generation.compare_exchange(lease.generation, next, Ordering::AcqRel, Ordering::Acquire);
        if known.is_ok() {
            let closed = std::mem::take(&mut *lock(&self.idle));
            drop(closed);
        }
    }

    /// A session of this thread, or of another if no more may be opened.
    fn idle(&self, generation: u64) -> Option<Session> {
        let here = std::thread::current().id();
        let mut idle = lock(&self.idle);
        idle.retain(|idle| idle.generation == generation);
        let open = idle.len() + self.used.load(Ordering::Relaxed);
        let own = idle.iter().rposition(|idle| idle.session.thread == here);
        let taken = match own {
            Some(position) => position,
            None if open >= self.connections_max && !idle.is_empty() => 0,
            None => return None,
        };
        Some(idle.remove(taken).session)
    }
}

impl Lease {
    /// The session, for a statement or a transaction: until [`Lease::finished`] it is not given to others.
    pub(super) fn session(&mut self) -> Result<&mut Session, Trouble> {
        self.condition = Condition::InUse;
        self.session.as_mut().ok_or_else(gone)
    }

    /// The session, for a commit: once that is sent nothing must stop it.
    pub(super) fn session_to_commit(&mut self) -> Result<&mut Session, Trouble> {
        self.session()?;
        self.condition = Condition::Over;
        self.session.as_mut().ok_or_else(gone)
    }

    /// Nothing runs in the session any more, and no transaction is open.
    pub(super) fn finished(&mut self) {
        self.condition = Condition::Clean;
    }

    /// The session is not to be used again, but what runs in it goes on.
    pub(super) fn give_up(&mut self) {
        self.condition = Condition::Over;
    }
}

fn gone() -> Trouble {
    Trouble::NotSent(Error::Failed("a session is gone".to_owned()))
}

impl Drop for Lease {
    fn drop(&mut self) {
        let pool = &self.pool;
        pool.used.fetch_sub(1, Ordering::Relaxed);
        let (Some(session), Some(place)) = (self.session.take(), self.place.take()) else { return };
        match self.condition {
            Condition::Clean if self.generation == pool.generation.load(Ordering::Acquire) => {
                lock(&pool.idle).push(Idle { session, generation: self.generation });
                // The place is free only now that the session can be found.
                drop(place);
            }
            Condition::Clean | Condition::Over => pool.keeper.ask(Chore::Close(session.connection)),
            Condition::InUse => pool.keeper.ask(Chore::End { connection: session.connection, place }),
        }
    }
}
