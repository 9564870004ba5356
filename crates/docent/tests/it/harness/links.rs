//! URLs taken apart the way a client may: path segments decoded, query parameters decoded in their order.

use serde_json::Value;

/// A URL without scheme and authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Decoded path segments.
    pub(crate) segments: Vec<String>,
    /// Decoded names and values.
    pub(crate) query: Vec<(String, String)>,
}

impl Link {
    /// Takes an absolute URL or a path apart.
    pub(crate) fn parse(url: &str) -> Self {
        let target =
            url.strip_prefix("http://").map_or(url, |rest| &rest[rest.find('/').unwrap_or(rest.len())..]);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let segments =
            path.strip_prefix('/').unwrap_or(path).split('/').map(|part| decode(part, false)).collect();
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (decode(name, true), decode(value, true))
        };
        Self { segments, query: query.split('&').filter(|part| !part.is_empty()).map(pair).collect() }
    }

    /// The value of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The parameters for which the predicate holds, sorted.
    pub(crate) fn parameters(&self, mut keep: impl FnMut(&str) -> bool) -> Vec<(String, String)> {
        let mut kept: Vec<_> = self.query.iter().filter(|(name, _)| keep(name)).cloned().collect();
        kept.sort();
        kept
    }
}

/// The URL of a link, be it a string or a link object.
pub(crate) fn href(link: &Value) -> Option<&str> {
    link.as_str().or_else(|| link.get("href")?.as_str())
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from_digit(u32::from(byte >> 4), 16).unwrap().to_ascii_uppercase());
            encoded.push(char::from_digit(u32::from(byte & 15), 16).unwrap().to_ascii_uppercase());
        }
    }
    encoded
}

/// Percent-decodes; in a query `+` is a space.
pub(crate) fn decode(text: &str, in_query: bool) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let escaped = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
        match (bytes[at], escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                at += 2;
            }
            (b'+', _) if in_query => decoded.push(b' '),
            (byte, _) => decoded.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[test]
fn what_is_encoded_decodes_to_itself() {
    let text = "a b+c%2F/ü~'\"&=[]?#";
    assert_eq!(decode(&encode(text), false), text);
    assert_eq!(decode(&encode(text), true), text);
    assert_eq!(Link::parse("http://h:1/a%2Fb/c?x%5By%5D=1+2").segments, ["a/b", "c"]);
    assert_eq!(Link::parse("/a?x%5By%5D=1+2&z=").query[0], ("x[y]".to_owned(), "1 2".to_owned()));
}
