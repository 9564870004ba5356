//! What is wrong with the configuration is said at its place, and no secret is.

use std::process::Command;

use super::token::Key;
use super::{BCRYPT, SHOP};
use crate::harness::databases::Database;

/// What `docent check` says of a configuration beside these files, and whether it is content.
fn check(config: &str, files: &[(&str, &str)]) -> (bool, String) {
    let database = Database::file(SHOP);
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [&[("docent.toml", config)], files].concat() {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
    command.arg("check").arg(database.path()).arg("--config").arg("docent.toml").current_dir(folder.path());
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[track_caller]
fn refuses(config: &str, files: &[(&str, &str)], place: &str, words: &str) {
    let (is_content, said) = check(config, files);
    assert!(!is_content && said.contains(&format!("docent.toml:{place}: ")), "{said}");
    assert!(said.contains(words), "{words} is not in {said}");
}

#[test]
fn good_ones_pass() {
    let users = format!("[users.bob]\npassword = \"{BCRYPT}\"\n");
    let secret = Key::secret().file();
    let config = "[auth.jwt]\nsecret_file = \"key\"\nalgorithms = [\"HS256\"]\nissuer = \"i\"\naudience = \"a\"\n\
                  leeway = \"30s\"\nuser_claim = \"id\"\nroles_claim = \"r\"\n\
                  [auth.basic]\nusers_file = \"users.toml\"\n[auth.api_keys]\nfile = \"keys.toml\"\n";
    let (is_content, said) = check(config, &[("key", &secret), ("users.toml", &users), ("keys.toml", "")]);
    assert!(is_content, "{said}");
    let table = "[auth.basic]\ntable = \"logins\"\nlogin = \"email\"\npassword = \"password_hash\"\n";
    let (is_content, said) = check(table, &[]);
    assert!(is_content, "{said}");
}

#[test]
fn what_belongs_together_is_checked() {
    refuses("[auth.jwt]\n", &[], "1:1", "give one of `secret_file`");
    let two = "[auth.jwt]\nsecret_file = \"a\"\njwks_file = \"b\"\n";
    refuses(two, &[], "1:1", "give one of");
    refuses("[auth.basic]\n", &[], "1:1", "either `users_file` or `table`");
    refuses("[auth.basic]\ntable = \"logins\"\n", &[], "2:9", "`login` and `password`");
    refuses("[auth.api_keys]\n", &[], "1:1", "missing field `file`");
    refuses("[auth.jwt]\nsecret = \"x\"\n", &[], "2:1", "unknown field `secret`");
    refuses("[auth.jwt]\nalgorithms = [\"none\"]\n", &[], "2:14", "no algorithm");
    let leeway = "[auth.jwt]\nsecret_file = \"a\"\nleeway = \"1h\"\n";
    refuses(leeway, &[], "3:10", "10 minutes");
    refuses("[server]\ncors_origins = [\"https://a.example/\"]\n", &[], "2:16", "is no origin");
    refuses("[server]\ncors_origins = [\"*\", \"https://a.example\"]\n", &[], "2:16", "is no origin");
    refuses("[limits]\nrequests_per_minute = 0\n", &[], "2:23", "nonzero");
}

#[test]
fn files_are_checked() {
    let jwt = "[auth.jwt]\nsecret_file = \"key\"\n";
    refuses(jwt, &[], "2:15", "key: ");
    refuses(jwt, &[("key", "short-secret")], "2:15", "has 12 bytes");
    let public = "[auth.jwt]\npublic_key_file = \"key\"\n";
    refuses(public, &[("key", "nothing")], "2:19", "no `PUBLIC KEY`");
    let confused = format!("{public}algorithms = [\"HS256\"]\n");
    refuses(&confused, &[("key", &Key::rsa().file())], "2:19", "HS256 cannot be verified with an RSA key");
    refuses("[auth.jwt]\njwks_file = \"key\"\n", &[("key", "[]")], "2:13", "no JSON Web Key Set");
    let basic = "[auth.basic]\nusers_file = \"u.toml\"\n";
    refuses(basic, &[("u.toml", "[users.a]\npassword = \"plain-text\"\n")], "2:14", "u.toml:2:12: ");
    refuses(basic, &[("u.toml", "[users.a]\npasword = 1\n")], "2:14", "u.toml:2:1: unknown field");
    let keys = "[auth.api_keys]\nfile = \"k.toml\"\n";
    refuses(keys, &[("k.toml", "[[keys]]\nhash = \"ab\"\nuser = \"x\"\n")], "2:8", "k.toml:2:8: ");
    let hash = "a".repeat(64);
    let entry = format!("[[keys]]\nhash = \"{hash}\"\nuser = \"x\"\n");
    refuses(keys, &[("k.toml", &format!("{entry}expires = 12:00:00\n"))], "2:8", "k.toml:4:11: ");
    refuses(keys, &[("k.toml", &format!("{entry}{entry}"))], "2:8", "twice");
}

#[test]
fn the_table_is_checked() {
    let table = |changed: &str, value: &str| {
        let usual = [("table", "logins"), ("login", "email"), ("password", "password_hash"), ("id", "id")];
        let lines =
            usual.map(|(key, usual)| format!("{key} = \"{}\"", if key == changed { value } else { usual }));
        format!("[auth.basic]\n{}\n", lines.join("\n"))
    };
    refuses(&table("table", "users"), &[], "2:9", "no table or view `users`");
    refuses(&table("login", "name"), &[], "3:9", "no column `name`");
    refuses(&table("login", "team"), &[], "3:9", "holds no text");
    refuses(&table("password", "x"), &[], "4:12", "no column `x`");
    refuses(&table("id", "x"), &[], "5:6", "no column `x`");
}

#[test]
fn secrets_are_not_printed() {
    let jwt = "[auth.jwt]\nsecret_file = \"key\"\n";
    assert!(!check(jwt, &[("key", "short-secret")]).1.contains("short-secret"));
    let basic = "[auth.basic]\nusers_file = \"u.toml\"\n";
    let users = [("u.toml", "[users.a]\npassword = \"plain-text\"\n")];
    assert!(!check(basic, &users).1.contains("plain-text"));
}
