//! Stored values: how SQLite orders them, and how they are served.

use std::cmp::Ordering;

use rusqlite::types::ValueRef;
use serde_json::{Value, json};

use crate::harness::engine::Engine;

/// A value as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

/// How texts of a column are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Collation {
    Binary,
    NoCase,
}

/// What a column's declared type says about its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Boolean,
    Integer,
    Float,
    Decimal,
    Text,
    Date,
    Time,
    Timestamp,
    Uuid,
    Json,
    Binary,
    Any,
}

impl Kind {
    /// Reads a declared type.
    pub(crate) fn of_declared(declared: &str) -> Self {
        let declared = declared.to_uppercase();
        let has = |parts: &[&str]| parts.iter().any(|part| declared.contains(part));
        match () {
            () if declared.is_empty() => Self::Any,
            () if has(&["BOOL"]) => Self::Boolean,
            () if has(&["JSON"]) => Self::Json,
            () if has(&["UUID"]) => Self::Uuid,
            () if has(&["DATETIME", "TIMESTAMP"]) => Self::Timestamp,
            () if has(&["DATE"]) => Self::Date,
            () if has(&["TIME"]) => Self::Time,
            () if has(&["NUMERIC", "DECIMAL"]) => Self::Decimal,
            () if has(&["INT"]) => Self::Integer,
            () if has(&["CHAR", "CLOB", "TEXT"]) => Self::Text,
            () if has(&["BLOB"]) => Self::Binary,
            () if has(&["REAL", "FLOA", "DOUB"]) => Self::Float,
            () => Self::Any,
        }
    }
}

impl From<ValueRef<'_>> for Cell {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(number) => Self::Integer(number),
            ValueRef::Real(number) => Self::Real(number),
            ValueRef::Text(text) => Self::Text(text.to_vec()),
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}

impl From<rusqlite::types::Value> for Cell {
    fn from(value: rusqlite::types::Value) -> Self {
        Self::from(ValueRef::from(&value))
    }
}

impl Cell {
    /// A text.
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.as_bytes().to_vec())
    }

    pub(crate) fn is_null(&self) -> bool {
        *self == Self::Null
    }

    /// SQLite's order: NULL, numbers by value, text by collation, blobs by bytes.
    pub(crate) fn compare(&self, other: &Self, collation: Collation) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Real(a), Self::Real(b)) => a.partial_cmp(b).unwrap(),
            (Self::Integer(a), Self::Real(b)) => compare_mixed(*a, *b),
            (Self::Real(a), Self::Integer(b)) => compare_mixed(*b, *a).reverse(),
            (Self::Text(a), Self::Text(b)) if collation == Collation::NoCase => {
                a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase())
            }
            (Self::Text(a), Self::Text(b)) | (Self::Blob(a), Self::Blob(b)) => a.cmp(b),
            _ => self.class().cmp(&other.class()),
        }
    }

    fn class(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Integer(_) | Self::Real(_) => 1,
            Self::Text(_) => 2,
            Self::Blob(_) => 3,
        }
    }

    /// The text form that ids are made of.
    pub(crate) fn id_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Integer(number) => number.to_string(),
            Self::Real(number) => format!("{number:?}"),
            Self::Text(text) => String::from_utf8_lossy(text).into_owned(),
            Self::Blob(bytes) => base64(bytes),
        }
    }

    /// The value as an attribute.
    pub(crate) fn served(&self, kind: Kind) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number @ (0 | 1)) if kind == Kind::Boolean => json!(*number == 1),
            Self::Integer(number) if kind == Kind::Decimal => json!(number.to_string()),
            Self::Integer(number) => json!(number),
            Self::Real(number) if number.is_infinite() => {
                json!(if *number > 0.0 { "Infinity" } else { "-Infinity" })
            }
            Self::Real(number) if kind == Kind::Decimal => json!(number.to_string()),
            Self::Real(number) => json!(number),
            Self::Text(text) => {
                let text = String::from_utf8_lossy(text);
                match kind {
                    Kind::Json => serde_json::from_str(&text).unwrap_or_else(|_| json!(text)),
                    Kind::Timestamp => json!(with_t(&text)),
                    _ => json!(text),
                }
            }
            Self::Blob(bytes) => json!(base64(bytes)),
        }
    }
}

fn compare_mixed(integer: i64, real: f64) -> Ordering {
    // Integers beyond 2^53 have no exact double: compare in 128 bits, then by the fraction.
    if real >= 9_223_372_036_854_775_808.0 {
        return Ordering::Less;
    }
    if real < -9_223_372_036_854_775_808.0 {
        return Ordering::Greater;
    }
    #[allow(clippy::cast_possible_truncation, reason = "in the range of i64, by the lines above")]
    let whole = real.trunc() as i64;
    integer.cmp(&whole).then_with(|| 0.0_f64.partial_cmp(&real.fract()).unwrap())
}

/// `2025-01-31 10:00…` with `T`; any other text unchanged.
pub(crate) fn with_t(text: &str) -> String {
    if is_timestamp(text) { format!("{}T{}", &text[..10], &text[11..]) } else { text.to_owned() }
}

/// `2025-01-31T10:00…` with a space; any other text unchanged.
pub(crate) fn with_space(text: &str) -> String {
    if is_timestamp(text) { format!("{} {}", &text[..10], &text[11..]) } else { text.to_owned() }
}

/// Whether the text begins like a date and a time, with either separator.
fn is_timestamp(text: &str) -> bool {
    let shape: String = text.chars().take(16).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    matches!(shape.as_str(), "0000-00-00 00:00" | "0000-00-00T00:00")
}

/// Whether the text is a date.
pub(crate) fn is_date(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00"
}

/// Whether the text is a date, or a date and a time without zone.
pub(crate) fn is_date_or_time(text: &str) -> bool {
    is_date(text) || (is_timestamp(text) && is_time(&text[11..]))
}

/// Whether the text is a time of day without zone.
pub(crate) fn is_time(text: &str) -> bool {
    let Some((minutes, rest)) = text.split_at_checked(5) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let pair = |text: &str, end: u8| {
        text.len() == 2 && digits(text) && text.parse::<u8>().is_ok_and(|number| number < end)
    };
    let Some((hour, minute)) = minutes.split_once(':') else { return false };
    let (second, fraction) = match rest.strip_prefix(':') {
        Some(seconds) => seconds.split_once('.').unwrap_or((seconds, "0")),
        None => ("00", if rest.is_empty() { "0" } else { "" }),
    };
    pair(hour, 24) && pair(minute, 60) && pair(second, 60) && digits(fraction)
}

/// A time of day as it is stored: with its seconds where it is more than a text.
pub(crate) fn stored_time(time: &str) -> String {
    let has_seconds = !Engine::under_test().is_strict() || time.matches(':').count() > 1;
    if has_seconds { time.to_owned() } else { format!("{time}:00") }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Standard base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().chain(&[0, 0]).take(3).fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        for place in 0..4 {
            let index = bits >> (18 - 6 * place) & 63;
            let padding = place > chunk.len();
            text.push(if padding { '=' } else { char::from(ALPHABET[index as usize]) });
        }
    }
    text
}

/// The bytes of base64 text.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::new();
    for chunk in text.as_bytes().chunks(4) {
        let padding = chunk.iter().rev().take_while(|byte| **byte == b'=').count();
        if padding > 2 {
            return None;
        }
        let mut bits = 0_u32;
        for byte in chunk {
            let index = ALPHABET.iter().position(|letter| letter == byte).or((*byte == b'=').then_some(0))?;
            bits = bits << 6 | u32::try_from(index).unwrap();
        }
        bytes.extend(bits.to_be_bytes()[1..].iter().take(3 - padding));
    }
    Some(bytes)
}

#[test]
fn cells_order_and_encode_as_sqlite_and_rfc_4648_do() {
    let ordered = [
        Cell::Null,
        Cell::Integer(i64::MIN),
        Cell::Real(-0.5),
        Cell::Integer(0),
        Cell::Real(0.5),
        Cell::Integer(9_007_199_254_740_992),
        Cell::Integer(9_007_199_254_740_993),
        Cell::Real(1e300),
        Cell::text(""),
        Cell::text("B"),
        Cell::text("a"),
        Cell::Blob(vec![]),
    ];
    for (index, cell) in ordered.iter().enumerate() {
        for (other_index, other) in ordered.iter().enumerate() {
            assert_eq!(cell.compare(other, Collation::Binary), index.cmp(&other_index), "{cell:?} {other:?}");
        }
    }
    for text in ["", "f", "fo", "foo", "foob", "fooba", "foobar"] {
        assert_eq!(from_base64(&base64(text.as_bytes())).unwrap(), text.as_bytes());
    }
    assert_eq!(base64(b"fooba"), "Zm9vYmE=");
}
