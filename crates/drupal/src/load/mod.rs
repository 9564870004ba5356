//! Entities, read from the tables of their type: a constant number of statements for any number of them.
//!
//! What is asked for is decided elsewhere, and so is who may see it.

mod entity;
mod extras;
mod field_rows;
mod identity;
mod main_rows;

use std::sync::Arc;

pub use entity::{Alias, Batch, CommentStatistics, Entity, Item, Items};
pub use extras::newest_revisions;
pub use identity::{Identities, Identity, TargetId};

use crate::conversation::{Conversation, Table};
use crate::site::{EntityTypeIndex, FieldIndex, ResourceTypeIndex, Site};
use extras::Extras;
use field_rows::FieldRows;
use main_rows::MainRows;

/// Entities of one type that are to be read.
#[derive(Debug)]
pub struct Ask {
    /// Their type.
    pub entity_type: EntityTypeIndex,
    /// Each with the revision to show; without revisions where the type has none.
    pub entities: Vec<(i64, Option<i64>)>,
    /// Whether the revisions are the default ones, which are kept apart.
    pub default_revisions: bool,
    /// The fields that are needed of each resource type that may be among them.
    pub fields: Vec<(ResourceTypeIndex, Vec<FieldIndex>)>,
}

/// Reads entities, in the order that they are asked for, those that are gone left out. Each is read in the first of the
/// given languages that it has, else in the one that it was written in first.
pub async fn load(
    conversation: &Conversation,
    site: &Arc<Site>,
    languages: &[&str],
    asks: &[Ask],
) -> Vec<Batch> {
    let mut queries = Vec::new();
    let plans: Vec<Plan<'_>> = asks.iter().map(|ask| Plan::of(site, ask)).collect();
    for plan in &plans {
        queries.push(plan.main.query(conversation, plan.ask, languages));
        queries.extend(plan.fields.queries(conversation, plan.ask));
        queries.extend(plan.extras.queries(conversation, site, plan.ask));
    }
    let mut answers = conversation.ask(queries).await.into_iter();
    plans.iter().map(|plan| plan.batch(site, languages, &mut answers)).collect()
}

/// The statements that read the entities of one type.
struct Plan<'a> {
    ask: &'a Ask,
    main: MainRows,
    fields: FieldRows,
    extras: Extras,
}

impl<'a> Plan<'a> {
    fn of(site: &Site, ask: &'a Ask) -> Self {
        Self {
            ask,
            main: MainRows::plan(site, ask),
            fields: FieldRows::plan(site, ask),
            extras: Extras::plan(site, ask),
        }
    }

    /// The entities in the answers to its statements.
    fn batch(
        &self,
        site: &Arc<Site>,
        languages: &[&str],
        answers: &mut impl Iterator<Item = Table>,
    ) -> Batch {
        let mut tables = vec![answers.next().unwrap_or_default()];
        tables.extend(answers.by_ref().take(self.fields.len()));
        let extras: Vec<Table> = answers.take(self.extras.len()).collect();
        let mut entities = self.main.entities(site, self.ask, &tables[0], languages);
        let places = self.fields.places(&tables[1..]);
        for entity in &mut entities {
            let resource_type = &site[entity.resource_type];
            let placed = (0u16..).zip(&resource_type.fields).map(|(index, field)| {
                self.main
                    .placed(field, &tables[0], entity.row)
                    .or_else(|| places.of(entity, resource_type, FieldIndex(index)))
                    .unwrap_or_default()
            });
            entity.fields = placed.collect();
        }
        drop(places);
        self.extras.add(site, &mut entities, &extras);
        Batch { site: Arc::clone(site), tables, entities }
    }
}
