//! What a site is: its languages, roles, entity types, fields and configuration, as read from its database at one moment.
//!
//! Immutable. When the site's configuration changes, another one is read and takes its place.
//!
//! [`Definitions`] are the rows that a site is made of, all of one snapshot. Their fingerprint tells whether anything
//! has changed; [`Definitions::site`] makes a [`Site`] of them, without a database.

mod bundles;
mod definitions;
mod entity_types;
mod facts;
mod fields;
mod languages;
mod model;
mod read;
mod reading;
mod recognition;
mod settings;
#[cfg(test)]
mod tests;
mod unproven;

pub use definitions::{Definitions, Entry, Fingerprint};
pub use model::{
    Column, EntityKeys, EntityType, EntityTypeIndex, Field, FieldIndex, FieldKind, FieldStorage, Language,
    Languages, ReferenceTarget, ResourceType, ResourceTypeIndex, Role, Site, Tables, Workflow,
};
pub use reading::{Options, Reading};
pub use recognition::{Recognition, recognise};
pub use unproven::Unproven;

use crate::conversation::Interrupted;

/// Why a site cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The database did not tell.
    #[error(transparent)]
    Database(#[from] Interrupted),
    /// Nothing can be said about the site without this.
    #[error("`{0}` is missing or cannot be read")]
    Missing(&'static str),
    /// There is more of something than can be numbered.
    #[error("there are too many {0}")]
    TooMany(&'static str),
}

/// Something about a site that its operator should know: a part of it is not served, or not as Drupal does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice(pub String);

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
