//! The few threads that run reads which are not cheap.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::reader::Reader;
use super::{Shared, lock};
use crate::error::Error;

/// How long a reader thread's connection waits for another process's lock.
const LOCK_WAIT: Duration = Duration::from_secs(2);

/// How often a thread without work looks whether its connection is still one to the file served.
const IDLE_CHECK: Duration = Duration::from_millis(200);

/// Work for a reader thread; it gets the thread's connection, or why there is none.
type Job = Box<dyn FnOnce(Result<&mut Reader, Error>) + Send>;

#[derive(Debug)]
pub(super) struct Pool {
    jobs: Option<mpsc::Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue_length_max: usize,
}

impl Pool {
    pub(super) fn start(shared: &Arc<Shared>) -> Result<Self, Error> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let mut threads = Vec::new();
        for number in 0..shared.settings.reader_threads {
            let queue = Arc::clone(&queue);
            let shared = Arc::downgrade(shared);
            let thread = std::thread::Builder::new()
                .name(format!("sqlite-reader-{number}"))
                .spawn(move || work(&queue, &shared))
                .map_err(|error| Error::Failed(format!("cannot start a reader thread: {error}")))?;
            threads.push(thread);
        }
        Ok(Pool {
            jobs: Some(jobs),
            threads,
            places: Arc::new(Semaphore::new(shared.settings.reader_threads)),
            waiting: AtomicUsize::new(0),
            queue_length_max: shared.settings.queue_length_max,
        })
    }

    /// Waits for a place among the heavy reads.
    pub(super) async fn place(&self, deadline: Instant) -> Result<OwnedSemaphorePermit, Error> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let _waiting = Waiting::enter(&self.waiting, self.queue_length_max)?;
        let place = Arc::clone(&self.places).acquire_owned();
        match tokio::time::timeout_at(deadline.into(), place).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(Error::Failed("the pool is closed".to_owned())),
            Err(_) => Err(Error::Busy("no reader thread became free before the deadline".to_owned())),
        }
    }

    /// Runs a job on the next free thread. Call it only with a place in hand: then one is free.
    pub(super) fn run(&self, job: Job) {
        // Without a receiver every thread has ended; the caller sees that its answer never comes.
        let _ = self.jobs.as_ref().map(|jobs| jobs.send(job));
    }
}

impl Drop for Pool {
    /// Ends the threads, so that their connections are closed: the last one to close empties the write-ahead log.
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A thread that panicked has closed its connection too.
            let _ = thread.join();
        }
    }
}

fn work(queue: &Mutex<mpsc::Receiver<Job>>, shared: &Weak<Shared>) {
    let mut kept: Option<Reader> = None;
    loop {
        let job = lock(queue).recv_timeout(IDLE_CHECK);
        let Some(shared) = shared.upgrade() else { return };
        let job = match job {
            Ok(job) => job,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                // A connection to a file that was replaced must not stay open: its log would be taken for the new
                // file's.
                kept = kept.filter(|reader| reader.generation == shared.generation.load(Ordering::Acquire));
                continue;
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => return,
        };
        let generation = shared.generation.load(Ordering::Acquire);
        if kept.as_ref().is_none_or(|reader| reader.generation != generation) {
            kept = None;
            match shared.open_reader(LOCK_WAIT) {
                Ok(reader) => kept = Some(reader),
                Err(error) => {
                    job(Err(error));
                    continue;
                }
            }
        }
        if let Some(reader) = kept.as_mut() {
            job(Ok(reader));
        }
    }
}

/// Counts a read that waits for a place.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn enter(count: &'a AtomicUsize, max: usize) -> Result<Self, Error> {
        let waiting = Waiting(count);
        if count.fetch_add(1, Ordering::AcqRel) >= max {
            return Err(Error::Busy(format!("{max} reads wait already")));
        }
        Ok(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
