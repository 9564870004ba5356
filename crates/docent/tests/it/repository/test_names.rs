//! Which tests there are in the workspace, and which rules their names say they test.
//!
//! A name starts with the ids of its rules: `neg_16_…`, `inc_06_inc_09_…`, `query_03_04_…`. What follows starts with
//! something else than two digits.

use std::collections::{BTreeMap, BTreeSet};

use super::{files_below, root};

/// The names of the tests of each rule, by the rule's id.
pub(super) fn tests_by_rule(families: &BTreeSet<&str>) -> BTreeMap<String, BTreeSet<String>> {
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for name in test_names() {
        for id in ids(&name, families) {
            tests.entry(id).or_default().insert(name.clone());
        }
    }
    tests
}

/// The names of all test functions of the workspace.
fn test_names() -> BTreeSet<String> {
    let sources = files_below(&root().join("crates"), "rs");
    sources.iter().flat_map(|path| test_functions(&std::fs::read_to_string(path).unwrap())).collect()
}

/// The names of the functions with an attribute `#[test]` or `#[…::test…]`.
fn test_functions(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if let Some(attribute) = line.strip_prefix("#[") {
            let path = attribute.split(['(', ']']).next().unwrap_or_default();
            is_test |= path == "test" || path.ends_with("::test");
        } else if let Some(function) = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ") {
            if is_test {
                names.push(function.split('(').next().unwrap_or_default().to_owned());
            }
            is_test = false;
        }
    }
    names
}

/// The ids a name starts with.
fn ids(name: &str, families: &BTreeSet<&str>) -> Vec<String> {
    let mut ids = Vec::new();
    let mut family = None;
    let mut words = name.split('_').peekable();
    while let Some(word) = words.next() {
        let is_number = |word: &str| word.len() == 2 && word.bytes().all(|it| it.is_ascii_digit());
        let upper = word.to_ascii_uppercase();
        match family {
            Some(ref family) if is_number(word) => ids.push(format!("{family}-{word}")),
            _ if families.contains(upper.as_str()) && words.peek().is_some_and(|it| is_number(it)) => {
                family = Some(upper);
            }
            _ => break,
        }
    }
    ids
}

#[test]
fn ids_are_read_from_names() {
    let check = |name: &str, expected: &[&str]| {
        assert_eq!(ids(name, &BTreeSet::from(["INC", "CUR", "HTTP"])), expected, "{name}");
    };
    check("inc_06_lists", &["INC-06"]);
    check("inc_06_cur_09_lists", &["INC-06", "CUR-09"]);
    check("inc_06_07_cur_09_10", &["INC-06", "INC-07", "CUR-09", "CUR-10"]);
    check("http_1_0_closes", &[]);
    check("inc_lists_06", &[]);
    check("lists_inc_06", &[]);
    check("inc", &[]);
}

#[test]
fn test_functions_are_found() {
    let source = "#[test]\nfn a() {}\nfn b() {}\n#[tokio::test(start_paused = true)]\n#[ignore]\nasync fn c_07(x: u8) {}\n\
                  #[cfg(test)]\nmod tests {\n    #[should_panic]\n    #[test]\n    fn d() {}\n}";
    assert_eq!(test_functions(source), ["a", "c_07", "d"]);
}
