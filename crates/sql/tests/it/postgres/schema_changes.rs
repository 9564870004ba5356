//! Changes of the schema are noticed, and nothing else is taken for one.

use std::time::Duration;

use docent_sql::{Database, postgres};
use tokio::sync::watch;
use tokio::time::timeout;

use super::server::Scratch;

const SCHEMA: &str = "
    CREATE TYPE mood AS ENUM ('sad');
    CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
    CREATE TABLE p(id integer PRIMARY KEY);
    CREATE TABLE t(id integer PRIMARY KEY, p integer REFERENCES p, m mood, n positive, a text);
    CREATE MATERIALIZED VIEW kept AS SELECT * FROM t;
    INSERT INTO p VALUES (1);
    INSERT INTO t VALUES (1, 1, 'sad', 1, 'a');";

/// Whether a change is noticed within that time.
async fn notices(changes: &mut watch::Receiver<u64>, within: Duration) -> bool {
    timeout(within, changes.changed()).await.is_ok()
}

async fn watched(scratch: &Scratch, every: Duration) -> (Database, watch::Receiver<u64>) {
    let served = scratch.served(|settings| settings.watch_interval = every);
    served.introspect().await.unwrap();
    let mut changes = served.schema_changes();
    changes.mark_unchanged();
    (served, changes)
}

#[tokio::test]
async fn every_kind_of_change_is_noticed() {
    let scratch = Scratch::new(SCHEMA).await;
    let (_served, mut changes) = watched(&scratch, Duration::from_millis(10)).await;
    for sql in [
        "CREATE TABLE another(a integer)",
        "DROP TABLE another",
        "CREATE VIEW v AS SELECT 1 AS a",
        "ALTER TABLE t ADD COLUMN b integer",
        "ALTER TABLE t RENAME COLUMN b TO c",
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT 1",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
        "ALTER TABLE t ALTER COLUMN c TYPE bigint",
        "ALTER TABLE t DROP COLUMN c",
        "ALTER TABLE t RENAME TO u",
        "ALTER TABLE u RENAME TO t",
        "ALTER TYPE mood ADD VALUE 'happy'",
        "ALTER TYPE mood RENAME VALUE 'happy' TO 'glad'",
        "ALTER DOMAIN positive ADD CONSTRAINT small CHECK (VALUE < 100)",
        "ALTER DOMAIN positive SET NOT NULL",
        "ALTER TABLE t ADD CONSTRAINT k CHECK (id > 0)",
        "ALTER TABLE t DROP CONSTRAINT t_p_fkey",
        "CREATE UNIQUE INDEX i ON t(a)",
        "DROP INDEX i",
        "COMMENT ON TABLE t IS 'A table'",
        "COMMENT ON COLUMN t.a IS 'A column'",
        "COMMENT ON COLUMN t.a IS NULL",
        "GRANT SELECT ON t TO PUBLIC",
        "GRANT SELECT (id) ON p TO PUBLIC",
        "REVOKE SELECT ON t FROM PUBLIC",
        "CREATE RULE r AS ON DELETE TO t DO ALSO NOTHING",
        "CREATE SCHEMA s; ALTER TABLE t SET SCHEMA s",
    ] {
        scratch.run(sql).await;
        assert!(notices(&mut changes, Duration::from_secs(5)).await, "{sql}");
    }
}

#[tokio::test]
async fn rows_and_maintenance_are_no_change() {
    let scratch = Scratch::new(SCHEMA).await;
    let (_served, mut changes) = watched(&scratch, Duration::from_millis(10)).await;
    for sql in [
        "INSERT INTO t SELECT n, 1, 'sad', n, 'b' FROM generate_series(2, 1000) AS n",
        "ANALYZE",
        "VACUUM",
        "VACUUM FREEZE",
        "VACUUM FULL t",
        "REINDEX TABLE t",
        "REINDEX TABLE CONCURRENTLY t",
        "REFRESH MATERIALIZED VIEW kept",
        "TRUNCATE t",
        "CREATE TEMPORARY TABLE temporary(a integer)",
        "VACUUM FULL",
    ] {
        scratch.run(sql).await;
        assert!(!notices(&mut changes, Duration::from_millis(100)).await, "{sql}");
    }
}

#[tokio::test]
async fn with_the_trigger_a_change_is_told_at_once() {
    let scratch = Scratch::new(SCHEMA).await;
    // As often as an administrator likes.
    scratch.run(postgres::trigger_sql()).await;
    scratch.run(postgres::trigger_sql()).await;
    let (_served, mut changes) = watched(&scratch, Duration::from_mins(10)).await;
    for sql in
        ["ALTER TABLE t ADD COLUMN b integer", "GRANT SELECT ON t TO PUBLIC", "DROP MATERIALIZED VIEW kept"]
    {
        scratch.run(sql).await;
        assert!(notices(&mut changes, Duration::from_secs(5)).await, "{sql}");
    }
    for sql in ["CREATE TEMPORARY TABLE temporary(a integer)", "DROP TABLE temporary", "TRUNCATE t"] {
        scratch.run(sql).await;
        assert!(!notices(&mut changes, Duration::from_millis(100)).await, "{sql}");
    }
}
