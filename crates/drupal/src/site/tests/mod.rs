//! Sites made of definitions, by hand and recorded.

mod access;
mod fields;
mod languages;
mod recorded;
mod types;
mod written;

use serde_json::Value;

use super::definitions::{INSTALLED, MODULE_SCHEMA, STORAGE_SCHEMA};
use super::*;
use written::written;

/// Definitions in the making.
struct Making {
    config: Vec<Entry>,
    key_value: Vec<Entry>,
    has_node_grants: bool,
}

fn entry(collection: &str, name: &str, value: &Value) -> Entry {
    Entry { collection: collection.to_owned(), name: name.to_owned(), value: written(value) }
}

impl Making {
    /// A site with these modules and the entity type `user`.
    fn new(modules: &[&str]) -> Self {
        let mut modules: serde_json::Map<String, Value> =
            modules.iter().map(|module| ((*module).to_owned(), Value::from(0))).collect();
        modules.extend(["jsonapi", "system", "user"].map(|module| (module.to_owned(), Value::from(0))));
        let extension =
            serde_json::json!({"module": modules, "theme": {"olivero": 0}, "profile": "standard"});
        Self { config: Vec::new(), key_value: Vec::new(), has_node_grants: false }
            .config("core.extension", &extension)
            .content("user", &serde_json::json!({"label": "User", "base_table": "users",
                "data_table": "users_field_data", "translatable": true,
                "entity_keys": {"id": "uid", "uuid": "uuid", "langcode": "langcode", "revision": "", "bundle": ""}}))
    }

    fn config(mut self, name: &str, value: &Value) -> Self {
        self.config.push(entry("", name, value));
        self
    }

    fn translation(mut self, language: &str, name: &str, value: &Value) -> Self {
        self.config.push(entry(&format!("language.{language}"), name, value));
        self
    }

    fn update(mut self, module: &str, number: i64) -> Self {
        self.key_value.push(entry(MODULE_SCHEMA, module, &Value::from(number)));
        self
    }

    /// A content entity type, its module named like it.
    fn content(self, id: &str, definition: &Value) -> Self {
        self.entity_type(id, "Drupal\\Core\\Entity\\ContentEntityType", definition)
    }

    /// A configuration entity type.
    fn configuration(self, id: &str, definition: &Value) -> Self {
        self.entity_type(id, "Drupal\\Core\\Config\\Entity\\ConfigEntityType", definition)
    }

    fn entity_type(mut self, id: &str, class: &str, definition: &Value) -> Self {
        let mut definition = definition.clone();
        definition["__class"] = class.into();
        if definition.get("provider").is_none() {
            definition["provider"] = id.into();
        }
        self.key_value.push(entry(INSTALLED, &format!("{id}.entity_type"), &definition));
        self
    }

    /// The installed fields of an entity type: name, type, flags and settings of each.
    fn fields(mut self, entity_type: &str, fields: &[(&str, &str, Value)]) -> Self {
        let installed = fields.iter().map(|(name, type_name, definition)| {
            let settings = definition.get("settings").cloned().unwrap_or_default();
            let mut definition = definition.clone();
            if definition.get("provider").is_none() {
                definition["provider"] = entity_type.into();
            }
            let field = serde_json::json!({
                "__class": "Drupal\\Core\\Field\\BaseFieldDefinition",
                "type": type_name,
                "definition": definition,
                "itemDefinition": {"__class": "Item", "definition": {"type": format!("field_item:{type_name}"),
                    "settings": settings}},
            });
            ((*name).to_owned(), field)
        });
        let installed = written::ordered(&installed.collect::<Vec<_>>());
        let name = format!("{entity_type}.field_storage_definitions");
        self.key_value.push(Entry { collection: INSTALLED.to_owned(), name, value: installed });
        self
    }

    /// Where a field is kept: the columns of each table, with their declarations.
    fn kept(mut self, entity_type: &str, field: &str, tables: &[(&str, &[(&str, Value)])]) -> Self {
        let tables = tables.iter().map(|(table, columns)| {
            let columns = columns.iter().map(|(name, declared)| ((*name).to_owned(), declared.clone()));
            ((*table).to_owned(), serde_json::json!({"fields": Value::Object(columns.collect())}))
        });
        let name = format!("{entity_type}.field_schema_data.{field}");
        let value = written::ordered(&tables.collect::<Vec<_>>());
        self.key_value.push(Entry { collection: STORAGE_SCHEMA.to_owned(), name, value });
        self
    }

    fn reading(self) -> Reading {
        let definitions = Definitions::new(self.config, self.key_value, self.has_node_grants);
        definitions.site(&Options::default()).expect("a site")
    }

    /// The site, of which there is nothing to say.
    fn site(self) -> Site {
        let Reading { site, notices, .. } = self.reading();
        assert_eq!(notices, []);
        site
    }
}

/// The public names of a resource type's fields, in order.
fn public_names<'a>(site: &'a Site, resource_type: &str) -> Vec<&'a str> {
    let fields = site[site.by_name[resource_type]].fields.iter();
    fields.map(|field| field.public_name.as_str()).filter(|name| !name.is_empty()).collect()
}

fn field<'a>(site: &'a Site, resource_type: &str, name: &str) -> &'a Field {
    let resource_type = &site[site.by_name[resource_type]];
    &resource_type[resource_type.internal_field(name).unwrap_or_else(|| panic!("no field {name}"))]
}

fn targets<'a>(site: &'a Site, field: &Field) -> Vec<&'a str> {
    let target = field.target.as_ref().expect("a relationship");
    target.types.iter().map(|index| site[*index].name.as_str()).collect()
}
