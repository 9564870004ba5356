//! Path segments of links: encoding and decoding.
//!
//! Query strings are the business of [`query::self_query`](crate::query::self_query) and
//! [`query::replace_page`](crate::query::replace_page).

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Appends `text` as one segment of a URL path, percent-encoded down to unreserved characters.
///
/// `.` and `..` are encoded too, so that they are not taken for steps through the path. An empty text gives an empty
/// segment.
///
/// ```
/// let mut out = b"/articles/".to_vec();
/// docent_jsonapi::link::path_segment(&mut out, "a/b ü");
/// assert_eq!(out, b"/articles/a%2Fb%20%C3%BC");
/// ```
pub fn path_segment(out: &mut Vec<u8>, text: &str) {
    match text {
        "." => out.extend_from_slice(b"%2E"),
        ".." => out.extend_from_slice(b"%2E%2E"),
        _ if text.bytes().all(is_unreserved) => out.extend_from_slice(text.as_bytes()),
        _ => {
            for piece in percent_encode(text.as_bytes(), RESERVED) {
                out.extend_from_slice(piece.as_bytes());
            }
        }
    }
}

/// The text a path segment stands for; `None` if it is not UTF-8 after decoding. A `%` that starts no escape stands
/// for itself.
///
/// ```
/// use docent_jsonapi::link::decode_segment;
///
/// assert_eq!(decode_segment("a%2Fb").as_deref(), Some("a/b"));
/// assert_eq!(decode_segment("%FF"), None);
/// ```
pub fn decode_segment(segment: &str) -> Option<Cow<'_, str>> {
    if !segment.contains('%') {
        return Some(Cow::Borrowed(segment));
    }
    percent_decode_str(segment).decode_utf8().ok()
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(text: &str) -> String {
        let mut out = Vec::new();
        path_segment(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(encoded(text), expected);
    }

    #[test]
    fn segments() {
        check("42", "42");
        check("1~2", "1~2");
        check("%7E", "%257E");
        check("a/b?c#d", "a%2Fb%3Fc%23d");
        check(".", "%2E");
        check("..", "%2E%2E");
        check("...", "...");
        check("", "");
        check("2025-01-31T10:00", "2025-01-31T10%3A00");
    }

    #[test]
    fn decoding() {
        assert_eq!(decode_segment("plain").as_deref(), Some("plain"));
        assert_eq!(decode_segment("a+b").as_deref(), Some("a+b"));
        assert_eq!(decode_segment("100%").as_deref(), Some("100%"));
        assert_eq!(decode_segment("%C3%BC").as_deref(), Some("ü"));
        assert_eq!(decode_segment("%C3"), None);
    }

    proptest! {
        #[test]
        fn segments_decode_to_what_they_were(text in any::<String>()) {
            let segment = encoded(&text);
            prop_assert!(segment.bytes().all(|byte| is_unreserved(byte) || byte == b'%'));
            prop_assert_eq!(decode_segment(&segment).unwrap(), text);
        }
    }
}
