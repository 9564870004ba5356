//! Entity types: what Drupal notes of them, and the tables it makes for them.

use super::core_types::{CONFIGURATION, CONTENT};
use super::fields::{AddedField, BaseField, label};
use super::php::{Php, list, map, map_of};

/// An entity type of content.
#[derive(Debug)]
pub(super) struct ContentType {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    pub(super) class: &'static str,
    pub(super) provider: &'static str,
    pub(super) access: &'static str,
    /// Pairs of key and field.
    pub(super) keys: &'static str,
    pub(super) admin_permission: Option<&'static str>,
    pub(super) bundle_entity_type: Option<&'static str>,
    pub(super) canonical: Option<&'static str>,
    pub(super) internal: bool,
    pub(super) base: &'static str,
    pub(super) data: Option<&'static str>,
    pub(super) revision: Option<&'static str>,
    pub(super) revision_data: Option<&'static str>,
    pub(super) fields: &'static str,
}

/// Fields that tell of a revision itself.
const REVISION_METADATA: [(&str, &str); 6] = [
    ("revision_uid", "revision_user"),
    ("revision_timestamp", "revision_created"),
    ("revision_log", "revision_log_message"),
    ("revision_user", "revision_user"),
    ("revision_created", "revision_created"),
    ("revision_default", "revision_default"),
];

/// The entity types of configuration by id, with their definitions.
pub(super) fn configuration() -> Vec<(&'static str, Php)> {
    CONFIGURATION.lines().map(configuration_definition).collect()
}

/// Whether it is a type of content, whose entities have numbers.
pub(super) fn is_content(id: &str) -> bool {
    CONTENT.iter().any(|it| it.id == id)
}

/// A type of content by its id.
pub(super) fn content(id: &str) -> &'static ContentType {
    CONTENT.iter().find(|it| it.id == id).unwrap()
}

/// The definition of an entity type of configuration.
fn configuration_definition(line: &'static str) -> (&'static str, Php) {
    let mut cells = line.split('|').map(str::trim);
    let mut cell = || cells.next().unwrap();
    let [id, title, class, provider, access, keys, permission, bundle_of, prefix, export]: [&'static str;
        10] = std::array::from_fn(|_| cell());
    let some = |text: &'static str| (!text.is_empty()).then_some(text);
    let definition = Php::Object(
        "Drupal\\Core\\Config\\Entity\\ConfigEntityType",
        vec![
            ("id", id.into()),
            ("class", class.into()),
            ("provider", provider.into()),
            ("entity_keys", entity_keys(&format!("{keys} langcode=langcode uuid=uuid"))),
            ("handlers", map([("access", access.into())])),
            ("admin_permission", some(permission).into()),
            ("links", map([])),
            ("bundle_entity_type", Php::Null),
            ("bundle_of", some(bundle_of).into()),
            ("base_table", Php::Null),
            ("internal", false.into()),
            ("translatable", false.into()),
            ("label", label(title)),
            ("config_prefix", prefix.into()),
            ("lookup_keys", list(["uuid"])),
            ("config_export", list(export.split_whitespace())),
        ],
    );
    (id, definition)
}

fn entity_keys(pairs: &str) -> Php {
    let mut keys: Vec<(String, Php)> = Vec::new();
    for pair in pairs.split_whitespace() {
        let (key, field) = pair.split_once('=').unwrap();
        keys.push((key.to_owned(), field.into()));
    }
    for absent in ["revision", "bundle"] {
        if !keys.iter().any(|(key, _)| key == absent) {
            keys.push((absent.to_owned(), "".into()));
        }
    }
    keys.push(("default_langcode".to_owned(), "default_langcode".into()));
    keys.push(("revision_translation_affected".to_owned(), "revision_translation_affected".into()));
    map_of(keys)
}

impl ContentType {
    /// The field that is a key of its entities.
    pub(super) fn key(&self, name: &str) -> Option<&'static str> {
        self.keys.split_whitespace().find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    pub(super) fn fields(&self) -> Vec<BaseField> {
        self.fields.lines().map(BaseField::new).collect()
    }

    pub(super) fn definition(&self) -> Php {
        let has = |field: &str| self.fields().iter().any(|it| it.name == field);
        let metadata = REVISION_METADATA.iter().filter(|(field, _)| has(field));
        let metadata = metadata.map(|&(field, key)| (key.to_owned(), field.into()));
        let canonical = self.canonical.iter().map(|&path| ("canonical".to_owned(), path.into()));
        Php::Object(
            "Drupal\\Core\\Entity\\ContentEntityType",
            vec![
                ("id", self.id.into()),
                ("class", self.class.into()),
                ("provider", self.provider.into()),
                ("entity_keys", entity_keys(self.keys)),
                ("handlers", map([("access", self.access.into())])),
                ("admin_permission", self.admin_permission.into()),
                ("links", map_of(canonical)),
                ("bundle_entity_type", self.bundle_entity_type.into()),
                ("bundle_of", Php::Null),
                ("base_table", self.base.into()),
                ("revision_data_table", self.revision_data.into()),
                ("revision_table", self.revision.into()),
                ("data_table", self.data.into()),
                ("internal", self.internal.into()),
                ("translatable", self.data.is_some().into()),
                ("label", label(self.label)),
                ("revision_metadata_keys", map_of(metadata)),
            ],
        )
    }

    /// The definitions of all its fields.
    pub(super) fn field_definitions(&self, added: &[AddedField]) -> Php {
        let own = self.fields();
        let own = own.iter().map(|it| (it.name.to_owned(), it.definition(self.id, self.provider)));
        let added = added.iter().filter(|it| it.entity_type == self.id);
        map_of(own.chain(added.map(|it| (it.name.to_owned(), it.definition()))))
    }

    /// The shared tables that a field has its columns in; none if it has tables of its own.
    pub(super) fn tables_of(&self, field: &BaseField) -> Vec<&'static str> {
        let is = |key: &str| self.key(key) == Some(field.name);
        let all = [Some(self.base), self.data, self.revision, self.revision_data];
        let tables: Vec<Option<&'static str>> = if field.many {
            Vec::new()
        } else if is("id") || is("revision") || is("langcode") {
            all.into()
        } else if is("bundle") {
            vec![Some(self.base), self.data]
        } else if is("uuid") {
            vec![Some(self.base)]
        } else if REVISION_METADATA.iter().any(|(name, _)| *name == field.name) {
            vec![self.revision]
        } else if field.revisionable {
            vec![Some(self.data.unwrap_or(self.base)), self.revision_data.or(self.revision)]
        } else {
            vec![Some(self.data.unwrap_or(self.base))]
        };
        tables.into_iter().flatten().collect()
    }

    /// The shared tables with their columns and definitions.
    pub(super) fn tables(&self) -> Vec<(&'static str, Vec<(String, String)>)> {
        let (id, revision) = (self.key("id").unwrap(), self.key("revision").unwrap_or_default());
        let all = [Some(self.base), self.data, self.revision, self.revision_data];
        let table = |table: &'static str| {
            let own_key = if table == self.base {
                id
            } else if Some(table) == self.revision {
                revision
            } else {
                ""
            };
            let mut columns = Vec::new();
            for field in self.fields().iter().filter(|field| self.tables_of(field).contains(&table)) {
                for column in field.columns() {
                    let name = field.column_name(&column);
                    let sql = if name == own_key {
                        "INTEGER PRIMARY KEY AUTOINCREMENT".to_owned()
                    } else if [id, "langcode", "uuid"].contains(&&*name) {
                        format!("{} NOT NULL", column.sql(&name))
                    } else {
                        column.sql(&name)
                    };
                    columns.push((name, sql));
                }
            }
            (table, columns)
        };
        all.into_iter().flatten().map(table).collect()
    }
}
