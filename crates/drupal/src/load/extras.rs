//! What Drupal computes from tables beside those of the entity: aliases, moderation states, newest revisions, and what
//! is known of comments.

use hashbrown::HashMap;

use docent_sql::statement::Alias as TableAlias;
use docent_sql::{Query, Value};

use super::Ask;
use super::entity::{Alias, CommentStatistics, Entity};
use crate::conversation::{Conversation, Table};
use crate::site::{EntityTypeIndex, FieldIndex, FieldKind, Site};
use crate::statement::{Statement, column, numbers};

/// Languages that an alias may be in besides that of the entity.
const ANY_LANGUAGE: &str = "und";

/// What is asked besides the entities' own rows.
pub(super) struct Extras(Vec<Extra>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extra {
    Aliases,
    ModerationStates,
    Revisions,
    Comments,
}

impl Extras {
    pub(super) fn plan(site: &Site, ask: &Ask) -> Self {
        let entity_type = &site[ask.entity_type];
        let has = |kind: FieldKind| {
            let mut fields = ask.fields.iter().flat_map(|(resource_type, fields)| {
                fields.iter().map(|field| site[*resource_type][*field].kind)
            });
            fields.any(|found| found == kind)
        };
        let is_moderated =
            ask.fields.iter().any(|(resource_type, _)| site[*resource_type].workflow.is_some());
        let has_revisions = entity_type.tables.as_ref().is_some_and(|tables| tables.revision.is_some());
        let mut extras = Vec::new();
        if has(FieldKind::Path) && entity_type.canonical_path.is_some() && site.has_module("path_alias") {
            extras.push(Extra::Aliases);
        }
        if has(FieldKind::ModerationState) && is_moderated {
            extras.push(Extra::ModerationStates);
        }
        if has_revisions {
            extras.push(Extra::Revisions);
        }
        if has(FieldKind::Comment) {
            extras.push(Extra::Comments);
        }
        Self(extras)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn queries(&self, conversation: &Conversation, site: &Site, ask: &Ask) -> Vec<Query> {
        let query = |extra: &Extra| {
            let statement = match extra {
                Extra::Aliases => aliases(site, ask),
                Extra::ModerationStates => moderation_states(site, ask),
                Extra::Revisions => revisions(site, ask.entity_type, ids(ask)),
                Extra::Comments => comments(site, ask),
            };
            let (select, parameters) = statement.finish();
            conversation.query(&select, parameters)
        };
        self.0.iter().map(query).collect()
    }

    /// Adds what was found to the entities.
    pub(super) fn add(&self, site: &Site, entities: &mut [Entity], tables: &[Table]) {
        for (extra, table) in self.0.iter().zip(tables) {
            match extra {
                Extra::Aliases => add_aliases(site, entities, table),
                Extra::ModerationStates => add_moderation_states(entities, table),
                Extra::Revisions => add_revisions(entities, table),
                Extra::Comments => add_comments(site, entities, table),
            }
        }
    }
}

fn ids(ask: &Ask) -> Vec<Value> {
    numbers(ask.entities.iter().map(|(id, _)| *id))
}

/// The path that Drupal itself knows an entity by: `/node/11`.
fn system_path(template: &str, id: i64) -> String {
    match (template.find('{'), template.find('}')) {
        (Some(start), Some(end)) if start < end => {
            format!("{}{id}{}", &template[..start], &template[end + 1..])
        }
        _ => template.to_owned(),
    }
}

fn aliases(site: &Site, ask: &Ask) -> Statement {
    let table = TableAlias(0);
    let mut statement = Statement::from("path_alias");
    for name in ["path", "alias", "id", "langcode"] {
        statement.output(column(table, name));
    }
    let template = site[ask.entity_type].canonical_path.as_deref().unwrap_or_default();
    let paths = ask.entities.iter().map(|(id, _)| system_path(template, *id)).collect();
    let found = statement.among_texts(&column(table, "path"), paths);
    statement.only(found);
    let enabled = statement.equals(column(table, "status"), Value::Integer(1));
    statement.only(enabled);
    statement
}

fn add_aliases(site: &Site, entities: &mut [Entity], table: &Table) {
    let mut found: HashMap<&str, Vec<usize>> = HashMap::new();
    for row in 0..table.len() {
        found.entry(table.text(row, 0).unwrap_or_default()).or_default().push(row);
    }
    for entity in entities {
        let entity_type = &site[site[entity.resource_type].entity_type];
        let template = entity_type.canonical_path.as_deref().unwrap_or_default();
        let Some(rows) = found.get(system_path(template, entity.id).as_str()) else { continue };
        // The newest in the language wins, and any in it over those for all languages.
        let rank = |row: &&usize| {
            let langcode = table.text(**row, 3).unwrap_or_default();
            (langcode == entity.langcode, table.integer(**row, 2))
        };
        let fits = |row: &&usize| {
            let langcode = table.text(**row, 3).unwrap_or_default();
            langcode == entity.langcode || langcode == ANY_LANGUAGE
        };
        entity.alias = rows.iter().filter(fits).max_by_key(rank).map(|row| Alias {
            path: table.text(*row, 1).unwrap_or_default().to_owned(),
            id: table.integer(*row, 2).unwrap_or_default(),
            langcode: table.text(*row, 3).unwrap_or_default().to_owned(),
        });
    }
}

fn moderation_states(site: &Site, ask: &Ask) -> Statement {
    let table = TableAlias(0);
    // That of the default revision is the one that is current.
    let mut statement = Statement::from(if ask.default_revisions {
        "content_moderation_state_field_data"
    } else {
        "content_moderation_state_field_revision"
    });
    for name in ["content_entity_revision_id", "langcode", "moderation_state"] {
        statement.output(column(table, name));
    }
    let of_type = Value::Text(site[ask.entity_type].id.clone());
    let of_type = statement.equals(column(table, "content_entity_type_id"), of_type);
    statement.only(of_type);
    let of_entities = statement.among(column(table, "content_entity_id"), ids(ask));
    statement.only(of_entities);
    if !ask.default_revisions {
        let revisions = numbers(ask.entities.iter().filter_map(|(_, revision)| *revision));
        let of_revisions = statement.among(column(table, "content_entity_revision_id"), revisions);
        statement.only(of_revisions);
    }
    statement.ascending(column(table, "revision_id"));
    statement
}

fn add_moderation_states(entities: &mut [Entity], table: &Table) {
    let mut states: HashMap<(i64, &str), &str> = HashMap::new();
    for row in 0..table.len() {
        let revision = table.integer(row, 0).unwrap_or_default();
        // The last one counts.
        states.insert(
            (revision, table.text(row, 1).unwrap_or_default()),
            table.text(row, 2).unwrap_or_default(),
        );
    }
    for entity in entities {
        let Some(revision) = entity.revision else { continue };
        let state = states
            .get(&(revision, entity.langcode.as_str()))
            .or_else(|| states.get(&(revision, entity.default_langcode.as_str())));
        entity.moderation_state = state.map(|state| (*state).to_owned());
    }
}

fn revisions(site: &Site, entity_type: EntityTypeIndex, ids: Vec<Value>) -> Statement {
    let table = TableAlias(0);
    let entity_type = &site[entity_type];
    let revision = entity_type.tables.as_ref().and_then(|tables| tables.revision.as_deref());
    let mut statement = Statement::from(revision.unwrap_or_default());
    let id = column(table, &entity_type.keys.id);
    statement.output(id.clone());
    statement.largest(column(table, &entity_type.keys.revision), id.clone());
    let found = statement.among(id, ids);
    statement.only(found);
    statement
}

/// The newest revision of each of the given entities.
pub async fn newest_revisions(
    conversation: &Conversation,
    site: &Site,
    entity_type: EntityTypeIndex,
    ids: &[i64],
) -> HashMap<i64, i64> {
    let (select, parameters) = revisions(site, entity_type, numbers(ids.iter().copied())).finish();
    newest(&conversation.ask_one(&select, parameters).await)
}

fn newest(table: &Table) -> HashMap<i64, i64> {
    (0..table.len()).filter_map(|row| Some((table.integer(row, 0)?, table.integer(row, 1)?))).collect()
}

fn add_revisions(entities: &mut [Entity], table: &Table) {
    let newest = newest(table);
    for entity in entities {
        entity.latest_revision = newest.get(&entity.id).copied().or(entity.default_revision);
    }
}

fn comments(site: &Site, ask: &Ask) -> Statement {
    let table = TableAlias(0);
    let mut statement = Statement::from("comment_entity_statistics");
    for name in [
        "entity_id",
        "field_name",
        "cid",
        "last_comment_timestamp",
        "last_comment_name",
        "last_comment_uid",
        "comment_count",
    ] {
        statement.output(column(table, name));
    }
    let found = statement.among(column(table, "entity_id"), ids(ask));
    statement.only(found);
    let of_type = Value::Text(site[ask.entity_type].id.clone());
    let of_type = statement.equals(column(table, "entity_type"), of_type);
    statement.only(of_type);
    statement
}

fn add_comments(site: &Site, entities: &mut [Entity], table: &Table) {
    let mut found: HashMap<(i64, &str), usize> = HashMap::new();
    for row in 0..table.len() {
        let (Some(id), Some(field)) = (table.integer(row, 0), table.text(row, 1)) else { continue };
        found.insert((id, field), row);
    }
    // Drupal tells the default translation alone.
    for entity in entities.iter_mut().filter(|entity| entity.langcode == entity.default_langcode) {
        let resource_type = &site[entity.resource_type];
        for (index, field) in (0u16..).zip(&resource_type.fields) {
            if field.kind != FieldKind::Comment {
                continue;
            }
            let Some(&row) = found.get(&(entity.id, field.name.as_str())) else { continue };
            let statistics = CommentStatistics {
                last_comment: table.integer(row, 2),
                last_timestamp: table.integer(row, 3),
                last_name: table.text(row, 4).map(str::to_owned),
                last_account: table.integer(row, 5),
                count: table.integer(row, 6),
            };
            entity.comments.push((FieldIndex(index), statistics));
        }
    }
}
