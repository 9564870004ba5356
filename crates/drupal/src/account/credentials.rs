//! What a request shows of who asks.

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::site::Site;

/// Session cookies that are looked at. A browser has two if a site is reached with and without TLS.
const SESSIONS_MAX: usize = 2;
/// The longest header that is read.
const HEADER_BYTES_MAX: usize = 8 * 1024;

/// What a request shows of who asks. There is one way in for each request: whoever sends a name and a password is not
/// let in by a cookie.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Nothing that would be taken.
    None,
    /// A name and a password, by HTTP's Basic scheme.
    Basic {
        /// The account's name.
        name: String,
        /// Its password, in whatever encoding.
        password: Vec<u8>,
    },
    /// Session cookies, each as the id that the table of sessions has.
    Sessions(Vec<String>),
}

impl Credentials {
    /// Those of a request's `Authorization` and `Cookie`.
    pub fn of(site: &Site, authorization: Option<&str>, cookie: Option<&str>) -> Self {
        let basic = authorization.filter(|_| site.has_module("basic_auth")).and_then(basic);
        if let Some((name, password)) = basic {
            return Self::Basic { name, password };
        }
        let sessions = sessions(cookie.unwrap_or_default());
        if sessions.is_empty() { Self::None } else { Self::Sessions(sessions) }
    }

    /// Whether there are any, right or wrong: whoever has shown some is not asked for others.
    pub fn are_given(&self) -> bool {
        *self != Self::None
    }
}

impl std::fmt::Debug for Credentials {
    /// Only of which kind they are.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Basic { .. } => "Basic",
            Self::Sessions(_) => "Sessions",
        })
    }
}

/// Name and password. A name that is not UTF-8 is nobody's, but shown all the same.
fn basic(header: &str) -> Option<(String, Vec<u8>)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > HEADER_BYTES_MAX {
        return None;
    }
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    let name = String::from_utf8(decoded[..colon].to_vec()).unwrap_or_default();
    Some((name, decoded[colon + 1..].to_vec()))
}

fn sessions(header: &str) -> Vec<String> {
    if header.len() > HEADER_BYTES_MAX {
        return Vec::new();
    }
    let cookies = header.split(';').filter_map(|cookie| cookie.trim().split_once('='));
    let ids = cookies.filter(|(name, value)| is_session(name) && !value.is_empty());
    // PHP decodes the values of cookies; ids of sessions have nothing to decode but a comma.
    let ids = ids.map(|(_, value)| value.replace("%2C", ",").replace("%2c", ","));
    ids.map(|id| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(id))).take(SESSIONS_MAX).collect()
}

/// `SESS`, or `SSESS` with TLS, and the beginning of a hash of the host's name, which may be another here.
fn is_session(name: &str) -> bool {
    let hash = name.strip_prefix("SSESS").or_else(|| name.strip_prefix("SESS"));
    hash.is_some_and(|hash| {
        hash.len() == 32 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "SESS0123456789abcdef0123456789abcdef";

    #[test]
    fn names_and_passwords() {
        let of = |header| basic(header).map(|(name, password)| (name, String::from_utf8(password).unwrap()));
        let ann = Some(("ann".to_owned(), "se:cret".to_owned()));
        assert_eq!(of("Basic YW5uOnNlOmNyZXQ="), ann);
        assert_eq!(of("bAsIc YW5uOnNlOmNyZXQ="), ann);
        assert_eq!(of("Basic Og=="), Some((String::new(), String::new())));
        for header in ["", "Basic", "Basic YW5u", "Basic !", "Bearer YW5uOnNlOmNyZXQ="] {
            assert_eq!(of(header), None, "{header}");
        }
    }

    #[test]
    fn session_cookies() {
        let id = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest("a-b,c"));
        assert_eq!(id.len(), 43);
        assert_eq!(sessions(&format!("x=1; {NAME}=a-b%2Cc; S{NAME}=other")).len(), 2);
        assert_eq!(sessions(&format!("{NAME}=a-b,c")), std::slice::from_ref(&id));
        assert_eq!(sessions(&format!("S{NAME}=a-b%2Cc;y=2")), [id]);
        for header in ["", "SESS=1", &format!("{NAME}="), &format!("{NAME}0=1"), &NAME.to_uppercase(), NAME] {
            assert!(sessions(header).is_empty(), "{header}");
        }
    }
}
