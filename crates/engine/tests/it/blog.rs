//! A small blog in a SQLite file, and an engine that serves it.

use std::time::{Duration, Instant};

use docent_engine::{Configuration, Engine, Method, Policy, Principal, Received, Request, Response};
use docent_sql::{Database, sqlite};
use serde_json::Value;

const SCHEMA: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, born DATE);
    CREATE TABLE articles (
        id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT, published BOOLEAN NOT NULL DEFAULT 0,
        created_at TIMESTAMP NOT NULL, price NUMERIC(10,2),
        author_id INTEGER NOT NULL REFERENCES people(id), editor_id INTEGER REFERENCES people(id));
    CREATE INDEX articles_author ON articles(author_id);
    CREATE TABLE comments (
        id INTEGER PRIMARY KEY, body TEXT NOT NULL,
        article_id INTEGER NOT NULL REFERENCES articles(id), author_id INTEGER NOT NULL REFERENCES people(id));
    CREATE INDEX comments_article ON comments(article_id);
    CREATE TABLE tags (id TEXT PRIMARY KEY NOT NULL, label TEXT);
    CREATE TABLE article_tags (
        article_id INTEGER NOT NULL REFERENCES articles(id), tag_id TEXT NOT NULL REFERENCES tags(id),
        PRIMARY KEY (article_id, tag_id)) WITHOUT ROWID;
    INSERT INTO people VALUES (1, 'Ada', '1815-12-10'), (2, 'Grace', '1906-12-09'), (3, 'Zoë', NULL);
    INSERT INTO articles VALUES
        (1, 'One', 'First', 1, '2025-01-01 10:00:00', 0.99, 1, NULL),
        (2, 'Two', NULL, 0, '2025-01-02T10:00:00', 5, 1, 2),
        (3, 'Three', 'Third', 1, '2025-01-03 10:00:00', NULL, 2, 1);
    INSERT INTO comments (id, body, article_id, author_id)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
        SELECT i, 'Comment ' || i, 1 + (i % 2), 1 + (i % 3) FROM n;
    INSERT INTO tags VALUES ('rust', 'Rust'), ('sql', 'SQL'), ('a/b', 'Slash');
    INSERT INTO article_tags VALUES (1, 'rust'), (1, 'sql'), (3, 'a/b'), (3, 'rust');
";

/// A served file. The file is gone when this is dropped.
pub(crate) struct Blog {
    pub(crate) engine: Engine,
    _directory: tempfile::TempDir,
}

/// A blog with a few people, articles, comments and tags.
pub(crate) async fn blog() -> Blog {
    serve(SCHEMA).await
}

/// The same under rules, written as in a configuration's `[roles]`.
pub(crate) async fn ruled_blog(roles: &str) -> Blog {
    let policy: Policy = toml::from_str(roles).unwrap();
    serve_with(SCHEMA, Configuration { policy, ..Configuration::default() }).await
}

/// Serves a database made by a script.
pub(crate) async fn serve(script: &str) -> Blog {
    serve_with(script, Configuration::default()).await
}

async fn serve_with(script: &str, configuration: Configuration) -> Blog {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("blog.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch(script).unwrap();
    let database = Database::Sqlite(sqlite::Adapter::open(sqlite::Settings::new(path)).unwrap());
    let (engine, problems) = Engine::start(database, configuration).await.unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    Blog { engine, _directory: directory }
}

impl Blog {
    /// GETs a path with its query.
    pub(crate) async fn get(&self, path_and_query: &str) -> Response {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let request = Request {
            method: Method::Get,
            path,
            query,
            base_url: "http://h.test",
            accept: None,
            content_type: None,
            body: b"",
            if_match: None,
            prefer: None,
            idempotency_key: None,
            position: None,
            request_id: "r1",
            deadline: Instant::now() + Duration::from_secs(10),
            received: Received::default(),
        };
        self.engine.handle(&Principal::Anonymous, request).await
    }

    /// GETs a document that is expected with 200.
    pub(crate) async fn document(&self, path_and_query: &str) -> Value {
        let response = self.get(path_and_query).await;
        let body = String::from_utf8(response.body.concat()).unwrap();
        assert_eq!(response.status, 200, "{path_and_query}: {body} {:?}", response.internal);
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path_and_query}: {error}: {body}"))
    }
}
