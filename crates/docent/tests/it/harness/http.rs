//! A minimal HTTP/1.1 client: one kept-alive connection, any method, any bytes, and a timeout on everything.
//!
//! It sends what it is told, also what no sensible client would send, and hides nothing of the answer.

use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read as _, Result, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::JSON_API;

/// Longest silence of the server before a request fails.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A client with one connection, opened when first needed and again after the server closed it.
#[derive(Debug)]
pub(crate) struct Client {
    address: SocketAddr,
    connection: Option<BufReader<TcpStream>>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    /// Status code.
    pub(crate) status: u16,
    /// Header fields as received.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, transfer coding removed.
    pub(crate) body: Vec<u8>,
}

#[allow(dead_code, reason = "a harness offers more than each test run uses")]
impl Client {
    /// A client of the server at that address.
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, connection: None }
    }

    /// GET as a JSON:API client does it. `target` is a path with query, or an absolute URL on this server.
    #[track_caller]
    pub(crate) fn get(&mut self, target: &str) -> Response {
        self.send("GET", target, &[("Accept", JSON_API)], None)
    }

    /// Sends a request and reads the answer. `Host` is added, and `Content-Length` if there is a body; nothing else.
    #[track_caller]
    pub(crate) fn send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Response {
        match self.try_send(method, target, headers, body) {
            Ok(response) => response,
            Err(error) => panic!("{method} {target}: {error}"),
        }
    }

    /// Sends a request to a server that may end at any time.
    pub(crate) fn try_send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Response> {
        let target =
            target.strip_prefix("http://").map_or(target, |rest| &rest[rest.find('/').unwrap_or(0)..]);
        let mut request = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            request.extend(format!("Host: {}\r\n", self.address).bytes());
        }
        for (name, value) in headers {
            request.extend(format!("{name}: {value}\r\n").bytes());
        }
        if let Some(body) = body {
            request.extend(format!("Content-Length: {}\r\n", body.len()).bytes());
        }
        request.extend(b"\r\n");
        request.extend(body.unwrap_or_default());
        self.exchange(&request, method)
    }

    /// Sends bytes on a connection of their own and returns what comes back until the server closes it or is silent
    /// for that long.
    pub(crate) fn raw(&self, bytes: &[u8], silence: Duration) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(silence)).unwrap();
        stream.set_write_timeout(Some(TIMEOUT)).unwrap();
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let mut buffer = [0; 8192];
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            answer.extend(&buffer[..read]);
        }
        answer
    }

    fn exchange(&mut self, request: &[u8], method: &str) -> Result<Response> {
        if let Some(connection) = &mut self.connection {
            // The server may have closed an idle connection: then, and only then, the request is sent once more.
            match exchange_on(connection, request, method) {
                Ok(response) => {
                    self.forget_if_closed(&response);
                    return Ok(response);
                }
                Err(error) if closed_while_idle(&error) => self.connection = None,
                Err(error) => {
                    self.connection = None;
                    return Err(error);
                }
            }
        }
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        let response = exchange_on(self.connection.insert(BufReader::new(stream)), request, method)?;
        self.forget_if_closed(&response);
        Ok(response)
    }

    fn forget_if_closed(&mut self, response: &Response) {
        if response.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            self.connection = None;
        }
    }
}

#[allow(dead_code, reason = "a harness offers more than each test run uses")]
impl Response {
    /// The first header field of that name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.headers.iter();
        fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; fails the test if it is something else.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("status {}, body is not JSON ({error}): {}", self.status, self.text()),
        }
    }

    /// The `source.parameter` of each error, sorted, without repetition; an error without one gives an empty string.
    pub(crate) fn error_parameters(&self) -> Vec<String> {
        let document = self.json();
        let errors = document["errors"].as_array().cloned().unwrap_or_default();
        let parameter = |error: &Value| error["source"]["parameter"].as_str().unwrap_or_default().to_owned();
        let mut parameters: Vec<_> = errors.iter().map(parameter).collect();
        parameters.sort();
        parameters.dedup();
        parameters
    }
}

fn closed_while_idle(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::NotConnected)
}

fn exchange_on(connection: &mut BufReader<TcpStream>, request: &[u8], method: &str) -> Result<Response> {
    connection.get_mut().write_all(request)?;
    loop {
        let response = read_response(connection, method)?;
        if response.status >= 200 {
            return Ok(response);
        }
    }
}

fn read_response(connection: &mut BufReader<TcpStream>, method: &str) -> Result<Response> {
    let status_line = read_line(connection, ErrorKind::NotConnected)?;
    let mut words = status_line.split(' ');
    let (version, status) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let status = status.parse().map_err(|_| invalid(&format!("status line {status_line:?}")))?;
    if !version.starts_with("HTTP/1.") {
        return Err(invalid(&format!("status line {status_line:?}")));
    }
    let mut headers = Vec::new();
    loop {
        let line = read_line(connection, ErrorKind::UnexpectedEof)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| invalid(&format!("header line {line:?}")))?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let mut response = Response { status, headers, body: Vec::new() };
    if method == "HEAD" || matches!(status, 100..200 | 204 | 304) {
        return Ok(response);
    }
    if response.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        response.body = read_chunks(connection)?;
    } else if let Some(length) = response.header("content-length") {
        let length = length.parse().map_err(|_| invalid("content-length"))?;
        response.body = vec![0; length];
        connection.read_exact(&mut response.body)?;
    } else {
        connection.read_to_end(&mut response.body)?;
    }
    Ok(response)
}

fn read_chunks(connection: &mut BufReader<TcpStream>) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(connection, ErrorKind::UnexpectedEof)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| invalid("chunk size"))?;
        let mut chunk = vec![0; size];
        connection.read_exact(&mut chunk)?;
        body.extend(chunk);
        if size == 0 {
            while !read_line(connection, ErrorKind::UnexpectedEof)?.is_empty() {}
            return Ok(body);
        }
        read_line(connection, ErrorKind::UnexpectedEof)?;
    }
}

fn read_line(connection: &mut BufReader<TcpStream>, at_end: ErrorKind) -> Result<String> {
    let mut line = Vec::new();
    if connection.read_until(b'\n', &mut line)? == 0 {
        return Err(at_end.into());
    }
    Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("not HTTP: {what}"))
}
