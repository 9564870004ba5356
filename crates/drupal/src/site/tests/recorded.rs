//! A real site, where there is one: the directory named by `DOCENT_RECORDINGS` has its database as `umami.sqlite.gz`,
//! and what Drupal answered in `golden`.

#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use docent_sql::schema::{Schema, TableName};
use docent_sql::{Database, sqlite};
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::super::*;

fn recordings() -> Option<PathBuf> {
    let recordings = std::env::var_os("DOCENT_RECORDINGS");
    if recordings.is_none() {
        eprintln!("SKIPPED: DOCENT_RECORDINGS names no directory with a recorded site");
    }
    recordings.map(PathBuf::from)
}

/// The site's database, unpacked.
fn unpacked(recordings: &Path, into: &Path) -> Database {
    let output = Command::new("gunzip").arg("-c").arg(recordings.join("umami.sqlite.gz")).output();
    let output = output.expect("gunzip runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let path = into.join("site.sqlite");
    std::fs::write(&path, output.stdout).expect("written");
    Database::Sqlite(sqlite::Adapter::open(sqlite::Settings::new(path)).expect("opened"))
}

#[tokio::test]
async fn a_recorded_site_is_read_as_drupal_has_it() {
    let Some(recordings) = recordings() else { return };
    let directory = tempfile::tempdir().expect("a directory");
    let database = unpacked(&recordings, directory.path());
    let schema = database.introspect().await.expect("a schema");
    assert_eq!(recognise(&schema), Recognition::Site);

    let deadline = Instant::now() + Duration::from_mins(1);
    let definitions = Definitions::read(&database, deadline).await.expect("read");
    let again = Definitions::read(&database, deadline).await.expect("read again");
    assert_eq!(definitions.fingerprint(), again.fingerprint());
    assert_eq!(definitions.refusal(), None);

    let Reading { site, notices, unproven } = definitions.site(&Options::default()).expect("a site");
    assert_eq!((notices.as_slice(), unproven.as_slice()), (&[][..], &[][..]));
    check_settings(&site);
    check_tables(&site, &schema);
    check_documents(&site, &recordings.join("golden"));
}

fn check_settings(site: &Site) {
    assert_eq!(site.core_major, 10);
    assert!(!site.read_only && site.languages.by_prefix && site.has_module("demo_umami"));
    assert_eq!(site.page_age_seconds, 0);
    assert_eq!(site.time_zone, jiff::tz::TimeZone::UTC);
    let languages: Vec<_> = site.languages.all.iter().map(|found| (&*found.code, &*found.prefix)).collect();
    assert_eq!(languages, [("en", "en"), ("es", "es")]);
    assert!(site.roles["administrator"].is_admin && !site.roles["editor"].is_admin);
    assert!(site.roles["anonymous"].permissions.contains("access content"));
    assert_eq!(site.workflows["editorial"].default_state, "draft");
    assert!(site.formats.len() >= 4);
}

/// Every table and column that is named is there.
fn check_tables(site: &Site, schema: &Schema) {
    let columns = |table: &str| -> BTreeSet<&str> {
        let name = TableName { schema: None, name: table.to_owned() };
        let table = schema.table(&name).unwrap_or_else(|| panic!("no table {table}"));
        table.columns.iter().map(|column| column.name.as_str()).collect()
    };
    for resource_type in &site.resource_types {
        let Some(tables) = &site[resource_type.entity_type].tables else { continue };
        for field in &resource_type.fields {
            let named: Vec<&str> = match &field.storage {
                FieldStorage::Shared { in_base, in_data, in_revision, in_revision_data, .. } => {
                    let data = tables.data.as_ref().unwrap_or(&tables.base);
                    let places = [
                        (*in_base, Some(&tables.base)),
                        (*in_data, Some(data)),
                        (*in_revision, tables.revision.as_ref()),
                        (*in_revision_data, tables.revision_data.as_ref()),
                    ];
                    places
                        .into_iter()
                        .filter(|(is_in, _)| *is_in)
                        .map(|(_, table)| table.expect("a table").as_str())
                        .collect()
                }
                FieldStorage::Dedicated { table, revision_table, .. } => {
                    assert_eq!(revision_table.is_some(), tables.revision.is_some(), "{table}");
                    [Some(table), revision_table.as_ref()].into_iter().flatten().map(String::as_str).collect()
                }
                FieldStorage::Computed => continue,
            };
            assert!(!named.is_empty() && !field.columns().is_empty(), "{} is nowhere", field.name);
            for table in named {
                let there = columns(table);
                for column in field.columns() {
                    assert!(there.contains(column.name.as_str()), "no column {table}.{}", column.name);
                }
            }
        }
    }
}

#[derive(Deserialize)]
struct Recording<'a> {
    request: Request,
    #[serde(borrow)]
    response: Response<'a>,
}

#[derive(Deserialize)]
struct Request {
    path: String,
    auth: Option<String>,
}

#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    body: &'a RawValue,
}

#[derive(Deserialize)]
struct Document {
    data: Data,
    #[serde(default)]
    included: Vec<Resource>,
    #[serde(default)]
    links: Names,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Data {
    Many(Vec<Resource>),
    One(Resource),
}

#[derive(Deserialize)]
struct Resource {
    r#type: String,
    attributes: Names,
    #[serde(default)]
    relationships: Names,
}

/// Names of members, in order.
#[derive(Default)]
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Names;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Names, M::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = members.next_entry()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// Drupal shows the same types, and the same fields in the same order; to an administrator, all of them.
fn check_documents(site: &Site, directory: &Path) {
    let mut shown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut has_entry = false;
    for entry in std::fs::read_dir(directory).expect("recordings") {
        let text = std::fs::read_to_string(entry.expect("a recording").path()).expect("read");
        let recording: Recording<'_> = serde_json::from_str(&text).expect("a recording");
        let Ok(document) = serde_json::from_str::<Document>(recording.response.body.get()) else { continue };
        if recording.request.path == "/jsonapi" {
            let mut links: BTreeSet<&str> = document.links.0.iter().map(String::as_str).collect();
            links.remove("self");
            assert_eq!(links, site.resource_types.iter().map(|found| found.name.as_str()).collect());
            has_entry = true;
        }
        let data = match document.data {
            Data::Many(data) => data,
            Data::One(one) => vec![one],
        };
        for resource in data.into_iter().chain(document.included) {
            let resource_type = &site[site.by_name[&resource.r#type]];
            if resource_type.fields.is_empty() {
                continue;
            }
            // Fields that an earlier request asked for by name come first from Drupal's cache.
            let is_admin = recording.request.auth.as_deref() == Some("admin");
            let in_order = is_admin && !recording.request.path.contains("fields");
            check_names(resource_type, &resource.attributes, false, in_order);
            check_names(resource_type, &resource.relationships, true, in_order);
            if is_admin {
                let names = resource.attributes.0.into_iter().chain(resource.relationships.0);
                shown.entry(resource.r#type).or_default().extend(names);
            }
        }
    }
    assert!(has_entry && shown.len() > 10, "{:?}", shown.keys());
    for (name, shown) in &shown {
        let fields = site[site.by_name[name]].fields.iter();
        let public: BTreeSet<String> = fields
            .map(|field| field.public_name.clone())
            // Nobody may see from where a comment came.
            .filter(|public| !public.is_empty() && public != "hostname")
            .collect();
        assert_eq!(&public, shown, "{name}");
    }
}

fn check_names(resource_type: &ResourceType, names: &Names, are_relationships: bool, in_order: bool) {
    let place = |name: &String| {
        let field = resource_type.field(name);
        let field = field.unwrap_or_else(|| panic!("no field {name} in {}", resource_type.name));
        assert_eq!(resource_type[field].is_relationship(), are_relationships, "{name}");
        field
    };
    let places: Vec<FieldIndex> = names.0.iter().map(place).collect();
    assert!(!in_order || places.is_sorted(), "{}: {:?}", resource_type.name, names.0);
}
