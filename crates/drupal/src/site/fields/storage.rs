//! Where fields are kept: the tables and columns that Drupal has written down when it made them.

use super::super::model::{Column, EntityType, FieldStorage, Tables};
use crate::php::Php;

/// Columns of a table that holds one field alone, beside those of the field.
const OWN_COLUMNS: [&str; 6] = ["bundle", "deleted", "entity_id", "revision_id", "langcode", "delta"];

/// What is known of a field when its place is looked for.
pub(super) struct Sought<'a> {
    pub(super) entity_type: &'a EntityType,
    pub(super) name: &'a str,
    pub(super) type_name: &'a str,
    /// The property whose column is named like the field, if there is only one.
    pub(super) main_property: &'a str,
    /// What Drupal has written down about its tables.
    pub(super) schema: Option<&'a Php>,
    /// Whether each revision has values of its own.
    pub(super) revisionable: bool,
    /// Whether it holds one item at most.
    pub(super) single: bool,
}

/// The place of a field, and the declared types of its columns. [`None`] if it cannot be known.
pub(super) fn find<'a>(sought: &Sought<'a>) -> Option<(FieldStorage, Vec<Option<&'a str>>)> {
    let Some(schema) = sought.schema else { return Some((customary(sought)?, vec![None])) };
    let tables = sought.entity_type.tables.as_ref()?;
    let known: Vec<(String, &Php)> = schema
        .entries()
        .filter_map(|(table, declared)| Some((table.into_owned(), declared.get("fields")?)))
        .collect();
    let shared = known.iter().find(|(table, _)| is_shared(tables, table));
    let ((_, fields), is_shared) = match shared {
        Some(shared) => (shared, true),
        None => (known.first()?, false),
    };
    let mut columns = Vec::new();
    let mut declared = Vec::new();
    for (name, declaration) in fields.entries() {
        let property = match is_shared {
            true if name == sought.name => Some(sought.main_property),
            true => name.strip_prefix(sought.name).and_then(|rest| rest.strip_prefix("__")),
            false if OWN_COLUMNS.contains(&name.as_ref()) => None,
            false => name.strip_prefix(sought.name).and_then(|rest| rest.strip_prefix('_')),
        };
        let Some(property) = property else { continue };
        let serialized = declaration.is_set("serialize");
        columns.push(Column { property: property.to_owned(), name: name.clone().into_owned(), serialized });
        declared.push(declaration.str_at("type"));
    }
    if columns.is_empty() {
        return None;
    }
    let has = |table: &Option<String>| {
        table.as_ref().is_some_and(|table| known.iter().any(|(known, _)| known == table))
    };
    let storage = if is_shared {
        let in_base = known.iter().any(|(table, _)| *table == tables.base);
        FieldStorage::Shared {
            columns,
            in_base,
            in_data: if tables.data.is_some() { has(&tables.data) } else { in_base },
            in_revision: has(&tables.revision),
            in_revision_data: has(&tables.revision_data),
        }
    } else {
        let (table, revision_table) = dedicated(&sought.entity_type.id, &known)?;
        FieldStorage::Dedicated { table, revision_table, columns }
    };
    Some((storage, declared))
}

fn is_shared(tables: &Tables, table: &str) -> bool {
    let others = [&tables.data, &tables.revision, &tables.revision_data];
    tables.base == table || others.into_iter().flatten().any(|other| other == table)
}

/// The table of the current values and that of all revisions'. Long names of entity types are cut.
fn dedicated(entity_type: &str, known: &[(String, &Php)]) -> Option<(String, Option<String>)> {
    let short: String = entity_type.chars().take(34).collect();
    let of_revisions = [format!("{entity_type}_revision__"), format!("{short}_r__")];
    let is_revisions = |table: &str| of_revisions.iter().any(|start| table.starts_with(start.as_str()));
    let table = known.iter().find(|(table, _)| !is_revisions(table))?.0.clone();
    let revision_table = known.iter().find(|(table, _)| is_revisions(table)).map(|(table, _)| table.clone());
    Some((table, revision_table))
}

/// The place that Drupal gives to a field of one property and one item, where nothing is written down about it: sites
/// that began with an old version lack it for some keys.
fn customary(sought: &Sought<'_>) -> Option<FieldStorage> {
    let keys = &sought.entity_type.keys;
    let tables = sought.entity_type.tables.as_ref()?;
    let has_revisions = tables.revision.is_some();
    let is = |key: &str| sought.name == key;
    let is_own_type = matches!(
        sought.type_name,
        "integer"
            | "uuid"
            | "language"
            | "string"
            | "string_long"
            | "boolean"
            | "entity_reference"
            | "created"
            | "changed"
            | "timestamp"
            | "email"
            | "uri"
            | "password"
            | "file_uri"
    );
    if !is_own_type || !sought.single {
        return None;
    }
    let everywhere = is(&keys.id) || is(&keys.revision) || is(&keys.langcode);
    let of_revision = is(&keys.revision_user)
        || is(&keys.revision_created)
        || is(&keys.revision_log)
        || is("revision_default");
    let in_base = everywhere || is(&keys.uuid) || is(&keys.bundle);
    let in_data = !is(&keys.uuid) && !of_revision;
    let column =
        Column { property: sought.main_property.to_owned(), name: sought.name.to_owned(), serialized: false };
    let has_data = tables.data.is_some();
    let of_each = sought.revisionable && !of_revision;
    Some(FieldStorage::Shared {
        columns: vec![column],
        in_base: in_base || (!has_data && in_data),
        in_data: if has_data { in_data } else { in_base || in_data },
        in_revision: has_revisions && (everywhere || of_revision || (of_each && !has_data)),
        in_revision_data: has_revisions && has_data && (everywhere || of_each),
    })
}
