//! Accounts in a table of the served database, as the edge asks for them.

use std::sync::Arc;
use std::time::Instant;

use docent_engine::AccountReader;
use docent_server::auth::{Account, Accounts, AccountsError, Finding};

/// Reads accounts with the engine.
struct InDatabase(AccountReader);

/// Accounts that a reader finds.
pub(crate) fn in_database(reader: AccountReader) -> Arc<dyn Accounts> {
    Arc::new(InDatabase(reader))
}

impl Accounts for InDatabase {
    fn find<'a>(&'a self, login: &'a str, deadline: Instant) -> Finding<'a> {
        Box::pin(async move {
            let found = self.0.find(login, deadline).await;
            let found = found.map_err(|error| AccountsError(error.to_string()))?;
            Ok(found.map(|stored| Account {
                id: stored.id,
                password: stored.password,
                roles: stored.roles,
                claims: stored.claims,
            }))
        })
    }
}
