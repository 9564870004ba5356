//! What every test of the program needs: databases, a running server, an HTTP client, and judges of documents.
//!
//! It knows JSON:API and HTTP, but nothing of the crates under test.

pub(crate) mod connection;
pub(crate) mod databases;
pub(crate) mod engine;
pub(crate) mod http;
pub(crate) mod links;
pub(crate) mod mirror;
pub(crate) mod relay;
pub(crate) mod schema;
pub(crate) mod server;
pub(crate) mod structure;

use serde_json::Value;

/// The media type of every document.
pub(crate) const JSON_API: &str = "application/vnd.api+json";

/// The cursor pagination profile.
pub(crate) const CURSOR_PROFILE: &str = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination";

/// Fails unless the document satisfies the JSON Schema of JSON:API 1.1 and the structural rules no schema expresses.
#[track_caller]
#[allow(dead_code, reason = "a harness offers more than each test run uses")]
pub(crate) fn assert_valid_document(document: &Value) {
    let faults = document_faults(document);
    assert!(faults.is_empty(), "not a valid document:\n  {}\n{document:#}", faults.join("\n  "));
}

/// Everything that is wrong with the document, one line each.
pub(crate) fn document_faults(document: &Value) -> Vec<String> {
    let mut faults = schema::faults(document);
    faults.extend(structure::faults(document));
    faults
}
