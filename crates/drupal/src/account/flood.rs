//! Who failed to log in of late, and whether that was too often.
//!
//! Drupal counts failures in a table, which cannot be written from here: failures are counted in memory, by the same
//! limits, and those that Drupal has counted are not known.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::php::Php;
use crate::site::Site;

/// Accounts and addresses that are kept in mind.
const KEPT_MAX: usize = 16 * 1024;
/// The highest limit that is heeded: each failure up to it takes room.
const LIMIT_MAX: i64 = 1000;

/// How often may somebody fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Limit {
    count: usize,
    window: Duration,
}

/// `user.flood`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    of_account: Limit,
    of_address: Limit,
    /// Whether failures for an account count from whatever address.
    account_only: bool,
}

impl Limits {
    /// Those of a site.
    pub(super) fn of(site: &Site) -> Self {
        let config = site.config.get("user.flood");
        let number = |name, usual| match config.and_then(|config| config.get(name)) {
            Some(Php::Integer(number)) => *number,
            _ => usual,
        };
        let limit = |count: i64, seconds: i64| Limit {
            count: usize::try_from(count.clamp(0, LIMIT_MAX)).unwrap_or_default(),
            window: Duration::from_secs(u64::try_from(seconds).unwrap_or_default()),
        };
        Self {
            of_account: limit(number("user_limit", 5), number("user_window", 21_600)),
            of_address: limit(number("ip_limit", 50), number("ip_window", 3_600)),
            account_only: config.and_then(|config| config.get("uid_only")) == Some(&Php::Bool(true)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Account(i64, Option<IpAddr>),
    Address(IpAddr),
}

/// Failures that count.
#[derive(Debug, Default)]
pub(super) struct Failures(Mutex<HashMap<Key, Kept>>);

#[derive(Debug)]
struct Kept {
    window: Duration,
    times: VecDeque<Instant>,
}

/// Somebody tries, from an address, to log in to an account if there is one of that name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    address: IpAddr,
    account: Option<i64>,
    limits: Limits,
}

impl Attempt {
    pub(super) fn new(limits: Limits, address: IpAddr, account: Option<i64>) -> Self {
        Self { address: network_of(address), account, limits }
    }

    fn places(&self) -> impl Iterator<Item = (Key, Limit)> {
        let from = Some(self.address).filter(|_| !self.limits.account_only);
        let account = self.account.map(|account| (Key::Account(account, from), self.limits.of_account));
        account.into_iter().chain([(Key::Address(self.address), self.limits.of_address)])
    }
}

impl Failures {
    /// Counts an attempt as failed, before it is known whether it is: else many could be made at once. False: there
    /// were too many before it.
    pub(super) fn count(&self, attempt: &Attempt, now: Instant) -> bool {
        let mut kept = self.lock();
        for (key, limit) in attempt.places() {
            if kept.get_mut(&key).map_or(0, |kept| kept.count(now)) >= limit.count {
                return false;
            }
        }
        for (key, limit) in attempt.places() {
            if kept.len() >= KEPT_MAX && !kept.contains_key(&key) {
                make_room(&mut kept, now);
            }
            let found =
                kept.entry(key).or_insert_with(|| Kept { window: limit.window, times: VecDeque::new() });
            found.window = limit.window;
            found.times.push_back(now);
        }
        true
    }

    /// The attempt was right after all. Failures for the account from there are forgotten, others of the address are not.
    pub(super) fn was_right(&self, attempt: &Attempt) {
        self.was_none(attempt);
        let mut kept = self.lock();
        for (key, _) in attempt.places() {
            if matches!(key, Key::Account(..)) {
                kept.remove(&key);
            }
        }
    }

    /// It did not come to an attempt.
    pub(super) fn was_none(&self, attempt: &Attempt) {
        let mut kept = self.lock();
        for (key, _) in attempt.places() {
            if let Some(found) = kept.get_mut(&key) {
                found.times.pop_back();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// How many there are within the window.
    fn count(&mut self, now: Instant) -> usize {
        while self.times.front().is_some_and(|time| now.duration_since(*time) >= self.window) {
            self.times.pop_front();
        }
        self.times.len()
    }
}

/// Forgets what no longer counts; if too much of it does, the older half.
fn make_room(kept: &mut HashMap<Key, Kept>, now: Instant) {
    kept.retain(|_, kept| kept.count(now) > 0);
    if kept.len() > KEPT_MAX / 2 {
        let mut last: Vec<Option<Instant>> = kept.values().map(|kept| kept.times.back().copied()).collect();
        let (_, middle, _) = last.select_nth_unstable(KEPT_MAX / 2);
        let middle = *middle;
        kept.retain(|_, kept| kept.times.back().copied() > middle);
    }
}

/// One who has an IPv6 address has 2^64 of them.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        of_account: Limit { count: 2, window: Duration::from_secs(10) },
        of_address: Limit { count: 4, window: Duration::from_secs(100) },
        account_only: false,
    };

    fn attempt(address: &str, account: i64) -> Attempt {
        Attempt::new(LIMITS, address.parse().unwrap(), Some(account))
    }

    #[test]
    fn accounts_are_closed_for_an_address() {
        let (failures, now) = (Failures::default(), Instant::now());
        let ann = attempt("10.0.0.1", 1);
        assert!(failures.count(&ann, now) && failures.count(&ann, now) && !failures.count(&ann, now));
        assert!(failures.count(&attempt("10.0.0.2", 1), now) && failures.count(&attempt("10.0.0.1", 2), now));
        assert!(failures.count(&ann, now + Duration::from_secs(10)));
    }

    #[test]
    fn accounts_are_closed_for_all() {
        let (failures, now) = (Failures::default(), Instant::now());
        let limits = Limits { account_only: true, ..LIMITS };
        let from = |address: &str| Attempt::new(limits, address.parse().unwrap(), Some(1));
        assert!(failures.count(&from("10.0.0.1"), now) && failures.count(&from("10.0.0.2"), now));
        assert!(!failures.count(&from("10.0.0.3"), now));
    }

    #[test]
    fn addresses_are_closed() {
        let (failures, now) = (Failures::default(), Instant::now());
        for account in 0..4 {
            assert!(failures.count(&attempt("2001:db8::1", account), now));
        }
        assert!(!failures.count(&attempt("2001:db8::2", 9), now), "the same network");
        assert!(!failures.count(&Attempt::new(LIMITS, "2001:db8::3".parse().unwrap(), None), now));
        assert!(failures.count(&attempt("2001:db8:0:1::1", 9), now));
    }

    #[test]
    fn what_is_right_clears_the_account() {
        let (failures, now) = (Failures::default(), Instant::now());
        let ann = attempt("10.0.0.1", 1);
        for _ in 0..10 {
            assert!(failures.count(&ann, now));
            failures.was_right(&ann);
            assert!(failures.count(&ann, now));
            failures.was_none(&ann);
        }
    }

    #[test]
    fn room_is_bounded() {
        let (failures, now) = (Failures::default(), Instant::now());
        let attempt = |number: u32| Attempt::new(LIMITS, IpAddr::V4(number.into()), Some(number.into()));
        for number in 0..u32::try_from(KEPT_MAX).unwrap() {
            assert!(failures.count(&attempt(number), now + Duration::from_micros(number.into())));
        }
        assert!(failures.lock().len() <= KEPT_MAX);
        let last = attempt(u32::try_from(KEPT_MAX).unwrap() - 1);
        assert!(failures.count(&last, now) && !failures.count(&last, now), "what is new is kept");
    }
}
