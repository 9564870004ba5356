//! Tests of the whole program: the binary is started on a database file and asked over HTTP.
//!
//! `harness` starts it and judges documents, `samples` serves public and nasty databases unchanged, `differential`
//! compares answers with an oracle that computes them from the tables in memory, `durability` kills the process and lets
//! clients race, `process` watches the process itself, `repository` checks rules about the repository.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod conformance;
mod differential;
mod documentation;
mod durability;
mod harness;
mod process;
mod repository;
mod samples;
