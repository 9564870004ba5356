//! Memory that bodies may hold: those of requests until they are answered, those of responses until they are sent.
//!
//! A client that reads slowly keeps its response in memory, one that sends slowly its request. Small bodies are bounded
//! by the number of connections; each large one takes its size from a budget that all connections share, and gives it
//! back when its last byte is sent or dropped. Either direction has a budget of its own: a request that holds its body
//! must never wait for another's to make room for its answer.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::IoSlice;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::{Buf, Bytes};
use docent_engine::Body;
use hyper::body::{Frame, SizeHint};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bodies up to this size are not counted.
pub(crate) const SMALL_BYTES_MAX: usize = 64 * 1024;
const UNIT_BYTES: usize = 1024;

/// The memory that all large bodies of one direction share.
pub(crate) struct Budget {
    units: Arc<Semaphore>,
    units_max: u32,
}

/// A body on its way out: one frame, so that it is written with the head in one go.
#[derive(Default)]
pub(crate) struct Sending(Option<Parts>);

impl Sending {
    /// Bytes to be sent.
    pub(crate) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, Parts::remaining)
    }
}

impl From<Body> for Sending {
    fn from(body: Body) -> Self {
        if body.is_empty() {
            return Self::default();
        }
        let (first, rest) = body.into_parts();
        Self(Some(Parts::new(first.into(), rest.into_iter().map(Bytes::from).collect())))
    }
}

impl hyper::body::Body for Sending {
    type Data = Parts;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Parts>, Infallible>>> {
        Poll::Ready(self.0.take().map(|parts| Ok(Frame::data(parts))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.len() as u64)
    }
}

/// The parts of a body, written without being copied into one.
pub(crate) struct Parts {
    first: Bytes,
    rest: VecDeque<Bytes>,
    /// Bytes of all of them: hyper asks for it with every write.
    remaining: usize,
}

impl Parts {
    fn new(first: Bytes, rest: VecDeque<Bytes>) -> Self {
        let remaining = first.len() + rest.iter().map(Bytes::len).sum::<usize>();
        Self { first, rest, remaining }
    }
}

impl Buf for Parts {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn chunk(&self) -> &[u8] {
        &self.first
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let parts = std::iter::once(&self.first).chain(&self.rest);
        let filled = slices.iter_mut().zip(parts.filter(|part| !part.is_empty()));
        filled.map(|(slice, part)| *slice = IoSlice::new(part)).count()
    }

    fn advance(&mut self, mut count: usize) {
        self.remaining -= count;
        while count >= self.first.len() {
            count -= self.first.len();
            match self.rest.pop_front() {
                Some(part) => self.first = part,
                None => return self.first.clear(),
            }
        }
        self.first.advance(count);
    }
}

/// A part together with the body's share of the budget.
struct Paid {
    part: Vec<u8>,
    _share: Arc<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for Paid {
    fn as_ref(&self) -> &[u8] {
        &self.part
    }
}

impl Budget {
    pub(crate) fn new(bytes_max: usize) -> Self {
        let units_max = u32::try_from(bytes_max / UNIT_BYTES).unwrap_or(u32::MAX).max(1);
        let permits = usize::try_from(units_max).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { units: Arc::new(Semaphore::new(permits)), units_max }
    }

    /// A share of that size once there is room for it; nothing if there is none before the deadline.
    ///
    /// A body larger than the whole budget waits until there is no other.
    pub(crate) async fn reserve(&self, bytes: usize, deadline: Instant) -> Option<OwnedSemaphorePermit> {
        let units = u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX).min(self.units_max);
        let share = Arc::clone(&self.units).acquire_many_owned(units);
        tokio::time::timeout_at(deadline.into(), share).await.ok()?.ok()
    }

    /// The body, ready to be sent, once there is room for it; nothing if there is none before the deadline.
    pub(crate) async fn admit(&self, body: Body, deadline: Instant) -> Option<Sending> {
        if body.len() <= SMALL_BYTES_MAX {
            return Some(body.into());
        }
        // In a box, because the future of every small response would have to carry the timer along.
        Box::pin(self.share(body, deadline)).await
    }

    async fn share(&self, body: Body, deadline: Instant) -> Option<Sending> {
        let share = Arc::new(self.reserve(body.len(), deadline).await?);
        let pay = |part| Bytes::from_owner(Paid { part, _share: Arc::clone(&share) });
        let (first, rest) = body.into_parts();
        Some(Sending(Some(Parts::new(pay(first), rest.into_iter().map(pay).collect()))))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(20)
    }

    fn zeros(kib: usize) -> Body {
        vec![0; kib * 1024].into()
    }

    #[tokio::test]
    async fn large_bodies_share_the_budget() {
        let budget = Budget::new(256 * 1024);
        let first = budget.admit(zeros(150), soon()).await.unwrap();
        assert!(budget.admit(zeros(150), soon()).await.is_none());
        assert!(budget.admit(zeros(64), soon()).await.is_some(), "small bodies are not counted");
        let rest = first.0.unwrap().first.slice(1..2);
        assert!(budget.admit(zeros(150), soon()).await.is_none(), "a byte is still to be sent");
        drop(rest);
        assert!(budget.admit(zeros(150), soon()).await.is_some());
    }

    #[tokio::test]
    async fn a_body_beyond_the_budget_takes_all_of_it() {
        let budget = Budget::new(100 * 1024);
        let whole = budget.admit(zeros(1024), soon()).await.unwrap();
        assert!(budget.admit(zeros(65), soon()).await.is_none());
        drop(whole);
        assert!(budget.admit(zeros(65), soon()).await.is_some());
    }

    #[tokio::test]
    async fn parts_are_sent_in_order() {
        for budget in [Budget::new(1024), Budget::new(1024 * 1024)] {
            let mut body = Body::from(b"head".to_vec());
            body.push(vec![b'x'; 70_000]);
            body.push(b"tail".to_vec());
            let sending = budget.admit(body.clone(), soon()).await.unwrap();
            assert_eq!(sending.len(), 70_008);
            let mut parts = sending.0.unwrap();
            let mut slices = [IoSlice::new(&[]); 4];
            assert_eq!(parts.chunks_vectored(&mut slices), 3);
            let filled: Vec<u8> = slices[..3].iter().flat_map(|slice| slice.to_vec()).collect();
            assert_eq!(filled, body.concat());
            let mut sent = Vec::new();
            while parts.has_remaining() {
                // Sockets take what they like.
                let count = parts.chunk().len().min(5).max(parts.remaining().min(9_999));
                sent.extend_from_slice(&body.concat()[sent.len()..][..count]);
                parts.advance(count);
                assert_eq!(parts.chunk().first(), body.concat().get(sent.len()));
            }
            assert_eq!(sent.len(), 70_008);
        }
    }
}
