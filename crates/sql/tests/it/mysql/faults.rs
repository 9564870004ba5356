//! What goes wrong: deadlines, clients that leave, connections that end, a pool that is full.

use std::sync::Arc;
use std::time::{Duration, Instant};

use docent_sql::{Cost, Ended, Error, mysql};

use super::reading::{Reading, Script, failure, query, read, rows, write};
use super::server::Scratch;
use crate::support::{in_seconds, pause};

const SCHEMA: &str = "CREATE TABLE t(id integer PRIMARY KEY); INSERT INTO t VALUES (1)";

/// Waits until none of the statements runs any more that take long.
async fn quiet(scratch: &Scratch) {
    let sql = "SELECT count(*) FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE 'SELECT SLEEP%'";
    let begun = Instant::now();
    while scratch.seen(sql).await != "0" {
        assert!(begun.elapsed() < Duration::from_secs(5), "something still runs");
        pause(10).await;
    }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_millis(150)
}

#[tokio::test]
async fn a_statement_ends_at_its_deadline() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = scratch.opened(|settings| settings.connections_max = 1).await;
    let begun = Instant::now();
    let error = failure(&adapter, "SELECT SLEEP(20)", soon()).await;
    assert!(matches!(error, Error::Deadline { statements: 1 }), "{error:?}");
    let (_, outcome) = adapter.write(Script::sql(&["DELETE FROM t", "SELECT SLEEP(20)"]), soon()).await;
    assert!(matches!(outcome.result, Err(Error::Deadline { statements: 2 })), "{:?}", outcome.result);
    quiet(&scratch).await;
    assert_eq!(rows(&adapter, "SELECT count(*) FROM t", vec![]).await, "1");
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn the_server_ends_a_statement_by_itself() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = scratch.opened(|settings| settings.statement_timeout = Duration::from_millis(100)).await;
    let error = failure(&adapter, "SELECT SLEEP(20) FROM t", in_seconds(10)).await;
    assert!(matches!(error, Error::Deadline { statements: 1 }), "{error:?}");
}

#[tokio::test]
async fn a_client_that_leaves_ends_its_statement() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = Arc::new(scratch.opened(|settings| settings.connections_max = 2).await);
    let slow = || vec![vec![query("SELECT 1", vec![]), query("SELECT SLEEP(20)", vec![])]];
    let reading = tokio::spawn({
        let adapter = Arc::clone(&adapter);
        async move { read(&adapter, Reading::new(slow()), in_seconds(30)).await.1.statements }
    });
    let writing = tokio::spawn({
        let adapter = Arc::clone(&adapter);
        async move { write(&adapter, Script::sql(&["DELETE FROM t", "SELECT SLEEP(20)"])).await.1.statements }
    });
    pause(150).await;
    reading.abort();
    writing.abort();
    quiet(&scratch).await;
    let script = Script::sql(&["UPDATE t SET id = id + 1"]);
    assert_eq!(write(&adapter, script).await.1.result.unwrap(), Ended::Committed);
    assert_eq!(rows(&adapter, "SELECT id FROM t", vec![]).await, "2");
}

#[tokio::test]
async fn a_full_pool_is_busy() {
    let scratch = Scratch::new(SCHEMA).await;
    let small = |settings: &mut mysql::Settings| {
        settings.connections_max = 1;
        settings.queue_length_max = 1;
    };
    let adapter = Arc::new(scratch.opened(small).await);
    let holding = tokio::spawn({
        let adapter = Arc::clone(&adapter);
        async move { rows(&adapter, "SELECT SLEEP(0.5)", vec![]).await }
    });
    pause(100).await;
    let waiting = tokio::spawn({
        let adapter = Arc::clone(&adapter);
        async move { rows(&adapter, "SELECT 2", vec![]).await }
    });
    pause(50).await;
    let error = failure(&adapter, "SELECT 3", in_seconds(5)).await;
    assert!(matches!(error, Error::Busy(_)), "{error:?}");
    assert_eq!((holding.await.unwrap(), waiting.await.unwrap()), ("0".to_owned(), "2".to_owned()));
    // Whoever waits for a place until the deadline is told so.
    let holding = tokio::spawn({
        let adapter = Arc::clone(&adapter);
        async move { rows(&adapter, "SELECT SLEEP(0.5)", vec![]).await }
    });
    pause(100).await;
    let error = failure(&adapter, "SELECT 4", soon()).await;
    assert!(matches!(error, Error::Busy(_) | Error::Deadline { statements: 0 }), "{error:?}");
    holding.await.unwrap();
}

#[tokio::test]
async fn connections_ended_by_the_server_fail_nothing_but_what_runs_there() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = Arc::new(scratch.opened(|_| {}).await);
    assert_eq!(rows(&adapter, "SELECT 1", vec![]).await, "1");
    scratch.end(&scratch.connections().await).await;
    pause(50).await;
    assert_eq!(rows(&adapter, "SELECT 1", vec![]).await, "1");
    scratch.end(&scratch.connections().await).await;
    pause(50).await;
    let (script, outcome) = write(&adapter, Script::sql(&["UPDATE t SET id = id + 1"])).await;
    assert_eq!(outcome.result.unwrap(), Ended::Committed);
    assert_eq!(script.changed, ["1"]);
    let running = tokio::spawn({
        let adapter = Arc::clone(&adapter);
        async move { write(&adapter, Script::sql(&["UPDATE t SET id = 9", "SELECT SLEEP(20)"])).await }
    });
    pause(150).await;
    scratch.end(&scratch.connections().await).await;
    // It is begun anew over another connection, or fails: in no case half of it is done.
    pause(150).await;
    running.abort();
    quiet(&scratch).await;
    assert_eq!(rows(&adapter, "SELECT id FROM t", vec![]).await, "2");
    adapter.ready().unwrap();
}

#[tokio::test]
async fn a_connection_works_from_every_thread() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = Arc::new(scratch.opened(|settings| settings.connections_max = 2).await);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let adapter = Arc::clone(&adapter);
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    for _ in 0..50 {
                        let program = Reading::new(vec![vec![query("SELECT id FROM t", vec![])]; 2]);
                        let (program, outcome): (Option<Reading>, _) =
                            adapter.read(program, Cost::Cheap, in_seconds(10)).await;
                        outcome.result.unwrap();
                        assert_eq!(program.unwrap().rows, ["0:1", "0:1"]);
                    }
                    // The connections of this thread are still in use by others.
                    pause(300).await;
                });
            })
        })
        .collect();
    for thread in threads {
        tokio::task::spawn_blocking(move || thread.join().unwrap()).await.unwrap();
    }
    assert!(scratch.connections().await.len() <= 4);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told() {
    let settings = mysql::Settings::new("mysql://root@127.0.0.1:1/nowhere".to_owned());
    let error = mysql::Adapter::open(settings).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
}
