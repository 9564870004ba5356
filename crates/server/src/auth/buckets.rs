//! Who did something how often of late: buckets that fill up again as time goes by.
//!
//! A bucket is one point in time: when it will be full again. One that is full needs no memory. There are so many
//! buckets at most; beyond, some are forgotten, which lets somebody do a little more and nobody less.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

const SHARDS: usize = 16;
/// Buckets of a shard at most.
const SHARD_BUCKETS_MAX: usize = 4096;

/// Looking through a shard takes a while; not more often than that.
const SWEEP_PAUSE: Duration = Duration::from_secs(1);

/// How often something may be done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    /// So often.
    pub(crate) count: u32,
    /// In this time.
    pub(crate) period: Duration,
}

/// Buckets, by whatever tells them apart.
#[derive(Debug)]
pub(crate) struct Buckets {
    shards: [Mutex<Shard>; SHARDS],
    /// Keyed at random: nobody can aim at another's bucket.
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Shard {
    full_at: HashMap<u64, Instant>,
    /// When those that are full again were last thrown out.
    swept: Option<Instant>,
}

impl Allowance {
    /// Time after which one more is granted.
    fn interval(self) -> Duration {
        self.period / self.count.max(1)
    }
}

impl Default for Buckets {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()), hasher: RandomState::new() }
    }
}

impl Buckets {
    /// Takes one out of a bucket; if it is empty, tells how long until there is one.
    pub(crate) fn take(&self, key: impl Hash, allowed: Allowance, now: Instant) -> Result<(), Duration> {
        let hash = self.hasher.hash_one(key);
        let mut shard = self.shard(hash);
        let full_at = shard.full_at.get(&hash).map_or(now, |at| (*at).max(now)) + allowed.interval();
        if let Some(wait) = full_at.checked_duration_since(now + allowed.period).filter(|it| !it.is_zero()) {
            return Err(wait);
        }
        shard.make_room_for(hash, now);
        shard.full_at.insert(hash, full_at);
        Ok(())
    }

    /// Puts back what was taken out for nothing.
    pub(crate) fn put_back(&self, key: impl Hash, allowed: Allowance) {
        let hash = self.hasher.hash_one(key);
        if let Some(full_at) = self.shard(hash).full_at.get_mut(&hash) {
            *full_at = full_at.checked_sub(allowed.interval()).unwrap_or(*full_at);
        }
    }

    /// Fills a bucket up.
    pub(crate) fn fill(&self, key: impl Hash) {
        let hash = self.hasher.hash_one(key);
        self.shard(hash).full_at.remove(&hash);
    }

    fn shard(&self, hash: u64) -> MutexGuard<'_, Shard> {
        let index = usize::try_from(hash % SHARDS as u64).unwrap_or(0);
        // What a panic leaves behind is as good as what was there before.
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shard {
    fn make_room_for(&mut self, hash: u64, now: Instant) {
        if self.full_at.len() < SHARD_BUCKETS_MAX || self.full_at.contains_key(&hash) {
            return;
        }
        if self.swept.is_none_or(|swept| now > swept + SWEEP_PAUSE) {
            self.swept = Some(now);
            self.full_at.retain(|_, at| *at > now);
        }
        if self.full_at.len() >= SHARD_BUCKETS_MAX
            && let Some(some) = self.full_at.keys().next().copied()
        {
            self.full_at.remove(&some);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN_A_MINUTE: Allowance = Allowance { count: 10, period: Duration::from_mins(1) };

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let (buckets, start) = (Buckets::default(), Instant::now());
        for _ in 0..10 {
            assert_eq!(buckets.take("a", TEN_A_MINUTE, start), Ok(()));
        }
        assert_eq!(buckets.take("a", TEN_A_MINUTE, start), Err(Duration::from_secs(6)));
        assert_eq!(buckets.take("b", TEN_A_MINUTE, start), Ok(()), "each has its own");
        let later = start + Duration::from_secs(6);
        assert_eq!(buckets.take("a", TEN_A_MINUTE, later), Ok(()));
        assert!(buckets.take("a", TEN_A_MINUTE, later).is_err());
        for _ in 0..10 {
            assert_eq!(buckets.take("a", TEN_A_MINUTE, later + Duration::from_mins(1)), Ok(()));
        }
    }

    #[test]
    fn what_was_taken_for_nothing_comes_back() {
        let (buckets, now) = (Buckets::default(), Instant::now());
        for _ in 0..100 {
            assert_eq!(buckets.take("a", TEN_A_MINUTE, now), Ok(()));
            buckets.put_back("a", TEN_A_MINUTE);
        }
        while buckets.take("a", TEN_A_MINUTE, now).is_ok() {}
        buckets.fill("a");
        assert_eq!(buckets.take("a", TEN_A_MINUTE, now), Ok(()));
    }

    #[test]
    fn there_are_only_so_many() {
        let (buckets, now) = (Buckets::default(), Instant::now());
        for key in 0..3 * SHARDS * SHARD_BUCKETS_MAX {
            assert!(buckets.take(key, TEN_A_MINUTE, now).is_ok());
        }
        let kept: usize = buckets.shards.iter().map(|shard| shard.lock().unwrap().full_at.len()).sum();
        assert!(kept <= SHARDS * SHARD_BUCKETS_MAX, "{kept}");
    }
}
