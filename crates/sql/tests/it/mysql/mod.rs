//! The MySQL adapter on a real server.

mod facts;
mod faults;
mod keys;
mod reading;
mod refusals;
mod schema_changes;
mod server;
mod tls;
mod transactions;
mod values;
