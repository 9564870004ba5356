//! A server to test, and a client that sees every byte.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use docent_engine::{EXPLORER, Method, Principal, Request, Response, Timings};
use docent_server::{AccessLog, Control, Handler, Listener, Server, ServerConfig, Settings};

const PATIENCE: Duration = Duration::from_secs(10);

/// Does what the path says.
#[derive(Default)]
pub(crate) struct Obedient {
    pub(crate) running: AtomicUsize,
    pub(crate) not_ready: AtomicUsize,
}

struct Running<'a>(&'a AtomicUsize);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(crate) fn plain(status: u16, body: impl Into<Vec<u8>>) -> Response {
    Response {
        status,
        content_type: "application/vnd.api+json".into(),
        allow: Some("GET, HEAD, OPTIONS"),
        retry_after_seconds: None,
        tagged: matches!(status, 200 | 201),
        location: None,
        preference_applied: None,
        position: None,
        body: Into::<Vec<u8>>::into(body).into(),
        internal: None,
        headers: Vec::new(),
        timings: Timings::default(),
        slot: None,
    }
}

impl Handler for Obedient {
    async fn handle(&self, principal: &Principal, request: Request<'_>) -> Response {
        self.running.fetch_add(1, Ordering::SeqCst);
        let _running = Running(&self.running);
        let number = || request.query.parse::<usize>().unwrap_or(0);
        match (request.method, request.path) {
            (method, "/patchable") => {
                let status = if method == Method::Options { 204 } else { number() };
                let allow = Some("GET, HEAD, OPTIONS, PATCH, DELETE");
                Response { allow, ..plain(u16::try_from(status).unwrap(), "{}") }
            }
            (Method::Options, _) => {
                Response { content_type: "".into(), body: Vec::new().into(), ..plain(204, "") }
            }
            (Method::Other, _) => plain(405, "{}"),
            (_, "/large") => plain(200, vec![b'x'; number()]),
            (_, "/slow") => {
                tokio::time::sleep(Duration::from_millis(number() as u64)).await;
                plain(200, "slow")
            }
            (_, "/echo") => plain(200, request.body),
            (_, "/write") => plain(
                200,
                format!(
                    "{:?} body={} match={:?} prefer={:?} key={:?}",
                    request.method,
                    request.body.len(),
                    request.if_match,
                    request.prefer,
                    request.idempotency_key
                ),
            ),
            (_, "/created") => {
                let location = Some(format!("{}/articles/1", request.base_url));
                Response { location, ..plain(201, vec![b'x'; number()]) }
            }
            (_, "/minimal") => {
                let location = Some(format!("{}/articles/1", request.base_url));
                let preference_applied = Some("return=minimal");
                Response { location, preference_applied, content_type: "".into(), ..plain(204, "") }
            }
            (_, "/who") => plain(200, format!("{principal:?}")),
            (_, "/status") => plain(u16::try_from(number()).unwrap(), "{}"),
            (_, "/panic") => panic!("secret of the inside"),
            (_, "/html") => Response { content_type: EXPLORER.into(), ..plain(200, "") },
            (_, "/profile") => {
                Response { content_type: format!("a/b;x={}", number()).into(), ..plain(200, "{}") }
            }
            (_, "/busy") => Response { retry_after_seconds: Some(7), ..plain(503, "{}") },
            _ => plain(
                200,
                format!(
                    "{:?} path={} query={} base={} accept={:?} type={:?}",
                    request.method,
                    request.path,
                    request.query,
                    request.base_url,
                    request.accept,
                    request.content_type
                ),
            ),
        }
    }

    fn ready(&self) -> Result<(), String> {
        if self.not_ready.load(Ordering::SeqCst) == 0 {
            Ok(())
        } else {
            Err("the database is gone".to_owned())
        }
    }
}

/// A running server, stopped when dropped.
pub(crate) struct Fixture {
    pub(crate) address: SocketAddr,
    pub(crate) handler: Arc<Obedient>,
    pub(crate) control: Control,
    server: Option<Server>,
}

/// Settings every test starts from.
pub(crate) fn settings() -> Settings {
    Settings { base_path: "/api".to_owned(), ..Settings::default() }
}

impl Fixture {
    pub(crate) fn new(settings: Settings) -> Self {
        Self::with_log(settings, None)
    }

    pub(crate) fn with_log(settings: Settings, access_log: Option<AccessLog>) -> Self {
        let listener = Listener::bind("127.0.0.1:0").unwrap();
        let address = listener.address();
        let handler = Arc::new(Obedient::default());
        let config = ServerConfig { workers: NonZeroUsize::new(2), access_log, settings };
        let server = Server::start(listener, config, Arc::clone(&handler)).unwrap();
        Self { address, handler, control: server.control(), server: Some(server) }
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(self.address)
    }

    /// One request on a connection of its own.
    pub(crate) fn get(&self, target: &str) -> Reply {
        let mut client = self.client();
        client.get(target);
        client.reply()
    }

    /// Waits until the server has ended.
    pub(crate) fn ended(&mut self) {
        self.server.take().unwrap().wait();
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        self.control.stop();
        if let Some(server) = self.server.take() {
            server.wait();
        }
    }
}

/// One connection.
pub(crate) struct Client {
    pub(crate) socket: TcpStream,
    received: Vec<u8>,
}

/// A response, as it came.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_write_timeout(Some(PATIENCE)).unwrap();
        Self { socket, received: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.socket.write_all(bytes.as_ref()).unwrap();
    }

    pub(crate) fn get(&mut self, target: &str) {
        self.send(format!("GET {target} HTTP/1.1\r\nhost: example.com\r\n\r\n"));
    }

    /// The next response, to anything but HEAD.
    pub(crate) fn reply(&mut self) -> Reply {
        let mut reply = self.head();
        let length = reply.header("content-length").map_or(0, |length| length.parse().unwrap());
        while self.received.len() < length {
            assert!(self.fill() > 0, "the body ends early: {reply:?}");
        }
        reply.body = self.received.drain(..length).collect();
        reply
    }

    /// The next response head.
    pub(crate) fn head(&mut self) -> Reply {
        let end = loop {
            if let Some(at) = self.received.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(self.fill() > 0, "no response, only {:?}", String::from_utf8_lossy(&self.received));
        };
        let head = String::from_utf8(self.received.drain(..end).collect()).unwrap();
        let status = head[9..12].parse().unwrap();
        Reply { status, head, body: Vec::new() }
    }

    fn fill(&mut self) -> usize {
        let mut bytes = [0; 16 * 1024];
        let count = self.socket.read(&mut bytes).unwrap();
        self.received.extend_from_slice(&bytes[..count]);
        count
    }

    /// Asserts that the server closes the connection without another byte.
    #[track_caller]
    pub(crate) fn is_closed(&mut self) {
        assert!(self.received.is_empty(), "left over: {:?}", String::from_utf8_lossy(&self.received));
        let mut byte = [0; 1];
        match self.socket.read(&mut byte) {
            Ok(count) => assert_eq!(count, 0, "unexpected bytes"),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}"),
        }
    }
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Asserts that this is an error document of that status and code.
    #[track_caller]
    pub(crate) fn is_error(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/vnd.api+json"));
        assert_eq!(self.header("vary"), Some("Accept"));
        let id = self.header("x-request-id").unwrap();
        for member in
            [format!(r#""status":"{status}""#), format!(r#""code":"{code}""#), format!(r#""id":"{id}""#)]
        {
            assert!(self.text().contains(&member), "{member} in {}", self.text());
        }
    }
}

/// Waits until something holds.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
