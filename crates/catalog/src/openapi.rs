//! The OpenAPI 3.1 document: every URL, with parameters, answers and, where the API is writable, request bodies.
//!
//! What all types have in common is said once, under `components`, in names that begin with `jsonapi.`; the schema of
//! a type is named as the type, and its answers `{type}.one`, `{type}.maybe` and `{type}.many`. What writing adds is in
//! `writes`.

mod writes;

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::model::{Arity, Catalog, Relationship, ResourceType};
use crate::path;
use crate::resource_schema::{resource_object, shared, shared_ref};

const REFS: &str = "#/components/schemas/jsonapi.";
const MEDIA_TYPE: &str = "application/vnd.api+json";

/// Parameters where there is one resource.
const OF_ONE: [&str; 2] = ["include", "fields"];
/// Parameters where there are many.
const OF_MANY: [&str; 5] = ["include", "fields", "filter", "sort", "page"];

/// Describes all that a catalog serves. `base_url` is that of links, without trailing slash; `title` is the API's name.
pub fn openapi(catalog: &Catalog, base_url: &str, title: &str, writable: bool) -> Value {
    let mut paths = Map::new();
    let entry = json!({ "operationId": "entry", "summary": "Links to every type", "responses": {
        "200": answer("Links to every type", &json!({ "$ref": format!("{REFS}document") })),
        "default": component("responses", "jsonapi.error")
    } });
    paths.insert("/".to_owned(), json!({ "get": entry }));
    for (_, one) in catalog.iter() {
        insert_paths(&mut paths, catalog, one);
    }
    let tags: Vec<Value> = catalog
        .iter()
        .map(|(_, one)| match &one.description {
            Some(description) => json!({ "name": one.name, "description": description }),
            None => json!({ "name": one.name }),
        })
        .collect();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": { "title": title, "version": "1.0.0", "description": "A JSON:API 1.1 API." },
        "servers": [{ "url": if base_url.is_empty() { "/" } else { base_url } }],
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": schemas(catalog),
            "parameters": parameters(),
            "responses": responses(catalog),
            "headers": { "jsonapi.etag": header("The state of what is answered: for `If-None-Match` and `If-Match`.") }
        }
    });
    if writable {
        writes::add(&mut document, catalog);
    }
    document
}

fn insert_paths(paths: &mut Map<String, Value>, catalog: &Catalog, one: &ResourceType) {
    let key = component_name(&one.name);
    let get = |id: &str, summary: String, parameters: &[&str], answer: &str| {
        let mut answers = json!({
            "200": component("responses", answer),
            "304": component("responses", "jsonapi.notModified"),
            "400": component("responses", "jsonapi.error"),
            "default": component("responses", "jsonapi.error")
        });
        if id != "list" {
            answers["404"] = component("responses", "jsonapi.error");
        }
        let parameters: Vec<Value> =
            parameters.iter().map(|name| component("parameters", &format!("jsonapi.{name}"))).collect();
        json!({
            "operationId": format!("{key}:{id}"), "tags": [one.name], "summary": summary,
            "parameters": parameters, "responses": answers
        })
    };
    let with_id = |get: Value| json!({ "parameters": [component("parameters", "jsonapi.id")], "get": get });
    let name = &one.name;
    let list = get("list", format!("Resources of type {name}"), &OF_MANY, &format!("{key}.many"));
    paths.insert(one.path.clone(), json!({ "get": list }));
    let single = get("get", format!("One resource of type {name}"), &OF_ONE, &format!("{key}.one"));
    paths.insert(format!("{}/{{id}}", one.path), with_id(single));
    for relationship in &one.relationships {
        let Relationship { name: field, arity, target, .. } = relationship;
        let target = component_name(&catalog.get(*target).name);
        let (parameters, related, linkage) = match arity {
            Arity::ToOne => (&OF_ONE[..], "maybe", "jsonapi.toOne"),
            Arity::ToMany => (&OF_MANY[..], "many", "jsonapi.toMany"),
        };
        let (segment, field_key) = (path::encode([field.as_str()]), component_name(field));
        let summary = format!("{field} of one resource of type {name}");
        let related =
            get(&format!("{field_key}:related"), summary, parameters, &format!("{target}.{related}"));
        paths.insert(format!("{}/{{id}}{segment}", one.path), with_id(related));
        let summary = format!("Linkage of {field} of one resource of type {name}");
        let linkage = get(&format!("{field_key}:linkage"), summary, parameters, linkage);
        paths.insert(format!("{}/{{id}}/relationships{segment}", one.path), with_id(linkage));
    }
}

fn schemas(catalog: &Catalog) -> Map<String, Value> {
    let mut schemas: Map<String, Value> =
        shared(REFS).into_iter().map(|(name, schema)| (format!("jsonapi.{name}"), schema)).collect();
    let document = json!({ "type": "object", "properties": {
        "jsonapi": shared_ref(REFS, "jsonapi"), "links": shared_ref(REFS, "links"),
        "included": shared_ref(REFS, "included"), "meta": shared_ref(REFS, "meta")
    } });
    schemas.insert("jsonapi.document".to_owned(), document);
    let text = json!({ "type": "string" });
    let source =
        json!({ "type": "object", "properties": { "parameter": text, "pointer": text, "header": text } });
    let error = json!({ "type": "object", "minProperties": 1, "properties": {
        "id": text, "status": text, "code": text, "title": text, "detail": text, "source": source,
        "links": shared_ref(REFS, "links"), "meta": shared_ref(REFS, "meta")
    } });
    let errors = json!({ "type": "object", "required": ["errors"], "properties": {
        "jsonapi": shared_ref(REFS, "jsonapi"), "links": shared_ref(REFS, "links"), "meta": shared_ref(REFS, "meta"),
        "errors": { "type": "array", "minItems": 1, "items": error }
    } });
    schemas.insert("jsonapi.errors".to_owned(), errors);
    for (_, one) in catalog.iter() {
        schemas.insert(component_name(&one.name), resource_object(catalog, one, REFS));
    }
    schemas
}

fn parameters() -> Value {
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let comma_separated = |name: &str, description: &str| {
        json!({
            "name": name, "in": "query", "description": description,
            "style": "form", "explode": false, "schema": list
        })
    };
    let deep = |name: &str, description: &str, schema: Value| {
        json!({
            "name": name, "in": "query", "description": description,
            "style": "deepObject", "explode": true, "schema": schema
        })
    };
    let count = |least: u32| json!({ "type": "integer", "minimum": least });
    let page = json!({ "type": "object", "properties": {
        "limit": count(1), "offset": count(0), "number": count(1), "size": count(1),
        "after": { "type": "string" }, "before": { "type": "string" }, "count": { "type": "boolean" }
    } });
    let fields = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    json!({
        "jsonapi.id": {
            "name": "id", "in": "path", "required": true, "description": "The resource's id.",
            "schema": { "type": "string" }
        },
        "jsonapi.include": comma_separated("include", "Paths of relationships whose resources to include: `a,a.b`."),
        "jsonapi.sort": comma_separated("sort", "Fields to sort by, `-` before those that descend: `-a,b.c`."),
        "jsonapi.fields": deep("fields", "Fields of a type to answer with: `fields[TYPE]=a,b`.", fields),
        "jsonapi.filter": deep(
            "filter",
            "Conditions: `filter[FIELD]=value`, `filter[FIELD][OPERATOR]=value`, `filter[or][0][FIELD]=value`.",
            json!({ "type": "object", "additionalProperties": true })
        ),
        "jsonapi.page": deep(
            "page",
            "One of `limit` and `offset`; `number` and `size`; `size`, `after` and `before` (cursors). `count=true` \
             also counts.",
            page
        )
    })
}

fn responses(catalog: &Catalog) -> Map<String, Value> {
    let document = |data: Value| json!({ "$ref": format!("{REFS}document"), "required": ["data"], "properties": { "data": data } });
    let mut responses = Map::new();
    responses.insert("jsonapi.error".to_owned(), answer("What went wrong.", &shared_ref(REFS, "errors")));
    let mut insert = |name: String, mut answer: Value| {
        answer["headers"] = json!({ "ETag": component("headers", "jsonapi.etag") });
        responses.insert(name, answer);
    };
    insert(
        "jsonapi.notModified".to_owned(),
        json!({ "description": "The `ETag` sent is still that of the answer." }),
    );
    for (name, description) in [("toOne", "Linkage to at most one resource."), ("toMany", "Linkage.")] {
        let data = shared_ref(&format!("{REFS}{name}/properties/"), "data");
        insert(format!("jsonapi.{name}"), answer(description, &document(data)));
    }
    for (_, one) in catalog.iter() {
        let (name, key) = (&one.name, component_name(&one.name));
        let resource = json!({ "$ref": format!("#/components/schemas/{key}") });
        let maybe = json!({ "oneOf": [{ "type": "null" }, resource] });
        let many = json!({ "type": "array", "items": resource });
        insert(format!("{key}.one"), answer(&format!("A resource of type {name}."), &document(resource)));
        insert(
            format!("{key}.maybe"),
            answer(&format!("A resource of type {name}, or none."), &document(maybe)),
        );
        insert(format!("{key}.many"), answer(&format!("Resources of type {name}."), &document(many)));
    }
    responses
}

fn header(description: &str) -> Value {
    json!({ "description": description, "schema": { "type": "string" } })
}

fn answer(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { MEDIA_TYPE: { "schema": schema } } })
}

fn component(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}

/// A name as the key of a component, where only `A`–`Z`, `a`–`z`, `0`–`9`, `.`, `-` and `_` may stand: bytes of other
/// characters become `.` and two hexadecimal digits. Names have no `.` of their own.
fn component_name(name: &str) -> String {
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, ".{byte:02X}");
        }
    }
    encoded
}
