//! What is served: resource types, fields and where each is stored.
//!
//! [`build()`] makes a [`Catalog`] of the facts about a database and the part of the configuration that is about its
//! tables. Everything else here reads a catalog: [`inspect`] lists it for people and programs,
//! [`schema_document`] and [`openapi`] describe it for clients.
//!
//! A caller who may not see everything has a catalog of their own: see [`view`].
//!
//! The crate is pure: it knows no SQL text, no HTTP and no driver, and the same schema and configuration always give
//! the same catalog.

pub mod build;
pub mod inspect;
pub mod model;
pub mod openapi;
pub mod overlay;
mod path;
mod request_schema;
mod resource_schema;
pub mod schema_document;
pub mod view;

pub use build::{Outcome, Problem, build, did_you_mean};
pub use model::Catalog;
pub use overlay::Overlay;
