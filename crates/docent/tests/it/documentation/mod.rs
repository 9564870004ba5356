//! The documentation is true: what it shows is tried.
//!
//! - **Requests.** Each command `curl … http://127.0.0.1:8080…` in a block `sh` is made, and must be answered with 200,
//!   or with the status in the comment behind it (`# 404`). [`shell`] says what of curl is understood. The server is
//!   writable, as `docent demo` is, and keeps what a page's requests before have written.
//! - **Answers.** A block `json` after such a block is part of the answer to its last request; see [`answers`].
//! - **Databases.** A page's requests are about the demo's database. A page with blocks `sql` has a database of its own,
//!   made of them; blocks `sql added` are added to the demo's. [`DRUPAL`] is about a Drupal site.
//! - **Configuration.** Each block `toml` passes `docent check` on the page's database, `[dependencies]` aside. The
//!   requests after it are made under it. A block `toml added` is added to the configuration before it.
//! - **Files.** A block `toml users.toml` is a file of that name beside the page's configurations, and so is any other
//!   block with the name of a file.
//! - **Commands.** Options in lines `docent …` exist; a block `text` after `docent inspect …` is part of what it prints,
//!   with `--as` under the configuration before it.
//! - **Scripts.** Blocks `sh script`, with the files that the page shows before, are run in `tests/clients`.
//! - **Rust.** [`library`] has the example of the library's page.

mod answers;
mod blocks;
mod commands;
mod configuration;
mod library;
mod requests;
mod shell;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use self::blocks::{Block, blocks};
use crate::drupal::coast::Coast;
use crate::harness::databases::Database;

/// The demo's tables and content.
const BLOG: &str = include_str!("../../../demo/blog.sql");

/// The page about Drupal. Its requests and configurations are about the site of the coast.
const DRUPAL: &str = "docs/how-to/drupal.md";

/// Pages that other tests generate and hold to be current.
const GENERATED: [&str; 2] = ["conformance.md", "errors.md"];

/// A page of the documentation.
#[derive(Debug)]
struct Page {
    /// From the root of the workspace.
    name: String,
    blocks: Vec<Block>,
}

/// What a page is about, for as long as it is served.
enum Served {
    Database(Database),
    Site(Coast),
}

impl Served {
    fn of(page: &Page) -> Self {
        if page.name == DRUPAL { Self::Site(Coast::new()) } else { Self::Database(page.database()) }
    }
}

impl Page {
    /// A page of that text.
    fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), blocks: blocks(text) }
    }

    /// The database that it is about.
    fn database(&self) -> Database {
        let mut own = String::new();
        let mut demo = BLOG.to_owned();
        for block in &self.blocks {
            match block.language.as_str() {
                "sql" => own.push_str(&block.text),
                "sql added" => demo.push_str(&block.text),
                _ => {}
            }
        }
        Database::file(if own.is_empty() { &demo } else { &own })
    }

    /// The configurations that it shows: where each ends to be written, by the number of its block, and the whole of it.
    fn configurations(&self) -> Vec<(usize, String)> {
        let mut found: Vec<(usize, String)> = Vec::new();
        for (number, block) in self.blocks.iter().enumerate() {
            match block.language.as_str() {
                "toml" if !block.text.contains("[dependencies]") => found.push((number, block.text.clone())),
                "toml added" => {
                    let before = found.last().map(|(_, text)| format!("{text}\n")).unwrap_or_default();
                    found.push((number, before + &block.text));
                }
                _ => {}
            }
        }
        found
    }

    /// The configuration that counts at a block.
    fn configuration_at(&self, block: usize) -> Option<String> {
        let before = self.configurations().into_iter().rfind(|(number, _)| *number <= block);
        before.map(|(_, text)| text)
    }

    /// The files that it shows, by name.
    fn files(&self) -> Vec<(String, String)> {
        let named = self.blocks.iter().filter_map(|block| {
            let (_, name) = block.language.split_once(' ')?;
            name.contains('.').then(|| (name.to_owned(), block.text.clone()))
        });
        named.collect()
    }

    /// A line of it, for messages.
    fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.name)
    }
}

/// The directory of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// All pages, in order.
fn pages() -> Vec<Page> {
    let mut paths = vec![root().join("README.md"), root().join("CONTRIBUTING.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "md") && !GENERATED.contains(&name.as_str()) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let page = |path: &PathBuf| {
        let name = path.strip_prefix(root()).unwrap().display().to_string();
        Page::new(&name, &std::fs::read_to_string(path).unwrap())
    };
    paths.iter().map(page).collect()
}

/// Fails the test with all faults, one below the other.
#[track_caller]
fn assert_none(faults: &[String]) {
    let mut text = String::new();
    for fault in faults {
        writeln!(text, "\n{fault}").unwrap();
    }
    assert!(faults.is_empty(), "{} faults in the documentation:{text}", faults.len());
}

#[test]
fn lines_are_not_too_long() {
    let mut faults = Vec::new();
    for page in pages() {
        let text = std::fs::read_to_string(root().join(&page.name)).unwrap();
        let mut in_code = false;
        for (number, line) in (1..).zip(text.lines()) {
            in_code ^= line.starts_with("```");
            // Tables cannot be broken, and neither can what a program prints or a shell reads.
            let breakable = !in_code && !line.starts_with('|');
            if breakable && line.chars().count() > 120 {
                faults.push(format!("{} has {} characters", page.at(number), line.chars().count()));
            }
        }
    }
    assert_none(&faults);
}
