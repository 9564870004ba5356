//! Steps that create resources: an INSERT for each, or one for a run of them.

use std::iter;
use std::sync::Arc;

use docent_catalog::model::{ResourceType, TypeId};
use docent_sql::change::{Change, Insert, PARAMETERS_MAX, Source};
use docent_sql::render::{Statement, render_change};
use docent_sql::statement::Parameter;

use super::steps::{Argument, Builder, Slot, Step, Then};
use super::{Action, Fields, Kind, Subject};
use crate::resolve::table_of;

/// Rows of one INSERT: few different counts, so that texts repeat and stay prepared.
const BATCHES: [usize; 7] = [256, 128, 64, 32, 16, 8, 4];

/// The INSERT of one row, which is the same for all rows of these columns.
pub(super) struct SingleInsert<'a> {
    owner: TypeId,
    columns: Vec<&'a str>,
    statement: Arc<Statement>,
    then: Then,
}

/// Columns of a new row and their values.
pub(super) type NewRow<'a> = Vec<(&'a str, Slot)>;

impl<'a> Builder<'a> {
    /// Adds the steps of the creation at `index`, and of those like it that follow. Returns how many they are.
    pub(super) fn create(
        &mut self,
        actions: &'a [Action],
        index: usize,
        action: &'a Action,
        fields: &'a Fields,
    ) -> usize {
        let row = self.row(index, action, fields);
        let run = self.similar(actions, index, &row);
        let count = BATCHES.into_iter().find(|batch| *batch <= run.len() + 1).unwrap_or(1);
        if count == 1 {
            self.insert_one(index, action, fields, row);
            self.refer_to_itself(index, action, fields);
            for edit in &fields.edits {
                self.edit(index, action, edit, true);
            }
        } else {
            let columns: Vec<&str> = row.iter().map(|(column, _)| *column).collect();
            let rows = iter::once(row).chain(run).take(count);
            let arguments = rows.flatten().map(|(_, slot)| Argument::One(slot)).collect();
            let (statement, then) = self.insert(action.type_id, &columns, count);
            self.steps.push(Step { action: index, statement, takes_fields: false, arguments, then });
        }
        self.permit_created(index, action, count);
        count
    }

    fn insert_one(&mut self, index: usize, action: &Action, fields: &Fields, row: NewRow<'a>) {
        let is_like = |known: &&SingleInsert<'_>| {
            known.owner == action.type_id && known.columns.iter().eq(row.iter().map(|(column, _)| column))
        };
        let (statement, then) = if let Some(known) = self.insert.as_ref().filter(is_like) {
            (Arc::clone(&known.statement), known.then.clone())
        } else {
            let columns: Vec<&str> = row.iter().map(|(column, _)| *column).collect();
            let (statement, then) = self.insert(action.type_id, &columns, 1);
            let of = (Arc::clone(&statement), then.clone());
            self.insert = Some(SingleInsert { owner: action.type_id, columns, statement, then });
            of
        };
        // The row begins with them.
        let others = row.into_iter().skip(fields.columns.len());
        let arguments = others.map(|(_, slot)| Argument::One(slot)).collect();
        self.steps.push(Step { action: index, statement, takes_fields: true, arguments, then });
    }

    /// The INSERT of so many rows, and what must come of it.
    fn insert(&self, owner: TypeId, columns: &[&str], count: usize) -> (Arc<Statement>, Then) {
        let owner = self.catalog.get(owner);
        let (returning, then) = self.created(owner, columns, count);
        let source = if columns.is_empty() {
            Source::Defaults
        } else {
            let columns = columns.iter().map(|column| (*column).to_owned()).collect();
            Source::Values { columns, first: Parameter(0), count: u16::try_from(count).unwrap_or(1) }
        };
        let table = table_of(owner).name.clone();
        let insert = Insert { table, source, unless_known: Vec::new(), returning };
        (Arc::new(render_change(self.dialect, &Change::Insert(insert))), then)
    }

    /// What an INSERT hands out, and what comes of it: the keys of new resources, unless they can be known without.
    fn created(&self, owner: &ResourceType, columns: &[&str], count: usize) -> (Vec<String>, Then) {
        let known: Option<Vec<usize>> = owner
            .key
            .iter()
            .map(|part| columns.iter().position(|column| *column == part.name).filter(|_| part.exact))
            .collect();
        let is_given = known.filter(|_| !owner.has_triggers || !self.dialect.returns_inserted());
        if let Some(parts) = is_given {
            return (Vec::new(), Then::CreatedAsGiven { count, width: columns.len(), parts });
        }
        if count == 1 && self.is_told(owner, columns.iter().copied()) {
            return (Vec::new(), Then::Generated);
        }
        (owner.key.iter().map(|column| column.name.clone()).collect(), Then::Created(count))
    }

    /// Whether the key of a single new row is the number that the database makes and tells: none that was given, or that
    /// a trigger has set.
    fn is_told<'c>(&self, owner: &ResourceType, mut columns: impl Iterator<Item = &'c str>) -> bool {
        let [part] = &owner.key[..] else { return false };
        part.auto_increment
            && !owner.has_triggers
            && self.dialect.tells_generated()
            && !columns.any(|column| column == part.name)
    }

    /// The columns of a new row: those of all fields first.
    fn row(&mut self, index: usize, action: &Action, fields: &'a Fields) -> NewRow<'a> {
        let owner = self.catalog.get(action.type_id);
        let given = fields.columns.iter().enumerate();
        // Most foreign keys are one column.
        let mut row: NewRow<'a> = Vec::with_capacity(fields.columns.len() + fields.links.len());
        row.extend(given.map(|(value, column)| (column.name(owner), Slot::Field { action: index, value })));
        for (relationship, subject) in &fields.links {
            // A resource can refer to itself only once it is there.
            let Some(subject) = subject.as_ref().filter(|one| **one != Subject::Created(index)) else {
                continue;
            };
            for (column, slot) in self.foreign_key(index, action.type_id, *relationship, subject) {
                if !row.iter().any(|(known, _)| *known == column) {
                    row.push((column, slot));
                }
            }
        }
        row
    }

    /// The rows of creations that follow and differ in their values alone, if they are worth a statement of their own.
    fn similar(&mut self, actions: &'a [Action], index: usize, first: &NewRow<'a>) -> Vec<NewRow<'a>> {
        let is_alone = |fields: &Fields, at: usize| {
            fields.edits.is_empty() && !fields.links.iter().any(|(_, one)| *one == Some(Subject::Created(at)))
        };
        let mut rows = Vec::new();
        let action = &actions[index];
        if !self.batches || !matches!(&action.kind, Kind::Create(fields) if is_alone(fields, index)) {
            return rows;
        }
        if !self.dialect.returns_inserted() {
            // Without their keys the resources could not be told from each other.
            return rows;
        }
        let owner = self.catalog.get(action.type_id);
        let is_told = self.is_told(owner, first.iter().map(|(column, _)| *column));
        if is_told && !self.dialect.gains_by_batches() && !self.asks_permission(action) {
            return rows;
        }
        let most = BATCHES[0].min(PARAMETERS_MAX / first.len().max(1));
        for (at, other) in actions.iter().enumerate().skip(index + 1).take(most - 1) {
            let Kind::Create(fields) = &other.kind else { break };
            let is_like = other.type_id == action.type_id && other.permission == action.permission;
            if !is_like || !is_alone(fields, at) || first.is_empty() {
                break;
            }
            let steps = self.steps.len();
            let row = self.row(at, other, fields);
            let waits = |slot: &Slot| matches!(slot, Slot::Key { action, .. } if *action >= index);
            let differs = row.len() != first.len()
                || row.iter().zip(first).any(|((one, slot), (other, _))| one != other || waits(slot));
            if differs || self.steps.len() > steps {
                self.steps.truncate(steps);
                break;
            }
            rows.push(row);
        }
        rows
    }

    /// Foreign keys of a new resource that lead to itself.
    fn refer_to_itself(&mut self, index: usize, action: &Action, fields: &Fields) {
        let mut columns = Vec::new();
        for (relationship, subject) in &fields.links {
            if *subject == Some(Subject::Created(index)) {
                columns.extend(self.foreign_key(
                    index,
                    action.type_id,
                    *relationship,
                    &Subject::Created(index),
                ));
            }
        }
        if !columns.is_empty() {
            let columns = columns.into_iter().map(|(column, slot)| (column.to_owned(), Some(slot))).collect();
            self.update_subject(index, action, columns);
        }
    }
}
