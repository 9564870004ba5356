//! Values on their way in (parameters) and on their way out (cells).

/// One value of a result row, borrowed from the driver's buffer.
///
/// The variants are what drivers hand out; what a value means (a date, JSON, money) is known by the column's type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// SQL NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating-point number, never NaN on SQLite.
    Real(f64),
    /// Text as stored; SQLite does not promise UTF-8.
    Text(&'a [u8]),
    /// Bytes.
    Blob(&'a [u8]),
}

/// One row of a result: a cell for each output column of the statement, in order.
pub type Row<'a> = [Cell<'a>];

/// A parameter of a statement. Values always travel this way, never as SQL text.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// Text.
    Text(String),
    /// Text that is not UTF-8, as SQLite may have stored it.
    TextBytes(Vec<u8>),
    /// Bytes.
    Blob(Vec<u8>),
    /// A date and time, with `T` between them. Adapters that store text match every separator in use.
    Timestamp(String),
    /// Any number of values, for [`crate::statement::Condition::InList`] and one-column
    /// [`crate::statement::Keys`].
    List(Vec<Value>),
    /// Any number of rows of values, for [`crate::statement::Keys`] of several columns.
    Rows(Vec<Vec<Value>>),
}

impl Cell<'_> {
    /// The cell as a parameter that the same column compares equal to.
    pub fn to_value(self) -> Value {
        match self {
            Cell::Null => Value::Null,
            Cell::Integer(number) => Value::Integer(number),
            Cell::Real(number) => Value::Real(number),
            Cell::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Value::Text(text.to_owned()),
                Err(_) => Value::TextBytes(bytes.to_vec()),
            },
            Cell::Blob(bytes) => Value::Blob(bytes.to_vec()),
        }
    }
}
