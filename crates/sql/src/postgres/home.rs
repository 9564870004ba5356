//! The adapter's own thread: it watches the server, and does what must be done when those who wanted it are gone.
//!
//! Once the server has been reached it always tries to be in touch with it. A second apart, when it is not; that is
//! what the adapter knows of the server's health. In touch, it compares the schema with what it was, now and then and
//! whenever the server announces a change.

use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot, watch};
use tokio_postgres::SimpleQueryMessage;

use super::connection::{Connection, Connector, Purpose};
use super::{failure, introspect};
use crate::error::Error;
use crate::lock::lock;

/// How long to wait before another attempt to reach the server.
const RETRY: Duration = Duration::from_secs(1);

/// How long the server may take to describe its schema in short.
const LOOK_TIME: Duration = Duration::from_secs(10);

/// What is known of the server.
#[derive(Debug)]
pub(super) struct Status {
    /// Why it cannot be reached.
    pub(super) unavailable: Mutex<Option<String>>,
    pub(super) changes: watch::Sender<u64>,
}

/// The thread; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Home {
    /// Starts the thread, and waits until it has reached the server or knows why it cannot.
    pub(super) fn start(
        connector: Arc<Connector>,
        status: Arc<Status>,
        interval: Duration,
    ) -> Result<Self, Error> {
        let failed = |error: std::io::Error| Error::Failed(format!("cannot start a thread: {error}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let (report, reached) = mpsc::channel();
        let work = move || {
            runtime.block_on(async {
                let mut watcher = Watcher { connector, status, heard: Arc::default(), seen: None };
                // The starting thread waits for a message; it cannot be gone.
                match watcher.reach().await {
                    Ok(connection) => {
                        let _ = report.send(Ok(()));
                        tokio::select! {
                            () = watcher.watch(connection, interval) => {}
                            _ = stopped => {}
                        }
                    }
                    Err(error) => drop(report.send(Err(error))),
                }
            });
        };
        let thread = std::thread::Builder::new().name("postgres".to_owned()).spawn(work).map_err(failed)?;
        let home = Home { handle, stop: Some(stop), thread: Some(thread) };
        reached.recv().unwrap_or_else(|_| Err(Error::Failed("the thread ended".to_owned())))?;
        Ok(home)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has closed its connections too.
            let _ = thread.join();
        }
    }
}

struct Watcher {
    connector: Arc<Connector>,
    status: Arc<Status>,
    /// Told when the server announces something or the connection ends.
    heard: Arc<Notify>,
    /// What the schema was like.
    seen: Option<String>,
}

impl Watcher {
    /// Opens a connection and looks at the schema.
    async fn reach(&mut self) -> Result<Connection, Error> {
        let heard = Arc::clone(&self.heard);
        let connection = self.connector.connect_and_tell(Purpose::Looking, heard).await?;
        if connection.prepared {
            let listening = connection.client.batch_execute("LISTEN docent_schema").await;
            if let Err(error) = listening {
                tracing::debug!(error = failure::told(&error), "changes of the schema are not announced");
            }
        } else {
            self.connector.learn(&connection).await;
        }
        self.look(&connection).await?;
        Ok(connection)
    }

    /// Looks at the schema, and tells if it is another one than before.
    async fn look(&mut self, connection: &Connection) -> Result<(), Error> {
        let looking = connection.client.simple_query(introspect::FINGERPRINT);
        let found = match tokio::time::timeout(LOOK_TIME, looking).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => return Err(failure::classify(&error)),
            Err(_) => return Err(Error::Unavailable("the server did not answer".to_owned())),
        };
        let mut fingerprint = String::new();
        for message in found {
            if let SimpleQueryMessage::Row(row) = message {
                fingerprint.push_str(row.get(0).unwrap_or_default());
                fingerprint.push('\n');
            }
        }
        if self.seen.as_ref().is_some_and(|seen| *seen != fingerprint) {
            self.status.changes.send_modify(|count| *count += 1);
        }
        self.seen = Some(fingerprint);
        Ok(())
    }

    async fn watch(&mut self, mut connection: Connection, interval: Duration) {
        loop {
            // Either way it is time to look.
            let _ = tokio::time::timeout(interval, self.heard.notified()).await;
            let Err(error) = self.look(&connection).await else { continue };
            if !connection.is_closed() && !matches!(error, Error::Unavailable(_)) {
                tracing::warn!(%error, "the schema could not be looked at");
                tokio::time::sleep(RETRY).await;
                continue;
            }
            connection = self.reach_again(error).await;
        }
    }

    /// Tries until the server is reached.
    async fn reach_again(&mut self, error: Error) -> Connection {
        tracing::error!(%error, "the server cannot be reached");
        *lock(&self.status.unavailable) = Some(error.to_string());
        loop {
            match self.reach().await {
                Ok(connection) => {
                    lock(&self.status.unavailable).take();
                    tracing::warn!("the server is reached again");
                    return connection;
                }
                Err(error) => {
                    *lock(&self.status.unavailable) = Some(error.to_string());
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }
}
