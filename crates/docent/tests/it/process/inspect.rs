//! `docent inspect`: what would be served, for people and for programs.

use serde_json::Value;

use super::program::Start;
use crate::harness::databases::{Database, NORTHWIND, SAKILA};

const SCRIPT: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, password TEXT, api_key TEXT);
    CREATE TABLE articles (
        id INTEGER PRIMARY KEY, title TEXT NOT NULL, author_id INTEGER NOT NULL REFERENCES people(id));
    CREATE TABLE keyless (a, b);
    CREATE VIEW recent AS SELECT id, title FROM articles;
";

#[test]
fn people_see_types_and_what_is_left_out() {
    let database = Database::file(SCRIPT);
    let ended = Start::new(&["inspect", database.path().to_str().unwrap()]).run();
    assert!(ended.status.success(), "{ended:?}");
    for word in ["people", "articles", "title", "author", "keyless", "recent", "password", "api_key"] {
        assert!(ended.stdout.contains(word), "{word}: {}", ended.stdout);
    }
    assert_eq!(ended.stderr, "");
}

#[test]
fn programs_get_json() {
    let database = Database::file(SCRIPT);
    let ended = Start::new(&["inspect", database.path().to_str().unwrap(), "--json"]).run();
    assert!(ended.status.success(), "{ended:?}");
    let inspected: Value = serde_json::from_str(&ended.stdout).unwrap();
    let text = inspected.to_string();
    for word in ["people", "articles", "author", "keyless", "recent", "password", "api_key"] {
        assert!(text.contains(&format!("\"{word}\"")) || text.contains(word), "{word}: {inspected:#}");
    }
    assert_eq!(inspected["types"].as_array().map(Vec::len), Some(2), "{inspected:#}");
}

#[test]
fn what_is_inspected_is_what_is_served() {
    for database in [Database::file(NORTHWIND), Database::nasty(), Database::file(SAKILA)] {
        let path = database.path();
        let ended = Start::new(&["inspect", path.to_str().unwrap(), "--json"]).run();
        let inspected: Value = serde_json::from_str(&ended.stdout).unwrap();
        let types = inspected["types"].as_array().unwrap().iter();
        let mut inspected: Vec<_> = types.map(|it| it["name"].as_str().unwrap().to_owned()).collect();
        let mut program = Start::serve(&path, &[]).spawn();
        let entry_point = program.client().get("/").json();
        let links = entry_point["links"].as_object().unwrap().keys();
        let mut served: Vec<_> =
            links.filter(|name| !["self", "describedby"].contains(&name.as_str())).cloned().collect();
        inspected.sort();
        served.sort();
        assert_eq!(served, inspected);
    }
}
