//! Hashed passwords: argon2id and bcrypt.

use std::fmt;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};

use super::AuthError;

/// Most memory that one verification may take, in KiB.
const MEMORY_KIB_MAX: u32 = 256 * 1024;
/// Most passes over that memory.
const PASSES_MAX: u32 = 32;
/// Most lanes.
const LANES_MAX: u32 = 16;
/// Highest cost of a bcrypt hash: each step doubles its time.
const BCRYPT_COST_MAX: u32 = 16;

/// A password as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Argon2id,
    Bcrypt,
}

impl PasswordHash {
    /// Reads a stored hash: `$argon2id$…`, or bcrypt's `$2a$…`, `$2b$…`, `$2y$…`.
    pub fn parse(text: &str) -> Result<Self, AuthError> {
        let kind = if text.starts_with("$argon2id$") {
            argon2id(text)?;
            Kind::Argon2id
        } else if ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix)) {
            check_bcrypt(text)?;
            Kind::Bcrypt
        } else {
            return Err(AuthError::new(
                "this is no password hash; `docent hash-password` makes one, and bcrypt's are known as well",
            ));
        };
        Ok(Self { text: text.to_owned(), kind })
    }

    /// Hashes a password with argon2id, at the cost that OWASP recommends.
    pub fn of(password: &str) -> Result<Self, AuthError> {
        // The defaults are those of the recommendation: 19 MiB, two passes, one lane.
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default());
        let hash = hasher.hash_password(password.as_bytes());
        let hash: phc::PasswordHash =
            hash.map_err(|error| AuthError::new(format!("the password cannot be hashed: {error}")))?;
        Ok(Self { text: hash.to_string(), kind: Kind::Argon2id })
    }

    /// The hash as it is stored.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the password is the one that was hashed. This takes long, and much memory.
    pub(crate) fn fits(&self, password: &str) -> bool {
        match self.kind {
            Kind::Argon2id => fits_argon2id(&self.text, password).unwrap_or(false),
            // What is longer than 72 bytes was cut off when it was hashed as well.
            Kind::Bcrypt => bcrypt::verify(password, &self.text).unwrap_or(false),
        }
    }
}

impl fmt::Debug for PasswordHash {
    /// Which kind it is: the hash itself belongs in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHash({:?})", self.kind)
    }
}

fn fits_argon2id(text: &str, password: &str) -> Option<bool> {
    use argon2::PasswordVerifier as _;
    let hash = phc::PasswordHash::new(text).ok()?;
    Some(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Refuses what cannot be verified, or only at a cost that would stop the server.
fn argon2id(text: &str) -> Result<(), AuthError> {
    let wrong = |why: &str| AuthError::new(format!("this argon2id hash {why}"));
    let hash = phc::PasswordHash::new(text).map_err(|error| wrong(&format!("cannot be read: {error}")))?;
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err(wrong("is incomplete"));
    }
    let params = Params::try_from(&hash).map_err(|error| wrong(&format!("cannot be read: {error}")))?;
    if params.m_cost() > MEMORY_KIB_MAX || params.t_cost() > PASSES_MAX || params.p_cost() > LANES_MAX {
        return Err(wrong("takes too much to verify: at most 256 MiB, 32 passes, 16 lanes"));
    }
    Ok(())
}

fn check_bcrypt(text: &str) -> Result<(), AuthError> {
    let parts: bcrypt::HashParts =
        text.parse().map_err(|error| AuthError::new(format!("this bcrypt hash cannot be read: {error}")))?;
    if !(4..=BCRYPT_COST_MAX).contains(&parts.get_cost()) {
        return Err(AuthError::new(format!("the cost of a bcrypt hash is 4 to {BCRYPT_COST_MAX} here")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_fit_their_password() {
        let hash = PasswordHash::of("pässword").unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        let read = PasswordHash::parse(hash.as_str()).unwrap();
        assert!(read.fits("pässword") && !read.fits("password") && !read.fits(""));
        assert_ne!(PasswordHash::of("pässword").unwrap(), hash, "the salt is random");
        assert!(!format!("{hash:?}").contains('$'));
    }

    #[test]
    fn bcrypt_in_all_its_versions() {
        let hash = bcrypt::hash("secret", 4).unwrap();
        for version in ["$2a$", "$2b$", "$2y$"] {
            let read = PasswordHash::parse(&hash.replace("$2b$", version)).unwrap();
            assert!(read.fits("secret") && !read.fits("secret2"), "{version}");
        }
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        for text in [
            "",
            "secret",
            "$1$abc$def",
            "$argon2i$v=19$m=16,t=2,p=1$c2FsdHNhbHQ$MDEyMzQ1Njc4OWFiY2RlZg",
            "$argon2id$v=19$m=16,t=2,p=1$c2FsdHNhbHQ",
            "$argon2id$v=19$m=9999999,t=2,p=1$c2FsdHNhbHQ$MDEyMzQ1Njc4OWFiY2RlZg",
            "$2b$31$abcdefghijklmnopqrstuuKq5k5x1bX5a0v1y0xF6G9a6b5c4d3e2",
            "$2b$04$short",
        ] {
            assert!(PasswordHash::parse(text).is_err(), "{text}");
        }
    }
}
