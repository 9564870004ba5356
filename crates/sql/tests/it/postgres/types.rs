//! What introspection makes of the types of columns.

use docent_sql::schema::ColumnType;

use super::server::{Scratch, table};

#[tokio::test]
async fn types_of_every_family_are_read() {
    let array = |element: ColumnType| ColumnType::Array(Box::new(element));
    let mood = || ColumnType::Enum(["sad", "so so", "happy"].map(str::to_owned).into());
    let (int2, int4, oid) = ((-32_768, 32_767), (-2_147_483_648, 2_147_483_647), (0, 4_294_967_295));
    let other = ColumnType::Other;
    let expected = [
        ("boolean", ColumnType::Boolean, "bool", None, None),
        ("smallint", ColumnType::Integer, "int8", None, Some(int2)),
        ("integer", ColumnType::Integer, "int8", None, Some(int4)),
        ("bigint", ColumnType::Integer, "int8", None, None),
        ("oid", ColumnType::Integer, "int8", None, Some(oid)),
        ("real", ColumnType::Float, "float4", None, None),
        ("double precision", ColumnType::Float, "float8", None, None),
        ("numeric", ColumnType::Decimal, "numeric", None, None),
        ("numeric(10,2)", ColumnType::Decimal, "numeric", None, None),
        ("text", ColumnType::Text, "text", None, None),
        ("character varying", ColumnType::Text, "text", None, None),
        ("character varying(20)", ColumnType::Text, "text", Some(20), None),
        ("character(3)", ColumnType::Text, "bpchar", Some(3), None),
        ("name", ColumnType::Text, "text", None, None),
        ("\"char\"", ColumnType::Text, "\"pg_catalog\".\"char\"", Some(1), None),
        ("date", ColumnType::Date, "date", None, None),
        ("time(3) without time zone", ColumnType::Time, "time", None, None),
        ("time with time zone", ColumnType::Time, "timetz", None, None),
        ("timestamp without time zone", ColumnType::Timestamp, "timestamp", None, None),
        ("timestamp(0) with time zone", ColumnType::TimestampTz, "timestamptz", None, None),
        ("interval", ColumnType::Interval, "interval", None, None),
        ("uuid", ColumnType::Uuid, "uuid", None, None),
        ("json", ColumnType::Json, "json", None, None),
        ("jsonb", ColumnType::Json, "jsonb", None, None),
        ("bytea", ColumnType::Binary, "bytea", None, None),
        ("inet", other.clone(), "\"pg_catalog\".\"inet\"", None, None),
        ("money", other.clone(), "\"pg_catalog\".\"money\"", None, None),
        ("bit(8)", other.clone(), "\"pg_catalog\".\"bit\"", None, None),
        ("point", other.clone(), "\"pg_catalog\".\"point\"", None, None),
        ("tsvector", other.clone(), "\"pg_catalog\".\"tsvector\"", None, None),
        ("int4range", other.clone(), "\"pg_catalog\".\"int4range\"", None, None),
        ("\"Pair\"", other.clone(), "\"public\".\"Pair\"", None, None),
        ("mood", mood(), "\"public\".\"mood\"", None, None),
        (
            "apart.\"My \"\"Mood\"",
            ColumnType::Enum(vec!["a".to_owned()]),
            "\"apart\".\"My \"\"Mood\"",
            None,
            None,
        ),
        ("integer[]", array(ColumnType::Integer), "int4[]", None, None),
        ("character varying(5)[]", array(ColumnType::Text), "varchar[]", None, None),
        ("mood[]", array(mood()), "\"public\".\"mood\"[]", None, None),
        ("positive", ColumnType::Integer, "int8", None, Some(int4)),
        ("code", ColumnType::Text, "text", Some(4), None),
        ("short_code", ColumnType::Text, "text", Some(4), None),
        ("numbers", array(ColumnType::Integer), "int4[]", None, None),
        ("positive[]", array(ColumnType::Integer), "\"public\".\"positive\"[]", None, None),
        ("\"Pair\"[]", array(other), "\"public\".\"Pair\"[]", None, None),
    ];
    let columns: Vec<String> =
        expected.iter().enumerate().map(|(at, (declared, ..))| format!("c{at} {declared}")).collect();
    let scratch = Scratch::new(&format!(
        "CREATE TYPE mood AS ENUM ('sad', 'happy');
         ALTER TYPE mood ADD VALUE 'so so' BEFORE 'happy';
         CREATE SCHEMA apart;
         CREATE TYPE apart.\"My \"\"Mood\" AS ENUM ('a');
         CREATE TYPE \"Pair\" AS (a int, b int);
         CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
         CREATE DOMAIN code AS varchar(4);
         CREATE DOMAIN short_code AS code;
         CREATE DOMAIN numbers AS integer[];
         CREATE TABLE t({});",
        columns.join(", ")
    ))
    .await;
    let schema = scratch.schema().await;
    let found = table(&schema, "t");
    assert!(found.strict);
    for (column, (declared, column_type, comparison_type, length_max, range)) in
        found.columns.iter().zip(expected)
    {
        assert_eq!(column.declared_type, declared);
        assert_eq!(column.column_type, column_type, "{declared}");
        assert_eq!(column.comparison_type, comparison_type, "{declared}");
        assert_eq!(column.length_max, length_max, "{declared}");
        assert_eq!(column.range, range, "{declared}");
        let padded = (comparison_type == "bpchar").then_some("bpchar");
        assert_eq!(column.collation.as_deref(), padded, "{declared}");
        assert!(column.nullable && !column.has_default && !column.auto_increment && !column.generated);
    }
}

#[tokio::test]
async fn exact_numbers_have_their_digits() {
    let declared =
        ["numeric", "numeric(10,2)", "numeric(5)", "numeric(2,4)", "numeric(3,-2)", "price", "integer"];
    let columns: Vec<String> =
        declared.iter().enumerate().map(|(at, declared)| format!("c{at} {declared}")).collect();
    let scratch = Scratch::new(&format!(
        "CREATE DOMAIN price AS numeric(9,2); CREATE TABLE t({}, a numeric(9,2)[])",
        columns.join(", ")
    ))
    .await;
    let schema = scratch.schema().await;
    let found: Vec<_> = table(&schema, "t").columns.iter().map(|column| column.digits).collect();
    let expected = [None, Some((8, 2)), Some((5, 0)), Some((0, 4)), Some((5, 0)), Some((7, 2)), None, None];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn texts_that_differ_in_bytes_and_are_equal_are_noted() {
    let scratch = Scratch::new(
        "CREATE EXTENSION citext;
         CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
         CREATE DOMAIN email AS citext;
         CREATE TABLE t(
             a text COLLATE any_case, b citext, c email, d text COLLATE \"C\", e bpchar, f varchar(9) COLLATE any_case
         );",
    )
    .await;
    let schema = scratch.schema().await;
    let found: Vec<_> = table(&schema, "t")
        .columns
        .iter()
        .map(|column| (&column.column_type, column.collation.as_deref(), column.comparison_type.as_str()))
        .collect();
    let citext = "\"public\".\"citext\"";
    let expected = [
        (Some("any_case"), "text"),
        (Some("citext"), citext),
        (Some("citext"), citext),
        (None, "text"),
        (Some("bpchar"), "bpchar"),
        (Some("any_case"), "text"),
    ];
    assert_eq!(found, expected.map(|(collation, compared)| (&ColumnType::Text, collation, compared)));
}

#[tokio::test]
async fn what_fills_a_column_is_found() {
    let scratch = Scratch::new(
        "CREATE DOMAIN required AS text NOT NULL;
         CREATE DOMAIN preset AS integer DEFAULT 5;
         CREATE SEQUENCE other;
         CREATE TABLE t(
             a serial, b integer GENERATED BY DEFAULT AS IDENTITY, c integer GENERATED ALWAYS AS IDENTITY,
             d integer GENERATED ALWAYS AS (a + b) STORED, e integer DEFAULT 1, f integer NOT NULL, g required,
             h preset, i bigint DEFAULT nextval('other'), j uuid DEFAULT gen_random_uuid() NOT NULL, k integer
         );",
    )
    .await;
    let schema = scratch.schema().await;
    let found: Vec<String> = table(&schema, "t")
        .columns
        .iter()
        .map(|column| {
            let facts = [
                (column.nullable, "null"),
                (column.has_default, "default"),
                (column.auto_increment, "numbered"),
                (column.generated, "generated"),
            ];
            let facts: Vec<&str> = facts.into_iter().filter(|(is, _)| *is).map(|(_, fact)| fact).collect();
            format!("{}: {}", column.name, facts.join(" "))
        })
        .collect();
    let expected = [
        "a: default numbered",
        "b: default numbered",
        "c: default numbered generated",
        "d: null generated",
        "e: null default",
        "f: ",
        "g: ",
        "h: null default",
        "i: null default numbered",
        "j: default",
        "k: null",
    ];
    assert_eq!(found, expected);
}
