//! The database of the tests that write, and short ways to write to it.
//!
//! Each test has a server and a copy of the database of its own. Whatever is true of every answer to a write is checked
//! on every one of them: a refusal changes no row and points at what was sent, a success answers with what is stored.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fixture::{Api, api_on, assert_error, essence, uris};
use crate::harness::connection::Stored;
use crate::harness::engine::Engine;
use crate::harness::http::Response;
use crate::harness::links::href;
use crate::harness::server::Options;
use crate::harness::{JSON_API, assert_valid_document};

const SCRIPT: &str = include_str!("../../data/writing.sql");

/// A key for the view, fields that only the database writes, and a relationship whose linkage has `meta`.
const CONFIGURATION: &str = "
[types.catalogue]
key = ['id']
[types.books]
fields.isbn = { read_only = true }
fields.publisher_id = { read_only = true }
relationships.readers = { through = 'loans' }
";

/// All rows of all tables.
pub(super) type Rows = BTreeMap<String, Vec<Vec<Stored>>>;

/// A writable server of the test's own.
#[track_caller]
pub(super) fn writable() -> Api {
    writable_with("")
}

/// The same with more configuration.
#[track_caller]
pub(super) fn writable_with(configuration: &str) -> Api {
    let mut options = Options::args(&["--writable"]);
    options.config = Some(format!("{CONFIGURATION}{configuration}"));
    api_on(SCRIPT, &options)
}

/// The same with more in its database.
#[track_caller]
pub(super) fn writable_on(script: &str) -> Api {
    let mut options = Options::args(&["--writable"]);
    options.config = Some(CONFIGURATION.to_owned());
    api_on(&format!("{SCRIPT}{script}"), &options)
}

/// A server of the same database that only reads.
#[track_caller]
pub(super) fn read_only() -> Api {
    api_on(SCRIPT, &Options::config(CONFIGURATION))
}

/// A new book that can be created, with these attributes besides its title.
pub(super) fn book(attributes: Value) -> Value {
    book_with(attributes, json!({}))
}

/// The same with these relationships besides its author.
pub(super) fn book_with(attributes: Value, relationships: Value) -> Value {
    let mut document = json!({"data": {
        "type": "books",
        "attributes": {"title": "New"},
        "relationships": {"author": {"data": {"type": "authors", "id": "1"}}},
    }});
    merge(&mut document["data"]["attributes"], attributes);
    merge(&mut document["data"]["relationships"], relationships);
    document
}

/// An update of that resource with these further members.
pub(super) fn update(type_name: &str, id: &str, members: Value) -> Value {
    let mut document = json!({"data": {"type": type_name, "id": id}});
    merge(&mut document["data"], members);
    document
}

/// An identifier.
pub(super) fn one(type_name: &str, id: &str) -> Value {
    json!({"type": type_name, "id": id})
}

/// Identifiers of one type.
pub(super) fn many(type_name: &str, ids: &[&str]) -> Value {
    ids.iter().map(|id| one(type_name, id)).collect()
}

/// An object with these members.
pub(super) fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A document that has this as its data.
pub(super) fn data(data: impl Into<Value>) -> Value {
    json!({"data": data.into()})
}

fn merge(into: &mut Value, members: Value) {
    let (Value::Object(into), Value::Object(members)) = (into, members) else { panic!("no objects") };
    into.extend(members);
}

impl Api {
    /// Sends a document as a JSON:API client does it. A request is a method and a target: `POST /books`.
    #[track_caller]
    pub(super) fn write(&mut self, request: &str, document: &Value) -> Response {
        self.write_with(request, &[], document)
    }

    /// The same with further headers.
    #[track_caller]
    pub(super) fn write_with(
        &mut self,
        request: &str,
        headers: &[(&str, &str)],
        document: &Value,
    ) -> Response {
        let (method, target) = request.split_once(' ').unwrap();
        let headers = [&[("Accept", JSON_API), ("Content-Type", JSON_API)], headers].concat();
        self.transmit(method, target, &headers, Some(document.to_string().as_bytes()))
    }

    /// DELETE as a JSON:API client does it: without a body.
    #[track_caller]
    pub(super) fn delete(&mut self, target: &str) -> Response {
        self.send("DELETE", target, &[("Accept", JSON_API)])
    }

    /// Creates a resource and returns the document of the answer.
    #[track_caller]
    pub(super) fn create(&mut self, target: &str, document: &Value) -> Value {
        let response = self.write(&format!("POST {target}"), document);
        assert_eq!(response.status, 201, "{document:#}\n{}", response.text());
        let created = self.assert_written(&response, target);
        let location = response.header("location").unwrap_or_else(|| panic!("no location: {response:?}"));
        assert_eq!(href(&created["data"]["links"]["self"]), Some(location), "{created:#}");
        created
    }

    /// Updates a resource and returns the document of the answer.
    #[track_caller]
    pub(super) fn update(&mut self, target: &str, document: &Value) -> Value {
        let response = self.write(&format!("PATCH {target}"), document);
        assert_eq!(response.status, 200, "{document:#}\n{}", response.text());
        assert!(response.header("location").is_none(), "{response:?}");
        self.assert_written(&response, target)
    }

    /// Writes to a relationship. The answer has a document where triggers may do more than asked, and none elsewhere.
    #[track_caller]
    pub(super) fn relate(&mut self, request: &str, data: impl Into<Value>) {
        let document = json!({"data": data.into()});
        let response = self.write(request, &document);
        if response.status == 200 {
            self.assert_written(&response, request);
        } else {
            assert_eq!(response.status, 204, "{request}: {document:#}\n{}", response.text());
            assert_no_content(&response, request);
        }
    }

    /// Deletes a resource.
    #[track_caller]
    pub(super) fn remove(&mut self, target: &str) {
        let response = self.delete(target);
        assert_eq!(response.status, 204, "DELETE {target}: {}", response.text());
        assert_no_content(&response, target);
        assert_error(&self.get(target), 404, target);
    }

    /// Sends what must be refused with one error of this status, code and pointer. Returns the error.
    #[track_caller]
    pub(super) fn refuse(
        &mut self,
        request: &str,
        document: &Value,
        (status, code, pointer): (u16, &str, &str),
    ) -> Value {
        let answer = self.refuse_all(request, document, status, &[(code, pointer)]);
        assert_eq!(answer["errors"][0]["status"], status.to_string(), "{answer:#}");
        answer["errors"][0].clone()
    }

    /// Sends what must be refused with this status and exactly these errors, each a code and a pointer, in any order.
    /// Returns the document.
    #[track_caller]
    pub(super) fn refuse_all(
        &mut self,
        request: &str,
        document: &Value,
        status: u16,
        expected: &[(&str, &str)],
    ) -> Value {
        let before = self.rows();
        let response = self.write(request, document);
        let text = format!("{request}: {document:#}");
        let answer = assert_refusal(&response, status, document, &text);
        let mut found: Vec<_> = answer["errors"].as_array().unwrap().iter().map(code_and_pointer).collect();
        let mut expected = expected.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}\n{answer:#}");
        self.assert_unchanged(&before, &text);
        answer
    }

    /// All rows of all tables.
    pub(super) fn rows(&self) -> Rows {
        let mut connection = self.database().open();
        let tables = connection.tables().into_iter();
        let rows = tables.map(|table| {
            let mut rows = connection.query(&format!("SELECT * FROM \"{table}\""));
            // What has been written and undone may leave them in another order.
            rows.sort_by_cached_key(|row| format!("{row:?}"));
            (table, rows)
        });
        rows.collect()
    }

    /// Fails unless all rows are as they were.
    #[track_caller]
    pub(super) fn assert_unchanged(&self, before: &Rows, request: &str) {
        let after = self.rows();
        let changed: Vec<_> = after.iter().filter(|(table, rows)| before.get(*table) != Some(rows)).collect();
        assert!(changed.is_empty(), "{request}\nchanged {changed:#?}");
    }

    /// The attributes of a resource.
    #[track_caller]
    pub(super) fn attributes(&mut self, target: &str) -> Value {
        self.document(target)["data"]["attributes"].clone()
    }

    /// The ids behind a relationship URL, sorted; one or none if it is to-one.
    #[track_caller]
    pub(super) fn linked(&mut self, target: &str) -> Vec<String> {
        let linkage = self.document(target)["data"].take();
        let items = match linkage {
            Value::Array(items) => items,
            Value::Null => Vec::new(),
            one => vec![one],
        };
        let mut ids: Vec<_> = items.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    }

    /// The document of a successful write, which must be the one that GET gives now.
    #[track_caller]
    fn assert_written(&mut self, response: &Response, target: &str) -> Value {
        let answer = response.json();
        assert_valid_document(&answer);
        let content_type = response.header("content-type").unwrap_or_default();
        assert_eq!((essence(content_type), uris(content_type, "ext")), (JSON_API.to_owned(), Vec::new()));
        assert_varies(response, target);
        let own = href(&answer["links"]["self"]).unwrap_or_else(|| panic!("no self: {answer:#}")).to_owned();
        let read = self.get(&own);
        assert_eq!(read.json(), answer, "{target}: the answer to GET {own}, and that to the write");
        answer
    }
}

/// A refusal of a document: an error document that points at what was sent. Returns it.
#[track_caller]
pub(super) fn assert_refusal(response: &Response, status: u16, sent: &Value, request: &str) -> Value {
    let answer = assert_error(response, status, request);
    assert_varies(response, request);
    for error in answer["errors"].as_array().unwrap() {
        let detail = error["detail"].as_str().unwrap_or_default();
        assert!(!detail.is_empty() && error["code"].is_string(), "{request}: {error:#}");
        for inside in ["SELECT ", "INSERT ", "UPDATE ", "constraint failed", "FOREIGN KEY", "sqlite"] {
            assert!(!detail.contains(inside), "{request}: {error:#}");
        }
        if let Some(pointer) = error["source"].get("pointer") {
            let pointer = pointer.as_str().unwrap_or_default();
            assert!(sent.pointer(pointer).is_some(), "{request}: {pointer:?} does not resolve (ERR-09)");
        }
    }
    answer
}

/// Fails unless the resource has the number that comes next, or a greater one where numbers of undone rows are lost.
#[track_caller]
pub(super) fn assert_next_id(resource: &Value, next: u64) {
    let id: u64 = resource["id"].as_str().unwrap().parse().unwrap();
    let fits = if Engine::under_test().makes_undone_numbers_again() { id == next } else { id >= next };
    assert!(fits, "{next} comes next: {resource:#}");
}

/// Code and pointer of an error; a header or parameter instead of a pointer stands for itself.
pub(super) fn code_and_pointer(error: &Value) -> (&str, &str) {
    let source = error["source"].as_object().into_iter().flatten().next();
    (
        error["code"].as_str().unwrap_or_default(),
        source.map_or("-", |(_, value)| value.as_str().unwrap_or_default()),
    )
}

#[track_caller]
fn assert_no_content(response: &Response, request: &str) {
    assert!(response.body.is_empty() && response.header("content-type").is_none(), "{request}: {response:?}");
    assert_varies(response, request);
}

#[track_caller]
fn assert_varies(response: &Response, request: &str) {
    let vary = response.header("vary").unwrap_or_default().to_ascii_lowercase();
    assert!(vary.split(',').any(|name| name.trim() == "accept"), "{request}: Vary: {vary}");
}
