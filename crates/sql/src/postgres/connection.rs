//! One connection: opening it, setting up its session, and the statements it has prepared.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::settings::Settings;
use super::statements::Statements;
use super::{failure, tls, url};
use crate::error::Error;
use crate::lock::lock;

/// How long a statement may be on its way to being cancelled.
const CANCEL_TIME: Duration = Duration::from_secs(5);

/// How long a transaction may stay open without a statement before the server ends it: this program is gone then.
const IDLE_IN_TRANSACTION_MAX: Duration = Duration::from_mins(1);

/// Opens connections to one server.
#[derive(Debug)]
pub(super) struct Connector {
    config: Config,
    tls: Tls,
    timeout: Duration,
    cheap_time: Duration,
    prepared: bool,
    is_local: bool,
    /// Whether the server can be asked to notice that a client is gone while it works for it.
    notices_absence: AtomicBool,
}

/// What encrypts connections.
#[derive(Clone)]
pub(super) struct Tls(MakeRustlsConnect);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Many cheap reads at a time.
    Shared,
    /// One transaction at a time.
    Exclusive,
    /// Looking at the schema.
    Looking,
}

/// A connection to a server.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) client: Client,
    pub(super) statements: Mutex<Statements>,
    /// Whether statements stay prepared.
    pub(super) prepared: bool,
    /// Of which generation of the pool its statements are.
    pub(super) generation: u64,
    /// Milliseconds after which its session ends a statement, unless a transaction says otherwise; 0 for never.
    pub(super) statement_timeout: AtomicU64,
    tls: Tls,
    /// What moves its bytes.
    driver: AbortHandle,
}

impl Connector {
    pub(super) fn new(url: &str, settings: &Settings) -> Result<Self, Error> {
        let target = url::parse(url).map_err(Error::Failed)?;
        let tls = Tls(tls::connector(&target).map_err(Error::Failed)?);
        let mut config = target.config;
        if config.get_application_name().is_none() {
            config.application_name(&settings.application_name);
        }
        let timeout = config.get_connect_timeout().copied().unwrap_or(settings.connect_timeout);
        config.connect_timeout(timeout);
        config.keepalives_idle(Duration::from_mins(1)).tcp_user_timeout(Duration::from_secs(30));
        let (cheap_time, prepared) = (settings.cheap_time, settings.prepared);
        let notices_absence = AtomicBool::new(false);
        let is_local = url::is_local(&config);
        Ok(Connector { config, tls, timeout, cheap_time, prepared, is_local, notices_absence })
    }

    /// Whether the server shares this machine, as far as its address tells.
    pub(super) fn is_local(&self) -> bool {
        self.is_local
    }

    pub(super) async fn connect(&self, purpose: Purpose) -> Result<Connection, Error> {
        self.connect_and_tell(purpose, Arc::default()).await
    }

    /// Opens a connection; `heard` is told whenever the server announces something, and when the connection ends.
    pub(super) async fn connect_and_tell(
        &self,
        purpose: Purpose,
        heard: Arc<Notify>,
    ) -> Result<Connection, Error> {
        let opened = tokio::time::timeout(self.timeout, self.open(purpose, heard)).await;
        opened.unwrap_or_else(|_| {
            let waited = self.timeout.as_secs_f32();
            Err(Error::Unavailable(format!("the server did not answer within {waited} s")))
        })
    }

    async fn open(&self, purpose: Purpose, heard: Arc<Notify>) -> Result<Connection, Error> {
        let failed = |error| match failure::classify(&error) {
            Error::Failed(text) | Error::Denied(text) => Error::Unavailable(text),
            error => error,
        };
        let (client, connection) = self.config.connect(self.tls.0.clone()).await.map_err(failed)?;
        let driver = tokio::spawn(drive(connection, heard)).abort_handle();
        if self.prepared {
            self.set_up(&client, self.statement_timeout(purpose)).await.map_err(failed)?;
        }
        Ok(Connection {
            client,
            statements: Mutex::default(),
            prepared: self.prepared,
            generation: 0,
            statement_timeout: AtomicU64::new(self.statement_timeout(purpose)),
            tls: self.tls.clone(),
            driver,
        })
    }

    /// Milliseconds after which a session ends a statement when it is new.
    fn statement_timeout(&self, purpose: Purpose) -> u64 {
        match purpose {
            Purpose::Shared => u64::try_from(self.cheap_time.as_millis()).unwrap_or(u64::MAX).max(1),
            Purpose::Exclusive | Purpose::Looking => 0,
        }
    }

    /// Makes a session of ours. It is read-only unless a transaction says otherwise: a change that comes after a BEGIN
    /// that has failed must not be done by itself.
    async fn set_up(&self, client: &Client, timeout: u64) -> Result<(), tokio_postgres::Error> {
        let idle = IDLE_IN_TRANSACTION_MAX.as_millis();
        let session = format!(
            "SET default_transaction_read_only = on; SET statement_timeout = {timeout}; SET timezone = 'UTC'; \
             SET idle_in_transaction_session_timeout = {idle}; \
             SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        );
        // These are not known everywhere.
        let (session, ..) = tokio::join!(
            client.batch_execute(&session),
            client.batch_execute("SET jit = off"),
            client.batch_execute("SET client_connection_check_interval = 1000"),
        );
        session
    }

    /// Finds out what can be asked for in transactions, where sessions are not ours.
    pub(super) async fn learn(&self, connection: &Connection) {
        let trial = "BEGIN; SET LOCAL client_connection_check_interval = 1000; ROLLBACK";
        let known = connection.client.batch_execute(trial).await.is_ok();
        if !known {
            // What failed has left a transaction behind.
            let _ = connection.client.batch_execute("ROLLBACK").await;
        }
        self.notices_absence.store(known, Ordering::Relaxed);
    }

    /// What a transaction needs of its session where that is not ours.
    pub(super) fn session_for_a_transaction(&self) -> &'static str {
        if self.prepared {
            ""
        } else if self.notices_absence.load(Ordering::Relaxed) {
            "; SET LOCAL timezone = 'UTC'; SET LOCAL client_connection_check_interval = 1000"
        } else {
            "; SET LOCAL timezone = 'UTC'"
        }
    }
}

/// Moves a connection's bytes until it ends.
async fn drive<S, T>(mut connection: tokio_postgres::Connection<S, T>, heard: Arc<Notify>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    loop {
        match std::future::poll_fn(|context| connection.poll_message(context)).await {
            Some(Ok(AsyncMessage::Notification(_))) => heard.notify_one(),
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                tracing::debug!(error = failure::told(&error), "a connection to the server ended");
                break;
            }
            None => break,
        }
    }
    drop(connection);
    heard.notify_one();
}

impl Connection {
    /// Whether it has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Forgets what is prepared.
    pub(super) fn forget_statements(&self) {
        lock(&self.statements).forget_all();
    }

    /// Ends what the server is doing for it, and the connection.
    ///
    /// A pooler is not asked to: some fall over such an order, or pass it on to whoever has the session by then. There
    /// the server notices by itself that nobody waits any more.
    pub(super) fn cancel(self, handle: &Handle, done: impl Send + 'static) {
        if !self.prepared {
            return self.driver.abort();
        }
        let token = self.client.cancel_token();
        handle.spawn(async move {
            let cancelled = tokio::time::timeout(CANCEL_TIME, cancel(&token, self.tls.clone())).await;
            if !matches!(cancelled, Ok(Ok(()))) {
                tracing::debug!("a statement could not be cancelled");
            }
            self.driver.abort();
            drop((self, done));
        });
    }
}

async fn cancel(token: &CancelToken, tls: Tls) -> Result<(), tokio_postgres::Error> {
    token.cancel_query(tls.0).await
}
