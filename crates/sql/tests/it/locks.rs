//! Other programs that write the same file, and more writes than can be taken.

use std::time::{Duration, Instant};

use docent_sql::Error;

use crate::support::{Script, committed, failed, in_seconds, pause, served, served_with};

fn insert(number: u32) -> Script {
    Script::sql(&[&format!("INSERT INTO t VALUES ({number})")])
}

#[tokio::test]
async fn another_programs_lock_is_waited_for() {
    let served = served("CREATE TABLE t(a INT);");
    let other = served.other();
    other.execute_batch("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)").unwrap();
    let write = served.start(insert(2), in_seconds(10));
    pause(200).await;
    assert!(!write.is_finished());
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(committed(write).await, 0);
    assert_eq!(served.seen("SELECT a FROM t ORDER BY a"), "1 2");
}

#[tokio::test]
async fn a_lock_held_too_long_makes_everyone_who_waits_busy_in_time() {
    let served = served("CREATE TABLE t(a INT);");
    let other = served.other();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let since = Instant::now();
    let first = served.start(insert(1), since + Duration::from_millis(400));
    pause(20).await;
    // Behind the first, but with less time.
    let second = served.start(insert(2), since + Duration::from_millis(150));
    let patient = served.start(insert(3), in_seconds(10));
    assert!(matches!(failed(second).await, Error::Busy(_)));
    assert!(since.elapsed() < Duration::from_millis(350));
    assert!(matches!(failed(first).await, Error::Busy(_)));
    other.execute_batch("ROLLBACK").unwrap();
    committed(patient).await;
    assert_eq!(served.seen("SELECT a FROM t"), "3");
}

#[tokio::test]
async fn without_write_ahead_logging_a_commit_waits_for_readers() {
    let served = served_with("CREATE TABLE t(a INT);", |settings| settings.write_ahead_log = false);
    let other = served.other();
    other.execute_batch("BEGIN; SELECT * FROM t").unwrap();
    assert_eq!(served.seen("PRAGMA journal_mode"), "delete");
    let late = served.start(insert(1), Instant::now() + Duration::from_millis(200));
    assert!(matches!(failed(late).await, Error::Busy(_)));
    let patient = served.start(insert(2), in_seconds(10));
    pause(100).await;
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(committed(patient).await, 0);
    assert_eq!(served.seen("SELECT a FROM t"), "2");
}

#[tokio::test]
async fn a_group_whose_commit_has_to_wait_loses_only_those_without_time() {
    let served = served_with("CREATE TABLE t(a INT);", |settings| settings.write_ahead_log = false);
    let other = served.other();
    other.execute_batch("BEGIN; SELECT * FROM t").unwrap();
    let slow =
        Script::sql(&["INSERT INTO t VALUES (0)"]).at_step(|_| std::thread::sleep(Duration::from_millis(4)));
    let first = served.start(slow, in_seconds(10));
    let second = served.start(insert(1), Instant::now() + Duration::from_millis(600));
    let third = served.start(insert(2), in_seconds(10));
    assert!(matches!(failed(second).await, Error::Busy(_) | Error::Deadline { .. }));
    other.execute_batch("COMMIT").unwrap();
    // Whether they were in one group with it, and had to be run again, is a matter of time.
    assert!(committed(first).await <= 1 && committed(third).await <= 1);
    assert_eq!(served.seen("SELECT a FROM t"), "0 2");
}

#[tokio::test]
async fn more_than_may_wait_are_refused_at_once() {
    let served = served_with("CREATE TABLE t(a INT);", |settings| settings.write_queue_length_max = 2);
    let other = served.other();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut taken = Vec::new();
    for number in 0..3 {
        taken.push(served.start(insert(number), in_seconds(10)));
        pause(20).await;
    }
    let (_, outcome) = served.database.write(insert(9), in_seconds(10)).await;
    assert!(matches!(outcome.result, Err(Error::Busy(_))));
    other.execute_batch("ROLLBACK").unwrap();
    for write in taken {
        committed(write).await;
    }
    assert_eq!(served.seen("SELECT count(*) FROM t"), "3");
}

#[tokio::test]
async fn a_locked_file_can_be_opened() {
    let first = served("CREATE TABLE t(a INT);");
    let other = first.other();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let mut settings = docent_sql::sqlite::Settings::new(first.path());
    settings.writable = true;
    docent_sql::sqlite::Adapter::open(settings).unwrap();
}
