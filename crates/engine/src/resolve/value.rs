//! Filter values: text from the query string as a value of the column's type.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use docent_catalog::model::StoredColumn;
use docent_sql::Value;
use docent_sql::schema::ColumnType;

use crate::calendar;
use crate::id::uuid;

/// The value a text stands for in a column; `None` if it stands for none.
pub(crate) fn parse(column: &StoredColumn, text: &str) -> Option<Value> {
    if column.strict { strict(&column.column_type, text) } else { lenient(&column.column_type, text) }
}

/// Only what the type has: the engine compares its values with no others.
fn strict(column_type: &ColumnType, text: &str) -> Option<Value> {
    let as_it_is = || Value::Text(text.to_owned());
    match column_type {
        ColumnType::Date => calendar::is_date(text).then(as_it_is),
        ColumnType::Time => calendar::is_time(text).then(as_it_is),
        ColumnType::Timestamp | ColumnType::TimestampTz => {
            let moment = timestamp(text).filter(|_| calendar::is_date(&text[..10]))?;
            in_utc(moment)
        }
        // Its digits, so that nothing is rounded.
        ColumnType::Decimal => number(text).map(|_| as_it_is()),
        ColumnType::Uuid => uuid(text).map(Value::Text),
        ColumnType::Enum(values) => values.iter().any(|value| value == text).then(as_it_is),
        ColumnType::Text | ColumnType::Interval | ColumnType::Other => (!text.contains('\0')).then(as_it_is),
        ColumnType::Array(_) => None,
        _ => lenient(column_type, text),
    }
}

/// The same moment in UTC, if it has a zone.
fn in_utc(moment: Value) -> Option<Value> {
    let Value::Timestamp(text) = &moment else { return Some(moment) };
    if !text.get(10..).unwrap_or_default().contains(['Z', '+', '-']) {
        return Some(moment);
    }
    Some(Value::Timestamp(calendar::timestamp_with_zone(text)?.replacen(' ', "T", 1)))
}

fn lenient(column_type: &ColumnType, text: &str) -> Option<Value> {
    match column_type {
        ColumnType::Boolean => match text {
            "true" | "1" => Some(Value::Integer(1)),
            "false" | "0" => Some(Value::Integer(0)),
            _ => None,
        },
        ColumnType::Integer => integer(text),
        ColumnType::Float | ColumnType::Decimal => number(text),
        ColumnType::Date => date(text).or_else(|| number(text)),
        ColumnType::Time => is_time(text).then(|| Value::Text(text.to_owned())).or_else(|| number(text)),
        ColumnType::Timestamp | ColumnType::TimestampTz => timestamp(text).or_else(|| number(text)),
        ColumnType::Binary => STANDARD.decode(text).ok().map(Value::Blob),
        ColumnType::Any => Some(number(text).unwrap_or_else(|| Value::Text(text.to_owned()))),
        ColumnType::Json => None,
        ColumnType::Text
        | ColumnType::Uuid
        | ColumnType::Interval
        | ColumnType::Enum(_)
        | ColumnType::Array(_)
        | ColumnType::Other => Some(Value::Text(text.to_owned())),
    }
}

/// How values of a type are written, for error messages.
pub(crate) fn form(column_type: &ColumnType) -> &'static str {
    match column_type {
        ColumnType::Boolean => "true or false",
        ColumnType::Integer => "a whole number",
        ColumnType::Float | ColumnType::Decimal => "a number",
        ColumnType::Date => "a date such as 2025-01-31",
        ColumnType::Time => "a time such as 10:30:00",
        ColumnType::Timestamp | ColumnType::TimestampTz => "a date and time such as 2025-01-31T10:30:00",
        ColumnType::Binary => "bytes in base64",
        ColumnType::Uuid => "a UUID",
        ColumnType::Enum(_) => "one of the attribute's values",
        _ => "text",
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn integer(text: &str) -> Option<Value> {
    digits(text.strip_prefix('-').unwrap_or(text)).then(|| text.parse().ok().map(Value::Integer))?
}

/// A decimal number; whole ones stay exact.
fn number(text: &str) -> Option<Value> {
    if let Some(value) = integer(text) {
        return Some(value);
    }
    let starts_well = text
        .strip_prefix('-')
        .unwrap_or(text)
        .starts_with(|first: char| first.is_ascii_digit() || first == '.');
    let number: f64 = if starts_well { text.parse().ok()? } else { return None };
    number.is_finite().then_some(Value::Real(number))
}

fn in_range(text: &str, range: std::ops::RangeInclusive<u32>) -> bool {
    text.len() == 2 && digits(text) && text.parse().is_ok_and(|number| range.contains(&number))
}

fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    year.len() == 4 && digits(year) && in_range(month, 1..=12) && in_range(day, 1..=31)
}

fn date(text: &str) -> Option<Value> {
    is_date(text).then(|| Value::Text(text.to_owned()))
}

/// `hh:mm`, `hh:mm:ss`, `hh:mm:ss.fff`.
fn is_time(text: &str) -> bool {
    let mut parts = text.splitn(3, ':');
    let (Some(hour), Some(minute)) = (parts.next(), parts.next()) else { return false };
    let second_is_good = parts.next().is_none_or(|second| match second.split_once('.') {
        Some((whole, fraction)) => in_range(whole, 0..=60) && digits(fraction),
        None => in_range(second, 0..=60),
    });
    in_range(hour, 0..=23) && in_range(minute, 0..=59) && second_is_good
}

fn timestamp(text: &str) -> Option<Value> {
    if is_date(text) {
        return Some(Value::Timestamp(text.to_owned()));
    }
    let (date, rest) = (text.get(..10)?, text.get(11..)?);
    if !is_date(date) || !matches!(text.as_bytes()[10], b'T' | b' ') {
        return None;
    }
    let time = match rest.find(['Z', '+', '-']) {
        Some(at) if is_zone(&rest[at..]) => &rest[..at],
        Some(_) => return None,
        None => rest,
    };
    is_time(time).then(|| Value::Timestamp(format!("{date}T{rest}")))
}

/// `Z`, `+01:00`, `-0530`, `+01`.
fn is_zone(text: &str) -> bool {
    let Some(offset) = text.strip_prefix(['+', '-']) else { return text == "Z" };
    let offset = offset.replace(':', "");
    matches!(offset.len(), 2 | 4) && digits(&offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(column_type: &ColumnType, text: &str, expected: Option<&Value>) {
        assert_eq!(lenient(column_type, text).as_ref(), expected, "{text}");
    }

    #[test]
    fn numbers() {
        check(&ColumnType::Integer, "42", Some(&Value::Integer(42)));
        check(&ColumnType::Integer, "-9223372036854775808", Some(&Value::Integer(i64::MIN)));
        for wrong in ["", "+1", "1.5", "1e3", "9223372036854775808", " 1", "abc"] {
            check(&ColumnType::Integer, wrong, None);
        }
        check(&ColumnType::Decimal, "0.99", Some(&Value::Real(0.99)));
        check(&ColumnType::Float, "-.5", Some(&Value::Real(-0.5)));
        for wrong in ["inf", "NaN", "1e999", "-infinity", ""] {
            check(&ColumnType::Float, wrong, None);
        }
    }

    #[test]
    fn dates_and_times() {
        check(&ColumnType::Date, "2025-01-31", Some(&Value::Text("2025-01-31".to_owned())));
        check(&ColumnType::Date, "2025-13-31", None);
        let moment = Value::Timestamp("2025-01-31T10:00:00".to_owned());
        check(&ColumnType::Timestamp, "2025-01-31 10:00:00", Some(&moment));
        check(&ColumnType::Timestamp, "2025-01-31T10:00:00", Some(&moment));
        for good in
            ["2025-01-31", "2025-01-31T10:00", "2025-01-31T10:00:00.123Z", "2025-01-31T10:00:00+01:00"]
        {
            assert!(lenient(&ColumnType::Timestamp, good).is_some(), "{good}");
        }
        for wrong in
            ["2025-01-31x10:00", "2025-01-31T", "2025-01-31T25:00", "2025-01-31T10:00:00+1", "yesterday"]
        {
            check(&ColumnType::Timestamp, wrong, None);
        }
    }
}
