//! The load: a fixed number of connections on one thread, each asking again as soon as it has its answer.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::data::Random;
use crate::histogram::Histogram;
use crate::http::{Request, failure, parse_head, unexpected};

/// Read at once; the body is counted, not kept.
const BUFFER_BYTES: usize = 64 << 10;

/// How the load is to be.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub address: SocketAddr,
    pub connections: usize,
    pub duration: Duration,
    /// The status that is right.
    pub status: u16,
    /// Which sequence of requests: the same one asks the same.
    pub seed: u32,
    /// Whether 503 is an answer to count, not a failure.
    pub busy_allowed: bool,
}

/// What was seen while the load lasted.
#[derive(Default)]
pub(crate) struct Answers {
    /// From the first byte written to the last byte read, of answers with the right status.
    pub latency: Histogram,
    /// Answers with status 503.
    pub busy: u64,
    /// Bytes of the largest body.
    pub body_bytes_max: usize,
    /// From the first request to the last answer.
    pub elapsed: Duration,
}

/// Runs the load on this thread until its time is up and every answer is there. `next` makes each request.
pub(crate) fn run(
    load: Load,
    next: impl Fn(&mut Random) -> Request + Send + Sync + 'static,
) -> io::Result<Answers> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let mut connections = Vec::with_capacity(load.connections);
        for _ in 0..load.connections {
            connections.push(Connection::open(load).await?);
        }
        let next = Arc::new(next);
        let mut running = JoinSet::new();
        let started = Instant::now();
        for (index, connection) in connections.into_iter().enumerate() {
            let seed = u64::from(load.seed) << 32 | index as u64;
            let (next, mut random) = (Arc::clone(&next), Random::new(seed));
            running.spawn(connection.ask_until(started + load.duration, move || next(&mut random)));
        }
        let mut all = Answers::default();
        while let Some(answers) = running.join_next().await {
            all.add(&answers.map_err(io::Error::other)??);
        }
        all.elapsed = started.elapsed();
        Ok(all)
    })
}

impl Answers {
    fn add(&mut self, other: &Self) {
        self.latency.add(&other.latency);
        self.busy += other.busy;
        self.body_bytes_max = self.body_bytes_max.max(other.body_bytes_max);
    }
}

struct Connection {
    stream: TcpStream,
    load: Load,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(load: Load) -> io::Result<Self> {
        let stream = TcpStream::connect(load.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, load, buffer: vec![0; BUFFER_BYTES] })
    }

    async fn ask_until(mut self, end: Instant, mut next: impl FnMut() -> Request) -> io::Result<Answers> {
        let mut answers = Answers::default();
        loop {
            let request = next();
            let bytes = request.bytes(self.load.address);
            let asked = Instant::now();
            if asked >= end {
                return Ok(answers);
            }
            self.stream.write_all(&bytes).await?;
            let (status, body_bytes) = self.answer(&request).await?;
            if status == self.load.status {
                answers.latency.record(asked.elapsed());
                answers.body_bytes_max = answers.body_bytes_max.max(body_bytes);
            } else {
                answers.busy += 1;
            }
        }
    }

    /// Reads one answer to its end: status and bytes of the body.
    async fn answer(&mut self, request: &Request) -> io::Result<(u16, usize)> {
        let mut read = 0;
        let head = loop {
            read += self.read(read).await?;
            if let Some(head) = parse_head(&self.buffer[..read])? {
                break head;
            }
        };
        if head.status != self.load.status && !(self.load.busy_allowed && head.status == 503) {
            let body = &self.buffer[head.body_at..read];
            return Err(failure(head.status, request.method, &request.target, body));
        }
        let end = head.body_at + head.body_bytes;
        while read < end {
            read += self.read(0).await?;
        }
        if read > end {
            Err(unexpected("more than its Content-Length"))
        } else {
            Ok((head.status, head.body_bytes))
        }
    }

    async fn read(&mut self, at: usize) -> io::Result<usize> {
        match self.stream.read(&mut self.buffer[at..]).await? {
            0 => Err(unexpected("connection closed")),
            read => Ok(read),
        }
    }
}
