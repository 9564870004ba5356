//! The database server goes away under load and comes back: what was acknowledged is there, once; what was not is
//! there once or not at all; and the process recovers by itself.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::{NOTEBOOK, Writer, note, writable};
use crate::harness::databases::Database;
use crate::harness::engine::{Engine, only_on};
use crate::harness::relay::Relay;
use crate::harness::server::Server;

/// Clients that write all the time.
const CLIENTS: usize = 6;

/// Times that the server goes away.
const OUTAGES: usize = 4;

/// How long recovering may take once the server is back: the watch over it looks every second.
const RECOVERY: Duration = Duration::from_secs(10);

#[test]
fn a_server_that_goes_away_under_load_costs_only_what_is_under_way() {
    if !only_on(&[Engine::Postgres, Engine::MariaDb], "a file has no server that could go away") {
        return;
    }
    let database = Database::from_script(NOTEBOOK);
    let (relay, url) = Relay::to(&database.location());
    let server = Server::start(&url, &writable());
    let (is_over, refused) = (AtomicBool::new(false), AtomicU32::new(0));
    // Titles, and whether each was acknowledged.
    let sent: Mutex<BTreeMap<String, bool>> = Mutex::default();
    std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (server, sent, is_over, refused) = (&server, &sent, &is_over, &refused);
            scope.spawn(move || {
                let mut writer = Writer::new(server);
                for number in 0.. {
                    if is_over.load(Ordering::Relaxed) {
                        break;
                    }
                    let title = format!("{client}-{number}");
                    let document = serde_json::json!({ "data": note(&title, None) });
                    let response = writer.send("POST", "/notes", None, &document).unwrap();
                    match response.status {
                        201 => drop(sent.lock().unwrap().insert(title, true)),
                        500 | 503 => {
                            let code = response.json()["errors"][0]["code"].clone();
                            let expected = if response.status == 500 {
                                "outcome-unknown"
                            } else {
                                "database-unavailable"
                            };
                            assert_eq!(code, expected, "{}", response.text());
                            refused.fetch_add(1, Ordering::Relaxed);
                            sent.lock().unwrap().insert(title, false);
                            std::thread::sleep(Duration::from_millis(20));
                        }
                        other => panic!("{other}: {}", response.text()),
                    }
                }
            });
        }
        for _ in 0..OUTAGES {
            std::thread::sleep(Duration::from_millis(400));
            relay.cut();
            std::thread::sleep(Duration::from_millis(300));
            relay.restore();
            recovers(&server);
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert!(refused.into_inner() > 0, "nobody noticed that {} was cut", relay.address());
    let mut seen: BTreeMap<String, i64> = BTreeMap::new();
    for row in database.open().query("SELECT title FROM notes WHERE id <> 1") {
        *seen.entry(row[0].text().to_owned()).or_default() += 1;
    }
    for (title, is_acknowledged) in sent.into_inner().unwrap() {
        let count = seen.remove(&title).unwrap_or_default();
        let possible = if is_acknowledged { 1..=1 } else { 0..=1 };
        assert!(
            possible.contains(&count),
            "{title}, acknowledged: {is_acknowledged}, is there {count} times"
        );
    }
    assert!(seen.is_empty(), "nobody sent {seen:?}");
    let halves = "SELECT COUNT(*) FROM notes WHERE id <> 1 AND 2 <> (SELECT COUNT(*) FROM note_tags WHERE note_id = notes.id)";
    assert_eq!(database.open().number(halves), 0, "half a note");
}

#[track_caller]
fn recovers(server: &Server) {
    let deadline = Instant::now() + RECOVERY;
    let mut client = server.client();
    let target = format!("{}/authors/1", server.base_path());
    while client.get(&target).status != 200 || client.get("/health/ready").status != 200 {
        assert!(Instant::now() < deadline, "the server is back, and nobody notices");
        std::thread::sleep(Duration::from_millis(50));
    }
}
