//! Locks around data that is whole after every statement.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after a panic of whoever held the lock: the data behind it is whole all the same.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
