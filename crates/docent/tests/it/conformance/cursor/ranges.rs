//! Both cursors at once: the items between them.

use super::{BY_WEIGHT, THINGS, cursor};
use crate::conformance::lists::{Lists, ids, link, range};
use crate::harness::links::encode;

/// The query of the range between two items of a list.
fn between(lists: &mut Lists, list: &str, from: &str, to: &str) -> String {
    let (after, before) = (cursor(lists, list, from), cursor(lists, list, to));
    format!("page[after]={after}&page[before]={before}")
}

#[test]
fn cur_40_cur_43_a_range_has_all_that_is_between() {
    let mut lists = Lists::shared();
    let query = between(&mut lists, THINGS, "5", "9");
    let document = lists.document(&format!("/things?{query}"));
    assert_eq!(ids(&document), ["7", "8"]);
    assert!(document.pointer("/meta/page/rangeTruncated").is_none(), "{document:#}");
    let document = lists.document(&format!("/things?{query}&page[size]=2"));
    assert_eq!(ids(&document), ["7", "8"], "it just fits");
    assert!(document.pointer("/meta/page/rangeTruncated").is_none(), "{document:#}");
    let query = between(&mut lists, BY_WEIGHT, "7", "8");
    assert_eq!(lists.ids(&format!("/things?sort=-weight&{query}")), ["9", "5"]);
    let query = between(&mut lists, THINGS, "7", "8");
    assert_eq!(lists.ids(&format!("/things?{query}")), Vec::<String>::new(), "nothing is between neighbours");
}

#[test]
fn cur_42_without_a_size_a_range_is_as_large_as_can_be() {
    let mut lists = Lists::shared();
    let document = lists.document("/entries?page[size]=500");
    let cursor_of = |id: &str| encode(super::cursor_in(&document, id));
    let query = format!("page[after]={}&page[before]={}", cursor_of("10"), cursor_of("300"));
    assert_eq!(lists.ids(&format!("/entries?{query}")), range(11, 299));
}

#[test]
fn cur_44_what_does_not_fit_is_cut_at_the_end_and_said_so() {
    let mut lists = Lists::shared();
    let query = between(&mut lists, THINGS, "1", "9");
    for (size, expected) in [(1, vec!["5"]), (2, vec!["5", "7"])] {
        let document = lists.document(&format!("/things?page[size]={size}&{query}"));
        assert_eq!(ids(&document), expected);
        assert_eq!(document["meta"]["page"]["rangeTruncated"], true, "{document:#}");
        let next = lists.document(&link(&document, "next").expect("there is more"));
        assert_eq!(ids(&next)[0], if size == 1 { "7" } else { "8" });
    }
    // The largest size cuts as well.
    let first = lists.document("/entries?page[size]=1");
    let last = lists.document("/entries?page[size]=1&sort=id&page[count]=true");
    assert_eq!(ids(&first), ids(&last));
    let at_1 = encode(super::cursor_in(&first, "1"));
    let end = lists.document(&format!("/entries?page[size]=500&page[after]={at_1}"));
    let rest = lists.document(&link(&end, "next").unwrap());
    let at_620 = encode(super::cursor_in(&rest, "620"));
    let document = lists.document(&format!("/entries?page[after]={at_1}&page[before]={at_620}"));
    assert_eq!(ids(&document), range(2, 501));
    assert_eq!(document["meta"]["page"]["rangeTruncated"], true);
}

#[test]
fn cur_45_cursors_in_the_wrong_order_have_nothing_between_them() {
    let mut lists = Lists::shared();
    for (from, to) in [("9", "5"), ("5", "5")] {
        let query = between(&mut lists, THINGS, from, to);
        let document = lists.document(&format!("/things?{query}"));
        assert_eq!(document["data"], serde_json::json!([]), "{from} to {to}");
        assert!(document.pointer("/meta/page/rangeTruncated").is_none(), "{document:#}");
    }
}
