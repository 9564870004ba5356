//! As much of HTTP/1.1 as a client of these two servers needs: requests without body, answers with `Content-Length`.
//!
//! What it does not understand is an error, so that a server cannot look fast by answering something else.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// The largest answer head accepted.
const HEAD_BYTES_MAX: usize = 16 << 10;
/// Far beyond the slowest answer measured; a server that hangs is found out.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Status and lengths of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub status: u16,
    /// Where the body starts.
    pub body_at: usize,
    pub body_bytes: usize,
}

/// The request, ready to be sent.
pub(crate) fn request(target: &str, host: SocketAddr) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: application/vnd.api+json\r\n\r\n")
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

    /// Status and body of the answer.
    pub(crate) fn get(&mut self, target: &str) -> io::Result<(u16, &[u8])> {
        self.stream.write_all(request(target, self.address).as_bytes())?;
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
        Ok((head.status, &self.buffer[head.body_at..end]))
    }

    /// The body; any status but 200 is an error.
    pub(crate) fn document(&mut self, target: &str) -> io::Result<&[u8]> {
        let (status, body) = self.get(target)?;
        if status == 200 { Ok(body) } else { Err(failure(status, target, body)) }
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

/// Says what was answered in place of 200.
pub(crate) fn failure(status: u16, target: &str, body: &[u8]) -> io::Error {
    let start = &body[..body.len().min(400)];
    unexpected(&format!("{status} to GET {target}: {}", String::from_utf8_lossy(start)))
}

#[cfg(test)]
mod tests {
    use super::{Head, parse_head};

    #[test]
    fn heads() {
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
        assert_eq!(parse_head(answer).unwrap(), Some(Head { status: 200, body_at: 38, body_bytes: 5 }));
        assert_eq!(parse_head(&answer[..30]).unwrap(), None);
        assert!(parse_head(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").is_err());
    }
}
