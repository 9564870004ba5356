//! Writes that are committed together keep apart what becomes of each.

use std::time::{Duration, Instant};

use docent_sql::{Ended, Error, ViolationKind};

use crate::support::{Script, Served, committed, failed, in_seconds, pause, served};

const SCHEMA: &str = "
    CREATE TABLE t(a INT UNIQUE);
    CREATE TABLE parents(id INTEGER PRIMARY KEY);
    CREATE TABLE children(a INT REFERENCES parents DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER harsh BEFORE INSERT ON t WHEN new.a = -1 BEGIN SELECT RAISE(ROLLBACK, 'harsh'); END;";

fn slow(rows: u64) -> String {
    format!(
        "INSERT INTO t SELECT -count(*) FROM \
         (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT i FROM n)"
    )
}

fn insert(number: i64) -> Script {
    Script::sql(&[&format!("INSERT INTO t VALUES ({number})")])
}

/// How many commits the write-ahead log has.
fn commits(served: &Served) -> usize {
    let log = std::fs::read(served.folder.path().join("test.db-wal")).unwrap_or_default();
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    if log.len() < 32 {
        return 0;
    }
    let page_size = number(8) as usize;
    let salt = number(16);
    let frames = (32..log.len()).step_by(24 + page_size);
    frames.filter(|at| number(at + 8) == salt && number(at + 4) > 0).count()
}

#[tokio::test]
async fn what_waits_is_committed_at_once() {
    let served = served(SCHEMA);
    let before = commits(&served);
    let started = served
        .start_together(std::array::from_fn::<_, 40, _>(|number| insert(number.try_into().unwrap()).soon()))
        .await;
    for write in started {
        assert_eq!(committed(write).await, 0);
    }
    assert_eq!(served.seen("SELECT count(*) FROM t"), "40");
    let commits = commits(&served) - before;
    assert!(commits <= 2, "{commits} commits");
}

#[tokio::test]
async fn a_refusal_is_its_own() {
    let served = served(SCHEMA);
    let twice = Script::sql(&["INSERT INTO t VALUES (100)", "INSERT INTO t VALUES (2)"]);
    let scripts = [
        insert(1).soon(),
        insert(2).soon(),
        twice.soon(),
        insert(3).undone().soon(),
        Script::sql(&["INSERT INTO gone VALUES (1)"]).soon(),
        insert(4).at_step(|step| assert!(step == 0, "on purpose")).soon(),
        insert(5).soon(),
    ];
    let mut started = served.start_together(scripts).await.into_iter();
    let mut next = || started.next().unwrap();
    assert_eq!((committed(next()).await, committed(next()).await), (0, 0));
    let (script, outcome) = next().await.unwrap();
    assert_eq!(outcome.result.unwrap(), Ended::RolledBack);
    let (query, violation) = script.unwrap().refused.unwrap();
    assert_eq!((query, violation.kind), (Some(1), ViolationKind::Unique));
    assert_eq!(next().await.unwrap().1.result.unwrap(), Ended::RolledBack);
    assert!(matches!(failed(next()).await, Error::SchemaChanged(_)));
    assert!(matches!(failed(next()).await, Error::Failed(_)));
    assert_eq!(committed(next()).await, 0);
    assert_eq!(served.seen("SELECT a FROM t ORDER BY a"), "1 2 5");
}

#[tokio::test]
async fn the_first_of_a_group_takes_nothing_with_it() {
    let twice = || Script::sql(&["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (1)"]);
    let unknown = || Script::sql(&["INSERT INTO t VALUES (1)", "INSERT INTO gone VALUES (1)"]);
    let panics = || insert(1).at_step(|step| assert!(step == 0, "on purpose"));
    for first in [twice(), insert(1).undone(), unknown(), panics()] {
        let served = served(SCHEMA);
        let [first, second, third] =
            served.start_together([first.soon(), insert(2).soon(), insert(3).soon()]).await;
        assert!(!matches!(first.await.unwrap().1.result, Ok(Ended::Committed)));
        assert_eq!((committed(second).await, committed(third).await), (0, 0));
        assert_eq!(served.seen("SELECT a FROM t ORDER BY a"), "2 3");
    }
}

#[tokio::test]
async fn a_log_that_has_become_long_is_copied_into_the_file() {
    let served = served("CREATE TABLE long(a BLOB);");
    let written = || std::fs::metadata(served.path()).unwrap().len();
    let row = || Script::sql(&["INSERT INTO long VALUES (zeroblob(2000000))"]);
    served.commit(row()).await;
    assert!(written() < 2_000_000, "a short one is not");
    for _ in 0..10 {
        served.commit(row()).await;
    }
    // It is answered before.
    for _ in 0..100 {
        if written() > 16_000_000 {
            return;
        }
        pause(50).await;
    }
    panic!("nothing was copied");
}

#[tokio::test]
async fn a_rule_checked_at_the_end_refuses_only_who_broke_it() {
    let served = served(SCHEMA);
    let orphan = Script::sql(&["INSERT INTO t VALUES (2)", "INSERT INTO children VALUES (7)"]);
    let whole = Script::sql(&["INSERT INTO children VALUES (8)", "INSERT INTO parents VALUES (8)"]);
    let started = served.start_together([insert(1).soon(), orphan.soon(), whole.soon()]).await;
    let [first, orphan, whole] = started;
    // On a busy machine the three may come in more than one group; then nobody else has to be run again.
    assert!(committed(first).await <= 1);
    let (script, outcome) = orphan.await.unwrap();
    assert_eq!(outcome.result.unwrap(), Ended::RolledBack);
    let (query, violation) = script.unwrap().refused.unwrap();
    assert_eq!((query, violation.kind), (None, ViolationKind::Reference));
    assert!(committed(whole).await <= 1);
    assert_eq!(served.seen("SELECT a FROM t"), "1");
    assert_eq!(served.seen("SELECT a FROM children"), "8");
}

#[tokio::test]
async fn what_is_to_be_committed_is_told_so_each_time() {
    let served = served(SCHEMA);
    let orphan = Script::sql(&["INSERT INTO children VALUES (7)"]);
    let started = served.start_together([orphan.soon(), insert(1).soon(), insert(2).undone().soon()]).await;
    for write in started {
        let (script, outcome) = write.await.unwrap();
        let script = script.unwrap();
        let times = if outcome.result.unwrap() == Ended::Committed || script.refused.is_some() {
            script.restarts + 1
        } else {
            0
        };
        assert_eq!(script.committing, times);
    }
}

#[tokio::test]
async fn a_rule_checked_at_the_end_refuses_a_single_write_without_a_second_attempt() {
    let served = served(SCHEMA);
    let (script, outcome) = served.write(Script::sql(&["INSERT INTO children VALUES (7)"])).await;
    assert_eq!(outcome.result.unwrap(), Ended::RolledBack);
    assert_eq!(script.refused.unwrap().0, None);
    assert_eq!(script.restarts, 0);
    assert_eq!(served.seen("SELECT count(*) FROM children"), "0");
}

#[tokio::test]
async fn a_deadline_inside_of_a_change_takes_no_other_with_it() {
    // It must pass after the group has begun, and before the patience with a member ends; a busy machine may miss that.
    for _ in 0..10 {
        let served = served(SCHEMA);
        let late = (Script::sql(&[&slow(100_000_000)]), Instant::now() + Duration::from_millis(150));
        let started =
            served.start_together([insert(1).soon(), insert(2).soon(), late, insert(3).soon()]).await;
        let [first, second, late, third] = started;
        let restarts = (committed(first).await, committed(second).await);
        let error = failed(late).await;
        assert_eq!(committed(third).await, 0);
        assert_eq!(served.seen("SELECT a FROM t ORDER BY a"), "1 2 3");
        if matches!(error, Error::Deadline { statements: 1 }) {
            // SQLite undoes the whole transaction when it interrupts a change; those before it ran again.
            return assert!(restarts.0 <= 1 && restarts.1 <= 1);
        }
        assert!(matches!(error, Error::Busy(_)), "{error}");
    }
    panic!("the deadline never passed inside of the change");
}

#[tokio::test]
async fn a_long_write_does_not_keep_others_waiting() {
    let served = served(SCHEMA);
    let rows = 4_000_000;
    let started = served.start_together([insert(1).soon(), Script::sql(&[&slow(rows)]).soon()]).await;
    let [short, long] = started;
    let (shorts, at) = (committed(short).await, Instant::now());
    let (longs, later) = (committed(long).await, Instant::now());
    assert_eq!(served.seen("SELECT a FROM t ORDER BY a"), format!("-{rows} 1"));
    assert_eq!((shorts, longs), (1, 1));
    assert!(at < later);
}

#[tokio::test]
async fn a_trigger_that_rolls_everything_back_hits_its_own_write_only() {
    let served = served(SCHEMA);
    let started = served.start_together([insert(1).soon(), insert(-1).soon(), insert(2).soon()]).await;
    let [first, harsh, second] = started;
    assert!(committed(first).await <= 1);
    let (script, outcome) = harsh.await.unwrap();
    assert_eq!(outcome.result.unwrap(), Ended::RolledBack);
    let script = script.unwrap();
    assert_eq!(script.refused.unwrap().1.text, "harsh");
    committed(second).await;
    // By itself, too.
    assert_eq!(served.refused(insert(-1)).await.kind, ViolationKind::Trigger);
    assert_eq!(served.seen("SELECT a FROM t ORDER BY a"), "1 2");
}

#[tokio::test(flavor = "current_thread")]
async fn nothing_is_lost_and_nothing_answered_twice_under_load() {
    let served = served(SCHEMA);
    let mut started = Vec::new();
    for number in 0..400_i64 {
        let script = match number % 10 {
            3 => {
                Script::sql(&[&format!("INSERT INTO t VALUES ({number})"), "INSERT INTO children VALUES (7)"])
            }
            5 => Script::sql(&[&format!("INSERT INTO t VALUES ({number})"), "INSERT INTO t VALUES (-1)"]),
            7 => Script::sql(&[&format!("INSERT INTO t VALUES ({number})"), "INSERT INTO t VALUES (0)"]),
            _ => insert(number),
        };
        started.push((number, served.start(script, in_seconds(30))));
        if number % 7 == 0 {
            tokio::task::yield_now().await;
        }
    }
    let mut kept = Vec::new();
    for (number, write) in started {
        if write.await.unwrap().1.result.unwrap() == Ended::Committed {
            kept.push(number.to_string());
        }
    }
    assert_eq!(kept.len(), 280);
    assert_eq!(served.seen("SELECT a FROM t ORDER BY a"), kept.join(" "));
}
