//! What the configuration says of roles, as data: see the reference of the configuration.
//!
//! Whether it fits the database is decided in `grants`.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// The `[roles]` of the configuration. With none, everyone may do everything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Policy {
    /// By name.
    pub roles: BTreeMap<Spanned<String>, Role>,
}

/// What a role may do.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Its permissions, which add up.
    #[serde(default)]
    pub allow: Vec<Spanned<Permission>>,
}

/// A permission: some actions on some types.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// Names of types; `*` is every type.
    pub types: Vec<Spanned<String>>,
    /// What is allowed.
    pub actions: Vec<Action>,
    /// For which rows: `where` in the configuration, whose members all have to hold.
    #[serde(default, rename = "where")]
    pub condition: BTreeMap<Spanned<String>, toml::Value>,
    /// Names of fields that it neither shows nor lets write.
    #[serde(default)]
    pub hide: Vec<Spanned<String>>,
    /// Names of fields that it does not let write.
    #[serde(default)]
    pub read_only: Vec<Spanned<String>>,
    /// Values of fields of what is created, which cannot be given otherwise.
    #[serde(default)]
    pub set: BTreeMap<Spanned<String>, toml::Value>,
}

/// What can be done to resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Seeing them.
    Read,
    /// Creating them.
    Create,
    /// Changing them.
    Update,
    /// Deleting them.
    Delete,
    /// All of it.
    #[serde(rename = "*")]
    All,
}

/// The role that everyone has.
pub(crate) const ANONYMOUS: &str = "anonymous";
/// The role that everyone has whose credentials were good.
pub(crate) const AUTHENTICATED: &str = "authenticated";

impl Permission {
    /// Whether it allows an action.
    pub fn allows(&self, action: Action) -> bool {
        self.actions.iter().any(|allowed| *allowed == action || *allowed == Action::All)
    }
}

impl Policy {
    /// Whether there are rules at all.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
    }

    /// All permissions with the name of their role, in the order of the file.
    pub(crate) fn permissions(&self) -> Vec<(&str, &Spanned<Permission>)> {
        let mut all: Vec<(&str, &Spanned<Permission>)> = Vec::new();
        for (name, role) in &self.roles {
            all.extend(role.allow.iter().map(|permission| (name.get_ref().as_str(), permission)));
        }
        all.sort_by_key(|(_, permission)| permission.span().start);
        all
    }
}
