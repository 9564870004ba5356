//! The engine through its boundary, on SQLite files: no HTTP, no network.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attempts;
mod blog;
mod explain;
mod keys;
mod plans;
mod reads;
mod statements;
