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
mod inspect;
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
pub use inspect::TypeReport;
pub use model::{
    Column, EntityKeys, EntityType, EntityTypeIndex, Field, FieldIndex, FieldKind, FieldStorage, Language,
    Languages, ReferenceTarget, ResourceType, ResourceTypeIndex, Role, Site, Tables, Workflow,
};
pub use reading::{Options, Reading};
pub use recognition::{Recognition, recognise};
pub(crate) use unproven::NODE_GRANTS;
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

impl Problem {
    /// Whether the database could not be asked: nothing is known of the site then.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Database(Interrupted::Database(error)) if error.may_pass())
    }
}

/// Something about a site that its operator should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A part of it is not served.
    LeftOut {
        /// Which.
        what: String,
        /// Why.
        reason: String,
    },
    /// Something is not served as Drupal does it, or not as the operator may think.
    Remark(String),
}

impl std::fmt::Display for Notice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LeftOut { what, reason } => write!(f, "{what} is left out: {reason}"),
            Self::Remark(remark) => f.write_str(remark),
        }
    }
}
