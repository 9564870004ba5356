//! One request, from its head to its response.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use docent_engine::{Body, Method, Principal, Received, Request, Response, Timings};
use hyper::body::{Body as _, Incoming};
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, IF_MATCH,
    IF_MODIFIED_SINCE, IF_NONE_MATCH,
};
use hyper::http::request;

use crate::access_log::Entry;
use crate::auth::Refusal;
use crate::base_url::base_url;
use crate::body::{self, Reader};
use crate::budget::Sending;
use crate::client_address::client_address;
use crate::connection::Connection;
use crate::error::EdgeError;
use crate::explorer;
use crate::handler::Handler;
use crate::health;
use crate::panics;
use crate::request_id;
use crate::respond;
use crate::target::Target;
use crate::worker::{Live, Worker};

/// Names the method a POST request stands for.
static X_HTTP_METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");
/// What an answer to a write says has to be read after; see `docent_engine::Response::position`.
pub(crate) static POSITION: HeaderName = HeaderName::from_static("docent-position");
static PREFER: HeaderName = HeaderName::from_static("prefer");
static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// What a header line takes beyond name and value: colon, space, line end.
const HEADER_LINE_BYTES: usize = 4;
/// The handler ends its statements at the deadline by itself; only if it fails to is it dropped, this much later.
const DEADLINE_SLACK: Duration = Duration::from_secs(1);
/// Status in the log when the client left before its answer was ready.
const CLIENT_GONE: u16 = 499;

/// Answers one request. Whatever happens, there is a response.
pub(crate) async fn answer<H: Handler>(
    connection: &Connection<H>,
    request: hyper::Request<Incoming>,
) -> hyper::Response<Sending> {
    let started = Instant::now();
    connection.watch.request_started();
    let worker = &*connection.worker;
    let live = worker.live();
    let (head, body) = request.into_parts();
    let id = worker.ids.of(&head.headers);
    let deadline = started + live.settings.limits.request_time_max;
    let caller = OnceCell::new();
    let mut record =
        Record { worker, live: &live, head: &head, id: &id, caller: &caller, started, outcome: None };
    let exchange = Exchange {
        connection,
        live: &live,
        head: &head,
        id: request_id::text(&id),
        deadline,
        caller: &caller,
    };

    let mut unread = Some(body);
    let response = match exchange.run(&mut unread).await {
        Ok(response) => response,
        Err(error) => error.response(exchange.id, None),
    };
    // A body left unread would be taken for the next request.
    let must_close = connection.is_surplus || unread.is_some_and(|body| !body.is_end_stream());
    let (response, outcome) = exchange.finish(response, &id, must_close).await;
    let finished = Instant::now();
    record.outcome = Some((outcome, finished - started));
    drop(record);
    connection.watch.request_finished(finished);
    response
}

/// Logs a request that was no HTTP, and gives it an id.
pub(crate) fn record_malformed<H: Handler>(worker: &Worker<H>, error: &EdgeError) -> String {
    let id = worker.ids.fresh();
    let request_id = request_id::text(&id);
    worker.log(
        &Entry {
            request_id,
            method: "-",
            target: "-",
            user: None,
            status: error.status(),
            body_bytes: 0,
            duration: Duration::ZERO,
            timings: Timings::default(),
            internal: None,
        },
        &worker.live(),
    );
    request_id.to_owned()
}

struct Exchange<'a, H> {
    connection: &'a Connection<H>,
    live: &'a Live,
    head: &'a request::Parts,
    id: &'a str,
    deadline: Instant,
    /// Who sends it, once that is known.
    caller: &'a OnceCell<Principal>,
}

impl<H: Handler> Exchange<'_, H> {
    /// Everything up to the answer. Takes the body out of `unread` once it is read.
    async fn run(&self, unread: &mut Option<Incoming>) -> Result<Response, EdgeError> {
        if let Some(refusal) = self.connection.refusal() {
            return Err(refusal);
        }
        let settings = &self.live.settings;
        let limits = &settings.limits;
        check_sizes(self.head, limits.url_bytes_max, limits.header_bytes_max)?;
        if let Some(answer) = settings.cors.preflight(self.head) {
            return Ok(answer);
        }
        let method = match method(self.head) {
            Err(EdgeError::MethodNotImplemented)
                if self.connection.worker.shared.handler.takes_every_method() =>
            {
                Method::Other
            }
            method => method?,
        };
        let target = Target::of(self.head.uri.path(), &settings.base_path);
        if matches!(target, Target::Api(_)) {
            // Before its body is read: that of a stranger need not be received.
            if let Err(Refusal { error, internal }) = self.identify().await {
                return Ok(error.response(self.id, internal));
            }
        }
        let mut received = body::Received::default();
        if let Some(body) = unread.as_mut().filter(|body| !body.is_end_stream()) {
            let budget = &self.connection.worker.shared.incoming;
            let reader = Reader { bytes_max: limits.body_bytes_max, deadline: self.deadline, budget };
            if is_write(method) && matches!(target, Target::Api(_)) {
                received = Box::pin(reader.collect(body)).await?;
            } else {
                Box::pin(reader.discard(body)).await?;
            }
        }
        *unread = None;
        match target {
            Target::Api(path) => self.handle(method, path, &received).await,
            Target::Live => Ok(health::answer(method, Ok(()), self.id)),
            Target::Ready => {
                Ok(health::answer(method, self.connection.worker.shared.handler.ready(), self.id))
            }
            Target::Server => Ok(health::server_options(method, self.id)),
            Target::Root if matches!(method, Method::Get | Method::Head) => {
                // Not for ever: another base path may be configured.
                let location = Some(self.base_url()?.to_string());
                Ok(Response { location, ..respond::plain(307, "", Vec::new()) })
            }
            Target::Root | Target::Outside => {
                Err(EdgeError::NotFound { base_path: settings.base_path.clone() })
            }
        }
    }

    /// Finds out who sends the request, and whether they have sent too many.
    async fn identify(&self) -> Result<(), Refusal> {
        let settings = &self.live.settings;
        let callers = &self.connection.worker.shared.callers;
        let headers = &self.head.headers;
        if settings.auth.is_none() && settings.limits.requests_per_minute.is_none() {
            return Ok(());
        }
        let address = client_address(headers, self.connection.peer, &settings.trusted_proxies);
        let identified = match &settings.auth {
            Some(auth) => Box::pin(auth.authenticate(headers, address, self.deadline, callers)).await,
            None => Ok(Principal::Anonymous),
        };
        let (principal, refusal) = match identified {
            Ok(principal) => (principal, None),
            // Whoever shows bad credentials is nobody, and counted as such.
            Err(refusal) => (Principal::Anonymous, Some(refusal)),
        };
        let principal = self.caller.get_or_init(|| principal);
        if let Some(per_minute) = settings.limits.requests_per_minute {
            callers.count_request(principal, address, per_minute)?;
        }
        refusal.map_or(Ok(()), Err)
    }

    fn base_url(&self) -> Result<Rc<str>, EdgeError> {
        let Connection { peer, last_host, .. } = self.connection;
        let Live { settings, base_urls, .. } = self.live;
        base_url(self.head, *peer, settings, base_urls, last_host)
    }

    async fn handle(&self, method: Method, path: &str, body: &body::Received) -> Result<Response, EdgeError> {
        let worker = &self.connection.worker;
        let base_url = self.base_url()?;
        let requests_max = self.live.settings.limits.requests_max;
        let _counted = Counted::enter(&worker.shared.requests, requests_max)?;
        let headers = &self.head.headers;
        let [accept, content_type, position, authorization, cookie, if_none_match, if_modified_since] =
            joined(
                headers,
                [
                    &ACCEPT,
                    &CONTENT_TYPE,
                    &POSITION,
                    &AUTHORIZATION,
                    &COOKIE,
                    &IF_NONE_MATCH,
                    &IF_MODIFIED_SINCE,
                ],
            );
        let of_write = [&IF_MATCH, &PREFER, &IDEMPOTENCY_KEY];
        let [if_match, prefer, idempotency_key] =
            if is_write(method) { joined(headers, of_write) } else { Default::default() };
        let request = Request {
            method,
            path,
            query: self.head.uri.query().unwrap_or_default(),
            base_url: &base_url,
            accept: accept.as_deref(),
            content_type: content_type.as_deref(),
            body: body.bytes(),
            if_match: if_match.as_deref(),
            prefer: prefer.as_deref(),
            idempotency_key: idempotency_key.as_deref(),
            position: position.as_deref(),
            request_id: self.id,
            deadline: self.deadline,
            received: Received {
                address: Some(client_address(
                    headers,
                    self.connection.peer,
                    &self.live.settings.trusted_proxies,
                )),
                method: self.head.method.as_str(),
                path: self.head.uri.path(),
                authorization: authorization.as_deref(),
                cookie: cookie.as_deref(),
                if_none_match: if_none_match.as_deref(),
                if_modified_since: if_modified_since.as_deref(),
            },
        };
        let principal = self.caller.get().unwrap_or(&Principal::Anonymous);
        // Pinned before it is wrapped: it is large, and would be moved with each wrapper.
        let handled = pin!(worker.shared.handler.handle(principal, request));
        let handled = panics::caught(handled);
        match tokio::time::timeout_at((self.deadline + DEADLINE_SLACK).into(), handled).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(panic)) => {
                tracing::error!(request_id = self.id, "{panic}");
                Ok(EdgeError::Internal.response(self.id, Some(panic)))
            }
            Err(_) => {
                Ok(EdgeError::NoAnswer.response(self.id, Some("the handler missed its deadline".to_owned())))
            }
        }
    }

    /// The HTTP response, and what the log says of it.
    async fn finish(
        &self,
        mut response: Response,
        id: &HeaderValue,
        must_close: bool,
    ) -> (hyper::Response<Sending>, Outcome) {
        let page = explorer::fill(&mut response);
        let (mut head, has_body) = respond::head(&response, self.head, id);
        if let Some(nonce) = page {
            explorer::insert_headers(head.headers_mut(), &nonce);
        }
        let body = if has_body { std::mem::take(&mut response.body) } else { Body::default() };
        let admitted = self.connection.worker.shared.outgoing.admit(body, self.deadline).await;
        let body = admitted.unwrap_or_else(|| {
            response = self.without_room(&mut response);
            head = respond::head(&response, self.head, id).0;
            Sending::from(std::mem::take(&mut response.body))
        });
        // The next large read may begin only now that this one has its place in the budget.
        drop(response.slot.take());
        respond::insert_policies(&mut head, &response, self.head, self.live);
        if must_close {
            respond::close(&mut head);
            self.connection.watch.linger();
        }
        let status = head.status().as_u16();
        let outcome = Outcome {
            status,
            body_bytes: body.len(),
            timings: response.timings,
            internal: response.internal,
        };
        (head.map(|()| body), outcome)
    }

    /// What is said instead of an answer that there is no room for.
    fn without_room(&self, response: &mut Response) -> Response {
        let internal = Some("no room for the response among those being sent".to_owned());
        let is_read = matches!(self.head.method, hyper::Method::GET | hyper::Method::HEAD);
        if is_read || response.status >= 400 {
            return EdgeError::NoMemory.response(self.id, internal);
        }
        // It is done: whoever was told to try again would do it twice.
        Response {
            allow: response.allow,
            location: response.location.take(),
            timings: response.timings,
            internal,
            ..respond::plain(204, "", Vec::new())
        }
    }
}

/// Whether a method is one whose content counts.
fn is_write(method: Method) -> bool {
    matches!(method, Method::Post | Method::Patch | Method::Delete)
}

fn check_sizes(
    head: &request::Parts,
    url_bytes_max: usize,
    header_bytes_max: usize,
) -> Result<(), EdgeError> {
    let url_bytes = head.uri.path_and_query().map_or(0, |target| target.as_str().len());
    if url_bytes > url_bytes_max {
        return Err(EdgeError::UrlTooLong { bytes_max: url_bytes_max });
    }
    let lines =
        head.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + HEADER_LINE_BYTES);
    if lines.sum::<usize>() > header_bytes_max {
        return Err(EdgeError::HeadersTooLarge { bytes_max: header_bytes_max });
    }
    Ok(())
}

/// The method as the handler knows it. Those that HTTP defines but no URL here knows are for the handler to refuse, as
/// it knows what to put into `Allow`.
fn method(head: &request::Parts) -> Result<Method, EdgeError> {
    Ok(match head.method {
        hyper::Method::GET => Method::Get,
        hyper::Method::HEAD => Method::Head,
        hyper::Method::OPTIONS => Method::Options,
        hyper::Method::PATCH => Method::Patch,
        hyper::Method::DELETE => Method::Delete,
        hyper::Method::POST => match head.headers.get(&X_HTTP_METHOD_OVERRIDE).map(HeaderValue::as_bytes) {
            None | Some(b"POST") => Method::Post,
            Some(b"PATCH") => Method::Patch,
            Some(b"DELETE") => Method::Delete,
            Some(_) => return Err(EdgeError::BadMethodOverride),
        },
        hyper::Method::PUT | hyper::Method::TRACE => Method::Other,
        _ => return Err(EdgeError::MethodNotImplemented),
    })
}

/// All lines of each of these headers, joined by commas. Bytes that are not UTF-8 become replacement characters.
fn joined<'a, const N: usize>(headers: &'a HeaderMap, names: [&HeaderName; N]) -> [Option<Cow<'a, str>>; N] {
    let mut joined = [const { None }; N];
    for (name, line) in headers {
        let Some(place) = names.iter().position(|known| *known == name) else { continue };
        let line = match std::str::from_utf8(line.as_bytes()) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(line.as_bytes()),
        };
        joined[place] = Some(match joined[place].take() {
            Some(before) => Cow::Owned(format!("{before}, {line}")),
            None => line,
        });
    }
    joined
}

/// One of the requests being answered, for as long as it lives.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    fn enter(counter: &'a AtomicUsize, max: usize) -> Result<Self, EdgeError> {
        let counted = Self(counter);
        if counter.fetch_add(1, Ordering::Relaxed) < max {
            Ok(counted)
        } else {
            Err(EdgeError::TooManyRequests)
        }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How a request ended.
struct Outcome {
    status: u16,
    body_bytes: usize,
    timings: Timings,
    internal: Option<String>,
}

/// Writes the log line of a request when it is dropped: with the outcome, or without one when the client left first.
struct Record<'a, H: Handler> {
    worker: &'a Worker<H>,
    live: &'a Live,
    head: &'a request::Parts,
    id: &'a HeaderValue,
    caller: &'a OnceCell<Principal>,
    started: Instant,
    /// With the time it took.
    outcome: Option<(Outcome, Duration)>,
}

impl<H: Handler> Drop for Record<'_, H> {
    fn drop(&mut self) {
        let gone =
            Outcome { status: CLIENT_GONE, body_bytes: 0, timings: Timings::default(), internal: None };
        let (outcome, duration) = self.outcome.take().unwrap_or_else(|| (gone, self.started.elapsed()));
        let target = self.head.uri.path_and_query().map_or("", |target| target.as_str());
        let entry = Entry {
            request_id: request_id::text(self.id),
            method: self.head.method.as_str(),
            target,
            user: match self.caller.get() {
                Some(Principal::User(user)) => Some(&user.id),
                Some(Principal::Anonymous) | None => None,
            },
            status: outcome.status,
            body_bytes: outcome.body_bytes,
            duration,
            timings: outcome.timings,
            internal: outcome.internal.as_deref(),
        };
        self.worker.log(&entry, self.live);
    }
}
