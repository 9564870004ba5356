//! Error documents for requests that are no HTTP.
//!
//! hyper answers such requests by itself, with a status (400, 414 or 431) and no content, and offers no way to say
//! more; then it closes the connection. Its answer passes through our stream, where it is recognised and replaced: a
//! response head with an empty body that lacks the request id which every answer of ours carries.
//!
//! What stays without a document: a client that speaks HTTP/2 or TLS to this port, or that falls silent in the middle
//! of a request head, sees the connection close.

use crate::error::EdgeError;

/// Everything before the status code's first digit, in both versions.
const HEADS: [&[u8]; 2] = [b"HTTP/1.1 4", b"HTTP/1.0 4"];

/// Tells of a malformed request and returns the id it got.
type Told = Box<dyn Fn(&EdgeError) -> String>;

/// What becomes of hyper's own answers on one connection.
pub(crate) struct Malformed {
    told: Told,
    replacement: Option<Vec<u8>>,
    written: usize,
}

impl Malformed {
    /// `told` is called once for a malformed request; it returns the request's id.
    pub(crate) fn new(told: impl Fn(&EdgeError) -> String + 'static) -> Self {
        Self { told: Box::new(told), replacement: None, written: 0 }
    }

    /// Whether `bytes`, about to be written, are an answer of hyper's own, which [`Malformed::rest`] replaces.
    pub(crate) fn takes_over(&mut self, bytes: &[u8]) -> bool {
        if self.replacement.is_none() {
            // Nearly every write ends here.
            if !HEADS.iter().any(|head| bytes.starts_with(head)) {
                return false;
            }
            self.replacement = own_answer(bytes).map(|(error, head)| {
                let id = (self.told)(&error);
                replacement(head, &error.document(&id), &id)
            });
        }
        self.replacement.is_some()
    }

    /// What is still to be written of the replacement; nothing when it is complete.
    pub(crate) fn rest(&self) -> Option<&[u8]> {
        let rest = self.replacement.as_ref()?.get(self.written..)?;
        (!rest.is_empty()).then_some(rest)
    }

    pub(crate) fn advance(&mut self, count: usize) {
        self.written += count;
    }
}

/// The error behind an answer of hyper's own, and its head up to the empty line.
fn own_answer(bytes: &[u8]) -> Option<(EdgeError, &str)> {
    let head = std::str::from_utf8(bytes).ok()?.strip_suffix("\r\n\r\n")?;
    if head.contains("\r\n\r\n")
        || head.contains("\r\nx-request-id:")
        || !head.contains("\r\ncontent-length: 0")
    {
        return None;
    }
    let error = match head.get(9..12)? {
        "400" => EdgeError::MalformedRequest,
        "414" => EdgeError::UrlUnreadable,
        "431" => EdgeError::HeadersUnreadable,
        _ => return None,
    };
    Some((error, head))
}

/// hyper's status line, `Date` and `Connection`, with a document.
fn replacement(head: &str, document: &[u8], request_id: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(head.len() + document.len() + 160);
    for line in head.split("\r\n").filter(|line| !line.starts_with("content-length:")) {
        out.extend_from_slice(line.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    let media_type = docent_jsonapi::media_type::MEDIA_TYPE;
    let length = document.len();
    let headers = format!(
        "content-type: {media_type}\r\ncontent-length: {length}\r\nvary: Accept\r\n\
         x-content-type-options: nosniff\r\nx-request-id: {request_id}\r\n\r\n"
    );
    out.extend_from_slice(headers.as_bytes());
    out.extend_from_slice(document);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &[u8] =
        b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";

    #[test]
    fn an_answer_of_hyper_is_replaced() {
        let mut malformed = Malformed::new(|_| "r1".to_owned());
        assert!(malformed.takes_over(OWN));
        let text = String::from_utf8(malformed.rest().unwrap().to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ndate: "), "{head}");
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())) && !head.contains("length: 0"));
        assert!(body.contains(r#""id":"r1""#) && body.contains("malformed-request"));
        malformed.advance(text.len());
        assert!(malformed.rest().is_none());
    }

    #[test]
    fn answers_of_ours_are_not() {
        let mut malformed = Malformed::new(|_| unreachable!());
        for ours in [
            &b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"[..],
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nx-request-id: r1\r\n\r\n",
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 9\r\n\r\n",
            b"HTTP/1.1 400 in a body",
            b"",
        ] {
            assert!(!malformed.takes_over(ours));
        }
    }
}
