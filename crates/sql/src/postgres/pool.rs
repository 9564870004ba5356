//! Connections that one transaction at a time has to itself.
//!
//! A connection comes back when its transaction has ended. One that is in the middle of something, because its user
//! went away or gave up, is told to stop and closed: nobody gets a connection that may still be busy, nor one on which
//! a late order to stop might hit the next statement.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::connection::{Connection, Connector, Purpose};
use super::wave::Pending;
use crate::error::Error;
use crate::idle::{Idle, Settled};
use crate::places::{Place, Places};

/// How long the end of a transaction is waited for before its connection is given up.
const END_TIME: Duration = Duration::from_secs(10);

/// What places are for.
const CONNECTION: &str = "connection";

#[derive(Debug)]
pub(super) struct Pool {
    connector: Arc<Connector>,
    idle: Idle<Connection>,
    /// Counts the times that something prepared was found not to fit the schema any more.
    generation: AtomicU64,
    places: Places,
    /// Heavy reads have fewer, so that transactions and small reads always find one.
    pub(super) heavy: Places,
    /// Where orders to stop are sent from: those who give them may be gone.
    handle: Handle,
}

impl Pool {
    pub(super) fn new(
        connector: Arc<Connector>,
        connections_max: usize,
        queue_length_max: usize,
        handle: Handle,
    ) -> Self {
        Pool {
            connector,
            idle: Idle::new(connections_max),
            generation: AtomicU64::new(0),
            places: Places::new(connections_max, queue_length_max, CONNECTION),
            heavy: Places::new(connections_max / 2, queue_length_max, CONNECTION),
            handle,
        }
    }

    /// Waits for a connection.
    pub(super) async fn lease(self: &Arc<Self>, deadline: Instant) -> Result<Lease, Error> {
        let mut place = self.places.take(deadline).await?;
        let mut settled = match self.idle.take(self.places.free(), |connection| !connection.is_closed()) {
            Some(settled) => settled,
            // Rare, and a large future: it would be moved about with every lease.
            None => self.idle.settle(Box::pin(self.open(deadline)).await?),
        };
        place.belongs_to(settled.thread());
        let generation = self.generation.load(Ordering::Acquire);
        if std::mem::replace(&mut settled.connection.generation, generation) != generation {
            settled.connection.forget_statements();
        }
        Ok(Lease { held: Some((settled, place)), pool: Arc::clone(self) })
    }

    async fn open(&self, deadline: Instant) -> Result<Connection, Error> {
        let opened = tokio::time::timeout_at(deadline.into(), self.connector.connect(Purpose::Exclusive));
        opened.await.unwrap_or_else(|_| Err(Error::Unavailable("the server does not answer".to_owned())))
    }

    /// Lets every connection prepare its statements anew before it is used again: the schema has changed.
    pub(super) fn forget_statements(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Closes what nobody uses: the server has ended one connection and probably all.
    pub(super) fn close_idle(&self) {
        self.idle.close_all();
    }
}

/// A connection, until it is given back. Dropped in the middle of something it is closed.
#[derive(Debug)]
pub(super) struct Lease {
    held: Option<(Settled<Connection>, Place)>,
    pool: Arc<Pool>,
}

impl Lease {
    pub(super) fn connection(&self) -> Result<&Connection, Error> {
        let held =
            self.held.as_ref().ok_or_else(|| Error::Failed("the connection was given back".to_owned()))?;
        Ok(&held.0.connection)
    }

    /// Ends the transaction with this statement, which does not fail unless the connection does, and gives the
    /// connection back. Nobody waits for the answer: what is sent next comes behind it.
    pub(super) async fn end(mut self, statement: &'static str) {
        let Some((settled, place)) = self.held.take() else { return };
        let connection = &settled.connection;
        if connection.prepared {
            drop(Pending::send(connection.client.batch_execute(statement)).await);
            return self.pool.put_back(settled);
        }
        // A pooler may give the next transaction another session, if it knows in time that this one has ended.
        let pool = Arc::clone(&self.pool);
        tokio::spawn(async move {
            let ending = settled.connection.client.batch_execute(statement);
            if matches!(tokio::time::timeout(END_TIME, ending).await, Ok(Ok(()))) {
                pool.put_back(settled);
            }
            drop(place);
        });
    }

    /// Gives the connection back as it is: no transaction is open.
    pub(super) fn give_back(mut self) {
        if let Some((settled, _place)) = self.held.take() {
            self.pool.put_back(settled);
        }
    }

    /// Closes a connection on which nothing runs.
    pub(super) fn close(mut self) {
        self.held = None;
    }
}

impl Pool {
    fn put_back(&self, settled: Settled<Connection>) {
        if !settled.connection.is_closed() {
            self.idle.put_back(settled);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some((settled, place)) = self.held.take() {
            settled.connection.cancel(&self.pool.handle, place);
        }
    }
}
