//! Links between pages of cursor style, and what the documents tell of the list.

use serde_json::Value;

use super::{THINGS, cursor, cursor_in};
use crate::conformance::lists::{Lists, ids, link, range};
use crate::harness::links::{Link, encode, href};
use crate::harness::server::Options;
use crate::harness::{CURSOR_PROFILE, JSON_API};

/// Whether `prev` and `next` lead somewhere; fails unless both are there.
#[track_caller]
fn leads(links: &Value) -> [bool; 2] {
    ["prev", "next"].map(|name| {
        let link = links.get(name).unwrap_or_else(|| panic!("{name} is missing: {links}"));
        assert!(link.is_null() || href(link).is_some(), "{links}");
        !link.is_null()
    })
}

#[test]
fn cur_50_prev_and_next_are_always_there() {
    let mut lists = Lists::shared();
    let at_5 = cursor(&mut lists, THINGS, "5");
    for url in [
        "/things?page[size]=2".to_owned(),
        "/things?page[size]=9".to_owned(),
        format!("/things?page[after]={at_5}"),
        format!("/things?page[before]={at_5}"),
        "/vacant?page[size]=2".to_owned(),
        "/things/5/relationships/entries?page[size]=2".to_owned(),
    ] {
        leads(&lists.document(&url)["links"]);
    }
    // So they are where linkage is paged by being included.
    let document = lists.document("/things?page[size]=9&include=entries,tags");
    for thing in document["data"].as_array().unwrap() {
        for name in ["entries", "tags"] {
            let relationship = &thing["relationships"][name];
            let more = relationship["data"].as_array().unwrap().len() == 50;
            assert_eq!(leads(&relationship["links"]), [false, more], "{thing:#}");
        }
    }
}

#[test]
fn cur_51_next_is_null_exactly_on_the_last_page() {
    let mut lists = Lists::shared();
    let at_7 = cursor(&mut lists, THINGS, "7");
    for (url, there) in [
        ("/things?page[size]=5".to_owned(), false),
        ("/things?page[size]=4".to_owned(), true),
        (format!("/things?page[size]=2&page[after]={at_7}"), false),
        (format!("/things?page[size]=1&page[after]={at_7}"), true),
        ("/things/5/relationships/entries?page[size]=120".to_owned(), false),
        ("/things/5/relationships/entries?page[size]=119".to_owned(), true),
    ] {
        assert_eq!(leads(&lists.document(&url)["links"])[1], there, "{url}");
    }
}

#[test]
fn cur_52_prev_is_null_exactly_on_the_first_page() {
    let mut lists = Lists::shared();
    let at_7 = cursor(&mut lists, THINGS, "7");
    for (url, there) in [
        ("/things?page[size]=2".to_owned(), false),
        (format!("/things?page[size]=2&page[before]={at_7}"), false),
        (format!("/things?page[size]=1&page[before]={at_7}"), true),
    ] {
        assert_eq!(leads(&lists.document(&url)["links"])[0], there, "{url}");
    }
}

#[test]
fn cur_53_cur_54_links_that_could_not_be_checked_lead_to_pages() {
    let mut lists = Lists::shared();
    for (from, name) in
        [("5", "page[after]"), ("7", "page[before]"), ("1", "page[after]"), ("9", "page[before]")]
    {
        let at = cursor(&mut lists, THINGS, from);
        let document = lists.document(&format!("/things?page[size]=1&{name}={at}"));
        for name in ["prev", "next"] {
            if let Some(other) = link(&document, name) {
                assert!(ids(&lists.document(&other)).len() <= 1, "{other}");
            }
        }
    }
}

#[test]
fn cur_55_cur_58_links_start_at_the_ends_of_the_page_and_keep_the_rest() {
    let mut lists = Lists::shared();
    let others = "sort=-label&filter[tie]=1&include=thing&fields[entries]=label,thing&page[count]=true";
    let first = lists.document(&format!("/entries?page[size]=10&{others}"));
    let second = lists.document(&link(&first, "next").unwrap());
    let (data, kept) = (ids(&second), |name: &str| !["page[after]", "page[before]"].contains(&name));
    let expected = Link::parse(&format!("/entries?page[size]=10&{others}")).parameters(|_| true);
    for (name, parameter, id) in [("prev", "page[before]", &data[0]), ("next", "page[after]", &data[9])] {
        let url = link(&second, name).unwrap();
        let parsed = Link::parse(&url);
        assert_eq!(parsed.parameters(kept), expected, "{name}");
        assert_eq!(parsed.parameter(parameter), Some(cursor_in(&second, id)), "{name}");
        assert_eq!(parsed.query.len(), expected.len() + 1, "{name}: {url}");
        assert!(url.contains(&parameter.replace('[', "%5B").replace(']', "%5D")), "{url}");
    }
}

#[test]
fn cur_55_there_and_back_again() {
    let mut lists = Lists::shared();
    for url in [
        "/entries?page[size]=70",
        "/entries?page[size]=71&sort=-tie,thing.name",
        "/things?page[size]=2&sort=weight",
        "/things?page[size]=2&sort=-seen",
        "/things/7/tags?page[size]=9&sort=-id",
        "/things/5/relationships/entries?page[size]=7&filter[tie]=2",
    ] {
        let there = lists.pages(url, "next");
        let mut document = lists.document(url);
        while let Some(next) = link(&document, "next") {
            document = lists.document(&next);
        }
        let mut back = vec![ids(&document)];
        while let Some(prev) = link(&document, "prev") {
            document = lists.document(&prev);
            back.push(ids(&document));
        }
        back.reverse();
        assert_eq!(back, there, "{url}");
    }
}

#[test]
fn cur_56_first_leads_to_the_first_page() {
    let mut lists = Lists::shared();
    let first = lists.document("/things?page[size]=2&sort=-id");
    let second = lists.document(&link(&first, "next").unwrap());
    assert_eq!(lists.ids(&link(&second, "first").expect("it is cheap")), ids(&first));
}

#[test]
fn cur_57_pages_of_linkage_are_at_the_relationship_url() {
    let mut lists = Lists::shared();
    let accept = format!("{JSON_API};profile=\"{CURSOR_PROFILE}\"");
    let document = lists.send("GET", "/things?include=entries&filter[id]=5", &[("Accept", &accept)]).json();
    let relationship = &document["data"][0]["relationships"]["entries"];
    let mut met: Vec<_> = relationship["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect();
    let next = href(&relationship["links"]["next"]).unwrap().to_owned();
    assert!(
        Link::parse(&next).segments.ends_with(&["relationships", "entries"].map(str::to_owned)),
        "{next}"
    );
    let page = lists.document(&next);
    assert!(page["data"][0].get("attributes").is_none(), "{page:#}");
    assert_eq!(page["jsonapi"]["profile"][0], CURSOR_PROFILE, "{page:#}");
    met.extend(lists.pages(&next, "next").concat());
    assert_eq!(met, range(1, 120));
}

#[test]
fn cur_70_cur_75_metadata_stands_beside_its_data() {
    let mut lists = Lists::shared();
    for url in ["/things?page[size]=2&page[count]=true&include=entries", "/things/7/tags?page[size]=2"] {
        let document = lists.document(url);
        for item in document["data"].as_array().unwrap() {
            assert!(item["meta"]["page"]["cursor"].is_string(), "{item:#}");
        }
        if let Some(page) = document.pointer("/meta/page") {
            let known = ["total", "estimatedTotal", "rangeTruncated"];
            let members = page.as_object().expect("an object");
            assert!(members.keys().all(|name| known.contains(&name.as_str())), "{page}");
        }
        for included in document["included"].as_array().into_iter().flatten() {
            assert!(included.pointer("/meta/page/total").is_none(), "{included:#}");
        }
    }
}

#[test]
fn cur_71_cur_72_cursors_of_items_fall_on_their_items() {
    let mut lists = Lists::shared();
    for url in ["/entries?sort=-tie,label", "/things/5/relationships/entries?sort=-id"] {
        let document = lists.document(&format!("{url}&page[size]=9"));
        let whole = ids(&document);
        for (position, id) in whole.iter().enumerate().skip(1) {
            let at = encode(cursor_in(&document, id));
            let before = lists.ids(&format!("{url}&page[size]=9&page[before]={at}"));
            assert_eq!(before, whole[..position], "{url}");
            let after = lists.ids(&format!("{url}&page[size]=9&page[after]={at}"));
            assert!(after.starts_with(&whole[position + 1..]), "{url}");
        }
    }
}

#[test]
fn cur_73_the_total_is_of_the_whole_list() {
    let mut lists = Lists::shared();
    for (url, total) in [
        ("/entries?page[size]=300", 620),
        ("/entries?page[size]=100&filter[tie]=1", 207),
        ("/things/5/relationships/entries?page[size]=50", 120),
        ("/vacant?page[size]=2", 0),
    ] {
        let mut next = Some(format!("{url}&page[count]=true"));
        let mut walked = 0;
        while let Some(page) = next {
            let document = lists.document(&page);
            assert_eq!(document["meta"]["page"]["total"], total, "{page}");
            walked += ids(&document).len();
            next = link(&document, "next");
        }
        assert_eq!(walked, total, "{url}");
    }
}

#[test]
fn cur_74_an_estimate_is_an_object() {
    let mut lists = Lists::own(&Options::config("[pagination]\ncount_limit = 100\n"));
    let document = lists.document("/entries?page[size]=10&page[count]=true");
    if let Some(total) = document.pointer("/meta/page/total") {
        assert_eq!(total, 620, "what is said to be the total must be it");
    }
    if let Some(estimate) = document.pointer("/meta/page/estimatedTotal") {
        let members = estimate.as_object().expect("an object");
        assert!(members.iter().all(|(name, value)| name == "bestGuess" && value.is_u64()), "{estimate}");
    }
    assert_eq!(lists.document("/things?page[size]=2&page[count]=true")["meta"]["page"]["total"], 5);
}
