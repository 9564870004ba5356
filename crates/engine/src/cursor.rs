//! What the bytes of a cursor say: which list it belongs to, and the sort values of the item it fell on.
//!
//! A cursor holds values, not a position, so it keeps dividing the list when its item is gone. The layout does not
//! depend on the process: another one, or the same after a restart, reads it.

use std::borrow::Cow;

use docent_jsonapi::cursor as text;
use docent_sql::{Cell, Value};

/// Tells lists apart: collection, filter and sort order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    /// The fingerprint of the list at a path with the filters and the sort of a query string.
    pub(crate) fn new(owner: &str, id: &str, relationship: &str, query: &str) -> Self {
        let mut bytes = Vec::with_capacity(64);
        for part in [owner, id, relationship] {
            push_bytes(&mut bytes, part.as_bytes());
        }
        let decides = |(name, _): &(Cow<'_, str>, Cow<'_, str>)| name == "sort" || name.starts_with("filter");
        let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).filter(decides).collect();
        // The order of parameters means nothing; only items of one list (`filter[k][value][]`) keep theirs.
        pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (name, value) in pairs {
            push_bytes(&mut bytes, name.as_bytes());
            push_bytes(&mut bytes, value.as_bytes());
        }
        Fingerprint(twox_hash::XxHash3_64::oneshot(&bytes))
    }
}

/// The cursor that falls on an item with these sort values.
pub(crate) fn encode<'a>(fingerprint: Fingerprint, cells: impl Iterator<Item = Cell<'a>>) -> String {
    let mut bytes = fingerprint.0.to_le_bytes().to_vec();
    for cell in cells {
        match cell {
            Cell::Null => bytes.push(0),
            Cell::Integer(number) => {
                bytes.push(1);
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            Cell::Real(number) => {
                bytes.push(2);
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            Cell::Text(text) => {
                bytes.push(3);
                push_bytes(&mut bytes, text);
            }
            Cell::Blob(blob) => {
                bytes.push(4);
                push_bytes(&mut bytes, blob);
            }
        }
    }
    text::encode(&bytes)
}

/// The sort values in a cursor of the list, if it is one.
pub(crate) fn decode(cursor: &str, fingerprint: Fingerprint, terms: usize) -> Option<Vec<Value>> {
    let bytes = text::decode(cursor)?;
    let (own, mut rest) = bytes.split_first_chunk::<8>()?;
    if u64::from_le_bytes(*own) != fingerprint.0 {
        return None;
    }
    let mut values = Vec::with_capacity(terms);
    while let Some((tag, tail)) = rest.split_first() {
        let (value, tail) = read_value(*tag, tail)?;
        values.push(value);
        rest = tail;
    }
    (values.len() == terms).then_some(values)
}

fn read_value(tag: u8, bytes: &[u8]) -> Option<(Value, &[u8])> {
    match tag {
        0 => Some((Value::Null, bytes)),
        1 => bytes
            .split_first_chunk()
            .map(|(number, rest)| (Value::Integer(i64::from_le_bytes(*number)), rest)),
        2 => bytes.split_first_chunk().map(|(number, rest)| (Value::Real(f64::from_le_bytes(*number)), rest)),
        3 => read_bytes(bytes).map(|(text, rest)| (Cell::Text(text).to_value(), rest)),
        4 => read_bytes(bytes).map(|(blob, rest)| (Value::Blob(blob.to_vec()), rest)),
        _ => None,
    }
}

fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(bytes);
}

fn read_bytes(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}
