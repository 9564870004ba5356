//! The list for people, JSON Schema and OpenAPI.

use std::collections::HashSet;

use docent_catalog::openapi::openapi;
use docent_catalog::schema_document::json_schema;
use docent_catalog::{Catalog, Overlay, build, inspect};
use docent_sql::schema::ColumnType;
use serde_json::{Value, json};

use crate::support::schema;

const BASE: &str = "http://localhost:8080";

fn catalog() -> Catalog {
    let mut schema = schema(
        "articles: id*, author_id -> people, title, body?, state?, published_at?, price, extra?, words, password
         people: id*, name
         tags: id*
         article_tags: article_id* -> articles, tag_id* -> tags
         Order Details: order*, line*, photo?",
    );
    schema.tables[0].comment = Some("What people wrote.".to_owned());
    for column in &mut schema.tables[0].columns {
        column.column_type = match column.name.as_str() {
            "state" => ColumnType::Enum(vec!["draft".to_owned(), "final".to_owned()]),
            "published_at" => ColumnType::TimestampTz,
            "price" => ColumnType::Decimal,
            "extra" => ColumnType::Json,
            "words" => ColumnType::Array(Box::new(ColumnType::Text)),
            _ => continue,
        };
        column.comment = Some(format!("Its {}.", column.name));
    }
    schema.tables[4].columns[2].column_type = ColumnType::Binary;
    build(&schema, &Overlay::default()).catalog
}

#[test]
fn the_report_reads_well() {
    let expected = r"
Order Details  at /Order%20Details, table Order Details, key order, line
  order  text
  line   text
  photo  binary or null

articles  at /articles, table articles, key id
  What people wrote.
  none can be created: its column `password` has no default, may not be NULL and is not served
  title         text
  body          text or null
  state         enum (draft, final) or null
      Its state.
  published_at  timestamp with zone or null
      Its published_at.
  price         decimal
      Its price.
  extra         json or null
      Its extra.
  words         array of text
      Its words.
  author        to-one people, by author_id
  tags          to-many tags, by article_tags(article_id → tag_id)

people  at /people, table people, key id
  name      text
  articles  to-many articles, by articles.author_id

tags  at /tags, table tags, key id
  articles  to-many articles, by article_tags(tag_id → article_id)

Left out:
  column articles.password: its name looks like a secret; serve it with `fields.password.show = true` under `[types.articles]`
";
    assert_eq!(inspect::report(&catalog()).to_string(), expected.trim_start());
}

#[test]
fn the_report_can_be_read_by_programs() {
    let report = serde_json::to_value(inspect::report(&catalog())).unwrap();
    assert_eq!(report["types"][1]["relationships"][0]["target"], "people");
    assert_eq!(report["types"][1]["relationships"][0]["arity"], "to-one");
    assert_eq!(
        report["types"][1]["attributes"][1],
        json!({
            "name": "body", "column": "body", "type": "text", "nullable": true, "read_only": false
        })
    );
    assert_eq!(report["left_out"][0]["what"], "column articles.password");
}

#[test]
fn json_schema_is_valid_and_tells_good_documents_from_bad_ones() {
    let catalog = catalog();
    let schema = json_schema(&catalog, catalog.by_name("articles").unwrap(), BASE, false);
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    assert_eq!(schema["$id"], "http://localhost:8080/schemas/articles");
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let resource = json!({
        "type": "articles", "id": "1",
        "attributes": {
            "title": "a", "body": null, "state": "draft", "published_at": "2025-01-31T10:00:00Z", "price": "0.99",
            "extra": { "any": 1 }, "words": ["a", null]
        },
        "relationships": {
            "author": { "links": { "self": "/x" }, "data": { "type": "people", "id": "1" } },
            "tags": { "links": { "self": "/x" } }
        },
        "links": { "self": "/articles/1" },
        "meta": { "page": { "cursor": "x" } }
    });
    let good = [
        json!({ "data": resource }),
        json!({ "data": [resource], "included": [{ "type": "people", "id": "1", "attributes": { "name": "A" } }],
                "links": { "self": { "href": "/x", "type": "t" }, "next": null }, "jsonapi": { "version": "1.1" } }),
        json!({ "data": null }),
        json!({ "data": [] }),
        json!({ "data": { "type": "articles", "id": "1" } }),
    ];
    for document in good {
        assert!(validator.is_valid(&document), "{document}");
    }
    let with = |pointer: &str, value: Value| {
        let mut resource = resource.clone();
        *resource.pointer_mut(pointer).unwrap() = value;
        json!({ "data": resource })
    };
    let bad = [
        json!({}),
        with("/type", json!("people")),
        with("/id", json!(1)),
        with("/attributes", json!({ "password": "x" })),
        with("/attributes/title", json!(null)),
        with("/attributes/state", json!("other")),
        with("/attributes/price", json!(0.99)),
        with("/attributes/words", json!("a")),
        with("/relationships/author/data", json!([])),
        with("/relationships/author/data/type", json!("tags")),
        with("/relationships/tags", json!({ "data": [{ "type": "people", "id": "1" }] })),
        with("/relationships", json!({ "editor": { "data": null } })),
    ];
    for document in bad {
        assert!(!validator.is_valid(&document), "{document}");
    }
}

#[test]
fn openapi_has_every_url() {
    let document = openapi(&catalog(), BASE, "Blog", false);
    let mut paths: Vec<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "/",
            "/Order%20Details",
            "/Order%20Details/{id}",
            "/articles",
            "/articles/{id}",
            "/articles/{id}/author",
            "/articles/{id}/relationships/author",
            "/articles/{id}/relationships/tags",
            "/articles/{id}/tags",
            "/people",
            "/people/{id}",
            "/people/{id}/articles",
            "/people/{id}/relationships/articles",
            "/tags",
            "/tags/{id}",
            "/tags/{id}/articles",
            "/tags/{id}/relationships/articles",
        ]
    );
    assert_eq!(document["servers"][0]["url"], BASE);
    assert_eq!(openapi(&catalog(), "", "Blog", false)["servers"][0]["url"], "/");
}

#[test]
fn openapi_keeps_the_rules_of_openapi() {
    let document = openapi(&catalog(), BASE, "Blog", false);
    keeps_the_rules(&document);
    assert!(document["components"]["schemas"]["Order.20Details"].is_object());
}

/// The rules of OpenAPI that its generators rely on.
#[track_caller]
pub(crate) fn keeps_the_rules(document: &Value) {
    let mut ids = HashSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters")
        {
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{method} {path}");
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.keys().any(|status| status.starts_with('2')), "{method} {path}");
        }
        let in_path = item["parameters"].as_array().map_or(0, Vec::len);
        assert_eq!(in_path, path.matches("{id}").count(), "{path}");
    }
    for kind in ["schemas", "parameters", "responses", "headers"] {
        for (name, component) in document["components"][kind].as_object().unwrap() {
            let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            assert!(name.chars().all(legal), "{name}");
            match kind {
                "schemas" => assert!(jsonschema::draft202012::meta::is_valid(component), "{name}"),
                "responses" | "headers" => assert!(component["description"].is_string(), "{name}"),
                _ => assert!(component["name"].is_string() && component["in"].is_string(), "{name}"),
            }
        }
    }
    references(document, &mut |reference| {
        let found = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        assert!(found.is_some(), "{reference}");
    });
}

fn references(value: &Value, seen: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                seen(reference);
            }
            members.values().for_each(|value| references(value, seen));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, seen)),
        _ => {}
    }
}

#[test]
fn descriptions_are_equal_every_time() {
    let (one, other) = (catalog(), catalog());
    assert_eq!(
        openapi(&one, BASE, "Blog", false).to_string(),
        openapi(&other, BASE, "Blog", false).to_string()
    );
}
