//! The members of a resource object in a request: attributes and relationships resolved and checked against what the
//! schema tells.

use docent_catalog::model::{
    Attribute, Catalog, ClientIds, Field, Link, Member, Relationship, ResourceType, StoredColumn, TypeId,
    ValueSource,
};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::pointer::Pointer;
use docent_jsonapi::request::{Identity, Position, ResourceObject};
use docent_sql::Value;
use serde_json::value::RawValue;

use super::linkage::{Locals, Place, edit};
use super::value::{self, Refusal};
use super::{Column, Fields, MemberChange, Subject};
use crate::error;
use crate::route::did_you_mean;

/// Resolves resource objects; collects everything that is wrong with them.
pub(super) struct Resolver<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) locals: &'a Locals,
    pub(super) position: Position,
    pub(super) errors: &'a mut Vec<ErrorObject>,
    /// The values of the columns of the fields under way; empty before and after.
    pub(super) values: &'a mut Vec<Value>,
}

impl Resolver<'_> {
    fn report(&mut self, kind: &'static docent_jsonapi::error::ErrorKind, detail: String, pointer: Pointer) {
        self.errors.push(ErrorObject::new(kind, detail).with_pointer(pointer));
    }

    /// The fields of a resource to be created. `set` are columns that get other values than the document's.
    pub(super) fn create(
        &mut self,
        type_id: TypeId,
        object: &ResourceObject<'_>,
        set: Vec<(String, Value)>,
    ) -> Fields {
        let owner = self.catalog.get(type_id);
        let mut fields = self.given(type_id, object, true);
        for (column, value) in set {
            fields.columns.push(Column::Set(column));
            self.values.push(value);
        }
        self.client_id(owner, object, &mut fields);
        self.required(type_id, object, &fields);
        self.with_values(fields)
    }

    /// The fields of a resource to be changed.
    pub(super) fn update(&mut self, type_id: TypeId, object: &ResourceObject<'_>) -> Fields {
        let fields = self.given(type_id, object, false);
        self.with_values(fields)
    }

    fn with_values(&mut self, fields: Fields) -> Fields {
        Fields { values: self.values.drain(..).collect(), ..fields }
    }

    fn given(&mut self, type_id: TypeId, object: &ResourceObject<'_>, creates: bool) -> Fields {
        let mut fields = Fields {
            columns: Vec::with_capacity(object.attributes.len()),
            links: Vec::with_capacity(object.relationships.len()),
            ..Fields::default()
        };
        for (name, json) in &object.attributes {
            self.attribute(type_id, name, json, creates, &mut fields);
        }
        for (name, linkage) in &object.relationships {
            let owner = self.catalog.get(type_id);
            match owner.field(name) {
                Some(Field::Relationship(index)) => {
                    self.relationship(type_id, index, linkage, creates, &mut fields);
                }
                Some(Field::Attribute(_)) => {
                    let detail = format!("\"{name}\" is an attribute of {}, not a relationship.", owner.name);
                    let pointer = self.position.relationship(name);
                    self.report(&error::UNKNOWN_RELATIONSHIP, detail, pointer);
                }
                None => {
                    let known = owner.relationships.iter().map(|one| one.name.as_str());
                    let hint = did_you_mean(name, known);
                    let detail = format!("{} has no relationship \"{name}\".{hint}", owner.name);
                    let pointer = self.position.relationship(name);
                    self.report(&error::UNKNOWN_RELATIONSHIP, detail, pointer);
                }
            }
        }
        fields
    }

    fn attribute(
        &mut self,
        type_id: TypeId,
        name: &str,
        json: &RawValue,
        creates: bool,
        fields: &mut Fields,
    ) {
        let owner = self.catalog.get(type_id);
        let position = self.position;
        let pointer = || position.attribute(name);
        let index = match owner.field(name) {
            Some(Field::Attribute(index)) => index,
            Some(Field::Relationship(_)) => {
                let detail = format!("\"{name}\" is a relationship of {}, not an attribute.", owner.name);
                return self.report(&error::UNKNOWN_ATTRIBUTE, detail, pointer());
            }
            None => {
                let known = owner.attributes.iter().map(|one| one.name.as_str());
                let hint = did_you_mean(name, known);
                let detail = format!("{} has no attribute \"{name}\".{hint}", owner.name);
                return self.report(&error::UNKNOWN_ATTRIBUTE, detail, pointer());
            }
        };
        let attribute = &owner.attributes[index];
        let ValueSource::Column(column) = &attribute.value;
        if let Some(reason) = read_only(owner, attribute, column, creates) {
            let detail = format!("\"{name}\" cannot be written: {reason}.");
            return self.report(&error::READ_ONLY_FIELD, detail, pointer());
        }
        let is_key = owner.key.iter().any(|part| part.name == column.name);
        match value::column_value(column, &attribute.limits, json) {
            Ok(Value::Null) if is_key => {
                self.report(&error::REQUIRED, format!("\"{name}\" must have a value."), pointer());
            }
            Ok(value) => {
                fields.columns.push(Column::Attribute(index));
                self.values.push(value);
            }
            Err(Refusal::Required) => {
                self.report(&error::REQUIRED, format!("\"{name}\" must have a value."), pointer());
            }
            Err(Refusal::Invalid(problem)) => {
                self.report(&error::INVALID_VALUE, format!("\"{name}\" {problem}"), pointer());
            }
        }
    }

    fn relationship(
        &mut self,
        type_id: TypeId,
        index: usize,
        linkage: &docent_jsonapi::request::Linkage<'_>,
        creates: bool,
        fields: &mut Fields,
    ) {
        let owner = self.catalog.get(type_id);
        let relationship = &owner.relationships[index];
        let name = relationship.name.as_str();
        if let Some(reason) = unwritable(self.catalog, owner, relationship, creates) {
            let detail = format!("\"{name}\" cannot be written: {reason}.");
            let pointer = self.position.relationship(name);
            return self.report(&error::READ_ONLY_FIELD, detail, pointer);
        }
        let place = Place { position: self.position, member: Some(name) };
        let edit = edit(
            self.catalog,
            self.locals,
            (type_id, index),
            linkage,
            MemberChange::Replace,
            place,
            self.errors,
        );
        let Some(mut edit) = edit else { return };
        let Link::ForeignKey { near, .. } = &relationship.link else { return fields.edits.push(edit) };
        let subject = edit.members.pop().map(|member| member.subject);
        if subject.is_none() && !can_be_cleared(owner, near) {
            let detail = format!("\"{name}\" must lead to a resource.");
            let pointer = self.position.linkage(Some(name));
            return self.report(&error::REQUIRED, detail, pointer);
        }
        if let Some(other) = contradicted(owner, &fields.links, near, subject.as_ref()) {
            let detail =
                format!("\"{name}\" and \"{other}\" share a column, and contradict each other about it.");
            let pointer = self.position.linkage(Some(name));
            return self.report(&error::INVALID_VALUE, detail, pointer);
        }
        fields.links.push((index, subject));
    }

    /// The id that the client chose, by the policy of the type.
    fn client_id(&mut self, owner: &ResourceType, object: &ResourceObject<'_>, fields: &mut Fields) {
        let position = self.position;
        let pointer = || position.data().with_member("id");
        let Some(Identity::Id(id)) = &object.identity else {
            if owner.client_ids == ClientIds::Require {
                let detail = format!("Choose an id: nothing else makes those of {}.", owner.name);
                self.report(&error::CLIENT_ID_REQUIRED, detail, self.position.data());
            }
            return;
        };
        if owner.client_ids == ClientIds::Forbid {
            let detail = format!("The database makes the ids of {}. Leave the id out.", owner.name);
            return self.report(&error::CLIENT_ID_FORBIDDEN, detail, pointer());
        }
        let Some(key) = value::client_key(&owner.key, id) else {
            let detail = format!("\"{id}\" has not the form of an id of {}.", owner.name);
            // The parts are not missing as well.
            for part in 0..owner.key.len() {
                fields.columns.push(Column::Key(part));
                self.values.push(Value::Null);
            }
            return self.report(&error::INVALID_VALUE, detail, pointer());
        };
        fields.has_client_id = true;
        let mut contradicts = false;
        for (part, ((column, limits), value)) in owner.key.iter().zip(&owner.key_limits).zip(key).enumerate()
        {
            if let Err(problem) = value::check_limits(&column.column_type, limits, &value) {
                self.report(&error::INVALID_VALUE, format!("The id {problem}"), pointer());
            }
            let given = fields.position(owner, column).map(|at| &self.values[at]);
            let linked = given.or_else(|| linked_value(owner, &fields.links, column));
            match linked {
                None => {
                    fields.columns.push(Column::Key(part));
                    self.values.push(value);
                }
                Some(linked) => contradicts |= *linked != value,
            }
        }
        if contradicts {
            let detail = format!("The id \"{id}\" says otherwise than the fields that it is made of.");
            self.report(&error::ID_CONFLICT, detail, pointer());
        }
    }

    /// What to point at for something that is missing in a member of `data`.
    fn place(&self, exists: bool, member: &str) -> Pointer {
        let data = self.position.data();
        if exists { data.with_member(member) } else { data }
    }

    /// Everything must have a value that may not be NULL and that the database does not fill in.
    fn required(&mut self, type_id: TypeId, object: &ResourceObject<'_>, fields: &Fields) {
        let owner = self.catalog.get(type_id);
        let is_missing = |column: &StoredColumn| {
            // Without its key a row is no resource, even where the database would take it.
            let is_needed = !column.nullable || owner.key.iter().any(|part| part.name == column.name);
            is_needed && !column.has_default && fields.position(owner, column).is_none()
        };
        let is_linked = |column: &StoredColumn| {
            fields.links.iter().any(|(index, subject)| {
                let Link::ForeignKey { near, .. } = &owner.relationships[*index].link else { return false };
                subject.is_some() && near.iter().any(|one| one.name == column.name)
            })
        };
        for attribute in &owner.attributes {
            let ValueSource::Column(column) = &attribute.value;
            let is_given = || object.attributes.iter().any(|(name, _)| *name == attribute.name);
            if !attribute.read_only && is_missing(column) && !is_given() && !is_linked(column) {
                let detail = format!("\"{}\" must have a value.", attribute.name);
                let pointer = self.place(object.has_attributes, "attributes");
                self.report(&error::REQUIRED, detail, pointer);
            }
        }
        for relationship in &owner.relationships {
            let Link::ForeignKey { near, .. } = &relationship.link else { continue };
            let is_given = object.relationships.iter().any(|(name, _)| *name == relationship.name);
            // A number that the database makes up for a part of the id would lead to whoever has it.
            let is_made_up = |one: &StoredColumn| {
                owner.key.iter().any(|part| part.name == one.name) && fields.position(owner, one).is_none()
            };
            let is_open = |one: &StoredColumn| (is_missing(one) || is_made_up(one)) && !is_linked(one);
            if !is_given && !relationship.read_only && near.iter().any(is_open) {
                let detail = format!("\"{}\" must lead to a resource.", relationship.name);
                let pointer = self.place(object.has_relationships, "relationships");
                self.report(&error::REQUIRED, detail, pointer);
            }
        }
    }
}

/// Why an attribute cannot be written.
fn read_only(
    owner: &ResourceType,
    attribute: &Attribute,
    column: &StoredColumn,
    creates: bool,
) -> Option<&'static str> {
    if attribute.read_only {
        Some("the database computes it, or the server is configured so")
    } else if !creates && owner.key.iter().any(|part| part.name == column.name) {
        Some("it is part of the id")
    } else {
        None
    }
}

/// Why a relationship cannot be written.
pub(super) fn unwritable(
    catalog: &Catalog,
    owner: &ResourceType,
    relationship: &Relationship,
    creates: bool,
) -> Option<&'static str> {
    let target = catalog.get(relationship.target);
    let is_key = |key: &[StoredColumn], columns: &[StoredColumn]| {
        columns.iter().any(|column| key.iter().any(|part| part.name == column.name))
    };
    match &relationship.link {
        _ if relationship.read_only => Some("the server is configured so, or its table cannot be written"),
        Link::ForeignKey { near, .. } if !creates && is_key(&owner.key, near) => Some("it is part of the id"),
        Link::Inverse { far, .. } if is_key(&target.key, far) => {
            Some("it is part of the ids of the resources it leads to")
        }
        _ => None,
    }
}

/// Whether a foreign key can refer to nothing: one of its columns can be NULL, and is no part of the id.
pub(super) fn can_be_cleared(owner: &ResourceType, near: &[StoredColumn]) -> bool {
    near.iter().any(|column| column.nullable && !owner.key.iter().any(|part| part.name == column.name))
}

/// The relationship given before that says otherwise about a column.
fn contradicted<'o>(
    owner: &'o ResourceType,
    links: &[(usize, Option<Subject>)],
    near: &[StoredColumn],
    subject: Option<&Subject>,
) -> Option<&'o str> {
    let Some(Subject::Known { key, .. }) = subject else { return None };
    links.iter().map(std::slice::from_ref).find_map(|link| {
        let differs = near
            .iter()
            .zip(key)
            .any(|(column, value)| linked_value(owner, link, column).is_some_and(|known| known != value));
        differs.then(|| owner.relationships[link[0].0].name.as_str())
    })
}

/// The value that a relationship gives to a column, if it is known beforehand.
fn linked_value<'f>(
    owner: &ResourceType,
    links: &'f [(usize, Option<Subject>)],
    column: &StoredColumn,
) -> Option<&'f Value> {
    links.iter().find_map(|(index, subject)| {
        let Link::ForeignKey { near, far_is_key: true, .. } = &owner.relationships[*index].link else {
            return None;
        };
        let Some(Subject::Known { key, .. }) = subject else { return None };
        let at = near.iter().position(|one| one.name == column.name)?;
        key.get(at)
    })
}

/// What a refused column is to the client, and where it gave it.
pub(super) fn place_of_column(
    owner: &ResourceType,
    fields: &Fields,
    column: &str,
    position: Position,
) -> Option<(String, Pointer)> {
    let members: Vec<Member> = owner.members_of_column(column).collect();
    members.into_iter().find_map(|member| match member {
        Member::Attribute(index) => {
            let name = &owner.attributes[index].name;
            let is_given = fields.columns.contains(&Column::Attribute(index));
            is_given.then(|| (name.clone(), position.attribute(name)))
        }
        Member::Relationship(index) => {
            let name = &owner.relationships[index].name;
            let is_given = fields.links.iter().any(|(known, _)| *known == index);
            is_given.then(|| (name.clone(), position.linkage(Some(name))))
        }
        Member::Id => fields.has_client_id.then(|| ("id".to_owned(), position.data().with_member("id"))),
    })
}
