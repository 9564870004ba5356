//! Clients that change one resource at the same time, each only what it has seen (`If-Match`).

use std::sync::Barrier;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};

use super::{NOTEBOOK, Writer, counter, writable};
use crate::harness::databases::Database;
use crate::harness::server::Server;

/// Clients that count.
const CLIENTS: usize = 8;

/// Increments of each.
const INCREMENTS: usize = 25;

/// Meetings of two clients with the same tag.
const MEETINGS: usize = 40;

#[test]
fn no_update_is_lost_to_clients_that_count_at_the_same_time() {
    let database = Database::from_script(NOTEBOOK);
    let server = Server::start(&database.location(), &writable());
    let (won, lost) = (AtomicI64::new(0), AtomicI64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let mut writer = Writer::new(&server);
                let mut left = INCREMENTS;
                while left > 0 {
                    let (tag, document) = writer.read("/counters/1");
                    let value = document["data"]["attributes"]["value"].as_i64().unwrap();
                    let response =
                        writer.send("PATCH", "/counters/1", Some(&tag), &counter(1, value + 1)).unwrap();
                    match response.status {
                        200 => {
                            won.fetch_add(1, Ordering::Relaxed);
                            left -= 1;
                        }
                        412 => {
                            assert_eq!(response.json()["errors"][0]["code"], "precondition-failed");
                            lost.fetch_add(1, Ordering::Relaxed);
                        }
                        other => panic!("{other}: {}", response.text()),
                    }
                }
            });
        }
    });
    let value = database.open().number("SELECT value FROM counters WHERE id = 1");
    assert_eq!(value, won.into_inner(), "lost updates");
    assert_eq!(value, i64::try_from(CLIENTS * INCREMENTS).unwrap());
    assert!(lost.into_inner() > 0, "they never raced");
}

#[test]
fn of_two_clients_with_the_same_tag_exactly_one_wins() {
    meet(
        "PATCH",
        "/counters/1",
        |round, client| counter(1, i64::try_from(2 * round + client + 1).unwrap()),
        200,
    );
}

#[test]
fn of_two_clients_that_delete_and_change_exactly_one_wins() {
    let database = Database::from_script(NOTEBOOK);
    let server = Server::start(&database.location(), &writable());
    let mut writer = Writer::new(&server);
    for round in 0..MEETINGS {
        let new = json!({ "data": { "type": "counters", "attributes": { "value": 0, "same": 0 } } });
        let created = writer.send("POST", "/counters", None, &new).unwrap();
        assert_eq!(created.status, 201, "{}", created.text());
        let id: usize = created.json()["data"]["id"].as_str().unwrap().parse().unwrap();
        let (path, tag) = (format!("/counters/{id}"), created.header("etag").unwrap().to_owned());
        let statuses = both(&server, |writer, client| {
            let method = if client == 0 { "DELETE" } else { "PATCH" };
            writer.send(method, &path, Some(&tag), &counter(id, 1)).unwrap().status
        });
        // Who comes too late finds another state, or nothing.
        assert!(matches!(statuses, [204, 404] | [412, 200]), "round {round}: {statuses:?}");
    }
}

#[test]
fn of_two_clients_that_change_a_relationship_exactly_one_wins() {
    // Whatever is there already, it is something else.
    let members = |round: usize, client: usize| {
        let tag = |id: usize| json!({ "type": "tags", "id": id.to_string() });
        let one = tag((round + client) % 2 + 1);
        json!({ "data": if round.is_multiple_of(2) { vec![one] } else { vec![one, tag(3)] } })
    };
    meet("PATCH", "/notes/1/relationships/tags", members, 204);
}

/// Two clients send the same kind of change with the same tag, again and again.
fn meet(method: &str, path: &str, document: impl Fn(usize, usize) -> Value + Sync, success: u16) {
    let database = Database::from_script(NOTEBOOK);
    let server = Server::start(&database.location(), &writable());
    let mut reader = Writer::new(&server);
    for round in 0..MEETINGS {
        let (tag, _) = reader.read(path);
        let mut statuses = both(&server, |writer, client| {
            writer.send(method, path, Some(&tag), &document(round, client)).unwrap().status
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [success, 412], "round {round}");
    }
}

/// Lets two clients loose at once; returns what became of each.
fn both(server: &Server, act: impl Fn(&mut Writer, usize) -> u16 + Sync) -> [u16; 2] {
    let start = Barrier::new(2);
    let run = |client| {
        let mut writer = Writer::new(server);
        start.wait();
        act(&mut writer, client)
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| run(1));
        [run(0), other.join().unwrap()]
    })
}
