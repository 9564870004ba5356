//! The one thread that writes.
//!
//! It has the only connection that may change the file. Whatever waits when a commit is due is committed with it
//! (`group`), so that one wait for the disk serves many. Each write keeps to itself what becomes of it: none is
//! answered before it is durable, none is answered twice, and one that fails takes no other with it.

mod connection;
mod group;
mod refusal;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use self::connection::{Connection, LOCK_PAUSE};
use super::{CancelOnDrop, Shared};
use crate::database::WriteOutcome;
use crate::error::Error;
use crate::transaction::Transaction;

/// How often the thread, when there is nothing to write, looks whether its connection is still one to the file served.
const IDLE_CHECK: Duration = Duration::from_millis(200);

/// The way to the thread; dropping it lets the transactions in hand finish and ends it.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<mpsc::SyncSender<Box<dyn Job>>>,
    closing: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    queue_length_max: usize,
}

impl Writer {
    /// Opens the connection, so that a file that cannot be written is found out here, and starts the thread.
    pub(super) fn start(shared: &Arc<Shared>) -> Result<Self, Error> {
        let queue_length_max = shared.settings.write_queue_length_max;
        let (jobs, queue) = mpsc::sync_channel(queue_length_max);
        let closing = Arc::new(AtomicBool::new(false));
        let kept = match Connection::open(shared) {
            Ok(connection) => Some(connection),
            // A lock passes.
            Err(Error::Busy(_)) => None,
            Err(error) => return Err(error),
        };
        let thread = Thread { queue, shared: Arc::downgrade(shared), closing: Arc::clone(&closing), kept };
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || thread.work())
            .map_err(|error| Error::Failed(format!("cannot start the writer thread: {error}")))?;
        Ok(Writer { jobs: Some(jobs), closing, thread: Some(thread), queue_length_max })
    }

    /// Runs a transaction in its turn.
    pub(super) async fn write<T: Transaction>(
        &self,
        transaction: T,
        deadline: Instant,
    ) -> (Option<T>, WriteOutcome) {
        let (answer, mut answered) = oneshot::channel();
        let ticket = Ticket { deadline, cancelled: Arc::default(), taken: Arc::default() };
        let taken = Arc::clone(&ticket.taken);
        let _cancel = CancelOnDrop(Arc::clone(&ticket.cancelled));
        if let Err(error) = self.enqueue(Box::new(Waiting { transaction, ticket, answer })) {
            return (None, WriteOutcome::failed(error));
        }
        let received = match tokio::time::timeout_at(deadline.into(), &mut answered).await {
            Ok(received) => received,
            // Once it is taken its own limits end it, and only the thread knows what became of it.
            Err(_) if taken.swap(true, Ordering::AcqRel) => answered.await,
            Err(_) => {
                let error = Error::Busy("the writer was not free before the deadline".to_owned());
                return (None, WriteOutcome::failed(error));
            }
        };
        match received {
            Ok((transaction, outcome)) => (Some(transaction), outcome),
            Err(_) => (None, WriteOutcome::failed(Error::Failed("the transaction panicked".to_owned()))),
        }
    }

    fn enqueue(&self, job: Box<dyn Job>) -> Result<(), Error> {
        let Some(jobs) = &self.jobs else { return Err(closed()) };
        jobs.try_send(job).map_err(|refused| match refused {
            mpsc::TrySendError::Full(_) => {
                Error::Busy(format!("{} writes wait already", self.queue_length_max))
            }
            mpsc::TrySendError::Disconnected(_) => Error::Failed("the writer thread ended".to_owned()),
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.closing.store(true, Ordering::Release);
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has closed its connection too.
            let _ = thread.join();
        }
    }
}

fn closed() -> Error {
    Error::Unavailable("the database is being closed".to_owned())
}

/// What the thread and the one who waits both know of a transaction.
struct Ticket {
    deadline: Instant,
    /// Nobody waits for it any more.
    cancelled: Arc<AtomicBool>,
    /// Set by whoever is first: the thread, that runs it, or the one who waits, giving up.
    taken: Arc<AtomicBool>,
}

impl Ticket {
    fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn is_late(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Whether it shall be run; from then on it has to be answered.
    fn take(&self) -> bool {
        !self.is_cancelled() && !self.taken.swap(true, Ordering::AcqRel)
    }
}

/// A transaction on its way through the thread.
trait Job: Send {
    fn ticket(&self) -> &Ticket;
    fn transaction(&mut self) -> &mut dyn Transaction;
    fn answer(self: Box<Self>, outcome: WriteOutcome);
}

struct Waiting<T> {
    transaction: T,
    ticket: Ticket,
    answer: oneshot::Sender<(T, WriteOutcome)>,
}

impl<T: Transaction> Job for Waiting<T> {
    fn ticket(&self) -> &Ticket {
        &self.ticket
    }

    fn transaction(&mut self) -> &mut dyn Transaction {
        &mut self.transaction
    }

    fn answer(self: Box<Self>, outcome: WriteOutcome) {
        // Nobody waits any more if the request was cancelled.
        let _ = self.answer.send((self.transaction, outcome));
    }
}

/// What the thread owns.
struct Thread {
    queue: mpsc::Receiver<Box<dyn Job>>,
    shared: Weak<Shared>,
    closing: Arc<AtomicBool>,
    kept: Option<Connection>,
}

impl Thread {
    fn work(mut self) {
        loop {
            let job = self.queue.recv_timeout(IDLE_CHECK);
            let Some(shared) = self.shared.upgrade() else { return };
            match job {
                Ok(job) if self.closing.load(Ordering::Acquire) => {
                    job.answer(WriteOutcome::failed(closed()));
                }
                Ok(job) => self.commit_with_others(job, &shared),
                // A connection to a file that was replaced must not stay open: its log would be taken for the new
                // file's.
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    self.kept = self.kept.filter(|kept| kept.is_current(&shared));
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Begins a transaction for a job, which is answered if that fails. Another process's lock is waited for.
    fn begin(&mut self, job: Box<dyn Job>, shared: &Shared) -> Option<(Box<dyn Job>, Connection)> {
        let error = loop {
            let begun = self.connection(shared).and_then(|connection| {
                let begun = connection.begin();
                self.put_back(connection, shared);
                begun
            });
            let ticket = job.ticket();
            match begun {
                Ok(()) => break None,
                Err(Error::Busy(_)) if ticket.is_cancelled() => break Some(Error::Cancelled),
                Err(Error::Busy(_)) if !ticket.is_late() && !self.closing.load(Ordering::Acquire) => {
                    std::thread::sleep(LOCK_PAUSE);
                }
                Err(error) => break Some(error),
            }
        };
        match (error, self.kept.take()) {
            (None, Some(connection)) => return Some((job, connection)),
            (error, kept) => {
                self.kept = kept;
                job.answer(WriteOutcome::failed(error.unwrap_or_else(closed)));
            }
        }
        None
    }

    /// The connection to the file now served.
    fn connection(&mut self, shared: &Shared) -> Result<Connection, Error> {
        shared.check_identity()?;
        match self.kept.take().filter(|kept| kept.is_current(shared)) {
            Some(kept) => Ok(kept),
            None => Connection::open(shared),
        }
    }

    /// Keeps the connection, unless the file failed under it: then readers open it anew too.
    fn put_back(&mut self, connection: Connection, shared: &Shared) {
        if connection.is_broken() {
            drop(connection);
            shared.reopen();
        } else {
            self.kept = Some(connection);
        }
    }
}
