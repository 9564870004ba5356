//! Before anything is measured: both servers must give the same answers, and write the same rows.
//!
//! Documents are compared as parsed JSON. The host is the one thing that has to differ; the order of `included` is
//! free by the specification, so it is compared by type and id; everything else must be equal. The sizes must be
//! near each other as well: insignificant white space would be work the other server does not do.

use std::path::Path;

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::Failure;
use crate::data::Random;
use crate::http::{Client, Request};
use crate::server::{Pair, Server};
use crate::workload::Workload;

/// Differences shown per document; more are counted.
const SHOWN_MAX: usize = 20;
/// Largest difference of the sizes, in percent.
const SIZE_PERCENT_MAX: usize = 3;
/// Headers that have to be equal.
const HEADERS: [&str; 3] = ["Content-Type", "Location", "Vary"];
/// What the write workloads change, as statements that read all of it in a fixed order.
const TABLES: [&str; 3] = [
    "SELECT * FROM articles ORDER BY id",
    "SELECT * FROM comments ORDER BY id",
    "SELECT * FROM article_tags ORDER BY article_id, tag_id",
];

/// What is compared of an answer, the host replaced.
struct Answer {
    status: u16,
    headers: [Option<String>; 3],
    document: Value,
    bytes: usize,
}

/// Compares the answers to all workloads, then what was written; an error names every difference.
pub(crate) fn verify(readers: &Pair, writers: &Pair) -> Result<(), Failure> {
    answers(&Workload::ALL.map(|workload| (workload, if workload.writes() { writers } else { readers })))?;
    let written = writers.docent.as_ref().and_then(Server::written).zip(writers.floor.written());
    let problem = written.map(|(ours, theirs)| rows_problem(ours, theirs)).transpose()?.flatten();
    complain(problem.as_slice())
}

/// Compares the answers to these workloads.
pub(crate) fn answers(workloads: &[(Workload, &Pair)]) -> Result<(), Failure> {
    let mut problems = Vec::new();
    for (workload, Pair { docent, floor }) in workloads {
        if let Some(docent) = docent {
            problems.extend(workload_problem(*workload, docent, floor)?);
        }
    }
    complain(&problems)
}

fn complain(problems: &[String]) -> Result<(), Failure> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!("docent and the floor do not answer alike:\n{}", problems.join("\n")).into())
}

/// The first requests of a workload, asked of both, until an answer differs.
fn workload_problem(workload: Workload, docent: &Server, floor: &Server) -> Result<Option<String>, Failure> {
    let (mut ours, mut theirs) = (Client::connect(docent.address)?, Client::connect(floor.address)?);
    let mut random = Random::new(0);
    for _ in 0..requests_compared(workload) {
        let request = workload.request(&mut random);
        let a = ask(&mut ours, docent, &request)?;
        let b = ask(&mut theirs, floor, &request)?;
        let mut differences = differences(&a, &b);
        if a.status != workload.status() {
            differences.push(format!(
                "status: {}, expected {}: {}",
                a.status,
                workload.status(),
                short(&a.document)
            ));
        }
        if differences.is_empty() {
            continue;
        }
        let more = differences.len().saturating_sub(SHOWN_MAX);
        differences.truncate(SHOWN_MAX);
        let Request { method, target, .. } = request;
        if more > 0 {
            differences.push(format!("and {more} more"));
        }
        return Ok(Some(format!("{} {method} {target}\n  {}", workload.name(), differences.join("\n  "))));
    }
    Ok(None)
}

/// Workloads with one document need no second request.
fn requests_compared(workload: Workload) -> usize {
    match workload {
        Workload::W1 | Workload::W6 | Workload::W7 | Workload::W8 => 50,
        Workload::W2 | Workload::W3 | Workload::W5 => 1,
    }
}

fn ask(client: &mut Client, server: &Server, request: &Request) -> Result<Answer, Failure> {
    let answer = client.ask(request).map_err(|error| format!("{}: {error}", server.name))?;
    let host = server.address.to_string();
    let headers = HEADERS.map(|name| answer.header(name).map(|value| value.replace(&host, "host")));
    let (status, bytes, text) = (answer.status, answer.body.len(), std::str::from_utf8(answer.body)?);
    let mut document = match text {
        "" => Value::Null,
        text => serde_json::from_str(&text.replace(&host, "host"))?,
    };
    if let Some(included) = document.get_mut("included").and_then(Value::as_array_mut) {
        included.sort_by_cached_key(|resource| format!("{} {}", resource["type"], resource["id"]));
    }
    Ok(Answer { status, headers, document, bytes })
}

fn differences(a: &Answer, b: &Answer) -> Vec<String> {
    let mut differences = Vec::new();
    if a.status != b.status {
        differences.push(format!("status: {}, floor {}", a.status, b.status));
    }
    for ((name, a), b) in HEADERS.iter().zip(&a.headers).zip(&b.headers) {
        if a != b {
            differences.push(format!("{name}: {a:?}, floor {b:?}"));
        }
    }
    compare(&a.document, &b.document, "", &mut differences);
    if a.bytes.abs_diff(b.bytes) * 100 > b.bytes * SIZE_PERCENT_MAX {
        differences.push(format!("size: {} bytes, floor {}", a.bytes, b.bytes));
    }
    differences
}

/// Where two databases that were written alike differ; the first row that does is enough.
pub(crate) fn rows_problem(ours: &Path, theirs: &Path) -> Result<Option<String>, Failure> {
    let open = |file| Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let (ours, theirs) = (open(ours)?, open(theirs)?);
    for table in TABLES {
        let (mut a, mut b) = (ours.prepare(table)?, theirs.prepare(table)?);
        let columns = a.column_count();
        let (mut a, mut b) = (a.query([])?, b.query([])?);
        loop {
            let read =
                |row: &rusqlite::Row| (0..columns).map(|at| row.get(at)).collect::<Result<Vec<Cell>, _>>();
            match (a.next()?.map(read).transpose()?, b.next()?.map(read).transpose()?) {
                (None, None) => break,
                (a, b) if a == b => {}
                (a, b) => return Ok(Some(format!("{table}: {a:?}\n  floor {b:?}"))),
            }
        }
    }
    Ok(None)
}

/// Collects where two values differ, as JSON Pointers.
fn compare(a: &Value, b: &Value, at: &str, differences: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            for (name, value) in a {
                match b.get(name) {
                    Some(other) => compare(value, other, &format!("{at}/{name}"), differences),
                    None => differences.push(format!("{at}/{name}: only docent has it: {}", short(value))),
                }
            }
            for (name, value) in b.iter().filter(|(name, _)| !a.contains_key(*name)) {
                differences.push(format!("{at}/{name}: only the floor has it: {}", short(value)));
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            if a.len() != b.len() {
                differences.push(format!("{at}: {} items, floor {}", a.len(), b.len()));
            }
            for (index, (value, other)) in a.iter().zip(b).enumerate() {
                compare(value, other, &format!("{at}/{index}"), differences);
            }
        }
        _ if a == b => {}
        _ => differences.push(format!("{at}: {}, floor {}", short(a), short(b))),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    text.char_indices().nth(120).map_or(text.clone(), |(end, _)| format!("{}…", &text[..end]))
}

#[cfg(test)]
mod tests {
    use super::compare;
    use serde_json::json;

    #[test]
    fn differences_are_named_by_their_place() {
        let mut differences = Vec::new();
        let (a, b) = (json!({"x": [1, {"y": 2}], "only": 1}), json!({"x": [1, {"y": 3}]}));
        compare(&a, &b, "", &mut differences);
        differences.sort();
        assert_eq!(differences, ["/only: only docent has it: 1", "/x/1/y: 2, floor 3"]);
    }
}
