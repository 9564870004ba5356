//! What the caller's permissions demand of a write.
//!
//! Which permissions can allow it is known from the fields that it gives; whether their conditions hold is asked in the
//! transaction, of the rows before and after: see `guard`.

use docent_catalog::model::{Catalog, Link, TypeId};
use docent_jsonapi::error::ErrorObject;
use docent_jsonapi::request::{Identity, Position, ResourceObject};
use docent_sql::statement::{Alias, ColumnRef, Condition, Related};

use crate::access::{TypeRules, WriteRule};
use crate::resolve::{MAIN, table_of};
use crate::serving::Serving;

/// The table that a foreign key leads to.
const TARGET: Alias = Alias(1);

/// What is demanded of a resource that is created, and what it is given.
pub(super) struct Creation<'a> {
    pub(super) permission: Condition,
    /// Columns, with positions among the caller's values.
    pub(super) set: &'a [(String, u16)],
}

/// The rules for a type, if there are rules.
pub(super) fn rules(serving: &Serving, owner: TypeId) -> Option<&TypeRules> {
    serving.shared.rules.as_ref().map(|rules| &rules.types[owner.0 as usize])
}

/// How a resource may be created with the fields that a document gives.
pub(super) fn creation<'a>(
    serving: &'a Serving,
    owner: TypeId,
    object: &ResourceObject<'_>,
    position: Position,
) -> Result<Creation<'a>, Vec<ErrorObject>> {
    let resource_type = serving.catalog.get(owner);
    if resource_type.denied.create {
        let detail = format!("You may not create resources of type {}.", resource_type.name);
        return Err(vec![whole(serving.refusal(detail), position)]);
    }
    let Some(rules) = rules(serving, owner) else {
        return Ok(Creation { permission: Condition::always(), set: &[] });
    };
    let fields = given(&serving.catalog, owner, object);
    let has_id = matches!(object.identity, Some(Identity::Id(_)));
    let lets =
        |rule: &WriteRule| !(has_id && rule.closes_id) && fields.iter().all(|field| rule.lets_write(field));
    let Some(chosen) = rules.create.iter().find(|rule| lets(&rule.rule)) else {
        let all: Vec<&WriteRule> = rules.create.iter().map(|rule| &rule.rule).collect();
        return Err(closed(serving, &fields, &all, object, position));
    };
    let alike = rules.create.iter().filter(|rule| rule.set == chosen.set && lets(&rule.rule));
    let mut permission = Condition::any_of(alike.map(|rule| &rule.rule.condition));
    if has_id {
        permission = permission.and(leads_to_seen(&serving.catalog, owner));
    }
    Ok(Creation { permission, set: &chosen.set })
}

/// The foreign keys in the id lead to what the caller sees.
fn leads_to_seen(catalog: &Catalog, owner: TypeId) -> Condition {
    let owner = catalog.get(owner);
    let mut all = Condition::always();
    for relationship in &owner.relationships {
        let Link::ForeignKey { near, far, .. } = &relationship.link else { continue };
        let target = catalog.get(relationship.target);
        let in_id = near.iter().any(|column| owner.key.iter().any(|part| part.name == column.name));
        if !in_id || !target.hides_rows {
            continue;
        }
        let near: Vec<ColumnRef> =
            near.iter().map(|column| ColumnRef { table: MAIN, column: column.written_name() }).collect();
        let mut ways: Vec<Condition> = near.iter().cloned().map(Condition::IsNull).collect();
        ways.push(Condition::Related(Box::new(Related {
            near,
            table: table_of(target).clone(),
            alias: TARGET,
            far: far.iter().map(|column| column.read_name().to_owned()).collect(),
            condition: Condition::always(),
        })));
        all = all.and(Condition::Any(ways));
    }
    all
}

/// What is demanded of a resource whose fields are changed as a document says.
pub(super) fn change(
    serving: &Serving,
    owner: TypeId,
    object: &ResourceObject<'_>,
    position: Position,
) -> Result<Condition, Vec<ErrorObject>> {
    if serving.catalog.get(owner).denied.update {
        return Err(vec![whole(no_update(serving, owner), position)]);
    }
    let Some(rules) = rules(serving, owner) else { return Ok(Condition::always()) };
    let fields = given(&serving.catalog, owner, object);
    let all: Vec<&WriteRule> = rules.update.iter().collect();
    let is_closed = |field: &&str| !all.iter().any(|rule| rule.lets_write(field));
    if fields.iter().any(is_closed) {
        return Err(closed(serving, &fields, &all, object, position));
    }
    Ok(of_fields(&rules.update, &fields))
}

/// What is demanded of a resource that is deleted.
pub(super) fn deletion(
    serving: &Serving,
    owner: TypeId,
    position: Position,
) -> Result<Condition, Vec<ErrorObject>> {
    let resource_type = serving.catalog.get(owner);
    if resource_type.denied.delete {
        let detail = format!("You may not delete resources of type {}.", resource_type.name);
        return Err(vec![whole(serving.refusal(detail), position)]);
    }
    let Some(rules) = rules(serving, owner) else { return Ok(Condition::always()) };
    Ok(Condition::any_of(rules.delete.iter().map(|rule| &rule.condition)))
}

/// What is demanded of a resource one of whose relationships is changed.
pub(super) fn relation(
    serving: &Serving,
    (owner, relationship): (TypeId, usize),
    position: Position,
) -> Result<Condition, Vec<ErrorObject>> {
    let Some(rules) = rules(serving, owner) else { return Ok(Condition::always()) };
    let name = serving.catalog.get(owner).relationships[relationship].name.as_str();
    if !rules.update.iter().any(|rule| rule.lets_write(name)) {
        return Err(vec![whole(no_update(serving, owner), position)]);
    }
    Ok(of_fields(&rules.update, &[name]))
}

/// What is demanded of the resources that hold a relationship of another one.
pub(super) fn of_holders(serving: &Serving, (owner, relationship): (TypeId, usize)) -> Condition {
    let target = serving.catalog.get(owner).relationships[relationship].target;
    let Some(rules) = rules(serving, target) else { return Condition::always() };
    let holder = serving.catalog.inverse_of(owner, relationship);
    let name = holder.map(|holder| serving.catalog.get(target).relationships[holder].name.as_str());
    let lets = rules.update.iter().filter(|rule| name.is_none_or(|name| rule.lets_write(name)));
    Condition::any_of(lets.map(|rule| &rule.condition))
}

/// The error for members that the caller may not change as it takes.
pub(super) fn refused_members(serving: &Serving, (owner, relationship): (TypeId, usize)) -> ErrorObject {
    let relationship = &serving.catalog.get(owner).relationships[relationship];
    let target = &serving.catalog.get(relationship.target).name;
    serving.refusal(format!(
        "\"{}\" is kept in the resources of type {target} that it leads to, and you may not change these.",
        relationship.name
    ))
}

/// The error for a resource that is seen and may not be written.
pub(super) fn refused(serving: &Serving, owner: TypeId) -> ErrorObject {
    let name = &serving.catalog.get(owner).name;
    serving.refusal(format!("You may not do this to this resource of type {name}, or not with these values."))
}

fn no_update(serving: &Serving, owner: TypeId) -> ErrorObject {
    let name = &serving.catalog.get(owner).name;
    serving.refusal(format!("You may not change this of resources of type {name}."))
}

/// Names of the fields that a document gives, as far as the type has them.
fn given<'a>(catalog: &Catalog, owner: TypeId, object: &'a ResourceObject<'_>) -> Vec<&'a str> {
    let owner = catalog.get(owner);
    let attributes = object.attributes.iter().map(|(name, _)| name.as_ref());
    let all = attributes.chain(object.relationships.iter().map(|(name, _)| name.as_ref()));
    all.filter(|name| owner.field(name).is_some()).collect()
}

/// The errors for fields that no permission lets write, or not together.
fn closed(
    serving: &Serving,
    fields: &[&str],
    rules: &[&WriteRule],
    object: &ResourceObject<'_>,
    position: Position,
) -> Vec<ErrorObject> {
    let shut = fields.iter().filter(|field| !rules.iter().any(|rule| rule.lets_write(field)));
    let errors: Vec<ErrorObject> = shut
        .map(|field| {
            let is_attribute = object.attributes.iter().any(|(name, _)| name == field);
            let pointer = if is_attribute { position.attribute(field) } else { position.relationship(field) };
            serving.refusal(format!("You may not write \"{field}\".")).with_pointer(pointer)
        })
        .collect();
    if errors.is_empty() {
        let detail = "No permission of yours lets write all of these fields together.";
        return vec![serving.refusal(detail).with_pointer(position.data())];
    }
    errors
}

/// Errors about the whole request have no pointer; those about an operation point at it.
fn whole(error: ErrorObject, position: Position) -> ErrorObject {
    match position {
        Position::Document => error,
        Position::Operation(_) => error.with_pointer(position.whole()),
    }
}

/// For each field, a permission that lets write it; for none, any permission.
fn of_fields(rules: &[WriteRule], fields: &[&str]) -> Condition {
    if fields.is_empty() {
        return Condition::any_of(rules.iter().map(|rule| &rule.condition));
    }
    let mut all: Vec<Condition> = Vec::new();
    for field in fields {
        let one =
            Condition::any_of(rules.iter().filter(|rule| rule.lets_write(field)).map(|rule| &rule.condition));
        if !one.is_always() && !all.contains(&one) {
            all.push(one);
        }
    }
    if all.len() == 1 { all.remove(0) } else { Condition::All(all) }
}
