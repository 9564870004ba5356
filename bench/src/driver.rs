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
use crate::http::{failure, parse_head, request, unexpected};

/// Read at once; the body is counted, not kept.
const BUFFER_BYTES: usize = 64 << 10;

/// How the load is to be.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub address: SocketAddr,
    pub connections: usize,
    pub duration: Duration,
    /// Whether 503 is an answer to count, not a failure.
    pub busy_allowed: bool,
}

/// What was seen while the load lasted.
#[derive(Default)]
pub(crate) struct Answers {
    /// From the first byte written to the last byte read, of answers with status 200.
    pub latency: Histogram,
    /// Answers with status 503.
    pub busy: u64,
    /// Bytes of the largest body.
    pub body_bytes_max: usize,
    /// From the first request to the last answer.
    pub elapsed: Duration,
}

/// Runs the load on this thread until its time is up and every answer is there. `target` makes the path and query
/// of each request.
pub(crate) fn run(
    load: Load,
    target: impl Fn(&mut Random) -> String + Send + Sync + 'static,
) -> io::Result<Answers> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let mut connections = Vec::with_capacity(load.connections);
        for _ in 0..load.connections {
            connections.push(Connection::open(load.address).await?);
        }
        let target = Arc::new(target);
        let mut running = JoinSet::new();
        let started = Instant::now();
        for (index, connection) in connections.into_iter().enumerate() {
            let (target, mut random) = (Arc::clone(&target), Random::new(index as u64));
            running.spawn(
                connection.ask_until(started + load.duration, load.busy_allowed, move || target(&mut random)),
            );
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
    address: SocketAddr,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, address, buffer: vec![0; BUFFER_BYTES] })
    }

    async fn ask_until(
        mut self,
        end: Instant,
        busy_allowed: bool,
        mut target: impl FnMut() -> String,
    ) -> io::Result<Answers> {
        let mut answers = Answers::default();
        loop {
            let target = target();
            let request = request(&target, self.address);
            let asked = Instant::now();
            if asked >= end {
                return Ok(answers);
            }
            self.stream.write_all(request.as_bytes()).await?;
            let (status, body_bytes) = self.answer(&target, busy_allowed).await?;
            if status == 200 {
                answers.latency.record(asked.elapsed());
                answers.body_bytes_max = answers.body_bytes_max.max(body_bytes);
            } else {
                answers.busy += 1;
            }
        }
    }

    /// Reads one answer to its end: status and bytes of the body.
    async fn answer(&mut self, target: &str, busy_allowed: bool) -> io::Result<(u16, usize)> {
        let mut read = 0;
        let head = loop {
            read += self.read(read).await?;
            if let Some(head) = parse_head(&self.buffer[..read])? {
                break head;
            }
        };
        if head.status != 200 && !(busy_allowed && head.status == 503) {
            return Err(failure(head.status, target, &self.buffer[head.body_at..read]));
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
