//! `page[after]` and `page[before]`: which items are on the page.

use super::{BY_WEIGHT, THINGS, cursor, cursor_in};
use crate::conformance::lists::{Lists, ids};
use crate::harness::links::encode;

#[test]
fn cur_30_cur_62_what_is_no_cursor_is_refused() {
    let mut lists = Lists::shared();
    let good = cursor(&mut lists, THINGS, "5");
    let truncated = &good[..good.len() - 1];
    let changed = format!("{}{}", if good.starts_with('A') { 'B' } else { 'A' }, &good[1..]);
    let longer = format!("{good}AAAA");
    for value in ["%00garbage", "", "5", "%FF", "AAAA", "....", truncated, &changed, &longer] {
        for name in ["page[after]", "page[before]"] {
            let error = lists.refused(&format!("/things?page[size]=2&{name}={value}"), name);
            assert_eq!(error["status"], "400", "{error}");
        }
    }
}

#[test]
fn cur_31_after_starts_right_behind_the_cursor() {
    let mut lists = Lists::shared();
    let at_5 = cursor(&mut lists, THINGS, "5");
    assert_eq!(lists.ids(&format!("/things?page[size]=2&page[after]={at_5}")), ["7", "8"]);
    assert_eq!(lists.ids(&format!("/things?page[after]={at_5}")), ["7", "8", "9"]);
    for (from, expected) in [("1", "7"), ("7", "9"), ("9", "5"), ("5", "8")] {
        let at = cursor(&mut lists, BY_WEIGHT, from);
        let url = format!("/things?sort=-weight&page[size]=1&page[after]={at}");
        assert_eq!(lists.ids(&url), [expected], "after {from}");
    }
}

#[test]
fn cur_32_nothing_behind_the_last() {
    let mut lists = Lists::shared();
    for (list, last) in [(THINGS, "9"), (BY_WEIGHT, "8")] {
        let at = cursor(&mut lists, list, last);
        let document = lists.document(&format!("{list}&page[after]={at}"));
        assert_eq!(document["data"], serde_json::json!([]), "{list}");
        assert!(document["links"]["next"].is_null(), "{list}: {document:#}");
    }
}

#[test]
fn cur_33_before_ends_right_in_front_of_the_cursor() {
    let mut lists = Lists::shared();
    let at_9 = cursor(&mut lists, THINGS, "9");
    assert_eq!(lists.ids(&format!("/things?page[size]=3&page[before]={at_9}")), ["5", "7", "8"]);
    assert_eq!(lists.ids(&format!("/things?page[before]={at_9}")), ["1", "5", "7", "8"]);
    for (from, expected) in [("7", "1"), ("9", "7"), ("5", "9"), ("8", "5")] {
        let at = cursor(&mut lists, BY_WEIGHT, from);
        let url = format!("/things?sort=-weight&page[size]=1&page[before]={at}");
        assert_eq!(lists.ids(&url), [expected], "before {from}");
    }
    // The items of a page read backwards have their related resources all the same.
    let document = lists.document(&format!("/things?page[size]=2&page[before]={at_9}&include=tags"));
    assert_eq!(ids(&document), ["7", "8"]);
    assert_eq!(document["included"].as_array().unwrap().len(), 50);
}

#[test]
fn cur_34_nothing_in_front_of_the_first() {
    let mut lists = Lists::shared();
    for (list, first) in [(THINGS, "1"), (BY_WEIGHT, "1")] {
        let at = cursor(&mut lists, list, first);
        let document = lists.document(&format!("{list}&page[before]={at}"));
        assert_eq!(document["data"], serde_json::json!([]), "{list}");
        assert!(document["links"]["prev"].is_null(), "{list}: {document:#}");
    }
}

#[test]
fn cur_35_without_cursors_the_list_starts_at_its_first_item() {
    let mut lists = Lists::shared();
    assert_eq!(lists.ids("/things?page[size]=2"), ["1", "5"]);
    assert_eq!(lists.ids("/things?page[size]=2&sort=-weight"), ["1", "7"]);
    let document = lists.document("/vacant?page[size]=2");
    assert_eq!(document["data"], serde_json::json!([]));
    assert!(["prev", "next"].iter().all(|name| document["links"][*name].is_null()), "{document:#}");
}

#[test]
fn cur_36_the_item_on_the_cursor_is_on_neither_side() {
    let mut lists = Lists::shared();
    for list in [THINGS, BY_WEIGHT, "/things?page[size]=100&sort=kind", "/things?page[size]=100&sort=-seen"] {
        let document = lists.document(list);
        let whole = ids(&document);
        for (position, id) in whole.iter().enumerate() {
            let at = encode(cursor_in(&document, id));
            assert_eq!(lists.ids(&format!("{list}&page[after]={at}")), whole[position + 1..], "{list} {id}");
            assert_eq!(lists.ids(&format!("{list}&page[before]={at}")), whole[..position], "{list} {id}");
        }
    }
}

#[test]
fn cur_65_several_faults_at_once() {
    let mut lists = Lists::shared();
    let response = lists.get("/things?page[size]=0&page[after]=nope");
    assert_eq!(response.status, 400, "{}", response.text());
    let parameters = response.error_parameters();
    assert!(
        parameters.iter().all(|name| ["page[size]", "page[after]"].contains(&name.as_str())),
        "{parameters:?}"
    );
}
