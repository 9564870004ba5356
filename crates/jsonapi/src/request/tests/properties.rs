use proptest::collection::{hash_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;

const OPERATIONS_BODY: &str = r#"{"atomic:operations":[
    {"op":"add","data":{"type":"t","lid":"a","attributes":{"x":[1,{"y":"\ud83d\ude00"}]},"relationships":{"r":{"data":null}}}},
    {"op":"update","ref":{"type":"t","id":"1","relationship":"r"},"data":[{"type":"u","id":"1"}]},
    {"op":"remove","href":"/t/1"}],"meta":{"m":1}}"#;
const RESOURCE_BODY: &str = r#"{"data":{"type":"t","id":"1","attributes":{"a":1.5,"b\n":"x"},"relationships":{
    "r":{"data":{"type":"u","lid":"l"}},"s":{"data":[{"type":"u","id":"2","meta":{}}]}},"meta":{}}}"#;

/// The errors of every way to read the body.
fn all_errors(body: &[u8]) -> Vec<ErrorObject> {
    let mut errors = read_resource(body).err().unwrap_or_default();
    errors.extend(read_linkage(body).err().unwrap_or_default());
    match read_operations(body, 3) {
        Ok(operations) => {
            for operation in operations {
                errors.extend(operation.data.clone().into_resource().err().unwrap_or_default());
                errors.extend(operation.data.into_linkage().err().unwrap_or_default());
            }
        }
        Err(found) => errors.extend(found),
    }
    errors
}

/// Every reading that fails says why.
fn check_reasons(body: &[u8]) {
    assert!(!read_resource(body).is_err_and(|errors| errors.is_empty()));
    assert!(!read_linkage(body).is_err_and(|errors| errors.is_empty()));
    for operation in read_operations(body, 3).unwrap_or_default() {
        let resource = operation.data.clone().into_resource().map(|_| ());
        assert!(!resource.is_err_and(|errors| errors.is_empty()));
        assert!(!operation.data.into_linkage().is_err_and(|errors| errors.is_empty()));
    }
}

/// JSON whose names and strings are mostly the specification's.
fn json() -> impl Strategy<Value = Value> {
    let text = prop::sample::select(vec!["t", "1", "", "add", "update", "remove", "/x", "é\u{1f600}\n"]);
    let name = prop::sample::select(vec![
        "data",
        "type",
        "id",
        "lid",
        "attributes",
        "relationships",
        "meta",
        "op",
        "ref",
        "href",
        "relationship",
        "atomic:operations",
        "atomic:results",
        "included",
        "@x",
        "a/~b",
        "r\"",
    ]);
    let leaf = prop_oneof![
        4 => text.prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, move |inner| {
        let members = hash_map(name.clone(), inner.clone(), 0..6);
        let object = members.prop_map(|members| {
            Value::Object(
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>(),
            )
        });
        prop_oneof![3 => object, 1 => vec(inner, 0..4).prop_map(Value::Array)]
    })
}

fn object(members: &[(&str, Value)]) -> Value {
    members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<Map<_, _>>().into()
}

fn check_pointers(document: &Value) {
    let body = document.to_string();
    check_reasons(body.as_bytes());
    for error in all_errors(body.as_bytes()) {
        let Some(Source::Pointer(pointer)) = &error.source else { panic!("{error:?} for {body}") };
        assert!(document.pointer(pointer).is_some(), "{pointer} does not resolve in {body}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(body in vec(any::<u8>(), 0..64)) {
        check_reasons(&body);
    }

    #[test]
    fn mutated_documents_are_read(
        is_resource in any::<bool>(),
        edits in vec((any::<prop::sample::Index>(), "[\\[\\]{}\",:\\\\u0-9a-z]{0,3}", 0_usize..4), 1..6),
    ) {
        let mut body = if is_resource { RESOURCE_BODY } else { OPERATIONS_BODY }.to_owned();
        for (index, text, removed) in edits {
            let start = index.index(body.len());
            let end = (start + removed).min(body.len());
            body.replace_range(start..end, &text);
        }
        check_reasons(body.as_bytes());
        // Of two members of the same name, a parser may keep either.
        if let Ok(document) = serde_json::from_str::<Value>(&body) {
            let errors = all_errors(body.as_bytes());
            if errors.iter().all(|error| error.kind != &DUPLICATE_MEMBER) {
                for error in errors {
                    if let Some(Source::Pointer(pointer)) = &error.source {
                        prop_assert!(document.pointer(pointer).is_some(), "{pointer} in {body}");
                    }
                }
            }
        }
    }

    #[test]
    fn err_09_pointers_resolve(document in json()) {
        check_pointers(&document);
    }

    #[test]
    fn err_09_pointers_resolve_in_data(data in json()) {
        check_pointers(&object(&[("data", data)]));
    }

    #[test]
    fn err_09_pointers_resolve_in_operations(operations in vec(json(), 0..5)) {
        check_pointers(&object(&[("atomic:operations", Value::Array(operations))]));
    }

    #[test]
    fn err_09_pointers_resolve_in_targets_and_data(target in json(), data in json()) {
        let operation = |name: &str| object(&[("op", "update".into()), (name, target.clone()), ("data", data.clone())]);
        check_pointers(&object(&[("atomic:operations", vec![operation("ref"), operation("href")].into())]));
    }

    #[test]
    fn attributes_come_back_as_sent(values in hash_map("[a-zé~/\"]{1,4}", json(), 0..30)) {
        let sent: Map<String, Value> = values.into_iter().collect();
        let body = object(&[("data", object(&[("type", "t".into()), ("attributes", sent.clone().into())]))]).to_string();
        let resource = read_resource(body.as_bytes()).unwrap();
        let read: Map<String, Value> = resource
            .attributes
            .iter()
            .map(|(name, value)| (name.to_string(), serde_json::from_str(value.get()).unwrap()))
            .collect();
        prop_assert_eq!(read, sent);
    }
}
