//! The `id` of a resource and the key it stands for.
//!
//! A single-column key is its value as text. The parts of a composite key are joined with `~`, with `~` and `%`
//! inside a part percent-encoded.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use docent_catalog::model::StoredColumn;
use docent_sql::schema::ColumnType;
use docent_sql::{Cell, Value};

/// Appends the id made of the given key cells. `None` if one of them is NULL: such a row has no identity.
pub(crate) fn write<'a>(
    out: &mut String,
    cells: impl ExactSizeIterator<Item = Cell<'a>> + Clone,
) -> Option<()> {
    if cells.clone().any(|cell| cell == Cell::Null) {
        return None;
    }
    let composite = cells.len() > 1;
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push('~');
        }
        let start = out.len();
        write_part(out, cell);
        if composite && out[start..].contains(['~', '%']) {
            let escaped = out[start..].replace('%', "%25").replace('~', "%7E");
            out.truncate(start);
            out.push_str(&escaped);
        }
    }
    Some(())
}

fn write_part(out: &mut String, cell: Cell<'_>) {
    match cell {
        Cell::Null => {}
        Cell::Integer(number) => out.push_str(itoa::Buffer::new().format(number)),
        Cell::Real(number) => out.push_str(&real(number)),
        Cell::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => out.push_str(text),
            Err(_) => out.push_str(&String::from_utf8_lossy(text)),
        },
        Cell::Blob(bytes) => STANDARD.encode_string(bytes, out),
    }
}

fn real(number: f64) -> String {
    format!("{number:?}")
}

/// The values each key column may have for this id; empty if no value of the column can be written so. A column
/// of SQLite that holds anything may hold the number 5 and the text "5": both have the id `5`.
pub(crate) fn candidates(key: &[StoredColumn], id: &str) -> Option<Vec<Vec<Value>>> {
    let parts: Vec<String> = if key.len() == 1 {
        vec![id.to_owned()]
    } else {
        id.split('~').map(unescape).collect::<Option<_>>()?
    };
    if parts.len() != key.len() {
        return None;
    }
    let candidates: Vec<Vec<Value>> =
        key.iter().zip(&parts).map(|(column, part)| part_candidates(&column.column_type, part)).collect();
    Some(candidates)
}

fn unescape(part: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(part).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

fn part_candidates(column_type: &ColumnType, part: &str) -> Vec<Value> {
    let integer = part.parse::<i64>().ok().filter(|number| itoa::Buffer::new().format(*number) == part);
    let number = || part.parse::<f64>().ok().filter(|number| real(*number) == part);
    let bytes = || STANDARD.decode(part).ok();
    let text = || Value::Text(part.to_owned());
    match column_type {
        ColumnType::Any | ColumnType::Other => {
            let mut all = vec![text()];
            all.extend(integer.map(Value::Integer));
            all.extend(number().map(Value::Real));
            all.extend(bytes().map(Value::Blob));
            all
        }
        ColumnType::Binary => {
            let mut all = vec![text()];
            all.extend(bytes().map(Value::Blob));
            all
        }
        // A value of another kind in such a column is text: numbers in text were made numbers when they were stored.
        ColumnType::Integer
        | ColumnType::Boolean
        | ColumnType::Float
        | ColumnType::Decimal
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::Timestamp
        | ColumnType::TimestampTz
        | ColumnType::Interval => {
            vec![integer.map(Value::Integer).or_else(|| number().map(Value::Real)).unwrap_or_else(text)]
        }
        ColumnType::Text
        | ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::Enum(_)
        | ColumnType::Array(_) => {
            vec![text()]
        }
    }
}
