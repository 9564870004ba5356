//! Whether mirrors hold what they mirror.

use crate::harness::connection::Connection;
use crate::harness::databases::Database;
use crate::harness::engine::Engine;

use super::{Reader, definition};

/// Mirrors a script on each engine that there is a server of, and compares all rows with what SQLite holds.
pub(crate) fn compare(script: &str) {
    for engine in [Engine::Postgres, Engine::MariaDb] {
        if engine.administrator().is_none() {
            continue;
        }
        let database = Database::on(engine, script);
        let source = database.source();
        let tables = definition::describe(&source);
        assert!(!tables.is_empty());
        let mut mirror = database.reader();
        let mut original = Reader::new(&source, Connection::Sqlite(database.source()));
        for table in &tables {
            let (mut found, mut expected) = (mirror.rows(&table.name), original.rows(&table.name));
            found.sort_by_cached_key(|row| format!("{row:?}"));
            expected.sort_by_cached_key(|row| format!("{row:?}"));
            let name = engine.name();
            assert_eq!(found.len(), expected.len(), "{name}: {}", table.name);
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(found, expected, "{name}: {}", table.name);
            }
        }
    }
}

#[test]
fn chinook_is_mirrored() {
    compare(crate::harness::databases::CHINOOK);
}

#[test]
fn northwind_is_mirrored() {
    compare(crate::harness::databases::NORTHWIND);
}

#[test]
fn sakila_is_mirrored() {
    compare(crate::harness::databases::SAKILA);
}

#[test]
fn what_conformance_is_tested_on_is_mirrored() {
    compare(include_str!("../../../data/conformance.sql"));
    compare(include_str!("../../../data/writing.sql"));
}
