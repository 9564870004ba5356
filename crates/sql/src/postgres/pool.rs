//! Connections that one transaction at a time has to itself.
//!
//! A connection comes back when its transaction has ended. One that is in the middle of something, because its user
//! went away or gave up, is told to stop and closed: nobody gets a connection that may still be busy, nor one on which
//! a late order to stop might hit the next statement.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use super::connection::{Connection, Connector, Purpose};
use super::wave::Pending;
use crate::error::Error;
use crate::lock::lock;
use crate::places::{Place, Places};

/// How long the end of a transaction is waited for before its connection is given up.
const END_TIME: Duration = Duration::from_secs(10);

/// What places are for.
const CONNECTION: &str = "connection";

#[derive(Debug)]
pub(super) struct Pool {
    connector: Arc<Connector>,
    idle: Mutex<Vec<Connection>>,
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
            idle: Mutex::default(),
            generation: AtomicU64::new(0),
            places: Places::new(connections_max, queue_length_max, CONNECTION),
            heavy: Places::new(connections_max / 2, queue_length_max, CONNECTION),
            handle,
        }
    }

    /// Waits for a connection.
    pub(super) async fn lease(self: &Arc<Self>, deadline: Instant) -> Result<Lease, Error> {
        let place = self.places.take(deadline).await?;
        let mut connection = match self.idle_connection() {
            Some(connection) => connection,
            // Rare, and a large future: it would be moved about with every lease.
            None => Box::pin(self.open(deadline)).await?,
        };
        let generation = self.generation.load(Ordering::Acquire);
        if std::mem::replace(&mut connection.generation, generation) != generation {
            connection.forget_statements();
        }
        Ok(Lease { held: Some((connection, place)), pool: Arc::clone(self) })
    }

    async fn open(&self, deadline: Instant) -> Result<Connection, Error> {
        let opened = tokio::time::timeout_at(deadline.into(), self.connector.connect(Purpose::Exclusive));
        opened.await.unwrap_or_else(|_| Err(Error::Unavailable("the server does not answer".to_owned())))
    }

    /// A connection that this thread opened, or where no more may be opened, another thread's.
    fn idle_connection(&self) -> Option<Connection> {
        let mut idle = lock(&self.idle);
        idle.retain(|connection| !connection.is_closed());
        let here = std::thread::current().id();
        let own = idle.iter().rposition(|connection| connection.home == here);
        match own {
            Some(index) => Some(idle.swap_remove(index)),
            // Every place that is taken stands for a connection, this one included.
            None if idle.len() > self.places.free() => idle.pop(),
            None => None,
        }
    }

    /// Lets every connection prepare its statements anew before it is used again: the schema has changed.
    pub(super) fn forget_statements(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Closes what nobody uses: the server has ended one connection and probably all.
    pub(super) fn close_idle(&self) {
        lock(&self.idle).clear();
    }
}

/// A connection, until it is given back. Dropped in the middle of something it is closed.
#[derive(Debug)]
pub(super) struct Lease {
    held: Option<(Connection, Place)>,
    pool: Arc<Pool>,
}

impl Lease {
    pub(super) fn connection(&self) -> Result<&Connection, Error> {
        let held =
            self.held.as_ref().ok_or_else(|| Error::Failed("the connection was given back".to_owned()))?;
        Ok(&held.0)
    }

    /// Ends the transaction with this statement, which does not fail unless the connection does, and gives the
    /// connection back. Nobody waits for the answer: what is sent next comes behind it.
    pub(super) async fn end(mut self, statement: &'static str) {
        let Some((connection, place)) = self.held.take() else { return };
        if connection.prepared {
            drop(Pending::send(connection.client.batch_execute(statement)).await);
            return self.pool.put_back(connection);
        }
        // A pooler may give the next transaction another session, if it knows in time that this one has ended.
        let pool = Arc::clone(&self.pool);
        tokio::spawn(async move {
            let ended = tokio::time::timeout(END_TIME, connection.client.batch_execute(statement)).await;
            if matches!(ended, Ok(Ok(()))) {
                pool.put_back(connection);
            }
            drop(place);
        });
    }

    /// Gives the connection back as it is: no transaction is open.
    pub(super) fn give_back(mut self) {
        if let Some((connection, _place)) = self.held.take() {
            self.pool.put_back(connection);
        }
    }

    /// Closes a connection on which nothing runs.
    pub(super) fn close(mut self) {
        self.held = None;
    }
}

impl Pool {
    fn put_back(&self, connection: Connection) {
        if !connection.is_closed() {
            lock(&self.idle).push(connection);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some((connection, place)) = self.held.take() {
            connection.cancel(&self.pool.handle, place);
        }
    }
}
