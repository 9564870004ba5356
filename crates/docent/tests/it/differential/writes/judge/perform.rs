//! Creates, changes and deletes resources.

use std::collections::BTreeMap;

use super::super::super::cells::Cell;
use super::super::super::load::id_of;
use super::super::super::model::{Link, Model, Relationship};
use super::super::problem::{Problem, Refusal, Source};
use super::super::store::{Broken, Changes, Store};
use super::super::values::accepted;
use super::super::write::{Identifier, Identity, Linkage, ResourceObject, Verb};
use super::schema::{key_of, token};
use super::{Outcome, Stop};

/// A transaction.
pub(super) struct Performance<'a> {
    pub(super) schema: &'a Model,
    pub(super) store: Store,
    /// Ids of the resources that have a local id, by type and local id.
    pub(super) ids: BTreeMap<(String, String), String>,
    /// Problems that may have been reported before it began.
    pub(super) early: Vec<Problem>,
}

impl<'a> Performance<'a> {
    pub(super) fn new(schema: &'a Model, store: Store) -> Self {
        Self { schema, store, ids: BTreeMap::new(), early: Vec::new() }
    }

    /// Ends with all these problems, if there are any that must be reported.
    pub(super) fn check(&mut self, problems: Vec<Problem>) -> Outcome<()> {
        let (optional, required): (Vec<_>, Vec<_>) = problems.into_iter().partition(|it| it.is_optional);
        self.early.extend(optional);
        if required.is_empty() {
            return Ok(());
        }
        Err(Stop::Refused(Refusal { problems: required, all: self.early.is_empty() }))
    }

    /// Where the row of a resource is.
    pub(super) fn find(&self, of: usize, id: &str) -> Option<usize> {
        let owner = &self.schema.types[of];
        self.store.rows[&owner.table].iter().position(|row| id_of(&owner.key, row) == id)
    }

    /// Where the row of a resource is that must be there.
    pub(super) fn position(&self, of: usize, id: &str, source: Source) -> Outcome<usize> {
        let problem = Problem::of(404, "resource-not-found", source);
        self.find(of, id).ok_or_else(|| vec![problem].into())
    }

    /// The row that an identifier means.
    pub(super) fn row(&self, of: usize, identifier: &Identifier) -> Option<Vec<Cell>> {
        let id = match &identifier.identity {
            Identity::Id(id) => id,
            Identity::Lid(lid) => self.ids.get(&(identifier.type_name.clone(), lid.clone()))?,
        };
        let table = &self.schema.types[of].table;
        self.find(of, id).map(|position| self.store.rows[table][position].clone())
    }

    /// Creates a resource; returns its id.
    pub(super) fn create(&mut self, of: usize, object: &ResourceObject, at: &str) -> Outcome<String> {
        let owner = &self.schema.types[of];
        let mut cells = self.attributes(of, object);
        if let Some(id) = object.id() {
            let key = key_of(owner, id).expect("the form of the id was checked");
            cells.extend(owner.key.iter().copied().zip(key));
        }
        let is_foreign = |column: usize| {
            let mut links = owner.relationships.iter().map(|it| &it.link);
            links.any(|link| matches!(link, Link::ForeignKey { near, .. } if near.contains(&column)))
        };
        let rowid = self.store.table(&owner.table).rowid.filter(|column| !is_foreign(*column));
        if let Some(column) = rowid {
            cells.insert(column, self.store.next_rowid(&owner.table).unwrap());
        }
        let mut problems = self.foreign_keys(of, object, at, true, &mut cells);
        let row = match self.store.insert(&owner.table, cells) {
            Ok(row) if problems.is_empty() => row,
            Ok(_) => {
                problems.extend(self.missing_members(of, object, at));
                return Err(problems.into());
            }
            Err(mut broken) => {
                // What is missing has left its foreign key empty.
                broken.retain(|it| problems.is_empty() || !matches!(it, Broken::NotNull { .. }));
                problems.extend(self.missing_members(of, object, at));
                problems.extend(self.explain(of, object, &broken, at));
                return Err(problems.into());
            }
        };
        let id = id_of(&owner.key, &row);
        if let Some(lid) = object.lid() {
            self.ids.insert((owner.name.clone(), lid.to_owned()), id.clone());
        }
        fails_with(self.members(of, &id, object, at))?;
        Ok(id)
    }

    /// Changes a resource.
    pub(super) fn update(&mut self, of: usize, id: &str, object: &ResourceObject, at: &str) -> Outcome<()> {
        let position = self.position(of, id, Source::Open)?;
        let mut cells = self.attributes(of, object);
        let mut problems = self.foreign_keys(of, object, at, false, &mut cells);
        if !cells.is_empty()
            && let Err(mut broken) = self.store.update(&self.schema.types[of].table, position, &cells)
        {
            broken.retain(|it| problems.is_empty() || !matches!(it, Broken::NotNull { .. }));
            problems.extend(self.explain(of, object, &broken, at));
        }
        problems.extend(self.members(of, id, object, at));
        fails_with(problems)
    }

    /// Deletes a resource.
    pub(super) fn delete(&mut self, of: usize, id: &str, source: Source) -> Outcome<()> {
        let position = self.position(of, id, source.clone())?;
        let owner = &self.schema.types[of];
        let row = &self.store.rows[&owner.table][position];
        let key: Vec<Cell> = owner.key.iter().map(|column| row[*column].clone()).collect();
        let deleted = self.store.delete(&owner.table, &owner.key, &key);
        deleted.map_err(|_| Problem::of(409, "still-referenced", source).into())
    }

    /// The cells of the attributes, whose values were checked.
    fn attributes(&self, of: usize, object: &ResourceObject) -> Changes {
        let owner = &self.schema.types[of];
        let given = object.attributes.iter().flatten().map(|(name, value)| {
            let column = owner.attributes.iter().find(|it| it.name == *name).unwrap().column;
            let cell =
                if value.is_null() { Cell::Null } else { accepted(&owner.columns[column], value).unwrap() };
            (column, cell)
        });
        given.collect()
    }

    /// Adds the cells of foreign keys; what they refer to may be missing.
    fn foreign_keys(
        &self,
        of: usize,
        object: &ResourceObject,
        at: &str,
        creating: bool,
        cells: &mut Changes,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (relationship, linkage, at) in self.relationships(of, object, at) {
            let Link::ForeignKey { near, far } = &relationship.link else { continue };
            let parent = match linkage {
                Linkage::One(identifier) if creating && is_itself(object, identifier) => {
                    let own = |column| cells.get(&column).cloned().unwrap_or(Cell::Null);
                    Some((0..self.schema.types[of].columns.len()).map(own).collect())
                }
                Linkage::One(identifier) => self.row(relationship.target, identifier),
                _ => Some(vec![Cell::Null; self.schema.types[relationship.target].columns.len()]),
            };
            if let Some(parent) = parent {
                cells.extend(near.iter().zip(far).map(|(near, far)| (*near, parent[*far].clone())));
            } else {
                problems.extend(linkage.identifiers().iter().map(|(_, it)| missing(it, &at)));
                cells.extend(near.iter().map(|near| (*near, Cell::Null)));
            }
        }
        problems
    }

    /// Members of other relationships that do not exist, as far as that is known without the resource.
    fn missing_members(&self, of: usize, object: &ResourceObject, at: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (relationship, linkage, at) in self.relationships(of, object, at) {
            if matches!(relationship.link, Link::ForeignKey { .. }) {
                continue;
            }
            for (place, identifier) in linkage.identifiers() {
                if !is_itself(object, identifier) && self.row(relationship.target, identifier).is_none() {
                    problems.push(missing(identifier, &format!("{at}{place}")));
                }
            }
        }
        problems
    }

    /// Replaces what other rows tell of: those of children and of join tables. Goes on after a problem, since which of
    /// them the database meets first is its own affair.
    fn members(&mut self, of: usize, id: &str, object: &ResourceObject, at: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, linkage) in object.relationships.iter().flatten() {
            let index = self.schema.types[of].relationship(name).unwrap();
            if !matches!(self.schema.types[of].relationships[index].link, Link::ForeignKey { .. }) {
                let at = format!("{at}/relationships/{}/data", token(name));
                if let Err(Stop::Refused(refusal)) = self.relate(of, id, index, Verb::Replace, linkage, &at) {
                    problems.extend(refusal.problems);
                }
            }
        }
        problems
    }

    /// The relationships of the object with pointers to their linkage.
    fn relationships<'o>(
        &self,
        of: usize,
        object: &'o ResourceObject,
        at: &str,
    ) -> Vec<(&'a Relationship, &'o Linkage, String)> {
        let owner = &self.schema.types[of];
        let given = object.relationships.iter().flatten().map(|(name, linkage)| {
            let relationship = &owner.relationships[owner.relationship(name).unwrap()];
            (relationship, linkage, format!("{at}/relationships/{}/data", token(name)))
        });
        given.collect()
    }

    /// Broken rules of the database in terms of the document.
    fn explain(&self, of: usize, object: &ResourceObject, broken: &[Broken], at: &str) -> Vec<Problem> {
        let key = &self.schema.types[of].key;
        let one = |broken: &Broken| match broken {
            Broken::Unique { columns } if columns == key && object.id().is_some() => {
                vec![Problem::at(409, "id-taken", &format!("{at}/id"))]
            }
            Broken::Unique { columns } if columns == key => vec![Problem::within(409, "", at)],
            Broken::Unique { columns } => self.members_over(of, object, columns, (409, "not-unique"), at),
            Broken::Check { columns } => self.members_over(of, object, columns, (422, "invalid-value"), at),
            Broken::Missing { .. } => vec![Problem::within(404, "", at)],
            Broken::NotNull { .. } => vec![Problem::within(422, "required", at)],
            Broken::StillReferenced => vec![Problem::anywhere(409, "still-referenced")],
            Broken::Refused => vec![Problem::within(422, "refused", at)],
        };
        broken.iter().flat_map(one).collect()
    }

    /// A problem for each member of the document that is kept in one of the columns, or else one for all of it.
    fn members_over(
        &self,
        of: usize,
        object: &ResourceObject,
        columns: &[usize],
        (status, code): (u16, &'static str),
        at: &str,
    ) -> Vec<Problem> {
        let owner = &self.schema.types[of];
        let mut problems = Vec::new();
        for attribute in owner.attributes.iter().filter(|it| columns.contains(&it.column)) {
            if object.attribute(&attribute.name).is_some() {
                let pointer = format!("{at}/attributes/{}", token(&attribute.name));
                problems.push(Problem::at(status, code, &pointer));
            }
        }
        for relationship in &owner.relationships {
            let Link::ForeignKey { near, .. } = &relationship.link else { continue };
            if near.iter().any(|it| columns.contains(it)) && object.relationship(&relationship.name).is_some()
            {
                let pointer = format!("{at}/relationships/{}", token(&relationship.name));
                problems.push(Problem::within(status, code, &pointer));
            }
        }
        if problems.is_empty() {
            problems.push(Problem::at(status, code, at));
        }
        problems
    }
}

/// The problem of an identifier, which stands at that pointer, of a resource that does not exist.
pub(super) fn missing(identifier: &Identifier, at: &str) -> Problem {
    match identifier.identity {
        Identity::Id(_) => Problem::at(404, "related-resource-not-found", at),
        // It did exist, or else its local id would be unknown.
        Identity::Lid(_) => Problem::within(404, "related-resource-not-found", at),
    }
}

/// Whether the identifier is that of the resource that it stands in.
fn is_itself(object: &ResourceObject, identifier: &Identifier) -> bool {
    matches!(&identifier.identity, Identity::Lid(lid) if Some(lid.as_str()) == object.lid())
        && identifier.type_name == object.type_name
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        vec![problem].into()
    }
}

/// Any of these problems, if there are any.
pub(super) fn fails_with(problems: Vec<Problem>) -> Outcome<()> {
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}
