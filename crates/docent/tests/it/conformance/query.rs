//! QUERY: query parameters, whatever they are for.

use super::lists::{Lists, link};
use crate::harness::links::{Link, encode};
use crate::harness::structure::{included, primary};

/// A URL of each kind.
const URLS: [&str; 7] = [
    "/things",
    "/things/1",
    "/things/5/entries",
    "/entries/1/thing",
    "/things/5/relationships/entries",
    "/entries/1/relationships/thing",
    "",
];

#[test]
fn query_01_query_strings_are_read_as_forms_are() {
    let mut lists = Lists::shared();
    for (value, id) in [
        ("a+b", "1"),
        ("a%20b", "1"),
        ("a%2Bb", "2"),
        ("a%2520b", "3"),
        ("x%26y%3Dz", "4"),
        ("x%26y=z", "4"),
        ("Gr%C3%B6%C3%9Fe", "5"),
        ("", "6"),
        ("a,b", "7"),
        ("a%2Cb", "7"),
        ("[x]", "8"),
    ] {
        assert_eq!(lists.ids(&format!("/words?filter[text]={value}")), [id], "{value}");
    }
    // Empty parts are no parameters, and bytes that are no UTF-8 are replaced, not refused.
    assert_eq!(lists.ids("/words?&filter[text]=a+b&&"), ["1"]);
    assert_eq!(lists.ids("/words?filter[text]=%FF"), Vec::<String>::new());
    assert_eq!(lists.ids("/words?filter[text]=100%"), Vec::<String>::new());
}

#[test]
fn query_02_the_whole_name_is_the_parameter() {
    let mut lists = Lists::shared();
    assert_eq!(lists.ids("/things?page[limit]=2&page[offset]=1"), ["5", "7"]);
    assert_eq!(lists.ids("/things?filter[kind]=a&filter[weight]=2"), ["7", "9"]);
    lists.refused("/things?page=2", "page");
}

#[test]
fn query_03_04_brackets_may_be_encoded_or_not() {
    let mut lists = Lists::shared();
    let raw = "/things?fields[things]=name&page[limit]=2&filter[or][0][kind]=a";
    let encoded = raw.replace('[', "%5B").replace(']', "%5D");
    let mixed = raw.replacen('[', "%5b", 2);
    let expected = lists.document(raw);
    assert_eq!(primary(&expected).len(), 2);
    for other in [encoded, mixed] {
        assert_eq!(lists.document(&other), expected, "{other}");
    }
}

#[test]
fn query_05_reserved_names_are_refused() {
    let mut lists = Lists::shared();
    for url in URLS {
        for name in ["foo", "limit", "q", "sorts", "includes", "field"] {
            lists.refused(&format!("{url}?{name}=1"), name);
        }
        lists.refused(&format!("{url}?foo"), "foo");
    }
    let error = lists.refused("/things?sorts=name", "sorts");
    assert!(error["detail"].as_str().unwrap().contains("`sort`"), "{error}");
}

#[test]
fn query_06_names_that_break_the_convention_are_refused() {
    let mut lists = Lists::shared();
    for name in [
        "filter[_]",
        "page[size]x",
        "my.param",
        "_x",
        "-x",
        "a:b",
        "fields[a+b]",
        "page[size",
        "page]size[",
        "filter[a][b",
        "[x]",
        "@a",
        "x y",
    ] {
        for url in ["/things", "/things/1"] {
            let encoded = encode(name).replace("%20", "+");
            lists.refused(&format!("{url}?{encoded}=1"), name);
        }
    }
    // A parameter without a name is one as well.
    assert_eq!(lists.get("/things?=1").status, 400);
}

#[test]
fn query_09_well_formed_names_nobody_knows_are_refused() {
    let mut lists = Lists::shared();
    for name in ["fooBar", "camelCase[x]", "my-param", "größe"] {
        lists.refused(&format!("/things?{}=1", encode(name)), name);
    }
}

#[test]
fn query_10_the_families_have_no_other_forms() {
    let mut lists = Lists::shared();
    for name in [
        "include[]",
        "include[x]",
        "sort[]",
        "sort[x]",
        "fields",
        "fields[]",
        "fields[a][b]",
        "page",
        "filter",
    ] {
        for url in ["/things", "/things/5/entries"] {
            lists.refused(&format!("{url}?{name}=name"), name);
        }
    }
}

#[test]
fn query_11_errors_name_the_parameter_decoded() {
    let mut lists = Lists::shared();
    lists.refused("/things?page%5Bnope%5D=1", "page[nope]");
    lists.refused("/things?filter%5Bgr%C3%B6%C3%9Fe%5D=1", "filter[größe]");
    lists.refused("/things?f%6Fo=1", "foo");
    lists.refused("/things?a+b=1", "a b");
}

#[test]
fn query_12_repeated_parameters_are_refused() {
    let mut lists = Lists::shared();
    for (query, name) in [
        ("sort=name&sort=weight", "sort"),
        ("include=entries&include=entries", "include"),
        ("filter[kind]=a&filter[kind]=b", "filter[kind]"),
        ("page[limit]=1&page%5Blimit%5D=1", "page[limit]"),
        ("fields[things]=name&fields[things]=kind", "fields[things]"),
    ] {
        lists.refused(&format!("/things?{query}"), name);
    }
}

#[test]
fn query_13_links_are_serialized() {
    let mut lists = Lists::shared();
    let request = "/entries?filter[label][starts]=Entry+1&sort=-id&fields[entries]=label,thing&page[limit]=3\
                   &page[offset]=3&page[count]=true&include=thing&fields[things]=name";
    let document = lists.document(request);
    let links = document["links"].as_object().unwrap().keys().cloned();
    for name in links.collect::<Vec<_>>() {
        let url = link(&document, &name).unwrap();
        assert!(url.is_ascii() && !url.contains(['[', ']', ' ', '"']), "{name}: {url}");
    }
    // Encoded and parsed back they are what the client said.
    let parameters = |url: &str| Link::parse(url).parameters(|_| true);
    assert_eq!(parameters(&link(&document, "self").unwrap()), parameters(request));
    assert!(link(&document, "next").unwrap().contains("page%5Boffset%5D=6"));
    // Values of the client's may have anything.
    let odd = "/words?filter[text]=%22%3C%C3%B6%26%3D%23+%2B%25";
    let document = lists.document(odd);
    assert_eq!(parameters(&link(&document, "self").unwrap()), parameters(odd));
    // In relationships and of included resources, the same.
    let document = lists.document("/things?include=entries&page[entries][limit]=1");
    assert_eq!(included(&document).len(), 3);
}

#[test]
fn query_14_parameters_are_checked_everywhere() {
    let mut lists = Lists::shared();
    for url in URLS {
        for method in ["GET", "HEAD"] {
            let response = lists.send(method, &format!("{url}?foo=1"), &[]);
            assert_eq!(response.status, 400, "{method} {url}");
        }
        // This server only reads; what matters is that nothing succeeds.
        for method in ["POST", "PATCH", "DELETE"] {
            let response = lists.send(method, &format!("{url}?foo=1"), &[]);
            assert!([400, 405].contains(&response.status), "{method} {url}: {}", response.text());
        }
    }
    for url in ["/openapi.json", "/schemas/things"] {
        let response = lists.get(&format!("{url}?foo=1"));
        assert_eq!(response.status, 400, "{url}");
    }
}
