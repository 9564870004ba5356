//! The differential test of writes: seeded random sequences of reads and writes, valid and invalid, against the server
//! and against a deliberately naive oracle.
//!
//! The oracle keeps the tables in memory (`store`, with what SQL demands; `rules`, with what a database demands beyond
//! that), says what a write leads to (`judge`), and takes the documents of answers from the oracle of reads
//! (`documents`). Each answer is compared: status, document, errors with code and pointer; after each sequence, so are
//! all rows of all tables with those in the database file.
//!
//! `DOCENT_SEED` repeats a run, `DOCENT_CASES` sets the number of sequences per database; without it, there are fewer
//! with other engines than SQLite, where each sequence takes longer. Many sequences share a copy of
//! the database, so that what they leave behind accumulates; `DOCENT_CASE` repeats one copy from its beginning.

mod documents;
mod generate;
mod guild;
mod judge;
mod problem;
mod reproduce;
mod rules;
mod run;
mod send;
mod store;
mod tags;
mod values;
mod varied;
mod verdict;
mod write;

use super::load;
use super::random::Random;
use super::run::Failure;
use super::{FAILURES_SHOWN, SEED, number_from_environment};
use crate::harness::databases::{CHINOOK, Database, NORTHWIND};
use crate::harness::engine::Engine;
use crate::harness::server::{Options, Server};
use reproduce::reproduction;
use rules::Rules;
use run::Player;
use send::{Sent, Wire};
use store::Store;

/// What links begin with. Given to the server, so that links and tags do not depend on its port.
const ORIGIN: &str = "http://writes.test";

/// Of so many sequences with SQLite one is played with another engine.
const SEQUENCES_OF_SQLITE: u64 = 6;

/// Sequences played with one copy of a database.
const SEQUENCES_PER_COPY: u64 = 50;

#[test]
fn chinook_is_written_as_the_oracle_does() {
    compare("chinook writes", &few_songs, &rules::CHINOOK, 600);
}

#[test]
fn northwind_is_written_as_the_oracle_does() {
    compare("northwind writes", &few_orders, &rules::NORTHWIND, 600);
}

#[test]
fn guild_is_written_as_the_oracle_does() {
    compare("guild writes", &guild::database, &guild::RULES, 1200);
}

/// The music shop with few rows: what is written meets more often.
fn few_songs() -> Database {
    Database::from_script(&format!(
        "{CHINOOK}; PRAGMA foreign_keys = off; BEGIN;
        DELETE FROM Artist WHERE ArtistId > 8;
        DELETE FROM Album WHERE ArtistId > 8 OR AlbumId > 14;
        DELETE FROM Track WHERE AlbumId NOT IN (SELECT AlbumId FROM Album) OR TrackId % 3 <> 0;
        DELETE FROM PlaylistTrack WHERE TrackId NOT IN (SELECT TrackId FROM Track);
        DELETE FROM Playlist WHERE PlaylistId > 10;
        DELETE FROM PlaylistTrack WHERE PlaylistId > 10;
        DELETE FROM Customer WHERE CustomerId > 10;
        DELETE FROM Invoice WHERE CustomerId > 10 OR InvoiceId % 3 <> 0;
        DELETE FROM InvoiceLine WHERE InvoiceId NOT IN (SELECT InvoiceId FROM Invoice)
            OR TrackId NOT IN (SELECT TrackId FROM Track);
        COMMIT;"
    ))
}

/// The trading company with few rows.
fn few_orders() -> Database {
    Database::from_script(&format!(
        "{NORTHWIND}; PRAGMA foreign_keys = off; BEGIN;
        DELETE FROM Orders WHERE OrderID > 10275;
        DELETE FROM Customers WHERE CustomerID NOT IN (SELECT CustomerID FROM Orders) AND CustomerID > 'BOLID';
        DELETE FROM \"Order Details\" WHERE OrderID > 10275;
        DELETE FROM Products WHERE ProductID NOT IN (SELECT ProductID FROM \"Order Details\") AND ProductID > 9;
        DELETE FROM Suppliers WHERE SupplierID NOT IN (SELECT SupplierID FROM Products);
        DELETE FROM Territories WHERE RegionID > 2;
        DELETE FROM EmployeeTerritories WHERE TerritoryID NOT IN (SELECT TerritoryID FROM Territories);
        UPDATE Employees SET Photo = x'0102';
        UPDATE Categories SET Picture = x'';
        COMMIT;"
    ))
}

/// Plays until enough sequences were played, and fails if anything differed.
fn compare(name: &str, database: &dyn Fn() -> Database, rules: &'static Rules, sequences: u64) {
    let seed = number_from_environment("DOCENT_SEED").unwrap_or(SEED);
    let of_sqlite = if Engine::under_test().is_strict() { SEQUENCES_OF_SQLITE } else { 1 };
    let sequences = number_from_environment("DOCENT_CASES").unwrap_or(sequences / of_sqlite);
    let shown =
        number_from_environment("DOCENT_FAILURES").map_or(FAILURES_SHOWN, |it| usize::try_from(it).unwrap());
    let copies = sequences.div_ceil(SEQUENCES_PER_COPY);
    let copies = number_from_environment("DOCENT_CASE").map_or(0..copies, |only| only..only + 1);
    let mut failures = Vec::new();
    for copy in copies {
        let mut sent = Vec::new();
        let random = Random::new(seed, name, copy);
        let requires_match = copy % 4 == 3;
        let outcome = play(&database(), rules, random, requires_match, &mut sent);
        if let Err((Failure(what), before)) = outcome {
            let (place, options) = (format!("{name} {seed} {copy}"), options(requires_match));
            let again = reproduction(&database(), &options, &place, &sent, before);
            failures.push(format!("DOCENT_SEED={seed} DOCENT_CASE={copy} ({name})\n{what}\n{again}"));
        }
        if failures.len() == shown {
            break;
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// How the server is started.
fn options(requires_match: bool) -> Options {
    let config = format!("[server]\nrequire_if_match = {requires_match}\n");
    Options { config: Some(config), ..Options::args(&["--writable", "--public-url", ORIGIN]) }
}

/// Plays all sequences with one copy. Everything sent is left in `sent`; with a failure comes where its sequence begins.
fn play(
    database: &Database,
    rules: &'static Rules,
    random: Random,
    requires_match: bool,
    sent: &mut Vec<Sent>,
) -> Result<(), (Failure, usize)> {
    let connection = database.source();
    let schema = load::load(&connection, rules.no_case);
    let store = Store::load(&connection, rules);
    let server = Server::start(&database.location(), &options(requires_match));
    let base = format!("{ORIGIN}{}", server.base_path());
    let wire = Wire::new(server.client(), &base, server.base_path());
    let mut player = Player::new(wire, &schema, store, random, database.reader(), requires_match);
    for sequence in 0..SEQUENCES_PER_COPY {
        let before = player.sent().len();
        let outcome = player.sequence().and_then(|()| {
            let difference = player.store.difference(&mut player.reader);
            difference.map(Failure).map_or(Ok(()), Err)
        });
        if let Err(Failure(what)) = outcome {
            sent.extend_from_slice(player.sent());
            let log = server.stderr();
            let said: Vec<&str> =
                log.lines().filter(|line| line.contains("internal=") || !line.contains(" INFO ")).collect();
            return Err((Failure(format!("sequence {sequence}: {what}\nthe server said {said:?}")), before));
        }
    }
    Ok(())
}
