//! One document with data: what it shows exists, each resource once, nothing that no linkage leads to, and every
//! resource that an include path leads to.

use std::collections::{HashMap, HashSet};

use docent_engine::Response;
use docent_jsonapi::media_type::CURSOR_PROFILE;
use docent_jsonapi::query::{self, PageStyle, Query, QueryLimits};
use serde_json::Value;

use super::service::{Asked, BASE_URL, href, service};
use super::words::TypeWords;

/// Resources on a page unless the request says otherwise.
const PAGE_SIZE: u64 = 50;

/// Type and id.
pub(super) type Identity = (String, String);

/// A document with data, and what was asked for.
pub(super) struct Document<'a> {
    pub(super) asked: Asked<'a>,
    pub(super) query: Query,
    pub(super) body: Vec<u8>,
    content_type: String,
    pub(super) value: Value,
}

impl<'a> Document<'a> {
    pub(super) fn new(asked: Asked<'a>, response: &Response, value: Value) -> Self {
        let query = query::parse(asked.query, &QueryLimits::default()).expect("it was answered");
        let (body, content_type) = (response.body.concat(), response.content_type.clone().into_owned());
        Document { asked, query, body, content_type, value }
    }

    /// The primary data: resources, or identifiers on relationship URLs.
    pub(super) fn data(&self) -> &[Value] {
        match &self.value["data"] {
            Value::Array(list) => list,
            Value::Null => &[],
            one => std::slice::from_ref(one),
        }
    }

    pub(super) fn identities(&self) -> Vec<Identity> {
        self.data().iter().map(identity).collect()
    }

    pub(super) fn included(&self) -> &[Value] {
        self.value["included"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn is_list(&self) -> bool {
        self.value["data"].is_array()
    }

    pub(super) fn has_identifiers(&self) -> bool {
        self.asked.path.split('/').nth(3) == Some("relationships") && self.asked.path.split('/').count() > 4
    }

    pub(super) fn has_cursors(&self) -> bool {
        self.content_type.contains(CURSOR_PROFILE)
    }

    pub(super) fn check(&self) {
        self.check_top_level();
        check_links(&self.value);
        let mut seen = HashSet::new();
        for one in self.data() {
            assert!(seen.insert(identity(one)), "twice in data: {one}");
            if self.has_identifiers() { Self::check_identifier(one) } else { self.check_resource(one) }
        }
        if self.has_identifiers() {
            seen.clear();
        }
        for one in self.included() {
            assert!(seen.insert(identity(one)), "twice in the document: {one}");
            self.check_resource(one);
        }
        // Sparse fieldsets may leave out the linkage (CMP-05).
        if self.query.fields.is_empty() {
            self.check_linkage();
            self.check_include();
        }
        if self.is_list() {
            self.check_page();
        }
    }

    fn check_top_level(&self) {
        let members = self.value.as_object().expect("an object");
        let known = ["jsonapi", "links", "data", "included", "meta"];
        assert!(members.keys().all(|name| known.contains(&name.as_str())), "{members:?}");
        assert!(members.contains_key("data"));
        assert_eq!(members.contains_key("included"), self.query.include.is_some());
        assert!(
            href(&self.value["links"]["self"]).is_some() && self.value["links"]["describedby"].is_string()
        );
        assert_eq!(self.value["jsonapi"].get("profile").is_some(), self.has_cursors());
    }

    fn check_resource(&self, resource: &Value) {
        let words = served(resource);
        let members = resource.as_object().expect("an object");
        let known = ["type", "id", "attributes", "relationships", "links", "meta"];
        assert!(members.keys().all(|name| known.contains(&name.as_str())), "{members:?}");
        assert!(words.ids.contains(&identity(resource).1), "no such resource: {resource}");
        let fieldset = self.query.fields.iter().find(|fieldset| fieldset.type_name == words.name);
        let shown = |name: &str| fieldset.is_none_or(|fieldset| fieldset.names.iter().any(|one| one == name));
        let attributes = words.attributes.iter().map(|one| one.name.as_str());
        check_names(&resource["attributes"], attributes.filter(|name| shown(name)));
        let relationships = words.relationships.iter().map(|one| one.name.as_str());
        check_names(&resource["relationships"], relationships.filter(|name| shown(name)));
        for (name, relationship) in resource["relationships"].as_object().into_iter().flatten() {
            let one = words.relationship(name).expect("a known relationship");
            let data = relationship.get("data");
            assert!(data.is_none_or(|data| data.is_array() == one.to_many), "{name}: {resource}");
            for identifier in linked(relationship) {
                assert_eq!(identifier["type"], service().words.target(one).name, "{name}: {resource}");
            }
        }
    }

    fn check_identifier(identifier: &Value) {
        let members = identifier.as_object().expect("an object");
        assert!(members.keys().all(|name| ["type", "id", "meta"].contains(&name.as_str())), "{members:?}");
        served(identifier);
    }

    /// Every included resource is reached from the primary data by linkage (CMP-05).
    fn check_linkage(&self) {
        let included: HashMap<Identity, &Value> =
            self.included().iter().map(|one| (identity(one), one)).collect();
        let mut reached: HashSet<Identity> = HashSet::new();
        let mut next: Vec<&Value> = Vec::new();
        for one in self.data() {
            if let Some(resource) = included.get(&identity(one)).filter(|_| self.has_identifiers()) {
                reached.insert(identity(one));
                next.push(resource);
            }
            next.push(one);
        }
        while let Some(resource) = next.pop() {
            for identifier in
                resource["relationships"].as_object().into_iter().flatten().flat_map(|(_, one)| linked(one))
            {
                let identity = identity(identifier);
                if let Some(resource) = included.get(&identity)
                    && reached.insert(identity)
                {
                    next.push(resource);
                }
            }
        }
        for one in included.keys() {
            assert!(reached.contains(one), "no linkage leads to {one:?}");
        }
    }

    /// Every resource that an include path leads to is there (INC-05).
    fn check_include(&self) {
        let mut known: HashMap<Identity, &Value> =
            self.included().iter().map(|one| (identity(one), one)).collect();
        if !self.has_identifiers() {
            known.extend(self.data().iter().map(|one| (identity(one), one)));
        }
        for path in self.query.include.iter().flatten() {
            let mut current: Vec<Identity> = self.identities();
            let mut segments = path.segments.iter();
            if self.has_identifiers() {
                // The path starts at the parent, with the relationship the URL is about (INC-11).
                segments.next();
                current.retain(exists);
            }
            for segment in segments {
                let mut below = Vec::new();
                for one in &current {
                    let Some(resource) = known.get(one) else {
                        panic!("{one:?} of {path:?} is not included")
                    };
                    let relationship = &resource["relationships"][segment];
                    assert!(relationship.get("data").is_some(), "no linkage of {segment} in {resource}");
                    below.extend(linked(relationship).map(identity).filter(exists));
                }
                below.sort_unstable();
                below.dedup();
                current = below;
            }
            for one in &current {
                assert!(known.contains_key(one), "{one:?} of {path:?} is not included");
            }
        }
    }

    fn check_page(&self) {
        let asked_for = match &self.query.page.style {
            PageStyle::None => None,
            PageStyle::Offset { limit, .. } => *limit,
            PageStyle::Cursor { size: None, after: Some(_), before: Some(_) } => Some(500),
            PageStyle::Number { size, .. } | PageStyle::Cursor { size, .. } => *size,
        };
        let count = self.data().len() as u64;
        assert!(count <= asked_for.unwrap_or(PAGE_SIZE), "{count} resources on a page");
        let links = self.value["links"].as_object().expect("links");
        assert!(href(&links["first"]).is_some());
        if matches!(self.query.page.style, PageStyle::Cursor { .. }) {
            assert!(self.has_cursors());
        }
        if self.has_cursors() {
            assert!(links.contains_key("prev") && links.contains_key("next"), "{links:?}");
            for one in self.data() {
                let cursor = one["meta"]["page"]["cursor"].as_str().expect("a cursor");
                service().remember_cursor(cursor);
            }
        }
        if let Some(total) = self.value["meta"]["count"].as_u64() {
            assert!(total >= count, "{count} of {total}");
        }
    }
}

/// Type and id of a resource or identifier.
pub(super) fn identity(value: &Value) -> Identity {
    match (value["type"].as_str(), value["id"].as_str()) {
        (Some(name), Some(id)) => (name.to_owned(), id.to_owned()),
        _ => panic!("no identity: {value}"),
    }
}

/// Whether there is such a resource: foreign keys may lead nowhere.
pub(super) fn exists((name, id): &Identity) -> bool {
    service().words.types.iter().any(|words| words.name == *name && words.ids.contains(id))
}

/// The identifiers in a relationship's linkage.
pub(super) fn linked(relationship: &Value) -> impl Iterator<Item = &Value> {
    let list: &[Value] = match &relationship["data"] {
        Value::Array(list) => list,
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    list.iter()
}

fn served(value: &Value) -> &'static TypeWords {
    let words = service().words.types.iter().find(|words| words.name == value["type"]);
    words.unwrap_or_else(|| panic!("no such type: {value}"))
}

fn check_names<'n>(members: &Value, expected: impl Iterator<Item = &'n str>) {
    let mut expected: Vec<&str> = expected.collect();
    let mut found: Vec<&str> =
        members.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    expected.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, expected);
}

/// Every link is a URL below the base that any client can follow (QUERY-13).
fn check_links(value: &Value) {
    let children: Vec<(Option<&str>, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (Some(name.as_str()), value)).collect(),
        Value::Array(list) => list.iter().map(|value| (None, value)).collect(),
        _ => return,
    };
    for (name, child) in children {
        match name {
            Some("attributes") => {}
            Some("links") => child.as_object().expect("links").values().for_each(check_link),
            _ => check_links(child),
        }
    }
}

fn check_link(link: &Value) {
    let Some(text) = href(link) else { return assert!(link.is_null(), "{link}") };
    assert!(
        text.strip_prefix(BASE_URL).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
        "{text}"
    );
    let stands = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'()*+,;=%".contains(&byte);
    assert!(text.bytes().all(stands), "not a URL: {text}");
}
