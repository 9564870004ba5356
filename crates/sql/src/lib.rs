//! SQL databases: schema facts by introspection, a typed statement tree, dialects, and the adapters that run it.
//!
//! The only crate that names a driver. It knows nothing of JSON:API, of the catalog's names, or of HTTP.

pub mod change;
#[cfg(feature = "sqlite")]
mod database;
mod error;
#[cfg(feature = "sqlite")]
mod keys;
mod program;
mod renamed;
pub mod render;
pub mod schema;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod statement;
mod transaction;
mod value;
mod violation;

#[cfg(feature = "sqlite")]
pub use database::{Cost, Database, Ended, ReadOutcome, WriteOutcome};
pub use error::Error;
#[cfg(feature = "sqlite")]
pub use keys::{Claimed, HeldKey, KeptAnswer, KeyClaim};
pub use program::{Program, Query};
pub use transaction::{Next, Transaction};
pub use value::{Cell, Row, Value};
pub use violation::{Violation, ViolationKind};
