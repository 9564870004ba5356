//! One connection, from accept to close.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::base_url::LastHost;
use crate::error::EdgeError;
use crate::exchange;
use crate::handler::Handler;
use crate::malformed::Malformed;
use crate::stream::{Watch, WatchedStream};
use crate::worker::Worker;

/// Room for the parts of a request head that no limit counts: method, version, line ends.
const HEAD_SLACK_BYTES: usize = 4 * 1024;
/// hyper refuses to work with less.
const HEAD_BYTES_MIN: usize = 8 * 1024;

/// What the exchanges of one connection share.
pub(crate) struct Connection<H> {
    pub(crate) worker: Rc<Worker<H>>,
    pub(crate) peer: IpAddr,
    pub(crate) watch: Rc<Watch>,
    pub(crate) last_host: LastHost,
    /// Whether there were too many connections already when this one came.
    pub(crate) is_surplus: bool,
}

/// Serves requests from the socket until either side is done with it.
pub(crate) async fn run<H: Handler>(
    worker: Rc<Worker<H>>,
    socket: TcpStream,
    peer: IpAddr,
    is_surplus: bool,
) {
    let live = worker.live();
    let limits = &live.settings.limits;
    let watch = Rc::new(Watch::new(limits, worker.draining_flag()));
    let malformed = Malformed::new({
        let worker = Rc::clone(&worker);
        move |error| exchange::record_malformed(&worker, error)
    });
    let stream = WatchedStream::new(socket, Rc::clone(&watch), malformed);
    // Larger than the limits, so that it is they who speak first.
    let head_bytes_max = limits.url_bytes_max + limits.header_bytes_max + HEAD_SLACK_BYTES;
    let connection = Rc::new(Connection {
        worker: Rc::clone(&worker),
        peer,
        watch,
        last_host: LastHost::default(),
        is_surplus,
    });
    let watch = Rc::clone(&connection.watch);
    let service = service_fn(move |request| {
        let connection = Rc::clone(&connection);
        async move { Ok::<_, Infallible>(exchange::answer(&connection, request).await) }
    });
    // The stream keeps the time limits, so hyper needs no timer.
    let http = http1::Builder::new()
        .header_read_timeout(None)
        .max_buf_size(head_bytes_max.max(HEAD_BYTES_MIN))
        .serve_connection(TokioIo::new(stream), service);

    let mut http = pin!(http);
    let mut drained = pin!(worker.drained());
    let mut is_listening = false;
    let mut is_closing = false;
    let served = std::future::poll_fn(|context| {
        loop {
            if let Poll::Ready(served) = http.as_mut().poll(context) {
                return Poll::Ready(served);
            }
            // A task has one waker all its life: one poll is enough to be woken.
            if !is_listening {
                is_listening = true;
                let _ = drained.as_mut().poll(context);
            }
            if is_closing || !worker.is_draining() || watch.is_sending() {
                return Poll::Pending;
            }
            is_closing = true;
            http.as_mut().graceful_shutdown();
        }
    });
    if let Err(error) = served.await {
        tracing::debug!(%peer, error = %chain(&error), "connection ended");
    }
}

/// An error with its causes, which hyper's own text leaves out.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl<H> Connection<H> {
    /// The answer for a connection that is one too many.
    pub(crate) fn refusal(&self) -> Option<EdgeError> {
        self.is_surplus.then_some(EdgeError::TooManyConnections)
    }
}
