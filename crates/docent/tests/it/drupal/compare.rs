//! Where two documents differ, apart from what no two answers of Drupal have in common.

use serde_json::{Map, Value, json};

/// Relative difference up to which numbers are equal: MariaDB prints six digits.
const TOLERANCE: f64 = 1e-5;

/// What does not count as a difference.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rules {
    /// Primary data is in no order.
    pub(super) is_unordered: bool,
    /// Numbers kept as texts may have other zeros at their end.
    pub(super) has_free_zeros: bool,
}

/// A place where documents differ.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Difference {
    pub(super) pointer: String,
    pub(super) expected: Option<Value>,
    pub(super) found: Option<Value>,
}

/// Everything in which the documents differ.
pub(super) fn differences(expected: &Value, found: &Value, rules: Rules) -> Vec<Difference> {
    let mut differences = Vec::new();
    let (expected, found) = (comparable(expected, rules), comparable(found, rules));
    compare("", &expected, &found, rules, &mut differences);
    differences
}

/// Without random names, the times of recent visits, and orders that mean nothing: sets become objects.
fn comparable(document: &Value, rules: Rules) -> Value {
    let mut document = document.clone();
    if let Some(Value::Object(links)) = document.pointer_mut("/meta/omitted/links") {
        let (items, mut kept): (Map<_, _>, Map<_, _>) =
            std::mem::take(links).into_iter().partition(|(name, _)| name.starts_with("item--"));
        let by_place = keyed(items.into_iter().map(|(_, item)| item), |item| shown(&item["href"]));
        kept.insert("items".to_owned(), by_place);
        *links = kept;
    }
    for member in ["data", "included"] {
        match document.get_mut(member) {
            Some(Value::Array(items)) => {
                items.iter_mut().for_each(forget_visit);
                if member == "included" || rules.is_unordered {
                    let items = std::mem::take(items).into_iter();
                    document[member] =
                        keyed(items, |item| format!("{}:{}", shown(&item["type"]), shown(&item["id"])));
                }
            }
            Some(one) => forget_visit(one),
            None => {}
        }
    }
    document
}

/// An object with a member for each item; equal ones are counted.
fn keyed(items: impl Iterator<Item = Value>, key: impl Fn(&Value) -> String) -> Value {
    let mut members = Map::new();
    for item in items {
        let mut name = key(&item);
        while members.contains_key(&name) {
            name.push('+');
        }
        members.insert(name, item);
    }
    Value::Object(members)
}

/// Logins change when users were last seen.
fn forget_visit(resource: &mut Value) {
    if resource["type"] == "user--user"
        && let Some(access @ Value::String(_)) = resource.pointer_mut("/attributes/access")
    {
        *access = json!("some time");
    }
}

fn compare(pointer: &str, expected: &Value, found: &Value, rules: Rules, to: &mut Vec<Difference>) {
    let is_empty = |value: &Value| *value == json!([]) || *value == json!({});
    match (expected, found) {
        (Value::Object(left), Value::Object(right)) => {
            let added = right.keys().filter(|name| !left.contains_key(*name));
            for name in left.keys().chain(added) {
                member(&format!("{pointer}/{}", escaped(name)), left.get(name), right.get(name), rules, to);
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            for index in 0..left.len().max(right.len()) {
                member(&format!("{pointer}/{index}"), left.get(index), right.get(index), rules, to);
            }
        }
        _ if is_empty(expected) && is_empty(found) || are_equal(expected, found, rules) => {}
        _ => to.push(Difference {
            pointer: pointer.to_owned(),
            expected: Some(expected.clone()),
            found: Some(found.clone()),
        }),
    }
}

fn member(
    pointer: &str,
    expected: Option<&Value>,
    found: Option<&Value>,
    rules: Rules,
    to: &mut Vec<Difference>,
) {
    if let (Some(expected), Some(found)) = (expected, found) {
        return compare(pointer, expected, found, rules, to);
    }
    to.push(Difference { pointer: pointer.to_owned(), expected: expected.cloned(), found: found.cloned() });
}

fn are_equal(expected: &Value, found: &Value, rules: Rules) -> bool {
    match (expected, found) {
        (Value::Number(left), Value::Number(right)) => {
            let are_whole = left.is_i64() && right.is_i64();
            let (Some(a), Some(b)) = (left.as_f64(), right.as_f64()) else { return false };
            left == right || !are_whole && (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
        }
        (Value::String(left), Value::String(right)) if rules.has_free_zeros => {
            left == right || decimal(left).is_some_and(|it| Some(it) == decimal(right))
        }
        _ => expected == found,
    }
}

/// A decimal number without the zeros at its end.
fn decimal(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    Some(if fraction.is_empty() { text } else { text.trim_end_matches('0').trim_end_matches('.') })
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expected: &Value, found: &Value, rules: Rules, pointers: &[&str]) {
        let differences = differences(expected, found, rules);
        let found: Vec<_> = differences.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(found, pointers);
    }

    #[test]
    fn what_no_two_answers_have_in_common_is_passed_over() {
        let document = |key: &str, access: &str, first: u8, second: u8| {
            let item = |id: u8| json!({"type": "t", "id": id.to_string(), "attributes": {"n": id}});
            json!({
                "data": {"type": "user--user", "id": "1", "attributes": {"access": access}},
                "included": [item(first), item(second)],
                "meta": {"omitted": {"detail": "d", "links": {
                    "help": {"href": "h"}, format!("item--{key}"): {"href": "x"},
                }}},
            })
        };
        let one = document("Ab1", "2024", 1, 2);
        check(&one, &document("zZ9", "2025", 2, 1), Rules::default(), &[]);
        check(&one, &document("zZ9", "2025", 2, 3), Rules::default(), &["/included/t:1", "/included/t:3"]);
        let mut other = one.clone();
        other["meta"]["omitted"]["links"]["item--Ab1"]["href"] = json!("y");
        let links = ["/meta/omitted/links/items/x", "/meta/omitted/links/items/y"];
        check(&one, &other, Rules::default(), &links);
    }

    #[test]
    fn numbers_are_compared_as_databases_print_them() {
        let check = |left: Value, right: Value, has_free_zeros, is_equal| {
            let rules = Rules { has_free_zeros, ..Rules::default() };
            assert_eq!(are_equal(&left, &right, rules), is_equal, "{left} {right}");
        };
        check(json!(1.28571), json!(1.285_714_285_7), false, true);
        check(json!(1.28571), json!(1.2858), false, false);
        check(json!(-3), json!(-3.0), false, true);
        check(json!(1_000_000), json!(1_000_001), false, false);
        check(json!("-20.000"), json!("-20"), false, false);
        check(json!("-20.000"), json!("-20"), true, true);
        check(json!("0.50"), json!("0.5"), true, true);
        check(json!("20"), json!("2"), true, false);
        check(json!("1.0.0"), json!("1.0"), true, false);
    }

    #[test]
    fn order_counts_unless_there_is_none() {
        let rows = |ids: [&str; 2]| json!({"data": ids.map(|id| json!({"type": "t", "id": id}))});
        let (one, other) = (rows(["a", "b"]), rows(["b", "a"]));
        check(&one, &other, Rules::default(), &["/data/0/id", "/data/1/id"]);
        check(&one, &other, Rules { is_unordered: true, ..Rules::default() }, &[]);
        let options = |value| json!({"data": {"attributes": {"a/b": value}}});
        check(&options(json!([])), &options(json!({})), Rules::default(), &[]);
        check(&options(json!([])), &options(Value::Null), Rules::default(), &["/data/attributes/a~1b"]);
    }
}
