use super::*;

#[test]
fn rup_01_03_linkage_documents() {
    check_linkage(r#"{"data":null}"#, "null");
    check_linkage(r#"{"data":[]}"#, "[]");
    check_linkage(r#"{"data":{"type":"t","id":"1"}}"#, "t id=1");
    check_linkage(
        r#"{"data":[{"type":"t","id":"1"},{"lid":"a","type":"u"},{"type":"t","id":"1"}],"links":{}}"#,
        "[t id=1, u lid=a, t id=1]",
    );
}

#[test]
fn rup_01_absent_is_not_null() {
    check_linkage_errors("{}", &["invalid-document "]);
    check_linkage_errors(r#"{"meta":{}}"#, &["invalid-document "]);
}

#[test]
fn rel_04_values_that_are_no_linkage() {
    for value in ["1", "\"1\"", "true"] {
        check_linkage_errors(&format!(r#"{{"data":{value}}}"#), &["invalid-document /data"]);
    }
    check_linkage_errors(
        r#"{"data":[null,"1",[],{"type":"t","id":"1"},7]}"#,
        &[
            "invalid-document /data/0",
            "invalid-document /data/1",
            "invalid-document /data/2",
            "invalid-document /data/4",
        ],
    );
}

#[test]
fn rel_06_identifiers() {
    check_linkage_errors(r#"{"data":{"type":"t"}}"#, &["invalid-document /data"]);
    check_linkage_errors(r#"{"data":[{"id":"1"}]}"#, &["invalid-document /data/0"]);
    check_linkage_errors(
        r#"{"data":[{"type":"t","id":1},{"type":null,"lid":[]},{}]}"#,
        &[
            "invalid-document /data/0/id",
            "invalid-document /data/1/type",
            "invalid-document /data/1/lid",
            "invalid-document /data/2",
            "invalid-document /data/2",
        ],
    );
    check_linkage(r#"{"data":{"type":"t","lid":"a","id":"1"}}"#, "t id=1");
}

#[test]
fn rel_07_doc_07_fields_of_identifiers_are_ignored() {
    check_linkage(r#"{"data":{"type":"t","id":"1","attributes":5,"relationships":{"a":{}}}}"#, "t id=1");
    check_linkage(
        r#"{"data":[{"type":"t","id":"1","attributes":5,"meta":{"a":1}}]}"#,
        r#"[t id=1 meta={"a":1}]"#,
    );
}

#[test]
fn identifiers_know_their_index() {
    let linkage = read_linkage(br#"{"data":[{"type":"t","id":"1"},{"type":"t","id":"2"}]}"#).unwrap();
    let pointers: Vec<_> = linkage
        .identifiers()
        .map(|(index, identifier)| {
            Position::Document.identifier(None, index).with_member(identifier.identity.member()).to_string()
        })
        .collect();
    assert_eq!(pointers, ["/data/0/id", "/data/1/id"]);
    let linkage = read_linkage(br#"{"data":{"type":"t","lid":"a"}}"#).unwrap();
    assert_eq!(linkage.identifiers().map(|(index, _)| index).collect::<Vec<_>>(), [None]);
}
