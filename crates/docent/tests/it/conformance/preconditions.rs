//! HTTP-10 and HTTP-11: writes that say which version they change.

use serde_json::{Value, json};

use super::fixture::{Api, assert_error};
use super::writing::{book, data, many, one, update, writable, writable_with};
use crate::harness::JSON_API;
use crate::harness::http::Response;

const STALE: &str = "\"00000000000000000000000000000000\"";

/// A change of something for each kind of request that has a version: the request and its document. One after the other
/// they all make a difference.
fn changes() -> Vec<(&'static str, Option<Value>)> {
    vec![
        ("PATCH /books/1", Some(update("books", "1", json!({"attributes": {"title": "Other"}})))),
        ("DELETE /notes/1", None),
        ("PATCH /books/1/relationships/editor", Some(data(one("authors", "3")))),
        ("PATCH /books/1/relationships/tags", Some(data(many("tags", &["sea"])))),
        ("POST /books/1/relationships/tags", Some(data(many("tags", &["a/b~c"])))),
        ("DELETE /books/1/relationships/tags", Some(data(many("tags", &["sea"])))),
        ("POST /books/1/relationships/notes", Some(data(many("notes", &["4"])))),
    ]
}

/// Sends a change with these `If-Match` lines.
#[track_caller]
fn change(api: &mut Api, request: &str, document: Option<&Value>, conditions: &[&str]) -> Response {
    let conditions: Vec<_> = conditions.iter().map(|condition| ("If-Match", *condition)).collect();
    change_under(api, request, document, &conditions)
}

/// Sends a change under these conditions.
#[track_caller]
fn change_under(
    api: &mut Api,
    request: &str,
    document: Option<&Value>,
    conditions: &[(&str, &str)],
) -> Response {
    let (method, target) = request.split_once(' ').unwrap();
    let mut headers = vec![("Accept", JSON_API)];
    headers.extend(document.map(|_| ("Content-Type", JSON_API)));
    headers.extend(conditions);
    let body = document.map(Value::to_string);
    api.transmit(method, target, &headers, body.as_ref().map(String::as_bytes))
}

fn tag(api: &mut Api, request: &str) -> String {
    let target = request.split_once(' ').unwrap().1;
    let response = api.get(target);
    response.header("etag").unwrap_or_else(|| panic!("{target}: {response:?}")).to_owned()
}

#[test]
fn http_10_err_14_a_version_that_is_gone_is_not_changed() {
    let mut api = writable();
    for (request, document) in changes() {
        let current = tag(&mut api, request);
        let weak = format!("W/{current}");
        let bare = current.trim_matches('"').to_owned();
        for condition in [STALE, &weak, &bare, "\"a\", \"b\"", ""] {
            let before = api.rows();
            let response = change(&mut api, request, document.as_ref(), &[condition]);
            let answer = assert_error(&response, 412, &format!("{request} If-Match: {condition}"));
            let error = &answer["errors"][0];
            assert_eq!(error["code"], "precondition-failed", "{request}: {answer:#}");
            assert_eq!(error["source"], json!({"header": "If-Match"}), "{request}: {answer:#}");
            api.assert_unchanged(&before, request);
        }
        let response = change(&mut api, request, document.as_ref(), &[&current]);
        assert!([200, 204].contains(&response.status), "{request}: {}", response.text());
        if document.is_some() {
            let response = change(&mut api, request, document.as_ref(), &[&current]);
            assert_eq!(response.status, 412, "{request}: it has changed meanwhile");
        }
    }
}

#[test]
fn http_10_lists_of_versions_and_any_version() {
    for conditions in
        [&["*"][..], &["CURRENT"], &["\"x\", CURRENT , W/\"y\""], &["\"x\"", "CURRENT"], &["\"a,b\",CURRENT"]]
    {
        let mut api = writable();
        for (request, document) in changes() {
            let current = tag(&mut api, request);
            let conditions: Vec<_> = conditions.iter().map(|it| it.replace("CURRENT", &current)).collect();
            let conditions: Vec<_> = conditions.iter().map(String::as_str).collect();
            let response = change(&mut api, request, document.as_ref(), &conditions);
            assert!([200, 204].contains(&response.status), "{request} {conditions:?}: {}", response.text());
        }
    }
}

#[test]
fn http_10_the_tag_of_a_write_serves_for_the_next() {
    let mut api = writable();
    let created = api.write("POST /books", &book(json!({})));
    let mut current = created.header("etag").unwrap().to_owned();
    for title in ["One", "Two", "Three"] {
        let document = update("books", "4", json!({"attributes": {"title": title}}));
        let response = change(&mut api, "PATCH /books/4", Some(&document), &[&current]);
        assert_eq!(response.status, 200, "{title}: {}", response.text());
        let next = response.header("etag").unwrap().to_owned();
        let again = change(&mut api, "PATCH /books/4", Some(&document), &[&current]);
        assert_eq!(again.status, 412, "{title}");
        current = next;
    }
    assert_eq!(change(&mut api, "DELETE /books/4", None, &[&current]).status, 204);
}

#[test]
fn http_10_of_those_who_change_one_version_one_wins() {
    let count = |api: &mut Api| api.attributes("/specimens/1")["whole"].as_u64().unwrap_or_default();
    let mut api = writable();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let mut api = api.another();
            scope.spawn(move || {
                for _ in 0..10 {
                    // Until nobody came between reading and writing.
                    loop {
                        let read = api.get("/specimens/1");
                        let next =
                            read.json()["data"]["attributes"]["whole"].as_u64().unwrap_or_default() + 1;
                        let document = update("specimens", "1", json!({"attributes": {"whole": next}}));
                        let current = read.header("etag").unwrap();
                        let response = change(&mut api, "PATCH /specimens/1", Some(&document), &[current]);
                        match response.status {
                            200 => break,
                            status => assert_eq!(status, 412, "{}", response.text()),
                        }
                    }
                }
            });
        }
    });
    assert_eq!(count(&mut api), 40);
}

#[test]
fn http_10_only_changes_of_the_resource_itself_count() {
    let mut api = writable();
    let current = tag(&mut api, "GET /books/1");
    let linkage = tag(&mut api, "GET /books/1/relationships/tags");
    api.update("/authors/1", &update("authors", "1", json!({"attributes": {"name": "Other"}})));
    api.relate("POST /books/1/relationships/notes", many("notes", &["4"]));
    let members = json!({"attributes": {"subtitle": "Other"}});
    let response = change(&mut api, "PATCH /books/1", Some(&update("books", "1", members)), &[&current]);
    assert_eq!(response.status, 200, "{}", response.text());
    let document = data(many("tags", &["sea"]));
    let response = change(&mut api, "POST /books/1/relationships/tags", Some(&document), &[&linkage]);
    assert_eq!(response.status, 204, "{}", response.text());
}

#[test]
fn http_10_what_is_new_has_no_version() {
    let mut api = writable();
    for conditions in [("If-Match", STALE), ("If-None-Match", "*")] {
        let response = change_under(&mut api, "POST /books", Some(&book(json!({}))), &[conditions]);
        assert_eq!(response.status, 201, "{}", response.text());
    }
}

/// RFC 9110, 13.1.2 and 13.2.2.
#[test]
fn http_10_a_version_that_is_not_to_be_there_is_not_changed() {
    let mut api = writable();
    for (request, document) in changes() {
        let current = tag(&mut api, request);
        let (weak, among) = (format!("W/{current}"), format!("\"a\", {current}"));
        let conditions = ["*", &current, &weak, &among].map(|condition| vec![("If-None-Match", condition)]);
        let both = vec![("If-Match", &*current), ("If-None-Match", "*")];
        for conditions in conditions.into_iter().chain([both]) {
            let before = api.rows();
            let response = change_under(&mut api, request, document.as_ref(), &conditions);
            let answer = assert_error(&response, 412, &format!("{request} {conditions:?}"));
            let error = &answer["errors"][0];
            assert_eq!(error["code"], "precondition-failed", "{request}: {answer:#}");
            assert_eq!(error["source"], json!({"header": "If-None-Match"}), "{request}: {answer:#}");
            api.assert_unchanged(&before, request);
        }
        let response = change_under(&mut api, request, document.as_ref(), &[("If-None-Match", STALE)]);
        assert!([200, 204].contains(&response.status), "{request}: {}", response.text());
    }
    let document = update("books", "999", json!({}));
    let response = change_under(&mut api, "PATCH /books/999", Some(&document), &[("If-None-Match", "*")]);
    assert_error(&response, 404, "there is nothing to change");
}

#[test]
fn http_11_versions_are_judged_after_everything_else_that_fails() {
    let mut api = writable();
    let other = json!({"attributes": {"title": "Other"}});
    for (request, document, status) in [
        ("PATCH /books/999", update("books", "999", other.clone()), 404),
        ("PATCH /nopes/1", update("nopes", "1", json!({})), 404),
        ("PATCH /books/1?foo=1", update("books", "1", other.clone()), 400),
        ("PATCH /books/1", json!({}), 400),
        ("PATCH /books/1", update("books", "2", other.clone()), 409),
        ("PATCH /books/1", update("books", "1", json!({"attributes": {"nope": 1}})), 422),
        ("PATCH /books/999/relationships/tags", data(json!([])), 404),
        ("PATCH /books/1/relationships/tags", data(json!(null)), 400),
        ("PATCH /catalogue/1", update("catalogue", "1", json!({})), 405),
    ] {
        let before = api.rows();
        let response = change(&mut api, request, Some(&document), &[STALE]);
        assert_error(&response, status, request);
        api.assert_unchanged(&before, request);
    }
    for target in ["/notes/999", "/nopes/1"] {
        let response = change(&mut api, &format!("DELETE {target}"), None, &[STALE]);
        assert_error(&response, 404, target);
    }
    let body = update("books", "1", other).to_string();
    for (header, status) in [(("Content-Type", "text/plain"), 415), (("Accept", "image/png"), 406)] {
        let mut headers = vec![("Accept", JSON_API), ("Content-Type", JSON_API), ("If-Match", STALE)];
        headers.retain(|it| it.0 != header.0);
        headers.push(header);
        let response = api.transmit("PATCH", "/books/1", &headers, Some(body.as_bytes()));
        assert_error(&response, status, header.1);
    }
}

#[test]
fn versions_can_be_required() {
    let mut api = writable_with("[server]\nrequire_if_match = true\n");
    for (request, document) in changes() {
        let before = api.rows();
        let response = change(&mut api, request, document.as_ref(), &[]);
        let answer = assert_error(&response, 428, request);
        let error = &answer["errors"][0];
        assert_eq!(error["code"], "precondition-required", "{request}: {answer:#}");
        assert_eq!(error["source"], json!({"header": "If-Match"}), "{request}: {answer:#}");
        api.assert_unchanged(&before, request);
        let current = tag(&mut api, request);
        let response = change(&mut api, request, document.as_ref(), &[&current]);
        assert!([200, 204].contains(&response.status), "{request}: {}", response.text());
    }
    assert_eq!(change(&mut api, "POST /books", Some(&book(json!({}))), &[]).status, 201);
    let missing = change(&mut api, "DELETE /notes/999", None, &[]);
    assert!([404, 428].contains(&missing.status), "{}", missing.text());
}
