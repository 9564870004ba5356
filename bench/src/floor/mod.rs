//! The hand-written floor: axum and rusqlite, written by hand for seven requests on one database; axum and
//! tokio-postgres for three of them on PostgreSQL.
//!
//! It produces the documents Docent produces and nothing else: no negotiation, no query parsing, no catalog, no
//! validation but the database's, no `ETag`, no log, no limits. What is left is what a careful programmer would write
//! if these seven answers were the whole job, so Docent's distance from it is the price of serving any database and
//! any request.

mod changes;
mod compound;
mod documents;
mod fields;
mod gathering;
mod json;
pub(crate) mod postgres;
mod requests;
mod resources;
mod server;
mod shape;
mod writer;

pub(crate) use server::serve;
