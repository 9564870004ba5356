//! Values in the one form in which every engine keeps them, written as SQLite would store them.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{Value, ValueRef};

use super::definition::{Kind, Table};
use crate::harness::connection::Stored;

/// Rewrites what SQLite stores in more than one form (times above all) in the form that other engines return. Fails if
/// there is a value that a column of its type cannot hold.
pub(super) fn make_canonical(connection: &Connection, tables: &[Table]) -> Result<(), String> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    for table in tables {
        for column in table.columns.iter().filter(|column| column.generated.is_none()) {
            let kind = column.kind;
            let function = move |context: &rusqlite::functions::Context<'_>| {
                let value = Value::try_from(context.get_raw(0)).unwrap_or(Value::Null);
                let shown = format!("{value:?}");
                canonical(kind, value)
                    .ok_or_else(|| rusqlite::Error::UserFunctionError(format!("no {kind:?}: {shown}").into()))
            };
            connection.create_scalar_function("canonical", 1, flags, function).unwrap();
            let (name, quoted) = (quote(&table.name), quote(&column.name));
            // A trigger may count the updates of a row.
            let sql = format!(
                "UPDATE {name} SET {quoted} = canonical({quoted})
                 WHERE {quoted} IS NOT NULL AND canonical({quoted}) IS NOT {quoted}"
            );
            let changed = connection.execute_batch(&sql);
            changed.map_err(|error| format!("{}.{}: {error}", table.name, column.name))?;
        }
    }
    connection.remove_function("canonical", 1).unwrap();
    Ok(())
}

/// The value in that form, if there is one.
fn canonical(kind: Kind, value: Value) -> Option<Value> {
    match (kind, value) {
        (_, Value::Null) => Some(Value::Null),
        (Kind::Boolean, Value::Integer(number)) => matches!(number, 0 | 1).then_some(Value::Integer(number)),
        (Kind::Integer | Kind::Decimal, Value::Integer(number)) => Some(Value::Integer(number)),
        (Kind::Real | Kind::Decimal, Value::Real(number)) if number.is_finite() => Some(Value::Real(number)),
        (Kind::Binary, Value::Blob(bytes)) => Some(Value::Blob(bytes)),
        (Kind::Text, Value::Text(text)) => (!text.contains('\0')).then_some(Value::Text(text)),
        (Kind::Uuid, Value::Text(text)) => (text.len() == 36).then(|| Value::Text(text.to_lowercase())),
        (Kind::Json, Value::Text(text)) => {
            serde_json::from_str::<serde::de::IgnoredAny>(&text).ok().map(|_| Value::Text(text))
        }
        (Kind::Date, Value::Text(text)) => is_date(&text).then_some(Value::Text(text)),
        (Kind::Time, Value::Text(text)) => time(&text).map(Value::Text),
        (Kind::Timestamp, Value::Text(text)) => timestamp(&text).map(Value::Text),
        (Kind::ZonedTimestamp, Value::Text(text)) => {
            timestamp(text.strip_suffix('Z')?).map(|text| Value::Text(text + "Z"))
        }
        _ => None,
    }
}

/// What an engine returned, in the same form.
pub(super) fn from_engine(kind: Kind, stored: Stored) -> Value {
    let text = match stored {
        Stored::Null => return Value::Null,
        Stored::Integer(number) => return Value::Integer(number),
        Stored::Real(number) => return Value::Real(number),
        Stored::Blob(bytes) => return Value::Blob(bytes),
        Stored::Text(text) => text,
    };
    let value = match kind {
        Kind::Boolean => Value::Integer(i64::from(matches!(text.as_str(), "t" | "1"))),
        Kind::Integer => Value::Integer(text.parse().unwrap()),
        Kind::Real => Value::Real(text.parse().unwrap()),
        Kind::Decimal => decimal(&text),
        Kind::Binary => Value::Blob(match text.strip_prefix("\\x") {
            Some(digits) => from_hex(digits),
            None => text.into_bytes(),
        }),
        Kind::ZonedTimestamp => Value::Text(text.trim_end_matches("+00").to_owned() + "Z"),
        _ => Value::Text(text),
    };
    let shown = format!("{value:?}");
    canonical(kind, value).unwrap_or_else(|| panic!("no {kind:?}: {shown}"))
}

/// A number as SQLite stores what NUMERIC columns get: whole numbers as such.
fn decimal(text: &str) -> Value {
    let trimmed = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    trimmed.parse().map_or_else(|_| Value::Real(trimmed.parse().unwrap()), Value::Integer)
}

/// `2025-01-31`.
fn is_date(text: &str) -> bool {
    shape(text) == "0000-00-00"
}

/// `10:00` or `10:00:00[.5]` as `10:00:00[.5]`.
fn time(text: &str) -> Option<String> {
    let shape = shape(text);
    match shape.as_str() {
        "00:00" => Some(format!("{text}:00")),
        "00:00:00" => Some(text.to_owned()),
        _ if shape.starts_with("00:00:00.0") && shape[9..].bytes().all(|digit| digit == b'0') => {
            Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
        }
        _ => None,
    }
}

/// A date, or a date and a time with either separator, as `2025-01-31 10:00:00[.5]`.
fn timestamp(text: &str) -> Option<String> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = if rest.is_empty() { "00:00" } else { rest.strip_prefix([' ', 'T'])? };
    is_date(date).then(|| time(rest).map(|time| format!("{date} {time}"))).flatten()
}

fn shape(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

/// The bytes behind hexadecimal digits.
fn from_hex(digits: &str) -> Vec<u8> {
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// The bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut digits, byte| {
        write!(digits, "{byte:02x}").unwrap();
        digits
    })
}

/// A value as a literal that every engine reads in the same way, but for bytes.
pub(super) fn literal(kind: Kind, value: ValueRef<'_>, bytes: fn(&str) -> String) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) if kind == Kind::Boolean => {
            if number == 0 { "false" } else { "true" }.to_owned()
        }
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => format!("{number:?}"),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text).unwrap();
            let text = if kind == Kind::ZonedTimestamp { text.trim_end_matches('Z') } else { text };
            text_literal(text)
        }
        ValueRef::Blob(content) => bytes(&hex(content)),
    }
}

/// A text in quotes.
pub(super) fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name in quotes.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[test]
fn times_have_one_form() {
    assert_eq!(timestamp("2025-01-31T10:00").as_deref(), Some("2025-01-31 10:00:00"));
    assert_eq!(timestamp("2025-01-31 10:00:00.250").as_deref(), Some("2025-01-31 10:00:00.25"));
    assert_eq!(timestamp("1996-07-04 00:00:00.000").as_deref(), Some("1996-07-04 00:00:00"));
    assert_eq!(timestamp("1996-07-04").as_deref(), Some("1996-07-04 00:00:00"));
    assert_eq!(timestamp("today"), None);
    assert_eq!(decimal("12.50"), Value::Real(12.5));
    assert_eq!(decimal("100.00"), Value::Integer(100));
    assert_eq!(decimal("100"), Value::Integer(100));
}
