//! The random requests of this test for others: the same question for several servers.

use rusqlite::Connection;

use super::generate::Generator;
use super::load;
use super::model::Model;
use super::random::Random;
use super::run::Asker;
use super::{SEED, number_from_environment};
use crate::harness::server::Server;

/// Requests about one database.
pub(crate) struct Questions {
    name: &'static str,
    seed: u64,
    model: Model,
}

impl Questions {
    /// Questions about what is in this SQLite database. `DOCENT_SEED` asks others.
    pub(crate) fn new(name: &'static str, source: &Connection) -> Self {
        let seed = number_from_environment("DOCENT_SEED").unwrap_or(SEED);
        Self { name, seed, model: load::load(source, &[]) }
    }

    /// Questions about what this model has.
    pub(crate) fn about(name: &'static str, seed: u64, model: Model) -> Self {
        Self { name, seed, model }
    }

    /// What is asked, in order: all numbers, or the one in `DOCENT_CASE`.
    pub(crate) fn numbers() -> std::ops::Range<u64> {
        number_from_environment("DOCENT_CASE").map_or(0..u64::MAX, |only| only..only + 1)
    }

    /// How to ask that question again.
    pub(crate) fn place(&self, number: u64) -> String {
        format!("DOCENT_SEED={} DOCENT_CASE={number} ({})", self.seed, self.name)
    }

    /// The target of the request with that number, and whether it names the cursor profile.
    pub(crate) fn question(&self, number: u64, server: &Server) -> (String, bool) {
        let generator = Generator { model: &self.model, random: Random::new(self.seed, self.name, number) };
        let (base, base_path) = (server.url(), server.base_path());
        Asker { generator, client: server.client(), base, base_path, asked: 0 }.question()
    }
}
