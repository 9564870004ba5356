//! The order of the list, and cursors that divide it.

use super::{BY_WEIGHT, THINGS, cursor, cursor_in};
use crate::conformance::lists::{Lists, ids, link};
use crate::harness::links::{Link, encode};
use crate::harness::server::Options;

#[test]
fn cur_10_the_order_stays() {
    let mut lists = Lists::shared();
    for url in
        ["/entries?page[size]=100", "/entries?sort=tie&page[size]=100", "/things/7/tags?page[size]=100"]
    {
        let first = lists.ids(url);
        for _ in 0..10 {
            assert_eq!(lists.ids(url), first, "{url}");
        }
    }
}

#[test]
fn cur_11_ties_are_broken() {
    let mut lists = Lists::shared();
    let pages = lists.pages("/things?sort=kind&page[size]=1", "next");
    assert_eq!(pages, [["1"], ["7"], ["9"], ["5"], ["8"]]);
    let mut walked = lists.pages("/entries?sort=-tie&page[size]=61", "next").concat();
    assert_eq!(walked.len(), 620);
    walked.sort();
    walked.dedup();
    assert_eq!(walked.len(), 620, "each once");
    let walked = lists.pages("/things/7/tags?sort=label&page[size]=7", "next").concat();
    assert_eq!(walked.len(), 60);
}

#[test]
fn cur_12_lists_have_an_order_unasked() {
    let mut lists = Lists::shared();
    for url in ["/things/5/entries", "/things/5/relationships/entries", "/things/7/relationships/tags"] {
        let whole = lists.ids(&format!("{url}?page[size]=500"));
        assert!(whole.len() >= 60, "{url}");
        for size in [1, 7, 59] {
            assert_eq!(
                lists.pages(&format!("{url}?page[size]={size}"), "next").concat(),
                whole,
                "{url} {size}"
            );
        }
    }
    assert_eq!(lists.pages("/charts?page[size]=1", "next"), [["1~1"], ["1~2"], ["2~1"]]);
}

#[test]
fn cur_15_cursors_are_sent_as_they_came() {
    let mut lists = Lists::shared();
    let document = lists.document(BY_WEIGHT);
    let in_item = cursor_in(&document, "1").to_owned();
    let after = format!("/things?sort=-weight&page[size]=2&page[after]={}", encode(&in_item));
    assert_eq!(lists.ids(&after), ["7", "9"]);
    // The one in links is the same, and comes through a URL whole.
    let first = lists.document("/things?sort=-weight&page[size]=1");
    let next = link(&first, "next").unwrap();
    assert_eq!(Link::parse(&next).parameter("page[after]"), Some(in_item.as_str()));
    assert_eq!(lists.ids(&next), ["7"]);
}

#[test]
fn cur_16_a_cursor_outlives_its_item() {
    let mut lists = Lists::own(&Options::default());
    let at_5 = cursor(&mut lists, THINGS, "5");
    let at_7 = cursor(&mut lists, BY_WEIGHT, "7");
    let mut other = lists.database().open();
    other.ignore_foreign_keys();
    other.execute("DELETE FROM things WHERE id IN (5, 7)");
    assert_eq!(lists.ids(&format!("{THINGS}&page[after]={at_5}")), ["8", "9"]);
    assert_eq!(lists.ids(&format!("{THINGS}&page[before]={at_5}")), ["1"]);
    assert_eq!(lists.ids(&format!("{BY_WEIGHT}&page[after]={at_7}")), ["9", "8"]);
    assert_eq!(lists.ids(&format!("{BY_WEIGHT}&page[before]={at_7}")), ["1"]);
}

#[test]
fn cur_17_items_may_come_and_go_while_a_client_pages() {
    let mut lists = Lists::own(&Options::default());
    let first = lists.document("/entries?sort=-id&page[size]=100");
    let mut seen = ids(&first);
    let mut next = link(&first, "next");
    let mut other = lists.database().open();
    let mut new_id = 10_000;
    while let Some(url) = next {
        // One more in front of the page, which no offset would survive, and one less behind it.
        other.execute(&format!("INSERT INTO entries VALUES ({new_id}, 'new', 0, 1, NULL)"));
        other.execute(&format!("DELETE FROM entries WHERE id = {}", 10_030 - new_id));
        new_id += 1;
        let page = lists.document(&url);
        seen.extend(ids(&page));
        next = link(&page, "next");
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), count, "an item was seen twice");
    assert!((614..=620).contains(&count), "{count}");
}

#[test]
fn cur_18_a_cursor_belongs_to_its_list() {
    let mut lists = Lists::shared();
    let at_5 = cursor(&mut lists, THINGS, "5");
    for url in [
        "/things?page[size]=2&sort=name",
        "/things?page[size]=2&filter[kind]=a",
        "/entries?page[size]=2",
        "/things/5/entries?page[size]=2",
    ] {
        for name in ["page[after]", "page[before]"] {
            lists.refused(&format!("{url}&{name}={at_5}"), name);
        }
    }
    let related = cursor(&mut lists, "/things/5/entries?page[size]=9", "5");
    lists.refused(&format!("/things/7/entries?page[after]={related}"), "page[after]");
    // Another size, include or fields is the same list.
    let url = format!("/things?page[size]=1&include=tags&fields[things]=name&page[after]={at_5}");
    assert_eq!(lists.ids(&url), ["7"]);
}
