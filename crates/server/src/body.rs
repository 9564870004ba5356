//! Request bodies: read no further than the limit, within the time a request has.
//!
//! A body that nobody asks for is read and forgotten, so that the connection can serve the next request; one that the
//! handler needs is kept in one piece.
//!
//! An announced length beyond the limit is refused before anything is read. A client that asks first with `Expect:
//! 100-continue` is told to go on by the first read: it sends nothing that is refused, and nothing that there is no
//! room for yet.

use std::time::Instant;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::sync::OwnedSemaphorePermit;

use crate::budget::{Budget, SMALL_BYTES_MAX};
use crate::error::EdgeError;

/// A body in one piece, with its share of the memory that large ones have together.
#[derive(Default)]
pub(crate) struct Received {
    bytes: Bytes,
    _share: Option<OwnedSemaphorePermit>,
}

impl Received {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Reads bodies on behalf of one request.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) bytes_max: usize,
    pub(crate) deadline: Instant,
    /// The memory that bodies share.
    pub(crate) budget: &'a Budget,
}

impl Reader<'_> {
    /// Reads a body to its end and forgets it.
    pub(crate) async fn discard(self, body: &mut Incoming) -> Result<(), EdgeError> {
        self.check_announced(body)?;
        let mut length = 0;
        while let Some(data) = self.next(body, &mut length).await? {
            drop(data);
        }
        Ok(())
    }

    /// Reads a body to its end and keeps it.
    pub(crate) async fn collect(self, body: &mut Incoming) -> Result<Received, EdgeError> {
        let announced = self.check_announced(body)?;
        let mut share = None;
        if announced > SMALL_BYTES_MAX {
            share = Some(self.reserve(announced).await?);
        }
        let mut length = 0;
        let Some(first) = self.next(body, &mut length).await? else { return Ok(Received::default()) };
        if body.is_end_stream() {
            // Most bodies arrive together with their head: they are used where they are.
            return Ok(Received { bytes: first, _share: share });
        }
        let mut bytes = BytesMut::with_capacity(announced.max(first.len()));
        bytes.extend_from_slice(&first);
        drop(first);
        while let Some(data) = self.next(body, &mut length).await? {
            if length > SMALL_BYTES_MAX && share.is_none() {
                // It did not say how long it will be. Asked for at once, so that no two wait for each other's rest.
                share = Some(self.reserve(self.bytes_max).await?);
            }
            bytes.extend_from_slice(&data);
        }
        Ok(Received { bytes: bytes.freeze(), _share: share })
    }

    /// The length that is known before anything is read; 0 if none is.
    fn check_announced(self, body: &Incoming) -> Result<usize, EdgeError> {
        let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if announced > self.bytes_max { Err(self.too_large()) } else { Ok(announced) }
    }

    /// What arrives next; nothing at the end. Trailers are skipped.
    async fn next(self, body: &mut Incoming, length: &mut usize) -> Result<Option<Bytes>, EdgeError> {
        loop {
            let frame = tokio::time::timeout_at(self.deadline.into(), body.frame()).await;
            let Some(frame) = frame.map_err(|_| EdgeError::RequestTimeout)? else { return Ok(None) };
            let Ok(data) = frame.map_err(|_| EdgeError::MalformedBody)?.into_data() else { continue };
            *length += data.len();
            return if *length > self.bytes_max { Err(self.too_large()) } else { Ok(Some(data)) };
        }
    }

    async fn reserve(self, bytes: usize) -> Result<OwnedSemaphorePermit, EdgeError> {
        self.budget.reserve(bytes, self.deadline).await.ok_or(EdgeError::NoRoom)
    }

    fn too_large(self) -> EdgeError {
        EdgeError::BodyTooLarge { bytes_max: self.bytes_max }
    }
}
