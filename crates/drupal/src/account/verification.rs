//! Passwords verified: a few at a time, and each not more often than needed.
//!
//! A verification takes a good part of a tenth of a second, on purpose. So it happens on threads made for waiting, a
//! few of them, with a short queue before them; and what was right is remembered for a little while under a keyed hash of
//! everything it depends on. The stored hash is part of that: a changed password counts at once.

use hashbrown::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::password;

/// Verifications that may wait for a thread.
const WAITING_MAX: usize = 64;
/// Threads at most, however many cores there are.
const THREADS_MAX: usize = 4;
/// How long it is remembered that a password was right.
const REMEMBERED: Duration = Duration::from_mins(1);
/// How many are remembered.
const REMEMBERED_MAX: usize = 4096;

/// A password and what it was compared with, as one keyed hash.
pub(super) type Tag = [u8; 32];

/// Verifies passwords.
pub(super) struct Verification {
    threads: Arc<Semaphore>,
    waiting: AtomicUsize,
    key: [u8; 16],
    /// What was right, and until when that counts.
    right: Mutex<HashMap<Tag, Instant>>,
}

/// Too many passwords are to be verified at once.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overloaded;

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
    pub(super) fn new() -> std::io::Result<Self> {
        let key = argon2::password_hash::try_generate_salt()
            .map_err(|_| std::io::Error::other("the system gives no random numbers"))?;
        // Half of the cores: the others go on answering.
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        Ok(Self {
            threads: Arc::new(Semaphore::new((cores / 2).clamp(1, THREADS_MAX))),
            waiting: AtomicUsize::new(0),
            key,
            right: Mutex::default(),
        })
    }

    /// The name under which it is remembered that a password fits.
    pub(super) fn tag(&self, stored: &str, password: &[u8]) -> Tag {
        let mut hasher = Sha256::new_with_prefix(self.key);
        // With their lengths: no two pairs may look the same.
        for part in [stored.as_bytes(), password] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hasher.finalize().into()
    }

    /// Whether these fitted a moment ago.
    pub(super) fn remembers(&self, tag: &Tag) -> bool {
        self.right().get(tag).is_some_and(|until| *until > Instant::now())
    }

    /// Whether the password fits, which is remembered if so.
    pub(super) async fn verify(
        &self,
        tag: Tag,
        stored: String,
        password: Vec<u8>,
        deadline: Instant,
    ) -> Result<bool, Overloaded> {
        let waiting = Waiting::enter(&self.waiting)?;
        let free = Arc::clone(&self.threads).acquire_owned();
        let Ok(Ok(place)) = tokio::time::timeout_at(deadline.into(), free).await else {
            return Err(Overloaded);
        };
        drop(waiting);
        // Clients ask for many things at once: the first has answered for the others.
        if self.remembers(&tag) {
            return Ok(true);
        }
        let verified = tokio::task::spawn_blocking(move || {
            let fits = password::fits(&stored, &password);
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
        let stored = bcrypt::hash("secret", 4).unwrap();
        let (right, wrong) = (verification.tag(&stored, b"secret"), verification.tag(&stored, b"wrong"));
        let verify = |tag, password: &str| {
            run(verification.verify(tag, stored.clone(), password.as_bytes().to_vec(), soon()))
        };
        assert_eq!(verify(wrong, "wrong"), Ok(false));
        assert_eq!(verify(right, "secret"), Ok(true));
        assert!(verification.remembers(&right) && !verification.remembers(&wrong));
        assert_ne!(verification.tag(&bcrypt::hash("secret", 4).unwrap(), b"secret"), right);
        assert_ne!(verification.tag("a", b"bc"), verification.tag("ab", b"c"));
        assert_ne!(Verification::new().unwrap().tag(&stored, b"secret"), right);
    }

    #[test]
    fn the_queue_is_short() {
        let verification = Verification::new().unwrap();
        run(async {
            let all = u32::try_from(verification.threads.available_permits()).unwrap();
            let busy = Arc::clone(&verification.threads).acquire_many_owned(all).await.unwrap();
            let in_time = Instant::now() + Duration::from_millis(50);
            let verified = verification.verify([0; 32], String::new(), Vec::new(), in_time);
            assert_eq!(verified.await, Err(Overloaded));
            verification.waiting.store(WAITING_MAX, Ordering::Relaxed);
            let verified = verification.verify([0; 32], String::new(), Vec::new(), soon());
            assert_eq!(verified.await, Err(Overloaded));
            assert_eq!(verification.waiting.load(Ordering::Relaxed), WAITING_MAX);
            drop(busy);
        });
    }
}
