//! Cells and pieces as JSON.

use docent_jsonapi::json;
use docent_sql::{Cell, Row};

use super::identity::Identity;
use crate::id::{self, Form};
use crate::plan::{Cut, Format, KeyCell, Object, Then};

/// The id of a resource, in the forms its object needs.
#[derive(Debug, Default)]
pub(crate) struct Id {
    /// The id.
    pub(crate) text: String,
    /// The number it is the digits of, if it is.
    number: Option<i64>,
    /// As it stands in a JSON string.
    quoted: Vec<u8>,
    /// As a path segment; an empty id, which no path can hold, stands as an escaped NUL.
    segment: Vec<u8>,
    /// The length of `padded`, for ids that are the same in all forms and short.
    short: Option<usize>,
    padded: [u8; SHORT],
}

/// Ids of at most that many bytes are copied without asking how long they are.
const SHORT: usize = 16;

impl Id {
    /// Reads the id from a row; `false` if the row has no identity.
    pub(crate) fn read(&mut self, row: &Row<'_>, key: &[KeyCell]) -> bool {
        if let [part] = key
            && let Cell::Integer(number) = row[part.cell]
        {
            self.text.clear();
            self.text.push_str(itoa::Buffer::new().format(number));
            self.number = Some(number);
            return true;
        }
        self.take(key.iter().map(|part| (row[part.cell], part.form)))
    }

    /// Takes the id made of these parts; `false` if there is none.
    pub(crate) fn take<'a>(
        &mut self,
        mut parts: impl ExactSizeIterator<Item = (Cell<'a>, Form)> + Clone,
    ) -> bool {
        self.text.clear();
        if id::write(&mut self.text, parts.clone()).is_none() {
            return false;
        }
        self.number = match parts.next() {
            Some((Cell::Integer(number), _)) if parts.len() == 0 => Some(number),
            _ => id::integer(&self.text),
        };
        true
    }

    /// What tells the resource from others of its type.
    pub(crate) fn identity(&self) -> Identity<'_> {
        self.number.map_or(Identity::Text(self.text.as_bytes()), Identity::Integer)
    }

    /// Whether the id is the digits of a number, which are the same in JSON and in paths.
    pub(crate) fn is_number(&self) -> bool {
        self.number.is_some()
    }

    /// Makes the other forms of the id read last.
    pub(crate) fn make_forms(&mut self) {
        let text = self.text.as_bytes();
        self.short = (self.number.is_some() && text.len() <= SHORT).then_some(text.len());
        if let Some(length) = self.short {
            self.padded[..length].copy_from_slice(text);
            return;
        }
        self.segment.clear();
        id_segment(&mut self.segment, &self.text);
        self.quoted.clear();
        json::string(&mut self.quoted, &self.text);
    }

    /// Appends text with the id at its cuts.
    fn write_into(&self, out: &mut Vec<u8>, text: &[u8], cuts: &[Cut]) {
        let behind = match self.short {
            // All of a fixed length is copied, and what is too much taken back.
            Some(length) => with_cuts(out, text, cuts, |out, _| {
                out.extend_from_slice(&self.padded);
                out.truncate(out.len() - SHORT + length);
            }),
            None => with_cuts(out, text, cuts, |out, cut| {
                let quoted = || &self.quoted[1..self.quoted.len() - 1];
                out.extend_from_slice(if cut.segment { &self.segment } else { quoted() });
            }),
        };
        out.extend_from_slice(behind);
    }
}

/// Appends text up to its last cut, with something at each; returns the rest.
fn with_cuts<'t>(
    out: &mut Vec<u8>,
    mut text: &'t [u8],
    cuts: &[Cut],
    mut write: impl FnMut(&mut Vec<u8>, &Cut),
) -> &'t [u8] {
    for cut in cuts {
        let (before, behind) = text.split_at(cut.behind);
        out.extend_from_slice(before);
        write(out, cut);
        text = behind;
    }
    text
}

/// Appends the id in the cells of a row; `None` if there is none.
pub(crate) fn write_id(out: &mut String, row: &Row<'_>, key: &[KeyCell]) -> Option<()> {
    id::write(out, key.iter().map(|part| (row[part.cell], part.form)))
}

/// Appends an id as a path segment.
pub(crate) fn id_segment(out: &mut Vec<u8>, id: &str) {
    docent_jsonapi::link::path_segment(out, if id.is_empty() { "\0" } else { id });
}

/// Appends a resource object. Calls `hole` where something is filled in later, and `cursor` for the item's cursor.
pub(crate) fn object(
    out: &mut Vec<u8>,
    object: &Object,
    row: &Row<'_>,
    id: &Id,
    scratch: &mut String,
    mut hole: impl FnMut(usize, usize),
    cursor: impl Fn(&mut Vec<u8>),
) {
    for piece in &object.pieces {
        id.write_into(out, &object.text[piece.text.clone()], &object.cuts[piece.cuts.clone()]);
        match &piece.then {
            Then::Value(cell, format) => value(out, row[*cell], *format),
            Then::ToOne(cells, start) => linkage(out, cells, start, row, scratch),
            Then::Hole(position) => hole(*position, out.len()),
            Then::Cursor => cursor(out),
            Then::End => {}
        }
    }
}

/// Appends the linkage of a to-one relationship; `start` is the identifier up to its id.
fn linkage(out: &mut Vec<u8>, cells: &[KeyCell], start: &[u8], row: &Row<'_>, scratch: &mut String) {
    if let [part] = cells
        && let Cell::Integer(number) = row[part.cell]
    {
        out.extend_from_slice(start);
        json::integer(out, number);
        return out.extend_from_slice(b"\"}");
    }
    scratch.clear();
    if write_id(scratch, row, cells).is_none() {
        return out.extend_from_slice(b"null");
    }
    out.extend_from_slice(&start[..start.len() - 1]);
    json::string(out, scratch);
    out.push(b'}');
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
#[expect(clippy::needless_bitwise_bool, reason = "comparing all sixteen takes less than stopping early")]
fn has_space_before_time(text: &[u8]) -> bool {
    let Some(minutes) = text.first_chunk::<16>() else { return false };
    let bounds = b"0000-00-00 00:00".iter().zip(b"9999-99-99 99:99");
    minutes.iter().zip(bounds).fold(true, |all, (byte, (low, high))| all & (low <= byte) & (byte <= high))
}

fn timestamp(out: &mut Vec<u8>, text: &[u8]) {
    let start = out.len();
    if text[16..].iter().all(|byte| matches!(byte, b'0'..=b':' | b'.' | b'+' | b'-')) {
        // Nothing in it has to be escaped.
        quoted(out, |out| out.extend_from_slice(text));
    } else {
        json::string_lossy(out, text);
    }
    // Behind the quote and ten digits and dashes.
    out[start + 11] = b'T';
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}
