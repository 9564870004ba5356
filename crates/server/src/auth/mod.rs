//! Who sends a request: its credentials, and whether they are good.
//!
//! | module | owns |
//! |---|---|
//! | `header` | the form of credentials in a request |
//! | `token`, `keys` | JSON Web Tokens and what they are signed with |
//! | `api_key` | API keys |
//! | `accounts`, `password` | names and passwords |
//! | `buckets` | counting what somebody does too often |
//!
//! Nothing but credentials says who somebody is: headers such as `X-User` that name a user count for nothing, whoever
//! sends them. What a caller may do is decided by whoever answers the request.

mod accounts;
mod api_key;
mod buckets;
mod header;
mod keys;
mod password;
mod token;

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use docent_engine::{Principal, User, Verification};
use hyper::header::{AUTHORIZATION, HeaderMap, HeaderValue, WWW_AUTHENTICATE};

pub use self::accounts::{Account, Accounts, AccountsError, Finding, Passwords};
pub use self::api_key::{ApiKey, ApiKeys, KeyHash, new_key};
pub use self::keys::KeyFile;
pub use self::password::PasswordHash;
pub use self::token::{SigningAlgorithm, TokenRules, Tokens};

use self::accounts::{Attempt, Failures, LoginFault};
use self::api_key::{KeyFault, PREFIX};
use self::buckets::{Allowance, Buckets};
pub(crate) use self::header::X_API_KEY;
use self::header::{Presented, Unreadable, presented};
use crate::error::EdgeError;

pub(crate) const BEARER: HeaderValue = HeaderValue::from_static("Bearer realm=\"docent\"");
const BAD_BEARER: HeaderValue = HeaderValue::from_static("Bearer realm=\"docent\", error=\"invalid_token\"");
const BASIC: HeaderValue = HeaderValue::from_static("Basic realm=\"docent\", charset=\"UTF-8\"");

/// Something about authentication that cannot be used, in words for whoever configured it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AuthError(String);

impl AuthError {
    fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// The ways to prove who one is.
#[derive(Debug, Default)]
pub struct Schemes {
    /// `Authorization: Bearer`, with a JSON Web Token.
    pub tokens: Option<Tokens>,
    /// `Authorization: Basic`.
    pub passwords: Option<Passwords>,
    /// `Authorization: Bearer` or `X-Api-Key`, with an API key.
    pub api_keys: Option<ApiKeys>,
}

/// Finds out who sends a request. Clones share everything.
#[derive(Debug, Clone)]
pub struct Authenticator(Arc<Schemes>);

impl PartialEq for Authenticator {
    /// Whether both are the same one, not only alike.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Authenticator {}

/// What is known of callers across requests and changes of the configuration. All of it is bounded.
pub(crate) struct Memory {
    verification: Verification,
    failures: Failures,
    requests: Buckets,
}

/// Why a request is not answered.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) error: EdgeError,
    /// For the log.
    pub(crate) internal: Option<String>,
}

impl From<EdgeError> for Refusal {
    fn from(error: EdgeError) -> Self {
        Self { error, internal: None }
    }
}

impl Memory {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self {
            verification: Verification::new()?,
            failures: Failures::default(),
            requests: Buckets::default(),
        })
    }

    /// Counts a request for whoever sends it.
    pub(crate) fn count_request(
        &self,
        principal: &Principal,
        address: IpAddr,
        per_minute: NonZeroU32,
    ) -> Result<(), EdgeError> {
        let allowed = Allowance { count: per_minute.get(), period: Duration::from_mins(1) };
        let taken = match principal {
            Principal::Anonymous => self.take_request(network_of(address), allowed),
            Principal::User(user) => self.take_request(&user.id, allowed),
        };
        taken.map_err(|wait| EdgeError::TooOften { wait })
    }

    fn take_request(&self, key: impl Hash, allowed: Allowance) -> Result<(), Duration> {
        self.requests.take(key, allowed, Instant::now())
    }
}

impl Authenticator {
    /// With these ways to prove who one is; nothing if there are none.
    pub fn new(schemes: Schemes) -> Option<Self> {
        let Schemes { tokens, passwords, api_keys } = &schemes;
        let has_some = tokens.is_some() || passwords.is_some() || api_keys.is_some();
        has_some.then(|| Self(Arc::new(schemes)))
    }

    /// Who sends a request with these headers.
    pub(crate) async fn authenticate(
        &self,
        headers: &HeaderMap,
        address: IpAddr,
        deadline: Instant,
        memory: &Memory,
    ) -> Result<Principal, Refusal> {
        let Schemes { tokens, passwords, api_keys } = &*self.0;
        let user = match (self.presented(headers)?, passwords) {
            (None, _) => return Ok(Principal::Anonymous),
            (Some(Presented::Basic { login, password }), Some(passwords)) => {
                let Memory { verification, failures, .. } = memory;
                let attempt = Attempt { address, deadline, verification, failures };
                passwords.verify(&login, &password, &attempt).await.map_err(Refusal::from)?
            }
            (Some(Presented::Bearer(token)), _) => match (tokens, api_keys) {
                (_, Some(keys)) if token.starts_with(PREFIX) => found(keys, token)?,
                (Some(tokens), _) => tokens.verify(token).map_err(|fault| Refusal {
                    error: EdgeError::InvalidCredentials { detail: fault.detail },
                    internal: Some(fault.internal),
                })?,
                (None, Some(keys)) => found(keys, token)?,
                (None, None) => return Err(refused_scheme().into()),
            },
            (Some(Presented::ApiKey(key)), _) => match api_keys {
                Some(keys) => found(keys, key)?,
                None => return Err(refused_scheme().into()),
            },
            (Some(Presented::Basic { .. } | Presented::OtherScheme), _) => {
                return Err(refused_scheme().into());
            }
        };
        Ok(Principal::User(user))
    }

    fn presented<'a>(&self, headers: &'a HeaderMap) -> Result<Option<Presented<'a>>, EdgeError> {
        presented(headers, self.takes_api_keys()).map_err(|unreadable| match unreadable {
            Unreadable::Ambiguous => EdgeError::AmbiguousCredentials,
            Unreadable::Malformed => {
                EdgeError::InvalidCredentials { detail: "`Authorization` has not the form of its scheme." }
            }
        })
    }

    /// Whether `X-Api-Key` counts.
    pub(crate) fn takes_api_keys(&self) -> bool {
        self.0.api_keys.is_some()
    }

    /// Whether a request shows credentials, good or bad.
    pub(crate) fn has_credentials(&self, headers: &HeaderMap) -> bool {
        headers.contains_key(AUTHORIZATION) || (self.takes_api_keys() && headers.contains_key(&X_API_KEY))
    }

    /// Says with an answer of status 401 how to prove who one is: a line for each way.
    pub(crate) fn challenge(&self, asked: &HeaderMap, answer: &mut HeaderMap) {
        let Schemes { tokens, passwords, api_keys } = &*self.0;
        if tokens.is_some() || api_keys.is_some() {
            let was_bearer = matches!(self.presented(asked), Ok(Some(Presented::Bearer(_))));
            answer.append(WWW_AUTHENTICATE, if was_bearer { BAD_BEARER } else { BEARER });
        }
        if passwords.is_some() {
            answer.append(WWW_AUTHENTICATE, BASIC);
        }
    }
}

fn refused_scheme() -> EdgeError {
    EdgeError::InvalidCredentials { detail: "The server does not take credentials of this kind." }
}

fn found(keys: &ApiKeys, key: &str) -> Result<Arc<User>, EdgeError> {
    keys.find(key).map_err(|fault| EdgeError::InvalidCredentials {
        detail: match fault {
            KeyFault::Unknown => "The server does not know this API key.",
            KeyFault::Expired => "The API key has expired.",
        },
    })
}

impl From<LoginFault> for Refusal {
    fn from(fault: LoginFault) -> Self {
        match fault {
            LoginFault::Wrong => {
                EdgeError::InvalidCredentials { detail: "The name or the password is wrong." }.into()
            }
            LoginFault::TooOften(wait) => EdgeError::TooManyAttempts { wait }.into(),
            LoginFault::Overloaded => EdgeError::TooManyPasswords.into(),
            LoginFault::Unavailable(text) => Self { error: EdgeError::NoAccounts, internal: Some(text) },
        }
    }
}

/// What counts as one address: those who have one of IPv6 mostly have 2⁶⁴.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests;
