//! The boundary of the engine: a request comes in, a response goes out, and neither knows HTTP's types.

use std::borrow::Cow;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// The request methods the engine tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// HEAD: answered like GET; the edge leaves the body out.
    Head,
    /// OPTIONS.
    Options,
    /// POST.
    Post,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
    /// Any other token.
    Other,
}

/// One request, as the edge read it.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The method, after `X-HTTP-Method-Override`.
    pub method: Method,
    /// The path below the base path, percent-encoded as received: `/articles/1`, empty or `/` for the entry point.
    pub path: &'a str,
    /// The query string as received, without `?`.
    pub query: &'a str,
    /// Scheme, authority and base path of the links to write, without trailing slash: `http://localhost:8080/api`.
    pub base_url: &'a str,
    /// All `Accept` lines joined by commas, if any.
    pub accept: Option<&'a str>,
    /// The `Content-Type`, if any.
    pub content_type: Option<&'a str>,
    /// The body as received; empty if there is none.
    pub body: &'a [u8],
    /// All `If-Match` lines joined by commas, if any.
    pub if_match: Option<&'a str>,
    /// All `Prefer` lines joined by commas, if any.
    pub prefer: Option<&'a str>,
    /// The `Idempotency-Key`, if any.
    pub idempotency_key: Option<&'a str>,
    /// The [`Response::position`] of an earlier answer: what is read has everything that was written until then.
    pub position: Option<&'a str>,
    /// Identifies the request in logs, in `X-Request-Id` and in error objects.
    pub request_id: &'a str,
    /// When the caller stops waiting: statements still running then are ended and the answer is 503.
    pub deadline: Instant,
    /// What else it came with.
    pub received: Received<'a>,
}

/// What a request came with, for those who know callers and URLs in ways of their own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Received<'a> {
    /// The address it came from, as far as proxies can be trusted to say so.
    pub address: Option<IpAddr>,
    /// The method's own name.
    pub method: &'a str,
    /// The whole path, percent-encoded as received.
    pub path: &'a str,
    /// The `Authorization`, if any.
    pub authorization: Option<&'a str>,
    /// All `Cookie` lines joined by commas, if any.
    pub cookie: Option<&'a str>,
    /// All `If-None-Match` lines joined by commas, if any.
    pub if_none_match: Option<&'a str>,
    /// The `If-Modified-Since`, if any.
    pub if_modified_since: Option<&'a str>,
}

/// The content type of an answer without a body, in whose place the edge shows its page for people, the explorer.
pub const EXPLORER: &str = "text/html";

/// The answer to one request.
#[derive(Debug)]
pub struct Response {
    /// HTTP status code.
    pub status: u16,
    /// Value of `Content-Type`; empty when there is no body, [`EXPLORER`] where the edge is to show its page.
    pub content_type: Cow<'static, str>,
    /// Value of `Allow`, on every answer that knows which resource it is about.
    pub allow: Option<&'static str>,
    /// Seconds for `Retry-After`, on 503.
    pub retry_after_seconds: Option<u32>,
    /// Whether the answer carries an `ETag`: see [`crate::entity_tag`].
    pub tagged: bool,
    /// Value of `Location`: the URL of the resource that was created.
    pub location: Option<String>,
    /// Value of `Preference-Applied`.
    pub preference_applied: Option<&'static str>,
    /// Where reads may be answered by servers that follow: what to send with the next one, so that it sees this write.
    pub position: Option<String>,
    /// Further headers by their names in lower case. They take the place of those that the edge would send.
    pub headers: Vec<(&'static str, String)>,
    /// The body; for HEAD the body GET would have had.
    pub body: Body,
    /// Text for the log, never for the caller: what went wrong inside.
    pub internal: Option<String>,
    /// Time spent per stage.
    pub timings: Timings,
    /// Held until the body is sent or dropped: see [`Slot`].
    pub slot: Option<Slot>,
}

/// A body, in parts that follow each other: large buffers are handed over as they are, not copied into one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    first: Vec<u8>,
    rest: Vec<Vec<u8>>,
}

impl Body {
    /// Adds a part to the end.
    pub fn push(&mut self, part: Vec<u8>) {
        if self.first.is_empty() {
            self.first = part;
        } else {
            self.rest.push(part);
        }
    }

    /// Bytes of all parts.
    pub fn len(&self) -> usize {
        self.parts().map(Vec::len).sum()
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.parts().all(Vec::is_empty)
    }

    /// The parts in order.
    pub fn parts(&self) -> impl Iterator<Item = &Vec<u8>> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    /// The first part, which is the whole of a small body, and those after it.
    pub fn into_parts(self) -> (Vec<u8>, Vec<Vec<u8>>) {
        (self.first, self.rest)
    }

    /// All bytes in one piece.
    pub fn concat(&self) -> Vec<u8> {
        self.parts().flatten().copied().collect()
    }
}

impl From<Vec<u8>> for Body {
    fn from(first: Vec<u8>) -> Self {
        Self { first, rest: Vec::new() }
    }
}

/// Time spent in each stage of a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Timings {
    /// Negotiation, query parsing, names resolved.
    pub resolve: Duration,
    /// Planning; near zero when the plan was cached.
    pub plan: Duration,
    /// Statements run, and rows written as they come.
    pub run: Duration,
    /// The document put together.
    pub assemble: Duration,
    /// SQL statements run.
    pub statements: u32,
}

/// A place among the few large reads that may hold memory at once. The edge keeps it until it has found room for
/// the body in its own budget, so that large documents cannot pile up faster than they are sent.
#[derive(Debug)]
pub struct Slot(#[allow(dead_code)] pub(crate) docent_sql::Place);
