//! The `id` of a resource and the key it stands for.
//!
//! A single-column key is its value as text. The parts of a composite key are joined with `~`, with `~` and `%`
//! inside a part percent-encoded. One id stands for one value: where a column holds values of several kinds that would
//! read the same, the rarer kind is written as SQL writes it, `'5'` for text and `x'05'` for bytes; text that is not UTF-8 as `t'FF'`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use docent_catalog::model::StoredColumn;
use docent_sql::schema::ColumnType;
use docent_sql::{Cell, Value};

use crate::resolve::value;

/// Which kinds of value a key column is expected to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Those of its declared type; bytes are not among them.
    Declared,
    /// Anything.
    Any,
    /// Bytes.
    Binary,
}

impl Form {
    /// The form of a column's values.
    pub(crate) fn of(column: &StoredColumn) -> Self {
        match column.column_type {
            ColumnType::Any | ColumnType::Other => Form::Any,
            ColumnType::Binary => Form::Binary,
            _ => Form::Declared,
        }
    }
}

/// Appends the id made of the given parts. `None` if one of them is NULL: such a row has no identity.
pub(crate) fn write<'a>(
    out: &mut String,
    parts: impl ExactSizeIterator<Item = (Cell<'a>, Form)>,
) -> Option<()> {
    let begin = out.len();
    let composite = parts.len() > 1;
    for (index, (cell, form)) in parts.enumerate() {
        if cell == Cell::Null {
            out.truncate(begin);
            return None;
        }
        if index > 0 {
            out.push('~');
        }
        let start = out.len();
        write_part(out, cell, form);
        if composite && out[start..].contains(['~', '%']) {
            let escaped = escaped(&out[start..]);
            out.truncate(start);
            out.push_str(&escaped);
        }
    }
    Some(())
}

fn write_part(out: &mut String, cell: Cell<'_>, form: Form) {
    match cell {
        Cell::Null => {}
        Cell::Integer(number) => out.push_str(itoa::Buffer::new().format(number)),
        Cell::Real(number) => out.push_str(&real(number)),
        Cell::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => write_text(out, text, form),
            // Text that is none keeps its bytes, so that the id leads back to it.
            Err(_) => write_hexadecimal(out, "t'", text),
        },
        Cell::Blob(bytes) if form == Form::Binary => STANDARD.encode_string(bytes, out),
        Cell::Blob(bytes) => write_hexadecimal(out, "x'", bytes),
    }
}

fn write_hexadecimal(out: &mut String, open: &str, bytes: &[u8]) {
    let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
    out.push_str(open);
    for byte in bytes {
        out.extend([digit(byte >> 4), digit(byte & 15)]);
    }
    out.push('\'');
}

fn write_text(out: &mut String, text: &str, form: Form) {
    let reads_as_other =
        || text.starts_with(['\'', 'x', 't']) && text.ends_with('\'') || number(text).is_some();
    if form == Form::Binary || (form == Form::Any && reads_as_other()) {
        out.extend(["'", text, "'"]);
    } else {
        out.push_str(text);
    }
}

fn real(number: f64) -> String {
    format!("{number:?}")
}

/// The number that is written exactly so.
fn number(text: &str) -> Option<Value> {
    let float = || text.parse::<f64>().ok().filter(|number| real(*number) == text);
    integer(text).map(Value::Integer).or_else(|| float().map(Value::Real))
}

/// The number that a text is the digits of, written as we would write it.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    // Most texts that are none say so with their first byte.
    digits.first().filter(|first| first.is_ascii_digit())?;
    text.parse::<i64>().ok().filter(|number| itoa::Buffer::new().format(*number) == text)
}

/// The key an id stands for; `None` if it stands for none.
pub(crate) fn key(columns: &[StoredColumn], id: &str) -> Option<Vec<Value>> {
    if let [column] = columns {
        return key_part(column, id).map(|value| vec![value]);
    }
    let parts: Vec<String> = id.split('~').map(unescape).collect::<Option<_>>()?;
    if parts.len() != columns.len() {
        return None;
    }
    columns.iter().zip(&parts).map(|(column, part)| key_part(column, part)).collect()
}

/// An id that a key of these columns could have.
pub(crate) fn sample(columns: &[StoredColumn]) -> String {
    let part = |column: &StoredColumn| match &column.column_type {
        ColumnType::Date => "2000-01-01".to_owned(),
        ColumnType::Time => "00:00:00".to_owned(),
        ColumnType::Timestamp => "2000-01-01T00:00:00".to_owned(),
        ColumnType::TimestampTz => "2000-01-01T00:00:00Z".to_owned(),
        ColumnType::Uuid => "00000000-0000-0000-0000-000000000000".to_owned(),
        ColumnType::Binary => "AA==".to_owned(),
        ColumnType::Enum(values) => values.first().map_or("0", String::as_str).to_owned(),
        _ => "0".to_owned(),
    };
    match columns {
        [column] => part(column),
        columns => columns.iter().map(|column| escaped(&part(column))).collect::<Vec<_>>().join("~"),
    }
}

/// The key of the resource that has exactly this id; `None` where another spelling of a number is no id.
pub(crate) fn exact_key(columns: &[StoredColumn], id: &str) -> Option<Vec<Value>> {
    let parts = key(columns, id)?;
    let is_exact = |(column, value): (&StoredColumn, &Value)| match (&column.column_type, value) {
        (
            ColumnType::Boolean
            | ColumnType::Integer
            | ColumnType::Float
            | ColumnType::Decimal
            | ColumnType::Date
            | ColumnType::Time
            | ColumnType::Timestamp
            | ColumnType::TimestampTz,
            Value::Text(text),
        ) => text.trim().parse::<f64>().is_err(),
        _ => true,
    };
    columns.iter().zip(&parts).all(is_exact).then_some(parts)
}

fn escaped(part: &str) -> String {
    part.replace('%', "%25").replace('~', "%7E")
}

fn unescape(part: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(part).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

fn key_part(column: &StoredColumn, part: &str) -> Option<Value> {
    if column.strict && column.column_type != ColumnType::Any {
        // An id is written in one way only.
        let value = value::parse(column, part)?;
        let is_written_so = match &value {
            Value::Integer(_) => integer(part).is_some() || column.column_type == ColumnType::Boolean,
            Value::Text(text) | Value::Timestamp(text) => text == part,
            _ => true,
        };
        return is_written_so.then_some(value);
    }
    let quoted = part.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let text = |text: &str| Value::Text(text.to_owned());
    match Form::of(column) {
        Form::Binary => match quoted {
            Some(inner) => Some(text(inner)),
            None => STANDARD.decode(part).ok().map(Value::Blob).or_else(|| number(part)),
        },
        Form::Any => Some(match quoted {
            Some(inner) => text(inner),
            None => bytes(part).or_else(|| number(part)).unwrap_or_else(|| text(part)),
        }),
        Form::Declared => Some(bytes(part).unwrap_or_else(|| match column.column_type {
            ColumnType::Text
            | ColumnType::Uuid
            | ColumnType::Json
            | ColumnType::Enum(_)
            | ColumnType::Array(_) => text(part),
            // Other values of such a column are text: numbers in text were made numbers when they were stored.
            _ => number(part).unwrap_or_else(|| text(part)),
        })),
    }
}

/// `x'0AFF'` for bytes, `t'FF'` for text that is not UTF-8.
fn bytes(part: &str) -> Option<Value> {
    let kind = if part.starts_with('t') { Value::TextBytes } else { Value::Blob };
    let digits = part.strip_prefix(['x', 't'])?.strip_prefix('\'')?.strip_suffix('\'')?.as_bytes();
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let bytes: Option<Vec<u8>> = pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect();
    bytes.map(kind)
}

/// The UUID in lower case.
pub(crate) fn uuid(text: &str) -> Option<String> {
    let is_one = text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    is_one.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(column_type: ColumnType) -> StoredColumn {
        StoredColumn::new("k", column_type)
    }

    #[track_caller]
    fn check(column_type: ColumnType, cell: Cell<'_>, expected: &str) {
        let column = column(column_type);
        let mut id = String::new();
        write(&mut id, [(cell, Form::of(&column))].into_iter()).unwrap();
        assert_eq!(id, expected);
        assert_eq!(key(&[column], &id), Some(vec![cell.to_value()]), "{expected} leads back");
    }

    #[test]
    fn one_id_stands_for_one_value() {
        check(ColumnType::Integer, Cell::Integer(-5), "-5");
        check(ColumnType::Integer, Cell::Text(b"five"), "five");
        check(ColumnType::Text, Cell::Text(b"5"), "5");
        check(ColumnType::Text, Cell::Text(b"'tis"), "'tis");
        check(ColumnType::Text, Cell::Blob(b"\x05\xff"), "x'05FF'");
        check(ColumnType::Text, Cell::Text(b"a\xff"), "t'61FF'");
        check(ColumnType::Binary, Cell::Blob(b"1"), "MQ==");
        check(ColumnType::Binary, Cell::Text(b"MQ=="), "'MQ=='");
        check(ColumnType::Any, Cell::Integer(5), "5");
        check(ColumnType::Any, Cell::Text(b"5"), "'5'");
        check(ColumnType::Any, Cell::Text(b"five"), "five");
        check(ColumnType::Any, Cell::Text(b"'five'"), "''five''");
        check(ColumnType::Any, Cell::Text(b"x'05'"), "'x'05''");
        check(ColumnType::Any, Cell::Real(0.5), "0.5");
        check(ColumnType::Any, Cell::Blob(b"1"), "x'31'");
    }

    #[test]
    fn parts_of_a_composite_id_are_escaped() {
        let columns = [column(ColumnType::Integer), column(ColumnType::Text)];
        let mut id = String::new();
        let cells = [(Cell::Integer(1), Form::Declared), (Cell::Text(b"a~b%"), Form::Declared)];
        write(&mut id, cells.into_iter()).unwrap();
        assert_eq!(id, "1~a%7Eb%25");
        assert_eq!(key(&columns, &id), Some(vec![Value::Integer(1), Value::Text("a~b%".to_owned())]));
        assert_eq!(key(&columns, "1"), None);
        assert_eq!(write(&mut id, [(Cell::Null, Form::Declared)].into_iter()), None);
    }
}
