//! INC: the `include` parameter.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::anatomy::is_identifier;
use super::corpus;
use super::fixture::api;
use crate::harness::structure::{identity, included};

/// Types that occur in `included`, each with its number of resources.
fn counts(document: &Value) -> Vec<(&str, usize)> {
    let included = included(document);
    let types: BTreeSet<_> = included.iter().map(|it| identity(it).0).collect();
    types
        .into_iter()
        .map(|name| (name, included.iter().filter(|it| identity(it).0 == name).count()))
        .collect()
}

#[test]
fn inc_03_a_url_that_has_nothing_to_include_refuses_the_parameter() {
    let mut api = api();
    for value in ["include=artist", "include=", "include"] {
        api.refused(&format!("/?{value}"), "include");
    }
}

#[test]
fn inc_04_whoever_asks_gets_included_if_need_be_empty() {
    let mut api = api();
    for target in [
        "/albums/1?include=tags",
        "/albums/1?include=producer",
        "/albums/1?include=producer.albums",
        "/albums/1/producer?include=albums",
        "/albums?filter[title]=none&include=artist",
        "/labels?include=founder",
        "/albums/1/tags?include=albums",
        "/artists/7/biographies?include=artist",
        "/albums/1/relationships/tags?include=tags",
        "/albums/1/relationships/producer?include=producer",
        "/albums?page[offset]=1000&include=artist",
    ] {
        assert_eq!(api.document(target).get("included"), Some(&json!([])), "{target}");
    }
}

#[test]
fn inc_05_nothing_is_included_that_was_not_asked_for() {
    let mut api = api();
    for (target, expected) in [
        ("/albums/1?include=tracks", &[("tracks", 2)][..]),
        ("/albums/1?include=artist", &[("artists", 1)]),
        ("/albums/2?include=artist,tags", &[("artists", 1), ("tags", 2)]),
        ("/albums/2?include=producer.mentor", &[("people", 1)]),
        ("/albums/3?include=producer.mentor", &[("people", 2)]),
    ] {
        assert_eq!(counts(&api.document(target)), expected, "{target}");
    }
    for answer in corpus::found().into_iter().filter(|answer| !answer.request.contains("include=")) {
        assert!(answer.document.get("included").is_none(), "{}", answer.request);
    }
}

#[test]
fn inc_06_inc_09_paths_are_names_joined_by_dots_and_bring_what_lies_between() {
    let mut api = api();
    for (target, expected) in [
        ("/albums/1?include=artist,tracks.writer", &[("artists", 2), ("tracks", 2)][..]),
        ("/albums/1?include=tracks.writer", &[("artists", 2), ("tracks", 2)]),
        ("/albums/1?include=tracks.writer.biographies", &[("artists", 2), ("biographies", 1), ("tracks", 2)]),
        ("/albums/1?include=artist.heimat", &[("artists", 1), ("länder", 1)]),
        ("/charts/1?include=chart_entries.album.tags", &[("albums", 2), ("chart_entries", 3), ("tags", 2)]),
        ("/albums/1?include=tracks%2Ewriter%2Cartist", &[("artists", 2), ("tracks", 2)]),
        ("/people/4?include=mentor.mentor", &[("people", 2)]),
    ] {
        assert_eq!(counts(&api.document(target)), expected, "{target}");
    }
}

#[test]
fn inc_06_the_order_of_paths_means_nothing() {
    let mut api = api();
    for [one, other] in [
        ["tags,tracks", "tracks,tags"],
        ["chart_entries,tags,tracks", "tracks,tags,chart_entries"],
        ["artist,producer", "producer,artist"],
        ["artist.albums.tags,tracks.writer", "tracks.writer,artist.albums.tags"],
    ] {
        let [one, other] = [one, other].map(|paths| api.document(&format!("/albums/2?include={paths}")));
        assert_eq!(one["data"], other["data"]);
        let [one, other] = [&one, &other].map(|document| {
            let resources = included(document);
            resources.into_iter().map(|it| (identity(it), it)).collect::<BTreeMap<_, _>>()
        });
        assert!(one == other, "the same resources, with the same linkage: {one:#?} {other:#?}");
    }
}

#[test]
fn inc_07_an_empty_value_includes_nothing() {
    let mut api = api();
    for target in [
        "/albums/1?include=",
        "/albums/1?include",
        "/albums?include=",
        "/albums/1/tracks?include=",
        "/albums/1/artist?include=",
        "/albums/1/relationships/tracks?include=",
    ] {
        let document = api.document(target);
        assert_eq!(document.get("included"), Some(&json!([])), "{target}");
        assert!(!document["data"].is_null(), "{target}");
    }
}

#[test]
fn inc_08_a_path_that_leads_nowhere_fails_the_request() {
    let mut api = api();
    for path in [
        "nope",
        "tracks.nope",
        "artist,nope",
        "nope,artist",
        "tracks.writer.nope",
        "title",
        "artist.name",
        "id",
        "albums",
        "artist_id",
        "artist.",
        ".artist",
        "tracks..writer",
        ".",
        "*",
        "tracks.*",
        "album_tags",
    ] {
        for target in ["/albums", "/albums/1", "/albums?filter[id]=999"] {
            let separator = if target.contains('?') { '&' } else { '?' };
            api.refused(&format!("{target}{separator}include={path}"), "include");
        }
    }
    for target in [
        "/albums/1/tracks?include=artist",
        "/albums/1/producer?include=nope",
        "/albums/1/tags?include=nope",
        "/labels?include=nope",
    ] {
        api.refused(target, "include");
    }
}

#[test]
fn inc_10_on_a_related_url_paths_start_at_the_related_resources() {
    let mut api = api();
    for (target, expected) in [
        ("/albums/1/tracks?include=writer", &[("artists", 2)][..]),
        ("/albums/1/tracks?include=album", &[("albums", 1)]),
        ("/albums/1/artist?include=albums", &[("albums", 2)]),
        ("/albums/1/artist?include=biographies,heimat", &[("biographies", 1), ("länder", 1)]),
        ("/albums/2/tags?include=albums", &[("albums", 3)]),
    ] {
        assert_eq!(counts(&api.document(target)), expected, "{target}");
    }
    api.refused("/albums/1/tracks?include=tracks", "include");
    api.refused("/albums/1/tracks?include=tracks.writer", "include");
}

#[test]
fn inc_11_on_a_relationship_url_paths_start_at_the_parent() {
    let mut api = api();
    for (target, expected) in [
        ("/albums/1/relationships/tracks?include=tracks", &[("tracks", 2)][..]),
        ("/albums/1/relationships/tracks?include=tracks.writer", &[("artists", 2), ("tracks", 2)]),
        ("/albums/1/relationships/artist?include=artist", &[("artists", 1)]),
        (
            "/albums/1/relationships/artist?include=artist.albums,artist.heimat",
            &[("albums", 2), ("artists", 1), ("länder", 1)],
        ),
        ("/albums/2/relationships/tags?include=tags", &[("tags", 2)]),
        ("/people/1/relationships/people?include=people.mentor", &[("people", 3)]),
    ] {
        let document = api.document(target);
        assert_eq!(counts(&document), expected, "{target}");
        let data = document["data"].as_array().cloned().unwrap_or_else(|| vec![document["data"].clone()]);
        assert!(data.iter().all(is_identifier), "{target}: {data:?}");
        assert!(included(&document).iter().all(|it| !is_identifier(it)), "{target}");
    }
    for path in ["writer", "artist", "tracks,artist", "album", "tracks.nope", "nope"] {
        api.refused(&format!("/albums/1/relationships/tracks?include={path}"), "include");
    }
    api.refused("/albums/1/relationships/artist?include=albums", "include");
}

#[test]
fn inc_15_empty_items_blanks_and_repetition_are_refused_and_repeated_paths_harmless() {
    let mut api = api();
    for value in [
        "artist,,tracks",
        "artist,",
        ",artist",
        ",",
        "%20artist",
        "artist,%20tracks",
        "artist+",
        "artist&include=tracks",
        "artist&include=artist",
        "&include=",
    ] {
        api.refused(&format!("/albums/1?include={value}"), "include");
    }
    let once = api.document("/albums/1?include=artist,tracks");
    let twice = api.document("/albums/1?include=artist,tracks,artist,tracks");
    assert_eq!((&once["data"], &once["included"]), (&twice["data"], &twice["included"]));
}
