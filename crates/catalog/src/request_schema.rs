//! JSON Schema (2020-12) of request documents: what creates a resource, what changes one, and linkage.
//!
//! A document that fits may still be refused: what the database demands of several columns at once, and what its checks
//! say in forms of their own, is not told here.

use docent_sql::schema::{ColumnType, Literal, Rule};
use serde_json::{Map, Value, json};

use crate::model::{
    Arity, Catalog, ClientIds, Limits, Link, Relationship, ResourceType, StoredColumn, ValueSource,
};
use crate::resource_schema::{describe, shared_ref, value};

/// What a request is to do with the resource in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Create,
    Update,
}

/// The schemas that requests share, by name.
pub(crate) fn shared(refs: &str) -> [(&'static str, Value); 1] {
    let text = json!({ "type": "string" });
    let reference = json!({
        "description": "A resource identifier. `lid` means a resource that the same request creates.",
        "type": "object",
        "required": ["type"],
        "properties": { "type": text, "id": text, "lid": text, "meta": shared_ref(refs, "meta") },
        "anyOf": [{ "required": ["id"] }, { "required": ["lid"] }]
    });
    [("reference", reference)]
}

/// The request documents about resources of a type, by name: `create` and `update`, as far as that can be done.
pub(crate) fn requests(
    catalog: &Catalog,
    one: &ResourceType,
    refs: &str,
) -> impl Iterator<Item = (&'static str, Value)> {
    let create = one.can_create().then_some(("create", Purpose::Create));
    let update = one.can_update().then_some(("update", Purpose::Update));
    let requests = create.into_iter().chain(update);
    requests.map(move |(name, purpose)| (name, document(&resource(catalog, one, purpose, refs))))
}

/// The request document about a relationship.
pub(crate) fn linkage_document(catalog: &Catalog, relationship: &Relationship, refs: &str) -> Value {
    document(&linkage(catalog, relationship, refs))
}

fn document(data: &Value) -> Value {
    json!({ "type": "object", "required": ["data"], "properties": { "data": data } })
}

fn resource(catalog: &Catalog, one: &ResourceType, purpose: Purpose, refs: &str) -> Value {
    let (mut properties, mut required) = (Map::new(), vec!["type"]);
    properties.insert("type".to_owned(), json!({ "const": one.name }));
    match (purpose, one.client_ids) {
        (Purpose::Update, _) | (Purpose::Create, ClientIds::Require) => required.push("id"),
        (Purpose::Create, ClientIds::Allow | ClientIds::Forbid) => {}
    }
    if purpose == Purpose::Update || one.client_ids != ClientIds::Forbid {
        properties.insert("id".to_owned(), id(one));
    }
    if purpose == Purpose::Create {
        properties.insert("lid".to_owned(), json!({ "type": "string" }));
    }
    let attributes = one.attributes.iter().filter(|attribute| !attribute.read_only).map(|attribute| {
        let ValueSource::Column(column) = &attribute.value;
        let mut schema = limited(column, &attribute.limits);
        describe(&mut schema, attribute.description.as_deref());
        (attribute.name.as_str(), std::slice::from_ref(column), Value::Object(schema))
    });
    let relationships = one
        .relationships
        .iter()
        .filter(|relationship| !relationship.read_only)
        .filter(|relationship| purpose == Purpose::Update || relationship.cannot_add.is_none())
        .map(|relationship| {
            let data = linkage(catalog, relationship, refs);
            let mut schema = Map::new();
            describe(&mut schema, relationship.description.as_deref());
            schema.extend([
                ("type".to_owned(), json!("object")),
                ("required".to_owned(), json!(["data"])),
                ("properties".to_owned(), json!({ "data": data })),
            ]);
            (relationship.name.as_str(), foreign_key(relationship), Value::Object(schema))
        });
    for (member, fields) in [
        ("attributes", fields(one, purpose, attributes)),
        ("relationships", fields(one, purpose, relationships)),
    ] {
        if fields["required"].as_array().is_some_and(|names| !names.is_empty()) {
            required.push(member);
        }
        properties.insert(member.to_owned(), fields);
    }
    json!({ "type": "object", "required": required, "properties": properties })
}

/// The object of some fields, each with its name, its own columns and its schema.
fn fields<'a>(
    one: &ResourceType,
    purpose: Purpose,
    fields: impl Iterator<Item = (&'a str, &'a [StoredColumn], Value)>,
) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (name, columns, schema) in fields {
        let in_key = |column: &StoredColumn| one.key.iter().any(|part| part.name == column.name);
        // The key of a resource cannot be changed.
        if purpose == Purpose::Update && columns.iter().any(in_key) {
            continue;
        }
        // A part of the key may come from the id too.
        let by_id = |column: &StoredColumn| one.client_ids != ClientIds::Forbid && in_key(column);
        let must_be_given = |column: &StoredColumn| !column.has_default && !by_id(column);
        let is_required = !columns.is_empty()
            && columns.iter().all(|column| !column.nullable || in_key(column))
            && columns.iter().any(must_be_given);
        if purpose == Purpose::Create && is_required {
            required.push(name);
        }
        properties.insert(name.to_owned(), schema);
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// The columns of the type's own row that hold a relationship.
fn foreign_key(relationship: &Relationship) -> &[StoredColumn] {
    match &relationship.link {
        Link::ForeignKey { near, .. } => near,
        Link::Inverse { .. } | Link::JoinTable { .. } => &[],
    }
}

fn linkage(catalog: &Catalog, relationship: &Relationship, refs: &str) -> Value {
    let target = &catalog.get(relationship.target).name;
    let reference =
        json!({ "$ref": format!("{refs}reference"), "properties": { "type": { "const": target } } });
    let near = foreign_key(relationship);
    let may_be_null = near.is_empty() || near.iter().any(|column| column.nullable);
    match relationship.arity {
        Arity::ToMany => json!({ "type": "array", "items": reference }),
        Arity::ToOne if may_be_null => json!({ "oneOf": [{ "type": "null" }, reference] }),
        Arity::ToOne => reference,
    }
}

/// The ids that a client may give.
fn id(one: &ResourceType) -> Value {
    let ([column], [limits]) = (&one.key[..], &one.key_limits[..]) else {
        return json!({ "type": "string" });
    };
    match column.column_type {
        ColumnType::Text | ColumnType::Uuid | ColumnType::Enum(_) | ColumnType::Date => {
            let column = StoredColumn { nullable: false, ..column.clone() };
            Value::Object(limited(&column, limits))
        }
        ColumnType::Integer => json!({ "type": "string", "pattern": "^-?[0-9]+$" }),
        _ => json!({ "type": "string" }),
    }
}

/// The values a column takes.
fn limited(column: &StoredColumn, limits: &Limits) -> Map<String, Value> {
    let mut schema = value(&column.column_type, column.nullable);
    if let (ColumnType::Decimal, Some(digits)) = (&column.column_type, limits.digits) {
        schema.insert("pattern".to_owned(), json!(digits_pattern(digits)));
    }
    let length_max = limits.length_max.map(Rule::LengthGreatest);
    for rule in length_max.iter().chain(&limits.rules) {
        let Some((keyword, demanded)) = keyword(rule, column) else { continue };
        match schema.get(keyword) {
            None => {
                schema.insert(keyword.to_owned(), demanded);
            }
            Some(same) if *same == demanded => {}
            Some(_) => {
                let all = schema.entry("allOf").or_insert_with(|| json!([]));
                if let Value::Array(all) = all {
                    all.push(json!({ keyword: demanded }));
                }
            }
        }
    }
    schema
}

/// What a number looks like that has no more digits before and after the point, zeros aside that say nothing.
fn digits_pattern((before, after): (u32, u32)) -> String {
    let whole = if before == 0 { "0+".to_owned() } else { format!("0*[0-9]{{1,{before}}}") };
    let fraction = if after == 0 { "0+".to_owned() } else { format!("[0-9]{{1,{after}}}0*") };
    format!(r"^-?{whole}(\.{fraction})?$")
}

/// What a rule is in JSON Schema, where values are in documents as they are compared in the database.
fn keyword(rule: &Rule, column: &StoredColumn) -> Option<(&'static str, Value)> {
    let kind = &column.column_type;
    let is_number = matches!(kind, ColumnType::Integer | ColumnType::Float | ColumnType::Any);
    let is_text = matches!(kind, ColumnType::Text | ColumnType::Any | ColumnType::Other);
    let bound = |inclusive: bool, with: &'static str, without: &'static str, bound: &Literal| {
        let keyword = if inclusive { with } else { without };
        is_number.then(|| Some((keyword, literal(bound, kind)?)))?
    };
    match rule {
        Rule::OneOf(values) => {
            let as_stored = matches!(kind, ColumnType::Boolean | ColumnType::Date | ColumnType::Uuid);
            let values: Option<Vec<Value>> = values.iter().map(|value| literal(value, kind)).collect();
            let mut values = values.filter(|_| is_number || is_text || as_stored)?;
            if column.nullable {
                values.push(Value::Null);
            }
            Some(("enum", Value::Array(values)))
        }
        Rule::Least { bound: least, inclusive } => bound(*inclusive, "minimum", "exclusiveMinimum", least),
        Rule::Greatest { bound: most, inclusive } => bound(*inclusive, "maximum", "exclusiveMaximum", most),
        Rule::LengthLeast(least) => is_text.then(|| ("minLength", json!(least))),
        Rule::LengthGreatest(most) => is_text.then(|| ("maxLength", json!(most))),
    }
}

fn literal(literal: &Literal, kind: &ColumnType) -> Option<Value> {
    match literal {
        Literal::Integer(number @ (0 | 1)) if *kind == ColumnType::Boolean => Some(json!(*number == 1)),
        _ if *kind == ColumnType::Boolean => None,
        Literal::Integer(number) => Some(json!(number)),
        Literal::Real(number) => number.is_finite().then(|| json!(number)),
        Literal::Text(text) => Some(json!(text)),
    }
}
