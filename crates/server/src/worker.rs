//! A worker: one thread with a runtime of its own, and everything its connections share.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hyper::header::HeaderValue;
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc, watch};
use tokio::task::JoinSet;

use crate::access_log::{AccessLog, Entry};
use crate::auth::Memory;
use crate::base_url::BaseUrls;
use crate::budget::Budget;
use crate::connection;
use crate::control::Phase;
use crate::handler::Handler;
use crate::request_id::RequestIds;
use crate::respond;
use crate::settings::Settings;

/// What all workers of a server share.
pub(crate) struct Shared<H> {
    pub(crate) handler: Arc<H>,
    /// Memory of request bodies.
    pub(crate) incoming: Budget,
    /// Memory of response bodies.
    pub(crate) outgoing: Budget,
    /// Requests being answered.
    pub(crate) requests: AtomicUsize,
    pub(crate) address: SocketAddr,
    pub(crate) access_log: Option<AccessLog>,
    /// What is known of callers.
    pub(crate) callers: Memory,
}

/// A connection on its way from the acceptor to a worker.
pub(crate) struct Accepted {
    pub(crate) socket: TcpStream,
    pub(crate) peer: IpAddr,
    /// Whether there were too many connections already.
    pub(crate) is_surplus: bool,
    /// The connection's place among all connections.
    pub(crate) place: OwnedSemaphorePermit,
    /// The connection's place among those of this worker.
    pub(crate) load: Load,
}

/// Counts one connection of a worker for as long as it lives.
pub(crate) struct Load(Arc<AtomicUsize>);

impl Load {
    pub(crate) fn on(counter: &Arc<AtomicUsize>) -> Self {
        counter.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(counter))
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The settings a worker works with, and what follows from them.
pub(crate) struct Live {
    pub(crate) settings: Arc<Settings>,
    pub(crate) base_urls: BaseUrls,
    /// What answers depend on besides the URL: value of `Vary`.
    pub(crate) vary: HeaderValue,
    generation: u64,
}

/// What the connections of one worker share.
pub(crate) struct Worker<H> {
    pub(crate) shared: Arc<Shared<H>>,
    pub(crate) ids: RequestIds,
    settings: RefCell<watch::Receiver<Arc<Settings>>>,
    live: RefCell<Rc<Live>>,
    draining: Rc<Cell<bool>>,
    drained: Notify,
    log_line: RefCell<Vec<u8>>,
}

impl<H: Handler> Worker<H> {
    fn new(shared: Arc<Shared<H>>, index: usize, mut settings: watch::Receiver<Arc<Settings>>) -> Self {
        let current = Arc::clone(&settings.borrow_and_update());
        let live = Live::new(current, shared.address, 0);
        Self {
            shared,
            ids: RequestIds::new(index),
            settings: RefCell::new(settings),
            live: RefCell::new(Rc::new(live)),
            draining: Rc::default(),
            drained: Notify::new(),
            log_line: RefCell::default(),
        }
    }

    /// The settings of this moment.
    pub(crate) fn live(&self) -> Rc<Live> {
        let mut settings = self.settings.borrow_mut();
        if settings.has_changed().unwrap_or(false) {
            let current = Arc::clone(&settings.borrow_and_update());
            let generation = self.live.borrow().generation + 1;
            self.live.replace(Rc::new(Live::new(current, self.shared.address, generation)));
        }
        Rc::clone(&self.live.borrow())
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.get()
    }

    pub(crate) fn draining_flag(&self) -> Rc<Cell<bool>> {
        Rc::clone(&self.draining)
    }

    /// Resolves when the worker begins to drain.
    pub(crate) fn drained(&self) -> Notified<'_> {
        self.drained.notified()
    }

    fn drain(&self) {
        self.draining.set(true);
        self.drained.notify_waiters();
    }

    /// Writes the line about a request.
    pub(crate) fn log(&self, entry: &Entry<'_>, live: &Live) {
        if let Some(log) = &self.shared.access_log {
            let mut line = self.log_line.borrow_mut();
            line.clear();
            entry.write(&mut line, live.settings.log);
            log.append(&line);
        }
    }
}

impl Live {
    fn new(settings: Arc<Settings>, address: SocketAddr, generation: u64) -> Self {
        let base_urls = BaseUrls::new(&settings, address, generation);
        let vary = respond::vary(&settings);
        Self { settings, base_urls, vary, generation }
    }
}

/// A runtime for a worker. It belongs to the thread that makes it.
pub(crate) fn runtime() -> io::Result<LocalRuntime> {
    Builder::new_current_thread().enable_all().build_local(LocalOptions::default())
}

/// Serves connections until the acceptor sends no more, then lets the open ones finish.
pub(crate) async fn run<H: Handler>(
    shared: Arc<Shared<H>>,
    index: usize,
    settings: watch::Receiver<Arc<Settings>>,
    mut phase: watch::Receiver<Phase>,
    mut accepted: mpsc::UnboundedReceiver<Accepted>,
) {
    let worker = Rc::new(Worker::new(shared, index, settings));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            next = accepted.recv() => match next {
                Some(next) => { connections.spawn_local(serve(Rc::clone(&worker), next)); }
                None => break,
            },
        }
    }
    worker.drain();
    let drain_time_max = worker.live().settings.limits.drain_time_max;
    let all_closed = async { while connections.join_next().await.is_some() {} };
    tokio::select! {
        closed = tokio::time::timeout(drain_time_max, all_closed) => if closed.is_err() {
            tracing::warn!(worker = index, "requests were still open at the end of the drain time");
        },
        _ = phase.wait_for(|phase| *phase == Phase::Stopped) => {}
    }
}

async fn serve<H: Handler>(worker: Rc<Worker<H>>, accepted: Accepted) {
    let Accepted { socket, peer, is_surplus, place, load } = accepted;
    match tokio::net::TcpStream::from_std(socket) {
        Ok(socket) => connection::run(worker, socket, peer, is_surplus).await,
        Err(error) => tracing::warn!(%error, "a connection could not be taken over"),
    }
    drop((place, load));
}
