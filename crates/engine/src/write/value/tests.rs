use docent_sql::schema::{Literal, Rule};

use super::*;

fn column(column_type: ColumnType) -> StoredColumn {
    StoredColumn::new("c", column_type)
}

fn value(column: &StoredColumn, limits: &Limits, json: &str) -> Result<Value, Refusal> {
    let json = RawValue::from_string(json.to_owned()).unwrap();
    column_value(column, limits, &json)
}

#[track_caller]
fn accepted(column_type: ColumnType, cases: &[(&str, Value)]) {
    let column = column(column_type);
    for (json, expected) in cases {
        assert_eq!(value(&column, &Limits::default(), json).as_ref(), Ok(expected), "{json}");
    }
}

#[track_caller]
fn refused(column_type: ColumnType, message: &str, cases: &[&str]) {
    let column = column(column_type);
    for json in cases {
        let expected = Err(Refusal::Invalid(message.to_owned()));
        assert_eq!(value(&column, &Limits::default(), json), expected, "{json}");
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn null_is_taken_where_the_column_takes_it() {
    for column_type in [ColumnType::Text, ColumnType::Boolean, ColumnType::Json, ColumnType::Any] {
        let nullable = StoredColumn { nullable: true, ..column(column_type.clone()) };
        let limits =
            Limits { length_max: Some(0), digits: Some((0, 0)), rules: vec![Rule::OneOf(Vec::new())] };
        assert_eq!(value(&nullable, &limits, "null"), Ok(Value::Null));
        let expected =
            if column_type == ColumnType::Json { Ok(text("null")) } else { Err(Refusal::Required) };
        assert_eq!(value(&column(column_type), &Limits::default(), "null"), expected);
    }
}

#[test]
fn booleans() {
    accepted(ColumnType::Boolean, &[("true", Value::Integer(1)), ("false", Value::Integer(0))]);
    refused(ColumnType::Boolean, "must be true or false.", &["1", "0", r#""true""#, "[]"]);
}

#[test]
fn integers() {
    accepted(
        ColumnType::Integer,
        &[
            ("42", Value::Integer(42)),
            ("-0", Value::Integer(0)),
            ("-9223372036854775808", Value::Integer(i64::MIN)),
            ("9223372036854775807", Value::Integer(i64::MAX)),
        ],
    );
    refused(ColumnType::Integer, "must be a whole number.", &[r#""42""#, "true", "{}", r#""""#]);
    refused(
        ColumnType::Integer,
        "must be a whole number, written without fraction and exponent.",
        &["1e2", "1E400", "1.0", "-0.0"],
    );
    refused(
        ColumnType::Integer,
        "must be between -9223372036854775808 and 9223372036854775807.",
        &["9223372036854775808", "-9223372036854775809", &"9".repeat(400)],
    );
}

#[test]
fn floats() {
    accepted(
        ColumnType::Float,
        &[
            ("1.5", Value::Real(1.5)),
            ("-3", Value::Real(-3.0)),
            ("1e2", Value::Real(100.0)),
            ("1e-400", Value::Real(0.0)),
        ],
    );
    let Ok(Value::Real(zero)) = value(&column(ColumnType::Float), &Limits::default(), "-0.0") else {
        panic!()
    };
    assert!(zero.is_sign_positive());
    refused(ColumnType::Float, "must be a number.", &[r#""1.5""#, r#""Infinity""#, "false"]);
    let range = "must be between -1.7976931348623157e308 and 1.7976931348623157e308.";
    refused(ColumnType::Float, range, &["1E400", "-1e309", &"9".repeat(400)]);
}

#[test]
fn decimals_come_back_as_they_were_given() {
    accepted(
        ColumnType::Decimal,
        &[
            (r#""0.99""#, Value::Real(0.99)),
            (r#""-12.50""#, Value::Real(-12.5)),
            (r#""007""#, Value::Integer(7)),
            (r#""5.00""#, Value::Integer(5)),
            (r#""-0.0""#, Value::Integer(0)),
            (r#""9223372036854775807""#, Value::Integer(i64::MAX)),
            (r#""123456789012.345""#, Value::Real(123_456_789_012.345)),
            (r#""100000000000000000000""#, Value::Real(1e20)),
            (r#""0.0000000000000000000000000000123456789012345""#, Value::Real(1.234_567_890_123_45e-29)),
        ],
    );
    refused(
        ColumnType::Decimal,
        "must be a decimal number in a string, such as \"12.50\".",
        &[
            "0.99",
            "5",
            r#""""#,
            r#""-""#,
            r#"".5""#,
            r#""5.""#,
            r#""+5""#,
            r#""1e2""#,
            r#"" 5""#,
            r#""1.2.3""#,
            r#""--5""#,
        ],
    );
    refused(
        ColumnType::Decimal,
        "must have at most 15 significant digits.",
        &[r#""1234567890123.456""#, r#""9223372036854775808""#, r#""0.1234567890123456""#],
    );
    let small = format!("\"0.{}5\"", "0".repeat(400));
    let great = format!("\"1{}\"", "0".repeat(400));
    refused(
        ColumnType::Decimal,
        "must be a number that is neither that great nor that small.",
        &[&small, &great],
    );
}

#[test]
fn texts() {
    accepted(
        ColumnType::Text,
        &[(r#""""#, text("")), (r#""a\n\u00e9\ud83d\ude00""#, text("a\né😀")), (r#""5""#, text("5"))],
    );
    refused(ColumnType::Text, "must be a string.", &["5", "true", "[]", r#"{"a":1}"#]);
    refused(ColumnType::Text, "must not contain the character U+0000.", &[r#""a\u0000b""#, r#""\u0000""#]);
}

fn moment(text: &str) -> Value {
    Value::Timestamp(text.to_owned())
}

#[test]
fn dates_and_times() {
    accepted(ColumnType::Date, &[(r#""2024-02-29""#, text("2024-02-29"))]);
    refused(
        ColumnType::Date,
        "must be a date such as 2025-01-31.",
        &[r#""2025-02-29""#, "20250131", r#""""#],
    );
    accepted(ColumnType::Time, &[(r#""10:30""#, text("10:30"))]);
    refused(ColumnType::Time, "must be a time of day such as 10:30:00.", &[r#""25:00""#, "1030"]);
    accepted(ColumnType::Timestamp, &[(r#""2025-01-31T10:30:00.5""#, moment("2025-01-31 10:30:00.5"))]);
    refused(
        ColumnType::Timestamp,
        "must be a date and time without zone such as 2025-01-31T10:30:00.",
        &[r#""2025-01-31T10:30:00Z""#, r#""2025-01-31 10:30:00""#, r#""2025-01-31""#, "1738319400"],
    );
    accepted(ColumnType::TimestampTz, &[(r#""2025-01-31T10:30:00+02:00""#, moment("2025-01-31 08:30:00Z"))]);
    refused(
        ColumnType::TimestampTz,
        "must be a date and time with zone such as 2025-01-31T10:30:00Z.",
        &[r#""2025-01-31T10:30:00""#, r#""now""#],
    );
}

#[test]
fn uuids_bytes_and_enums() {
    let uuid = "123e4567-e89b-12d3-a456-426614174000";
    accepted(ColumnType::Uuid, &[(&format!("{:?}", uuid.to_uppercase()), text(uuid))]);
    refused(
        ColumnType::Uuid,
        "must be a UUID such as 123e4567-e89b-12d3-a456-426614174000.",
        &[r#""123e4567e89b12d3a456426614174000""#, r#""123e4567-e89b-12d3-a456-42661417400g""#, "1"],
    );
    accepted(
        ColumnType::Binary,
        &[(r#""""#, Value::Blob(Vec::new())), (r#""+/8=""#, Value::Blob(vec![0xfb, 0xff]))],
    );
    refused(
        ColumnType::Binary,
        "must be a string of bytes in base64, with padding.",
        &[r#""-_8=""#, r#""+/8""#, r#""+/9=""#, r#""+/8=\n""#, "[1]"],
    );
    let states = ColumnType::Enum(vec!["draft".to_owned(), "final".to_owned()]);
    accepted(states.clone(), &[(r#""final""#, text("final"))]);
    refused(states, "must be one of draft, final.", &[r#""Draft""#, "1", r#""""#]);
}

#[test]
fn json_is_stored_as_its_text() {
    accepted(
        ColumnType::Json,
        &[
            (r#"{"a": [1, 2.50]}"#, text(r#"{"a": [1, 2.50]}"#)),
            (r#""5""#, text(r#""5""#)),
            ("true", text("true")),
            ("5", Value::Integer(5)),
            ("0.10", Value::Real(0.1)),
            ("1e20", Value::Real(1e20)),
        ],
    );
    let range = "must be between -1.7976931348623157e308 and 1.7976931348623157e308.";
    refused(ColumnType::Json, range, &["1E400"]);
}

#[test]
fn a_column_of_anything_takes_strings_and_numbers() {
    accepted(
        ColumnType::Any,
        &[
            (r#""5""#, text("5")),
            ("5", Value::Integer(5)),
            ("5.5", Value::Real(5.5)),
            ("1e2", Value::Real(100.0)),
        ],
    );
    refused(ColumnType::Any, "must be a string or a number.", &["true", "[]", "{}"]);
    refused(
        ColumnType::Any,
        "must be between -9223372036854775808 and 9223372036854775807.",
        &["9223372036854775808"],
    );
    accepted(ColumnType::Other, &[(r#""x""#, text("x"))]);
}

#[test]
fn what_the_schema_demands_is_said_in_words() {
    let least = |bound, inclusive| Rule::Least { bound, inclusive };
    let greatest = |bound, inclusive| Rule::Greatest { bound, inclusive };
    let draft = Rule::OneOf(vec![Literal::Text("draft".to_owned()), Literal::Text("done".to_owned())]);
    let cases = [
        (ColumnType::Text, draft, r#""draft""#, r#""Draft""#, "must be one of draft, done."),
        (ColumnType::Boolean, Rule::OneOf(vec![Literal::Integer(1)]), "true", "false", "must be true."),
        (ColumnType::Integer, least(Literal::Integer(0), true), "0", "-1", "must be at least 0."),
        (ColumnType::Integer, least(Literal::Real(0.5), false), "1", "0", "must be greater than 0.5."),
        (
            ColumnType::Decimal,
            greatest(Literal::Integer(10), true),
            r#""10.00""#,
            r#""10.01""#,
            "must be at most 10.",
        ),
        (
            ColumnType::Decimal,
            greatest(Literal::Integer(10), false),
            r#""9.99""#,
            r#""10.0""#,
            "must be less than 10.",
        ),
        (ColumnType::Json, greatest(Literal::Integer(10), true), "10", "11", "must be at most 10."),
        (ColumnType::Text, Rule::LengthLeast(1), r#""a""#, r#""""#, "must not be empty."),
        (ColumnType::Text, Rule::LengthLeast(2), r#""éé""#, r#""é""#, "must have at least 2 characters."),
        (ColumnType::Integer, Rule::LengthGreatest(2), "12", "123", "must have at most 2 digits."),
        (ColumnType::Binary, Rule::LengthGreatest(1), r#""AA==""#, r#""AAA=""#, "must have at most 1 byte."),
    ];
    for (column_type, rule, good, bad, message) in cases {
        let limits = Limits { rules: vec![rule], ..Limits::default() };
        let column = column(column_type);
        assert!(value(&column, &limits, good).is_ok(), "{good}: {message}");
        assert_eq!(value(&column, &limits, bad), Err(Refusal::Invalid(message.to_owned())), "{bad}");
    }
    let limits = Limits { length_max: Some(2), ..Limits::default() };
    assert_eq!(value(&column(ColumnType::Text), &limits, r#""éé""#), Ok(text("éé")));
    let expected = Err(Refusal::Invalid("must have at most 2 characters.".to_owned()));
    assert_eq!(value(&column(ColumnType::Text), &limits, r#""abc""#), expected);
}

#[test]
fn exact_numbers_are_not_rounded() {
    let after = "must have at most 2 digits after the point.";
    let cases = [
        ((3, 2), &["0", "999.99", "-999.99", "0001.5000"][..], &["0.005", "-1.999", "1000.001"][..], after),
        ((3, 2), &["999"], &["1000", "-12345.00"], "must have at most 3 digits before the point."),
        ((1, 1), &["9.9"], &["9.99"], "must have at most 1 digit after the point."),
        ((5, 0), &["12345.000"], &["0.5"], "must have no digits after the point but zeros."),
        ((0, 3), &["0.125", "-0.5"], &["1.5"], "must have no digits before the point but zeros."),
    ];
    let column = StoredColumn { strict: true, ..column(ColumnType::Decimal) };
    for (digits, good, bad, message) in cases {
        let limits = Limits { digits: Some(digits), ..Limits::default() };
        for number in good {
            assert_eq!(value(&column, &limits, &format!("{number:?}")), Ok(text(number)), "{number}");
        }
        for number in bad {
            let found = value(&column, &limits, &format!("{number:?}"));
            assert_eq!(found, Err(Refusal::Invalid(message.to_owned())), "{number}");
        }
    }
}

#[test]
fn a_client_chooses_ids_that_lead_back() {
    let uuid = "123e4567-e89b-12d3-a456-426614174000";
    let cases = [
        (ColumnType::Integer, "5", Some(Value::Integer(5))),
        (ColumnType::Integer, "05", None),
        (ColumnType::Integer, "five", None),
        (ColumnType::Integer, "9223372036854775808", None),
        (ColumnType::Text, "a~b %", Some(text("a~b %"))),
        (ColumnType::Text, "x'05'", None),
        (ColumnType::Text, "", None),
        (ColumnType::Text, "a\0", None),
        (ColumnType::Uuid, uuid, Some(text(uuid))),
        (ColumnType::Uuid, "123E4567-E89B-12D3-A456-426614174000", Some(text(uuid))),
        (ColumnType::Uuid, "5", None),
        (ColumnType::Date, "2025-01-31", Some(text("2025-01-31"))),
        (ColumnType::Date, "2025-02-31", None),
        (ColumnType::Timestamp, "2025-01-31 10:30", Some(text("2025-01-31 10:30"))),
        (ColumnType::Timestamp, "2025-01-31T10:30", None),
        (ColumnType::TimestampTz, "2025-01-31 10:30:00Z", Some(text("2025-01-31 10:30:00Z"))),
        (ColumnType::TimestampTz, "2025-01-31 10:30:00+01:00", None),
        (ColumnType::Float, "0.5", Some(Value::Real(0.5))),
        (ColumnType::Float, "5", None),
        (ColumnType::Decimal, "0.50", None),
        (ColumnType::Decimal, "5.0", None),
        (ColumnType::Decimal, "5", Some(Value::Integer(5))),
        (ColumnType::Boolean, "1", Some(Value::Integer(1))),
        (ColumnType::Boolean, "true", None),
        (ColumnType::Binary, "MQ==", Some(Value::Blob(b"1".to_vec()))),
        (ColumnType::Binary, "'MQ=='", None),
        (ColumnType::Any, "five", Some(text("five"))),
        (ColumnType::Any, "'5'", Some(text("5"))),
        (ColumnType::Any, "x'05'", None),
        (ColumnType::Json, "{}", None),
    ];
    for (column_type, id, expected) in cases {
        let found = client_key(&[column(column_type.clone())], id);
        assert_eq!(found, expected.map(|value| vec![value]), "{column_type:?} {id}");
    }
    let key = [column(ColumnType::Integer), column(ColumnType::Text)];
    assert_eq!(client_key(&key, "1~a%7Eb"), Some(vec![Value::Integer(1), text("a~b")]));
    assert_eq!(client_key(&key, "1~"), Some(vec![Value::Integer(1), text("")]));
    for wrong in ["1", "1~a~b", "a~b", "1~%61", "1~a%7eb", "~"] {
        assert_eq!(client_key(&key, wrong), None, "{wrong}");
    }
}

/// SQLite changes values by the declared type of their column: what is given to it must already be what it keeps.
#[test]
fn sqlite_keeps_what_it_is_given() {
    let cases = [
        ("BOOLEAN", ColumnType::Boolean, "true", "1"),
        ("INTEGER", ColumnType::Integer, "-9223372036854775808", "-9223372036854775808"),
        ("REAL", ColumnType::Float, "0.1", "0.1"),
        ("REAL", ColumnType::Float, "-0.0", "0.0"),
        ("NUMERIC(10,2)", ColumnType::Decimal, r#""12.50""#, "12.5"),
        ("DECIMAL", ColumnType::Decimal, r#""123456789012.345""#, "123456789012.345"),
        ("DECIMAL", ColumnType::Decimal, r#""9223372036854775807""#, "9223372036854775807"),
        ("VARCHAR(20)", ColumnType::Text, r#""007""#, "'007'"),
        ("DATE", ColumnType::Date, r#""2025-01-31""#, "'2025-01-31'"),
        ("TIME", ColumnType::Time, r#""10:30""#, "'10:30'"),
        ("DATETIME", ColumnType::Timestamp, r#""2025-01-31T10:30""#, "'2025-01-31 10:30'"),
        ("TIMESTAMPTZ", ColumnType::TimestampTz, r#""2025-01-31T10:30:00Z""#, "'2025-01-31 10:30:00Z'"),
        ("JSON", ColumnType::Json, r#"{"a":1}"#, r#"'{"a":1}'"#),
        ("JSON", ColumnType::Json, r#""5""#, r#"'"5"'"#),
        ("JSON", ColumnType::Json, "5", "5"),
        ("JSON", ColumnType::Json, "0.5", "0.5"),
        ("JSON", ColumnType::Json, "null", "'null'"),
        ("BLOB", ColumnType::Binary, r#""+/8=""#, "X'FBFF'"),
        ("", ColumnType::Any, r#""5""#, "'5'"),
        ("", ColumnType::Any, "5.0", "5.0"),
    ];
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    for (declared, column_type, json, expected) in cases {
        let parameter: Box<dyn rusqlite::ToSql> =
            match value(&column(column_type), &Limits::default(), json).unwrap() {
                Value::Integer(number) => Box::new(number),
                Value::Real(number) => Box::new(number),
                Value::Text(text) | Value::Timestamp(text) => Box::new(text),
                Value::Blob(bytes) => Box::new(bytes),
                other => panic!("{other:?}"),
            };
        connection.execute_batch(&format!("DROP TABLE IF EXISTS t; CREATE TABLE t (c {declared})")).unwrap();
        connection.execute("INSERT INTO t VALUES (?1)", [parameter]).unwrap();
        let stored: String = connection.query_row("SELECT quote(c) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(stored, expected, "{declared} {json}");
    }
}
