//! The head of a response: every header is written here.

use docent_engine::Response;
use docent_jsonapi::media_type::MEDIA_TYPE;
use hyper::StatusCode;
use hyper::header::{
    ACCEPT, ALLOW, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, RETRY_AFTER, VARY,
};

use crate::conditional;
use crate::request_id::X_REQUEST_ID;

/// Status and headers, and whether a body goes with them: 204, 304 and answers to HEAD have none (HTTP-07).
///
/// hyper adds `Date`, and `Content-Length` where there is a body.
pub(crate) fn head(
    answer: &Response,
    request_headers: &HeaderMap,
    request_id: &HeaderValue,
    is_head: bool,
) -> (hyper::Response<()>, bool) {
    let mut head = hyper::Response::new(());
    let mut status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = head.headers_mut();
    headers.reserve(8);
    if answer.cacheable && status == StatusCode::OK {
        let tag = conditional::tag(&answer.body, &answer.content_type);
        if conditional::client_has(request_headers, &tag) {
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
    headers.insert(VARY, HeaderValue::from_static("Accept"));
    headers.insert(&X_REQUEST_ID, request_id.clone());
    if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        headers.insert(ACCEPT, HeaderValue::from_static(MEDIA_TYPE));
    }
    if let Some(allow) = answer.allow {
        headers.insert(ALLOW, HeaderValue::from_static(allow));
    }
    if let Some(seconds) = answer.retry_after_seconds {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    *head.status_mut() = status;
    (head, has_content && !is_head)
}

/// Tells the client that the connection ends after this response.
pub(crate) fn close(head: &mut hyper::Response<()>) {
    head.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
}

fn content_type(answer: &Response) -> Option<HeaderValue> {
    match &answer.content_type {
        text if text.is_empty() => None,
        std::borrow::Cow::Borrowed(text) => Some(HeaderValue::from_static(text)),
        std::borrow::Cow::Owned(text) => HeaderValue::from_str(text).ok(),
    }
}
