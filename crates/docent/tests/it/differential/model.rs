//! The oracle's own picture of a database: types with their members, and all rows in memory with their links.
//!
//! Rows are kept in key order, so the index of a row is its place in the default order.

use std::collections::HashMap;

use super::cells::Cell;
use super::tables::Column;

/// A whole database.
#[derive(Debug, Default)]
pub(super) struct Model {
    /// The types, ordered by name.
    pub(super) types: Vec<Type>,
}

/// A resource type.
#[derive(Debug)]
pub(super) struct Type {
    pub(super) name: String,
    pub(super) table: String,
    pub(super) columns: Vec<Column>,
    /// Indexes of the key's columns.
    pub(super) key: Vec<usize>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) relationships: Vec<Relationship>,
    pub(super) rows: Vec<Row>,
    pub(super) by_id: HashMap<String, usize>,
}

/// An attribute.
#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) column: usize,
}

/// A relationship.
#[derive(Debug)]
pub(super) struct Relationship {
    pub(super) name: String,
    pub(super) target: usize,
    pub(super) many: bool,
    pub(super) link: Link,
    /// For each row the linked rows of the target, in key order.
    pub(super) links: Vec<Vec<usize>>,
}

/// How rows are linked: cells of the `near` columns equal those of the `far` columns, one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// The type's own row has a foreign key: `near` here refers to `far` of the target.
    ForeignKey { near: Vec<usize>, far: Vec<usize> },
    /// The target's row has a foreign key: its `far` refers to `near` here.
    Inverse { near: Vec<usize>, far: Vec<usize> },
    /// A join table refers to both: `join_near` to `near` here, `join_far` to `far` of the target.
    Join { table: String, near: Vec<usize>, join_near: Vec<usize>, join_far: Vec<usize>, far: Vec<usize> },
}

/// A resource.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) cells: Vec<Cell>,
}

/// A member that can be filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Member {
    Id,
    Attribute(usize),
    Relationship(usize),
}

impl Model {
    /// The type at the end of a path of relationships.
    pub(super) fn end(&self, start: usize, path: &[usize]) -> usize {
        path.iter().fold(start, |here, step| self.types[here].relationships[*step].target)
    }

    /// The dotted name of a path of relationships and a member at its end.
    pub(super) fn dotted(&self, start: usize, path: &[usize], member: Option<Member>) -> String {
        let mut here = start;
        let mut names = Vec::new();
        for step in path {
            let relationship = &self.types[here].relationships[*step];
            names.push(relationship.name.as_str());
            here = relationship.target;
        }
        match member {
            Some(Member::Id) => names.push("id"),
            Some(Member::Attribute(index)) => names.push(&self.types[here].attributes[index].name),
            Some(Member::Relationship(index)) => names.push(&self.types[here].relationships[index].name),
            None => {}
        }
        names.join(".")
    }
}

impl Type {
    /// The only key column's index, unless the key is composite.
    pub(super) fn single_key(&self) -> Option<usize> {
        match self.key[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The relationship of that name.
    pub(super) fn relationship(&self, name: &str) -> Option<usize> {
        self.relationships.iter().position(|candidate| candidate.name == name)
    }

    /// The column behind an attribute or a single-column id.
    pub(super) fn column_of(&self, member: Member) -> Option<usize> {
        match member {
            Member::Id => self.single_key(),
            Member::Attribute(index) => Some(self.attributes[index].column),
            Member::Relationship(_) => None,
        }
    }
}
