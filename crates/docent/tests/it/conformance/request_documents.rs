//! DOC, META, JAPI, EXT and NEG as far as they concern the documents and media types of requests.

use serde_json::{Value, json};

use super::fixture::{ATOMIC, Api, UNKNOWN_EXTENSION, UNKNOWN_PROFILE, assert_error};
use super::writing::{assert_refusal, book, data, many, one, update, writable};
use crate::harness::JSON_API;

/// Sends any bytes under any `Content-Type`, which must be refused without effect; returns the first error.
#[track_caller]
fn refuse_bytes(api: &mut Api, request: &str, content_type: Option<&str>, body: &[u8], status: u16) -> Value {
    let before = api.rows();
    let (method, target) = request.split_once(' ').unwrap();
    let mut headers = vec![("Accept", JSON_API)];
    headers.extend(content_type.map(|it| ("Content-Type", it)));
    let response = api.transmit(method, target, &headers, Some(body));
    let text = format!("{request} {content_type:?} {}", String::from_utf8_lossy(body));
    let document = assert_error(&response, status, &text);
    api.assert_unchanged(&before, &text);
    document["errors"][0].clone()
}

/// A request that carries a document, for each kind of URL that takes one.
const REQUESTS: [&str; 6] = [
    "POST /books",
    "PATCH /books/1",
    "PATCH /books/1/relationships/editor",
    "PATCH /books/1/relationships/tags",
    "POST /books/1/relationships/tags",
    "DELETE /books/1/relationships/tags",
];

#[test]
fn doc_18_err_12_bodies_that_are_no_json() {
    let mut api = writable();
    for request in REQUESTS {
        for body in [
            &b""[..],
            b" ",
            b"{",
            b"{\"data\":null} x",
            b"{'data':null}",
            b"{\"data\":null,}",
            b"\xff",
            b"{\"data\":\"\xff\"}",
            b"\xef\xbb\xbf{\"data\":null}",
        ] {
            let error = refuse_bytes(&mut api, request, Some(JSON_API), body, 400);
            assert_eq!(error["code"], "invalid-json", "{request}: {error}");
            assert!(error["source"].get("pointer").is_none(), "{request}: {error}");
        }
    }
    let half = br#"{"data":{"type":"books","attributes":{"title":"\ud800"}}}"#;
    let error = refuse_bytes(&mut api, "POST /books", Some(JSON_API), half, 400);
    assert_eq!(
        (&error["code"], &error["source"]["pointer"]),
        (&json!("invalid-json"), &json!("/data/attributes/title"))
    );
}

#[test]
fn doc_18_roots_that_are_no_object() {
    let mut api = writable();
    for request in REQUESTS {
        for root in [json!([]), json!("x"), json!(null), json!(1), json!([{"data": null}])] {
            api.refuse(request, &root, (400, "invalid-document", ""));
        }
    }
}

#[test]
fn doc_19_documents_without_data() {
    let mut api = writable();
    for request in REQUESTS {
        for document in
            [json!({}), json!({"meta": {}}), json!({"Data": null}), json!({"@data": {}, "jsonapi": {}})]
        {
            api.refuse(request, &document, (400, "invalid-document", ""));
        }
    }
}

#[test]
fn doc_01_names_that_stand_twice() {
    let mut api = writable();
    for (body, pointer) in [
        (r#"{"data":{"type":"books","type":"books"}}"#, "/data/type"),
        (r#"{"data":{"type":"books"},"data":{"type":"books"}}"#, "/data"),
        (r#"{"data":{"type":"books","attributes":{"title":"a","title":"b"}}}"#, "/data/attributes/title"),
    ] {
        let error = refuse_bytes(&mut api, "POST /books", Some(JSON_API), body.as_bytes(), 400);
        assert_eq!(
            (&error["code"], &error["source"]["pointer"]),
            (&json!("duplicate-member"), &json!(pointer))
        );
    }
    // They would stand twice in answers.
    for extra in [r#"{"a":1,"a":2}"#, r#"[{"x":{"a":1,"b":2,"a":1}}]"#] {
        let body = format!(r#"{{"data":{{"type":"books","id":"1","attributes":{{"extra":{extra}}}}}}}"#);
        let error = refuse_bytes(&mut api, "PATCH /books/1", Some(JSON_API), body.as_bytes(), 400);
        assert_eq!(error["code"], "duplicate-member", "{error}");
        assert!(
            error["source"]["pointer"].as_str().unwrap().starts_with("/data/attributes/extra"),
            "{error}"
        );
    }
}

#[test]
fn doc_07_members_nobody_defined_are_passed_over() {
    let mut api = writable();
    let mut document = book(json!({}));
    document["foo"] = json!(1);
    document["data"]["bar"] = json!([2]);
    document["data"]["relationships"]["author"]["baz"] = json!({});
    document["data"]["relationships"]["author"]["data"]["attributes"] = json!({"name": "Changed"});
    let created = api.create("/books", &document);
    let text = created.to_string();
    assert!(!text.contains("foo") && !text.contains("bar") && !text.contains("baz"), "{created:#}");
    assert_eq!(api.attributes("/authors/1")["name"], "Ada");
    document["data"]["id"] = json!("4");
    api.update("/books/4", &document);
    let tag = json!({"type": "tags", "id": "sea", "links": {}, "x": 1});
    api.relate("POST /books/1/relationships/tags", json!([tag]));
}

#[test]
fn meta_02_meta_does_no_harm() {
    let mut api = writable();
    let mut document = book(json!({}));
    let meta = json!({"title": "Other", "page": 7, "": [null], "a+b": {"deep": [{}]}});
    document["meta"] = meta.clone();
    document["data"]["meta"] = meta.clone();
    document["data"]["relationships"]["author"]["meta"] = meta.clone();
    document["data"]["relationships"]["author"]["data"]["meta"] = meta.clone();
    let created = api.create("/books", &document);
    assert_eq!(created["data"]["attributes"]["title"], "New");
    let tag = json!({"type": "tags", "id": "sea", "meta": meta});
    api.relate("POST /books/1/relationships/tags", json!([tag]));
    for place in
        ["/meta", "/data/meta", "/data/relationships/author/meta", "/data/relationships/author/data/meta"]
    {
        let mut wrong = document.clone();
        *wrong.pointer_mut(place).unwrap() = json!([]);
        api.refuse("POST /books", &wrong, (400, "invalid-document", place));
    }
}

#[test]
fn japi_05_neg_29_what_a_document_says_of_jsonapi_decides_nothing() {
    let mut api = writable();
    for jsonapi in [
        json!({"version": "9.9"}),
        json!({"ext": [UNKNOWN_EXTENSION], "profile": [UNKNOWN_PROFILE]}),
        json!({"ext": [ATOMIC], "meta": {"a": 1}}),
        json!({"x": {}}),
        json!(null),
        json!("1.0"),
    ] {
        let mut document = book(json!({}));
        document["jsonapi"] = jsonapi;
        let created = api.create("/books", &document);
        assert_eq!(created["jsonapi"], json!({"version": "1.1"}), "{document:#}");
    }
}

#[test]
fn ext_05_members_of_an_extension_that_is_not_declared_are_passed_over() {
    let mut api = writable();
    let operations = json!([{"op": "remove", "ref": {"type": "notes", "id": "1"}}]);
    let mut document = book(json!({}));
    document["atomic:operations"] = operations.clone();
    document["data"]["foo:bar"] = json!(1);
    let created = api.create("/books", &document);
    assert_eq!(created["data"]["attributes"]["title"], "New");
    api.document("/notes/1");
    api.refuse("POST /books", &json!({"atomic:operations": operations}), (400, "invalid-document", ""));
}

#[test]
fn neg_10_neg_11_neg_15_content_types_with_foreign_parameters_write_nothing() {
    let mut api = writable();
    let body = book(json!({})).to_string();
    for parameters in [
        "charset=utf-8".to_owned(),
        "version=1".to_owned(),
        format!("ext=\"{UNKNOWN_EXTENSION}\""),
        format!("ext=\"{ATOMIC} {UNKNOWN_EXTENSION}\""),
        format!("profile=\"{UNKNOWN_PROFILE}\";profile=\"{UNKNOWN_PROFILE}\""),
        "profile".to_owned(),
    ] {
        let content_type = format!("{JSON_API};{parameters}");
        for request in ["POST /books", "PATCH /books/1", "POST /books/1/relationships/tags"] {
            let error = refuse_bytes(&mut api, request, Some(&content_type), body.as_bytes(), 415);
            assert_eq!(error["source"], json!({"header": "Content-Type"}), "{content_type}");
        }
        // Also where there is no body.
        let headers = [("Accept", JSON_API), ("Content-Type", content_type.as_str())];
        assert_eq!(api.send("DELETE", "/notes/1", &headers).status, 415, "{content_type}");
    }
    api.document("/notes/1");
}

#[test]
fn neg_13_unknown_profiles_do_not_keep_from_writing() {
    let mut api = writable();
    let content_type = format!("{JSON_API};profile=\"{UNKNOWN_PROFILE}\"");
    let headers = [("Accept", content_type.as_str()), ("Content-Type", content_type.as_str())];
    let body = book(json!({})).to_string();
    let response = api.transmit("POST", "/books", &headers, Some(body.as_bytes()));
    assert_eq!(response.status, 201, "{}", response.text());
    assert_eq!(response.header("content-type"), Some(JSON_API));
}

#[test]
fn neg_14_neg_31_bodies_of_other_media_types() {
    let mut api = writable();
    for request in REQUESTS {
        let body = if request.ends_with("books") { book(json!({})) } else { data(many("tags", &["sea"])) };
        for content_type in
            [Some("application/json"), Some("text/plain"), Some("*/*"), Some("nonsense"), Some(""), None]
        {
            let error = refuse_bytes(&mut api, request, content_type, body.to_string().as_bytes(), 415);
            assert_eq!(error["source"], json!({"header": "Content-Type"}), "{request} {content_type:?}");
        }
    }
    let response = api.transmit("POST", "/books", &[("Accept", JSON_API)], Some(b"{}"));
    assert_eq!(response.header("accept"), Some(JSON_API), "415 tells what is accepted");
}

#[test]
fn neg_16_neg_24_what_cannot_be_answered_is_not_done() {
    let mut api = writable();
    let body = book(json!({})).to_string();
    let foreign = format!("{JSON_API};charset=utf-8");
    let extended = format!("{JSON_API};ext=\"{ATOMIC}\"");
    for accept in ["image/png", foreign.as_str(), extended.as_str()] {
        let before = api.rows();
        let headers = [("Accept", accept), ("Content-Type", JSON_API)];
        for (method, target) in [("POST", "/books"), ("PATCH", "/books/1"), ("DELETE", "/notes/1")] {
            let response = api.transmit(method, target, &headers, Some(body.as_bytes()));
            let document = assert_error(&response, 406, &format!("{method} Accept: {accept}"));
            assert_eq!(document["errors"][0]["source"], json!({"header": "Accept"}));
        }
        api.assert_unchanged(&before, accept);
    }
    for accept in ["*/*", "application/*", "application/json", "image/png, */*;q=0.1"] {
        let headers = [("Accept", accept), ("Content-Type", JSON_API)];
        let response = api.transmit("POST", "/books", &headers, Some(body.as_bytes()));
        assert_eq!(response.status, 201, "Accept: {accept}: {}", response.text());
        assert_eq!(response.header("content-type"), Some(JSON_API));
    }
}

#[test]
fn query_14_parameters_are_checked_before_anything_changes() {
    let mut api = writable();
    let editor = data(one("authors", "3"));
    let tags = data(many("tags", &["sea"]));
    for (request, parameters, body) in [
        (
            "POST /books",
            &["foo=1", "sort=title", "page[limit]=1", "filter[title]=x", "include=nope", "a:b=1"][..],
            &book(json!({})),
        ),
        (
            "PATCH /books/1",
            &["foo=1", "sort=title", "page[size]=1", "include=title"],
            &update("books", "1", json!({"attributes": {"title": "Other"}})),
        ),
        ("PATCH /books/1/relationships/editor", &["foo=1", "include=editor", "fields[books]=title"], &editor),
        ("POST /books/1/relationships/tags", &["foo=1", "include=tags", "page[limit]=1", "sort=id"], &tags),
        ("DELETE /books/1/relationships/tags", &["foo=1", "filter[id]=1"], &tags),
    ] {
        for parameter in parameters {
            let before = api.rows();
            let response = api.write(&format!("{request}?{parameter}"), body);
            let text = format!("{request}?{parameter}");
            let document = assert_refusal(&response, 400, body, &text);
            let name = parameter.split('=').next().unwrap();
            assert_eq!(document["errors"][0]["source"], json!({"parameter": name}), "{text}");
            api.assert_unchanged(&before, &text);
        }
    }
    for parameter in ["foo=1", "include=book", "include=", "fields[notes]=text"] {
        let before = api.rows();
        let target = format!("/notes/1?{parameter}");
        assert_error(&api.delete(&target), 400, &target);
        api.assert_unchanged(&before, &target);
    }
}
