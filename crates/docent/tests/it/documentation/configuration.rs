//! Every configuration in the documentation fits the database it is about.

use std::process::Command;

use super::{Page, Served, assert_none, pages, root};

#[test]
fn configurations_pass_the_check() {
    let mut faults = Vec::new();
    let mut checked = 0;
    for page in pages() {
        for (block, configuration) in page.configurations() {
            checked += 1;
            if let Err(said) = check(&page, &configuration) {
                faults.push(format!("{}: {said}", page.at(page.blocks[block].line)));
            }
        }
    }
    assert!(checked > 10, "only {checked} configurations were found");
    assert_none(&faults);
}

/// What `docent check` says if it is not content.
fn check(page: &Page, configuration: &str) -> Result<(), String> {
    let served = Served::of(page);
    let database = match &served {
        Served::Database(database) => database.path().into_os_string(),
        Served::Site(coast) => coast.location().into(),
    };
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("docent.toml");
    std::fs::write(&file, configuration).unwrap();
    for (name, text) in page.files() {
        std::fs::write(file.with_file_name(name), text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_docent"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DOCENT_")) {
        command.env_remove(name);
    }
    let output = command.arg("check").arg(database).arg("--config").arg(&file).output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(()) } else { Err(said(&output.stdout) + &said(&output.stderr)) }
}

#[test]
fn every_key_is_documented() {
    let name = "docs/reference/configuration.md";
    let text = std::fs::read_to_string(root().join(name)).unwrap();
    let page = Page::new(name, &text);
    let mut faults = Vec::new();
    for (section, written) in [
        ("server", ""),
        ("database", ""),
        ("pagination", ""),
        ("documents", ""),
        ("limits", ""),
        ("auth.jwt", ""),
        ("auth.basic", ""),
        ("drupal", ""),
        ("types.articles", ""),
        ("types.articles.fields.title", "fields.COLUMN."),
        ("types.articles.relationships.tags", "relationships.NAME."),
    ] {
        for key in known_keys(&page, section) {
            let is_table = written.is_empty() && ["fields", "relationships"].contains(&key.as_str());
            if !is_table && !text.contains(&format!("`{written}{key}`")) {
                faults.push(format!("{name} says nothing about `{written}{key}` of [{section}]"));
            }
        }
    }
    assert_none(&faults);
}

/// The keys of a section, as the program lists them when it meets one it does not know.
fn known_keys(page: &Page, section: &str) -> Vec<String> {
    let said = check(page, &format!("[{section}]\nno_such_key = 1\n")).unwrap_err();
    let (_, list) = said.split_once("`, expected ").unwrap_or_else(|| panic!("{said}"));
    let names = list.lines().next().unwrap_or_default().split('`').skip(1).step_by(2);
    names.map(str::to_owned).collect()
}
