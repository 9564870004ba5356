//! The life of a request: resolve names, plan, run the statements, assemble the document.

mod api;

pub use api::{Method, Principal, Request, Response, Slot, Timings};
