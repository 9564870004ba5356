//! Every rule a database can refuse by is told apart.

use docent_sql::{Error, ViolationKind};

use crate::support::{Script, served};

const SCHEMA: &str = "
    CREATE TABLE parents(id INTEGER PRIMARY KEY, code TEXT UNIQUE);
    CREATE TABLE people(
        id INTEGER PRIMARY KEY, email TEXT, name TEXT, age INT CONSTRAINT grown CHECK (age >= 18),
        parent INT REFERENCES parents(id), strict_parent INT REFERENCES parents(id) ON DELETE RESTRICT,
        shout TEXT AS (upper(name)), nick TEXT NOT NULL DEFAULT 'n', UNIQUE (email, name), CHECK (length(name)  < 9));
    CREATE UNIQUE INDEX lower_nick ON people(lower(nick)) WHERE nick <> 'n';
    CREATE TABLE measures(a INTEGER, b TEXT) STRICT;
    CREATE TABLE pairs(a INT, b INT, PRIMARY KEY(a, b)) WITHOUT ROWID;
    CREATE TABLE \"odd.one, two\"(\"a, b\" INT UNIQUE, \"c.d\" INT NOT NULL DEFAULT 0, \"it's\" INT CHECK (\"it's\" > 0));
    CREATE VIEW old AS SELECT * FROM people;
    CREATE TRIGGER careful BEFORE UPDATE OF email ON people WHEN new.email = 'no'
        BEGIN SELECT RAISE(ABORT, 'Ask someone else.'); END;
    INSERT INTO parents VALUES (1, 'a'), (2, 'b');
    INSERT INTO people(id, email, name, parent, nick) VALUES (1, 'e', 'n', 1, 'Bo');
    INSERT INTO people(id, strict_parent) VALUES (2, 2);
    INSERT INTO pairs VALUES (1, 1);
    INSERT INTO \"odd.one, two\"(\"a, b\") VALUES (1);";

#[tokio::test]
async fn every_rule_is_named() {
    use ViolationKind::*;
    let served = served(SCHEMA);
    for (sql, kind, place, constraint) in [
        ("INSERT INTO people(email, name) VALUES ('e', 'n')", Unique, "people: email, name", ""),
        ("INSERT INTO people(id) VALUES (1)", Unique, "people: id", ""),
        ("INSERT INTO pairs VALUES (1, 1)", Unique, "pairs: a, b", ""),
        ("INSERT INTO people(nick) VALUES ('bO')", Unique, "", "lower_nick"),
        ("UPDATE parents SET code = 'a'", Unique, "parents: code", ""),
        ("UPDATE people SET nick = NULL", NotNull, "people: nick", ""),
        ("INSERT INTO people(age) VALUES (17)", Check, "", "grown"),
        ("INSERT INTO people(name) VALUES ('much too long')", Check, "", "length(name)  < 9"),
        ("INSERT INTO measures VALUES ('x', 'y')", Type, "measures: a", ""),
        ("UPDATE people SET id = 'x' WHERE id = 1", Type, "", ""),
        ("INSERT INTO people(parent) VALUES (9)", MissingReference, "", ""),
        ("UPDATE people SET parent = 9", Reference, "", ""),
        ("DELETE FROM parents WHERE id = 1", StillReferenced, "", ""),
        ("DELETE FROM parents WHERE id = 2", StillReferenced, "", ""),
        ("UPDATE parents SET id = 3 WHERE id = 2", Reference, "", ""),
        ("UPDATE people SET email = 'no'", Trigger, "", ""),
        ("UPDATE people SET shout = 'x'", ReadOnly, "", ""),
        ("INSERT INTO people(shout) VALUES ('x')", ReadOnly, "", ""),
        ("INSERT INTO old(id) VALUES (1)", ReadOnly, "", ""),
        ("INSERT INTO \"odd.one, two\"(\"a, b\") VALUES (1)", Unique, "odd.one, two: a, b", ""),
        ("UPDATE \"odd.one, two\" SET \"c.d\" = NULL", NotNull, "odd.one, two: c.d", ""),
        ("UPDATE \"odd.one, two\" SET \"it's\" = 0", Check, "", "it's"),
    ] {
        let violation = served.refused(Script::sql(&[sql])).await;
        let found = match &violation.table {
            Some(table) => format!("{table}: {}", violation.columns.join(", ")),
            None => String::new(),
        };
        let found = (violation.kind, found.as_str(), violation.constraint.as_deref().unwrap_or_default());
        assert_eq!(found, (kind, place, constraint), "{sql}: {}", violation.text);
        assert!(!violation.text.is_empty());
    }
    let trigger = served.refused(Script::sql(&["UPDATE people SET email = 'no'"])).await;
    assert_eq!(trigger.text, "Ask someone else.");
    assert_eq!(served.seen("SELECT count(*) FROM people"), "2");
}

#[tokio::test]
async fn a_check_leads_to_its_columns() {
    let served = served(SCHEMA);
    let schema = served.database.introspect().await.unwrap();
    for (table, constraint, expected) in [
        ("people", "grown", "age"),
        ("people", "length(name)  < 9", "name"),
        ("odd.one, two", "it's", "it's"),
        ("people", "other", ""),
    ] {
        let table = schema.tables.iter().find(|found| found.name.name == table).unwrap();
        let columns =
            table.columns_of_check(constraint).iter().map(|column| table.columns[*column].name.as_str());
        assert_eq!(columns.collect::<Vec<_>>().join(","), expected, "{constraint}");
    }
}

#[tokio::test]
async fn a_refusal_says_which_query_and_undoes_all_of_them() {
    let served = served("CREATE TABLE t(a INT UNIQUE);");
    let (script, _) = served
        .write(Script::sql(&[
            "INSERT INTO t VALUES (1)",
            "INSERT INTO t VALUES (1)",
            "INSERT INTO t VALUES (2)",
        ]))
        .await;
    assert_eq!(script.refused.unwrap().0, Some(1));
    assert_eq!(script.changed, [1]);
    assert_eq!(served.seen("SELECT count(*) FROM t"), "0");
}

#[tokio::test]
async fn a_name_that_is_gone_is_a_changed_schema() {
    let served = served("CREATE TABLE t(a INT, b INT); INSERT INTO t VALUES (1, 2);");
    let statements = [
        "INSERT INTO \"t\" (\"b\") VALUES (1)",
        "UPDATE \"t\" AS t0 SET \"b\" = 1",
        "UPDATE \"t\" AS t0 SET \"a\" = 1 RETURNING \"t\".\"b\"",
        "DELETE FROM \"t\" AS t0 WHERE t0.\"b\" = 1",
    ];
    for sql in statements {
        served.write(Script::sql(&[sql]).undone()).await.1.result.unwrap();
    }
    served.other().execute_batch("ALTER TABLE t DROP COLUMN b").unwrap();
    for sql in statements {
        let result = served.write(Script::sql(&[sql])).await.1.result;
        assert!(matches!(result, Err(Error::SchemaChanged(_))), "{sql}: {result:?}");
    }
}

#[tokio::test]
async fn triggers_of_the_schema_work() {
    let served = served(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, at TEXT);
         CREATE VIRTUAL TABLE found USING fts5(a, content='t', content_rowid='id');
         CREATE TRIGGER noted AFTER INSERT ON t BEGIN
             UPDATE t SET at = datetime('now') WHERE id = new.id;
             INSERT INTO found(rowid, a) VALUES (new.id, new.a);
         END;",
    );
    let script = served.commit(Script::sql(&["INSERT INTO t(a) VALUES ('one two')"])).await;
    assert_eq!(script.changed, [1]);
    assert_eq!(served.seen("SELECT rowid FROM found WHERE found MATCH 'two'"), "1");
    assert_eq!(served.seen("SELECT at IS NOT NULL FROM t"), "1");
}
