use super::*;

/// A document that creates a resource with these members besides `type`.
fn create(members: &str) -> String {
    format!(r#"{{"data":{{"type":"t",{members}}}}}"#)
}

fn detail(body: &str) -> String {
    read_resource(body.as_bytes()).unwrap_err().remove(0).detail
}

#[test]
fn crud_10_resource_objects() {
    check_resource(r#"{"data":{"type":"articles"}}"#, "articles");
    check_resource(r#"{"data":{"id":"1","type":"articles"}}"#, "articles id=1");
    check_resource(
        r#" { "data" : { "type" : "articles", "id" : "1" ,
            "attributes" : { "title" : "a\nb" , "list" : [ 1, {} ] },
            "relationships" : { "author" : { "data" : null }, "tags" : { "data" : [ { "type" : "tags", "id" : "7" } ] } },
            "meta" : { "a" : 1 } } } "#,
        r#"articles id=1; title: "a\nb"; list: [ 1, {} ]; author -> null; tags -> [tags id=7]; meta={ "a" : 1 }"#,
    );
}

#[test]
fn doc_18_bodies_that_are_no_json() {
    for body in
        ["", " \n", "{", "{\"data\":}", "{}x", "{\"data\":{}} {}", "{'data':1}", "[1,]", "{\"a\":\"\t\"}"]
    {
        check_resource_errors(body, &["invalid-json -"]);
    }
    assert_eq!(detail(" "), "The request needs a JSON document, but its body is empty.");
    assert!(detail("{\n \"data\": tru }").contains("at line 2 column 1"));
}

#[test]
fn doc_01_utf_8_without_a_byte_order_mark() {
    check_resource_errors(b"\xef\xbb\xbf{\"data\":{\"type\":\"t\"}}", &["invalid-json -"]);
    check_resource_errors(b"\xff\xfe{\0}\0", &["invalid-json -"]);
    let errors = read_resource(b"{\n\"a\":\"\xc3\xa9 \xc3\"}").unwrap_err();
    assert!(errors[0].detail.contains("line 2 column 9"), "{}", errors[0].detail);
}

#[test]
fn doc_18_roots_that_are_no_object() {
    for body in ["[]", "null", "\"x\"", "\"\\n\"", "1", "-1", "1.5", "true", "[{\"data\":1}]"] {
        check_resource_errors(body, &["invalid-document "]);
    }
    assert_eq!(detail("[]"), "The document must be an object, not an array.");
}

#[test]
fn doc_19_missing_data() {
    check_resource_errors(r#"{"meta":{}}"#, &["invalid-document "]);
    check_resource_errors("{}", &["invalid-document "]);
    assert!(detail(r#"{"atomic:operations":[]}"#).contains("Content-Type"));
    assert!(!detail("{}").contains("Content-Type"));
}

#[test]
fn crud_10_data_of_another_kind() {
    for data in ["[]", "null", "\"x\"", "1", "false", r#"[{"type":"t"}]"#] {
        check_resource_errors(format!(r#"{{"data":{data}}}"#), &["invalid-document /data"]);
    }
}

#[test]
fn doc_07_crud_29_members_without_meaning_are_ignored() {
    check_resource(
        r#"{"jsonapi":5,"foo":{"a":1,"a":2},"included":[{}],"links":0,"atomic:operations":[],
            "data":{"bar":[[]],"type":"t","links":"x","ns:x":1,"relationships":{"r":{"data":null,"links":3,"x":1}}}}"#,
        "t; r -> null",
    );
}

#[test]
fn meta_02_may_be_anywhere() {
    check_resource(
        r#"{"meta":{"a":1},"data":{"type":"t","meta":{},"relationships":{"r":{"meta":{},
            "data":{"type":"u","id":"1","meta":{"b":2}}}}}}"#,
        r#"t; r -> u id=1 meta={"b":2}; meta={}"#,
    );
}

#[test]
fn meta_01_is_an_object() {
    check_resource_errors(
        r#"{"meta":1,"data":{"type":"t","meta":[],"relationships":{"r":{"meta":null,
            "data":{"type":"u","id":"1","meta":"x"}}}}}"#,
        &[
            "invalid-document /meta",
            "invalid-document /data/meta",
            "invalid-document /data/relationships/r/meta",
            "invalid-document /data/relationships/r/data/meta",
        ],
    );
}

#[test]
fn name_08_09_at_members_are_ignored() {
    check_resource(
        r#"{"@context":1,"data":{"@id":"7","type":"t","attributes":{"@foo":1,"a":2},
            "relationships":{"@foo":7,"r":{"@x":1,"data":{"@type":"x","type":"u","id":"1"}}}}}"#,
        "t; a: 2; r -> u id=1",
    );
    check_resource_errors(r#"{"@context":{}}"#, &["invalid-document "]);
    check_resource_errors(r#"{"data":{"@type":"t"}}"#, &["invalid-document /data"]);
    check_resource_errors(
        create(r#""relationships":{"artist":{"@x":1}}"#),
        &["invalid-document /data/relationships/artist"],
    );
}

#[test]
fn crud_03_missing_type() {
    check_resource_errors(r#"{"data":{}}"#, &["invalid-document /data"]);
    check_resource_errors(r#"{"data":{"id":"1","attributes":{}}}"#, &["invalid-document /data"]);
    assert_eq!(detail(r#"{"data":{}}"#), "`data` has no `type`.");
}

#[test]
fn res_02_03_crud_16_identification_is_text() {
    for value in ["1", "null", "true", "{}", "[\"1\"]", "-1.5"] {
        for name in ["id", "lid"] {
            let expected = format!("invalid-document /data/{name}");
            check_resource_errors(create(&format!(r#""{name}":{value}"#)), &[&expected]);
        }
        check_resource_errors(format!(r#"{{"data":{{"type":{value}}}}}"#), &["invalid-document /data/type"]);
    }
    assert_eq!(detail(&create(r#""id":1"#)), "`id` must be a string, not a number. Put it in quotes.");
}

#[test]
fn res_05_06_10_id_and_lid() {
    check_resource(&create(r#""lid":"a""#), "t lid=a");
    check_resource(&create(r#""lid":"a","id":"1""#), "t id=1");
    check_resource(&create(r#""id":"","attributes":{}"#), "t id=");
    check_resource_errors(create(r#""lid":5,"id":"1""#), &["invalid-document /data/lid"]);
}

#[test]
fn res_15_16_values_are_kept_as_sent() {
    check_resource(
        &create(
            r#""attributes":{"n":1.50,"big":123456789012345678901234567890,"e":1E400,"s":{"links":[1],"a":1,"b":2}}"#,
        ),
        r#"t; n: 1.50; big: 123456789012345678901234567890; e: 1E400; s: {"links":[1],"a":1,"b":2}"#,
    );
}

#[test]
fn res_15_rel_01_fields_are_in_objects() {
    for value in ["[]", "null", "1", "\"x\""] {
        let members = format!(r#""attributes":{value},"relationships":{value}"#);
        let expected = ["invalid-document /data/attributes", "invalid-document /data/relationships"];
        check_resource_errors(create(&members), &expected);
    }
}

#[test]
fn names_are_decoded_and_pointers_escaped() {
    let body = create(r#""attributes":{"caf\u00e9":1,"a+b":2},"relationships":{"a\/~b":{"data":null}}"#);
    check_resource(&body, "t; café: 1; a+b: 2; a/~b -> null");
    check_resource_errors(
        create(r#""relationships":{"a\/~b":{"d\u0061ta":5}}"#),
        &["invalid-document /data/relationships/a~1~0b/data"],
    );
    check_resource(r#"{"d\u0061ta":{"t\u0079pe":"\u0074","\u0069d":"\"1"}}"#, "t id=\"1");
}

#[test]
fn crud_11_46_relationships_have_data() {
    for object in ["{}", r#"{"links":{"self":"/x"}}"#, r#"{"meta":{}}"#] {
        let body = create(&format!(r#""relationships":{{"artist":{object}}}"#));
        check_resource_errors(body, &["invalid-document /data/relationships/artist"]);
    }
    for value in ["[]", "null", "5", r#""9""#] {
        let body = create(&format!(r#""relationships":{{"artist":{value}}}"#));
        check_resource_errors(body, &["invalid-document /data/relationships/artist"]);
    }
}

#[test]
fn res_13_fields_share_a_namespace() {
    check_resource_errors(
        create(r#""relationships":{"a":{"data":null},"b":{"data":null}},"attributes":{"b":1,"c":2}"#),
        &["duplicate-member /data/relationships/b"],
    );
    let names =
        |value: &str| (0..40).map(|index| format!("\"f{index}\":{value}")).collect::<Vec<_>>().join(",");
    let body = create(&format!(
        r#""relationships":{{{},"x":{{"data":null}}}},"attributes":{{"x":1,{}}}"#,
        names(r#"{"data":null}"#).replace('f', "g"),
        names("1"),
    ));
    check_resource_errors(body, &["duplicate-member /data/relationships/x"]);
}

#[test]
fn doc_01_names_are_unique_in_each_object() {
    let identifier = r#"{"type":"u","id":"1"}"#;
    for (body, pointer) in [
        (r#"{"data":{"type":"t"},"data":{"type":"t"}}"#.to_owned(), "/data"),
        (r#"{"data":{"type":"t"},"x":1,"x":1}"#.to_owned(), "/x"),
        (create(r#""type":"t""#), "/data/type"),
        (create(r#""attributes":{},"attributes":{}"#), "/data/attributes"),
        (create(r#""attributes":{"a":1,"\u0061":1}"#), "/data/attributes/a"),
        (create(r#""relationships":{"r":{"data":null},"r":{"data":null}}"#), "/data/relationships/r"),
        (create(r#""relationships":{"r":{"data":null,"data":null}}"#), "/data/relationships/r/data"),
        (
            create(&format!(
                r#""relationships":{{"r":{{"data":[{identifier},{{"type":"u","id":"1","id":"2"}}]}}}}"#
            )),
            "/data/relationships/r/data/1/id",
        ),
    ] {
        check_resource_errors(body, &[&format!("duplicate-member {pointer}")]);
    }
}

#[test]
fn doc_01_names_are_unique_among_many() {
    for position in [1, 15, 16, 17, 18, 99] {
        let mut names: Vec<_> = (0..100).map(|index| format!("\"a{index}\":{index}")).collect();
        names.insert(position, r#""a0":"again""#.to_owned());
        let body = create(&format!(r#""attributes":{{{}}}"#, names.join(",")));
        check_resource_errors(body, &["duplicate-member /data/attributes/a0"]);
    }
}

#[test]
fn all_problems_are_reported_together() {
    check_resource_errors(
        r#"{"meta":0,"data":{"id":1,"attributes":5,"relationships":{"a":{},"b":{"data":[{"type":1},3]}}}}"#,
        &[
            "invalid-document /meta",
            "invalid-document /data/id",
            "invalid-document /data",
            "invalid-document /data/attributes",
            "invalid-document /data/relationships/a",
            "invalid-document /data/relationships/b/data/0/type",
            "invalid-document /data/relationships/b/data/0",
            "invalid-document /data/relationships/b/data/1",
        ],
    );
}

#[test]
fn the_number_of_errors_is_bounded() {
    let relationships: Vec<_> = (0..5_000).map(|index| format!("\"r{index}\":{{}}")).collect();
    let body = create(&format!(r#""relationships":{{{}}}"#, relationships.join(",")));
    assert_eq!(read_resource(body.as_bytes()).unwrap_err().len(), MAX_ERRORS);
}

#[test]
fn the_depth_of_values_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let attribute = |depth: usize| create(&format!(r#""attributes":{{"a":{}}}"#, nested(depth)));
    assert!(read_resource(attribute(MAX_DEPTH).as_bytes()).is_ok());
    for depth in [MAX_DEPTH + 1, 10_000] {
        check_resource_errors(attribute(depth), &["nested-too-deep /data/attributes/a"]);
    }
    check_resource_errors(
        create(&format!(r#""meta":{{"a":{}}}"#, nested(10_000))),
        &["nested-too-deep /data/meta"],
    );
    check_resource_errors(format!(r#"{{"data":{}}}"#, nested(10_000)), &["invalid-document /data"]);
    check_resource(&create(&format!(r#""ignored":{}"#, nested(10_000))), "t");
    check_resource_errors("[".repeat(100_000), &["invalid-json -"]);
    check_resource_errors(r#"{"data":"#.repeat(100_000), &["invalid-json -"]);
}

#[test]
fn half_of_a_surrogate_pair_is_no_text() {
    check_resource_errors(create(r#""attributes":{"a":"\ud83d"}"#), &["invalid-json /data/attributes/a"]);
    check_resource(&create(r#""attributes":{"a":"\ud83d\ude00"}"#), r#"t; a: "\ud83d\ude00""#);
    check_resource_errors(create(r#""id":"\ud83d""#), &["invalid-json -"]);
}
