//! `docent hash-password` and `docent new-key`.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// What a command prints.
#[track_caller]
pub(super) fn run(args: &[&str], input: &str) -> String {
    let output = ended(args, input);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn ended(args: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The hash of a password, as the command prints it.
#[track_caller]
pub(super) fn hash_password(password: &str) -> String {
    run(&["hash-password"], &format!("{password}\n")).trim().to_owned()
}

/// A new key and its entry.
#[track_caller]
pub(super) fn new_key(args: &[&str]) -> (String, String) {
    let printed = run(&[&["new-key"], args].concat(), "");
    let key = printed.split_whitespace().find(|word| word.starts_with("docent_")).unwrap();
    (key.to_owned(), printed.clone())
}

#[test]
fn hashes_are_salted_and_of_the_recommended_cost() {
    let (one, other) = (hash_password("secret"), hash_password("secret"));
    assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
    assert_ne!(one, other);
}

#[test]
fn an_empty_password_is_refused() {
    let output = ended(&["hash-password"], "\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no password"), "{output:?}");
}

#[test]
fn entries_are_toml() {
    let (_, entry) = new_key(&["--user", "a \"b\"", "--role", "x", "--role", "y"]);
    assert!(
        entry.contains("\nuser = 'a \"b\"'\n") || entry.contains("\nuser = \"a \\\"b\\\"\"\n"),
        "{entry}"
    );
    assert!(entry.contains("roles = [\"x\", \"y\"]"), "{entry}");
}
