//! What decides over an entity besides itself: the content that a comment is on, the content that a private file is in.

use std::sync::Arc;

use docent_sql::Cell;
use docent_sql::Value;
use docent_sql::statement::Alias;

use super::{Found, Gathering, Place, Wanted};
use crate::access::{self, Decision, Subject};
use crate::load::select::{Building, column, numbers};
use crate::load::{Batch, Entity};
use crate::php::Php;
use crate::site::{EntityTypeIndex, FieldIndex, ResourceTypeIndex};

/// An entity, as those who decide over access look at it.
struct Seen<'a> {
    batch: &'a Batch,
    entity: &'a Entity,
    host: Option<&'a Decision>,
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

    fn is_translation_default(&self) -> bool {
        self.entity.langcode == self.entity.default_langcode
    }

    fn host(&self) -> Option<&Decision> {
        self.host
    }
}

/// An entity that decides over another: the one it decides over, and what it is.
struct Host {
    of: Place,
    entity_type: EntityTypeIndex,
    id: i64,
}

impl Gathering<'_> {
    /// Reads entities, and whatever decides over them.
    pub(super) async fn read_and_ask_hosts(&mut self, wanted: Vec<Wanted>) -> Vec<Vec<Place>> {
        let places = self.read(wanted).await;
        let mut asking: Vec<Place> = places.iter().flatten().cloned().collect();
        // A comment may be on something that something else decides over in turn.
        for _ in 0..access::HOSTS_MAX {
            let hosts = self.hosts(&asking).await;
            if hosts.is_empty() {
                break;
            }
            asking = self.read_hosts(&hosts).await;
            for host in hosts.into_iter().rev() {
                let decided = self.known.get(&(host.entity_type, host.id)).cloned();
                let decision = decided.map(|place| self.decided(place).decision);
                let known = self.host_decisions.entry(host.of);
                let known = known.or_insert(Decision::Denied { reason: None });
                if let Some(decision) = decision.filter(|_| *known != Decision::Allowed) {
                    *known = decision;
                }
            }
        }
        places
    }

    /// What decides over the given entities.
    async fn hosts(&self, places: &[Place]) -> Vec<Host> {
        let site = self.site();
        let mut hosts = Vec::new();
        let mut private_files: Vec<(i64, Place)> = Vec::new();
        for place in places {
            let Place::Content { batch, entity } = place else { continue };
            let (batch, entity) = self.entity(*batch, *entity);
            let seen = Seen { batch, entity, host: None };
            match site[site[entity.resource_type].entity_type].id.as_str() {
                "comment" => {
                    let entity_type = seen.text("entity_type").and_then(|id| site.entity_type(id));
                    if let (Some(entity_type), Some(id)) = (entity_type, seen.number("entity_id")) {
                        hosts.push(Host { of: place.clone(), entity_type, id });
                    }
                }
                "file" if seen.text("uri").is_some_and(|uri| uri.starts_with("private://")) => {
                    private_files.push((entity.id, place.clone()));
                }
                _ => {}
            }
        }
        if !private_files.is_empty() {
            hosts.extend(self.holders(private_files).await);
        }
        hosts
    }

    /// The content that files are used in.
    async fn holders(&self, files: Vec<(i64, Place)>) -> Vec<Host> {
        let table = Alias(0);
        let mut statement = Building::from("file_usage");
        for name in ["fid", "type", "id"] {
            statement.output(column(table, name));
        }
        let found = statement.among(column(table, "fid"), numbers(files.iter().map(|(id, _)| *id)));
        statement.only(found);
        let by_fields = statement.equals(column(table, "module"), Value::Text("file".to_owned()));
        statement.only(by_fields);
        let (select, parameters) = statement.finish();
        let rows = self.conversation.ask_one(&select, parameters).await;
        let holder = |row: usize| {
            let file = rows.integer(row, 0)?;
            let (_, of) = files.iter().find(|(id, _)| *id == file)?;
            let entity_type = self.site().entity_type(rows.text(row, 1)?)?;
            Some(Host { of: of.clone(), entity_type, id: rows.integer(row, 2)? })
        };
        (0..rows.len()).filter_map(holder).collect()
    }

    /// Reads what is not known yet of those who decide, and says where it is.
    async fn read_hosts(&mut self, hosts: &[Host]) -> Vec<Place> {
        let mut missing: Vec<(EntityTypeIndex, Vec<i64>)> = Vec::new();
        for host in hosts {
            if self.known.contains_key(&(host.entity_type, host.id)) {
                continue;
            }
            match missing.iter_mut().find(|(known, _)| *known == host.entity_type) {
                Some((_, ids)) => ids.push(host.id),
                None => missing.push((host.entity_type, vec![host.id])),
            }
        }
        if missing.is_empty() {
            return Vec::new();
        }
        let site = Arc::clone(self.site());
        self.gathered.identities.ask(self.conversation, &site, missing.clone()).await;
        let mut wanted = Vec::new();
        for (entity_type, ids) in missing {
            let mut all = Wanted::of(entity_type);
            for id in ids {
                if let Some(identity) = self.gathered.identities.of(entity_type, id) {
                    all.add(id, identity.revision, identity.resource_type);
                }
            }
            wanted.push(all);
        }
        self.read(wanted).await.into_iter().flatten().collect()
    }

    /// What may be seen of an entity.
    pub(super) fn decided(&self, place: Place) -> Found {
        let scope = &self.plan.scope;
        let decision = match &place {
            Place::Content { batch, entity } => {
                let (batch, entity) = self.entity(*batch, *entity);
                let seen = Seen { batch, entity, host: self.host_decisions.get(&place) };
                access::view(&scope.site, &scope.account, &seen)
            }
            Place::Config(resource_type, name) => {
                let config = scope.site.config.get(name).unwrap_or(&Php::Null);
                access::view_config(&scope.site, &scope.account, *resource_type, config)
            }
        };
        Found { place, decision, fields: Vec::new() }
    }

    /// Why a field of an entity may not be seen, if it may not.
    pub(super) fn denied_field(&self, place: &Place, field: FieldIndex) -> Option<Option<String>> {
        let Place::Content { batch, entity } = place else { return None };
        let (batch, entity) = self.entity(*batch, *entity);
        let scope = &self.plan.scope;
        let seen = Seen { batch, entity, host: self.host_decisions.get(place) };
        let name = &scope.site[entity.resource_type][field].name;
        let may = access::may_view_field(&scope.site, &scope.account, Some(&seen), entity.resource_type, name);
        (!may).then_some(None)
    }

    /// The fields of an entity that are shown: asked for, and visible to who asks.
    pub(super) fn shown_fields(&self, batch: usize, entity: usize) -> Vec<FieldIndex> {
        let place = Place::Content { batch, entity };
        let shown = self.fields_shown(self.entity(batch, entity).1.resource_type);
        shown.into_iter().filter(|field| self.denied_field(&place, *field).is_none()).collect()
    }
}
