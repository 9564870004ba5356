//! Writes and schema facts on real SQLite files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod commits;
mod facts;
mod groups;
mod locks;
mod replaced;
mod statements;
mod support;
mod violations;
