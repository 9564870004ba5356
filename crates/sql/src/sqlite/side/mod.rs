//! The side file: what Docent itself has to remember about a served file, which is not its own to put tables in.
//!
//! It lies beside the served file (`shop.db-docent` beside `shop.db`) and holds the keys of requests and their answers
//! (see [`crate::KeyClaim`]). One thread writes it (`thread`), in its own transactions: claims and answers that wait
//! are made durable together, as the writer does with changes. `store` has the file and its statements.
//!
//! Nothing is opened and no thread runs before the first use.

mod store;
#[cfg(test)]
mod tests;
mod thread;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use self::thread::Thread;
use crate::error::Error;
use crate::keys::{Claimed, KeptAnswer, KeyClaim};
use crate::lock::lock;

/// Keys held, or waiting to be, at the same time; further ones are refused as busy.
const HELD_MAX: usize = 1_024;

/// Where the side file is, and how large it may become.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    /// The served file.
    pub(super) served: PathBuf,
    /// Keys remembered.
    pub(super) keys_max: i64,
    /// Bytes of the bodies of all answers kept.
    pub(super) body_bytes_max: i64,
}

impl Bounds {
    pub(super) fn new(served: PathBuf) -> Self {
        Bounds { served, keys_max: 1_000_000, body_bytes_max: 256 << 20 }
    }

    /// The side file.
    fn path(&self) -> PathBuf {
        let mut name = self.served.as_os_str().to_owned();
        name.push("-docent");
        PathBuf::from(name)
    }
}

/// The way to the thread; dropping it ends the thread.
#[derive(Debug)]
pub(super) struct Side {
    bounds: Bounds,
    running: Mutex<Option<Running>>,
    places: Arc<Semaphore>,
}

#[derive(Debug)]
struct Running {
    messages: mpsc::Sender<Message>,
    thread: JoinHandle<()>,
}

/// What a key is known by: its scope and itself.
type Key = (String, String);

/// What the thread is asked to do.
#[derive(Debug)]
enum Message {
    Claim {
        claim: KeyClaim,
        place: OwnedSemaphorePermit,
        reply: oneshot::Sender<Result<Claimed, Error>>,
    },
    Keep {
        key: Key,
        digest: u128,
        answer: KeptAnswer,
        reply: oneshot::Sender<Result<(), Error>>,
    },
    Release(Key),
    /// Nobody knows how the request ended.
    Abandon(Key),
    Prepare {
        remembered: Duration,
        reply: oneshot::Sender<Result<(), Error>>,
    },
    Stop,
}

impl Side {
    pub(super) fn new(bounds: Bounds) -> Self {
        Side { bounds, running: Mutex::new(None), places: Arc::new(Semaphore::new(HELD_MAX)) }
    }

    pub(super) async fn prepare(&self, remembered: Duration) -> Result<(), Error> {
        let (reply, replied) = oneshot::channel();
        self.send(Message::Prepare { remembered, reply })?;
        replied.await.map_err(|_| ended())?
    }

    pub(super) async fn claim(&self, claim: KeyClaim, deadline: Instant) -> Result<Claimed, Error> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return Err(Error::Busy(format!("{HELD_MAX} keys are held already")));
        };
        let (reply, replied) = oneshot::channel();
        self.send(Message::Claim { claim, place, reply })?;
        match tokio::time::timeout_at(deadline.into(), replied).await {
            Ok(received) => received.map_err(|_| ended())?,
            Err(_) => Err(Error::Busy("the key could not be claimed before the deadline".to_owned())),
        }
    }

    /// Sends to the thread, which is started when first needed, and again should it have ended.
    fn send(&self, message: Message) -> Result<(), Error> {
        let mut running = lock(&self.running);
        let running = match running.take().filter(|running| !running.thread.is_finished()) {
            Some(kept) => running.insert(kept),
            None => running.insert(self.start()?),
        };
        running.messages.send(message).map_err(|_| ended())
    }

    fn start(&self) -> Result<Running, Error> {
        let (messages, queue) = mpsc::channel();
        let thread = Thread::new(self.bounds.clone(), messages.clone());
        let thread = std::thread::Builder::new()
            .name("sqlite-side".to_owned())
            .spawn(move || thread.work(&queue))
            .map_err(|error| Error::Failed(format!("cannot start the thread of the side file: {error}")))?;
        Ok(Running { messages, thread })
    }
}

impl Drop for Side {
    fn drop(&mut self) {
        if let Some(running) = lock(&self.running).take() {
            // Not by closing the channel: keys that are still held keep it open. A thread that panicked has closed its
            // connection too.
            let _ = running.messages.send(Message::Stop);
            let _ = running.thread.join();
        }
    }
}

fn ended() -> Error {
    Error::Failed("the thread of the side file ended".to_owned())
}

/// A key that is held.
#[derive(Debug)]
pub(crate) struct Held {
    messages: mpsc::Sender<Message>,
    key: Key,
    digest: u128,
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
    pub(crate) fn begin(&mut self) {
        self.state = State::Begun;
    }

    pub(crate) async fn keep(mut self, answer: KeptAnswer) -> Result<(), Error> {
        self.state = State::Settled;
        let (reply, replied) = oneshot::channel();
        self.tell(|key, digest| Message::Keep { key, digest, answer, reply });
        replied.await.map_err(|_| ended())?
    }

    pub(crate) fn release(mut self) {
        // A claim made after this comes after it in the queue: nobody has to wait.
        self.state = State::Idle;
    }

    fn tell(&mut self, message: impl FnOnce(Key, u128) -> Message) {
        // Without a receiver the key stays claimed in the file, and what became of its request unknown.
        let _ = self.messages.send(message(std::mem::take(&mut self.key), self.digest));
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        match self.state {
            State::Idle => self.tell(|key, _| Message::Release(key)),
            State::Begun => self.tell(|key, _| Message::Abandon(key)),
            State::Settled => {}
        }
    }
}
