//! Where a setting comes from: flags before variables before the file before defaults.

use super::SHOP;
use super::program::Start;
use crate::harness::databases::Database;

/// The path under which the program serves, started in a directory with that `docent.toml`.
#[track_caller]
fn base_path(flags: &[&str], variables: &[(&str, &str)], file: Option<&str>) -> String {
    let database = Database::file(SHOP);
    let directory = tempfile::tempdir().unwrap();
    if let Some(text) = file {
        std::fs::write(directory.path().join("docent.toml"), text).unwrap();
    }
    let path = database.path();
    let mut args = vec!["serve", path.to_str().unwrap(), "--listen", "127.0.0.1:0"];
    args.extend(flags);
    let mut start = Start::new(&args).within(directory.path());
    for (name, value) in variables {
        start = start.env(name, value);
    }
    let mut program = start.spawn();
    let url = program.url();
    let response = program.client().get(&format!("{url}/customers/1"));
    assert_eq!(response.status, 200, "{url}: {}", response.text());
    assert_eq!(response.json()["data"]["links"]["self"], format!("{url}/customers/1"));
    url.splitn(4, '/').nth(3).unwrap_or_default().to_owned()
}

const FILE: Option<&str> = Some("[server]\nbase_path = \"/file\"\n");
const VARIABLE: &[(&str, &str)] = &[("DOCENT_BASE_PATH", "/variable")];

#[test]
fn flags_win_over_variables_over_the_file_over_defaults() {
    assert_eq!(base_path(&[], &[], None), "api");
    assert_eq!(base_path(&[], &[], FILE), "file");
    assert_eq!(base_path(&[], VARIABLE, None), "variable");
    assert_eq!(base_path(&[], VARIABLE, FILE), "variable");
    assert_eq!(base_path(&["--base-path", "/flag"], VARIABLE, FILE), "flag");
    assert_eq!(base_path(&["--base-path", "/"], VARIABLE, FILE), "");
}

/// Whether the program says that it may write, started with that `docent.toml`.
#[track_caller]
fn is_writable(flags: &[&str], variables: &[(&str, &str)], file: &str) -> bool {
    let database = Database::file(SHOP);
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("docent.toml"), file).unwrap();
    let mut start = Start::serve(&database.path(), flags).within(directory.path());
    for (name, value) in variables {
        start = start.env(name, value);
    }
    let mut program = start.spawn();
    program.url();
    let said = || program.stdout();
    super::eventually("the second line is there", super::program::START_TIMEOUT, || {
        said().contains("2 types, ") && said().ends_with('\n')
    });
    let said = said();
    assert_ne!(said.contains("2 types, writable\n"), said.contains("2 types, read-only\n"), "{said}");
    said.contains("writable")
}

#[test]
fn writing_must_be_asked_for() {
    let (yes, no) = ("[server]\nwritable = true\n", "[server]\nwritable = false\n");
    let variable = |value| [("DOCENT_WRITABLE", value)];
    assert!(!is_writable(&[], &[], ""));
    assert!(is_writable(&[], &[], yes));
    assert!(is_writable(&[], &variable("true"), no));
    assert!(!is_writable(&[], &variable("0"), yes));
    assert!(is_writable(&["--writable"], &variable("false"), no));
    assert!(!is_writable(&["--writable=false"], &variable("true"), yes));
}

#[test]
fn the_file_can_be_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("other.toml");
    std::fs::write(&file, "[server]\nbase_path = \"/other\"\n").unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(base_path(&["--config", file], &[], FILE), "other");
    assert_eq!(base_path(&[], &[("DOCENT_CONFIG", file)], FILE), "other");
}

#[test]
fn every_option_of_serve_has_its_variable() {
    let database = Database::file(SHOP);
    let mut program = Start::new(&["serve", database.path().to_str().unwrap()])
        .env("DOCENT_LISTEN", "127.0.0.1:0")
        .env("DOCENT_PUBLIC_URL", "https://shop.example")
        .env("DOCENT_LOG", "json")
        .spawn();
    let mut client = program.client();
    let document = client.get("/api/customers/1").json();
    assert_eq!(document["data"]["links"]["self"], "https://shop.example/api/customers/1");
    super::eventually("the request is logged", std::time::Duration::from_secs(5), || {
        program.stderr().lines().any(|line| line.contains("customers/1"))
    });
    for line in program.stderr().lines() {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok_and(|it| it.is_object()), "{line}");
    }
}

#[test]
fn lines_of_the_log_begin_alike() {
    let database = Database::file(SHOP);
    for format in ["text", "json"] {
        let mut program = Start::serve(&database.path(), &["--log", format]).spawn();
        assert_eq!(program.client().get("/customers/1").status, 200);
        program.signal("HUP");
        super::eventually("a request and an event are logged", std::time::Duration::from_secs(5), || {
            let said = program.stderr();
            said.contains("/customers/1") && said.contains("read again") && said.ends_with('\n')
        });
        for line in program.stderr().lines() {
            let (timestamp, level) = beginning(format, line);
            assert!(timestamp.starts_with("20") && timestamp.ends_with('Z'), "{line}");
            assert_eq!(level, "INFO", "{line}");
            assert!(!line.contains("docent::"), "names of modules say nothing to an operator: {line}");
        }
    }
}

/// Time and level of a line of the log.
fn beginning(format: &str, line: &str) -> (String, String) {
    if format == "json" {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        assert!(line["message"].is_string() || line["method"].is_string(), "{line}");
        return (text("timestamp"), text("level"));
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    (words.next().unwrap(), words.next().unwrap())
}

#[test]
fn the_database_may_stand_in_the_file() {
    let database = Database::file(SHOP);
    let directory = tempfile::tempdir().unwrap();
    std::fs::copy(database.path(), directory.path().join("shop.db")).unwrap();
    let file = directory.path().join("docent.toml");
    std::fs::write(&file, "[database]\nurl = \"sqlite:shop.db\"\n[server]\nlisten = \"127.0.0.1:0\"\n")
        .unwrap();
    let mut program = Start::new(&["serve", "--config", file.to_str().unwrap()]).spawn();
    assert_eq!(program.client().get("/api/customers").status, 200);
}

#[test]
fn links_follow_the_host_unless_told_otherwise() {
    let database = Database::file(SHOP);
    let mut program = Start::serve(&database.path(), &[]).spawn();
    let mut client = program.client();
    let headers = [("Host", "shop.test:81"), ("X-Forwarded-Host", "evil.test")];
    let document = client.send("GET", "/customers/1", &headers, None).json();
    assert_eq!(document["data"]["links"]["self"], "http://shop.test:81/customers/1");
}
