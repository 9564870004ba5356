//! The one adapter interface: nothing above this crate knows which engine runs.

use std::time::Instant;

use tokio::sync::watch;

use crate::error::Error;
use crate::places::Place;
use crate::postgres::Position;
use crate::privileges::Privileges;
use crate::program::Program;
use crate::render::Dialect;
use crate::schema::Schema;
use crate::transaction::Transaction;
use crate::{mysql, postgres, sqlite};

/// How much work a read is expected to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// A key look-up or one ordinary page: worth trying at once, on the thread that asks.
    Cheap,
    /// Many rows, or known to be slow: waits for one of the few places for such reads.
    Heavy,
}

/// What became of a read.
#[derive(Debug)]
pub struct ReadOutcome {
    /// Success, or why not. After an error the program's state is of no use.
    pub result: Result<(), Error>,
    /// Statements run.
    pub statements: u32,
    /// Whether a cheap attempt was given up because it took too long.
    pub was_heavy: bool,
    /// The place among the heavy reads, to be kept while the result fills memory.
    pub place: Option<Place>,
}

/// How a transaction ended that could be run to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// What it wrote is durable.
    Committed,
    /// Nothing was written: it asked for that, or was refused and knows why.
    RolledBack,
}

/// What became of a write.
#[derive(Debug)]
pub struct WriteOutcome {
    /// How the transaction ended, or why it could not be run to its end. After an error nothing was written, and the
    /// transaction's state is of no use.
    pub result: Result<Ended, Error>,
    /// Statements run, those of attempts that were repeated left out.
    pub statements: u32,
    /// What reads have to come after to see what was written, where they may be answered by servers that follow.
    pub position: Option<Position>,
}

/// A database of any supported engine.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "there is one, and it is never moved about")]
pub enum Database {
    /// A SQLite file.
    Sqlite(sqlite::Adapter),
    /// A PostgreSQL database.
    Postgres(postgres::Adapter),
    /// A MySQL or MariaDB database.
    MySql(mysql::Adapter),
}

impl Database {
    /// How its statements are written.
    pub fn dialect(&self) -> Dialect {
        match self {
            Database::Sqlite(_) => Dialect::Sqlite,
            Database::Postgres(_) => Dialect::Postgres,
            Database::MySql(adapter) => adapter.dialect(),
        }
    }

    /// Runs a program in one snapshot, which has everything that was written up to `after`. Dropping the future ends its
    /// statement.
    pub async fn read<P: Program>(
        &self,
        program: P,
        cost: Cost,
        deadline: Instant,
        after: Option<Position>,
    ) -> (Option<P>, ReadOutcome) {
        match self {
            Database::Sqlite(adapter) => adapter.read(program, cost, deadline).await,
            // Their state is large, and would be moved along with every read of the others.
            Database::Postgres(adapter) => Box::pin(adapter.read(program, cost, deadline, after)).await,
            Database::MySql(adapter) => Box::pin(adapter.read(program, cost, deadline)).await,
        }
    }

    /// Runs a transaction. A read begun after the answer sees what it wrote. Dropping the future undoes it if it has
    /// not been committed by then. The transaction comes back unless it panicked or never began.
    pub async fn write<T: Transaction>(
        &self,
        transaction: T,
        deadline: Instant,
    ) -> (Option<T>, WriteOutcome) {
        match self {
            Database::Sqlite(adapter) => adapter.write(transaction, deadline).await,
            Database::Postgres(adapter) => Box::pin(adapter.write(transaction, deadline)).await,
            Database::MySql(adapter) => Box::pin(adapter.write(transaction, deadline)).await,
        }
    }

    /// Reads the schema.
    pub async fn introspect(&self) -> Result<Schema, Error> {
        match self {
            Database::Sqlite(adapter) => adapter.introspect().await,
            Database::Postgres(adapter) => adapter.introspect().await,
            Database::MySql(adapter) => adapter.introspect().await,
        }
    }

    /// What a role of the database may do. Only PostgreSQL knows roles that a transaction can take.
    pub async fn privileges(&self, role: &str) -> Result<Privileges, Error> {
        match self {
            Database::Postgres(adapter) => adapter.privileges(role).await,
            _ => Err(Error::Failed("only PostgreSQL has roles that a transaction can take".to_owned())),
        }
    }

    /// Whether it can be reached at the moment.
    pub fn ready(&self) -> Result<(), Error> {
        match self {
            Database::Sqlite(adapter) => adapter.ready(),
            Database::Postgres(adapter) => adapter.ready(),
            Database::MySql(adapter) => adapter.ready(),
        }
    }

    /// A number that changes whenever the schema may have changed.
    pub fn schema_changes(&self) -> watch::Receiver<u64> {
        match self {
            Database::Sqlite(adapter) => adapter.schema_changes(),
            Database::Postgres(adapter) => adapter.schema_changes(),
            Database::MySql(adapter) => adapter.schema_changes(),
        }
    }
}
