//! What the rows of a join table tell about the identifiers of a relationship URL.

use std::sync::Arc;

use docent_catalog::model::{Link, Relationship};
use docent_sql::render::{Statement, render};
use docent_sql::statement::{Condition, Parameter, Select};

use super::columns::Columns;
use super::layer::Builder;
use super::object::{self, Format, KeyCell};
use crate::resolve::{MAIN, Root, column_ref, hold_key, refs, renamed};

/// Reads the `meta` of a page of identifiers, once the page is known.
#[derive(Debug)]
pub(crate) struct LinkageMeta {
    pub(crate) statement: Arc<Statement>,
    /// The caller's values and the request's first ones, which are the key of the start; the keys of the page come
    /// after them.
    pub(crate) start_values: usize,
    /// Cells of the identifier's key.
    pub(crate) key: Vec<KeyCell>,
    /// Members of `meta`, with their cells.
    pub(crate) members: Vec<(Vec<u8>, usize, Format)>,
}

impl Builder<'_> {
    /// How the `meta` of the primary identifiers is read, if they have any. The join table must hold both keys.
    pub(super) fn identifiers_meta(&self) -> Option<LinkageMeta> {
        let Root::Linkage(owner, index) = self.shape.root else { return None };
        let owner = self.catalog.get(owner);
        let relationship = &owner.relationships[index];
        let target = self.catalog.get(relationship.target);
        let Link::JoinTable { table, near, join_near, join_far, far, meta, .. } = &relationship.link else {
            return None;
        };
        let holds_keys = hold_key(join_near, near, &owner.key) && hold_key(join_far, far, &target.key);
        if meta.is_empty() || !holds_keys {
            return None;
        }
        let mut columns = Columns::new(1);
        let key = object::key_cells(join_far, MAIN, &mut columns);
        let members = linkage_meta(relationship, &mut columns);
        let start = renamed(self.shape.start.clone(), MAIN, &owner.key, join_near);
        let start_values = owner.key.len() + usize::from(self.catalog.caller_values);
        let keys = Parameter(u16::try_from(start_values).unwrap_or(u16::MAX));
        let condition = start.and(Condition::InKeys { columns: refs(MAIN, join_far), keys, negated: false });
        let select = Select {
            columns: columns.into_outputs(),
            from: (table.clone(), MAIN),
            joins: Vec::new(),
            keys: None,
            condition,
            group: None,
            order: Vec::new(),
            limit: None,
            offset: None,
        };
        let statement = Arc::new(render(self.dialect, &select));
        Some(LinkageMeta { statement, start_values, key, members })
    }
}

/// Columns of a join table that stand in the `meta` of identifiers.
pub(super) fn linkage_meta(
    relationship: &Relationship,
    columns: &mut Columns,
) -> Vec<(Vec<u8>, usize, Format)> {
    let Link::JoinTable { meta, .. } = &relationship.link else { return Vec::new() };
    let named = meta.iter().map(|(name, column)| {
        let cell = columns.cell(column_ref(MAIN, column));
        (docent_jsonapi::json::key(name), cell, Format::of(&column.column_type))
    });
    named.collect()
}
