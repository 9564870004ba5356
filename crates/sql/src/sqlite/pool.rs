//! The few threads that run reads which are not cheap.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use super::Shared;
use super::reader::Reader;
use crate::error::Error;
use crate::lock::lock;
use crate::places::Places;

/// How often a thread without work looks whether its connection is still one to the file served.
const IDLE_CHECK: Duration = Duration::from_millis(200);

/// Work for a reader thread; it gets the thread's connection, or why there is none.
type Job = Box<dyn FnOnce(Result<&mut Reader, Error>) + Send>;

#[derive(Debug)]
pub(super) struct Pool {
    jobs: Option<mpsc::Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
    /// Those among the heavy reads.
    pub(super) places: Places,
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
            places: Places::new(
                shared.settings.reader_threads,
                shared.settings.queue_length_max,
                "reader thread",
            ),
        })
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
            match shared.open_reader(shared.settings.lock_wait) {
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
