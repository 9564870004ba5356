//! A field as its definition has it, before a bundle has its say.

use super::super::definitions::Decoded;
use super::super::model::{EntityType, FieldKind, FieldStorage};
use super::kinds::{kind, main_property};
use super::storage::{self, Sought};
use crate::php::{Key, Php};

/// A field, whatever the bundle.
pub(super) struct Definition<'a> {
    pub(super) name: &'a str,
    /// The module that adds it.
    pub(super) provider: &'a str,
    pub(super) type_name: &'a str,
    pub(super) kind: FieldKind,
    pub(super) settings: Option<&'a Php>,
    pub(super) single: bool,
    pub(super) translatable: bool,
    pub(super) revisionable: bool,
    /// Whether nobody is to know of it.
    pub(super) internal: bool,
    pub(super) storage: FieldStorage,
}

/// The installed definitions of a type's fields, by name.
pub(super) fn installed<'a>(decoded: &'a Decoded, entity_type: &EntityType) -> Vec<(&'a str, &'a Php)> {
    let all = decoded.installed.get(&format!("{}.field_storage_definitions", entity_type.id));
    let Some(Php::Array(items)) = all else { return Vec::new() };
    let named = items.iter().filter_map(|(key, definition)| match key {
        Key::Text(name) => Some((std::str::from_utf8(name).ok()?, definition)),
        Key::Integer(_) => None,
    });
    named.collect()
}

/// A field that all entities of its type have. [`None`] if where it is kept is not known.
pub(super) fn base<'a>(
    decoded: &'a Decoded,
    entity_type: &EntityType,
    name: &'a str,
    installed: &'a Php,
) -> Option<Definition<'a>> {
    let flag = |name: &str| installed.get("definition").is_some_and(|definition| definition.is_set(name));
    let item = installed.at("itemDefinition.definition");
    let type_name = installed.str_at("type").or_else(|| item?.str_at("type")?.strip_prefix("field_item:"))?;
    let settings = item.and_then(|item| item.get("settings"));
    let cardinality = installed.at("definition.cardinality").and_then(Php::as_i64).unwrap_or(1);
    let mut properties = installed.at("schema.columns").into_iter().flat_map(Php::entries);
    let property = match (properties.next(), properties.next()) {
        (Some((only, _)), None) => only.into_owned(),
        _ => main_property(type_name).to_owned(),
    };
    let has_revisions = !entity_type.keys.revision.is_empty();
    let sought = Sought {
        entity_type,
        name,
        type_name,
        main_property: &property,
        schema: schema(decoded, entity_type, name),
        revisionable: has_revisions && flag("revisionable"),
        single: cardinality == 1,
    };
    let (storage, columns) =
        if flag("custom_storage") { (FieldStorage::Computed, Vec::new()) } else { storage::find(&sought)? };
    Some(Definition {
        name,
        provider: installed.str_at("definition.provider").unwrap_or(""),
        type_name,
        kind: kind(type_name, settings, &columns),
        settings,
        single: sought.single,
        translatable: flag("translatable"),
        revisionable: sought.revisionable,
        internal: flag("internal"),
        storage,
    })
}

/// A field that bundles may have, from its configuration. [`None`] if where it is kept is not known.
pub(super) fn configured<'a>(
    decoded: &'a Decoded,
    entity_type: &EntityType,
    name: &'a str,
) -> Option<Definition<'a>> {
    let config = decoded.config.get(&format!("field.storage.{}.{name}", entity_type.id))?;
    let type_name = config.str_at("type")?;
    let settings = config.get("settings");
    let sought = Sought {
        entity_type,
        name,
        type_name,
        main_property: main_property(type_name),
        schema: schema(decoded, entity_type, name),
        revisionable: !entity_type.keys.revision.is_empty(),
        single: config.get("cardinality").and_then(Php::as_i64) == Some(1),
    };
    let (storage, columns) = if config.is_set("custom_storage") {
        (FieldStorage::Computed, Vec::new())
    } else {
        storage::find(&sought)?
    };
    Some(Definition {
        name,
        provider: "",
        type_name,
        kind: kind(type_name, settings, &columns),
        settings,
        single: sought.single,
        translatable: config.is_set("translatable"),
        revisionable: sought.revisionable,
        internal: false,
        storage,
    })
}

/// What Drupal has written down about a field's tables.
fn schema<'a>(decoded: &'a Decoded, entity_type: &EntityType, name: &str) -> Option<&'a Php> {
    decoded.storage_schema.get(&format!("{}.field_schema_data.{name}", entity_type.id))
}

/// What some modules compute for every entity of a type. That is written down nowhere.
pub(super) fn computed(
    entity_type: &EntityType,
    has_path: bool,
    is_moderated: bool,
) -> Vec<Definition<'static>> {
    let field = |name, provider, type_name, kind| Definition {
        name,
        provider,
        type_name,
        kind,
        settings: None,
        single: true,
        translatable: true,
        revisionable: kind == FieldKind::ModerationState,
        internal: false,
        storage: FieldStorage::Computed,
    };
    let mut fields = Vec::new();
    if is_moderated {
        fields.push(field("moderation_state", "content_moderation", "string", FieldKind::ModerationState));
    }
    if has_path && matches!(entity_type.id.as_str(), "node" | "taxonomy_term" | "media") {
        fields.push(field("path", "path", "path", FieldKind::Path));
    }
    fields
}

/// The name of an account as others see it.
pub(super) fn display_name() -> Definition<'static> {
    Definition {
        name: "display_name",
        provider: "",
        type_name: "string",
        kind: FieldKind::DisplayName,
        settings: None,
        single: true,
        translatable: false,
        revisionable: false,
        internal: false,
        storage: FieldStorage::Computed,
    }
}
