//! Rows on their way from the driver: its values as cells.
//!
//! What has to be written out, such as moments, is written into a buffer that all rows of a result share.

use std::fmt::{self, Display, Formatter};
use std::io::Write as _;

use mysql_async::consts::ColumnType;
use mysql_async::{Column, Row as Received, Value};

use crate::value::{Cell, Row};

/// Rows of up to that many columns are handed over without an allocation.
const CELLS_INLINE: usize = 16;

/// The number of the character set that is none: bytes.
const BINARY: u16 = 63;

/// What the values of a column are, as far as the driver's own kinds do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Decimal,
    Bytes,
    /// A single bit.
    Bit,
    Date,
    DateTime,
    /// The same in UTC.
    Timestamp,
}

/// Hands over the rows of one result.
pub(super) struct Cells {
    forms: Vec<Form>,
    written: Vec<u8>,
    /// Where in `written` the text of a column ends; it begins where the one before ends.
    ends: Vec<usize>,
}

impl Cells {
    pub(super) fn new(columns: &[Column]) -> Self {
        Cells { forms: columns.iter().map(form).collect(), written: Vec::new(), ends: Vec::new() }
    }

    /// Hands over a row.
    pub(super) fn hand_over(&mut self, row: &Received, take: impl FnOnce(&Row<'_>)) {
        self.written.clear();
        self.ends.clear();
        let width = self.forms.len();
        for index in 0..width {
            if let Some(value) = row.as_ref(index) {
                write_out(&mut self.written, self.forms[index], value);
            }
            self.ends.push(self.written.len());
        }
        if width <= CELLS_INLINE {
            let mut cells = [Cell::Null; CELLS_INLINE];
            for (index, cell) in cells[..width].iter_mut().enumerate() {
                *cell = self.cell(row, index);
            }
            return take(&cells[..width]);
        }
        let cells: Vec<Cell<'_>> = (0..width).map(|index| self.cell(row, index)).collect();
        take(&cells);
    }

    fn cell<'row>(&'row self, row: &'row Received, index: usize) -> Cell<'row> {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        let written = &self.written[start..self.ends[index]];
        match row.as_ref(index) {
            None | Some(Value::NULL) => Cell::Null,
            Some(Value::Int(number)) => Cell::Integer(*number),
            Some(Value::UInt(number)) => i64::try_from(*number).map_or(Cell::Text(written), Cell::Integer),
            Some(Value::Double(number)) => Cell::Real(*number),
            Some(Value::Float(number)) => Cell::Real(shortest(*number)),
            Some(Value::Bytes(bytes)) => match self.forms[index] {
                Form::Bytes => Cell::Blob(bytes),
                Form::Bit => Cell::Integer(i64::from(bytes.last().is_some_and(|byte| *byte != 0))),
                Form::Decimal => Cell::Text(shortest_decimal(bytes)),
                _ => Cell::Text(bytes),
            },
            Some(Value::Date(..) | Value::Time(..)) => Cell::Text(written),
        }
    }
}

fn form(column: &Column) -> Form {
    match column.column_type() {
        ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => Form::Date,
        ColumnType::MYSQL_TYPE_DATETIME | ColumnType::MYSQL_TYPE_DATETIME2 => Form::DateTime,
        ColumnType::MYSQL_TYPE_TIMESTAMP | ColumnType::MYSQL_TYPE_TIMESTAMP2 => Form::Timestamp,
        ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => Form::Decimal,
        ColumnType::MYSQL_TYPE_BIT if column.column_length() == 1 => Form::Bit,
        ColumnType::MYSQL_TYPE_BIT => Form::Bytes,
        ColumnType::MYSQL_TYPE_VARCHAR
        | ColumnType::MYSQL_TYPE_VAR_STRING
        | ColumnType::MYSQL_TYPE_STRING
        | ColumnType::MYSQL_TYPE_TINY_BLOB
        | ColumnType::MYSQL_TYPE_MEDIUM_BLOB
        | ColumnType::MYSQL_TYPE_LONG_BLOB
        | ColumnType::MYSQL_TYPE_BLOB
        | ColumnType::MYSQL_TYPE_GEOMETRY
            if column.character_set() == BINARY =>
        {
            Form::Bytes
        }
        // JSON too, which has no character set.
        _ => Form::Text,
    }
}

/// The digits that a column declares are no part of the number: it is written as on every engine.
fn shortest_decimal(digits: &[u8]) -> &[u8] {
    if !digits.contains(&b'.') {
        return digits;
    }
    let kept = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
    let digits = &digits[..kept];
    digits.strip_suffix(b".").unwrap_or(digits)
}

/// A number of single precision as the number of double precision that is written alike: 0.1 remains 0.1.
fn shortest(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| f64::from(number))
}

fn write_out(to: &mut Vec<u8>, form: Form, value: &Value) {
    // Writing to memory cannot fail.
    let _ = match *value {
        Value::UInt(number) if i64::try_from(number).is_err() => write!(to, "{number}"),
        Value::Date(year, month, day, hour, minute, second, micros) => {
            let date = write!(to, "{year:04}-{month:02}-{day:02}");
            if form == Form::Date {
                date
            } else {
                let zone = if form == Form::Timestamp { "Z" } else { "" };
                write!(to, "T{hour:02}:{minute:02}:{second:02}{}{zone}", Fraction(micros))
            }
        }
        Value::Time(negative, days, hours, minutes, seconds, micros) => {
            let sign = if negative { "-" } else { "" };
            let hours = days * 24 + u32::from(hours);
            write!(to, "{sign}{hours:02}:{minutes:02}:{seconds:02}{}", Fraction(micros))
        }
        _ => Ok(()),
    };
}

/// A fraction of a second as short as it can be written, nothing for none.
struct Fraction(u32);

impl Display for Fraction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (mut digits, mut width) = (self.0, 6);
        if digits == 0 {
            return Ok(());
        }
        while digits % 10 == 0 {
            digits /= 10;
            width -= 1;
        }
        write!(f, ".{digits:0width$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(form: Form, value: &Value) -> String {
        let mut to = Vec::new();
        write_out(&mut to, form, value);
        String::from_utf8(to).unwrap()
    }

    #[test]
    fn moments_are_as_short_as_they_can_be_written() {
        let date = Value::Date(2025, 1, 31, 10, 0, 5, 120_000);
        assert_eq!(written(Form::Date, &date), "2025-01-31");
        assert_eq!(written(Form::DateTime, &date), "2025-01-31T10:00:05.12");
        assert_eq!(written(Form::Timestamp, &date), "2025-01-31T10:00:05.12Z");
        assert_eq!(written(Form::DateTime, &Value::Date(0, 0, 0, 0, 0, 0, 0)), "0000-00-00T00:00:00");
        assert_eq!(written(Form::Text, &Value::Time(false, 0, 9, 5, 0, 0)), "09:05:00");
        assert_eq!(written(Form::Text, &Value::Time(true, 34, 22, 59, 59, 1)), "-838:59:59.000001");
    }

    #[test]
    fn numbers_too_large_for_64_bits_with_a_sign_are_written_out() {
        assert_eq!(written(Form::Text, &Value::UInt(u64::MAX)), "18446744073709551615");
        assert_eq!(written(Form::Text, &Value::UInt(5)), "");
        assert!((shortest(0.1) - 0.1).abs() < f64::EPSILON / 16.0);
    }
}
