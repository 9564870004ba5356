//! Memory that response bodies may hold until they are sent.
//!
//! A client that reads slowly keeps its response in memory. Small bodies are bounded by the number of connections; each
//! large one takes its size from a budget that all connections share, and gives it back when its last byte is sent or
//! dropped.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bodies up to this size are not counted.
const SMALL_BYTES_MAX: usize = 64 * 1024;
const UNIT_BYTES: usize = 1024;

/// The memory all large bodies share.
pub(crate) struct Budget {
    units: Arc<Semaphore>,
    units_max: u32,
}

/// A body together with its share of the budget.
struct Paid {
    body: Vec<u8>,
    _share: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Paid {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

impl Budget {
    pub(crate) fn new(bytes_max: usize) -> Self {
        let units_max = u32::try_from(bytes_max / UNIT_BYTES).unwrap_or(u32::MAX).max(1);
        let permits = usize::try_from(units_max).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { units: Arc::new(Semaphore::new(permits)), units_max }
    }

    /// The body, ready to be sent, once there is room for it; nothing if there is none before the deadline.
    ///
    /// A body larger than the whole budget waits until nothing else is being sent.
    pub(crate) async fn admit(&self, body: Vec<u8>, deadline: Instant) -> Option<Bytes> {
        if body.len() <= SMALL_BYTES_MAX {
            return Some(Bytes::from(body));
        }
        // In a box, because the future of every small response would have to carry the timer along.
        Box::pin(self.share(body, deadline)).await
    }

    async fn share(&self, body: Vec<u8>, deadline: Instant) -> Option<Bytes> {
        let units = u32::try_from(body.len().div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX).min(self.units_max);
        let share = Arc::clone(&self.units).acquire_many_owned(units);
        let share = tokio::time::timeout_at(deadline.into(), share).await.ok()?.ok()?;
        Some(Bytes::from_owner(Paid { body, _share: share }))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(20)
    }

    #[tokio::test]
    async fn large_bodies_share_the_budget() {
        let budget = Budget::new(256 * 1024);
        let first = budget.admit(vec![0; 150 * 1024], soon()).await.unwrap();
        assert!(budget.admit(vec![0; 150 * 1024], soon()).await.is_none());
        assert!(budget.admit(vec![0; 64 * 1024], soon()).await.is_some(), "small bodies are not counted");
        let rest = first.slice(1..2);
        drop(first);
        assert!(budget.admit(vec![0; 150 * 1024], soon()).await.is_none(), "a byte is still to be sent");
        drop(rest);
        assert!(budget.admit(vec![0; 150 * 1024], soon()).await.is_some());
    }

    #[tokio::test]
    async fn a_body_beyond_the_budget_takes_all_of_it() {
        let budget = Budget::new(100 * 1024);
        let whole = budget.admit(vec![0; 1024 * 1024], soon()).await.unwrap();
        assert!(budget.admit(vec![0; 65 * 1024], soon()).await.is_none());
        drop(whole);
        assert!(budget.admit(vec![0; 65 * 1024], soon()).await.is_some());
    }
}
