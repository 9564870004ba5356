//! How a SQLite file is opened, read and written.

use std::path::PathBuf;
use std::time::Duration;

/// When a commit has reached the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// Before it is answered: what was acknowledged survives a loss of power.
    Full,
    /// Some time later: what was acknowledged survives the end of the process, and the file stays whole.
    Normal,
}

/// How a SQLite file is opened, read and written.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file.
    pub path: PathBuf,
    /// Threads for reads that are not cheap, each with its own connection.
    pub reader_threads: usize,
    /// Reads that may wait for one of these threads; further ones are refused as busy.
    pub queue_length_max: usize,
    /// Instructions of SQLite's virtual machine that a cheap read may use on the thread that asked before it moves to a
    /// reader thread; a few dozen are a microsecond.
    pub cheap_instructions: u32,
    /// How long it may run there at most, for disks that are slow.
    pub cheap_time: Duration,
    /// How long a read on a reader thread waits for another process's lock, if its deadline is not earlier.
    pub lock_wait: Duration,
    /// Page cache of each connection, in KiB.
    pub cache_kib: i64,
    /// How much of the file is mapped into memory; 0 reads it instead. A mapped file that another program truncates
    /// ends the process, so only files that are changed through SQLite may be mapped.
    pub mmap_bytes: i64,
    /// Whether to turn on write-ahead logging where the file can be written, so that readers and writers do not wait for
    /// each other. Without it nothing is changed in the file.
    pub write_ahead_log: bool,
    /// Whether it may be written, through one connection that all writes share.
    pub writable: bool,
    /// How durable a write is.
    pub synchronous: Synchronous,
    /// Writes that may wait for the connection; further ones are refused as busy.
    pub write_queue_length_max: usize,
    /// How often the file and its schema are looked at for changes.
    pub watch_interval: Duration,
}

impl Settings {
    /// The settings that suit most files.
    pub fn new(path: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Settings {
            path,
            reader_threads: cores.clamp(2, 4),
            queue_length_max: 256,
            cheap_instructions: 200_000,
            cheap_time: Duration::from_millis(25),
            lock_wait: Duration::from_secs(2),
            cache_kib: 8 * 1024,
            mmap_bytes: 0,
            write_ahead_log: true,
            writable: false,
            synchronous: Synchronous::Full,
            write_queue_length_max: 1_024,
            watch_interval: Duration::from_millis(500),
        }
    }
}
