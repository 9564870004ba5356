//! The edge over real sockets, in front of a handler that does what its path says.

#![allow(clippy::unwrap_used, reason = "a step that fails fails the test")]

mod callers;
mod connections;
mod limits;
mod malformed;
mod methods;
mod responses;
mod support;
mod writes;
