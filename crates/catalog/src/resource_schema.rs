//! JSON Schema (2020-12) of what documents are made of: shared by [`crate::schema_document`] and [`crate::openapi`].
//! What requests hold is in [`crate::request_schema`].
//!
//! Everything refers to a few shared schemas by name; `refs` says where those are, with a trailing `/` or `.`.

use docent_sql::schema::ColumnType;
use serde_json::{Map, Value, json};

use crate::model::{Arity, Catalog, Relationship, ResourceType, ValueSource};

/// A reference to a shared schema.
pub(crate) fn shared_ref(refs: &str, name: &str) -> Value {
    json!({ "$ref": format!("{refs}{name}") })
}

/// The shared schemas by name.
pub(crate) fn shared(refs: &str) -> [(&'static str, Value); 7] {
    let one = |name: &str| shared_ref(refs, name);
    let link = json!({
        "type": ["string", "object", "null"],
        "format": "uri-reference",
        "required": ["href"],
        "properties": { "href": { "type": "string", "format": "uri-reference" } }
    });
    let strings = json!({ "type": "array", "items": { "type": "string", "format": "uri" } });
    let jsonapi = json!({
        "type": "object",
        "properties": { "version": { "type": "string" }, "ext": strings, "profile": strings, "meta": one("meta") }
    });
    let identifier = json!({
        "type": "object",
        "required": ["type", "id"],
        "properties": { "type": { "type": "string" }, "id": { "type": "string" }, "meta": one("meta") }
    });
    let relationship = |data: Value| {
        let properties = json!({ "links": one("links"), "data": data, "meta": one("meta") });
        json!({ "type": "object", "minProperties": 1, "properties": properties })
    };
    [
        ("links", json!({ "type": "object", "additionalProperties": link })),
        ("meta", json!({ "type": "object" })),
        ("jsonapi", jsonapi),
        ("identifier", identifier),
        ("toOne", relationship(json!({ "oneOf": [{ "type": "null" }, one("identifier")] }))),
        ("toMany", relationship(json!({ "type": "array", "items": one("identifier") }))),
        ("included", included(refs)),
    ]
}

/// Included resources may be of any type.
fn included(refs: &str) -> Value {
    let properties = json!({
        "attributes": { "type": "object" },
        "relationships": { "type": "object" },
        "links": shared_ref(refs, "links")
    });
    json!({
        "type": "array",
        "items": { "$ref": format!("{refs}identifier"), "properties": properties }
    })
}

/// The resource objects of a type. No field is required: clients choose them (`fields[…]`).
pub(crate) fn resource_object(catalog: &Catalog, one: &ResourceType, refs: &str) -> Value {
    let columns: Vec<&str> = one.key.iter().map(|column| column.name.as_str()).collect();
    let id = match columns[..] {
        [column] => format!("The value of `{column}`."),
        _ => format!("The values of `{}`, joined by `~`.", columns.join("`, `")),
    };
    let mut properties = Map::new();
    properties.insert("type".to_owned(), json!({ "const": one.name }));
    properties.insert("id".to_owned(), json!({ "type": "string", "description": id }));
    let attributes = one.attributes.iter().map(|attribute| {
        let ValueSource::Column(column) = &attribute.value;
        let mut schema = value(&column.column_type, column.nullable);
        if attribute.read_only {
            schema.insert("readOnly".to_owned(), json!(true));
        }
        describe(&mut schema, attribute.description.as_deref());
        (attribute.name.clone(), Value::Object(schema))
    });
    insert_fields(&mut properties, "attributes", &attributes.collect());
    let relationships =
        one.relationships.iter().map(|one| (one.name.clone(), relationship(catalog, one, refs)));
    insert_fields(&mut properties, "relationships", &relationships.collect());
    properties.insert("links".to_owned(), shared_ref(refs, "links"));
    properties.insert("meta".to_owned(), shared_ref(refs, "meta"));
    let mut schema = Map::new();
    schema.insert("title".to_owned(), json!(one.name));
    describe(&mut schema, one.description.as_deref());
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("required".to_owned(), json!(["type", "id"]));
    schema.insert("properties".to_owned(), Value::Object(properties));
    Value::Object(schema)
}

fn insert_fields(properties: &mut Map<String, Value>, member: &str, fields: &Map<String, Value>) {
    if !fields.is_empty() {
        let schema = json!({ "type": "object", "properties": fields, "additionalProperties": false });
        properties.insert(member.to_owned(), schema);
    }
}

fn relationship(catalog: &Catalog, relationship: &Relationship, refs: &str) -> Value {
    let of_type = json!({ "properties": { "type": { "const": catalog.get(relationship.target).name } } });
    let (shared, data) = match relationship.arity {
        Arity::ToOne => ("toOne", of_type),
        Arity::ToMany => ("toMany", json!({ "items": of_type })),
    };
    let mut schema = Map::new();
    schema.insert("$ref".to_owned(), json!(format!("{refs}{shared}")));
    describe(&mut schema, relationship.description.as_deref());
    schema.insert("properties".to_owned(), json!({ "data": data }));
    Value::Object(schema)
}

pub(crate) fn describe(schema: &mut Map<String, Value>, description: Option<&str>) {
    if let Some(description) = description {
        schema.insert("description".to_owned(), json!(description));
    }
}

/// The values of a column in a document.
///
/// `date-time-local`, `time-local` and `decimal` are names of the OpenAPI format registry: `date-time` and `time` would
/// demand a zone.
pub(crate) fn value(column_type: &ColumnType, nullable: bool) -> Map<String, Value> {
    let (kind, format) = match column_type {
        ColumnType::Boolean => ("boolean", None),
        ColumnType::Integer => ("integer", Some("int64")),
        ColumnType::Float => ("number", Some("double")),
        ColumnType::Decimal => ("string", Some("decimal")),
        ColumnType::Text | ColumnType::Enum(_) | ColumnType::Binary | ColumnType::Other => ("string", None),
        ColumnType::Date => ("string", Some("date")),
        ColumnType::Time => ("string", Some("time-local")),
        ColumnType::Timestamp => ("string", Some("date-time-local")),
        ColumnType::TimestampTz => ("string", Some("date-time")),
        ColumnType::Uuid => ("string", Some("uuid")),
        ColumnType::Interval => ("string", Some("duration")),
        ColumnType::Array(_) => ("array", None),
        ColumnType::Json | ColumnType::Any => return Map::new(),
    };
    let mut schema = Map::new();
    schema.insert("type".to_owned(), if nullable { json!([kind, "null"]) } else { json!(kind) });
    if let Some(format) = format {
        schema.insert("format".to_owned(), json!(format));
    }
    match column_type {
        ColumnType::Binary => {
            schema.insert("contentEncoding".to_owned(), json!("base64"));
        }
        ColumnType::Enum(values) => {
            let null = nullable.then_some(Value::Null);
            let values: Vec<Value> = values.iter().map(|value| json!(value)).chain(null).collect();
            schema.insert("enum".to_owned(), Value::Array(values));
        }
        // Databases keep NULL in arrays whatever the column says.
        ColumnType::Array(items) => {
            schema.insert("items".to_owned(), Value::Object(value(items, true)));
        }
        _ => {}
    }
    schema
}
