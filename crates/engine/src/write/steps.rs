//! From actions to statements: what runs in which order, and what must come of it.

use std::sync::Arc;

use docent_catalog::model::{Catalog, Link, ResourceType, StoredColumn, TypeId};
use docent_sql::Value;
use docent_sql::change::{Assigned, Change, Delete, Update};
use docent_sql::render::{Dialect, Statement, render, render_change};
use docent_sql::statement::{ColumnRef, Comparison, Condition, Output, Parameter, Select};

use super::create::SingleInsert;
use super::guard::Denial;
use super::{Action, Fields, Kind, Subject};
use crate::resolve::{MAIN, refs, table_of};
use crate::serving::Serving;

/// A statement, its arguments, and what must come of it.
#[derive(Debug)]
pub(super) struct Step {
    /// The action it belongs to.
    pub(super) action: usize,
    pub(super) statement: Arc<Statement>,
    /// Whether its first parameters are the values of all fields of the action, a creation.
    pub(super) takes_fields: bool,
    /// Its other parameters.
    pub(super) arguments: Vec<Argument>,
    pub(super) then: Then,
}

/// A parameter's value, as far as it is known before the transaction.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Argument {
    /// One value.
    One(Slot),
    /// A list of keys, each of so many parts.
    Keys { parts: usize, keys: Vec<Vec<Slot>> },
    /// All rows that a look-up gave, each of so many columns.
    Rows { parts: usize, lookup: usize },
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Slot {
    /// From the request.
    Value(Value),
    /// One of the values of an action's fields.
    Field { action: usize, value: usize },
    /// Part of the key of the resource that an action created.
    Key { action: usize, part: usize },
    /// A column of the row that a look-up gave.
    Looked { lookup: usize, column: usize },
}

/// What must come of a step.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Then {
    /// Anything.
    Nothing,
    /// It returns the keys of that many new resources, of consecutive actions.
    Created(usize),
    /// It makes that many resources, of consecutive actions, whose keys are the `parts` of each row of `width` arguments.
    CreatedAsGiven { count: usize, width: usize, parts: Vec<usize> },
    /// It makes one resource, whose key is the number that the database gives it.
    Generated,
    /// It returns the key of the action's subject, and no other.
    Subject,
    /// It changes one row, which can only be the action's subject.
    ChangesSubject,
    /// It gives the subject's row: its key, then the columns to be kept; none is NULL if a relationship is to refer to them.
    LooksUpSubject { lookup: usize, links: Option<usize> },
    /// It gives so many rows of columns to be kept: those of the relationship's members.
    LooksUpMembers { lookup: usize, count: usize, relationship: usize },
    /// It changes so many rows: those of the relationship's members.
    Members { count: usize, relationship: usize },
    /// It gives so many rows: the others may not be changed by the caller.
    Permits { count: usize, denial: Denial },
    /// It gives as many rows as a look-up has found: the others may not be changed by the caller.
    PermitsFound { lookup: usize, relationship: usize },
    /// It gives the keys of rows, to be kept.
    Finds { lookup: usize },
    /// It gives no row: members that cannot be without the relationship would lose it.
    NoneLeft { relationship: usize },
}

/// Compiles actions.
pub(super) struct Builder<'a> {
    pub(super) serving: &'a Serving,
    pub(super) catalog: &'a Catalog,
    /// The caller's values.
    pub(super) caller: &'a [Value],
    pub(super) dialect: Dialect,
    /// Whether runs of similar creations become one statement. Without it a refusal tells which of them it was about.
    pub(super) batches: bool,
    pub(super) steps: Vec<Step>,
    pub(super) lookups: usize,
    /// The INSERT of a single row that was compiled last.
    pub(super) insert: Option<SingleInsert<'a>>,
}

impl<'a> Builder<'a> {
    /// Adds the steps of the action at `index`. Returns how many actions they are the steps of.
    pub(super) fn action(&mut self, actions: &'a [Action], index: usize) -> usize {
        let action = &actions[index];
        match &action.kind {
            Kind::Create(fields) => return self.create(actions, index, action, fields),
            Kind::Update(fields) => {
                self.permit_subject(index, action);
                self.update(index, action, fields);
                self.permit_subject(index, action);
            }
            Kind::Delete => {
                self.permit_subject(index, action);
                self.delete(index, action);
            }
            Kind::Relate(edit) => {
                self.permit_subject(index, action);
                self.relate(index, action, edit);
                self.permit_subject(index, action);
            }
        }
        1
    }

    fn update(&mut self, index: usize, action: &Action, fields: &Fields) {
        let owner = self.catalog.get(action.type_id);
        let mut columns: Vec<(String, Option<Slot>)> = fields
            .columns
            .iter()
            .enumerate()
            .map(|(value, column)| {
                (column.name(owner).to_owned(), Some(Slot::Field { action: index, value }))
            })
            .collect();
        for (relationship, subject) in &fields.links {
            columns.extend(self.assignments(index, action.type_id, *relationship, subject.as_ref()));
        }
        // Relationships that share a column agree on it.
        let mut known: Vec<String> = Vec::new();
        columns.retain(|(column, _)| {
            let is_new = !known.contains(column);
            known.push(column.clone());
            is_new
        });
        if columns.is_empty() {
            self.look_up_subject(index, action, &[], None);
        } else {
            self.update_subject(index, action, columns);
        }
        for edit in &fields.edits {
            self.edit(index, action, edit, false);
        }
    }

    /// The columns of a foreign key that is set or cleared; `None` is NULL.
    pub(super) fn assignments(
        &mut self,
        index: usize,
        owner: TypeId,
        relationship: usize,
        subject: Option<&Subject>,
    ) -> Vec<(String, Option<Slot>)> {
        if let Some(subject) = subject {
            let columns = self.foreign_key(index, owner, relationship, subject);
            return columns.map(|(column, slot)| (column.to_owned(), Some(slot))).collect();
        }
        let owner = self.catalog.get(owner);
        let Link::ForeignKey { near, .. } = &owner.relationships[relationship].link else {
            return Vec::new();
        };
        cleared(near, &owner.key).map(|column| (column, None)).collect()
    }

    /// Sets columns of the action's subject.
    pub(super) fn update_subject(
        &mut self,
        index: usize,
        action: &Action,
        columns: Vec<(String, Option<Slot>)>,
    ) {
        let owner = self.catalog.get(action.type_id);
        let mut arguments = Vec::new();
        let assignments = columns
            .into_iter()
            .map(|(column, slot)| {
                (column, slot.map_or(Assigned::Null, |slot| Assigned::Parameter(push(&mut arguments, slot))))
            })
            .collect();
        let condition = is_subject(owner, &action.subject, &mut arguments);
        let (returning, then) = self.subject_changed(index, action);
        let change = Change::Update(Update {
            table: (table_of(owner).name.clone(), MAIN),
            assignments,
            condition,
            returning,
        });
        self.change(index, &change, arguments, then);
    }

    /// What a change of the subject hands out, and what comes of it. A key that is equal need not be the subject's, where
    /// case does not count: then it is looked at.
    fn subject_changed(&mut self, index: usize, action: &Action) -> (Vec<String>, Then) {
        let owner = self.catalog.get(action.type_id);
        if owner.key.iter().all(|part| part.exact) {
            return (Vec::new(), Then::ChangesSubject);
        }
        if self.dialect.returns_changed() {
            return (owner.key.iter().map(|column| column.name.clone()).collect(), Then::Subject);
        }
        self.look_up_subject(index, action, &[], None);
        (Vec::new(), Then::ChangesSubject)
    }

    fn delete(&mut self, index: usize, action: &Action) {
        let owner = self.catalog.get(action.type_id);
        let mut arguments = Vec::new();
        let condition = is_subject(owner, &action.subject, &mut arguments);
        let (returning, then) = self.subject_changed(index, action);
        let table = (table_of(owner).name.clone(), MAIN);
        let change = Change::Delete(Delete { table, condition, returning });
        self.change(index, &change, arguments, then);
    }

    /// The columns of a foreign key that leads to a resource.
    pub(super) fn foreign_key(
        &mut self,
        index: usize,
        owner: TypeId,
        relationship: usize,
        subject: &Subject,
    ) -> impl Iterator<Item = (&'a str, Slot)> + use<'a> {
        let relationship_at = relationship;
        let relationship = &self.catalog.get(owner).relationships[relationship];
        let (near, slots) = match &relationship.link {
            Link::ForeignKey { near, far, .. } => {
                (&near[..], self.columns_of_member(index, relationship.target, relationship_at, subject, far))
            }
            _ => (&[][..], Vec::new()),
        };
        near.iter().map(|column| column.name.as_str()).zip(slots)
    }

    /// The values of columns of a related resource: parts of its key, or looked up.
    fn columns_of_member(
        &mut self,
        index: usize,
        target: TypeId,
        relationship: usize,
        subject: &Subject,
        columns: &[StoredColumn],
    ) -> Vec<Slot> {
        let target = self.catalog.get(target);
        // One that is not seen cannot be led to.
        if let Some(slots) = key_slots(target, subject, columns).filter(|_| !target.hides_rows) {
            return slots;
        }
        let mut arguments = self.arguments();
        let condition = is_subject(target, subject, &mut arguments);
        let lookup = self.new_lookup();
        let select = select(target, columns, condition);
        let then = Then::LooksUpMembers { lookup, count: 1, relationship };
        self.select(index, &select, arguments, then);
        (0..columns.len()).map(|column| Slot::Looked { lookup, column }).collect()
    }

    /// Finds out whether the subject exists; gives the values of its columns.
    pub(super) fn look_up_subject(
        &mut self,
        index: usize,
        action: &Action,
        columns: &[StoredColumn],
        links: Option<usize>,
    ) -> Vec<Slot> {
        let owner = self.catalog.get(action.type_id);
        let mut arguments = self.arguments();
        let condition = is_subject(owner, &action.subject, &mut arguments);
        let lookup = self.new_lookup();
        let all: Vec<StoredColumn> = owner.key.iter().chain(columns).cloned().collect();
        let select = select(owner, &all, condition);
        self.select(index, &select, arguments, Then::LooksUpSubject { lookup, links });
        (0..columns.len()).map(|column| Slot::Looked { lookup, column }).collect()
    }

    pub(super) fn new_lookup(&mut self) -> usize {
        self.lookups += 1;
        self.lookups - 1
    }

    pub(super) fn change(&mut self, action: usize, change: &Change, arguments: Vec<Argument>, then: Then) {
        let statement = Arc::new(render_change(self.dialect, change));
        self.steps.push(Step { action, statement, takes_fields: false, arguments, then });
    }

    pub(super) fn select(&mut self, action: usize, select: &Select, arguments: Vec<Argument>, then: Then) {
        let statement = Arc::new(render(self.dialect, select));
        self.steps.push(Step { action, statement, takes_fields: false, arguments, then });
    }
}

/// The rows with a resource's key.
pub(super) fn is_subject(
    owner: &ResourceType,
    subject: &Subject,
    arguments: &mut Vec<Argument>,
) -> Condition {
    let slots = key_slots(owner, subject, &owner.key).unwrap_or_default();
    columns_are(&owner.key, slots, arguments)
}

/// The values of a resource's columns, if they are parts of its key.
pub(super) fn key_slots(
    owner: &ResourceType,
    subject: &Subject,
    columns: &[StoredColumn],
) -> Option<Vec<Slot>> {
    let part = |column: &StoredColumn| {
        let part = owner.key.iter().position(|known| known.name == column.name)?;
        Some(match subject {
            Subject::Known { key, .. } => Slot::Value(key[part].clone()),
            Subject::Created(action) => Slot::Key { action: *action, part },
        })
    };
    columns.iter().map(part).collect()
}

/// The columns of a foreign key that become NULL when it is cleared: those that can, and are no part of the id.
pub(super) fn cleared(columns: &[StoredColumn], key: &[StoredColumn]) -> impl Iterator<Item = String> {
    let can =
        columns.iter().filter(|column| column.nullable && !key.iter().any(|part| part.name == column.name));
    can.map(|column| column.name.clone()).collect::<Vec<_>>().into_iter()
}

/// Columns that have these values.
pub(super) fn columns_are(
    columns: &[StoredColumn],
    slots: Vec<Slot>,
    arguments: &mut Vec<Argument>,
) -> Condition {
    let equal = |(column, slot): (&StoredColumn, Slot)| Condition::Compare {
        // What is written is the column itself, whoever sees it.
        column: ColumnRef { table: MAIN, column: column.written_name() },
        comparison: Comparison::Equal,
        value: push(arguments, slot),
        timestamp: false,
    };
    Condition::All(columns.iter().zip(slots).map(equal).collect())
}

impl Argument {
    /// A value that is known.
    pub(super) fn value(value: Value) -> Self {
        Argument::One(Slot::Value(value))
    }
}

pub(super) fn push(arguments: &mut Vec<Argument>, slot: Slot) -> Parameter {
    push_argument(arguments, Argument::One(slot))
}

pub(super) fn push_argument(arguments: &mut Vec<Argument>, argument: Argument) -> Parameter {
    arguments.push(argument);
    Parameter(u16::try_from(arguments.len() - 1).unwrap_or(u16::MAX))
}

/// Columns of the rows of a type that satisfy a condition.
pub(super) fn select(owner: &ResourceType, columns: &[StoredColumn], condition: Condition) -> Select {
    Select {
        columns: refs(MAIN, columns).into_iter().map(Output::Column).collect(),
        from: (table_of(owner).clone(), MAIN),
        joins: Vec::new(),
        keys: None,
        condition,
        group: None,
        order: Vec::new(),
        limit: None,
        offset: None,
    }
}
