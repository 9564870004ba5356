//! Who the server thinks a request is from, and what browsers are told, over the whole program.
//!
//! The log says who somebody is. [`token`] makes tokens, good and bad.

mod accounts;
mod browsers;
mod commands;
mod configuration;
mod keys;
mod passwords;
mod rates;
mod token;
mod tokens;

use std::cell::Cell;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use crate::harness::databases::Database;
use crate::harness::http::{Client, Response};
use crate::harness::server::{Options, Server};

/// A database with something to ask for, and accounts.
const SHOP: &str = "
    CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    INSERT INTO customers VALUES (1, 'Ada');
    CREATE TABLE logins (
        id INTEGER PRIMARY KEY, email TEXT NOT NULL, password_hash TEXT, roles TEXT, team INTEGER);
";

/// `BCRYPT_PASSWORD`, hashed by another program.
const BCRYPT: &str = "$2y$05$abcdefghijklmnopqrstuumjewjQVmxxbBHy234HdGTOAqOuVnhhy";
const BCRYPT_PASSWORD: &str = "battery staple";

/// A server whose configuration names files beside it.
struct Site {
    server: Server,
    folder: TempDir,
    database: Database,
    asked: Cell<u32>,
}

impl Site {
    /// Starts a server. `{dir}` in the configuration is the folder of the files.
    #[track_caller]
    fn start(config: &str, files: &[(&str, &str)]) -> Self {
        Self::of(Database::file(SHOP), config, files)
    }

    #[track_caller]
    fn of(database: Database, config: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let config = config.replace("{dir}", folder.path().to_str().unwrap());
        let server = Server::start(&database.location(), &Options::config(&config));
        Self { server, folder, database, asked: Cell::new(0) }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn client(&self) -> Client {
        self.server.client()
    }

    fn get(&self, headers: &[(&str, &str)]) -> Response {
        self.client().send("GET", "/api/customers/1", headers, None)
    }

    /// What a request is answered with and who the log says sent it: `200 ann`, `401 -`.
    #[track_caller]
    fn who(&self, headers: &[(&str, &str)]) -> String {
        self.asked.set(self.asked.get() + 1);
        let id = format!("asked-{}-", self.asked.get());
        let mut headers = headers.to_vec();
        headers.push(("X-Request-Id", &id));
        let status = self.get(&headers).status;
        let deadline = Instant::now() + Duration::from_secs(10);
        let line = loop {
            let log = self.server.stderr();
            if let Some(line) = log.lines().find(|line| line.contains(&id)) {
                break line.to_owned();
            }
            assert!(Instant::now() < deadline, "{id} is not logged: {log}");
            std::thread::sleep(Duration::from_millis(5));
        };
        let user = line.split_once(" user=\"").and_then(|(_, rest)| rest.split_once('"'));
        format!("{status} {}", user.map_or("-", |(user, _)| user))
    }

    #[track_caller]
    fn with_password(&self, login: &str, password: &str) -> String {
        self.who(&[("Authorization", &basic(login, password))])
    }

    #[track_caller]
    fn with_token(&self, token: &str) -> String {
        self.who(&[("Authorization", &format!("Bearer {token}"))])
    }
}

fn basic(login: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{login}:{password}")))
}

/// Fails unless the answer is an error document of that status and code.
#[track_caller]
fn is_error(response: &Response, status: u16, code: &str) {
    let document = response.json();
    let error = &document["errors"][0];
    assert_eq!((response.status, error["code"].as_str()), (status, Some(code)), "{document}");
    assert_eq!(error["status"], status.to_string());
    crate::harness::assert_valid_document(&document);
}

/// All lines of a header of an answer.
fn lines<'a>(response: &'a Response, name: &str) -> Vec<&'a str> {
    let lines = response.headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
    lines.map(|(_, value)| value.as_str()).collect()
}
