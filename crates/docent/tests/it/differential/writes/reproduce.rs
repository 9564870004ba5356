//! What is left of a failure: the database as it was at first, and a script of all requests up to the one that went
//! wrong.

use std::fs;
use std::path::Path;

use super::ORIGIN;
use super::send::Sent;
use crate::harness::databases::Database;
use crate::harness::server::{Options, Server};

/// Writes it all down and says where; and whether the last requests alone would have done it.
pub(super) fn reproduction(database: &Database, name: &str, sent: &[Sent], before: usize) -> String {
    let place = std::env::temp_dir().join(format!("docent {name}").replace(' ', "-"));
    let (file, script) = (place.with_extension("db"), place.with_extension("sh"));
    // While a server has it open, what the file lacks stands in its log.
    fs::copy(database.path(), &file).unwrap();
    let lines: Vec<String> = sent.iter().map(Sent::text).collect();
    fs::write(&script, lines.join("\n") + "\n").unwrap();
    format!(
        "{}\nto repeat all that came before:\n  docent serve {} --writable --public-url {ORIGIN}\n  HOST=localhost:8080 sh {}\n\
         the requests of this sequence:\n{}",
        alone(database, sent, before),
        file.display(),
        script.display(),
        lines[before..].join("\n")
    )
}

/// Sends the requests of the sequence to a server of a fresh database.
fn alone(database: &Database, sent: &[Sent], before: usize) -> String {
    let copy = database.path().with_extension("fresh.db");
    fs::copy(database.path(), &copy).unwrap();
    let status = |path: &Path, requests: &[Sent]| {
        let server = Server::start(path, &Options::args(&["--writable", "--public-url", ORIGIN]));
        let mut client = server.client();
        requests.iter().map(|request| request.send(&mut client).status).last()
    };
    match status(&copy, &sent[before..]) {
        Some(status) => format!("the requests of this sequence alone end with status {status}"),
        None => "nothing was sent".to_owned(),
    }
}
