//! Entity types, from their installed definitions.

use hashbrown::HashSet;

use super::definitions::Decoded;
use super::model::{EntityKeys, EntityType, Tables};
use super::{Notice, Problem};
use crate::php::Php;

/// The access handler of types that name none.
const ACCESS_HANDLER: &str = "Drupal\\Core\\Entity\\EntityAccessControlHandler";

/// What every configuration entity is exported with, before the keys of its type.
const EXPORTED_ALWAYS: [&str; 6] =
    ["uuid", "langcode", "status", "dependencies", "third_party_settings", "_core"];

/// All entity types of installed modules, ordered by id.
pub(super) fn read(decoded: &Decoded, notices: &mut Vec<Notice>) -> Result<Vec<EntityType>, Problem> {
    let modules: HashSet<&str> = decoded.modules().into_iter().collect();
    let mut entity_types = Vec::new();
    for (name, definition) in &decoded.installed {
        let Some(id) = name.strip_suffix(".entity_type") else { continue };
        let provider = definition.str_at("provider").unwrap_or_default();
        if provider != "core" && !modules.contains(provider) {
            notices.push(left_out(id, format!("its module `{provider}` is not installed")));
            continue;
        }
        let Some(entity_type) = entity_type(id, definition) else {
            notices.push(left_out(id, "it is of an unknown kind".to_owned()));
            continue;
        };
        entity_types.push(entity_type);
    }
    entity_types.sort_by(|one, other| one.id.cmp(&other.id));
    if entity_types.len() > usize::from(u16::MAX) {
        return Err(Problem::TooMany("entity types"));
    }
    Ok(entity_types)
}

fn left_out(id: &str, reason: String) -> Notice {
    Notice::LeftOut { what: format!("entity type `{id}`"), reason }
}

fn entity_type(id: &str, definition: &Php) -> Option<EntityType> {
    let Php::Object { class, .. } = definition else { return None };
    let is_config = class.ends_with("\\ConfigEntityType");
    if !is_config && !class.ends_with("\\ContentEntityType") {
        return None;
    }
    let owned = |path: &str| definition.str_at(path).filter(|text| !text.is_empty()).map(str::to_owned);
    let keys = keys(definition);
    let provider = owned("provider").unwrap_or_default();
    let config_prefix = is_config.then(|| {
        let own = owned("config_prefix").unwrap_or_else(|| id.to_owned());
        format!("{provider}.{own}.")
    });
    Some(EntityType {
        id: id.to_owned(),
        label: definition.get("label").and_then(markup).unwrap_or(id).to_owned(),
        access_handler: owned("handlers.access").unwrap_or_else(|| ACCESS_HANDLER.to_owned()),
        admin_permission: owned("admin_permission"),
        internal: definition.is_set("internal"),
        bundle_entity_type: owned("bundle_entity_type"),
        canonical_path: owned("links.canonical"),
        tables: (!is_config).then(|| tables(id, definition, !keys.revision.is_empty())),
        config_prefix,
        config_export: if is_config { config_export(definition) } else { Vec::new() },
        translatable: definition.is_set("translatable"),
        provider,
        keys,
    })
}

/// A text of the interface: its source, before it is translated.
fn markup(label: &Php) -> Option<&str> {
    label.as_str().or_else(|| label.str_at("string"))
}

fn keys(definition: &Php) -> EntityKeys {
    let key = |path: &str| definition.str_at(path).unwrap_or_default().to_owned();
    let or = |one: String, other: String| if one.is_empty() { other } else { one };
    EntityKeys {
        id: key("entity_keys.id"),
        revision: key("entity_keys.revision"),
        bundle: key("entity_keys.bundle"),
        label: key("entity_keys.label"),
        langcode: key("entity_keys.langcode"),
        uuid: key("entity_keys.uuid"),
        published: key("entity_keys.published"),
        owner: or(key("entity_keys.owner"), key("entity_keys.uid")),
        revision_user: key("revision_metadata_keys.revision_user"),
        revision_created: key("revision_metadata_keys.revision_created"),
        revision_log: key("revision_metadata_keys.revision_log_message"),
    }
}

/// The tables, with the names that Drupal gives to those that are not named.
fn tables(id: &str, definition: &Php, has_revisions: bool) -> Tables {
    let named = |member: &str| definition.str_at(member).filter(|name| !name.is_empty()).map(str::to_owned);
    if definition
        .str_at("handlers.storage")
        .is_some_and(|class| class.ends_with("\\ContentEntityNullStorage"))
    {
        return Tables::default();
    }
    let has_translations = definition.is_set("translatable");
    let or = |name: Option<String>, end: &str| Some(name.unwrap_or_else(|| format!("{id}{end}")));
    let if_so = |wanted: bool, name: Option<String>, end: &str| if wanted { or(name, end) } else { None };
    Tables {
        base: named("base_table").unwrap_or_else(|| id.to_owned()),
        data: if_so(has_translations, named("data_table"), "_field_data"),
        revision: if_so(has_revisions, named("revision_table"), "_revision"),
        revision_data: if_so(
            has_revisions && has_translations,
            named("revision_data_table"),
            "_field_revision",
        ),
    }
}

/// The exported keys in order: those that all have, then the type's own. None if it does not say.
fn config_export(definition: &Php) -> Vec<String> {
    let Some(own) = definition.get("config_export").filter(|own| own.as_bool()) else { return Vec::new() };
    let mut keys: Vec<String> = EXPORTED_ALWAYS.map(str::to_owned).to_vec();
    for name in own.texts() {
        if !keys.iter().any(|key| key == name) {
            keys.push(name.to_owned());
        }
    }
    keys
}
