//! The engine under test, started once per process, and the words of its schema.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use docent_engine::{Configuration, Engine, Method, Principal, Received, Request, Response};
use docent_sql::{Database, sqlite};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::words::Words;

/// Stands before every link.
pub(super) const BASE_URL: &str = "http://h.test/base";
/// What one request may take; an answer of 503 is a finding like any other.
const TIME_MAX: Duration = Duration::from_secs(10);
/// Cursors kept for the generator.
const CURSORS_MAX: usize = 64;

const FIXTURE: &str = include_str!("fixture.sql");

/// One request as the edge would hand it on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) method: Method,
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) accept: Option<&'a str>,
    pub(super) content_type: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// Follows a link.
    pub(super) fn get(link: &'a str, accept: Option<&'a str>) -> Self {
        let Some(rest) = link.strip_prefix(BASE_URL) else { panic!("a link to somewhere else: {link}") };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        Asked { method: Method::Get, path, query, accept, content_type: None }
    }
}

/// The engine and what it runs on.
pub(super) struct Service {
    runtime: Runtime,
    engine: Engine,
    pub(super) words: Words,
    cursors: Mutex<Vec<String>>,
}

/// The service of this process.
pub(super) fn service() -> &'static Service {
    static SERVICE: OnceLock<Service> = OnceLock::new();
    SERVICE.get_or_init(Service::start)
}

impl Service {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let settings = sqlite::Settings::new(database());
        let engine = runtime.block_on(async {
            let database = Database::Sqlite(sqlite::Adapter::open(settings).expect("the database opens"));
            let (engine, problems) =
                Engine::start(database, Configuration::default()).await.expect("the engine starts");
            assert!(problems.is_empty(), "{problems:?}");
            engine
        });
        let mut service =
            Service { runtime, engine, words: Words::default(), cursors: Mutex::new(Vec::new()) };
        service.words = service.engine.with_catalog(Words::new);
        let collections: Vec<String> = service
            .words
            .types
            .iter()
            .map(|words| format!("{BASE_URL}{}?page[limit]=500", words.path))
            .collect();
        for (index, link) in collections.iter().enumerate() {
            let response = service.answer(Asked::get(link, None));
            assert_eq!(response.status, 200, "{link}: {response:?}");
            service.words.types[index].learn(&crate::json::parse(&response.body.concat()));
        }
        service
    }

    pub(super) fn answer(&self, asked: Asked<'_>) -> Response {
        let request = Request {
            method: asked.method,
            path: asked.path,
            query: asked.query,
            base_url: BASE_URL,
            accept: asked.accept,
            content_type: asked.content_type,
            body: b"",
            if_match: None,
            prefer: None,
            idempotency_key: None,
            position: None,
            request_id: "r1",
            deadline: Instant::now() + TIME_MAX,
            received: Received::default(),
        };
        self.runtime.block_on(self.engine.handle(&Principal::Anonymous, request))
    }

    /// Keeps a cursor for later inputs.
    pub(super) fn remember_cursor(&self, cursor: &str) {
        let mut cursors = self.cursors();
        if cursors.iter().any(|known| known == cursor) {
            return;
        }
        if cursors.len() == CURSORS_MAX {
            cursors.remove(0);
        }
        cursors.push(cursor.to_owned());
    }

    pub(super) fn cursors(&self) -> MutexGuard<'_, Vec<String>> {
        self.cursors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The database, made by the first process that needs it. libFuzzer ends without cleaning up, so the file stays; its
/// name tells the fixture.
fn database() -> PathBuf {
    let directory = std::env::temp_dir().join("docent-fuzz");
    let path = directory.join(format!("{:016x}.db", hash(FIXTURE.as_bytes())));
    if !path.exists() {
        std::fs::create_dir_all(&directory).expect("a directory for the database");
        let made = tempfile::Builder::new().tempdir_in(&directory).expect("a directory to make it in");
        let draft = made.path().join("draft.db");
        let connection = rusqlite::Connection::open(&draft).expect("a database");
        connection.execute_batch(FIXTURE).expect("the fixture is valid");
        connection.close().expect("the database is complete");
        std::fs::rename(&draft, &path).expect("the database has its name");
    }
    path
}

/// FNV-1a: the same in each process, unlike the standard library's.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A link as text: they are strings or objects with `href`.
pub(super) fn href(link: &Value) -> Option<&str> {
    link.as_str().or_else(|| link["href"].as_str())
}
