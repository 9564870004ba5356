//! Databases of the tests on other engines than SQLite: the same tables with the same rows.
//!
//! A database is described once, as a SQLite script. `definition` reads what SQLite made of it, `values` brings the rows
//! into the form every engine keeps, `script` says it all again for PostgreSQL or MariaDB, and here databases are made of
//! that: once for each script, and copies of it for tests that write. What SQLite has alone (views, triggers, indexes on
//! expressions) is left out; a script has what other engines need in words of their own in comments that begin with
//! their name:
//!
//! ```sql
//! /* PostgreSQL
//! CREATE VIEW …;
//! */
//! ```

mod definition;
mod script;
mod tests;
mod tokens;
mod values;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::types::Value;

use super::connection::{Connection, Stored};
use super::engine::Engine;
use definition::{Column, Table};
use script::Script;
pub(crate) use tests::compare;

/// A change of these files makes other databases of the same script.
const OWN_SOURCES: [&str; 4] = [
    include_str!("definition.rs"),
    include_str!("mod.rs"),
    include_str!("script.rs"),
    include_str!("values.rs"),
];

/// What a database is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Tests that change nothing: it is the same for all who ask, and stays.
    Shared,
    /// One test, as others have it too.
    Copied,
    /// One test, which alone has it.
    Once,
}

/// A database on a server, dropped with this unless others share it.
#[derive(Debug)]
pub(crate) struct Mirror {
    engine: Engine,
    name: String,
    is_shared: bool,
}

/// Rewrites the rows of a SQLite database in the form in which other engines return them.
#[track_caller]
pub(crate) fn make_canonical(connection: &rusqlite::Connection) {
    let tables = definition::describe(connection);
    if let Err(what) = values::make_canonical(connection, &tables) {
        panic!("only SQLite can hold this: {what}");
    }
}

/// Reads the rows of a database in the form in which SQLite stores them, whichever engine has them.
pub(crate) struct Reader {
    tables: Vec<Table>,
    connection: Connection,
}

impl Reader {
    /// Reads over this connection what was made as the SQLite database is.
    pub(crate) fn new(source: &rusqlite::Connection, connection: Connection) -> Self {
        Self { tables: definition::describe(source), connection }
    }

    /// The rows of a table, in no particular order. Columns stand in the order of their definition.
    #[track_caller]
    pub(crate) fn rows(&mut self, table: &str) -> Vec<Vec<Value>> {
        let table = self.tables.iter().find(|it| it.name == table).unwrap();
        let columns: Vec<String> = table.columns.iter().map(|column| values::quote(&column.name)).collect();
        let sql = format!("SELECT {} FROM {}", columns.join(", "), values::quote(&table.name));
        let is_mirror = !matches!(self.connection, Connection::Sqlite(_));
        let cell = |(stored, column): (Stored, &Column)| {
            if is_mirror { values::from_engine(column.kind, stored) } else { stored.into() }
        };
        let rows = self.connection.query(&sql).into_iter();
        rows.map(|row| row.into_iter().zip(&table.columns).map(cell).collect()).collect()
    }
}

impl Reader {
    /// The number that was made last for each table whose keys the engine makes, if it makes them outside of rows.
    #[track_caller]
    pub(crate) fn generated(&mut self) -> Vec<(String, i64)> {
        let tables = self.tables.iter().filter_map(|table| {
            table.generated_key.map(|key| (table.name.clone(), &table.columns[key].name))
        });
        let one = |(name, column): (String, &String)| match self.connection {
            Connection::Sqlite(_) => None,
            Connection::Postgres(..) => {
                let (table, column) =
                    (values::text_literal(&values::quote(&name)), values::text_literal(column));
                let sequence = format!("pg_get_serial_sequence({table}, {column})::regclass");
                Some((name, format!("coalesce(pg_sequence_last_value({sequence}), 0)")))
            }
            Connection::MariaDb(..) => {
                let table = values::text_literal(&name);
                let next = "SELECT auto_increment - 1 FROM information_schema.tables";
                Some((name, format!("({next} WHERE table_schema = database() AND table_name = {table})")))
            }
        };
        let (names, numbers): (Vec<String>, Vec<String>) = tables.filter_map(one).unzip();
        if names.is_empty() {
            return Vec::new();
        }
        let row = self.connection.query(&format!("SELECT {}", numbers.join(", "))).remove(0);
        names.into_iter().zip(row.iter().map(Stored::number)).collect()
    }
}

impl Mirror {
    /// A database that is what the SQLite database made by this script is. A shared one is the same for all who ask.
    #[track_caller]
    pub(crate) fn new(engine: Engine, script: &str, source: &rusqlite::Connection, usage: Use) -> Self {
        Self::made(engine, script, usage, || {
            let tables = definition::describe(source);
            let made = Script { engine, tables: &tables, connection: source }.text();
            made + &additions(script, engine)
        })
    }

    /// A database made by a script in the engine's own words.
    #[track_caller]
    pub(crate) fn original(engine: Engine, script: &str, usage: Use) -> Self {
        Self::made(engine, script, usage, || script.to_owned())
    }

    #[track_caller]
    fn made(engine: Engine, script: &str, usage: Use, make: impl Fn() -> String) -> Self {
        static COPIES: AtomicUsize = AtomicUsize::new(0);
        let key = key(script);
        let copy = COPIES.fetch_add(1, Ordering::Relaxed);
        let is_shared = usage == Use::Shared;
        let name = if is_shared {
            format!("docent_{key}_shared")
        } else {
            format!("docent_{key}_{}_{copy}", std::process::id())
        };
        match engine {
            Engine::Postgres if usage == Use::Once => {
                administrator(engine).execute(&format!("CREATE DATABASE {name}"));
                connect(engine, &name).execute(&make());
            }
            Engine::Postgres => postgres(&key, &name, is_shared, make),
            Engine::MariaDb => mariadb(&name, is_shared, make),
            Engine::Sqlite => unreachable!("SQLite is mirrored, and no mirror"),
        }
        Self { engine, name, is_shared }
    }

    /// The URL of the database.
    pub(crate) fn url(&self) -> String {
        url_of(self.engine, &self.name)
    }

    /// A connection of the test's own.
    #[track_caller]
    pub(crate) fn open(&self) -> Connection {
        connect(self.engine, &self.name)
    }
}

impl Drop for Mirror {
    fn drop(&mut self) {
        if self.is_shared {
            return;
        }
        // A server under test may still be connected.
        let (name, force) = (&self.name, if self.engine == Engine::Postgres { " WITH (FORCE)" } else { "" });
        let sql = format!("DROP DATABASE IF EXISTS {name}{force}");
        if let Err(error) = administrator(self.engine).try_execute(&sql)
            && !std::thread::panicking()
        {
            panic!("{sql}: {error}");
        }
    }
}

/// What stands for this script in names of databases.
fn key(script: &str) -> String {
    let mut hasher = DefaultHasher::new();
    (script, OWN_SOURCES).hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// What a script says for this engine alone.
fn additions(script: &str, engine: Engine) -> String {
    let begin = format!("/* {}\n", engine.name());
    let parts = script.split(&begin).skip(1);
    parts.map(|part| part.split_once("*/").unwrap().0).collect()
}

/// Copies a template, which is made if there is none. It is made under another name, so that one that bears the name is
/// whole.
#[track_caller]
fn postgres(key: &str, name: &str, is_shared: bool, make: impl Fn() -> String) {
    let mut administrator = administrator(Engine::Postgres);
    let exists = |administrator: &mut Connection, name: &str| {
        administrator.number(&format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'")) > 0
    };
    let template = format!("docent_{key}");
    if !exists(&mut administrator, &template) || (is_shared && !exists(&mut administrator, name)) {
        let lock = i64::from_str_radix(&key[1..], 16).unwrap();
        administrator.execute(&format!("SELECT pg_advisory_lock({lock})"));
        if !exists(&mut administrator, &template) {
            let unfinished = format!("{template}_unfinished");
            administrator.execute(&format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"));
            administrator.execute(&format!("CREATE DATABASE {unfinished}"));
            connect(Engine::Postgres, &unfinished).execute(&make());
            // Nobody may be connected with a template while it is copied.
            administrator.execute(&format!("ALTER DATABASE {unfinished} ALLOW_CONNECTIONS false"));
            disconnect_all(&mut administrator, &unfinished);
            administrator.execute(&format!("ALTER DATABASE {unfinished} RENAME TO {template}"));
        }
        if is_shared && !exists(&mut administrator, name) {
            administrator.execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        }
        administrator.execute(&format!("SELECT pg_advisory_unlock({lock})"));
    }
    if !is_shared {
        administrator.execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
    }
}

/// Ends the connections with a database, and waits until they are gone.
#[track_caller]
fn disconnect_all(administrator: &mut Connection, name: &str) {
    let sql = format!(
        "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = '{name}'"
    );
    administrator.execute(&sql);
}

/// Makes a database. There are no templates, but making one is fast. Which shared ones are whole is written down.
#[track_caller]
fn mariadb(name: &str, is_shared: bool, make: impl Fn() -> String) {
    let mut administrator = administrator(Engine::MariaDb);
    if is_shared {
        administrator.execute(
            "CREATE DATABASE IF NOT EXISTS docent_shared;
             CREATE TABLE IF NOT EXISTS docent_shared.finished (name varchar(64) PRIMARY KEY)",
        );
        administrator.execute(&format!("DO get_lock('{name}', 600)"));
        let sql = format!("SELECT count(*) FROM docent_shared.finished WHERE name = '{name}'");
        if administrator.number(&sql) > 0 {
            return;
        }
        administrator.execute(&format!("DROP DATABASE IF EXISTS {name}"));
    }
    // Texts that differ by spaces at their end are different, as everywhere else.
    administrator.execute(&format!("CREATE DATABASE {name} COLLATE utf8mb4_nopad_bin"));
    connect(Engine::MariaDb, name).execute(&make());
    if is_shared {
        administrator.execute(&format!("INSERT INTO docent_shared.finished VALUES ('{name}')"));
    }
}

#[track_caller]
fn administrator(engine: Engine) -> Connection {
    let url = engine.needed_administrator();
    match engine {
        Engine::Postgres => Connection::postgres(&url),
        _ => Connection::mariadb(&url),
    }
}

#[track_caller]
fn connect(engine: Engine, name: &str) -> Connection {
    let url = url_of(engine, name);
    match engine {
        Engine::Postgres => Connection::postgres(&url),
        _ => Connection::mariadb(&url),
    }
}

/// The administrator's URL with the name of another database.
fn url_of(engine: Engine, name: &str) -> String {
    let administrator = engine.needed_administrator();
    let (server, _) = administrator.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}
