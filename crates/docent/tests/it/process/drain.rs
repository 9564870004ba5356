//! SIGTERM and SIGINT: no new connections, open requests are answered, then the end.

use std::net::TcpStream;
use std::time::Duration;

use super::program::Start;
use super::slow::{self, SlowServer};
use super::{ENDLESS, SHOP, eventually, steps_in};
use crate::harness::databases::Database;

#[track_caller]
fn open_requests_are_answered_on(signal: &str) {
    let mut server = SlowServer::start(steps_in(Duration::from_secs(2)), "");
    let address = server.program.address();
    let mut idle = server.program.client();
    assert_eq!(idle.get("/quick").status, 200);
    let open = slow::ask(address);
    server.program.is_busy();
    server.program.signal(signal);
    eventually("new connections are refused", Duration::from_secs(5), || {
        TcpStream::connect(address).is_err()
    });
    let answer = slow::answer(open);
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("\"data\":[{"), "{answer}");
    let status = server.program.wait(Duration::from_secs(5)).expect("it ends after the last request");
    assert_eq!(status.code(), Some(0), "{}", server.program.stderr());
}

#[test]
fn sigterm_lets_open_requests_finish() {
    open_requests_are_answered_on("TERM");
}

#[test]
fn sigint_lets_open_requests_finish() {
    open_requests_are_answered_on("INT");
}

#[test]
fn an_idle_server_ends_at_once() {
    for signal in ["TERM", "INT"] {
        let database = Database::file(SHOP);
        let mut program = Start::serve(&database.path(), &[]).spawn();
        // An open connection without a request is no reason to stay.
        let mut client = program.client();
        assert_eq!(client.get("/customers").status, 200);
        program.signal(signal);
        let status = program.wait(Duration::from_secs(3)).expect("nothing is open");
        assert_eq!(status.code(), Some(0), "{signal}: {}", program.stderr());
    }
}

#[test]
fn a_second_signal_does_not_wait() {
    let mut server = SlowServer::start(ENDLESS, "");
    let _open = slow::ask(server.program.address());
    server.program.is_busy();
    server.program.signal("TERM");
    assert!(server.program.wait(Duration::from_millis(200)).is_none(), "a request is open");
    server.program.signal("TERM");
    assert!(server.program.wait(Duration::from_secs(3)).is_some(), "asked twice, it ends whatever is open");
}

#[test]
fn what_was_written_ahead_is_left_in_order() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    assert_eq!(program.client().get("/customers").status, 200);
    program.signal("TERM");
    assert!(program.wait(Duration::from_secs(3)).is_some());
    let checked: String =
        database.sqlite().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(checked, "ok");
}
