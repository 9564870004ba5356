//! What introspection makes of CHECK constraints.

use docent_sql::schema::{Literal, Rule, Table};

use super::server::{Scratch, table};

/// The rules of a check, in a form that tests can be read by.
fn written(table: &Table, rules: &[(usize, Rule)]) -> String {
    let value = |literal: &Literal| match literal {
        Literal::Integer(number) => number.to_string(),
        Literal::Real(number) => format!("{number:?}"),
        Literal::Text(text) => format!("'{text}'"),
    };
    let written = |(column, rule): &(usize, Rule)| {
        let name = &table.columns[*column].name;
        match rule {
            Rule::OneOf(values) => {
                format!("{name} in {}", values.iter().map(value).collect::<Vec<_>>().join(","))
            }
            Rule::Least { bound, inclusive } => {
                format!("{name} >{} {}", if *inclusive { "=" } else { "" }, value(bound))
            }
            Rule::Greatest { bound, inclusive } => {
                format!("{name} <{} {}", if *inclusive { "=" } else { "" }, value(bound))
            }
            Rule::LengthLeast(length) => format!("#{name} >= {length}"),
            Rule::LengthGreatest(length) => format!("#{name} <= {length}"),
        }
    };
    rules.iter().map(written).collect::<Vec<_>>().join("; ")
}

const COLUMNS: &str = "i integer, l bigint, p numeric(10,2), f double precision, r real, t text, v varchar(20), \
    c char(3), b bytea, m mood, d date, a integer[], \"We ird\" integer, k text COLLATE any_case, o boolean, z citext";

/// A table for each of these checks and what each is found to demand.
async fn found(checks: &[&str]) -> Vec<String> {
    let tables: Vec<String> = checks
        .iter()
        .enumerate()
        .map(|(at, check)| format!("CREATE TABLE t{at}({COLUMNS}, CONSTRAINT told CHECK ({check}));"))
        .collect();
    let scratch = Scratch::new(&format!(
        "CREATE EXTENSION citext;
         CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
         CREATE TYPE mood AS ENUM ('sad', 'happy');
         {}",
        tables.concat()
    ))
    .await;
    let schema = scratch.schema().await;
    let rules = |at: usize| {
        let table = table(&schema, &format!("t{at}"));
        assert_eq!(table.checks.len(), 1, "{}", checks[at]);
        assert_eq!(table.checks[0].name, "told");
        written(table, &table.checks[0].rules)
    };
    (0..checks.len()).map(rules).collect()
}

#[tokio::test]
async fn simple_forms_are_understood() {
    let expected = [
        ("i >= 0", "i >= 0"),
        ("i > -1", "i > -1"),
        ("0 <= i AND i < 1e3", "i >= 0; i < 1000"),
        ("i BETWEEN 1 AND 5 AND t = 'x'", "i >= 1; i <= 5; t in 'x'"),
        ("l < 5000000000", "l < 5000000000"),
        ("l IN (1, 2)", "l in 1,2"),
        ("p >= 0", "p >= 0"),
        ("p > -0.5", "p > -0.5"),
        ("p IN (1, 2.5)", "p in 1,2.5"),
        ("f <= 1.5", "f <= 1.5"),
        ("f = ANY (ARRAY[0.5, 1])", "f in 0.5,1"),
        ("r > 0.5", "r > 0.5"),
        ("t IN ('a', 'it''s, (x)::y')", "t in 'a','it's, (x)::y'"),
        ("v IN ('a', 'b')", "v in 'a','b'"),
        ("'a' = v", "v in 'a'"),
        ("m IN ('sad', 'happy')", "m in 'sad','happy'"),
        ("m::text = 'sad'", "m in 'sad'"),
        ("char_length(t) <= 20", "#t <= 20"),
        ("length(v) BETWEEN 1 AND 20", "#v >= 1; #v <= 20"),
        ("character_length(k) = 2", "#k >= 2; #k <= 2"),
        ("octet_length(b) < 5", "#b <= 4"),
        ("i IS NULL OR i > 0", "i > 0"),
        ("(i <= 9 AND t = 'a') OR i IS NULL", "i <= 9"),
        ("i > 0 AND t LIKE 'a%'", "i > 0"),
        ("\"We ird\" > 0", "We ird > 0"),
        ("t = 'a' OR t = 'b' OR t IN ('c', 'd')", "t in 'a','b','c','d'"),
        ("i = 1 OR i IS NULL OR i = 2 AND t = 'a'", "i in 1,2"),
    ];
    let found = found(&expected.map(|(check, _)| check)).await;
    for ((check, expected), found) in expected.iter().zip(&found) {
        assert_eq!(found, expected, "{check}");
    }
}

#[tokio::test]
async fn other_forms_say_nothing() {
    let checks = [
        "i > 0 OR t = 'a'",
        "i = 1 OR i > 5",
        "i = 1 OR l = 1",
        "i = 1 OR i = 2 OR t IS NULL",
        "NOT i > 0",
        "i NOT IN (1)",
        "i <> 0",
        "i > l",
        "i > 0 + 1",
        "i + 1 > 0",
        "i > 2.5::integer",
        "i::text = '5'",
        "p::integer > 4",
        "p > 4.123456789012345678",
        "f > 'NaN'",
        "r = 0.1::real",
        "t > 'a'",
        "t ~ '^a'",
        "t ~<=~ 'a'",
        "t IN ('a', NULL)",
        "t = 'a'::char(3)",
        "t::varchar(2) = 'ab'",
        "t IN ('a\\b')",
        "lower(t) IN ('a')",
        "t COLLATE any_case = 'a'",
        "k = 'a'",
        "z = 'a'",
        "c IN ('a', 'b')",
        "length(c) < 3",
        "octet_length(t) < 5",
        "length(t) <> 3",
        "length(t) < -1",
        "length(trim(t)) > 0",
        "d >= '2020-01-01'",
        "d = '2020-01-01'",
        "1 = ANY (a)",
        "i > ANY (ARRAY[1, 2])",
        "i = ALL (ARRAY[1, 2])",
        "a = ARRAY[1]",
        "o = true",
        "(i > 0) IS TRUE",
        "CASE WHEN i > 0 AND t = 'a' THEN i > 1 ELSE true END",
        "i IN (1, 2) IS NOT FALSE",
    ];
    for (check, found) in checks.iter().zip(found(&checks).await) {
        assert_eq!(found, "", "{check}");
    }
}

#[tokio::test]
async fn checks_know_their_name_their_columns_and_those_of_domains() {
    let scratch = Scratch::new(
        "CREATE DOMAIN named AS varchar(30) CONSTRAINT not_blank CHECK (length(VALUE) > 0);
         CREATE DOMAIN slug AS named CONSTRAINT lower_case CHECK (VALUE ~ '^[a-z]+$');
         CREATE TABLE t(
             a integer, b integer, s slug, \"VALUE\" integer,
             CONSTRAINT ordered CHECK (b > a), CHECK (\"VALUE\" > 0)
         );
         ALTER TABLE t ADD CONSTRAINT of_new_rows CHECK (b < 10) NOT VALID;",
    )
    .await;
    let schema = scratch.schema().await;
    let table = table(&schema, "t");
    let found: Vec<_> = table
        .checks
        .iter()
        .map(|check| (&*check.name, &*check.columns, written(table, &check.rules)))
        .collect();
    let expected = [
        ("ordered", &[0, 1][..], ""),
        ("t_VALUE_check", &[3], "VALUE > 0"),
        ("of_new_rows", &[1], "b < 10"),
        ("lower_case", &[2], ""),
        ("not_blank", &[2], "#s >= 1"),
    ];
    assert_eq!(found, expected.map(|(name, columns, rules)| (name, columns, rules.to_owned())));
}
