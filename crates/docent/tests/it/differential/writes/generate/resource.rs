//! Random resource objects that can be written, as far as the content of the database does not object.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::super::load::id_of;
use super::super::super::model::{Link, Type};
use super::super::judge::ClientIds;
use super::super::judge::key_of;
use super::super::store::Changes;
use super::super::values::accepted;
use super::super::write::{Identifier, Identity, Linkage, ResourceObject};
use super::{KnownLids, WriteGenerator};
use crate::differential::cells::Cell;

impl WriteGenerator<'_> {
    /// A resource to be created, called by that local id if there is one.
    pub(super) fn new_resource(
        &mut self,
        of: usize,
        lid: Option<String>,
        lids: &KnownLids,
    ) -> ResourceObject {
        let owner = &self.schema.types[of];
        let mut attributes = Vec::new();
        for attribute in &owner.attributes {
            let column = &owner.columns[attribute.column];
            let is_needed =
                (column.not_null || owner.key.contains(&attribute.column)) && column.default.is_none();
            if !column.generated && (is_needed || self.random.percent(35)) {
                attributes.push((attribute.name.clone(), self.value(owner, attribute.column)));
            }
        }
        let mut known = lids.clone();
        known.extend(lid.clone().map(|lid| (of, lid)));
        let mut relationships = Vec::new();
        for (index, relationship) in owner.relationships.iter().enumerate() {
            let (is_needed, chance) = match &relationship.link {
                Link::ForeignKey { near, .. } => {
                    let is_needed = |it: &usize| owner.columns[*it].not_null || owner.key.contains(it);
                    (near.iter().any(is_needed), 50)
                }
                Link::Inverse { far, .. } if self.is_key(relationship.target, far) => (false, 2),
                _ => (false, 15),
            };
            if is_needed || self.random.percent(chance) {
                relationships.push((relationship.name.clone(), self.linkage(of, index, &known)));
            }
        }
        let mut object = ResourceObject {
            type_name: owner.name.clone(),
            identity: lid.map(Identity::Lid),
            attributes: self.maybe_empty(attributes),
            relationships: self.maybe_empty(relationships),
        };
        self.drop_contradictions(of, &mut object);
        self.choose_id(of, &mut object);
        object
    }

    /// Changes to a resource.
    pub(super) fn changes(&mut self, of: usize, identity: Identity, lids: &KnownLids) -> ResourceObject {
        let owner = &self.schema.types[of];
        let mut attributes: Vec<(String, Value)> = Vec::new();
        for attribute in &owner.attributes {
            let is_fixed = owner.columns[attribute.column].generated || owner.key.contains(&attribute.column);
            if !is_fixed && self.random.percent(25) {
                attributes.push((attribute.name.clone(), self.value(owner, attribute.column)));
            }
        }
        let mut relationships = Vec::new();
        for (index, relationship) in owner.relationships.iter().enumerate() {
            let is_fixed = match &relationship.link {
                Link::ForeignKey { near, .. } => self.is_key(of, near),
                Link::Inverse { far, .. } => self.is_key(relationship.target, far),
                Link::Join { .. } => false,
            };
            if self.random.percent(if is_fixed { 2 } else { 20 }) {
                relationships.push((relationship.name.clone(), self.linkage(of, index, lids)));
            }
        }
        let mut object = ResourceObject {
            type_name: owner.name.clone(),
            identity: Some(identity),
            attributes: self.maybe_empty(attributes),
            relationships: self.maybe_empty(relationships),
        };
        self.drop_contradictions(of, &mut object);
        object
    }

    fn is_key(&self, of: usize, columns: &[usize]) -> bool {
        columns.iter().any(|column| self.schema.types[of].key.contains(column))
    }

    fn maybe_empty<T>(&mut self, members: Vec<T>) -> Option<Vec<T>> {
        (!members.is_empty() || self.random.percent(30)).then_some(members)
    }

    /// A relationship of a type with itself has two sides. Who gives both at once may contradict himself, and what then
    /// holds is left open: one of them goes.
    fn drop_contradictions(&mut self, of: usize, object: &mut ResourceObject) {
        let owner = &self.schema.types[of];
        let mut seen = BTreeSet::new();
        let keep = |(name, _): &(String, Linkage)| {
            let Some(index) = owner.relationship(name) else { return true };
            let relationship = &owner.relationships[index];
            let side = match &relationship.link {
                Link::ForeignKey { near, .. } => format!("{near:?}"),
                Link::Inverse { far, .. } => format!("{far:?}"),
                Link::Join { table, .. } => table.clone(),
            };
            relationship.target != of || seen.insert(side)
        };
        if let Some(relationships) = &mut object.relationships {
            relationships.retain(keep);
        }
    }

    /// Gives the resource an id if a client may or must choose one.
    fn choose_id(&mut self, of: usize, object: &mut ResourceObject) {
        let owner = &self.schema.types[of];
        if object.identity.is_some() && self.client_ids(of) != ClientIds::Require {
            return;
        }
        match (self.client_ids(of), &owner.key[..]) {
            (ClientIds::Require, [column]) if !self.random.percent(3) => {
                object.identity = Some(Identity::Id(self.new_key(owner.columns[*column].kind)));
            }
            (ClientIds::Allow, [column]) if self.random.percent(70) => {
                object.identity = Some(Identity::Id(self.new_key(owner.columns[*column].kind)));
            }
            (ClientIds::Allow, [_, _, ..]) if self.random.percent(25) => {
                let Some(id) = self.id_by_parts(owner, object) else { return };
                object.identity = Some(Identity::Id(id));
                // What the id tells need not be said again.
                let keys: Vec<&str> = (owner.attributes.iter())
                    .filter(|it| owner.key.contains(&it.column))
                    .map(|it| it.name.as_str())
                    .collect();
                if let (Some(attributes), true) = (&mut object.attributes, self.random.percent(50)) {
                    attributes.retain(|(name, _)| !keys.contains(&name.as_str()));
                }
            }
            _ => {}
        }
    }

    /// The id that follows from attributes and relationships of the key.
    fn id_by_parts(&self, owner: &Type, object: &ResourceObject) -> Option<String> {
        let mut cells = Changes::new();
        for attribute in &owner.attributes {
            if let Some(value) = object.attribute(&attribute.name) {
                cells.extend(
                    accepted(&owner.columns[attribute.column], value).map(|it| (attribute.column, it)),
                );
            }
        }
        for relationship in &owner.relationships {
            if let Link::ForeignKey { near, .. } = &relationship.link
                && let Some(Linkage::One(Identifier { identity: Identity::Id(id), .. })) =
                    object.relationship(&relationship.name)
            {
                cells.extend(near.iter().copied().zip(key_of(&self.schema.types[relationship.target], id)?));
            }
        }
        let row: Vec<Cell> =
            (0..owner.columns.len()).map(|column| cells.remove(&column).unwrap_or(Cell::Null)).collect();
        owner.key.iter().all(|column| !row[*column].is_null()).then(|| id_of(&owner.key, &row))
    }
}
