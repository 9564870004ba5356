//! Connections that nobody uses, each at home on the thread that opened it.
//!
//! A connection wakes whoever waits for it from its own thread. Each thread therefore keeps to its own connections, and
//! uses another's only where no more may be opened: that works all the same, a little slower.

use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use crate::lock::lock;

#[derive(Debug)]
pub(crate) struct Idle<C> {
    inner: Mutex<Inner<C>>,
    connections_max: usize,
}

#[derive(Debug)]
struct Inner<C> {
    idle: Vec<Settled<C>>,
    /// The threads that have asked for connections. Each of theirs that is open holds on to its home.
    homes: Vec<Home>,
}

type Home = Arc<ThreadId>;

/// A connection with its home.
#[derive(Debug)]
pub(crate) struct Settled<C> {
    pub(crate) connection: C,
    home: Home,
}

impl<C> Settled<C> {
    /// The thread that wakes whoever waits for it.
    pub(crate) fn thread(&self) -> ThreadId {
        *self.home
    }
}

impl<C> Idle<C> {
    /// For so many connections, idle or not.
    pub(crate) fn new(connections_max: usize) -> Self {
        Idle { inner: Mutex::new(Inner { idle: Vec::new(), homes: Vec::new() }), connections_max }
    }

    /// A usable connection: one of this thread's, or where no more may be opened another's. None if one is to be opened;
    /// where this thread has fewer than its share, another's was closed for it.
    ///
    /// Whoever asks has a place for it; `free` is how many places nobody has.
    pub(crate) fn take(&self, free: usize, is_usable: impl Fn(&C) -> bool) -> Option<Settled<C>> {
        let mut inner = lock(&self.inner);
        inner.idle.retain(|settled| is_usable(&settled.connection));
        let here = thread::current().id();
        if let Some(own) = inner.idle.iter().rposition(|settled| *settled.home == here) {
            return Some(inner.idle.swap_remove(own));
        }
        // Every place that is taken stands for a connection, this one included.
        if inner.idle.len() <= free {
            return None;
        }
        let (open, share) = (inner.open(here), self.connections_max / inner.homes.len());
        let other = inner.idle.pop();
        other.filter(|_| open >= share)
    }

    /// A connection that was opened on this thread.
    pub(crate) fn settle(&self, connection: C) -> Settled<C> {
        Settled { connection, home: lock(&self.inner).home(thread::current().id()) }
    }

    /// Keeps one that nobody uses any more.
    pub(crate) fn put_back(&self, settled: Settled<C>) {
        lock(&self.inner).idle.push(settled);
    }

    /// Closes all that nobody uses.
    pub(crate) fn close_all(&self) {
        lock(&self.inner).idle.clear();
    }
}

impl<C> Inner<C> {
    fn home(&mut self, thread: ThreadId) -> Home {
        if let Some(home) = self.homes.iter().find(|home| ***home == thread) {
            return Arc::clone(home);
        }
        // Threads may have ended; those that have not come again.
        self.homes.retain(|home| Arc::strong_count(home) > 1);
        let home = Arc::new(thread);
        self.homes.push(Arc::clone(&home));
        home
    }

    /// How many connections of a thread are open.
    fn open(&mut self, thread: ThreadId) -> usize {
        // The list holds one as well, and so does this function.
        Arc::strong_count(&self.home(thread)) - 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does something on a thread that lives no longer than this.
    fn elsewhere<T: Send>(work: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| scope.spawn(work).join().unwrap())
    }

    fn opened_elsewhere(idle: &Idle<u8>, connections: &[u8]) {
        elsewhere(|| {
            for connection in connections {
                idle.put_back(idle.settle(*connection));
            }
        });
    }

    fn take(idle: &Idle<u8>, free: usize) -> Option<u8> {
        idle.take(free, |_| true).map(|settled| settled.connection)
    }

    #[test]
    fn a_thread_keeps_to_its_own() {
        let idle = Idle::new(4);
        opened_elsewhere(&idle, &[1, 2]);
        assert_eq!(take(&idle, 3), None, "more may be opened");
        let own = idle.settle(3);
        assert_eq!(own.thread(), thread::current().id());
        idle.put_back(own);
        assert_eq!(take(&idle, 3), Some(3));
    }

    #[test]
    fn a_thread_with_its_share_uses_those_of_others() {
        let idle = Idle::new(2);
        opened_elsewhere(&idle, &[1]);
        let used = idle.settle(2);
        assert_eq!(take(&idle, 0), Some(1));
        drop(used);
    }

    #[test]
    fn a_thread_gets_its_share() {
        let idle = Idle::new(3);
        opened_elsewhere(&idle, &[1, 2, 3]);
        // This thread is the second, so one is its share.
        assert_eq!(take(&idle, 2), None, "another's was closed");
        let own = idle.settle(4);
        assert_eq!(take(&idle, 1), Some(2), "this thread has its share");
        drop(own);
    }

    #[test]
    fn what_is_of_no_use_is_closed() {
        let idle = Idle::new(1);
        idle.put_back(idle.settle(1));
        assert!(idle.take(0, |_| false).is_none());
        assert_eq!(take(&idle, 0), None);
    }
}
