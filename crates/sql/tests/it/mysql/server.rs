//! A database of its own for each test, on the server that `DOCENT_TEST_MARIADB` names.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use docent_sql::mysql;
use docent_sql::schema::{Schema, Table};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts};

use crate::support::url_of;

/// A database, dropped at the end.
pub(crate) struct Scratch {
    /// Where it is.
    pub(crate) url: String,
    name: String,
}

/// Where the server is: the URL of an account that may create databases.
fn server() -> String {
    std::env::var("DOCENT_TEST_MARIADB").unwrap_or_else(|_| {
        panic!(
            "these tests need a MariaDB server: `./check` starts one, or name yours with \
             DOCENT_TEST_MARIADB=mysql://root@localhost:3306/"
        )
    })
}

async fn connect(url: &str) -> Conn {
    Conn::new(Opts::from_url(url).unwrap()).await.unwrap()
}

impl Scratch {
    /// A database with this content.
    pub(crate) async fn new(sql: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("docent_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let server = server();
        let mut connection = connect(&server).await;
        let create = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
        connection.query_drop(create).await.unwrap();
        connection.disconnect().await.unwrap();
        let scratch = Self { url: url_of(&server, &name), name };
        scratch.run(sql).await;
        scratch
    }

    /// A connection of some other program.
    pub(crate) async fn other(&self) -> Conn {
        connect(&self.url).await
    }

    /// Runs statements as some other program.
    pub(crate) async fn run(&self, sql: &str) {
        if !sql.is_empty() {
            let mut other = self.other().await;
            other.query_drop(sql).await.unwrap();
            other.disconnect().await.unwrap();
        }
    }

    /// The first column of the first row, as some other program sees it.
    pub(crate) async fn seen(&self, sql: &str) -> String {
        let mut other = self.other().await;
        let seen: Option<Option<String>> = other.query_first(sql).await.unwrap();
        other.disconnect().await.unwrap();
        seen.flatten().unwrap_or_else(|| "NULL".to_owned())
    }

    /// The identifiers of the connections that the adapter has open.
    pub(crate) async fn connections(&self) -> Vec<u64> {
        let mut other = self.other().await;
        let sql =
            "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()";
        let found = other.query(sql).await.unwrap();
        other.disconnect().await.unwrap();
        found
    }

    /// Ends these connections.
    pub(crate) async fn end(&self, connections: &[u64]) {
        let mut other = self.other().await;
        for id in connections {
            // One that has ended meanwhile is no failure.
            let _ = other.query_drop(format!("KILL {id}")).await;
        }
        other.disconnect().await.unwrap();
    }

    /// The database, served.
    pub(crate) async fn opened(&self, adapt: impl FnOnce(&mut mysql::Settings)) -> mysql::Adapter {
        let mut settings = mysql::Settings::new(self.url.clone());
        settings.writable = true;
        settings.watch_interval = Duration::from_millis(50);
        adapt(&mut settings);
        mysql::Adapter::open(settings).await.unwrap()
    }

    /// What introspection finds.
    pub(crate) async fn schema(&self) -> Schema {
        self.opened(|_| {}).await.introspect().await.unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE {}", self.name);
        // The test's own runtime cannot wait here. What cannot be dropped is left: the test has been judged already.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { connect(&server()).await.query_drop(sql).await })
        });
        let _ = dropped.join();
    }
}

/// The table or view of that name.
pub(crate) fn table<'a>(schema: &'a Schema, name: &str) -> &'a Table {
    schema.tables.iter().find(|table| table.name.name == name).unwrap()
}
