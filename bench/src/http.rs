//! As much of HTTP/1.1 as a client of these two servers needs: answers with `Content-Length`, one after another.
//!
//! What it does not understand is an error, so that a server cannot look fast by answering something else.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The media type of every document.
pub(crate) const JSON_API: &str = "application/vnd.api+json";
/// The media type of Atomic Operations and of their results.
pub(crate) const ATOMIC: &str = r#"application/vnd.api+json;ext="https://jsonapi.org/ext/atomic""#;

/// The largest answer head accepted.
const HEAD_BYTES_MAX: usize = 16 << 10;
/// Far beyond the slowest answer measured; a server that hangs is found out.
const TIMEOUT: Duration = Duration::from_mins(1);

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    pub media_type: &'static str,
    /// Without one there is no `Content-Type` either.
    pub body: Option<String>,
}

/// Status and lengths of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub status: u16,
    /// Where the body starts.
    pub body_at: usize,
    pub body_bytes: usize,
}

/// An answer, complete.
pub(crate) struct Answer<'a> {
    pub status: u16,
    head: &'a [u8],
    pub body: &'a [u8],
}

impl Request {
    /// Asks for a document.
    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self { method: "GET", target: target.into(), media_type: JSON_API, body: None }
    }

    /// Sends a document.
    pub(crate) fn send(
        method: &'static str,
        target: impl Into<String>,
        media_type: &'static str,
        body: String,
    ) -> Self {
        Self { method, target: target.into(), media_type, body: Some(body) }
    }

    /// As it goes over the wire.
    pub(crate) fn bytes(&self, host: SocketAddr) -> Vec<u8> {
        let Self { method, target, media_type, body } = self;
        let mut text = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nAccept: {media_type}\r\n");
        if let Some(body) = body {
            text.reserve(body.len() + 128);
            text.push_str("Content-Type: ");
            text.push_str(media_type);
            text.push_str("\r\nContent-Length: ");
            text.push_str(itoa::Buffer::new().format(body.len()));
            text.push_str("\r\n");
        }
        text.push_str("\r\n");
        text.push_str(body.as_deref().unwrap_or_default());
        text.into_bytes()
    }
}

impl Answer<'_> {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = std::str::from_utf8(self.head).ok()?.split("\r\n");
        let mut fields = lines.filter_map(|line| line.split_once(':'));
        fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// Reads the head at the start of `bytes`; `None` as long as it is incomplete.
pub(crate) fn parse_head(bytes: &[u8]) -> io::Result<Option<Head>> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return if bytes.len() > HEAD_BYTES_MAX { Err(unexpected("an endless head")) } else { Ok(None) };
    };
    let text = std::str::from_utf8(&bytes[..end]).map_err(io::Error::other)?;
    let mut lines = text.split("\r\n");
    let status = lines
        .next()
        .and_then(|line| line.strip_prefix("HTTP/1.1 "))
        .and_then(|line| line.get(..3)?.parse().ok())
        .ok_or_else(|| unexpected("no status line"))?;
    let body_bytes = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .ok_or_else(|| unexpected("no Content-Length"))?;
    Ok(Some(Head { status, body_at: end + 4, body_bytes }))
}

/// An answer nobody planned for.
pub(crate) fn unexpected(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("unexpected answer: {what}"))
}

/// One blocking connection, for requests asked one after another.
pub(crate) struct Client {
    stream: TcpStream,
    address: SocketAddr,
    chunk: Box<[u8]>,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects.
    pub(crate) fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        Ok(Self { stream, address, chunk: vec![0; 64 << 10].into(), buffer: Vec::new() })
    }

    /// Asks, and reads the answer to its end.
    pub(crate) fn ask(&mut self, request: &Request) -> io::Result<Answer<'_>> {
        self.ask_bytes(&request.bytes(self.address))
    }

    /// The same with a request that is ready to be sent.
    pub(crate) fn ask_bytes(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request)?;
        self.buffer.clear();
        let head = loop {
            self.read_some()?;
            if let Some(head) = parse_head(&self.buffer)? {
                break head;
            }
        };
        let end = head.body_at + head.body_bytes;
        while self.buffer.len() < end {
            self.read_some()?;
        }
        let (head_bytes, body) = self.buffer[..end].split_at(head.body_at);
        Ok(Answer { status: head.status, head: head_bytes, body })
    }

    /// The body; any status but 200 is an error.
    pub(crate) fn document(&mut self, target: &str) -> io::Result<&[u8]> {
        let answer = self.ask(&Request::get(target))?;
        if answer.status == 200 {
            Ok(answer.body)
        } else {
            Err(failure(answer.status, "GET", target, answer.body))
        }
    }

    fn read_some(&mut self) -> io::Result<()> {
        let read = self.stream.read(&mut self.chunk)?;
        if read == 0 {
            return Err(unexpected("connection closed"));
        }
        self.buffer.extend_from_slice(&self.chunk[..read]);
        Ok(())
    }
}

/// Says what was answered in place of what was expected.
pub(crate) fn failure(status: u16, method: &str, target: &str, body: &[u8]) -> io::Error {
    let start = &body[..body.len().min(400)];
    unexpected(&format!("{status} to {method} {target}: {}", String::from_utf8_lossy(start)))
}

#[cfg(test)]
mod tests {
    use super::{Answer, Head, JSON_API, Request, parse_head};

    #[test]
    fn heads() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
        assert_eq!(parse_head(answer).unwrap(), Some(Head { status: 200, body_at: 38, body_bytes: 5 }));
        assert_eq!(parse_head(&answer[..30]).unwrap(), None);
        assert!(parse_head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }

    #[test]
    fn headers_by_name() {
        let head = b"HTTP/1.1 201 Created\r\nlocation: http://host/articles/1\r\nVary: Accept\r\n\r\n";
        let answer = Answer { status: 201, head, body: b"" };
        assert_eq!(answer.header("Location"), Some("http://host/articles/1"));
        assert_eq!(answer.header("vary"), Some("Accept"));
        assert_eq!(answer.header("etag"), None);
    }

    #[test]
    fn requests_say_how_long_their_body_is() {
        let host = ([127, 0, 0, 1], 80).into();
        let bytes = Request::send("POST", "/articles", JSON_API, "{}".to_owned()).bytes(host);
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.starts_with("POST /articles HTTP/1.1\r\n"));
        assert!(text.contains("\r\nContent-Length: 2\r\n"));
        assert!(text.ends_with("\r\n\r\n{}"));
        let text = String::from_utf8(Request::get("/").bytes(host)).unwrap();
        assert!(!text.contains("Content-"));
    }
}
