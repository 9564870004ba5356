//! `docent demo`: the bundled blog, served from a temporary copy, which may be written.

use std::path::Path;
use std::process::ExitCode;

use docent_sql::sqlite;

use super::Failure;
use super::serve::{Task, serve};
use crate::config::{Overrides, Settled};
use crate::database::Location;

/// The blog: tables and content.
const BLOG: &str = include_str!("../../demo/blog.sql");

/// What shows most at one look. Percent-encoded, so that terminals and shells leave it alone.
const TO_TRY: &[&str] = &[
    "/articles/1?include=author,comments.author,tags",
    "/articles?filter%5Bpublished%5D=true&sort=-published_at&fields%5Barticles%5D=title,author&include=author",
    "/comments?filter%5Barticle.tags.name%5D=tides&sort=-likes&page%5Bsize%5D=5&include=author,parent",
];

pub(super) fn run(overrides: &Overrides) -> Result<ExitCode, Failure> {
    let settled = Settled::load(overrides)?;
    // Removed when it is dropped, after the server has ended.
    let folder = tempfile::tempdir().map_err(|error| Failure::Demo(error.to_string()))?;
    let file = folder.path().join("blog.db");
    create(&file)?;
    let location = Location::Sqlite(file);
    serve(Task { overrides, settled, location, name: Some("The bundled blog"), to_try: TO_TRY })
}

fn create(file: &Path) -> Result<(), Failure> {
    sqlite::create(file, BLOG).map_err(|error| Failure::Demo(error.to_string()))
}
