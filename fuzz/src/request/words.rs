//! The words of the schema: names and values that a request can ask for.
//!
//! Told by the catalog itself, so that a change of the fixture needs no change here.

use docent_catalog::model::{Arity, Catalog, Relationship, ResourceType};
use docent_jsonapi::link::decode_segment;
use serde_json::Value;

/// Values kept of each attribute.
const VALUES_MAX: usize = 24;

/// Every type.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) types: Vec<TypeWords>,
}

/// One type.
#[derive(Debug)]
pub(super) struct TypeWords {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) attributes: Vec<AttributeWords>,
    pub(super) relationships: Vec<RelationshipWords>,
    /// The ids of its resources.
    pub(super) ids: Vec<String>,
}

/// One attribute.
#[derive(Debug)]
pub(super) struct AttributeWords {
    pub(super) name: String,
    /// Some of its values, as text.
    pub(super) values: Vec<String>,
}

/// One relationship.
#[derive(Debug)]
pub(super) struct RelationshipWords {
    pub(super) name: String,
    /// Position of the type it leads to.
    pub(super) target: usize,
    pub(super) to_many: bool,
}

impl Words {
    /// The names a catalog has.
    pub(super) fn new(catalog: &Catalog) -> Self {
        let words = |served: &ResourceType| TypeWords {
            name: served.name.clone(),
            path: served.path.clone(),
            attributes: served.attributes.iter().map(|one| AttributeWords::new(&one.name)).collect(),
            relationships: served.relationships.iter().map(RelationshipWords::new).collect(),
            ids: Vec::new(),
        };
        Words { types: catalog.types.iter().map(words).collect() }
    }

    /// The type whose collection is at the start of a path, and the type of the path's primary data.
    pub(super) fn primary(&self, path: &str) -> Option<(&TypeWords, Option<&RelationshipWords>)> {
        let mut segments = path.trim_matches('/').split('/');
        let first = format!("/{}", segments.next()?);
        let owner = self.types.iter().find(|words| words.path == first)?;
        let last = segments.skip(1).last().and_then(decode_segment);
        let named = |one: &&RelationshipWords| last.as_deref() == Some(one.name.as_str());
        Some((owner, owner.relationships.iter().find(named)))
    }

    /// The type a relationship leads to.
    pub(super) fn target(&self, relationship: &RelationshipWords) -> &TypeWords {
        &self.types[relationship.target]
    }
}

impl TypeWords {
    /// Takes ids and values from a document.
    pub(super) fn learn(&mut self, document: &Value) {
        for resource in document["data"].as_array().into_iter().flatten() {
            self.ids.extend(resource["id"].as_str().map(str::to_owned));
            for attribute in &mut self.attributes {
                attribute.learn(&resource["attributes"][&attribute.name]);
            }
        }
    }

    pub(super) fn relationship(&self, name: &str) -> Option<&RelationshipWords> {
        self.relationships.iter().find(|one| one.name == name)
    }
}

impl AttributeWords {
    fn new(name: &str) -> Self {
        AttributeWords { name: name.to_owned(), values: Vec::new() }
    }

    fn learn(&mut self, value: &Value) {
        let text = match value {
            Value::Null => return,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if self.values.len() < VALUES_MAX && !self.values.contains(&text) {
            self.values.push(text);
        }
    }
}

impl RelationshipWords {
    fn new(relationship: &Relationship) -> Self {
        RelationshipWords {
            name: relationship.name.clone(),
            target: usize::try_from(relationship.target.0).unwrap_or_default(),
            to_many: relationship.arity == Arity::ToMany,
        }
    }
}
