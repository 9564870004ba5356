//! Entity tags: what `ETag`, `If-None-Match` and `If-Match` compare.
//!
//! Tags are strong: equal tags mean equal bytes under an equal `Content-Type`.

use twox_hash::XxHash3_64;
use twox_hash::xxhash3_128::Hasher;

use crate::api::Body;

/// A quoted 128-bit number in hexadecimal digits.
pub type EntityTag = [u8; 34];

/// The tag of a body.
pub fn entity_tag(body: &Body, content_type: &str) -> EntityTag {
    let seed = XxHash3_64::oneshot(content_type.as_bytes());
    let mut parts = body.parts();
    let hash = match (parts.next(), parts.next()) {
        (Some(whole), None) => Hasher::oneshot_with_seed(seed, whole),
        (first, second) => {
            let mut hasher = Hasher::with_seed(seed);
            first.into_iter().chain(second).chain(parts).for_each(|part| hasher.write(part));
            hasher.finish_128()
        }
    };
    let mut tag = [b'"'; 34];
    for (index, byte) in hash.to_be_bytes().into_iter().enumerate() {
        tag[2 * index + 1] = b"0123456789abcdef"[usize::from(byte >> 4)];
        tag[2 * index + 2] = b"0123456789abcdef"[usize::from(byte & 15)];
    }
    tag
}

/// How tags are compared (RFC 9110, 8.8.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagComparison {
    /// The bytes must be the same: a tag that was weakened names none.
    Strong,
    /// A tag that a proxy weakened still counts.
    Weak,
}

/// Whether a list of tags, as `If-Match` and `If-None-Match` have it, names this one, or any as `*`.
pub fn lists_tag(list: &[u8], tag: &EntityTag, comparison: TagComparison) -> bool {
    // At every comma, inside quotes too: our own tags have none.
    list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).any(|element| {
        let opaque = match comparison {
            TagComparison::Strong => element,
            TagComparison::Weak => element.strip_prefix(b"W/").unwrap_or(element),
        };
        opaque == tag || element == b"*"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_08_a_tag_changes_with_body_and_type() {
        let tag = |body: &[u8], content_type| entity_tag(&body.to_vec().into(), content_type);
        let base = tag(b"{}", "application/vnd.api+json");
        assert_eq!(base, tag(b"{}", "application/vnd.api+json"));
        assert_ne!(base, tag(b"{ }", "application/vnd.api+json"));
        assert_ne!(base, tag(b"{}", "application/vnd.api+json;profile=\"https://e.test/p\""));
        assert!(base.starts_with(b"\"") && base.ends_with(b"\""));
        // Short and long bytes are hashed in different ways.
        for length in [2, 20, 200, 2_000, 20_000] {
            let whole: Vec<u8> = (0..length).map(|at: u32| at.to_le_bytes()[0]).collect();
            let mut pieces = Body::default();
            whole.chunks(whole.len() / 2).for_each(|piece| pieces.push(piece.to_vec()));
            assert_eq!(tag(&whole, ""), entity_tag(&pieces, ""), "pieces do not count");
        }
    }
}
