//! The PostgreSQL adapter on a real server.

mod adapter;
mod checks;
mod faults;
mod introspection;
mod keys;
mod reading;
mod refusals;
mod replicas;
mod schema_changes;
mod server;
mod tls;
mod types;
mod values;
