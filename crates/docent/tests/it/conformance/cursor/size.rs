//! `page[size]`: how many items are on the page.

use crate::conformance::lists::{Lists, ids, range};
use crate::harness::CURSOR_PROFILE;
use crate::harness::links::href;
use crate::harness::server::Options;

#[test]
fn cur_20_cur_62_sizes_are_positive_decimal_numbers() {
    let mut lists = Lists::shared();
    for value in ["0", "-1", "1.5", "abc", "", "%2B5", "+5", "1e2", "0x5", "000", "%D9%A3", "5 "] {
        let value = value.replace(' ', "%20");
        lists.refused(&format!("/entries?page[size]={value}"), "page[size]");
    }
    assert_eq!(lists.ids("/entries?page[size]=007"), range(1, 7));
}

#[test]
fn cur_21_cur_22_cur_61_cur_64_above_the_maximum_a_size_is_refused() {
    for (config, maximum) in [("", 500), ("[pagination]\nsize = 5\nsize_max = 30\n", 30)] {
        let mut lists = Lists::own(&Options::config(config));
        assert_eq!(lists.ids(&format!("/entries?page[size]={maximum}")).len(), maximum);
        for size in [(maximum + 1).to_string(), "999999".to_owned()] {
            let error = lists.refused(&format!("/entries?page[size]={size}"), "page[size]");
            assert_eq!(error["meta"]["page"]["maxSize"], maximum, "{error}");
            let type_link = format!("{CURSOR_PROFILE}/max-size-exceeded");
            assert_eq!(href(&error["links"]["type"]), Some(type_link.as_str()), "{error}");
            assert!(error["detail"].as_str().unwrap().contains(&maximum.to_string()), "{error}");
        }
    }
}

#[test]
fn cur_23_there_is_a_default_size() {
    let accept = format!("{};profile=\"{CURSOR_PROFILE}\"", crate::harness::JSON_API);
    for (config, default) in [("", 50), ("[pagination]\nsize = 5\n", 5)] {
        let mut lists = Lists::own(&Options::config(config));
        let document = lists.send("GET", "/entries", &[("Accept", &accept)]).json();
        assert_eq!(ids(&document).len(), default);
        let at = crate::harness::links::encode(super::cursor_in(&document, "2"));
        assert_eq!(lists.ids(&format!("/entries?page[after]={at}")).len(), default);
    }
}

#[test]
fn cur_24_pages_are_full_as_long_as_there_are_items() {
    let mut lists = Lists::shared();
    for (url, size, count) in [
        ("/entries?page[size]=91", 91, 620),
        ("/entries?page[size]=50&filter[tie]=1", 50, 207),
        ("/entries?page[size]=13&filter[thing.name]=bell&sort=-tie", 13, 120),
        ("/things/7/tags?page[size]=11", 11, 60),
    ] {
        let pages = lists.pages(url, "next");
        let (last, others) = pages.split_last().unwrap();
        assert!(others.iter().all(|page| page.len() == size), "{url}");
        assert_eq!(others.len() * size + last.len(), count, "{url}");
        assert!(!last.is_empty() && last.len() <= size, "{url}");
    }
}
