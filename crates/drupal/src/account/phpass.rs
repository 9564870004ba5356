//! Password hashes of older Drupal versions, and of sites that were something else before.
//!
//! A hash is `$S$` (SHA-512) or `$P$`, `$H$` (MD5), a character for the number of rounds, eight of salt, and the digest
//! in an alphabet of its own. `U` before it: what was hashed is the MD5 sum of the password.

use md5::Md5;
use sha2::{Digest, Sha512};

/// The digits of rounds and digests.
const DIGITS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Bytes of a hash before its digest.
const SETTING_BYTES: usize = 12;
/// Where a hash is cut off.
const HASH_BYTES_MAX: usize = 55;
/// The fewest and the most rounds that are worked through, as powers of two. Drupal's own hashes take 2^15 or 2^16.
const ROUNDS_LOG2: std::ops::RangeInclusive<usize> = 7..=19;

/// Whether a stored hash is of this kind.
pub(super) fn is_one(stored: &str) -> bool {
    let stored = stored.strip_prefix('U').unwrap_or(stored);
    ["$S$", "$P$", "$H$"].iter().any(|prefix| stored.starts_with(prefix))
}

/// Whether the password is the one that was hashed. False also for hashes that cannot be read.
pub(super) fn fits(stored: &str, password: &[u8]) -> bool {
    let computed = match stored.strip_prefix('U') {
        Some(stored) => hash(stored.as_bytes(), hex(&Md5::digest(password)).as_bytes()),
        None => hash(stored.as_bytes(), password),
    };
    let stored = stored.strip_prefix('U').unwrap_or(stored);
    computed.is_some_and(|computed| is_same(computed.as_bytes(), stored.as_bytes()))
}

/// Hashes a password the way another hash was made.
fn hash(like: &[u8], password: &[u8]) -> Option<String> {
    let setting = like.get(..SETTING_BYTES)?;
    let rounds_log2 = DIGITS.iter().position(|digit| *digit == setting[3])?;
    if !ROUNDS_LOG2.contains(&rounds_log2) {
        return None;
    }
    let (salt, rounds) = (&setting[4..], 1u32 << rounds_log2);
    let mut text = String::from_utf8(setting.to_vec()).ok()?;
    match &setting[..3] {
        b"$S$" => digits(&stretch::<Sha512>(salt, password, rounds), &mut text),
        b"$P$" | b"$H$" => digits(&stretch::<Md5>(salt, password, rounds), &mut text),
        _ => return None,
    }
    text.truncate(HASH_BYTES_MAX);
    Some(text)
}

fn stretch<D: Digest>(salt: &[u8], password: &[u8], rounds: u32) -> Vec<u8> {
    let mut digest = D::new().chain_update(salt).chain_update(password).finalize();
    for _ in 0..rounds {
        digest = D::new().chain_update(&digest).chain_update(password).finalize();
    }
    digest.to_vec()
}

/// Three bytes make four digits, the lowest six bits first.
fn digits(bytes: &[u8], text: &mut String) {
    for group in bytes.chunks(3) {
        let number = group.iter().rev().fold(0usize, |number, byte| (number << 8) | usize::from(*byte));
        for place in 0..=group.len() {
            text.push(char::from(DIGITS[(number >> (6 * place)) & 0x3f]));
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Compares in a time that does not tell where the difference is.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (one, other)| all | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn md5_hashes() {
        let hash = "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0";
        assert!(is_one(hash) && fits(hash, b"test12345"));
        assert!(fits(&hash.replace("$P$", "$H$"), b"test12345"));
        assert!(!fits(hash, b"test12346") && !fits(&hash[..33], b"test12345"));
    }

    #[test]
    fn sha512_hashes_are_cut_off() {
        for (hash, password) in [SHA512, SHA512_OF_MD5] {
            assert!(is_one(hash) && fits(hash, password), "{hash}");
            assert!(!fits(hash, b"secret2"), "{hash}");
        }
    }

    #[test]
    fn rounds_are_bounded() {
        for rounds in ['.', 'K', 'z', '!'] {
            assert!(!fits(&SHA512.0.replacen('C', &rounds.to_string(), 1), SHA512.1), "{rounds}");
        }
        for hash in ["", "$S$", "$S$Cabc", "U", "U$S$é", "$1$abcdefghijkl"] {
            assert!(!fits(hash, b"secret"), "{hash}");
        }
    }

    const SHA512: (&str, &[u8]) = ("$S$CsaltSALTgfUE79IeNYkIUXPg3x3YgQF/vYQ4recEMcfN2n/JwQr", b"secret");
    const SHA512_OF_MD5: (&str, &[u8]) =
        ("U$S$CpepperPEbCdJIXEUJmhXFzvNJZTZufNsrIfUnOvxGiRPK08GLk6", b"secret");
}
