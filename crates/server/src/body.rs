//! Request bodies: read no further than the limit, within the time a request has.

use std::time::Instant;

use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use crate::error::EdgeError;

/// Reads a body to its end and forgets it, so that the connection can serve the next request.
///
/// An announced length beyond the limit is refused before anything is read: a client that asks first with `Expect:
/// 100-continue` then sends nothing.
pub(crate) async fn discard(
    body: &mut Incoming,
    bytes_max: usize,
    deadline: Instant,
) -> Result<(), EdgeError> {
    if body.is_end_stream() {
        return Ok(());
    }
    let too_large = EdgeError::BodyTooLarge { bytes_max };
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(too_large);
    }
    let read = async {
        let mut bytes = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| EdgeError::MalformedBody)?;
            bytes += frame.data_ref().map_or(0, bytes::Bytes::len);
            if bytes > bytes_max {
                return Err(too_large);
            }
        }
        Ok(())
    };
    tokio::time::timeout_at(deadline.into(), read).await.unwrap_or(Err(EdgeError::RequestTimeout))
}
