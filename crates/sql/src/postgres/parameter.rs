//! Values as parameters. They travel in text form, so that nothing depends on what type the server takes them for, but
//! for integers where it has said that it takes them for such: these are many, and neither side has to spell them.
//!
//! Text that the server cannot store (not UTF-8, or with a NUL in it) is sent as it is: the server refuses it, and
//! where that happens in a change it is a refusal like others.

use std::error::Error as StdError;
use std::fmt::Write as _;

use bytes::{BufMut as _, BytesMut};
use tokio_postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};

use crate::value::Value;

/// A value as a parameter.
#[derive(Debug)]
pub(super) struct Sent<'a>(pub(super) &'a Value);

impl ToSql for Sent<'_> {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self.0 {
            Value::Null => return Ok(IsNull::Yes),
            Value::List(items) => match integers_of(items, of) {
                Some(item) => integers(items, &item, out),
                None => list(items, out),
            },
            Value::Rows(rows) => self::rows(rows, out),
            value if is_integer_of(value, of) => integer(value, of, out),
            value => plain(value, out),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, of: &Type) -> Format {
        let is_own = match self.0 {
            Value::List(items) => integers_of(items, of).is_some(),
            value => is_integer_of(value, of),
        };
        if is_own { Format::Binary } else { Format::Text }
    }

    to_sql_checked!();
}

/// A single value's text; nothing for what is none.
fn plain(value: &Value, out: &mut BytesMut) {
    match value {
        Value::Integer(number) => out.put_slice(itoa::Buffer::new().format(*number).as_bytes()),
        Value::Real(number) => real(*number, out),
        Value::Text(text) | Value::Timestamp(text) => out.put_slice(text.as_bytes()),
        Value::TextBytes(bytes) => out.put_slice(bytes),
        Value::Blob(bytes) => hexadecimal("\\x", bytes, out),
        Value::Null | Value::List(_) | Value::Rows(_) => {}
    }
}

fn real(number: f64, out: &mut BytesMut) {
    if number.is_infinite() {
        out.put_slice(if number > 0.0 { b"Infinity" } else { b"-Infinity" });
    } else {
        // The shortest form that reads back the same; `NaN` is spelled so. Writing to this buffer cannot fail.
        let _ = write!(out, "{number:?}");
    }
}

fn hexadecimal(before: &str, bytes: &[u8], out: &mut BytesMut) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.reserve(before.len() + bytes.len() * 2);
    out.put_slice(before.as_bytes());
    for byte in bytes {
        out.put_u8(DIGITS[usize::from(byte >> 4)]);
        out.put_u8(DIGITS[usize::from(byte & 15)]);
    }
}

/// An array: `{1,"a\"b",NULL}`.
fn list(items: &[Value], out: &mut BytesMut) {
    out.put_u8(b'{');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.put_u8(b',');
        }
        match item {
            Value::Integer(_) | Value::Real(_) => plain(item, out),
            Value::Text(text) | Value::Timestamp(text) => quoted(text.as_bytes(), out),
            Value::TextBytes(bytes) => quoted(bytes, out),
            Value::Blob(bytes) => {
                hexadecimal("\"\\\\x", bytes, out);
                out.put_u8(b'"');
            }
            Value::Null | Value::List(_) | Value::Rows(_) => out.put_slice(b"NULL"),
        }
    }
    out.put_u8(b'}');
}

/// The type of the items of a list of integers that can be sent in the server's own form.
fn integers_of(items: &[Value], of: &Type) -> Option<Type> {
    let item = match *of {
        Type::INT8_ARRAY => Type::INT8,
        Type::INT4_ARRAY => Type::INT4,
        _ => return None,
    };
    items.iter().all(|value| is_integer_of(value, &item)).then_some(item)
}

/// Whether a value can be sent in the server's own form of that type.
fn is_integer_of(value: &Value, of: &Type) -> bool {
    match (value, of) {
        (Value::Integer(_), &Type::INT8) => true,
        (Value::Integer(number), &Type::INT4) => i32::try_from(*number).is_ok(),
        _ => false,
    }
}

/// An array: one dimension, no NULL, the type of the items, their number, the index of the first; then each behind its
/// length.
fn integers(items: &[Value], of: &Type, out: &mut BytesMut) {
    let length = if *of == Type::INT8 { 8 } else { 4 };
    out.reserve(20 + items.len() * 12);
    out.put_i32(1);
    out.put_i32(0);
    out.put_u32(of.oid());
    out.put_i32(i32::try_from(items.len()).unwrap_or(i32::MAX));
    out.put_i32(1);
    for item in items {
        out.put_i32(length);
        integer(item, of, out);
    }
}

fn integer(value: &Value, of: &Type, out: &mut BytesMut) {
    match value {
        Value::Integer(number) if *of == Type::INT8 => out.put_i64(*number),
        Value::Integer(number) => out.put_i32(i32::try_from(*number).unwrap_or_default()),
        _ => {}
    }
}

fn quoted(text: &[u8], out: &mut BytesMut) {
    out.put_u8(b'"');
    for part in text.split_inclusive(|byte| matches!(byte, b'"' | b'\\')) {
        match part.split_last() {
            Some((last @ (b'"' | b'\\'), before)) => {
                out.put_slice(before);
                out.put_slice(&[b'\\', *last]);
            }
            _ => out.put_slice(part),
        }
    }
    out.put_u8(b'"');
}

/// JSON: `[["1","a"],["2",null]]`. Numbers are texts too, so that nothing is rounded on the way.
fn rows(rows: &[Vec<Value>], out: &mut BytesMut) {
    out.put_u8(b'[');
    for (index, row) in rows.iter().enumerate() {
        out.put_slice(if index > 0 { b",[" } else { b"[" });
        for (index, value) in row.iter().enumerate() {
            if index > 0 {
                out.put_u8(b',');
            }
            match value {
                Value::Integer(_) | Value::Real(_) => {
                    out.put_u8(b'"');
                    plain(value, out);
                    out.put_u8(b'"');
                }
                Value::Blob(bytes) => {
                    hexadecimal("\"\\\\x", bytes, out);
                    out.put_u8(b'"');
                }
                Value::Text(text) | Value::Timestamp(text) => json_text(text.as_bytes(), out),
                Value::TextBytes(bytes) => json_text(bytes, out),
                Value::Null | Value::List(_) | Value::Rows(_) => out.put_slice(b"null"),
            }
        }
        out.put_u8(b']');
    }
    out.put_u8(b']');
}

fn json_text(text: &[u8], out: &mut BytesMut) {
    out.put_u8(b'"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.put_slice(&[b'\\', byte]),
            // The server refuses a NUL in either spelling.
            0..0x20 => drop(write!(out, "\\u{byte:04x}")),
            byte => out.put_u8(byte),
        }
    }
    out.put_u8(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(value: &Value) -> Option<String> {
        let mut out = BytesMut::new();
        match Sent(value).to_sql(&Type::UNKNOWN, &mut out) {
            Ok(IsNull::No) => Some(String::from_utf8_lossy(&out).into_owned()),
            _ => None,
        }
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn single_values_are_spelled_as_the_server_reads_them() {
        let cases = [
            (Value::Integer(-5), "-5"),
            (Value::Real(1.5), "1.5"),
            (Value::Real(1e300), "1e300"),
            (Value::Real(f64::NAN), "NaN"),
            (Value::Real(f64::NEG_INFINITY), "-Infinity"),
            (text("a\"b\\"), "a\"b\\"),
            (Value::Blob(vec![0, 0xAB]), "\\x00ab"),
        ];
        for (value, expected) in cases {
            assert_eq!(sent(&value).as_deref(), Some(expected));
        }
        assert_eq!(sent(&Value::Null), None);
    }

    #[test]
    fn lists_are_arrays() {
        let list = vec![
            Value::Integer(1),
            text("a\"b\\c,{"),
            text(""),
            text("NULL"),
            Value::Null,
            Value::Blob(vec![0xff]),
        ];
        let expected = r#"{1,"a\"b\\c,{","","NULL",NULL,"\\xff"}"#;
        assert_eq!(sent(&Value::List(list)).as_deref(), Some(expected));
        assert_eq!(sent(&Value::List(vec![])).as_deref(), Some("{}"));
    }

    #[test]
    fn integers_are_sent_as_the_server_itself_writes_them() {
        use tokio_postgres::types::{FromSql as _, ToSql as _};

        let list = |numbers: &[i64]| Value::List(numbers.iter().copied().map(Value::Integer).collect());
        let bytes = |value: &Value, of: &Type| {
            let mut out = BytesMut::new();
            Sent(value).to_sql(of, &mut out).unwrap();
            assert_eq!(Sent(value).encode_format(of) as i16, Format::Binary as i16);
            out
        };
        let numbers = [i64::MIN, -1, 0, 7, i64::MAX];
        let big = bytes(&list(&numbers), &Type::INT8_ARRAY);
        assert_eq!(Vec::<i64>::from_sql(&Type::INT8_ARRAY, &big).unwrap(), numbers);
        let small = bytes(&list(&[-5, 7]), &Type::INT4_ARRAY);
        assert_eq!(Vec::<i32>::from_sql(&Type::INT4_ARRAY, &small).unwrap(), [-5, 7]);
        assert_eq!(bytes(&Value::Integer(-5), &Type::INT8).as_ref(), (-5_i64).to_be_bytes());
        assert_eq!(bytes(&Value::Integer(-5), &Type::INT4).as_ref(), (-5_i32).to_be_bytes());
        // What does not fit is for the server to refuse, and what it takes for something else is spelled.
        for (value, of) in [
            (list(&[i64::MAX]), Type::INT4_ARRAY),
            (list(&[1]), Type::TEXT_ARRAY),
            (Value::List(vec![Value::Integer(1), Value::Null]), Type::INT8_ARRAY),
            (Value::Integer(i64::MAX), Type::INT4),
            (Value::Integer(1), Type::NUMERIC),
        ] {
            assert_eq!(Sent(&value).encode_format(&of) as i16, Format::Text as i16);
        }
    }

    #[test]
    fn rows_are_json() {
        let rows = vec![
            vec![Value::Integer(9_007_199_254_740_993), text("a\"\\\n")],
            vec![Value::Null, Value::Blob(vec![1])],
        ];
        let expected = r#"[["9007199254740993","a\"\\\u000a"],[null,"\\x01"]]"#;
        assert_eq!(sent(&Value::Rows(rows)).as_deref(), Some(expected));
    }
}
