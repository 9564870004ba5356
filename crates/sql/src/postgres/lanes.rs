//! Connections that cheap reads share, one for each thread that asks: many reads are on their way at a time, and none
//! waits for another's round trip.
//!
//! Where one statement is slow those behind it wait, so the session ends each after a short time.
//!
//! Cheap reads of several statements need a connection for themselves (`pool`). On a server that shares this machine
//! those of a thread take turns: its processes and these threads have the same cores, and a second session in use would
//! get no more done but only displace what the first one has in the caches.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;

use super::connection::{Connection, Connector, Purpose};
use crate::error::Error;
use crate::lock::lock;

/// Threads that have a connection; reads of further ones have to wait for a connection of their own.
const LANES_MAX: usize = 64;

/// How long a turn may take before others need not wait for its end: it is no cheap read then, or it waits for a disk.
const TURN_TIME: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) struct Lanes {
    connector: Arc<Connector>,
    of_threads: Mutex<HashMap<ThreadId, Arc<Lane>>>,
    /// See [`TURN_TIME`].
    turn_time: Duration,
}

/// What the reads of a thread share.
#[derive(Debug, Default)]
struct Lane {
    open: Mutex<Option<Arc<Connection>>>,
    /// Held while it is opened, so that those who come meanwhile do not open another.
    opening: tokio::sync::Mutex<()>,
    /// Held by a cheap read of several statements.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Since when.
    turn_began: Mutex<Option<Instant>>,
}

/// A read's turn among those of its thread, over when it is dropped.
pub(super) type Turn = OwnedMutexGuard<()>;

impl Lane {
    fn connection(&self) -> Option<Arc<Connection>> {
        lock(&self.open).as_ref().filter(|connection| !connection.is_closed()).map(Arc::clone)
    }
}

impl Lanes {
    pub(super) fn new(connector: Arc<Connector>) -> Self {
        Lanes { connector, of_threads: Mutex::default(), turn_time: TURN_TIME }
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

    /// Waits until it is this read's turn among those of its thread. None when it need not wait for one, or its
    /// deadline has come.
    pub(super) async fn turn(&self, deadline: Instant) -> Option<Turn> {
        let lane = self.lane()?;
        let mut granted = pin!(Arc::clone(&lane.turn).lock_owned());
        loop {
            let now = Instant::now();
            let began = *lock(&lane.turn_began);
            let until = deadline.min(began.unwrap_or(now) + self.turn_time);
            if let Ok(turn) = tokio::time::timeout_at(until.into(), granted.as_mut()).await {
                *lock(&lane.turn_began) = Some(Instant::now());
                return Some(turn);
            }
            // Where another's turn has begun meanwhile, the one before was short.
            if *lock(&lane.turn_began) == began || Instant::now() >= deadline {
                return None;
            }
        }
    }

    fn lane(&self) -> Option<Arc<Lane>> {
        let thread = std::thread::current().id();
        let mut lanes = lock(&self.of_threads);
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
        for lane in lock(&self.of_threads).values() {
            let mut open = lock(&lane.open);
            if open.as_ref().is_some_and(|open| Arc::ptr_eq(open, connection)) {
                *open = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::*;

    fn lanes() -> Lanes {
        let settings = Settings::new("postgres://localhost/nowhere".to_owned());
        Lanes::new(Arc::new(Connector::new(&settings.url, &settings).unwrap()))
    }

    fn later() -> Instant {
        Instant::now() + Duration::from_mins(1)
    }

    #[tokio::test]
    async fn reads_of_a_thread_take_turns() {
        let lanes = lanes();
        let first = lanes.turn(later()).await.unwrap();
        let (next, ()) = tokio::join!(lanes.turn(later()), async { drop(first) });
        assert!(next.is_some(), "the turn of the first was over");
        let elsewhere = std::thread::scope(|scope| {
            let alone = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let lanes = &lanes;
            scope.spawn(move || alone.block_on(lanes.turn(later())).is_some()).join().unwrap()
        });
        assert!(elsewhere, "each thread has turns of its own");
    }

    #[tokio::test]
    async fn a_long_turn_is_not_waited_for() {
        let lanes = lanes();
        let _long = lanes.turn(later()).await.unwrap();
        assert!(lanes.turn(Instant::now()).await.is_none(), "its deadline has come");
        assert!(lanes.turn(later()).await.is_none(), "the turn takes too long");
    }

    #[tokio::test]
    async fn many_short_turns_are_waited_for() {
        let lanes = Lanes { turn_time: Duration::from_millis(300), ..lanes() };
        let read = || async {
            let turn = lanes.turn(later()).await;
            tokio::time::sleep(lanes.turn_time / 4).await;
            turn.is_some()
        };
        // The last waits for longer than one turn may take.
        let had = futures_util::future::join_all((0..7).map(|_| read())).await;
        assert_eq!(had, [true; 7]);
    }
}
