//! Error objects and error documents.
//!
//! A kind of error is a static: its code, status and title never vary. What happened this time is the
//! [`ErrorObject`]'s detail and source. Each stage owns its kinds and lists them in a `KINDS`.

use std::borrow::Cow;
use std::fmt;

use crate::document;
use crate::json;
use crate::media_type::Applied;

pub use crate::suggest::suggest;

/// A kind of error: everything about it that is the same each time.
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorKind {
    /// The HTTP status this error calls for.
    pub status: u16,
    /// Stable name for programs, in kebab-case.
    pub code: &'static str,
    /// Fixed short text for people.
    pub title: &'static str,
    /// For reference documentation: when it happens and what the caller can do.
    pub about: &'static str,
}

/// The part of the request an error is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// JSON Pointer to a value that exists in the request document.
    Pointer(String),
    /// Decoded name of a query parameter.
    Parameter(String),
    /// Name of a request header.
    Header(&'static str),
}

/// One problem with one request.
///
/// ```
/// use docent_jsonapi::error::{ErrorObject, Source};
/// use docent_jsonapi::query::UNKNOWN_PARAMETER;
///
/// let error = ErrorObject::new(&UNKNOWN_PARAMETER, "There is no `sorts`. Did you mean `sort`?").with_parameter("sorts");
/// assert_eq!(error.kind.status, 400);
/// assert_eq!(error.source, Some(Source::Parameter("sorts".to_owned())));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorObject {
    /// What kind of problem it is.
    pub kind: &'static ErrorKind,
    /// This case, in words the caller can act on.
    pub detail: String,
    /// The part of the request at fault.
    pub source: Option<Source>,
    /// URI that identifies the kind of error, for `links.type`.
    pub type_link: Option<&'static str>,
    /// The largest page there is, for `meta.page.maxSize` (CUR-61).
    pub max_size: Option<u64>,
}

impl ErrorObject {
    /// An error without a source.
    pub fn new(kind: &'static ErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), source: None, type_link: None, max_size: None }
    }

    /// The same, about a query parameter, given by its decoded name.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<String>) -> Self {
        self.source = Some(Source::Parameter(name.into()));
        self
    }

    /// The same, about a request header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str) -> Self {
        self.source = Some(Source::Header(name));
        self
    }

    /// The same, about a value in the request document.
    #[must_use]
    pub fn with_pointer(mut self, pointer: impl Into<String>) -> Self {
        self.source = Some(Source::Pointer(pointer.into()));
        self
    }

    /// The same, with the URI that identifies the kind of error.
    #[must_use]
    pub fn with_type_link(mut self, uri: &'static str) -> Self {
        self.type_link = Some(uri);
        self
    }

    /// Appends the error object as JSON.
    pub fn write(&self, out: &mut Vec<u8>, id: &str) {
        out.extend_from_slice(b"{\"id\":");
        json::string(out, id);
        if let Some(uri) = self.type_link {
            out.extend_from_slice(b",\"links\":{\"type\":");
            json::string(out, uri);
            out.push(b'}');
        }
        out.extend_from_slice(b",\"status\":\"");
        json::unsigned(out, u64::from(self.kind.status));
        out.extend_from_slice(b"\",\"code\":");
        json::string(out, self.kind.code);
        out.extend_from_slice(b",\"title\":");
        json::string(out, self.kind.title);
        out.extend_from_slice(b",\"detail\":");
        json::string(out, &self.detail);
        if let Some(source) = &self.source {
            write_source(out, source);
        }
        if let Some(size) = self.max_size {
            out.extend_from_slice(b",\"meta\":{\"page\":{\"maxSize\":");
            json::unsigned(out, size);
            out.extend_from_slice(b"}}");
        }
        out.push(b'}');
    }
}

// Not derived: `source` is a part of the request here, not a cause.
impl fmt::Display for ErrorObject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.kind.code, self.detail)
    }
}

impl std::error::Error for ErrorObject {}

fn write_source(out: &mut Vec<u8>, source: &Source) {
    let (name, value): (_, &str) = match source {
        Source::Pointer(pointer) => ("pointer", pointer),
        Source::Parameter(name) => ("parameter", name),
        Source::Header(name) => ("header", name),
    };
    out.extend_from_slice(b",\"source\":{\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    json::string(out, value);
    out.push(b'}');
}

/// The HTTP status for a response with these errors (ERR-16): the one they share, else the most general that fits.
/// No errors at all are an error of the server.
///
/// ```
/// assert_eq!(docent_jsonapi::error::status_of(&[]), 500);
/// ```
pub fn status_of(errors: &[ErrorObject]) -> u16 {
    let mut statuses = errors.iter().map(|error| error.kind.status);
    let Some(first) = statuses.next() else { return 500 };
    statuses.fold(first, |common, status| match (common, status) {
        _ if common == status => common,
        (400..500, 400..500) => 400,
        _ => 500,
    })
}

/// Appends the whole error document.
///
/// The first error has `request_id` as its `id`; further ones append `.2`, `.3` and so on, so that each occurrence can
/// be found in a log (ERR-04).
///
/// ```
/// use docent_jsonapi::error::{ErrorObject, write_document};
/// use docent_jsonapi::media_type::{Applied, NOT_ACCEPTABLE};
///
/// let mut out = Vec::new();
/// let error = ErrorObject::new(&NOT_ACCEPTABLE, "Ask for another type.").with_header("Accept");
/// write_document(&mut out, "k7", &[error], &Applied::default());
/// assert_eq!(
///     String::from_utf8(out).unwrap(),
///     r#"{"jsonapi":{"version":"1.1"},"errors":[{"id":"k7","status":"406","code":"not-acceptable","#.to_owned()
///         + r#""title":"Not acceptable","detail":"Ask for another type.","source":{"header":"Accept"}}]}"#
/// );
/// ```
pub fn write_document(out: &mut Vec<u8>, request_id: &str, errors: &[ErrorObject], applied: &Applied) {
    out.push(b'{');
    document::write_jsonapi(out, applied);
    out.extend_from_slice(b",\"errors\":[");
    for (index, error) in errors.iter().enumerate() {
        let id = if index == 0 {
            Cow::Borrowed(request_id)
        } else {
            out.push(b',');
            Cow::Owned(format!("{request_id}.{}", index + 1))
        };
        error.write(out, &id);
    }
    out.extend_from_slice(b"]}");
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    static MISSING: ErrorKind = ErrorKind { status: 404, code: "missing", title: "Missing", about: "" };
    static WRONG: ErrorKind = ErrorKind { status: 400, code: "wrong", title: "Wrong", about: "" };
    static BROKEN: ErrorKind = ErrorKind { status: 503, code: "broken", title: "Broken", about: "" };
    static FAILED: ErrorKind = ErrorKind { status: 500, code: "failed", title: "Failed", about: "" };

    #[track_caller]
    fn check_status(kinds: &[&'static ErrorKind], expected: u16) {
        let errors: Vec<_> = kinds.iter().map(|kind| ErrorObject::new(kind, "")).collect();
        assert_eq!(status_of(&errors), expected);
    }

    #[test]
    fn err_16_the_most_general_status_wins() {
        check_status(&[&MISSING], 404);
        check_status(&[&MISSING, &MISSING], 404);
        check_status(&[&MISSING, &WRONG], 400);
        check_status(&[&BROKEN, &FAILED], 500);
        check_status(&[&MISSING, &BROKEN], 500);
        check_status(&[&BROKEN, &MISSING, &MISSING], 500);
    }

    fn document(errors: &[ErrorObject], applied: &Applied) -> Value {
        let mut out = Vec::new();
        write_document(&mut out, "r\"1", errors, applied);
        serde_json::from_slice(&out).unwrap()
    }

    #[test]
    fn err_04_ids_are_unique_in_a_document() {
        let errors =
            [ErrorObject::new(&WRONG, "a"), ErrorObject::new(&WRONG, "b"), ErrorObject::new(&WRONG, "c")];
        let document = document(&errors, &Applied::default());
        let ids: Vec<_> = document["errors"].as_array().unwrap().iter().map(|error| &error["id"]).collect();
        assert_eq!(ids, ["r\"1", "r\"1.2", "r\"1.3"]);
    }

    #[test]
    fn err_02_members_of_an_error_object() {
        let mut error =
            ErrorObject::new(&WRONG, "why").with_parameter("page[size]").with_type_link("https://e.test/x");
        error.max_size = Some(500);
        let expected = json!({
            "jsonapi": {"version": "1.1", "profile": ["https://e.test/p"]},
            "errors": [{
                "id": "r\"1",
                "links": {"type": "https://e.test/x"},
                "status": "400",
                "code": "wrong",
                "title": "Wrong",
                "detail": "why",
                "source": {"parameter": "page[size]"},
                "meta": {"page": {"maxSize": 500}},
            }],
        });
        let applied = Applied { profiles: vec!["https://e.test/p"], ..Applied::default() };
        assert_eq!(document(&[error], &applied), expected);
    }

    #[test]
    fn err_08_sources() {
        let source =
            |error: ErrorObject| document(&[error], &Applied::default())["errors"][0]["source"].clone();
        assert_eq!(source(ErrorObject::new(&WRONG, "")), Value::Null);
        assert_eq!(source(ErrorObject::new(&WRONG, "").with_pointer("")), json!({"pointer": ""}));
        assert_eq!(source(ErrorObject::new(&WRONG, "").with_header("Accept")), json!({"header": "Accept"}));
    }

    #[test]
    fn errors_display_their_code() {
        assert_eq!(ErrorObject::new(&WRONG, "it is so").to_string(), "wrong: it is so");
    }

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let mut codes: Vec<_> = crate::kinds().map(|kind| kind.code).collect();
        assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
        assert!(crate::kinds().all(|kind| !kind.about.is_empty() && (400..600).contains(&kind.status)));
    }
}
