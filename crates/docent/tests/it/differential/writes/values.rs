//! Which JSON values a column accepts, and what it holds then.

use serde_json::Value;

use super::super::cells::{Cell, Kind, base64, from_base64, is_date, is_time, stored_time};
use super::super::tables::Column;
use crate::harness::engine::Engine;

/// Digits that SQLite keeps of a decimal number.
const DECIMAL_DIGITS: usize = 15;

/// What the column holds after it was given that value, which is not null; `None` if it is none for this column.
pub(super) fn accepted(column: &Column, value: &Value) -> Option<Cell> {
    let text = value.as_str();
    let is_strict = Engine::under_test().is_strict();
    match column.kind {
        Kind::Boolean => value.as_bool().map(|it| Cell::Integer(i64::from(it))),
        Kind::Integer => value.as_i64().map(Cell::Integer),
        Kind::Float => value.as_f64().map(Cell::Real),
        Kind::Decimal => {
            decimal(text?).filter(|_| !is_strict || is_of_precision(column, text.unwrap_or_default()))
        }
        Kind::Text => text.filter(|it| is_short_enough(column, it) && !it.contains('\0')).map(Cell::text),
        Kind::Uuid => text.filter(|it| is_uuid(it)).map(|it| Cell::text(&it.to_lowercase())),
        Kind::Date => text.filter(|it| is_real_date(it)).map(Cell::text),
        Kind::Time => text.filter(|it| is_time(it)).map(|it| Cell::text(&stored_time(it))),
        Kind::Timestamp => timestamp(text?),
        Kind::Json if is_strict => Some(Cell::text(&value.to_string())),
        Kind::Json => Some(json(value)).filter(|_| is_kept(value)),
        Kind::Binary => from_base64(text?).filter(|bytes| text == Some(&base64(bytes))).map(Cell::Blob),
        Kind::Any => match value {
            Value::String(text) => Some(Cell::text(text)).filter(|_| !text.contains('\0')),
            Value::Number(number) => (number.is_i64() || number.is_f64()).then(|| json(value)),
            _ => None,
        },
    }
}

/// The key cell that part of a client's id stands for.
pub(super) fn key_cell(column: &Column, part: &str) -> Option<Cell> {
    match column.kind {
        Kind::Integer => {
            part.parse().ok().filter(|number: &i64| number.to_string() == part).map(Cell::Integer)
        }
        Kind::Text | Kind::Uuid | Kind::Date => accepted(column, &Value::from(part)),
        _ => unreachable!("no client chooses such a key: {column:?}"),
    }
}

/// The length a type like VARCHAR(20) allows.
fn is_short_enough(column: &Column, text: &str) -> bool {
    let length = column.declared.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    length.and_then(|digits| digits.parse().ok()).is_none_or(|most: usize| text.chars().count() <= most)
}

fn decimal(text: &str) -> Option<Cell> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let significant = digits.replace('.', "").trim_start_matches('0').len();
    if !are_digits(whole) || !are_digits(fraction) || significant > DECIMAL_DIGITS {
        return None;
    }
    let number: f64 = text.parse().unwrap();
    #[allow(clippy::cast_possible_truncation, reason = "it has few digits")]
    Some(if number.fract() == 0.0 { Cell::Integer(number as i64) } else { Cell::Real(number) })
}

/// Whether a type like DECIMAL(10, 2) has room for it, where engines hold columns to that.
fn is_of_precision(column: &Column, text: &str) -> bool {
    let modifier = column.declared.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    let Some((precision, scale)) = modifier.and_then(|it| it.split_once(',')) else { return true };
    let (precision, scale): (usize, usize) =
        (precision.trim().parse().unwrap(), scale.trim().parse().unwrap());
    let (whole, fraction) = text.trim_start_matches('-').split_once('.').unwrap_or((text, ""));
    fraction.len() <= scale && whole.trim_start_matches(['-', '0']).len() <= precision - scale
}

fn is_uuid(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_hexdigit() { 'x' } else { c }).collect();
    shape == "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
}

fn is_real_date(text: &str) -> bool {
    if !is_date(text) {
        return false;
    }
    let part = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap();
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// `2025-01-31T10:00:00` is stored as SQLite's own functions write it, with a space.
fn timestamp(text: &str) -> Option<Cell> {
    let (date, time) = text.split_once('T')?;
    (is_real_date(date) && is_time(time)).then(|| Cell::text(&format!("{date} {}", stored_time(time))))
}

/// A number by itself is stored as one: it must not have more digits than that keeps.
fn is_kept(value: &Value) -> bool {
    let digits = value.to_string().bytes().filter(u8::is_ascii_digit).count();
    !value.is_number() || value.is_i64() || digits <= DECIMAL_DIGITS
}

/// The text of a value in a column that takes texts that look like numbers for numbers.
fn json(value: &Value) -> Cell {
    match (value.as_i64(), value.as_f64()) {
        (Some(number), _) => Cell::Integer(number),
        (None, Some(number)) => Cell::Real(number),
        (None, None) => Cell::text(&value.to_string()),
    }
}

#[test]
fn values_are_told_from_others() {
    let column = |declared: &str| Column {
        name: "c".to_owned(),
        declared: declared.to_owned(),
        kind: Kind::of_declared(declared),
        collation: super::super::cells::Collation::Binary,
        not_null: false,
        generated: false,
        default: None,
    };
    let check = |declared: &str, good: &[&str], bad: &[&str]| {
        for (text, fits) in good.iter().map(|it| (it, true)).chain(bad.iter().map(|it| (it, false))) {
            let value = serde_json::from_str(text).unwrap();
            assert_eq!(accepted(&column(declared), &value).is_some(), fits, "{declared} {text}");
        }
    };
    check("BOOLEAN", &["true", "false"], &["1", "\"true\""]);
    check("INTEGER", &["0", "-7", "9223372036854775807"], &["9223372036854775808", "1.0", "\"1\"", "true"]);
    check(
        "DECIMAL(5,2)",
        &["\"1\"", "\"-0.50\""],
        &["1", "\"1e3\"", "\".5\"", "\"1234567890123456\"", "\"\""],
    );
    check("VARCHAR(3)", &["\"\"", "\"äöü\""], &["\"abcd\"", "5", "\"\\u0000\""]);
    check("DATE", &["\"2024-02-29\""], &["\"2025-02-29\"", "\"2025-1-1\"", "20250101"]);
    check("TIME", &["\"10:00\"", "\"10:00:59.5\""], &["\"24:00\"", "\"10\""]);
    check(
        "DATETIME",
        &["\"2025-01-31T10:00\""],
        &["\"2025-01-31\"", "\"2025-01-31T10:00Z\"", "\"2025-13-01T10:00\""],
    );
    check("BLOB", &["\"\"", "\"YQ==\""], &["\"YQ\"", "\"Y===\"", "\"YR==\"", "5"]);
    check("UUID", &["\"6F9619FF-8b86-d011-b42d-00c04fc964ff\""], &["\"6f9619ff\"", "5"]);
    check("", &["\"a\"", "5", "1.5"], &["true", "[]", "{}"]);
}
