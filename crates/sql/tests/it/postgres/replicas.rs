//! Reads on a server that follows another one, which `DOCENT_TEST_POSTGRES_REPLICA` names as
//! `postgres://user@localhost:5433`. Without one only its absence is tested.

use std::time::{Duration, Instant};

use docent_sql::postgres::{Adapter, Position};
use docent_sql::{Cost, Ended};

use super::reading::{Reading, opened, write};
use super::server::{Scratch, connect};
use crate::support::{Script, in_seconds, pause};

const SCHEMA: &str = "CREATE TABLE t(id integer PRIMARY KEY); INSERT INTO t VALUES (1)";

/// What is read, and whether on a replica.
async fn seen(adapter: &Adapter, after: Option<Position>) -> String {
    let program = Reading::one("SELECT count(*), pg_is_in_recovery() FROM t", vec![]);
    let (program, outcome) = adapter.read(program, Cost::Cheap, in_seconds(5), after).await;
    outcome.result.unwrap();
    program.unwrap().rows.concat()
}

async fn becomes(adapter: &Adapter, after: Option<Position>, expected: &str) {
    let begun = Instant::now();
    while seen(adapter, after).await != expected {
        assert!(begun.elapsed() < Duration::from_secs(10), "{expected}");
        pause(20).await;
    }
}

async fn insert(adapter: &Adapter, id: i32) -> Option<Position> {
    let script = Script::sql(&[&format!("INSERT INTO t VALUES ({id})")]);
    let (_, outcome) = adapter.write(script, in_seconds(5)).await;
    let position = outcome.position;
    assert_eq!(outcome.result.unwrap(), Ended::Committed);
    position
}

#[tokio::test]
async fn a_replica_is_read_unless_it_is_behind() {
    let Ok(server) = std::env::var("DOCENT_TEST_POSTGRES_REPLICA") else { return };
    let scratch = Scratch::new(SCHEMA).await;
    let (_, database) = scratch.url.rsplit_once('/').unwrap();
    let replica = format!("{}/{database}", server.trim_end_matches('/'));
    let adapter = opened(&scratch, |settings| settings.replicas = vec![replica]);
    becomes(&adapter, None, "0:1,1").await;

    let replica = connect(&format!("{}/postgres", server.trim_end_matches('/'))).await;
    replica.batch_execute("SELECT pg_wal_replay_pause()").await.unwrap();
    pause(300).await;
    let position = insert(&adapter, 2).await;
    assert!(position.is_some());
    for _ in 0..3 {
        assert_eq!(seen(&adapter, position).await, "0:2,0");
    }
    assert_eq!(seen(&adapter, None).await, "0:1,1");
    replica.batch_execute("SELECT pg_wal_replay_resume()").await.unwrap();
    becomes(&adapter, position, "0:2,1").await;

    let end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{}'";
    replica.batch_execute(&end.replace("{}", database)).await.unwrap();
    seen(&adapter, None).await;
    becomes(&adapter, None, "0:2,1").await;
}

#[tokio::test]
async fn without_its_replica_the_primary_is_read() {
    let scratch = Scratch::new(SCHEMA).await;
    let nowhere = "postgres://postgres@127.0.0.1:1/postgres".to_owned();
    let adapter = opened(&scratch, |settings| settings.replicas = vec![nowhere]);
    let position = insert(&adapter, 2).await;
    assert_eq!(seen(&adapter, position).await, "0:2,0");
    let (_, outcome) = write(&adapter, Script::sql(&["DELETE FROM t"])).await;
    assert_eq!(outcome.result.unwrap(), Ended::Committed);
    assert_eq!(seen(&adapter, None).await, "0:0,0");
}
