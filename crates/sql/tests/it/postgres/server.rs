//! A database of its own for each test, on the server that `DOCENT_TEST_POSTGRES` names.

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use docent_sql::schema::{Schema, Table};
use docent_sql::{Database, postgres};
use tokio_postgres::{Client, NoTls};

use crate::support::url_of;

/// A database, dropped at the end.
pub(crate) struct Scratch {
    /// Where it is.
    pub(crate) url: String,
    /// A connection of some other program.
    pub(crate) other: Client,
    name: String,
}

/// Where the server is: the URL of a database of it, of a role that may create others.
fn server() -> String {
    std::env::var("DOCENT_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!(
            "these tests need a PostgreSQL server: `./check` starts one, or name yours with \
             DOCENT_TEST_POSTGRES=postgres://user@localhost:5432/postgres"
        )
    })
}

/// A connection to a database.
pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

impl Scratch {
    /// A database with this content.
    pub(crate) async fn new(sql: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("docent_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let server = server();
        let create = format!("CREATE DATABASE {name} TEMPLATE template0");
        connect(&server).await.batch_execute(&create).await.unwrap();
        let url = url_of(&server, &name);
        let scratch = Self { other: connect(&url).await, url, name };
        scratch.run(sql).await;
        scratch
    }

    /// Runs statements as some other program.
    pub(crate) async fn run(&self, sql: &str) {
        self.other.batch_execute(sql).await.unwrap();
    }

    /// The database, served.
    pub(crate) fn served(&self, adapt: impl FnOnce(&mut postgres::Settings)) -> Database {
        let mut settings = postgres::Settings::new(self.url.clone());
        settings.writable = true;
        settings.watch_interval = Duration::from_millis(20);
        adapt(&mut settings);
        Database::Postgres(postgres::Adapter::open(settings).unwrap())
    }

    /// What introspection finds.
    pub(crate) async fn schema(&self) -> Schema {
        self.served(|_| {}).introspect().await.unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        // The test's own runtime cannot wait here. What cannot be dropped is left: the test has been judged already.
        let dropped = std::thread::spawn(move || {
            wait_for(async move { connect(&server()).await.batch_execute(&sql).await })
        });
        let _ = dropped.join();
    }
}

fn wait_for<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// The table or view of that name, with its schema where that is not the default one.
pub(crate) fn table<'a>(schema: &'a Schema, name: &str) -> &'a Table {
    schema.tables.iter().find(|table| table.name.to_string() == name).unwrap()
}
