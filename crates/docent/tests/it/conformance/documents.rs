//! DOC, META, JAPI: what holds for every document and its top level.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::anatomy::{Kind, is_identifier, members, of_kind, parts};
use super::corpus::{self, Answer};
use super::fixture::{api, assert_error, essence, ids, uris};
use crate::harness::links::{Link, href};
use crate::harness::{CURSOR_PROFILE, JSON_API};

/// Any JSON of which each object names each member once.
struct UniqueKeys;

impl<'de> Deserialize<'de> for UniqueKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = UniqueKeys;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("JSON")
            }
            fn visit_bool<E>(self, _: bool) -> Result<UniqueKeys, E> {
                Ok(UniqueKeys)
            }
            fn visit_i64<E>(self, _: i64) -> Result<UniqueKeys, E> {
                Ok(UniqueKeys)
            }
            fn visit_u64<E>(self, _: u64) -> Result<UniqueKeys, E> {
                Ok(UniqueKeys)
            }
            fn visit_f64<E>(self, _: f64) -> Result<UniqueKeys, E> {
                Ok(UniqueKeys)
            }
            fn visit_str<E>(self, _: &str) -> Result<UniqueKeys, E> {
                Ok(UniqueKeys)
            }
            fn visit_unit<E>(self) -> Result<UniqueKeys, E> {
                Ok(UniqueKeys)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<UniqueKeys, A::Error> {
                while items.next_element::<UniqueKeys>()?.is_some() {}
                Ok(UniqueKeys)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<UniqueKeys, A::Error> {
                let mut seen = BTreeSet::new();
                while let Some((name, UniqueKeys)) = members.next_entry::<String, UniqueKeys>()? {
                    if let Some(repeated) = seen.replace(name) {
                        return Err(serde::de::Error::custom(format_args!("{repeated:?} is there twice")));
                    }
                }
                Ok(UniqueKeys)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[test]
fn doc_01_documents_are_strict_json() {
    for answer in corpus::all() {
        let text = std::str::from_utf8(&answer.response.body);
        let text = text.unwrap_or_else(|error| panic!("{}: {error}", answer.request));
        assert!(!text.starts_with('\u{feff}'), "{}", answer.request);
        if let Err(error) = serde_json::from_str::<UniqueKeys>(text) {
            panic!("{}: {error}: {text}", answer.request);
        }
    }
    assert!(serde_json::from_str::<UniqueKeys>(r#"{"a":[{"b":1,"b":2}]}"#).is_err());
}

#[test]
fn doc_02_doc_03_doc_04_doc_05_the_root_is_an_object_of_members_that_go_together() {
    for Answer { request, document, .. } in corpus::all() {
        let root = document.as_object();
        assert!(root.is_some(), "{request}: {document}");
        let has = |member: &str| root.is_some_and(|it| it.contains_key(member));
        assert!(has("data") || has("errors") || has("meta"), "{request}: {document}");
        assert!(!(has("data") && has("errors")), "{request}: {document}");
        assert!(!has("included") || has("data"), "{request}: {document}");
    }
    assert!(corpus::failed().iter().any(|answer| answer.request.contains("include=artist")));
}

#[test]
fn doc_06_doc_09_objects_have_only_the_members_the_specification_lists() {
    let mut kinds = BTreeSet::new();
    for Answer { request, document, .. } in corpus::all() {
        for part in parts(document) {
            let Some(allowed) = members(part.kind) else { continue };
            kinds.insert(format!("{:?}", part.kind));
            for name in part.value.as_object().into_iter().flat_map(|it| it.keys()) {
                assert!(
                    allowed.contains(&name.as_str()) || name.starts_with('@'),
                    "{request}: {}: {name}",
                    part.pointer
                );
            }
        }
        let of_types = request == "/";
        let allowed = ["self", "related", "describedby", "first", "last", "prev", "next"];
        for name in document["links"].as_object().into_iter().flat_map(|it| it.keys()) {
            assert!(of_types || allowed.contains(&name.as_str()), "{request}: link {name}");
        }
    }
    assert_eq!(kinds.len(), 8, "not every kind of object was seen: {kinds:?}");
}

#[test]
fn doc_10_self_is_the_url_that_produced_the_document() {
    let mut api = api();
    for Answer { request, document, .. } in corpus::found() {
        let url = href(&document["links"]["self"]).unwrap_or_else(|| panic!("{request}: no self")).to_owned();
        let again = api.get(&url).json();
        for member in ["data", "included"] {
            assert_eq!(again.get(member), document.get(member), "{request}: {url}: {member}");
        }
        assert_eq!(again["links"]["self"], document["links"]["self"], "{request}");
    }
}

#[test]
fn doc_11_self_repeats_the_query_parameters() {
    let mut targets: Vec<_> = corpus::FOUND.to_vec();
    targets.push("/albums?filter%5Btitle%5D=a+b&sort=-year,title&page%5Blimit%5D=2&include=artist&fields[artists]=name");
    targets.push("/albums?filter[title]=%C3%86ther%26%2B&sort=%2Dyear");
    let mut api = api();
    for target in targets {
        let document = api.document(target);
        let url = href(&document["links"]["self"]).unwrap();
        assert!(url.starts_with(&api.entry_point()), "{target}: {url} is not absolute");
        let [asked, answered] = [target, url].map(|url| Link::parse(url).parameters(|_| true));
        assert_eq!(asked, answered, "{target}: {url}");
    }
}

#[test]
fn doc_12_self_of_a_profiled_document_is_a_link_object_with_its_media_type() {
    let mut profiled = 0;
    for Answer { request, response, document, .. } in corpus::found() {
        let content_type = response.header("content-type").unwrap_or_default();
        if content_type.contains(';') {
            profiled += 1;
            let link = &document["links"]["self"];
            let media_type = link["type"].as_str().unwrap_or_else(|| panic!("{request}: {link}"));
            assert!(link["href"].is_string(), "{request}: {link}");
            assert_eq!(essence(media_type), JSON_API, "{request}");
            assert_eq!(uris(media_type, "profile"), [CURSOR_PROFILE], "{request}");
        }
    }
    assert!(profiled >= 4, "{profiled}");
}

#[test]
fn doc_13_fetch_22_related_stands_beside_linkage_only_and_leads_to_the_resources() {
    let mut api = api();
    let mut seen = 0;
    for Answer { request, document, .. } in corpus::found() {
        let Some(related) = document["links"].get("related").and_then(href) else { continue };
        assert!(request.contains("/relationships/"), "{request} has a related link");
        seen += 1;
        let mut parent = Link::parse(request).segments;
        let name = parent.pop().unwrap();
        parent.pop();
        let parent = parent.iter().map(|it| crate::harness::links::encode(it)).collect::<Vec<_>>().join("/");
        let resource = api.document(&format!("/{parent}"));
        let links = &resource["data"]["relationships"][&name]["links"];
        assert_eq!(links["related"], related, "{request}");
        let own = href(&document["links"]["self"]).unwrap();
        assert_eq!(
            Link::parse(own).segments,
            Link::parse(href(&links["self"]).unwrap()).segments,
            "{request}"
        );
        let answer = api.document(related);
        let expected = document["data"]
            .as_array()
            .map_or_else(|| vec![&document["data"]["id"]], |it| it.iter().map(|it| &it["id"]).collect());
        let found = answer["data"]
            .as_array()
            .map_or_else(|| vec![&answer["data"]["id"]], |it| it.iter().map(|it| &it["id"]).collect());
        assert!(found.starts_with(&expected), "{request}: {expected:?} against {found:?}");
    }
    assert!(seen >= 5, "{seen}");
}

#[test]
fn doc_14_describedby_leads_to_a_schema() {
    let mut api = api();
    let mut schemas = BTreeSet::new();
    for Answer { request, document, .. } in corpus::found() {
        let url = document["links"].get("describedby").and_then(href);
        schemas.insert(url.unwrap_or_else(|| panic!("{request} has no describedby")).to_owned());
    }
    assert!(schemas.len() >= 8, "{schemas:?}");
    for url in schemas {
        let response = api.send("GET", &url, &[]);
        assert_eq!(response.status, 200, "{url}: {}", response.text());
        let schema = response.json();
        assert!(schema.get("$schema").is_some() || schema.get("openapi").is_some(), "{url}: {schema}");
    }
}

#[test]
fn doc_15_primary_data_of_a_single_resource_is_an_object_or_null() {
    let mut api = api();
    for (target, expected) in [
        ("/albums/1", Some(("albums", "1"))),
        ("/albums/1/artist", Some(("artists", "5"))),
        ("/albums/1/producer", None),
        ("/artists/5/biographies", Some(("biographies", "1"))),
        ("/artists/7/biographies", None),
        ("/albums/1/relationships/artist", Some(("artists", "5"))),
        ("/albums/1/relationships/producer", None),
        ("/chart_entries/1~%257E%2525", Some(("chart_entries", "1~%7E%25"))),
    ] {
        let data = &api.document(target)["data"];
        let found = data.as_object().map(|it| (it["type"].as_str().unwrap(), it["id"].as_str().unwrap()));
        assert_eq!(found, expected, "{target}");
        assert!(data.is_object() || data.is_null(), "{target}: {data}");
    }
}

#[test]
fn doc_16_doc_17_primary_data_of_a_collection_is_an_array_of_one_shape() {
    let mut api = api();
    for (target, length) in [
        ("/albums", 12),
        ("/albums?filter[id]=1", 1),
        ("/albums?filter[id]=999", 0),
        ("/labels", 0),
        ("/albums/3/tracks", 1),
        ("/albums/1/tags", 0),
        ("/albums/1/relationships/tracks", 2),
        ("/albums/3/relationships/tracks", 1),
        ("/albums/1/relationships/tags", 0),
    ] {
        let document = api.document(target);
        let data = document["data"].as_array().unwrap_or_else(|| panic!("{target}: {document}"));
        assert_eq!(data.len(), length, "{target}");
        let identifiers = target.contains("/relationships/");
        assert!(data.iter().all(|it| is_identifier(it) == identifiers), "{target}: {data:?}");
    }
    assert_eq!(ids(&api.document("/albums?filter[id]=1")["data"]), ["1"]);
}

#[test]
fn meta_01_every_meta_is_an_object() {
    let mut seen = 0;
    for Answer { request, document, .. } in corpus::all() {
        for meta in of_kind(document, Kind::Meta) {
            seen += 1;
            assert!(meta.value.is_object(), "{request}: {}: {}", meta.pointer, meta.value);
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn japi_01_japi_02_japi_04_the_jsonapi_object_tells_the_version() {
    for Answer { request, document, .. } in corpus::all() {
        let jsonapi = document["jsonapi"].as_object().unwrap_or_else(|| panic!("{request}: {document}"));
        assert_eq!(jsonapi["version"], "1.1", "{request}");
        assert!(jsonapi.get("meta").is_none_or(Value::is_object), "{request}");
    }
}

#[test]
fn japi_03_its_ext_and_profile_are_those_of_the_content_type() {
    for answer in corpus::all() {
        for parameter in ["ext", "profile"] {
            let member = answer.document["jsonapi"].get(parameter);
            assert!(member.is_none_or(Value::is_array), "{}: {member:?}", answer.request);
            let listed = member.and_then(Value::as_array).into_iter().flatten();
            let mut listed: Vec<_> = listed.map(|it| it.as_str().unwrap_or_default().to_owned()).collect();
            listed.sort();
            assert_eq!(listed, uris(answer.content_type(), parameter), "{}: {parameter}", answer.request);
        }
    }
}

#[test]
fn doc_04_doc_05_errors_to_requests_with_include_hold_nothing_else() {
    let mut api = api();
    for target in ["/albums/999?include=artist", "/albums?include=artist&foo=1", "/nope?include=artist"] {
        let response = api.get(target);
        let document = assert_error(&response, response.status, target);
        assert!(response.status >= 400, "{target}");
        assert!(document.get("data").is_none() && document.get("included").is_none(), "{target}: {document}");
    }
}
