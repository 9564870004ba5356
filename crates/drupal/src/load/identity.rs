//! What references lead to: the resource type and UUID of each target.

use hashbrown::{HashMap, HashSet};

use docent_sql::statement::Alias;
use docent_sql::{Cell, Query};

use super::{Batch, Entity};
use crate::conversation::{Conversation, Table};
use crate::site::{EntityTypeIndex, FieldIndex, ResourceTypeIndex, Site};
use crate::statement::{Statement, column, numbers};

/// What a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetId<'a> {
    /// Content.
    Number(i64),
    /// Configuration.
    Name(&'a str),
}

/// An entity, as references name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its resource type.
    pub resource_type: ResourceTypeIndex,
    /// Its UUID.
    pub uuid: String,
    /// Its default revision, where there are any.
    pub revision: Option<i64>,
}

/// The targets of references.
#[derive(Debug, Default)]
pub struct Identities {
    content: HashMap<(EntityTypeIndex, i64), Identity>,
    asked: HashSet<(EntityTypeIndex, i64)>,
}

impl Identities {
    /// Finds what fields of entities lead to, as far as that is not known: one statement for each entity type.
    /// Configuration needs none: the site has it.
    pub async fn find<'a>(
        &mut self,
        conversation: &Conversation,
        site: &Site,
        fields: impl Iterator<Item = (&'a Batch, &'a Entity, FieldIndex)>,
    ) {
        let mut wanted: Vec<(EntityTypeIndex, Vec<i64>)> = Vec::new();
        for (batch, entity, field) in fields {
            let target = site[entity.resource_type][field].target.as_ref();
            let Some(to) = target.and_then(|target| target.entity_type) else { continue };
            if site[to].tables.is_none() || !site[to].is_kept() {
                continue;
            }
            let ids = batch.items(entity, field).filter_map(|item| number(item.main()));
            let ids =
                ids.filter(|id| !self.asked.contains(&(to, *id)) && !self.content.contains_key(&(to, *id)));
            match wanted.iter_mut().find(|(known, _)| *known == to) {
                Some((_, list)) => list.extend(ids),
                None => wanted.push((to, ids.collect())),
            }
        }
        wanted.retain(|(_, ids)| !ids.is_empty());
        self.ask(conversation, site, wanted).await;
    }

    /// Takes note of an entity that has been read.
    pub fn learn(&mut self, entity_type: EntityTypeIndex, entity: &Entity) {
        self.content.entry((entity_type, entity.id)).or_insert_with(|| Identity {
            resource_type: entity.resource_type,
            uuid: entity.uuid.clone(),
            revision: entity.default_revision,
        });
    }

    /// Finds entities by their numbers.
    pub async fn ask(
        &mut self,
        conversation: &Conversation,
        site: &Site,
        wanted: Vec<(EntityTypeIndex, Vec<i64>)>,
    ) {
        let queries = wanted.iter().map(|(to, ids)| query(conversation, site, *to, ids)).collect();
        let answers = conversation.ask(queries).await;
        for ((to, ids), table) in wanted.into_iter().zip(answers) {
            self.asked.extend(ids.into_iter().map(|id| (to, id)));
            self.add(site, to, &table);
        }
    }

    fn add(&mut self, site: &Site, to: EntityTypeIndex, table: &Table) {
        let keys = &site[to].keys;
        for row in 0..table.len() {
            let Some(id) = table.integer(row, 0) else { continue };
            let Some(uuid) = table.text(row, 1) else { continue };
            let mut next = 2;
            let revision = if keys.revision.is_empty() {
                None
            } else {
                next += 1;
                table.integer(row, next - 1)
            };
            let bundle = if keys.bundle.is_empty() { Some(&*site[to].id) } else { table.text(row, next) };
            let Some(resource_type) = bundle.and_then(|bundle| site.resource_type(to, bundle)) else {
                continue;
            };
            self.content.insert((to, id), Identity { resource_type, uuid: uuid.to_owned(), revision });
        }
    }

    /// The entity of that type and number.
    pub fn of(&self, entity_type: EntityTypeIndex, id: i64) -> Option<&Identity> {
        self.content.get(&(entity_type, id))
    }
}

fn query(conversation: &Conversation, site: &Site, to: EntityTypeIndex, ids: &[i64]) -> Query {
    let entity_type = &site[to];
    let table = Alias(0);
    let base = entity_type.tables.as_ref().map(|tables| tables.base.as_str()).unwrap_or_default();
    let mut statement = Statement::from(base);
    let keys = &entity_type.keys;
    for key in [&keys.id, &keys.uuid, &keys.revision, &keys.bundle] {
        if !key.is_empty() {
            statement.output(column(table, key));
        }
    }
    let found = statement.among(column(table, &keys.id), numbers(ids.iter().copied()));
    statement.only(found);
    let (select, parameters) = statement.finish();
    conversation.query(&select, parameters)
}

/// The number in a cell.
pub(super) fn number(cell: Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Integer(number) => Some(number),
        Cell::Text(text) => std::str::from_utf8(text).ok()?.parse().ok(),
        _ => None,
    }
}

impl<'a> TargetId<'a> {
    /// What a cell names.
    pub fn of(cell: Cell<'a>, is_content: bool) -> Option<Self> {
        match cell {
            _ if is_content => number(cell).map(TargetId::Number),
            Cell::Text(name) => std::str::from_utf8(name).ok().map(TargetId::Name),
            _ => None,
        }
    }
}
