//! What the grants of one caller come to: what they see of each type, and what they may write.

use docent_catalog::model::{
    Attribute, Catalog, Denied, Field, Link, Relationship, ResourceType, TypeId, ValueSource,
};
use docent_catalog::view::{FieldView, Seen, TypeView};
use docent_sql::Value;
use docent_sql::statement::Condition;
use serde_json::value::to_raw_value;

use super::condition::Operand;
use super::grants::Grant;
use super::principal::Principal;
use crate::id;
use crate::resolve::Conditions;
use crate::write::column_value;

/// What the caller may write, by type of their catalog.
#[derive(Debug, Default)]
pub(crate) struct WriteRules {
    pub(crate) types: Vec<TypeRules>,
}

/// What the caller may write of a type: each rule by itself is enough.
#[derive(Debug, Default)]
pub(crate) struct TypeRules {
    pub(crate) create: Vec<CreateRule>,
    pub(crate) update: Vec<WriteRule>,
    pub(crate) delete: Vec<WriteRule>,
}

/// Rows that may be written, and fields of them that may not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WriteRule {
    /// On the table `docent_catalog::view::ROW`.
    pub(crate) condition: Condition,
    /// Names of fields that it does not let write.
    pub(crate) closed: Vec<String>,
    /// Whether one of these is a part of the id, so that it does not let choose one.
    pub(crate) closes_id: bool,
}

/// How resources may be created.
#[derive(Debug)]
pub(crate) struct CreateRule {
    pub(crate) rule: WriteRule,
    /// Columns that get a value of the caller's, by its position.
    pub(crate) set: Vec<(String, u16)>,
}

impl WriteRule {
    pub(crate) fn lets_write(&self, field: &str) -> bool {
        !self.closed.iter().any(|closed| closed == field)
    }
}

/// What one caller may see and do, and their values.
pub(super) struct Standing {
    /// Which grants apply, by position, with their conditions: callers who are alike in this have the same catalog.
    pub(super) applied: Vec<(usize, Condition)>,
    /// Values that go with the conditions and come first in every statement.
    pub(super) values: Vec<Value>,
    /// Where the values begin that each grant sets.
    set: Vec<Vec<(String, u16)>>,
}

/// Which grants apply to a caller.
pub(super) fn standing(catalog: &Catalog, grants: &[Grant], principal: &Principal) -> Standing {
    let mut conditions = Conditions::new(catalog);
    let mut standing = Standing { applied: Vec::new(), values: Vec::new(), set: Vec::new() };
    for (position, grant) in grants.iter().enumerate().filter(|(_, grant)| principal.has_role(&grant.role)) {
        let Some(filter) = grant.condition.filter(catalog, grant.type_id, principal) else { continue };
        let Some(set) = values_to_set(catalog, grant, principal) else { continue };
        let Ok(condition) = conditions.resolve(grant.type_id, &filter) else { continue };
        let set = set.into_iter().map(|(column, value)| (column, conditions.add(value))).collect();
        standing.applied.push((position, condition));
        standing.set.push(set);
    }
    standing.values = conditions.into_values();
    standing
}

/// Which grants apply to those who have a role, whoever they are. What is about the caller is met by rows that nobody can
/// tell, and sets nothing that could be told.
pub(super) fn standing_of_role(catalog: &Catalog, grants: &[Grant], role: &str) -> Standing {
    let principal = Principal::with_role(role);
    let mut conditions = Conditions::new(catalog);
    let mut standing = Standing { applied: Vec::new(), values: Vec::new(), set: Vec::new() };
    for (position, grant) in grants.iter().enumerate().filter(|(_, grant)| principal.has_role(&grant.role)) {
        let condition = if grant.condition.has_claims() {
            Condition::Any(Vec::new())
        } else {
            let Some(filter) = grant.condition.filter(catalog, grant.type_id, &principal) else { continue };
            let Ok(condition) = conditions.resolve(grant.type_id, &filter) else { continue };
            condition
        };
        standing.applied.push((position, condition));
        standing.set.push(Vec::new());
    }
    standing
}

/// The columns that a grant sets; `None` if the caller lacks a claim for it, or has one that does not fit.
fn values_to_set(catalog: &Catalog, grant: &Grant, principal: &Principal) -> Option<Vec<(String, Value)>> {
    let owner = catalog.get(grant.type_id);
    let mut set = Vec::new();
    for (field, operand) in &grant.set {
        match *field {
            Field::Attribute(index) => set.push(attribute(&owner.attributes[index], operand, principal)?),
            Field::Relationship(index) => {
                set.extend(foreign_key(catalog, &owner.relationships[index], operand, principal)?);
            }
        }
    }
    Some(set)
}

fn attribute(attribute: &Attribute, operand: &Operand, principal: &Principal) -> Option<(String, Value)> {
    let json = operand.value(principal)?;
    let ValueSource::Column(column) = &attribute.value;
    // A claim is a text more often than not.
    let as_number = json.as_str().and_then(|text| serde_json::from_str::<serde_json::Number>(text).ok());
    let candidates = [Some(json.clone()), as_number.map(serde_json::Value::Number)];
    let value = candidates
        .into_iter()
        .flatten()
        .find_map(|json| column_value(column, &attribute.limits, &to_raw_value(&json).ok()?).ok())?;
    Some((column.name.clone(), value))
}

fn foreign_key(
    catalog: &Catalog,
    relationship: &Relationship,
    operand: &Operand,
    principal: &Principal,
) -> Option<Vec<(String, Value)>> {
    let Link::ForeignKey { near, .. } = &relationship.link else { return None };
    let id = match operand.value(principal)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let key = id::exact_key(&catalog.get(relationship.target).key, &id)?;
    Some(near.iter().map(|column| column.name.clone()).zip(key).collect())
}

impl Standing {
    /// What the caller sees of each type of the catalog; `None` of those that they may not read.
    pub(super) fn views(&self, catalog: &Catalog, grants: &[Grant]) -> Vec<Option<TypeView>> {
        catalog.iter().map(|(id, one)| self.view(grants, id, one)).collect()
    }

    fn of_type<'a>(
        &'a self,
        grants: &'a [Grant],
        id: TypeId,
    ) -> impl Iterator<Item = (usize, &'a Grant, &'a Condition)> {
        let applied = self.applied.iter().enumerate();
        applied
            .map(|(at, (position, condition))| (at, &grants[*position], condition))
            .filter(move |(_, grant, _)| grant.type_id == id)
    }

    fn view(&self, grants: &[Grant], id: TypeId, one: &ResourceType) -> Option<TypeView> {
        let reading: Vec<(&Grant, &Condition)> = self
            .of_type(grants, id)
            .filter(|(_, grant, _)| grant.reads)
            .map(|(_, grant, condition)| (grant, condition))
            .collect();
        if reading.is_empty() {
            return None;
        }
        let allows =
            |allowed: fn(&Grant) -> bool| self.of_type(grants, id).any(|(_, grant, _)| allowed(grant));
        let field = |field: Field| {
            let showing: Vec<&Condition> = reading
                .iter()
                .filter(|(grant, _)| !grant.hidden.contains(&field))
                .map(|(_, condition)| *condition)
                .collect();
            let seen = match Condition::any_of(showing.iter().copied()) {
                _ if showing.is_empty() => Seen::Nowhere,
                _ if showing.len() == reading.len() => Seen::Everywhere,
                condition if condition.is_always() => Seen::Everywhere,
                condition => Seen::Where(condition),
            };
            let writable = self.of_type(grants, id).any(|(_, grant, _)| {
                (grant.creates || grant.updates) && !grant.closes(field) && !grant.hidden.contains(&field)
            });
            FieldView { seen, read_only: !writable }
        };
        Some(TypeView {
            condition: Condition::any_of(reading.iter().map(|(_, condition)| *condition)),
            attributes: (0..one.attributes.len()).map(|index| field(Field::Attribute(index))).collect(),
            relationships: (0..one.relationships.len())
                .map(|index| field(Field::Relationship(index)))
                .collect(),
            denied: Denied {
                create: !allows(|grant| grant.creates),
                update: !allows(|grant| grant.updates),
                delete: !allows(|grant| grant.deletes),
            },
            hides_rows: false,
            may_all: self.may_all(grants, id),
        })
    }

    /// Whether all rows may be created, with any values, and deleted.
    fn may_all(&self, grants: &[Grant], id: TypeId) -> bool {
        let all = |allowed: fn(&Grant) -> bool| {
            self.of_type(grants, id).any(|(_, grant, condition)| {
                let is_open = grant.set.is_empty() && grant.hidden.is_empty() && grant.read_only.is_empty();
                allowed(grant) && is_open && condition.is_always()
            })
        };
        all(|grant| grant.creates) && all(|grant| grant.deletes)
    }

    /// What the caller may write of the types they see, in the order of their catalog.
    pub(super) fn rules(
        &self,
        catalog: &Catalog,
        grants: &[Grant],
        views: &[Option<TypeView>],
    ) -> WriteRules {
        let seen = catalog.iter().zip(views).filter(|(_, view)| view.is_some());
        WriteRules { types: seen.map(|((id, one), _)| self.of(grants, id, one)).collect() }
    }

    fn of(&self, grants: &[Grant], id: TypeId, one: &ResourceType) -> TypeRules {
        let mut rules = TypeRules::default();
        for (at, grant, condition) in self.of_type(grants, id) {
            let rule = WriteRule {
                condition: condition.clone(),
                closed: grant.closed_names(one),
                closes_id: grant.closes_id(one),
            };
            if grant.creates {
                rules.create.push(CreateRule { rule: rule.clone(), set: self.set[at].clone() });
            }
            if grant.updates {
                rules.update.push(rule.clone());
            }
            if grant.deletes {
                rules.delete.push(rule);
            }
        }
        // Those that say more come first.
        rules.create.sort_by_key(|rule| rule.set.is_empty());
        rules
    }
}

impl Grant {
    /// Whether it does not let write a field.
    fn closes(&self, field: Field) -> bool {
        let is_set = self.set.iter().any(|(set, _)| *set == field);
        is_set || self.hidden.contains(&field) || self.read_only.contains(&field)
    }

    fn closes_id(&self, one: &ResourceType) -> bool {
        let set = self.set.iter().map(|(field, _)| field);
        set.chain(&self.hidden).chain(&self.read_only).any(|field| {
            let columns = match *field {
                Field::Attribute(index) => {
                    let ValueSource::Column(column) = &one.attributes[index].value;
                    std::slice::from_ref(column)
                }
                Field::Relationship(index) => match &one.relationships[index].link {
                    Link::ForeignKey { near, .. } => near,
                    Link::Inverse { .. } | Link::JoinTable { .. } => [].as_slice(),
                },
            };
            columns.iter().any(|column| one.key.iter().any(|part| part.name == column.name))
        })
    }

    fn closed_names(&self, one: &ResourceType) -> Vec<String> {
        let attributes = one.attributes.iter().enumerate();
        let attributes = attributes.map(|(at, attribute)| (Field::Attribute(at), &attribute.name));
        let relationships = one.relationships.iter().enumerate();
        let relationships = relationships.map(|(at, one)| (Field::Relationship(at), &one.name));
        let all = attributes.chain(relationships);
        all.filter(|(field, _)| self.closes(*field)).map(|(_, name)| name.clone()).collect()
    }
}
