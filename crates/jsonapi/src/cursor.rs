//! Opaque cursor text: what stands in `page[after]`, `page[before]` and `meta.page.cursor`.
//!
//! This module guards the text only. What the bytes say, and whether they fit the collection and its order, is known
//! to whoever made them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::ErrorKind;

/// A `page[after]` or `page[before]` that is no cursor of this collection (CUR-18, CUR-30).
pub static INVALID_CURSOR: ErrorKind = ErrorKind {
    status: 400,
    code: "invalid-cursor",
    title: "Invalid cursor",
    about: "`page[after]` or `page[before]` is not a cursor, or one of another collection, filter or sort. Take cursors from \
            `meta.page.cursor` or from pagination links, unchanged, and keep the other parameters.",
};

/// The kinds of error about cursors.
pub static KINDS: &[&ErrorKind] = &[&INVALID_CURSOR];

/// First byte of every cursor. A change of layout takes a new one, and old cursors are refused instead of misread.
const VERSION: u8 = 1;
const CHECKSUM: usize = size_of::<u32>();

/// Wraps `bytes` as cursor text, which needs no escaping in a URL.
///
/// ```
/// use docent_jsonapi::cursor::{decode, encode};
///
/// let cursor = encode(b"2025-01-31,42");
/// assert_eq!(decode(&cursor).as_deref(), Some(&b"2025-01-31,42"[..]));
/// assert_eq!(decode(&cursor[1..]), None);
/// ```
pub fn encode(bytes: &[u8]) -> String {
    let mut wrapped = Vec::with_capacity(1 + bytes.len() + CHECKSUM);
    wrapped.push(VERSION);
    wrapped.extend_from_slice(bytes);
    wrapped.extend_from_slice(&checksum(&wrapped).to_le_bytes());
    URL_SAFE_NO_PAD.encode(wrapped)
}

/// The bytes that [`encode`] wrapped; `None` for any text it cannot have made. The check guards against truncation and
/// accident, not against forgery: treat the bytes as input.
pub fn decode(cursor: &str) -> Option<Vec<u8>> {
    let mut wrapped = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (content, sum) = wrapped.split_last_chunk::<CHECKSUM>()?;
    if content.first() != Some(&VERSION) || checksum(content).to_le_bytes() != *sum {
        return None;
    }
    wrapped.truncate(wrapped.len() - CHECKSUM);
    wrapped.remove(0);
    Some(wrapped)
}

/// FNV-1a, folded to 32 bits.
fn checksum(bytes: &[u8]) -> u32 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let folded = (hash ^ (hash >> 32)) & u64::from(u32::MAX);
    u32::try_from(folded).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cur_30_garbage_is_refused() {
        for text in ["", "\0garbage", "AQ", "AAAA", "AAAAAAAA", "====", "AQAAAAA=", "k5", "ü"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    #[test]
    fn cur_30_truncated_and_altered_cursors_are_refused() {
        let cursor = encode(b"some position");
        for length in 0..cursor.len() {
            assert_eq!(decode(&cursor[..length]), None, "{length}");
        }
        for at in 0..cursor.len() {
            let other = if &cursor[at..=at] == "A" { "B" } else { "A" };
            assert_eq!(decode(&format!("{}{other}{}", &cursor[..at], &cursor[at + 1..])), None, "{at}");
        }
        assert_eq!(decode(&format!("{cursor}A")), None);
    }

    #[test]
    fn cur_15_cursors_need_no_escaping() {
        let cursor = encode(&(0..=255).collect::<Vec<u8>>());
        assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    }

    proptest! {
        #[test]
        fn cursors_decode_to_what_they_were(bytes in any::<Vec<u8>>()) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn any_text_is_judged(text in any::<String>()) {
            let _ = decode(&text);
        }
    }
}
