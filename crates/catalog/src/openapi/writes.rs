//! What a writable API has beyond reading: the writing methods, `/operations`, request bodies and their answers.
//!
//! The schemas of request bodies are named `{type}.create` and `{type}.update`.

use serde_json::{Map, Value, json};

use super::{MEDIA_TYPE, REFS, answer, component, component_name, header};
use crate::model::{Arity, Catalog, ClientIds, Link, Relationship, ResourceType};
use crate::path;
use crate::request_schema;

const ATOMIC: &str = "application/vnd.api+json;ext=\"https://jsonapi.org/ext/atomic\"";

/// Statuses of errors that any write may have.
const OF_ALL: [&str; 5] = ["400", "403", "409", "415", "422"];
/// Statuses of errors about a resource that may be gone or changed.
const OF_EXISTING: [&str; 3] = ["404", "412", "428"];

/// Adds the writing methods of every type to a document that describes reading.
pub(super) fn add(document: &mut Value, catalog: &Catalog) {
    let is_written = |one: &ResourceType| one.can_create() || one.can_update() || one.can_delete();
    if !catalog.types.iter().any(is_written) {
        return;
    }
    for (_, one) in catalog.iter() {
        for (path, method, operation) in operations(catalog, one) {
            document["paths"][path][method] = operation;
        }
        let key = component_name(&one.name);
        if one.read_only {
            continue;
        }
        for (name, schema) in request_schema::requests(catalog, one, REFS) {
            document["components"]["schemas"][format!("{key}.{name}")] = schema;
        }
        if one.can_create() {
            document["components"]["responses"][format!("{key}.created")] = created(one);
        }
    }
    document["paths"]["/operations"] = json!({ "post": atomic() });
    let components = &mut document["components"];
    for (name, schema) in request_schema::shared(REFS) {
        components["schemas"][format!("jsonapi.{name}")] = schema;
    }
    for (name, schema) in atomic_schemas() {
        components["schemas"][name] = schema;
    }
    components["parameters"]["jsonapi.ifMatch"] = json!({
        "name": "If-Match", "in": "header", "schema": { "type": "string" },
        "description": "The `ETag` of this URL without query: what was changed since is left as it is (412)."
    });
    components["parameters"]["jsonapi.prefer"] = json!({
        "name": "Prefer", "in": "header", "schema": { "type": "string" },
        "description": "`return=minimal` asks for 204 instead of the resource."
    });
    components["responses"]["jsonapi.done"] = json!({ "description": "Done." });
    components["responses"]["jsonapi.minimal"] = json!({
        "description": "Done, and the request preferred no more than that.",
        "headers": { "Preference-Applied": component("headers", "jsonapi.preferenceApplied") }
    });
    components["responses"]["jsonapi.minimalCreated"] = json!({
        "description": "Created, and the request preferred no more than that.",
        "headers": {
            "Location": component("headers", "jsonapi.location"),
            "Preference-Applied": component("headers", "jsonapi.preferenceApplied")
        }
    });
    components["headers"]["jsonapi.location"] = header("URL of the new resource.");
    components["headers"]["jsonapi.preferenceApplied"] = header("What of `Prefer` was followed.");
}

/// The writing methods of a type, each with its path.
fn operations(catalog: &Catalog, one: &ResourceType) -> Vec<(String, &'static str, Value)> {
    let mut operations = Vec::new();
    let (name, key) = (&one.name, component_name(&one.name));
    let body =
        |purpose: &str| body(MEDIA_TYPE, &json!({ "$ref": format!("#/components/schemas/{key}.{purpose}") }));
    let individual = format!("{}/{{id}}", one.path);
    if one.can_create() {
        let mut answers = errors(&OF_ALL);
        // A document may name resources that do not exist.
        answers.extend(errors(&["404"]));
        answers.insert("201".to_owned(), component("responses", &format!("{key}.created")));
        answers.insert("204".to_owned(), component("responses", "jsonapi.minimalCreated"));
        let summary = format!("Create a resource of type {name}");
        let mut create = operation(one, "create", &summary, &["include", "fields", "prefer"], &answers);
        create["requestBody"] = body("create");
        if let Some(ids) = client_ids(one.client_ids) {
            create["description"] = json!(ids);
        }
        operations.push((one.path.clone(), "post", create));
    }
    if one.can_update() {
        let mut answers = errors_of_existing();
        answers.insert("200".to_owned(), component("responses", &format!("{key}.one")));
        answers.insert("204".to_owned(), component("responses", "jsonapi.minimal"));
        let parameters = ["include", "fields", "prefer", "ifMatch"];
        let summary = format!("Change a resource of type {name}");
        let mut update = operation(one, "update", &summary, &parameters, &answers);
        update["requestBody"] = body("update");
        operations.push((individual.clone(), "patch", update));
    }
    if one.can_delete() {
        let mut answers = errors_of_existing();
        answers.insert("204".to_owned(), component("responses", "jsonapi.done"));
        let summary = format!("Delete a resource of type {name}");
        operations.push((
            individual.clone(),
            "delete",
            operation(one, "delete", &summary, &["ifMatch"], &answers),
        ));
    }
    let changeable = |relationship: &&Relationship| one.can_update() && !relationship.read_only;
    for relationship in one.relationships.iter().filter(changeable) {
        let segment = path::encode([relationship.name.as_str()]);
        let path = format!("{individual}/relationships{segment}");
        let methods = linkage_methods(one, relationship).into_iter();
        operations.extend(methods.map(|(method, id, summary)| {
            let mut answers = errors_of_existing();
            answers.insert("204".to_owned(), component("responses", "jsonapi.done"));
            let id = format!("{}:{id}", component_name(&relationship.name));
            let mut operation = operation(one, &id, &summary, &["ifMatch"], &answers);
            let linkage = request_schema::linkage_document(catalog, relationship, REFS);
            operation["requestBody"] = self::body(MEDIA_TYPE, &linkage);
            (path.clone(), method, operation)
        }));
    }
    operations
}

/// Method, name and summary of what can be done to a relationship.
fn linkage_methods(
    one: &ResourceType,
    relationship: &Relationship,
) -> Vec<(&'static str, &'static str, String)> {
    let of = format!("{} of a resource of type {}", relationship.name, one.name);
    let mut methods = vec![("patch", "replace", format!("Replace {of}"))];
    if relationship.arity == Arity::ToMany {
        if relationship.cannot_add.is_none() {
            methods.push(("post", "add", format!("Add to {of}")));
        }
        let children_may_be_alone = match &relationship.link {
            Link::Inverse { far, .. } => far.iter().any(|column| column.nullable),
            Link::ForeignKey { .. } | Link::JoinTable { .. } => true,
        };
        if children_may_be_alone {
            methods.push(("delete", "remove", format!("Remove from {of}")));
        }
    }
    methods
}

fn operation(
    one: &ResourceType,
    id: &str,
    summary: &str,
    parameters: &[&str],
    answers: &Map<String, Value>,
) -> Value {
    let parameters: Vec<Value> =
        parameters.iter().map(|name| component("parameters", &format!("jsonapi.{name}"))).collect();
    json!({
        "operationId": format!("{}:{id}", component_name(&one.name)), "tags": [one.name], "summary": summary,
        "parameters": parameters, "responses": answers
    })
}

fn client_ids(client_ids: ClientIds) -> Option<&'static str> {
    match client_ids {
        ClientIds::Forbid => Some("The server chooses the `id`."),
        ClientIds::Allow => None,
        ClientIds::Require => Some("The client chooses the `id`."),
    }
}

fn errors(statuses: &[&str]) -> Map<String, Value> {
    let error = |status: &&str| ((*status).to_owned(), component("responses", "jsonapi.error"));
    statuses.iter().chain([&"default"]).map(error).collect()
}

fn errors_of_existing() -> Map<String, Value> {
    errors(&[OF_ALL.as_slice(), &OF_EXISTING].concat())
}

fn body(media_type: &str, schema: &Value) -> Value {
    json!({ "required": true, "content": { media_type: { "schema": schema } } })
}

fn created(one: &ResourceType) -> Value {
    let key = component_name(&one.name);
    let document = json!({
        "$ref": format!("{REFS}document"), "required": ["data"],
        "properties": { "data": { "$ref": format!("#/components/schemas/{key}") } }
    });
    let mut created = answer(&format!("The new resource of type {}.", one.name), &document);
    created["headers"] = json!({
        "Location": component("headers", "jsonapi.location"), "ETag": component("headers", "jsonapi.etag")
    });
    created
}

/// `/operations`, where requests of the Atomic Operations extension go.
fn atomic() -> Value {
    let schema = |name: &str| json!({ "$ref": format!("{REFS}{name}") });
    let mut answers = errors(&OF_ALL);
    answers.extend(errors(&["404"]));
    let results = json!({
        "description": "What each operation made of its resource, in the order of the operations.",
        "content": { ATOMIC: { "schema": schema("results") } }
    });
    answers.insert("200".to_owned(), results);
    answers.insert("204".to_owned(), component("responses", "jsonapi.done"));
    json!({
        "operationId": "operations",
        "summary": "Several writes, all of them or none",
        "requestBody": body(ATOMIC, &schema("operations")),
        "responses": answers
    })
}

fn atomic_schemas() -> [(&'static str, Value); 2] {
    let text = json!({ "type": "string" });
    let meta = json!({ "$ref": format!("{REFS}meta") });
    let target = json!({
        "description": "A resource, or with `relationship` one of its relationships.",
        "type": "object",
        "required": ["type"],
        "properties": { "type": text, "id": text, "lid": text, "relationship": text },
        "anyOf": [{ "required": ["id"] }, { "required": ["lid"] }]
    });
    let operation = json!({
        "type": "object",
        "required": ["op"],
        "properties": {
            "op": { "enum": ["add", "update", "remove"] },
            "ref": target,
            "href": { "type": "string", "format": "uri-reference" },
            "data": {
                "description": "A resource for `add` and `update`; linkage where the operation is about a relationship.",
                "type": ["object", "array", "null"]
            },
            "meta": meta
        },
        "not": { "required": ["ref", "href"] }
    });
    let operations = json!({
        "type": "object",
        "required": ["atomic:operations"],
        "properties": {
            "atomic:operations": { "type": "array", "minItems": 1, "items": operation }, "meta": meta
        }
    });
    let result =
        json!({ "type": "object", "properties": { "data": { "type": ["object", "null"] }, "meta": meta } });
    let results = json!({
        "type": "object",
        "required": ["atomic:results"],
        "properties": {
            "jsonapi": { "$ref": format!("{REFS}jsonapi") },
            "atomic:results": { "type": "array", "minItems": 1, "items": result },
            "meta": meta
        }
    });
    [("jsonapi.operations", operations), ("jsonapi.results", results)]
}
