//! The JSON Schema of a type's documents: what their `links.describedby` leads to.

use serde_json::{Map, Value, json};

use crate::model::{Catalog, TypeId};
use crate::path;
use crate::resource_schema::{resource_object, shared, shared_ref};

const REFS: &str = "#/$defs/";

/// JSON Schema (2020-12) of a response document whose primary data are resources of the type: one, several, or `null`
/// for an empty to-one relationship. Resource identifiers, the primary data of relationship URLs, fit too.
///
/// `base_url` is that of links, without trailing slash.
pub fn json_schema(catalog: &Catalog, type_id: TypeId, base_url: &str) -> Value {
    let one = catalog.get(type_id);
    let resource = shared_ref(REFS, "resource");
    let mut definitions: Map<String, Value> =
        shared(REFS).into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    definitions.insert("resource".to_owned(), resource_object(catalog, one, REFS));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{base_url}/schemas{}", path::encode([one.name.as_str()])),
        "title": one.name,
        "type": "object",
        "required": ["data"],
        "properties": {
            "jsonapi": shared_ref(REFS, "jsonapi"),
            "links": shared_ref(REFS, "links"),
            "data": { "oneOf": [resource, { "type": "array", "items": resource }, { "type": "null" }] },
            "included": shared_ref(REFS, "included"),
            "meta": shared_ref(REFS, "meta")
        },
        "$defs": definitions
    })
}
