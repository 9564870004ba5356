//! Whole documents: primary data, included resources, what was left out, and links.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::linkage::{self, linked};
use super::links::{Links, Version};
use super::resource::{Resources, version};
use super::text::Texts;
use super::value::Values;
use super::{json, value};
use crate::access::Decision;
use crate::error::Refusal;
use crate::gather::{Found, Gathered, Omission, Place, Plan, Scope};
use crate::php::Php;
use crate::site::{FieldIndex, ResourceTypeIndex, Site};

/// What every document begins with.
const JSONAPI: &[u8] =
    br#"{"jsonapi":{"version":"1.0","meta":{"links":{"self":{"href":"http:\/\/jsonapi.org\/format\/1.0\/"}}}}"#;
/// Where it is explained why resources are left out.
const HELP: &str = "https://www.drupal.org/docs/8/modules/json-api/filtering#filters-access-control";
const OMITTED: &str = "Some resources have been omitted because of insufficient authorization.";
/// Characters of the name of a resource that is left out.
const NAME_CHARACTERS: usize = 7;

/// The form of primary data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// An array of resources.
    Many,
    /// A resource, or null.
    One,
    /// The linkage of a relationship.
    Linkage(FieldIndex),
}

/// What a document is written with.
#[derive(Clone, Copy)]
pub struct Writer<'a> {
    /// What was asked for.
    pub plan: &'a Plan,
    /// What was found.
    pub gathered: &'a Gathered,
    /// How URLs begin.
    pub links: Links<'a>,
    /// Texts with their markup.
    pub texts: &'a Texts,
}

impl Writer<'_> {
    /// Writes a document, with the given links by name.
    pub fn document(self, shape: Shape, links: &[(&str, String)]) -> Vec<u8> {
        let mut out = Vec::with_capacity(4096);
        out.extend_from_slice(JSONAPI);
        out.extend_from_slice(b",\"data\":");
        let mut links: Vec<(&str, String)> = links.to_vec();
        match shape {
            Shape::Many => json::list(&mut out, self.gathered.primary.iter(), |out, found| {
                self.resource(out, found);
            }),
            Shape::One => match self.gathered.primary.first() {
                Some(found) => self.resource(&mut out, found),
                None => json::null(&mut out),
            },
            Shape::Linkage(field) => self.linkage(&mut out, field, &mut links),
        }
        if !self.gathered.included.is_empty() {
            out.extend_from_slice(b",\"included\":");
            json::list(&mut out, self.gathered.included.iter(), |out, found| self.resource(out, found));
        }
        if !self.gathered.omitted.is_empty() {
            out.extend_from_slice(b",\"meta\":{\"omitted\":");
            self.omitted(&mut out);
            out.push(b'}');
        }
        write_links(&mut out, links);
        out.push(b'}');
        out
    }

    fn resources(&self) -> Resources<'_> {
        Resources {
            values: Values {
                site: &self.plan.scope.site,
                texts: self.texts,
                files: &self.gathered.files,
                origin: self.links.origin,
            },
            links: self.links,
            identities: &self.gathered.identities,
        }
    }

    fn resource(&self, out: &mut Vec<u8>, found: &Found) {
        let resources = self.resources();
        let scope = &self.plan.scope;
        let label_only = found.decision == Decision::LabelOnly;
        match &found.place {
            Place::Content { batch, entity } => {
                let batch = &self.gathered.batches[*batch];
                let entity = &batch.entities[*entity];
                if label_only {
                    let name = value::label_name(&scope.site, entity.resource_type);
                    let type_name = &scope.site[entity.resource_type].name;
                    let wanted = self.plan.wants(type_name, name);
                    resources.label_of_entity(out, batch, entity, wanted);
                } else {
                    resources.entity(out, batch, entity, &found.fields);
                }
            }
            Place::Config(resource_type, name) => {
                let original = scope.site.config.get(name).unwrap_or(&Php::Null);
                let config = scope.site.config_in(&scope.interface, name, original);
                let config = without_layouts(&scope.site, *resource_type, config);
                let label = value::label_name(&scope.site, *resource_type);
                let type_name = &scope.site[*resource_type].name;
                resources.config(out, *resource_type, &config, |attribute| {
                    self.plan.wants(type_name, attribute) && (!label_only || attribute == label)
                });
            }
        }
    }

    /// The linkage of a relationship. Where it leads is said in the version of the resource that has it.
    fn linkage(&self, out: &mut Vec<u8>, field: FieldIndex, links: &mut Vec<(&str, String)>) {
        let site = &self.plan.scope.site;
        let Some(Found { place: Place::Content { batch, entity }, .. }) = self.gathered.primary.first()
        else {
            return json::null(out);
        };
        let batch = &self.gathered.batches[*batch];
        let entity = &batch.entities[*entity];
        let definition = &site[entity.resource_type][field];
        let linked = linked(site, &self.gathered.identities, batch, entity, field);
        linkage::write(out, site, definition, &linked);
        if definition.target.as_ref().is_some_and(|target| !target.types.is_empty()) {
            let url = self.links.resource(site, entity.resource_type, &entity.uuid, None);
            let shown: Option<Version> = version(site, entity);
            let related = self.links.relationship(&url, &definition.public_name, false, shown);
            links.insert(0, ("related", related));
        }
    }

    fn omitted(&self, out: &mut Vec<u8>) {
        let mut all: Vec<(String, &Omission)> = Vec::new();
        for omission in &self.gathered.omitted {
            let url = self.url(omission);
            match all.iter_mut().find(|(known, _)| *known == url) {
                Some((_, known)) => *known = omission,
                None => all.push((url, omission)),
            }
        }
        out.extend_from_slice(b"{\"detail\":");
        json::text(out, OMITTED);
        out.extend_from_slice(b",\"links\":{\"help\":");
        json::link(out, HELP);
        let salt = salt();
        for (url, omission) in all {
            out.push(b',');
            json::name(out, &format!("item--{}", name(&salt, &url)));
            out.extend_from_slice(b"{\"href\":");
            json::text(out, &url);
            out.extend_from_slice(b",\"meta\":{\"rel\":\"item\",\"detail\":");
            json::text(out, &omission.detail);
            out.extend_from_slice(b"}}");
        }
        out.extend_from_slice(b"}}");
    }

    fn url(&self, omission: &Omission) -> String {
        let site = &self.plan.scope.site;
        let url = self.links.resource(site, omission.resource_type, &omission.uuid, None);
        match &omission.relationship {
            Some(name) => self.links.relationship(&url, name, false, None),
            None => url,
        }
    }
}

/// The document of the entry point: where everything begins, and who asks.
pub fn entry_point(scope: &Scope) -> Vec<u8> {
    let site = &scope.site;
    let links = scope.links();
    let mut out = Vec::with_capacity(8192);
    out.extend_from_slice(JSONAPI);
    out.extend_from_slice(b",\"data\":[]");
    let account = &scope.account;
    let own = site.by_name.get("user--user").filter(|_| !account.is_anonymous());
    if let Some(resource_type) = own {
        let uuid = &account.uuid;
        out.extend_from_slice(b",\"meta\":{\"links\":{\"me\":{\"meta\":{\"id\":");
        json::text(&mut out, uuid);
        out.extend_from_slice(b"},\"href\":");
        json::text(&mut out, &links.resource(site, *resource_type, uuid, None));
        out.extend_from_slice(b"}}}");
    }
    let collections = (0u16..).zip(&site.resource_types).map(|(index, resource_type)| {
        let url = links.collection(site, crate::site::ResourceTypeIndex(index));
        (resource_type.name.as_str(), url)
    });
    let mut all: Vec<(&str, String)> = collections.collect();
    all.push(("self", links.entry()));
    write_links(&mut out, all);
    out.push(b'}');
    out
}

/// A document of errors. `url` is that of the request.
pub fn error(refusal: &Refusal, url: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(JSONAPI);
    out.extend_from_slice(b",\"errors\":[{\"title\":");
    json::text(&mut out, refusal.title());
    out.extend_from_slice(b",\"status\":");
    json::text(&mut out, itoa::Buffer::new().format(refusal.status));
    out.extend_from_slice(b",\"detail\":");
    json::text(&mut out, &refusal.detail);
    out.extend_from_slice(b",\"links\":{\"via\":");
    json::link(&mut out, refusal.via.as_deref().unwrap_or(url));
    if let Some(info) = refusal.about() {
        out.extend_from_slice(b",\"info\":");
        json::link(&mut out, &info);
    }
    out.push(b'}');
    if let Some(pointer) = &refusal.pointer {
        out.extend_from_slice(b",\"source\":{\"pointer\":");
        json::text(&mut out, pointer);
        out.push(b'}');
    }
    out.extend_from_slice(b"}]}");
    out
}

/// Configuration as it is shown: of a display, without the layout that is kept in it.
fn without_layouts<'c>(site: &Site, resource_type: ResourceTypeIndex, config: Cow<'c, Php>) -> Cow<'c, Php> {
    const LAYOUT: &str = "third_party_settings.layout_builder.sections";
    let is_display = site[site[resource_type].entity_type].id == "entity_view_display";
    if !is_display || !site.has_module("layout_builder") || config.at(LAYOUT).is_none() {
        return config;
    }
    let mut config = config.into_owned();
    config.remove(LAYOUT);
    Cow::Owned(config)
}

/// Writes the links of a document, by their names.
fn write_links(out: &mut Vec<u8>, mut links: Vec<(&str, String)>) {
    links.sort_by_key(|(name, _)| *name);
    out.extend_from_slice(b",\"links\":");
    json::object(out, links.into_iter(), |out, (name, href)| {
        json::name(out, name);
        json::link(out, &href);
    });
}

/// Something that is different in each document, so that names of what is left out mean nothing in another.
fn salt() -> [u8; 32] {
    use std::hash::{BuildHasher, RandomState};
    // Keys of the standard library's hash tables are random, and different each time.
    Sha256::digest(RandomState::new().hash_one(0u8).to_le_bytes()).into()
}

/// The name of a resource that is left out.
fn name(salt: &[u8; 32], url: &str) -> String {
    use base64::Engine;
    let digest = Sha256::new().chain_update(salt).chain_update(url).finalize();
    let encoded = base64::engine::general_purpose::STANDARD_NO_PAD.encode(digest);
    encoded.chars().filter(char::is_ascii_alphanumeric).take(NAME_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::fixture::{list, map, site, text};

    #[test]
    fn layouts_are_kept_back() {
        let display = |layout: Php| map([("third_party_settings", map([("layout_builder", layout)]))]);
        let kept = display(map([("enabled", Php::Bool(true)), ("sections", list(["one"]))]));
        let shown = |modules: &[&str], entity_type: &str, config: &Php| {
            let mut site = site(modules, &[], &[]);
            site.resource_types[0].entity_type = site.entity_type(entity_type).unwrap();
            without_layouts(&site, ResourceTypeIndex(0), Cow::Borrowed(config)).into_owned()
        };
        let modules = ["layout_builder"];
        let expected = display(map([("enabled", Php::Bool(true))]));
        assert_eq!(shown(&modules, "entity_view_display", &kept), expected);
        assert_eq!(shown(&[], "entity_view_display", &kept), kept);
        assert_eq!(shown(&modules, "entity_view_mode", &kept), kept);
        let plain = map([("id", text("a"))]);
        assert_eq!(shown(&modules, "entity_view_display", &plain), plain);
    }
}
