//! tmp
pub mod config_query;
pub mod fieldset;
pub mod include;
mod number;
pub mod page;
pub mod parameters;
pub mod query;
pub mod route;
pub mod sort;
pub mod version;
