//! The database that the rules about lists, queries, errors and HTTP are tested on, and short ways to ask for it.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::Value;

use crate::harness::assert_valid_document;
use crate::harness::databases::Database;
use crate::harness::http::{Client, Response};
use crate::harness::links::href;
use crate::harness::server::{Options, Server};
use crate::harness::structure::identity;

/// `things` are the list 1, 5, 7, 8, 9; `entries` are many, with many ties, most of them of thing 5; thing 7 has many
/// tags; `words` have texts that must survive a URL; `vacant` is empty; `charts` has a key in two parts.
const SCRIPT: &str = "
    CREATE TABLE things (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, weight INTEGER, kind TEXT NOT NULL, made DATE NOT NULL,
        seen TIMESTAMP);
    INSERT INTO things VALUES
        (1, 'anvil', 3, 'a', '2024-05-01', '2025-01-31 10:00:00'), (5, 'bell', 1, 'b', '2023-05-01', NULL),
        (7, 'chain', 2, 'a', '2024-05-01', '2025-01-31T10:00:00.5'), (8, 'drum', NULL, 'b', '2022-12-31', NULL),
        (9, 'fork', 2, 'a', '2020-02-29', NULL);
    CREATE TABLE words (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
    INSERT INTO words VALUES
        (1, 'a b'), (2, 'a+b'), (3, 'a%20b'), (4, 'x&y=z'), (5, 'Größe'), (6, ''), (7, 'a,b'), (8, '[x]');
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY, label TEXT NOT NULL, tie INTEGER NOT NULL,
        thing_id INTEGER NOT NULL REFERENCES things(id), spare_id INTEGER REFERENCES words(id));
    CREATE INDEX entries_thing ON entries(thing_id);
    INSERT INTO entries
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 620)
        SELECT i, 'Entry ' || i, i % 3, CASE WHEN i <= 120 THEN 5 WHEN i <= 125 THEN 7 ELSE 9 END, NULL FROM n;
    CREATE TABLE tags (id TEXT PRIMARY KEY NOT NULL, label TEXT NOT NULL);
    INSERT INTO tags
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
        SELECT printf('t%02d', i), 'Tag' FROM n;
    CREATE TABLE tagged (
        thing_id INTEGER NOT NULL REFERENCES things(id), tag_id TEXT NOT NULL REFERENCES tags(id),
        PRIMARY KEY (thing_id, tag_id)) WITHOUT ROWID;
    INSERT INTO tagged SELECT 7, id FROM tags;
    INSERT INTO tagged VALUES (1, 't01');
    CREATE TABLE vacant (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE charts (week INTEGER NOT NULL, place INTEGER NOT NULL, title TEXT, PRIMARY KEY (week, place));
    INSERT INTO charts VALUES (1, 1, 'One'), (1, 2, 'Two'), (2, 1, 'Three');
";

/// A server and its database.
struct Running {
    server: Server,
    database: Database,
}

/// The served database, with a connection of the test's own.
pub(super) struct Lists {
    running: Arc<Running>,
    client: Client,
}

impl Lists {
    /// A server that all tests share that run at the same time. It ends with the last of them.
    #[track_caller]
    pub(super) fn shared() -> Self {
        static SHARED: Mutex<Weak<Running>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let running = shared.upgrade().unwrap_or_else(|| {
            let running = start(Database::shared(SCRIPT), &Options::default());
            *shared = Arc::downgrade(&running);
            running
        });
        Self::of(running)
    }

    /// A server of the test's own, for tests that change rows or settings.
    #[track_caller]
    pub(super) fn own(options: &Options) -> Self {
        Self::of(start(Database::from_script(SCRIPT), options))
    }

    fn of(running: Arc<Running>) -> Self {
        let client = running.server.client();
        Self { running, client }
    }

    /// The database; only the owner of the server may change it.
    pub(super) fn database(&self) -> &Database {
        &self.running.database
    }

    /// The server.
    pub(super) fn server(&self) -> &Server {
        &self.running.server
    }

    /// The answer to a GET of a path below the base, or of a link.
    #[track_caller]
    pub(super) fn get(&mut self, path: &str) -> Response {
        self.send("GET", path, &[("Accept", crate::harness::JSON_API)])
    }

    /// The answer to a request without body.
    #[track_caller]
    pub(super) fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
        let target = if path.starts_with("http://") {
            path.to_owned()
        } else {
            format!("{}{path}", self.server().base_path())
        };
        self.client.send(method, &target, headers, None)
    }

    /// The document at a path or link, which must be there and valid.
    #[track_caller]
    pub(super) fn document(&mut self, path: &str) -> Value {
        let response = self.get(path);
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        let document = response.json();
        assert_valid_document(&document);
        document
    }

    /// The ids at a path or link, in order.
    #[track_caller]
    pub(super) fn ids(&mut self, path: &str) -> Vec<String> {
        ids(&self.document(path))
    }

    /// The first error of a request that must be refused with 400, all its errors being about that parameter.
    #[track_caller]
    pub(super) fn refused(&mut self, path: &str, parameter: &str) -> Value {
        let response = self.get(path);
        assert_eq!(response.status, 400, "{path}: {}", response.text());
        assert_eq!(response.error_parameters(), [parameter], "{path}: {}", response.text());
        let document = response.json();
        assert_valid_document(&document);
        document["errors"][0].clone()
    }

    /// The ids of all pages from this one on, by the links of that name (`next` or `prev`), page by page.
    #[track_caller]
    pub(super) fn pages(&mut self, path: &str, name: &str) -> Vec<Vec<String>> {
        let mut document = self.document(path);
        let mut pages = vec![ids(&document)];
        while let Some(link) = link(&document, name) {
            document = self.document(&link);
            pages.push(ids(&document));
            assert!(pages.len() < 1000, "there is no end to {path}");
        }
        pages
    }
}

#[track_caller]
fn start(database: Database, options: &Options) -> Arc<Running> {
    let server = Server::start(&database.location(), options);
    Arc::new(Running { server, database })
}

/// The ids of primary data, in order.
pub(super) fn ids(document: &Value) -> Vec<String> {
    let data = document["data"].as_array().unwrap_or_else(|| panic!("no array: {document:#}"));
    data.iter().map(|item| identity(item).1.to_owned()).collect()
}

/// The URL of a top-level link, if it leads somewhere.
pub(super) fn link(document: &Value, name: &str) -> Option<String> {
    document["links"].get(name).and_then(href).map(str::to_owned)
}

/// The ids from one number to another, as they are sorted.
pub(super) fn range(from: u32, to: u32) -> Vec<String> {
    (from..=to).map(|id| id.to_string()).collect()
}
