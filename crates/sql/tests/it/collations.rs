//! Files with collations of other programs.

use docent_sql::{Cell, Cost, Program, Query, Row};

use crate::support::{Script, in_seconds, query, served, text};

const SCHEMA: &str = "
    CREATE TABLE t(id INTEGER PRIMARY KEY, name VARCHAR(20) COLLATE NOCASE_UTF8 NOT NULL, UNIQUE (name));
    INSERT INTO t VALUES (1, 'Ärger'), (2, 'Zebra'), (3, 'apple'), (4, 'élan');
";

/// Reads the rows of one query.
struct Reading {
    query: Option<Query>,
    rows: Vec<String>,
}

impl Program for Reading {
    fn next(&mut self, wave: &mut Vec<Query>) {
        wave.extend(self.query.take());
    }

    fn row(&mut self, _query: usize, row: &Row<'_>) {
        let Cell::Text(name) = row[0] else { unreachable!("names are texts") };
        self.rows.push(String::from_utf8_lossy(name).into_owned());
    }

    fn restart(&mut self) {
        unreachable!("a thread needs no second attempt");
    }

    fn needs_snapshot(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn columns_that_fold_all_of_unicode_are_read_written_and_introspected() {
    let served = served(SCHEMA);
    let schema = served.database.introspect().await.unwrap();
    assert_eq!(schema.tables[0].columns[1].collation.as_deref(), Some("NOCASE_UTF8"));
    assert_eq!(schema.tables[0].unique_keys.len(), 1);
    let read = async |query: Query| {
        let reading = Reading { query: Some(query), rows: Vec::new() };
        let (reading, outcome) = served.database.read(reading, Cost::Heavy, in_seconds(10), None).await;
        outcome.result.unwrap();
        reading.unwrap().rows.join(" ")
    };
    assert_eq!(read(query("SELECT name FROM t ORDER BY name", vec![])).await, "apple Zebra Ärger élan");
    assert_eq!(read(query("SELECT name FROM t WHERE name = ?1", vec![text("ÉLAN")])).await, "élan");
    let renamed = "UPDATE t SET name = 'Birne' WHERE name = 'ärger' AND name > 'zebra'";
    assert_eq!(served.commit(Script::sql(&[renamed])).await.changed, [1]);
    served.refused(Script::sql(&["INSERT INTO t VALUES (5, 'bIRNE')"])).await;
    assert_eq!(read(query("SELECT name FROM t ORDER BY name", vec![])).await, "apple Birne Zebra élan");
}
