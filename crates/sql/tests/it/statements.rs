//! What the statements that write do.

use docent_sql::change::{Assigned, Change, Delete, Insert, Links, Source, Update};
use docent_sql::render::{Dialect, render_change};
use docent_sql::schema::TableName;
use docent_sql::statement::{Alias, ColumnName, ColumnRef, Comparison, Condition, Parameter, Values};
use docent_sql::{Value, ViolationKind};

use crate::support::{Script, served, text};

fn table(name: &str) -> TableName {
    TableName { schema: None, name: name.to_owned() }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn column_name(name: &str) -> ColumnName {
    ColumnName { name: name.to_owned(), comparison_type: "".into(), values: Values::Plain }
}

fn column(name: &str) -> ColumnRef {
    ColumnRef { table: Alias(0), column: column_name(name) }
}

fn insert(name: &str, source: Source) -> Insert {
    Insert { table: table(name), source, unless_known: vec![], returning: vec![] }
}

fn values(columns: &[&str], count: u16) -> Source {
    Source::Values { columns: names(columns), first: Parameter(0), count }
}

fn equal(name: &str, parameter: u16) -> Condition {
    let (comparison, value) = (Comparison::Equal, Parameter(parameter));
    Condition::Compare { column: column(name), comparison, value, timestamp: false }
}

fn in_keys(columns: &[&str], parameter: u16, negated: bool) -> Condition {
    let columns = columns.iter().map(|name| column(name)).collect();
    Condition::InKeys { columns, keys: Parameter(parameter), negated }
}

fn integers(numbers: &[i64]) -> Value {
    Value::List(numbers.iter().map(|number| Value::Integer(*number)).collect())
}

fn pair(first: i64, second: &str) -> Vec<Value> {
    vec![Value::Integer(first), text(second)]
}

#[tokio::test]
async fn several_rows_are_inserted_by_one_statement_and_give_their_keys_in_order() {
    let served = served("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b INT);");
    let change =
        Change::Insert(Insert { returning: names(&["id", "a"]), ..insert("t", values(&["a", "b"], 64)) });
    let parameters = (0..64).flat_map(|row| [text(&format!("r{row}")), Value::Integer(row)]).collect();
    let script = served.commit(Script::change(&change, parameters)).await;
    let expected: Vec<String> = (0..64).map(|row| format!("0:{},r{row}", row + 1)).collect();
    assert_eq!(script.rows, expected);
    assert_eq!(script.changed, [64]);
    assert_eq!(served.seen("SELECT sum(b) FROM t"), (63 * 32).to_string());
}

#[test]
fn the_text_depends_on_the_number_of_rows_alone() {
    let text = |count| {
        let source = Source::Values { columns: names(&["a", "b\"c"]), first: Parameter(2), count };
        render_change(Dialect::Sqlite, &Change::Insert(insert("t", source))).sql
    };
    assert_eq!(text(2), r#"INSERT INTO "t" ("a", "b""c") VALUES (?3, ?4), (?5, ?6)"#);
    assert_eq!(text(1), r#"INSERT INTO "t" ("a", "b""c") VALUES (?3, ?4)"#);
}

#[tokio::test]
async fn a_row_that_is_there_is_left_where_the_change_says_so() {
    let served = served(
        "CREATE TABLE j(l INT, r INT, note TEXT UNIQUE, PRIMARY KEY(l, r));
         INSERT INTO j VALUES (1, 2, 'first');",
    );
    let columns = names(&["l", "r", "note"]);
    let source = Source::Values { columns, first: Parameter(0), count: 1 };
    let change = Change::Insert(Insert { unless_known: names(&["l", "r"]), ..insert("j", source) });
    let row = |r, note: &str| vec![Value::Integer(1), Value::Integer(r), text(note)];
    let queries = [row(2, "other"), row(3, "second")].map(|row| crate::support::changing(&change, row));
    let script = served.commit(Script::new(vec![queries.to_vec()])).await;
    assert_eq!(script.changed, [0, 1]);
    assert_eq!(served.seen("SELECT l || r || note FROM j ORDER BY r"), "12first 13second");
    // Other keys are kept as ever.
    let violation = served.refused(Script::change(&change, row(4, "first"))).await;
    assert_eq!(violation.kind, ViolationKind::Unique);
}

#[tokio::test]
async fn a_row_can_be_all_defaults() {
    let served = served("CREATE TABLE \"odd.name\"(id INTEGER PRIMARY KEY, \"a b\" TEXT DEFAULT 'x');");
    let source = Source::Defaults;
    let change = Change::Insert(Insert { returning: names(&["id", "a b"]), ..insert("odd.name", source) });
    let script = served.commit(Script::change(&change, vec![])).await;
    assert_eq!(script.rows, ["0:1,x"]);
}

#[tokio::test]
async fn children_are_moved_by_two_set_statements() {
    let served = served(
        "CREATE TABLE c(id INTEGER PRIMARY KEY, p INT);
         INSERT INTO c VALUES (1, 7), (2, 7), (3, 8), (4, NULL), (5, 8);",
    );
    let clear = Change::Update(Update {
        table: (table("c"), Alias(0)),
        assignments: vec![("p".to_owned(), Assigned::Null)],
        condition: equal("p", 0).and(in_keys(&["id"], 1, true)),
        returning: names(&["id"]),
    });
    let set = Change::Update(Update {
        table: (table("c"), Alias(0)),
        assignments: vec![("p".to_owned(), Assigned::Parameter(Parameter(0)))],
        condition: in_keys(&["id"], 1, false),
        returning: vec![],
    });
    let parameters = vec![Value::Integer(7), integers(&[2, 3, 4])];
    let queries = [&clear, &set].map(|change| crate::support::changing(change, parameters.clone()));
    let script = served.commit(Script::new(vec![queries.to_vec()])).await;
    assert_eq!(script.rows, ["0:1"]);
    assert_eq!(script.changed, [1, 3]);
    assert_eq!(served.seen("SELECT id || '=' || coalesce(p, '') FROM c ORDER BY id"), "1= 2=7 3=7 4=7 5=8");
}

#[tokio::test]
async fn composite_keys_are_one_list_too() {
    let served = served(
        "CREATE TABLE c(a INT, b, p INT, PRIMARY KEY(a, b));
         INSERT INTO c VALUES (1, 'x', 0), (1, 'y', 0), (2, 'x', 0), (3, x'0aff', 0), (4, 9e999, 0), (5, -9e999, 0), (6, NULL, 0);",
    );
    let update = |negated| {
        Change::Update(Update {
            table: (table("c"), Alias(0)),
            assignments: vec![("p".to_owned(), Assigned::Parameter(Parameter(1)))],
            condition: in_keys(&["a", "b"], 0, negated),
            returning: vec![],
        })
    };
    let keys = Value::Rows(vec![
        pair(1, "y"),
        pair(2, "y"),
        vec![Value::Integer(3), Value::Blob(vec![10, 255])],
        vec![Value::Integer(4), Value::Real(f64::INFINITY)],
        vec![Value::Integer(5), Value::Real(f64::NEG_INFINITY)],
    ]);
    let script = served.commit(Script::change(&update(false), vec![keys.clone(), Value::Integer(1)])).await;
    assert_eq!(script.changed, [4]);
    let script = served.commit(Script::change(&update(true), vec![keys, Value::Integer(2)])).await;
    // A key that is partly NULL is never outside of a list.
    assert_eq!(script.changed, [2]);
    assert_eq!(served.seen("SELECT p FROM c ORDER BY a, b"), "2 1 2 1 1 1 0");
}

#[tokio::test]
async fn an_empty_list_has_nothing_and_everything_is_outside_of_it() {
    let served = served(
        "CREATE TABLE j(a INT, b INT, c INT); INSERT INTO j VALUES (1, 1, 1), (1, 2, 2), (1, NULL, 3);",
    );
    for (columns, empty) in [(&["b"][..], Value::List(vec![])), (&["a", "b"], Value::Rows(vec![]))] {
        let delete = |negated| {
            let condition = equal("a", 0).and(in_keys(columns, 1, negated));
            Change::Delete(Delete { table: (table("j"), Alias(0)), condition, returning: vec![] })
        };
        let parameters = vec![Value::Integer(1), empty];
        let none = served.commit(Script::change(&delete(false), parameters.clone())).await;
        assert_eq!(none.changed, [0]);
        let all = served.write(Script::change(&delete(true), parameters).undone()).await.0;
        assert_eq!(all.changed, [2]);
    }
    assert_eq!(served.seen("SELECT count(*) FROM j"), "3");
}

#[tokio::test]
async fn members_of_a_join_table_are_replaced_by_two_set_statements() {
    // No unique key: members that are there are found by looking.
    let served = served(
        "CREATE TABLE j(id INTEGER PRIMARY KEY, l INT, ra INT, rb TEXT);
         INSERT INTO j(l, ra, rb) VALUES (1, 1, 'x'), (1, 2, 'x'), (2, 1, 'y');",
    );
    let delete = Change::Delete(Delete {
        table: (table("j"), Alias(0)),
        condition: equal("l", 0).and(in_keys(&["ra", "rb"], 1, true)),
        returning: names(&["ra", "rb"]),
    });
    let add = Change::Insert(insert(
        "j",
        Source::Links(Links {
            near: vec![(column_name("l"), Parameter(0))],
            far: vec![column_name("ra"), column_name("rb")],
            list: Parameter(1),
            is_first: false,
        }),
    ));
    let list = Value::Rows(vec![pair(3, "z"), pair(2, "x"), pair(1, "y"), pair(3, "z")]);
    let parameters = vec![Value::Integer(1), list];
    let queries = [&delete, &add].map(|change| crate::support::changing(change, parameters.clone()));
    let script = served.commit(Script::new(vec![queries.to_vec()])).await;
    assert_eq!(script.rows, ["0:1,x"]);
    assert_eq!(script.changed, [1, 2]);
    let rows = "SELECT l || ra || rb FROM j ORDER BY l, ra";
    assert_eq!(served.seen(rows), "11y 12x 13z 21y");
    // Once more changes nothing.
    let again = Script::new(vec![
        [&delete, &add].map(|change| crate::support::changing(change, parameters.clone())).to_vec(),
    ]);
    assert_eq!(served.commit(again).await.changed, [0, 0]);
}

#[tokio::test]
async fn keys_of_links_take_the_columns_affinity() {
    let served =
        served("CREATE TABLE j(l TEXT, r INTEGER, PRIMARY KEY(l, r)); INSERT INTO j VALUES ('1', 1);");
    let links = Links {
        near: vec![(column_name("l"), Parameter(0))],
        far: vec![column_name("r")],
        list: Parameter(1),
        is_first: false,
    };
    let change = Change::Insert(insert("j", Source::Links(links)));
    let list = Value::List(vec![text("1"), Value::Integer(2)]);
    let script = served.commit(Script::change(&change, vec![Value::Integer(1), list])).await;
    assert_eq!(script.changed, [1]);
    assert_eq!(served.seen("SELECT typeof(l) || typeof(r) FROM j"), "textinteger textinteger");
}

#[tokio::test]
async fn later_queries_see_what_earlier_ones_wrote() {
    let served = served("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT);");
    let script =
        Script::sql(&["INSERT INTO t(a) VALUES ('x')", "SELECT a FROM t", "UPDATE t SET a = 'y' WHERE 0"]);
    let script = served.commit(script).await;
    assert_eq!(script.rows, ["1:x"]);
    // A SELECT changes nothing and is not told to have.
    assert_eq!(script.changed, [1, 0]);
}

#[tokio::test]
async fn rows_of_a_list_are_looked_up_and_not_searched_for() {
    let served = served(
        "CREATE TABLE c(a INT, b TEXT, p INT, PRIMARY KEY(a, b)); CREATE TABLE d(id INTEGER PRIMARY KEY);",
    );
    for (name, columns, list) in
        [("c", &["a", "b"][..], Value::Rows(vec![pair(1, "x")])), ("d", &["id"], integers(&[1]))]
    {
        let condition = in_keys(columns, 0, false);
        let change = Change::Delete(Delete { table: (table(name), Alias(0)), condition, returning: vec![] });
        let sql = format!("EXPLAIN QUERY PLAN {}", render_change(Dialect::Sqlite, &change).sql);
        let script = Script::new(vec![vec![crate::support::query(&sql, vec![list])]]);
        let plan = served.commit(script).await.rows.join("\n");
        assert!(plan.contains("SEARCH t0 USING") && !plan.contains("SCAN t0"), "{plan}");
    }
}
