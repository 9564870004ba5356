//! PostgreSQL: cheap reads share a connection for each thread that asks, everything else has one from a pool.
//!
//! What is sent together is answered together: the statements of a wave, and the BEGIN before the first, are one round
//! trip. Reads of several statements see one snapshot. Values travel to the server as text and back in its binary
//! form, which is decoded here, so that nothing depends on how a session is set up.
//!
//! The adapter owns its connections, notices when the server is gone, is back, or has another schema. What to read,
//! and when to read the schema again, is left to its caller. Reads and writes are to be asked for on runtimes that keep
//! running: these move the bytes of the connections opened on them.

mod connection;
mod constraints;
mod decode;
mod failure;
mod home;
mod introspect;
mod lanes;
mod parameter;
mod pool;
mod privileges;
mod reader;
mod refusal;
mod replicas;
mod server;
mod settings;
mod statements;
mod tls;
mod types;
mod url;
mod wave;
mod writer;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use self::connection::{Connection, Connector, Purpose};
use self::constraints::Constraints;
use self::home::{Home, Status};
pub use self::introspect::trigger_sql;
pub use self::privileges::become_role;
pub use self::replicas::Position;
use self::replicas::Replicas;
use self::server::Server;
pub use self::settings::Settings;
use crate::database::{Cost, ReadOutcome, WriteOutcome};
use crate::error::Error;
use crate::key_table::{self, Keys};
use crate::keys::{Claimed, KeyClaim};
use crate::lock::lock;
use crate::privileges::Privileges;
use crate::program::Program;
use crate::render::Dialect;
use crate::schema::Schema;
use crate::transaction::Transaction;

/// How long reading the schema may take.
const INTROSPECTION_TIME: Duration = Duration::from_mins(1);

/// How long reading a role's privileges may take.
const PRIVILEGES_TIME: Duration = Duration::from_secs(10);

/// A PostgreSQL database being served.
#[derive(Debug)]
pub struct Adapter {
    shared: Arc<Shared>,
    keys: Arc<Keys>,
    // Dropped last: orders to stop are sent from here.
    home: Home,
}

/// What reads and writes share.
#[derive(Debug)]
struct Shared {
    settings: Settings,
    primary: Server,
    replicas: Replicas,
    status: Arc<Status>,
    /// What was found out of constraints, at which version of the schema.
    constraints: Mutex<Option<(u64, Arc<Constraints>)>>,
}

impl Adapter {
    /// Reaches the server once, so that it is found out here if that cannot be done, and begins to watch it. Blocks
    /// the calling thread for that time.
    pub fn open(settings: Settings) -> Result<Self, Error> {
        let connector = Arc::new(Connector::new(&settings.url, &settings)?);
        let status = Arc::new(Status { unavailable: Mutex::default(), changes: watch::channel(0).0 });
        let home = Home::start(Arc::clone(&connector), Arc::clone(&status), settings.watch_interval)?;
        let shared = Shared {
            primary: Server::new(connector, &settings, home.handle.clone()),
            replicas: Replicas::start(&settings, &home.handle)?,
            status,
            constraints: Mutex::default(),
            settings,
        };
        let shared = Arc::new(shared);
        let server: Arc<dyn key_table::Server> = Arc::clone(&shared) as _;
        let keys = Keys::new(server, Dialect::Postgres, home.handle.clone());
        Ok(Adapter { shared, keys, home })
    }

    /// See [`crate::Database::read`]. Reads on a replica that has got so far, else on the primary.
    pub async fn read<P: Program>(
        &self,
        mut program: P,
        cost: Cost,
        deadline: Instant,
        after: Option<Position>,
    ) -> (Option<P>, ReadOutcome) {
        let shared = &self.shared;
        if let Some(replica) = shared.replicas.choose(after) {
            let outcome = replica.server.read(&mut program, cost, deadline).await;
            match &outcome.result {
                Err(Error::Unavailable(_)) => replica.is_gone(),
                // It is behind a change of the schema, in the middle of catching up, or has too much to do.
                Err(Error::SchemaChanged(_) | Error::Busy(_)) => {}
                _ => return (Some(program), outcome),
            }
            program.restart();
        }
        let outcome = shared.primary.read(&mut program, cost, deadline).await;
        (Some(program), outcome)
    }

    /// See [`crate::Database::write`].
    pub async fn write<T: Transaction>(
        &self,
        mut transaction: T,
        deadline: Instant,
    ) -> (Option<T>, WriteOutcome) {
        let mut statements = 0;
        let written = if self.shared.settings.writable {
            self.shared.write(&mut transaction, deadline, &mut statements).await
        } else {
            Err(Error::Failed("the database was opened for reading only".to_owned()))
        };
        let (result, position) = match written {
            Ok((ended, position)) => (Ok(ended), position),
            Err(error) => (Err(error), None),
        };
        (Some(transaction), WriteOutcome { result, statements, position })
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
        let shared = Arc::clone(&self.shared);
        let reading = self.home.handle.spawn(async move {
            let connection = shared.primary.connector.connect(Purpose::Looking).await?;
            shared.read_schema(&connection).await
        });
        match tokio::time::timeout(INTROSPECTION_TIME, reading).await {
            Ok(Ok(schema)) => schema,
            Ok(Err(_)) => Err(Error::Failed("the thread that reads the schema ended".to_owned())),
            Err(_) => Err(Error::Deadline { statements: 0 }),
        }
    }

    /// See [`crate::Database::privileges`].
    pub async fn privileges(&self, role: &str) -> Result<Privileges, Error> {
        let (shared, role) = (Arc::clone(&self.shared), role.to_owned());
        let reading = self.home.handle.spawn(async move {
            let connection = shared.primary.connector.connect(Purpose::Looking).await?;
            let failed = |error| match failure::classify(&error) {
                // The role is what does not exist.
                Error::SchemaChanged(text) => Error::Failed(text),
                error => error,
            };
            let client = &connection.client;
            if !privileges::can_take(client, &role).await.map_err(failed)? {
                return Err(Error::Failed(
                    "the connected role is no member of the one to be taken".to_owned(),
                ));
            }
            privileges::of(client, &role).await.map_err(failed)
        });
        match tokio::time::timeout(PRIVILEGES_TIME, reading).await {
            Ok(Ok(privileges)) => privileges,
            Ok(Err(_)) => Err(Error::Failed("the thread that reads privileges ended".to_owned())),
            Err(_) => Err(Error::Deadline { statements: 0 }),
        }
    }

    /// See [`crate::Database::ready`].
    pub fn ready(&self) -> Result<(), Error> {
        match lock(&self.shared.status.unavailable).as_ref() {
            Some(reason) => Err(Error::Unavailable(reason.clone())),
            None => Ok(()),
        }
    }

    /// See [`crate::Database::schema_changes`].
    pub fn schema_changes(&self) -> watch::Receiver<u64> {
        self.shared.status.changes.subscribe()
    }
}

impl Shared {
    /// Reads the schema as it is at one moment.
    async fn read_schema(&self, connection: &Connection) -> Result<Schema, Error> {
        let client = &connection.client;
        // Behind a pooler the session is one that others had: what they left prepared would be in the way, and what is
        // left there would be in theirs.
        let forget = if self.settings.prepared { "" } else { "DEALLOCATE ALL; " };
        let begin = format!("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; {forget}SET LOCAL jit = off");
        client.batch_execute(&begin).await.map_err(|error| failure::classify(&error))?;
        let schema = introspect::schema(client, self.settings.schemas.as_deref()).await;
        let ended = client.batch_execute(&format!("{forget}COMMIT")).await;
        let mut schema = schema.map_err(|error| failure::classify(&error))?;
        // Docent's own.
        schema.tables.retain(|table| table.name.name != key_table::TABLE);
        ended.map_err(|error| failure::classify(&error))?;
        Ok(schema)
    }
}

impl key_table::Server for Shared {
    fn run<'a>(&'a self, work: &'a mut key_table::Work, deadline: Instant) -> key_table::Running<'a> {
        Box::pin(async move { self.write(work, deadline, &mut 0).await.map(drop) })
    }
}

/// Milliseconds until the deadline, as a setting that is never 0: that would be no limit.
fn remaining(deadline: Instant) -> u128 {
    deadline.saturating_duration_since(Instant::now()).as_millis().clamp(1, 2_000_000_000)
}
