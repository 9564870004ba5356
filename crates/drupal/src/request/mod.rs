//! What a request asks for: from its path and query string to statements, with Drupal's words where it is refused.
//!
//! Nothing here waits or reads: all is told from the [`crate::site::Site`] and the account.

mod compare;
pub mod config_query;
pub mod fieldset;
pub mod filter;
pub mod guard;
pub mod include;
mod number;
pub mod page;
pub mod parameters;
pub mod path;
pub mod place;
pub mod query;
pub mod route;
pub mod sort;
mod test;
pub mod version;
