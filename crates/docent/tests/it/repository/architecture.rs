//! Which crate may know which: the layers that `ARCHITECTURE.md` describes.
//!
//! Only direct dependencies of the programs themselves are looked at, not those of tests.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Each crate with the crates of this workspace it may depend on.
const LAYERS: [(&str, &[&str]); 7] = [
    ("docent-jsonapi", &[]),
    ("docent-sql", &[]),
    ("docent-catalog", &["docent-jsonapi", "docent-sql"]),
    ("docent-engine", &["docent-catalog", "docent-jsonapi", "docent-sql"]),
    ("docent-drupal", &["docent-engine", "docent-sql"]),
    ("docent-server", &["docent-engine", "docent-jsonapi"]),
    (
        "docent",
        &[
            "docent-catalog",
            "docent-drupal",
            "docent-engine",
            "docent-jsonapi",
            "docent-server",
            "docent-sql",
        ],
    ),
];

/// Programs that drive or measure Docent, and are no part of it.
const OUTSIDE: [&str; 2] = ["docent-bench", "docent-fuzz"];

/// Libraries that belong to some crates only.
const RESERVED: [(&str, &[&str]); 9] = [
    ("rusqlite", &["docent-sql"]),
    ("hyper", &["docent-server"]),
    ("hyper-util", &["docent-server"]),
    ("http-body-util", &["docent-server"]),
    ("tokio", &["docent-sql", "docent-engine", "docent-drupal", "docent-server", "docent"]),
    ("clap", &["docent"]),
    ("argon2", &["docent-drupal", "docent-server"]),
    ("bcrypt", &["docent-drupal", "docent-server"]),
    ("jsonwebtoken", &["docent-server"]),
];

/// The direct dependencies of each crate of the workspace.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).current_dir(super::root());
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let of_package = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let normal = dependencies.filter(|dependency| dependency["kind"].is_null());
        let names = normal.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect();
        (package["name"].as_str().unwrap().to_owned(), names)
    };
    metadata["packages"].as_array().unwrap().iter().map(of_package).collect()
}

#[test]
fn crates_depend_in_one_direction() {
    let dependencies = dependencies();
    for (name, uses) in dependencies.iter().filter(|(name, _)| !OUTSIDE.contains(&name.as_str())) {
        let (_, allowed) = LAYERS
            .iter()
            .find(|(layer, _)| layer == name)
            .unwrap_or_else(|| panic!("{name} has no place among the layers"));
        let own = uses.iter().filter(|used| used.starts_with("docent"));
        for used in own {
            assert!(allowed.contains(&used.as_str()), "{name} must not know {used}");
        }
    }
    assert!(LAYERS.iter().all(|(name, _)| dependencies.contains_key(*name)), "{dependencies:?}");
}

#[test]
fn libraries_stay_where_they_belong() {
    let dependencies = dependencies();
    for (library, allowed) in RESERVED {
        let users: Vec<_> = dependencies
            .iter()
            .filter(|(name, uses)| !OUTSIDE.contains(&name.as_str()) && uses.contains(library))
            .map(|(name, _)| name.as_str())
            .collect();
        assert!(!users.is_empty(), "nothing uses {library} any more: take it off the list");
        for user in users {
            assert!(allowed.contains(&user), "{user} must not use {library}");
        }
    }
}
