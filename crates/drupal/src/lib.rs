//! A Drupal site's own database, served as Drupal's JSON:API module serves it.
//!
//! Everything is read from what the site keeps: its configuration, the installed definitions of its entity types and
//! fields, its content, its accounts. No PHP runs. The boundary is that of the engine: a [`docent_engine::Request`]
//! comes in, a [`docent_engine::Response`] goes out, and neither knows HTTP's types nor any driver.

pub mod access;
pub mod account;
mod answer;
pub mod conversation;
pub mod document;
pub mod error;
pub mod gather;
mod handler;
pub mod load;
pub mod php;
pub mod request;
mod service;
pub mod site;
mod statement;
pub mod text;

pub use service::{Service, Settings, Unservable};
