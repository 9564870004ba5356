//! What the statements that read say on each engine, as far as nothing else asks them.

use docent_sql::render::{Dialect, render};
use docent_sql::schema::TableName;
use docent_sql::statement::{
    Alias, ColumnName, ColumnRef, Condition, Group, OrderTerm, Output, Parameter, Select, TextMatch, Values,
};

fn column(name: &str, comparison_type: &str) -> ColumnRef {
    let (name, comparison_type) = (name.to_owned(), comparison_type.into());
    ColumnRef { table: Alias(0), column: ColumnName { name, comparison_type, values: Values::Plain } }
}

fn from_t(condition: Condition) -> Select {
    Select {
        columns: vec![Output::Column(column("a", ""))],
        from: (TableName { schema: None, name: "t".to_owned() }.into(), Alias(0)),
        joins: Vec::new(),
        keys: None,
        condition,
        group: None,
        order: Vec::new(),
        limit: None,
        offset: None,
    }
}

fn alike(comparison_type: &str, part: Option<TextMatch>) -> Select {
    from_t(Condition::Alike { column: column("b", comparison_type), part, value: Parameter(0) })
}

fn said(dialect: Dialect, select: &Select) -> String {
    let sql = render(dialect, select).sql;
    sql.strip_prefix("SELECT t0.\"a\" FROM \"t\" AS t0 ").unwrap_or(&sql).replace('"', "")
}

#[test]
fn texts_are_compared_as_the_engine_does() {
    let escaped = "'|', '||'), '%', '|%'), '_', '|_')";
    let cases = [
        (Dialect::Sqlite, "", None, "WHERE t0.b = ?1".to_owned()),
        (Dialect::MariaDb, "text", None, "WHERE t0.b = ?".to_owned()),
        (Dialect::Postgres, "text", None, "WHERE lower(t0.b) = lower(CAST($1 AS text))".to_owned()),
        (
            Dialect::Sqlite,
            "",
            Some(TextMatch::Contains),
            format!("WHERE t0.b LIKE '%' || replace(replace(replace(?1, {escaped} || '%' ESCAPE '|'"),
        ),
        (
            Dialect::MySql,
            "text",
            Some(TextMatch::Starts),
            format!("WHERE t0.b LIKE CONCAT(replace(replace(replace(?, {escaped}, '%') ESCAPE '|'"),
        ),
        (
            Dialect::MariaDb,
            "text",
            Some(TextMatch::Ends),
            format!("WHERE t0.b LIKE CONCAT('%', replace(replace(replace(?, {escaped}) ESCAPE '|'"),
        ),
        (
            Dialect::Postgres,
            "bigint",
            Some(TextMatch::Ends),
            format!(
                "WHERE CAST(t0.b AS text) ILIKE '%' || replace(replace(replace(CAST($1 AS text), {escaped} \
                 ESCAPE '|'"
            ),
        ),
    ];
    for (dialect, comparison_type, part, expected) in cases {
        assert_eq!(said(dialect, &alike(comparison_type, part)), expected);
    }
}

#[test]
fn a_group_is_one_row() {
    let term = |name: &str, descending| OrderTerm { column: column(name, ""), descending, nullable: true };
    let select = Select {
        columns: vec![Output::Column(column("a", "")), Output::Largest(column("b", ""))],
        group: Some(Group { by: vec![column("a", "")], largest: vec![column("c", "")] }),
        order: vec![term("b", true), term("c", false), term("a", false)],
        ..from_t(Condition::always())
    };
    let start = "SELECT t0.a, max(t0.b) FROM t AS t0 GROUP BY t0.a ORDER BY";
    assert_eq!(said(Dialect::Sqlite, &select), format!("{start} min(t0.b) DESC, max(t0.c), t0.a"));
    assert_eq!(said(Dialect::MariaDb, &select), said(Dialect::Sqlite, &select));
    assert_eq!(
        said(Dialect::Postgres, &select),
        format!("{start} min(t0.b) DESC NULLS LAST, max(t0.c) NULLS FIRST, t0.a NULLS FIRST")
    );
}

#[test]
fn wildcards_are_letters_to_those_who_ask() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection
        .execute_batch(
            "CREATE TABLE t(a INTEGER, b TEXT COLLATE NOCASE);
             INSERT INTO t VALUES (1, '100% A|b'), (2, '100 a_B'), (3, 'x\\y'), (4, NULL);",
        )
        .unwrap();
    let found = |part, value: &str| {
        let sql = render(Dialect::Sqlite, &alike("", part)).sql;
        let mut statement = connection.prepare(&sql).unwrap();
        let rows = statement.query_map([value], |row| row.get::<_, i64>(0)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>()
    };
    assert_eq!(found(None, "100 A_b"), [2]);
    assert_eq!(found(Some(TextMatch::Contains), "%"), [1]);
    assert!(found(Some(TextMatch::Contains), "0_").is_empty());
    assert_eq!(found(Some(TextMatch::Ends), "|B"), [1]);
    assert_eq!(found(Some(TextMatch::Starts), "X\\"), [3]);
    assert_eq!(found(Some(TextMatch::Starts), ""), [1, 2, 3]);
}
