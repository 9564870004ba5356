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

/// A permission for customers, with more lines.
fn permission(more: &str) -> String {
    format!("[[roles.anonymous.allow]]\ntypes = [\"customers\"]\nactions = [\"read\"]\n{more}\n")
}

#[test]
fn roles_are_checked_against_the_database() {
    let problem = |more: &str, place: &str, word: &str| refuses(&permission(more), &[(place, word)]);
    problem("hide = [\"nam\"]", "4:9", "did you mean `name`?");
    problem("hide = [\"name\", \"name\"]", "4:17", "`name` stands twice");
    problem("where = { nam = \"Ada\" }", "4:11", "customers has no field \"nam\"");
    problem("where = { id = \"one\" }", "4:11", "\"one\" cannot be an id");
    problem("where = { name = \"$user\" }", "4:11", "`$user` is nothing known");
    problem("where = { name = { between = [\"a\"] } }", "4:11", "`between` takes 2 value(s), not 1");
    problem("where = { id = { contains = \"$user.id\" } }", "4:11", "cannot be used on");
    problem("where = { orders = { gt = 1 } }", "4:11", "it takes eq, ne, in, nin and null");
    problem(
        "where = { or = [{ name = \"$user.id\" }, { id = \"one\" }] }",
        "4:11",
        "\"one\" cannot be an id",
    );
    problem("where = { or = [{ name = 1 }], id = \"one\" }", "4:32", "\"one\" cannot be an id");
    let lines = "[roles.anonymous.allow.where]\nname = \"Ada\"\nnot = { nam = \"Eve\" }\n\"orders.nope\" = 1";
    problem(lines, "6:1", "customers has no field \"nam\"");
    problem(lines, "7:1", "orders has no field \"nope\"");
    problem("set = { name = \"x\" }", "4:9", "`create` is not among the actions");
    problem("read_only = [\"name\"]", "4:14", "neither `create` nor `update`");
    problem("shows = []", "4:1", "unknown field `shows`");
    refuses(
        "[[roles.anonymous.allow]]\ntypes = [\"custmers\"]\nactions = [\"read\"]\n",
        &[("2:10", "customers")],
    );
    refuses(
        "[[roles.anonymous.allow]]\ntypes = [\"customers\"]\nactions = [\"raed\"]\n",
        &[("3:12", "raed")],
    );
    refuses(
        "[[roles.anonymous.allow]]\ntypes = []\nactions = [\"read\"]\n",
        &[("1:1", "`types` and `actions`")],
    );
    let inverse = "[[roles.x.allow]]\ntypes = [\"customers\"]\nactions = [\"*\"]\nset = { orders = \"1\" }\n";
    refuses(inverse, &[("4:9", "is no foreign key")]);
}

#[test]
fn all_mistakes_in_roles_are_told_at_once() {
    let more = "hide = [\"nam\"]\n[types.custmers]\nhide = true\n[[roles.x.allow]]\ntypes = [\"order\"]\nactions = [\"*\"]";
    let config = permission(more);
    refuses(&config, &[("4:9", "nam"), ("5:8", "custmers"), ("8:10", "orders")]);
    let said = check(&config).stdout;
    assert!(said.ends_with("3 problems.\n"), "{said}");
    let places: Vec<_> = said
        .lines()
        .filter(|line| !line.contains("note: "))
        .filter_map(|line| line.split("docent.toml:").nth(1))
        .collect();
    assert!(places.is_sorted(), "{said}");
}

#[test]
fn what_is_written_must_be_seen() {
    let permission = |role: &str, action: &str| {
        format!("[[roles.{role}.allow]]\ntypes = [\"orders\"]\nactions = [\"{action}\"]\n")
    };
    let writes = |role: &str| permission(role, "create");
    refuses(&writes("anonymous"), &[("2:10", "`anonymous` may not read it")]);
    refuses(&(writes("anonymous") + &permission("x", "read")), &[("2:10", "`anonymous` may not read it")]);
    refuses(
        &(writes("authenticated") + &permission("x", "*")),
        &[("2:10", "`authenticated` may not read it")],
    );
    for other in ["anonymous", "authenticated", "x", "y"] {
        let ended = check(&(writes("x") + &permission(other, "read")));
        assert!(ended.status.success(), "{other}: {ended:?}");
    }
}

#[test]
fn a_role_that_nobody_can_have_is_noted() {
    let roles = permission("[[roles.clerk.allow]]\ntypes = [\"*\"]\nactions = [\"*\"]");
    let ended = check(&roles);
    assert!(ended.status.success(), "{ended:?}");
    assert!(ended.stdout.contains("docent.toml:4:9: note: nobody can have the role `clerk`"), "{ended:?}");
    assert!(!check(&permission("")).stdout.contains("note"), "everybody is anonymous");
}

/// Fails unless the configuration passes with these notes, or with none.
#[track_caller]
fn notes(config: &str, expected: &[(&str, &str)]) {
    let ended = check(config);
    assert!(ended.status.success(), "{config}: {ended:?}");
    let noted: Vec<&str> = ended.stdout.lines().filter(|line| line.contains(": note: ")).collect();
    assert_eq!(noted.len(), expected.len(), "{config}: {ended:?}");
    for ((place, word), line) in expected.iter().zip(&noted) {
        let place = format!("docent.toml:{place}: note: ");
        assert!(line.contains(&place) && line.contains(word), "{noted:?}");
    }
}

#[test]
fn what_may_be_meant_otherwise_is_noted() {
    let nobody = "nobody can have the role";
    let reads = permission("");
    let writes = "[[roles.clerk.allow]]\ntypes = [\"customers\", \"orders\"]\nactions = [\"create\"]\n";
    let boss = "[[roles.boss.allow]]\ntypes = [\"orders\"]\nactions = [\"read\"]\n";
    let unseen = ("7:23", "`clerk` may not read `orders`, so it takes another role");
    notes(&format!("{reads}\n{writes}{boss}"), &[("6:9", nobody), unseen, ("9:9", nobody)]);

    let orders = "[[roles.anonymous.allow]]\ntypes = [\"orders\"]\nactions = [\"read\"]\n";
    let hides = permission("hide = [\"orders\"]");
    notes(&hides, &[]);
    notes(&format!("{hides}{orders}"), &[("4:9", "while `customer` of `orders` is shown")]);
    notes(&format!("{hides}{orders}hide = [\"customer\"]"), &[]);
    notes(&format!("{hides}{orders}{}", permission("")), &[]);
}

#[test]
fn roles_that_do_not_fit_are_not_served() {
    let database = Database::file(SHOP);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("docent.toml");
    std::fs::write(&file, permission("hide = [\"nam\"]")).unwrap();
    let ended = Start::serve(&database.path(), &["--config", file.to_str().unwrap()]).run();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stderr.contains("docent.toml:4:9: customers has no field `nam`"), "{ended:?}");
}
