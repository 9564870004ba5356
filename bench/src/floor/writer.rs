//! The one thread that writes: what waits when a commit is due is committed with it, each within a savepoint.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rusqlite::{Connection, Result, Statement};
use tokio::sync::oneshot;

use super::changes::{Change, Changes, Outcome};

/// Writes committed at once.
const MEMBERS_MAX: usize = 64;

/// A write, and who waits for it. If the sender is dropped the write has not happened.
struct Job {
    change: Change,
    answer: oneshot::Sender<Result<Outcome>>,
}

/// The way to the thread.
#[derive(Clone)]
pub(crate) struct Writer(Sender<Job>);

impl Writer {
    /// Opens the database and starts the thread.
    pub(super) fn start(file: &Path, base: &'static str) -> Result<Self> {
        // Fails here, before anyone connects, rather than in the thread.
        drop(Changes::open(file, base)?);
        let (sender, jobs) = channel();
        let file = file.to_owned();
        thread::spawn(move || {
            if let Ok(mut connection) = Thread::open(&file, base) {
                connection.work(&jobs).ok();
            }
        });
        Ok(Self(sender))
    }

    /// Has it written; `None` if that cannot be done now.
    pub(super) async fn write(&self, change: Change) -> Option<Result<Outcome>> {
        let (answer, answered) = oneshot::channel();
        self.0.send(Job { change, answer }).ok()?;
        answered.await.ok()
    }
}

/// What the thread owns.
struct Thread {
    changes: Changes,
    begin: Statement<'static>,
    commit: Statement<'static>,
    roll_back: Statement<'static>,
    mark: Statement<'static>,
    release: Statement<'static>,
    undo: Statement<'static>,
}

impl Thread {
    fn open(file: &Path, base: &str) -> Result<Self> {
        let (changes, connection): (_, &'static Connection) = Changes::open(file, base)?;
        Ok(Self {
            changes,
            begin: connection.prepare("BEGIN IMMEDIATE")?,
            commit: connection.prepare("COMMIT")?,
            roll_back: connection.prepare("ROLLBACK")?,
            mark: connection.prepare("SAVEPOINT job")?,
            release: connection.prepare("RELEASE job")?,
            undo: connection.prepare("ROLLBACK TO job")?,
        })
    }

    /// Ends when nobody can send any more, or when not even a transaction can be ended.
    fn work(&mut self, jobs: &Receiver<Job>) -> Result<()> {
        while let Ok(first) = jobs.recv() {
            self.begin.execute([])?;
            let mut members = Vec::new();
            let mut next = Some(first);
            while let Some(Job { change, answer }) = next {
                members.push((answer, self.in_savepoint(&change)?));
                next = if members.len() < MEMBERS_MAX { jobs.try_recv().ok() } else { None };
            }
            if self.commit.execute([]).is_err() {
                self.roll_back.execute([])?;
                continue;
            }
            for (answer, outcome) in members {
                // Nobody waits any more if the connection was closed.
                answer.send(outcome).ok();
            }
        }
        Ok(())
    }

    /// Performs one of many; if it is refused nothing of it remains, and the others do.
    fn in_savepoint(&mut self, change: &Change) -> Result<Result<Outcome>> {
        self.mark.execute([])?;
        let outcome = self.changes.perform(change);
        if outcome.is_err() {
            self.undo.execute([])?;
        }
        self.release.execute([])?;
        Ok(outcome)
    }
}
