//! JSON text, byte by byte: the innermost loop of writing documents.
//!
//! Each function appends one complete JSON value to a buffer and can neither fail nor write anything but valid JSON.
//! Structure, that is commas, brackets and member order, belongs to the caller or to [`document`](crate::document).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Texts are escaped in pieces of at most that many bytes: each needs room for all of its bytes to be escaped.
const PIECE_BYTES_MAX: usize = 1 << 10;

/// Room that a buffer has to have at its end for text to be written without making it larger first: of what is
/// reserved for a piece, most is not used.
pub const ROOM: usize = 6 * PIECE_BYTES_MAX + 64;

/// Appends `text` as a JSON string.
///
/// ```
/// let mut out = Vec::new();
/// docent_jsonapi::json::string(&mut out, "say \"hi\"\n");
/// assert_eq!(out, br#""say \"hi\"\n""#);
/// ```
pub fn string(out: &mut Vec<u8>, text: &str) {
    if text.len() <= PIECE_BYTES_MAX {
        return json_escape_simd::escape_into(text, out);
    }
    let (piece, mut rest) = text.split_at(text.floor_char_boundary(PIECE_BYTES_MAX));
    json_escape_simd::escape_into(piece, out);
    while !rest.is_empty() {
        let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES_MAX));
        // Each piece comes in quotes. The one that opens it takes the place of the byte before, which is put back.
        out.pop();
        let last = out.pop().unwrap_or_default();
        let at = out.len();
        json_escape_simd::escape_into(piece, out);
        out[at] = last;
        rest = behind;
    }
}

/// Appends `bytes` as a JSON string; what is not UTF-8 becomes U+FFFD.
///
/// ```
/// let mut out = Vec::new();
/// docent_jsonapi::json::string_lossy(&mut out, b"caf\xe9");
/// assert_eq!(out, "\"caf\u{fffd}\"".as_bytes());
/// ```
pub fn string_lossy(out: &mut Vec<u8>, bytes: &[u8]) {
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => string(out, text),
        Err(_) => string(out, &String::from_utf8_lossy(bytes)),
    }
}

/// Appends a signed integer.
pub fn integer(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends an unsigned integer.
pub fn unsigned(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends `true` or `false`.
pub fn boolean(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Appends a number in its shortest exact form. What JSON has no number for is written as a string:
/// `"Infinity"`, `"-Infinity"`, `"NaN"`.
///
/// ```
/// let mut out = Vec::new();
/// docent_jsonapi::json::float(&mut out, 0.1 + 0.2);
/// assert_eq!(out, b"0.30000000000000004");
/// ```
pub fn float(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    } else if value.is_nan() {
        out.extend_from_slice(b"\"NaN\"");
    } else if value > 0.0 {
        out.extend_from_slice(b"\"Infinity\"");
    } else {
        out.extend_from_slice(b"\"-Infinity\"");
    }
}

/// Appends `bytes` as a JSON string of standard, padded base64.
///
/// ```
/// let mut out = Vec::new();
/// docent_jsonapi::json::base64(&mut out, &[0xfb, 0xff]);
/// assert_eq!(out, b"\"+/8=\"");
/// ```
pub fn base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, b'=');
    // The space is exactly what padded base64 takes, so encoding cannot run out of it.
    let written = STANDARD.encode_slice(bytes, &mut out[start..]).unwrap_or(0);
    out.truncate(start + written);
    out.push(b'"');
}

/// `"name":` as bytes, escaped: made once per member name, appended once per resource.
///
/// ```
/// assert_eq!(docent_jsonapi::json::key("title"), b"\"title\":");
/// ```
pub fn key(name: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len() + 3);
    string(&mut out, name);
    out.push(b':');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(written(|out| string(out, text)), expected);
    }

    #[test]
    fn strings() {
        check("", r#""""#);
        check("plain", r#""plain""#);
        check("a\"b\\c", r#""a\"b\\c""#);
        check("\n\r\t\u{8}\u{c}\u{0}\u{1f}", r#""\n\r\t\b\f\u0000\u001f""#);
        check("\u{7f}é漢😀", "\"\u{7f}é漢😀\"");
        check("1234567\"9", r#""1234567\"9""#);
        let long = "é\"".repeat(3 * PIECE_BYTES_MAX);
        check(&long, &format!("\"{}\"", "é\\\"".repeat(3 * PIECE_BYTES_MAX)));
    }

    #[test]
    fn what_is_special_is_found_at_every_position() {
        for length in 0..100_usize {
            for at in 0..length {
                for special in ['"', '\\', '\n', '\0', '\u{1f}'] {
                    let mut text: Vec<char> = vec!['é'; length];
                    text[at] = special;
                    let text: String = text.into_iter().collect();
                    let read: String = serde_json::from_str(&written(|out| string(out, &text))).unwrap();
                    assert_eq!(read, text);
                    let text = text.replace('é', "e").into_bytes();
                    let read: String =
                        serde_json::from_str(&written(|out| string_lossy(out, &text))).unwrap();
                    assert_eq!(read.as_bytes(), text);
                }
                let mut bytes = vec![b'e'; length];
                bytes[at] = 0xff;
                let read: String = serde_json::from_str(&written(|out| string_lossy(out, &bytes))).unwrap();
                assert_eq!(read, String::from_utf8_lossy(&bytes));
            }
        }
    }

    #[test]
    fn invalid_utf8_is_replaced() {
        assert_eq!(written(|out| string_lossy(out, b"a\xff\"\xe2\x82z")), "\"a\u{fffd}\\\"\u{fffd}z\"");
        assert_eq!(written(|out| string_lossy(out, b"ok")), "\"ok\"");
    }

    #[test]
    fn numbers() {
        assert_eq!(written(|out| integer(out, i64::MIN)), "-9223372036854775808");
        assert_eq!(written(|out| unsigned(out, u64::MAX)), "18446744073709551615");
        assert_eq!(written(|out| float(out, 1.5)), "1.5");
        assert_eq!(written(|out| float(out, f64::INFINITY)), "\"Infinity\"");
        assert_eq!(written(|out| float(out, f64::NEG_INFINITY)), "\"-Infinity\"");
        assert_eq!(written(|out| float(out, f64::NAN)), "\"NaN\"");
        assert_eq!(written(|out| boolean(out, true)), "true");
    }

    #[test]
    fn base64_lengths() {
        for (bytes, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(written(|out| base64(out, bytes.as_bytes())), format!("\"{expected}\""));
        }
    }

    proptest! {
        #[test]
        fn strings_read_back_as_they_were(text in any::<String>()) {
            let read: String = serde_json::from_str(&written(|out| string(out, &text))).unwrap();
            prop_assert_eq!(read, text);
        }

        #[test]
        fn mostly_plain_strings_read_back(text in "[a-z\"\\\\\n\u{e9}]{0,200}") {
            let read: String = serde_json::from_str(&written(|out| string(out, &text))).unwrap();
            prop_assert_eq!(read, text);
        }

        #[test]
        fn any_bytes_are_written_as_the_standard_library_reads_them(bytes in any::<Vec<u8>>()) {
            let read: String = serde_json::from_str(&written(|out| string_lossy(out, &bytes))).unwrap();
            prop_assert_eq!(read, String::from_utf8_lossy(&bytes));
        }

        #[test]
        fn floats_read_back_exactly(value in any::<f64>().prop_filter("finite", |value| value.is_finite())) {
            let text = written(|out| float(out, value));
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).unwrap().is_number(), "{}", text);
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
        }
    }
}
