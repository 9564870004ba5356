//! The keys of requests where the database is a server: in a table of Docent's own, so that all processes share them.
//!
//! A claim says until when its request can still be running: a request does not outlive its deadline for long. Until
//! then whoever asks is told that it runs, whichever process runs it; after that, without an answer, nobody knows what
//! became of it. So a process that dies needs nobody to tidy up after it, and none takes another's claim for its own.
//!
//! How a transaction runs on the server is left to its adapter, which implements [`Server`].

mod held;
mod mysql;
mod postgres;
mod statements;
mod work;

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};

pub(crate) use self::held::Held;
use self::statements::Statements;
use self::work::Known;
pub(crate) use self::work::Work;
use crate::error::Error;
use crate::keys::{Claimed, HeldKey, KeyClaim};
use crate::lock::lock;
use crate::program::Query;
use crate::render::Dialect;
use crate::value::Value;

/// The table.
pub(crate) const TABLE: &str = "docent_idempotency_keys";

/// Keys held, or waiting to be, at the same time; further ones are refused as busy.
const HELD_MAX: usize = 1_024;

/// How long after its deadline a request may still be running: a COMMIT is waited for, and the answer is kept.
const AFTER_DEADLINE: Duration = Duration::from_mins(1);

/// How long noting what became of a request may take.
const NOTE_TIME: Duration = Duration::from_secs(20);

/// How often what has expired is forgotten.
const TIDY_INTERVAL: Duration = Duration::from_mins(1);

/// How often a key is looked at again that was free just before.
const ATTEMPTS_MAX: usize = 5;

/// What a key is known by: its scope and itself.
type Key = (String, String);

/// The server that has the table.
pub(crate) trait Server: std::fmt::Debug + Send + Sync {
    /// Runs a transaction to its end.
    fn run<'a>(&'a self, work: &'a mut Work, deadline: Instant) -> Running<'a>;
}

/// A transaction on its way.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// The way to the table.
#[derive(Debug)]
pub(crate) struct Keys {
    server: Arc<dyn Server>,
    /// Where it is noted what became of requests: those who know do not wait for it.
    handle: Handle,
    statements: Statements,
    places: Arc<Semaphore>,
    /// Keys about to be free again: whoever asks for one waits for it.
    releasing: Mutex<HashMap<Key, watch::Receiver<()>>>,
    tidied: Mutex<Instant>,
}

impl Keys {
    pub(crate) fn new(server: Arc<dyn Server>, dialect: Dialect, handle: Handle) -> Arc<Self> {
        Arc::new(Keys {
            server,
            handle,
            statements: Statements::new(dialect),
            places: Arc::new(Semaphore::new(HELD_MAX)),
            releasing: Mutex::default(),
            tidied: Mutex::new(Instant::now()),
        })
    }

    /// Makes the table if it is not there, and forgets what is older than this.
    pub(crate) async fn prepare(&self, remembered: Duration) -> Result<(), Error> {
        if !self.is_there().await? {
            let made = self.work(self.statements.make()).await;
            // Another process may have made it meanwhile.
            if let Err(error) = made
                && !self.is_there().await?
            {
                return Err(error);
            }
        }
        self.tidy(remembered).await
    }

    /// Claims a key.
    pub(crate) async fn claim(
        self: &Arc<Self>,
        claim: KeyClaim,
        deadline: Instant,
    ) -> Result<Claimed, Error> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return Err(Error::Busy(format!("{HELD_MAX} keys are held already")));
        };
        self.tidy_when_due(claim.remembered);
        let key = (claim.scope.clone(), claim.key.clone());
        self.released(&key).await;
        // Tells this claim from others of the same key.
        let id = RandomState::new().hash_one(&claim.key).cast_signed();
        let lease = deadline.saturating_duration_since(Instant::now()) + AFTER_DEADLINE;
        for _ in 0..ATTEMPTS_MAX {
            let queries = self.statements.claim(&key, claim.digest, id, lease, claim.remembered);
            let mut work = Work::new(queries);
            self.server.run(&mut work, deadline).await.map_err(absent)?;
            work.check()?;
            let Some(known) = work.known else { continue };
            return Ok(if known.claim == id {
                Claimed::Held(HeldKey::from(Held::new(Arc::clone(self), key, claim.digest, id, place)))
            } else {
                known.told(claim.digest)
            });
        }
        Err(Error::Busy("the key is taken and released all the time".to_owned()))
    }

    /// Waits until a key that this process has let go of is free.
    async fn released(&self, key: &Key) {
        let releasing = lock(&self.releasing).get(key).cloned();
        if let Some(mut releasing) = releasing {
            // Its sender is gone then.
            let _ = releasing.changed().await;
        }
    }

    async fn is_there(&self) -> Result<bool, Error> {
        let work = self.work(vec![self.statements.look()]).await?;
        Ok(matches!(work.found.first(), Some(Value::Integer(1))))
    }

    async fn work(&self, queries: Vec<Query>) -> Result<Work, Error> {
        let mut work = Work::new(queries);
        self.server.run(&mut work, Instant::now() + NOTE_TIME).await?;
        work.check()?;
        Ok(work)
    }

    fn tidy_when_due(self: &Arc<Self>, remembered: Duration) {
        let mut tidied = lock(&self.tidied);
        if tidied.elapsed() < TIDY_INTERVAL {
            return;
        }
        *tidied = Instant::now();
        drop(tidied);
        let keys = Arc::clone(self);
        self.handle.spawn(async move {
            if let Err(error) = keys.tidy(remembered).await {
                tracing::warn!(%error, "expired keys could not be forgotten");
            }
        });
    }

    /// Forgets what has expired, and the oldest of what is too much.
    async fn tidy(&self, remembered: Duration) -> Result<(), Error> {
        self.work(vec![self.statements.forget(remembered)]).await?;
        // Found by themselves, so that nothing is locked but what goes.
        let found = self.work(self.statements.measure()).await?.found;
        for (until, forget) in found.into_iter().zip(self.statements.too_much()) {
            if until != Value::Null {
                self.work(vec![Query { statement: forget, parameters: vec![until].into() }]).await?;
            }
        }
        Ok(())
    }

    /// Notes something about a key without anybody waiting.
    fn note(self: &Arc<Self>, query: Query, until: Option<watch::Sender<()>>, key: Key) {
        let keys = Arc::clone(self);
        self.handle.spawn(async move {
            if let Err(error) = keys.work(vec![query]).await {
                tracing::error!(%error, "what became of a key could not be noted");
            }
            if until.is_some() {
                lock(&keys.releasing).remove(&key);
            }
            drop(until);
        });
    }
}

/// Without its table there are no keys until the next start.
fn absent(error: Error) -> Error {
    match error {
        Error::SchemaChanged(text) => Error::Unavailable(format!("the table {TABLE} is not there: {text}")),
        error => error,
    }
}

impl Known {
    fn told(self, digest: u128) -> Claimed {
        match self.answer {
            _ if self.digest != digest.to_be_bytes() => Claimed::OtherRequest,
            Some(answer) => Claimed::Answered(answer),
            None if self.runs => Claimed::Running,
            None => Claimed::Unknown,
        }
    }
}
