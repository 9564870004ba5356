//! Errors of the edge itself: limits, malformed requests, and whatever goes wrong outside the handler's answer.
//!
//! Kinds that the engine has too are the engine's, so that a code has one meaning.

use std::borrow::Cow;
use std::time::Duration;

use docent_engine::Response;
use docent_engine::error::{BUSY, INTERNAL, METHOD_NOT_ALLOWED, NOT_FOUND};
use docent_jsonapi::error::{ErrorKind, ErrorObject, write_document};
use docent_jsonapi::media_type::{Applied, MEDIA_TYPE};

use crate::respond;

static MALFORMED_REQUEST: ErrorKind = ErrorKind {
    status: 400,
    code: "malformed-request",
    title: "Malformed request",
    about: "The bytes received are no HTTP/1.1 request. The connection is closed after the answer.",
};
static BAD_HOST: ErrorKind = ErrorKind {
    status: 400,
    code: "bad-host",
    title: "Bad Host header",
    about: "The `Host` header is missing, repeated, or no host with an optional port, so that no links can be written.",
};
static BAD_METHOD_OVERRIDE: ErrorKind = ErrorKind {
    status: 400,
    code: "bad-method-override",
    title: "Bad method override",
    about: "`X-HTTP-Method-Override` on a POST request names something other than PATCH or DELETE.",
};
static AMBIGUOUS_CREDENTIALS: ErrorKind = ErrorKind {
    status: 400,
    code: "ambiguous-credentials",
    title: "Ambiguous credentials",
    about: "The request has more than one `Authorization` or `X-Api-Key`, or both.",
};
static INVALID_CREDENTIALS: ErrorKind = ErrorKind {
    status: 401,
    code: "invalid-credentials",
    title: "Invalid credentials",
    about: "The request has credentials, and they are not good: unknown, wrong, expired, or of a kind that the server \
            does not take. `WWW-Authenticate` says which it takes.",
};
static TOO_MANY_ATTEMPTS: ErrorKind = ErrorKind {
    status: 429,
    code: "too-many-attempts",
    title: "Too many attempts",
    about: "Too many wrong passwords were sent for this account, or from this address. `Retry-After` says how long \
            to wait.",
};
static TOO_MANY_REQUESTS: ErrorKind = ErrorKind {
    status: 429,
    code: "too-many-requests",
    title: "Too many requests",
    about: "The caller sends more requests than `limits.requests_per_minute` allows. `Retry-After` says how long to \
            wait.",
};
static REQUEST_TIMEOUT: ErrorKind = ErrorKind {
    status: 408,
    code: "request-timeout",
    title: "Request timeout",
    about: "The request body did not arrive in time.",
};
static BODY_TOO_LARGE: ErrorKind = ErrorKind {
    status: 413,
    code: "body-too-large",
    title: "Request body too large",
    about: "The request body is longer than `limits.body` allows.",
};
static URL_TOO_LONG: ErrorKind = ErrorKind {
    status: 414,
    code: "url-too-long",
    title: "URL too long",
    about: "Path and query are longer than `limits.url` allows.",
};
static HEADERS_TOO_LARGE: ErrorKind = ErrorKind {
    status: 431,
    code: "header-fields-too-large",
    title: "Request header fields too large",
    about: "The request headers are longer than `limits.headers` allows, or there are more than a hundred.",
};
static METHOD_NOT_IMPLEMENTED: ErrorKind = ErrorKind {
    status: 501,
    code: "method-not-implemented",
    title: "Method not implemented",
    about: "The server does not know this method at any URL.",
};

/// The kinds of error that only the edge answers with; it also uses some of the engine's.
pub static KINDS: &[&ErrorKind] = &[
    &MALFORMED_REQUEST,
    &BAD_HOST,
    &BAD_METHOD_OVERRIDE,
    &AMBIGUOUS_CREDENTIALS,
    &INVALID_CREDENTIALS,
    &TOO_MANY_ATTEMPTS,
    &TOO_MANY_REQUESTS,
    &REQUEST_TIMEOUT,
    &BODY_TOO_LARGE,
    &URL_TOO_LONG,
    &HEADERS_TOO_LARGE,
    &METHOD_NOT_IMPLEMENTED,
];

/// Everything that can keep a request from the handler, or its answer from the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EdgeError {
    MalformedRequest,
    /// A body that ends before its announced length, or whose chunks are broken.
    MalformedBody,
    MissingHost,
    BadHost,
    BadMethodOverride,
    AmbiguousCredentials,
    InvalidCredentials {
        detail: &'static str,
    },
    /// Too many wrong passwords.
    TooManyAttempts {
        wait: Duration,
    },
    /// More requests than one caller may send.
    TooOften {
        wait: Duration,
    },
    NotFound {
        base_path: String,
    },
    MethodNotAllowed {
        allow: &'static str,
    },
    RequestTimeout,
    BodyTooLarge {
        bytes_max: usize,
    },
    UrlTooLong {
        bytes_max: usize,
    },
    /// Longer than can be read at all, whatever the limit.
    UrlUnreadable,
    HeadersTooLarge {
        bytes_max: usize,
    },
    /// More than can be read at all, whatever the limit.
    HeadersUnreadable,
    Internal,
    MethodNotImplemented,
    TooManyConnections,
    TooManyRequests,
    /// Too many passwords are to be verified at the same time.
    TooManyPasswords,
    /// Accounts cannot be read.
    NoAccounts,
    /// The handler did not answer in time.
    NoAnswer,
    /// No room for the request body among those being received.
    NoRoom,
    /// No room for the response among those being sent.
    NoMemory,
}

impl EdgeError {
    fn kind(&self) -> &'static ErrorKind {
        match self {
            Self::MalformedRequest | Self::MalformedBody => &MALFORMED_REQUEST,
            Self::MissingHost | Self::BadHost => &BAD_HOST,
            Self::BadMethodOverride => &BAD_METHOD_OVERRIDE,
            Self::AmbiguousCredentials => &AMBIGUOUS_CREDENTIALS,
            Self::InvalidCredentials { .. } => &INVALID_CREDENTIALS,
            Self::TooManyAttempts { .. } => &TOO_MANY_ATTEMPTS,
            Self::TooOften { .. } => &TOO_MANY_REQUESTS,
            Self::NotFound { .. } => &NOT_FOUND,
            Self::MethodNotAllowed { .. } => &METHOD_NOT_ALLOWED,
            Self::RequestTimeout => &REQUEST_TIMEOUT,
            Self::BodyTooLarge { .. } => &BODY_TOO_LARGE,
            Self::UrlTooLong { .. } | Self::UrlUnreadable => &URL_TOO_LONG,
            Self::HeadersTooLarge { .. } | Self::HeadersUnreadable => &HEADERS_TOO_LARGE,
            Self::Internal => &INTERNAL,
            Self::MethodNotImplemented => &METHOD_NOT_IMPLEMENTED,
            Self::TooManyConnections
            | Self::TooManyRequests
            | Self::TooManyPasswords
            | Self::NoAccounts
            | Self::NoAnswer
            | Self::NoRoom
            | Self::NoMemory => &BUSY,
        }
    }

    fn detail(&self) -> Cow<'static, str> {
        match self {
            Self::MalformedRequest => "What was received is no HTTP/1.1 request.".into(),
            Self::MalformedBody => "The request body ended early or its chunks are malformed.".into(),
            Self::MissingHost => "Send a `Host` header.".into(),
            Self::BadHost => "Send one `Host` header with a host name or address and at most a port.".into(),
            Self::BadMethodOverride => "A POST request can be overridden with PATCH or DELETE.".into(),
            Self::AmbiguousCredentials => "Send one `Authorization` or one `X-Api-Key`.".into(),
            Self::InvalidCredentials { detail } => (*detail).into(),
            Self::TooManyAttempts { .. } => "Too many wrong passwords. Try again later.".into(),
            Self::TooOften { .. } => "You send too many requests. Try again later.".into(),
            Self::NotFound { base_path } => format!("The API is served under `{base_path}/`.").into(),
            Self::MethodNotAllowed { allow } => format!("This URL knows {allow}.").into(),
            Self::RequestTimeout => "The request body took too long to arrive.".into(),
            Self::BodyTooLarge { bytes_max } => format!("Send at most {bytes_max} bytes.").into(),
            Self::UrlTooLong { bytes_max } => {
                format!("Path and query may have {bytes_max} bytes. Ask for less at once.").into()
            }
            Self::UrlUnreadable => "Path and query are too long to read. Ask for less at once.".into(),
            Self::HeadersTooLarge { bytes_max } => {
                format!("All headers together may have {bytes_max} bytes.").into()
            }
            Self::HeadersUnreadable => {
                "The headers are too large to read. Send at most 100, and shorter ones.".into()
            }
            Self::Internal => {
                "Something went wrong inside the server. Report the error's id to its operator.".into()
            }
            Self::MethodNotImplemented => "Use GET, HEAD, OPTIONS, POST, PATCH or DELETE.".into(),
            Self::TooManyConnections => "Too many connections are open. Try again later.".into(),
            Self::TooManyRequests => "Too many requests are being answered. Try again later.".into(),
            Self::TooManyPasswords => "Too many callers are logging in. Try again later.".into(),
            Self::NoAccounts => "Accounts cannot be read at the moment. Try again later.".into(),
            Self::NoAnswer => "The answer took too long. Try again later, or ask for less at once.".into(),
            Self::NoRoom => "Too many large requests are being received. Try again later.".into(),
            Self::NoMemory => "Too many large responses are being sent. Try again later.".into(),
        }
    }

    fn header(&self) -> Option<&'static str> {
        match self {
            Self::MissingHost | Self::BadHost => Some("Host"),
            Self::BadMethodOverride => Some("X-HTTP-Method-Override"),
            _ => None,
        }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.kind().status
    }

    /// The error document.
    pub(crate) fn document(&self, request_id: &str) -> Vec<u8> {
        let mut object = ErrorObject::new(self.kind(), self.detail());
        if let Some(name) = self.header() {
            object = object.with_header(name);
        }
        let mut body = Vec::with_capacity(256);
        write_document(&mut body, request_id, &[object], &Applied::default());
        body
    }

    /// The error as an answer, with a text for the log.
    pub(crate) fn response(&self, request_id: &str, internal: Option<String>) -> Response {
        let plain = respond::plain(self.status(), MEDIA_TYPE, self.document(request_id));
        Response {
            allow: if let Self::MethodNotAllowed { allow } = self { Some(allow) } else { None },
            retry_after_seconds: self.wait_seconds().or(plain.retry_after_seconds),
            internal,
            ..plain
        }
    }

    /// How long to wait before it is worth trying again, where that is known; rounded up.
    fn wait_seconds(&self) -> Option<u32> {
        match self {
            Self::TooManyAttempts { wait } | Self::TooOften { wait } => {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Some(u32::try_from(seconds).unwrap_or(u32::MAX))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn kinds_have_distinct_codes_in_kebab_case() {
        let all = KINDS.iter().chain(docent_engine::error::KINDS);
        let codes: HashSet<_> = all.map(|kind| kind.code).collect();
        assert_eq!(codes.len(), KINDS.len() + docent_engine::error::KINDS.len());
        assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')));
    }

    #[test]
    fn an_error_names_the_header_at_fault() {
        let text = String::from_utf8(EdgeError::BadHost.document("r1")).unwrap();
        assert!(text.contains(r#""id":"r1""#) && text.contains(r#""source":{"header":"Host"}"#), "{text}");
    }

    #[test]
    fn only_turning_away_asks_to_retry() {
        assert_eq!(EdgeError::TooManyRequests.response("r1", None).retry_after_seconds, Some(1));
        assert_eq!(EdgeError::Internal.response("r1", None).retry_after_seconds, None);
    }
}
