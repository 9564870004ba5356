//! A real site's database, where there is one: the directory named by `DOCENT_RECORDINGS` has it as
//! `umami.sqlite.gz`.

#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use docent_sql::{Database, sqlite};

use super::super::*;

/// The site's database, unpacked; none where there are no recordings.
fn unpacked(directory: &Path) -> Option<Database> {
    let Some(recordings) = std::env::var_os("DOCENT_RECORDINGS") else {
        eprintln!("SKIPPED: DOCENT_RECORDINGS names no directory with a recorded site");
        return None;
    };
    let packed = Path::new(&recordings).join("umami.sqlite.gz");
    let output = Command::new("gunzip").arg("-c").arg(packed).output().expect("gunzip runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let path = directory.join("site.sqlite");
    std::fs::write(&path, output.stdout).expect("written");
    Some(Database::Sqlite(sqlite::Adapter::open(sqlite::Settings::new(path)).expect("opened")))
}

#[tokio::test]
async fn a_recorded_site_is_read_from_its_database() {
    let directory = tempfile::tempdir().expect("a directory");
    let Some(database) = unpacked(directory.path()) else { return };
    let deadline = Instant::now() + Duration::from_secs(60);
    let definitions = Definitions::read(&database, deadline).await.expect("read");
    assert_eq!(definitions.refusal(), None);
    let t = Instant::now();
    let Reading { site, notices, unproven } = definitions.site(&Options::default()).expect("a site");
    eprintln!("{:?} {notices:?} {unproven:?}", t.elapsed());
    eprintln!("{:?} {:?} {} {:?}", site.languages, site.workflows, site.core_major, site.time_zone);
    for r in &site.resource_types {
        eprintln!(
            "== {} {:?} new_rev {} wf {:?}",
            r.name, site[r.entity_type].tables, r.new_revision, r.workflow
        );
        for f in &r.fields {
            eprintln!(
                "   {} -> {:?} {:?} single={} tr={} rev={} base={} {:?} => {:?}",
                f.name,
                f.public_name,
                f.kind,
                f.single,
                f.translatable,
                f.revisionable,
                f.is_base,
                f.storage,
                f.target.as_ref().map(|t| t.types.iter().map(|t| site[*t].name.clone()).collect::<Vec<_>>())
            );
        }
    }
}
