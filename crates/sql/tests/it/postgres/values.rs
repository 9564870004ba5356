//! Values in both directions: what cells hold, and what the server makes of parameters.

use docent_sql::{Cost, Value};

use super::reading::{Reading, opened, read, rows};
use super::server::Scratch;
use crate::support::{in_seconds, text};

/// Statements' only cells, with and without sessions of the adapter's own.
async fn check(schema: &str, cases: &[(&str, &str)]) {
    let scratch = Scratch::new(schema).await;
    for prepared in [true, false] {
        let adapter = opened(&scratch, |settings| settings.prepared = prepared);
        for (sql, expected) in cases {
            assert_eq!(rows(&adapter, &format!("SELECT {sql}"), vec![]).await, *expected, "{sql}");
        }
    }
}

#[tokio::test]
async fn numbers_texts_and_bytes() {
    let cases = [
        ("NULL::int4", "NULL"),
        ("NULL::numeric", "NULL"),
        ("true", "1"),
        ("false", "0"),
        ("(-32768)::int2", "-32768"),
        ("2147483647::int4", "2147483647"),
        ("(-9223372036854775808)::int8", "-9223372036854775808"),
        ("4294967295::oid", "4294967295"),
        ("0.1::float4", "0.1f"),
        ("3.4028235e38::float4", "3.4028235e38f"),
        ("1e-300::float8", "1e-300f"),
        ("'NaN'::float8", "NaNf"),
        ("'-infinity'::float4", "-inff"),
        ("'grün \"x\"'::text", "'grün \"x\"'"),
        ("''::text", "''"),
        ("'ab'::varchar(5)", "'ab'"),
        ("'ab'::char(4)", "'ab  '"),
        ("'a'::\"char\"", "'a'"),
        ("'n'::name", "'n'"),
        ("'\\x00ff'::bytea", "[00, ff]"),
        ("''::bytea", "[]"),
        ("'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6'::uuid", "'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'"),
        ("'{ \"a\" :1}'::json", "'{ \"a\" :1}'"),
        ("'{ \"a\" :1}'::jsonb", "'{\"a\": 1}'"),
        ("'<a/>'::xml", "'<a/>'"),
    ];
    check("", &cases).await;
}

#[tokio::test]
async fn decimals_are_spelled_in_their_shortest_exact_form() {
    let numbers = [
        "0",
        "0.00",
        "-0.5",
        "1",
        "-1",
        "10000",
        "9999",
        "0.0001",
        "0.00001",
        "123456789.987654321",
        "100000000",
        "1e40",
        "-1e-20",
        "12345678901234567890.12",
        "1.10",
        "NaN",
        "Infinity",
        "-Infinity",
    ];
    let scratch = Scratch::new("").await;
    let adapter = opened(&scratch, |_| {});
    for number in numbers {
        let sql = format!("SELECT '{number}'::numeric, trim_scale('{number}'::numeric)::text");
        let found = rows(&adapter, &sql, vec![]).await;
        let (binary, text) = found.split_once(',').unwrap();
        assert_eq!(binary, text);
    }
}

#[tokio::test]
async fn dates_and_times() {
    let cases = [
        ("'2025-01-31'::date", "'2025-01-31'"),
        ("'2024-02-29'::date", "'2024-02-29'"),
        ("'0001-01-01'::date", "'0001-01-01'"),
        ("'9999-12-31'::date", "'9999-12-31'"),
        ("'10000-01-01'::date", "'10000-01-01'"),
        ("'0044-03-15 BC'::date", "'0044-03-15 BC'"),
        ("'4713-01-01 BC'::date", "'4713-01-01 BC'"),
        ("'infinity'::date", "'infinity'"),
        ("'-infinity'::date", "'-infinity'"),
        ("'10:00'::time", "'10:00:00'"),
        ("'24:00'::time", "'24:00:00'"),
        ("'10:00:00.120'::time", "'10:00:00.12'"),
        ("'10:00+02'::timetz", "'10:00:00+02:00'"),
        ("'10:00-05:30'::timetz", "'10:00:00-05:30'"),
        ("'2025-01-31 10:00'::timestamp", "'2025-01-31T10:00:00'"),
        ("'1969-12-31 23:59:59.999999'::timestamp", "'1969-12-31T23:59:59.999999'"),
        ("'0044-03-15 10:00 BC'::timestamp", "'0044-03-15 10:00:00 BC'"),
        ("'10000-01-01 10:00'::timestamp", "'10000-01-01 10:00:00'"),
        ("'infinity'::timestamp", "'infinity'"),
        ("'2025-01-31 10:00:00.5+02'::timestamptz", "'2025-01-31T08:00:00.5Z'"),
        ("'0044-03-15 10:00+00 BC'::timestamptz", "'0044-03-15 10:00:00+00 BC'"),
        ("'-infinity'::timestamptz", "'-infinity'"),
        ("'1 year 2 mons 3 days 04:05:06.5'::interval", "'P1Y2M3DT4H5M6.5S'"),
        ("'-1 year -2 mons +3 days -04:05:06'::interval", "'P-1Y-2M3DT-4H-5M-6S'"),
        ("'-0.5 seconds'::interval", "'PT-0.5S'"),
        ("'14 months'::interval", "'P1Y2M'"),
        ("'0'::interval", "'PT0S'"),
        ("'36 hours'::interval", "'PT36H'"),
    ];
    check("", &cases).await;
}

#[tokio::test]
async fn every_day_is_the_servers() {
    let scratch = Scratch::new("").await;
    let adapter = opened(&scratch, |_| {});
    let days = "SELECT d::text, d FROM (SELECT '4713-01-01 BC'::date + n * 977 AS d FROM generate_series(0, 5500) n) x";
    let (program, outcome) = read(&adapter, Reading::one(days, vec![]), Cost::Heavy, in_seconds(10)).await;
    outcome.result.unwrap();
    assert_eq!(program.rows.len(), 5_501);
    for row in program.rows {
        let (text, date) = row.trim_start_matches("0:").split_once(',').unwrap();
        assert_eq!(text, date);
    }
}

#[tokio::test]
async fn arrays_are_json() {
    let cases = [
        ("'{}'::int4[]", "'[]'"),
        ("'{1,NULL,-3}'::int8[]", "'[1,null,-3]'"),
        ("'{{1,2},{3,4}}'::int2[]", "'[[1,2],[3,4]]'"),
        ("'[0:1]={1,2}'::int4[]", "'[1,2]'"),
        ("'{t,f}'::bool[]", "'[true,false]'"),
        ("'{0.1,1e300,NaN,-Infinity}'::float8[]", "'[0.1,1e300,\"NaN\",\"-Infinity\"]'"),
        ("'{1.10,NaN}'::numeric[]", "'[\"1.1\",\"NaN\"]'"),
        (r#"ARRAY['a"\', E'\n', '', NULL]"#, r#"'["a\"\\","\u000a","",null]'"#),
        ("'{2025-01-31}'::date[]", "'[\"2025-01-31\"]'"),
        ("ARRAY['{\"a\": 1}'::jsonb, 'null']", "'[{\"a\": 1},null]'"),
        ("ARRAY['{\"a\" :1}'::json]", "'[{\"a\" :1}]'"),
        ("ARRAY['\\x'::bytea, '\\x01', '\\x0102', '\\xfbff03']", "'[\"\",\"AQ==\",\"AQI=\",\"+/8D\"]'"),
        ("NULL::int4[]", "NULL"),
    ];
    check("", &cases).await;
}

#[tokio::test]
async fn types_of_the_database_come_as_their_text() {
    let schema = "CREATE TYPE mood AS ENUM ('sad', 'so so');
        CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
        CREATE DOMAIN price AS numeric(9, 2);
        CREATE TABLE t(m mood, ms mood[], p positive, e price, ps positive[]);
        INSERT INTO t VALUES ('so so', '{sad,\"so so\"}', 5, 1.5, '{1,2}')";
    let cases = [
        ("m FROM t", "'so so'"),
        ("ms FROM t", "'[\"sad\",\"so so\"]'"),
        ("p FROM t", "5"),
        ("e FROM t", "'1.5'"),
        ("ps FROM t", "'[1,2]'"),
    ];
    check(schema, &cases).await;
}

#[tokio::test]
async fn wide_rows_keep_their_order() {
    let columns: Vec<String> =
        (0..20).map(|n| if n % 3 == 0 { format!("{n}::numeric") } else { n.to_string() }).collect();
    let expected: Vec<String> =
        (0..20).map(|n| if n % 3 == 0 { format!("'{n}'") } else { n.to_string() }).collect();
    let scratch = Scratch::new("").await;
    let adapter = opened(&scratch, |_| {});
    let found = rows(&adapter, &format!("SELECT {}", columns.join(", ")), vec![]).await;
    assert_eq!(found, expected.join(","));
}

#[tokio::test]
async fn parameters_of_every_kind() {
    let list = |values: Vec<Value>| vec![Value::List(values)];
    let composite = vec![Value::Rows(vec![
        vec![Value::Integer(i64::MAX), text("a\"\\\n")],
        vec![Value::Null, Value::Blob(vec![0xAB])],
    ])];
    let cases = [
        ("SELECT $1::int8", vec![Value::Integer(-5)], "-5"),
        ("SELECT $1::int8", vec![Value::Null], "NULL"),
        ("SELECT $1::float8", vec![Value::Real(f64::INFINITY)], "inff"),
        ("SELECT $1::float8", vec![Value::Real(5e-324)], "5e-324f"),
        ("SELECT $1::text", vec![text("a'b\\\"ü")], "'a'b\\\"ü'"),
        ("SELECT $1::bytea", vec![Value::Blob(vec![0, 1, 255])], "[00, 01, ff]"),
        (
            "SELECT $1::timestamptz",
            vec![Value::Timestamp("2025-01-31T10:00:00".to_owned())],
            "'2025-01-31T10:00:00Z'",
        ),
        (
            "SELECT count(*) FROM generate_series(1, 5) n WHERE n = ANY ($1)",
            list(vec![Value::Integer(2), Value::Null, Value::Integer(9)]),
            "1",
        ),
        (
            "SELECT $1::text[]",
            list(vec![text("a\"\\,{}"), text(""), text("NULL"), Value::Null]),
            r#"'["a\"\\,{}","","NULL",null]'"#,
        ),
        ("SELECT $1::bytea[]", list(vec![Value::Blob(vec![1, 2, 3])]), "'[\"AQID\"]'"),
        (
            "SELECT $1::float8[]",
            list(vec![Value::Real(1.5), Value::Real(f64::NEG_INFINITY)]),
            "'[1.5,\"-Infinity\"]'",
        ),
        (
            "SELECT r ->> 0, r ->> 1 FROM json_array_elements($1::json) r",
            composite,
            "'9223372036854775807','a\"\\\n' NULL,'\\xab'",
        ),
        ("SELECT $2::int4 - $1::int4", vec![Value::Integer(1), Value::Integer(3)], "2"),
        ("SELECT n FROM generate_series(1, 9) n LIMIT $1", vec![Value::Integer(2)], "1 2"),
    ];
    let scratch = Scratch::new("").await;
    for prepared in [true, false] {
        let adapter = opened(&scratch, |settings| settings.prepared = prepared);
        for (sql, parameters, expected) in &cases {
            assert_eq!(rows(&adapter, sql, parameters.clone()).await, *expected, "{sql}");
        }
    }
}
