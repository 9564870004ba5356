//! HTTP: what the standards of HTTP demand.

use std::collections::HashSet;
use std::time::Duration;

use super::lists::Lists;
use crate::harness::http::Response;
use crate::harness::server::Options;
use crate::harness::{CURSOR_PROFILE, JSON_API};

/// A URL of each kind that has a document.
const URLS: [&str; 9] = [
    "",
    "/things",
    "/things/1",
    "/things/5/entries",
    "/entries/1/thing",
    "/things/5/relationships/entries",
    "/entries/1/relationships/thing",
    "/openapi.json",
    "/schemas/things",
];

/// Accepts everything that those URLs serve.
const ANYTHING: (&str, &str) = ("Accept", "*/*");

fn methods(response: &Response) -> Vec<String> {
    let allow = response.header("allow").unwrap_or_default();
    allow.split(',').map(|method| method.trim().to_owned()).collect()
}

#[test]
fn http_01_http_07_head_answers_as_get_without_content() {
    let mut lists = Lists::shared();
    let others = ["/things/2", "/nope", "/things?foo=1", "/things?page[limit]=2"];
    for url in URLS.iter().chain(&others) {
        let [get, head] = ["GET", "HEAD"].map(|method| lists.send(method, url, &[ANYTHING]));
        assert_eq!(get.status, head.status, "{url}");
        assert_eq!(head.body, b"", "{url}");
        for name in ["content-type", "content-length", "etag", "allow", "vary"] {
            // Ids of requests stand in error documents, and may differ in length.
            if name != "content-length" || get.status == 200 {
                assert_eq!(get.header(name), head.header(name), "{url}: {name}");
            }
        }
        assert!(head.header("content-type").is_some(), "{url}");
    }
}

#[test]
fn http_02_http_18_crud_60_put_is_refused_with_what_is_allowed() {
    let mut lists = Lists::shared();
    for url in URLS {
        let response = lists.send("PUT", url, &[ANYTHING]);
        assert_eq!(response.status, 405, "{url}: {}", response.text());
        assert!(methods(&response).contains(&"GET".to_owned()), "{url}: {response:?}");
    }
}

#[test]
fn http_03_ordinary_answers_tell_the_methods() {
    let mut lists = Lists::shared();
    for url in URLS {
        for method in ["GET", "HEAD"] {
            let response = lists.send(method, url, &[ANYTHING]);
            assert_eq!(response.status, 200, "{url}");
            let allowed = methods(&response);
            assert!(
                ["GET", "HEAD"].iter().all(|it| allowed.contains(&(*it).to_owned())),
                "{url}: {allowed:?}"
            );
            // It is a read-only server.
            assert!(
                ["POST", "PATCH", "DELETE"].iter().all(|it| !allowed.contains(&(*it).to_owned())),
                "{url}"
            );
        }
    }
}

#[test]
fn http_04_options_tells_the_methods() {
    let mut lists = Lists::shared();
    for url in URLS {
        let response = lists.send("OPTIONS", url, &[]);
        assert!([200, 204].contains(&response.status), "{url}: {response:?}");
        assert!(methods(&response).contains(&"GET".to_owned()), "{url}: {response:?}");
    }
    assert_eq!(lists.send("OPTIONS", "/nope", &[]).status, 404);
}

#[test]
fn http_05_crud_23_crud_53_allow_tells_the_truth() {
    let mut lists = Lists::shared();
    for url in URLS {
        let allowed = methods(&lists.send("OPTIONS", url, &[]));
        for method in ["GET", "HEAD", "OPTIONS", "POST", "PATCH", "DELETE", "PUT"] {
            let response = lists.send(method, url, &[ANYTHING, ("Content-Type", JSON_API)]);
            if allowed.contains(&method.to_owned()) {
                assert!(response.status < 300, "{method} {url}: {}", response.status);
            } else {
                assert_eq!(response.status, 405, "{method} {url}: {}", response.text());
                assert_eq!(methods(&response), allowed, "{method} {url}");
            }
        }
    }
}

#[test]
fn http_06_methods_that_do_not_exist() {
    let mut lists = Lists::shared();
    for method in ["FOO", "get", "PROPFIND"] {
        let response = lists.send(method, "/things", &[ANYTHING]);
        assert!([405, 501].contains(&response.status), "{method}: {}", response.text());
    }
}

#[test]
fn http_07_answers_without_content_have_none() {
    let mut lists = Lists::shared();
    let tag = lists.get("/things/1").header("etag").unwrap().to_owned();
    let base = lists.server().base_path().to_owned();
    let client = lists.server().client();
    let host = lists.server().address();
    for (request, status) in [
        (format!("OPTIONS {base}/things HTTP/1.1"), "204"),
        (format!("GET {base}/things/1 HTTP/1.1\r\nAccept: {JSON_API}\r\nIf-None-Match: {tag}"), "304"),
        (format!("HEAD {base}/things/1 HTTP/1.1"), "200"),
        (format!("HEAD {base}/things/2 HTTP/1.1"), "404"),
    ] {
        let bytes = format!("{request}\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = String::from_utf8(client.raw(bytes.as_bytes(), Duration::from_secs(10))).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        let (head, content) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(content, "", "{request}");
        let head = head.to_ascii_lowercase();
        assert!(status != "204" || !head.contains("content-length"), "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
    }
}

#[test]
fn http_08_tags_change_with_the_representation() {
    let mut lists = Lists::own(&Options::default());
    let variants = [
        "/things",
        "/things?include=tags",
        "/things?fields[things]=name",
        "/things?sort=-id",
        "/things?page[limit]=2",
        "/things/1",
        "/things/5",
    ];
    let mut tags: Vec<_> = variants.iter().map(|url| tag(&lists.get(url))).collect();
    let profiled = format!("{JSON_API};profile=\"{CURSOR_PROFILE}\"");
    tags.push(tag(&lists.send("GET", "/things", &[("Accept", &profiled)])));
    assert_eq!(tags.iter().collect::<HashSet<_>>().len(), tags.len(), "{tags:?}");
    for (url, tag_before) in variants.iter().zip(&tags) {
        assert_eq!(&tag(&lists.get(url)), tag_before, "{url}: nothing has changed");
    }
    lists.database().open().execute("UPDATE things SET name = 'anchor' WHERE id = 1");
    assert_ne!(tag(&lists.get("/things/1")), tags[5]);
    assert_eq!(tag(&lists.get("/things/5")), tags[6]);
}

#[track_caller]
fn tag(response: &Response) -> String {
    let tag = response.header("etag").unwrap_or_else(|| panic!("no tag: {response:?}"));
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 2, "{tag}");
    tag.to_owned()
}

#[test]
fn http_09_what_the_client_has_is_not_sent_again() {
    let mut lists = Lists::shared();
    for url in URLS {
        let full = lists.send("GET", url, &[ANYTHING]);
        let current = tag(&full);
        let weak = format!("W/{current}");
        let listed = format!("\"other\", {current}");
        for method in ["GET", "HEAD"] {
            for condition in [&current, &weak, &listed, "*"] {
                let response = lists.send(method, url, &[ANYTHING, ("If-None-Match", condition)]);
                assert_eq!((response.status, response.body.len()), (304, 0), "{method} {url} {condition}");
                for name in ["etag", "vary", "cache-control", "content-location", "expires"] {
                    assert_eq!(response.header(name), full.header(name), "{method} {url}: {name}");
                }
                assert_eq!(response.header("date").is_some(), full.header("date").is_some());
            }
        }
        let response = lists.send("GET", url, &[ANYTHING, ("If-None-Match", "\"other\"")]);
        assert_eq!((response.status, response.body), (200, full.body), "{url}");
    }
}

#[test]
fn http_11_preconditions_are_judged_last() {
    let mut lists = Lists::shared();
    for (url, status) in [("/things/2", 404), ("/nope", 404), ("/things?foo=1", 400)] {
        let response = lists.send("GET", url, &[ANYTHING, ("If-None-Match", "*")]);
        assert_eq!(response.status, status, "{url}");
    }
    let response = lists.send("GET", "/things", &[("Accept", "image/png"), ("If-None-Match", "*")]);
    assert_eq!(response.status, 406);
}

#[test]
fn http_12_vary_names_what_chose_the_representation() {
    let mut lists = Lists::shared();
    for url in URLS.iter().chain(&["/nope", "/things?foo=1"]) {
        for method in ["GET", "HEAD", "OPTIONS", "PUT"] {
            let response = lists.send(method, url, &[ANYTHING]);
            let vary = response.header("vary").unwrap_or_default().to_ascii_lowercase();
            assert!(vary.split(',').any(|name| name.trim() == "accept"), "{method} {url}: {vary:?}");
        }
    }
}

#[test]
fn http_14_content_of_a_get_is_ignored() {
    let lists = Lists::shared();
    let mut client = lists.server().client();
    let path = format!("{}/things/1", lists.server().base_path());
    let expected = client.get(&path);
    for body in [&b"{\"data\":null}"[..], b"{", b""] {
        let response =
            client.send("GET", &path, &[("Accept", JSON_API), ("Content-Type", JSON_API)], Some(body));
        assert_eq!((response.status, &response.body), (200, &expected.body));
    }
    // NEG-10 holds for its header all the same.
    let foreign = ("Content-Type", "application/vnd.api+json; charset=utf-8");
    assert_eq!(client.send("GET", &path, &[foreign], Some(b"{}")).status, 415);
}
