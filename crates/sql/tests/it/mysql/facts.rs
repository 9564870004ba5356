//! What introspection finds.

use docent_sql::schema::{ColumnType, Literal, ReferentialAction, Rule, TableKind, TableName};

use super::server::{Scratch, table};

#[tokio::test]
async fn columns_are_found_with_their_types() {
    let scratch = Scratch::new(
        "CREATE TABLE k(id bigint unsigned PRIMARY KEY AUTO_INCREMENT, flag tinyint(1) NOT NULL DEFAULT 0, tiny tinyint, b bit, bb bit(9),
            small smallint unsigned, y year, f float, d double, n decimal(12,3), c char(4) COLLATE utf8mb4_general_ci,
            l varchar(9) CHARACTER SET latin1, t text, bi binary(16), bl longblob, da date, ti time(3), dt datetime,
            ts timestamp NULL DEFAULT CURRENT_TIMESTAMP, e enum('x','it''s'), s set('x','y'), j json, u uuid, i inet6, g point,
            o integer AS (tiny + 1), w integer NOT NULL, z integer DEFAULT NULL COMMENT 'last')",
    )
    .await;
    let schema = scratch.schema().await;
    let table = table(&schema, "k");
    let found: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let mut marks = String::new();
            for (mark, is_set) in [
                ('?', column.nullable),
                ('=', column.has_default),
                ('+', column.auto_increment),
                ('g', column.generated),
                ('c', column.collation.is_some()),
            ] {
                marks.extend(is_set.then_some(mark));
            }
            let kind = match &column.column_type {
                ColumnType::Enum(labels) => labels.join("|"),
                kind => format!("{kind:?}"),
            };
            let length = column.length_max.map_or_else(String::new, |length| format!(" {length}"));
            let range = column.range.map_or_else(String::new, |(least, most)| format!(" {least}..{most}"));
            let digits =
                column.digits.map_or_else(String::new, |(before, after)| format!(" {before}.{after}"));
            let comparison = column.comparison_type.replace("character set", "@").replace(" collate ", "/");
            format!("{}:{kind}{marks}{length}{range}{digits} {comparison}", column.name)
        })
        .collect();
    let expected = [
        "id:Integer=+ decimal(20,0)",
        "flag:Boolean= bigint",
        "tiny:Integer? -128..127 bigint",
        "b:Boolean? decimal(20,0)",
        "bb:Binary? 2 decimal(20,0)",
        "small:Integer? 0..65535 bigint",
        "y:Integer? 1901..2155 bigint",
        "f:Float? float",
        "d:Float? double",
        "n:Decimal? 9.3 decimal(65,30)",
        "c:Text?c 4 varchar(5) @ utf8mb4/utf8mb4_general_ci",
        "l:Text?c 9 varchar(10) @ latin1/latin1_swedish_ci",
        "t:Text?c 65535 longtext @ utf8mb4/utf8mb4_bin",
        "bi:Binary? 16 varchar(34) @ ascii/ascii_bin",
        "bl:Binary? longtext @ ascii/ascii_bin",
        "da:Date? date",
        "ti:Time? time(6)",
        "dt:Timestamp? datetime(6)",
        "ts:TimestampTz?= datetime(6)",
        "e:x|it's?c varchar(5) @ utf8mb4/utf8mb4_bin",
        "s:Text?c varchar(4) @ utf8mb4/utf8mb4_bin",
        "j:Json?c longtext @ utf8mb4/utf8mb4_bin",
        "u:Uuid? varchar(64) @ ascii/ascii_general_ci",
        "i:Other? varchar(64) @ ascii/ascii_general_ci",
        "g:Other? ",
        "o:Integer?g -2147483648..2147483647 bigint",
        "w:Integer -2147483648..2147483647 bigint",
        "z:Integer? -2147483648..2147483647 bigint",
    ];
    assert_eq!(found, expected);
    assert_eq!(table.columns[0].declared_type, "bigint(20) unsigned");
    assert_eq!(table.columns[27].comment.as_deref(), Some("last"));
    assert!(table.strict && table.checks.is_empty());
}

#[tokio::test]
async fn keys_and_relations_are_found() {
    let scratch = Scratch::new(
        "CREATE TABLE p(a integer, b integer, code varchar(9), long_text text, PRIMARY KEY (b, a), UNIQUE by_code (code),
            UNIQUE starts (long_text(10)), INDEX mixed (a, long_text(5)), FULLTEXT words (long_text)) COMMENT 'Parents';
         CREATE TABLE c(id integer PRIMARY KEY, p_b integer, p_a integer, code varchar(9), n integer,
            CONSTRAINT pair FOREIGN KEY (p_b, p_a) REFERENCES p(b, a) ON DELETE CASCADE,
            CONSTRAINT coded FOREIGN KEY (code) REFERENCES p(code) ON DELETE SET NULL,
            CONSTRAINT few CHECK (n BETWEEN 1 AND 5), CONSTRAINT ordered CHECK (p_a < p_b));
         CREATE TABLE loose(x integer);
         CREATE VIEW v AS SELECT id, n FROM c;
         CREATE SEQUENCE numbers;
         CREATE TRIGGER nothing BEFORE DELETE ON c FOR EACH ROW SET @x = 1;
         INSERT INTO p (a, b) VALUES (1, 1), (2, 1)",
    )
    .await;
    let schema = scratch.schema().await;
    let names: Vec<String> = schema.tables.iter().map(|table| table.name.to_string()).collect();
    assert_eq!(names, ["c", "loose", "p", "v"]);
    let (parents, children) = (table(&schema, "p"), table(&schema, "c"));
    assert_eq!((&parents.primary_key, parents.comment.as_deref()), (&vec![1, 0], Some("Parents")));
    assert_eq!(parents.unique_keys, [[2]]);
    assert_eq!(parents.indexes, [vec![2], vec![0], vec![1, 0]]);
    assert!(parents.row_estimate.is_some() && !parents.has_triggers);
    let keys: Vec<String> = children
        .foreign_keys
        .iter()
        .map(|key| {
            let name = key.name.as_deref().unwrap_or_default();
            format!("{name} {:?} {}({})", key.columns, key.references, key.referenced_columns.join(","))
        })
        .collect();
    assert_eq!(keys, ["pair [1, 2] p(b,a)", "coded [3] p(code)"]);
    let actions: Vec<ReferentialAction> = children.foreign_keys.iter().map(|key| key.on_delete).collect();
    assert_eq!(actions, [ReferentialAction::Cascade, ReferentialAction::SetNull]);
    let checks: Vec<String> = children
        .checks
        .iter()
        .map(|check| format!("{} {:?} {}", check.name, check.columns, check.rules.len()))
        .collect();
    assert_eq!(checks, ["few [4] 2", "ordered [1, 2] 0"]);
    assert!(children.has_triggers);
    assert_eq!(table(&schema, "v").kind, TableKind::View);
    assert!(table(&schema, "loose").primary_key.is_empty());
}

#[tokio::test]
async fn references_into_other_databases_are_told_from_those_within() {
    let (near, far) = (Scratch::new("").await, Scratch::new("CREATE TABLE p(id integer PRIMARY KEY)").await);
    let far_name = far.seen("SELECT DATABASE()").await;
    near.run(&format!("CREATE TABLE c(id integer PRIMARY KEY, p integer REFERENCES {far_name}.p(id))")).await;
    let schema = near.schema().await;
    let references = &table(&schema, "c").foreign_keys[0].references;
    assert_eq!(*references, TableName { schema: Some(far_name), name: "p".to_owned() });
    drop(near);
}

#[tokio::test]
async fn checks_of_texts_are_read_where_texts_are_compared_by_their_bytes() {
    let scratch = Scratch::new(
        "CREATE TABLE t(id integer PRIMARY KEY, a varchar(9) COLLATE utf8mb4_nopad_bin, b varchar(9) COLLATE utf8mb4_bin,
            c char(9) COLLATE utf8mb4_nopad_bin, d text COLLATE utf8mb4_nopad_bin, e varchar(9) COLLATE utf8mb4_general_ci,
            CHECK (a IN ('draft', 'it''s')), CHECK (b IN ('draft', 'final')), CHECK (c IN ('draft')),
            CHECK (d = 'x' OR d = 'y' OR d IS NULL), CHECK (e IN ('draft')), CHECK (a <> 'a\\\\' AND id > 0));
         INSERT INTO t VALUES (1, 'draft', 'draft ', 'draft ', 'y', 'DRAFT ')",
    )
    .await;
    let schema = scratch.schema().await;
    let rules: Vec<_> = table(&schema, "t").checks.iter().flat_map(|check| check.rules.clone()).collect();
    let texts = |texts: [&str; 2]| Rule::OneOf(texts.map(|text| Literal::Text(text.to_owned())).into());
    assert_eq!(rules, [(1, texts(["draft", "it's"])), (4, texts(["x", "y"]))]);
}
