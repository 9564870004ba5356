//! Asks what was asked of Drupal, and judges the answers.

use std::path::Path;
use std::time::Duration;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::compare::{self, Difference, Rules};
use super::recording::{self, Recording};
use super::report::Report;
use super::sites::{Kind, Site};
use super::waivers::{self, Case};
use crate::harness::engine::Engine;
use crate::harness::http::{Client, Response};
use crate::harness::server::{Options, Server};

/// Where the recorded site was asked, which its links tell.
const HOST: &str = "127.0.0.1:8888";

/// Header fields that say nothing about the answer: what caches did, which server it was, and when.
const VOLATILE: [&str; 5] = ["content-length", "date", "server", "x-drupal-cache", "x-drupal-dynamic-cache"];

/// Header fields whose values are each server's own: there has to be one where Drupal has one.
const VALIDATORS: [&str; 2] = ["etag", "last-modified"];

/// Header fields that must not be there unless Drupal has them.
const TELLING: [&str; 4] = ["allow", "link", "location", "www-authenticate"];

#[test]
fn recordings_of_drupal_are_answered_alike_on_sqlite() {
    replay(Kind::Sqlite);
}

#[test]
fn recordings_of_drupal_are_answered_alike_on_mariadb() {
    if Engine::MariaDb.administrator().is_none() {
        // The check has servers for sure.
        assert!(std::env::var_os("CI").is_none(), "no servers: eval \"$(tests/servers start)\"");
        return;
    }
    replay(Kind::MariaDb);
}

#[test]
fn recorded_answers_are_equal_to_themselves() {
    let Some(folder) = recording::folder() else { return };
    for recorded in recording::reads(&folder, "") {
        let body = match &recorded.body {
            Value::Null => Vec::new(),
            Value::String(text) => text.clone().into_bytes(),
            json => serde_json::to_vec(json).unwrap(),
        };
        let found = Response { status: recorded.status, headers: recorded.answered.clone(), body };
        for kind in [Kind::Sqlite, Kind::MariaDb] {
            let verdict = judge(&recorded, &found, kind);
            assert!(matches!(verdict, Verdict::Equal), "{}: {verdict:?}", recorded.name);
        }
    }
}

/// What became of one recording.
#[derive(Debug)]
pub(super) enum Verdict {
    Equal,
    Different(Vec<Difference>),
    Waived(&'static str),
}

#[allow(clippy::print_stdout, reason = "the table is what one runs it for")]
fn replay(kind: Kind) {
    let Some(folder) = recording::folder() else { return };
    let part = std::env::var("DOCENT_REPLAY").unwrap_or_default();
    let recordings = recording::reads(&folder, &part);
    let site = Site::new(kind, &folder);
    let schema = schema(&folder);
    let mut report = Report::new(kind, !part.is_empty());
    let mut states: Vec<&str> = Vec::new();
    for recording in &recordings {
        if !states.contains(&recording.state.as_str()) {
            states.push(&recording.state);
        }
    }
    for state in states {
        site.in_state(state, |location| {
            let server = Server::start(location, &Options::default());
            let mut asking = Asking { client: server.client(), validators: Vec::new() };
            let mut is_told = false;
            for recorded in recordings.iter().filter(|it| it.state == state) {
                let found = asking.ask(recorded);
                let mut verdict = judge(recorded, &found, kind);
                if let (500.., false, Verdict::Different(differences)) = (found.status, is_told, &mut verdict)
                {
                    is_told = true;
                    differences.insert(0, said(&server));
                }
                // What one database is answered, the other is too.
                if kind == Kind::Sqlite && breaks(&schema, recorded, &found) {
                    report.invalid(recorded);
                }
                report.add(recorded, verdict);
            }
        });
    }
    assert!(!recordings.is_empty(), "no recording has {part:?} in its name");
    assert!(report.is_good(), "{report}");
    println!("{report}");
}

/// A client that knows which validators stand for the recorded ones.
struct Asking {
    client: Client,
    /// Recorded ones with those of this server.
    validators: Vec<(String, String)>,
}

impl Asking {
    fn ask(&mut self, recorded: &Recording) -> Response {
        let own = |value: &String| {
            let pair = self.validators.iter().rev().find(|(theirs, _)| theirs == value);
            pair.map_or_else(|| value.clone(), |(_, ours)| ours.clone())
        };
        let is_given = |name: &str| recorded.headers.iter().any(|(it, _)| it.eq_ignore_ascii_case(name));
        let mut headers: Vec<(&str, String)> =
            recorded.headers.iter().map(|(name, value)| (name.as_str(), own(value))).collect();
        if !is_given("Host") {
            headers.push(("Host", HOST.to_owned()));
        }
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let response =
            self.client.send(&recorded.method, &recorded.target, &headers, recorded.sent.as_deref());
        for name in VALIDATORS {
            if let (Some(theirs), Some(ours)) = (recorded.header(name), response.header(name)) {
                self.validators.push((theirs.to_owned(), ours.to_owned()));
            }
        }
        response
    }
}

fn judge(recorded: &Recording, found: &Response, kind: Kind) -> Verdict {
    let mut differences = Vec::new();
    if recorded.status != found.status {
        differences.push(Difference {
            pointer: "status".to_owned(),
            expected: Some(recorded.status.into()),
            found: Some(json!(format!(
                "{} {}",
                found.status,
                found.text().chars().take(1000).collect::<String>()
            ))),
        });
    } else if is_page(recorded) && found.header("content-type").is_some_and(|it| it.starts_with("text/html"))
    {
        return Verdict::Equal;
    }
    differences.extend(of_headers(recorded, found));
    let rules = Rules {
        is_unordered: recorded.is_unordered_collection() || waivers::has_ties(recorded),
        has_free_zeros: kind == Kind::Sqlite,
    };
    if recorded.status == found.status {
        differences.extend(compare::differences(&recorded.body, &body(found), rules));
    }
    if differences.is_empty() {
        return Verdict::Equal;
    }
    let reason = waivers::waived(&Case { recorded, found, kind, differences: &differences });
    reason.map_or(Verdict::Different(differences), Verdict::Waived)
}

/// What the server has written last, which takes it a moment.
fn said(server: &Server) -> Difference {
    std::thread::sleep(Duration::from_millis(500));
    let log = server.stderr() + &server.stdout();
    let last = log.lines().rfind(|line| line.contains("internal=")).unwrap_or(&log);
    Difference { pointer: "the server's log".to_owned(), expected: None, found: Some(last.into()) }
}

/// Whether it is a page for people about something that is not there: it is made by the site's theme.
fn is_page(recorded: &Recording) -> bool {
    recorded.status == 404 && recorded.header("content-type").is_some_and(|it| it.starts_with("text/html"))
}

fn of_headers(recorded: &Recording, found: &Response) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut note = |name: &str, expected: Option<&str>, found: Option<&str>| {
        let (expected, found) = (expected.map(Value::from), found.map(Value::from));
        differences.push(Difference { pointer: format!("header {name}"), expected, found });
    };
    for (name, expected) in recorded.answered.iter().filter(|(name, _)| !VOLATILE.contains(&&**name)) {
        let found = found.header(name);
        let is_own = VALIDATORS.contains(&&**name);
        if found.is_none() || !is_own && found != Some(expected) {
            note(name, Some(expected), found);
        }
    }
    for name in TELLING {
        if recorded.header(name).is_none() && found.header(name).is_some() {
            note(name, None, found.header(name));
        }
    }
    differences
}

/// The body as a value: nothing, JSON, or else text.
fn body(response: &Response) -> Value {
    if response.body.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(&response.body).unwrap_or_else(|_| response.text().into())
}

/// The schema that Drupal publishes for its documents.
fn schema(folder: &Path) -> Validator {
    let text = std::fs::read(folder.join("drupal-jsonapi-resource-schema.json")).unwrap();
    jsonschema::validator_for(&serde_json::from_slice(&text).unwrap()).unwrap()
}

/// Whether an answer breaks the schema, although the recorded one does not.
fn breaks(schema: &Validator, recorded: &Recording, found: &Response) -> bool {
    schema.is_valid(&recorded.body) && !schema.is_valid(&body(found))
}
