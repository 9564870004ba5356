//! A thread beside those that ask: it ends what nobody waits for any more, and looks at the server and its schema.
//!
//! It has connections and a runtime of its own, so that neither depends on who asks, and from where.

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use tokio::runtime::Handle;
use tokio::sync::{Notify, mpsc, oneshot, watch};

use super::session::{Server, Session};
use super::settings::Settings;
use super::{failure, fingerprint, url};
use crate::error::Error;
use crate::lock::lock;
use crate::places::Place;

/// How long the server may take to end a statement, and a connection to be closed.
const PATIENCE: Duration = Duration::from_secs(2);

/// How often a lost server is looked for.
const LOST_INTERVAL: Duration = Duration::from_secs(1);

/// Something to be done with a connection that is not used again.
#[derive(Debug)]
pub(super) enum Chore {
    /// Nothing runs there, or it has to go on.
    Close(Conn),
    /// What runs there is to be ended and undone; only then its place is free.
    End {
        /// The connection.
        connection: Conn,
        /// The place.
        place: Place,
    },
}

/// The way to the thread; dropping it ends the thread.
#[derive(Debug)]
pub(super) struct Keeper {
    /// Where things are done that nobody waits for.
    pub(super) handle: Handle,
    chores: Option<mpsc::UnboundedSender<Chore>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    seen: Arc<Seen>,
}

/// What the thread saw last.
#[derive(Debug)]
struct Seen {
    /// Why the server cannot be reached.
    unavailable: Mutex<Option<String>>,
    changes: watch::Sender<u64>,
    /// To look at once.
    look: Notify,
}

impl Keeper {
    /// Starts the thread, which connects to the server and tells what it is.
    pub(super) async fn start(settings: Settings) -> Result<(Self, Arc<Server>), Error> {
        let options = url::parse(&settings.url).map_err(Error::Failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::Failed(format!("cannot start a runtime: {error}")))?;
        let handle = runtime.handle().clone();
        let (chores, to_do) = mpsc::unbounded_channel();
        let (changes, _) = watch::channel(0);
        let seen = Arc::new(Seen { unavailable: Mutex::new(None), changes, look: Notify::new() });
        let (tell, told) = oneshot::channel();
        let found = Arc::clone(&seen);
        let work = async move {
            let watcher = async {
                let server = Server::find(options, &settings).await?;
                Watcher::begin(Arc::new(server), settings.watch_interval, found).await
            };
            match watcher.await {
                Ok(watcher) => {
                    let server = Arc::clone(&watcher.server);
                    // Whoever started this waits for it.
                    let _ = tell.send(Ok(Arc::clone(&server)));
                    tokio::select! {
                        () = do_chores(&server, to_do) => {}
                        () = watcher.watch() => {}
                    }
                }
                Err(error) => drop(tell.send(Err(error))),
            }
        };
        let thread = std::thread::Builder::new()
            .name("mysql-keeper".to_owned())
            .spawn(move || runtime.block_on(work))
            .map_err(|error| Error::Failed(format!("cannot start the keeper: {error}")))?;
        let keeper = Keeper { handle, chores: Some(chores), thread: Mutex::new(Some(thread)), seen };
        let server = told.await.map_err(|_| Error::Failed("the keeper ended".to_owned()))??;
        Ok((keeper, server))
    }

    /// Leaves something to the thread.
    pub(super) fn ask(&self, chore: Chore) {
        // Without a receiver the thread has ended, and the connection is closed here.
        let _ = self.chores.as_ref().map(|chores| chores.send(chore));
    }

    /// The server could not be reached just now: it is to be looked for.
    pub(super) fn look(&self) {
        self.seen.look.notify_one();
    }

    /// Why the server cannot be reached at the moment.
    pub(super) fn unavailable(&self) -> Option<String> {
        lock(&self.seen.unavailable).clone()
    }

    /// Changes whenever the schema may have changed.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.seen.changes.subscribe()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.chores = None;
        // The last to hold this may be something that ran on the thread itself.
        if let Some(thread) = lock(&self.thread).take()
            && thread.thread().id() != std::thread::current().id()
        {
            // A thread that panicked has closed its connections too.
            let _ = thread.join();
        }
    }
}

async fn do_chores(server: &Server, mut to_do: mpsc::UnboundedReceiver<Chore>) {
    let mut own = None;
    while let Some(chore) = to_do.recv().await {
        match chore {
            // Waiting for one must not hold up the next.
            Chore::Close(connection) => {
                drop(tokio::spawn(tokio::time::timeout(PATIENCE, connection.disconnect())));
            }
            Chore::End { connection, place } => {
                let ended = tokio::time::timeout(PATIENCE, end(server, &mut own, connection.id())).await;
                if !matches!(ended, Ok(Ok(()))) {
                    own = None;
                    tracing::warn!(?ended, "a statement that nobody waits for could not be ended");
                }
                drop(connection);
                drop(place);
            }
        }
    }
}

/// Ends a connection with all that runs there.
async fn end(server: &Server, own: &mut Option<Session>, id: u32) -> Result<(), Error> {
    let sql = format!("KILL {id}");
    if let Some(session) = own
        && let Ok(()) | Err(mysql_async::Error::Server(_)) = session.connection.query_drop(&sql).await
    {
        // What the server refuses is gone already.
        return Ok(());
    }
    let session = own.insert(server.open().await?);
    match session.connection.query_drop(&sql).await {
        Ok(()) | Err(mysql_async::Error::Server(_)) => Ok(()),
        Err(failure) => Err(failure::classify(&failure, 0)),
    }
}

struct Watcher {
    server: Arc<Server>,
    interval: Duration,
    seen: Arc<Seen>,
    session: Option<Session>,
    known: Vec<String>,
}

impl Watcher {
    async fn begin(server: Arc<Server>, interval: Duration, seen: Arc<Seen>) -> Result<Self, Error> {
        let mut watcher = Watcher { server, interval, seen, session: None, known: Vec::new() };
        watcher.known = watcher.read().await?;
        Ok(watcher)
    }

    async fn watch(mut self) {
        loop {
            let lost = lock(&self.seen.unavailable).is_some();
            let pause = if lost { LOST_INTERVAL.min(self.interval) } else { self.interval };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.seen.look.notified(), if !lost => {}
            }
            self.look().await;
        }
    }

    async fn look(&mut self) {
        let was_lost = lock(&self.seen.unavailable).is_some();
        match self.read().await {
            Ok(found) => {
                let changed = found != self.known;
                self.known = found;
                if lock(&self.seen.unavailable).take().is_some() {
                    tracing::warn!("the database server was away; it answers again");
                }
                if changed || was_lost {
                    self.seen.changes.send_modify(|count| *count += 1);
                }
            }
            Err(Error::Unavailable(reason)) => {
                self.session = None;
                if lock(&self.seen.unavailable).replace(reason.clone()).is_none() {
                    tracing::error!(reason, "the database server cannot be reached");
                }
            }
            // The next look may succeed; what is asked meanwhile meets the failure itself.
            Err(error) => {
                self.session = None;
                tracing::warn!(%error, "the schema cannot be looked at");
            }
        }
    }

    async fn read(&mut self) -> Result<Vec<String>, Error> {
        // A connection that was lost meanwhile says nothing about the server: another one does.
        if let Some(session) = &mut self.session
            && let Ok(found) = fingerprint::read(session, self.server.dialect).await
        {
            return Ok(found);
        }
        let session = self.session.insert(self.server.open().await?);
        fingerprint::read(session, self.server.dialect)
            .await
            .map_err(|failure| failure::classify(&failure, 0))
    }
}
