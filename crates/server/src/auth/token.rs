//! JSON Web Tokens.
//!
//! The configuration says which algorithms count, and each key only verifies those of its own family. What a token says
//! of itself chooses among the keys there are, and nothing else: keys and URLs of keys in a token's header are ignored.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use docent_engine::User;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header, get_current_timestamp};
use serde_json::{Map, Value};

use super::AuthError;
use super::keys::{Key, KeyFile};

/// Longest name of a user, in bytes.
const USER_BYTES_MAX: usize = 255;

/// What is expected of a token.
#[derive(Debug, Clone)]
pub struct TokenRules {
    /// The algorithms that count; empty for the usual one of each key.
    pub algorithms: Vec<SigningAlgorithm>,
    /// Who may have issued it; empty for anyone who has the key.
    pub issuers: Vec<String>,
    /// Whom it may be meant for; empty if it may not say.
    pub audiences: Vec<String>,
    /// How far clocks may be apart.
    pub leeway: Duration,
    /// The claim that names the user.
    pub user_claim: String,
    /// The claim with the user's roles.
    pub roles_claim: String,
}

/// An algorithm that tokens are signed with. There is none called `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SigningAlgorithm(Algorithm);

/// Verifies tokens.
pub struct Tokens {
    keys: Vec<(Key, Validation)>,
    leeway: Duration,
    user_claim: String,
    roles_claim: String,
}

/// Why a token does not count: in words for the caller, and for the log.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TokenFault {
    pub(crate) detail: &'static str,
    pub(crate) internal: String,
}

impl Default for TokenRules {
    fn default() -> Self {
        Self {
            algorithms: Vec::new(),
            issuers: Vec::new(),
            audiences: Vec::new(),
            leeway: Duration::from_mins(1),
            user_claim: "sub".to_owned(),
            roles_claim: "roles".to_owned(),
        }
    }
}

impl std::str::FromStr for SigningAlgorithm {
    type Err = AuthError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| {
            AuthError::new(format!(
                "`{text}` is no algorithm for tokens; there are HS256, HS384, HS512, RS256, RS384, RS512, PS256, \
                 PS384, PS512, ES256, ES384 and EdDSA"
            ))
        })
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens({} keys)", self.keys.len())
    }
}

impl Tokens {
    /// Verifies tokens with the keys of a file.
    pub fn new(file: &KeyFile, rules: TokenRules) -> Result<Self, AuthError> {
        let algorithms: Vec<_> = rules.algorithms.iter().map(|algorithm| algorithm.0).collect();
        let keys = file.keys(&algorithms)?.into_iter().map(|key| {
            let validation = validation(&key, &rules);
            (key, validation)
        });
        Ok(Self {
            keys: keys.collect(),
            leeway: rules.leeway,
            user_claim: rules.user_claim,
            roles_claim: rules.roles_claim,
        })
    }

    /// Who sends a token.
    pub(crate) fn verify(&self, token: &str) -> Result<Arc<User>, TokenFault> {
        let (key, validation) = self.key_for(token)?;
        let verified = decode::<Map<String, Value>>(token, &key.decoding, validation);
        let claims = verified.map_err(|error| TokenFault::of(&error))?.claims;
        self.check_issue(&claims)?;
        let id = self.user_id(&claims)?;
        let roles = self.roles(&claims)?;
        Ok(Arc::new(User { id, roles, claims }))
    }

    /// The one key that a token can have been signed with.
    fn key_for(&self, token: &str) -> Result<&(Key, Validation), TokenFault> {
        let header = decode_header(token).map_err(|error| TokenFault::of(&error))?;
        if header.crit.is_some() {
            return Err(TokenFault::refused("its header demands an extension (`crit`)"));
        }
        let names_it = |key: &Key| match (&key.id, &header.kid) {
            // A key alone in its file has no id; the token may call it what it likes.
            (None, _) => self.keys.len() == 1 || header.kid.is_none(),
            (Some(id), Some(named)) => id == named,
            (Some(_), None) => true,
        };
        let mut fitting =
            self.keys.iter().filter(|(key, _)| key.algorithms.contains(&header.alg) && names_it(key));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (None, _) => Err(TokenFault::refused("no key has its `kid` and its `alg`")),
            (Some(_), Some(_)) => Err(TokenFault::refused("without `kid` several keys may be meant")),
        }
    }

    /// A token cannot be older than its issue.
    fn check_issue(&self, claims: &Map<String, Value>) -> Result<(), TokenFault> {
        let Some(issued) = claims.get("iat") else { return Ok(()) };
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact for ages to come")]
        let latest = (get_current_timestamp() + self.leeway.as_secs()) as f64;
        match issued.as_f64() {
            Some(issued) if issued <= latest => Ok(()),
            Some(_) => Err(TokenFault::new("The token is not valid yet.", "`iat` is in the future")),
            None => Err(TokenFault::refused("`iat` is no number")),
        }
    }

    fn user_id(&self, claims: &Map<String, Value>) -> Result<String, TokenFault> {
        let id = match claim(claims, &self.user_claim) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let is_plain = !id.is_empty() && id.len() <= USER_BYTES_MAX && !id.contains(|c: char| c.is_control());
        if is_plain {
            Ok(id)
        } else {
            Err(TokenFault::refused(&format!("its claim `{}` names no user", self.user_claim)))
        }
    }

    fn roles(&self, claims: &Map<String, Value>) -> Result<Vec<String>, TokenFault> {
        let wrong = || TokenFault::refused(&format!("its claim `{}` is no list of roles", self.roles_claim));
        match claim(claims, &self.roles_claim) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::String(text)) => Ok(text.split_whitespace().map(str::to_owned).collect()),
            Some(Value::Array(roles)) => {
                roles.iter().map(|role| role.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
            }
            Some(_) => Err(wrong()),
        }
    }
}

fn validation(key: &Key, rules: &TokenRules) -> Validation {
    let mut validation = Validation::new(key.algorithms[0]);
    validation.algorithms.clone_from(&key.algorithms);
    validation.leeway = rules.leeway.as_secs();
    validation.validate_nbf = true;
    let mut required = HashSet::from(["exp".to_owned()]);
    if !rules.issuers.is_empty() {
        validation.set_issuer(&rules.issuers);
        required.insert("iss".to_owned());
    }
    if !rules.audiences.is_empty() {
        validation.set_audience(&rules.audiences);
        required.insert("aud".to_owned());
    }
    validation.required_spec_claims = required;
    validation
}

/// The claim of that name; else, where the name has dots, the one it leads to inside others.
fn claim<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(name) {
        return Some(value);
    }
    let (first, rest) = name.split_once('.')?;
    claim(claims.get(first)?.as_object()?, rest)
}

impl TokenFault {
    fn new(detail: &'static str, internal: &str) -> Self {
        Self { detail, internal: format!("the token was refused: {internal}") }
    }

    fn refused(internal: &str) -> Self {
        Self::new("The token is not one that this server accepts.", internal)
    }

    fn of(error: &jsonwebtoken::errors::Error) -> Self {
        match error.kind() {
            ErrorKind::ExpiredSignature => Self::new("The token has expired.", "expired"),
            ErrorKind::ImmatureSignature => {
                Self::new("The token is not valid yet.", "`nbf` is in the future")
            }
            // The error of a parser may repeat what is in the token.
            ErrorKind::Json(_) | ErrorKind::Utf8(_) | ErrorKind::Base64(_) => Self::refused("malformed"),
            _ => Self::refused(&error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
