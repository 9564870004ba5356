//! `/health/live` and `/health/ready`, for whatever watches over the process.

use docent_engine::{Method, Response};
use docent_jsonapi::media_type::MEDIA_TYPE;

use crate::error::EdgeError;
use crate::respond;

const ALLOW: &str = "GET, HEAD, OPTIONS";

/// The answer to a probe: `Ok` if all is well, else the reason for the log.
pub(crate) fn answer(method: Method, health: Result<(), String>, request_id: &str) -> Response {
    match method {
        Method::Get | Method::Head => {}
        Method::Options => return document(204, "", "", None),
        _ => return EdgeError::MethodNotAllowed { allow: ALLOW }.response(request_id, None),
    }
    match health {
        Ok(()) => document(200, MEDIA_TYPE, r#"{"jsonapi":{"version":"1.1"},"meta":{"status":"ok"}}"#, None),
        Err(reason) => {
            let body = r#"{"jsonapi":{"version":"1.1"},"meta":{"status":"unavailable"}}"#;
            document(503, MEDIA_TYPE, body, Some(reason))
        }
    }
}

/// The answer to `OPTIONS *`: what some URL of this server knows.
pub(crate) fn server_options(method: Method, request_id: &str) -> Response {
    match method {
        Method::Options => document(204, "", "", None),
        _ => EdgeError::MethodNotAllowed { allow: "OPTIONS" }.response(request_id, None),
    }
}

fn document(status: u16, content_type: &'static str, body: &str, internal: Option<String>) -> Response {
    Response {
        allow: Some(ALLOW),
        internal,
        ..respond::plain(status, content_type, body.as_bytes().to_vec())
    }
}
