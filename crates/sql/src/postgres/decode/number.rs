//! Numbers whose binary form is not the processor's, and UUIDs.

use std::io::Write as _;

use super::{fixed, take};

/// The number that looks the same: 0.1 stays 0.1.
pub(super) fn widened(number: f32) -> f64 {
    let exact = f64::from(number);
    if !number.is_finite() || exact.fract() == 0.0 && exact.abs() < 1e7 {
        return exact;
    }
    number.to_string().parse().unwrap_or(exact)
}

const NEGATIVE: u16 = 0x4000;
const NOT_A_NUMBER: u16 = 0xC000;
const INFINITE: u16 = 0xD000;
const NEGATIVE_INFINITE: u16 = 0xF000;

/// A decimal, as the server spells it: groups of four digits, of which the first stands for `weight`.
pub(super) fn numeric(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = bytes;
    let count = usize::from(u16::from_be_bytes(*take(&mut rest)?));
    let weight = i32::from(i16::from_be_bytes(*take(&mut rest)?));
    let sign = u16::from_be_bytes(*take(&mut rest)?);
    let scale = usize::from(u16::from_be_bytes(*take(&mut rest)?));
    match sign {
        NOT_A_NUMBER => out.extend_from_slice(b"NaN"),
        INFINITE => out.extend_from_slice(b"Infinity"),
        NEGATIVE_INFINITE => out.extend_from_slice(b"-Infinity"),
        _ => {
            if rest.len() != count * 2 {
                return None;
            }
            if sign == NEGATIVE {
                out.push(b'-');
            }
            digits(rest, weight, scale, out)?;
        }
    }
    Some(())
}

fn digits(groups: &[u8], weight: i32, scale: usize, out: &mut Vec<u8>) -> Option<()> {
    let group = |position: i32| -> Option<u16> {
        let Ok(index) = usize::try_from(position) else { return Some(0) };
        match groups.get(index * 2..index * 2 + 2) {
            Some(bytes) => Some(u16::from_be_bytes(fixed(bytes)?)),
            None => Some(0),
        }
    };
    if weight < 0 {
        out.push(b'0');
    }
    for position in 0..=weight {
        let group = group(position)?;
        // Writing to a vector cannot fail.
        let _ = if position == 0 { write!(out, "{group}") } else { write!(out, "{group:04}") };
    }
    if scale == 0 {
        return Some(());
    }
    out.push(b'.');
    let end = out.len() + scale;
    let mut position = weight + 1;
    while out.len() < end {
        let _ = write!(out, "{:04}", group(position)?);
        position += 1;
    }
    out.truncate(end);
    // The digits that a column declares are no part of the number: it is written as on every engine.
    while out.last() == Some(&b'0') {
        out.pop();
    }
    if out.last() == Some(&b'.') {
        out.pop();
    }
    Some(())
}

pub(super) fn uuid(bytes: &[u8; 16], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push(b'-');
        }
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}
