//! What happens to the site of the coast while it is served: it changes so that it cannot be served, it is locked, tables
//! are missing.

use std::time::{Duration, Instant};

use super::behaviour::{CAT, FOG, Served, node};
use crate::harness::JSON_API;
use crate::harness::engine::{Engine, only_on};
use crate::harness::http::Response;
use crate::harness::server::Options;
use crate::process::eventually;

/// What the log says once of a table of sessions that cannot be read.
pub(super) const SESSIONS_CLOSED: &str = "whoever has a session";

const COOKIE: (&str, &str) = ("Cookie", "SESS0123456789abcdef0123456789abcdef=a-b,c");

impl Served {
    /// Waits until no request is answered, for a reason that the log has and nobody else is told.
    #[track_caller]
    fn is_closed(&mut self, reason: &str) {
        self.eventually(&node("story", CAT), |it| it.status == 503);
        for (method, target) in [("GET", "/jsonapi"), ("POST", "/jsonapi/node/story"), ("GET", "/nothing")] {
            let response = self.client.send(method, target, &[("Accept", JSON_API)], None);
            assert_eq!(response.status, 503, "{method} {target}");
            assert_eq!(response.header("content-type"), Some(JSON_API));
            assert_eq!(response.header("retry-after"), Some("1"));
            let error = response.json()["errors"][0].clone();
            assert_eq!(error["status"], "503");
            let detail = error["detail"].as_str().unwrap();
            assert!(
                detail.starts_with("The site has changed") && !response.text().contains(reason),
                "{detail}"
            );
        }
        self.server.logs(reason);
        let before = self.server.stderr().len();
        let ready = self.client.get("/health/ready");
        assert!(ready.status == 503 && !ready.text().contains(reason), "{}", ready.text());
        eventually("the log has the reason", Duration::from_secs(5), || {
            self.server.stderr()[before..].contains(reason)
        });
    }

    #[track_caller]
    pub(super) fn is_open(&mut self) {
        self.eventually(&node("story", CAT), |it| it.status == 200);
        assert_eq!(self.client.get("/health/ready").status, 200);
    }

    fn ask_in_session(&mut self, target: &str) -> Response {
        self.client.send("GET", target, &[("Accept", JSON_API), COOKIE], None)
    }
}

#[test]
fn a_site_with_a_module_that_is_not_known_is_not_served_any_more() {
    let mut served = Served::new();
    served.coast.install_tide();
    served.is_closed("tide");
    // What is revoked meanwhile is revoked when the module is gone.
    served.coast.configure("user.role.anonymous", "s:14:\"access content\"", "s:14:\"access nothing\"");
    served.coast.uninstall_tide();
    served.eventually(&node("story", CAT), |it| it.status == 401);
    served.coast.configure("user.role.anonymous", "s:14:\"access nothing\"", "s:14:\"access content\"");
    served.is_open();
}

#[test]
fn a_site_without_json_api_is_not_served_any_more() {
    let mut served = Served::new();
    let (with, without) = ("s:7:\"jsonapi\"", "s:7:\"jsonxml\"");
    served.coast.configure("core.extension", with, without);
    served.is_closed("`jsonapi` is not installed");
    served.coast.configure("core.extension", without, with);
    served.is_open();
}

#[test]
fn a_site_that_cannot_be_understood_is_not_served_any_more() {
    let mut served = Served::new();
    let (right, wrong) = ("s:6:\"module\"", "s:7:\"module\"");
    served.coast.configure("core.extension", right, wrong);
    served.is_closed("core.extension");
    served.coast.configure("core.extension", wrong, right);
    served.is_open();
    served.coast.execute("ALTER TABLE config RENAME TO elsewhere");
    served.is_closed("config");
    served.coast.execute("ALTER TABLE elsewhere RENAME TO config");
    served.is_open();
}

#[test]
fn sessions_that_cannot_be_read_are_none() {
    let mut served = Served::new();
    served.coast.execute("ALTER TABLE sessions RENAME TO elsewhere");
    for _ in 0..3 {
        assert_eq!(served.ask_in_session(&node("story", CAT)).status, 200);
        // Who has shown something is not asked for a password.
        assert_eq!(served.ask_in_session(&node("story", FOG)).status, 403);
    }
    served.server.logs(SESSIONS_CLOSED);
    assert_eq!(served.server.stderr().matches(SESSIONS_CLOSED).count(), 1, "{}", served.server.stderr());
    served.coast.execute("ALTER TABLE elsewhere RENAME TO sessions");
    let kept = "en_CoL_66AVSpT8AoXD0Wdd3uLJ4V5k_1GOVD_5_y7c";
    served
        .coast
        .execute(&format!("INSERT INTO sessions (uid, sid, timestamp) VALUES (2, '{kept}', 2147483647)"));
    let fog = served.ask_in_session(&node("story", FOG));
    assert_eq!(fog.status, 200, "{}", fog.text());
    // Another table is another matter.
    served.coast.execute("ALTER TABLE user__roles RENAME TO elsewhere");
    assert_eq!(served.ask_in_session("/jsonapi").status, 503);
}

#[test]
fn the_journal_of_a_file_is_left_as_it_is() {
    if !only_on(&[Engine::Sqlite], "it has no file") {
        return;
    }
    let options = Options::config("[database]\nstatement_timeout = \"4s\"\n");
    let mut served = Served::with(&options);
    let site = rusqlite::Connection::open(served.coast.location()).unwrap();
    let cat = node("story", CAT);
    assert_eq!(served.ask(&cat, None).status, 200);
    let mode: String = site.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "delete");
    let path = format!("{}-wal", served.coast.location());
    assert!(!std::path::Path::new(&path).exists());

    // While somebody writes all the time, nobody is turned away.
    let location = served.coast.location();
    let writing = std::thread::spawn(move || {
        let site = rusqlite::Connection::open(location).unwrap();
        site.busy_timeout(Duration::from_mins(1)).unwrap();
        for hits in 0..200 {
            let sql = "UPDATE node_field_data SET changed = changed + ?1 WHERE nid = 1";
            site.execute(sql, [hits]).unwrap();
        }
    });
    while !writing.is_finished() {
        assert_eq!(served.ask(&cat, None).status, 200, "{}", served.server.stderr());
    }
    writing.join().unwrap();

    // A lock that stays costs the requests made meanwhile.
    site.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let asked = Instant::now();
    let (status, detail) = served.refusal(&cat, None);
    assert_eq!((status, detail.starts_with("The database does not answer")), (503, true), "{detail}");
    let waited = asked.elapsed().as_secs();
    assert!((3..9).contains(&waited), "{waited}");
    site.execute_batch("UPDATE node_field_data SET title = 'The cat' WHERE nid = 1; COMMIT").unwrap();
    assert_eq!(served.get(&cat)["data"]["attributes"]["title"], "The cat");

    // Where the site itself has switched, nobody waits.
    let mode: String = site.query_row("PRAGMA journal_mode = wal", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    site.execute_batch("BEGIN EXCLUSIVE; UPDATE node_field_data SET title = 'It' WHERE nid = 1").unwrap();
    assert_eq!(served.get(&cat)["data"]["attributes"]["title"], "The cat");
    site.execute_batch("COMMIT").unwrap();
    assert_eq!(served.get(&cat)["data"]["attributes"]["title"], "It");
}
