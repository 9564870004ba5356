//! The lock of readers, held while reads follow closely upon one another.

use std::time::{Duration, Instant};

use docent_sql::{Cost, sqlite};

use crate::support::{Served, pause, served, served_with};

/// Reads for so long, without a pause.
async fn read_for(served: &Served, milliseconds: u64) {
    let until = Instant::now() + Duration::from_millis(milliseconds);
    while Instant::now() < until {
        served.count(Cost::Cheap).await;
    }
}

/// Copies the whole log into the file and empties it; `false` if a reader is in the way.
fn empties_the_log(other: &rusqlite::Connection) -> bool {
    !other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0)).unwrap()
}

#[tokio::test]
async fn the_lock_of_readers_is_held_while_many_read_and_nobody_writes() {
    let served = served("CREATE TABLE t(a INT);");
    let other = served.other();
    other.busy_timeout(Duration::ZERO).unwrap();
    let mut rows = 0;
    loop {
        read_for(&served, 100).await;
        other.execute_batch("INSERT INTO t VALUES (1)").unwrap();
        rows += 1;
        let was_held = !empties_the_log(&other);
        assert_eq!(served.count(Cost::Cheap).await, rows, "a read sees what was committed before it");
        if was_held {
            break;
        }
        // It was taken anew just then.
        assert!(rows < 10, "it is never held");
        read_for(&served, 1_500).await;
    }
    // Reads go on, but somebody has written.
    let until = Instant::now() + Duration::from_secs(5);
    while !empties_the_log(&other) {
        assert!(Instant::now() < until, "it is not given back after a write");
        read_for(&served, 1).await;
    }
}

#[tokio::test]
async fn without_reads_no_lock_is_held() {
    let served = served("CREATE TABLE t(a INT);");
    read_for(&served, 100).await;
    let other = served.other();
    other.busy_timeout(Duration::ZERO).unwrap();
    other.execute_batch("INSERT INTO t VALUES (1)").unwrap();
    let until = Instant::now() + Duration::from_secs(5);
    while !empties_the_log(&other) {
        assert!(Instant::now() < until, "it is not given back");
        pause(10).await;
    }
}

#[tokio::test]
async fn without_write_ahead_logging_no_lock_is_held() {
    let served = served_with("CREATE TABLE t(a INT);", |settings| settings.write_ahead_log = false);
    let other = served.other();
    other.busy_timeout(Duration::ZERO).unwrap();
    let mut refused = 0;
    for rows in 1..20 {
        read_for(&served, 10).await;
        while other.execute_batch("INSERT INTO t VALUES (1)").is_err() {
            refused += 1;
            // A connection that finds out how the file is written has a lock for a moment, about once a second. One
            // that is held refuses about ten of these.
            assert!(refused < 6, "{refused} writes were refused");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(served.count(Cost::Cheap).await, rows);
    }
}

#[tokio::test]
async fn a_file_that_was_replaced_is_let_go_of() {
    let served = served("CREATE TABLE t(a INT);");
    read_for(&served, 100).await;
    let next = served.folder.path().join("next.db");
    sqlite::create(&next, "CREATE TABLE t(a INT); INSERT INTO t VALUES (1);").unwrap();
    std::fs::rename(&next, served.path()).unwrap();
    let until = Instant::now() + Duration::from_secs(5);
    while !matches!(served.try_count(Cost::Cheap).await, Ok(1)) {
        assert!(Instant::now() < until, "the new file is not read");
    }
}
