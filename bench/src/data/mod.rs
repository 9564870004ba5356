//! The databases measured: generated, the same on every machine, kept for the next run.

mod blog;
mod copy;
mod drafts;
mod growth;
mod postgres;
mod random;

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Result};

use crate::Failure;

pub(crate) use blog::ARTICLES;
pub(crate) use copy::Copy;
pub(crate) use drafts::{Article, Comment, title, two_tags};
pub(crate) use growth::{DEEP_ROWS, GROUP_ROWS, SIZES, table as growth_table};
pub(crate) use postgres::fill as fill_postgres;
pub(crate) use random::Random;

/// Part of the file names: a change to the generator must not meet files of the old one.
const VERSION: u32 = 1;

/// The blog of the workloads; generated unless it is there.
pub(crate) fn blog(directory: &Path) -> Result<PathBuf, Failure> {
    generate(directory, "blog", blog::fill)
}

/// The tables of the growth curves; generated unless they are there.
pub(crate) fn growth(directory: &Path) -> Result<PathBuf, Failure> {
    generate(directory, "growth", growth::fill)
}

fn generate(directory: &Path, name: &str, fill: fn(&Connection) -> Result<()>) -> Result<PathBuf, Failure> {
    let file = directory.join(format!("{name}-{VERSION}.db"));
    if file.exists() {
        return Ok(file);
    }
    fs::create_dir_all(directory)?;
    eprintln!("generating {}", file.display());
    // Under another name until complete: an interrupted run leaves nothing that looks finished.
    let unfinished = directory.join(format!("{name}.unfinished"));
    if unfinished.exists() {
        fs::remove_file(&unfinished)?;
    }
    let connection = Connection::open(&unfinished)?;
    connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")?;
    fill(&connection)?;
    connection.execute_batch("COMMIT; ANALYZE; PRAGMA journal_mode = WAL")?;
    connection.close().map_err(|(_, error)| error)?;
    fs::rename(&unfinished, &file)?;
    Ok(file)
}
