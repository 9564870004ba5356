//! The types of a site as a list, for people (`Display`) and programs (`Serialize`).

use std::fmt;

use serde::Serialize;

use super::model::{ResourceType, Site};

/// One resource type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeReport {
    /// Its name.
    pub name: String,
    /// Path of its collection.
    pub path: String,
    /// Its entity type.
    pub entity_type: String,
    /// Its bundle; the entity type's id where there are none.
    pub bundle: String,
    /// How many fields are served of content. Of configuration, it is what has been exported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<usize>,
}

impl Site {
    /// Lists the types that are served.
    pub fn report(&self) -> Vec<TypeReport> {
        self.resource_types.iter().map(|one| self.type_report(one)).collect()
    }

    fn type_report(&self, one: &ResourceType) -> TypeReport {
        let entity_type = &self[one.entity_type];
        let served = || one.fields.iter().filter(|field| !field.public_name.is_empty()).count();
        TypeReport {
            name: one.name.clone(),
            path: format!("/jsonapi/{}/{}", entity_type.id, one.bundle),
            entity_type: entity_type.id.clone(),
            bundle: one.bundle.clone(),
            fields: entity_type.tables.is_some().then(served),
        }
    }
}

impl fmt::Display for TypeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, path, entity_type, bundle, fields } = self;
        write!(f, "{name}  at {path}, entity type {entity_type}, bundle {bundle}, ")?;
        match fields {
            Some(fields) => writeln!(f, "{fields} fields"),
            None => writeln!(f, "configuration"),
        }
    }
}
