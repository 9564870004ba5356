//! What OpenAPI and JSON Schema say about writing.

use docent_catalog::schema_document::json_schema;
use docent_catalog::{Catalog, Overlay, build, openapi};
use docent_sql::schema::{Check, ColumnType, Literal, Rule};
use serde_json::{Value, json};

use crate::documents::keeps_the_rules;
use crate::support::schema;

const BASE: &str = "http://localhost:8080";

fn catalog() -> Catalog {
    let mut schema = schema(
        "articles: id*, author_id -> people, editor_id? -> people, title, body?, state=, words, price?, made
         people: id*, name
         tags: code*, label
         article_tags: article_id* -> articles, tag* -> tags(code)
         lines: order*, line*, count
         secrets: id*, password
         totals: id*, view",
    );
    let articles = &mut schema.tables[0];
    articles.columns[3].length_max = Some(5);
    articles.columns[6].column_type = ColumnType::Integer;
    articles.columns[7].column_type = ColumnType::Decimal;
    articles.columns[7].digits = Some((6, 2));
    articles.columns[8].generated = true;
    let texts = |texts: &[&str]| texts.iter().map(|text| Literal::Text((*text).to_owned())).collect();
    let bound = |number: i64| Literal::Integer(number);
    articles.checks = vec![Check {
        name: "all".to_owned(),
        columns: vec![3, 4, 5, 6, 7],
        rules: vec![
            (3, Rule::LengthLeast(1)),
            (4, Rule::OneOf(texts(&["a", "b"]))),
            (5, Rule::OneOf(texts(&["draft", "final"]))),
            (5, Rule::OneOf(texts(&["final", "gone"]))),
            (6, Rule::Least { bound: bound(0), inclusive: true }),
            (6, Rule::Greatest { bound: bound(10), inclusive: false }),
            (7, Rule::Least { bound: bound(0), inclusive: true }),
        ],
    }];
    schema.tables[2].columns[0].length_max = Some(3);
    let configuration = "[types.totals]\nkey = ['id']";
    let overlay: Overlay = toml::from_str(configuration).unwrap();
    let outcome = build(&schema, &overlay);
    assert_eq!(outcome.problems, []);
    outcome.catalog
}

#[test]
fn openapi_has_every_method() {
    let document = openapi::openapi(&catalog(), BASE, "Blog", true);
    keeps_the_rules(&document);
    let mut methods = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let writing: Vec<&str> = ["post", "patch", "delete"]
            .into_iter()
            .filter(|method| item[method]["responses"].is_object())
            .collect();
        if !writing.is_empty() {
            methods.push(format!("{path} {}", writing.join(" ")));
        }
    }
    methods.sort();
    assert_eq!(
        methods,
        [
            "/articles post",
            "/articles/{id} patch delete",
            "/articles/{id}/relationships/author patch",
            "/articles/{id}/relationships/editor patch",
            "/articles/{id}/relationships/tags post patch delete",
            "/lines post",
            "/lines/{id} patch delete",
            "/operations post",
            "/people post",
            "/people/{id} patch delete",
            // An article keeps its author: none can be left without.
            "/people/{id}/relationships/author_articles post patch",
            "/people/{id}/relationships/editor_articles post patch delete",
            "/secrets/{id} patch delete",
            "/tags post",
            "/tags/{id} patch delete",
            "/tags/{id}/relationships/articles post patch delete",
        ]
    );
    let create = &document["paths"]["/articles"]["post"];
    for status in ["201", "204", "400", "403", "404", "409", "415", "422", "default"] {
        assert!(create["responses"][status].is_object(), "{status}");
    }
    let created = &document["components"]["responses"]["articles.created"];
    assert!(created["headers"]["Location"].is_object());
    assert!(created["headers"]["ETag"].is_object());
    assert_eq!(create["description"], "The server chooses the `id`.");
}

#[test]
fn a_reader_sees_nothing_of_writing() {
    let document = openapi::openapi(&catalog(), BASE, "Blog", false);
    assert_eq!(document, openapi::openapi(&catalog(), BASE, "Blog", false));
    let text = document.to_string();
    for part in ["requestBody", "operations", "\"If-Match\"", "articles.create"] {
        assert!(!text.contains(part), "{part}");
    }
    let catalog = catalog();
    let schema = json_schema(&catalog, catalog.by_name("articles").unwrap(), BASE, false);
    assert!(schema["$defs"]["create"].is_null());
}

/// Whether a request document fits the definition of that name in the type's JSON Schema.
fn fits(type_name: &str, definition: &str, data: &Value) -> bool {
    let catalog = catalog();
    let mut schema = json_schema(&catalog, catalog.by_name(type_name).unwrap(), BASE, true);
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    assert!(schema["$defs"][definition].is_object(), "{definition}");
    let members = schema.as_object_mut().unwrap();
    members.retain(|name, _| matches!(name.as_str(), "$schema" | "$defs"));
    members.insert("$ref".to_owned(), json!(format!("#/$defs/{definition}")));
    jsonschema::draft202012::new(&schema).unwrap().is_valid(&json!({ "data": data }))
}

fn article() -> Value {
    json!({
        "type": "articles",
        "attributes": { "title": "Hello", "body": null, "state": "final", "words": 9, "price": "0.99" },
        "relationships": {
            "author": { "data": { "type": "people", "id": "1" } },
            "editor": { "data": null },
            "tags": { "data": [{ "type": "tags", "lid": "new" }] }
        }
    })
}

#[test]
fn a_create_document_is_told_from_what_would_be_refused() {
    assert!(fits("articles", "create", &article()));
    let with = |pointer: &str, value: Value| {
        let mut article = article();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        article.pointer_mut(parent).unwrap()[member] = value;
        article
    };
    let bad = [
        with("/type", json!("people")),
        with("/attributes", json!({ "title": "Hello" })),
        with("/attributes", json!({ "words": 1 })),
        with("/attributes/title", json!("")),
        with("/attributes/title", json!("Hello!")),
        with("/attributes/title", Value::Null),
        with("/attributes/body", json!("c")),
        with("/attributes/state", json!("draft")),
        with("/attributes/words", json!(-1)),
        with("/attributes/words", json!(10)),
        with("/attributes/price", json!(0.99)),
        with("/attributes/price", json!("0.999")),
        with("/attributes/price", json!("1000000")),
        with("/attributes/made", json!("x")),
        with("/attributes/other", json!("x")),
        with("/relationships", json!({})),
        with("/relationships/author/data", Value::Null),
        with("/relationships/author", json!({ "meta": {} })),
        with("/relationships/author/data", json!({ "type": "tags", "id": "1" })),
        with("/relationships/tags/data", Value::Null),
        with("/relationships/tags/data", json!([{ "type": "tags" }])),
    ];
    for data in bad {
        assert!(!fits("articles", "create", &data), "{data}");
    }
}

#[test]
fn ids_are_asked_for_where_clients_choose_them() {
    let tag = |id: Value| json!({ "type": "tags", "id": id, "attributes": { "label": "x" } });
    assert!(fits("tags", "create", &tag(json!("abc"))));
    assert!(!fits("tags", "create", &tag(json!("abcd"))), "longer than the column");
    assert!(!fits("tags", "create", &json!({ "type": "tags", "attributes": { "label": "x" } })));
    let line = |attributes: Value| json!({ "type": "lines", "attributes": attributes });
    // The parts of a composite key may come from the id or from attributes.
    assert!(fits("lines", "create", &line(json!({ "order": "1", "line": "2", "count": "3" }))));
    assert!(fits(
        "lines",
        "create",
        &json!({ "type": "lines", "id": "1~2", "attributes": { "count": "3" } })
    ));
    assert!(!fits("lines", "create", &line(json!({ "order": "1", "line": "2" }))));
}

#[test]
fn an_update_document_needs_only_what_it_changes() {
    let update = |attributes: Value| json!({ "type": "articles", "id": "1", "attributes": attributes });
    assert!(fits("articles", "update", &json!({ "type": "articles", "id": "1" })));
    assert!(fits("articles", "update", &update(json!({ "title": "Other" }))));
    assert!(!fits("articles", "update", &update(json!({ "title": null }))));
    assert!(!fits("articles", "update", &json!({ "type": "articles" })));
    let line = json!({ "type": "lines", "id": "1~2", "attributes": { "line": "3" } });
    assert!(!fits("lines", "update", &line), "the key cannot be changed");
}

#[test]
fn nothing_is_offered_that_no_request_can_do() {
    let catalog = catalog();
    let schema = |name: &str| json_schema(&catalog, catalog.by_name(name).unwrap(), BASE, true);
    assert!(schema("secrets")["$defs"]["create"].is_null());
    assert!(schema("secrets")["$defs"]["update"].is_object());
    assert!(schema("totals")["$defs"]["update"].is_null());
}
