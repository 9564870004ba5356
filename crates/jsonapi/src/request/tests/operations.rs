use super::*;

const LIMIT: usize = 5;

/// A document with these operations.
fn document(operations: &str) -> String {
    format!(r#"{{"atomic:operations":[{operations}]}}"#)
}

#[track_caller]
fn check_errors(body: &str, expected: &[&str]) {
    let errors = read_operations(body.as_bytes(), LIMIT).map(|operations| operations.len()).unwrap_err();
    assert_eq!(described(&errors), expected, "for {body}");
}

/// Checks the errors of one operation, with pointers that start at the operation.
#[track_caller]
fn check_operation_errors(operation: &str, expected: &[&str]) {
    let body = document(&format!(r#"{{"op":"remove","href":"/x"}},{operation}"#));
    let expected: Vec<_> = expected
        .iter()
        .map(|line| line.split_once(' ').unwrap())
        .map(|(code, pointer)| format!("{code} /atomic:operations/1{pointer}"))
        .collect();
    check_errors(&body, &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

fn show_target(target: Option<&Target<'_>>) -> String {
    match target {
        None => "-".to_owned(),
        Some(Target::Href(href)) => href.to_string(),
        Some(Target::Ref(Ref { type_name, identity, relationship })) => {
            let relationship = relationship.as_ref().map(|name| format!(".{name}")).unwrap_or_default();
            format!("{type_name} {}{relationship}", show_identity(identity))
        }
    }
}

#[track_caller]
fn check_one(operation: &str, target: &str, read: impl FnOnce(OperationData<'_>) -> String, expected: &str) {
    let body = document(operation);
    let operations = read_operations(body.as_bytes(), LIMIT);
    let mut operations = operations.unwrap_or_else(|errors| panic!("{body}: {:?}", described(&errors)));
    assert_eq!(operations.len(), 1);
    let operation = operations.remove(0);
    assert_eq!(operation.position, Position::Operation(0));
    assert_eq!(show_target(operation.target.as_ref()), target, "for {body}");
    assert_eq!(read(operation.data), expected, "for {body}");
}

fn as_resource(data: OperationData<'_>) -> String {
    match data.into_resource() {
        Ok(resource) => show_resource(&resource),
        Err(errors) => described(&errors).join(", "),
    }
}

fn as_linkage(data: OperationData<'_>) -> String {
    match data.into_linkage() {
        Ok(linkage) => show_linkage(&linkage),
        Err(errors) => described(&errors).join(", "),
    }
}

#[test]
fn atm_20_21_22_operations() {
    let resource = r#""data":{"type":"t","lid":"a","attributes":{"x":1}}"#;
    check_one(&format!(r#"{{"op":"add",{resource}}}"#), "-", as_resource, "t lid=a; x: 1");
    check_one(&format!(r#"{{{resource},"op":"add","href":"/t"}}"#), "/t", as_resource, "t lid=a; x: 1");
    check_one(
        r#"{"op":"update","ref":{"type":"t","id":"1"},"data":{"type":"t","id":"1"}}"#,
        "t id=1",
        as_resource,
        "t id=1",
    );
    check_one(
        r#"{"op":"update","ref":{"type":"t","lid":"1","relationship":"r"},"data":{"type":"u","id":"1"}}"#,
        "t lid=1.r",
        as_linkage,
        "u id=1",
    );
    let body =
        document(r#"{"op":"add","data":{"type":"t"}},{"op":"update","href":""},{"op":"remove","href":""}"#);
    let operations = read_operations(body.as_bytes(), LIMIT).unwrap();
    let codes: Vec<_> = operations.iter().map(|operation| operation.code).collect();
    assert_eq!(codes, [OperationCode::Add, OperationCode::Update, OperationCode::Remove]);
    assert_eq!(operations[2].position, Position::Operation(2));
}

#[test]
fn atm_10_11_13_members_that_do_not_go_with_operations() {
    let body = format!(
        r#"{{"data":{{}},"included":[],{},"atomic:results":[],"errors":[],"links":{{}},"jsonapi":{{}},"x":1,"@y":2}}"#,
        r#""atomic:operations":[{"op":"remove","href":"/x"}]"#
    );
    check_errors(
        &body,
        &[
            "invalid-document /data",
            "invalid-document /included",
            "invalid-document /atomic:results",
            "invalid-document /errors",
        ],
    );
}

#[test]
fn atm_12_an_array_of_at_least_one_object() {
    check_errors("{}", &["invalid-document "]);
    check_errors("[]", &["invalid-document "]);
    check_errors(r#"{"meta":{}}"#, &["invalid-document "]);
    for value in ["[]", "{}", "null", "\"x\"", "0"] {
        check_errors(
            &format!(r#"{{"atomic:operations":{value}}}"#),
            &["invalid-document /atomic:operations"],
        );
    }
    check_errors(
        &document(r#""x",{"op":"remove","href":"/x"},null,[]"#),
        &[
            "invalid-document /atomic:operations/0",
            "invalid-document /atomic:operations/2",
            "invalid-document /atomic:operations/3",
        ],
    );
}

#[test]
fn atm_14_meta_may_be_there() {
    let body = r#"{"meta":{"a":1},"links":{},"atomic:operations":[{"op":"remove","href":"/x"}]}"#;
    assert!(read_operations(body.as_bytes(), LIMIT).is_ok());
    check_operation_errors(r#"{"op":"remove","href":"/x","meta":1}"#, &["invalid-document /meta"]);
}

#[test]
fn atm_20_codes() {
    for value in ["\"create\"", "\"ADD\"", "1", "null", "\"\"", "[]", "{\"op\":\"add\"}"] {
        let operation = format!(r#"{{"op":{value},"data":{{"type":"t"}}}}"#);
        check_operation_errors(&operation, &["invalid-operation /op"]);
    }
    check_operation_errors(r#"{"data":{"type":"t"}}"#, &["invalid-operation "]);
    let body = document(r#"{"op":"ADD","href":"/t"}"#);
    assert!(read_operations(body.as_bytes(), LIMIT).unwrap_err()[0].detail.contains("`add`"));
}

#[test]
fn atm_21_one_target() {
    check_operation_errors(
        r#"{"op":"remove","href":"/x","ref":{"type":"t","id":"1"}}"#,
        &["invalid-operation "],
    );
    check_operation_errors(
        r#"{"op":"remove","href":"/x","ref":5}"#,
        &["invalid-document /ref", "invalid-operation "],
    );
}

#[test]
fn atm_22_23_references() {
    for (reference, expected) in [
        (r#"{"type":"t"}"#, &["invalid-document /ref"][..]),
        (r#"{"id":"1"}"#, &["invalid-document /ref"]),
        (r#"{"type":"t","relationship":"r"}"#, &["invalid-document /ref"]),
        (r#"{"type":"t","id":"1","lid":"a"}"#, &["invalid-operation /ref"]),
        (
            r#"{"type":1,"id":null,"relationship":[]}"#,
            &["invalid-document /ref/type", "invalid-document /ref/id", "invalid-document /ref/relationship"],
        ),
        (r#"{"type":"t","id":"1","id":"1"}"#, &["duplicate-member /ref/id"]),
        ("null", &["invalid-document /ref"]),
        ("\"/t/1\"", &["invalid-document /ref"]),
        ("[]", &["invalid-document /ref"]),
    ] {
        let operation = format!(r#"{{"op":"update","ref":{reference},"data":{{"type":"u","id":"1"}}}}"#);
        check_operation_errors(&operation, expected);
    }
    check_one(
        r#"{"op":"remove","ref":{"type":"t","id":"1","@x":1,"y":2}}"#,
        "t id=1",
        |data| data.is_absent().to_string(),
        "true",
    );
}

#[test]
fn atm_26_href_is_text() {
    for value in ["1", "null", "{}"] {
        check_operation_errors(&format!(r#"{{"op":"remove","href":{value}}}"#), &["invalid-document /href"]);
    }
}

#[test]
fn atm_29_unknown_members_are_ignored() {
    check_one(r##"{"op":"add","x":1,"@id":"#1","data":{"type":"t","@op":1}}"##, "-", as_resource, "t");
    check_operation_errors(r#"{"op":"remove","href":"/x","x":1,"x":1}"#, &["duplicate-member /x"]);
}

#[test]
fn atm_30_73_75_absent_data_is_not_null() {
    let to =
        |data: &str| format!(r#"{{"op":"update","ref":{{"type":"t","id":"1","relationship":"r"}}{data}}}"#);
    check_one(&to(r#","data":null"#), "t id=1.r", as_linkage, "null");
    check_one(&to(r#","data":[]"#), "t id=1.r", as_linkage, "[]");
    check_operation_errors(&to(""), &["invalid-operation "]);
    check_operation_errors(&to(r#","data":5"#), &["invalid-document /data"]);
    check_operation_errors(&to(r#","data":{"type":"t"}"#), &["invalid-document /data"]);
    check_operation_errors(
        &to(r#","data":[{"type":"t","id":"1"},{"id":"1"}]"#),
        &["invalid-document /data/1"],
    );
}

#[test]
fn atm_60_66_resources_need_a_resource_object() {
    for start in [r#""op":"add""#, r#""op":"update""#, r#""op":"update","ref":{"type":"t","id":"1"}"#] {
        check_operation_errors(&format!("{{{start}}}"), &["invalid-operation "]);
        for value in ["null", "[]", "\"x\"", "1", r#"[{"type":5}]"#] {
            check_operation_errors(&format!(r#"{{{start},"data":{value}}}"#), &["invalid-document /data"]);
        }
        check_operation_errors(
            &format!(r#"{{{start},"data":{{"attributes":1,"relationships":{{"r":{{"data":[7]}}}}}}}}"#),
            &[
                "invalid-document /data",
                "invalid-document /data/attributes",
                "invalid-document /data/relationships/r/data/0",
            ],
        );
    }
}

#[test]
fn atm_71_removing_needs_a_target() {
    check_operation_errors(r#"{"op":"remove","data":{"type":"t","id":"1"}}"#, &["invalid-operation "]);
    check_operation_errors(r#"{"op":"remove"}"#, &["invalid-operation "]);
    let ignored = r#"{"op":"remove","data":{"id":7},"ref":{"type":"t","id":"1"}}"#;
    check_one(ignored, "t id=1", |data| data.is_absent().to_string(), "true");
}

#[test]
fn atm_77_79_what_an_href_leaves_open() {
    let href = |data: &str| format!(r#"{{"op":"update","data":{data},"href":"/x"}}"#);
    let object = r#"{"type":"t","id":"1","attributes":{"a":1}}"#;
    check_one(&href(object), "/x", as_resource, "t id=1; a: 1");
    check_one(&href(object), "/x", as_linkage, "t id=1");
    let data = "/atomic:operations/0/data";
    let unidentified = r#"{"type":"t","attributes":7,"relationships":{"a":{}}}"#;
    check_one(
        &href(unidentified),
        "/x",
        as_resource,
        &format!("invalid-document {data}/attributes, invalid-document {data}/relationships/a"),
    );
    check_one(&href(unidentified), "/x", as_linkage, &format!("invalid-document {data}"));
    check_one(&href(r#"{"id":"1"}"#), "/x", as_linkage, &format!("invalid-document {data}"));
    for (value, linkage) in [("null", "null"), ("[]", "[]")] {
        check_one(&href(value), "/x", as_linkage, linkage);
        check_one(&href(value), "/x", as_resource, &format!("invalid-document {data}"));
    }
    let absent = r#"{"op":"update","href":"/x"}"#;
    check_one(absent, "/x", as_resource, "invalid-operation /atomic:operations/0");
    check_one(absent, "/x", as_linkage, "invalid-operation /atomic:operations/0");
}

#[test]
fn errors_of_different_operations_do_not_mix() {
    check_errors(
        &document(
            r#"{"op":"update","href":"/x","data":{"id":1}},{"op":"add","data":{"id":1}},{"op":"no","data":{"type":1}}"#,
        ),
        &[
            "invalid-document /atomic:operations/1/data/id",
            "invalid-document /atomic:operations/1/data",
            "invalid-operation /atomic:operations/2/op",
            "invalid-document /atomic:operations/2/data/type",
        ],
    );
}

#[test]
fn the_number_of_operations_is_limited() {
    let many = |count: usize| document(&vec![r#"{"op":"remove","href":"/x"}"#; count].join(","));
    assert_eq!(read_operations(many(LIMIT).as_bytes(), LIMIT).unwrap().len(), LIMIT);
    check_errors(&many(LIMIT + 1), &["too-many-operations /atomic:operations"]);
    let detail = read_operations(many(9).as_bytes(), LIMIT).unwrap_err().remove(0).detail;
    assert_eq!(detail, "The request has 9 operations; the maximum is 5.");
}

#[test]
fn the_problems_kept_of_open_operations_are_bounded() {
    let relationships: Vec<_> = (0..1_000).map(|index| format!("\"r{index}\":{{}}")).collect();
    let data = format!(r#"{{"type":"t","relationships":{{{}}}}}"#, relationships.join(","));
    let body = document(&format!(r#"{{"op":"add","href":"/x","data":{data}}},{{"op":"add","data":5}}"#));
    check_errors(&body, &["invalid-document /atomic:operations/1/data"]);
    let body = document(&format!(r#"{{"op":"add","href":"/x","data":{data}}}"#));
    let operation = read_operations(body.as_bytes(), LIMIT).unwrap().remove(0);
    assert_eq!(operation.data.into_resource().unwrap_err().len(), 10);
}
