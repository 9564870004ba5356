//! The life of a request: resolve names → plan → run the statements → assemble the document.
//!
//! Someone who reads the modules in that order has read the program. The boundary is [`Engine::handle`]: it takes a
//! [`Request`] and gives a [`Response`], and knows neither HTTP's types nor any driver.

mod access;
mod api;
mod assemble;
mod calendar;
mod cursor;
mod engine;
pub mod error;
mod id;
mod pages;
mod plan;
mod prepare;
mod represent;
mod resolve;
mod respond;
mod route;
mod run;
mod serving;
mod settings;
mod tag;
mod verification;
mod write;

pub use access::{
    AccountReader, AccountsProblem, AccountsTable, Action, Permission, Policy, Principal, Role,
    StoredAccount, User, catalog_of_role, doubts, unfit,
};
pub use api::{Body, EXPLORER, Method, Received, Request, Response, Slot, Timings};
pub use engine::{Configuration, Engine};
pub use settings::{Count, DbRole, LinkForm, Linkage, Settings};
pub use tag::{EntityTag, TagComparison, entity_tag, lists_tag};
pub use verification::{Overloaded, Tag, Verification};
