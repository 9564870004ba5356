//! What one answer promises about others.

use std::collections::HashSet;

use docent_engine::Method;
use docent_jsonapi::query::PageStyle;
use serde_json::Value;

use super::answer;
use super::document::{Document, Identity, exists, identity, linked};
use super::service::{Asked, href, service};
use super::variations;

/// Puts some of a document's promises to the test; `choice` says which.
pub(super) fn check(document: &Document<'_>, choice: u64) {
    let all = std::env::var_os("DOCENT_FUZZ_ALL").is_some();
    let does = |one: u64| all || choice % 8 == one;
    if does(0) {
        check_self(document);
    }
    if does(1) && document.is_list() {
        check_pages(document);
    }
    if does(2) {
        check_resources(document);
    }
    if does(3) {
        variations::check_fields(document);
    }
    if does(4) {
        variations::check_include(document);
    }
    if does(5) && document.is_list() {
        variations::check_complement(document);
    }
    if does(6) && document.is_list() {
        variations::check_walk(document, choice / 8);
    }
}

/// The document behind a link.
pub(super) fn follow<'l>(link: &'l str, accept: Option<&'l str>) -> Document<'l> {
    let asked = Asked::get(link, accept);
    let response = service().answer(asked);
    let body = response.body.concat();
    let body = String::from_utf8_lossy(&body);
    assert_eq!(response.status, 200, "{link}: {body}");
    let document = answer::check(&asked, &response);
    document.unwrap_or_else(|| panic!("no document: {link}"))
}

/// `links.self` leads to the same document, and HEAD is answered as GET is.
fn check_self(document: &Document<'_>) {
    let link = href(&document.value["links"]["self"]).expect("a link to itself");
    let again = follow(link, document.asked.accept);
    let text = |document: &Document<'_>| String::from_utf8_lossy(&document.body).into_owned();
    assert_eq!(text(&again), text(document), "{link}");
    let head = service().answer(Asked { method: Method::Head, ..document.asked });
    assert!(head.status == 200 && head.body.concat() == document.body);
}

fn check_pages(document: &Document<'_>) {
    let accept = document.asked.accept;
    let own: HashSet<Identity> = document.identities().into_iter().collect();
    let page = |name: &str| href(&document.value["links"][name]);
    let is_range =
        matches!(&document.query.page.style, PageStyle::Cursor { after: Some(_), before: Some(_), .. });
    if let Some(link) = page("next") {
        let next = follow(link, accept);
        assert!(!next.data().is_empty(), "an empty page: {link}");
        assert!(next.identities().iter().all(|one| !own.contains(one)), "pages overlap: {link}");
        let back = href(&next.value["links"]["prev"]).expect("a way back");
        let back = follow(back, accept);
        if !is_range {
            assert_eq!(back.identities(), document.identities(), "there and back: {link}");
        }
    }
    if let Some(link) = page("prev") {
        let previous = follow(link, accept);
        if document.has_cursors() {
            assert!(!previous.data().is_empty(), "an empty page: {link}");
            assert!(previous.identities().iter().all(|one| !own.contains(one)), "pages overlap: {link}");
        }
    }
    let first = follow(page("first").expect("a first page"), accept);
    assert!(!first.data().is_empty() || own.is_empty());
    if let Some(link) = page("last") {
        let last = follow(link, accept);
        assert!(
            last.value["links"].get("next").is_none_or(Value::is_null),
            "more behind the last page: {link}"
        );
        assert!(!last.data().is_empty() || own.is_empty());
    }
}

/// The first and the last resource of the document are where their links say, and so is what they are linked with.
fn check_resources(document: &Document<'_>) {
    let shown = if document.has_identifiers() { &[] } else { document.data() };
    for resource in shown.first().into_iter().chain(document.included().last()) {
        let link = resource["links"]["self"].as_str().expect("a link to itself");
        let own = follow(link, None);
        assert_eq!(identity(&own.value["data"]), identity(resource), "{link}");
        for (name, value) in resource["attributes"].as_object().into_iter().flatten() {
            assert_eq!(own.value["data"]["attributes"][name], *value, "{name} of {link}");
        }
        for relationship in resource["relationships"].as_object().into_iter().flatten().map(|(_, one)| one) {
            check_relationship(relationship);
        }
    }
}

fn check_relationship(relationship: &Value) {
    let link = |name: &str| href(&relationship["links"][name]);
    let linkage = follow(link("self").expect("a link to the linkage"), None);
    let related = follow(link("related").expect("a link to what is related"), None);
    let mut all = linkage.identities();
    let shown: Vec<Identity> = linked(relationship).map(identity).collect();
    if relationship.get("data").is_some() {
        let count = shown.len().min(all.len());
        assert_eq!(shown[..count], all[..count], "linkage of {}", linkage.asked.path);
        let complete = link("next").is_none() && linkage.value["links"].get("next").is_none();
        assert!(!complete || shown.len() == all.len(), "linkage of {}", linkage.asked.path);
    }
    all.retain(exists);
    assert_eq!(related.identities(), all, "{}", related.asked.path);
    if let Some(next) = link("next") {
        let rest = follow(next, None);
        assert!(!rest.data().is_empty(), "an empty page: {next}");
        assert!(rest.identities().iter().all(|one| !shown.contains(one)), "pages overlap: {next}");
    }
}
