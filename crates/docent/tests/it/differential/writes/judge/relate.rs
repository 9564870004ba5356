//! Changes relationships, whichever rows they are kept in.

use super::super::super::cells::Cell;
use super::super::super::model::Link;
use super::super::problem::{Problem, Source};
use super::super::store::Changes;
use super::super::write::{Linkage, Verb};
use super::Outcome;
use super::perform::{Performance, fails_with, missing};

impl Performance<'_> {
    /// Changes a relationship to or by this linkage, which stands at that pointer.
    pub(super) fn relate(
        &mut self,
        of: usize,
        id: &str,
        index: usize,
        verb: Verb,
        linkage: &Linkage,
        at: &str,
    ) -> Outcome<()> {
        let position = self.position(of, id, Source::Open)?;
        let owner = &self.schema.types[of];
        let relationship = &owner.relationships[index];
        let mut members = Vec::new();
        let mut problems = Vec::new();
        for (place, identifier) in linkage.identifiers() {
            match self.row(relationship.target, identifier) {
                Some(row) => members.push(row),
                // What does not exist is no member either.
                None if verb == Verb::Remove => {}
                None => problems.push(missing(identifier, &format!("{at}{place}"))),
            }
        }
        let own = self.store.rows[&owner.table][position].clone();
        match &relationship.link {
            Link::ForeignKey { near, far } => {
                let cell = |far: &usize| members.first().map_or(Cell::Null, |parent| parent[*far].clone());
                let changes: Changes = near.iter().zip(far).map(|(near, far)| (*near, cell(far))).collect();
                problems.extend(self.change(&owner.table, position, &changes));
            }
            Link::Inverse { near, far } => {
                let target = &self.schema.types[relationship.target];
                let parent = cells(&own, near);
                let linked = self.store.find(&target.table, far, &parent);
                let linked: Vec<Vec<Cell>> =
                    linked.iter().map(|position| self.store.rows[&target.table][*position].clone()).collect();
                let leaving: Vec<&Vec<Cell>> =
                    linked.iter().filter(|child| leaves(verb, members.contains(child))).collect();
                if !leaving.is_empty() && far.iter().any(|column| target.columns[*column].not_null) {
                    problems.push(Problem::at(403, "relationship-required", at));
                    return Err(problems.into());
                }
                for child in leaving {
                    let nothing = far.iter().map(|column| (*column, Cell::Null)).collect();
                    problems.extend(self.change_child(relationship.target, child, &nothing));
                }
                for child in members.iter().filter(|child| verb != Verb::Remove && !linked.contains(child)) {
                    let changes = far.iter().copied().zip(parent.clone()).collect();
                    problems.extend(self.change_child(relationship.target, child, &changes));
                }
            }
            Link::Join { table, near, join_near, join_far, far } => {
                let parent = cells(&own, near);
                let members: Vec<Vec<Cell>> = members.iter().map(|row| cells(row, far)).collect();
                let rows = self.store.rows.get_mut(table).unwrap();
                let is_of_parent = |row: &[Cell]| cells(row, join_near) == parent;
                rows.retain(|row| {
                    !is_of_parent(row) || !leaves(verb, members.contains(&cells(row, join_far)))
                });
                for member in members {
                    let is_there = rows.iter().any(|row| is_of_parent(row) && cells(row, join_far) == member);
                    if verb != Verb::Remove && !is_there {
                        let mut row = vec![Cell::Null; join_near.len() + join_far.len()];
                        join_near.iter().zip(&parent).for_each(|(column, cell)| row[*column] = cell.clone());
                        join_far.iter().zip(&member).for_each(|(column, cell)| row[*column] = cell.clone());
                        rows.push(row);
                    }
                }
            }
        }
        fails_with(problems)
    }

    /// Changes the row of a child, which may be elsewhere than it was.
    fn change_child(&mut self, of: usize, child: &[Cell], changes: &Changes) -> Vec<Problem> {
        let owner = &self.schema.types[of];
        let position = self.store.find(&owner.table, &owner.key, &cells(child, &owner.key))[0];
        self.change(&owner.table, position, changes)
    }

    /// Which rule a change breaks is for the database to say; the document cannot be blamed for it in detail.
    fn change(&mut self, table: &str, position: usize, changes: &Changes) -> Vec<Problem> {
        match self.store.update(table, position, changes) {
            Ok(()) => Vec::new(),
            Err(_) => vec![Problem::anywhere(409, ""), Problem::anywhere(422, "")],
        }
    }
}

fn cells(row: &[Cell], columns: &[usize]) -> Vec<Cell> {
    columns.iter().map(|column| row[*column].clone()).collect()
}

/// Whether one that is linked ceases to be.
fn leaves(verb: Verb, is_named: bool) -> bool {
    match verb {
        Verb::Replace => !is_named,
        Verb::Add => false,
        Verb::Remove => is_named,
    }
}
