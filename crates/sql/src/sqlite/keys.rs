//! Keys of several columns as one JSON parameter: `[[1,"a"],[2,{"b":"0aff"}]]`, bytes in hexadecimal.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::encoded::Hexadecimal;
use crate::error::Error;
use crate::value::Value;

/// One part of a key.
struct Part<'a>(&'a Value);

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Integer(number) => serializer.serialize_i64(*number),
            // JSON has no infinity, but SQLite reads a number that is too large as one.
            Value::Real(number) if number.is_infinite() => {
                let text = if *number > 0.0 { "9e999" } else { "-9e999" };
                let raw = RawValue::from_string(text.to_owned()).map_err(serde::ser::Error::custom)?;
                raw.serialize(serializer)
            }
            Value::Real(number) => serializer.serialize_f64(*number),
            Value::Text(text) | Value::Timestamp(text) => serializer.serialize_str(text),
            Value::Blob(bytes) => Bytes { b: Hexadecimal(bytes) }.serialize(serializer),
            // Text that is not UTF-8 is found nowhere rather than taken for another.
            Value::TextBytes(_) | Value::Null | Value::List(_) | Value::Rows(_) => {
                serializer.serialize_none()
            }
        }
    }
}

/// Bytes, told from text by being an object.
#[derive(Serialize)]
struct Bytes<'a> {
    b: Hexadecimal<'a>,
}

pub(super) fn rows_as_json(rows: &[Vec<Value>]) -> Result<String, Error> {
    let rows: Vec<Vec<Part<'_>>> = rows.iter().map(|row| row.iter().map(Part).collect()).collect();
    serde_json::to_string(&rows).map_err(|error| Error::Failed(error.to_string()))
}
