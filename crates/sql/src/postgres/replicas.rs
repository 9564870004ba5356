//! Servers that follow the one that is written. Reads go to them in turn, as long as they can be reached and have
//! caught up with what the reader has written before.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::connection::{Connector, Purpose};
use super::failure;
use super::server::Server;
use super::settings::Settings;
use crate::error::Error;

/// How often a replica is asked how far it has come.
const INTERVAL: Duration = Duration::from_millis(200);

/// How long it may take to tell.
const ANSWER_TIME: Duration = Duration::from_secs(2);

/// How long to wait before another attempt to reach it.
const RETRY: Duration = Duration::from_secs(1);

/// Where a server is in its log; one that follows another gets there later.
const POSITION: &str = "
    SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text";

/// A place in the log of a server: what was written before it is seen by whoever has got there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u64);

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:X}/{:X}", self.0 >> 32, self.0 & 0xFFFF_FFFF)
    }
}

impl std::str::FromStr for Position {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (high, low) = text.split_once('/').unwrap_or(("", text));
        let (high, low) = (u32::from_str_radix(high, 16)?, u32::from_str_radix(low, 16)?);
        Ok(Position(u64::from(high) << 32 | u64::from(low)))
    }
}

/// Asks a server where it is.
pub(super) async fn position(client: &Client) -> Result<Option<Position>, tokio_postgres::Error> {
    let found = client.simple_query(POSITION).await?;
    let text = found.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    Ok(text.and_then(|text| text.parse().ok()))
}

#[derive(Debug)]
pub(super) struct Replicas {
    replicas: Vec<Arc<Replica>>,
    turn: AtomicUsize,
}

#[derive(Debug)]
pub(super) struct Replica {
    pub(super) server: Server,
    /// Where it was when it was last asked; 0 while it cannot be reached.
    reached: AtomicU64,
}

impl Replicas {
    /// Begins to watch the replicas. None of them has to be there.
    pub(super) fn start(settings: &Settings, handle: &Handle) -> Result<Self, Error> {
        let mut replicas = Vec::new();
        for url in &settings.replicas {
            let connector = Arc::new(Connector::new(url, settings)?);
            let server = Server::new(Arc::clone(&connector), settings, handle.clone());
            let replica = Arc::new(Replica { server, reached: AtomicU64::new(0) });
            handle.spawn(watch(connector, Arc::downgrade(&replica)));
            replicas.push(replica);
        }
        Ok(Replicas { replicas, turn: AtomicUsize::new(0) })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.replicas.is_empty()
    }

    /// One that can be reached and has got there.
    pub(super) fn choose(&self, after: Option<Position>) -> Option<&Replica> {
        let count = self.replicas.len();
        if count == 0 {
            return None;
        }
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let needed = after.map_or(1, |Position(position)| position.max(1));
        let in_turn = (0..count).map(|index| &self.replicas[(turn.wrapping_add(index)) % count]);
        in_turn.map(Arc::as_ref).find(|replica| replica.reached.load(Ordering::Acquire) >= needed)
    }
}

impl Replica {
    /// It could not be reached: nobody tries before it is known to be back.
    pub(super) fn is_gone(&self) {
        self.reached.store(0, Ordering::Release);
    }
}

/// Keeps asking a replica where it is, as long as there is somebody to know.
async fn watch(connector: Arc<Connector>, replica: Weak<Replica>) {
    loop {
        let error = match connector.connect(Purpose::Looking).await {
            Ok(connection) => loop {
                let asked = tokio::time::timeout(ANSWER_TIME, position(&connection.client)).await;
                let Some(replica) = replica.upgrade() else { return };
                match asked {
                    Ok(Ok(Some(Position(position)))) => replica.reached.store(position, Ordering::Release),
                    Ok(Ok(None)) => break "it does not tell where it is".to_owned(),
                    Ok(Err(error)) => break failure::told(&error),
                    Err(_) => break "it does not answer".to_owned(),
                }
                drop(replica);
                tokio::time::sleep(INTERVAL).await;
            },
            Err(error) => error.to_string(),
        };
        let Some(replica) = replica.upgrade() else { return };
        if replica.reached.swap(0, Ordering::AcqRel) > 0 {
            tracing::warn!(error, "a replica cannot be reached: others are read instead");
        }
        drop(replica);
        tokio::time::sleep(RETRY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::Position;

    #[test]
    fn positions_are_spelled_as_the_server_spells_them() {
        for text in ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"] {
            assert_eq!(text.parse::<Position>().map(|position| position.to_string()).as_deref(), Ok(text));
        }
        assert!(Position(0x16_0000_0000) > Position(0x2_FFFF_FFFF));
        assert!("16".parse::<Position>().is_err() && "x/1".parse::<Position>().is_err());
    }
}
