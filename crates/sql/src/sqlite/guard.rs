//! What ends a statement early: a deadline, a cancelled request, or a cheap attempt that turned out not to be cheap.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Instant;

use rusqlite::Connection;

/// SQLite asks the guard after that many of its virtual machine's instructions: some 20 to 50 microseconds.
pub(super) const INSTRUCTIONS_PER_CHECK: u16 = 1_000;

/// Why a statement was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The deadline passed.
    Deadline,
    /// The caller went away.
    Cancelled,
    /// The cheap attempt used up its time.
    NotCheap,
}

/// The limits in force for the read now running on a connection.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) deadline: Instant,
    /// When a cheap attempt gives up; `None` for one that may take its time.
    pub(super) cheap: Option<Cheap>,
    pub(super) cancelled: Option<Arc<AtomicBool>>,
}

/// What a cheap attempt may use. Work is counted in instructions, which do not depend on how busy the machine is; the
/// time only catches a disk that is slow.
#[derive(Debug, Clone)]
pub(super) struct Cheap {
    pub(super) checks_left: u32,
    pub(super) until: Instant,
}

/// A connection's guard, asked by SQLite while a statement runs.
#[derive(Debug, Clone, Default)]
pub(super) struct Guard(Arc<State>);

#[derive(Debug, Default)]
struct State {
    limits: Mutex<Option<Limits>>,
    stopped: AtomicU8,
}

impl Cheap {
    fn is_used_up(&mut self, now: Instant) -> bool {
        self.checks_left = self.checks_left.saturating_sub(1);
        self.checks_left == 0 || now >= self.until
    }
}

impl Guard {
    /// Lets the connection's statements be ended by the guard.
    pub(super) fn install(connection: &mut Connection) -> rusqlite::Result<Self> {
        let guard = Guard::default();
        let asked = guard.clone();
        connection.progress_handler(INSTRUCTIONS_PER_CHECK.into(), Some(move || asked.must_stop()))?;
        Ok(guard)
    }

    /// Puts limits in force, or lifts them.
    pub(super) fn set(&self, limits: Option<Limits>) {
        self.0.stopped.store(0, Ordering::Relaxed);
        *self.lock() = limits;
    }

    /// Whether a limit has been passed; also between statements.
    pub(super) fn must_stop(&self) -> bool {
        let mut limits = self.lock();
        let Some(limits) = limits.as_mut() else { return false };
        let now = Instant::now();
        let stop = if limits.cancelled.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)) {
            Stop::Cancelled
        } else if now >= limits.deadline {
            Stop::Deadline
        } else if limits.cheap.as_mut().is_some_and(|cheap| cheap.is_used_up(now)) {
            Stop::NotCheap
        } else {
            return false;
        };
        self.0.stopped.store(stop as u8 + 1, Ordering::Relaxed);
        true
    }

    /// Which limit ended the last statement, if one did.
    pub(super) fn stopped(&self) -> Option<Stop> {
        match self.0.stopped.load(Ordering::Relaxed) {
            1 => Some(Stop::Deadline),
            2 => Some(Stop::Cancelled),
            3 => Some(Stop::NotCheap),
            _ => None,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Limits>> {
        self.0.limits.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
