//! PAGE: pages of collections and the links between them.

use super::lists::{Lists, ids, link, range};
use crate::harness::links::{Link, href};

const PAGE_LINKS: [&str; 4] = ["first", "last", "prev", "next"];

/// One URL of each style, in the middle of a list.
const MIDDLES: [&str; 2] =
    ["/entries?page[limit]=10&page[offset]=20", "/entries?page[number]=3&page[size]=10"];

#[test]
fn page_01_page_03_collections_come_in_pages_with_the_four_links() {
    let mut lists = Lists::shared();
    let document = lists.document("/entries");
    assert_eq!(ids(&document), range(1, 50));
    assert!(link(&document, "next").is_some());
    for middle in MIDDLES {
        let document = lists.document(&format!("{middle}&page[count]=true"));
        assert_eq!(ids(&document), range(21, 30), "{middle}");
        let links = document["links"].as_object().unwrap();
        let mut names: Vec<_> = links.keys().map(String::as_str).collect();
        names.retain(|name| !["self", "describedby"].contains(name));
        names.sort_unstable();
        assert_eq!(names, ["first", "last", "next", "prev"], "{middle}");
        assert_eq!(document["meta"]["count"], 620, "{middle}");
    }
}

#[test]
fn page_02_links_stand_beside_what_they_page() {
    let mut lists = Lists::shared();
    let document = lists.document("/things/5?include=entries");
    assert!(PAGE_LINKS.iter().all(|name| document["links"].get(*name).is_none()), "{document:#}");
    let relationship = &document["data"]["relationships"]["entries"];
    assert_eq!(relationship["data"].as_array().unwrap().len(), 50);
    assert!(relationship["links"].get("next").and_then(href).is_some(), "{relationship:#}");
    for single in ["/things/5", "/entries/1/thing", "/entries/1/relationships/thing", "/entries/1/spare"] {
        let links = lists.document(single)["links"].clone();
        assert!(PAGE_LINKS.iter().all(|name| links.get(*name).is_none()), "{single}: {links}");
    }
}

#[test]
fn page_04_links_that_lead_nowhere_are_left_out() {
    let mut lists = Lists::shared();
    let there = |document: &serde_json::Value| ["prev", "next"].map(|name| link(document, name).is_some());
    for (path, expected) in [
        ("/things", [false, false]),
        ("/things?page[limit]=2", [false, true]),
        ("/things?page[limit]=2&page[offset]=2", [true, true]),
        ("/things?page[limit]=2&page[offset]=3", [true, false]),
        ("/things?page[limit]=2&page[offset]=4", [true, false]),
        ("/things?page[limit]=5", [false, false]),
        ("/things?page[number]=1&page[size]=3", [false, true]),
        ("/things?page[number]=2&page[size]=3", [true, false]),
        ("/vacant?page[limit]=2", [false, false]),
        ("/vacant?page[number]=1", [false, false]),
    ] {
        let document = lists.document(path);
        assert_eq!(there(&document), expected, "{path}: {}", document["links"]);
        let own = ids(&document);
        for name in ["prev", "next"] {
            if let Some(other) = link(&document, name) {
                assert_ne!(lists.ids(&other), own, "{path}: {name} leads to the same page");
            }
        }
    }
}

#[test]
fn page_05_links_follow_the_sort_order() {
    let mut lists = Lists::shared();
    let first = lists.document("/things?sort=-id&page[limit]=2");
    assert_eq!(ids(&first), ["9", "8"]);
    let second = lists.document(&link(&first, "next").unwrap());
    assert_eq!(ids(&second), ["7", "5"]);
    assert_eq!(lists.ids(&link(&second, "prev").unwrap()), ["9", "8"]);
    let pages = lists.pages("/things?sort=weight,-name&page[number]=1&page[size]=2", "next");
    assert_eq!(pages, [vec!["8", "5"], vec!["9", "7"], vec!["1"]]);
}

#[test]
fn page_06_page_07_links_differ_from_the_request_in_page_parameters_only() {
    let mut lists = Lists::shared();
    let others = "sort=-label&filter[thing]=5,9&include=thing&fields[entries]=label,thing&page[count]=true";
    for middle in MIDDLES {
        let request = format!("{middle}&{others}");
        let document = lists.document(&request);
        let kept = |name: &str| !name.starts_with("page[") || name == "page[count]";
        let expected = Link::parse(&request).parameters(kept);
        for name in PAGE_LINKS {
            let link = Link::parse(&link(&document, name).unwrap());
            assert_eq!(link.parameters(kept), expected, "{middle}: {name}");
            assert_eq!(link.segments.last().unwrap(), "entries", "{middle}: {name}");
        }
    }
}

#[test]
fn page_08_following_next_meets_each_resource_once() {
    let mut lists = Lists::shared();
    for (path, last) in [
        ("/entries?page[limit]=200", 620),
        ("/entries?page[number]=1&page[size]=155", 620),
        ("/entries?page[size]=207", 620),
        ("/things/5/entries?page[limit]=7", 120),
        ("/things/5/relationships/entries?page[number]=1&page[size]=50", 120),
        ("/things/5/relationships/entries?page[size]=49", 120),
    ] {
        assert_eq!(lists.pages(path, "next").concat(), range(1, last), "{path}");
    }
    // With ties everywhere, too.
    let mut walked = lists.pages("/entries?sort=-tie,thing.kind&page[limit]=101", "next").concat();
    walked.sort_by_key(|id| id.parse::<u32>().unwrap());
    assert_eq!(walked, range(1, 620));
}

#[test]
fn page_08_last_and_first_are_the_ends() {
    let mut lists = Lists::shared();
    for (path, last_page) in [
        ("/entries?page[limit]=100&page[count]=true", range(601, 620)),
        ("/entries?page[limit]=100&page[offset]=30&page[count]=true", range(531, 620)),
        ("/entries?page[number]=2&page[size]=310&page[count]=true", range(311, 620)),
        ("/things/5/entries?page[limit]=40&page[count]=true", range(81, 120)),
    ] {
        let document = lists.document(path);
        let last = lists.document(&link(&document, "last").unwrap());
        assert_eq!(ids(&last), last_page, "{path}");
        assert_eq!(link(&last, "next"), None, "{path}");
        let first = lists.document(&link(&last, "first").unwrap());
        assert_eq!((ids(&first)[0].as_str(), link(&first, "prev")), ("1", None), "{path}");
    }
}

#[test]
fn page_09_unknown_members_are_refused() {
    let mut lists = Lists::shared();
    for name in
        ["page[nope]", "page[]", "page", "page[limit][x]", "page[Limit]", "page[a.b]", "page[entries][nope]"]
    {
        lists.refused(&format!("/things?{name}=1"), name);
        lists.refused(&format!("/things/5/entries?{name}=1"), name);
    }
    let error = lists.refused("/things?page[ofset]=1", "page[ofset]");
    assert!(error["detail"].as_str().unwrap().contains("page[offset]"), "{error}");
}

#[test]
fn page_10_bad_values_are_refused() {
    let mut lists = Lists::shared();
    for name in ["page[limit]", "page[offset]", "page[number]", "page[size]"] {
        for value in ["", "abc", "-1", "1.5", "+5", "1e3", "0x10", "٣", "99999999999999999999"] {
            lists.refused(&format!("/things?{name}={}", value.replace('+', "%2B")), name);
        }
    }
    for name in ["page[limit]", "page[number]", "page[size]"] {
        lists.refused(&format!("/things?{name}=0"), name);
    }
    lists.refused("/things?page[count]=1", "page[count]");
    assert_eq!(lists.ids("/things?page[limit]=002&page[offset]=01"), ["5", "7"]);
}

#[test]
fn page_10_styles_do_not_mix() {
    let mut lists = Lists::shared();
    for query in [
        "page[limit]=1&page[number]=1",
        "page[offset]=1&page[size]=1",
        "page[number]=1&page[after]=x",
        "page[limit]=1&page[before]=x",
    ] {
        let response = lists.get(&format!("/things?{query}"));
        assert_eq!(response.status, 400, "{query}: {}", response.text());
        assert!(response.error_parameters().iter().all(|name| name.starts_with("page[")), "{query}");
    }
}

#[test]
fn page_10_beyond_the_end_there_is_an_empty_page() {
    let mut lists = Lists::shared();
    for path in [
        "/things?page[limit]=2&page[offset]=5",
        "/things?page[limit]=2&page[offset]=9223372036854775807",
        "/things?page[number]=4&page[size]=2",
        "/things?page[number]=9223372036854775807&page[size]=500",
        "/things/5/entries?page[limit]=10&page[offset]=120",
    ] {
        let document = lists.document(path);
        assert_eq!(ids(&document), Vec::<String>::new(), "{path}");
        assert_eq!(link(&document, "next"), None, "{path}");
    }
}

#[test]
fn page_11_related_and_relationship_urls_have_pages() {
    let mut lists = Lists::shared();
    for url in ["/things/5/entries", "/things/5/relationships/entries"] {
        let document = lists.document(url);
        assert_eq!(ids(&document), range(1, 50), "{url}");
        let next = lists.document(&link(&document, "next").unwrap());
        assert_eq!(ids(&next), range(51, 100), "{url}");
        assert_eq!(lists.ids(&format!("{url}?sort=-id&page[limit]=3")), ["120", "119", "118"], "{url}");
        assert_eq!(
            lists.ids(&format!("{url}?filter[tie]=0&page[limit]=2&page[offset]=1")),
            ["6", "9"],
            "{url}"
        );
        let identifiers = url.contains("/relationships/");
        assert_eq!(next["data"][0].get("attributes").is_none(), identifiers, "{url}");
    }
    for url in ["/things/7/tags", "/things/7/relationships/tags"] {
        let pages = lists.pages(&format!("{url}?page[limit]=25"), "next");
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [25, 25, 10], "{url}");
    }
}

#[test]
fn page_02_pages_of_included_relationships_lead_to_the_rest() {
    let mut lists = Lists::shared();
    for (query, shown) in [("include=entries", 50), ("include=entries&page[entries][limit]=7", 7)] {
        let document = lists.document(&format!("/things/5?{query}"));
        let relationship = &document["data"]["relationships"]["entries"];
        let linkage = relationship["data"].as_array().unwrap();
        let mut met: Vec<_> = linkage.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(met.len(), shown, "{query}");
        assert_eq!(document["included"].as_array().unwrap().len(), shown, "{query}");
        let next = relationship["links"].get("next").and_then(href).unwrap().to_owned();
        met.extend(lists.pages(&next, "next").concat());
        assert_eq!(met, range(1, 120), "{query}");
    }
    let nested = lists.document("/tags/t01?include=things.entries&page[things.entries][limit]=2");
    for thing in nested["included"].as_array().unwrap().iter().filter(|it| it["type"] == "things") {
        assert!(thing["relationships"]["entries"]["data"].as_array().unwrap().len() <= 2, "{thing:#}");
    }
    lists.refused("/things/5?page[entries][limit]=2", "page[entries][limit]");
    lists.refused("/things/5?include=entries&page[entries][limit]=501", "page[entries][limit]");
}

#[test]
fn page_01_the_count_is_told_when_it_is_known() {
    let mut lists = Lists::shared();
    let count = |document: &serde_json::Value| document["meta"]["count"].as_u64();
    assert_eq!(count(&lists.document("/entries")), None);
    assert_eq!(count(&lists.document("/entries?page[count]=true")), Some(620));
    assert_eq!(count(&lists.document("/entries?page[limit]=500&page[offset]=200")), Some(620));
    assert_eq!(count(&lists.document("/things")), Some(5));
    assert_eq!(count(&lists.document("/vacant")), Some(0));
    assert_eq!(count(&lists.document("/things?filter[kind]=a")), Some(3));
    assert_eq!(count(&lists.document("/things?page[limit]=2&page[offset]=10")), None);
    assert_eq!(count(&lists.document("/things/5/entries?page[limit]=1&page[count]=true")), Some(120));
}
