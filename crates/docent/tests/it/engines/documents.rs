//! The same questions to servers on SQLite, PostgreSQL and MariaDB.

use serde_json::Value;

use crate::differential::Questions;
use crate::harness::databases::{CHINOOK, Database, NORTHWIND};
use crate::harness::engine::Engine;
use crate::harness::http::{Client, Response};
use crate::harness::links::href;
use crate::harness::server::{Options, Server};
use crate::harness::{CURSOR_PROFILE, JSON_API};

/// Questions about each database.
const QUESTIONS: usize = 1200;

/// Differences after which a comparison ends.
const SHOWN: usize = 3;

/// What links begin with.
const ORIGIN: &str = "http://engines.test";

/// Header fields that belong to one answer alone.
const OWN: [&str; 2] = ["date", "x-request-id"];

/// Header fields that tell of the bytes of the body.
const OF_BODY: [&str; 2] = ["etag", "content-length"];

/// What cursors stand behind: they hold values as their engine stores them.
const CURSORS: [&str; 3] = ["\"cursor\":\"", "page%5Bafter%5D=", "page%5Bbefore%5D="];

#[test]
fn documents_about_chinook_do_not_depend_on_the_engine() {
    compare("chinook on all engines", CHINOOK);
}

#[test]
fn documents_about_northwind_do_not_depend_on_the_engine() {
    compare("northwind on all engines", NORTHWIND);
}

#[test]
fn documents_about_conformance_do_not_depend_on_the_engine() {
    compare("conformance on all engines", include_str!("../../data/conformance.sql"));
}

/// A database of each engine and its server.
struct Served {
    engine: Engine,
    server: Server,
    client: Client,
    _database: Database,
}

fn compare(name: &'static str, script: &str) {
    if Engine::ALL.iter().any(|it| it.is_strict() && it.administrator().is_none()) {
        // What nobody compares differs some day: the check has servers for sure.
        assert!(std::env::var("CI").is_err(), "no servers: eval \"$(tests/servers start)\"");
        return;
    }
    let original = Database::canonical(Engine::Sqlite, script);
    let questions = Questions::new(name, &original.source());
    let serve = |engine: Engine| {
        let database = Database::canonical(engine, script);
        let server = Server::start(&database.location(), &Options::args(&["--public-url", ORIGIN]));
        Served { engine, client: server.client(), server, _database: database }
    };
    let mut all = Engine::ALL.map(serve);
    let mut differences = Vec::new();
    let mut asked = 0;
    for number in Questions::numbers() {
        let (target, profile) = questions.question(number, &all[0].server);
        let mut targets = [target.clone(), target.clone(), target.clone()];
        // Every answer leads on to its next page.
        for _ in 0..2 {
            asked += 1;
            let mut targets_left = targets.iter();
            let answers = all.each_mut().map(|it| ask(it, targets_left.next().unwrap(), profile));
            if let Some(what) = difference(&all, &answers) {
                differences.push(format!("{}\nGET {target}\n{what}", questions.place(number)));
                break;
            }
            let Some(next) = next_pages(&answers) else { break };
            targets = next;
        }
        if asked >= QUESTIONS || differences.len() == SHOWN {
            break;
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
}

/// The targets of the next pages. A cursor belongs to the server that made it.
fn next_pages(answers: &[Response; 3]) -> Option<[String; 3]> {
    let next = |answer: &Response| {
        let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        href(&document["links"]["next"]).map(|next| next.strip_prefix(ORIGIN).unwrap().to_owned())
    };
    let [one, two, three] = answers.each_ref().map(next);
    Some([one?, two?, three?])
}

fn ask(served: &mut Served, target: &str, profile: bool) -> Response {
    let accept =
        if profile { format!("{JSON_API};profile=\"{CURSOR_PROFILE}\"") } else { JSON_API.to_owned() };
    served.client.send("GET", target, &[("Accept", &accept)], None)
}

/// How answers differ from that of SQLite, if they do.
fn difference(all: &[Served; 3], answers: &[Response; 3]) -> Option<String> {
    let wanted = comparable(&answers[0]);
    all.iter().zip(answers).skip(1).find_map(|(served, answer)| {
        let found = comparable(answer);
        (found != wanted).then(|| {
            let mut both = wanted.char_indices().zip(found.chars());
            let unequal = both.find(|((_, a), b)| a != b);
            let place = unequal.map_or(wanted.len().min(found.len()), |((place, _), _)| place);
            let part = |text: &str| -> String {
                let start = text.floor_char_boundary(place.saturating_sub(120));
                text[start..].chars().take(320).collect()
            };
            format!(
                "SQLite:\n  {}\n{}:\n  {}\nits server said: {}",
                part(&wanted),
                served.engine.name(),
                part(&found),
                said(&served.server),
            )
        })
    })
}

/// What a server has logged about its failures.
fn said(server: &Server) -> String {
    let log = server.stderr();
    let mut failures = log.lines().filter(|line| line.contains("internal=") || !line.contains(" INFO "));
    failures.next_back().unwrap_or("nothing").to_owned()
}

/// All of an answer that has to be the same.
fn comparable(answer: &Response) -> String {
    let id = answer.header("x-request-id").unwrap_or("no id");
    let body = answer.text();
    let (body, has_cursors) = without_cursors(&body.replace(id, "the request id"));
    let is_own = |line: &String| {
        let starts = |names: &[&str]| names.iter().any(|name| line.starts_with(&format!("{name}:")));
        starts(&OWN) || (has_cursors && starts(&OF_BODY))
    };
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, value)| format!("{}: {value}", name.to_ascii_lowercase()))
        .filter(|line| !is_own(line))
        .collect();
    headers.sort();
    format!("{}\n{body}\n{}", answer.status, headers.join("\n"))
}

/// The text with `…` for each cursor, and whether there was one.
fn without_cursors(text: &str) -> (String, bool) {
    let mut text = text.to_owned();
    let mut has_cursors = false;
    for before in CURSORS {
        let mut parts = text.split(before);
        let mut without = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find(['"', '&']).unwrap_or(part.len());
            without.extend([before, "…", &part[end..]]);
            has_cursors = true;
        }
        text = without;
    }
    (text, has_cursors)
}
