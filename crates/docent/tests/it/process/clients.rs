//! Clients that are slow to ask or slow to read keep nobody else waiting.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::program::Start;
use crate::harness::databases::Database;

const SLOW_CLIENTS: usize = 64;

/// Rows that make a document of some megabytes.
const LARGE: &str = "
    CREATE TABLE pages (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
    INSERT INTO pages
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
        SELECT i, printf('%.8000c', 'x') FROM n;
";

#[track_caller]
fn others_are_served(program: &mut super::program::Program) {
    for _ in 0..4 {
        // Each on a connection of its own, for those are dealt out to the threads in turn.
        let mut client = program.client();
        let start = Instant::now();
        assert_eq!(client.get("/pages/1").status, 200);
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }
}

#[test]
fn unfinished_requests_keep_nobody_waiting() {
    let database = Database::file(LARGE);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let address = program.address();
    let slow: Vec<_> = (0..SLOW_CLIENTS)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET /pages HTTP/1.1\r\nHost: exam").unwrap();
            stream
        })
        .collect();
    others_are_served(&mut program);
    drop(slow);
    others_are_served(&mut program);
}

#[test]
fn unread_responses_keep_nobody_waiting() {
    let database = Database::file(LARGE);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let address = program.address();
    let slow: Vec<_> = (0..SLOW_CLIENTS)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            let target = "/pages?page%5Blimit%5D=500";
            write!(stream, "GET {target} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
            stream
        })
        .collect();
    others_are_served(&mut program);
    drop(slow);
    others_are_served(&mut program);
}
