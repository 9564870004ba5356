//! MySQL and MariaDB: reads and writes over a few connections that all threads share, each of them in a session whose
//! settings are Docent's own.
//!
//! The protocol has one statement under way on a connection, and nothing can be sent ahead: a read of one statement is one
//! round trip, one of several begins a snapshot first. What nobody waits for any more, because of its deadline or because
//! the client is gone, is ended on the server by a thread beside (`keeper`), which also notices that the server is away,
//! that it is back, and that the schema has changed.

mod cell;
mod failure;
mod fingerprint;
mod introspect;
mod keeper;
mod names;
mod parameter;
mod pool;
mod read;
mod refusal;
mod session;
mod settings;
mod url;
mod write;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use self::keeper::Keeper;
use self::names::Names;
use self::pool::Pool;
use self::session::Server;
pub use self::settings::Settings;
use crate::database::{Cost, Ended, ReadOutcome, WriteOutcome};
use crate::error::Error;
use crate::key_table::{self, Keys};
use crate::keys::{Claimed, KeyClaim};
use crate::lock::lock;
use crate::program::Program;
use crate::render::Dialect;
use crate::schema::Schema;
use crate::transaction::Transaction;

/// A database of a MySQL or MariaDB server being served.
#[derive(Debug)]
pub struct Adapter {
    shared: Arc<Shared>,
    keys: Arc<Keys>,
    server: Arc<Server>,
    writable: bool,
}

/// What reads and writes share.
#[derive(Debug)]
struct Shared {
    pool: Arc<Pool>,
    keeper: Arc<Keeper>,
    /// As of the last introspection.
    names: Mutex<Arc<Names>>,
}

impl Adapter {
    /// Connects to the server, which has to be there, and starts the thread that looks after it.
    pub async fn open(settings: Settings) -> Result<Self, Error> {
        let (most, queue_length_max) = (settings.connections_max, settings.queue_length_max);
        let writable = settings.writable;
        let (keeper, server) = Keeper::start(settings).await?;
        let keeper = Arc::new(keeper);
        let pool = Pool::new(Arc::clone(&server), most, queue_length_max, Arc::clone(&keeper));
        let handle = keeper.handle.clone();
        let shared = Arc::new(Shared { pool: Arc::new(pool), keeper, names: Mutex::default() });
        let key_server: Arc<dyn key_table::Server> = Arc::clone(&shared) as _;
        let keys = Keys::new(key_server, server.dialect, handle);
        Ok(Adapter { shared, keys, server, writable })
    }

    /// How its statements are written: MariaDB and MySQL differ.
    pub fn dialect(&self) -> Dialect {
        self.server.dialect
    }

    /// See [`crate::Database::read`].
    pub async fn read<P: Program>(
        &self,
        mut program: P,
        _cost: Cost,
        deadline: Instant,
    ) -> (Option<P>, ReadOutcome) {
        if let Err(error) = self.ready() {
            return (Some(program), not_read(error));
        }
        let mut statements = 0;
        let run = read::run(&self.shared.pool, &mut program, deadline, &mut statements);
        let ran = tokio::time::timeout_at(deadline.into(), run).await;
        let result = self.shared.noticed(ran.unwrap_or(Err(Error::Deadline { statements })));
        (Some(program), ReadOutcome { result, statements, was_heavy: false, place: None })
    }

    /// See [`crate::Database::write`].
    pub async fn write<T: Transaction>(
        &self,
        mut transaction: T,
        deadline: Instant,
    ) -> (Option<T>, WriteOutcome) {
        if !self.writable {
            let error = Error::Failed("the database was opened for reading only".to_owned());
            return (Some(transaction), WriteOutcome { result: Err(error), statements: 0, position: None });
        }
        let mut statements = 0;
        let result = self.shared.write(&mut transaction, deadline, &mut statements).await;
        (Some(transaction), WriteOutcome { result, statements, position: None })
    }

    /// See [`crate::Database::prepare_keys`].
    pub async fn prepare_keys(&self, remembered: Duration) -> Result<(), Error> {
        self.keys.prepare(remembered).await
    }

    /// See [`crate::Database::claim_key`].
    pub async fn claim_key(&self, claim: KeyClaim, deadline: Instant) -> Result<Claimed, Error> {
        self.keys.claim(claim, deadline).await
    }

    /// See [`crate::Database::introspect`].
    pub async fn introspect(&self) -> Result<Schema, Error> {
        self.ready()?;
        let mut session = self.server.open().await?;
        let (schema, names) = introspect::read(&mut session, self.server.dialect)
            .await
            .map_err(|failure| failure::classify(&failure, 0))?;
        *lock(&self.shared.names) = Arc::new(names);
        Ok(schema)
    }

    /// See [`crate::Database::ready`].
    pub fn ready(&self) -> Result<(), Error> {
        self.shared.ready()
    }

    /// See [`crate::Database::schema_changes`].
    pub fn schema_changes(&self) -> watch::Receiver<u64> {
        self.shared.keeper.changes()
    }
}

impl Shared {
    fn ready(&self) -> Result<(), Error> {
        self.keeper.unavailable().map_or(Ok(()), |reason| Err(Error::Unavailable(reason)))
    }

    async fn write<T: Transaction>(
        &self,
        transaction: &mut T,
        deadline: Instant,
        statements: &mut u32,
    ) -> Result<Ended, Error> {
        self.ready()?;
        let names = Arc::clone(&lock(&self.names));
        self.noticed(write::run(&self.pool, &names, transaction, deadline, statements).await)
    }

    /// Has a server looked for that was found missing.
    fn noticed<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        if let Err(Error::Unavailable(_)) = &result {
            self.keeper.look();
        }
        result
    }
}

impl key_table::Server for Shared {
    fn run<'a>(&'a self, work: &'a mut key_table::Work, deadline: Instant) -> key_table::Running<'a> {
        Box::pin(async move { self.write(work, deadline, &mut 0).await.map(drop) })
    }
}

fn not_read(error: Error) -> ReadOutcome {
    ReadOutcome { result: Err(error), statements: 0, was_heavy: false, place: None }
}
