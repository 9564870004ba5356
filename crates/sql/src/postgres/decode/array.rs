//! Arrays as JSON: nested where they have several dimensions, each element as its type is served.

use std::io::Write as _;

use super::{Decoder, take};
use crate::value::Cell;

/// Dimensions an array of the server can have.
const DIMENSIONS_MAX: usize = 6;

pub(super) fn json(element: &Decoder, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = bytes;
    let count = usize::try_from(i32::from_be_bytes(*take(&mut rest)?)).ok()?;
    // Whether there are NULLs, and the type of the elements: both are known otherwise.
    take::<8>(&mut rest)?;
    if count == 0 {
        out.extend_from_slice(b"[]");
        return Some(());
    }
    if count > DIMENSIONS_MAX {
        return None;
    }
    let mut lengths = [0_u32; DIMENSIONS_MAX];
    for length in &mut lengths[..count] {
        *length = u32::from_be_bytes(*take(&mut rest)?);
        // The index of the first element has no place in JSON.
        take::<4>(&mut rest)?;
    }
    dimension(element, &lengths[..count], &mut rest, out)?;
    rest.is_empty().then_some(())
}

fn dimension(element: &Decoder, lengths: &[u32], rest: &mut &[u8], out: &mut Vec<u8>) -> Option<()> {
    let Some((&length, inner)) = lengths.split_first() else {
        let length = i32::from_be_bytes(*take(rest)?);
        let Ok(length) = usize::try_from(length) else {
            out.extend_from_slice(b"null");
            return Some(());
        };
        let (bytes, behind) = rest.split_at_checked(length)?;
        *rest = behind;
        return self::element(element, bytes, out);
    };
    out.push(b'[');
    for index in 0..length {
        if index > 0 {
            out.push(b',');
        }
        dimension(element, inner, rest, out)?;
    }
    out.push(b']');
    Some(())
}

fn element(element: &Decoder, bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    match element {
        Decoder::Json => out.extend_from_slice(bytes),
        Decoder::Jsonb => out.extend_from_slice(bytes.get(1..)?),
        Decoder::Bool => out.extend_from_slice(if bytes == [0] { b"false" } else { b"true" }),
        // None of the forms it stands for needs an escape.
        decoder if decoder.formats() => {
            out.push(b'"');
            decoder.format(bytes, out)?;
            out.push(b'"');
        }
        decoder => match decoder.cell(bytes)? {
            Cell::Null => out.extend_from_slice(b"null"),
            // Writing to a vector cannot fail.
            Cell::Integer(number) => drop(write!(out, "{number}")),
            Cell::Real(number) => real(number, out),
            Cell::Text(text) => self::text(text, out),
            Cell::Blob(bytes) => base64(bytes, out),
        },
    }
    Some(())
}

fn real(number: f64, out: &mut Vec<u8>) {
    // Shortest forms, in exponents where these are shorter; JSON has no other words than its own.
    let _ = if number.is_nan() {
        write!(out, "\"NaN\"")
    } else if number.is_infinite() {
        write!(out, "\"{}Infinity\"", if number < 0.0 { "-" } else { "" })
    } else {
        write!(out, "{number:?}")
    };
}

fn text(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0..0x20 => drop(write!(out, "\\u{byte:04x}")),
            byte => out.push(byte),
        }
    }
    out.push(b'"');
}

/// Bytes in JSON: base64 with padding.
fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    out.push(b'"');
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4 {
            let digit = DIGITS[(group >> (18 - 6 * index) & 63) as usize];
            out.push(if index > chunk.len() { b'=' } else { digit });
        }
    }
    out.push(b'"');
}
