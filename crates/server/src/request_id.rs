//! Request ids: in `X-Request-Id`, in error objects and in the log.

use std::cell::{Cell, RefCell};
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};

/// Carries the id in requests and responses.
pub(crate) static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id taken over from a client.
const LENGTH_MAX: usize = 128;

/// Random per process, so that ids of two processes, or of one before and after a restart, do not meet in a log.
static PREFIX: LazyLock<String> = LazyLock::new(|| {
    let random = RandomState::new().hash_one(0);
    format!("{:08x}", random & 0xffff_ffff)
});

/// Makes ids for one worker: `1f8e03c2-0-2a`, of process, worker and a number that counts up.
pub(crate) struct RequestIds {
    next: Cell<u64>,
    /// The last id made; all ids share its beginning.
    id: RefCell<Vec<u8>>,
    prefix_bytes: usize,
}

impl RequestIds {
    pub(crate) fn new(worker: usize) -> Self {
        let id = format!("{}-{worker:x}-", *PREFIX).into_bytes();
        Self { next: Cell::new(1), prefix_bytes: id.len(), id: RefCell::new(id) }
    }

    /// The client's id if it sent a usable one, else a new one.
    pub(crate) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        match headers.get(&X_REQUEST_ID) {
            Some(value) if is_usable(value) => value.clone(),
            _ => self.fresh(),
        }
    }

    /// A new id.
    pub(crate) fn fresh(&self) -> HeaderValue {
        let number = self.next.replace(self.next.get() + 1);
        let mut id = self.id.borrow_mut();
        id.truncate(self.prefix_bytes);
        number_in_hex(&mut id, number);
        HeaderValue::from_bytes(&id).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }
}

/// Appends a number in hexadecimal digits.
fn number_in_hex(out: &mut Vec<u8>, number: u64) {
    let count = (number.checked_ilog2().unwrap_or(0) / 4) + 1;
    let digits = (0..count).rev().map(|place| number >> (4 * place) & 0xf);
    out.extend(digits.map(|digit| b"0123456789abcdef"[usize::try_from(digit).unwrap_or(0)]));
}

/// Whether a client's id is safe to repeat in logs and documents.
fn is_usable(value: &HeaderValue) -> bool {
    let id = value.as_bytes();
    (1..=LENGTH_MAX).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
}

/// The id as text. It is ASCII wherever it came from.
pub(crate) fn text(id: &HeaderValue) -> &str {
    id.to_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ids_differ() {
        let ids = RequestIds::new(11);
        let made: Vec<_> = (0..40).map(|_| ids.fresh()).collect();
        let texts: Vec<_> = made.iter().map(text).collect();
        assert!(texts[0].ends_with("-b-1") && texts[16].ends_with("-b-11"), "{texts:?}");
        assert!(made.iter().all(is_usable));
    }

    #[test]
    fn ids_of_clients() {
        let ids = RequestIds::new(0);
        let mut headers = HeaderMap::new();
        for (sent, kept) in [
            ("a.B_9-", true),
            (&"x".repeat(128), true),
            (&"x".repeat(129), false),
            ("", false),
            ("a b", false),
        ] {
            headers.insert(&X_REQUEST_ID, HeaderValue::from_str(sent).unwrap());
            assert_eq!(ids.of(&headers) == sent, kept, "{sent}");
        }
    }
}
