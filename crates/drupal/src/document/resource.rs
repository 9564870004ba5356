//! Resource objects.

use super::json;
use super::linkage::{self, linked};
use super::links::{Links, Version, version_query};
use super::value::{Values, label, label_name};
use crate::load::{Batch, Entity, Identities};
use crate::php::Php;
use crate::site::{FieldIndex, ResourceTypeIndex, Site};

/// What resource objects are written with.
#[derive(Clone, Copy)]
pub(super) struct Resources<'a> {
    pub(super) values: Values<'a>,
    pub(super) links: Links<'a>,
    pub(super) identities: &'a Identities,
}

impl Resources<'_> {
    /// Writes an entity with the given fields.
    pub(super) fn entity(self, out: &mut Vec<u8>, batch: &Batch, entity: &Entity, fields: &[FieldIndex]) {
        let site = self.values.site;
        let resource_type = &site[entity.resource_type];
        self.begin(out, entity.resource_type, &entity.uuid);
        self.resource_links(out, entity);
        let is_relationship = |field: &&FieldIndex| resource_type[**field].is_relationship();
        let attributes = || fields.iter().filter(|field| !is_relationship(field));
        let relationships = || fields.iter().filter(is_relationship);
        if attributes().next().is_some() {
            out.extend_from_slice(b",\"attributes\":");
            json::object(out, attributes(), |out, field| {
                json::name(out, &resource_type[*field].public_name);
                self.values.attribute(out, batch, entity, *field);
            });
        }
        if relationships().next().is_some() {
            let mut url = Vec::with_capacity(128);
            json::part(&mut url, &self.links.resource(site, entity.resource_type, &entity.uuid, None));
            let query = version_query(version(site, entity));
            out.extend_from_slice(b",\"relationships\":");
            json::object(out, relationships(), |out, field| {
                json::name(out, &resource_type[*field].public_name);
                self.relationship(out, batch, entity, *field, (&url, &query));
            });
        }
        out.push(b'}');
    }

    /// Writes an entity of which only the label may be seen.
    pub(super) fn label_of_entity(self, out: &mut Vec<u8>, batch: &Batch, entity: &Entity, wanted: bool) {
        let site = self.values.site;
        self.begin(out, entity.resource_type, &entity.uuid);
        self.resource_links(out, entity);
        if wanted {
            out.extend_from_slice(b",\"attributes\":{");
            json::name(out, label_name(site, entity.resource_type));
            json::text(out, &label(site, batch, entity));
            out.push(b'}');
        }
        out.push(b'}');
    }

    fn begin(self, out: &mut Vec<u8>, resource_type: ResourceTypeIndex, uuid: &str) {
        out.extend_from_slice(b"{\"type\":");
        json::text(out, &self.values.site[resource_type].name);
        out.extend_from_slice(b",\"id\":");
        json::text(out, uuid);
    }

    /// Where the resource is, and its other versions: a newer one, and the default one.
    fn resource_links(self, out: &mut Vec<u8>, entity: &Entity) {
        let site = self.values.site;
        let url = |version| self.links.resource(site, entity.resource_type, &entity.uuid, version);
        let shown = version(site, entity);
        out.extend_from_slice(b",\"links\":{");
        if shown.is_some() && !entity.is_default_revision() {
            out.extend_from_slice(b"\"latest-version\":");
            json::link(out, &url(Some(Version::Latest)));
            out.push(b',');
        }
        out.extend_from_slice(b"\"self\":");
        json::link(out, &url(shown));
        if shown.is_some() && !entity.is_latest_revision() {
            out.extend_from_slice(b",\"working-copy\":");
            json::link(out, &url(Some(Version::WorkingCopy)));
        }
        out.push(b'}');
    }

    /// Writes a relationship. `url` is the resource's, written already, and what names its version.
    fn relationship(
        self,
        out: &mut Vec<u8>,
        batch: &Batch,
        entity: &Entity,
        field: FieldIndex,
        (url, query): (&[u8], &str),
    ) {
        let site = self.values.site;
        let definition = &site[entity.resource_type][field];
        out.extend_from_slice(b"{\"data\":");
        let linked = linked(site, self.identities, batch, entity, field);
        linkage::write(out, site, definition, &linked);
        let link = |out: &mut Vec<u8>, name: &[u8], middle: &[u8]| {
            for part in [name, b":{\"href\":\"", url, middle] {
                out.extend_from_slice(part);
            }
            json::part(out, &definition.public_name);
            json::part(out, query);
            out.extend_from_slice(b"\"}");
        };
        out.extend_from_slice(b",\"links\":{");
        if definition.target.as_ref().is_some_and(|target| !target.types.is_empty()) {
            link(out, b"\"related\"", b"\\/");
            out.push(b',');
        }
        link(out, b"\"self\"", b"\\/relationships\\/");
        out.extend_from_slice(b"}}");
    }

    /// Writes a configuration entity with the attributes that `shows` names.
    pub(super) fn config(
        self,
        out: &mut Vec<u8>,
        resource_type: ResourceTypeIndex,
        attributes: &Php,
        shows: impl Fn(&str) -> bool,
    ) {
        let site = self.values.site;
        let uuid = attributes.get("uuid").and_then(Php::as_str).unwrap_or_default();
        self.begin(out, resource_type, uuid);
        out.extend_from_slice(b",\"links\":{\"self\":");
        json::link(out, &self.links.resource(site, resource_type, uuid, None));
        out.push(b'}');
        let entity_type = &site[site[resource_type].entity_type];
        let served = attributes.entries();
        let served = served.filter_map(|(key, value)| Some((entity_type.public_name(&key)?, value)));
        let shown: Vec<(String, &Php)> = served.filter(|(name, _)| shows(name)).collect();
        if !shown.is_empty() {
            out.extend_from_slice(b",\"attributes\":");
            json::object(out, shown.into_iter(), |out, (name, value)| {
                json::name(out, &name);
                json::php(out, value);
            });
        }
        out.push(b'}');
    }
}

/// How a URL names the revision shown.
pub(super) fn version(site: &Site, entity: &Entity) -> Option<Version> {
    let has_versions = site[site[entity.resource_type].entity_type].is_versionable();
    entity.revision.filter(|_| has_versions).map(Version::Id)
}
