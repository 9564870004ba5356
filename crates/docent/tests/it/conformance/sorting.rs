//! SORT: the `sort` parameter.

use serde_json::Value;

use super::fixture::{Api, api, ids};
use crate::harness::links::href;

/// Follows `next` to the end and returns all primary data.
fn all_pages(api: &mut Api, target: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut next = Some(target.to_owned());
    while let Some(url) = next {
        let document = api.document(&url);
        let page = document["data"].as_array().unwrap();
        assert!(!page.is_empty(), "{target}: {url} is empty");
        items.extend(page.iter().cloned());
        next = document["links"].get("next").and_then(href).map(str::to_owned);
    }
    items
}

#[test]
fn sort_02_what_cannot_be_sorted_as_asked_is_refused() {
    let mut api = api();
    for value in [
        "nope",
        "title,nope",
        "nope,title",
        "-nope",
        "artist.nope",
        "artist",
        "tracks.title",
        "artist.albums.title",
        "title.x",
        "artist_id",
        "type",
    ] {
        api.refused(&format!("/albums?sort={value}"), "sort");
    }
    for target in [
        "/albums/1?sort=title",
        "/albums/1/artist?sort=name",
        "/albums/1/producer?sort=name",
        "/albums/1/relationships/artist?sort=name",
        "/people?sort=settings",
        "/albums/1/tracks?sort=year",
        "/?sort=title",
    ] {
        api.refused(target, "sort");
    }
}

#[test]
fn sort_01_sort_03_fields_sort_ascending_unless_prefixed_with_a_minus() {
    let mut api = api();
    for (sort, expected) in [
        ("year", "9 6 10 11 1 3 2 5 7 8 4 12"),
        ("-year", "4 12 2 5 7 8 1 3 6 10 11 9"),
        ("title", "8 10 1 12 2 4 3 9 5 6 11 7"),
        ("-title", "7 11 6 5 9 3 4 2 1 12 10 8"),
        ("id", "1 2 3 4 5 6 7 8 9 10 11 12"),
        ("-id", "12 11 10 9 8 7 6 5 4 3 2 1"),
        ("-price", "2 1 7 8 5 6 12 10 11 3 9 4"),
    ] {
        let document = api.document(&format!("/albums?sort={sort}"));
        assert_eq!(ids(&document["data"]).join(" "), expected, "{sort}");
    }
}

#[test]
fn sort_04_fields_apply_in_the_order_given() {
    let mut api = api();
    for (sort, expected) in [
        ("-year,title", "12 4 8 2 5 7 1 3 10 6 11 9"),
        ("-year,-title", "4 12 7 5 2 8 3 1 11 6 10 9"),
        ("title,-year", "8 10 12 1 2 4 3 9 5 6 11 7"),
        ("live,-year,-id", "12 5 2 3 1 11 10 6 9 4 8 7"),
        ("year,-live,id", "9 6 10 11 1 3 7 8 2 5 4 12"),
    ] {
        let document = api.document(&format!("/albums?sort={sort}"));
        assert_eq!(ids(&document["data"]).join(" "), expected, "{sort}");
    }
}

#[test]
fn sort_05_the_order_holds_over_all_pages() {
    let mut api = api();
    for page in ["page[limit]=7", "page[number]=1&page[size]=10", "page[size]=9", "page[limit]=50"] {
        for (sort, descending) in [("seconds", false), ("-seconds", true)] {
            let target = format!("/tracks?sort={sort}&{page}");
            let items = all_pages(&mut api, &target);
            assert_eq!(items.len(), 68, "{target}");
            let mut keys: Vec<_> =
                items.iter().map(|it| it["attributes"]["seconds"].as_i64().unwrap()).collect();
            if descending {
                keys.reverse();
            }
            assert!(keys.is_sorted(), "{target}: {keys:?}");
            let mut ids: Vec<_> = items.iter().map(|it| it["id"].as_str().unwrap()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), 68, "{target}: a resource came twice");
        }
    }
}

#[test]
fn sort_06_without_sort_the_key_decides() {
    let mut api = api();
    for (target, expected) in [
        ("/albums", "1 2 3 4 5 6 7 8 9 10 11 12"),
        ("/tags", "a/b jazz live unused"),
        ("/l%C3%A4nder", "DE FR 日"),
        ("/chart_entries", "1~1 1~2 1~%7E%25 2~1"),
        ("/artists/5/albums", "1 2"),
    ] {
        assert_eq!(ids(&api.document(target)["data"]).join(" "), expected, "{target}");
    }
}

#[test]
fn sort_07_paths_over_to_one_relationships_sort() {
    let mut api = api();
    for (target, expected) in [
        ("/albums?sort=artist.name", "3 12 4 7 8 1 2 9 10 11 5 6"),
        ("/albums?sort=-artist.name,-id", "6 5 11 10 9 2 1 8 7 4 12 3"),
        ("/albums?sort=artist.heimat.gr%C3%B6%C3%9Fe,id", "5 6 7 8 9 10 11 1 2 3 12 4"),
        ("/albums?sort=-producer.mentor.name,id", "3 8 1 2 4 5 6 7 9 10 11 12"),
        ("/artists?sort=biographies.text", "2 3 4 6 7 5 1"),
    ] {
        assert_eq!(ids(&api.document(target)["data"]).join(" "), expected, "{target}");
    }
}

#[test]
fn sort_08_related_and_relationship_urls_sort_too() {
    let mut api = api();
    for (target, expected) in [
        ("/albums/1/tracks?sort=-title", &["10", "11"][..]),
        ("/albums/1/tracks?sort=title", &["11", "10"]),
        ("/albums/1/tracks?sort=-seconds", &["11", "10"]),
        ("/albums/1/relationships/tracks?sort=title", &["11", "10"]),
        ("/albums/7/tags?sort=-id", &["live", "a/b"]),
        ("/people/1/albums?sort=-title", &["6", "5", "2"]),
    ] {
        assert_eq!(ids(&api.document(target)["data"]), expected, "{target}");
    }
}

#[test]
fn sort_09_malformed_values_are_refused() {
    let mut api = api();
    for value in [
        "",
        "title,,year",
        "title,",
        ",title",
        "-",
        "--year",
        "+year",
        "%20year",
        "year%20",
        "%2Byear",
        "year&sort=title",
    ] {
        api.refused(&format!("/albums?sort={value}"), "sort");
    }
    api.refused("/albums?sort", "sort");
    api.refused("/albums?sort[year]=1", "sort[year]");
}
