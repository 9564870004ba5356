//! Changes of the schema are noticed, others are not.

use std::time::Duration;

use super::server::Scratch;
use crate::support::pause;

#[tokio::test]
async fn changes_of_the_schema_are_noticed() {
    let scratch = Scratch::new(
        "CREATE TABLE p(id integer PRIMARY KEY, x integer); CREATE TABLE t(id integer PRIMARY KEY, n integer, p integer);
         CREATE INDEX of_p ON t (p)",
    )
    .await;
    let adapter = scratch.opened(|_| {}).await;
    let mut changes = adapter.schema_changes();
    scratch.run("INSERT INTO t VALUES (1, 1, 1); DELETE FROM t; ANALYZE TABLE t").await;
    pause(300).await;
    assert!(!changes.has_changed().unwrap());
    for sql in [
        "CREATE TABLE other(id integer PRIMARY KEY)",
        "ALTER TABLE t ADD COLUMN m integer",
        "ALTER TABLE t MODIFY n bigint",
        "ALTER TABLE t MODIFY n bigint DEFAULT 5",
        "ALTER TABLE t MODIFY n bigint DEFAULT 5 COMMENT 'how many'",
        "ALTER TABLE t COMMENT 'things'",
        "CREATE UNIQUE INDEX only_one ON t (n)",
        "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES p(id)",
        "ALTER TABLE t ADD CONSTRAINT small CHECK (n < 10)",
        "CREATE TRIGGER nothing BEFORE DELETE ON t FOR EACH ROW SET @x = 1",
        "CREATE VIEW v AS SELECT id FROM t",
        "ALTER TABLE t RENAME COLUMN m TO o",
        "DROP TABLE other",
    ] {
        scratch.run(sql).await;
        tokio::time::timeout(Duration::from_secs(5), changes.changed()).await.expect(sql).unwrap();
        changes.mark_unchanged();
    }
}
