//! Which tables introspection finds, with their keys, indexes and foreign keys.

use docent_sql::schema::{ReferentialAction, Schema, TableKind};

use super::server::{Scratch, connect, table};

fn names(schema: &Schema) -> Vec<String> {
    schema.tables.iter().map(|table| table.name.to_string()).collect()
}

#[tokio::test]
async fn relations_of_every_kind_are_found() {
    let scratch = Scratch::new(
        "CREATE TABLE plain(id integer PRIMARY KEY, gone integer, a text);
         ALTER TABLE plain DROP COLUMN gone;
         COMMENT ON TABLE plain IS 'Just a table';
         COMMENT ON COLUMN plain.a IS 'Just a column';
         CREATE VIEW seen AS SELECT id, a FROM plain;
         CREATE MATERIALIZED VIEW kept AS SELECT id FROM plain;
         CREATE UNLOGGED TABLE unlogged(a integer);
         CREATE TEMPORARY TABLE temporary(a integer);
         CREATE SEQUENCE numbers;
         CREATE TYPE pair AS (a integer, b integer);
         CREATE FOREIGN DATA WRAPPER nothing;
         CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
         CREATE FOREIGN TABLE far(a integer) SERVER nowhere;
         CREATE TABLE parts(id integer, part integer, PRIMARY KEY (id, part)) PARTITION BY LIST (part);
         CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);
         CREATE TABLE part_2 PARTITION OF parts FOR VALUES IN (2) PARTITION BY LIST (id);
         CREATE TABLE part_2_1 PARTITION OF part_2 FOR VALUES IN (1);
         CREATE TABLE of_part(id integer, part integer, FOREIGN KEY (id, part) REFERENCES parts);
         CREATE TABLE parent(id integer PRIMARY KEY);
         CREATE TABLE child(b integer) INHERITS (parent);
         CREATE TABLE grandchild(c integer) INHERITS (child);
         CREATE SCHEMA hidden;
         CREATE TABLE hidden.parent(id integer);
         CREATE TABLE orphan() INHERITS (hidden.parent);
         CREATE TABLE \"Zoë's \"\"own\"\"\"(\"Größe\" integer PRIMARY KEY);",
    )
    .await;
    let served = scratch.served(|settings| settings.schemas = Some(vec!["public".to_owned()]));
    let schema = served.introspect().await.unwrap();
    let found: Vec<_> = schema.tables.iter().map(|table| (&*table.name.name, table.kind)).collect();
    let expected = [
        ("Zoë's \"own\"", TableKind::Table),
        ("child", TableKind::Inherited),
        ("far", TableKind::Table),
        ("grandchild", TableKind::Inherited),
        ("kept", TableKind::View),
        ("of_part", TableKind::Table),
        ("orphan", TableKind::Table),
        ("parent", TableKind::Table),
        ("parts", TableKind::Table),
        ("plain", TableKind::Table),
        ("seen", TableKind::View),
        ("unlogged", TableKind::Table),
    ];
    assert_eq!(found, expected);
    assert!(schema.tables.iter().all(|table| table.name.schema.is_none()));
    let plain = table(&schema, "plain");
    assert_eq!(plain.comment.as_deref(), Some("Just a table"));
    let columns: Vec<_> =
        plain.columns.iter().map(|column| (&*column.name, column.comment.as_deref())).collect();
    assert_eq!(columns, [("id", None), ("a", Some("Just a column"))]);
    assert_eq!(table(&schema, "parts").primary_key, [0, 1]);
    assert_eq!(table(&schema, "of_part").foreign_keys.len(), 1);
    assert_eq!(table(&schema, "Zoë's \"own\"").columns[0].name, "Größe");
}

#[tokio::test]
async fn schemas_are_named_and_chosen() {
    let scratch = Scratch::new(
        "CREATE SCHEMA b; CREATE SCHEMA \"A\";
         CREATE TABLE t(a integer); CREATE TABLE b.t(a integer); CREATE TABLE \"A\".u(a integer);",
    )
    .await;
    assert_eq!(names(&scratch.schema().await), ["t", "A.u", "b.t"]);
    let chosen = scratch.served(|settings| settings.schemas = Some(vec!["b".to_owned()]));
    assert_eq!(names(&chosen.introspect().await.unwrap()), ["b.t"]);
}

#[tokio::test]
async fn keys_and_indexes_are_found() {
    let scratch = Scratch::new(
        "CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
         CREATE TABLE t(
             a integer, b integer, c text, d jsonb, e text, f point,
             CONSTRAINT z UNIQUE (b, a), PRIMARY KEY (b), UNIQUE (c) INCLUDE (d),
             CONSTRAINT late UNIQUE (e) DEFERRABLE, EXCLUDE USING gist (f WITH ~=)
         );
         CREATE UNIQUE INDEX also ON t(a, e) NULLS NOT DISTINCT;
         CREATE UNIQUE INDEX in_part ON t(a) WHERE a > 0;
         CREATE UNIQUE INDEX of_expression ON t(lower(c));
         CREATE UNIQUE INDEX in_other_collation ON t(e COLLATE any_case);
         CREATE INDEX column_first ON t(e DESC, lower(c));
         CREATE INDEX hashed ON t USING hash (a);
         CREATE INDEX of_json ON t USING gin (d);
         CREATE INDEX of_patterns ON t(e text_pattern_ops);
         CREATE TABLE lonely(a integer);",
    )
    .await;
    let schema = scratch.schema().await;
    let found = table(&schema, "t");
    assert_eq!(found.primary_key, [1]);
    assert_eq!(found.unique_keys, [vec![0, 4], vec![2], vec![1, 0]]);
    assert_eq!(found.indexes, [vec![0, 4], vec![4], vec![4], vec![2], vec![1], vec![1, 0]]);
    let lonely = table(&schema, "lonely");
    assert!(lonely.primary_key.is_empty() && lonely.unique_keys.is_empty() && lonely.indexes.is_empty());
}

#[tokio::test]
async fn foreign_keys_of_every_shape_are_found() {
    let scratch = Scratch::new(
        "CREATE SCHEMA far;
         CREATE TABLE far.p(id integer PRIMARY KEY);
         CREATE TABLE p(a integer, b integer, c integer UNIQUE, PRIMARY KEY (a, b));
         CREATE TABLE t(
             id integer PRIMARY KEY,
             parent integer REFERENCES t ON DELETE CASCADE,
             x integer, y integer,
             c integer DEFAULT 1 CONSTRAINT to_c REFERENCES p (c) ON DELETE SET DEFAULT,
             far integer REFERENCES far.p ON DELETE RESTRICT,
             CONSTRAINT pair FOREIGN KEY (y, x) REFERENCES p (b, a) ON DELETE SET NULL
                 DEFERRABLE INITIALLY DEFERRED,
             FOREIGN KEY (x) REFERENCES far.p DEFERRABLE
         );
         CREATE TABLE far.t(c integer REFERENCES public.p (c));",
    )
    .await;
    let schema = scratch.schema().await;
    let found = |name: &str| {
        let described = |key: &docent_sql::schema::ForeignKey| {
            let name = key.name.as_deref().unwrap();
            let deferred = if key.deferred { " deferred" } else { "" };
            let there = key.referenced_columns.join(",");
            format!("{name} {:?} {}({there}) {:?}{deferred}", key.columns, key.references, key.on_delete)
        };
        table(&schema, name).foreign_keys.iter().map(described).collect::<Vec<_>>()
    };
    let mut of_t = found("t");
    of_t.sort_unstable();
    let expected = [
        "pair [3, 2] p(b,a) SetNull deferred",
        "t_far_fkey [5] far.p(id) Restrict",
        "t_parent_fkey [1] t(id) Cascade",
        "t_x_fkey [2] far.p(id) NoAction",
        "to_c [4] p(c) SetDefault",
    ];
    assert_eq!(of_t, expected);
    assert_eq!(found("far.t"), ["t_c_fkey [0] p(c) NoAction"]);
    assert_eq!(table(&schema, "t").foreign_keys[0].on_delete, ReferentialAction::Cascade);
}

#[tokio::test]
async fn triggers_and_estimates_are_found() {
    let scratch = Scratch::new(
        "CREATE TABLE plain(id integer PRIMARY KEY, p integer REFERENCES plain);
         CREATE TABLE triggered(id integer);
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
         CREATE TRIGGER g AFTER INSERT ON triggered FOR EACH ROW EXECUTE FUNCTION f();
         CREATE TABLE ruled(id integer);
         CREATE RULE r AS ON INSERT TO ruled DO ALSO NOTHING;
         CREATE VIEW v AS SELECT * FROM plain;
         CREATE TABLE parts(id integer) PARTITION BY RANGE (id);
         CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (11);
         CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (11) TO (21);
         INSERT INTO plain SELECT n FROM generate_series(1, 7) AS n;
         INSERT INTO parts SELECT n FROM generate_series(1, 15) AS n;
         ANALYZE plain; ANALYZE parts_1; ANALYZE parts_2;",
    )
    .await;
    let schema = scratch.schema().await;
    let found = |name: &str| (table(&schema, name).has_triggers, table(&schema, name).row_estimate);
    assert_eq!(found("plain"), (false, Some(7)));
    assert_eq!(found("triggered"), (true, None));
    assert_eq!(found("ruled"), (true, None));
    assert_eq!(found("v"), (false, None));
    assert_eq!(found("parts"), (false, Some(15)));
}

#[tokio::test]
async fn what_the_role_may_not_read_is_not_there() {
    let role = format!("docent_test_reader_{}", std::process::id());
    let scratch = Scratch::new(&format!(
        "CREATE ROLE {role};
         CREATE SCHEMA closed;
         CREATE TABLE closed.t(a integer);
         GRANT SELECT ON closed.t TO {role};
         CREATE TABLE hidden(a integer);
         CREATE TABLE whole(id integer PRIMARY KEY, a integer);
         GRANT SELECT ON whole TO {role};
         CREATE TABLE in_part(
             id integer PRIMARY KEY, secret integer UNIQUE, shown integer REFERENCES whole, CHECK (secret > shown)
         );
         GRANT SELECT (id, shown) ON in_part TO {role};"
    ))
    .await;
    // The server's default for sessions of this role: what it may do is what counts, not who it logs in as.
    let separator = if scratch.url.contains('?') { '&' } else { '?' };
    let url = format!("{}{separator}options=-c%20role%3D{role}", scratch.url);
    let served = scratch.served(|settings| settings.url = url);
    let schema = served.introspect().await.unwrap();
    drop(served);
    let cleaner = connect(&scratch.url).await;
    cleaner.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role};")).await.unwrap();
    assert_eq!(names(&schema), ["in_part", "whole"]);
    let found = table(&schema, "in_part");
    let columns: Vec<&str> = found.columns.iter().map(|column| &*column.name).collect();
    assert_eq!(columns, ["id", "shown"]);
    assert_eq!((&found.primary_key[..], found.unique_keys.len()), (&[0][..], 0));
    assert_eq!(found.indexes, [vec![0]]);
    assert_eq!(found.foreign_keys[0].columns, [1]);
    assert_eq!((&found.checks[0].columns[..], found.checks[0].rules.len()), (&[1][..], 0));
}
