//! SQLite: cheap reads on the thread that asks, the rest on a few reader threads, each with its own connection; all
//! writes on one thread, which commits many of them at once.
//!
//! The adapter owns its connections and notices when the file is replaced, vanishes or changes its schema. It
//! leaves what to read, and when to read the schema again, to its caller.

mod collations;
mod declared;
mod definition;
mod file;
mod functions;
mod guard;
mod hold;
mod introspect;
mod keys;
mod pool;
mod reader;
mod settings;
mod side;
mod watch;
mod writer;

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use thread_local::ThreadLocal;
use tokio::sync::{oneshot, watch as channel};

pub use self::file::create;
use self::guard::{Cheap, INSTRUCTIONS_PER_CHECK, Limits, Stop};
use self::reader::{Ran, Reader};
pub use self::settings::{Settings, Synchronous};
pub(crate) use self::side::Held;
use crate::database::{Cost, ReadOutcome, WriteOutcome};
use crate::error::Error;
use crate::keys::{Claimed, KeyClaim};
use crate::lock::lock;
use crate::program::Program;
use crate::schema::Schema;
use crate::transaction::Transaction;

/// A SQLite file being served.
#[derive(Debug)]
pub struct Adapter {
    // Dropped in this order: threads end and close their connections before the last ones are closed here.
    pool: pool::Pool,
    /// Where the file may be written.
    writer: Option<writer::Writer>,
    side: side::Side,
    _watch: watch::Watch,
    _hold: hold::Hold,
    shared: Arc<Shared>,
}

/// What the asking threads, the reader threads and the watcher share.
#[derive(Debug)]
struct Shared {
    settings: Settings,
    access: Mutex<reader::Access>,
    /// Counts openings of the file; connections of an earlier one are dropped.
    generation: AtomicU64,
    /// Connections of readers and the writer that are open, of whichever generation.
    open_readers: Arc<AtomicUsize>,
    /// The file that is served: another one under the same name is not opened before everything of this one is closed.
    identity: Mutex<Option<file::Identity>>,
    /// Why the file cannot be read at the moment.
    unavailable: ArcSwapOption<String>,
    /// Connections for cheap reads, of each thread that asks: what a processor has at hand of one is of no use to
    /// another.
    idle: ThreadLocal<Mutex<Vec<Reader>>>,
    wish: Arc<hold::Wish>,
    changes: channel::Sender<u64>,
}

impl Adapter {
    /// Opens a file that exists, turns on write-ahead logging where it can be written, and starts the reader
    /// threads, the writer where asked for, and the watcher. Fails if the file shall be written and cannot be.
    pub fn open(settings: Settings) -> Result<Self, Error> {
        let access = file::prepare(&settings)?;
        let (changes, _) = channel::channel(0);
        let shared = Arc::new(Shared {
            access: Mutex::new(access),
            generation: AtomicU64::new(0),
            open_readers: Arc::default(),
            identity: Mutex::new(file::identity(&settings.path).ok()),
            unavailable: ArcSwapOption::empty(),
            idle: ThreadLocal::new(),
            wish: Arc::default(),
            changes,
            settings,
        });
        let watch = watch::Watch::start(&shared)?;
        let hold = hold::Hold::start(&shared)?;
        let pool = pool::Pool::start(&shared)?;
        let writer = shared.settings.writable.then(|| writer::Writer::start(&shared)).transpose()?;
        let side = side::Side::new(side::Bounds::new(shared.settings.path.clone()));
        Ok(Adapter { pool, writer, side, _watch: watch, _hold: hold, shared })
    }

    /// See [`crate::Database::read`].
    pub async fn read<P: Program>(
        &self,
        mut program: P,
        cost: Cost,
        deadline: Instant,
    ) -> (Option<P>, ReadOutcome) {
        if let Err(error) = self.ready() {
            return (Some(program), ReadOutcome::failed(error));
        }
        let mut was_heavy = false;
        if cost == Cost::Cheap {
            let ran = self.shared.run_cheap(&mut program, deadline);
            if !needs_a_thread(&ran) {
                let outcome =
                    ReadOutcome { result: ran.result, statements: ran.statements, was_heavy, place: None };
                return (Some(program), outcome);
            }
            was_heavy = ran.stopped == Some(Stop::NotCheap);
            program.restart();
        }
        let (program, mut outcome) = self.read_on_thread(program, deadline).await;
        outcome.was_heavy = was_heavy;
        (program, outcome)
    }

    /// See [`crate::Database::write`].
    pub async fn write<T: Transaction>(
        &self,
        transaction: T,
        deadline: Instant,
    ) -> (Option<T>, WriteOutcome) {
        if let Err(error) = self.ready() {
            return (Some(transaction), WriteOutcome::failed(error));
        }
        let Some(writer) = &self.writer else {
            let error = Error::Failed("the file was opened for reading only".to_owned());
            return (Some(transaction), WriteOutcome::failed(error));
        };
        writer.write(transaction, deadline).await
    }

    async fn read_on_thread<P: Program>(
        &self,
        mut program: P,
        deadline: Instant,
    ) -> (Option<P>, ReadOutcome) {
        let place = match self.pool.places.take(deadline).await {
            Ok(place) => place,
            Err(error) => return (Some(program), ReadOutcome::failed(error)),
        };
        let cancelled = Arc::new(AtomicBool::new(false));
        let _cancel = CancelOnDrop(Arc::clone(&cancelled));
        let (answer, answered) = oneshot::channel();
        self.pool.run(Box::new(move |reader| {
            let limits = Limits { deadline, cheap: None, cancelled: Some(cancelled) };
            let ran = reader.map(|reader| reader.run(&mut program, limits, Instant::now()));
            // Nobody waits any more if the request was cancelled.
            let _ = answer.send((program, ran));
        }));
        match answered.await {
            Ok((program, Ok(ran))) => {
                self.shared.after(&ran.result);
                let outcome = ReadOutcome {
                    result: ran.result,
                    statements: ran.statements,
                    was_heavy: false,
                    place: Some(place),
                };
                (Some(program), outcome)
            }
            Ok((program, Err(error))) => (Some(program), ReadOutcome::failed(error)),
            Err(_) => (None, ReadOutcome::failed(Error::Failed("a reader thread ended".to_owned()))),
        }
    }

    /// See [`crate::Database::prepare_keys`].
    pub async fn prepare_keys(&self, remembered: Duration) -> Result<(), Error> {
        self.side.prepare(remembered).await
    }

    /// See [`crate::Database::claim_key`].
    pub async fn claim_key(&self, claim: KeyClaim, deadline: Instant) -> Result<Claimed, Error> {
        self.ready()?;
        self.side.claim(claim, deadline).await
    }

    /// See [`crate::Database::introspect`].
    pub async fn introspect(&self) -> Result<Schema, Error> {
        self.ready()?;
        let (answer, answered) = oneshot::channel();
        let place = self.pool.places.take(Instant::now() + Duration::from_secs(30)).await?;
        self.pool.run(Box::new(move |reader| {
            let schema = reader.and_then(|reader| introspect::schema(reader.connection()));
            let _ = answer.send(schema);
        }));
        let schema = answered.await.map_err(|_| Error::Failed("a reader thread ended".to_owned()))?;
        drop(place);
        schema
    }

    /// See [`crate::Database::ready`].
    pub fn ready(&self) -> Result<(), Error> {
        match self.shared.unavailable.load().as_deref() {
            Some(reason) => Err(Error::Unavailable(reason.clone())),
            None => Ok(()),
        }
    }

    /// See [`crate::Database::schema_changes`].
    pub fn schema_changes(&self) -> channel::Receiver<u64> {
        self.shared.changes.subscribe()
    }
}

/// A cheap attempt that met a lock or used up its time is repeated where waiting harms nobody.
fn needs_a_thread(ran: &Ran) -> bool {
    ran.stopped == Some(Stop::NotCheap) || matches!(ran.result, Err(Error::Busy(_)))
}

impl Shared {
    fn run_cheap<P: Program>(&self, program: &mut P, deadline: Instant) -> Ran {
        let mut reader = match self.idle_reader() {
            Ok(reader) => reader,
            Err(error) => return Ran { result: Err(error), stopped: None, statements: 0 },
        };
        let now = Instant::now();
        self.wish.read(reader.last_run.replace(now), now);
        let cheap = Some(Cheap {
            checks_left: self.settings.cheap_instructions / u32::from(INSTRUCTIONS_PER_CHECK),
            until: now + self.settings.cheap_time,
        });
        let ran = reader.run(program, Limits { deadline, cheap, cancelled: None }, now);
        self.after(&ran.result);
        // Under the lock: `reopen` counts before it clears, so that no connection of an earlier opening stays.
        let mut idle = lock(self.idle.get_or_default());
        if reader.generation == self.generation.load(Ordering::Acquire) {
            idle.push(reader);
        }
        ran
    }

    fn idle_reader(&self) -> Result<Reader, Error> {
        let generation = self.generation.load(Ordering::Acquire);
        while let Some(reader) = lock(self.idle.get_or_default()).pop() {
            if reader.generation == generation {
                return Ok(reader);
            }
        }
        self.open_reader(Duration::ZERO)
    }

    /// Whether the file under the name is the one that is served.
    fn check_identity(&self) -> Result<(), Error> {
        let found =
            file::identity(&self.settings.path).map_err(|error| Error::Unavailable(error.to_string()))?;
        if *lock(&self.identity) != Some(found) {
            return Err(Error::Unavailable("the file is another one now".to_owned()));
        }
        Ok(())
    }

    fn open_reader(&self, wait: Duration) -> Result<Reader, Error> {
        self.check_identity()?;
        let generation = self.generation.load(Ordering::Acquire);
        let access = *lock(&self.access);
        Reader::open(&self.settings, access, generation, wait, &self.open_readers).map_err(reader::classify)
    }

    /// After a failure of the file itself its connections are of no use: the next reads open it anew.
    fn after(&self, result: &Result<(), Error>) {
        if matches!(result, Err(Error::Unavailable(_))) {
            self.reopen();
        }
    }

    fn reopen(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.idle.iter().for_each(|idle| lock(idle).clear());
        self.wish.wake();
    }
}

impl ReadOutcome {
    fn failed(error: Error) -> Self {
        ReadOutcome { result: Err(error), statements: 0, was_heavy: false, place: None }
    }
}

impl WriteOutcome {
    fn failed(error: Error) -> Self {
        WriteOutcome { result: Err(error), statements: 0, position: None }
    }
}

/// Tells a thread that nobody waits for its statement any more.
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
