//! What the server refuses, and how it is told.

use docent_sql::{Ended, Value, Violation, ViolationKind, postgres};

use super::reading::{opened, rows, write};
use super::server::Scratch;
use crate::support::{Script, query, text};

const SCHEMA: &str = "
    CREATE TYPE mood AS ENUM ('sad');
    CREATE DOMAIN positive AS integer CONSTRAINT is_positive CHECK (VALUE > 0);
    CREATE TABLE parent(a integer, b integer, PRIMARY KEY (b, a));
    CREATE TABLE t(
        id integer PRIMARY KEY,
        name varchar(3) NOT NULL DEFAULT 'x',
        code text,
        n smallint CONSTRAINT n_is_small CHECK (n < 100),
        price numeric(4, 2),
        m mood, p positive, u uuid, day date, at timestamp, doc jsonb,
        fixed integer GENERATED ALWAYS AS (id + 1) STORED,
        counted integer GENERATED ALWAYS AS IDENTITY,
        pa integer, pb integer,
        CONSTRAINT to_parent FOREIGN KEY (pb, pa) REFERENCES parent(b, a),
        CONSTRAINT late FOREIGN KEY (n) REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED,
        EXCLUDE USING btree (code WITH =)
    );
    CREATE UNIQUE INDEX name_and_n ON t(n, lower(name), day);
    CREATE VIEW counts AS SELECT count(*) AS n FROM t;
    CREATE VIEW small AS SELECT id, n FROM t WHERE n < 10 WITH CHECK OPTION;
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'Not on % please', NEW.day USING ERRCODE = TG_ARGV[0]; END $$;
    CREATE TRIGGER plain BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.id = 666) EXECUTE FUNCTION refuse('P0001');
    CREATE TRIGGER coded BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.id = 667) EXECUTE FUNCTION refuse('23514');
    INSERT INTO parent VALUES (1, 2);
    INSERT INTO t(id, pa, pb, n, name, day, code) VALUES (1, 1, 2, 1, 'A', '2025-01-01', 'c');";

async fn refused(adapter: &postgres::Adapter, script: Script) -> (Option<usize>, Violation) {
    let (script, outcome) = write(adapter, script).await;
    assert_eq!(outcome.result.unwrap(), Ended::RolledBack);
    script.refused.unwrap()
}

#[tokio::test]
async fn refusals_tell_the_rule_and_its_columns() {
    use ViolationKind as Kind;
    let cases: &[(&str, Kind, &str, &[&str])] = &[
        ("INSERT INTO t(id) VALUES (1)", Kind::Unique, "t_pkey", &["id"]),
        ("INSERT INTO parent(a, b) VALUES (1, 2)", Kind::Unique, "parent_pkey", &["b", "a"]),
        (
            "INSERT INTO t(id, n, name, day) VALUES (2, 1, 'a', '2025-01-01')",
            Kind::Unique,
            "name_and_n",
            &["n", "day"],
        ),
        ("INSERT INTO t(id, pa, pb) VALUES (2, 5, 6)", Kind::MissingReference, "to_parent", &["pb", "pa"]),
        ("UPDATE \"t\" SET pa = 9", Kind::MissingReference, "to_parent", &["pb", "pa"]),
        ("DELETE FROM parent", Kind::StillReferenced, "to_parent", &["pb", "pa"]),
        ("UPDATE parent SET a = 9", Kind::StillReferenced, "to_parent", &["pb", "pa"]),
        ("INSERT INTO t(id, name) VALUES (2, NULL)", Kind::NotNull, "", &["name"]),
        ("INSERT INTO t(id, n) VALUES (2, 100)", Kind::Check, "n_is_small", &["n"]),
        ("INSERT INTO t(id, p) VALUES (2, -1)", Kind::Check, "is_positive", &[]),
        ("INSERT INTO small(id, n) VALUES (2, 11)", Kind::Check, "", &[]),
        ("INSERT INTO t(id, name) VALUES (2, 'long')", Kind::Range, "", &[]),
        ("INSERT INTO t(id, price) VALUES (2, 100)", Kind::Range, "", &[]),
        ("INSERT INTO t(id, code) VALUES (2, 'c')", Kind::Other, "t_code_excl", &["code"]),
        ("INSERT INTO t(id, fixed) VALUES (2, 5)", Kind::ReadOnly, "", &[]),
        ("INSERT INTO t(id, counted) VALUES (2, 5)", Kind::ReadOnly, "", &[]),
        ("INSERT INTO counts VALUES (2)", Kind::ReadOnly, "", &[]),
    ];
    let scratch = Scratch::new(SCHEMA).await;
    for prepared in [true, false] {
        let adapter = opened(&scratch, |settings| settings.prepared = prepared);
        for (sql, kind, constraint, columns) in cases {
            let script = Script::sql(&["SELECT 1", sql, "SELECT 2"]);
            let (query, violation) = refused(&adapter, script).await;
            assert_eq!(query, Some(1), "{sql}");
            assert_eq!(violation.kind, *kind, "{sql}: {violation:?}");
            assert_eq!(violation.constraint.as_deref().unwrap_or_default(), *constraint, "{sql}");
            assert_eq!(violation.columns, *columns, "{sql}");
        }
        assert_eq!(rows(&adapter, "SELECT count(*) FROM t", vec![]).await, "1");
    }
}

#[tokio::test]
async fn values_that_a_column_cannot_take() {
    use ViolationKind as Kind;
    let cases = [
        ("n", text("many"), Kind::Type),
        ("n", Value::Integer(40_000), Kind::Range),
        ("n", Value::Real(1e300), Kind::Type),
        ("m", text("happy"), Kind::Type),
        ("u", text("1234"), Kind::Type),
        ("day", text("tomorrows"), Kind::Type),
        ("day", text("2025-02-30"), Kind::Type),
        ("at", text("2025-01-31T25:00:00"), Kind::Type),
        ("doc", text("{"), Kind::Type),
        ("doc", text("\"\\u0000\""), Kind::Type),
        ("code", text("a\0b"), Kind::Type),
        ("code", Value::TextBytes(vec![0xFF, 0xFE]), Kind::Type),
    ];
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = opened(&scratch, |_| {});
    for (column, value, kind) in cases {
        let shown = format!("{column} {value:?}");
        let insert = query(&format!("INSERT INTO t(id, {column}) VALUES (2, $1)"), vec![value]);
        let (_, violation) = refused(&adapter, Script::new(vec![vec![insert]])).await;
        assert_eq!(violation.kind, kind, "{shown}: {violation:?}");
    }
}

#[tokio::test]
async fn what_a_trigger_says_is_for_people() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = opened(&scratch, |_| {});
    for id in [666, 667] {
        let sql = format!("INSERT INTO t(id, day) VALUES ({id}, '2025-01-31')");
        let (_, violation) = refused(&adapter, Script::sql(&[&sql])).await;
        assert_eq!(violation.kind, ViolationKind::Trigger);
        assert_eq!(violation.text, "Not on 2025-01-31 please");
    }
}

#[tokio::test]
async fn a_deferred_constraint_refuses_the_commit() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = opened(&scratch, |_| {});
    let (script, outcome) = write(&adapter, Script::sql(&["INSERT INTO t(id, n) VALUES (2, 5)"])).await;
    assert_eq!((outcome.result.unwrap(), script.committing), (Ended::RolledBack, 1));
    let (query, violation) = script.refused.unwrap();
    assert_eq!((query, violation.kind), (None, ViolationKind::MissingReference));
    assert_eq!(violation.columns, ["n"]);
    let (script, outcome) = write(&adapter, Script::sql(&["INSERT INTO t(id, n) VALUES (3, 3)"])).await;
    assert_eq!((outcome.result.unwrap(), script.committing), (Ended::Committed, 1));
    let undone = Script::sql(&["INSERT INTO t(id, n) VALUES (4, 3)"]).undone();
    let (script, outcome) = write(&adapter, undone).await;
    assert_eq!((outcome.result.unwrap(), script.committing), (Ended::RolledBack, 0));
}

#[tokio::test]
async fn columns_follow_the_schema() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = opened(&scratch, |settings| settings.watch_interval = std::time::Duration::from_millis(20));
    let insert = || Script::sql(&["INSERT INTO t(id, n) VALUES (2, 100)"]);
    assert_eq!(refused(&adapter, insert()).await.1.columns, ["n"]);
    let mut changes = adapter.schema_changes();
    scratch.run("ALTER TABLE t RENAME COLUMN n TO number").await;
    changes.changed().await.unwrap();
    let insert = Script::sql(&["INSERT INTO t(id, number) VALUES (2, 100)"]);
    assert_eq!(refused(&adapter, insert).await.1.columns, ["number"]);
}

#[tokio::test]
async fn a_role_without_rights_is_told_so() {
    let scratch = Scratch::new(SCHEMA).await;
    let adapter = opened(&scratch, |_| {});
    // A view runs with its owner's rights, this one with the caller's: the owner gives them up.
    scratch.run("REVOKE ALL ON t FROM CURRENT_USER").await;
    let role = format!("docent_{}", std::process::id());
    scratch.run(&format!("CREATE ROLE {role} LOGIN")).await;
    let script = Script::new(vec![
        vec![query(&format!("SET LOCAL ROLE {role}"), vec![])],
        vec![query("DELETE FROM t", vec![])],
    ]);
    let (_, violation) = refused(&adapter, script).await;
    assert_eq!(violation.kind, ViolationKind::ReadOnly);
    scratch.run(&format!("DROP ROLE {role}")).await;
}
