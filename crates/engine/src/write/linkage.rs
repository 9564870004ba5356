//! Linkage in request documents: identifiers resolved to the resources they name.

use std::collections::HashMap;

use docent_catalog::model::{Arity, Catalog, Link, Relationship, TypeId};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::pointer::Pointer;
use docent_jsonapi::request::{Identity, Linkage, Position, ResourceIdentifier};

use serde_json::value::RawValue;

use super::{Edit, Member, MemberChange, Subject};
use crate::{error, id};

/// The resources that a request creates and names by local ids, by type and local id.
#[derive(Debug, Default)]
pub(super) struct Locals(HashMap<(TypeId, String), usize>);

impl Locals {
    /// Keeps the action that creates a resource; `false` if the name is taken.
    pub(super) fn assign(&mut self, type_id: TypeId, name: &str, action: usize) -> bool {
        self.0.insert((type_id, name.to_owned()), action).is_none()
    }

    pub(super) fn get(&self, type_id: TypeId, name: &str) -> Option<Subject> {
        self.0.get(&(type_id, name.to_owned())).copied().map(Subject::Created)
    }
}

/// Where linkage stands, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) position: Position,
    /// The relationship's name where the linkage is part of a resource object.
    pub(super) member: Option<&'a str>,
}

/// Resolves linkage of a relationship; problems go to `errors`.
pub(super) fn edit(
    catalog: &Catalog,
    locals: &Locals,
    (owner, index): (TypeId, usize),
    linkage: &Linkage<'_>,
    change: MemberChange,
    place: Place<'_>,
    errors: &mut Vec<ErrorObject>,
) -> Option<Edit> {
    let relationship = &catalog.get(owner).relationships[index];
    if let Some(problem) = cardinality(relationship, linkage) {
        let pointer = place.position.linkage(place.member);
        errors.push(ErrorObject::new(&error::INVALID_LINKAGE, problem).with_pointer(pointer));
        return None;
    }
    let before = errors.len();
    if relationship.cannot_add.is_some() && change != MemberChange::Remove && linkage.identifiers().len() > 0
    {
        let detail = format!(
            "Members of \"{}\" cannot be added here: the rows that link them need more than two ids.",
            relationship.name
        );
        let pointer = place.position.linkage(place.member);
        errors.push(ErrorObject::new(&error::READ_ONLY_FIELD, detail).with_pointer(pointer));
    }
    let mut members: Vec<Member> = Vec::with_capacity(linkage.identifiers().len());
    for (at, identifier) in linkage.identifiers() {
        let pointer = || place.position.identifier(place.member, at);
        match member(catalog, locals, relationship, identifier, &pointer) {
            // A member that does not exist is not there anyway (RUP-08).
            Err(_) if change == MemberChange::Remove && unknown_id(catalog, relationship, identifier) => {}
            Err(problem) => errors.push(problem),
            Ok(subject) if members.iter().any(|known| known.subject == subject) => {}
            Ok(subject) => members.push(Member { subject, index: at }),
        }
    }
    if let Some((at, identifier)) = linkage.identifiers().find(|(_, one)| has_stored_meta(relationship, one))
    {
        let detail = format!(
            "\"{}\" keeps facts about each link, which cannot be written here: write them through the resource of the \
             linking table.",
            relationship.name
        );
        let pointer = place.position.identifier(place.member, at).with_member("meta");
        debug_assert!(identifier.meta.is_some());
        errors.push(ErrorObject::new(&error::READ_ONLY_FIELD, detail).with_pointer(pointer));
    }
    (errors.len() == before).then_some(Edit { relationship: index, change, members })
}

fn cardinality(relationship: &Relationship, linkage: &Linkage<'_>) -> Option<String> {
    let name = &relationship.name;
    match (relationship.arity, linkage) {
        (Arity::ToOne, Linkage::Many(_)) => {
            Some(format!("\"{name}\" leads to one resource: its linkage is an identifier or null."))
        }
        (Arity::ToMany, Linkage::One(_) | Linkage::Empty) => {
            Some(format!("\"{name}\" leads to many resources: its linkage is an array of identifiers."))
        }
        _ => None,
    }
}

fn member(
    catalog: &Catalog,
    locals: &Locals,
    relationship: &Relationship,
    identifier: &ResourceIdentifier<'_>,
    pointer: &dyn Fn() -> Pointer,
) -> Result<Subject, ErrorObject> {
    let target = catalog.get(relationship.target);
    if identifier.type_name != target.name {
        let detail = format!(
            "\"{}\" leads to resources of type {}, not {}.",
            relationship.name, target.name, identifier.type_name
        );
        return Err(ErrorObject::new(&error::LINKAGE_TYPE_CONFLICT, detail)
            .with_pointer(pointer().with_member("type")));
    }
    match &identifier.identity {
        Identity::LocalId(name) => locals.get(relationship.target, name).ok_or_else(|| {
            let detail = format!("No resource of type {} has been given the lid \"{name}\".", target.name);
            ErrorObject::new(&error::UNKNOWN_LOCAL_ID, detail).with_pointer(pointer().with_member("lid"))
        }),
        Identity::Id(text) => match id::exact_key(&target.key, text) {
            Some(key) => Ok(Subject::Known { id: text.to_string(), key }),
            None => Err(missing(&target.name, text, pointer())),
        },
    }
}

fn unknown_id(catalog: &Catalog, relationship: &Relationship, identifier: &ResourceIdentifier<'_>) -> bool {
    let target = catalog.get(relationship.target);
    identifier.type_name == target.name
        && matches!(&identifier.identity, Identity::Id(text) if id::exact_key(&target.key, text).is_none())
}

/// A related resource that does not exist.
pub(super) fn missing(type_name: &str, id: &str, pointer: Pointer) -> ErrorObject {
    let detail = format!("There is no resource of type {type_name} with the id \"{id}\".");
    ErrorObject::new(&error::RELATED_RESOURCE_NOT_FOUND, detail).with_pointer(pointer)
}

/// Whether the identifier has `meta` that the join table keeps.
fn has_stored_meta(relationship: &Relationship, identifier: &ResourceIdentifier<'_>) -> bool {
    let Link::JoinTable { meta: stored, .. } = &relationship.link else { return false };
    let Some(meta) = identifier.meta.filter(|_| !stored.is_empty()) else { return false };
    let given: HashMap<String, &RawValue> = serde_json::from_str(meta.get()).unwrap_or_default();
    stored.iter().any(|(name, _)| given.contains_key(name))
}
