//! Connections that cheap reads share, one for each thread that asks: many reads are on their way at a time, and none
//! waits for another's round trip.
//!
//! Where one statement is slow those behind it wait, so the session ends each after a short time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;

use super::connection::{Connection, Connector, Purpose};
use crate::error::Error;
use crate::lock::lock;

/// Threads that have a connection; reads of further ones have to wait for a connection of their own.
const LANES_MAX: usize = 64;

#[derive(Debug)]
pub(super) struct Lanes {
    connector: Arc<Connector>,
    lanes: Mutex<HashMap<ThreadId, Arc<Lane>>>,
}

/// A thread's connection.
#[derive(Debug, Default)]
struct Lane {
    open: Mutex<Option<Arc<Connection>>>,
    /// Held while it is opened, so that those who come meanwhile do not open another.
    opening: tokio::sync::Mutex<()>,
}

impl Lane {
    fn connection(&self) -> Option<Arc<Connection>> {
        lock(&self.open).as_ref().filter(|connection| !connection.is_closed()).map(Arc::clone)
    }
}

impl Lanes {
    pub(super) fn new(connector: Arc<Connector>) -> Self {
        Lanes { connector, lanes: Mutex::default() }
    }

    /// This thread's connection, if it is open.
    pub(super) fn open_connection(&self) -> Option<Arc<Connection>> {
        self.lane()?.connection()
    }

    /// This thread's connection, opened if need be; none if there are too many threads.
    pub(super) async fn connection(&self) -> Result<Option<Arc<Connection>>, Error> {
        let Some(lane) = self.lane() else { return Ok(None) };
        if let Some(connection) = lane.connection() {
            return Ok(Some(connection));
        }
        let _opening = lane.opening.lock().await;
        if let Some(connection) = lane.connection() {
            return Ok(Some(connection));
        }
        let connection = Arc::new(self.connector.connect(Purpose::Shared).await?);
        *lock(&lane.open) = Some(Arc::clone(&connection));
        Ok(Some(connection))
    }

    fn lane(&self) -> Option<Arc<Lane>> {
        let thread = std::thread::current().id();
        let mut lanes = lock(&self.lanes);
        if let Some(lane) = lanes.get(&thread) {
            return Some(Arc::clone(lane));
        }
        // Threads that have ended leave a connection that has ended.
        lanes.retain(|_, lane| Arc::strong_count(lane) > 1 || lane.connection().is_some());
        if lanes.len() >= LANES_MAX {
            return None;
        }
        Some(Arc::clone(lanes.entry(thread).or_default()))
    }

    /// Forgets a connection that is of no use any more. Reads on their way over it are not disturbed.
    pub(super) fn forget(&self, connection: &Arc<Connection>) {
        for lane in lock(&self.lanes).values() {
            let mut open = lock(&lane.open);
            if open.as_ref().is_some_and(|open| Arc::ptr_eq(open, connection)) {
                *open = None;
            }
        }
    }
}
