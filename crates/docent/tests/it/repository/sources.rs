//! What holds for every source file.

use super::{files_below, root, shown};

/// Lines of a source file at most, tests aside.
const LINES_MAX: usize = 500;

#[test]
fn no_source_file_is_too_long() {
    let mut too_long = Vec::new();
    for directory in ["crates", "bench"] {
        for path in files_below(&root().join(directory), "rs") {
            let name = shown(&path);
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            let is_test = name.contains("/tests/") || name.ends_with("/tests.rs");
            if lines > LINES_MAX && !is_test {
                too_long.push(format!("{name}: {lines}"));
            }
        }
    }
    assert_eq!(too_long, Vec::<String>::new(), "split what has more than {LINES_MAX} lines");
}

#[test]
fn every_source_file_says_what_it_owns() {
    let silent: Vec<_> = files_below(&root().join("crates"), "rs")
        .iter()
        .filter(|path| {
            let text = std::fs::read_to_string(path).unwrap();
            let is_test = shown(path).contains("/tests/") || path.ends_with("tests.rs");
            !is_test && !text.starts_with("//! ")
        })
        .map(|path| shown(path))
        .collect();
    assert_eq!(
        silent,
        Vec::<String>::new(),
        "begin each module with what it owns and what it leaves to others"
    );
}
