//! JSON as PHP writes it for Drupal: escaped so that it can stand in HTML, and in ASCII alone.

use std::fmt::Write;

use crate::php::{Key, Php};

/// Which bytes stand for themselves.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte < 0x80 {
        plain[byte as usize] = escape(byte).is_none();
        byte += 1;
    }
    plain
};

/// Writes a text with its quotes.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    part(out, text);
    out.push(b'"');
}

/// Writes a part of a text.
pub(super) fn part(out: &mut Vec<u8>, text: &str) {
    let mut rest = text;
    loop {
        let plain = rest.bytes().position(|byte| !PLAIN[usize::from(byte)]).unwrap_or(rest.len());
        out.extend_from_slice(&rest.as_bytes()[..plain]);
        // What comes before is ASCII, so that a character begins here.
        let mut characters = rest[plain..].chars();
        let Some(character) = characters.next() else { return };
        rest = characters.as_str();
        match u8::try_from(character).ok().filter(u8::is_ascii) {
            Some(byte) => match escape(byte) {
                Some(escape) => out.extend_from_slice(escape),
                None => unit(out, u16::from(byte)),
            },
            None => character.encode_utf16(&mut [0; 2]).iter().for_each(|code| unit(out, *code)),
        }
    }
}

const fn escape(byte: u8) -> Option<&'static [u8]> {
    Some(match byte {
        b'"' => b"\\u0022",
        b'\\' => b"\\\\",
        b'/' => b"\\/",
        b'<' => b"\\u003C",
        b'>' => b"\\u003E",
        b'&' => b"\\u0026",
        b'\'' => b"\\u0027",
        b'\n' => b"\\n",
        b'\r' => b"\\r",
        b'\t' => b"\\t",
        0x08 => b"\\b",
        0x0c => b"\\f",
        _ => return None,
    })
}

fn unit(out: &mut Vec<u8>, code: u16) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    out.extend_from_slice(b"\\u");
    for shift in [12, 8, 4, 0] {
        out.push(DIGITS[usize::from(code >> shift & 15)]);
    }
}

/// Writes a text that may not be UTF-8; what is not becomes replacement characters.
pub(super) fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(valid) => text(out, valid),
        Err(_) => text(out, &String::from_utf8_lossy(bytes)),
    }
}

/// Writes a whole number.
pub(super) fn integer(out: &mut Vec<u8>, number: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Writes a number, a whole one without a fraction.
pub(super) fn float(out: &mut Vec<u8>, number: f64) {
    const EXACT_MAX: f64 = 1e15;
    if !number.is_finite() {
        // PHP would fail to write it at all.
        out.extend_from_slice(b"null");
    } else if number.fract() == 0.0 && number.abs() < EXACT_MAX {
        #[allow(clippy::cast_possible_truncation, reason = "it is whole and in range")]
        integer(out, number as i64);
    } else {
        out.extend_from_slice(zmij::Buffer::new().format_finite(number).as_bytes());
    }
}

/// Writes `true` or `false`.
pub(super) fn boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Writes `null`.
pub(super) fn null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"null");
}

/// Writes a name and its colon.
pub(super) fn name(out: &mut Vec<u8>, name: &str) {
    text(out, name);
    out.push(b':');
}

/// Writes a link object: `{"href":…}`.
pub(super) fn link(out: &mut Vec<u8>, href: &str) {
    out.extend_from_slice(b"{\"href\":");
    text(out, href);
    out.push(b'}');
}

/// Writes a PHP value. An array is a list if its keys count from 0, as an empty one does.
pub(super) fn php(out: &mut Vec<u8>, value: &Php) {
    match value {
        Php::Null => null(out),
        Php::Bool(value) => boolean(out, *value),
        Php::Integer(number) => integer(out, *number),
        Php::Float(number) => float(out, *number),
        Php::Text(value) => bytes(out, value),
        Php::Array(items) if is_list(items) => list(out, items.iter(), |out, (_, value)| php(out, value)),
        Php::Array(items) => object(out, items.iter(), |out, (key, value)| {
            key_name(out, key);
            php(out, value);
        }),
        Php::Object { members, .. } => object(out, members.iter(), |out, (key, value)| {
            name(out, key);
            php(out, value);
        }),
    }
}

fn is_list(items: &[(Key, Php)]) -> bool {
    (0i64..).zip(items).all(|(place, (key, _))| *key == Key::Integer(place))
}

fn key_name(out: &mut Vec<u8>, key: &Key) {
    match key {
        Key::Text(text) => bytes(out, text),
        Key::Integer(number) => {
            let mut digits = String::new();
            // Writing to a string cannot fail.
            let _ = write!(digits, "{number}");
            text(out, &digits);
        }
    }
    out.push(b':');
}

/// Writes an array.
pub(super) fn list<T>(out: &mut Vec<u8>, items: impl Iterator<Item = T>, write: impl FnMut(&mut Vec<u8>, T)) {
    enclosed(out, [b'[', b']'], items, write);
}

/// Writes an object, whose members `write` writes.
pub(super) fn object<T>(
    out: &mut Vec<u8>,
    items: impl Iterator<Item = T>,
    write: impl FnMut(&mut Vec<u8>, T),
) {
    enclosed(out, [b'{', b'}'], items, write);
}

fn enclosed<T>(
    out: &mut Vec<u8>,
    [open, close]: [u8; 2],
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(open);
    for (place, item) in items.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_for_html_and_ascii() {
        let mut out = Vec::new();
        text(&mut out, "a/b <i>\"'&\u{e9}\u{1f600}\n\u{1}\\");
        let expected = r#""a\/b \u003Ci\u003E\u0022\u0027\u0026\u00e9\ud83d\ude00\n\u0001\\""#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn whole_floats_have_no_fraction() {
        for (number, written) in [(-3.0, "-3"), (1.5, "1.5"), (0.0, "0"), (f64::INFINITY, "null")] {
            let mut out = Vec::new();
            float(&mut out, number);
            assert_eq!(String::from_utf8(out).unwrap(), written);
        }
    }

    #[test]
    fn arrays_that_count_from_zero_are_lists() {
        let entry = |key: Key| (key, Php::Integer(1));
        for (items, written) in [
            (vec![], "[]"),
            (vec![entry(Key::Integer(0)), entry(Key::Integer(1))], "[1,1]"),
            (vec![entry(Key::Integer(1))], r#"{"1":1}"#),
            (vec![entry(Key::Text(b"a".to_vec()))], r#"{"a":1}"#),
        ] {
            let mut out = Vec::new();
            php(&mut out, &Php::Array(items));
            assert_eq!(String::from_utf8(out).unwrap(), written);
        }
    }
}
