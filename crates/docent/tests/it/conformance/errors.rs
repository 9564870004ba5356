//! ERR: error documents.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::lists::Lists;
use crate::harness::http::Response;
use crate::harness::links::href;
use crate::harness::{JSON_API, assert_valid_document};

/// A request that fails, with the status it fails with.
struct Failing {
    method: &'static str,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    status: u16,
}

const fn get(path: &'static str, status: u16) -> Failing {
    Failing { method: "GET", path, headers: &[("Accept", JSON_API)], status }
}

const fn with(
    method: &'static str,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    status: u16,
) -> Failing {
    Failing { method, path, headers, status }
}

/// One of every kind that a client can cause.
const FAILING: &[Failing] = &[
    get("/nope", 404),
    get("/things/2", 404),
    get("/things/x", 404),
    get("/things/1/nope", 404),
    get("/things/1/relationships/nope", 404),
    get("/things/1/entries/1/thing", 404),
    get("/schemas/nope", 404),
    get("/things?foo=1", 400),
    get("/things?_x=1", 400),
    get("/things?sort=nope", 400),
    get("/things?sort=", 400),
    get("/things/1?sort=name", 400),
    get("/things?include=nope", 400),
    get("/things?include=a,,b", 400),
    get("/things?filter[nope]=1", 400),
    get("/things?filter[weight]=x", 400),
    get("/things?filter[weight][contains]=x", 400),
    get("/things?filter[x][condition][operator]=NOPE", 400),
    get("/things?page[limit]=0", 400),
    get("/things?page[size]=501", 400),
    get("/things?page[after]=nope", 400),
    get("/things?page[limit]=1&page[size]=1", 400),
    get("/things?sort=name&sort=name", 400),
    with("GET", "/things", &[("Accept", "image/png")], 406),
    with("GET", "/things", &[("Accept", "application/vnd.api+json;charset=utf-8")], 406),
    with("GET", "/things", &[("Content-Type", "application/vnd.api+json;charset=utf-8")], 415),
    with("PUT", "/things/1", &[], 405),
    with("POST", "/things", &[("Content-Type", JSON_API)], 405),
    with("FOO", "/things", &[], 501),
    with("GET", "/things", &[("Host", "not a host")], 400),
    with("POST", "/things", &[("X-HTTP-Method-Override", "NOPE")], 400),
];

#[track_caller]
fn fail(lists: &mut Lists, failing: &Failing) -> Response {
    let response = lists.send(failing.method, failing.path, failing.headers);
    assert_eq!(response.status, failing.status, "{} {}: {}", failing.method, failing.path, response.text());
    response
}

#[track_caller]
fn errors(response: &Response) -> Vec<Value> {
    response.json()["errors"].as_array().cloned().unwrap_or_else(|| panic!("{}", response.text()))
}

#[test]
fn err_01_err_17_err_18_every_failure_is_an_error_document() {
    let mut lists = Lists::shared();
    for failing in FAILING {
        let response = fail(&mut lists, failing);
        assert_eq!(response.header("content-type"), Some(JSON_API), "{}", failing.path);
        let document = response.json();
        assert_valid_document(&document);
        assert!(!errors(&response).is_empty(), "{}", failing.path);
        assert!(document.get("data").is_none() && document.get("included").is_none(), "{document:#}");
    }
}

#[test]
fn err_18_failures_outside_the_api_are_error_documents() {
    let lists = Lists::shared();
    let mut client = lists.server().client();
    let long = format!("/{}", "x".repeat(9000));
    let filler = "x".repeat(17_000);
    for (path, headers, status) in [
        ("/nope", vec![], 404),
        ("/health/nope", vec![], 404),
        (long.as_str(), vec![], 414),
        ("/api/things", vec![("X-Filler", filler.as_str())], 431),
    ] {
        let response = client.send("GET", path, &headers, None);
        assert_eq!(response.status, status, "{}", response.text());
        assert_eq!(response.header("content-type"), Some(JSON_API));
        assert_valid_document(&response.json());
    }
    for bytes in ["nonsense\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\nBad Header\r\n\r\n"] {
        let answer = client.raw(bytes.as_bytes(), std::time::Duration::from_secs(5));
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 400 ") && head.contains(JSON_API), "{bytes:?}: {head}");
        assert_valid_document(&serde_json::from_str(body).unwrap());
    }
}

#[test]
fn err_02_err_03_err_04_error_objects_have_what_they_need_and_no_more() {
    const MEMBERS: [&str; 8] = ["id", "links", "status", "code", "title", "detail", "source", "meta"];
    let mut lists = Lists::shared();
    for failing in FAILING {
        let response = fail(&mut lists, failing);
        for error in errors(&response) {
            let members = error.as_object().unwrap();
            assert!(members.keys().all(|name| MEMBERS.contains(&name.as_str())), "{error}");
            assert_eq!(error["status"], failing.status.to_string(), "{error}");
            for name in ["id", "code", "title", "detail"] {
                assert!(error[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {error}");
            }
        }
    }
}

#[test]
fn err_04_each_occurrence_has_its_own_id() {
    let mut lists = Lists::shared();
    let mut seen = HashSet::new();
    for failing in FAILING.iter().chain(FAILING) {
        let response = fail(&mut lists, failing);
        let errors = errors(&response);
        assert_eq!(errors[0]["id"].as_str(), response.header("x-request-id"), "{}", failing.path);
        for error in errors {
            assert!(seen.insert(error["id"].as_str().unwrap().to_owned()), "{error}");
        }
    }
    let response = lists.get("/things?foo=1&bar=2&baz=3");
    let ids: HashSet<_> = errors(&response).iter().map(|error| error["id"].to_string()).collect();
    assert_eq!(ids.len(), 3, "{}", response.text());
}

#[test]
fn err_05_titles_do_not_vary() {
    let mut lists = Lists::shared();
    let mut titles: HashMap<String, Value> = HashMap::new();
    let variants = [
        get("/things?bar=1", 400),
        get("/entries?sort=other", 400),
        get("/things/123456", 404),
        get("/entries?filter[other]=2", 400),
        get("/things?page[number]=x", 400),
    ];
    for failing in FAILING.iter().chain(&variants) {
        for error in errors(&fail(&mut lists, failing)) {
            let code = error["code"].as_str().unwrap().to_owned();
            assert_eq!(titles.entry(code).or_insert(error["title"].clone()), &error["title"], "{error}");
        }
    }
    assert!(titles.len() >= 12, "{titles:?}");
}

#[test]
fn err_06_links_of_errors() {
    let mut lists = Lists::shared();
    let mut seen = 0;
    for failing in FAILING {
        for error in errors(&fail(&mut lists, failing)) {
            let links = error["links"].as_object().cloned().unwrap_or_default();
            for (name, link) in &links {
                assert!(["about", "type"].contains(&name.as_str()) && href(link).is_some(), "{error}");
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "none of the failures has a type link");
}

#[test]
fn err_08_sources_name_one_thing() {
    let mut lists = Lists::shared();
    for failing in FAILING {
        for error in errors(&fail(&mut lists, failing)) {
            let Some(source) = error.get("source") else { continue };
            let source = source.as_object().unwrap();
            let known = source.keys().all(|name| ["pointer", "parameter", "header"].contains(&name.as_str()));
            assert!(known && source.len() == 1, "{error}");
        }
    }
}

#[test]
fn err_12_requests_without_a_document_have_no_pointers() {
    let mut lists = Lists::shared();
    for failing in FAILING {
        for error in errors(&fail(&mut lists, failing)) {
            assert!(error["source"].get("pointer").is_none(), "{error}");
        }
    }
}

#[test]
fn err_13_parameters_at_fault_are_named() {
    let mut lists = Lists::shared();
    for failing in FAILING.iter().filter(|it| it.status == 400 && it.path.contains('?')) {
        let named: Vec<_> =
            failing.path.split(['?', '&']).skip(1).filter_map(|it| it.split('=').next()).collect();
        let response = fail(&mut lists, failing);
        for parameter in response.error_parameters() {
            let family = parameter.split(']').next().unwrap();
            assert!(named.iter().any(|name| name.starts_with(family)), "{}: {parameter:?}", failing.path);
        }
    }
    lists.refused("/things?include=nope", "include");
    lists.refused("/things?sort=nope", "sort");
}

#[test]
fn err_14_headers_at_fault_are_named() {
    let mut lists = Lists::shared();
    for failing in FAILING.iter().filter(|it| [406, 415].contains(&it.status)) {
        let name = if failing.status == 406 { "Accept" } else { "Content-Type" };
        for error in errors(&fail(&mut lists, failing)) {
            assert_eq!(error["source"], serde_json::json!({ "header": name }));
        }
    }
    let host = FAILING.iter().find(|it| it.headers.iter().any(|(name, _)| *name == "Host")).unwrap();
    assert_eq!(errors(&fail(&mut lists, host))[0]["source"]["header"], "Host");
}

#[test]
fn err_15_all_problems_are_reported_together() {
    let mut lists = Lists::shared();
    let response = lists.get("/things?foo=1&sort=&page[limit]=x");
    assert_eq!(
        (response.status, response.error_parameters()),
        (400, ["foo", "page[limit]", "sort"].map(Into::into).into())
    );
    let response = lists.get("/things?sort=nope&include=nope&filter[nope]=1");
    let expected: Vec<String> = ["filter[nope]", "include", "sort"].map(Into::into).into();
    assert_eq!((response.status, response.error_parameters()), (400, expected));
}

#[test]
fn err_16_the_status_fits_all_problems() {
    let mut lists = Lists::shared();
    let response = lists.get("/things?foo=1&page[size]=501&sort=nope");
    assert_eq!(response.status, 400);
    assert!(errors(&response).iter().all(|error| error["status"] == "400"), "{}", response.text());
    // A resource that is not there, and a parameter that is not there.
    let response = lists.get("/things/2?foo=1");
    let statuses: HashSet<_> = errors(&response).iter().map(|error| error["status"].to_string()).collect();
    assert!([400, 404].contains(&response.status), "{}", response.text());
    assert!(statuses.len() == 1 || response.status == 400, "{}", response.text());
}

#[test]
fn errors_do_not_tell_of_the_inside() {
    let mut lists = Lists::shared();
    // The directory of the file, or where the server is and who asks it.
    let location = lists.database().location();
    let (place, _) = location.rsplit_once('/').unwrap();
    for failing in FAILING {
        let text = fail(&mut lists, failing).text();
        for secret in [place, "SELECT", "sqlite", ".rs:", "panicked"] {
            assert!(!text.contains(secret), "{}: {text}", failing.path);
        }
    }
}
