//! Tests of the whole program: the binary is started on a database file and asked over HTTP.
//!
//! `harness` starts it and judges documents, `samples` serves public and nasty databases unchanged, `differential`
//! compares answers with an oracle that computes them from the tables in memory, `durability` kills the process and lets
//! clients race, `drupal` serves the database of a Drupal site, `engines` compares the engines with each other, `process` watches the process itself, `authentication`
//! asks who it takes callers for, `access` what it lets them see and do, `repository` checks rules about the repository.
//!
//! `DOCENT_TEST_ENGINE` runs `conformance`, `differential`, `durability`, `samples`, `access`, `drupal::behaviour` and
//! `authentication::accounts` on another engine than SQLite; the others are about SQLite files, or about no database at
//! all.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod authentication;
mod conformance;
mod differential;
mod documentation;
mod drupal;
mod durability;
mod engines;
mod harness;
mod process;
mod repository;
mod samples;
