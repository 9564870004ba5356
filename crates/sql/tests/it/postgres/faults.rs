//! What goes wrong: deadlines, clients that leave, connections that end, a pool that is full.

use std::sync::Arc;
use std::time::{Duration, Instant};

use docent_sql::{Cost, Ended, Error, postgres};

use super::reading::{Conditional, Reading, failure, opened, read, rows, write};
use super::server::Scratch;
use crate::support::{Script, in_seconds, pause, query};

const SCHEMA: &str = "CREATE TABLE t(id integer PRIMARY KEY); INSERT INTO t VALUES (1)";

/// Statements that run on the server in this database, this one left out.
async fn running(scratch: &Scratch) -> i64 {
    let sql =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
               AND state <> 'idle'";
    scratch.other.query_one(sql, &[]).await.unwrap().get(0)
}

/// Waits until nothing runs on the server.
async fn quiet(scratch: &Scratch) {
    let begun = Instant::now();
    while running(scratch).await > 0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "something still runs");
        pause(10).await;
    }
}

/// Ends the adapter's connections, and waits until they have ended.
async fn end_connections(scratch: &Scratch) {
    let sql = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let _: i64 = scratch.other.query_one(sql, &[]).await.unwrap().get(0);
}

fn soon() -> Instant {
    Instant::now() + Duration::from_millis(200)
}

#[tokio::test]
async fn the_deadline_ends_statements() {
    let scratch = Scratch::new(SCHEMA).await;
    for prepared in [true, false] {
        let adapter = opened(&scratch, |settings| settings.prepared = prepared);
        let begun = Instant::now();
        assert!(matches!(failure(&adapter, "SELECT pg_sleep(5)", soon()).await, Error::Deadline { .. }));
        let slow = || query("SELECT 1 FROM pg_sleep(5)", vec![]);
        let several = Reading::new(vec![vec![query("SELECT 1", vec![]), slow()], vec![slow()]]);
        let (_, outcome) = read(&adapter, several, Cost::Cheap, soon()).await;
        assert!(matches!(outcome.result, Err(Error::Deadline { .. })));
        let (_, outcome) = adapter.write(Script::new(vec![vec![slow()]]), soon()).await;
        assert!(matches!(outcome.result, Err(Error::Deadline { .. })));
        assert!(begun.elapsed() < Duration::from_secs(3));
        quiet(&scratch).await;
        assert_eq!(rows(&adapter, "SELECT 1", vec![]).await, "1");
    }
}

#[tokio::test]
async fn a_session_ends_statements_by_the_deadline_of_the_read_it_serves() {
    let scratch = Scratch::new(SCHEMA).await;
    let sql = "SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'";
    for prepared in [true, false] {
        let adapter = opened(&scratch, |settings| {
            settings.prepared = prepared;
            settings.connections_max = 1;
        });
        for (round, seconds) in [30, 30, 5, 5, 60].into_iter().enumerate() {
            if round % 2 == 1 {
                let error = failure(&adapter, "SELECT pg_sleep(5)", soon()).await;
                assert!(matches!(error, Error::Deadline { .. }), "{error:?}");
            }
            let program = Reading::one(sql, vec![]);
            let (program, outcome) = read(&adapter, program, Cost::Heavy, in_seconds(seconds)).await;
            outcome.result.unwrap();
            let timeout: u64 = program.rows[0].trim_start_matches("0:").parse().unwrap();
            let left = (seconds - 2) * 1_000..=seconds * 1_000;
            assert!(left.contains(&timeout), "{timeout} ms in round {round}");
        }
    }
}

#[tokio::test]
async fn a_server_that_ends_no_statement_is_told_to() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = opened(&scratch, |_| {});
    let script = Script::sql(&["SET LOCAL statement_timeout = 0", "SELECT pg_sleep(5)"]);
    let begun = Instant::now();
    let (_, outcome) = adapter.write(script, soon()).await;
    assert!(matches!(outcome.result, Err(Error::Deadline { .. })));
    assert!(begun.elapsed() < Duration::from_secs(2));
    quiet(&scratch).await;
}

#[tokio::test]
async fn a_client_that_leaves_takes_its_statement_along() {
    let scratch = Scratch::new(SCHEMA).await;
    for prepared in [true, false] {
        let adapter = Arc::new(opened(&scratch, |settings| settings.prepared = prepared));
        let reading = Arc::clone(&adapter);
        let read =
            tokio::spawn(async move { failure(&reading, "SELECT pg_sleep(60)", in_seconds(60)).await });
        let writing = Arc::clone(&adapter);
        let script = Script::sql(&["INSERT INTO t VALUES (2)", "SELECT pg_sleep(60)"]);
        let write = tokio::spawn(async move { writing.write(script, in_seconds(60)).await });
        let begun = Instant::now();
        while running(&scratch).await < 2 {
            assert!(begun.elapsed() < Duration::from_secs(5));
            pause(10).await;
        }
        read.abort();
        write.abort();
        quiet(&scratch).await;
        assert_eq!(rows(&adapter, "SELECT count(*) FROM t", vec![]).await, "1");
    }
}

#[tokio::test]
async fn a_full_pool_is_busy() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = Arc::new(opened(&scratch, |settings| {
        settings.connections_max = 2;
        settings.queue_length_max = 1;
    }));
    let sleep = || Script::sql(&["SELECT pg_sleep(0.5)"]);
    let start = || {
        let adapter = Arc::clone(&adapter);
        tokio::spawn(async move { adapter.write(sleep(), in_seconds(10)).await.1 })
    };
    let writes = [start(), start(), start(), start(), start()];
    let mut busy = 0;
    for write in writes {
        match write.await.unwrap().result {
            Ok(ended) => assert_eq!(ended, Ended::Committed),
            Err(error) => {
                assert!(matches!(error, Error::Busy(_)));
                busy += 1;
            }
        }
    }
    assert_eq!(busy, 2);
    let held: Vec<_> = [start(), start()].into_iter().collect();
    pause(100).await;
    let (_, outcome) = adapter.write(sleep(), soon()).await;
    assert!(matches!(outcome.result, Err(Error::Busy(_))));
    for held in held {
        held.await.unwrap().result.unwrap();
    }
}

#[tokio::test]
async fn heavy_reads_leave_connections_for_others() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = Arc::new(opened(&scratch, |settings| settings.connections_max = 2));
    let heavy = Arc::clone(&adapter);
    let heavy = tokio::spawn(async move {
        let slow = || Reading::one("SELECT 1 FROM pg_sleep(1)", vec![]);
        let (first, second) = tokio::join!(
            read(&heavy, slow(), Cost::Heavy, in_seconds(10)),
            read(&heavy, slow(), Cost::Heavy, Instant::now() + Duration::from_millis(500)),
        );
        (first.1.result, second.1.result)
    });
    pause(100).await;
    let begun = Instant::now();
    let (_, outcome) = write(&adapter, Script::sql(&["UPDATE t SET id = 5"])).await;
    outcome.result.unwrap();
    assert!(begun.elapsed() < Duration::from_millis(500));
    let (first, second) = heavy.await.unwrap();
    first.unwrap();
    assert!(matches!(second, Err(Error::Busy(_))));
}

#[tokio::test]
async fn connections_that_end_are_replaced() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = opened(&scratch, |_| {});
    let two = || Reading::new(vec![vec![query("SELECT 1", vec![]), query("SELECT 2", vec![])]]);
    for round in 0..3 {
        assert_eq!(rows(&adapter, "SELECT 1", vec![]).await, "1");
        let (program, outcome) = read(&adapter, two(), Cost::Cheap, in_seconds(10)).await;
        outcome.result.unwrap();
        assert_eq!(program.rows.len(), 2);
        let sql = format!("INSERT INTO t VALUES ({})", 10 + round);
        let (_, outcome) = write(&adapter, Script::sql(&[&sql])).await;
        assert_eq!(outcome.result.unwrap(), Ended::Committed);
        end_connections(&scratch).await;
    }
    assert_eq!(rows(&adapter, "SELECT count(*) FROM t", vec![]).await, "4");
}

#[tokio::test]
async fn a_connection_that_ends_in_the_middle_costs_one_more_attempt() {
    let scratch = Arc::new(Scratch::new(SCHEMA).await);
    let adapter = opened(&scratch, |_| {});
    let (script, outcome) = {
        let other = Arc::clone(&scratch);
        let mut ended = false;
        let script = Script::new(vec![
            vec![query("INSERT INTO t VALUES (2)", vec![])],
            vec![query("INSERT INTO t VALUES (3)", vec![])],
        ]);
        let script = script.at_step(move |step| {
            if step == 1 && !std::mem::replace(&mut ended, true) {
                let other = Arc::clone(&other);
                let ending = std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    runtime.block_on(async {
                        let client = super::server::connect(&other.url).await;
                        let sql = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                                   WHERE datname = current_database() AND state = 'idle in transaction'";
                        client.batch_execute(sql).await.unwrap();
                    });
                });
                ending.join().unwrap();
            }
        });
        write(&adapter, script).await
    };
    assert_eq!(outcome.result.unwrap(), Ended::Committed);
    assert_eq!(script.restarts, 1);
    assert_eq!(rows(&adapter, "SELECT count(*) FROM t", vec![]).await, "3");
}

#[tokio::test]
async fn a_commit_without_an_answer_is_told_as_what_it_is() {
    let schema = "CREATE TABLE t(id integer);
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION wait();";
    let scratch = Scratch::new(schema).await;
    let adapter = Arc::new(opened(&scratch, |_| {}));
    let writing = Arc::clone(&adapter);
    let write = tokio::spawn(async move {
        writing.write(Script::sql(&["INSERT INTO t VALUES (1)"]), in_seconds(60)).await.1
    });
    while running(&scratch).await == 0 {
        pause(10).await;
    }
    pause(100).await;
    end_connections(&scratch).await;
    let result = write.await.unwrap().result;
    assert!(matches!(&result, Err(Error::OutcomeUnknown(_))), "{result:?}");
}

#[tokio::test]
async fn conditional_transactions_do_not_pass_each_other() {
    // Each reads what the other writes: one of them has to see it, and so to begin anew.
    let scratch =
        Scratch::new("CREATE TABLE t(id integer, n integer); INSERT INTO t VALUES (1, 0), (2, 0)").await;
    let adapter = Arc::new(opened(&scratch, |_| {}));
    let start = |own: i32, other: i32| {
        let adapter = Arc::clone(&adapter);
        tokio::spawn(async move {
            let first = query(&format!("SELECT n FROM t WHERE id = {other}"), vec![]);
            let pause = query("SELECT pg_sleep(0.3)", vec![]);
            let sql = format!("UPDATE t SET n = 1 + (SELECT n FROM t WHERE id = {other}) WHERE id = {own}");
            let script = Script::new(vec![vec![first, pause], vec![query(&sql, vec![])]]);
            let (script, outcome) = adapter.write(Conditional(script), in_seconds(20)).await;
            assert_eq!(outcome.result.unwrap(), Ended::Committed);
            script.unwrap().0.restarts
        })
    };
    let (one, two) = (start(1, 2), start(2, 1));
    let restarts = one.await.unwrap() + two.await.unwrap();
    assert!(restarts >= 1);
    assert_eq!(rows(&adapter, "SELECT sum(n) FROM t", vec![]).await, "3");
}

#[tokio::test]
async fn a_server_that_is_gone_is_noticed_and_found_again() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = opened(&scratch, |_| {});
    let name =
        scratch.other.query_one("SELECT current_database()::text", &[]).await.unwrap().get::<_, String>(0);
    let server = super::server::connect(&std::env::var("DOCENT_TEST_POSTGRES").unwrap()).await;
    let allow = |allowed: bool| format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}");
    server.batch_execute(&allow(false)).await.unwrap();
    end_connections(&scratch).await;
    let begun = Instant::now();
    while adapter.ready().is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(5));
        pause(20).await;
    }
    let (_, outcome) = read(&adapter, Reading::one("SELECT 1", vec![]), Cost::Cheap, in_seconds(5)).await;
    assert!(matches!(outcome.result, Err(Error::Unavailable(_))), "{:?}", outcome.result);
    server.batch_execute(&allow(true)).await.unwrap();
    assert_eq!(rows(&adapter, "SELECT 1", vec![]).await, "1");
    let begun = Instant::now();
    while adapter.ready().is_err() {
        assert!(begun.elapsed() < Duration::from_secs(5));
        pause(20).await;
    }
}

#[tokio::test]
async fn an_announced_change_is_noticed_at_once() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter: postgres::Adapter =
        opened(&scratch, |settings| settings.watch_interval = Duration::from_mins(1));
    let mut changes = adapter.schema_changes();
    scratch.run("ALTER TABLE t ADD COLUMN n integer; NOTIFY docent_schema").await;
    tokio::time::timeout(Duration::from_secs(2), changes.changed()).await.unwrap().unwrap();
}
