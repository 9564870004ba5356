//! SQL databases: schema facts by introspection, a typed statement tree, dialects, and the adapters that run it.
//!
//! The only crate that names a driver. It knows nothing of JSON:API, of the catalog's names, or of HTTP.
//!
//! Without the feature `adapters` it is facts and statements alone, and needs no driver.

pub mod change;
#[cfg(feature = "adapters")]
mod check;
#[cfg(feature = "adapters")]
mod database;
#[cfg(feature = "adapters")]
mod encoded;
mod error;
#[cfg(feature = "adapters")]
mod idle;
#[cfg(feature = "adapters")]
mod key_table;
#[cfg(feature = "adapters")]
mod keys;
#[cfg(feature = "adapters")]
mod lock;
#[cfg(feature = "adapters")]
pub mod mysql;
#[cfg(feature = "adapters")]
mod places;
#[cfg(feature = "adapters")]
pub mod postgres;
mod privileges;
mod program;
mod renamed;
pub mod render;
pub mod schema;
#[cfg(feature = "adapters")]
pub mod sqlite;
pub mod statement;
mod transaction;
mod value;
mod violation;

#[cfg(feature = "adapters")]
pub use database::{Cost, Database, Ended, ReadOutcome, WriteOutcome};
pub use error::Error;
#[cfg(feature = "adapters")]
pub use keys::{Claimed, HeldKey, KeptAnswer, KeyClaim};
#[cfg(feature = "adapters")]
pub use places::Place;
#[cfg(feature = "adapters")]
pub use postgres::Position;
pub use privileges::{Privileges, TablePrivileges};
pub use program::{Parameters, Program, Query};
pub use transaction::{Next, Transaction};
pub use value::{Cell, Row, Value};
pub use violation::{Violation, ViolationKind};
