//! Who asks: the site's own accounts.
//!
//! A request shows [`Credentials`]; [`Identification`] finds the [`Account`] they are those of, and gives whoever has none
//! the rights of someone without an account.

mod credentials;
mod flood;
mod identify;
mod lookup;
mod password;
mod phpass;
#[cfg(test)]
mod tests;

pub use credentials::Credentials;
pub use identify::{Identification, Unidentified};

use std::sync::Arc;

use crate::site::Site;

/// Someone who asks.
#[derive(Debug, Clone)]
pub struct Account {
    /// The account's number; 0 for those who have none.
    pub id: i64,
    /// Its UUID; empty for those who have none.
    pub uuid: String,
    /// The ids of its roles, `anonymous` or `authenticated` among them.
    pub roles: Vec<String>,
    /// Whether every permission is granted: account 1, and holders of a role that is.
    pub is_admin: bool,
    /// The language that it prefers for the interface; empty if it has said nothing.
    pub preferred_langcode: String,
    /// The set of shortcuts that it has chosen, if it has.
    pub shortcut_set: Option<String>,
    site: Arc<Site>,
}

impl Account {
    /// Someone without an account.
    pub fn anonymous(site: Arc<Site>) -> Self {
        Self::new(site, 0, String::new(), vec!["anonymous".to_owned()])
    }

    /// The account of that number and with these roles.
    pub fn new(site: Arc<Site>, id: i64, uuid: String, roles: Vec<String>) -> Self {
        let is_admin =
            id == 1 || roles.iter().any(|role| site.roles.get(role).is_some_and(|role| role.is_admin));
        Self { id, uuid, roles, is_admin, preferred_langcode: String::new(), shortcut_set: None, site }
    }

    /// Whether it may do what a permission allows.
    pub fn may(&self, permission: &str) -> bool {
        self.is_admin
            || self.roles.iter().any(|role| {
                self.site.roles.get(role).is_some_and(|role| role.permissions.contains(permission))
            })
    }

    /// The language of the interface, where that of the path is given: whatever the site looks at first.
    pub fn interface_language<'a>(&'a self, of_path: &'a str) -> &'a str {
        let is_known =
            self.site.languages.all.iter().any(|language| language.code == self.preferred_langcode);
        if self.site.languages.preferred_first && !self.is_anonymous() && is_known {
            &self.preferred_langcode
        } else {
            of_path
        }
    }

    /// Whether nobody has logged in.
    pub fn is_anonymous(&self) -> bool {
        self.id == 0
    }
}
