//! Before anything is measured: both servers must give the same documents.
//!
//! Documents are compared as parsed JSON. The host is the one thing that has to differ; the order of `included` is
//! free by the specification, so it is compared by type and id; everything else must be equal. The sizes must be
//! near each other as well: insignificant white space would be work the other server does not do.

use serde_json::Value;

use crate::Failure;
use crate::data::Random;
use crate::http::Client;
use crate::server::Server;
use crate::workload::Workload;

/// Differences shown per document; more are counted.
const SHOWN_MAX: usize = 20;
/// Largest difference of the sizes, in percent.
const SIZE_PERCENT_MAX: usize = 3;
/// Articles compared for W1; the other workloads have one document.
const ARTICLES_COMPARED: usize = 50;

/// Compares the documents of all workloads; an error names every difference.
pub(crate) fn verify(docent: &Server, floor: &Server) -> Result<(), Failure> {
    let (mut ours, mut theirs) = (Client::connect(docent.address)?, Client::connect(floor.address)?);
    let mut problems = Vec::new();
    let mut random = Random::new(0);
    for workload in Workload::ALL {
        let documents = if workload == Workload::W1 { ARTICLES_COMPARED } else { 1 };
        for _ in 0..documents {
            let target = workload.target(&mut random);
            let (a, a_bytes) = fetch(&mut ours, docent, &target)?;
            let (b, b_bytes) = fetch(&mut theirs, floor, &target)?;
            let mut differences = Vec::new();
            compare(&a, &b, "", &mut differences);
            if a_bytes.abs_diff(b_bytes) * 100 > b_bytes * SIZE_PERCENT_MAX {
                differences.push(format!("size: {a_bytes} bytes, floor {b_bytes}"));
            }
            if !differences.is_empty() {
                let more = differences.len().saturating_sub(SHOWN_MAX);
                differences.truncate(SHOWN_MAX);
                problems.push(format!("{} GET {target}\n  {}", workload.name(), differences.join("\n  ")));
                if more > 0 {
                    problems.push(format!("  and {more} more"));
                }
                break;
            }
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    Err(format!("docent and the floor do not answer alike:\n{}", problems.join("\n")).into())
}

/// The document with its host replaced, and its size as sent.
fn fetch(client: &mut Client, server: &Server, target: &str) -> Result<(Value, usize), Failure> {
    let body = client.document(target).map_err(|error| format!("{}: {error}", server.name))?;
    let text = std::str::from_utf8(body)?;
    let bytes = text.len();
    let mut document: Value = serde_json::from_str(&text.replace(&server.address.to_string(), "host"))?;
    if let Some(included) = document.get_mut("included").and_then(Value::as_array_mut) {
        included.sort_by_cached_key(|resource| format!("{} {}", resource["type"], resource["id"]));
    }
    Ok((document, bytes))
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
