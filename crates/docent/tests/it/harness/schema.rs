//! Validation with the JSON Schema of JSON:API, adapted to 1.1 (see `tests/data/jsonapi-schema/README.md`).

use std::sync::OnceLock;

use jsonschema::Validator;
use serde_json::Value;

/// What the schema refuses in this document, one line each.
pub(crate) fn faults(document: &Value) -> Vec<String> {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    let validator = VALIDATOR.get_or_init(|| {
        let schema = serde_json::from_str(include_str!("../../data/jsonapi-schema/schema.json")).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    validator
        .iter_errors(document)
        .map(|error| format!("schema: {}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn the_schema_tells_valid_from_invalid() {
    let valid = [
        r#"{"jsonapi":{"version":"1.1","profile":["https://e.test/p"]},"meta":{}}"#,
        r#"{"data":null,"links":{"self":"/x","describedby":"/schema","next":null}}"#,
        r#"{"data":{"type":"Order Details","id":"1~2","relationships":{"täg list":{"links":{"self":"/a"}}}}}"#,
        r#"{"data":[{"type":"a","id":"1","meta":{"page":{"cursor":"x"}}}],"included":[]}"#,
        r#"{"errors":[{"status":"400","source":{"header":"Accept"},"links":{"type":{"href":"/t"}}}]}"#,
        r#"{"@context":{},"data":{"type":"a","id":"1","@x":1,"attributes":{"@y":2}}}"#,
    ];
    for text in valid {
        let document = serde_json::from_str(text).unwrap();
        assert_eq!(faults(&document), Vec::<String>::new(), "{text}");
    }
    let invalid = [
        r"{}",
        r#"{"links":{"self":"/x"}}"#,
        r#"{"data":[],"errors":[{"status":"400"}]}"#,
        r#"{"meta":{},"included":[]}"#,
        r#"{"data":[],"foo":1}"#,
        r#"{"data":{"type":"a","id":1}}"#,
        r#"{"data":{"type":"a"}}"#,
        r#"{"data":{"type":"a","id":"1","attributes":{"id":2}}}"#,
        r#"{"data":{"type":"a","id":"1","attributes":{"a+b":2}}}"#,
        r#"{"data":{"type":"a","id":"1","attributes":{"_a":2}}}"#,
        r#"{"data":{"type":"a","id":"1","relationships":{"r":{}}}}"#,
        r#"{"data":{"type":"a","id":"1","relationships":{"r":{"data":{"type":"b"}}}}}"#,
        r#"{"data":[],"links":{"self":["/x"]}}"#,
        r#"{"data":[],"links":{"self":{"type":"x"}}}"#,
        r#"{"data":[],"links":{"other":"/x"}}"#,
        r#"{"errors":[{}]}"#,
        r#"{"errors":[{"status":400}]}"#,
        r#"{"errors":[{"source":{}}]}"#,
        r#"{"data":[],"meta":[]}"#,
    ];
    for text in invalid {
        let document = serde_json::from_str(text).unwrap();
        assert_ne!(faults(&document), Vec::<String>::new(), "{text}");
    }
}
