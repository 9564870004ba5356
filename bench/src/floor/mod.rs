//! The hand-written floor: axum and rusqlite, written by hand for four requests on one database.
//!
//! It produces the documents Docent produces and nothing else: no negotiation, no query parsing, no catalog, no
//! `ETag`, no log, no limits. What is left is what a careful programmer would write if these four answers were the
//! whole job, so Docent's distance from it is the price of serving any database and any request.

mod compound;
mod documents;
mod json;
mod server;
mod shape;

pub(crate) use server::serve;
