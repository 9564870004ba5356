//! Cells and pieces as JSON.

use docent_jsonapi::json;
use docent_sql::{Cell, Row};

use crate::id;
use crate::plan::{Format, KeyCell, Object, Piece};

/// The id of a resource, in the forms its object needs.
#[derive(Debug, Default)]
pub(crate) struct Id {
    /// The id.
    pub(crate) text: String,
    /// As a path segment; an empty id, which no path can hold, stands as an escaped NUL.
    pub(crate) segment: Vec<u8>,
}

impl Id {
    /// Reads the id from a row; `false` if the row has no identity.
    pub(crate) fn read(&mut self, row: &dyn Row, key: &[KeyCell]) -> bool {
        self.text.clear();
        write_id(&mut self.text, row, key).is_some()
    }

    /// Makes the segment of the id read last.
    pub(crate) fn make_segment(&mut self) {
        self.segment.clear();
        id_segment(&mut self.segment, &self.text);
    }
}

/// Appends the id in the cells of a row; `None` if there is none.
pub(crate) fn write_id(out: &mut String, row: &dyn Row, key: &[KeyCell]) -> Option<()> {
    id::write(out, key.iter().map(|part| (row.cell(part.cell), part.form)))
}

/// Appends an id as a path segment.
pub(crate) fn id_segment(out: &mut Vec<u8>, id: &str) {
    docent_jsonapi::link::path_segment(out, if id.is_empty() { "\0" } else { id });
}

/// Appends a resource object. Calls `hole` where something is filled in later, and `cursor` for the item's cursor.
pub(crate) fn object(
    out: &mut Vec<u8>,
    object: &Object,
    row: &dyn Row,
    id: &Id,
    scratch: &mut String,
    mut hole: impl FnMut(usize, usize),
    cursor: impl Fn(&mut Vec<u8>),
) {
    for piece in &object.pieces {
        match piece {
            Piece::Text(range) => out.extend_from_slice(&object.text[range.clone()]),
            Piece::Id => json::string(out, &id.text),
            Piece::Segment => out.extend_from_slice(&id.segment),
            Piece::Value(cell, format) => value(out, row.cell(*cell), *format),
            Piece::ToOne(cells, start) => {
                scratch.clear();
                match write_id(scratch, row, cells) {
                    Some(()) => {
                        out.extend_from_slice(&object.text[start.clone()]);
                        json::string(out, scratch);
                        out.push(b'}');
                    }
                    None => out.extend_from_slice(b"null"),
                }
            }
            Piece::Hole(position) => hole(*position, out.len()),
            Piece::Cursor => cursor(out),
        }
    }
}

/// Appends a cell as a JSON value.
pub(crate) fn value(out: &mut Vec<u8>, cell: Cell<'_>, format: Format) {
    match (cell, format) {
        (Cell::Null, _) => out.extend_from_slice(b"null"),
        (Cell::Integer(number @ (0 | 1)), Format::Boolean) => json::boolean(out, number == 1),
        (Cell::Integer(number), Format::Decimal) => quoted(out, |out| json::integer(out, number)),
        (Cell::Integer(number), _) => json::integer(out, number),
        (Cell::Real(number), Format::Decimal) if number.is_finite() => decimal(out, number),
        (Cell::Real(number), _) => json::float(out, number),
        (Cell::Text(text), Format::Timestamp) if has_space_before_time(text) => timestamp(out, text),
        (Cell::Text(text), Format::Json) if is_json(text) => out.extend_from_slice(text),
        (Cell::Text(text), _) => json::string_lossy(out, text),
        (Cell::Blob(bytes), _) => json::base64(out, bytes),
    }
}

fn quoted(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    write(out);
    out.push(b'"');
}

/// The shortest digits that mean the number, without exponent.
fn decimal(out: &mut Vec<u8>, number: f64) {
    use std::io::Write;
    // Writing to memory cannot fail.
    quoted(out, |out| drop(write!(out, "{number}")));
}

/// `2025-01-31 10:00…`: the form SQLite's own functions write.
fn has_space_before_time(text: &[u8]) -> bool {
    text.len() >= 16
        && text[10] == b' '
        && text[..16].iter().enumerate().all(|(position, byte)| match position {
            4 | 7 => *byte == b'-',
            10 => true,
            13 => *byte == b':',
            _ => byte.is_ascii_digit(),
        })
}

fn timestamp(out: &mut Vec<u8>, text: &[u8]) {
    let start = out.len();
    json::string_lossy(out, text);
    // Behind the quote and ten digits and dashes, none of which is escaped.
    out[start + 11] = b'T';
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}
