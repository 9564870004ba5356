//! The JSON Schema of a type's documents: what their `links.describedby` leads to.

use serde_json::{Map, Value, json};

use crate::model::{Catalog, TypeId};
use crate::path;
use crate::request_schema;
use crate::resource_schema::{resource_object, shared, shared_ref};

const REFS: &str = "#/$defs/";

/// JSON Schema (2020-12) of a response document whose primary data are resources of the type: one, several, or `null`
/// for an empty to-one relationship. Resource identifiers, the primary data of relationship URLs, fit too.
///
/// `base_url` is that of links, without trailing slash. Where the API is `writable` the definitions `create` and
/// `update` are the request documents that create and change such a resource, if there are such requests.
pub fn json_schema(catalog: &Catalog, type_id: TypeId, base_url: &str, writable: bool) -> Value {
    let one = catalog.get(type_id);
    let resource = shared_ref(REFS, "resource");
    let mut definitions: Map<String, Value> =
        shared(REFS).into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    definitions.insert("resource".to_owned(), resource_object(catalog, one, REFS));
    if writable && (one.can_create() || one.can_update()) {
        let requests = request_schema::requests(catalog, one, REFS);
        definitions.extend(requests.map(|(name, schema)| (name.to_owned(), schema)));
        let shared = request_schema::shared(REFS).into_iter();
        definitions.extend(shared.map(|(name, schema)| (name.to_owned(), schema)));
    }
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
