//! Every limit on a request, at it and above it, with the default and as configured.

use std::time::Duration;

use super::program::{Program, Start};
use super::slow::{self, SlowServer};
use super::{ENDLESS, eventually};
use crate::harness::databases::Database;
use crate::harness::http::Response;

/// A chain that can be included to any depth and filtered by any number of conditions.
const CHAIN: &str = "
    CREATE TABLE nodes (id INTEGER PRIMARY KEY, name TEXT, next_id INTEGER REFERENCES nodes(id));
    INSERT INTO nodes VALUES (1, 'a', 2), (2, 'b', 3), (3, 'c', NULL);
";

struct Limited {
    program: Program,
    _database: Database,
    _directory: tempfile::TempDir,
}

impl Limited {
    fn start(config: &str) -> Self {
        let database = Database::file(CHAIN);
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("docent.toml");
        std::fs::write(&file, config).unwrap();
        let program = Start::serve(&database.path(), &["--config", file.to_str().unwrap()]).spawn();
        Self { program, _database: database, _directory: directory }
    }

    #[track_caller]
    fn get(&mut self, path: &str) -> Response {
        self.program.client().get(path)
    }

    /// Fails unless the first is served and the second refused with this status and code.
    #[track_caller]
    fn is_between(&mut self, served: &str, refused: &str, status: u16, code: &str) {
        let response = self.get(served);
        assert_eq!(response.status, 200, "{served}: {}", response.text());
        let response = self.get(refused);
        is_refused(&response, status, code);
    }
}

#[track_caller]
fn is_refused(response: &Response, status: u16, code: &str) {
    assert_eq!(response.status, status, "{}", response.text());
    let error = &response.json()["errors"][0];
    assert_eq!((&error["code"], &error["status"]), (&code.into(), &status.to_string().into()), "{error}");
}

fn include(depth: usize) -> String {
    format!("/nodes?include={}", vec!["next"; depth].join("."))
}

fn include_paths(count: usize) -> String {
    // The path of each length, forwards and backwards, is another one.
    let names = ["next", "nodes"];
    let path = |number: usize| (0..5).map(|bit| names[(number >> bit) & 1]).collect::<Vec<_>>().join(".");
    let mut paths: Vec<String> = (0..32).map(path).collect();
    paths.push("next".to_owned());
    format!("/nodes/1?include={}", paths[..count].join(","))
}

fn conditions(count: usize) -> String {
    let condition = |number: usize| format!("filter%5Bor%5D%5B{number}%5D%5Bid%5D={number}");
    format!("/nodes?{}", (0..count).map(condition).collect::<Vec<_>>().join("&"))
}

fn url(bytes: usize) -> String {
    let start = "/nodes/1?fields%5Bnodes%5D=";
    format!("{start}{}", "x".repeat(bytes - start.len()))
}

#[test]
fn include_depth() {
    Limited::start("").is_between(&include(6), &include(7), 400, "include-too-deep");
    let mut configured = Limited::start("[limits]\ninclude_depth = 2\n");
    configured.is_between(&include(2), &include(3), 400, "include-too-deep");
}

#[test]
fn number_of_include_paths() {
    Limited::start("").is_between(&include_paths(32), &include_paths(33), 400, "too-many-include-paths");
    let mut configured = Limited::start("[limits]\ninclude_paths = 2\n");
    configured.is_between(&include_paths(2), &include_paths(3), 400, "too-many-include-paths");
}

#[test]
fn number_of_filter_conditions() {
    let mut server = Limited::start("");
    let most = server.get(&conditions(64));
    assert_eq!(most.json()["data"].as_array().unwrap().len(), 3, "{}", most.text());
    let refused = server.get(&conditions(65));
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert!(refused.text().contains("64"), "the limit is told: {}", refused.text());
    let mut configured = Limited::start("[limits]\nfilter_conditions = 2\n");
    assert_eq!(configured.get(&conditions(2)).status, 200);
    assert_eq!(configured.get(&conditions(3)).status, 400);
}

#[test]
fn size_of_a_page() {
    let mut server = Limited::start("");
    server.is_between("/nodes?page%5Blimit%5D=500", "/nodes?page%5Blimit%5D=501", 400, "max-size-exceeded");
    let mut configured = Limited::start("[pagination]\nsize = 1\nsize_max = 2\n");
    configured.is_between("/nodes?page%5Bsize%5D=2", "/nodes?page%5Bsize%5D=3", 400, "max-size-exceeded");
    assert_eq!(configured.get("/nodes").json()["data"].as_array().unwrap().len(), 1);
}

#[test]
fn length_of_the_url() {
    Limited::start("").is_between(&url(8192), &url(8193), 414, "url-too-long");
    Limited::start("[limits]\nurl = 200\n").is_between(&url(200), &url(201), 414, "url-too-long");
}

#[test]
fn size_of_the_headers() {
    for (config, limit) in [("", 16 * 1024), ("[limits]\nheaders = \"1 KiB\"\n", 1024)] {
        let mut server = Limited::start(config);
        let mut client = server.program.client();
        // Name and value count, and four bytes for each line's punctuation.
        let filler = limit - ("host".len() + "a.test".len() + 4) - ("x-filler".len() + 4);
        for (length, status) in [(filler, 200), (filler + 1, 431)] {
            let filler = "x".repeat(length);
            let headers = [("host", "a.test"), ("x-filler", filler.as_str())];
            let response = client.send("GET", "/nodes", &headers, None);
            assert_eq!(response.status, status, "{config}: {}", response.text());
            if status == 431 {
                is_refused(&response, 431, "header-fields-too-large");
            }
        }
    }
}

#[test]
fn size_of_the_body() {
    for (config, limit) in [("", 1024 * 1024), ("[limits]\nbody = 100\n", 100)] {
        let mut server = Limited::start(config);
        let headers = [("Content-Type", crate::harness::JSON_API)];
        let mut post =
            |bytes: usize| server.program.client().send("POST", "/nodes", &headers, Some(&vec![b' '; bytes]));
        // The server only reads; what matters here is that the body was taken.
        let taken = post(limit);
        assert!([400, 405].contains(&taken.status), "{config}: {}", taken.text());
        is_refused(&post(limit + 1), 413, "body-too-large");
    }
}

#[test]
fn requests_at_the_same_time() {
    let mut server = SlowServer::start(ENDLESS, "[limits]\nrequests = 2");
    let address = server.program.address();
    let mut client = server.program.client();
    let _first = slow::ask(address);
    server.program.is_busy();
    assert_eq!(client.get("/quick").status, 200, "the second of two");
    // One that comes while a quick one is answered is refused itself.
    let mut more = Vec::new();
    let mut refused = None;
    eventually("there is no room for a third", Duration::from_secs(5), || {
        more.push(slow::ask(address));
        let response = client.get("/quick");
        refused = (response.status == 503).then_some(response);
        refused.is_some()
    });
    let refused = refused.unwrap();
    is_refused(&refused, 503, "busy");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(client.get("/health/live").status, 200);
}

#[test]
fn size_of_a_body_that_is_written() {
    for (config, limit) in [("", 1024 * 1024), ("[limits]\nbody = \"100 kB\"\n", 100_000)] {
        let mut server = Limited::start(&format!("[server]\nwritable = true\n{config}"));
        let mut client = server.program.client();
        let headers = [("Content-Type", crate::harness::JSON_API)];
        let document = |bytes: usize| {
            let empty = r#"{"data":{"type":"nodes","attributes":{"name":""}}}"#;
            let name = "n".repeat(bytes - empty.len());
            empty.replace("\"\"}", &format!("\"{name}\"}}"))
        };
        let written = client.send("POST", "/nodes", &headers, Some(document(limit).as_bytes()));
        assert_eq!(written.status, 201, "{config}: {}", written.text());
        let refused = client.send("POST", "/nodes", &headers, Some(document(limit + 1).as_bytes()));
        is_refused(&refused, 413, "body-too-large");
    }
}

#[test]
fn operations_in_one_request() {
    for (config, limit) in [("", 100), ("[limits]\noperations = 3\n", 3)] {
        let mut server = Limited::start(&format!("[server]\nwritable = true\n{config}"));
        let media_type = "application/vnd.api+json;ext=\"https://jsonapi.org/ext/atomic\"";
        let headers = [("Content-Type", media_type), ("Accept", media_type)];
        let mut run = |count: usize| {
            let one = r#"{"op":"add","data":{"type":"nodes","attributes":{"name":"new"}}}"#;
            let body = format!("{{\"atomic:operations\":[{}]}}", vec![one; count].join(","));
            server.program.client().send("POST", "/operations", &headers, Some(body.as_bytes()))
        };
        let done = run(limit);
        assert_eq!(done.status, 200, "{config}: {}", done.text());
        is_refused(&run(limit + 1), 400, "too-many-operations");
    }
}
