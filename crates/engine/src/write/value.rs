//! JSON values of a request as values of columns, and what is wrong with those that are none.
//!
//! A column takes the forms its values are served in. What the schema demands beyond the type is in `limits`, dates are
//! in [`crate::calendar`], ids chosen by clients in `key`. Whether a field may be written at all is decided elsewhere.

mod key;
mod limits;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use docent_catalog::model::{Limits, StoredColumn};
use docent_jsonapi::request::string;
use docent_sql::Value;
use docent_sql::schema::ColumnType;
use memchr::memchr;
use serde_json::value::RawValue;

pub(super) use key::client_key;
pub(super) use limits::check as check_limits;

use crate::calendar;
use crate::id::uuid;

/// Why a column does not take a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is null and must not be.
    Required,
    /// What it must be, as the end of a sentence: `must be a date such as 2025-01-31.`
    Invalid(String),
}

/// A JSON value as a value of a column.
///
/// SQLite has neither booleans nor times: they are stored as 0 and 1, and as text in the form its own functions write,
/// moments with a zone in UTC.
pub(crate) fn column_value(
    column: &StoredColumn,
    limits: &Limits,
    json: &RawValue,
) -> Result<Value, Refusal> {
    let json = json.get();
    if json == "null" {
        match column.column_type {
            _ if column.nullable => return Ok(Value::Null),
            // The value `null` of JSON is a value like others.
            ColumnType::Json => {}
            _ => return Err(Refusal::Required),
        }
    }
    let value = typed(&column.column_type, column.strict, json).map_err(Refusal::Invalid)?;
    check_limits(&column.column_type, limits, &value).map_err(Refusal::Invalid)?;
    Ok(value)
}

fn typed(column_type: &ColumnType, strict: bool, json: &str) -> Result<Value, String> {
    let of_text = |form: &str, read: fn(&str) -> Option<Value>| {
        string(json).and_then(|text| read(&text)).ok_or_else(|| format!("must be {form}."))
    };
    match column_type {
        ColumnType::Boolean => match json {
            "true" => Ok(Value::Integer(1)),
            "false" => Ok(Value::Integer(0)),
            _ => Err("must be true or false.".to_owned()),
        },
        ColumnType::Integer => integer(json),
        ColumnType::Float => float(json),
        ColumnType::Decimal if strict => digits(json),
        ColumnType::Decimal => decimal(json),
        ColumnType::Text | ColumnType::Interval | ColumnType::Other => text(json),
        ColumnType::Date => of_text("a date such as 2025-01-31", |text| {
            calendar::is_date(text).then(|| Value::Text(text.to_owned()))
        }),
        ColumnType::Time => of_text("a time of day such as 10:30:00", |text| {
            calendar::is_time(text).then(|| Value::Text(text.to_owned()))
        }),
        ColumnType::Timestamp => {
            of_text("a date and time without zone such as 2025-01-31T10:30:00", |text| {
                calendar::timestamp(text).map(Value::Timestamp)
            })
        }
        ColumnType::TimestampTz => {
            of_text("a date and time with zone such as 2025-01-31T10:30:00Z", |text| {
                calendar::timestamp_with_zone(text).map(Value::Timestamp)
            })
        }
        ColumnType::Uuid => {
            of_text("a UUID such as 123e4567-e89b-12d3-a456-426614174000", |text| uuid(text).map(Value::Text))
        }
        ColumnType::Binary => of_text("a string of bytes in base64, with padding", |text| {
            STANDARD.decode(text).ok().map(Value::Blob)
        }),
        ColumnType::Enum(values) => match string(json) {
            Some(text) if values.iter().any(|one| *one == text) => Ok(Value::Text(text.into_owned())),
            _ => Err(limits::one_of(values.iter().cloned())),
        },
        ColumnType::Json if strict => Ok(Value::Text(json.to_owned())),
        ColumnType::Json => json_value(json),
        ColumnType::Array(element) => array(element, json),
        ColumnType::Any if json.starts_with('"') => text(json),
        ColumnType::Any if is_number(json) && is_integer_literal(json) => integer(json),
        ColumnType::Any if is_number(json) => float(json),
        ColumnType::Any => Err("must be a string or a number.".to_owned()),
    }
}

/// What functions of SQLite make of text with U+0000 is not defined, and other databases refuse it.
fn text(json: &str) -> Result<Value, String> {
    match string(json) {
        // Only an escape can stand for it.
        Some(Cow::Owned(text)) if memchr(0, text.as_bytes()).is_some() => {
            Err("must not contain the character U+0000.".to_owned())
        }
        Some(text) => Ok(Value::Text(text.into_owned())),
        None => Err("must be a string.".to_owned()),
    }
}

fn is_number(json: &str) -> bool {
    json.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn is_integer_literal(json: &str) -> bool {
    !json.contains(['.', 'e', 'E'])
}

fn integer(json: &str) -> Result<Value, String> {
    if !is_number(json) {
        return Err("must be a whole number.".to_owned());
    }
    if !is_integer_literal(json) {
        return Err("must be a whole number, written without fraction and exponent.".to_owned());
    }
    let out_of_range = |_| format!("must be between {} and {}.", i64::MIN, i64::MAX);
    json.parse().map(Value::Integer).map_err(out_of_range)
}

fn float(json: &str) -> Result<Value, String> {
    if !is_number(json) {
        return Err("must be a number.".to_owned());
    }
    match json.parse::<f64>() {
        // There is one zero: SQLite stores that without a sign.
        Ok(number) if number.is_finite() => Ok(Value::Real(number + 0.0)),
        _ => Err(format!("must be between {:e} and {:e}.", f64::MIN, f64::MAX)),
    }
}

/// The elements of an array, each of the same type or null; arrays of arrays for several dimensions.
fn array(element: &ColumnType, json: &str) -> Result<Value, String> {
    let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json) else {
        return Err("must be an array.".to_owned());
    };
    let item = |item: &&RawValue| match item.get() {
        "null" => Ok(Value::Null),
        nested if nested.starts_with('[') => array(element, nested),
        item => {
            typed(element, true, item).map_err(|problem| format!("must be an array whose items {problem}"))
        }
    };
    items.iter().map(item).collect::<Result<_, _>>().map(Value::List)
}

/// An exact number, as the engine keeps it: as it was given.
fn digits(json: &str) -> Result<Value, String> {
    match string(json) {
        Some(text) if is_decimal(&text) => Ok(Value::Text(text.into_owned())),
        _ => Err(NO_DECIMAL.to_owned()),
    }
}

const NO_DECIMAL: &str = "must be a decimal number in a string, such as \"12.50\".";

/// Digits, with a point between two of them at most.
fn is_decimal(text: &str) -> bool {
    let are_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    are_digits(whole) && are_digits(fraction)
}

/// Significant digits that SQLite keeps of a number with a fraction.
const DIGITS_KEPT: usize = 15;

/// Exact numbers travel as strings. SQLite stores them as integers or floating-point numbers: only what comes back as it
/// was given is taken.
fn decimal(json: &str) -> Result<Value, String> {
    let text = string(json).unwrap_or_default();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_ref()), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    if !is_decimal(&text) {
        return Err(NO_DECIMAL.to_owned());
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let zero = if whole.is_empty() { "0" } else { "" };
    if fraction.is_empty()
        && let Ok(number) = format!("{sign}{zero}{whole}").parse()
    {
        return Ok(Value::Integer(number));
    }
    if [whole, fraction].concat().trim_matches('0').len() > DIGITS_KEPT {
        return Err(format!("must have at most {DIGITS_KEPT} significant digits."));
    }
    let point = if fraction.is_empty() { "" } else { "." };
    let shortest = format!("{sign}{zero}{whole}{point}{fraction}");
    let number: Option<f64> = shortest.parse().ok();
    match number.filter(|number| number.to_string() == shortest) {
        Some(number) => Ok(Value::Real(number)),
        None => Err("must be a number that is neither that great nor that small.".to_owned()),
    }
}

/// Any JSON, as its text. SQLite would make a number of the digits of one: it is given as one, so that its bounds hold.
fn json_value(json: &str) -> Result<Value, String> {
    if !is_number(json) {
        return Ok(Value::Text(json.to_owned()));
    }
    if let Ok(number) = integer(json) {
        return Ok(number);
    }
    // A number by itself is stored as one, and must come back as it was.
    let number = float(json)?;
    let digits = json.split(['e', 'E']).next().unwrap_or_default().bytes().filter(u8::is_ascii_digit);
    if digits.skip_while(|digit| *digit == b'0').count() > DIGITS_KEPT {
        return Err(format!(
            "must be a number of at most {DIGITS_KEPT} digits, or part of an object or array."
        ));
    }
    Ok(number)
}

#[cfg(test)]
mod tests;
