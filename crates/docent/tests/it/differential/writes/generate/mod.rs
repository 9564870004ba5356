//! Random writes. Most are valid; some have faults, which the judge finds by itself. Faults of form, which a write of
//! the oracle cannot even have, are in `malformed`.

pub(super) mod malformed;
mod operations;
mod resource;
mod spoil;
mod values;

use super::super::cells::Cell;
use super::super::load::id_of;
use super::super::model::{Link, Model};
use super::super::random::Random;
use super::judge::{ClientIds, Condition, Judge};
use super::store::Store;
use super::write::{Identifier, Identity, Linkage, ResourceObject, Verb, Write};

/// Makes writes to a database with this content.
pub(super) struct WriteGenerator<'a> {
    pub(super) schema: &'a Model,
    pub(super) store: &'a Store,
    pub(super) random: &'a mut Random,
    /// Resources that were written lately, by type and id.
    pub(super) recent: &'a [(usize, String)],
}

/// Local ids that may be used, with the types of their resources.
type KnownLids = Vec<(usize, String)>;

impl WriteGenerator<'_> {
    /// A write.
    pub(super) fn write(&mut self) -> Write {
        match self.random.below(100) {
            0..28 => self.create(),
            28..50 => self.update(),
            50..60 => self.delete(),
            60..82 => self.relate(),
            _ => Write::Operations(self.operations()),
        }
    }

    fn create(&mut self) -> Write {
        let of = self.random.below(self.schema.types.len());
        let lid = self.random.percent(10).then(|| "new".to_owned());
        let mut resource = self.new_resource(of, lid, &Vec::new());
        self.maybe_spoil(of, &mut resource, true);
        Write::Create { collection: self.schema.types[of].name.clone(), resource }
    }

    fn update(&mut self) -> Write {
        let (of, id) = self.existing();
        let mut resource = self.changes(of, Identity::Id(id.clone()), &Vec::new());
        self.maybe_spoil(of, &mut resource, false);
        Write::Update { of: self.schema.types[of].name.clone(), id, resource }
    }

    fn delete(&mut self) -> Write {
        let (of, id) = self.existing();
        Write::Delete { of: self.schema.types[of].name.clone(), id }
    }

    fn relate(&mut self) -> Write {
        loop {
            let (of, id) = self.existing();
            let owner = &self.schema.types[of];
            if owner.relationships.is_empty() {
                continue;
            }
            let index = self.random.below(owner.relationships.len());
            let verb = self.verb(owner.relationships[index].many);
            let linkage = self.changed_linkage(of, &id, index, verb);
            let relationship = owner.relationships[index].name.clone();
            return Write::Relate { of: owner.name.clone(), id, relationship, verb, linkage };
        }
    }

    fn verb(&mut self, many: bool) -> Verb {
        let verbs = [Verb::Replace, Verb::Add, Verb::Remove];
        if many || self.random.percent(3) { *self.random.pick(&verbs) } else { Verb::Replace }
    }

    /// Linkage to change a relationship by; members are removed mostly if they are there.
    fn changed_linkage(&mut self, of: usize, id: &str, index: usize, verb: Verb) -> Linkage {
        let mut linkage = self.linkage(of, index, &Vec::new());
        if let (Linkage::Many(members), true) = (&mut linkage, verb == Verb::Remove) {
            members.extend(self.members(of, id, index).into_iter().take(2));
        }
        if self.random.percent(8) {
            linkage = self.spoiled_linkage(of, index, linkage);
        }
        linkage
    }

    /// The present members of a relationship.
    fn members(&self, of: usize, id: &str, index: usize) -> Vec<Identifier> {
        let owner = &self.schema.types[of];
        let relationship = &owner.relationships[index];
        let target = &self.schema.types[relationship.target];
        let Some(own) = self.store.rows[&owner.table].iter().find(|row| id_of(&owner.key, row) == id) else {
            return Vec::new();
        };
        let cells = |row: &[Cell], columns: &[usize]| -> Vec<Cell> {
            columns.iter().map(|column| row[*column].clone()).collect()
        };
        let positions = match &relationship.link {
            Link::ForeignKey { near, far } | Link::Inverse { near, far } => {
                self.store.find(&target.table, far, &cells(own, near))
            }
            Link::Join { table, near, join_near, join_far, far } => {
                let joined = self.store.find(table, join_near, &cells(own, near));
                let rows = joined.iter().map(|position| &self.store.rows[table][*position]);
                rows.flat_map(|row| self.store.find(&target.table, far, &cells(row, join_far))).collect()
            }
        };
        let id = |position: usize| id_of(&target.key, &self.store.rows[&target.table][position]);
        let identifier = |id| Identifier { type_name: target.name.clone(), identity: Identity::Id(id) };
        positions.into_iter().map(id).map(identifier).collect()
    }

    /// A resource: often one written lately, seldom one that does not exist.
    pub(super) fn existing(&mut self) -> (usize, String) {
        if !self.recent.is_empty() && self.random.percent(35) {
            return self.random.pick(self.recent).clone();
        }
        loop {
            let of = self.random.below(self.schema.types.len());
            if self.random.percent(3) {
                return (of, (*self.random.pick(&["987654", "no such~id", "~", "1~2~3"])).to_owned());
            }
            if let Some(id) = self.some_id(of) {
                return (of, id);
            }
        }
    }

    /// The id of some resource of that type.
    fn some_id(&mut self, of: usize) -> Option<String> {
        let owner = &self.schema.types[of];
        let rows = &self.store.rows[&owner.table];
        if rows.is_empty() {
            return None;
        }
        let row = &rows[self.random.below(rows.len())];
        let has_id = owner.key.iter().all(|column| !row[*column].is_null());
        has_id.then(|| id_of(&owner.key, row))
    }

    fn client_ids(&self, of: usize) -> ClientIds {
        Judge { schema: self.schema, store: self.store, condition: Condition::Holds }.client_ids(of)
    }

    /// An identifier of a resource of that type.
    fn identifier(&mut self, of: usize, lids: &KnownLids) -> Option<Identifier> {
        let known: Vec<&(usize, String)> = lids.iter().filter(|(other, _)| *other == of).collect();
        let identity = if !known.is_empty() && self.random.percent(60) {
            Identity::Lid(self.random.pick(&known).1.clone())
        } else {
            Identity::Id(self.some_id(of)?)
        };
        Some(Identifier { type_name: self.schema.types[of].name.clone(), identity })
    }

    /// Linkage that a relationship can have.
    fn linkage(&mut self, of: usize, index: usize, lids: &KnownLids) -> Linkage {
        let relationship = &self.schema.types[of].relationships[index];
        if relationship.many {
            let count = *self.random.pick(&[0, 1, 1, 2, 2, 3]);
            return Linkage::Many(
                (0..count).filter_map(|_| self.identifier(relationship.target, lids)).collect(),
            );
        }
        let is_nullable = match &relationship.link {
            Link::ForeignKey { near, .. } => {
                let owner = &self.schema.types[of];
                !near.iter().any(|column| owner.columns[*column].not_null || owner.key.contains(column))
            }
            _ => true,
        };
        if is_nullable && self.random.percent(25) {
            return Linkage::Null;
        }
        self.identifier(relationship.target, lids).map_or(Linkage::Null, Linkage::One)
    }

    fn maybe_spoil(&mut self, of: usize, resource: &mut ResourceObject, creating: bool) {
        if self.random.percent(25) {
            for _ in 0..*self.random.pick(&[1, 1, 1, 2]) {
                self.spoil(of, resource, creating);
            }
        }
    }
}
