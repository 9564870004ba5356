//! The database of a Drupal site: the requests that were once made to Drupal are made again, and answered as Drupal did.
//!
//! The recordings are no part of the project: `DOCENT_RECORDINGS` says in which folder they are, with the databases they
//! were made on. `recording` reads them, `sites` brings the databases up, `replay` asks and judges, `waivers` lists what
//! may differ and why, `compare` finds differences and `report` shows them.
//!
//! `coast` is a small site of the project's own, which needs no recordings; `behaviour` asks it, `edges` what few would
//! ask, `operating` and `settings` are about those who run it, and `grants` asks as a user of the database who may read alone.
//!
//! `DOCENT_REPLAY` replays alone the recordings whose names contain this text, and prints all their differences.

mod behaviour;
pub(crate) mod coast;
mod compare;
mod edges;
mod grants;
mod operating;
mod recording;
mod replay;
mod report;
mod settings;
mod sites;
mod waivers;
