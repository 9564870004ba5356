//! What may be seen of what was found.

use docent_sql::Cell;

use super::{Found, Gathering, Place};
use crate::access::{self, AccessResult, Circumstances, Subject};
use crate::load::{Batch, Entity};
use crate::site::{FieldIndex, ResourceTypeIndex};

/// An entity, as those who decide over access look at it.
pub(super) struct Seen<'a> {
    pub(super) batch: &'a Batch,
    pub(super) entity: &'a Entity,
    host: Option<&'a AccessResult>,
    default_revision: Option<&'a AccessResult>,
}

impl Subject for Seen<'_> {
    fn resource_type(&self) -> ResourceTypeIndex {
        self.entity.resource_type
    }

    fn id(&self) -> i64 {
        self.entity.id
    }

    fn number(&self, field: &str) -> Option<i64> {
        match self.batch.first(self.entity, field) {
            Cell::Integer(number) => Some(number),
            Cell::Text(text) => std::str::from_utf8(text).ok()?.parse().ok(),
            _ => None,
        }
    }

    fn text(&self, field: &str) -> Option<&str> {
        match self.batch.first(self.entity, field) {
            Cell::Text(text) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }

    fn is_default_revision(&self) -> bool {
        self.entity.is_default_revision()
    }

    fn is_latest_revision(&self) -> bool {
        self.entity.is_latest_revision()
    }

    fn host(&self) -> Option<AccessResult> {
        self.host.cloned()
    }

    fn default_revision(&self) -> Option<AccessResult> {
        self.default_revision.cloned()
    }
}

impl Gathering<'_> {
    /// An entity of content, with what is known of those who decide over it.
    pub(super) fn seen(&self, place: &Place) -> Option<Seen<'_>> {
        let Place::Content { batch, entity } = place else { return None };
        let (batch, entity) = self.entity(*batch, *entity);
        let host = self.host_access.get(place);
        let default_revision = self.default_access.get(place);
        Some(Seen { batch, entity, host, default_revision })
    }

    /// What may be seen of an entity.
    pub(super) fn decided(&self, place: Place) -> Found {
        let scope = &self.plan.scope;
        let decision = match (&place, self.seen(&place)) {
            (Place::Config(resource_type, name), _) => {
                let entity_type = scope.site[*resource_type].entity_type;
                let prefix = scope.site[entity_type].config_prefix.as_deref().unwrap_or_default();
                let id = name.strip_prefix(prefix).unwrap_or(name);
                let circumstances = Circumstances {
                    path: &scope.path,
                    langcode: &scope.langcode,
                    content: self.host_access.get(&place).cloned(),
                };
                let config = self.config(name);
                access::view_config_entity(
                    &scope.site,
                    &scope.account,
                    entity_type,
                    id,
                    config,
                    &circumstances,
                )
            }
            (_, Some(seen)) => access::view(&scope.site, &scope.account, &seen),
            (_, None) => access::Decision::Denied { reason: "".into() },
        };
        Found { place, decision, fields: Vec::new() }
    }

    /// Access to a field.
    pub(super) fn view_field(&self, place: &Place, field: FieldIndex) -> AccessResult {
        let Some(seen) = self.seen(place) else { return AccessResult::NEUTRAL };
        let scope = &self.plan.scope;
        let resource_type = seen.entity.resource_type;
        let name = &scope.site[resource_type][field].name;
        access::field_access(&scope.site, &scope.account, Some(&seen), resource_type, name)
    }

    /// Whether a relationship may be looked at by itself; else what is said instead.
    pub(super) fn view_relationship(&self, place: &Place, field: FieldIndex) -> Result<(), String> {
        let Some(seen) = self.seen(place) else { return Err(access::relationship_detail("")) };
        let scope = &self.plan.scope;
        let name = &scope.site[seen.entity.resource_type][field].name;
        access::view_relationship(&scope.site, &scope.account, &seen, name)
    }

    /// The fields of an entity that are shown: asked for, and visible to who asks.
    pub(super) fn shown_fields(&self, place: &Place) -> Vec<FieldIndex> {
        let shown = self.fields_shown(self.resource_type(place));
        shown.into_iter().filter(|field| self.view_field(place, *field).is_allowed()).collect()
    }
}
