//! The oracle's own picture of a database: types with their members, and all rows in memory with their links.
//!
//! Rows are kept in key order, so the index of a row is its place in the default order.

use std::collections::HashMap;

use super::cells::Cell;
use super::tables::Column;

/// A whole database.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// The types, ordered by name.
    pub(crate) types: Vec<Type>,
}

/// A resource type.
#[derive(Debug)]
pub(crate) struct Type {
    pub(crate) name: String,
    pub(crate) table: String,
    pub(crate) columns: Vec<Column>,
    /// Indexes of the key's columns.
    pub(crate) key: Vec<usize>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) relationships: Vec<Relationship>,
    pub(crate) rows: Vec<Row>,
    pub(crate) by_id: HashMap<String, usize>,
}

/// An attribute.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: String,
    pub(crate) column: usize,
}

/// A relationship.
#[derive(Debug)]
pub(crate) struct Relationship {
    pub(crate) name: String,
    pub(crate) target: usize,
    pub(crate) many: bool,
    pub(crate) link: Link,
    /// For each row the linked rows of the target, in key order.
    pub(crate) links: Vec<Vec<usize>>,
}

/// How rows are linked: cells of the `near` columns equal those of the `far` columns, one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// The type's own row has a foreign key: `near` here refers to `far` of the target.
    ForeignKey { near: Vec<usize>, far: Vec<usize> },
    /// The target's row has a foreign key: its `far` refers to `near` here.
    Inverse { near: Vec<usize>, far: Vec<usize> },
    /// A join table refers to both: `join_near` to `near` here, `join_far` to `far` of the target.
    Join { table: String, near: Vec<usize>, join_near: Vec<usize>, join_far: Vec<usize>, far: Vec<usize> },
}

/// A resource.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) cells: Vec<Cell>,
}

/// A member that can be filtered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Member {
    Id,
    Attribute(usize),
    Relationship(usize),
}

impl Model {
    /// The type at the end of a path of relationships.
    pub(crate) fn end(&self, start: usize, path: &[usize]) -> usize {
        path.iter().fold(start, |here, step| self.types[here].relationships[*step].target)
    }

    /// The dotted name of a path of relationships and a member at its end.
    pub(crate) fn dotted(&self, start: usize, path: &[usize], member: Option<Member>) -> String {
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
    pub(crate) fn single_key(&self) -> Option<usize> {
        match self.key[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The relationship of that name.
    pub(crate) fn relationship(&self, name: &str) -> Option<usize> {
        self.relationships.iter().position(|candidate| candidate.name == name)
    }

    /// The column behind an attribute or a single-column id.
    pub(crate) fn column_of(&self, member: Member) -> Option<usize> {
        match member {
            Member::Id => self.single_key(),
            Member::Attribute(index) => Some(self.attributes[index].column),
            Member::Relationship(_) => None,
        }
    }
}
