//! The rows of fields that have tables of their own.

use hashbrown::HashMap;
use std::ops::Range;

use docent_sql::statement::Alias;
use docent_sql::{Query, Value};

use super::Ask;
use super::entity::{Columns, Entity, Placed};
use crate::conversation::{Conversation, Table};
use crate::site::{FieldIndex, FieldKind, FieldStorage, ResourceType, Site};
use crate::statement::{Statement, column, numbers, value_column};

/// The tables to read, one for each field.
pub(super) struct FieldRows {
    tables: Vec<FieldTable>,
    /// Whether rows are those of revisions, and found by their number.
    by_revision: bool,
}

struct FieldTable {
    field: String,
    table: String,
    columns: Vec<String>,
    kind: FieldKind,
}

/// Where the rows of entities are in the tables that were read.
pub(super) struct Places<'a> {
    plan: &'a FieldRows,
    /// For each table: number and language → its rows.
    rows: Vec<HashMap<(i64, &'a str), Range<usize>>>,
}

const ENTITY: &str = "entity_id";
const REVISION: &str = "revision_id";
const LANGCODE: &str = "langcode";
/// Columns before those of the field.
const OWN_COLUMNS: usize = 2;

impl FieldRows {
    pub(super) fn plan(site: &Site, ask: &Ask) -> Self {
        let tables = site[ask.entity_type].tables.as_ref();
        let has_revisions = tables.is_some_and(|tables| tables.revision.is_some());
        let mut plan = Self { tables: Vec::new(), by_revision: has_revisions && !ask.default_revisions };
        for (resource_type, fields) in &ask.fields {
            for field in fields {
                let field = &site[*resource_type][*field];
                let FieldStorage::Dedicated { table, revision_table, columns } = &field.storage else {
                    continue;
                };
                if plan.tables.iter().any(|known| known.field == field.name) {
                    continue;
                }
                let of_revisions = revision_table.as_ref().filter(|_| plan.by_revision);
                plan.tables.push(FieldTable {
                    field: field.name.clone(),
                    table: of_revisions.unwrap_or(table).clone(),
                    columns: columns.iter().map(|column| column.name.clone()).collect(),
                    kind: field.kind,
                });
            }
        }
        plan
    }

    pub(super) fn len(&self) -> usize {
        self.tables.len()
    }

    fn key(&self) -> &'static str {
        if self.by_revision { REVISION } else { ENTITY }
    }

    pub(super) fn queries(&self, conversation: &Conversation, ask: &Ask) -> Vec<Query> {
        let table = Alias(0);
        let keys =
            numbers(ask.entities.iter().filter_map(
                |(id, revision)| {
                    if self.by_revision { *revision } else { Some(*id) }
                },
            ));
        let query = |asked: &FieldTable| {
            let mut statement = Statement::from(&asked.table);
            statement.output(column(table, self.key()));
            statement.output(column(table, LANGCODE));
            for name in &asked.columns {
                statement.output(value_column(table, name, asked.kind));
            }
            let found = statement.among(column(table, self.key()), keys.clone());
            statement.only(found);
            let kept = statement.equals(column(table, "deleted"), Value::Integer(0));
            statement.only(kept);
            for name in [self.key(), LANGCODE, "delta"] {
                statement.ascending(column(table, name));
            }
            let (select, parameters) = statement.finish();
            conversation.query(&select, parameters)
        };
        self.tables.iter().map(query).collect()
    }

    pub(super) fn places<'a>(&'a self, tables: &'a [Table]) -> Places<'a> {
        Places { plan: self, rows: tables.iter().map(ranges).collect() }
    }
}

/// The rows of each number and language. They follow each other.
fn ranges(table: &Table) -> HashMap<(i64, &str), Range<usize>> {
    let mut ranges: HashMap<(i64, &str), Range<usize>> = HashMap::new();
    for row in 0..table.len() {
        let (Some(key), Some(langcode)) = (table.integer(row, 0), table.text(row, 1)) else { continue };
        ranges.entry((key, langcode)).and_modify(|range| range.end = row + 1).or_insert(row..row + 1);
    }
    ranges
}

impl Places<'_> {
    /// Where the items of a field of an entity are, if they are in a table of their own.
    pub(super) fn of(
        &self,
        entity: &Entity,
        resource_type: &ResourceType,
        field: FieldIndex,
    ) -> Option<Placed> {
        let field = &resource_type[field];
        let place = self.plan.tables.iter().position(|known| known.field == field.name)?;
        let key = if self.plan.by_revision { entity.revision? } else { entity.id };
        let langcode = if field.translatable { &entity.langcode } else { &entity.default_langcode };
        let rows = self.rows[place].get(&(key, langcode.as_str()))?.clone();
        Some(Placed { table: place + 1, rows, columns: Columns::From(OWN_COLUMNS) })
    }
}
