//! When the profile is applied, and how the answer says so.

use serde_json::Value;

use crate::conformance::lists::{Lists, ids};
use crate::harness::http::Response;
use crate::harness::links::href;
use crate::harness::{CURSOR_PROFILE, JSON_API};

fn profiled() -> String {
    format!("{JSON_API};profile=\"{CURSOR_PROFILE}\"")
}

/// Whether header and document say that the profile is applied; fails if they disagree.
#[track_caller]
fn is_applied(response: &Response) -> bool {
    let header = response.header("content-type").unwrap();
    let document = response.json();
    let listed = document["jsonapi"]["profile"] == serde_json::json!([CURSOR_PROFILE]);
    assert_eq!(header, if listed { profiled() } else { JSON_API.to_owned() }, "{document:#}");
    listed
}

#[test]
fn cur_01_asked_for_in_accept_it_is_applied() {
    let mut lists = Lists::shared();
    let accept = profiled();
    for url in ["/things", "/things/5/entries", "/things/5/relationships/entries", "/vacant"] {
        let response = lists.send("GET", url, &[("Accept", &accept)]);
        assert_eq!(response.status, 200, "{url}");
        assert!(is_applied(&response), "{url}");
        let document = response.json();
        assert!(
            ["prev", "next"].iter().all(|name| document["links"].get(*name).is_some()),
            "{url}: {document:#}"
        );
    }
    let response = lists.send("GET", "/things", &[("Accept", &format!("{accept};q=0.1, {JSON_API}"))]);
    assert!(!is_applied(&response), "the plain document is preferred");
}

#[test]
fn cur_01_beside_other_profiles_it_is_applied() {
    let mut lists = Lists::shared();
    let accept = format!("{JSON_API};profile=\"https://a.test/other {CURSOR_PROFILE}\"");
    assert!(is_applied(&lists.send("GET", "/things", &[("Accept", &accept)])));
}

#[test]
fn cur_02_its_parameters_apply_it() {
    let mut lists = Lists::shared();
    let response = lists.get("/things?page[size]=2");
    assert!(is_applied(&response), "{}", response.text());
    let next = href(&response.json()["links"]["next"]).unwrap().to_owned();
    for accept in [JSON_API, "*/*", "application/json"] {
        assert!(is_applied(&lists.send("GET", &next, &[("Accept", accept)])), "{accept}");
    }
    let document = response.json();
    let own = &document["links"]["self"];
    assert_eq!(own["type"], profiled(), "DOC-12: {own}");
    assert!(href(own).is_some_and(|url| url.ends_with("page%5Bsize%5D=2")), "{own}");
}

#[test]
fn cur_03_unasked_it_stays_away() {
    let mut lists = Lists::shared();
    for url in ["/things", "/things?page[limit]=2", "/things?page[number]=1&page[size]=2", "/things/1"] {
        let response = lists.get(url);
        assert!(!is_applied(&response), "{url}");
        assert!(response.json().pointer("/data/0/meta/page").is_none(), "{url}");
    }
    // Asked for where there is nothing to page, or where another style is asked for, it is not applied.
    for url in ["/things/1", "/entries/1/thing", "/things?page[limit]=2"] {
        let response = lists.send("GET", url, &[("Accept", &profiled())]);
        assert_eq!((response.status, is_applied(&response)), (200, false), "{url}");
    }
}

#[test]
fn cur_04_errors_may_carry_it() {
    let mut lists = Lists::shared();
    let response = lists.send("GET", "/things?page[size]=0", &[("Accept", &profiled())]);
    assert_eq!(response.status, 400);
    // Either label will do, as long as header and document agree.
    is_applied(&response);
}

#[test]
fn cur_05_where_nothing_is_paged_its_parameters_are_refused() {
    let mut lists = Lists::shared();
    for url in ["/things/1", "/entries/1/thing", "/entries/1/relationships/thing"] {
        for name in ["page[size]", "page[after]", "page[before]"] {
            lists.refused(&format!("{url}?{name}=1"), name);
        }
    }
    assert_eq!(lists.get("?page[size]=1").status, 400, "the entry point");
}

#[test]
fn cur_60_cur_14_no_sort_that_is_served_is_refused_by_the_profile() {
    let mut lists = Lists::shared();
    for sort in ["weight", "-weight,name", "made", "-seen", "kind", "id", "-id"] {
        let plain = lists.ids(&format!("/things?sort={sort}"));
        assert_eq!(
            lists.pages(&format!("/things?sort={sort}&page[size]=2"), "next").concat(),
            plain,
            "{sort}"
        );
    }
    let plain = lists.ids("/entries?sort=thing.name,-tie");
    assert_eq!(lists.ids("/entries?sort=thing.name,-tie&page[size]=50"), plain);
    // What cannot be sorted at all is refused as it is without the profile.
    let error = lists.refused("/things?sort=entries.label&page[size]=2", "sort");
    assert_ne!(error["links"]["type"], Value::from(format!("{CURSOR_PROFILE}/max-size-exceeded")));
    assert_eq!(ids(&lists.document("/things?page[size]=1")), ["1"]);
}
