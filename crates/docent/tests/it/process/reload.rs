//! SIGHUP reads configuration and schema again.

use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use super::program::{Program, Start};
use super::{SHOP, eventually};
use crate::harness::JSON_API;
use crate::harness::databases::Database;

const RELOADED: Duration = Duration::from_secs(5);

/// A running server with a configuration file that can be changed.
struct Configured {
    program: Program,
    file: PathBuf,
    _database: Database,
    _directory: TempDir,
}

impl Configured {
    fn start(config: &str) -> Self {
        let database = Database::file(SHOP);
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("docent.toml");
        std::fs::write(&file, config).unwrap();
        let args = ["serve", database.path().to_str().unwrap(), "--listen", "127.0.0.1:0", "--config"]
            .map(str::to_owned);
        let args: Vec<&str> = args.iter().map(String::as_str).chain([file.to_str().unwrap()]).collect();
        let mut program = Start::new(&args).spawn();
        program.url();
        Self { program, file, _database: database, _directory: directory }
    }

    fn reload(&self, config: &str) {
        std::fs::write(&self.file, config).unwrap();
        self.program.signal("HUP");
    }

    fn status(&mut self, path: &str) -> u16 {
        self.program.client().get(path).status
    }

    /// What becomes of an attempt to write.
    fn post_status(&mut self) -> u16 {
        let document = br#"{"data":{"type":"customers","attributes":{"name":"Mary"}}}"#;
        let headers = [("Content-Type", JSON_API)];
        self.program.client().send("POST", "/api/customers", &headers, Some(document)).status
    }
}

#[test]
fn sighup_reads_the_configuration_again() {
    let mut server = Configured::start("[types.customers]\nname = \"people\"\n");
    assert_eq!([server.status("/api/people"), server.status("/api/customers")], [200, 404]);
    // The type, the engine's settings and the edge's.
    server.reload("[server]\nbase_path = \"/v2\"\n[pagination]\nsize = 1\n[limits]\nurl = 100\n");
    eventually("the new configuration is in force", RELOADED, || server.status("/v2/customers") == 200);
    assert_eq!([server.status("/v2/people"), server.status("/api/people")], [404, 404]);
    let mut client = server.program.client();
    assert_eq!(client.get("/v2/customers").json()["data"].as_array().unwrap().len(), 1);
    assert_eq!(client.get(&format!("/v2/customers?{}", "x".repeat(100))).status, 414);
}

#[test]
fn sighup_with_a_broken_configuration_keeps_the_old_one() {
    let mut server = Configured::start("[types.customers]\nname = \"people\"\n");
    let broken = [
        "nonsense = [",
        "[server]\nlisen = \"x\"\n",
        "[types.customers]\nkey = [\"nope\"]\n",
        "[[roles.anonymous.allow]]\ntypes = [\"custmers\"]\nactions = [\"read\"]\n",
    ];
    for config in broken {
        let before = server.program.stderr().len();
        server.reload(config);
        eventually("the problem is reported", RELOADED, || {
            server.program.stderr()[before..].contains("docent.toml")
        });
        assert_eq!([server.status("/api/people"), server.status("/api/customers")], [200, 404], "{config}");
    }
    server.reload("");
    eventually("a good one is taken again", RELOADED, || server.status("/api/customers") == 200);
    let status = server.program.wait(Duration::ZERO);
    assert!(status.is_none(), "{status:?}");
}

#[test]
fn sighup_keeps_open_connections_and_requests() {
    let server = Configured::start("");
    let mut program = server.program;
    let mut client = program.client();
    for _ in 0..20 {
        program.signal("HUP");
        for _ in 0..10 {
            assert_eq!(client.get("/api/orders?include=customer").status, 200);
        }
    }
}

/// Reloads, waits until the program says so, and returns what else it said meanwhile.
fn reloaded(server: &Configured, config: &str) -> String {
    let before = server.program.stderr().len();
    server.reload(config);
    let said = || server.program.stderr()[before..].to_owned();
    eventually("it was reloaded", RELOADED, || said().contains("read again"));
    said()
}

#[test]
fn sighup_takes_writing_away_and_gives_it_back() {
    let (yes, no) = ("[server]\nwritable = true\n", "[server]\nwritable = false\n");
    let mut server = Configured::start(yes);
    assert_eq!(server.post_status(), 201);
    assert!(reloaded(&server, no).contains("writable=false"));
    assert_eq!(server.post_status(), 405);
    let said = reloaded(&server, yes);
    assert!(said.contains("writable=true") && !said.contains("restart"), "{said}");
    assert_eq!(server.post_status(), 201);
}

#[test]
fn sighup_cannot_open_a_database_to_write() {
    let mut server = Configured::start("");
    let said = reloaded(&server, "[server]\nwritable = true\n");
    assert_eq!(server.post_status(), 405);
    assert!(said.contains("writable=false"), "{said}");
    let warning = said.lines().find(|line| line.contains("restart")).unwrap_or_else(|| panic!("{said}"));
    assert!(warning.contains("WARN") && warning.contains("setting=\"writable\""), "{warning}");
}

#[test]
fn sighup_reads_the_schema_again() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let mut client = program.client();
    assert_eq!(client.get("/refunds").status, 404);
    database.sqlite().execute_batch("CREATE TABLE refunds (id INTEGER PRIMARY KEY)").unwrap();
    program.signal("HUP");
    // Sooner than the change would have been noticed anyway.
    eventually("the table is there", Duration::from_secs(3), || client.get("/refunds").status == 200);
}

#[test]
fn roles_count_from_then_on() {
    let permission =
        |types: &str| format!("[[roles.anonymous.allow]]\ntypes = [{types}]\nactions = [\"read\"]\n");
    let mut server = Configured::start(&permission("\"*\""));
    assert_eq!([server.status("/api/customers"), server.status("/api/orders")], [200, 200]);
    server.reload(&permission("\"orders\""));
    eventually("customers are hidden", RELOADED, || server.status("/api/customers") == 403);
    assert_eq!(server.status("/api/orders?include=customer"), 400);
    server.reload("");
    eventually("everyone may do everything", RELOADED, || server.status("/api/customers") == 200);
}
