//! What is left of a failure: the database as it was at first, and a script of all requests up to the one that went
//! wrong.

use std::fs;

use super::send::Sent;
use crate::harness::databases::Database;
use crate::harness::server::{Options, Server};

/// Writes it all down and says where; and whether the last requests alone would have done it.
pub(super) fn reproduction(
    database: &Database,
    options: &Options,
    name: &str,
    sent: &[Sent],
    before: usize,
) -> String {
    let place = std::env::temp_dir().join(format!("docent {name}").replace(' ', "-"));
    let (file, script) = (place.with_extension("db"), place.with_extension("sh"));
    fs::copy(database.source_path(), &file).unwrap();
    let lines: Vec<String> = sent.iter().map(Sent::text).collect();
    fs::write(&script, lines.join("\n") + "\n").unwrap();
    format!(
        "{}\nto repeat all that came before, with {:?} as configuration:\n  docent serve {} {}\n  HOST=localhost:8080 sh {}\n\
         the requests of this sequence:\n{}",
        alone(database, options, &sent[before..]),
        options.config.as_deref().unwrap_or_default(),
        file.display(),
        options.args.join(" "),
        script.display(),
        lines[before..].join("\n")
    )
}

/// Sends the requests of the sequence to a server of a fresh database.
fn alone(database: &Database, options: &Options, requests: &[Sent]) -> String {
    let server = Server::start(&database.location(), options);
    let mut client = server.client();
    match requests.iter().map(|request| request.send(&mut client).status).last() {
        Some(status) => format!("the requests of this sequence alone end with status {status}"),
        None => "nothing was sent".to_owned(),
    }
}
