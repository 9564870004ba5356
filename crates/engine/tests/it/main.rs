//! The engine through its boundary, on SQLite files: no HTTP, no network.

mod blog;
mod reads;
mod statements;
