//! Writes and schema facts on real SQLite files and servers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod collations;
mod commits;
mod facts;
mod groups;
mod hold;
mod key_table;
mod locks;
mod mysql;
mod postgres;
mod replaced;
mod selects;
mod statements;
mod support;
mod violations;
