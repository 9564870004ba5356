//! What a site is read from: rows of its tables `config` and `key_value`, as they are and decoded.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use twox_hash::xxhash3_128::Hasher;

use super::{Notice, Problem};
use crate::php::Php;

/// The collection of the installed definitions of entity types and fields.
pub(super) const INSTALLED: &str = "entity.definitions.installed";
/// The collection of the tables that fields are kept in.
pub(super) const STORAGE_SCHEMA: &str = "entity.storage_schema.sql";
/// The collection of the numbers of modules' last updates.
pub(super) const MODULE_SCHEMA: &str = "system.schema";

/// What the collections begin with that hold translations of configuration.
const TRANSLATIONS: &str = "language.";

/// A row of the table `config` or `key_value`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its collection; empty for plain configuration.
    pub collection: String,
    /// Its name in there.
    pub name: String,
    /// Its value, serialised.
    pub value: Vec<u8>,
}

/// Everything that a site is read from, of one moment.
#[derive(Debug, Default)]
pub struct Definitions {
    config: Vec<Entry>,
    key_value: Vec<Entry>,
    /// Whether `node_access` has other rows than the one that grants everything to everybody.
    has_node_grants: bool,
}

/// Tells definitions apart: they are the same if and, as good as certainly, only if this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(u128);

impl Definitions {
    /// Rows in any order.
    pub fn new(mut config: Vec<Entry>, mut key_value: Vec<Entry>, has_node_grants: bool) -> Self {
        config.sort_unstable();
        key_value.sort_unstable();
        Self { config, key_value, has_node_grants }
    }

    /// What tells them from others: of exactly the bytes that were read.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut hasher = Hasher::new();
        let mut add = |part: &[u8]| {
            hasher.write(&part.len().to_le_bytes());
            hasher.write(part);
        };
        for entries in [&self.config, &self.key_value] {
            add(&entries.len().to_le_bytes());
            for entry in entries {
                add(entry.collection.as_bytes());
                add(entry.name.as_bytes());
                add(&entry.value);
            }
        }
        add(&[u8::from(self.has_node_grants)]);
        Fingerprint(hasher.finish_128())
    }

    /// The value of plain configuration, serialised.
    pub(super) fn config_value(&self, name: &str) -> Option<&[u8]> {
        found(&self.config, "", name)
    }

    /// A value of another collection, serialised.
    pub(super) fn value(&self, collection: &str, name: &str) -> Option<&[u8]> {
        found(&self.key_value, collection, name)
    }

    /// Reads the values. One that cannot be read is left out.
    pub(super) fn decode(&self, notices: &mut Vec<Notice>) -> Result<Decoded, Problem> {
        let mut decoded = Decoded { has_node_grants: self.has_node_grants, ..Decoded::default() };
        for Entry { collection, name, value } in &self.config {
            let language = collection.strip_prefix(TRANSLATIONS);
            if language.is_none() && !collection.is_empty() {
                continue;
            }
            let value = match Php::read(value) {
                Ok(value) => value,
                Err(problem) => {
                    let place = if collection.is_empty() { "" } else { " of a translation" };
                    let what = format!("configuration `{name}`{place}");
                    notices.push(Notice::LeftOut { what, reason: problem.to_string() });
                    continue;
                }
            };
            match language {
                None => drop(decoded.config.insert(name.clone(), value)),
                Some(language) => {
                    let of_language = decoded.translations.entry(language.to_owned()).or_default();
                    of_language.insert(name.clone(), value);
                }
            }
        }
        for Entry { collection, name, value } in &self.key_value {
            let meant = match collection.as_str() {
                INSTALLED => &mut decoded.installed,
                STORAGE_SCHEMA => &mut decoded.storage_schema,
                MODULE_SCHEMA => &mut decoded.module_schema,
                _ => continue,
            };
            match Php::read(value) {
                Ok(value) => drop(meant.insert(name.clone(), value)),
                Err(problem) => {
                    let what = format!("definition `{name}`");
                    notices.push(Notice::LeftOut { what, reason: problem.to_string() });
                }
            }
        }
        if decoded.config.get("core.extension").and_then(|extension| extension.get("module")).is_none() {
            return Err(Problem::Missing("core.extension"));
        }
        if decoded.installed.is_empty() {
            return Err(Problem::Missing(INSTALLED));
        }
        Ok(decoded)
    }
}

fn found<'a>(entries: &'a [Entry], collection: &str, name: &str) -> Option<&'a [u8]> {
    let place = |entry: &Entry| (entry.collection.as_str(), entry.name.as_str()).cmp(&(collection, name));
    let found = entries.binary_search_by(place).ok()?;
    Some(&entries[found].value)
}

/// Definitions, their values read.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// Configuration by name.
    pub(super) config: BTreeMap<String, Php>,
    /// Translations of configuration: by language, then by name.
    pub(super) translations: HashMap<String, HashMap<String, Php>>,
    /// `node.entity_type`, `node.field_storage_definitions`, …
    pub(super) installed: BTreeMap<String, Php>,
    /// `node.field_schema_data.title`, …
    pub(super) storage_schema: BTreeMap<String, Php>,
    /// The number of the last update by module.
    pub(super) module_schema: BTreeMap<String, Php>,
    /// See [`Definitions`].
    pub(super) has_node_grants: bool,
}

impl Decoded {
    /// Configuration whose name begins so, with the rest of the name, in Drupal's order.
    pub(super) fn config_of<'a>(&'a self, prefix: &'a str) -> Vec<(&'a str, &'a Php)> {
        let from =
            self.config.range::<str, _>((std::ops::Bound::Included(prefix), std::ops::Bound::Unbounded));
        let mut found: Vec<_> =
            from.map_while(|(name, value)| Some((name.strip_prefix(prefix)?, value))).collect();
        found.sort_by_cached_key(|(name, _)| order_key(name));
        found
    }

    /// The installed modules, by weight, then by name, as their hooks run.
    pub(super) fn modules(&self) -> Vec<&str> {
        let installed = self.config.get("core.extension").and_then(|extension| extension.get("module"));
        let mut modules: Vec<(i64, &str)> = Vec::new();
        if let Some(Php::Array(items)) = installed {
            let names = items.iter().filter_map(|(key, weight)| match key {
                crate::php::Key::Text(name) => Some((weight, std::str::from_utf8(name).ok()?)),
                crate::php::Key::Integer(_) => None,
            });
            modules.extend(names.map(|(weight, name)| (weight.as_i64().unwrap_or_default(), name)));
        }
        modules.sort_unstable();
        modules.into_iter().map(|(_, name)| name).collect()
    }
}

/// What names of configuration are ordered by: letters of both cases alike, as the database's own order has it, and
/// before underscores.
pub(super) fn order_key(name: &str) -> String {
    name.to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(collection: &str, name: &str, value: &str) -> Entry {
        Entry { collection: collection.to_owned(), name: name.to_owned(), value: value.as_bytes().to_vec() }
    }

    const EXTENSION: &str =
        "a:1:{s:6:\"module\";a:3:{s:5:\"views\";i:10;s:4:\"node\";i:0;s:4:\"text\";i:0;}}";

    #[test]
    fn fingerprints_tell_every_change() {
        let config = vec![entry("", "a", "N;"), entry("", "b", "N;")];
        let base = Definitions::new(config.clone(), Vec::new(), false).fingerprint();
        let swapped = vec![config[1].clone(), config[0].clone()];
        assert_eq!(base, Definitions::new(swapped, Vec::new(), false).fingerprint());
        let others = [
            Definitions::new(Vec::new(), config.clone(), false),
            Definitions::new(config.clone(), Vec::new(), true),
            Definitions::new(config[..1].to_vec(), Vec::new(), false),
            Definitions::new(vec![entry("", "aN", ";"), config[1].clone()], Vec::new(), false),
            Definitions::new(vec![entry("a", "", "N;"), config[1].clone()], Vec::new(), false),
        ];
        assert!(others.iter().all(|other| other.fingerprint() != base));
    }

    #[test]
    fn what_cannot_be_read_costs_itself_alone() {
        let config = vec![
            entry("", "core.extension", EXTENSION),
            entry("", "system.site", "a:1:{"),
            entry("language.es", "system.site", "N;"),
            entry("language.es", "system.menu", "?"),
            entry("other", "system.site", "?"),
        ];
        let key_value = vec![
            entry(INSTALLED, "node.entity_type", "N;"),
            entry(INSTALLED, "user.entity_type", ""),
            entry(MODULE_SCHEMA, "system", "i:11102;"),
            entry("state", "x", "?"),
        ];
        let mut notices = Vec::new();
        let decoded = Definitions::new(config, key_value, false).decode(&mut notices).expect("decoded");
        assert_eq!(notices.len(), 3, "{notices:?}");
        assert_eq!(decoded.config.len(), 1);
        assert_eq!(decoded.translations["es"].len(), 1);
        assert_eq!(decoded.installed.len(), 1);
        assert_eq!(decoded.modules(), ["node", "text", "views"]);
    }

    #[test]
    fn what_everything_rests_on_must_be_there() {
        let mut notices = Vec::new();
        let none = Definitions::default().decode(&mut notices).expect_err("nothing there");
        assert_eq!(none.to_string(), "`core.extension` is missing or cannot be read");
        let config = vec![entry("", "core.extension", EXTENSION)];
        assert!(Definitions::new(config, Vec::new(), false).decode(&mut notices).is_err());
    }

    #[test]
    fn configuration_is_ordered_as_the_database_does() {
        let mut decoded = Decoded::default();
        for name in ["a.x_y", "a.xs", "a.X", "a.", "b.x", "a"] {
            decoded.config.insert(name.to_owned(), Php::Null);
        }
        let names: Vec<_> = decoded.config_of("a.").into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["", "X", "xs", "x_y"]);
    }
}
