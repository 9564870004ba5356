//! The threads of a running server: one accepts connections, the others serve them.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc as start};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use crate::access_log::AccessLog;
use crate::auth::Memory;
use crate::budget::Budget;
use crate::control::{Control, Phase};
use crate::handler::Handler;
use crate::listener::Listener;
use crate::settings::ServerConfig;
use crate::worker::{self, Accepted, Load, Shared};

/// Connections beyond the limit that get an answer saying so. Beyond those, none are accepted until one closes.
const SURPLUS_MAX: usize = 64;
/// Pause after a failed accept: what fails is mostly the supply of file descriptors, which takes time to recover.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A running server.
#[derive(Debug)]
pub struct Server {
    control: Control,
    threads: Vec<JoinHandle<()>>,
    access_log: Option<AccessLog>,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
#[error("cannot start the server: {0}")]
pub struct StartError(#[from] io::Error);

impl Server {
    /// Starts serving what `listener` accepts.
    pub fn start<H: Handler>(
        listener: Listener,
        config: ServerConfig,
        handler: Arc<H>,
    ) -> Result<Self, StartError> {
        let ServerConfig { workers, access_log, settings } = config;
        let limits = settings.limits.clone();
        let shared = Arc::new(Shared {
            handler,
            incoming: Budget::new(limits.request_memory_bytes_max),
            outgoing: Budget::new(limits.response_memory_bytes_max),
            requests: AtomicUsize::new(0),
            address: listener.address(),
            access_log: access_log.clone(),
            callers: Memory::new()?,
        });
        let control = Control::new(settings);
        let count = workers.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
        let mut server = Self { control, threads: Vec::new(), access_log };
        let mut workers = Vec::new();
        for index in 0..count {
            workers.push(server.start_worker(index, Arc::clone(&shared))?);
        }
        let places = Places::new(limits.connections_max);
        server.start_acceptor(listener, workers, places)?;
        Ok(server)
    }

    fn start_worker<H: Handler>(
        &mut self,
        index: usize,
        shared: Arc<Shared<H>>,
    ) -> Result<Dealt, StartError> {
        let (queue, accepted) = mpsc::unbounded_channel();
        let (settings, phase) = (self.control.watch_settings(), self.control.watch_phase());
        let (started, outcome) = start::channel();
        let work = move || match worker::runtime() {
            Ok(runtime) => {
                // The starting thread waits for this message; it cannot be gone.
                let _ = started.send(Ok(()));
                runtime.block_on(worker::run(shared, index, settings, phase, accepted));
            }
            Err(error) => drop(started.send(Err(error))),
        };
        self.threads.push(thread::Builder::new().name(format!("worker-{index}")).spawn(work)?);
        outcome.recv().unwrap_or_else(|_| Err(io::Error::other("a worker ended before it began")))?;
        Ok(Dealt { queue, load: Arc::default() })
    }

    fn start_acceptor(
        &mut self,
        listener: Listener,
        workers: Vec<Dealt>,
        places: Places,
    ) -> Result<(), StartError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _entered = runtime.enter();
            TcpListener::from_std(listener.socket)?
        };
        let phase = self.control.watch_phase();
        let work = move || runtime.block_on(accept(listener, workers, places, phase));
        self.threads.push(thread::Builder::new().name("acceptor".to_owned()).spawn(work)?);
        Ok(())
    }

    /// The handle that changes and stops this server.
    pub fn control(&self) -> Control {
        self.control.clone()
    }

    /// Waits until the server has ended, by [`Control::drain`] or [`Control::stop`].
    pub fn wait(self) {
        for thread in self.threads {
            // A thread that panicked has ended too; the panic itself is in the log.
            let _ = thread.join();
        }
        if let Some(log) = self.access_log {
            log.close();
        }
    }
}

/// A worker as the acceptor sees it.
struct Dealt {
    queue: mpsc::UnboundedSender<Accepted>,
    load: Arc<AtomicUsize>,
}

/// The places for connections.
struct Places {
    regular: Arc<Semaphore>,
    surplus: Arc<Semaphore>,
}

impl Places {
    fn new(connections_max: usize) -> Self {
        let regular = Semaphore::new(connections_max.clamp(1, Semaphore::MAX_PERMITS));
        Self { regular: Arc::new(regular), surplus: Arc::new(Semaphore::new(SURPLUS_MAX)) }
    }

    /// A place, and whether it is one of the surplus.
    async fn take(&self) -> Option<(OwnedSemaphorePermit, bool)> {
        if let Ok(place) = Arc::clone(&self.regular).try_acquire_owned() {
            return Some((place, false));
        }
        let place = Arc::clone(&self.surplus).acquire_owned().await.ok()?;
        Some((place, true))
    }
}

/// Accepts connections and deals each to the worker with the fewest, in turn among equals, until the server drains.
async fn accept(
    listener: TcpListener,
    workers: Vec<Dealt>,
    places: Places,
    mut phase: watch::Receiver<Phase>,
) {
    let mut turn = 0;
    let deal = async {
        loop {
            let socket = match listener.accept().await {
                Ok((socket, peer)) => {
                    socket.set_nodelay(true).and_then(|()| socket.into_std()).map(|s| (s, peer))
                }
                Err(error) => Err(error),
            };
            match socket {
                Ok((socket, peer)) => {
                    let Some((place, is_surplus)) = places.take().await else { return };
                    turn = next_worker(&workers, turn);
                    let worker = &workers[turn];
                    let load = Load::on(&worker.load);
                    // A worker whose thread is gone loses its connections; the others go on.
                    let _ = worker.queue.send(Accepted { socket, peer: peer.ip(), is_surplus, place, load });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    tokio::select! {
        () = deal => {}
        _ = phase.wait_for(|phase| *phase > Phase::Running) => {}
    }
}

/// The position of the least loaded worker, the first one after `turn` among equals.
fn next_worker(workers: &[Dealt], turn: usize) -> usize {
    let in_turn = (1..=workers.len()).map(|step| (turn + step) % workers.len());
    in_turn.min_by_key(|index| workers[*index].load.load(Ordering::Relaxed)).unwrap_or(0)
}
