//! Steps that change the members of a relationship: set statements, whatever the number of members.

use std::sync::Arc;

use docent_catalog::model::{Arity, Link, ResourceType, StoredColumn};
use docent_sql::change::{Assigned, Change, Delete, Insert, Links, Source, Update};
use docent_sql::render::render_change;
use docent_sql::schema::TableName;
use docent_sql::statement::{Alias, Condition, Parameter, Related};

use super::guard::found;
use super::steps::{
    Argument, Builder, Slot, Step, Then, cleared, columns_are, key_slots, push, push_argument, select,
};
use super::{Action, Edit, MemberChange};
use crate::resolve::{MAIN, refs, table_of};

/// Members of a new resource that are linked one by one at most. Each then costs no copies of pages, and a statement.
const ROWS_MAX: usize = 16;

/// The table of the members in a statement about the join table.
const MEMBER: Alias = Alias(1);

impl Builder<'_> {
    /// A relationship changed at its own URL.
    pub(super) fn relate(&mut self, index: usize, action: &Action, edit: &Edit) {
        let owner = self.catalog.get(action.type_id);
        match &owner.relationships[edit.relationship].link {
            Link::ForeignKey { .. } => {
                let subject = edit.members.first().map(|member| &member.subject);
                let columns = self.assignments(index, action.type_id, edit.relationship, subject);
                self.update_subject(index, action, columns);
            }
            Link::Inverse { .. } | Link::JoinTable { .. } => self.edit(index, action, edit, false),
        }
    }

    /// Changes the rows that hold a relationship. `is_new`: the subject has just been made, so nothing refers to it.
    pub(super) fn edit(&mut self, index: usize, action: &Action, edit: &Edit, is_new: bool) {
        let owner = self.catalog.get(action.type_id);
        match &owner.relationships[edit.relationship].link {
            Link::ForeignKey { .. } => {}
            Link::Inverse { near, far } => {
                let parent = self.parent(index, action, edit, near, is_new);
                self.edit_children(index, action, edit, far, &parent, is_new);
            }
            Link::JoinTable { near, .. } => {
                let parent = self.parent(index, action, edit, near, is_new);
                self.edit_join_table(index, action, edit, &parent, is_new);
            }
        }
    }

    /// The subject's columns that other rows refer to. A subject that was there before is looked for.
    fn parent(
        &mut self,
        index: usize,
        action: &Action,
        edit: &Edit,
        near: &[StoredColumn],
        is_new: bool,
    ) -> Vec<Slot> {
        let links = edit.change != MemberChange::Remove && !edit.members.is_empty();
        let owner = self.catalog.get(action.type_id);
        match key_slots(owner, &action.subject, near) {
            Some(slots) if is_new => slots,
            Some(slots) => {
                self.look_up_subject(index, action, &[], None);
                slots
            }
            None => self.look_up_subject(index, action, near, links.then_some(edit.relationship)),
        }
    }

    /// An inverse: the children's foreign keys.
    fn edit_children(
        &mut self,
        index: usize,
        action: &Action,
        edit: &Edit,
        far: &[StoredColumn],
        parent: &[Slot],
        is_new: bool,
    ) {
        let relationship = &self.catalog.get(action.type_id).relationships[edit.relationship];
        let target = self.catalog.get(relationship.target);
        let demanded = self.holders(action.type_id, edit.relationship);
        let takes = edit.change != MemberChange::Remove && !edit.members.is_empty();
        if let Some(demanded) = demanded.as_ref().filter(|_| takes) {
            self.permit_members(index, target, edit, demanded);
        }
        let mut left = None;
        if edit.change != MemberChange::Add && !is_new {
            // Those that leave: outside of the list when it replaces, in it when it removes.
            let mut arguments = self.arguments();
            let mut leave = columns_are(far, parent.to_vec(), &mut arguments).and(in_members(
                target,
                edit,
                edit.change == MemberChange::Replace,
                &mut arguments,
            ));
            let to_clear: Vec<String> = cleared(far, &target.key).collect();
            if to_clear.is_empty() {
                let stay = select(target, &target.key, leave);
                self.select(index, &stay, arguments, Then::NoneLeft { relationship: edit.relationship });
            } else {
                if let Some(demanded) = &demanded {
                    // Members that are not seen stay.
                    let lookup = self.new_lookup();
                    let seen = select(target, &target.key, leave);
                    self.select(index, &seen, arguments, Then::Finds { lookup });
                    self.permit_found(index, target, (lookup, edit.relationship), demanded);
                    left = Some(lookup);
                    arguments = Vec::new();
                    leave = found(target, lookup, &mut arguments);
                }
                let assignments = to_clear.into_iter().map(|column| (column, Assigned::Null)).collect();
                let change = Change::Update(Update {
                    table: (table_of(target).name.clone(), MAIN),
                    assignments,
                    condition: leave,
                    returning: Vec::new(),
                });
                self.change(index, &change, arguments, Then::Nothing);
            }
        }
        if let (Some(lookup), Some(demanded)) = (left, &demanded) {
            self.permit_found(index, target, (lookup, edit.relationship), demanded);
        }
        if !takes {
            return;
        }
        debug_assert!(relationship.arity == Arity::ToMany || edit.members.len() == 1);
        let mut arguments = Vec::new();
        let assignments = far
            .iter()
            .zip(parent)
            .map(|(column, slot)| {
                (column.name.clone(), Assigned::Parameter(push(&mut arguments, slot.clone())))
            })
            .collect();
        let condition = in_members(target, edit, false, &mut arguments);
        let change = Change::Update(Update {
            table: (table_of(target).name.clone(), MAIN),
            assignments,
            condition,
            returning: Vec::new(),
        });
        let then = Then::Members { count: edit.members.len(), relationship: edit.relationship };
        self.change(index, &change, arguments, then);
        if let Some(demanded) = &demanded {
            self.permit_members(index, target, edit, demanded);
        }
    }

    /// A many-to-many relationship: rows of the join table.
    fn edit_join_table(&mut self, index: usize, action: &Action, edit: &Edit, parent: &[Slot], is_new: bool) {
        let owner = self.catalog.get(action.type_id);
        let relationship = &owner.relationships[edit.relationship];
        let Link::JoinTable { table, join_near, join_far, far, is_key, .. } = &relationship.link else {
            return;
        };
        let target = self.catalog.get(relationship.target);
        let members = self.members(index, edit, target, far);
        if edit.change != MemberChange::Add && !is_new {
            let mut arguments = self.arguments();
            let mut of_parent = columns_are(join_near, parent.to_vec(), &mut arguments);
            if target.hides_rows {
                // Members that are not seen stay.
                of_parent = of_parent.and(Condition::Related(Box::new(Related {
                    near: refs(MAIN, join_far),
                    table: table_of(target).clone(),
                    alias: MEMBER,
                    far: far.iter().map(|column| column.name.clone()).collect(),
                    condition: Condition::always(),
                })));
            }
            let keys = push_argument(&mut arguments, members.clone());
            let condition = of_parent.and(Condition::InKeys {
                columns: refs(MAIN, join_far),
                keys,
                negated: edit.change == MemberChange::Replace,
            });
            let change = Change::Delete(Delete {
                table: (table.name.clone(), MAIN),
                condition,
                returning: Vec::new(),
            });
            self.change(index, &change, arguments, Then::Nothing);
        }
        if edit.change == MemberChange::Remove || edit.members.is_empty() {
            return;
        }
        if let Argument::Keys { keys, .. } = &members
            && is_new
            && *is_key
            && keys.len() <= ROWS_MAX
            && !self.dialect.gains_by_batches()
        {
            let columns = [join_near.as_slice(), join_far].concat();
            return self.link_one_by_one(
                index,
                &table.name,
                &columns,
                keys.iter().map(|key| [parent, key.as_slice()]),
            );
        }
        let mut arguments = Vec::new();
        let near = join_near
            .iter()
            .zip(parent)
            .map(|(column, slot)| (column.column_name(), push(&mut arguments, slot.clone())))
            .collect();
        let list = push_argument(&mut arguments, members);
        let far = join_far.iter().map(StoredColumn::column_name).collect();
        let change = Change::Insert(Insert {
            table: table.name.clone(),
            // A trigger may link what it sees made.
            source: Source::Links(Links { near, far, list, is_first: is_new && !owner.has_triggers }),
            unless_known: Vec::new(),
            returning: Vec::new(),
        });
        self.change(index, &change, arguments, Then::Nothing);
    }

    /// Rows of a join table, each by a statement of its own.
    fn link_one_by_one<'k>(
        &mut self,
        index: usize,
        table: &TableName,
        columns: &[StoredColumn],
        keys: impl Iterator<Item = [&'k [Slot]; 2]>,
    ) {
        let columns: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let change = Change::Insert(Insert {
            table: table.clone(),
            source: Source::Values { columns: columns.clone(), first: Parameter(0), count: 1 },
            unless_known: columns,
            returning: Vec::new(),
        });
        let statement = Arc::new(render_change(self.dialect, &change));
        for key in keys {
            let arguments = key.concat().into_iter().map(Argument::One).collect();
            let statement = Arc::clone(&statement);
            let (takes_fields, then) = (false, Then::Nothing);
            self.steps.push(Step { action: index, statement, takes_fields, arguments, then });
        }
    }

    /// What the join table holds of the members: parts of their keys, or columns looked up.
    fn members(
        &mut self,
        index: usize,
        edit: &Edit,
        target: &ResourceType,
        far: &[StoredColumn],
    ) -> Argument {
        let slots: Option<Vec<Vec<Slot>>> =
            edit.members.iter().map(|member| key_slots(target, &member.subject, far)).collect();
        // One that is not seen cannot be led to.
        if let Some(slots) = slots.filter(|_| !target.hides_rows) {
            return Argument::Keys { parts: far.len(), keys: slots };
        }
        let mut arguments = self.arguments();
        let condition = in_members(target, edit, false, &mut arguments);
        let lookup = self.new_lookup();
        let found = select(target, far, condition);
        // Those to be removed need not exist.
        let count = if edit.change == MemberChange::Remove { 0 } else { edit.members.len() };
        let then = Then::LooksUpMembers { lookup, count, relationship: edit.relationship };
        self.select(index, &found, arguments, then);
        Argument::Rows { parts: far.len(), lookup }
    }
}

/// Rows of the target that are members named, or that are not.
fn in_members(target: &ResourceType, edit: &Edit, negated: bool, arguments: &mut Vec<Argument>) -> Condition {
    let keys = edit
        .members
        .iter()
        .map(|member| key_slots(target, &member.subject, &target.key).unwrap_or_default())
        .collect();
    let keys = push_argument(arguments, Argument::Keys { parts: target.key.len(), keys });
    Condition::InKeys { columns: refs(MAIN, &target.key), keys, negated }
}
