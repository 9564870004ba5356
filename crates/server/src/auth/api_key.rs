//! API keys: long random texts, of which only hashes are kept.
//!
//! A key has 256 random bits, so nobody guesses one, and a fast hash is enough to store it. Keys are looked up by that
//! hash: how long it takes tells something about hashes, never about keys.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::{self, Write as _};
use std::sync::Arc;
use std::time::SystemTime;

use aws_lc_rs::{digest, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use docent_engine::User;

use super::AuthError;

/// What every key begins with, so that a leaked one is recognised for what it is.
pub(crate) const PREFIX: &str = "docent_";
const RANDOM_BYTES: usize = 32;
const HASH_BYTES: usize = 32;

/// The hash under which a key is stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash([u8; HASH_BYTES]);

/// Who a key stands for, and how long.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// The key's hash.
    pub hash: KeyHash,
    /// Who sends it.
    pub user: User,
    /// When it ends.
    pub expires: Option<SystemTime>,
}

/// All keys.
#[derive(Debug, Default)]
pub struct ApiKeys(HashMap<KeyHash, Kept>);

#[derive(Debug)]
struct Kept {
    user: Arc<User>,
    expires: Option<SystemTime>,
}

/// Why a key does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyFault {
    Unknown,
    Expired,
}

impl KeyHash {
    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, AuthError> {
        let wrong = || AuthError::new("a key's hash is 64 hexadecimal digits; `docent new-key` prints one");
        let mut hash = [0; HASH_BYTES];
        if text.len() != 2 * HASH_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        for (at, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(hash))
    }

    /// The hash of a key.
    pub fn of(key: &str) -> Self {
        let digest = digest::digest(&digest::SHA256, key.as_bytes());
        let mut hash = [0; HASH_BYTES];
        hash.copy_from_slice(digest.as_ref());
        Self(hash)
    }
}

impl fmt::Display for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash")
    }
}

impl ApiKeys {
    /// Adds a key; a hash may stand there once.
    pub fn add(&mut self, key: ApiKey) -> Result<(), AuthError> {
        match self.0.entry(key.hash) {
            Entry::Occupied(_) => Err(AuthError::new("this hash stands in the file twice")),
            Entry::Vacant(place) => {
                place.insert(Kept { user: Arc::new(key.user), expires: key.expires });
                Ok(())
            }
        }
    }

    /// Who sends a key.
    pub(crate) fn find(&self, key: &str) -> Result<Arc<User>, KeyFault> {
        let kept = self.0.get(&KeyHash::of(key)).ok_or(KeyFault::Unknown)?;
        match kept.expires {
            Some(expires) if expires <= SystemTime::now() => Err(KeyFault::Expired),
            _ => Ok(Arc::clone(&kept.user)),
        }
    }
}

/// Makes a new key.
pub fn new_key() -> Result<String, AuthError> {
    let mut random = [0; RANDOM_BYTES];
    rand::fill(&mut random).map_err(|_| AuthError::new("the system gives no random numbers"))?;
    let mut key = PREFIX.to_owned();
    // Writing to a string cannot fail.
    let _ = write!(key, "{}", URL_SAFE_NO_PAD.encode(random));
    Ok(key)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn keys(key: &str, expires: Option<SystemTime>) -> ApiKeys {
        let user = User { id: "bot".to_owned(), roles: Vec::new(), claims: serde_json::Map::new() };
        let mut keys = ApiKeys::default();
        keys.add(ApiKey { hash: KeyHash::of(key), user, expires }).unwrap();
        keys
    }

    #[test]
    fn keys_are_found_by_their_hash() {
        let key = new_key().unwrap();
        assert_eq!(key.len(), PREFIX.len() + 43);
        let known = keys(&key, None);
        assert_eq!(known.find(&key).unwrap().id, "bot");
        assert_eq!(known.find(&new_key().unwrap()).unwrap_err(), KeyFault::Unknown);
        assert_eq!(known.find(&KeyHash::of(&key).to_string()).unwrap_err(), KeyFault::Unknown);
    }

    #[test]
    fn keys_end() {
        let now = SystemTime::now();
        assert!(keys("k", Some(now + Duration::from_mins(1))).find("k").is_ok());
        assert_eq!(keys("k", Some(now - Duration::from_secs(1))).find("k").unwrap_err(), KeyFault::Expired);
    }

    #[test]
    fn hashes_are_hexadecimal() {
        let hash = KeyHash::of("abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash.to_string(), text);
        assert_eq!(KeyHash::parse(&text.to_uppercase()).unwrap(), hash);
        for wrong in ["", &text[1..], &text.replace('b', "g"), &format!("{text}0"), &"ä".repeat(32)] {
            assert!(KeyHash::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_hash_stands_once() {
        let mut known = keys("k", None);
        let user = User { id: "x".to_owned(), roles: Vec::new(), claims: serde_json::Map::new() };
        assert!(known.add(ApiKey { hash: KeyHash::of("k"), user, expires: None }).is_err());
    }
}
