//! Fields: which there are in each bundle, in which order, where they are kept and how they are served.
//!
//! Fields that every entity of a type has are installed definitions; those that somebody added to a bundle are
//! configuration. What some modules compute is written down nowhere and known here.

mod definition;
mod kinds;
mod naming;
mod storage;
mod targets;

use super::Notice;
use super::bundles::Bundle;
use super::definitions::Decoded;
use super::model::{EntityType, Field, ReferenceTarget};
use super::reading::Names;
use crate::php::Php;
use definition::Definition;

/// The fields of an entity type that all of its bundles have.
pub(super) struct BaseFields<'a> {
    decoded: &'a Decoded,
    names: &'a Names<'a>,
    entity_type: &'a EntityType,
    fields: Vec<Definition<'a>>,
}

impl<'a> BaseFields<'a> {
    /// The fields of an entity type, in Drupal's order: its own, then what other modules add, as their hooks run.
    pub(super) fn read(
        decoded: &'a Decoded,
        names: &'a Names<'a>,
        entity_type: &'a EntityType,
        notices: &mut Vec<Notice>,
    ) -> Self {
        let modules = decoded.modules();
        let (mut own, mut added) = (Vec::new(), Vec::new());
        for (name, installed) in definition::installed(decoded, entity_type) {
            let class = if let Php::Object { class, .. } = installed { class.as_str() } else { "" };
            if class.ends_with("\\FieldStorageConfig") {
                continue;
            }
            // Code adds these to some bundles, and does not say to which.
            let field = if class.ends_with("\\BundleFieldDefinition") {
                None
            } else {
                definition::base(decoded, entity_type, name, installed)
            };
            match field {
                None => notices.push(left_out(entity_type, name)),
                Some(field)
                    if field.provider == entity_type.provider || !modules.contains(&field.provider) =>
                {
                    own.push(field);
                }
                Some(field) => added.push(field),
            }
        }
        let is_moderated = names
            .workflows
            .values()
            .any(|workflow| workflow.bundles.get(&entity_type.id).is_some_and(|bundles| !bundles.is_empty()));
        added.extend(definition::computed(entity_type, modules.contains(&"path"), is_moderated));
        added.sort_by_key(|field| modules.iter().position(|module| *module == field.provider));
        own.extend(added);
        Self { decoded, names, entity_type, fields: own }
    }

    /// The fields of a bundle: those that all have, as the bundle has them, then its own.
    pub(super) fn of_bundle(&self, bundle: &Bundle, notices: &mut Vec<Notice>) -> Vec<Field> {
        let id = &self.entity_type.id;
        let mut fields = Vec::new();
        if id == "user" {
            fields.push(self.field(&definition::display_name(), bundle, None, true));
        }
        for field in &self.fields {
            let changed = format!("core.base_field_override.{id}.{}.{}", bundle.id, field.name);
            fields.push(self.field(field, bundle, self.decoded.config.get(&changed), true));
        }
        for (name, config) in self.decoded.config_of(&format!("field.field.{id}.{}.", bundle.id)) {
            match definition::configured(self.decoded, self.entity_type, name) {
                Some(field) => fields.push(self.field(&field, bundle, Some(config), false)),
                None => notices.push(left_out(self.entity_type, name)),
            }
        }
        fields
    }

    /// A field as a bundle has it. `config` is what the bundle's configuration says of it.
    fn field(&self, field: &Definition<'_>, bundle: &Bundle, config: Option<&Php>, is_base: bool) -> Field {
        let public_name = if field.internal {
            String::new()
        } else {
            naming::public_name(self.entity_type, field.name, field.kind, field.type_name)
        };
        let translatable = config.is_none_or(|config| config.is_set("translatable"));
        Field {
            name: field.name.to_owned(),
            public_name,
            kind: field.kind,
            type_name: field.type_name.to_owned(),
            single: field.single,
            storage: field.storage.clone(),
            translatable: translatable && field.translatable && self.entity_type.translatable,
            revisionable: field.revisionable,
            is_base,
            target: self.target(field, bundle, config),
        }
    }

    fn target(
        &self,
        field: &Definition<'_>,
        bundle: &Bundle,
        config: Option<&Php>,
    ) -> Option<ReferenceTarget> {
        let entity_type = targets::target_type(field.kind, field.settings)?;
        let own = config.and_then(|config| config.get("settings"));
        let own = own.filter(|settings| settings.get("handler_settings").is_some());
        let mut bundles = targets::target_bundles(own.or(field.settings));
        // What Drupal's own code says of bundles.
        match (self.entity_type.id.as_str(), field.name) {
            ("taxonomy_term", "parent") if config.is_none() => bundles = vec![bundle.id.as_str()],
            ("comment", "entity_id") => {
                let comments = self.decoded.config.get(&format!("comment.type.{}", bundle.id));
                let on = comments.and_then(|comments| comments.str_at("target_entity_type_id"));
                return Some(targets::target(self.names, on.unwrap_or(entity_type), &[]));
            }
            _ => {}
        }
        Some(targets::target(self.names, entity_type, &bundles))
    }
}

fn left_out(entity_type: &EntityType, name: &str) -> Notice {
    let what = format!("field `{name}` of `{}`", entity_type.id);
    Notice::LeftOut { what, reason: "where it is kept is not known".to_owned() }
}
