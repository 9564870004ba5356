//! JSON text, byte by byte: the innermost loop of writing documents.
//!
//! Each function appends one complete JSON value to a buffer and can neither fail nor write anything but valid JSON.
//! Structure, that is commas, brackets and member order, belongs to the caller or to [`document`](crate::document).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Appends `text` as a JSON string.
///
/// ```
/// let mut out = Vec::new();
/// docent_jsonapi::json::string(&mut out, "say \"hi\"\n");
/// assert_eq!(out, br#""say \"hi\"\n""#);
/// ```
pub fn string(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    escaped(out, text.as_bytes());
    out.push(b'"');
}

/// Appends `bytes` as a JSON string; what is not UTF-8 becomes U+FFFD.
///
/// ```
/// let mut out = Vec::new();
/// docent_jsonapi::json::string_lossy(&mut out, b"caf\xe9");
/// assert_eq!(out, "\"caf\u{fffd}\"".as_bytes());
/// ```
pub fn string_lossy(out: &mut Vec<u8>, bytes: &[u8]) {
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    if is_plain(bytes) {
        out.extend_from_slice(bytes);
    } else if bytes.is_ascii() || std::str::from_utf8(bytes).is_ok() {
        escaped(out, bytes);
    } else {
        for chunk in bytes.utf8_chunks() {
            escaped(out, chunk.valid().as_bytes());
            if !chunk.invalid().is_empty() {
                out.extend_from_slice("\u{fffd}".as_bytes());
            }
        }
    }
    out.push(b'"');
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

/// Bytes looked at together: what is asked of all of them the compiler turns into vector instructions.
const BLOCK: usize = 32;

/// Appends text with JSON's escapes, without quotes.
fn escaped(out: &mut Vec<u8>, bytes: &[u8]) {
    // Everything before it is in `out`.
    let mut copied = 0;
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    for (number, block) in blocks.iter().enumerate() {
        if !has_special::<BLOCK, false>(block) {
            continue;
        }
        let words = block.as_chunks::<8>().0;
        for (start, word) in (number * BLOCK..).step_by(8).zip(words) {
            let mut special = special_bytes(u64::from_le_bytes(*word));
            while special != 0 {
                let at = start + (special.trailing_zeros() / 8) as usize;
                out.extend_from_slice(&bytes[copied..at]);
                escape(out, bytes[at]);
                copied = at + 1;
                special &= special - 1;
            }
        }
    }
    if has_special_at_its_end::<false>(bytes, rest) {
        let start = blocks.len() * BLOCK;
        for (index, byte) in rest.iter().enumerate().filter(|(_, byte)| is_special(**byte)) {
            out.extend_from_slice(&bytes[copied..start + index]);
            escape(out, *byte);
            copied = start + index + 1;
        }
    }
    out.extend_from_slice(&bytes[copied..]);
}

/// Whether bytes are ASCII without anything to escape, as most are.
fn is_plain(bytes: &[u8]) -> bool {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    !blocks.iter().any(has_special::<BLOCK, true>) && !has_special_at_its_end::<true>(bytes, rest)
}

/// Whether a block has anything special in it; with `ASCII`, or anything that is not ASCII.
fn has_special<const N: usize, const ASCII: bool>(block: &[u8; N]) -> bool {
    let mut lanes = [0; N];
    for (lane, byte) in lanes.iter_mut().zip(block) {
        *lane = u8::from(is_special(*byte)) | if ASCII { byte & 0x80 } else { 0 };
    }
    lanes != [0; N]
}

/// The same of the end of some bytes that is less than a block; it may find what is just before the end as well.
///
/// Most texts are short. The end is covered by two pieces that may overlap, rather than looked at byte by byte.
fn has_special_at_its_end<const ASCII: bool>(bytes: &[u8], end: &[u8]) -> bool {
    if end.is_empty() {
        return false;
    }
    if let Some(last) = bytes.last_chunk::<16>() {
        let first = end.first_chunk::<16>();
        return has_special::<16, ASCII>(last) || first.is_some_and(has_special::<16, ASCII>);
    }
    let word = if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        let first = u64::from_le_bytes(*first);
        if is_special_in::<ASCII>(first) {
            return true;
        }
        u64::from_le_bytes(*last)
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
    } else {
        return bytes.iter().any(|byte| is_special(*byte) || ASCII && !byte.is_ascii());
    };
    is_special_in::<ASCII>(word)
}

/// Whether a word has anything special in it; with `ASCII`, or anything that is not ASCII.
const fn is_special_in<const ASCII: bool>(word: u64) -> bool {
    let not_ascii = if ASCII { word & repeated(0x80) } else { 0 };
    special_bytes(word) | not_ascii != 0
}

/// The highest bit of each byte of a word that is special, and no other bit.
const fn special_bytes(word: u64) -> u64 {
    const LOW: u64 = repeated(0x7f);
    // The highest bit of each of these bytes is set unless the byte of the word is a control, a quote, a backslash.
    let not_control = ((word & LOW) + repeated(0x60)) | word;
    let (quote, backslash) = (word ^ repeated(b'"'), word ^ repeated(b'\\'));
    let not_quote = ((quote & LOW) + LOW) | quote;
    let not_backslash = ((backslash & LOW) + LOW) | backslash;
    !(not_control & not_quote & not_backslash) & !LOW
}

const fn repeated(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

#[allow(
    clippy::needless_bitwise_bool,
    reason = "without branches a block is looked at with vector instructions"
)]
const fn is_special(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

#[cold]
fn escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            const DIGITS: &[u8; 16] = b"0123456789abcdef";
            let (high, low) = (DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 0xf)]);
            return out.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
        }
    };
    out.extend_from_slice(&[b'\\', short]);
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
