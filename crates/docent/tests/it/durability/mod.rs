//! What was acknowledged stays, what was not leaves no half behind, and nobody overwrites what he has not seen: with
//! the process killed under load (`crash`), with clients that race for one resource (`race`), with another process
//! that writes the same database (`neighbour`), and with the database server gone for a while (`outage`).

mod crash;
mod neighbour;
mod outage;
mod race;

use std::io::Result;

use serde_json::{Value, json};

use crate::harness::JSON_API;
use crate::harness::http::{Client, Response};
use crate::harness::server::{Options, Server};

/// The media type of operations.
const ATOMIC: &str = r#"application/vnd.api+json;ext="https://jsonapi.org/ext/atomic""#;

/// A database with a foreign key, a join table, and counters.
const NOTEBOOK: &str = "
    CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE notes (
        id INTEGER PRIMARY KEY, title TEXT NOT NULL UNIQUE, batch TEXT, author_id INTEGER NOT NULL REFERENCES authors(id));
    CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE note_tags (
        note_id INTEGER NOT NULL REFERENCES notes(id), tag_id INTEGER NOT NULL REFERENCES tags(id),
        PRIMARY KEY (note_id, tag_id));
    CREATE TABLE counters (id INTEGER PRIMARY KEY, value INTEGER NOT NULL, same INTEGER NOT NULL);
    INSERT INTO authors VALUES (1, 'Ada'), (2, 'Grace');
    INSERT INTO tags VALUES (1, 'one'), (2, 'two'), (3, 'three');
    INSERT INTO counters VALUES (1, 0, 0), (2, 0, 0), (3, 0, 0), (4, 0, 0), (5, 0, 0), (6, 0, 0);
    INSERT INTO notes VALUES (1, 'first', NULL, 1);
";

/// A client that writes.
struct Writer {
    client: Client,
    base_path: String,
}

impl Writer {
    fn new(server: &Server) -> Self {
        Self { client: server.client(), base_path: server.base_path().to_owned() }
    }

    /// Sends a document to a path below the entry point; an error means that nobody knows what became of it.
    fn send(
        &mut self,
        method: &str,
        path: &str,
        if_match: Option<&str>,
        document: &Value,
    ) -> Result<Response> {
        let target = format!("{}{path}", self.base_path);
        let media_type = if path == "/operations" { ATOMIC } else { JSON_API };
        let mut headers = vec![("Accept", media_type), ("Content-Type", media_type)];
        headers.extend(if_match.map(|tag| ("If-Match", tag)));
        self.client.try_send(method, &target, &headers, Some(document.to_string().as_bytes()))
    }

    /// Reads a resource; returns its tag and the document.
    fn read(&mut self, path: &str) -> (String, Value) {
        let response = self.client.get(&format!("{}{path}", self.base_path));
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        (response.header("etag").unwrap().to_owned(), response.json())
    }
}

fn writable() -> Options {
    Options::args(&["--writable"])
}

/// A new note with two tags, or as part of a batch without any.
fn note(title: &str, batch: Option<&str>) -> Value {
    let mut note = json!({
        "type": "notes",
        "attributes": { "title": title, "batch": batch },
        "relationships": { "author": { "data": { "type": "authors", "id": "1" } } },
    });
    if batch.is_none() {
        note["relationships"]["tags"] =
            json!({ "data": [{ "type": "tags", "id": "1" }, { "type": "tags", "id": "3" }] });
    }
    note
}

/// A counter with this value.
fn counter(id: usize, value: i64) -> Value {
    json!({ "data": { "type": "counters", "id": id.to_string(), "attributes": { "value": value, "same": value } } })
}
