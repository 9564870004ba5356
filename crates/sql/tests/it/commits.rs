//! One write by itself: what is durable, seen and undone.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use docent_sql::{Cost, Database, Ended, Error, sqlite};

use crate::support::{Script, failed, in_seconds, pause, query, served, served_with};

/// Some seconds of work in one statement that writes.
const SLOW: &str = "INSERT INTO t SELECT count(*) FROM \
    (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000000) SELECT i FROM n)";

#[tokio::test]
async fn a_read_after_the_answer_sees_what_was_written() {
    let served = served("CREATE TABLE t(a INT);");
    for expected in 1..=200 {
        served.commit(Script::sql(&["INSERT INTO t VALUES (1)"])).await;
        for cost in [Cost::Cheap, Cost::Heavy] {
            assert_eq!(served.count(cost).await, expected);
        }
    }
}

#[tokio::test]
async fn what_is_not_to_be_kept_is_undone() {
    let served = served("CREATE TABLE t(a INT);");
    let (script, outcome) = served.write(Script::sql(&["INSERT INTO t VALUES (1)"]).undone()).await;
    assert_eq!(outcome.result.unwrap(), Ended::RolledBack);
    assert_eq!((outcome.statements, script.changed), (1, vec![1]));
    assert_eq!(served.seen("SELECT count(*) FROM t"), "0");
}

#[tokio::test]
async fn a_file_opened_for_reading_is_not_written() {
    let served = served_with("CREATE TABLE t(a INT);", |settings| settings.writable = false);
    let (_, outcome) = served.write(Script::sql(&["INSERT INTO t VALUES (1)"])).await;
    assert!(matches!(outcome.result, Err(Error::Failed(_))));
}

#[tokio::test]
async fn a_slow_statement_ends_at_its_deadline() {
    let served = served("CREATE TABLE t(a INT);");
    let deadline = std::time::Instant::now() + std::time::Duration::from_millis(100);
    let error = failed(served.start(Script::sql(&["INSERT INTO t VALUES (1)", SLOW]), deadline)).await;
    assert!(matches!(error, Error::Deadline { statements: 2 }), "{error}");
    served.commit(Script::sql(&["INSERT INTO t VALUES (2)"])).await;
    assert_eq!(served.seen("SELECT a FROM t"), "2");
}

#[tokio::test]
async fn a_write_that_nobody_waits_for_is_undone() {
    let served = served("CREATE TABLE t(a INT);");
    let begun = Arc::new(AtomicBool::new(false));
    let note = Arc::clone(&begun);
    let script = Script::sql(&["INSERT INTO t VALUES (1)", SLOW])
        .at_step(move |_| note.store(true, Ordering::Relaxed));
    let running = served.start(script, in_seconds(30));
    pause(30).await;
    assert!(begun.load(Ordering::Relaxed));
    let ran = Arc::new(AtomicBool::new(false));
    let note = Arc::clone(&ran);
    let waiting = served.start(
        Script::sql(&["INSERT INTO t VALUES (2)"]).at_step(move |_| note.store(true, Ordering::Relaxed)),
        in_seconds(30),
    );
    pause(10).await;
    waiting.abort();
    running.abort();
    served.commit(Script::sql(&["INSERT INTO t VALUES (3)"])).await;
    assert_eq!(served.seen("SELECT a FROM t"), "3");
    assert!(!ran.load(Ordering::Relaxed), "it was never begun");
}

#[tokio::test]
async fn a_panic_ends_one_transaction_and_not_the_writer() {
    let served = served("CREATE TABLE t(a INT);");
    let script = Script::sql(&["INSERT INTO t VALUES (1)"]).at_step(|step| assert!(step == 0, "on purpose"));
    let (script, outcome) = served.database.write(script, in_seconds(10)).await;
    assert!(script.is_none() && matches!(outcome.result, Err(Error::Failed(_))));
    served.commit(Script::sql(&["INSERT INTO t VALUES (2)"])).await;
    assert_eq!(served.seen("SELECT a FROM t"), "2");
}

#[tokio::test]
async fn a_wave_without_queries_is_an_error() {
    let served = served("CREATE TABLE t(a INT);");
    let (_, outcome) =
        served.write(Script::new(vec![vec![query("INSERT INTO t VALUES (1)", vec![])], vec![]])).await;
    assert!(matches!(outcome.result, Err(Error::Failed(_))));
    assert_eq!(served.seen("SELECT count(*) FROM t"), "0");
}

#[tokio::test]
async fn what_waits_when_the_database_is_closed_is_not_written() {
    let served = served("CREATE TABLE t(a INT);");
    let slow = Script::sql(&[SLOW]);
    let mut running = Box::pin(served.database.write(slow, in_seconds(1)));
    // Polled once: it is on its way to the thread.
    let polled = std::future::poll_fn(|context| std::task::Poll::Ready(running.as_mut().poll(context)));
    assert!(polled.await.is_pending());
    drop(running);
    let path = served.path();
    let folder = served.folder;
    drop(Arc::into_inner(served.database).unwrap());
    assert_eq!(crate::support::seen(&path, "SELECT count(*) FROM t"), "0");
    drop(folder);
}

#[test]
fn a_file_that_is_none_cannot_be_opened_for_writing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text.db");
    std::fs::write(&path, "This is no database, however long the text may be that stands here.".repeat(20))
        .unwrap();
    let mut settings = sqlite::Settings::new(path);
    settings.writable = true;
    assert!(sqlite::Adapter::open(settings).map(Database::Sqlite).is_err());
}
