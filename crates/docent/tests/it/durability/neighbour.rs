//! Another program writes the same database in between: neither is disturbed, and no client hears of locks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{NOTEBOOK, Writer, counter, note, writable};
use crate::harness::databases::Database;
use crate::harness::engine::Engine;
use crate::harness::server::Server;

const CLIENTS: usize = 3;

/// How long they write side by side.
const TIME: Duration = Duration::from_secs(2);

#[test]
fn short_transactions_of_another_program_are_waited_for() {
    let database = Database::from_script(NOTEBOOK);
    let server = Server::start(&database.location(), &writable());
    let done = AtomicBool::new(false);
    // SQLite knows one writer at a time, and whoever reads first may be refused that.
    let begin = if Engine::under_test() == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
    let (written, counted) = std::thread::scope(|scope| {
        let neighbour = scope.spawn(|| {
            let mut connection = database.open();
            let mut counted = 0_i64;
            while !done.load(Ordering::Relaxed) {
                connection.execute(begin);
                connection.execute("UPDATE counters SET value = value + 1, same = same + 1 WHERE id = 6");
                // Every tenth keeps the lock for a moment.
                std::thread::sleep(Duration::from_millis(if counted % 10 == 0 { 20 } else { 0 }));
                connection.execute("COMMIT");
                counted += 1;
                std::thread::sleep(Duration::from_millis(1));
            }
            counted
        });
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                scope.spawn({
                    let server = &server;
                    move || write(server, client)
                })
            })
            .collect();
        let written: usize = clients.into_iter().map(|client| client.join().unwrap()).sum();
        done.store(true, Ordering::Relaxed);
        (written, neighbour.join().unwrap())
    });
    let mut connection = database.open();
    let value = connection.number("SELECT value FROM counters WHERE id = 6");
    assert_eq!(value, counted, "updates of the other program are lost");
    let notes = connection.number("SELECT count(*) FROM notes WHERE id > 1");
    assert_eq!(usize::try_from(notes).unwrap(), written);
    assert!(written > 2 * CLIENTS && counted > 10, "they hardly met: {written}, {counted}");
}

/// Creates notes and counts; returns how many notes there are.
fn write(server: &Server, client: usize) -> usize {
    let mut writer = Writer::new(server);
    let start = Instant::now();
    let mut written = 0;
    while start.elapsed() < TIME {
        let document = json!({ "data": note(&format!("c{client} n{written}"), None) });
        let created = writer.send("POST", "/notes", None, &document).unwrap();
        assert_eq!(created.status, 201, "{}", created.text());
        written += 1;
        let value = i64::try_from(written).unwrap();
        let counted = writer
            .send("PATCH", &format!("/counters/{}", client + 1), None, &counter(client + 1, value))
            .unwrap();
        assert_eq!(counted.status, 200, "{}", counted.text());
        let (_, document) = writer.read(&format!("/counters/{}", client + 1));
        assert_eq!(document["data"]["attributes"]["value"], value, "what was just written is read");
    }
    written
}
