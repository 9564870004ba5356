//! The process is killed at random moments while clients write, and started again: every acknowledged write is there,
//! and of those that were not acknowledged all or nothing.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{NOTEBOOK, Writer, counter, note, writable};
use crate::harness::connection::Connection;
use crate::harness::databases::Database;
use crate::harness::engine::Engine;
use crate::harness::server::Server;

const ROUNDS: u64 = 50;

/// Clients that write at the same time, each with a counter of its own.
const CLIENTS: usize = 4;

/// Operations in one request.
const BATCH: usize = 10;

/// How long the process may take to be gone once it is killed.
const GONE: Duration = Duration::from_secs(10);

/// What one client wrote in one round.
#[derive(Debug, Default)]
struct Log {
    /// Titles of notes with two tags.
    notes: Vec<Written>,
    /// Names of batches.
    batches: Vec<Written>,
    /// Values of its counter.
    values: Vec<(i64, bool)>,
    /// Answers other than success: there must be none.
    refused: Vec<String>,
}

/// A name, and whether the write was acknowledged.
#[derive(Debug)]
struct Written {
    name: String,
    acknowledged: bool,
}

#[test]
fn what_was_acknowledged_survives_kill_9_and_no_half_of_anything_else() {
    let database = Database::from_script(NOTEBOOK);
    let mut server = Server::start(&database.location(), &writable());
    let mut written = 0;
    for round in 0..ROUNDS {
        let logs = std::thread::scope(|scope| {
            let server = &server;
            let clients: Vec<_> = (0..CLIENTS)
                .map(|client| scope.spawn(move || write(Writer::new(server), round, client)))
                .collect();
            std::thread::sleep(pause(round));
            server.signal("KILL");
            clients.into_iter().map(|client| client.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(server.wait(GONE).is_some(), "round {round}: it lives on");
        // With SQLite nobody has the file open now: who starts finds the log of the killed process and has to recover.
        server = Server::start(&database.location(), &writable());
        let mut reader = Writer::new(&server);
        let mut connection = database.open();
        for (client, log) in logs.iter().enumerate() {
            written += compare(&mut connection, &mut reader, client, log)
                .unwrap_or_else(|what| panic!("round {round}, client {client}: {what}\n{log:#?}"));
        }
    }
    let mut connection = database.open();
    if Engine::under_test() == Engine::Sqlite {
        assert_eq!(connection.query("PRAGMA integrity_check")[0][0].text(), "ok");
        assert_eq!(connection.number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    }
    assert!(written > 10 * usize::try_from(ROUNDS).unwrap(), "only {written} writes were acknowledged");
}

/// Time until the process is killed: from before the first answer to well after it.
fn pause(round: u64) -> Duration {
    Duration::from_micros(round * 7919 % 50 * 3000)
}

/// Writes until nobody answers any more.
fn write(mut writer: Writer, round: u64, client: usize) -> Log {
    let mut log = Log::default();
    let deadline = Instant::now() + GONE;
    // Values only ever grow.
    let first_value = i64::try_from(round).unwrap() * 1_000_000;
    for number in 0_i64.. {
        assert!(Instant::now() < deadline, "the process was not killed");
        let name = format!("r{round} c{client} n{number}");
        let (method, path, document) = match number % 3 {
            0 => ("POST", "/notes".to_owned(), json!({ "data": note(&name, None) })),
            1 => {
                ("PATCH", format!("/counters/{}", client + 1), counter(client + 1, first_value + number / 3))
            }
            _ => ("POST", "/operations".to_owned(), batch(&name)),
        };
        let answer = writer.send(method, &path, None, &document);
        let acknowledged = answer.as_ref().is_ok_and(|response| response.status < 300);
        match number % 3 {
            0 => log.notes.push(Written { name, acknowledged }),
            1 => log.values.push((first_value + number / 3, acknowledged)),
            _ => log.batches.push(Written { name, acknowledged }),
        }
        match answer {
            Ok(response) if response.status >= 300 => log.refused.push(response.text()),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    log
}

/// A batch of notes, the first of which gets its tags by a later operation.
fn batch(name: &str) -> Value {
    let add = |number: usize| {
        let mut note = note(&format!("{name} {number}"), Some(name));
        note["lid"] = json!(number.to_string());
        json!({ "op": "add", "data": note })
    };
    let mut operations: Vec<Value> = (1..BATCH).map(add).collect();
    operations.push(json!({
        "op": "add",
        "ref": { "type": "notes", "lid": "1", "relationship": "tags" },
        "data": [{ "type": "tags", "id": "2" }],
    }));
    json!({ "atomic:operations": operations })
}

/// Compares what is stored, and what is served, with the log; returns how many writes were acknowledged.
fn compare(
    connection: &mut Connection,
    reader: &mut Writer,
    client: usize,
    log: &Log,
) -> Result<usize, String> {
    if let Some(refused) = log.refused.first() {
        return Err(format!("a write was refused: {refused}"));
    }
    for note in &log.notes {
        let (notes, tags) = (
            count(connection, "notes WHERE title", &note.name),
            count(connection, "note_tags JOIN notes ON id = note_id WHERE title", &note.name),
        );
        whole(note, [notes, tags], [1, 2])?;
    }
    for batch in &log.batches {
        let (notes, tags) = (
            count(connection, "notes WHERE batch", &batch.name),
            count(connection, "note_tags JOIN notes ON id = note_id WHERE batch", &batch.name),
        );
        whole(batch, [notes, tags], [BATCH - 1, 1])?;
    }
    let stored = value_of(connection, client + 1);
    let acknowledged =
        log.values.iter().filter(|(_, acknowledged)| *acknowledged).map(|(value, _)| *value).max();
    let sent = log.values.iter().map(|(value, _)| *value).max();
    if let (Some(acknowledged), Some(sent)) = (acknowledged, sent)
        && !(acknowledged..=sent).contains(&stored)
    {
        return Err(format!("the counter is {stored}; {acknowledged} was acknowledged, {sent} sent"));
    }
    let (_, document) = reader.read(&format!("/counters/{}", client + 1));
    if document["data"]["attributes"] != json!({ "value": stored, "same": stored }) {
        return Err(format!("the counter is {stored}, but {document} is served"));
    }
    let written = log.notes.iter().chain(&log.batches).filter(|it| it.acknowledged).count();
    Ok(written + log.values.iter().filter(|(_, acknowledged)| *acknowledged).count())
}

/// All parts are there, or, if the write was not acknowledged, none.
fn whole(written: &Written, found: [usize; 2], complete: [usize; 2]) -> Result<(), String> {
    if found == complete || (!written.acknowledged && found == [0, 0]) {
        return Ok(());
    }
    Err(format!("{written:?}: {found:?} rows of {complete:?}"))
}

/// How many rows there are with that name in that column.
fn count(connection: &mut Connection, from: &str, name: &str) -> usize {
    usize::try_from(connection.number(&format!("SELECT count(*) FROM {from} = '{name}'"))).unwrap()
}

/// The value of a counter, whose two columns are always written together.
fn value_of(connection: &mut Connection, id: usize) -> i64 {
    let rows = connection.query(&format!("SELECT value, same FROM counters WHERE id = {id}"));
    let (value, same) = (rows[0][0].number(), rows[0][1].number());
    assert_eq!(value, same, "half an update");
    value
}
