//! SIGTERM and SIGINT: no new connections, open requests are answered, then the end.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use super::program::{Program, Start};
use super::{ENDLESS, SHOP, SLOW_TYPES, eventually, slow_script};
use crate::harness::databases::Database;

/// Asks for something and does not wait for the answer.
fn ask(program: &mut Program, path: &str) -> TcpStream {
    let address = program.address();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    stream
}

fn rest(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A server whose `counts` take that many steps.
fn slow_server(steps: u64, config: &str) -> (Program, Database, tempfile::TempDir) {
    let database = Database::from_script(&slow_script(steps));
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("docent.toml");
    std::fs::write(&file, format!("{config}{SLOW_TYPES}")).unwrap();
    let program = Start::serve(&database.path(), &["--config", file.to_str().unwrap()]).spawn();
    (program, database, directory)
}

fn drains(signal: &str) {
    let (mut program, database, _config) = slow_server(ENDLESS, "");
    let address = program.address();
    let open = ask(&mut program, "/counts?page%5Blimit%5D=1");
    program.is_busy();
    program.signal(signal);
    eventually("new connections are refused", Duration::from_secs(5), || {
        TcpStream::connect(address).is_err()
    });
    assert!(program.wait(Duration::ZERO).is_none(), "it ended with a request open");
    // The view reads the number while it counts: a change would be seen by the next statement only. So the statement
    // runs into its deadline, and the answer is an error, but there is one.
    drop(database);
    let answer = rest(open);
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    let status = program.wait(Duration::from_secs(5)).expect("it ends after the last request");
    assert_eq!(status.code(), Some(0), "{}", program.stderr());
}
