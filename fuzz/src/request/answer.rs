//! One answer: its status, its media type, and errors that say where they come from.

use std::collections::HashSet;

use docent_engine::{Method, Response};
use docent_jsonapi::media_type::MEDIA_TYPE;
use serde_json::Value;

use super::document::Document;
use super::service::{Asked, service};

const ERRORS_MAX: usize = 50;

/// Checks an answer; a document with data is handed on.
pub(super) fn check<'a>(asked: &Asked<'a>, response: &Response) -> Option<Document<'a>> {
    check_status(asked, response);
    match response.status {
        204 => {
            assert!(response.body.is_empty() && response.content_type.is_empty());
            None
        }
        // The page for people, also of failures; its text is the edge's.
        _ if response.content_type == "text/html" => {
            assert!(asked.accept.is_some_and(|accept| accept.to_ascii_lowercase().contains("text/")));
            assert!(response.body.is_empty());
            None
        }
        200 => succeeded(asked, response),
        status => {
            assert_eq!(response.content_type, MEDIA_TYPE);
            check_errors(asked, status, response);
            None
        }
    }
}

fn check_status(asked: &Asked<'_>, response: &Response) {
    let possible: &[u16] = match asked.method {
        Method::Get | Method::Head => &[200, 400, 404, 406, 415],
        Method::Options => &[204, 404],
        Method::Post | Method::Patch | Method::Delete | Method::Other => &[404, 405],
    };
    let text = response.body.concat();
    let text = String::from_utf8_lossy(&text);
    assert!(possible.contains(&response.status), "{}: {:?} {text}", response.status, response.internal);
    assert_eq!(response.internal, None, "{text}");
    assert_eq!(response.retry_after_seconds, None);
    assert!(response.allow.is_some() || response.status == 404);
    assert_eq!(response.tagged, response.status == 200 && response.content_type != "text/html");
}

fn succeeded<'a>(asked: &Asked<'a>, response: &Response) -> Option<Document<'a>> {
    let value = crate::json::parse(&response.body.concat());
    if !response.content_type.starts_with(MEDIA_TYPE) {
        let is_schema = asked.path == "/openapi.json" || asked.path.starts_with("/schemas/");
        assert!(is_schema || !asked.path.is_ascii() || asked.path.contains('%') || asked.path.contains("//"));
        assert!(value.is_object());
        return None;
    }
    assert_eq!(value["jsonapi"]["version"], "1.1");
    if asked.path.trim_matches('/').is_empty() {
        check_entry_point(&value);
        return None;
    }
    let document = Document::new(*asked, response, value);
    document.check();
    Some(document)
}

fn check_entry_point(value: &Value) {
    assert!(value.get("data").is_none());
    for served in &service().words.types {
        assert!(value["links"][&served.name].is_string(), "{}", served.name);
    }
}

fn check_errors(asked: &Asked<'_>, status: u16, response: &Response) {
    let value = crate::json::parse(&response.body.concat());
    assert_eq!(value["jsonapi"]["version"], "1.1");
    assert!(value.get("data").is_none() && value.get("included").is_none());
    let Some(errors) = value["errors"].as_array() else { panic!("no errors: {value}") };
    assert!(!errors.is_empty() && errors.len() <= ERRORS_MAX, "{} errors", errors.len());
    let names: HashSet<String> =
        form_urlencoded::parse(asked.query.as_bytes()).map(|(name, _)| name.into_owned()).collect();
    for error in errors {
        for member in ["id", "status", "code", "title", "detail"] {
            assert!(error[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {error}");
        }
        let own: u16 = error["status"].as_str().and_then(|text| text.parse().ok()).unwrap_or_default();
        assert!((400..500).contains(&own) && (own == status || status == 400), "{error}");
        if let Some(parameter) = error["source"]["parameter"].as_str() {
            assert!(names.contains(parameter), "not a parameter of the request: {error}");
        }
        match (status, error["source"]["header"].as_str()) {
            (406, Some("Accept")) | (415, Some("Content-Type")) => {}
            (status, None) => assert!(!matches!(status, 406 | 415), "{error}"),
            _ => panic!("the wrong header: {error}"),
        }
        assert!(status != 400 || error["source"]["parameter"].is_string(), "{error}");
    }
    let length = asked.path.len() + asked.query.len() + asked.accept.map_or(0, str::len);
    let answered = response.body.len();
    assert!(answered < 32 * 1024 + 12 * length, "{length} bytes are answered by {answered}");
}
