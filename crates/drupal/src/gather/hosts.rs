//! What decides over an entity besides itself: the content that a comment is on, the content that a private file is in,
//! the content that a block shows.

use std::sync::Arc;

use docent_sql::Value;
use docent_sql::statement::Alias;

use super::{Gathering, Place, Wanted};
use crate::access::{self, AccessResult, Host, Subject};
use crate::php::Php;
use crate::site::{EntityTypeIndex, FieldKind, FieldStorage, Site};
use crate::statement::{Statement, column, numbers};

/// How often what decides may be decided over itself.
const HOSTS_MAX: usize = 3;

/// The column that names the entity in tables of single fields.
const ENTITY: &str = "entity_id";

/// An entity that decides over another.
struct Deciding {
    over: Place,
    entity_type: EntityTypeIndex,
    id: i64,
    /// One of these fields has to be open as well, if there are any.
    fields: Vec<String>,
}

impl Gathering<'_> {
    /// Reads entities, and whatever decides over them.
    pub(super) async fn read_and_ask_hosts(&mut self, wanted: Vec<Wanted>) -> Vec<Vec<Place>> {
        let places = self.read(wanted).await;
        self.ask_hosts(places.iter().flatten().cloned().collect()).await;
        places
    }

    /// Finds out what decides over entities, and how.
    pub(super) async fn ask_hosts(&mut self, mut asking: Vec<Place>) {
        let mut found = Vec::new();
        for _ in 0..HOSTS_MAX {
            let hosts = self.hosts(&asking).await;
            if hosts.is_empty() {
                break;
            }
            asking = self.read_hosts(&hosts).await;
            found.push(hosts);
        }
        // Those first that nothing decides over any more.
        for host in found.into_iter().rev().flatten() {
            self.decide(host);
        }
    }

    /// Notes what an entity says of another. Of several it is enough that one allows it.
    fn decide(&mut self, host: Deciding) {
        let access = match self.hosts.get(&(host.entity_type, host.id)) {
            Some(place) => self.view_access(place).and(self.view_any(place, &host.fields)),
            None => AccessResult::NEUTRAL,
        };
        let is_known = self.host_access.contains_key(&host.over);
        if !is_known || access.is_allowed() {
            self.host_access.insert(host.over, access);
        }
    }

    /// Access to whichever of some fields is open, if there are any.
    fn view_any(&self, place: &Place, fields: &[String]) -> AccessResult {
        let definition = &self.site()[self.resource_type(place)];
        let mut all = fields.iter().filter_map(|name| definition.internal_field(name));
        let is_open = |field| self.view_field(place, field).is_allowed();
        AccessResult::allowed_if(fields.is_empty() || all.any(is_open))
    }

    /// What decides over the given entities.
    async fn hosts(&self, places: &[Place]) -> Vec<Deciding> {
        let site = self.site();
        let mut hosts = Vec::new();
        let mut files: Vec<(i64, Place)> = Vec::new();
        let mut blocks: Vec<(i64, Place)> = Vec::new();
        for place in places {
            let Some(seen) = self.seen(place) else { continue };
            match access::host_kind(site, &seen) {
                Some(Host::Commented) => {
                    let entity_type = seen.text("entity_type").and_then(|id| site.entity_type(id));
                    if let (Some(entity_type), Some(id)) = (entity_type, seen.number("entity_id")) {
                        hosts.push(Deciding { over: place.clone(), entity_type, id, fields: Vec::new() });
                    }
                }
                Some(Host::Referencing) => files.push((seen.entity.id, place.clone())),
                Some(Host::Layout) => blocks.push((seen.entity.id, place.clone())),
                None => {}
            }
        }
        if !files.is_empty() {
            let users = self.users("file_usage", ["fid", "type", "id"], Some("file"), &files).await;
            hosts.extend(self.still_using(users, &files).await);
        }
        if !blocks.is_empty() && site.has_module("layout_builder") {
            let columns = ["block_content_id", "layout_entity_type", "layout_entity_id"];
            hosts.extend(self.users("inline_block_usage", columns, None, &blocks).await);
        }
        hosts
    }

    /// The content that uses files or blocks, as a table says that has the used, and the type and number of the user.
    async fn users(
        &self,
        table: &str,
        columns: [&str; 3],
        module: Option<&str>,
        used: &[(i64, Place)],
    ) -> Vec<Deciding> {
        let mut statement = Statement::from(table);
        let table = Alias(0);
        for name in columns {
            statement.output(column(table, name));
        }
        let found = statement.among(column(table, columns[0]), numbers(used.iter().map(|(id, _)| *id)));
        statement.only(found);
        if let Some(module) = module {
            let by_module = statement.equals(column(table, "module"), Value::Text(module.to_owned()));
            statement.only(by_module);
        }
        let (select, parameters) = statement.finish();
        let rows = self.conversation.ask_one(&select, parameters).await;
        let user = |row: usize| {
            let id = rows.integer(row, 0)?;
            let (_, over) = used.iter().find(|(used, _)| *used == id)?;
            let entity_type = self.site().entity_type(rows.text(row, 1)?)?;
            Some(Deciding { over: over.clone(), entity_type, id: rows.integer(row, 2)?, fields: Vec::new() })
        };
        (0..rows.len()).filter_map(user).collect()
    }

    /// Those who use files in their default revision, in whatever language, and the fields in which they do. Drupal
    /// counts users of other revisions as well.
    async fn still_using(&self, mut users: Vec<Deciding>, files: &[(i64, Place)]) -> Vec<Deciding> {
        let mut holders = Vec::new();
        let mut queries = Vec::new();
        for entity_type in distinct(users.iter().map(|user| user.entity_type)) {
            let of_type = users.iter().filter(|user| user.entity_type == entity_type);
            let ids = numbers(of_type.map(|user| user.id));
            for (field, table, id, target) in holders_of_files(self.site(), entity_type) {
                let mut statement = Statement::from(table);
                statement.output(column(Alias(0), id));
                statement.output(column(Alias(0), target));
                let among_users = statement.among(column(Alias(0), id), ids.clone());
                statement.only(among_users);
                let used = numbers(files.iter().map(|(file, _)| *file));
                let among_files = statement.among(column(Alias(0), target), used);
                statement.only(among_files);
                if id == ENTITY {
                    let kept = statement.equals(column(Alias(0), "deleted"), Value::Integer(0));
                    statement.only(kept);
                }
                let (select, parameters) = statement.finish();
                queries.push(self.conversation.query(&select, parameters));
                holders.push((entity_type, field));
            }
        }
        let answers = self.conversation.ask(queries).await;
        for ((entity_type, field), rows) in holders.into_iter().zip(answers) {
            for row in 0..rows.len() {
                let (user, file) = (rows.integer(row, 0), rows.integer(row, 1));
                let over = files.iter().find(|(id, _)| Some(*id) == file).map(|(_, over)| over);
                let meant = users.iter_mut().filter(|found| {
                    found.entity_type == entity_type && Some(found.id) == user && Some(&found.over) == over
                });
                for found in meant {
                    found.fields.push(field.to_owned());
                }
            }
        }
        users.retain(|user| !user.fields.is_empty());
        users
    }

    /// Reads what is not known yet of those who decide, and says where it is.
    async fn read_hosts(&mut self, hosts: &[Deciding]) -> Vec<Place> {
        let mut missing: Vec<(EntityTypeIndex, Vec<i64>)> = Vec::new();
        for host in hosts {
            if self.hosts.contains_key(&(host.entity_type, host.id)) {
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
        self.read_untranslated(wanted).await.into_iter().flatten().collect()
    }

    /// Finds out who may see the content that the blocks among some configuration show.
    pub(super) async fn ask_contents(&mut self, places: &[Place]) {
        let site = Arc::clone(self.site());
        let content = |place: &Place| {
            let Place::Config(resource_type, name) = place else { return None };
            let is_block = site[site[*resource_type].entity_type].id == "block";
            let config = site.config.get(name).filter(|_| is_block)?;
            Some((place.clone(), access::content_of_block(config)?.to_owned()))
        };
        let blocks: Vec<(Place, String)> = places.iter().filter_map(content).collect();
        let Some(entity_type) = site.entity_type("block_content").filter(|_| !blocks.is_empty()) else {
            return;
        };
        let keys = &site[entity_type].keys;
        let base = site[entity_type].tables.as_ref().map(|tables| tables.base.as_str());
        let table = Alias(0);
        let mut statement = Statement::from(base.unwrap_or_default());
        statement.output(column(table, &keys.uuid));
        statement.output(column(table, &keys.id));
        let uuids = blocks.iter().map(|(_, uuid)| uuid.clone()).collect();
        let found = statement.among_texts(&column(table, &keys.uuid), uuids);
        statement.only(found);
        let (select, parameters) = statement.finish();
        let rows = self.conversation.ask_one(&select, parameters).await;
        let mut hosts = Vec::new();
        for row in 0..rows.len() {
            let (Some(uuid), Some(id)) = (rows.text(row, 0), rows.integer(row, 1)) else { continue };
            let shown = blocks.iter().filter(|(_, shown)| shown == uuid);
            let deciding =
                |over: &Place| Deciding { over: over.clone(), entity_type, id, fields: Vec::new() };
            hosts.extend(shown.map(|(over, _)| deciding(over)));
        }
        let asking = self.read_hosts(&hosts).await;
        self.ask_hosts(asking).await;
        for host in hosts {
            self.decide(host);
        }
    }

    /// Access to an entity of content by itself.
    pub(super) fn view_access(&self, place: &Place) -> AccessResult {
        let scope = &self.plan.scope;
        match self.seen(place) {
            Some(seen) => access::view_access(&scope.site, &scope.account, &seen),
            None => AccessResult::NEUTRAL,
        }
    }

    /// The configuration at a place.
    pub(super) fn config(&self, name: &str) -> &Php {
        self.plan.scope.site.config.get(name).unwrap_or(&Php::Null)
    }
}

/// Each once, in order.
fn distinct<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut distinct = Vec::new();
    for one in all {
        if !distinct.contains(&one) {
            distinct.push(one);
        }
    }
    distinct
}

/// Where entities of a type have files: the field, its table, and the columns for the entity and the file.
fn holders_of_files(site: &Site, entity_type: EntityTypeIndex) -> Vec<(&str, &str, &str, &str)> {
    let of_type = site.resource_types.iter().filter(|found| found.entity_type == entity_type);
    let fields = of_type.flat_map(|found| &found.fields);
    let fields = fields.filter(|field| matches!(field.kind, FieldKind::File | FieldKind::Image));
    distinct(fields.filter_map(|field| {
        let target = field.columns().iter().find(|column| column.property == "target_id")?;
        let tables = site[entity_type].tables.as_ref()?;
        let (table, id) = match &field.storage {
            FieldStorage::Dedicated { table, .. } => (table, ENTITY),
            FieldStorage::Shared { in_data, .. } => {
                let table = tables.data.as_ref().filter(|_| *in_data).unwrap_or(&tables.base);
                (table, site[entity_type].keys.id.as_str())
            }
            FieldStorage::Computed => return None,
        };
        Some((field.name.as_str(), table.as_str(), id, target.name.as_str()))
    }))
}
