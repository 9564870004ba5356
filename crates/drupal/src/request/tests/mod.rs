//! Requests for a small site.

mod configuration;
mod paths;
mod routes;
mod statements;
