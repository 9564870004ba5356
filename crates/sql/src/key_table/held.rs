//! A key that is held for a request.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, watch};

use super::{Key, Keys};
use crate::error::Error;
use crate::keys::KeptAnswer;
use crate::lock::lock;

/// A key that is held.
#[derive(Debug)]
pub(crate) struct Held {
    keys: Arc<Keys>,
    key: Key,
    digest: u128,
    claim: i64,
    state: State,
    _place: OwnedSemaphorePermit,
}

/// How far the request of a key that is held has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Begun,
    Settled,
}

impl Held {
    pub(super) fn new(
        keys: Arc<Keys>,
        key: Key,
        digest: u128,
        claim: i64,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Held { keys, key, digest, claim, state: State::Idle, _place: place }
    }

    pub(crate) fn begin(&mut self) {
        self.state = State::Begun;
    }

    pub(crate) async fn keep(mut self, answer: KeptAnswer) -> Result<(), Error> {
        let query = self.keys.statements.keep(&self.key, self.digest, self.claim, answer);
        self.keys.work(vec![query]).await?;
        self.state = State::Settled;
        Ok(())
    }

    pub(crate) fn release(mut self) {
        self.state = State::Idle;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let key = std::mem::take(&mut self.key);
        match self.state {
            State::Idle => {
                let query = self.keys.statements.release(&key, self.claim);
                let (until, releasing) = watch::channel(());
                lock(&self.keys.releasing).insert(key.clone(), releasing);
                self.keys.note(query, Some(until), key);
            }
            State::Begun => {
                let query = self.keys.statements.abandon(&key, self.claim);
                self.keys.note(query, None, key);
            }
            State::Settled => {}
        }
    }
}
