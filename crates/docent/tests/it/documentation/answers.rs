//! Whether a document shown is part of a document received.

use serde_json::Value;

/// Stands for any text, and at the end of a text for any end.
const ELISION: char = '…';

/// Where the shown document differs, one line each: every member shown must be there, lists in full.
pub(super) fn differences(shown: &Value, received: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", shown, received, &mut found);
    found
}

fn compare(at: &str, shown: &Value, received: &Value, found: &mut Vec<String>) {
    match (shown, received) {
        (Value::Object(shown), Value::Object(received)) => {
            for (name, value) in shown {
                match received.get(name) {
                    Some(other) => compare(&format!("{at}/{name}"), value, other, found),
                    None => found.push(format!("{at}/{name} is not there")),
                }
            }
        }
        (Value::Array(shown), Value::Array(received)) => {
            if shown.len() != received.len() {
                found.push(format!("{at} has {} items, not {}", received.len(), shown.len()));
            }
            for (index, (value, other)) in shown.iter().zip(received).enumerate() {
                compare(&format!("{at}/{index}"), value, other, found);
            }
        }
        (Value::String(shown), Value::String(received)) => {
            let matches = match shown.strip_suffix(ELISION) {
                Some(start) => received.starts_with(start),
                None => shown == received,
            };
            if !matches {
                found.push(format!("{at} is {received:?}, not {shown:?}"));
            }
        }
        _ if shown == received => {}
        _ => found.push(format!("{at} is {received}, not {shown}")),
    }
}

#[test]
fn documents_are_compared() {
    use serde_json::json;
    let received = json!({"a": {"b": 1, "c": "text"}, "d": [{"e": 1, "f": 2}, null]});
    for part in [
        json!({}),
        json!({"a": {"b": 1}}),
        json!({"a": {"c": "te…"}}),
        json!({"a": {"c": "…"}, "d": [{"f": 2}, null]}),
    ] {
        assert_eq!(differences(&part, &received), Vec::<String>::new(), "{part}");
    }
    let check = |shown: Value, expected: &str| assert_eq!(differences(&shown, &received), [expected]);
    check(json!({"x": 1}), "/x is not there");
    check(json!({"a": {"b": 2}}), "/a/b is 1, not 2");
    check(json!({"a": {"c": "tx…"}}), "/a/c is \"text\", not \"tx…\"");
    check(json!({"d": [{}]}), "/d has 2 items, not 1");
    check(json!({"d": [{"e": null}, null]}), "/d/0/e is 1, not null");
}
