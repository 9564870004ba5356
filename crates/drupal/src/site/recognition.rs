//! Whether a database is that of a Drupal site.

use docent_sql::schema::{Schema, Table};

use super::definitions::{Definitions, MODULE_SCHEMA};
use crate::php::Php;

/// What a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recognition {
    /// Something else.
    Other,
    /// A Drupal site's. Whether it can be served is known when it has been read.
    Site,
    /// A Drupal site's that cannot be served, and why.
    Refused(String),
}

/// Tables that every site has since Drupal 8, with columns that tell them from others of the same name.
const TABLES: [(&str, &[&str]); 3] = [
    ("key_value", &["collection", "name", "value"]),
    ("config", &["collection", "name", "data"]),
    ("users_field_data", &["uid", "langcode", "name"]),
];

/// The first update of the module `user` in Drupal 10.
const UPDATE_LEAST: i64 = 10_000;

/// Tells from its tables what a database is.
pub fn recognise(schema: &Schema) -> Recognition {
    // A site may share a database with others: then its tables have a common beginning.
    let (name, columns) = TABLES[0];
    let mut prefixes: Vec<&str> = schema
        .tables
        .iter()
        .filter(|table| has_columns(table, columns))
        .filter_map(|table| table.name.name.strip_suffix(name))
        .filter(|prefix| has_tables(schema, prefix))
        .collect();
    prefixes.sort_unstable();
    match prefixes.as_slice() {
        [] => Recognition::Other,
        ["", ..] => Recognition::Site,
        [prefix, ..] => Recognition::Refused(format!(
            "the names of its tables begin with `{prefix}`: only sites without such a prefix are served"
        )),
    }
}

fn has_tables(schema: &Schema, prefix: &str) -> bool {
    let has = |(name, columns): &(&str, &[&str])| {
        let is_meant = |table: &&Table| table.name.name.strip_prefix(prefix) == Some(*name);
        schema
            .tables
            .iter()
            .any(|table| table.name.schema.is_none() && is_meant(&table) && has_columns(table, columns))
    };
    TABLES.iter().all(has)
}

fn has_columns(table: &Table, names: &[&str]) -> bool {
    names.iter().all(|name| table.columns.iter().any(|column| column.name == *name))
}

impl Definitions {
    /// Why the site cannot be served, if it cannot.
    pub fn refusal(&self) -> Option<String> {
        let extension = self.plain_config("core.extension");
        let modules = extension.as_ref().and_then(|extension| extension.get("module"));
        let Some(modules) = modules else {
            return Some("its list of modules, `core.extension`, cannot be read".to_owned());
        };
        if self.is_too_old() {
            return Some(
                "it is one of Drupal 9 or older, or one of which the database was not updated: Drupal 10 is needed"
                    .to_owned(),
            );
        }
        modules.get("jsonapi").is_none().then(|| "its module `jsonapi` is not installed".to_owned())
    }

    /// Of core's modules this is one that every site has and that no Drupal 10 is without an update of.
    fn is_too_old(&self) -> bool {
        let update = self.value(MODULE_SCHEMA, "user").and_then(|value| Php::read(value).ok()?.as_i64());
        update.is_some_and(|update| update < UPDATE_LEAST)
    }

    fn plain_config(&self, name: &str) -> Option<Php> {
        Php::read(self.config_value(name)?).ok()
    }
}
