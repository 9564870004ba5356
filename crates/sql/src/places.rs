//! A bounded number of places, and a bounded number of those who wait for one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Error;

#[derive(Debug)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
    /// What has a place: a connection.
    thing: &'static str,
}

impl Places {
    pub(crate) fn new(count: usize, waiting_max: usize, thing: &'static str) -> Self {
        let count = count.clamp(1, Semaphore::MAX_PERMITS);
        Places { free: Arc::new(Semaphore::new(count)), waiting: AtomicUsize::new(0), waiting_max, thing }
    }

    /// Places nobody has.
    pub(crate) fn free(&self) -> usize {
        self.free.available_permits()
    }

    /// Waits for a place.
    pub(crate) async fn take(&self, deadline: Instant) -> Result<OwnedSemaphorePermit, Error> {
        if let Ok(place) = Arc::clone(&self.free).try_acquire_owned() {
            return Ok(place);
        }
        let _waiting = self.enter()?;
        let place = Arc::clone(&self.free).acquire_owned();
        match tokio::time::timeout_at(deadline.into(), place).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(Error::Failed("the pool is closed".to_owned())),
            Err(_) => Err(Error::Busy(format!("no {} became free before the deadline", self.thing))),
        }
    }

    fn enter(&self) -> Result<Waiting<'_>, Error> {
        let waiting = Waiting(&self.waiting);
        if self.waiting.fetch_add(1, Ordering::AcqRel) >= self.waiting_max {
            return Err(Error::Busy(format!("{} wait for a {} already", self.waiting_max, self.thing)));
        }
        Ok(waiting)
    }
}

/// One who waits for a place, and is counted.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
