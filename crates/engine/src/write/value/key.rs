//! Ids that clients choose.

use docent_catalog::model::StoredColumn;
use docent_sql::schema::ColumnType;
use docent_sql::{Cell, Value};

use crate::calendar;
use crate::id::{self, Form, uuid};

/// The parts of a key as a client may choose them. `None` if no key of these columns' types has that id: the resource
/// would get another one than the client asked for. Only UUIDs may be written in upper case, and are stored in lower.
///
/// What the schema demands beyond types is not looked at.
pub(in crate::write) fn client_key(key: &[StoredColumn], id: &str) -> Option<Vec<Value>> {
    // Nobody means the empty id, and many clients take the other two out of a path.
    if matches!(id, "" | "." | "..") || id.contains('\0') {
        return None;
    }
    let lower =
        matches!(key, [column] if column.column_type == ColumnType::Uuid).then(|| id.to_ascii_lowercase());
    let parts = id::key(key, lower.as_deref().unwrap_or(id))?;
    let parts: Vec<Value> =
        key.iter().zip(parts).map(|(column, part)| chosen(column, part)).collect::<Option<_>>()?;
    let mut written = String::new();
    let cells = key.iter().zip(&parts).map(|(column, part)| (cell(part), Form::of(column)));
    id::write(&mut written, cells)?;
    let ignores_case = key.iter().any(|column| column.column_type == ColumnType::Uuid);
    (written == id || ignores_case && written.eq_ignore_ascii_case(id)).then_some(parts)
}

/// A part of the key as it is stored, if it is a value of its column's type.
fn chosen(column: &StoredColumn, part: Value) -> Option<Value> {
    let text = if let Value::Text(text) = &part { text.as_str() } else { "" };
    if column.strict {
        return Some(part);
    }
    let fits = match &column.column_type {
        ColumnType::Boolean => matches!(part, Value::Integer(0 | 1)),
        ColumnType::Integer => matches!(part, Value::Integer(_)),
        ColumnType::Float => matches!(part, Value::Real(number) if number.is_finite()),
        // SQLite stores a number without fraction as an integer, whose id is another.
        ColumnType::Decimal => is_integer_or_fraction(&part),
        ColumnType::Text | ColumnType::Interval => matches!(part, Value::Text(_)),
        ColumnType::Any | ColumnType::Other => {
            matches!(part, Value::Text(_)) || is_integer_or_fraction(&part)
        }
        ColumnType::Date => calendar::is_date(text),
        ColumnType::Time => calendar::is_time(text),
        ColumnType::Timestamp => calendar::timestamp(&text.replacen(' ', "T", 1)).as_deref() == Some(text),
        ColumnType::TimestampTz => {
            calendar::timestamp_with_zone(&text.replacen(' ', "T", 1)).as_deref() == Some(text)
        }
        ColumnType::Uuid => return uuid(text).map(Value::Text),
        ColumnType::Binary => matches!(part, Value::Blob(_)),
        ColumnType::Enum(values) => values.iter().any(|value| value == text),
        ColumnType::Json | ColumnType::Array(_) => false,
    };
    fits.then_some(part)
}

fn is_integer_or_fraction(part: &Value) -> bool {
    match part {
        Value::Integer(_) => true,
        Value::Real(number) => number.is_finite() && number.fract() != 0.0,
        _ => false,
    }
}

fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Integer(number) => Cell::Integer(*number),
        Value::Real(number) => Cell::Real(*number),
        Value::Text(text) | Value::Timestamp(text) => Cell::Text(text.as_bytes()),
        Value::Blob(bytes) => Cell::Blob(bytes),
        _ => Cell::Null,
    }
}
