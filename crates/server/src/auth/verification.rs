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

use super::password::PasswordHash;

/// Verifications that may wait for a thread.
const WAITING_MAX: usize = 64;
/// Threads at most, however many cores there are: each needs its memory.
const THREADS_MAX: usize = 4;
/// How long it is remembered that a password was right.
const REMEMBERED: Duration = Duration::from_mins(1);
/// How many are remembered.
const REMEMBERED_MAX: usize = 4096;
const KEY_BYTES: usize = 32;

/// A login, its password and the stored hash, as one keyed hash.
pub(crate) type Tag = [u8; 32];

/// Verifies passwords.
pub(crate) struct Verification {
    threads: Arc<Semaphore>,
    waiting: AtomicUsize,
    key: hmac::Key,
    /// What was right, and until when that counts.
    right: Mutex<HashMap<Tag, Instant>>,
}

/// Too many passwords are to be verified at once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Overloaded;

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
    pub(crate) fn new() -> std::io::Result<Self> {
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

    /// The name under which it is remembered that these fit.
    pub(crate) fn tag(&self, login: &str, password: &str, hash: &PasswordHash) -> Tag {
        let mut context = hmac::Context::with_key(&self.key);
        // With their lengths: no two triples may look the same.
        for part in [login, password, hash.as_str()] {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        let mut tag = Tag::default();
        tag.copy_from_slice(context.sign().as_ref());
        tag
    }

    /// Whether these fitted a moment ago.
    pub(crate) fn remembers(&self, tag: &Tag) -> bool {
        self.right().get(tag).is_some_and(|until| *until > Instant::now())
    }

    /// Whether the password fits, which is remembered if so.
    pub(crate) async fn verify(
        &self,
        tag: Tag,
        password: String,
        hash: PasswordHash,
        deadline: Instant,
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
            let fits = hash.fits(&password);
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

    fn cheap(password: &str) -> PasswordHash {
        PasswordHash::parse(&bcrypt::hash(password, 4).unwrap()).unwrap()
    }

    #[test]
    fn what_was_right_is_remembered() {
        let verification = Verification::new().unwrap();
        let hash = cheap("secret");
        let tag = verification.tag("ann", "secret", &hash);
        assert!(!verification.remembers(&tag));
        let wrong = verification.tag("ann", "wrong", &hash);
        assert_eq!(run(verification.verify(wrong, "wrong".into(), hash.clone(), soon())), Ok(false));
        assert_eq!(run(verification.verify(tag, "secret".into(), hash.clone(), soon())), Ok(true));
        assert!(verification.remembers(&tag) && !verification.remembers(&wrong));
        let changed = verification.tag("ann", "secret", &cheap("secret"));
        assert!(!verification.remembers(&changed), "another hash is another password");
        assert_ne!(verification.tag("a", "nn", &hash), verification.tag("an", "n", &hash));
    }

    #[test]
    fn the_queue_is_short() {
        let verification = Verification::new().unwrap();
        run(async {
            let all = Arc::clone(&verification.threads)
                .acquire_many_owned(u32::try_from(verification.threads.available_permits()).unwrap());
            let busy = all.await.unwrap();
            let hash = cheap("secret");
            let tag = verification.tag("ann", "secret", &hash);
            let in_time = Instant::now() + Duration::from_millis(50);
            assert_eq!(
                verification.verify(tag, "secret".into(), hash.clone(), in_time).await,
                Err(Overloaded)
            );
            verification.waiting.store(WAITING_MAX, Ordering::Relaxed);
            assert_eq!(verification.verify(tag, "secret".into(), hash, soon()).await, Err(Overloaded));
            assert_eq!(verification.waiting.load(Ordering::Relaxed), WAITING_MAX);
            drop(busy);
        });
    }
}
