//! What the program says and how it ends when it cannot do what it is asked to, and what it says when it can.

use std::net::TcpListener;

use super::SHOP;
use super::program::{Ended, Start};
use crate::harness::databases::Database;

/// Fails unless the program ended in failure with a message that has these words and no signs of a crash.
#[track_caller]
fn fails_with(ended: &Ended, words: &[&str]) {
    assert!(ended.status.code().is_some_and(|code| code != 0), "{ended:?}");
    for word in words {
        assert!(ended.stderr.contains(word), "{word} is not in: {}", ended.stderr);
    }
    for sign in ["panicked", "RUST_BACKTRACE", "Error {", "Os {"] {
        assert!(!ended.stderr.contains(sign), "{}", ended.stderr);
    }
    assert!(!ended.stdout.contains("Docent listens on"), "{}", ended.stdout);
}

#[test]
fn a_start_tells_what_a_person_needs() {
    let database = Database::file(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, password TEXT);
         CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);
         CREATE TABLE keyless (a, b);",
    );
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let url = program.url();
    super::eventually("all is said", super::program::START_TIMEOUT, || {
        let said = program.stdout() + &program.stderr();
        ["SQLite", "2 types", "read-only", "Left out: 2"].iter().all(|word| said.contains(word))
    });
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let database = Database::file(SHOP);
    let ended = Start::new(&["serve", database.path().to_str().unwrap(), "--listen", &address]).run();
    fails_with(&ended, &[&address, "already"]);
}

#[test]
fn an_address_that_is_none_is_named() {
    let database = Database::file(SHOP);
    let ended = Start::new(&["serve", database.path().to_str().unwrap(), "--listen", "nowhere"]).run();
    fails_with(&ended, &["nowhere"]);
}

#[test]
fn a_missing_database_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("missing.db");
    for command in ["serve", "inspect", "check", "openapi"] {
        let ended = Start::new(&[command, path.to_str().unwrap()]).run();
        fails_with(&ended, &["missing.db"]);
    }
    assert!(!path.exists(), "asking for a file must not create it");
}

#[test]
fn what_is_no_database_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    std::fs::write(&path, "This is a text of some length, but certainly no database.\n".repeat(100)).unwrap();
    for command in ["serve", "inspect", "check", "openapi"] {
        fails_with(&Start::new(&[command, path.to_str().unwrap()]).run(), &["notes.txt"]);
    }
    let directory = directory.path().to_str().unwrap();
    fails_with(&Start::new(&["serve", directory]).run(), &[directory]);
}

#[test]
fn what_cannot_be_reached_is_refused_clearly() {
    fails_with(
        &Start::new(&["serve", "oracle://ann:secret@db/shop"]).run(),
        &["oracle://ann@db/shop", "postgres://"],
    );
    for url in ["postgres://ann:secret@127.0.0.1:1/shop", "mysql://ann:secret@127.0.0.1:1/shop"] {
        let ended = Start::new(&["serve", url]).run();
        fails_with(&ended, &["cannot open", "ann@127.0.0.1:1/shop"]);
        assert!(!ended.stderr.contains("secret"), "{ended:?}");
    }
}

#[test]
fn unknown_commands_and_options_show_what_there_is() {
    fails_with(&Start::new(&["sreve", "shop.db"]).run(), &["sreve"]);
    fails_with(&Start::new(&["serve", "shop.db", "--lisen", "x"]).run(), &["--lisen"]);
    fails_with(&Start::new(&["serve", "shop.db", "--log", "xml"]).run(), &["xml", "json"]);
    fails_with(&Start::new(&["serve", "shop.db", "--writable=perhaps"]).run(), &["--writable", "perhaps"]);
    fails_with(&Start::new(&["serve", "shop.db"]).env("DOCENT_WRITABLE", "perhaps").run(), &["perhaps"]);
    let help = Start::new(&["--help"]).run();
    assert!(help.status.success(), "{help:?}");
    for command in ["serve", "demo", "inspect", "check", "openapi"] {
        assert!(help.stdout.contains(command), "{command}: {}", help.stdout);
    }
    assert!(Start::new(&["--version"]).run().stdout.starts_with("docent "));
}

#[test]
fn the_demo_prints_urls_that_work() {
    let mut program = Start::new(&["demo", "--listen", "127.0.0.1:0"]).spawn();
    let url = program.url();
    let mut client = program.client();
    super::eventually("three URLs are printed", super::program::START_TIMEOUT, || {
        program.stdout().matches(&format!("{url}/")).count() >= 3
    });
    let said = program.stdout();
    assert!(said.contains("4 types, writable"), "nobody will miss the copy: {said}");
    let urls = said.split_whitespace().filter_map(|word| word.find(&url).map(|at| &word[at..]));
    for printed in urls.map(|it| it.trim_end_matches(['"', '\'', ',', '.'])) {
        let response = client.get(printed);
        assert_eq!(response.status, 200, "{printed}: {}", response.text());
    }
    for name in ["people", "articles", "comments", "tags"] {
        let response = client.get(&format!("{url}/{name}"));
        assert_eq!(response.status, 200, "{name}: {}", response.text());
        assert!(!response.json()["data"].as_array().unwrap().is_empty(), "{name}");
    }
}

#[test]
fn the_root_of_the_server_leads_to_the_api() {
    let database = Database::file(SHOP);
    let args = ["serve", database.path().to_str().unwrap(), "--listen", "127.0.0.1:0"].map(str::to_owned);
    let mut program = Start::new(&args.each_ref().map(String::as_str)).spawn();
    let url = program.url();
    let mut client = program.client();
    let response = client.send("GET", "/", &[("Accept", "text/html")], None);
    assert_eq!((response.status, response.header("location")), (307, Some(&*url)));
    assert_eq!(client.get(&url).status, 200);
}

#[test]
fn openapi_prints_what_is_served() {
    let database = Database::file(SHOP);
    let ended = Start::new(&["openapi", database.path().to_str().unwrap()]).run();
    assert!(ended.status.success(), "{ended:?}");
    let document: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")));
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.keys().any(|path| path.ends_with("/orders/{id}/customer")), "{:?}", paths.keys());
}
