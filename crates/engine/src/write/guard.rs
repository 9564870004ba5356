//! Steps that ask, before and after a change, whether the caller may make it.
//!
//! They read through the caller's own catalog, so that what is not seen is not there, under the condition of the
//! permissions that can allow the change. Where neither hides a row there is nothing to ask.

use docent_catalog::model::{ResourceType, TypeId};
use docent_sql::statement::Condition;

use super::permission::of_holders;
use super::steps::{Argument, Builder, Then, is_subject, key_slots, push_argument, select};
use super::{Action, Edit, Subject};
use crate::resolve::{MAIN, refs};

/// What becomes of a row that the caller may not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    /// The action's subject.
    Subject,
    /// Members of a relationship, which hold it themselves.
    Members(usize),
}

impl Builder<'_> {
    /// The caller's values, which come first in every statement that reads.
    pub(super) fn arguments(&self) -> Vec<Argument> {
        self.caller.iter().cloned().map(Argument::value).collect()
    }

    /// Whether rows are looked at to know whether the caller may do this to its subject.
    pub(super) fn asks_permission(&self, action: &Action) -> bool {
        !action.permission.is_always() || self.catalog.get(action.type_id).hides_rows
    }

    /// The action's subject must be seen, and satisfy what its permission demands.
    pub(super) fn permit_subject(&mut self, index: usize, action: &Action) {
        if !self.asks_permission(action) {
            return;
        }
        let owner = self.catalog.get(action.type_id);
        let mut arguments = self.arguments();
        let condition = is_subject(owner, &action.subject, &mut arguments).and(action.permission.clone());
        let found = select(owner, &owner.key, condition);
        self.select(index, &found, arguments, Then::Permits { count: 1, denial: Denial::Subject });
    }

    /// So must the resources that the actions from `index` on create.
    pub(super) fn permit_created(&mut self, index: usize, action: &Action, count: usize) {
        if !self.asks_permission(action) {
            return;
        }
        let owner = self.catalog.get(action.type_id);
        let subjects: Vec<Subject> = (index..index + count).map(Subject::Created).collect();
        let mut arguments = self.arguments();
        let condition = among(owner, subjects.iter(), &mut arguments).and(action.permission.clone());
        let found = select(owner, &owner.key, condition);
        self.select(index, &found, arguments, Then::Permits { count, denial: Denial::Subject });
    }

    /// What is demanded of the members of an inverse relationship; `None` if nothing is.
    pub(super) fn holders(&self, owner: TypeId, relationship: usize) -> Option<Condition> {
        let condition = of_holders(self.serving, (owner, relationship));
        let target = self.catalog.get(self.catalog.get(owner).relationships[relationship].target);
        (!condition.is_always() || target.hides_rows).then_some(condition)
    }

    /// The members that a relationship takes must be seen, and satisfy what is demanded of them.
    pub(super) fn permit_members(
        &mut self,
        index: usize,
        target: &ResourceType,
        edit: &Edit,
        demanded: &Condition,
    ) {
        let mut arguments = self.arguments();
        let members = edit.members.iter().map(|member| &member.subject);
        let condition = among(target, members, &mut arguments).and(demanded.clone());
        let found = select(target, &target.key, condition);
        let denial = Denial::Members(edit.relationship);
        self.select(index, &found, arguments, Then::Permits { count: edit.members.len(), denial });
    }

    /// So must those that a look-up has found.
    pub(super) fn permit_found(
        &mut self,
        index: usize,
        target: &ResourceType,
        (lookup, relationship): (usize, usize),
        demanded: &Condition,
    ) {
        let mut arguments = self.arguments();
        let condition = found(target, lookup, &mut arguments).and(demanded.clone());
        let select = select(target, &target.key, condition);
        self.select(index, &select, arguments, Then::PermitsFound { lookup, relationship });
    }
}

/// The rows of these resources.
fn among<'a>(
    owner: &ResourceType,
    subjects: impl Iterator<Item = &'a Subject>,
    arguments: &mut Vec<Argument>,
) -> Condition {
    let keys = subjects.map(|subject| key_slots(owner, subject, &owner.key).unwrap_or_default()).collect();
    let keys = push_argument(arguments, Argument::Keys { parts: owner.key.len(), keys });
    Condition::InKeys { columns: refs(MAIN, &owner.key), keys, negated: false }
}

/// The rows whose keys a look-up has found.
pub(super) fn found(owner: &ResourceType, lookup: usize, arguments: &mut Vec<Argument>) -> Condition {
    let keys = push_argument(arguments, Argument::Rows { parts: owner.key.len(), lookup });
    Condition::InKeys { columns: refs(MAIN, &owner.key), keys, negated: false }
}
