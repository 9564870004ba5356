//! What every type's values are when they are read, and what every kind of value is when it is sent.

use docent_sql::Value;

use super::reading::{Script, query};
use super::reading::{rows, write};
use super::server::Scratch;
use crate::support::text;

#[tokio::test]
async fn every_type_has_its_cells() {
    let scratch = Scratch::new(
        "CREATE TABLE v(a tinyint(1), b bit(1), c bit(9), d bigint unsigned, e float, f double, g decimal(12,3),
             h char(4), i varchar(9) CHARACTER SET latin1, j text, k varbinary(4), l blob, m date, n time(3), o datetime(6),
             p timestamp(3) NULL, q year, r enum('x','ü'), s set('x','y'), t json, u uuid, w inet6, x int, y bigint);
         SET time_zone = '+02:00', sql_mode = '';
         INSERT INTO v VALUES (1, b'1', b'101', 18446744073709551615, 0.1, 0.1, 5, 'ab', 'é', 'a b', 'ab', x'00ff',
             '2025-01-31', '-100:00:00.5', '2025-01-31 10:00:00.25', '2025-01-31 10:00:00', 2025, 'ü', 'x,y', '{\"a\": 1}',
             '123E4567-E89B-12D3-A456-426614174000', '::1', -7, -9223372036854775808);
         INSERT INTO v VALUES (2, b'0', b'0', 5, -1e10, 1e300, -0.5, '', '', '', '', '', '0000-00-00', '0:0:0',
             '0000-00-00', NULL, 0, '', '', 'null', NULL, NULL, 0, 0);
         INSERT INTO v (a) VALUES (NULL)",
    )
    .await;
    let adapter = scratch.opened(|_| {}).await;
    let columns = ["a, b, c, d, e, f, g", "h, i, j, k, l", "m, n, o, p, q", "r, s, t, u, w, x, y"];
    let mut found = Vec::new();
    for columns in columns {
        found.push(rows(&adapter, &format!("SELECT {columns} FROM v"), vec![]).await);
    }
    let nulls = |count: usize| vec!["NULL"; count].join(",");
    let expected = [
        format!(
            "1,1,[00, 05],'18446744073709551615',0.1f,0.1f,'5' \
             2,0,[00, 00],5,-10000000000.0f,1e300f,'-0.5' {}",
            nulls(7)
        ),
        format!("'ab','é','a b',[61, 62],[00, ff] '','','',[],[] {}", nulls(5)),
        format!(
            "'2025-01-31','-100:00:00.5','2025-01-31T10:00:00.25','2025-01-31T08:00:00Z',2025 \
             '0000-00-00','00:00:00','0000-00-00T00:00:00',NULL,0 {}",
            nulls(5)
        ),
        format!(
            "'ü','x,y','{{\"a\": 1}}','123e4567-e89b-12d3-a456-426614174000','::1',-7,-9223372036854775808 \
             '','','null',NULL,NULL,0,0 {}",
            nulls(7)
        ),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn every_kind_of_value_is_sent_as_it_is() {
    let scratch = Scratch::new(
        "CREATE TABLE w(i bigint, d double, n decimal(30,10), t varchar(20), l varchar(20) CHARACTER SET latin1, b varbinary(9),
             m datetime(3), z timestamp(3) NULL, u bigint unsigned, k uuid)",
    )
    .await;
    let adapter = scratch.opened(|_| {}).await;
    let values = || {
        vec![
            Value::Integer(i64::MIN),
            Value::Real(0.1),
            text("12345678901234567890.0123456789"),
            text("a'\"\\😀"),
            text("é"),
            Value::Blob(vec![0, 0xFF, b'\'']),
            Value::Timestamp("2025-01-31T10:00:00.125".to_owned()),
            Value::Timestamp("2025-01-31T10:00:00Z".to_owned()),
            text("18446744073709551615"),
            text("123e4567-e89b-12d3-a456-426614174000"),
        ]
    };
    let insert = "INSERT INTO w VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let (script, outcome) = write(&adapter, Script::new(vec![vec![query(insert, values())]])).await;
    outcome.result.unwrap();
    assert_eq!(script.changed, ["1"], "{:?}", script.refused);
    let condition =
        "i = ? AND d = ? AND n = ? AND t = ? AND l = ? AND b = ? AND m = ? AND z = ? AND u = ? AND k = ?";
    let select = format!("SELECT t, l, b, m, z, u FROM w WHERE {condition}");
    let expected =
        "'a'\"\\😀','é',[00, ff, 27],'2025-01-31T10:00:00.125','2025-01-31T10:00:00Z','18446744073709551615'";
    assert_eq!(rows(&adapter, &select, values()).await, expected);
    assert_eq!(rows(&adapter, "SELECT ? IS NULL, ? + 1", vec![Value::Null, Value::Integer(1)]).await, "1,2");
}

#[tokio::test]
async fn lists_are_tables() {
    let scratch = Scratch::new("").await;
    let adapter = scratch.opened(|_| {}).await;
    let list = Value::List(vec![Value::Integer(3), text("ü\"\n"), Value::Null, Value::Blob(vec![0xAB, 1])]);
    let sql = "SELECT o, k FROM JSON_TABLE(?, '$[*]' COLUMNS (o FOR ORDINALITY, k varchar(9) PATH '$')) AS p";
    assert_eq!(rows(&adapter, sql, vec![list]).await, "1,'3' 2,'ü\"\n' 3,NULL 4,'ab01'");
    let pairs = Value::Rows(vec![
        vec![Value::Integer(i64::MAX), text("a")],
        vec![Value::Real(0.5), Value::Timestamp("2025-01-31T10:00:00Z".to_owned())],
    ]);
    let sql = "SELECT a, b FROM JSON_TABLE(?, '$[*]' COLUMNS (a decimal(30,1) PATH '$[0]', b varchar(30) PATH '$[1]')) AS p";
    let expected = "'9223372036854775807','a' '0.5','2025-01-31T10:00:00'";
    assert_eq!(rows(&adapter, sql, vec![pairs]).await, expected);
}
