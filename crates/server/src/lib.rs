//! The HTTP edge of Docent: listening, limits, who asks, conditional requests, the access log, the explorer page.
//!
//! HTTP/1.1 on hyper. One thread accepts connections and deals them out to workers; each worker is a thread with a
//! runtime of its own, on which everything about its connections happens, so that a request never changes threads
//! between socket and handler.
//!
//! The edge knows nothing of databases, types or documents beyond error documents: whatever answers requests is a
//! [`Handler`], and the engine is one.
//!
//! | module | owns |
//! |---|---|
//! | `server`, `worker`, `connection`, `stream` | threads, connections and their time limits |
//! | `exchange` | one request from its head to its response, and the limits on the way |
//! | `target`, `base_url`, `network` | which URL was asked for, and under which URL the client knows this server |
//! | `auth`, `client_address` | who sends a request |
//! | `cors` | which other sites' pages may use the API |
//! | `body` | request bodies, up to their limit |
//! | `respond`, `conditional` | headers, `ETag`, 304 |
//! | `budget` | memory held by bodies on their way in and out |
//! | `malformed` | error documents for requests that are no HTTP |
//! | `access_log`, `request_id`, `timestamp` | one line per request |
//! | `explorer`, `health` | pages and documents the edge answers by itself |
//!
//! # What is not here
//!
//! TLS would wrap the socket in `stream`; compression would sit in `respond`, between `ETag` and body; metrics would be
//! counted where `access_log` writes its line.

mod access_log;
pub mod auth;
mod base_url;
mod body;
mod budget;
mod client_address;
mod conditional;
mod connection;
mod control;
mod cors;
mod error;
mod exchange;
mod explorer;
mod handler;
mod health;
mod listener;
mod malformed;
mod network;
mod panics;
mod request_id;
mod respond;
mod server;
mod settings;
mod stream;
mod target;
mod timestamp;
mod worker;

pub use access_log::AccessLog;
pub use control::Control;
pub use cors::{Cors, Origin};
pub use error::KINDS;
pub use handler::Handler;
pub use listener::{ListenError, Listener};
pub use network::{Network, NetworkError};
pub use server::{Server, StartError};
pub use settings::{Limits, LogFormat, ServerConfig, Settings, SettingsError};
