//! What the schema tells of a document before the database is asked: every problem, each with its place.

use serde_json::Value;

use super::super::super::cells::Cell;
use super::super::super::model::{Link, Relationship, Type};
use super::super::problem::Problem;
use super::super::values::{accepted, key_cell};
use super::super::write::{Identity, Linkage, ResourceObject};
use super::{Judge, Lids};

/// Whether a client may choose the id of a new resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::differential::writes) enum ClientIds {
    Forbid,
    Allow,
    Require,
}

/// A part of the key, as the document tells it.
enum Given {
    Nothing,
    Cell(Cell),
    /// Something that no key has.
    Impossible,
}

impl Judge<'_> {
    /// Who makes the ids of a type: SQLite makes rowids; a foreign key or a default will do; otherwise the client must.
    pub(in crate::differential::writes) fn client_ids(self, of: usize) -> ClientIds {
        let owner = &self.schema.types[of];
        let table = self.store.table(&owner.table);
        let [column] = owner.key[..] else { return ClientIds::Allow };
        let is_linked = table.foreign_keys.iter().any(|foreign_key| foreign_key.columns.contains(&column));
        match table.columns[column].default {
            _ if table.rowid == Some(column) => ClientIds::Forbid,
            None if !is_linked => ClientIds::Require,
            _ => ClientIds::Allow,
        }
    }

    /// Problems of a resource object that stands at that pointer.
    pub(super) fn resource(
        self,
        of: usize,
        object: &ResourceObject,
        at: &str,
        creating: bool,
        lids: &Lids,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        if creating {
            problems.extend(self.client_id(of, object, at));
            problems.extend(self.left_out(of, object, at));
        }
        for (name, value) in object.attributes.iter().flatten() {
            problems.extend(self.attribute(
                of,
                (name, value),
                &format!("{at}/attributes/{}", token(name)),
                creating,
            ));
        }
        for (name, linkage) in object.relationships.iter().flatten() {
            let at = format!("{at}/relationships/{}", token(name));
            match self.schema.types[of].relationship(name) {
                None => problems.push(Problem::at(422, "unknown-relationship", &at)),
                Some(index) => {
                    let data = format!("{at}/data");
                    problems.extend(self.relationship(of, index, linkage, (&at, &data), creating, lids));
                }
            }
        }
        problems
    }

    fn client_id(self, of: usize, object: &ResourceObject, at: &str) -> Option<Problem> {
        let owner = &self.schema.types[of];
        let pointer = format!("{at}/id");
        let Some(id) = object.id() else {
            let is_missing = self.client_ids(of) == ClientIds::Require;
            return is_missing.then(|| Problem::at(422, "client-id-required", at));
        };
        if self.client_ids(of) == ClientIds::Forbid {
            return Some(Problem::at(403, "client-id-forbidden", &pointer));
        }
        // The empty id nobody means, and the other two many clients take out of a path.
        let Some(key) = key_of(owner, id).filter(|_| !matches!(id, "" | "." | "..")) else {
            return Some(Problem::at(422, "invalid-value", &pointer));
        };
        if owner.key.iter().zip(&key).any(|(column, cell)| self.breaks_told_check(of, *column, cell)) {
            return Some(Problem::at(422, "invalid-value", &pointer));
        }
        let conflict = Problem::at(409, "resource-id-conflict", &pointer);
        for (column, cell) in owner.key.iter().zip(&key) {
            match self.given(of, object, *column) {
                Given::Cell(given) if given != *cell => return Some(conflict),
                // What is no key at all is another one too.
                Given::Impossible => return Some(conflict.optional()),
                _ => {}
            }
        }
        None
    }

    /// What the document gives for a column of the key beside the id.
    fn given(self, of: usize, object: &ResourceObject, column: usize) -> Given {
        let owner = &self.schema.types[of];
        let cell = |cell: Option<Cell>| cell.map_or(Given::Impossible, Given::Cell);
        if let Some(attribute) = owner.attributes.iter().find(|it| it.column == column) {
            let value = object.attribute(&attribute.name);
            return value.map_or(Given::Nothing, |value| cell(accepted(&owner.columns[column], value)));
        }
        for relationship in &owner.relationships {
            if let Link::ForeignKey { near, .. } = &relationship.link
                && let Some(place) = near.iter().position(|it| *it == column)
                && let Some(Linkage::One(identifier)) = object.relationship(&relationship.name)
                && let Identity::Id(id) = &identifier.identity
                && identifier.type_name == self.schema.types[relationship.target].name
            {
                let key = key_of(&self.schema.types[relationship.target], id);
                return cell(key.and_then(|key| key.get(place).cloned()));
            }
        }
        Given::Nothing
    }

    /// What must be given and is not.
    fn left_out(self, of: usize, object: &ResourceObject, at: &str) -> Vec<Problem> {
        let owner = &self.schema.types[of];
        let table = self.store.table(&owner.table);
        let takes_id = object.id().is_some() && self.client_ids(of) != ClientIds::Forbid;
        let is_needed = |column: usize| {
            let facts = &table.columns[column];
            let by_id = owner.key.contains(&column) && takes_id;
            (facts.not_null || owner.key.contains(&column))
                && facts.default.is_none()
                && !facts.generated
                && !by_id
        };
        let required = |member: &str, is_there: bool| {
            let pointer = if is_there { format!("{at}/{member}") } else { at.to_owned() };
            Problem::at(422, "required", &pointer)
        };
        let mut problems = Vec::new();
        for attribute in &owner.attributes {
            if is_needed(attribute.column) && object.attribute(&attribute.name).is_none() {
                problems.push(required("attributes", object.attributes.is_some()));
            }
        }
        for relationship in &owner.relationships {
            let Link::ForeignKey { near, .. } = &relationship.link else { continue };
            if near.iter().any(|it| is_needed(*it)) && object.relationship(&relationship.name).is_none() {
                problems.push(required("relationships", object.relationships.is_some()));
            }
        }
        problems
    }

    fn attribute(
        self,
        of: usize,
        (name, value): (&str, &Value),
        at: &str,
        creating: bool,
    ) -> Option<Problem> {
        let owner = &self.schema.types[of];
        let Some(attribute) = owner.attributes.iter().find(|it| it.name == name) else {
            return Some(Problem::at(422, "unknown-attribute", at));
        };
        let column = &owner.columns[attribute.column];
        let is_key = owner.key.contains(&attribute.column);
        if column.generated || (is_key && !creating) {
            return Some(Problem::at(403, "read-only-field", at));
        }
        if value.is_null() {
            return (column.not_null || is_key).then(|| Problem::at(422, "required", at));
        }
        let fits =
            accepted(column, value).is_some_and(|cell| !self.breaks_told_check(of, attribute.column, &cell));
        (!fits).then(|| Problem::at(422, "invalid-value", at))
    }

    fn breaks_told_check(self, of: usize, column: usize, cell: &Cell) -> bool {
        let owner = &self.schema.types[of];
        let told = self.store.rules.checks.iter().filter(|check| check.told && check.table == owner.table);
        let mut told = told.filter(|check| check.columns == [owner.columns[column].name.as_str()]);
        told.any(|check| !(check.holds)(&[cell]))
    }

    /// Problems of a relationship and its linkage, which stand at these pointers.
    pub(super) fn relationship(
        self,
        of: usize,
        index: usize,
        linkage: &Linkage,
        (at, data): (&str, &str),
        creating: bool,
        lids: &Lids,
    ) -> Vec<Problem> {
        let relationship = &self.schema.types[of].relationships[index];
        if self.is_fixed(of, relationship, creating) {
            return vec![Problem::within(403, "read-only-field", at)];
        }
        match (relationship.many, linkage) {
            (true, Linkage::Null | Linkage::One(_)) | (false, Linkage::Many(_)) => {
                return vec![Problem::at(400, "invalid-linkage", data)];
            }
            (false, Linkage::Null) if self.needs_one(of, relationship) => {
                return vec![Problem::at(422, "required", data)];
            }
            _ => {}
        }
        let target = &self.schema.types[relationship.target].name;
        let mut problems = Vec::new();
        for (place, identifier) in linkage.identifiers() {
            if identifier.type_name != *target {
                problems.push(Problem::at(409, "linkage-type-conflict", &format!("{data}{place}/type")));
            } else if let Identity::Lid(lid) = &identifier.identity
                && !lids.contains(&(target.clone(), lid.clone()))
            {
                problems.push(Problem::at(400, "unknown-local-id", &format!("{data}{place}/lid")));
            } else if let Identity::Id(id) = &identifier.identity
                && key_of(&self.schema.types[relationship.target], id).is_none()
            {
                problems.push(
                    Problem::at(404, "related-resource-not-found", &format!("{data}{place}")).optional(),
                );
            }
        }
        problems
    }

    /// Whether changing it would change the key of an existing resource.
    fn is_fixed(self, of: usize, relationship: &Relationship, creating: bool) -> bool {
        let is_key =
            |of: usize, columns: &[usize]| columns.iter().any(|it| self.schema.types[of].key.contains(it));
        match &relationship.link {
            Link::ForeignKey { near, .. } => !creating && is_key(of, near),
            Link::Inverse { far, .. } => is_key(relationship.target, far),
            Link::Join { .. } => false,
        }
    }

    /// Whether its foreign key is NOT NULL.
    fn needs_one(self, of: usize, relationship: &Relationship) -> bool {
        let owner = &self.schema.types[of];
        let is_needed = |column: &usize| owner.columns[*column].not_null || owner.key.contains(column);
        matches!(&relationship.link, Link::ForeignKey { near, .. } if near.iter().any(is_needed))
    }
}

/// The cells of the key that an id of a client stands for.
pub(in crate::differential::writes) fn key_of(owner: &Type, id: &str) -> Option<Vec<Cell>> {
    if let [column] = owner.key[..] {
        return Some(vec![key_cell(&owner.columns[column], id)?]);
    }
    let parts: Vec<String> = id.split('~').map(|part| part.replace("%7E", "~").replace("%25", "%")).collect();
    let cell = |(column, part): (&usize, &String)| key_cell(&owner.columns[*column], part);
    (parts.len() == owner.key.len()).then(|| owner.key.iter().zip(&parts).map(cell).collect())?
}

/// A name as a part of a JSON Pointer.
pub(super) fn token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
