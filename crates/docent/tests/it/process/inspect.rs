//! `docent inspect`: what would be served, for people and for programs.

use serde_json::{Value, json};

use super::SHOP;
use super::program::{Ended, Start};
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

const ROLES: &str = "
[[roles.anonymous.allow]]
types = ['customers']
actions = ['read']
hide = ['orders']

[[roles.clerk.allow]]
types = ['orders']
actions = ['read', 'create', 'update']
where = { customer = '$user.id' }
hide = ['note']
read_only = ['customer']

[[roles.clerk.allow]]
types = ['orders']
actions = ['read']
where = { note = { null = false } }

[[roles.clerk.allow]]
types = ['customers']
actions = ['read']
where = { id = '$user.id' }

[[roles.boss.allow]]
types = ['*']
actions = ['*']
";

/// What `docent inspect` prints under a configuration.
fn inspect(config: &str, args: &[&str]) -> Ended {
    let database = Database::file(SHOP);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("docent.toml");
    std::fs::write(&file, config).unwrap();
    let (database, file) = (database.path(), file.to_str().unwrap());
    let mut all = vec!["inspect", database.to_str().unwrap(), "--config", file];
    all.extend(args);
    Start::new(&all).run()
}

#[test]
fn a_role_is_shown_what_it_sees() {
    let seen = |role: &str| {
        let ended = inspect(ROLES, &["--as", role]);
        assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
        ended.stdout
    };
    let anonymous = "\
What anonymous may do:

customers  at /customers, table customers, key id
  allowed: read
  name  text
";
    assert_eq!(seen("anonymous"), anonymous);
    assert_eq!(seen("authenticated"), anonymous.replace("anonymous", "authenticated"));
    assert_eq!(
        seen("clerk"),
        "\
What clerk may do:

customers  at /customers, table customers, key id
  allowed: read
  name    text
  orders  to-many orders, by orders.customer_id, in some rows

orders  at /orders, table orders, key id
  allowed: read (some rows), create, update
  note      text or null, read-only, in some rows
  customer  to-one customers, by customer_id, read-only
"
    );
    let boss = seen("boss");
    assert!(boss.contains("  allowed: read, create, update, delete\n  name    text\n"), "{boss}");
    assert!(!boss.contains("read-only") && !boss.contains("in some rows"), "{boss}");
    assert!(!boss.contains("eft out"), "{boss}");
}

#[test]
fn programs_are_told_what_a_role_sees() {
    let ended = inspect(ROLES, &["--as", "clerk", "--json"]);
    let seen: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(seen["role"], "clerk");
    assert!(seen.get("left_out").is_none(), "{seen:#}");
    let orders = &seen["types"][1];
    let access = json!({ "some_rows": true, "create": true, "update": true, "delete": false });
    assert_eq!(orders["access"], access);
    let note = &orders["attributes"][0];
    assert_eq!((&note["read_only"], &note["in_some_rows"]), (&json!(true), &json!(true)));
    assert_eq!(orders["relationships"][0].get("in_some_rows"), None);
    assert_eq!(seen["types"][0]["access"]["some_rows"], false);
    let whole: Value = serde_json::from_str(&inspect(ROLES, &["--json"]).stdout).unwrap();
    assert!(whole.get("role").is_none() && whole["types"][0].get("access").is_none(), "{whole:#}");
}

#[test]
fn a_role_must_be_known() {
    let ended = inspect(ROLES, &["--as", "clark"]);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stderr.contains("`clark`"), "{ended:?}");
    assert!(ended.stderr.contains("the roles are anonymous, authenticated, boss, clerk."), "{ended:?}");
    let everything = inspect("", &["--as", "anonymous"]);
    assert!(everything.stdout.contains("allowed: read, create, update, delete"), "{everything:?}");
    assert_eq!(inspect("", &["--as", "clerk"]).status.code(), Some(1));
    let nothing = inspect("[roles.anonymous]", &["--as", "anonymous"]);
    assert_eq!(nothing.stdout, "What anonymous may do:\n\nNothing.\n");
}

#[test]
fn permissions_that_do_not_fit_show_nothing() {
    let config = "[[roles.anonymous.allow]]\ntypes = ['orders']\nactions = ['read']\nhide = ['notes']\n";
    let ended = inspect(config, &["--as", "anonymous"]);
    assert_eq!(ended.stdout, "What anonymous may do:\n\nNothing.\n");
    assert!(ended.stderr.contains("docent.toml:4:9: orders has no field `notes`"), "{ended:?}");
}
