//! ATM-73 to ATM-78: operations on relationships.

use serde_json::{Value, json};

use super::super::writing::{many, one, writable};
use super::{add, note, operation, relate};

const EDITOR: [&str; 3] = ["books", "1", "editor"];
const TAGS: [&str; 3] = ["books", "1", "tags"];
const NOTES: [&str; 3] = ["books", "1", "notes"];
const CHAPTERS: [&str; 3] = ["books", "1", "chapters"];

fn url([type_name, id, relationship]: [&str; 3]) -> String {
    format!("/{type_name}/{id}/relationships/{relationship}")
}

#[test]
fn atm_73_a_to_one_relationship_is_set_and_cleared() {
    let mut api = writable();
    for linkage in [one("authors", "3"), one("authors", "3"), json!(null), json!(null), one("authors", "1")] {
        api.perform_in_silence(&[relate("update", EDITOR, linkage.clone())]);
        assert_eq!(api.document(&url(EDITOR))["data"], linkage);
    }
    let absent = operation("update", json!({"ref": {"type": "books", "id": "1", "relationship": "editor"}}));
    api.refuse_operations(&[add(note("x")), absent], 400, &[("invalid-operation", "/1")]);
    for (wrong, code, pointer) in [
        (json!([]), "invalid-linkage", "/1/data"),
        (many("authors", &["1"]), "invalid-linkage", "/1/data"),
        (json!("1"), "invalid-document", "/1/data"),
        (json!({"type": "authors"}), "invalid-document", "/1/data"),
    ] {
        api.refuse_operations(&[add(note("x")), relate("update", EDITOR, wrong)], 400, &[(code, pointer)]);
    }
    let required = relate("update", ["books", "1", "author"], json!(null));
    api.refuse_operations(&[add(note("x")), required], 422, &[("required", "/1/data")]);
}

#[test]
fn atm_74_a_to_one_relationship_has_no_members_to_add_or_remove() {
    let mut api = writable();
    for op in ["add", "remove"] {
        for data in [one("authors", "3"), many("authors", &["3"]), json!(null)] {
            let before = api.rows();
            let sent = super::document([add(note("x")), relate(op, EDITOR, data)]);
            let answer = super::assert_failure(&api.send_operations(&sent), 400, &sent);
            let pointer = answer["errors"][0]["source"]["pointer"].as_str().unwrap();
            assert!(pointer.starts_with("/atomic:operations/1"), "{answer:#}");
            api.assert_unchanged(&before, op);
        }
    }
}

#[test]
fn atm_75_to_many_relationships_take_arrays() {
    let mut api = writable();
    for target in [TAGS, NOTES] {
        for op in ["add", "update", "remove"] {
            for wrong in [json!(null), one(target[2], "1")] {
                let operations = [add(note("x")), relate(op, target, wrong)];
                api.refuse_operations(&operations, 400, &[("invalid-linkage", "/1/data")]);
            }
            let operations = [add(note("x")), relate(op, target, json!([1]))];
            api.refuse_operations(&operations, 400, &[("invalid-document", "/1/data/0")]);
            let absent = json!({"ref": {"type": target[0], "id": target[1], "relationship": target[2]}});
            let operations = [add(note("x")), operation(op, absent)];
            api.refuse_operations(&operations, 400, &[("invalid-operation", "/1")]);
        }
    }
}

#[test]
fn atm_76_members_are_added_replaced_and_removed() {
    let mut api = writable();
    let mut check = |op: &str, target: [&str; 3], ids: &[&str], expected: &[&str]| {
        // Doing it again changes nothing, and is a success.
        for _ in 0..2 {
            api.perform_in_silence(&[relate(op, target, many(target[2], ids))]);
            assert_eq!(api.linked(&url(target)), expected, "{op} {ids:?}");
        }
    };
    check("add", TAGS, &["sea", "novel", "sea"], &["classic", "novel", "sea"]);
    check("remove", TAGS, &["classic", "a/b~c", "nope"], &["novel", "sea"]);
    check("update", TAGS, &["classic"], &["classic"]);
    check("update", TAGS, &[], &[]);
    check("add", NOTES, &["3", "1"], &["1", "2", "3"]);
    check("remove", NOTES, &["1", "4", "999"], &["2", "3"]);
    check("update", NOTES, &["4"], &["4"]);
    check("update", NOTES, &[], &[]);
    check("add", CHAPTERS, &["3"], &["1", "2", "3"]);
    check("update", CHAPTERS, &["1", "2", "3"], &["1", "2", "3"]);
    check("remove", CHAPTERS, &["4"], &["1", "2", "3"]);
}

#[test]
fn atm_76_what_the_base_rules_refuse_is_refused() {
    let mut api = writable();
    for (operation, status, code, pointer) in [
        (relate("update", CHAPTERS, json!([])), 403, "relationship-required", "/1/data"),
        (relate("remove", CHAPTERS, many("chapters", &["1"])), 403, "relationship-required", "/1/data"),
        (relate("add", TAGS, many("tags", &["sea", "nope"])), 404, "related-resource-not-found", "/1/data/1"),
        (relate("update", NOTES, many("notes", &["999"])), 404, "related-resource-not-found", "/1/data/0"),
        (relate("add", TAGS, many("notes", &["1"])), 409, "linkage-type-conflict", "/1/data/0/type"),
        (relate("update", EDITOR, one("tags", "sea")), 409, "linkage-type-conflict", "/1/data/type"),
        (relate("update", EDITOR, one("authors", "9")), 404, "related-resource-not-found", "/1/data"),
    ] {
        api.refuse_operations(&[add(note("x")), operation], status, &[(code, pointer)]);
    }
    for read_only in [
        relate("update", ["books", "1", "publisher"], json!(null)),
        relate("add", ["publishers", "2", "books"], many("books", &["1"])),
        relate("update", ["shelves", "1", "slots"], json!([])),
    ] {
        api.refuse_one(&[add(note("x")), read_only], 1, (403, "read-only-field"));
    }
    let missing = relate("add", ["books", "999", "tags"], many("tags", &["sea"]));
    api.refuse_one(&[add(note("x")), missing], 1, (404, "resource-not-found"));
}

#[test]
fn atm_77_removing_members_deletes_no_resources() {
    let mut api = writable();
    api.perform_in_silence(&[
        relate("remove", TAGS, many("tags", &["novel"])),
        relate("remove", NOTES, many("notes", &["1"])),
    ]);
    for target in ["/tags/novel", "/notes/1", "/books/1"] {
        api.document(target);
    }
    // Without a relationship it is the resource that goes, whatever the data says.
    let whole = operation("remove", json!({"ref": one("notes", "1"), "data": many("notes", &["2"])}));
    api.perform_in_silence(&[whole]);
    assert_eq!(api.get("/notes/1").status, 404);
    api.document("/notes/2");
}

#[test]
fn atm_78_results_of_relationships_have_no_data() {
    let mut api = writable();
    let results: Vec<Value> = api.perform(&[
        relate("add", TAGS, many("tags", &["sea"])),
        add(note("x")),
        relate("update", EDITOR, json!(null)),
        relate("remove", NOTES, many("notes", &["1"])),
    ]);
    for index in [0, 2, 3] {
        assert_eq!(results[index], json!({}), "{index}");
    }
}
