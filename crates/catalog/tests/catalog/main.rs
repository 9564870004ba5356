//! The rules by which a schema becomes a catalog, each as input and expected list.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod support;

mod configuration;
mod documents;
mod keys;
mod left_out;
mod names;
mod order;
mod relationships;
mod requests;
mod through;
mod writes;
