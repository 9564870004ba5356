//! The paths of collections: percent-encoding of names, and the first segments that are not theirs to take.

use std::fmt::Write as _;

/// First segments below the base path, or at the root of the server, that lead elsewhere.
/// `openapi.json` is not among them: no name of a type has a `.`.
const RESERVED: [&str; 4] = ["health", "metrics", "operations", "schemas"];

/// Whether a first path segment leads to something that is no collection.
pub(crate) fn is_reserved(segment: &str) -> bool {
    RESERVED.contains(&segment)
}

/// The path of these segments, each with a leading slash and percent-encoded but for RFC 3986 unreserved characters.
pub(crate) fn encode<'a>(segments: impl IntoIterator<Item = &'a str>) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        for byte in segment.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                path.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                let _ = write!(path, "%{byte:02X}");
            }
        }
    }
    path
}

/// The inverse of [`encode`], slashes kept.
pub(crate) fn decode(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%').then(|| path.get(at + 1..at + 3)).flatten();
        if let Some(byte) = escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            decoded.push(byte);
            at += 3;
        } else {
            decoded.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn segments_are_encoded_and_decoded() {
        let path = encode(["sales", "Order Details", "größe"]);
        assert_eq!(path, "/sales/Order%20Details/gr%C3%B6%C3%9Fe");
        assert_eq!(decode(&path), "/sales/Order Details/größe");
        assert_eq!(decode("/50%"), "/50%");
    }
}
