//! Passwords as they are stored, and whether one fits.

use argon2::password_hash::phc;
use argon2::{Argon2, Params};

use super::phpass;

/// Longer passwords never fit.
const PASSWORD_BYTES_MAX: usize = 512;
/// The highest cost of bcrypt: each step doubles its time.
const BCRYPT_COST_MAX: u32 = 14;
/// The most memory, passes and lanes of argon2.
const MEMORY_KIB_MAX: u32 = 256 * 1024;
const PASSES_MAX: u32 = 16;
const LANES_MAX: u32 = 16;

/// Whether a password can be that of a hash at all. If not, nothing needs to be worked out.
pub(super) fn may_fit(stored: &str, password: &[u8]) -> bool {
    // PHP ends passwords at a zero byte, and refuses to hash such.
    !stored.is_empty()
        && !password.is_empty()
        && password.len() <= PASSWORD_BYTES_MAX
        && !password.contains(&0)
}

/// Whether the password is the one that was hashed. This takes long, on purpose; hashes that would take too long, and
/// those that cannot be read, fit nothing.
pub(super) fn fits(stored: &str, password: &[u8]) -> bool {
    if !may_fit(stored, password) {
        false
    } else if ["$2y$", "$2a$", "$2b$"].iter().any(|prefix| stored.starts_with(prefix)) {
        fits_bcrypt(stored, password).unwrap_or(false)
    } else if ["$argon2id$", "$argon2i$"].iter().any(|prefix| stored.starts_with(prefix)) {
        fits_argon2(stored, password).unwrap_or(false)
    } else {
        phpass::is_one(stored) && phpass::fits(stored, password)
    }
}

fn fits_bcrypt(stored: &str, password: &[u8]) -> Option<bool> {
    let parts: bcrypt::HashParts = stored.parse().ok()?;
    if parts.get_cost() > BCRYPT_COST_MAX {
        return None;
    }
    // What is longer than 72 bytes was cut off when it was hashed as well.
    bcrypt::verify(password, stored).ok()
}

fn fits_argon2(stored: &str, password: &[u8]) -> Option<bool> {
    use argon2::PasswordVerifier;
    let hash = phc::PasswordHash::new(stored).ok()?;
    let params = Params::try_from(&hash).ok()?;
    if params.m_cost() > MEMORY_KIB_MAX || params.t_cost() > PASSES_MAX || params.p_cost() > LANES_MAX {
        return None;
    }
    Some(Argon2::default().verify_password(password, &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, CustomizedPasswordHasher, Version};

    use super::*;

    #[test]
    fn bcrypt_in_all_its_versions() {
        let hash = bcrypt::hash("secret", 4).unwrap();
        for version in ["$2a$", "$2b$", "$2y$"] {
            let hash = hash.replace("$2b$", version);
            assert!(fits(&hash, b"secret") && !fits(&hash, b"secret2"), "{version}");
        }
    }

    #[test]
    fn bcrypt_cuts_off() {
        let hash = bcrypt::hash("x".repeat(72), 4).unwrap();
        assert!(fits(&hash, "x".repeat(73).as_bytes()));
        assert!(fits(&hash, "x".repeat(512).as_bytes()));
        assert!(!fits(&hash, "x".repeat(513).as_bytes()));
        assert!(!fits(&hash, "x".repeat(71).as_bytes()));
    }

    #[test]
    fn argon2_of_both_kinds() {
        for algorithm in [Algorithm::Argon2id, Algorithm::Argon2i] {
            let params = Params::new(64, 2, 1, None).unwrap();
            let hash: phc::PasswordHash = Argon2::default()
                .hash_password_customized(
                    b"secret",
                    b"salt of sixteen!",
                    Some(algorithm.as_str()),
                    Some(Version::V0x13.into()),
                    params,
                )
                .unwrap();
            let hash = hash.to_string();
            assert!(fits(&hash, b"secret") && !fits(&hash, b"secret2"), "{hash}");
            assert!(!fits(&hash.replace("m=64", "m=999999"), b"secret"));
        }
    }

    #[test]
    fn what_fits_nothing() {
        let hash = bcrypt::hash("secret", 4).unwrap();
        for (stored, password) in [
            ("", "secret"),
            ("secret", "secret"),
            ("$1$abc$def", "secret"),
            ("$2y$31$abcdefghijklmnopqrstuuKq5k5x1bX5a0v1y0xF6G9a6b5c4d3e2", "secret"),
            ("$2y$04$short", "secret"),
            ("$argon2id$v=19$m=16,t=2,p=1$c2FsdHNhbHQ", "secret"),
            (&hash, ""),
            (&hash, "secret\0"),
        ] {
            assert!(!fits(stored, password.as_bytes()), "{stored} {password:?}");
        }
    }
}
