//! Names and passwords: where accounts are, and whether a password is that of one.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use docent_engine::{User, Verification};
use serde_json::{Map, Value};

use super::buckets::{Allowance, Buckets};
use super::password::PasswordHash;
use super::{AuthError, network_of};

/// Wrong passwords for one account from one address.
const OF_ACCOUNT_AND_ADDRESS: Allowance = Allowance { count: 10, period: Duration::from_mins(1) };
/// Wrong passwords for one account from anywhere.
const OF_ACCOUNT: Allowance = Allowance { count: 100, period: Duration::from_mins(1) };
/// Wrong passwords from one address for any account.
const OF_ADDRESS: Allowance = Allowance { count: 100, period: Duration::from_mins(1) };

/// An account as it is stored.
#[derive(Debug, Clone)]
pub struct Account {
    /// Who the user is.
    pub id: String,
    /// The hashed password, in whatever form it is stored.
    pub password: String,
    /// The user's roles.
    pub roles: Vec<String>,
    /// What else is known of the user.
    pub claims: Map<String, Value>,
}

/// What an account is found with, in its own time.
pub type Finding<'a> = Pin<Box<dyn Future<Output = Result<Option<Account>, AccountsError>> + 'a>>;

/// Where accounts are, if not in a file.
pub trait Accounts: Send + Sync {
    /// The account of that name, if there is one.
    fn find<'a>(&'a self, login: &'a str, deadline: Instant) -> Finding<'a>;
}

/// Accounts cannot be read at the moment; the text is for the log.
#[derive(Debug, thiserror::Error)]
#[error("accounts cannot be read: {0}")]
pub struct AccountsError(pub String);

/// The accounts that passwords are compared with.
pub struct Passwords {
    source: Source,
    /// A hash that costs as much as those of the accounts: what is verified for names that there are none of.
    usual: Mutex<PasswordHash>,
}

enum Source {
    File(HashMap<String, (PasswordHash, Arc<User>)>),
    Elsewhere(Arc<dyn Accounts>),
}

/// Why somebody is not let in.
#[derive(Debug)]
pub(crate) enum LoginFault {
    Wrong,
    TooOften(Duration),
    Overloaded,
    Unavailable(String),
}

/// What outlives a change of the configuration: who failed of late.
#[derive(Debug, Default)]
pub(crate) struct Failures(Buckets);

/// What an attempt is counted for.
#[derive(Hash)]
enum Counted<'a> {
    AccountAndAddress(&'a str, IpAddr),
    Account(&'a str),
    Address(IpAddr),
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.source {
            Source::File(_) => "Passwords(file)",
            Source::Elsewhere(_) => "Passwords(elsewhere)",
        })
    }
}

impl Passwords {
    /// Those of a file.
    pub fn of_users(
        users: impl IntoIterator<Item = (String, PasswordHash, User)>,
    ) -> Result<Self, AuthError> {
        let users: HashMap<_, _> =
            users.into_iter().map(|(login, hash, user)| (login, (hash, Arc::new(user)))).collect();
        let first = users.values().next().map(|(hash, _)| Ok(hash.clone()));
        let usual = Mutex::new(first.unwrap_or_else(|| PasswordHash::of(""))?);
        Ok(Self { source: Source::File(users), usual })
    }

    /// Those that are kept somewhere else.
    pub fn elsewhere(accounts: Arc<dyn Accounts>) -> Result<Self, AuthError> {
        let usual = Mutex::new(PasswordHash::of("")?);
        Ok(Self { source: Source::Elsewhere(accounts), usual })
    }

    /// Who has that name and password.
    pub(crate) async fn verify(
        &self,
        login: &str,
        password: &str,
        from: &Attempt<'_>,
    ) -> Result<Arc<User>, LoginFault> {
        let found = self.find(login, from.deadline).await?;
        let verification = from.verification;
        let hash = self.hash_of(found.as_ref());
        let tag = verification.tag(&[login, password, hash.as_str()].map(str::as_bytes));
        if let Some((_, user)) = &found
            && verification.remembers(&tag)
        {
            // Whoever has been let in a moment ago is not kept out by others who guess.
            return Ok(Arc::clone(user));
        }
        let account = found.as_ref().map_or_else(|| login.to_lowercase(), |(_, user)| user.id.clone());
        let counted = from.failures.count(&account, from.address).map_err(LoginFault::TooOften)?;
        let password = password.to_owned();
        let verified = verification.verify(tag, from.deadline, move || hash.fits(&password)).await;
        let Ok(fits) = verified else {
            counted.was_none();
            return Err(LoginFault::Overloaded);
        };
        let Some((_, user)) = found.filter(|_| fits) else { return Err(LoginFault::Wrong) };
        counted.was_right();
        Ok(user)
    }

    /// The hash of an account; where there is none, one that takes as long to verify.
    fn hash_of(&self, found: Option<&(PasswordHash, Arc<User>)>) -> PasswordHash {
        let mut usual = self.usual.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((hash, _)) = found {
            usual.clone_from(hash);
        }
        usual.clone()
    }

    async fn find(
        &self,
        login: &str,
        deadline: Instant,
    ) -> Result<Option<(PasswordHash, Arc<User>)>, LoginFault> {
        let accounts = match &self.source {
            Source::File(users) => return Ok(users.get(login).cloned()),
            Source::Elsewhere(accounts) => accounts,
        };
        let found = accounts.find(login, deadline).await;
        let Some(account) = found.map_err(|error| LoginFault::Unavailable(error.to_string()))? else {
            return Ok(None);
        };
        let hash = match PasswordHash::parse(&account.password) {
            Ok(hash) => hash,
            Err(error) => {
                // To callers it is as if there were no such account; the operator should know.
                tracing::warn!(id = account.id, %error, "an account has a password that cannot be verified");
                return Ok(None);
            }
        };
        let user = User { id: account.id, roles: account.roles, claims: account.claims };
        Ok(Some((hash, Arc::new(user))))
    }
}

/// What an attempt to log in has to do with.
pub(crate) struct Attempt<'a> {
    pub(crate) address: IpAddr,
    pub(crate) deadline: Instant,
    pub(crate) verification: &'a Verification,
    pub(crate) failures: &'a Failures,
}

impl Failures {
    /// Counts an attempt as failed, before it is known whether it is: else many could be made at once.
    fn count<'a>(&'a self, account: &'a str, address: IpAddr) -> Result<Counting<'a>, Duration> {
        let now = Instant::now();
        let address = network_of(address);
        let counting = Counting { buckets: &self.0, account, address };
        let taken = counting.places();
        for (at, (counted, allowed)) in taken.iter().enumerate() {
            if let Err(wait) = self.0.take(counted, *allowed, now) {
                for (counted, allowed) in &taken[..at] {
                    self.0.put_back(counted, *allowed);
                }
                return Err(wait);
            }
        }
        Ok(counting)
    }
}

/// An attempt that has been counted.
struct Counting<'a> {
    buckets: &'a Buckets,
    account: &'a str,
    address: IpAddr,
}

impl Counting<'_> {
    fn places(&self) -> [(Counted<'_>, Allowance); 3] {
        [
            (Counted::AccountAndAddress(self.account, self.address), OF_ACCOUNT_AND_ADDRESS),
            (Counted::Account(self.account), OF_ACCOUNT),
            (Counted::Address(self.address), OF_ADDRESS),
        ]
    }

    /// Whoever knows the password may have mistyped it before; that says nothing of others.
    fn was_right(self) {
        self.was_none();
        self.buckets.fill(Counted::AccountAndAddress(self.account, self.address));
    }

    /// It did not come to an attempt.
    fn was_none(&self) {
        for (counted, allowed) in self.places() {
            self.buckets.put_back(counted, allowed);
        }
    }
}
