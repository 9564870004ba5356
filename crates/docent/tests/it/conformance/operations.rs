//! ATM: the Atomic Operations extension.

use serde_json::{Value, json};

use super::fixture::{ATOMIC, Api, essence, uris};
use super::writing::{assert_refusal, code_and_pointer, object};
use crate::harness::http::Response;
use crate::harness::{JSON_API, assert_valid_document};

mod documents;
mod errors;
mod local_ids;
mod negotiation;
mod processing;
mod relationships;
mod resources;
mod targets;

/// The media type of requests and of answers with results.
const EXTENDED: &str = "application/vnd.api+json;ext=\"https://jsonapi.org/ext/atomic\"";

/// The two headers of such a request.
const HEADERS: [(&str, &str); 2] = [("Accept", EXTENDED), ("Content-Type", EXTENDED)];

/// An operation with these members.
fn operation(op: &str, members: Value) -> Value {
    let mut operation = json!({"op": op});
    let Value::Object(members) = members else { panic!("no object") };
    operation.as_object_mut().unwrap().extend(members);
    operation
}

/// Creates a resource.
fn add(data: Value) -> Value {
    operation("add", object([("data", data)]))
}

/// Updates the resource that the data names.
fn change(data: Value) -> Value {
    operation("update", object([("data", data)]))
}

/// Deletes a resource.
fn remove(type_name: &str, id: &str) -> Value {
    operation("remove", json!({"ref": {"type": type_name, "id": id}}))
}

/// Writes to a relationship of a resource.
fn relate(op: &str, [type_name, id, relationship]: [&str; 3], data: Value) -> Value {
    let target = json!({"type": type_name, "id": id, "relationship": relationship});
    operation(op, object([("ref", target), ("data", data)]))
}

/// A new note: a resource that needs nothing.
fn note(text: &str) -> Value {
    json!({"type": "notes", "attributes": {"text": text}})
}

/// A new author.
fn author(name: &str) -> Value {
    json!({"type": "authors", "attributes": {"name": name}})
}

/// The document with these operations.
fn document(operations: impl Into<Value>) -> Value {
    json!({"atomic:operations": operations.into()})
}

impl Api {
    /// Sends operations as a client of the extension does it.
    #[track_caller]
    fn operate(&mut self, operations: &[Value]) -> Response {
        self.send_operations(&document(operations))
    }

    /// Sends a document to the operations URL.
    #[track_caller]
    fn send_operations(&mut self, document: &Value) -> Response {
        self.transmit("POST", "/operations", &HEADERS, Some(document.to_string().as_bytes()))
    }

    /// Performs operations that answer with results; returns these.
    #[track_caller]
    fn perform(&mut self, operations: &[Value]) -> Vec<Value> {
        let response = self.operate(operations);
        assert_eq!(response.status, 200, "{operations:#?}\n{}", response.text());
        let results = results(&response);
        assert_eq!(results.len(), operations.len(), "{}", response.text());
        results
    }

    /// Performs operations that answer with nothing.
    #[track_caller]
    fn perform_in_silence(&mut self, operations: &[Value]) {
        let response = self.operate(operations);
        assert_eq!(response.status, 204, "{operations:#?}\n{}", response.text());
        assert!(response.body.is_empty() && response.header("content-type").is_none(), "{response:?}");
    }

    /// Sends operations that must be refused with this status and exactly these errors, each a code and a pointer
    /// behind `/atomic:operations`.
    #[track_caller]
    fn refuse_operations(&mut self, operations: &[Value], status: u16, expected: &[(&str, &str)]) -> Value {
        let expected: Vec<_> =
            expected.iter().map(|(code, pointer)| (*code, format!("/atomic:operations{pointer}"))).collect();
        let expected: Vec<_> = expected.iter().map(|(code, pointer)| (*code, pointer.as_str())).collect();
        self.refuse_document(&document(operations), status, &expected)
    }

    /// Sends a document that must be refused with this status and exactly these errors.
    #[track_caller]
    fn refuse_document(&mut self, document: &Value, status: u16, expected: &[(&str, &str)]) -> Value {
        let before = self.rows();
        let response = self.send_operations(document);
        let answer = assert_failure(&response, status, document);
        let mut found: Vec<_> = answer["errors"].as_array().unwrap().iter().map(code_and_pointer).collect();
        let mut expected = expected.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{document:#}\n{answer:#}");
        self.assert_unchanged(&before, &document.to_string());
        answer
    }

    /// Sends operations of which the one at this index must be refused, with this status and code.
    #[track_caller]
    fn refuse_one(&mut self, operations: &[Value], index: usize, (status, code): (u16, &str)) {
        let before = self.rows();
        let sent = document(operations);
        let answer = assert_failure(&self.operate(operations), status, &sent);
        let error = &answer["errors"][0];
        let (found, pointer) = code_and_pointer(error);
        assert_eq!((found, &error["status"]), (code, &json!(status.to_string())), "{sent:#}\n{answer:#}");
        let prefix = format!("/atomic:operations/{index}");
        let inside =
            pointer.strip_prefix(&prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        assert!(inside, "{pointer}: {sent:#}\n{answer:#}");
        self.assert_unchanged(&before, &sent.to_string());
    }
}

/// The results of an answer, which must be one of the extension.
#[track_caller]
fn results(response: &Response) -> Vec<Value> {
    let content_type = response.header("content-type").unwrap_or_default();
    assert_eq!(content_type, EXTENDED, "ATM-03");
    let answer = response.json();
    for name in answer.as_object().unwrap().keys() {
        assert!(
            ["jsonapi", "links", "meta", "atomic:results"].contains(&name.as_str()),
            "{name}: {answer:#}"
        );
    }
    assert_eq!(answer["jsonapi"], json!({"version": "1.1", "ext": [ATOMIC]}), "{answer:#}");
    let results = answer["atomic:results"].as_array().unwrap_or_else(|| panic!("no results: {answer:#}"));
    for result in results {
        let members = result.as_object().unwrap_or_else(|| panic!("no object: {answer:#}"));
        assert!(members.keys().all(|name| ["data", "meta"].contains(&name.as_str())), "{answer:#}");
        if let Some(data) = members.get("data") {
            assert!(data["id"].is_string() && data["links"]["self"].is_string(), "{data:#}");
            assert_valid_document(&json!({"jsonapi": {"version": "1.1"}, "data": data}));
        }
    }
    assert!(!answer.to_string().contains("\"lid\""), "local ids are not told: {answer:#}");
    results.clone()
}

/// A refusal: an error document of either label without results, which points at what was sent.
#[track_caller]
fn assert_failure(response: &Response, status: u16, sent: &Value) -> Value {
    let content_type = response.header("content-type").unwrap_or_default();
    let extensions = uris(content_type, "ext");
    assert!(extensions.is_empty() || extensions == [ATOMIC], "ATM-07: {content_type}");
    assert_eq!(essence(content_type), JSON_API);
    let answer = assert_refusal(response, status, sent, &sent.to_string());
    assert!(answer.get("atomic:results").is_none() && answer.get("data").is_none(), "ATM-13: {answer:#}");
    answer
}
