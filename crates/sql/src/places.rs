//! A bounded number of places, and a bounded number of those who wait for one.
//!
//! What a place stands for is often at home on a thread: whoever uses a connection from another one has that thread
//! woken for each answer. So a place goes to one who waits on the thread it belongs to, and only where nobody does to
//! whoever waits longest; who that is will not be passed over again and again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::Instant;

use tokio::sync::oneshot;

use crate::error::Error;
use crate::lock::lock;

/// How often the one who waits longest is passed over. With a few threads that have as many connections each, its own
/// thread nearly always has one free before that.
const PASSED_OVER_MAX: u32 = 16;

#[derive(Debug)]
pub(crate) struct Places {
    queue: Arc<Mutex<Queue>>,
    waiting_max: usize,
    /// What has a place: a connection.
    thing: &'static str,
}

/// A place that somebody has, free again when it is dropped.
#[derive(Debug)]
pub struct Place {
    queue: Arc<Mutex<Queue>>,
    /// Where it is best used.
    home: ThreadId,
}

#[derive(Debug)]
struct Queue {
    /// Places nobody has; none while somebody waits.
    free: usize,
    waiting: VecDeque<Waiting>,
    /// How often the first of those who wait was passed over.
    passed_over: u32,
}

/// One who waits, unless the other end of the channel is closed.
#[derive(Debug)]
struct Waiting {
    thread: ThreadId,
    granted: oneshot::Sender<Place>,
}

impl Places {
    pub(crate) fn new(count: usize, waiting_max: usize, thing: &'static str) -> Self {
        let queue = Queue { free: count.max(1), waiting: VecDeque::new(), passed_over: 0 };
        Places { queue: Arc::new(Mutex::new(queue)), waiting_max, thing }
    }

    /// Places nobody has.
    pub(crate) fn free(&self) -> usize {
        lock(&self.queue).free
    }

    /// Waits for a place, to use it on this thread.
    pub(crate) async fn take(&self, deadline: Instant) -> Result<Place, Error> {
        let granted = {
            let mut queue = lock(&self.queue);
            if queue.free > 0 {
                queue.free -= 1;
                return Ok(Place { queue: Arc::clone(&self.queue), home: thread::current().id() });
            }
            if queue.waiting.len() >= self.waiting_max {
                queue.waiting.retain(|one| !one.granted.is_closed());
            }
            if queue.waiting.len() >= self.waiting_max {
                let text = format!("{} wait for a {} already", self.waiting_max, self.thing);
                return Err(Error::Busy(text));
            }
            let (granted, grant) = oneshot::channel();
            queue.waiting.push_back(Waiting { thread: thread::current().id(), granted });
            grant
        };
        match tokio::time::timeout_at(deadline.into(), granted).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) => Err(Error::Failed("the pool is closed".to_owned())),
            Err(_) => Err(Error::Busy(format!("no {} became free before the deadline", self.thing))),
        }
    }
}

impl Place {
    /// What has this place is at home on that thread: whoever waits there is to have it next.
    pub(crate) fn belongs_to(&mut self, thread: ThreadId) {
        self.home = thread;
    }
}

impl Queue {
    /// Who gets a place that belongs to a thread.
    fn next(&mut self, home: ThreadId) -> Option<Waiting> {
        while self.waiting.front().is_some_and(|first| first.granted.is_closed()) {
            self.pop_first();
        }
        let is_next = |one: &Waiting| one.thread == home && !one.granted.is_closed();
        match self.waiting.iter().position(is_next) {
            Some(position) if position > 0 && self.passed_over < PASSED_OVER_MAX => {
                self.passed_over += 1;
                self.waiting.remove(position)
            }
            _ => self.pop_first(),
        }
    }

    fn pop_first(&mut self) -> Option<Waiting> {
        self.passed_over = 0;
        self.waiting.pop_front()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let next = {
            let mut queue = lock(&self.queue);
            let next = queue.next(self.home);
            if next.is_none() {
                queue.free += 1;
            }
            next
        };
        if let Some(next) = next {
            // Not sent, because nobody waits any more, it is dropped and goes to the next.
            let _ = next.granted.send(Place { queue: Arc::clone(&self.queue), home: next.thread });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    /// Lets somebody wait on a thread of its own, and tell when it has a place.
    fn wait(
        places: &Arc<Places>,
        name: &'static str,
        order: &Arc<Mutex<Vec<&'static str>>>,
    ) -> thread::JoinHandle<()> {
        let before = lock(&places.queue).waiting.len();
        let (own, order) = (Arc::clone(places), Arc::clone(order));
        let waiting = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let place = runtime.block_on(own.take(soon())).unwrap();
            lock(&order).push(name);
            drop(place);
        });
        while lock(&places.queue).waiting.len() == before {
            thread::yield_now();
        }
        waiting
    }

    /// Who gets the only place in which order, when one waits for it elsewhere and, after that, one here.
    async fn order_of_two(belongs: impl FnOnce(&mut Place, ThreadId)) -> Vec<&'static str> {
        let places = Arc::new(Places::new(1, 10, "connection"));
        let order = Arc::default();
        let mut first = places.take(soon()).await.unwrap();
        let elsewhere = wait(&places, "elsewhere", &order);
        belongs(&mut first, elsewhere.thread().id());
        let here = async {
            let place = places.take(soon()).await.unwrap();
            lock(&order).push("here");
            drop(place);
        };
        let end = async {
            tokio::task::yield_now().await;
            drop(first);
        };
        tokio::join!(here, end);
        elsewhere.join().unwrap();
        assert_eq!(places.free(), 1);
        std::mem::take(&mut *lock(&order))
    }

    #[tokio::test]
    async fn a_place_goes_to_one_who_waits_where_it_belongs() {
        assert_eq!(order_of_two(|_, _| {}).await, ["here", "elsewhere"], "where it was taken");
        assert_eq!(order_of_two(Place::belongs_to).await, ["elsewhere", "here"]);
    }

    #[tokio::test]
    async fn nobody_is_passed_over_for_ever() {
        let places = Arc::new(Places::new(1, 100, "connection"));
        let order = Arc::default();
        let mut held = places.take(soon()).await.unwrap();
        let elsewhere = wait(&places, "elsewhere", &order);
        let mut times = 0;
        while lock(&order).is_empty() {
            let next = places.take(soon());
            let end = async {
                tokio::task::yield_now().await;
                drop(held);
            };
            let (next, ()) = tokio::join!(next, end);
            held = next.unwrap();
            times += 1;
        }
        assert_eq!(times, PASSED_OVER_MAX + 1);
        drop(held);
        elsewhere.join().unwrap();
        assert_eq!(places.free(), 1);
    }

    #[tokio::test]
    async fn who_has_left_gets_no_place_and_takes_no_room() {
        let places = Places::new(1, 2, "connection");
        let held = places.take(soon()).await.unwrap();
        for _ in 0..5 {
            let impatient = places.take(Instant::now() + Duration::from_millis(1)).await;
            assert!(matches!(impatient, Err(Error::Busy(text)) if text.contains("became free")));
        }
        let third = async {
            tokio::task::yield_now().await;
            let refused = places.take(soon()).await;
            assert!(matches!(refused, Err(Error::Busy(text)) if text == "2 wait for a connection already"));
            drop(held);
        };
        let patient = || async { drop(places.take(soon()).await.unwrap()) };
        tokio::join!(patient(), patient(), third);
        assert_eq!(places.free(), 1);
    }
}
