//! `ETag` and `If-None-Match`.
//!
//! Tags are strong: equal tags mean equal bytes under an equal `Content-Type`.

use docent_engine::Body;
use hyper::header::{HeaderMap, HeaderValue, IF_NONE_MATCH};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// A quoted 128-bit number in hexadecimal digits.
type Tag = [u8; 34];

/// The tag of a body.
pub(crate) fn tag(body: &Body, content_type: &str) -> Tag {
    let mut hash = Xxh3::with_seed(xxh3_64(content_type.as_bytes()));
    body.parts().for_each(|part| hash.update(part));
    let hash = hash.digest128();
    let mut tag = [b'"'; 34];
    for (index, byte) in hash.to_be_bytes().into_iter().enumerate() {
        tag[2 * index + 1] = b"0123456789abcdef"[usize::from(byte >> 4)];
        tag[2 * index + 2] = b"0123456789abcdef"[usize::from(byte & 15)];
    }
    tag
}

/// Whether the client already has the representation with that tag (RFC 9110, 13.1.2): the comparison is weak, so a tag
/// that a proxy weakened still counts.
pub(crate) fn client_has(headers: &HeaderMap, tag: &Tag) -> bool {
    headers.get_all(IF_NONE_MATCH).iter().any(|line| listed(line, tag))
}

/// Splits at every comma, inside quotes too: our own tags have none.
fn listed(line: &HeaderValue, tag: &Tag) -> bool {
    line.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii).any(|element| {
        let opaque = element.strip_prefix(b"W/").unwrap_or(element);
        opaque == tag || element == b"*"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_08_a_tag_changes_with_body_and_type() {
        let base = tag(&b"{}".to_vec().into(), "application/vnd.api+json");
        assert_eq!(base, tag(&b"{}".to_vec().into(), "application/vnd.api+json"));
        assert_ne!(base, tag(&b"{ }".to_vec().into(), "application/vnd.api+json"));
        assert_ne!(
            base,
            tag(&b"{}".to_vec().into(), "application/vnd.api+json;profile=\"https://e.test/p\"")
        );
        assert!(base.starts_with(b"\"") && base.ends_with(b"\""));
    }

    #[test]
    fn http_09_lists_of_tags() {
        let tag = tag(&b"{}".to_vec().into(), "");
        let ours = std::str::from_utf8(&tag).unwrap().to_owned();
        let mut headers = HeaderMap::new();
        assert!(!client_has(&headers, &tag));
        for (line, has) in [
            (ours.clone(), true),
            (format!("W/{ours}"), true),
            (format!("\"a,b\" ,\"c\",  {ours} "), true),
            ("*".to_owned(), true),
            ("\"x\"".to_owned(), false),
            (ours.trim_matches('"').to_owned(), false),
            (String::new(), false),
        ] {
            headers.insert(IF_NONE_MATCH, HeaderValue::from_str(&line).unwrap());
            assert_eq!(client_has(&headers, &tag), has, "{line}");
        }
    }
}
