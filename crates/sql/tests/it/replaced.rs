//! The file is replaced or vanishes while it is written.

use std::time::{Duration, Instant};

use docent_sql::{Ended, Error, sqlite};

use crate::support::{Script, in_seconds, pause, served};

const SCHEMA: &str = "CREATE TABLE t(a INT);";

fn insert(number: u32) -> Script {
    Script::sql(&[&format!("INSERT INTO t VALUES ({number})")])
}

#[tokio::test]
async fn an_idle_writer_lets_go_of_a_file_that_was_replaced() {
    let served = served(SCHEMA);
    served.commit(insert(1)).await;
    let next = served.folder.path().join("next.db");
    sqlite::create(&next, SCHEMA).unwrap();
    std::fs::rename(&next, served.path()).unwrap();
    let until = in_seconds(5);
    let mut number = 2;
    loop {
        let (_, outcome) = served.database.write(insert(number), in_seconds(5)).await;
        match outcome.result {
            Ok(ended) => break assert_eq!(ended, Ended::Committed),
            Err(error) => assert!(matches!(error, Error::Unavailable(_)), "{error}"),
        }
        number += 1;
        assert!(Instant::now() < until, "it never came back");
        pause(20).await;
    }
    assert_eq!(served.seen("SELECT a FROM t"), number.to_string());
}

#[tokio::test]
async fn what_is_acknowledged_after_the_replacement_is_in_the_new_file() {
    let served = served(SCHEMA);
    let mut acknowledged = Vec::new();
    let mut refused = 0_u32;
    let since = Instant::now();
    let mut is_replaced = false;
    for number in 0.. {
        if !is_replaced && since.elapsed() > Duration::from_millis(150) {
            assert_eq!(acknowledged.len() as u64, u64::from(number));
            acknowledged.clear();
            let next = served.folder.path().join("next.db");
            sqlite::create(&next, SCHEMA).unwrap();
            std::fs::rename(&next, served.path()).unwrap();
            is_replaced = true;
        }
        let (_, outcome) = served.database.write(insert(number), in_seconds(5)).await;
        match outcome.result {
            Ok(_) => acknowledged.push(number.to_string()),
            Err(Error::Unavailable(_)) => refused += 1,
            Err(error) => panic!("{error}"),
        }
        if since.elapsed() > Duration::from_millis(900) {
            break;
        }
        pause(1).await;
    }
    assert!(refused > 0 && !acknowledged.is_empty());
    assert_eq!(served.seen("SELECT a FROM t ORDER BY a"), acknowledged.join(" "));
    assert_eq!(served.seen("PRAGMA integrity_check"), "ok");
}

#[tokio::test]
async fn a_file_that_is_gone_makes_writes_unavailable_until_it_is_back() {
    let served = served(SCHEMA);
    let away = served.folder.path().join("away.db");
    served.commit(insert(1)).await;
    std::fs::rename(served.path(), &away).unwrap();
    let (_, outcome) = served.database.write(insert(2), in_seconds(5)).await;
    assert!(matches!(outcome.result, Err(Error::Unavailable(_))));
    pause(100).await;
    std::fs::rename(&away, served.path()).unwrap();
    let until = in_seconds(5);
    while let (_, outcome) = served.database.write(insert(3), in_seconds(5)).await
        && let Err(error) = outcome.result
    {
        assert!(matches!(error, Error::Unavailable(_)) && Instant::now() < until, "{error}");
        pause(20).await;
    }
    assert_eq!(served.seen("SELECT a FROM t"), "1 3");
}
