//! Cross-origin requests: which other sites' pages may use the API from a browser (the CORS protocol of the Fetch
//! standard).
//!
//! Without configuration no header of that protocol is ever sent, and browsers keep other sites out.

use std::str::FromStr;

use docent_engine::Response;
use hyper::Method;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN,
};
use hyper::http::request;

use crate::base_url::is_authority;
use crate::respond;
use crate::settings::SettingsError;

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS, POST, PATCH, DELETE");
/// What a page may send: every header that means something here.
const SENT: HeaderValue = HeaderValue::from_static(
    "Accept, Authorization, Content-Type, Docent-Position, Idempotency-Key, If-Match, If-None-Match, Prefer, \
     X-Api-Key, X-HTTP-Method-Override, X-Request-Id",
);
/// What a page may read of an answer, beyond what any page may.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Allow, Docent-Position, ETag, Location, Preference-Applied, Retry-After, WWW-Authenticate, X-Request-Id",
);
/// How long a browser may rely on an answer to its question before the request, in seconds.
const REMEMBERED: HeaderValue = HeaderValue::from_static("3600");
const ANY: HeaderValue = HeaderValue::from_static("*");
const TRUE: HeaderValue = HeaderValue::from_static("true");

/// Whose pages may use the API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Cors {
    /// Nobody else's.
    #[default]
    Off,
    /// Anybody's. Browsers send them no credentials of their own accord.
    Any,
    /// Those of these origins.
    Origins(Vec<Origin>),
}

/// Scheme, host and port of a site, as browsers write it: `https://app.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(HeaderValue);

impl FromStr for Origin {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || SettingsError::Origin(text.to_owned());
        let (scheme, host) = text.split_once("://").ok_or_else(wrong)?;
        let default_port = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return Err(wrong()),
        };
        // Compared byte by byte with what browsers send, so it must be what they send.
        let is_exact = is_authority(host) && !host.ends_with([':', '.']) && host == host.to_ascii_lowercase();
        if !is_exact || host.ends_with(default_port) {
            return Err(wrong());
        }
        HeaderValue::from_str(text).map(Self).map_err(|_| wrong())
    }
}

impl Cors {
    /// From a list of origins; `*` alone stands for all.
    pub fn new(origins: &[impl AsRef<str>]) -> Result<Self, SettingsError> {
        match origins {
            [] => Ok(Self::Off),
            [any] if any.as_ref() == "*" => Ok(Self::Any),
            _ => Ok(Self::Origins(
                origins.iter().map(|origin| origin.as_ref().parse()).collect::<Result<_, _>>()?,
            )),
        }
    }

    /// Whether answers differ by who asks.
    pub(crate) fn depends_on_origin(&self) -> bool {
        matches!(self, Self::Origins(_))
    }

    /// The answer to the question that browsers ask before a request, if it is one that is answered with yes.
    pub(crate) fn preflight(&self, head: &request::Parts) -> Option<Response> {
        let is_asked = is_preflight(head) && self.allowed(&head.headers).is_some();
        is_asked.then(|| respond::plain(204, "", Vec::new()))
    }

    /// Adds to any answer what lets the page that asked have it.
    pub(crate) fn insert(&self, head: &request::Parts, answer: &mut HeaderMap) {
        let Some(origin) = self.allowed(&head.headers) else { return };
        answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if self.depends_on_origin() {
            answer.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
        }
        if is_preflight(head) {
            answer.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, SENT);
            answer.insert(ACCESS_CONTROL_MAX_AGE, REMEMBERED);
        } else {
            answer.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }

    /// What is said to the page that asks, if it may.
    fn allowed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        match self {
            Self::Off => None,
            // Also to those that are no page: what a cache keeps for one must do for the other.
            Self::Any => Some(ANY),
            Self::Origins(origins) => {
                let mut asking = headers.get_all(ORIGIN).iter();
                let origin = asking.next()?;
                let is_listed = asking.next().is_none() && origins.iter().any(|listed| listed.0 == *origin);
                is_listed.then(|| origin.clone())
            }
        }
    }
}

fn is_preflight(head: &request::Parts) -> bool {
    head.method == Method::OPTIONS
        && head.headers.contains_key(ORIGIN)
        && head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_what_browsers_send() {
        for text in ["https://app.example", "http://localhost:3000", "https://[::1]:8443", "http://a:443"] {
            assert!(text.parse::<Origin>().is_ok(), "{text}");
        }
        for text in [
            "null",
            "*",
            "app.example",
            "https://app.example/",
            "https://App.example",
            "https://app.example:443",
            "http://app.example:80",
            "https://user@app.example",
            "https://*.example",
            "ftp://app.example",
            "https://app.example:",
            "https://",
            "",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
        assert_eq!(Cors::new(&[] as &[&str]), Ok(Cors::Off));
        assert_eq!(Cors::new(&["*"]), Ok(Cors::Any));
        assert!(Cors::new(&["*", "https://app.example"]).is_err());
    }

    fn answered(cors: &Cors, method: Method, headers: &[(&'static str, &str)]) -> (bool, HeaderMap) {
        let mut request = hyper::Request::builder().method(method);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        let mut answer = HeaderMap::new();
        cors.insert(&head, &mut answer);
        (cors.preflight(&head).is_some(), answer)
    }

    #[test]
    fn only_listed_origins_get_an_answer() {
        let cors = Cors::new(&["https://app.example", "http://localhost:3000"]).unwrap();
        let (_, answer) = answered(&cors, Method::GET, &[("origin", "https://app.example")]);
        assert_eq!(answer[ACCESS_CONTROL_ALLOW_ORIGIN], "https://app.example");
        assert_eq!(answer[ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
        assert!(answer.contains_key(ACCESS_CONTROL_EXPOSE_HEADERS));
        for other in [
            "null",
            "https://app.example.evil.example",
            "https://evil.example",
            "http://app.example",
            "https://app.example:8443",
            "https://APP.example",
            "https://app.example, https://evil.example",
            "*",
        ] {
            assert!(answered(&cors, Method::GET, &[("origin", other)]).1.is_empty(), "{other}");
        }
        let two = [("origin", "https://app.example"), ("origin", "https://app.example")];
        assert!(answered(&cors, Method::GET, &two).1.is_empty());
        assert!(answered(&cors, Method::GET, &[]).1.is_empty());
    }

    #[test]
    fn anybody_gets_no_credentials() {
        let (_, answer) = answered(&Cors::Any, Method::GET, &[("origin", "null")]);
        assert_eq!(answer[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert!(!answer.contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS));
        assert_eq!(answered(&Cors::Any, Method::GET, &[]).1, answer, "a cache may give it to anybody");
    }

    #[test]
    fn questions_before_a_request() {
        let cors = Cors::new(&["https://app.example"]).unwrap();
        let asked = [("origin", "https://app.example"), ("access-control-request-method", "PATCH")];
        let (is_answered, answer) = answered(&cors, Method::OPTIONS, &asked);
        assert!(is_answered && answer[ACCESS_CONTROL_ALLOW_METHODS].to_str().unwrap().contains("PATCH"));
        assert!(!answered(&cors, Method::GET, &asked).0);
        assert!(!answered(&cors, Method::OPTIONS, &asked[..1]).0);
        let (is_answered, answer) =
            answered(&cors, Method::OPTIONS, &[("origin", "https://x.example"), asked[1]]);
        assert!(!is_answered && answer.is_empty());
        assert!(!answered(&Cors::Off, Method::OPTIONS, &asked).0);
    }
}
