//! Passwords verified: a few at a time, and each not more often than needed.
//!
//! A verification takes a good part of a tenth of a second and some megabytes, on purpose. So it happens on threads of
//! its own, a few of them, with a short queue before them; and what was right is remembered for a little while under
//! a keyed hash of everything it depends on. The stored hash is part of that: a changed password counts at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use aws_lc_rs::{hmac, rand};
use tokio::sync::Semaphore;

/// Verifications that may wait for a thread.
const WAITING_MAX: usize = 64;
/// Threads at most, however many cores there are: each needs its memory.
const THREADS_MAX: usize = 4;
/// How long it is remembered that a password was right.
const REMEMBERED: Duration = Duration::from_mins(1);
/// How many are remembered.
const REMEMBERED_MAX: usize = 4096;
const KEY_BYTES: usize = 32;

/// A password and what it was compared with, as one keyed hash.
pub type Tag = [u8; 32];

/// Verifies passwords.
pub struct Verification {
    threads: Arc<Semaphore>,
    waiting: AtomicUsize,
    key: hmac::Key,
    /// What was right, and until when that counts.
    right: Mutex<HashMap<Tag, Instant>>,
}

/// Too many passwords are to be verified at once.
#[derive(Debug, PartialEq, Eq)]
pub struct Overloaded;

/// One that waits for a thread.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn enter(counter: &'a AtomicUsize) -> Result<Self, Overloaded> {
        let waiting = Self(counter);
        if counter.fetch_add(1, Ordering::Relaxed) < WAITING_MAX { Ok(waiting) } else { Err(Overloaded) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Verification {
    /// Fails if the system has no random numbers.
    pub fn new() -> std::io::Result<Self> {
        let mut key = [0; KEY_BYTES];
        rand::fill(&mut key).map_err(|_| std::io::Error::other("the system gives no random numbers"))?;
        // Half of the cores: the others go on answering.
        let cores = thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        Ok(Self {
            threads: Arc::new(Semaphore::new((cores / 2).clamp(1, THREADS_MAX))),
            waiting: AtomicUsize::new(0),
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
            right: Mutex::default(),
        })
    }

    /// The name under which it is remembered that a password fits: made of everything that this depends on.
    pub fn tag(&self, parts: &[&[u8]]) -> Tag {
        let mut context = hmac::Context::with_key(&self.key);
        // With their lengths: no two lists may look the same.
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut tag = Tag::default();
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }

    /// Whether these fitted a moment ago.
    pub fn remembers(&self, tag: &Tag) -> bool {
        self.right().get(tag).is_some_and(|until| *until > Instant::now())
    }

    /// Whether a password fits, as `fits` finds out on a thread of its own; it is remembered if so.
    pub async fn verify(
        &self,
        tag: Tag,
        deadline: Instant,
        fits: impl FnOnce() -> bool + Send + 'static,
    ) -> Result<bool, Overloaded> {
        let waiting = Waiting::enter(&self.waiting)?;
        let free = Arc::clone(&self.threads).acquire_owned();
        let Ok(Ok(place)) = tokio::time::timeout_at(deadline.into(), free).await else {
            return Err(Overloaded);
        };
        drop(waiting);
        // Browsers ask for many things at once: the first has answered for the others.
        if self.remembers(&tag) {
            return Ok(true);
        }
        let verified = tokio::task::spawn_blocking(move || {
            let fits = fits();
            // Not before: a client that leaves does not end what runs for it.
            drop(place);
            fits
        });
        let fits = verified.await.unwrap_or(false);
        if fits {
            self.remember(tag);
        }
        Ok(fits)
    }

    fn remember(&self, tag: Tag) {
        let now = Instant::now();
        let mut right = self.right();
        if right.len() >= REMEMBERED_MAX {
            right.retain(|_, until| *until > now);
        }
        if right.len() < REMEMBERED_MAX {
            right.insert(tag, now + REMEMBERED);
        }
    }

    fn right(&self) -> MutexGuard<'_, HashMap<Tag, Instant>> {
        // What a panic leaves behind is as good as what was there before.
        self.right.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    #[test]
    fn what_was_right_is_remembered() {
        let verification = Verification::new().unwrap();
        let tag = verification.tag(&[b"ann", b"secret", b"hash"]);
        let wrong = verification.tag(&[b"ann", b"wrong", b"hash"]);
        assert!(!verification.remembers(&tag));
        assert_eq!(run(verification.verify(wrong, soon(), || false)), Ok(false));
        assert_eq!(run(verification.verify(tag, soon(), || true)), Ok(true));
        assert!(verification.remembers(&tag) && !verification.remembers(&wrong));
        assert_eq!(run(verification.verify(tag, soon(), || panic!("verified again"))), Ok(true));
        let changed = verification.tag(&[b"ann", b"secret", b"other hash"]);
        assert!(!verification.remembers(&changed), "another hash is another password");
        assert_ne!(verification.tag(&[b"a", b"nn"]), verification.tag(&[b"an", b"n"]));
        assert_ne!(Verification::new().unwrap().tag(&[b"ann", b"secret", b"hash"]), tag);
    }

    #[test]
    fn the_queue_is_short() {
        let verification = Verification::new().unwrap();
        run(async {
            let all = u32::try_from(verification.threads.available_permits()).unwrap();
            let busy = Arc::clone(&verification.threads).acquire_many_owned(all).await.unwrap();
            let in_time = Instant::now() + Duration::from_millis(50);
            assert_eq!(verification.verify([0; 32], in_time, || true).await, Err(Overloaded));
            verification.waiting.store(WAITING_MAX, Ordering::Relaxed);
            assert_eq!(verification.verify([0; 32], soon(), || true).await, Err(Overloaded));
            assert_eq!(verification.waiting.load(Ordering::Relaxed), WAITING_MAX);
            drop(busy);
        });
    }
}
