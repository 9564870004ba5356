//! Requests that are no writes: documents of the wrong form, methods and media types that do not go with the URL.

use serde_json::{Value, json};

use super::super::problem::{Expected, Problem, Refusal, Source};
use super::WriteGenerator;
use crate::harness::JSON_API;

/// The media type of operations.
pub(in crate::differential::writes) const ATOMIC: &str =
    r#"application/vnd.api+json;ext="https://jsonapi.org/ext/atomic""#;

/// A request that must be refused for its form.
pub(in crate::differential::writes) struct Malformed {
    pub(in crate::differential::writes) what: &'static str,
    pub(in crate::differential::writes) method: &'static str,
    pub(in crate::differential::writes) segments: Vec<String>,
    pub(in crate::differential::writes) query: &'static str,
    pub(in crate::differential::writes) headers: Vec<(&'static str, String)>,
    pub(in crate::differential::writes) body: String,
    pub(in crate::differential::writes) expected: Expected,
}

/// What is wrong, the body, the code and the pointer.
type Wrong = (&'static str, String, &'static str, &'static str);

impl WriteGenerator<'_> {
    /// Any of them.
    pub(in crate::differential::writes) fn malformed(&mut self) -> Malformed {
        match self.random.below(100) {
            0..45 => self.wrong_resource(),
            45..60 => self.wrong_linkage(),
            60..80 => self.wrong_operations(),
            _ => self.wrong_request(),
        }
    }

    /// A type, and a resource of it.
    fn place(&mut self) -> (String, String) {
        loop {
            let (of, id) = self.existing();
            if self.store_has(of, &id) {
                return (self.schema.types[of].name.clone(), id);
            }
        }
    }

    fn store_has(&self, of: usize, id: &str) -> bool {
        let owner = &self.schema.types[of];
        self.store.rows[&owner.table].iter().any(|row| super::id_of(&owner.key, row) == id)
    }

    fn wrong_resource(&mut self) -> Malformed {
        let (name, id) = self.place();
        let creating = self.random.percent(50);
        let with = |member: &str, value: Value| {
            let mut data = json!({ "type": name });
            if !creating {
                data["id"] = json!(id);
            }
            data[member] = value;
            json!({ "data": data }).to_string()
        };
        let relationship = |value: Value| with("relationships", json!({ "any": value }));
        let plain: String = with("meta", json!({}));
        let mut choices: Vec<Wrong> = vec![
            ("no data", "{}".to_owned(), "invalid-document", ""),
            ("no object", "[]".to_owned(), "invalid-document", ""),
            ("data that is an array", json!({ "data": [] }).to_string(), "invalid-document", "/data"),
            ("data that is null", json!({ "data": null }).to_string(), "invalid-document", "/data"),
            ("a type that is no text", with("type", json!(1)), "invalid-document", "/data/type"),
            ("an id that is no text", with("id", json!(1)), "invalid-document", "/data/id"),
            ("an id that is null", with("id", json!(null)), "invalid-document", "/data/id"),
            (
                "attributes that are a list",
                with("attributes", json!([])),
                "invalid-document",
                "/data/attributes",
            ),
            (
                "relationships that are null",
                with("relationships", json!(null)),
                "invalid-document",
                "/data/relationships",
            ),
            ("meta that is no object", with("meta", json!(1)), "invalid-document", "/data/meta"),
            (
                "a relationship without data",
                relationship(json!({ "links": {} })),
                "invalid-document",
                "/data/relationships/any",
            ),
            (
                "a relationship that is null",
                relationship(json!(null)),
                "invalid-document",
                "/data/relationships/any",
            ),
            (
                "linkage that is a text",
                relationship(json!({ "data": "1" })),
                "invalid-document",
                "/data/relationships/any/data",
            ),
            (
                "an identifier without id",
                relationship(json!({ "data": { "type": "x" } })),
                "invalid-document",
                "/data/relationships/any/data",
            ),
            (
                "an identifier without type",
                relationship(json!({ "data": [{ "id": "x" }] })),
                "invalid-document",
                "/data/relationships/any/data/0",
            ),
            (
                "a member twice",
                plain.replacen("\"meta\"", "\"meta\":{},\"meta\"", 1),
                "duplicate-member",
                "/data/meta",
            ),
        ];
        if !creating {
            let data = json!({ "data": { "type": name } }).to_string();
            choices.push(("an update without id", data, "invalid-document", "/data"));
        }
        if self.random.percent(12) {
            return self.unreadable(name, id, creating, &plain);
        }
        let wrong = self.random.pick(&choices).clone();
        let segments = if creating { vec![name] } else { vec![name, id] };
        let method = if creating { "POST" } else { "PATCH" };
        refused(wrong, method, segments, JSON_API)
    }

    fn unreadable(&mut self, name: String, id: String, creating: bool, plain: &str) -> Malformed {
        let body = match self.random.below(4) {
            0 => String::new(),
            1 => plain[..plain.len() - 1].to_owned(),
            2 => format!("\u{feff}{plain}"),
            _ => format!("{plain}{plain}"),
        };
        Malformed {
            what: "no JSON",
            method: if creating { "POST" } else { "PATCH" },
            segments: if creating { vec![name] } else { vec![name, id] },
            query: "",
            headers: media_types(JSON_API, JSON_API),
            body,
            expected: one(Problem::of(400, "invalid-json", Source::Nothing)),
        }
    }

    fn wrong_linkage(&mut self) -> Malformed {
        let (name, id, relationship) = loop {
            let (of, id) = self.existing();
            let owner = &self.schema.types[of];
            if let Some(relationship) = owner.relationships.first().filter(|_| self.store_has(of, &id)) {
                break (owner.name.clone(), id, relationship.name.clone());
            }
        };
        let choices: [Wrong; 5] = [
            ("linkage without data", "{}".to_owned(), "invalid-document", ""),
            ("linkage that is a text", json!({ "data": "1" }).to_string(), "invalid-document", "/data"),
            (
                "a member without id",
                json!({ "data": { "type": "x" } }).to_string(),
                "invalid-document",
                "/data",
            ),
            ("a member that is null", json!({ "data": [null] }).to_string(), "invalid-document", "/data/0"),
            (
                "an id that is no text",
                json!({ "data": { "type": "x", "id": 7 } }).to_string(),
                "invalid-document",
                "/data/id",
            ),
        ];
        let wrong = self.random.pick(&choices).clone();
        refused(wrong, "PATCH", vec![name, id, "relationships".to_owned(), relationship], JSON_API)
    }

    fn wrong_operations(&mut self) -> Malformed {
        let (name, id) = self.place();
        let resource = json!({ "type": name, "id": id });
        let list = |operation: Value| json!({ "atomic:operations": [operation] }).to_string();
        let both = json!({ "op": "remove", "ref": resource, "href": "/x" });
        let choices: [Wrong; 14] = [
            ("no operations", json!({ "meta": {} }).to_string(), "invalid-document", ""),
            (
                "an empty list of operations",
                json!({ "atomic:operations": [] }).to_string(),
                "invalid-document",
                "/atomic:operations",
            ),
            (
                "operations that are null",
                json!({ "atomic:operations": null }).to_string(),
                "invalid-document",
                "/atomic:operations",
            ),
            ("an operation that is a text", list(json!("x")), "invalid-document", "/atomic:operations/0"),
            (
                "an unknown operation",
                list(json!({ "op": "create", "data": resource })),
                "invalid-operation",
                "/atomic:operations/0/op",
            ),
            ("no op", list(json!({ "data": resource })), "invalid-operation", "/atomic:operations/0"),
            ("both ref and href", list(both), "invalid-operation", "/atomic:operations/0"),
            (
                "a removal of nothing",
                list(json!({ "op": "remove", "data": resource })),
                "invalid-operation",
                "/atomic:operations/0",
            ),
            (
                "a ref without id",
                list(json!({ "op": "remove", "ref": { "type": name } })),
                "invalid-document",
                "/atomic:operations/0/ref",
            ),
            (
                "an href that is no text",
                list(json!({ "op": "remove", "href": 1 })),
                "invalid-document",
                "/atomic:operations/0/href",
            ),
            (
                "an add without data",
                list(json!({ "op": "add" })),
                "invalid-operation",
                "/atomic:operations/0",
            ),
            (
                "an add of null",
                list(json!({ "op": "add", "data": null })),
                "invalid-document",
                "/atomic:operations/0/data",
            ),
            (
                "an href of another server",
                list(json!({ "op": "remove", "href": "http://elsewhere.test/x/1" })),
                "invalid-operation",
                "/atomic:operations/0/href",
            ),
            (
                "an href with a query",
                list(json!({ "op": "remove", "href": "/api/x/1?include=y" })),
                "",
                "/atomic:operations/0/href",
            ),
        ];
        let wrong = self.random.pick(&choices).clone();
        refused(wrong, "POST", vec!["operations".to_owned()], ATOMIC)
    }

    /// A good document on its way to the wrong place.
    fn wrong_request(&mut self) -> Malformed {
        let (name, id) = self.place();
        let mut request = Malformed {
            what: "",
            method: "PATCH",
            segments: vec![name.clone(), id.clone()],
            query: "",
            headers: media_types(JSON_API, JSON_API),
            body: json!({ "data": { "type": name, "id": id } }).to_string(),
            expected: Expected::Status(vec![405]),
        };
        let parameter = |name: &str| one(Problem::of(400, "", Source::Parameter(name.to_owned())));
        match self.random.below(11) {
            10 => {
                request.what = "PATCH of related resources";
                let of = self.schema.types.iter().find(|it| it.name == name).unwrap();
                let relationship = of.relationships.first().map_or("nope", |it| it.name.as_str());
                request.segments.push(relationship.to_owned());
                request.expected =
                    Expected::Status(if relationship == "nope" { vec![404] } else { vec![405] });
            }
            0 => (request.what, request.method) = ("POST to a resource", "POST"),
            1 => (request.what, request.method) = ("PUT to a resource", "PUT"),
            2 => {
                request.what = "PATCH of a collection";
                request.segments.truncate(1);
            }
            3 => {
                (request.what, request.expected) = ("no such type", Expected::Status(vec![404]));
                request.segments = vec!["nopes".to_owned(), id];
            }
            4 => {
                (request.what, request.expected) = ("another media type", Expected::Status(vec![415]));
                request.headers = media_types("application/json", JSON_API);
            }
            5 => {
                (request.what, request.expected) =
                    ("an extension in the wrong place", Expected::Status(vec![415]));
                let unknown = r#"application/vnd.api+json;ext="https://extension.test/x""#;
                request.headers = media_types(unknown, JSON_API);
            }
            6 => {
                (request.what, request.expected) = ("an answer of another type", Expected::Status(vec![406]));
                request.headers = media_types(JSON_API, "image/png");
            }
            7 => {
                (request.what, request.query, request.expected) =
                    ("sort of one resource", "sort=id", parameter("sort"));
            }
            8 => {
                (request.what, request.query, request.expected) =
                    ("an unknown include", "include=nope", parameter("include"));
            }
            _ => {
                (request.what, request.expected) =
                    ("operations without their extension", Expected::Status(vec![415]));
                request.method = "POST";
                request.segments = vec!["operations".to_owned()];
                let remove = json!({ "op": "remove", "ref": { "type": name, "id": id } });
                request.body = json!({ "atomic:operations": [remove] }).to_string();
            }
        }
        request
    }
}

fn media_types(content: &str, accept: &str) -> Vec<(&'static str, String)> {
    vec![("Content-Type", content.to_owned()), ("Accept", accept.to_owned())]
}

fn one(problem: Problem) -> Expected {
    Expected::Refused(Refusal::all(vec![problem]))
}

fn refused(
    (what, body, code, pointer): Wrong,
    method: &'static str,
    segments: Vec<String>,
    media_type: &str,
) -> Malformed {
    let headers = media_types(media_type, media_type);
    let expected = one(Problem::at(400, code, pointer));
    Malformed { what, method, segments, query: "", headers, body, expected }
}
