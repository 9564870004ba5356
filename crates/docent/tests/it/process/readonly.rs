//! A file that cannot be written, in a directory that cannot be written.
//!
//! Root may write everywhere, so the program is started as another user then.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::SHOP;
use super::program::Start;
use crate::harness::databases::Database;

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// Makes the database and its directory read-only while the closure runs.
fn with_read_only(database: &Database, run: impl FnOnce()) {
    let (path, directory) = (database.path(), database.path().parent().unwrap().to_owned());
    set_mode(&path, 0o444);
    set_mode(&directory, 0o555);
    run();
    set_mode(&directory, 0o755);
}

#[track_caller]
fn is_served(database: &Database) {
    with_read_only(database, || {
        let mut program =
            Start::serve(&database.path(), &[]).within(Path::new("/")).without_privileges().spawn();
        let mut client = program.client();
        let response = client.get("/orders?include=customer");
        assert_eq!(response.status, 200, "{}", response.text());
        assert_eq!(response.json()["data"].as_array().unwrap().len(), 3);
        let files: Vec<_> = std::fs::read_dir(database.path().parent().unwrap()).unwrap().collect();
        assert_eq!(files.len(), 1, "nothing may be left beside the file: {files:?}");
    });
}

#[test]
fn a_read_only_file_is_served() {
    is_served(&Database::file(SHOP));
}

#[test]
fn a_read_only_file_with_write_ahead_logging_is_served() {
    let database = Database::file(SHOP);
    let connection = database.sqlite();
    connection.pragma_update(None, "journal_mode", "wal").unwrap();
    connection.close().unwrap();
    is_served(&database);
}

#[test]
fn a_file_that_cannot_be_written_is_not_served_writable() {
    let database = Database::file(SHOP);
    with_read_only(&database, || {
        let start = Start::serve(&database.path(), &["--writable"]).within(Path::new("/"));
        let ended = start.without_privileges().run();
        assert_eq!(ended.status.code(), Some(1), "{ended:?}");
        for words in ["test.db", "cannot be written", "read-only"] {
            assert!(ended.stderr.contains(words), "{words}: {}", ended.stderr);
        }
        assert_eq!(ended.stdout, "");
    });
}

#[test]
fn a_read_only_directory_with_writable_file_is_served() {
    let database = Database::file(SHOP);
    let directory = database.path().parent().unwrap().to_owned();
    set_mode(&database.path(), 0o666);
    set_mode(&directory, 0o555);
    let mut program = Start::serve(&database.path(), &[]).within(Path::new("/")).without_privileges().spawn();
    assert_eq!(program.client().get("/orders").status, 200);
    drop(program);
    set_mode(&directory, 0o755);
}
