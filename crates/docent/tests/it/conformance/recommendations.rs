//! REC: what the specification's recommendations page asks for.

use super::lists::Lists;
use crate::harness::JSON_API;
use crate::harness::links::{Link, href};
use crate::harness::structure::{included, primary};

/// A document of each kind.
const DOCUMENTS: [&str; 6] = [
    "/things?page[limit]=2&page[offset]=2&page[count]=true",
    "/things/7?include=entries.thing,tags",
    "/things/5/entries",
    "/entries/1/thing",
    "/things/5/relationships/entries",
    "/charts/1~2",
];

#[test]
fn rec_02_urls_of_collections_and_resources() {
    let mut lists = Lists::shared();
    let base = lists.server().url().to_owned();
    let entry_point = lists.get("/").json();
    for name in ["things", "entries", "tags", "words", "vacant", "charts"] {
        assert_eq!(href(&entry_point["links"][name]), Some(format!("{base}/{name}").as_str()));
    }
    for path in DOCUMENTS.iter().filter(|path| !path.contains("/relationships/")) {
        let document = lists.document(path);
        for resource in primary(&document).into_iter().chain(included(&document)) {
            let expected = [&resource["type"], &resource["id"]].map(|it| it.as_str().unwrap().to_owned());
            let link = Link::parse(href(&resource["links"]["self"]).unwrap());
            assert!(link.segments.ends_with(&expected), "{resource:#}");
            assert_eq!(link.segments.len(), Link::parse(&base).segments.len() + 2);
        }
    }
}

#[test]
fn rec_03_urls_of_relationships_and_related_resources() {
    let mut lists = Lists::shared();
    let mut seen = 0;
    for path in DOCUMENTS.iter().filter(|path| !path.contains("/relationships/")) {
        let document = lists.document(path);
        for resource in primary(&document).into_iter().chain(included(&document)) {
            let own = href(&resource["links"]["self"]).unwrap();
            for (name, relationship) in resource["relationships"].as_object().into_iter().flatten() {
                let links = &relationship["links"];
                assert_eq!(href(&links["self"]), Some(format!("{own}/relationships/{name}").as_str()));
                assert_eq!(href(&links["related"]), Some(format!("{own}/{name}").as_str()));
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen}");
    let related = lists.document("/entries/1/thing");
    let own = href(&related["data"]["links"]["self"]).unwrap();
    assert!(own.ends_with("/things/5"), "{own}");
}

#[test]
fn rec_04_all_recommended_links_are_sent() {
    let mut lists = Lists::shared();
    for path in DOCUMENTS {
        let document = lists.document(path);
        assert!(href(&document["links"]["self"]).is_some(), "{path}");
        assert!(href(&document["links"]["describedby"]).is_some(), "{path}");
    }
    let page = lists.document(DOCUMENTS[0]);
    for name in ["first", "last", "prev", "next"] {
        assert!(href(&page["links"][name]).is_some(), "{name}: {}", page["links"]);
    }
}

#[test]
fn rec_05_post_can_stand_for_other_methods() {
    let mut lists = Lists::shared();
    for (name, status) in [("PATCH", 405), ("DELETE", 405), ("POST", 405), ("GET", 400), ("NOPE", 400)] {
        let headers = [("Accept", JSON_API), ("X-HTTP-Method-Override", name)];
        let response = lists.send("POST", "/things/1", &headers);
        assert_eq!(response.status, status, "{name}: {}", response.text());
        let header = &response.json()["errors"][0]["source"]["header"];
        assert_eq!(header.is_string(), status == 400, "{name}: {}", response.text());
    }
    // Other methods are what they are.
    let headers = [("Accept", JSON_API), ("X-HTTP-Method-Override", "DELETE")];
    assert_eq!(lists.send("GET", "/things/1", &headers).status, 200);
}

#[test]
fn rec_06_dates_and_times_are_iso_8601() {
    let mut lists = Lists::shared();
    let mut attributes = |path: &str| lists.document(path)["data"]["attributes"].clone();
    let first = attributes("/things/1");
    assert_eq!((&first["made"], &first["seen"]), (&"2024-05-01".into(), &"2025-01-31T10:00:00".into()));
    assert_eq!(attributes("/things/7")["seen"], "2025-01-31T10:00:00.5");
    assert_eq!(attributes("/things/9")["made"], "2020-02-29");
    assert!(attributes("/things/5")["seen"].is_null());
}

#[test]
fn rec_08_filters_by_association() {
    let mut lists = Lists::shared();
    assert_eq!(lists.ids("/things?filter[tags]=t01"), ["1", "7"]);
    assert_eq!(lists.ids("/entries?filter[thing]=7&filter[tie]=0"), ["123"]);
}
