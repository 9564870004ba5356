//! From credentials to an account.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use docent_engine::Verification;
use docent_sql::{Cost, Database, Error};

use super::flood::{Attempt, Failures, Limits};
use super::lookup::{self, Found};
use super::{Account, Credentials, password};
use crate::conversation::{Interrupted, converse};
use crate::site::Site;

/// Finds out who asks. One of it serves all requests, as it remembers who failed of late, and who did not.
pub struct Identification {
    verification: Verification,
    failures: Failures,
    /// Whether it was said that sessions cannot be read.
    said: AtomicBool,
}

/// It cannot be found out who asks, for the moment.
#[derive(Debug, thiserror::Error)]
pub enum Unidentified {
    /// The accounts cannot be read.
    #[error(transparent)]
    Accounts(#[from] Interrupted),
    /// Too many passwords are being verified.
    #[error("too many passwords are to be verified at once")]
    Overloaded,
}

impl std::fmt::Debug for Identification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identification")
    }
}

impl Identification {
    /// Fails if the system has no random numbers.
    pub fn new() -> std::io::Result<Self> {
        let said = AtomicBool::new(false);
        Ok(Self { verification: Verification::new()?, failures: Failures::default(), said })
    }

    /// Who asks, from that address. Credentials that are not those of an account are none: the request goes on as that
    /// of someone without an account.
    ///
    /// Accounts are read in a snapshot of their own, as no password is verified while one is held open.
    pub async fn identify(
        &self,
        database: &Database,
        site: &Arc<Site>,
        credentials: &Credentials,
        address: IpAddr,
        deadline: Instant,
    ) -> Result<Account, Unidentified> {
        let found = match credentials {
            Credentials::None => None,
            Credentials::Basic { name, password } => {
                let found = if name.is_empty() {
                    None
                } else {
                    named(database, site, name.clone(), deadline).await?
                };
                let limits = Limits::of(site);
                let attempt = Attempt::new(limits, address, found.as_ref().map(|found| found.account.id));
                self.verified(found, password, &attempt, deadline).await?
            }
            Credentials::Sessions(ids) => self.in_session(database, site, ids.clone(), deadline).await?,
        };
        Ok(found.map_or_else(|| Account::anonymous(Arc::clone(site)), |found| found.account))
    }

    /// The account of the first session that is one. Where the table of sessions is missing, as Drupal makes it with
    /// the first of them, or closed to the database's user, none is.
    async fn in_session(
        &self,
        database: &Database,
        site: &Arc<Site>,
        ids: Vec<String>,
        deadline: Instant,
    ) -> Result<Option<Found>, Interrupted> {
        let failed = match found_in_session(database, site, ids, deadline).await {
            Err(error) if is_closed(&error) => error,
            answer => return answer,
        };
        // It may be another table that the account is read from.
        let begin = |to| async move { lookup::try_sessions(&to).await };
        match converse(database, Cost::Cheap, deadline, begin).await.answer {
            Err(error) if is_closed(&error) => {
                if !self.said.swap(true, Ordering::Relaxed) {
                    tracing::warn!("whoever has a session of the site is anonymous here: {error}");
                }
                Ok(None)
            }
            Err(error) => Err(error),
            Ok(()) => Err(failed),
        }
    }

    /// The account, if the password is that of it.
    async fn verified(
        &self,
        found: Option<Found>,
        password: &[u8],
        attempt: &Attempt,
        deadline: Instant,
    ) -> Result<Option<Found>, Unidentified> {
        let stored = found.as_ref().map(|found| found.stored_password.as_str());
        let stored = stored.filter(|stored| password::may_fit(stored, password));
        let tag = stored.map(|stored| self.verification.tag(&[stored.as_bytes(), password]));
        if tag.is_some_and(|tag| self.verification.remembers(&tag)) {
            // Whoever has been let in a moment ago is not kept out by others who guess.
            return Ok(found);
        }
        if !self.failures.count(attempt, Instant::now()) {
            return Ok(None);
        }
        let (Some(stored), Some(tag)) = (stored, tag) else { return Ok(None) };
        let (stored, given) = (stored.to_owned(), password.to_vec());
        let verified = self.verification.verify(tag, deadline, move || password::fits(&stored, &given)).await;
        match verified {
            Ok(true) => {
                self.failures.was_right(attempt);
                Ok(found)
            }
            Ok(false) => Ok(None),
            Err(_) => {
                self.failures.was_none(attempt);
                Err(Unidentified::Overloaded)
            }
        }
    }
}

async fn named(
    database: &Database,
    site: &Arc<Site>,
    name: String,
    deadline: Instant,
) -> Result<Option<Found>, Interrupted> {
    let site = Arc::clone(site);
    let begin = move |to| {
        let (site, name) = (Arc::clone(&site), name.clone());
        async move { lookup::by_name(&to, &site, name).await }
    };
    converse(database, Cost::Cheap, deadline, begin).await.answer
}

/// The account of the first session that is one.
async fn found_in_session(
    database: &Database,
    site: &Arc<Site>,
    ids: Vec<String>,
    deadline: Instant,
) -> Result<Option<Found>, Interrupted> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let site = Arc::clone(site);
    let begin = move |to| {
        let (site, ids) = (Arc::clone(&site), ids.clone());
        async move {
            for id in ids {
                if let Some(found) = lookup::by_session(&to, &site, id, now).await {
                    return Some(found);
                }
            }
            None
        }
    };
    converse(database, Cost::Cheap, deadline, begin).await.answer
}

/// Whether a table is missing, or the right to read it.
fn is_closed(error: &Interrupted) -> bool {
    matches!(error, Interrupted::Database(Error::SchemaChanged(_) | Error::Denied(_)))
}
