//! The database of these tests and the server that serves it.
//!
//! Tests that run at the same time share one server; it ends with the last of them, so that no process outlives the
//! run. A test that changes rows or settings starts its own; `writing` has the database and the short ways for tests
//! that write.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use serde_json::Value;

use crate::harness::databases::Database;
use crate::harness::http::{Client, Response};
use crate::harness::server::{Options, Server};
use crate::harness::{JSON_API, assert_valid_document};

/// What links begin with. Given to the server, so that links last longer than its port.
pub(super) const ORIGIN: &str = "http://conformance.test";

/// A profile no server knows.
pub(super) const UNKNOWN_PROFILE: &str = "https://profile.test/unknown";

/// An extension no server supports.
pub(super) const UNKNOWN_EXTENSION: &str = "https://extension.test/unknown";

/// The Atomic Operations extension.
pub(super) const ATOMIC: &str = "https://jsonapi.org/ext/atomic";

const SCRIPT: &str = include_str!("../../data/conformance.sql");

/// A server and its database.
#[derive(Debug)]
struct Running {
    server: Server,
    database: Database,
}

/// The served fixture, with a connection of the test's own.
#[derive(Debug)]
pub(super) struct Api {
    running: Arc<Running>,
    client: Client,
}

/// The shared server.
pub(super) fn api() -> Api {
    static SHARED: Mutex<Weak<Running>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    let running = shared.upgrade().unwrap_or_else(|| {
        let running = start(Database::shared(SCRIPT), Options::default());
        *shared = Arc::downgrade(&running);
        running
    });
    Api::of(running)
}

/// A server of the test's own, on a copy of the database of its own.
#[track_caller]
pub(super) fn own_api(options: &Options) -> Api {
    api_on(SCRIPT, options)
}

/// A server of the test's own, on a database made by this script.
#[track_caller]
pub(super) fn api_on(script: &str, options: &Options) -> Api {
    Api::of(start(Database::from_script(script), options.clone()))
}

#[track_caller]
fn start(database: Database, mut options: Options) -> Arc<Running> {
    options.args.extend(["--public-url", ORIGIN].map(str::to_owned));
    let server = Server::start(&database.location(), &options);
    Arc::new(Running { server, database })
}

impl Api {
    fn of(running: Arc<Running>) -> Self {
        let client = running.server.client();
        Self { running, client }
    }

    /// The same server over a connection of its own.
    pub(super) fn another(&self) -> Self {
        Self::of(Arc::clone(&self.running))
    }

    /// The database; only the owner of the server may change it.
    pub(super) fn database(&self) -> &Database {
        &self.running.database
    }

    /// The URL of the entry point as links give it.
    pub(super) fn entry_point(&self) -> String {
        format!("{ORIGIN}{}", self.running.server.base_path())
    }

    /// Sends a request without body. `target` is a path below the entry point, or an absolute URL of this server.
    #[track_caller]
    pub(super) fn send(&mut self, method: &str, target: &str, headers: &[(&str, &str)]) -> Response {
        self.transmit(method, target, headers, None)
    }

    /// Sends a request with any body.
    #[track_caller]
    pub(super) fn transmit(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Response {
        let url = self.url(target);
        self.client.send(method, &url, headers, body)
    }

    /// GET as a JSON:API client does it.
    #[track_caller]
    pub(super) fn get(&mut self, target: &str) -> Response {
        self.send("GET", target, &[("Accept", JSON_API)])
    }

    /// GET with this `Accept` header.
    #[track_caller]
    pub(super) fn accepting(&mut self, target: &str, accept: &str) -> Response {
        self.send("GET", target, &[("Accept", accept)])
    }

    /// GET with this `Content-Type` header.
    #[track_caller]
    pub(super) fn typed(&mut self, target: &str, content_type: &str) -> Response {
        self.send("GET", target, &[("Accept", JSON_API), ("Content-Type", content_type)])
    }

    /// GETs a document that must be there and valid.
    #[track_caller]
    pub(super) fn document(&mut self, target: &str) -> Value {
        let response = self.get(target);
        assert_eq!(response.status, 200, "{target}: {}", response.text());
        let document = response.json();
        assert_valid_document(&without_type_links(&document));
        document
    }

    /// GETs what must be refused for one query parameter, named as it is after decoding; returns the document.
    #[track_caller]
    pub(super) fn refused(&mut self, target: &str, parameter: &str) -> Value {
        let response = self.get(target);
        let document = assert_error(&response, 400, target);
        assert_eq!(response.error_parameters(), [parameter], "{target}: {document:#}");
        document
    }

    /// GETs what does not exist.
    #[track_caller]
    pub(super) fn not_found(&mut self, target: &str) {
        assert_error(&self.get(target), 404, target);
    }

    /// The path of the entry point, without trailing slash.
    pub(super) fn base_path(&self) -> &str {
        self.running.server.base_path()
    }

    /// What comes back for these bytes until the server closes the connection.
    pub(super) fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        self.client.raw(bytes, Duration::from_secs(10))
    }

    fn url(&self, target: &str) -> String {
        if target.starts_with("http://") {
            return target.to_owned();
        }
        format!("{}{target}", self.running.server.base_path())
    }
}

/// Fails unless this is a valid error document with that status, labelled as one; returns it.
#[track_caller]
pub(super) fn assert_error(response: &Response, status: u16, request: &str) -> Value {
    assert_eq!(response.status, status, "{request}: {}", response.text());
    assert_eq!(response.header("content-type").map(essence), Some(JSON_API.to_owned()), "{request}");
    let document = response.json();
    assert_valid_document(&document);
    let errors = document["errors"].as_array();
    assert!(errors.is_some_and(|it| !it.is_empty()), "{request}: no errors in {document:#}");
    document
}

/// The entry point without its links to types: the one place where members beyond those of the specification stand,
/// as no other member of a document may hold links.
fn without_type_links(document: &Value) -> Value {
    let mut document = document.clone();
    let is_entry_point = ["data", "errors"].iter().all(|member| document.get(member).is_none());
    if let (true, Some(links)) = (is_entry_point, document["links"].as_object_mut()) {
        links.retain(|name, _| ["self", "describedby"].contains(&name.as_str()));
    }
    document
}

/// A media type without its parameters, in lower case.
pub(super) fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Names and values of a media type's parameters, quotes removed; a separator inside quotes separates nothing.
pub(super) fn parameters(media_type: &str) -> Vec<(String, String)> {
    let mut quoted = false;
    let parts = media_type.split(|c| {
        quoted ^= c == '"';
        c == ';' && !quoted
    });
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_owned())
    };
    parts.skip(1).map(pair).collect()
}

/// URIs of a media type's `ext` or `profile` parameter, sorted.
pub(super) fn uris(media_type: &str, parameter: &str) -> Vec<String> {
    let found = parameters(media_type).into_iter().find(|(name, _)| name == parameter);
    let mut uris: Vec<_> = found.iter().flat_map(|(_, value)| value.split(' ')).map(str::to_owned).collect();
    uris.sort();
    uris
}

/// Ids of primary data or of any array of resources or identifiers.
pub(super) fn ids(data: &Value) -> Vec<&str> {
    data.as_array().map(|items| items.iter().filter_map(|it| it["id"].as_str()).collect()).unwrap_or_default()
}

#[test]
fn media_types_are_taken_apart() {
    let media_type = r#"application/vnd.api+json;ext="a b"; Profile="http://e.test/a;b""#;
    assert_eq!(essence(media_type), JSON_API);
    assert_eq!(uris(media_type, "ext"), ["a", "b"]);
    assert_eq!(uris(media_type, "profile"), ["http://e.test/a;b"]);
    assert_eq!(uris(JSON_API, "profile"), Vec::<String>::new());
}
