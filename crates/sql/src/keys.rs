//! Keys that clients give to requests, so that a request sent twice is done once.
//!
//! Owns what every engine has to keep of a key, and when. A key is *claimed* before the request changes anything, which
//! is durable before it is answered; it is *kept* with the answer once the change is durable, or *released* when there
//! was none. The two are not one commit: where the process ends between them, the key remains claimed, and nobody can
//! tell from it whether the change was made. Such a key is never given out again before it expires.
//!
//! What a key looks like and what an answer consists of is left to the caller.

use std::time::{Duration, Instant};

use crate::error::Error;
use crate::{key_table, sqlite};

/// A request that carries a key.
#[derive(Debug, Clone)]
pub struct KeyClaim {
    /// Whose key it is: the same key of two callers is two keys.
    pub scope: String,
    /// The key.
    pub key: String,
    /// A digest of the request: equal for requests that are the same.
    pub digest: u128,
    /// How long keys are remembered.
    pub remembered: Duration,
}

/// What is known of a key.
#[derive(Debug)]
pub enum Claimed {
    /// It is free, and held for this request from now on.
    Held(HeldKey),
    /// The request is being done.
    Running,
    /// It was used for another request.
    OtherRequest,
    /// The request was begun, and nobody knows how it ended.
    Unknown,
    /// The request was done, and answered so.
    Answered(KeptAnswer),
}

/// An answer to be given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Everything but the body, in the caller's own form. Short.
    pub head: String,
    /// The body, unless there is none, it was too long to be kept, or it had to make room for younger ones.
    pub body: Option<Vec<u8>>,
}

/// A key held for a request. Dropped before [`HeldKey::begin`] it is free again; dropped later it is known as one whose
/// request nobody knows the end of.
#[derive(Debug)]
pub struct HeldKey(Held);

/// Where it is held.
#[derive(Debug)]
enum Held {
    Sqlite(sqlite::Held),
    Table(key_table::Held),
}

impl From<sqlite::Held> for HeldKey {
    fn from(held: sqlite::Held) -> Self {
        HeldKey(Held::Sqlite(held))
    }
}

impl From<key_table::Held> for HeldKey {
    fn from(held: key_table::Held) -> Self {
        HeldKey(Held::Table(held))
    }
}

impl HeldKey {
    /// From now on the request may change something.
    pub fn begin(&mut self) {
        match &mut self.0 {
            Held::Sqlite(held) => held.begin(),
            Held::Table(held) => held.begin(),
        }
    }

    /// The request is done. Once this is, its answer is given again also by a later process.
    pub async fn keep(self, answer: KeptAnswer) -> Result<(), Error> {
        match self.0 {
            Held::Sqlite(held) => held.keep(answer).await,
            Held::Table(held) => held.keep(answer).await,
        }
    }

    /// The request has changed nothing and will not: the key is free again.
    pub fn release(self) {
        match self.0 {
            Held::Sqlite(held) => held.release(),
            Held::Table(held) => held.release(),
        }
    }
}

impl crate::Database {
    /// Makes ready for keys, so that a place that cannot be written is found out, and forgets what is older than this.
    pub async fn prepare_keys(&self, remembered: Duration) -> Result<(), Error> {
        match self {
            crate::Database::Sqlite(adapter) => adapter.prepare_keys(remembered).await,
            crate::Database::Postgres(adapter) => adapter.prepare_keys(remembered).await,
            crate::Database::MySql(adapter) => adapter.prepare_keys(remembered).await,
        }
    }

    /// Claims a key, and tells what is known of it.
    pub async fn claim_key(&self, claim: KeyClaim, deadline: Instant) -> Result<Claimed, Error> {
        match self {
            crate::Database::Sqlite(adapter) => adapter.claim_key(claim, deadline).await,
            crate::Database::Postgres(adapter) => adapter.claim_key(claim, deadline).await,
            crate::Database::MySql(adapter) => adapter.claim_key(claim, deadline).await,
        }
    }
}
