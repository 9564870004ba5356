//! What the server refuses, and which rule it is found to have broken.

use docent_sql::{Ended, Error, ViolationKind};

use super::reading::{Script, write};
use super::server::Scratch;

const SCHEMA: &str = "
    CREATE TABLE p(id integer PRIMARY KEY, email varchar(20) UNIQUE, a integer, b integer, CONSTRAINT pair UNIQUE (a, b));
    CREATE TABLE c(id integer PRIMARY KEY, p_id integer, n tinyint NOT NULL, d datetime, e enum('x'), v varchar(3),
        g integer AS (n + 1), u uuid, f decimal(4,2), CONSTRAINT to_p FOREIGN KEY (p_id) REFERENCES p(id),
        CONSTRAINT even CHECK (n % 2 = 0), k integer CHECK (k > 0));
    CREATE TABLE logged(id integer PRIMARY KEY);
    CREATE TRIGGER refuse BEFORE INSERT ON logged FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Not today';
    CREATE TABLE other_keys(email varchar(20), UNIQUE only_here (email));
    CREATE TRIGGER copies AFTER DELETE ON logged FOR EACH ROW INSERT INTO other_keys VALUES ('x');
    CREATE VIEW sums AS SELECT id + 1 AS more FROM p;
    INSERT INTO p VALUES (1, 'x', 1, 1);
    INSERT INTO other_keys VALUES ('x');
    INSERT INTO c (id, p_id, n) VALUES (1, 1, 2)";

#[tokio::test]
async fn every_rule_is_told_from_the_others() {
    use ViolationKind::{
        Check, MissingReference, NotNull, Range, ReadOnly, StillReferenced, Trigger, Type, Unique,
    };
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = scratch.opened(|_| {}).await;
    adapter.introspect().await.unwrap();
    for (sql, kind, place) in [
        (r#"INSERT INTO "p" VALUES (1, 'y', 2, 2)"#, Unique, "p(id) PRIMARY"),
        (r#"INSERT INTO "p" VALUES (2, 'x', 2, 2)"#, Unique, "p(email) email"),
        (r#"INSERT INTO "p" VALUES (2, 'y', 1, 1)"#, Unique, "p(a,b) pair"),
        (r#"INSERT INTO "c" (id, p_id, n) VALUES (2, 9, 2)"#, MissingReference, "c(p_id) to_p"),
        (r#"UPDATE "c" AS t0 SET "p_id" = 9"#, MissingReference, "c(p_id) to_p"),
        (r#"DELETE t0 FROM "p" AS t0"#, StillReferenced, "c(p_id) to_p"),
        (r#"INSERT INTO "c" (id, n) VALUES (2, NULL)"#, NotNull, "c(n)"),
        (r#"INSERT INTO "c" (id) VALUES (2)"#, NotNull, "c(n)"),
        (r#"INSERT INTO "c" (id, n) VALUES (2, 1)"#, Check, "c() even"),
        (r#"INSERT INTO "c" (id, n, k) VALUES (2, 2, 0)"#, Check, "c(k) k"),
        (r#"INSERT INTO "c" (id, n) VALUES (2, 'many')"#, Type, "c(n)"),
        (r#"INSERT INTO "c" (id, n, d) VALUES (2, 2, '2025-13-01')"#, Type, "c(d)"),
        (r#"INSERT INTO "c" (id, n, e) VALUES (2, 2, 'y')"#, Type, "c(e)"),
        (r#"INSERT INTO "c" (id, n, u) VALUES (2, 2, 'y')"#, Type, "c(u)"),
        (r#"INSERT INTO "c" (id, n) VALUES (2, 200)"#, Range, "c(n)"),
        (r#"INSERT INTO "c" (id, n, f) VALUES (2, 2, 100)"#, Range, "c(f)"),
        (r#"INSERT INTO "c" (id, n, v) VALUES (2, 2, 'abcd')"#, Range, "c(v)"),
        (r#"INSERT INTO "c" (id, n, g) VALUES (2, 2, 7)"#, ReadOnly, "c(g)"),
        (r#"UPDATE "sums" AS t0 SET "more" = 1"#, ReadOnly, "sums(more)"),
        (r#"INSERT INTO "logged" VALUES (1)"#, Trigger, "logged()"),
    ] {
        let (script, outcome) = write(&adapter, Script::sql(&["SELECT 1", sql])).await;
        assert_eq!(outcome.result.unwrap(), Ended::RolledBack, "{sql}");
        let (position, violation) = script.refused.unwrap();
        let table = violation.table.unwrap_or_default();
        let constraint = violation.constraint.map_or_else(String::new, |name| format!(" {name}"));
        let found = format!("{table}({}){constraint}", violation.columns.join(","));
        assert_eq!((position, violation.kind, found.as_str()), (Some(0), kind, place), "{sql}");
        if kind == Trigger {
            assert_eq!(violation.text, "Not today");
        }
    }
}

#[tokio::test]
async fn a_key_that_a_trigger_broke_is_found() {
    let scratch = Scratch::new(SCHEMA).await;
    scratch.run("DROP TRIGGER refuse; INSERT INTO logged VALUES (1)").await;
    let adapter = scratch.opened(|_| {}).await;
    adapter.introspect().await.unwrap();
    let (script, _) = write(&adapter, Script::sql(&[r#"DELETE t0 FROM "logged" AS t0"#])).await;
    let (_, violation) = script.refused.unwrap();
    assert_eq!(
        (violation.table.as_deref(), violation.columns),
        (Some("other_keys"), vec!["email".to_owned()])
    );
}

#[tokio::test]
async fn what_is_gone_is_no_violation() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = scratch.opened(|_| {}).await;
    for sql in [r#"INSERT INTO "gone" VALUES (1)"#, r#"UPDATE "p" AS t0 SET "gone" = 1"#] {
        let (script, outcome) = write(&adapter, Script::sql(&[sql])).await;
        assert!(matches!(outcome.result, Err(Error::SchemaChanged(_))), "{:?}", outcome.result);
        assert!(script.refused.is_none());
    }
}
