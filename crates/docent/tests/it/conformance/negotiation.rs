//! NEG: the media type and its parameters, in both directions.

use serde_json::Value;

use super::corpus;
use super::fixture::{
    ATOMIC, Api, UNKNOWN_EXTENSION, UNKNOWN_PROFILE, api, assert_error, essence, parameters, uris,
};
use crate::harness::links::href;
use crate::harness::{CURSOR_PROFILE, JSON_API, assert_valid_document};

/// A media type with these parameters.
fn media_type(parameters: &str) -> String {
    let values =
        [("CUR", CURSOR_PROFILE), ("PROFX", UNKNOWN_PROFILE), ("EXTX", UNKNOWN_EXTENSION), ("ATM", ATOMIC)];
    let parameters = values.iter().fold(parameters.to_owned(), |text, (name, uri)| text.replace(name, uri));
    parameters.replace("JA", JSON_API)
}

/// GETs `/albums` with this `Accept`; the answer must be a plain or a profiled document.
#[track_caller]
fn assert_accepted(api: &mut Api, accept: &str, profiles: &[&str]) {
    let response = api.accepting("/albums", &media_type(accept));
    assert_eq!(response.status, 200, "Accept: {accept}: {}", response.text());
    assert_valid_document(&response.json());
    let content_type = response.header("content-type").unwrap();
    assert_eq!(essence(content_type), JSON_API, "Accept: {accept}");
    assert_eq!(uris(content_type, "profile"), profiles, "Accept: {accept}");
    assert_eq!(uris(content_type, "ext"), Vec::<String>::new(), "Accept: {accept}");
}

#[track_caller]
fn assert_not_acceptable(api: &mut Api, accept: &str) {
    let response = api.accepting("/albums", &media_type(accept));
    let document = assert_error(&response, 406, &format!("Accept: {accept}"));
    assert_eq!(document["errors"][0]["source"]["header"], "Accept", "Accept: {accept}");
}

#[track_caller]
fn assert_unsupported(api: &mut Api, content_type: &str) {
    let response = api.typed("/albums", &media_type(content_type));
    let document = assert_error(&response, 415, &format!("Content-Type: {content_type}"));
    assert_eq!(document["errors"][0]["source"]["header"], "Content-Type", "Content-Type: {content_type}");
}

/// The body of `/albums`, for which a `Content-Type` on the request must change nothing.
#[track_caller]
fn assert_ignored(api: &mut Api, content_type: &str) {
    let plain = api.get("/albums");
    let response = api.typed("/albums", &media_type(content_type));
    assert_eq!(response.status, 200, "Content-Type: {content_type}: {}", response.text());
    assert_eq!(response.header("content-type"), plain.header("content-type"), "Content-Type: {content_type}");
    assert_eq!(response.text(), plain.text(), "Content-Type: {content_type}");
}

#[test]
fn neg_01_every_document_is_labelled_with_the_media_type() {
    for answer in corpus::all() {
        assert_eq!(essence(answer.content_type()), JSON_API, "{}", answer.request);
        assert!(answer.document.is_object(), "{}: {}", answer.request, answer.response.text());
    }
}

#[test]
fn neg_02_no_parameters_but_ext_and_profile() {
    for answer in corpus::all() {
        for (name, _) in parameters(answer.content_type()) {
            assert!(["ext", "profile"].contains(&name.as_str()), "{}: {name}", answer.request);
        }
        let fields =
            answer.response.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        assert_eq!(fields.count(), 1, "{}", answer.request);
    }
}

#[test]
fn neg_03_neg_04_neg_05_profiles_are_one_quoted_list_after_a_semicolon_without_space() {
    let mut api = api();
    let response = api.accepting("/albums", &media_type("JA;profile=\"PROFX CUR\""));
    assert_eq!(response.status, 200, "{}", response.text());
    let expected = media_type("JA;profile=\"CUR\"");
    assert_eq!(response.header("content-type"), Some(expected.as_str()));
    for answer in corpus::all().filter(|answer| answer.content_type().contains(';')) {
        assert_eq!(answer.content_type(), expected, "{}", answer.request);
    }
}

#[test]
fn neg_05_white_space_around_semicolons_is_tolerated() {
    let mut api = api();
    for accept in ["JA ; profile=\"CUR\"", "JA;\tprofile=\"CUR\"", "JA  ;  profile=\"CUR\"  ;  q=0.5"] {
        assert_accepted(&mut api, accept, &[CURSOR_PROFILE]);
    }
    assert_ignored(&mut api, "JA ;  profile=\"PROFX\"");
    for content_type in ["JA ;  ext=\"EXTX\"", "JA\t;\tcharset=utf-8"] {
        assert_unsupported(&mut api, content_type);
    }
}

#[test]
fn neg_06_names_are_case_insensitive_and_uris_are_not() {
    let mut api = api();
    assert_accepted(&mut api, "Application/VND.api+JSON", &[]);
    assert_accepted(&mut api, "APPLICATION/vnd.API+json;PROFILE=\"CUR\"", &[CURSOR_PROFILE]);
    assert_accepted(&mut api, &format!("JA;profile=\"{}\"", CURSOR_PROFILE.to_uppercase()), &[]);
    assert_not_acceptable(&mut api, "Application/VND.api+JSON;Charset=utf-8");
    assert_unsupported(&mut api, "JA;EXT=\"EXTX\"");
    assert_unsupported(&mut api, "application/VND.API+json;charset=utf-8");
    assert_ignored(&mut api, "JA;PROFILE=\"PROFX\"");
}

#[test]
fn neg_08_a_profile_that_was_applied_is_listed_also_when_nobody_asked_for_it() {
    let mut api = api();
    for target in ["/albums?page[size]=3", "/albums/2/relationships/tracks?page[size]=3"] {
        let response = api.get(target);
        assert_eq!(response.status, 200, "{target}: {}", response.text());
        assert!(response.json()["data"][0]["meta"]["page"]["cursor"].is_string(), "{target}");
        assert_eq!(uris(response.header("content-type").unwrap(), "profile"), [CURSOR_PROFILE], "{target}");
    }
}

#[test]
fn neg_10_a_content_type_with_foreign_parameters_is_refused_whatever_the_method() {
    let mut api = api();
    for parameters in ["charset=utf-8", "version=1", "q=1", "profile=\"PROFX\";foo=\"bar\""] {
        assert_unsupported(&mut api, &format!("JA;{parameters}"));
        assert_unsupported(&mut api, &format!("JA; {parameters}"));
    }
    let content_type = format!("{JSON_API}; charset=utf-8");
    let response = api.send("HEAD", "/albums", &[("Accept", JSON_API), ("Content-Type", &content_type)]);
    assert_eq!(response.status, 415);
}

#[test]
fn neg_11_a_content_type_with_an_unsupported_extension_is_refused() {
    let mut api = api();
    for parameters in ["ext=\"EXTX\"", "ext=EXTX", "ext=\"ATM EXTX\"", "profile=\"PROFX\";ext=\"EXTX\""] {
        assert_unsupported(&mut api, &format!("JA;{parameters}"));
    }
}

#[test]
fn neg_13_unknown_profiles_are_ignored() {
    let mut api = api();
    assert_accepted(&mut api, "JA;profile=\"PROFX\"", &[]);
    assert_accepted(&mut api, "JA;profile=\"PROFX CUR\"", &[CURSOR_PROFILE]);
    assert_ignored(&mut api, "JA;profile=\"PROFX\"");
}

#[test]
fn neg_15_broken_media_types_are_refused_and_empty_lists_are_none() {
    let mut api = api();
    for parameters in [
        "ext=\"ATM\";ext=\"ATM\"",
        "profile=\"PROFX\";profile=\"PROFX\"",
        "profile=\"PROFX",
        "profile",
        "=\"PROFX\"",
        "profile=\"PROFX\" x",
    ] {
        assert_unsupported(&mut api, &format!("JA;{parameters}"));
        assert_not_acceptable(&mut api, &format!("JA;{parameters}"));
    }
    assert_accepted(&mut api, "JA;ext=\"\"", &[]);
    assert_accepted(&mut api, "JA;profile=\"CUR\";profile=\"CUR\", JA", &[]);
    assert_ignored(&mut api, "JA;ext=\"\"");
}

#[test]
fn neg_16_instances_with_foreign_parameters_are_skipped() {
    let mut api = api();
    for accept in
        ["JA;foo=1, JA", "JA, JA;foo=1", "JA;foo=\"a,b;c\",JA;q=0.1", "JA;charset=utf-8;q=1, JA;q=0.001"]
    {
        assert_accepted(&mut api, accept, &[]);
    }
    assert_accepted(&mut api, "JA;foo=1, JA;profile=\"CUR\";q=0.2", &[CURSOR_PROFILE]);
    assert_accepted(&mut api, "JA;profile=\"CUR\";foo=1, JA;q=0.2", &[]);
}

#[test]
fn neg_17_only_instances_with_foreign_parameters_are_refused() {
    let mut api = api();
    for accept in
        ["JA;charset=utf-8", "JA;charset=utf-8, */*;q=0.1", "JA;a=1,JA;b=2", "JA;profile=\"CUR\";a=1"]
    {
        assert_not_acceptable(&mut api, accept);
    }
}

#[test]
fn neg_18_only_instances_with_unsupported_extensions_are_refused() {
    let mut api = api();
    for accept in
        ["JA;ext=\"EXTX\"", "JA;ext=EXTX", "JA;ext=\"ATM EXTX\"", "JA;ext=\"EXTX\", JA;ext=\"EXTX ATM\""]
    {
        assert_not_acceptable(&mut api, accept);
    }
    assert_accepted(&mut api, "JA;ext=\"EXTX\", JA", &[]);
    assert_accepted(&mut api, "JA;ext=\"EXTX\", JA;profile=\"CUR\";q=0.1", &[CURSOR_PROFILE]);
}

#[test]
fn neg_19_foreign_parameters_here_and_unsupported_extensions_there_leave_nothing() {
    let mut api = api();
    assert_not_acceptable(&mut api, "JA;foo=1, JA;ext=\"EXTX\"");
    assert_not_acceptable(&mut api, "JA;ext=\"EXTX\", JA;foo=1, JA;ext=\"EXTX\";foo=1");
}

#[test]
fn neg_20_neg_27_the_usable_instance_with_the_highest_quality_is_applied() {
    let mut api = api();
    for (accept, profiles) in [
        ("JA;profile=\"CUR\"", &[CURSOR_PROFILE][..]),
        ("JA;profile=\"CUR\";q=0.3, JA", &[]),
        ("JA, JA;profile=\"CUR\";q=0.3", &[]),
        ("JA;q=0.3, JA;profile=\"CUR\"", &[CURSOR_PROFILE]),
        ("JA;profile=\"CUR\", JA;q=0.3", &[CURSOR_PROFILE]),
        ("JA;profile=\"PROFX\";q=0.3, JA;profile=\"CUR\"", &[CURSOR_PROFILE]),
        ("JA;profile=\"PROFX\";q=0.31, JA;profile=\"CUR\";q=0.309", &[]),
    ] {
        assert_accepted(&mut api, accept, profiles);
    }
    let profiles = |accept: &str| {
        let response = api.accepting("/albums", &media_type(accept));
        uris(response.header("content-type").unwrap(), "profile")
    };
    let [first, second] = ["JA, JA;profile=\"CUR\"", "JA;profile=\"CUR\", JA"].map(profiles);
    assert_eq!(first, second, "order among equals means nothing");
}

#[test]
fn neg_21_a_weight_is_no_parameter() {
    let mut api = api();
    for accept in ["JA;q=0.5", "JA; q=0.001", "JA;Q=1.000", "JA;profile=\"PROFX\";q=0.9"] {
        assert_accepted(&mut api, accept, &[]);
    }
    assert_accepted(&mut api, "JA;profile=\"CUR\";q=0.9", &[CURSOR_PROFILE]);
}

#[test]
fn neg_22_a_weight_of_zero_rules_an_instance_out() {
    let mut api = api();
    for accept in ["JA;q=0", "JA;q=0.000", "JA;q=0, text/plain"] {
        assert_not_acceptable(&mut api, accept);
    }
    assert_accepted(&mut api, "JA;q=0, JA;profile=\"CUR\";q=0.1", &[CURSOR_PROFILE]);
}

#[test]
fn neg_23_no_header_and_wildcards_accept_documents() {
    let mut api = api();
    let response = api.send("GET", "/albums", &[]);
    assert_eq!((response.status, response.header("content-type")), (200, Some(JSON_API)));
    for accept in
        ["*/*", "application/*", "application/json", "text/plain, */*;q=0.1", "application/*;q=0.2,image/png"]
    {
        assert_accepted(&mut api, accept, &[]);
    }
}

#[test]
fn neg_24_other_media_types_alone_are_refused() {
    let mut api = api();
    for accept in ["text/plain", "image/png, text/csv", "application/xml", "*/*;q=0"] {
        assert_not_acceptable(&mut api, accept);
    }
}

#[test]
fn neg_26_an_extension_that_cannot_be_applied_here_is_refused_and_never_claimed() {
    let mut api = api();
    for target in ["/albums", "/albums/1", "/albums/1/tracks", "/albums/1/relationships/tracks", "/"] {
        let response = api.accepting(target, &media_type("JA;ext=\"ATM\""));
        assert_error(&response, 406, target);
        assert!(!response.header("content-type").unwrap().contains(ATOMIC), "{target}");
    }
}

#[test]
fn neg_28_every_response_varies_by_accept() {
    let mut api = api();
    let etag = api.get("/albums").header("etag").unwrap().to_owned();
    let charset = format!("{JSON_API};charset=utf-8");
    let profiled = media_type("JA;profile=\"CUR\"");
    for (method, target, header, status) in [
        ("GET", "/albums", ("Accept", JSON_API), 200),
        ("GET", "/", ("Accept", JSON_API), 200),
        ("GET", "/albums/1/relationships/tracks", ("Accept", JSON_API), 200),
        ("GET", "/albums?page[size]=1", ("Accept", JSON_API), 200),
        ("GET", "/albums", ("Accept", profiled.as_str()), 200),
        ("HEAD", "/albums", ("Accept", JSON_API), 200),
        ("GET", "/albums", ("If-None-Match", etag.as_str()), 304),
        ("GET", "/albums?foo=1", ("Accept", JSON_API), 400),
        ("GET", "/albums/999", ("Accept", JSON_API), 404),
        ("GET", "/nope", ("Accept", JSON_API), 404),
        ("PUT", "/albums/1", ("Accept", JSON_API), 405),
        ("GET", "/albums", ("Accept", charset.as_str()), 406),
        ("GET", "/albums", ("Content-Type", charset.as_str()), 415),
    ] {
        let response = api.send(method, target, &[header]);
        assert_eq!(response.status, status, "{method} {target} {header:?}: {}", response.text());
        let vary = response.header("vary").unwrap_or_default().to_ascii_lowercase();
        assert!(
            vary.split(',').any(|name| name.trim() == "accept"),
            "{method} {target} {header:?}: {vary:?}"
        );
    }
}

#[test]
fn neg_30_several_lines_are_one_list_and_quotes_hide_separators() {
    let mut api = api();
    let unsupported = media_type("JA;ext=\"EXTX\"");
    for lines in [[unsupported.as_str(), JSON_API], [JSON_API, unsupported.as_str()]] {
        let response = api.send("GET", "/albums", &lines.map(|line| ("Accept", line)));
        assert_eq!(response.status, 200, "{lines:?}: {}", response.text());
    }
    let response = api.send("GET", "/albums", &[("Accept", &unsupported), ("Accept", "text/plain")]);
    assert_error(&response, 406, "two useless lines");
    for accept in [
        "JA;profile=\"http://e.test/a,b\"",
        "JA;profile=\"http://e.test/a;b\"",
        "JA;profile=\"http://e.test/a\\\",JA;foo=1\"",
        "JA;profile=\"http://e.test/a;charset=utf-8\";q=0.5",
    ] {
        assert_accepted(&mut api, accept, &[]);
    }
}

#[test]
fn neg_31_refusals_name_the_header_and_415_tells_what_is_accepted() {
    let mut api = api();
    let foreign = format!("{JSON_API};charset=utf-8");
    let document = assert_error(&api.accepting("/albums", &foreign), 406, "Accept");
    assert_eq!(document["errors"][0]["source"], serde_json::json!({"header": "Accept"}));
    let response = api.typed("/albums", &foreign);
    let document = assert_error(&response, 415, "Content-Type");
    assert_eq!(document["errors"][0]["source"], serde_json::json!({"header": "Content-Type"}));
    let accepted = response.header("accept").unwrap_or_default();
    assert!(accepted.split(',').any(|it| it.trim() == JSON_API), "Accept: {accepted:?}");
}

#[test]
fn neg_32_with_both_headers_bad_either_refusal_will_do() {
    let mut api = api();
    let bad = format!("{JSON_API};a=b");
    let response = api.send("GET", "/albums", &[("Accept", &bad), ("Content-Type", &bad)]);
    assert!([406, 415].contains(&response.status), "{}: {}", response.status, response.text());
    assert_error(&response, response.status, "both headers");
}

#[test]
fn neg_27_a_known_profile_in_accept_is_applied_and_followed_by_its_links() {
    let mut api = api();
    let accept = media_type("JA;profile=\"CUR\"");
    let document = api.accepting("/tracks", &accept).json();
    assert_valid_document(&document);
    assert_eq!(document["jsonapi"]["profile"], Value::from(vec![CURSOR_PROFILE]));
    assert!(document["data"][0]["meta"]["page"]["cursor"].is_string());
    let next = href(&document["links"]["next"]).unwrap().to_owned();
    let following = api.accepting(&next, &accept);
    assert_eq!(following.status, 200, "{}", following.text());
    assert_eq!(following.json()["data"].as_array().unwrap().len(), 18);
}
