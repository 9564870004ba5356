//! What a site is: its languages, roles, entity types, fields and configuration, as read from its database at one moment.
//!
//! Immutable. When the site's configuration changes, another one is read and takes its place.

mod facts;
mod model;

pub use model::{
    Column, EntityKeys, EntityType, EntityTypeIndex, Field, FieldIndex, FieldKind, FieldStorage, Language,
    Languages, ReferenceTarget, ResourceType, ResourceTypeIndex, Role, Site, Tables, Workflow,
};
