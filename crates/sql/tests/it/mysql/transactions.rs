//! Reads and writes that go well: snapshots, waves, transactions.

use std::sync::Arc;

use docent_sql::change::{Change, Insert, Links, Source};
use docent_sql::render::{Dialect, render_change};
use docent_sql::schema::TableName;
use docent_sql::statement::{ColumnName, Parameter, Values};
use docent_sql::{Ended, Query, Value};
use mysql_async::prelude::Queryable;

use super::reading::{Reading, Script, query, read, rows, write};
use super::server::Scratch;
use crate::support::{in_seconds, text};

const SCHEMA: &str = "CREATE TABLE t(id integer PRIMARY KEY AUTO_INCREMENT, name varchar(20));
    INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')";

/// Runs statements in between, while the test's own thread cannot.
fn meanwhile(scratch: &Arc<Scratch>, sql: &'static str) {
    let scratch = Arc::clone(scratch);
    let run = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { scratch.run(sql).await });
    });
    run.join().unwrap();
}

#[tokio::test]
async fn a_read_of_several_waves_sees_one_snapshot() {
    let scratch = Arc::new(Scratch::new(SCHEMA).await);
    let adapter = scratch.opened(|settings| settings.connections_max = 1).await;
    let sql = "SELECT count(*) FROM t";
    let waves = vec![vec![query(sql, vec![]), query(sql, vec![])], vec![query(sql, vec![])]];
    let other = Arc::clone(&scratch);
    let program =
        Reading::new(waves).at_wave(move |_| meanwhile(&other, "INSERT INTO t (name) VALUES ('d')"));
    let (program, outcome) = read(&adapter, program, in_seconds(10)).await;
    outcome.result.unwrap();
    assert_eq!((program.rows, outcome.statements), (vec!["0:3".into(), "1:3".into(), "0:3".into()], 3));
    // The snapshot has ended.
    assert_eq!(rows(&adapter, sql, vec![]).await, "5");
    assert_eq!(scratch.connections().await.len(), 2, "one, and the keeper's");
}

#[tokio::test]
async fn a_write_tells_what_it_changed() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = scratch.opened(|_| {}).await;
    let insert = "INSERT INTO t (name) VALUES (?)";
    let waves = vec![
        vec![query(insert, vec![text("d")]), query("SELECT max(id) FROM t", vec![])],
        vec![
            query("INSERT INTO t (name) VALUES ('e'), ('f')", vec![]),
            query("UPDATE t SET name = 'a' WHERE id <= ?", vec![Value::Integer(2)]),
            query("DELETE FROM t WHERE id > 100", vec![]),
            query("INSERT INTO t (name) VALUES ('g') RETURNING id, name", vec![]),
            query("DELETE t0 FROM t AS t0 WHERE t0.id = 1", vec![]),
        ],
    ];
    let (script, outcome) = write(&adapter, Script::new(waves)).await;
    assert_eq!((outcome.result.unwrap(), outcome.statements), (Ended::Committed, 7));
    assert_eq!(script.committing, 1);
    assert_eq!(script.changed, ["1/4", "2", "2", "0", "1", "1"]);
    assert_eq!(script.rows, ["1:4", "3:7,'g'"]);
    assert_eq!(scratch.seen("SELECT group_concat(name ORDER BY id) FROM t").await, "a,c,d,e,f,g");
}

#[tokio::test]
async fn nothing_is_left_of_what_is_undone() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = scratch.opened(|settings| settings.connections_max = 1).await;
    let (script, outcome) = write(&adapter, Script::sql(&["DELETE FROM t"]).undone()).await;
    assert_eq!((outcome.result.unwrap(), script.committing), (Ended::RolledBack, 0));
    assert_eq!(rows(&adapter, "SELECT count(*) FROM t", vec![]).await, "3");
    let adapter = scratch.opened(|settings| settings.writable = false).await;
    write(&adapter, Script::sql(&["DELETE FROM t"])).await.1.result.unwrap_err();
    assert_eq!(scratch.seen("SELECT count(*) FROM t").await, "3");
}

#[tokio::test]
async fn a_deadlock_begins_the_transaction_anew() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = Arc::new(scratch.opened(|_| {}).await);
    let mut other = scratch.other().await;
    // It has more to undo, so that the server picks the adapter's.
    other.query_drop("BEGIN; INSERT INTO t (name) SELECT 'x' FROM t, t AS u, t AS v").await.unwrap();
    other.query_drop("UPDATE t SET name = 'o' WHERE id = 1").await.unwrap();
    let script =
        Script::sql(&["UPDATE t SET name = 'p' WHERE id = 2", "UPDATE t SET name = 'q' WHERE id = 1"]);
    let writing = tokio::spawn({
        let adapter = Arc::clone(&adapter);
        async move { write(&adapter, script).await }
    });
    crate::support::pause(300).await;
    other.query_drop("UPDATE t SET name = 'o' WHERE id = 2").await.unwrap();
    other.query_drop("COMMIT").await.unwrap();
    let (script, outcome) = writing.await.unwrap();
    assert_eq!(outcome.result.unwrap(), Ended::Committed);
    assert!(script.restarts >= 1);
    assert_eq!(scratch.seen("SELECT group_concat(name ORDER BY id) FROM t WHERE id < 3").await, "q,p");
}

#[tokio::test]
async fn first_links_of_different_rows_are_not_in_each_others_way() {
    let scratch = Scratch::new("CREATE TABLE j(l integer, r integer, PRIMARY KEY (l, r))").await;
    let adapter = scratch.opened(|_| {}).await;
    let column = |name: &str| ColumnName {
        name: name.to_owned(),
        comparison_type: "bigint".into(),
        values: Values::Plain,
    };
    let links = Change::Insert(Insert {
        table: TableName { schema: None, name: "j".to_owned() },
        source: Source::Links(Links {
            near: vec![(column("l"), Parameter(0))],
            far: vec![column("r")],
            list: Parameter(1),
            is_first: true,
        }),
        unless_known: Vec::new(),
        returning: Vec::new(),
    });
    let statement = Arc::new(render_change(Dialect::MariaDb, &links));
    let mut other = scratch.other().await;
    other.query_drop("SET sql_mode = 'ANSI_QUOTES'; BEGIN").await.unwrap();
    other.exec_drop(statement.sql.as_str(), (1, "[1,2]")).await.unwrap();
    let parameters = vec![Value::Integer(2), Value::List(vec![Value::Integer(1), Value::Integer(2)])];
    let script = Script::new(vec![vec![Query { statement, parameters: parameters.into() }]]);
    let (script, outcome) = write(&adapter, script).await;
    assert_eq!((outcome.result.unwrap(), script.restarts), (Ended::Committed, 0));
    assert_eq!(script.changed, ["2"]);
    other.query_drop("COMMIT").await.unwrap();
    assert_eq!(scratch.seen("SELECT group_concat(l, r ORDER BY l, r) FROM j").await, "11,12,21,22");
}

#[tokio::test]
async fn conditional_writes_do_not_overlook_each_other() {
    let scratch =
        Scratch::new("CREATE TABLE n(id integer PRIMARY KEY, v integer); INSERT INTO n VALUES (1, 0)").await;
    let adapter = Arc::new(scratch.opened(|_| {}).await);
    let writes: Vec<_> = (0..8)
        .map(|_| {
            let adapter = Arc::clone(&adapter);
            tokio::spawn(async move {
                let script =
                    Script::sql(&["SELECT v FROM n WHERE id = 1", "UPDATE n SET v = v + 1 WHERE id = 1"]);
                write(&adapter, script.conditional()).await
            })
        })
        .collect();
    let mut seen = Vec::new();
    for writing in writes {
        let (script, outcome) = writing.await.unwrap();
        assert_eq!(outcome.result.unwrap(), Ended::Committed);
        seen.extend(script.rows);
    }
    seen.sort();
    let expected: Vec<String> = (0..8).map(|number| format!("0:{number}")).collect();
    assert_eq!(seen, expected);
}
