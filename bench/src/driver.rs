//! The load: a fixed number of connections on one thread, each asking again as soon as it has its answer.
//!
//! Speaks just the HTTP/1.1 that both servers answer with: a status line, headers, `Content-Length`, keep-alive. What
//! it does not understand is an error, so that a server cannot look fast by answering something else.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::data::Random;
use crate::histogram::Histogram;

/// Makes the path and query of the next request.
pub type Targets = fn(&mut Random, usize) -> String;

/// What was seen while the load lasted.
#[derive(Default)]
pub struct Answers {
    /// From the first byte written to the last byte read, of the answers with status 200.
    pub latency: Histogram,
    /// Answers 503, counted only where they are expected.
    pub busy: u64,
    /// Bytes of the bodies of the answers with status 200.
    pub body_bytes: u64,
    /// How long the load lasted.
    pub elapsed: Duration,
}

/// How the load is to be.
#[derive(Clone, Copy)]
pub struct Load {
    pub address: SocketAddr,
    pub connections: usize,
    pub duration: Duration,
    /// Whether 503 is an answer to count, not a failure.
    pub busy_allowed: bool,
}

/// Runs the load on this thread. `target` is called for every request.
pub fn run(load: Load, target: impl Fn(&mut Random) -> String + Clone + 'static) -> io::Result<Answers> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let tasks = tokio::task::LocalSet::new();
    tasks.block_on(&runtime, async move {
        let mut connections = Vec::with_capacity(load.connections);
        for _ in 0..load.connections {
            connections.push(Connection::open(load.address).await?);
        }
        let started = Instant::now();
        let mut running = JoinSet::new();
        for (index, mut connection) in connections.into_iter().enumerate() {
            let target = target.clone();
            running.spawn_local(async move {
                let mut random = Random::new(index as u64);
                let mut answers = Answers::default();
                while started.elapsed() < load.duration {
                    connection.ask(&target(&mut random), load.busy_allowed, &mut answers).await?;
                }
                Ok::<_, io::Error>(answers)
            });
        }
        let mut all = Answers::default();
        while let Some(answers) = running.join_next().await {
            let answers = answers.map_err(io::Error::other)??;
            all.latency.add(&answers.latency);
            all.busy += answers.busy;
            all.body_bytes += answers.body_bytes;
        }
        all.elapsed = started.elapsed();
        Ok(all)
    })
}
