//! The one thread that writes the side file: what waits is done in one transaction, and answered when that is durable.

use std::collections::HashMap;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::store::{Known, Store};
use super::{Bounds, Held, Key, Message, State};
use crate::error::Error;
use crate::keys::{Claimed, KeyClaim};

/// Messages whose effects become durable at once.
const GROUP_MAX: usize = 256;

/// How often what has expired is forgotten.
const TIDY_INTERVAL: Duration = Duration::from_mins(1);

/// It is also forgotten after so many messages.
const TIDY_MESSAGES: usize = 256;

/// What the thread owns.
pub(super) struct Thread {
    bounds: Bounds,
    /// For the keys that are held to tell what became of them.
    messages: mpsc::Sender<Message>,
    store: Option<Store>,
    /// The requests of this process that run under a key.
    running: HashMap<Key, u128>,
    /// Those of them that the transaction in hand has claimed.
    claimed: Vec<Key>,
    /// Keys that are free, which could not be written yet.
    released: Vec<Key>,
    /// How long keys are remembered, as the last request said.
    remembered: Option<Duration>,
    tidied: Instant,
    since_tidied: usize,
}

/// What a message comes to, if the transaction is committed.
enum Effect {
    /// There is nothing to say.
    None,
    Known(Known),
    /// The key is held from now on.
    Held,
    /// The request runs at the moment, or another one under its key.
    Runs {
        same: bool,
    },
}

impl Thread {
    pub(super) fn new(bounds: Bounds, messages: mpsc::Sender<Message>) -> Self {
        Thread {
            bounds,
            messages,
            store: None,
            running: HashMap::new(),
            claimed: Vec::new(),
            released: Vec::new(),
            remembered: None,
            tidied: Instant::now(),
            since_tidied: 0,
        }
    }

    pub(super) fn work(mut self, queue: &mpsc::Receiver<Message>) {
        loop {
            let mut group = Vec::new();
            match queue.recv_timeout(TIDY_INTERVAL) {
                Ok(first) => group.push(first),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            group.extend(queue.try_iter().take(GROUP_MAX - 1));
            let stop = group.iter().position(|message| matches!(message, Message::Stop));
            group.truncate(stop.unwrap_or(GROUP_MAX));
            self.settle(group);
            if stop.is_some() {
                return;
            }
        }
    }

    /// Does what a group of messages asks for, and answers them.
    fn settle(&mut self, group: Vec<Message>) {
        match self.commit(&group) {
            Ok(effects) => {
                for (message, effect) in group.into_iter().zip(effects) {
                    self.answer(message, effect);
                }
            }
            Err(error) => {
                tracing::error!(%error, "the side file cannot be written");
                for key in self.claimed.drain(..) {
                    self.running.remove(&key);
                }
                for message in group {
                    self.fail(message, &error);
                }
            }
        }
    }

    /// Does it in one transaction.
    fn commit(&mut self, group: &[Message]) -> Result<Vec<Effect>, Error> {
        self.claimed.clear();
        // After a failure it is opened anew.
        let store = match self.store.take().filter(Store::is_current) {
            Some(store) => store,
            None => Store::open(&self.bounds)?,
        };
        store.begin()?;
        for key in &self.released {
            store.release(key)?;
        }
        let mut effects = Vec::with_capacity(group.len());
        for message in group {
            effects.push(self.apply(&store, message)?);
        }
        self.tidy(&store, group.len())?;
        store.commit()?;
        self.released.clear();
        self.store = Some(store);
        Ok(effects)
    }

    fn apply(&mut self, store: &Store, message: &Message) -> Result<Effect, Error> {
        match message {
            Message::Claim { claim, .. } => self.claim(store, claim),
            Message::Keep { key, digest, answer, .. } => {
                self.running.remove(key);
                store.keep(key, *digest, answer).map(|()| Effect::None)
            }
            Message::Release(key) => {
                self.running.remove(key);
                store.release(key).map(|()| Effect::None)
            }
            Message::Abandon(key) => {
                self.running.remove(key);
                Ok(Effect::None)
            }
            Message::Prepare { remembered, .. } => {
                self.remembered = Some(*remembered);
                self.since_tidied = TIDY_MESSAGES;
                Ok(Effect::None)
            }
            Message::Stop => Ok(Effect::None),
        }
    }

    fn claim(&mut self, store: &Store, claim: &KeyClaim) -> Result<Effect, Error> {
        self.remembered = Some(claim.remembered);
        let key = (claim.scope.clone(), claim.key.clone());
        // Whatever the clock says, what runs does not expire.
        if let Some(digest) = self.running.get(&key) {
            return Ok(Effect::Runs { same: *digest == claim.digest });
        }
        if let Some(known) = store.look_up(&key, claim.remembered)? {
            return Ok(Effect::Known(known));
        }
        store.claim(&key, claim.digest)?;
        self.running.insert(key.clone(), claim.digest);
        self.claimed.push(key);
        Ok(Effect::Held)
    }

    fn tidy(&mut self, store: &Store, messages: usize) -> Result<(), Error> {
        self.since_tidied += messages;
        let Some(remembered) = self.remembered else { return Ok(()) };
        if self.since_tidied >= TIDY_MESSAGES || self.tidied.elapsed() >= TIDY_INTERVAL {
            store.tidy(remembered, &self.bounds)?;
            self.tidied = Instant::now();
            self.since_tidied = 0;
        }
        Ok(())
    }

    fn answer(&self, message: Message, effect: Effect) {
        // Nobody waits any more if the request was cancelled; a key held for it is given back by being dropped.
        match message {
            Message::Claim { claim, place, reply } => {
                let claimed = match effect {
                    Effect::Runs { same: true } => Claimed::Running,
                    Effect::Runs { same: false } => Claimed::OtherRequest,
                    Effect::Known(known) if known.digest != claim.digest => Claimed::OtherRequest,
                    Effect::Known(Known { answer: Some(answer), .. }) => Claimed::Answered(answer),
                    Effect::Known(_) | Effect::None => Claimed::Unknown,
                    Effect::Held => Claimed::Held(crate::keys::HeldKey::from(Held {
                        messages: self.messages.clone(),
                        key: (claim.scope, claim.key),
                        digest: claim.digest,
                        state: State::Idle,
                        _place: place,
                    })),
                };
                let _ = reply.send(Ok(claimed));
            }
            Message::Keep { reply, .. } | Message::Prepare { reply, .. } => {
                let _ = reply.send(Ok(()));
            }
            Message::Release(_) | Message::Abandon(_) | Message::Stop => {}
        }
    }

    fn fail(&mut self, message: Message, error: &Error) {
        match message {
            Message::Claim { reply, .. } => {
                let _ = reply.send(Err(error.clone()));
            }
            Message::Prepare { reply, .. } => {
                let _ = reply.send(Err(error.clone()));
            }
            // It stays claimed in the file: its request is never done again.
            Message::Keep { key, reply, .. } => {
                self.running.remove(&key);
                let _ = reply.send(Err(error.clone()));
            }
            Message::Release(key) => {
                self.running.remove(&key);
                self.released.push(key);
            }
            Message::Abandon(key) => {
                self.running.remove(&key);
            }
            Message::Stop => {}
        }
    }
}
