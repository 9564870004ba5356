//! Reads and writes that go well: snapshots, waves, prepared statements, transactions.

use std::sync::Arc;
use std::time::Duration;

use docent_sql::{Cost, Ended, Error, Value, postgres};

use super::reading::{Reading, opened, read, rows, write};
use super::server::Scratch;
use crate::support::{Script, in_seconds, query, text};

const SCHEMA: &str = "CREATE TABLE t(id integer PRIMARY KEY, name text);
    INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')";

async fn names(adapter: &postgres::Adapter) -> String {
    rows(adapter, "SELECT string_agg(name, '' ORDER BY id) FROM t", vec![]).await
}

#[tokio::test]
async fn a_read_of_several_waves_sees_one_snapshot() {
    let scratch = Arc::new(Scratch::new(SCHEMA).await);
    let sql = "SELECT count(*) FROM t";
    for prepared in [true, false] {
        scratch.run("DELETE FROM t WHERE id > 3").await;
        let adapter = opened(&scratch, |settings| settings.prepared = prepared);
        let other = Arc::clone(&scratch);
        let waves = vec![vec![query(sql, vec![]), query(sql, vec![])], vec![query(sql, vec![])]];
        let program = Reading::new(waves).at_wave(move |wave| {
            if wave == 1 {
                let other = Arc::clone(&other);
                let insert = std::thread::spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    runtime.block_on(async {
                        let other = super::server::connect(&other.url).await;
                        other.batch_execute("INSERT INTO t VALUES (4, 'd')").await.unwrap();
                    });
                });
                insert.join().unwrap();
            }
        });
        let (program, outcome) = read(&adapter, program, Cost::Cheap, in_seconds(10)).await;
        outcome.result.unwrap();
        assert_eq!(program.rows, ["0:3", "1:3", "0:3"]);
        assert_eq!(outcome.statements, 3);
        assert_eq!(rows(&adapter, sql, vec![]).await, "4");
    }
}

#[tokio::test]
async fn large_answers_of_one_wave_come_in_order() {
    let scratch = Scratch::new("").await;
    let wave: Vec<_> =
        (0..40).map(|n| query(&format!("SELECT {n} FROM generate_series(1, 3000)"), vec![])).collect();
    for prepared in [true, false] {
        let adapter = opened(&scratch, |settings| settings.prepared = prepared);
        for _ in 0..2 {
            let program = Reading::new(vec![wave.clone()]);
            let (program, outcome) = read(&adapter, program, Cost::Cheap, in_seconds(20)).await;
            outcome.result.unwrap();
            assert_eq!(program.rows.len(), 120_000);
            let in_order = program.rows.iter().enumerate().all(|(index, row)| {
                let number = index / 3_000;
                *row == format!("{number}:{number}")
            });
            assert!(in_order);
        }
    }
}

#[tokio::test]
async fn cheap_reads_share_a_connection() {
    let scratch = Scratch::new("").await;
    let adapter = Arc::new(opened(&scratch, |_| {}));
    rows(&adapter, "SELECT 1", vec![]).await;
    let reads = (0..200).map(|n| {
        let adapter = Arc::clone(&adapter);
        tokio::spawn(async move {
            let sql = "SELECT $1::int4, pg_backend_pid()::text";
            rows(&adapter, sql, vec![Value::Integer(n)]).await
        })
    });
    let mut connections = std::collections::BTreeSet::new();
    for (n, read) in reads.collect::<Vec<_>>().into_iter().enumerate() {
        let found = read.await.unwrap();
        let (number, connection) = found.split_once(',').unwrap();
        assert_eq!(number, n.to_string());
        connections.insert(connection.to_owned());
    }
    assert_eq!(connections.len(), 1);
}

#[tokio::test]
async fn a_read_that_is_not_cheap_moves_to_a_connection_of_its_own() {
    let scratch = Scratch::new("").await;
    let adapter = opened(&scratch, |settings| settings.cheap_time = Duration::from_millis(50));
    let slow = Reading::one("SELECT 1 FROM pg_sleep(0.3)", vec![]);
    let (program, outcome) = read(&adapter, slow, Cost::Cheap, in_seconds(10)).await;
    outcome.result.unwrap();
    assert!(outcome.was_heavy && outcome.place.is_some());
    assert_eq!((program.rows, program.restarts), (vec!["0:1".to_owned()], 1));
    let quick = Reading::one("SELECT 1", vec![]);
    let (_, outcome) = read(&adapter, quick, Cost::Cheap, in_seconds(10)).await;
    assert!(!outcome.was_heavy && outcome.place.is_none());
}

#[tokio::test]
async fn statements_survive_changes_of_the_schema() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = opened(&scratch, |_| {});
    let star = || Reading::one("SELECT * FROM t WHERE id = 1", vec![]);
    let twice = || Reading::new(vec![vec![query("SELECT * FROM t WHERE id = 1", vec![]); 2]]);
    for program in [star(), twice()] {
        let (program, outcome) = read(&adapter, program, Cost::Cheap, in_seconds(10)).await;
        outcome.result.unwrap();
        assert_eq!(program.rows[0], "0:1,'a'");
    }
    scratch.run("ALTER TABLE t ADD COLUMN n integer DEFAULT 7").await;
    for program in [star(), twice()] {
        let (program, outcome) = read(&adapter, program, Cost::Cheap, in_seconds(10)).await;
        outcome.result.unwrap();
        assert_eq!((program.rows[0].as_str(), program.restarts), ("0:1,'a',7", 1));
    }
    write(&adapter, Script::sql(&["SELECT * FROM t WHERE id = 1"])).await.1.result.unwrap();
    scratch.run("ALTER TABLE t DROP COLUMN n").await;
    let (script, outcome) = write(&adapter, Script::sql(&["SELECT * FROM t WHERE id = 1"])).await;
    assert_eq!(outcome.result.unwrap(), Ended::Committed);
    assert_eq!(script.rows, ["0:1,a"]);
    scratch.run("DROP TABLE t").await;
    let (_, outcome) = read(&adapter, star(), Cost::Cheap, in_seconds(10)).await;
    assert!(matches!(outcome.result, Err(Error::SchemaChanged(_))), "{:?}", outcome.result);
}

#[tokio::test]
async fn a_bounded_number_of_statements_stays_prepared() {
    let scratch = Scratch::new("").await;
    let adapter = opened(&scratch, |_| {});
    for n in 0..600 {
        assert_eq!(rows(&adapter, &format!("SELECT {n}"), vec![]).await, n.to_string());
    }
    // The driver forgets one when it makes room for the next; the answer of the last is not waited for.
    let kept = rows(&adapter, "SELECT count(*) FROM pg_prepared_statements", vec![]).await;
    assert!((250..=260).contains(&kept.parse::<i32>().unwrap()), "{kept}");
}

#[tokio::test]
async fn a_transaction_is_committed_or_undone_as_a_whole() {
    let scratch = Scratch::new(SCHEMA).await;
    for prepared in [true, false] {
        let adapter = opened(&scratch, |settings| settings.prepared = prepared);
        let statements = [
            "INSERT INTO t VALUES (8, 'h'), (9, 'i') RETURNING id, name",
            "UPDATE t SET name = 'z' WHERE id > 7",
            "SELECT count(*) FROM t WHERE name = 'z'",
            "WITH x AS (SELECT 9 AS id) DELETE FROM t USING x WHERE t.id = x.id",
        ];
        let (script, outcome) = write(&adapter, Script::sql(&statements).undone()).await;
        assert_eq!(outcome.result.unwrap(), Ended::RolledBack);
        assert_eq!((script.rows.len(), names(&adapter).await.as_str()), (3, "'abc'"));

        let (script, outcome) = write(&adapter, Script::sql(&statements)).await;
        assert_eq!(outcome.result.unwrap(), Ended::Committed);
        assert_eq!(outcome.statements, 4);
        assert_eq!(script.rows, ["0:8,h", "0:9,i", "2:2"]);
        assert_eq!(script.changed, [2, 2, 1]);
        assert_eq!(names(&adapter).await, "'abcz'");
        scratch.run("DELETE FROM t WHERE id > 3").await;
    }
}

#[tokio::test]
async fn what_loses_against_another_transaction_begins_anew() {
    let scratch =
        Scratch::new("CREATE TABLE n(id integer PRIMARY KEY, n integer); INSERT INTO n VALUES (1, 0)").await;
    let adapter = Arc::new(opened(&scratch, |_| {}));
    let writes: Vec<_> = (0..4)
        .map(|_| {
            let adapter = Arc::clone(&adapter);
            tokio::spawn(async move {
                for _ in 0..10 {
                    let script = Script::sql(&["UPDATE n SET n = n + 1 WHERE id = 1"]);
                    let (_, outcome) = adapter.write(script, in_seconds(30)).await;
                    assert_eq!(outcome.result.unwrap(), Ended::Committed);
                    assert_eq!(outcome.statements, 1);
                }
            })
        })
        .collect();
    for write in writes {
        write.await.unwrap();
    }
    assert_eq!(rows(&adapter, "SELECT n FROM n", vec![]).await, "40");
}

#[tokio::test]
async fn a_database_for_reading_is_not_written() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = opened(&scratch, |settings| settings.writable = false);
    let (_, outcome) = write(&adapter, Script::sql(&["DELETE FROM t"])).await;
    assert!(matches!(outcome.result, Err(Error::Failed(_))));
    for sql in ["DELETE FROM t", "SELECT setval(pg_get_serial_sequence('s', 'id'), 5)"] {
        scratch.run("CREATE TABLE IF NOT EXISTS s(id serial)").await;
        let (_, outcome) = read(&adapter, Reading::one(sql, vec![]), Cost::Cheap, in_seconds(10)).await;
        assert!(outcome.result.is_err(), "{sql}");
    }
    assert_eq!(names(&adapter).await, "'abc'");
}

#[tokio::test]
async fn what_the_server_cannot_take_for_a_value_breaks_nothing() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = opened(&scratch, |_| {});
    let sql = "SELECT id FROM t WHERE name = $1";
    for value in [text("a\0"), Value::TextBytes(vec![0xFF])] {
        let program = Reading::one(sql, vec![value]);
        let (_, outcome) = read(&adapter, program, Cost::Cheap, in_seconds(10)).await;
        assert!(matches!(outcome.result, Err(Error::Value(_))));
    }
    assert_eq!(rows(&adapter, sql, vec![text("b")]).await, "2");
    let program = Reading::one("SELECT name FROM t WHERE id = $1", vec![text("first")]);
    let (_, outcome) = read(&adapter, program, Cost::Cheap, in_seconds(10)).await;
    assert!(matches!(outcome.result, Err(Error::Value(_))));
}

#[tokio::test]
async fn the_schema_is_read() {
    let scratch = Scratch::new(SCHEMA).await;
    for prepared in [true, false] {
        let adapter = opened(&scratch, |settings| settings.prepared = prepared);
        let schema = adapter.introspect().await.unwrap();
        assert_eq!(schema.tables.iter().map(|table| table.name.name.as_str()).collect::<Vec<_>>(), ["t"]);
        adapter.ready().unwrap();
    }
}

#[test]
fn what_cannot_be_reached_is_found_out_at_once() {
    let wrong = [
        "postgres://postgres@127.0.0.1:1/postgres",
        "postgres://postgres@nowhere.invalid/postgres",
        "postgres://postgres@127.0.0.1:1/postgres?sslmode=verify-full&sslrootcert=/nowhere.pem",
    ];
    for url in wrong {
        let error = postgres::Adapter::open(postgres::Settings::new(url.to_owned())).unwrap_err();
        assert!(matches!(error, Error::Unavailable(_) | Error::Failed(_)), "{error}");
    }
}
