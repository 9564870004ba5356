//! The head of a response: every header is written here.

use std::borrow::Cow;

use docent_engine::{Response, Timings, entity_tag};
use docent_jsonapi::media_type::MEDIA_TYPE;
use hyper::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    HeaderValue, LOCATION, RETRY_AFTER, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use hyper::http::request;
use hyper::{Method, StatusCode};

use crate::auth::{Authenticator, BEARER};
use crate::conditional;
use crate::exchange::POSITION;
use crate::request_id::X_REQUEST_ID;
use crate::settings::Settings;
use crate::worker::Live;

/// Names the media types that PATCH takes (RFC 5789).
static ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");
/// Names the preferences of `Prefer` that were followed (RFC 7240).
static PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
/// Seconds after which a caller that the edge turned away may try again.
const RETRY_AFTER_SECONDS: u32 = 1;

/// An answer of the edge's own: status and document, and little besides.
pub(crate) fn plain(status: u16, content_type: &'static str, body: Vec<u8>) -> Response {
    Response {
        status,
        content_type: Cow::Borrowed(content_type),
        allow: None,
        retry_after_seconds: (status == 503).then_some(RETRY_AFTER_SECONDS),
        tagged: false,
        location: None,
        preference_applied: None,
        position: None,
        headers: Vec::new(),
        body: body.into(),
        internal: None,
        timings: Timings::default(),
        slot: None,
    }
}

/// Status and headers, and whether a body goes with them: 204, 304 and answers to HEAD have none (HTTP-07).
///
/// hyper adds `Date`, and `Content-Length` where there is a body.
pub(crate) fn head(
    answer: &Response,
    asked: &request::Parts,
    request_id: &HeaderValue,
) -> (hyper::Response<()>, bool) {
    let mut head = hyper::Response::new(());
    let mut status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let is_head = asked.method == Method::HEAD;
    let headers = head.headers_mut();
    headers.reserve(8);
    if answer.tagged {
        let tag = entity_tag(&answer.body, &answer.content_type);
        let is_read = is_head || asked.method == Method::GET;
        if is_read && status == StatusCode::OK && conditional::client_has(&asked.headers, &tag) {
            status = StatusCode::NOT_MODIFIED;
        }
        if let Ok(tag) = HeaderValue::from_bytes(&tag) {
            headers.insert(ETAG, tag);
        }
    }
    let has_content = status != StatusCode::NO_CONTENT && status != StatusCode::NOT_MODIFIED;
    if has_content {
        if let Some(content_type) = content_type(answer) {
            headers.insert(CONTENT_TYPE, content_type);
        }
        if is_head {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(answer.body.len()));
        }
    }
    headers.insert(&X_REQUEST_ID, request_id.clone());
    if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        headers.insert(ACCEPT, HeaderValue::from_static(MEDIA_TYPE));
    }
    if let Some(allow) = answer.allow {
        headers.insert(ALLOW, HeaderValue::from_static(allow));
        let is_about_methods =
            asked.method == Method::OPTIONS || status == StatusCode::UNSUPPORTED_MEDIA_TYPE;
        if is_about_methods && allow.contains("PATCH") {
            headers.insert(&ACCEPT_PATCH, HeaderValue::from_static(MEDIA_TYPE));
        }
    }
    if let Some(seconds) = answer.retry_after_seconds {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    insert_outcome(headers, answer);
    *head.status_mut() = status;
    (head, has_content && !is_head)
}

/// What is said of a write besides its document.
fn insert_outcome(headers: &mut HeaderMap, answer: &Response) {
    if let Some(location) = answer.location.as_deref().and_then(|url| HeaderValue::from_str(url).ok()) {
        headers.insert(LOCATION, location);
    }
    if let Some(applied) = answer.preference_applied {
        headers.insert(&PREFERENCE_APPLIED, HeaderValue::from_static(applied));
    }
    if let Some(position) = answer.position.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
        headers.insert(&POSITION, position);
    }
}

/// What answers depend on besides the URL, under these settings.
pub(crate) fn vary(settings: &Settings) -> HeaderValue {
    let auth = settings.auth.as_ref();
    HeaderValue::from_static(
        match (auth.map(Authenticator::takes_api_keys), settings.cors.depends_on_origin()) {
            (None, false) => "Accept",
            (None, true) => "Accept, Origin",
            (Some(false), false) => "Accept, Authorization",
            (Some(false), true) => "Accept, Authorization, Origin",
            (Some(true), false) => "Accept, Authorization, X-Api-Key",
            (Some(true), true) => "Accept, Authorization, X-Api-Key, Origin",
        },
    )
}

/// What goes with every answer, whoever gave it: who may keep it, who may read it, and how to prove who one is.
pub(crate) fn insert_policies(
    head: &mut hyper::Response<()>,
    answer: &Response,
    asked: &request::Parts,
    live: &Live,
) {
    insert_general(head, asked, live);
    for (name, value) in &answer.headers {
        if let Ok(value) = HeaderValue::from_str(value) {
            head.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
}

fn insert_general(head: &mut hyper::Response<()>, asked: &request::Parts, live: &Live) {
    let is_unauthorized = head.status() == StatusCode::UNAUTHORIZED;
    let headers = head.headers_mut();
    headers.insert(VARY, live.vary.clone());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    live.settings.cors.insert(asked, headers);
    let Some(auth) = &live.settings.auth else {
        if is_unauthorized {
            // There is no way to prove who one is; HTTP wants one named all the same.
            headers.insert(WWW_AUTHENTICATE, BEARER);
        }
        return;
    };
    if auth.has_credentials(&asked.headers) && !headers.contains_key(CACHE_CONTROL) {
        // The client may keep it, and asks with the tag whether it still counts, and still counts for them.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    if is_unauthorized {
        auth.challenge(&asked.headers, headers);
    }
}

/// Tells the client that the connection ends after this response.
pub(crate) fn close(head: &mut hyper::Response<()>) {
    head.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
}

fn content_type(answer: &Response) -> Option<HeaderValue> {
    match &answer.content_type {
        text if text.is_empty() => None,
        Cow::Borrowed(text) => Some(HeaderValue::from_static(text)),
        Cow::Owned(text) => HeaderValue::from_str(text).ok(),
    }
}
