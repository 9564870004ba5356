//! What those who run the site of the coast say of it: settings, and commands about its database.

use std::time::Duration;

use serde_json::Value;

use super::behaviour::{CAT, Served, node};
use super::coast::{Coast, uuid};
use crate::harness::databases::Database;
use crate::harness::server::{Options, Server};
use crate::process::eventually;
use crate::process::program::{Ended, Start};

/// Runs a command about the database.
fn run(coast: &Coast, command: &str, args: &[&str]) -> Ended {
    let location = coast.location();
    Start::new(&[&[command, location.as_str()], args].concat()).within(&std::env::temp_dir()).run()
}

#[test]
fn what_means_nothing_for_a_site_is_refused() {
    let coast = Coast::new();
    let file = |text: &str| Options::config(text);
    let env = |name: &str, value: &str| Options {
        env: vec![(name.to_owned(), value.to_owned())],
        ..Options::default()
    };
    for (options, name) in [
        (Options::args(&["--writable"]), "`server.writable`"),
        (Options::args(&["--base-path", "/api"]), "`server.base_path`"),
        (env("DOCENT_BASE_PATH", "/"), "`server.base_path`"),
        (file("[pagination]\nsize = 10\n"), "`pagination`"),
        (file("[documents]\nlinks = \"object\"\n"), "`documents`"),
        (file("[server]\nrequire_if_match = true\n"), "`server.require_if_match`"),
        (file("[server]\nidempotency_keys = \"1h\"\n"), "`server.idempotency_keys`"),
        (file("[limits]\ninclude_paths = 7\n"), "`limits.include_paths`"),
        (file("[types.node]\nhide = true\n"), "`types`"),
        (file("[roles.anonymous]\n[limits]\noperations = 1\n"), "`limits.operations`, `roles`"),
    ] {
        let refused = Server::try_start(&coast.location(), &options).unwrap_err();
        assert_eq!(refused.status.code(), Some(1), "{name}: {refused:?}");
        let said = &refused.stderr;
        assert!(said.contains(name) && said.contains("Leave this out"), "{name}: {said}");
        assert!(!said.contains("--as sql"), "{said}");
    }
}

#[test]
fn what_the_server_bounds_it_bounds_for_a_site() {
    let text = "[limits]\nurl = 60\nbody = 10\nrequests_per_minute = 3\n";
    let served = Served::with(&Options::config(text));
    let mut client = served.server.client();
    let cat = node("story", CAT);
    assert_eq!(client.get(&format!("{cat}?{}", "x".repeat(60))).status, 414);
    assert_eq!(client.send("POST", "/jsonapi", &[], Some(&[b'x'; 11])).status, 413);
    let statuses: Vec<u16> = (0..4).map(|_| client.get("/jsonapi").status).collect();
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[test]
fn settings_are_read_again() {
    let mut served = Served::with(&Options::config(""));
    served.coast.install_tide();
    served.eventually(&node("story", CAT), |it| it.status == 503);
    let vouched = "[drupal]\nallow_unproven = [\"tide\"]\n";
    served.server.reload(vouched);
    served.is_open();
    let picture = format!("/jsonapi/file/file/{}", uuid(2, 1));
    let url = |it: &Value| it["data"]["attributes"]["uri"]["url"].as_str().unwrap_or_default().to_owned();
    served.server.reload(&format!("{vouched}public_files = \"/pictures\"\n[limits]\nurl = 100\n"));
    served.eventually(&picture, |it| url(&it.json()).starts_with("/pictures/"));
    let long = format!("{picture}?{}", "x".repeat(100));
    served.eventually(&long, |it| it.status == 414);
    // What cannot be served, or means nothing here, is not taken.
    for (wrong, reason) in
        [("", "`tide`"), ("[pagination]\nsize = 7\n", "`pagination`"), ("[drupel]\n", "drupel")]
    {
        let before = served.server.stderr().len();
        served.server.reload(wrong);
        eventually(reason, Duration::from_secs(10), || {
            let said = &served.server.stderr()[before..];
            said.contains("the configuration was not changed") && said.contains(reason)
        });
        assert!(url(&served.get(&picture)).starts_with("/pictures/"));
    }
    served.server.reload(&format!("{vouched}[database]\nmax_connections = 3\n"));
    served.eventually(&picture, |it| !url(&it.json()).starts_with("/pictures/"));
    served.server.logs("setting=\"database\"");
}

#[test]
fn a_name_that_nothing_has_is_noticed() {
    let coast = Coast::new();
    let vouching = ["--allow-unproven", "tied,node_access,node"];
    let server = Server::start(&coast.location(), &Options::args(&vouching));
    let note = "ote: the module `tied` is vouched for, and it is not installed\n";
    // It is said after the line that the harness waits for.
    eventually(note, Duration::from_secs(10), || server.stdout().contains(note));
    assert_eq!(server.stdout().matches("Note: ").count(), 1, "{}", server.stdout());
    let checked = run(&coast, "check", &vouching);
    assert!(checked.status.success() && checked.stdout.contains(note), "{checked:?}");
}

#[test]
fn what_is_no_site_or_too_old_is_told() {
    let shop = Database::file("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
    let args = ["check", shop.path().to_str().unwrap(), "--as", "drupal"].map(str::to_owned);
    let ended = Start::new(&args.each_ref().map(String::as_str)).run();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stderr.contains("does not look like a Drupal site's"), "{ended:?}");

    let coast = Coast::new();
    let refused = |reason: &str| {
        for command in ["check", "inspect"] {
            let ended = run(&coast, command, &[]);
            assert_eq!(ended.status.code(), Some(1), "{command}: {ended:?}");
            assert!(ended.stderr.contains(reason), "{command}: {ended:?}");
        }
        let exited = Server::try_start(&coast.location(), &Options::args(&["--as", "drupal"])).unwrap_err();
        assert!(exited.status.code() == Some(1) && exited.stderr.contains(reason), "{exited:?}");
    };
    // `i:9301;`
    coast.execute(
        "UPDATE key_value SET value = ⟨693a393330313b⟩ WHERE collection = 'system.schema' AND name = 'user'",
    );
    refused("Drupal 9 or older");
    for table in ["key_value", "config", "users_field_data"] {
        coast.execute(&format!("ALTER TABLE {table} RENAME TO shore_{table}"));
    }
    refused("the names of its tables begin with `shore_`");
}

#[test]
fn commands_see_the_site() {
    let coast = Coast::new();
    let checked = run(&coast, "check", &[]);
    assert!(checked.status.success(), "{checked:?}");
    assert_eq!(checked.stdout, "No problems: 16 types would be served.\n");
    let inspected = run(&coast, "inspect", &[]);
    assert!(inspected.status.success() && inspected.stderr.is_empty(), "{inspected:?}");
    let line = "node--story  at /jsonapi/node/story, entity type node, bundle story, ";
    let line = inspected.stdout.lines().find(|it| it.starts_with(line)).unwrap();
    assert!(line.ends_with(" fields"), "{line}");
    assert!(inspected.stdout.ends_with("Nothing is left out.\n"), "{}", inspected.stdout);
    let json: Value = serde_json::from_str(&run(&coast, "inspect", &["--json"]).stdout).unwrap();
    let types = json["types"].as_array().unwrap();
    assert_eq!(types.len(), 16);
    let place = types.iter().find(|it| it["name"] == "node--place").unwrap();
    assert_eq!(
        (&place["path"], &place["bundle"]),
        (&Value::from("/jsonapi/node/place"), &Value::from("place"))
    );
    assert!(place["fields"].as_u64().unwrap() > 10, "{place}");

    // The tables are there for those who ask for them.
    let tables = run(&coast, "inspect", &["--database-as", "sql"]);
    assert!(tables.stdout.contains("users_field_data  at /users_field_data"), "{tables:?}");
    assert!(run(&coast, "check", &["--as", "sql"]).status.success());
    let described = run(&coast, "openapi", &["--as", "sql"]);
    assert!(described.status.success() && described.stdout.contains("\"openapi\""), "{described:?}");
    let refused = run(&coast, "openapi", &[]);
    assert!(refused.status.code() == Some(1) && refused.stderr.contains("--as sql"), "{refused:?}");
    assert_eq!(run(&coast, "inspect", &["--as", "anonymous"]).status.code(), Some(1));
}

#[test]
fn commands_refuse_what_serving_refuses() {
    let coast = Coast::new();
    coast.install_tide();
    let served = Server::try_start(&coast.location(), &Options::default()).unwrap_err();
    for command in ["check", "inspect"] {
        let ended = run(&coast, command, &[]);
        assert_eq!(ended.status.code(), served.status.code(), "{command}: {ended:?}");
        assert_eq!(ended.stderr, served.stderr, "{command}");
        let vouched = run(&coast, command, &["--allow-unproven", "tide"]);
        assert!(vouched.status.success(), "{command}: {vouched:?}");
    }
    // What cannot be read is left out.
    coast.execute("INSERT INTO config (collection, name, data) VALUES ('', 'tide.settings', ⟨613a⟩)");
    let inspected = run(&coast, "inspect", &["--allow-unproven", "tide"]);
    let line = "Left out:\n  configuration `tide.settings`: ";
    assert!(inspected.stdout.contains(line), "{}", inspected.stdout);
}
