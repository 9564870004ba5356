//! What a request comes to: an answer, or the errors that end it, and the response made of either.

use std::borrow::Cow;

use docent_jsonapi::error::{self as json_error, ErrorObject};
use docent_jsonapi::media_type::{Applied, Negotiated, Offer, negotiate};
use docent_sql::{Error, Position};

use crate::api::{Body, EXPLORER, Method, Request, Response, Slot, Timings};
use crate::write::is_in_progress;
use crate::{error, pages};

/// The stages' results on the way to an answer: a body, or the errors that end the request.
pub(crate) type Outcome = Result<Answer, Failure>;

/// What is answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) applied: Applied,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Body,
    pub(crate) slot: Option<Slot>,
    /// Whether the body is that of GET at some URL, and has its tag.
    pub(crate) tagged: bool,
    pub(crate) location: Option<String>,
    pub(crate) preference_applied: Option<&'static str>,
    pub(crate) position: Option<Position>,
}

impl Default for Answer {
    fn default() -> Self {
        Answer {
            status: 200,
            applied: Applied::default(),
            content_type: None,
            body: Body::default(),
            slot: None,
            tagged: true,
            location: None,
            preference_applied: None,
            position: None,
        }
    }
}

/// Why there is no answer.
#[derive(Default)]
pub(crate) struct Failure {
    pub(crate) errors: Vec<ErrorObject>,
    /// For the log.
    pub(crate) internal: Option<String>,
    /// Whether the catalog was out of date.
    pub(crate) schema_changed: bool,
}

impl From<ErrorObject> for Failure {
    fn from(error: ErrorObject) -> Self {
        Failure { errors: vec![error], ..Failure::default() }
    }
}

impl From<Vec<ErrorObject>> for Failure {
    fn from(errors: Vec<ErrorObject>) -> Self {
        Failure { errors, ..Failure::default() }
    }
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        database_failure(error)
    }
}

impl Failure {
    /// Something that cannot happen, for the log.
    pub(crate) fn lost(what: &str) -> Self {
        Failure { errors: vec![internal()], internal: Some(what.to_owned()), schema_changed: false }
    }
}

impl Answer {
    /// The page for people; the edge has its text.
    pub(crate) fn html() -> Self {
        Answer { content_type: Some(EXPLORER), ..Answer::default() }
    }

    /// Success that has nothing to say.
    pub(crate) fn empty() -> Self {
        Answer { status: 204, content_type: Some(""), tagged: false, ..Answer::default() }
    }
}

impl From<pages::Page> for Answer {
    fn from(page: pages::Page) -> Self {
        Answer { content_type: Some(page.content_type), body: page.body.into(), ..Answer::default() }
    }
}

/// The response that an outcome becomes.
pub(crate) fn respond(
    request: &Request<'_>,
    timings: Timings,
    allow: Option<&'static str>,
    outcome: Outcome,
) -> Response {
    let response = Response {
        status: 200,
        content_type: Cow::Borrowed(""),
        allow,
        retry_after_seconds: None,
        tagged: false,
        location: None,
        preference_applied: None,
        position: None,
        headers: Vec::new(),
        body: Body::default(),
        internal: None,
        timings,
        slot: None,
    };
    match outcome {
        Ok(answer) => {
            let is_html = answer.content_type == Some(EXPLORER);
            let content_type =
                answer.content_type.map_or_else(|| answer.applied.content_type(), Cow::Borrowed);
            Response {
                status: answer.status,
                content_type,
                tagged: answer.tagged && !is_html,
                body: answer.body,
                slot: answer.slot,
                location: answer.location,
                preference_applied: answer.preference_applied,
                position: answer.position.map(|position| position.to_string()),
                ..response
            }
        }
        Err(failure) => {
            let status = json_error::status_of(&failure.errors);
            if wants_page(request) {
                let content_type = Cow::Borrowed(EXPLORER);
                return Response { status, content_type, internal: failure.internal, ..response };
            }
            let mut body = Vec::with_capacity(512);
            json_error::write_document(&mut body, request.request_id, &failure.errors, &Applied::default());
            Response {
                status,
                content_type: Applied::default().content_type(),
                retry_after_seconds: (status == 503 || is_in_progress(&failure.errors)).then_some(1),
                body: body.into(),
                internal: failure.internal,
                ..response
            }
        }
    }
}

/// Whether a person's browser asks: it gets the page that shows documents, also of failures.
fn wants_page(request: &Request<'_>) -> bool {
    matches!(request.method, Method::Get | Method::Head)
        && matches!(
            negotiate(request.accept, &Offer { html: true, ..Offer::default() }),
            Ok(Negotiated::Html)
        )
}

fn internal() -> ErrorObject {
    ErrorObject::new(
        &error::INTERNAL,
        "The server failed to answer. The problem has been logged under this error's id.",
    )
}

fn database_failure(failed: &Error) -> Failure {
    let error = match failed {
        Error::Busy(_) => {
            ErrorObject::new(&error::BUSY, "The database does as much as it may at once. Try again shortly.")
        }
        Error::Deadline { .. } | Error::Cancelled => ErrorObject::new(
            &error::STATEMENT_TIMEOUT,
            "The database did not answer in the time allowed. Ask for less, or filter and sort by indexed attributes.",
        ),
        Error::Unavailable(_) => ErrorObject::new(
            &error::DATABASE_UNAVAILABLE,
            "The database cannot be reached at the moment. Try again shortly.",
        ),
        Error::SchemaChanged(_) => ErrorObject::new(
            &error::DATABASE_UNAVAILABLE,
            "The database has just been changed. Try again shortly.",
        ),
        Error::Value(_) => ErrorObject::new(
            &error::VALUE_NOT_COMPARABLE,
            "The id, a filter's value or a cursor is none that the database could compare with what it is about.",
        ),
        Error::OutcomeUnknown(_) => ErrorObject::new(
            &error::OUTCOME_UNKNOWN,
            "The database was lost while it was making the change durable: it may have been made, or not. Look \
             before you send it again.",
        ),
        Error::Denied(_) | Error::Failed(_) => internal(),
    };
    let schema_changed = matches!(failed, Error::SchemaChanged(_));
    Failure { errors: vec![error], internal: Some(failed.to_string()), schema_changed }
}
