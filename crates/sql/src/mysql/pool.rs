//! The sessions that reads and writes share.
//!
//! A session comes back only when nothing runs in it and no transaction is open. In all other cases whatever runs there
//! is ended by the server (`keeper`), and its place is given to the next once that is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::keeper::{Chore, Keeper};
use super::session::{Server, Session, Trouble};
use crate::error::Error;
use crate::idle::{Idle, Settled};
use crate::places::{Place, Places};

#[derive(Debug)]
pub(super) struct Pool {
    server: Arc<Server>,
    places: Places,
    idle: Idle<Session>,
    /// Counts losses of the server: sessions opened before one are not used again.
    generation: AtomicU64,
    keeper: Arc<Keeper>,
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
    session: Option<Settled<Session>>,
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
            idle: Idle::new(connections_max),
            generation: AtomicU64::new(0),
            keeper,
        }
    }

    /// Waits for a session.
    pub(super) async fn lease(self: &Arc<Self>, deadline: Instant) -> Result<Lease, Error> {
        let mut place = self.places.take(deadline).await?;
        let generation = self.generation.load(Ordering::Acquire);
        let idle = self.idle.take(self.places.free(), |session| session.generation == generation);
        let is_used = idle.is_some();
        let session = match idle {
            Some(settled) => settled,
            None => self.idle.settle(Session { generation, ..self.server.open().await? }),
        };
        place.belongs_to(session.thread());
        Ok(Lease {
            pool: Arc::clone(self),
            is_used,
            session: Some(session),
            place: Some(place),
            generation,
            condition: Condition::Clean,
        })
    }

    /// Closes the sessions opened before the one that was lost; those in use are closed when they come back.
    pub(super) fn lost(&self, lease: &Lease) {
        let next = lease.generation + 1;
        let known =
            self.generation.compare_exchange(lease.generation, next, Ordering::AcqRel, Ordering::Acquire);
        if known.is_ok() {
            self.idle.close_all();
        }
    }
}

impl Lease {
    /// The session, for a statement or a transaction: until [`Lease::finished`] it is not given to others.
    pub(super) fn session(&mut self) -> Result<&mut Session, Trouble> {
        self.condition = Condition::InUse;
        self.session.as_mut().map(|settled| &mut settled.connection).ok_or_else(gone)
    }

    /// The session, for a commit: once that is sent nothing must stop it.
    pub(super) fn session_to_commit(&mut self) -> Result<&mut Session, Trouble> {
        self.session()?;
        self.condition = Condition::Over;
        self.session.as_mut().map(|settled| &mut settled.connection).ok_or_else(gone)
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
        let (Some(session), Some(place)) = (self.session.take(), self.place.take()) else { return };
        match self.condition {
            Condition::Clean if self.generation == pool.generation.load(Ordering::Acquire) => {
                pool.idle.put_back(session);
                // The place is free only now that the session can be found.
                drop(place);
            }
            Condition::Clean | Condition::Over => {
                pool.keeper.ask(Chore::Close(session.connection.connection));
            }
            Condition::InUse => {
                pool.keeper.ask(Chore::End { connection: session.connection.connection, place });
            }
        }
    }
}
