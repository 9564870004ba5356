//! Rules about the repository itself: its layers, the size of its files, its links, and its generated documents.
//!
//! A generated document is compared with what it would be if generated now; with `DOCENT_UPDATE=1` in the environment
//! it is written instead.

mod architecture;
mod conformance_table;
mod errors_reference;
mod links;
mod rules;
mod sources;
mod test_names;

use std::path::{Path, PathBuf};

/// The directory of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// All files below a directory with that extension, in order; nothing if there is no such directory.
fn files_below(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut waiting = vec![directory.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(&directory).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && name != "target" {
                waiting.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A path as it is written in messages: from the root of the workspace.
fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Fails unless the document is what was generated; writes it if the environment says so.
#[track_caller]
fn assert_current(document: &str, generated: &str) {
    let path = root().join(document);
    if std::env::var_os("DOCENT_UPDATE").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, generated).unwrap();
        return;
    }
    let present = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = |(present, generated): &(Option<&str>, Option<&str>)| present != generated;
    let mut lines =
        (1..).zip(present.lines().map(Some).chain([None]).zip(generated.lines().map(Some).chain([None])));
    if let Some((number, (present, generated))) = lines.find(|(_, pair)| differs(pair)) {
        panic!(
            "{document} is not current; generate it with DOCENT_UPDATE=1.\n\
             line {number} is   {present:?}\nand should be {generated:?}"
        );
    }
    assert_eq!(present, generated, "{document} is not current; generate it with DOCENT_UPDATE=1");
}
