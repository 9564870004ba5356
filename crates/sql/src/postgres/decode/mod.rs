//! Rows as cells, from the binary form in which the server sends them.
//!
//! What can be handed over as it is, is borrowed from the row; what has to be written differently is formatted into a
//! buffer that all rows of a query share.

mod array;
mod number;
mod time;

use std::error::Error as StdError;

use tokio_postgres::types::{FromSql, Kind, Type};
use tokio_postgres::{Column, Row as Received};

use crate::value::{Cell, Row};

/// How the bytes of a column are read.
#[derive(Debug, Clone, PartialEq)]
enum Decoder {
    Bool,
    Int2,
    Int4,
    Int8,
    Oid,
    Float4,
    Float8,
    /// Text, and what is sent as it is spelled, such as the labels of enums.
    Text,
    Json,
    /// JSON behind the number of its version.
    Jsonb,
    Bytes,
    Numeric,
    Uuid,
    Date,
    Time,
    TimeTz,
    Timestamp,
    TimestampTz,
    Interval,
    Array(Box<Decoder>),
}

impl Decoder {
    fn of(column: &Type) -> Self {
        match *column {
            Type::BOOL => Decoder::Bool,
            Type::INT2 => Decoder::Int2,
            Type::INT4 => Decoder::Int4,
            Type::INT8 => Decoder::Int8,
            Type::OID => Decoder::Oid,
            Type::FLOAT4 => Decoder::Float4,
            Type::FLOAT8 => Decoder::Float8,
            Type::JSON => Decoder::Json,
            Type::JSONB => Decoder::Jsonb,
            Type::BYTEA => Decoder::Bytes,
            Type::NUMERIC => Decoder::Numeric,
            Type::UUID => Decoder::Uuid,
            Type::DATE => Decoder::Date,
            Type::TIME => Decoder::Time,
            Type::TIMETZ => Decoder::TimeTz,
            Type::TIMESTAMP => Decoder::Timestamp,
            Type::TIMESTAMPTZ => Decoder::TimestampTz,
            Type::INTERVAL => Decoder::Interval,
            _ => match column.kind() {
                Kind::Array(element) => Decoder::Array(Box::new(Decoder::of(element))),
                Kind::Domain(base) => Decoder::of(base),
                // Types with another binary form do not come: statements turn them into text.
                _ => Decoder::Text,
            },
        }
    }

    /// Whether the bytes have to be written differently.
    fn formats(&self) -> bool {
        !matches!(
            self,
            Decoder::Bool
                | Decoder::Int2
                | Decoder::Int4
                | Decoder::Int8
                | Decoder::Oid
                | Decoder::Float4
                | Decoder::Float8
                | Decoder::Text
                | Decoder::Json
                | Decoder::Jsonb
                | Decoder::Bytes
        )
    }

    /// What is handed over as it is.
    fn cell<'a>(&self, bytes: &'a [u8]) -> Option<Cell<'a>> {
        Some(match self {
            Decoder::Bool => Cell::Integer(i64::from(u8::from_be_bytes(fixed(bytes)?))),
            Decoder::Int2 => Cell::Integer(i64::from(i16::from_be_bytes(fixed(bytes)?))),
            Decoder::Int4 => Cell::Integer(i64::from(i32::from_be_bytes(fixed(bytes)?))),
            Decoder::Int8 => Cell::Integer(i64::from_be_bytes(fixed(bytes)?)),
            Decoder::Oid => Cell::Integer(i64::from(u32::from_be_bytes(fixed(bytes)?))),
            Decoder::Float4 => Cell::Real(number::widened(f32::from_be_bytes(fixed(bytes)?))),
            Decoder::Float8 => Cell::Real(f64::from_be_bytes(fixed(bytes)?)),
            Decoder::Jsonb => Cell::Text(bytes.get(1..)?),
            Decoder::Bytes => Cell::Blob(bytes),
            _ => Cell::Text(bytes),
        })
    }

    /// Writes what has to be written differently.
    fn format(&self, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
        match self {
            Decoder::Numeric => number::numeric(bytes, out)?,
            Decoder::Uuid => number::uuid(&fixed(bytes)?, out),
            Decoder::Date => time::date(i32::from_be_bytes(fixed(bytes)?), out),
            Decoder::Time => time::time(i64::from_be_bytes(fixed(bytes)?), out),
            Decoder::TimeTz => time::time_with_zone(bytes, out)?,
            Decoder::Timestamp => time::timestamp(i64::from_be_bytes(fixed(bytes)?), false, out),
            Decoder::TimestampTz => time::timestamp(i64::from_be_bytes(fixed(bytes)?), true, out),
            Decoder::Interval => time::interval(bytes, out)?,
            Decoder::Array(element) => array::json(element, bytes, out)?,
            _ => out.extend_from_slice(bytes),
        }
        Some(())
    }
}

/// Bytes as a number's own.
fn fixed<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

/// The first bytes of what is left.
fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (first, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(first)
}

/// How the columns of a statement are read.
#[derive(Debug)]
pub(super) struct Decoders {
    columns: Vec<Decoder>,
    /// Those that have to be formatted.
    formatted: Vec<usize>,
}

/// What a row's formatted cells are written into.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    text: Vec<u8>,
    /// Where each formatted cell ends.
    ends: Vec<usize>,
}

/// A row that is not of the form its column types say.
#[derive(Debug)]
pub(super) struct Malformed;

/// Rows of up to that many columns are handed over without an allocation.
const CELLS_INLINE: usize = 16;

impl Decoders {
    pub(super) fn new(columns: &[Column]) -> Self {
        let columns: Vec<Decoder> = columns.iter().map(|column| Decoder::of(column.type_())).collect();
        let formatted = (0..columns.len()).filter(|&index| columns[index].formats()).collect();
        Decoders { columns, formatted }
    }

    /// Reads every cell of a row, once, and hands them over.
    pub(super) fn with_cells(
        &self,
        row: &Received,
        scratch: &mut Scratch,
        hand_over: impl FnOnce(&Row<'_>),
    ) -> Result<(), Malformed> {
        self.format(row, scratch)?;
        let width = self.columns.len();
        if width <= CELLS_INLINE {
            let mut cells = [Cell::Null; CELLS_INLINE];
            self.fill(row, scratch, &mut cells[..width])?;
            hand_over(&cells[..width]);
        } else {
            let mut cells = vec![Cell::Null; width];
            self.fill(row, scratch, &mut cells)?;
            hand_over(&cells);
        }
        Ok(())
    }

    fn format(&self, row: &Received, scratch: &mut Scratch) -> Result<(), Malformed> {
        scratch.text.clear();
        scratch.ends.clear();
        for &index in &self.formatted {
            if let Some(bytes) = raw(row, index)? {
                self.columns[index].format(bytes, &mut scratch.text).ok_or(Malformed)?;
            }
            scratch.ends.push(scratch.text.len());
        }
        Ok(())
    }

    fn fill<'a>(
        &self,
        row: &'a Received,
        scratch: &'a Scratch,
        cells: &mut [Cell<'a>],
    ) -> Result<(), Malformed> {
        for (index, (cell, decoder)) in cells.iter_mut().zip(&self.columns).enumerate() {
            if !decoder.formats()
                && let Some(bytes) = raw(row, index)?
            {
                *cell = decoder.cell(bytes).ok_or(Malformed)?;
            }
        }
        let mut start = 0;
        for (&index, &end) in self.formatted.iter().zip(&scratch.ends) {
            // None of these forms is empty: nothing written means NULL.
            if end > start {
                cells[index] = Cell::Text(&scratch.text[start..end]);
            }
            start = end;
        }
        Ok(())
    }
}

/// A cell's bytes as they came.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Raw(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn raw(row: &Received, index: usize) -> Result<Option<&[u8]>, Malformed> {
    let raw: Option<Raw<'_>> = row.try_get(index).map_err(|_| Malformed)?;
    Ok(raw.map(|raw| raw.0))
}
