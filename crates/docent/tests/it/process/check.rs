//! `docent check`: every problem of the configuration with its place, and the exit status.

use super::SHOP;
use super::program::{Ended, Start};
use crate::harness::databases::Database;

fn check(config: &str) -> Ended {
    let database = Database::file(SHOP);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("docent.toml");
    std::fs::write(&file, config).unwrap();
    Start::new(&["check", database.path().to_str().unwrap(), "--config", file.to_str().unwrap()]).run()
}

/// Fails unless the configuration is refused, with messages at these places about these words.
#[track_caller]
fn refuses(config: &str, problems: &[(&str, &str)]) {
    let ended = check(config);
    assert_eq!(ended.status.code(), Some(1), "{config}: {ended:?}");
    let said = ended.stdout + &ended.stderr;
    for (place, word) in problems {
        let place = format!("docent.toml:{place}: ");
        let found = said.lines().find(|line| line.contains(&place));
        assert!(found.is_some_and(|line| line.contains(word)), "{place} {word}: {said}");
    }
}

#[test]
fn a_good_configuration_passes() {
    for config in ["", "[server]\nbase_path = \"/v1\"\n[types.customers]\nname = \"people\"\n"] {
        let ended = check(config);
        assert_eq!(ended.status.code(), Some(0), "{config}: {ended:?}");
    }
}

#[test]
fn unknown_keys_are_problems() {
    refuses("[server]\nlisten = \"127.0.0.1:0\"\nlisen = \"x\"\n", &[("3:1", "lisen")]);
    refuses("\n[sever]\n", &[("2:2", "sever")]);
    refuses("[types.customers]\ncolour = 1\n", &[("2:1", "colour")]);
}

#[test]
fn syntax_is_checked() {
    refuses("[server]\nlisten = \n", &[("2:10", "")]);
    refuses("[server\n", &[("1:8", "")]);
}

#[test]
fn values_are_checked() {
    refuses("[pagination]\nsize = \"many\"\n", &[("2:8", "")]);
    refuses("[pagination]\nsize = 20\nsize_max = 10\n", &[("2:8", "size_max")]);
    refuses("[database]\nstatement_timeout = \"soon\"\n", &[("2:21", "soon")]);
    refuses("[limits]\nbody = \"1 elephant\"\n", &[("2:8", "elephant")]);
}

#[test]
fn names_are_checked_against_the_database_all_at_once() {
    let config = "[types.custmers]\nhide = true\n[types.orders]\nkey = [\"nope\"]\n";
    refuses(config, &[("1:8", "custmers"), ("4:8", "nope")]);
    let said = check(config).stdout + &check(config).stderr;
    assert!(said.contains("customers"), "a near name is suggested: {said}");
}

#[test]
fn serving_refuses_what_check_refuses() {
    let database = Database::file(SHOP);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("docent.toml");
    std::fs::write(&file, "[server]\nlisen = \"x\"\n").unwrap();
    for command in ["serve", "inspect", "openapi"] {
        let args = [command, database.path().to_str().unwrap(), "--config", file.to_str().unwrap()]
            .map(str::to_owned);
        let ended = Start::new(&args.each_ref().map(String::as_str)).run();
        assert!(!ended.status.success(), "{command}: {ended:?}");
        assert!(ended.stderr.contains("docent.toml:2:1: "), "{command}: {ended:?}");
    }
}

#[test]
fn a_missing_file_is_a_problem_only_if_named() {
    let database = Database::file(SHOP);
    let path = database.path();
    let ended = Start::new(&["check", path.to_str().unwrap(), "--config", "/nowhere/docent.toml"]).run();
    assert!(!ended.status.success() && ended.stderr.contains("/nowhere/docent.toml"), "{ended:?}");
    let directory = tempfile::tempdir().unwrap();
    let ended = Start::new(&["check", path.to_str().unwrap()]).within(directory.path()).run();
    assert!(ended.status.success(), "{ended:?}");
}
