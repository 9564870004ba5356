//! A server with a type that is slow to read, and requests for it that do not wait.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use tempfile::TempDir;

use super::program::{Program, Start};
use super::{SLOW_PATH, SLOW_TYPES, slow_script};
use crate::harness::databases::Database;

/// A running server of a database that [`slow_script`] made.
#[derive(Debug)]
pub(super) struct SlowServer {
    pub(super) program: Program,
    /// Removed with the server.
    _database: Database,
    _config: TempDir,
}

impl SlowServer {
    /// Reading `counts` takes so many steps; `config` stands in front of the rest of the configuration.
    #[track_caller]
    pub(super) fn start(steps: u64, config: &str) -> Self {
        let database = Database::file(&slow_script(steps));
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("docent.toml");
        std::fs::write(&file, format!("{config}\n{SLOW_TYPES}")).unwrap();
        let mut program = Start::serve(&database.path(), &["--config", file.to_str().unwrap()]).spawn();
        program.url();
        Self { program, _database: database, _config: directory }
    }
}

/// Asks for what is slow, and does not wait for the answer.
pub(super) fn ask(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    write!(stream, "GET {SLOW_PATH} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    stream
}

/// Everything that comes back.
pub(super) fn answer(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
